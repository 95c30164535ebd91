"""What the search methods statement (PRISMA-S) is written from, in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from livingscan.store.base import date, datetime
from livingscan.store.models import DuplicateLink, Record, Report, Search, Strategy
from livingscan.store.session import Store


@dataclass(frozen=True, slots=True)
class RunStrategy:
    """A strategy that was run: its text and header, and the searches with it.

    ``searches``: how many ended in each status. ``translation``, ``notes``: what the source last said of it, of the
    whole strategy where it was ever searched from the beginning (a later window is a search of a few days only).
    ``new``: records that came first with it.
    """

    id: int
    source: str
    sha256: str
    text: str
    header: dict[str, Any]
    platform: str
    searches: dict[str, int]
    first_at: datetime
    last_at: datetime
    last_good_at: datetime | None
    covered: date | None
    hits: int | None
    new: int
    translation: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """A file that a person exported and loaded; ``sha256`` is the hash of the file itself."""

    id: int
    source: str
    database: str
    platform: str
    file_name: str
    searched_on: date | None
    loaded_at: datetime
    status: str
    fetched: int
    new: int
    unreadable: int
    strategy: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Records by source, and what became of them."""

    by_source: dict[str, int]
    vanished: int
    linked: int
    reports: int
    links_by: dict[str, int]
    first_link: datetime | None
    last_link: datetime | None


def run_strategies(store: Store) -> list[RunStrategy]:
    """The strategies that interfaces were searched with, by source, newest version first."""
    good = ("complete", "empty")
    with store.read() as session:
        strategies = {row.id: row for row in session.scalars(select(Strategy))}
        found: dict[int, list[Search]] = {}
        query = select(Search).where(Search.kind == "interface", Search.strategy_id.is_not(None)).order_by(Search.id)
        for search in session.scalars(query):
            if search.strategy_id is not None:
                found.setdefault(search.strategy_id, []).append(search)
    told = []
    for strategy_id, searches in found.items():
        strategy, last = strategies[strategy_id], searches[-1]
        fine = [one for one in searches if one.status in good and one.window_by == "added"]
        full = [one for one in fine if one.window_start is None]
        statuses: dict[str, int] = {}
        for one in searches:
            statuses[one.status] = statuses.get(one.status, 0) + 1
        telling = [one for one in searches if one.translation or one.notes]
        said = next((one for one in reversed(telling) if one.window_start is None), telling[-1] if telling else last)
        told.append(
            RunStrategy(
                strategy.id,
                strategy.source,
                strategy.sha256,
                strategy.text,
                strategy.header,
                last.platform,
                statuses,
                searches[0].started_at,
                last.started_at,
                max((one.ended_at for one in fine if one.ended_at), default=None),
                max((one.window_end for one in fine if one.window_end), default=None),
                full[-1].promised if full else None,
                sum(one.new for one in searches),
                said.translation,
                tuple(map(str, said.notes)),
            )
        )
    return sorted(told, key=lambda one: (one.source, -one.id))


def imports(store: Store) -> list[Import]:
    """The files that were loaded, in order."""
    with store.read() as session:
        rows = session.execute(
            select(Search, Strategy.text)
            .outerjoin(Strategy, Strategy.id == Search.strategy_id)
            .where(Search.kind == "file", Search.status != "running")
            .order_by(Search.id)
        )
        return [
            Import(
                one.id,
                one.source,
                one.database,
                one.platform,
                one.file_name,
                one.searched_on,
                one.started_at,
                one.status,
                one.fetched,
                one.new,
                one.unreadable,
                text or "",
                one.file_sha256,
            )
            for one, text in rows
        ]


def totals(store: Store) -> Totals:
    """Records by source, reports, and who linked them."""
    with store.read() as session:
        by_source = {
            row.source: row.n
            for row in session.execute(select(Record.source, func.count().label("n")).group_by(Record.source))
        }
        links = session.execute(
            select(
                DuplicateLink.origin,
                func.count().label("n"),
                func.min(DuplicateLink.at).label("first"),
                func.max(DuplicateLink.at).label("last"),
            )
            .where(DuplicateLink.relation.not_in(("possible", "withdrawn")))
            .group_by(DuplicateLink.origin)
        ).all()
        one = session.execute(
            select(
                select(func.count(Record.id)).where(Record.vanished_at.is_not(None)).scalar_subquery(),
                select(func.count(Record.id)).where(Record.report_id.is_not(None)).scalar_subquery(),
                select(func.count(Report.id)).where(Report.merged_into_id.is_(None)).scalar_subquery(),
            )
        ).one()
        return Totals(
            dict(sorted(by_source.items())),
            one[0],
            one[1],
            one[2],
            {row.origin: row.n for row in links},
            min((row.first for row in links), default=None),
            max((row.last for row in links), default=None),
        )
