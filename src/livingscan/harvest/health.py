"""The health of each source: is it searched, completely, lately, and does it bring what it usually brings.

A source that fails, falls silent, floods or was never searched completely holds publishing back until a
maintainer signs it off with a reason. Volumes are judged by :mod:`livingscan.harvest.volume`: by the day a
record was added, in weeks, where the source tells that day; else by what each complete search brought.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from livingscan import clock
from livingscan.errors import UserError
from livingscan.harvest.late import settle_days
from livingscan.harvest.volume import MOST_HISTORY, SPANS, Block, Volume, judge_volume
from livingscan.harvest.windows import covered_until
from livingscan.store import health_queries as rows
from livingscan.store.health_queries import SearchRow, Signoff

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.store import Store

Kind = Literal["never complete", "stale", "silence", "flood", "failing", "not run", "failed once", "not reconciled"]
WEEK = 7
SIGNED_FOR = timedelta(days=31)
_MOSTLY_DATED = 400  # of the newest 2,000 records so many may lack a day of addition
_LEAST_INTERVAL = 0.5  # days between two searches that are counted apart
# A problem of these kinds holds publishing; the others are only told.
HOLDING: tuple[Kind, ...] = ("never complete", "stale", "silence", "flood", "failing", "not run")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a source: ``kind``, and ``words`` for people with what to do."""

    kind: Kind
    words: str

    @property
    def holds(self) -> bool:
        """Whether it holds publishing back."""
        return self.kind in HOLDING


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """The health of one source.

    Attributes:
        source: short name. enabled: whether the protocol has it searched.
        status: of its newest search; "never searched" if there is none.
        covered: the last day up to which complete searches with the present strategy leave no gap.
        good_at: when the newest complete search with the present strategy ended.
        age_days: since then.
        reconciled_at: when all ids were last compared.
        volume: what its newest records say; None where nothing can be counted yet.
        counted_by: "day added" or "search".
        problems: what is wrong; empty for a healthy source.
        signoffs: the maintainers' words that hold today.
    """

    source: str
    enabled: bool
    status: str
    covered: date | None = None
    good_at: datetime | None = None
    age_days: float | None = None
    reconciled_at: datetime | None = None
    volume: Volume | None = None
    counted_by: str = ""
    problems: tuple[Problem, ...] = ()
    signoffs: tuple[Signoff, ...] = ()

    @property
    def open_problems(self) -> tuple[Problem, ...]:
        """Problems that hold publishing and that nobody has signed off."""
        signed = {kind for one in self.signoffs for kind in one.problems}
        return tuple(one for one in self.problems if one.holds and one.kind not in signed)

    @property
    def state(self) -> str:
        """In one word: "healthy", "look", "unhealthy", "signed off", "not enabled"."""
        if not self.enabled:
            return "not enabled"
        if self.open_problems:
            return "unhealthy"
        if any(one.holds for one in self.problems):
            return "signed off"
        return "look" if self.problems else "healthy"


def health(store: Store, protocol: Protocol) -> tuple[SourceHealth, ...]:
    """The health of every source of the protocol, in its order.

    Args:
        store: the review's database.
        protocol: which sources are enabled, how long each may be quiet, and its strategy.
    """
    now = clock.now()
    history = rows.searches(store)
    strategies = rows.strategy_ids(store)
    signed: dict[str, list[Signoff]] = {}
    for one in rows.signoffs(store, now.date()):
        signed.setdefault(one.source, []).append(one)
    found = []
    for name, plan in protocol.sources.items():
        mine = history.get(name, [])
        if not plan.enabled:
            found.append(SourceHealth(name, False, mine[-1].status if mine else "never searched"))
            continue
        strategy_id = strategies.get((name, protocol.strategy(name).sha256))
        found.append(_source(store, protocol, name, mine, strategy_id, now, tuple(signed.get(name, ()))))
    return tuple(found)


