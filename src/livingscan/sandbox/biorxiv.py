"""bioRxiv and medRxiv as the sandbox plays them: /details/{server}/{from}/{to}/{cursor}/json.

Kept: no keyword search; pages of 30, the cursor an absolute offset; total counts versions, not papers;
numbers as strings or integers; a cursor beyond the end gives nothing and a total of 0; a category that is not
understood is ignored; "published" is the journal's DOI or "NA". All our preprints are medRxiv's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from livingscan.records import Record
from livingscan.sandbox.index import published_span
from livingscan.sandbox.parts import initialled
from livingscan.sandbox.wire import Request, Response, Service, json_response, not_found, page_of, total_of

_PAGE = 30
_DETAILS = re.compile(r"/details/(biorxiv|medrxiv)/(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)(?:/(\d+))?(?:/json)?")


class BioRxiv(Service):
    """/details over the shelf "biorxiv"."""

    name = "biorxiv"

    def handle(self, request: Request) -> Response:
        """Answer one page of an interval, or one preprint by DOI."""
        found = _DETAILS.fullmatch(request.path.rstrip("/"))
        if found:
            return self._interval(request, found[1], found[2], found[3], int(found[4] or 0))
        one = re.fullmatch(r"/details/(biorxiv|medrxiv)/(10\.[^/]+/.+?)(?:/na)?(?:/json)?", request.path)
        if one:
            rows = [row for row in self._rows(one[1]) if row.doi == one[2]]
            status = "ok" if rows else "no posts found"
            return json_response({"messages": [{"status": status}], "collection": [entry(row) for row in rows]})
        return not_found(request.path)

    def _rows(self, server: str) -> list[Record]:
        """Every version posted up to today, oldest first; one preprint in five has a second version."""
        if server != "medrxiv":
            return []
        rows: list[Record] = []
        for record in self.shelf.records:
            rows.append(replace(record, source_version="1"))
            posted = _posted(record)
            second = posted + timedelta(days=24)
            if len(record.title) % 5 == 0 and second <= self.library.day:
                rows.append(replace(record, source_version="2", added=second))
        return sorted(rows, key=lambda row: (_posted(row), row.doi, row.source_version))

    def _interval(self, request: Request, server: str, start: str, end: str, cursor: int) -> Response:
        rows = [row for row in self._rows(server) if start <= _posted(row).isoformat() <= end]
        if cursor >= len(rows):
            return json_response({"messages": [{"status": "no posts found"}], "collection": []})
        shown = page_of(request, rows, cursor, _PAGE)
        message: dict[str, Any] = {
            "status": "ok",
            "category": "all",
            "interval": f"{start}:{end}",
            "cursor": cursor,
            "count": len(shown),
            "count_new_papers": str(sum(row.source_version == "1" for row in rows)),
            "total": str(total_of(request, rows)),
        }
        return json_response({"messages": [message], "collection": [entry(row) for row in shown]})

    def backend_error(self, request: Request) -> Response | None:
        """An answer with HTTP 200 and nothing in it, as seen live."""
        return Response(b"", 200)


def _posted(row: Record) -> date:
    span = published_span(row)
    return row.added if row.source_version == "2" and row.added else span[0] if span else date.min


def entry(row: Record) -> dict[str, Any]:
    """One version of a preprint."""
    article = next((link.target.removeprefix("doi:") for link in row.status_links if link.kind == "preprint_of"), "NA")
    return {
        "title": row.title,
        "authors": "; ".join(initialled(name) for name in row.authors),
        "author_corresponding": row.authors[0] if row.authors else "",
        "author_corresponding_institution": row.affiliations[0] if row.affiliations else "",
        "doi": row.doi,
        "date": _posted(row).isoformat(),
        "version": row.source_version,
        "type": "PUBLISHAHEADOFPRINT",
        "license": "cc_by",
        "category": "health systems and quality improvement",
        "jatsxml": f"https://www.medrxiv.org/content/early/{_posted(row):%Y/%m/%d}/{row.doi.split('/')[-1]}.source.xml",
        "abstract": row.abstract.replace("\n", " "),
        "funder": "NA",
        "published": article,
        "server": "medRxiv",
    }
