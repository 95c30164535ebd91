"""Link what is new: compare it with the stored records that share a key, and bring reports in line.

The cost follows the new: keys are looked up in an indexed table, only touched components are clustered
anew. One process links at a time; what it has not finished stays marked as waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from livingscan import clock
from livingscan.dedupe.block import alike_key, block_keys_of
from livingscan.dedupe.cluster import Decided
from livingscan.dedupe.crew import ALONE, Crew, cuts
from livingscan.dedupe.engine import regroup, score_pairs
from livingscan.dedupe.item import Item, item_from_record
from livingscan.dedupe.pairs import CROWD
from livingscan.dedupe.score import model, rules_version
from livingscan.progress import Progress, no_progress
from livingscan.store import links as rows
from livingscan.store import reports
from livingscan.store.keys import candidate_pairs, put_keys
from livingscan.store.links import Link, holding

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.store import Store

BATCH = 1000  # records linked in one transaction, for each worker
ITEMS_A_PART = 500
PAIRS_A_PART = 1500
WHO = "livingscan"
RELATED = ("version", "part")


@dataclass(frozen=True, slots=True)
class DedupeOutcome:
    """What linking did.

    Attributes:
        compared: records looked at. links: links written, near misses among them.
        possible: of these, pairs that a person should look at. merged_reports: records that moved to
            another report.
    """

    compared: int
    links: int
    possible: int
    merged_reports: int


def deduplicate(
    store: Store,
    *,
    protocol: Protocol | None = None,
    run_id: int | None = None,
    progress: Progress = no_progress,
    crew: Crew = ALONE,
) -> DedupeOutcome:
    """Link every record that waits for it; all of them, where the rules have changed since they were linked.

    Args:
        store: the review's database.
        protocol: says which relations merge for screening; None: only "same" does.
        run_id: the run it belongs to.
        progress: told after each batch.
        crew: workers that share the comparing; makes no difference to the result. The database is
            read and written here alone.
    """
    merging = {"same"} | {name for name in RELATED if protocol and protocol.merges(name)}
    compared = linked = possible = moved = 0
    with store.lock("deduplicate"):
        with store.write() as session:
            rows.follow_rules(session, rules_version())
        total = reports.count_waiting(store, "link")
        while batch := reports.waiting(store, "link", BATCH * crew.count):
            new_links, new_moves = _link(store, batch, merging, crew)
            compared += len(batch)
            linked += len(new_links)
            possible += sum(link.relation == "possible" for link in new_links)
            moved += new_moves
            progress(compared, max(total, compared), "records linked")
    return DedupeOutcome(compared, linked, possible, moved)


def _link(store: Store, batch: list[reports.Stored], merging: set[str], crew: Crew) -> tuple[list[Link], int]:
    """Compare one batch with all that is stored, and settle what it touches, in one transaction.

    Returns:
        The links written, and how many records moved to another report.
    """
    now = clock.now()
    items = _items(batch)
    with store.write() as session:
        alike = {one: alike_key(item) for one, item in items.items()}
        keys = crew.each(block_keys_of, ((some,) for some in cuts(list(items.values()), ITEMS_A_PART)))
        put_keys(session, dict(zip(items, chain.from_iterable(keys), strict=True)), alike, CROWD)
        pairs = sorted(candidate_pairs(session, items.keys(), alike, CROWD))
        items |= _items(reports.by_id(session, {one for pair in pairs for one in pair} - items.keys()))
        before = {
            (link.a, link.b): link for link in rows.links_of(session, [o.id for o in batch]) if link.origin == "machine"
        }
        fresh = _changed(_score(items, pairs, crew), before, {one.id for one in batch})
        rows.add_links(session, fresh, now)
        members, links = rows.component(session, [one.id for one in batch])
        items |= _items(reports.by_id(session, members - items.keys()))
        moved = _settle(session, members, holding(links), items, merging)
        rows.mark_linked(session, {one.id: one.number for one in batch})
    return fresh, moved


def _items(stored: Iterable[reports.Stored]) -> dict[int, Item]:
    """Items under names that do not depend on the order in which records arrived."""
    return {one.id: item_from_record(f"{one.record.source}\t{one.record.source_id}", one.record) for one in stored}


def _score(items: Mapping[int, Item], pairs: list[tuple[int, int]], crew: Crew) -> dict[tuple[int, int], Link]:
    """The links that candidate pairs deserve; pairs that are merely different get none."""
    ask = model().ask
    links = {}
    scored = crew.each(score_pairs, (_alone(items, some) for some in cuts(pairs, PAIRS_A_PART)))
    for pair, found in zip(pairs, chain.from_iterable(scored), strict=True):
        relation: str = found.relation
        if relation == "different" and found.probability >= ask:
            relation = "possible"
        if relation != "different":
            evidence = {"reasons": list(found.reasons)}
            links[pair] = Link(*pair, relation, "machine", WHO, found.probability, evidence)
    return links


def _alone(
    items: Mapping[int, Item], pairs: Sequence[tuple[int, int]]
) -> tuple[dict[str, Item], list[tuple[str, str]]]:
    """Pairs with the items that they need, and no others."""
    needed = {items[one].id: items[one] for pair in pairs for one in pair}
    return needed, [(items[a].id, items[b].id) for a, b in pairs]


def _changed(
    scored: Mapping[tuple[int, int], Link], before: Mapping[tuple[int, int], Link], batch: set[int]
) -> list[Link]:
    """The links to append: what is new or says something else, and the end of what no longer holds."""
    fresh = [
        link
        for pair, link in sorted(scored.items())
        if pair not in before or (before[pair].relation, before[pair].score) != (link.relation, link.score)
    ]
    for pair, link in sorted(before.items()):
        if pair not in scored and link.relation != "withdrawn" and set(pair) & batch:
            gone = {"reasons": ["since one of them changed, they no longer look alike"]}
            fresh.append(Link(*pair, "withdrawn", "machine", WHO, None, gone))
    return fresh


def _settle(
    session: Any, members: set[int], words: Mapping[tuple[int, int], Link], items: Mapping[int, Item], merging: set[str]
) -> int:
    """Cluster the touched records anew and move them to the reports and studies that follow."""
    number = {items[one].id: one for one in members}
    decided = [
        Decided(items[a].id, items[b].id, "same" if link.relation in merging else "different")
        for (a, b), link in words.items()
        if link.origin == "person"
    ]
    same = [
        (items[a].id, items[b].id, link.score or 0.0)
        for (a, b), link in words.items()
        if link.origin == "machine" and link.relation in merging
    ]
    linked = {name for a, b, _ in same for name in (a, b)} | {name for said in decided for name in (said.a, said.b)}
    groups = [[one] for name, one in number.items() if name not in linked]
    together: dict[str, list[int]] = {}
    for name, group in regroup({name: items[number[name]] for name in linked}, same, decided).groups.items():
        together.setdefault(group, []).append(number[name])
    groups = sorted([*groups, *(sorted(group) for group in together.values())])
    moved = rows.assign_reports(session, groups, "duplicates", clock.now())
    placed = rows.reports_of(session, members)
    related = [(placed[a], placed[b]) for (a, b), link in words.items() if link.relation in RELATED]
    rows.assign_studies(session, _together(set(placed.values()), related))
    return moved


def _together(all_of: set[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The sets that ``pairs`` hold together."""
    head = {one: one for one in all_of}

    def find(one: int) -> int:
        while head[one] != one:
            head[one] = head[head[one]]
            one = head[one]
        return one

    for a, b in pairs:
        low, high = sorted((find(a), find(b)))
        head[high] = low
    groups: dict[int, list[int]] = {}
    for one in sorted(all_of):
        groups.setdefault(find(one), []).append(one)
    return list(groups.values())
