"""Captured answers of ClinicalTrials.gov and BASE: no live source asks them, but `convert` reads them.

ClinicalTrials.gov API v2 (studies, protocolSection; the older FullStudiesResponse) and BASE's Solr XML.
Both are read as far as their captured answers show; unchecked against the live services.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from livingscan.errors import DataError
from livingscan.formats.draft import Draft, Origin
from livingscan.records import Fetched, Unreadable
from livingscan.sources.fields import MISFORMED, dump, load, mapping, mappings, string, strings
from livingscan.sources.xmltree import parse_xml


def parse_clinicaltrials(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The studies of one answer, or a single study.

    Raises:
        DataError: it is something else.
    """
    answer = mapping(load(body))
    older = mappings(mapping(answer.get("FullStudiesResponse")).get("FullStudies"))
    if older:
        studies: list[Any] = [mapping(item.get("Study")) for item in older]
    elif "protocolSection" in answer:
        studies = [answer]
    elif isinstance(answer.get("studies"), list):
        studies = answer["studies"]
    else:
        raise DataError("this is no answer of ClinicalTrials.gov: it has no studies")
    for number, study in enumerate(studies, start=1):
        try:
            yield _study(mapping(study)).finish(Origin("clinicaltrials", where="study"), dump(study), number)
        except MISFORMED as problem:
            yield Unreadable(f"study {number}", f"a field has another form than it should ({problem})", dump(study))


def _study(study: Mapping[str, Any]) -> Draft:
    # The older API wrote "ProtocolSection", "IdentificationModule" and so on.
    lower = json.loads(json.dumps(study), object_pairs_hook=lambda pairs: {k[:1].lower() + k[1:]: v for k, v in pairs})
    section = mapping(lower.get("protocolSection"))
    identity = mapping(section.get("identificationModule"))
    status = mapping(section.get("statusModule"))
    about = mapping(section.get("descriptionModule"))
    conditions = mapping(section.get("conditionsModule"))
    draft = Draft()
    draft.add("kind", "other")
    draft.add("database", "ClinicalTrials.gov")
    number = string(identity.get("nctId")) or string(identity.get("nCTId"))
    draft.add("accession", number)
    draft.ids.append(("clinicaltrials", number))
    draft.add("link", f"https://clinicaltrials.gov/study/{number}" if number else "")
    draft.add("title", string(identity.get("officialTitle")), string(identity.get("briefTitle")))
    draft.add("abstract", string(about.get("briefSummary")))
    officials = mapping(section.get("contactsLocationsModule")).get("overallOfficials")
    draft.given_first = True
    draft.add("one_author", *(string(person.get("name")).split(",")[0] for person in mappings(officials)))
    draft.add("date", string(mapping(status.get("startDateStruct")).get("date")))
    draft.add("added", string(status.get("studyFirstSubmitDate")))
    draft.add("revised", string(mapping(status.get("lastUpdatePostDateStruct")).get("date")))
    draft.add("keyword", *strings(conditions.get("keywords")), *strings(conditions.get("conditions")))
    draft.add("publication_type", string(mapping(section.get("designModule")).get("studyType")))
    return draft


_BASE = {
    "dctitle": "title",
    "dccreator": "one_author",
    "dcdescription": "abstract",
    "dcyear": "year",
    "dcdate": "date",
    "dcdoi": "doi",
    "dcdocid": "accession",
    "dclink": "link",
    "dcidentifier": "link",
    "dclanguage": "language",
    "dcsubject": "keyword",
    "dcpublisher": "publisher",
    "dctype": "publication_type",
}


def parse_base(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The documents of one search answer of BASE.

    Raises:
        DataError: it is something else.
    """
    root = parse_xml(body)
    result = root.find("result")
    if result is None:
        raise DataError("this is no search answer of BASE: it has no result")
    for number, document in enumerate(result.iterfind("doc"), start=1):
        draft = Draft()
        fields: dict[str, list[str]] = {}
        for field in document:
            values = [item.text or "" for item in field] if len(field) else [field.text or ""]
            fields[field.get("name", "")] = values
            name = _BASE.get(field.get("name", ""))
            if name:
                draft.add(name, *(value for value in values if name != "keyword" or not value.startswith("ddc:")))
        draft.add("software", "base")
        draft.ids.extend(("base", value) for value in fields.get("dcdocid", ()))
        yield draft.finish(Origin("base", where="document"), json.dumps(fields, ensure_ascii=False), number)