def _source(
    store: Store,
    protocol: Protocol,
    name: str,
    searches: Sequence[SearchRow],
    strategy_id: int | None,
    now: datetime,
    signed: tuple[Signoff, ...],
) -> SourceHealth:
    plan = protocol.source(name)
    good = [row for row in searches if row.good and row.by == "added" and row.strategy_id == strategy_id]
    good = good if strategy_id is not None else []
    covered = covered_until([row.window for row in good])
    good_at = max((row.ended_at for row in good), default=None)
    reconciled = max((row.ended_at for row in good if row.full), default=None)
    problems: list[Problem] = []
    if covered is None:
        problems.append(_never(searches))
    else:
        quiet = max((now.date() - covered).days, (now - good_at).days if good_at else 0)
        if quiet > plan.silent_after_days:
            problems.append(
                Problem(
                    "stale",
                    f"complete only up to {covered}, {quiet} days ago; the protocol allows {plan.silent_after_days}: "
                    f"run `livingscan update --source {name}` and see why it was not",
                )
            )
    problems += _newest(searches)
    volume, counted_by = (
        _volume(store, name, strategy_id, searches, good, covered) if good and strategy_id else (None, "")
    )
    if volume and volume.word in ("silence", "flood"):
        problems.append(_odd_volume(volume, name))
    if reconciled and (now - reconciled).days > plan.reconcile_days + plan.silent_after_days:
        problems.append(
            Problem(
                "not reconciled",
                f"all ids were last compared on {reconciled.date()}; the protocol says every {plan.reconcile_days} "
                f"days: run `livingscan update --source {name} --window full`",
            )
        )
    return SourceHealth(
        source=name,
        enabled=True,
        status=searches[-1].status if searches else "never searched",
        covered=covered,
        good_at=good_at,
        age_days=round((now - good_at).total_seconds() / 86400, 2) if good_at else None,
        reconciled_at=reconciled,
        volume=volume,
        counted_by=counted_by,
        problems=tuple(problems),
        signoffs=signed,
    )


def _never(searches: Sequence[SearchRow]) -> Problem:
    before = any(row.good and row.full for row in searches)
    if before:
        words = "its strategy has changed and has not been searched completely from the beginning yet"
    elif searches:
        words = "it has never been searched completely from the beginning"
    else:
        words = "it has never been searched"
    return Problem("never complete", f"{words}: run `livingscan update`")


def _newest(searches: Sequence[SearchRow]) -> list[Problem]:
    """What the newest searches say: failures in a row, or not run at all."""
    bad: list[SearchRow] = []
    for row in reversed(searches):
        if row.good:
            break
        bad.append(row)
    if not bad:
        return []
    last = bad[0]
    if last.status == "not run":
        return [
            Problem("not run", f"enabled, but not searched: {last.reason}. Disable it in the protocol, or mend that")
        ]
    failed = [row for row in bad if row.status in ("partial", "failed")]
    kind: Kind = "failing" if len(failed) > 1 else "failed once"
    times = (
        f"the last {len(failed)} searches were not complete" if len(failed) > 1 else "the last search was not complete"
    )
    return [Problem(kind, f"{times} ({last.status}: {last.reason})")]


def _odd_volume(volume: Volume, name: str) -> Problem:
    much = "so little" if volume.word == "silence" else "so much"
    kind: Kind = "silence" if volume.word == "silence" else "flood"
    why = (
        "see whether the source still indexes and still understands the strategy"
        if kind == "silence"
        else "see whether the source still understands the strategy, or has loaded a back file"
    )
    return Problem(
        kind,
        f"{volume.count:,} records in {volume.days:,.0f} days where {volume.low:,} to {volume.high:,} are usual; "
        f"{much} happens by chance once in {_once_in(volume.p)} checks: {why} (`livingscan health`)",
    )


def _once_in(p: float) -> str:
    return f"{round(1 / p):,}" if p > 1e-7 else "more than 10,000,000"


# --- volumes ---------------------------------------------------------------------------------------


def _volume(
    store: Store,
    name: str,
    strategy_id: int,
    searches: Sequence[SearchRow],
    good: Sequence[SearchRow],
    covered: date | None,
) -> tuple[Volume | None, str]:
    if covered is None:
        return None, ""
    first_full = next((row.id for row in good if row.full), None)
    blocks = _weeks(store, name, strategy_id, first_full, covered - timedelta(days=settle_days(store, searches)))
    if blocks is not None:
        return judge_volume(blocks), "day added"
    return judge_volume(_intervals(good)), "search"


