"""Find duplicates among records: block, compare, score, cluster.

:func:`find_duplicates` does it for a whole set. For records arriving one batch after another, the
store keeps each record's block keys and each pair's score: new records are scored against the stored
ones that share a key (:func:`score_pairs`), and the groups they touch are formed anew
(:func:`regroup`). Both ways give the same groups, whatever the order or the batches, since a key
depends on one record alone, a score on one pair alone, and a group on its own records and links.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from livingscan.dedupe.block import alike_key
from livingscan.dedupe.cluster import Blocked, Clusters, Decided, Facts, cluster, facts_of, pair_key
from livingscan.dedupe.columns import Columns, join
from livingscan.dedupe.compare import Floats, Rows, compare_columns
from livingscan.dedupe.crew import Crew, cuts, processes
from livingscan.dedupe.explain import Link, explain
from livingscan.dedupe.item import Item
from livingscan.dedupe.pairs import Candidates, pairs_sharing_a_key
from livingscan.dedupe.partition import Scores, cut_pairs, judge, light, prepare_light, prepare_part, score_part
from livingscan.dedupe.relate import DIFFERENT, SAME
from livingscan.dedupe.score import Model, model
from livingscan.errors import UserError
from livingscan.pause import collector_paused

ITEMS_A_PART = 5_000
PAIRS_A_PART = 20_000
WORTH_PROCESSES = 20_000  # items; below that, starting processes costs more than it saves


@dataclass(frozen=True)
class Result:
    """What was found.

    Attributes:
        groups: the group of each record, called by its smallest id; a group's records are copies of one report.
        ids: the records, in the order given; rows below count in it.
        left, right: rows of the candidate pairs that are more than different, the surest first.
        probability, relation: of each of those pairs.
        queue: places of the pairs to ask a person about, the likeliest first, one a pair of groups.
        expected_yield: how many of the queue will turn out to be copies, as a sum of probabilities.
        blocked: links not followed since their groups contradict each other or a person held them apart.
        conflicts: people's decisions that contradict each other.
        compared: number of pairs compared.
        crowded: number of records with a key that more than ``pairs.CROWD`` share, which was passed over.
    """

    groups: dict[str, str]
    ids: list[str]
    left: Rows
    right: Rows
    probability: Floats
    relation: NDArray[np.int8]
    queue: Rows
    expected_yield: float
    blocked: list[Blocked]
    conflicts: list[Blocked]
    compared: int
    crowded: int
    columns: Columns

    @property
    def links(self) -> list[Link]:
        """Every pair of copies, and every other relation found, with reasons. Long for large sets."""
        kept = (self.probability >= model().link) | (self.relation != DIFFERENT)
        return self.explained(np.flatnonzero(kept))

    @property
    def near_misses(self) -> list[Link]:
        """The pairs that came nearest to being linked and were not, or whose link was not followed; with reasons."""
        stopped = {pair_key(blocked.a, blocked.b) for blocked in self.blocked}
        missed = (self.probability < model().link) | (self.relation != SAME)
        for place in np.flatnonzero(~missed).tolist() if stopped else ():
            missed[place] = pair_key(self.ids[self.left[place]], self.ids[self.right[place]]) in stopped
        return self.explained(np.flatnonzero(missed))

    def explained(self, places: Rows) -> list[Link]:
        """The pairs at these places, with reasons in words."""
        return list(self.explaining(places))

    def explaining(self, places: Rows) -> Iterator[Link]:
        """The same, a few thousand pairs at a time."""
        why = {pair_key(b.a, b.b): b.why for b in self.blocked}
        for at in range(0, len(places), 10_000):
            some = places[at : at + 10_000]
            left, right = self.left[some], self.right[some]
            names = [(self.ids[a], self.ids[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
            comparison = compare_columns(self.columns, left, right)
            for link in explain(names, comparison, self.probability[some], self.relation[some]):
                stopped = why.get(pair_key(link.a, link.b))
                yield replace(link, blocked=stopped) if stopped else link


def _prepared(items: Sequence[Item], crew: Crew) -> tuple[Columns, Rows, Rows]:
    """(columns, owners, keys) of all items; no abstracts travel between processes: the caller has them anyway."""
    parts = list(crew.each(prepare_light, (([light(item) for item in cut],) for cut in cuts(items, ITEMS_A_PART))))
    columns = join([part.columns for part in parts])
    once: dict[str, str] = {}
    for row, item in enumerate(items):  # what the items hold anyway, and what many share, is kept once
        columns.abstract[row], columns.names[row], columns.doi[row] = item.abstract, item.authors, item.doi
        for column in (columns.journal, columns.first_author):
            column[row] = once.setdefault(column[row], column[row])
    owners = [part.owners + at for part, at in zip(parts, range(0, len(items), ITEMS_A_PART), strict=True)]
    return columns, np.concatenate(owners), np.concatenate([part.keys for part in parts])


def _scored(columns: Columns, left: Rows, right: Rows, crew: Crew) -> Scores:
    none = Scores(np.empty(0), np.empty(0, dtype=np.int8))
    scores = [none, *crew.each(score_part, cut_pairs(columns, left, right, PAIRS_A_PART))]
    return Scores(np.concatenate([s.probability for s in scores]), np.concatenate([s.relation for s in scores]))


def find_duplicates(
    items: Sequence[Item], decisions: Sequence[Decided] = (), *, workers: int | None = None, crew: Crew | None = None
) -> Result:
    """Find the groups of records that are copies of one report, and all that stands near them.

    Args:
        items: the records; their ids must differ.
        decisions: what people said of pairs of them; goes before any score.
        workers: processes to use; None: as many as there are cores where it pays, 1: this process alone.
        crew: workers from elsewhere in their place, such as a cluster's. Neither makes a difference to the result.

    Raises:
        UserError: where an id occurs twice.
    """
    ids = [item.id for item in items]
    if len(set(ids)) != len(ids):
        seen: set[str] = set()
        twice = next(name for name in ids if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise UserError(f"two records have the id {twice!r}: ids must differ; number them anew or drop one")
    if not items:
        none = np.empty(0, dtype=np.int64)
        return Result(
            {},
            [],
            none,
            none,
            np.empty(0),
            np.empty(0, dtype=np.int8),
            none,
            0.0,
            [],
            [],
            0,
            0,
            prepare_part([]).columns,
        )
    if workers is None:
        workers = (os.cpu_count() or 1) if len(items) >= WORTH_PROCESSES else 1
    with collector_paused(), nullcontext(crew) if crew else processes(workers) as at_work:
        columns, owners, keys = _prepared(items, at_work)
        found = pairs_sharing_a_key(owners, keys, len(items), lambda rows: _alike(items, rows))
        del owners, keys
        scores = _scored(columns, found.left, found.right, at_work)
    return _assemble(ids, columns, found, scores, decisions)


def _alike(items: Sequence[Item], rows: Rows) -> Rows:
    return np.array([alike_key(items[row]) for row in rows.tolist()], dtype=np.int64)


def _assemble(
    ids: list[str], columns: Columns, candidates: Candidates, scores: Scores, decisions: Sequence[Decided]
) -> Result:
    m = model()
    left, right = candidates.left, candidates.right
    names = np.array(ids, dtype=object)
    is_link = (scores.probability >= m.link) & (scores.relation == SAME)
    links = list(zip(names[left[is_link]], names[right[is_link]], scores.probability[is_link].tolist(), strict=True))
    row_of = {name: row for row, name in enumerate(ids)}
    known = [said for said in decisions if said.a in row_of and said.b in row_of]

    def facts(name: str) -> Facts:
        return facts_of(columns, row_of[name])

    clusters = cluster(ids, links, known, facts)
    kept = np.flatnonzero((scores.probability >= m.ask) | (scores.relation != DIFFERENT))
    order = np.lexsort((right[kept], left[kept], -scores.probability[kept]))
    kept = kept[order]
    left, right = left[kept], right[kept]
    probability, relation = scores.probability[kept], scores.relation[kept]
    queue = to_ask(ids, left, right, probability, clusters, known, m)
    return Result(
        groups=clusters.groups,
        ids=ids,
        left=left,
        right=right,
        probability=probability,
        relation=relation,
        queue=queue,
        expected_yield=round(float(probability[queue].sum()), 2),
        blocked=clusters.blocked,
        conflicts=clusters.conflicts,
        compared=len(scores.probability),
        crowded=len(candidates.crowded),
        columns=columns,
    )


def to_ask(
    ids: list[str],
    left: Rows,
    right: Rows,
    probability: Floats,
    clusters: Clusters,
    decisions: Sequence[Decided],
    m: Model,
) -> Rows:
    """Places of the pairs to ask a person about: unsure ones and blocked links, one a pair of groups.

    Pairs already in one group and pairs of groups already decided on are left out.
    """
    groups = clusters.groups
    settled = {pair_key(groups[said.a], groups[said.b]) for said in decisions}
    queue = []
    for place in np.flatnonzero(probability >= m.ask).tolist():
        between = pair_key(groups[ids[left[place]]], groups[ids[right[place]]])
        if between[0] != between[1] and between not in settled:
            settled.add(between)
            queue.append(place)
    return np.array(queue, dtype=np.int64)


def score_pairs(items: Mapping[str, Item], pairs: Sequence[tuple[str, str]]) -> list[Link]:
    """Score candidate pairs, as found by looking up the block keys of new records among the stored ones.

    Args:
        items: by id, every record that occurs in a pair.
        pairs: ids of the pairs.

    Returns:
        The pairs in the order given, with probability, relation and reasons. A pair's score depends on
        its two records alone.
    """
    if not pairs:
        return []
    ids = sorted({name for pair in pairs for name in pair})
    row_of = {name: row for row, name in enumerate(ids)}
    columns = prepare_part([items[name] for name in ids]).columns
    left = np.array([row_of[a] for a, _ in pairs], dtype=np.int64)
    right = np.array([row_of[b] for _, b in pairs], dtype=np.int64)
    comparison = compare_columns(columns, left, right)
    scores = judge(comparison)
    return explain(list(pairs), comparison, scores.probability, scores.relation)


def regroup(
    items: Mapping[str, Item], links: Sequence[tuple[str, str, float]], decisions: Sequence[Decided]
) -> Clusters:
    """Form groups anew from stored links, for some or all records.

    Args:
        items: by id, the records to group. To get what a whole run would give, hand over whole
            components: with a record, all that are linked or decided "same" with it, and so on.
        links: (id, id, probability) of pairs whose relation is "same" and whose probability reaches
            ``score.model().link``.
        decisions: what people said of pairs among these records.
    """
    ids = sorted(items)
    row_of = {name: row for row, name in enumerate(ids)}
    columns = prepare_part([items[name] for name in ids]).columns
    return cluster(ids, links, decisions, lambda name: facts_of(columns, row_of[name]))
