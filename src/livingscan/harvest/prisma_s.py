"""The search methods of the review as PRISMA-S asks for them, written from the ledger.

The sixteen items are those of PRISMA-S (Rethlefsen ML et al. Syst Rev 2021;10:39). What the ledger, the
strategies' headers and the protocol know is filled in; what only people know stands as a plain field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from livingscan import clock, sources
from livingscan.store import ledger_queries
from livingscan.store import prisma_queries as rows
from livingscan.store.invented import BANNER, invented
from livingscan.store.prisma_queries import Import, RunStrategy, Totals

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.store import Store

MISSING = "to be filled in by the review team"
_WITHIN = "[the strategy above]"
_MARKUP = re.compile(r"([\\`*_\[\]#|~])")


def prisma_s(store: Store, protocol: Protocol, *, dedupe: str = "", searches: int | None = 200) -> str:
    """Write the search methods section.

    Args:
        store: the review's database.
        protocol: question, schedules, people.
        dedupe: name and version of the deduplication method.
        searches: how many of the newest searches to list one by one; None: all.

    Returns:
        Markdown. Text from outside is escaped; strategies stand in code blocks that they cannot leave.
    """
    strategies = [_with_newest_header(one, protocol) for one in rows.run_strategies(store)]
    files = rows.imports(store)
    counted = rows.totals(store)
    with store.read() as session:
        banner = BANNER if invented(session) else ""
    newest = [one for at, one in enumerate(strategies) if at == 0 or strategies[at - 1].source != one.source]
    parts = [
        "# Search methods (PRISMA-S)",
        f"{_line(protocol.title)}  \nWritten from the search ledger on {clock.today()}; protocol version "
        f"{_line(protocol.version)} of {protocol.date}. Where it says “{MISSING}”, the ledger cannot know.",
        banner,
        "## Information sources and methods",
        _databases(protocol, newest, files),
        _several(newest),
        _fields(
            ("3. Study registries", "registries searched, or that none was"),
            ("4. Online resources and browsing", "web sites, tables of contents, print sources, or none"),
            ("5. Citation searching", "which references or citing papers were looked at, and by what means, or none"),
            ("6. Contacts", "authors, experts, manufacturers who were asked, or none"),
            ("7. Other methods", "anything else, or none"),
        ),
        "## Search strategies",
        _strategies(strategies, files),
        _headed("9. Limits and restrictions", newest, "limits"),
        _headed("10. Search filters", newest, "filters"),
        _prior(protocol, newest),
        _updates(protocol),
        _dates(newest, files),
        "## Peer review",
        _peer_review(newest),
        "## Managing records",
        _records(counted, newest),
        _dedupe(counted, dedupe),
        "## Every search",
        _ledger(store, searches),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _with_newest_header(one: RunStrategy, protocol: Protocol) -> RunStrategy:
    """The header as it is today, where the search text is still the same: a peer review may have come later."""
    if one.source in protocol.sources:
        today = protocol.strategy(one.source)
        if today.sha256 == one.sha256:
            return replace(one, header=dict(today.header))
    return one


# --- text from outside -----------------------------------------------------------------------------


def _line(text: object) -> str:
    """Text on one line that Markdown and HTML read as text."""
    tidy = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKUP.sub(r"\\\1", tidy)


def _code(text: str) -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    tidy = "".join(sign for sign in text if sign == "\n" or sign.isprintable())
    return f"{fence}text\n{tidy}\n{fence}"


def _table(table: Sequence[dict[str, Any]]) -> str:
    if not table:
        return ""
    names = list(table[0])
    rule = "|".join(" --- " for _ in names)
    body = "\n".join("| " + " | ".join(_cell(row[name]) for name in names) + " |" for row in table)
    return f"| {' | '.join(_line(name) for name in names)} |\n|{rule}|\n{body}"


def _cell(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool) or not isinstance(value, int):
        return _line(value)
    return f"{value:,}"


def _field(what: str) -> str:
    return f"*{MISSING}: {what}*"


def _fields(*fields: tuple[str, str]) -> str:
    return "\n\n".join(f"**{name}.** {_field(what)}" for name, what in fields)


def _title(name: str) -> str:
    return sources.SOURCES[name].title if name in sources.SOURCES else name


def _day(at: datetime | date | None) -> str:
    return at.strftime("%Y-%m-%d") if at else ""


# --- the items -------------------------------------------------------------------------------------


def _databases(protocol: Protocol, newest: Sequence[RunStrategy], files: Sequence[Import]) -> str:
    table: list[dict[str, Any]] = [
        {
            "source": _title(one.source),
            "platform": one.platform,
            "searched by": "interface",
            "why": protocol.sources[one.source].why if one.source in protocol.sources else "",
        }
        for one in newest
    ]
    table += [
        {"source": name, "platform": platform or MISSING, "searched by": "file, exported by hand", "why": ""}
        for name, platform in dict.fromkeys((one.database or one.source, one.platform) for one in files)
    ]
    searched = {one.source for one in newest}
    idle = [name for name in protocol.enabled_sources if name not in searched]
    planned = f"\n\nPlanned and not searched yet: {_line(', '.join(map(_title, idle)))}." if idle else ""
    return "**1. Database name.**\n\n" + (_table(table) or "Nothing has been searched yet.") + planned


def _several(newest: Sequence[RunStrategy]) -> str:
    platforms: dict[str, list[str]] = {}
    for one in newest:
        platforms.setdefault(one.platform, []).append(_title(one.source))
    shared = [f"{', '.join(names)} through {platform}" for platform, names in platforms.items() if len(names) > 1]
    told = _line("; ".join(shared)) if shared else "No databases were searched together on one platform."
    return f"**2. Multi-database searching.** {told}"


def _strategies(strategies: Sequence[RunStrategy], files: Sequence[Import]) -> str:
    parts = ["**8. Full search strategies**, exactly as run, with each source's own translation."]
    before = ""
    for one in strategies:
        version = "" if one.source != before else " (an earlier version)"
        before = one.source
        header = one.header
        who = f", written by {_line(header['author'])}" if header.get("author") else ""
        dated = f", dated {_line(header['date'])}" if header.get("date") else ""
        parts.append(
            f"### {_line(_title(one.source))}{version}\n\n"
            f"Through {_line(one.platform or MISSING)}; run from {_day(one.first_at)} to {_day(one.last_at)}"
            f"{dated}{who}; version {one.sha256[:12]}."
        )
        if header.get("question"):
            parts.append(f"Question: {_line(header['question'])}")
        parts.append(_code(one.text))
        if one.translation:
            parts.append(_read_as(one))
        if one.notes:
            parts.append("It warned:\n\n" + "\n".join(f"- {_line(note)}" for note in one.notes))
    for name, database_files in _by_database(files).items():
        parts.append(f"### {_line(name)} (by file)")
        texts = list(dict.fromkeys(one.strategy for one in database_files if one.strategy))
        parts += [_code(text) for text in texts] or [_field("the search, exactly as run")]
    return "\n\n".join(parts)


def _read_as(one: RunStrategy) -> str:
    """What the source made of the strategy; where it took it as it stands, only what was put around it."""
    name = _line(_title(one.source))
    read, text = " ".join(one.translation.split()), " ".join(one.text.split())
    if text and text in read:
        rest = read.replace(text, _WITHIN)
        return f"Read by {name} as it stands" + (f", in:\n\n{_code(rest)}" if rest.strip("() ") != _WITHIN else ".")
    return f"Read by {name} as:\n\n{_code(one.translation)}"


def _by_database(files: Iterable[Import]) -> dict[str, list[Import]]:
    found: dict[str, list[Import]] = {}
    for one in files:
        found.setdefault(one.database or one.source, []).append(one)
    return found


def _headed(title: str, newest: Sequence[RunStrategy], key: str) -> str:
    told = [f"- {_line(_title(one.source))}: {_line(one.header.get(key) or '') or _field(key)}" for one in newest]
    return f"**{title}.**\n\n" + ("\n".join(told) or _field(key))


def _prior(protocol: Protocol, newest: Sequence[RunStrategy]) -> str:
    continues = f" The review carries on: {_line(protocol.continues)}" if protocol.continues else ""
    told = [
        f"- {_line(_title(one.source))}: derived from {_line(one.header.get('derived-from') or '') or _field('origin')}"
        for one in newest
    ]
    return f"**11. Prior work.**{continues}\n\n" + "\n".join(told)


def _updates(protocol: Protocol) -> str:
    table = [
        {
            "source": _title(name),
            "searched on (cron)": protocol.schedule_of(name) or MISSING,
            "reaches back, days": protocol.source(name).overlap_days,
            "all ids compared every, days": protocol.source(name).reconcile_days,
            "alarm after, days": protocol.source(name).silent_after_days,
        }
        for name in protocol.enabled_sources
    ]
    return (
        "**12. Updates.** A living search: each source is asked for the records that were added to it since its "
        "last complete search, by the day of addition, never by date of publication alone; where it tells no such "
        "day, the whole strategy is searched and newness is decided here. Windows overlap; a window counts as "
        "searched only if every record that the source promised came or is accounted for by name. "
        f"Times are those of {_line(protocol.living.timezone)}.\n\n" + _table(table)
    )


def _dates(newest: Sequence[RunStrategy], files: Sequence[Import]) -> str:
    table: list[dict[str, Any]] = [
        {
            "source": _title(one.source),
            "first search": _day(one.first_at),
            "last search": _day(one.last_at),
            "last complete search": _day(one.last_good_at) or "none",
            "complete for records added up to": _day(one.covered),
            "searches": ", ".join(f"{count} {status}" for status, count in sorted(one.searches.items())),
        }
        for one in newest
    ]
    table += [
        {
            "source": f"{one.database or one.source} ({one.file_name})",
            "first search": _day(one.searched_on) or MISSING,
            "last search": _day(one.searched_on) or MISSING,
            "last complete search": _day(one.searched_on) or MISSING,
            "complete for records added up to": "",
            "searches": f"loaded {_day(one.loaded_at)}, {one.status}",
        }
        for one in files
    ]
    return "**13. Dates of searches.**\n\n" + (_table(table) or "None yet.")


def _peer_review(newest: Sequence[RunStrategy]) -> str:
    told = []
    for one in newest:
        said = one.header.get("peer-review") or ""
        if not said and "press" in str(one.header.get("author", "")).lower():
            said = one.header["author"]
        told.append(
            f"- {_line(_title(one.source))}: {_line(said) if said else _field('who reviewed it (PRESS), when')}"
        )
    return "**14. Peer review.**\n\n" + ("\n".join(told) or _field("who reviewed the strategies (PRESS), when"))


def _records(counted: Totals, newest: Sequence[RunStrategy]) -> str:
    hits = {one.source: one.hits for one in newest}
    table = [
        {"source": _title(name), "hits of the last full search": hits.get(name), "records kept": count}
        for name, count in counted.by_source.items()
    ]
    total = sum(counted.by_source.values())
    gone = f" {counted.vanished:,} of them are no longer in their source and are kept." if counted.vanished else ""
    return f"**15. Total records.** {total:,} records.{gone}\n\n" + _table(table)


def _dedupe(counted: Totals, method: str) -> str:
    by_machine, by_person = counted.links_by.get("machine", 0), counted.links_by.get("person", 0)
    return (
        f"**16. Deduplication.** Method: {_line(method) if method else _field('method and version')}. "
        f"{counted.linked:,} records were brought together into {counted.reports:,} reports; "
        f"{by_machine:,} links were made by the software and {by_person:,} words on pairs are people’s"
        + (f", {_day(counted.first_link)} to {_day(counted.last_link)}" if counted.first_link else "")
        + ". Every link carries its reasons and can be undone."
    )


def _ledger(store: Store, limit: int | None) -> str:
    keys = (
        "search",
        "source",
        "window",
        "status",
        "promised",
        "fetched",
        "new",
        "changed",
        "absent",
        "started",
        "reason",
    )
    table = [{key: row[key] for key in keys} for row in ledger_queries.ledger_rows(store, limit)]
    told = "All searches" if limit is None or len(table) < limit else f"The newest {limit:,} searches"
    return f"{told}, newest first.\n\n{_table(table)}" if table else "There is no search yet."