def _weeks(store: Store, name: str, strategy_id: int, first_full: int | None, last: date) -> list[Block] | None:
    """Records by week of addition, up to the last day that has settled; None where the source tells no days."""
    most = (MOST_HISTORY + SPANS[-1]) * WEEK
    counts, undated = rows.added_counts(store, name, strategy_id, first_full, last - timedelta(days=most - 1))
    counts = {day: count for day, count in counts.items() if day <= last}
    if undated > _MOSTLY_DATED or not counts:
        return None
    weeks = (last - min(counts)).days // WEEK + 1
    blocks = [0] * min(weeks, MOST_HISTORY + SPANS[-1])
    for day, count in counts.items():
        back = (last - day).days // WEEK
        if back < len(blocks):
            blocks[-1 - back] += count
    # The oldest week is whole only where the source's history goes further back.
    return [Block(float(WEEK), count) for count in (blocks if weeks > len(blocks) else blocks[1:])]


def _intervals(good: Iterable[SearchRow]) -> list[Block]:
    """What each complete search after the first brought, and over how many days."""
    blocks: list[Block] = []
    before: datetime | None = None
    carried = 0
    for row in sorted(good, key=lambda row: row.ended_at):
        if before is None:
            if row.full:
                before = row.ended_at
            continue
        days = (row.ended_at - before).total_seconds() / 86400
        carried += row.new
        if days >= _LEAST_INTERVAL:
            blocks.append(Block(days, carried))
            before, carried = row.ended_at, 0
    return blocks


# --- publishing ------------------------------------------------------------------------------------


def may_publish(store: Store, protocol: Protocol) -> tuple[bool, tuple[str, ...]]:
    """Whether the review may be published, as far as its sources go.

    Args:
        store: the review's database. protocol: as for :func:`health`.

    Returns:
        (True, ()) or (False, reasons): one line for each problem that nobody has signed off.
    """
    reasons = holding(health(store, protocol))
    return not reasons, reasons


def holding(found: Iterable[SourceHealth]) -> tuple[str, ...]:
    """What holds publishing back: one line for each problem that nobody has signed off."""
    return tuple(f"{one.source}: {problem.kind}: {problem.words}" for one in found for problem in one.open_problems)


def sign_off(
    store: Store, protocol: Protocol, source: str, *, who: str, reason: str, until: date | None = None
) -> Signoff:
    """Write down that the review may be published although a source is unhealthy.

    It covers the kinds of problems that the source has now; one of another kind holds publishing again.

    Args:
        store, protocol: as for :func:`health`.
        source: short name.
        who: the maintainer. reason: why this is right, in words.
        until: the last day it holds; None: 31 days from today.

    Raises:
        UserError: no such source, nothing to sign off, no name or reason, or a day that is over.
    """
    protocol.source(source)
    today = clock.today()
    until = until or today + SIGNED_FOR
    if until < today:
        raise UserError(f"a sign-off cannot end on {until}: that day is over")
    state = next(one for one in health(store, protocol) if one.source == source)
    kinds = [problem.kind for problem in state.problems if problem.holds]
    if not kinds:
        raise UserError(f"{source} is {state.state}: there is nothing to sign off")
    made = rows.add_signoff(store, source, problems=kinds, until=until, who=who, reason=reason)
    return next(one for one in rows.signoffs(store) if one.id == made)


def take_back(store: Store, signoff_id: int, *, who: str, reason: str) -> None:
    """Take a sign-off back; the row stays. Raises UserError as :func:`sign_off` does, or if it is not there."""
    rows.add_signoff(store, "", problems=[], until=clock.today(), who=who, reason=reason, withdraws=signoff_id)


def health_rows(found: Iterable[SourceHealth]) -> list[dict[str, Any]]:
    """The health table for people: an artifact, ``livingscan health``, the web page."""
    table = []
    for one in found:
        volume = one.volume
        judged = volume is not None and volume.word != "too little history"
        table.append(
            {
                "source": one.source,
                "state": one.state,
                "last search": one.status,
                "complete to": str(one.covered or ""),
                "days ago": one.age_days,
                "all ids compared": str(one.reconciled_at.date()) if one.reconciled_at else "",
                "brought": f"{volume.count:,} in {volume.days:,.0f} days" if volume and judged else "",
                "usual": f"{volume.low:,} to {volume.high:,}" if volume and judged else "",
                "problems": "; ".join(f"{problem.kind}: {problem.words}" for problem in one.problems),
                "signed off": "; ".join(
                    f"sign-off {sign.id}, {sign.who} until {sign.until}: {sign.reason}" for sign in one.signoffs
                ),
            }
        )
    return table
