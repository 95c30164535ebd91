"""What sources say about a document's standing, in their own words, as status links."""

from __future__ import annotations

import re

from livingscan.formats.pubmed_xml import LINKS
from livingscan.records import StatusKind, StatusLink

# PubMed's relations, which Europe PMC and esummary write as words ("Corrected and republished in").
_PUBMED = {name.lower(): kinds for name, kinds in LINKS.items()}

# Words of a relation ("Retraction in", "Erratum for", "Expression of concern for", "RetractionOf"), with
# the kind seen from the record that is spoken about and from the one that speaks.
_WORDS: tuple[tuple[str, StatusKind, StatusKind], ...] = (
    ("reinstat", "reinstated_by", "reinstatement_of"),
    ("un-?retract", "reinstated_by", "reinstatement_of"),
    ("retract|withdraw|removal", "retracted_by", "retraction_of"),
    ("concern", "concern_by", "concern_of"),
    ("republi|reprint", "republished_as", "republished_from"),
    ("errat|correct|corrig|addend|clarif", "corrected_by", "correction_of"),
    ("comment", "commented_by", "comment_on"),
    ("update|version|edition", "updated_by", "update_of"),
    ("preprint", "has_preprint", "preprint_of"),
    ("summary", "summary_for_patients", "summary_for_patients"),
)
_SPEAKS = re.compile(r"(?:\b(?:[Oo]f|[Ff]or|[Oo]n|[Ff]rom|[Tt]o)|(?:Of|For|On|From|To))$")


def link(words: str, target: str) -> StatusLink:
    """The link that a source's relation names, such as "Retraction in" or "Erratum for".

    A relation that ends in "of", "for", "on" or "from" is one of the document that speaks (the notice);
    any other ("in", "by") is one of the document spoken about. Unknown words make an "other" link.
    """
    for pattern, spoken_about, speaks in _WORDS:
        if re.search(pattern, words, re.I):
            return StatusLink(speaks if _SPEAKS.search(words.strip()) else spoken_about, target, words)
    return StatusLink("other", target, words)


def links(words: str, target: str) -> list[StatusLink]:
    """The links that a relation names: several where it says two things ("Retracted and republished in")."""
    kinds = _PUBMED.get(words.replace(" ", "").lower())
    return [StatusLink(kind, target, words) for kind in kinds] if kinds else [link(words, target)]
