"""From links between pairs to groups, each checked as a whole.

Links are taken from the surest down; two groups are joined only if no member of the one contradicts
a member of the other and no person held two of them apart. Ties are broken by the ids, so the order
in which records or links arrived makes no difference. What people decided goes before all else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple

from livingscan.dedupe.columns import Columns

Verdict = Literal["same", "version", "part", "erratum_comment", "different"]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person said of two records; the latest word only, undone ones left out.

    Attributes:
        verdict: "same" joins them; every other holds them apart.
    """

    a: str
    b: str
    verdict: Verdict


class Facts(NamedTuple):
    """What can make two records contradict each other. Empty or 0: not given."""

    doi: str
    pmid: int
    year: int
    volume: int
    issue: int
    page: int
    kind: int
    stage: int
    numbers: str


class Blocked(NamedTuple):
    """A link that was not followed, and why."""

    a: str
    b: str
    why: str


@dataclass(frozen=True, slots=True)
class Clusters:
    """Groups of copies.

    Attributes:
        groups: the group of each id, called by its smallest id.
        blocked: links not followed.
        conflicts: people's "same" that other people's decisions rule out.
    """

    groups: dict[str, str]
    blocked: list[Blocked]
    conflicts: list[Blocked]


def facts_of(columns: Columns, row: int) -> Facts:
    """The facts of one row."""
    return Facts(
        columns.doi[row],
        int(columns.pmid[row]),
        int(columns.year[row]),
        int(columns.volume[row]),
        int(columns.issue[row]),
        int(columns.first_page[row]),
        int(columns.kind[row]),
        int(columns.stage[row]),
        columns.numbers[row],
    )


def contradiction(x: Facts, y: Facts) -> str:
    """In words, why two records cannot be copies of one report, whatever links them to a third; "" if they can."""
    if x == y:
        return ""
    volume = bool(x.volume and y.volume and x.volume != y.volume)
    page = bool(x.page and y.page and x.page != y.page)
    issue = bool(x.issue and y.issue and x.issue != y.issue)
    year = bool(x.year and y.year and x.year != y.year)
    one_piece = bool((x.pmid and x.pmid == y.pmid) or (x.doi and x.doi == y.doi and x.page and x.page == y.page))
    if x.kind != y.kind and not one_piece:
        return "one is an erratum, comment, reply or notice, the other is not"
    if x.pmid and y.pmid and x.pmid != y.pmid and (volume or page or (x.doi and y.doi and x.doi != y.doi)):
        return "different PMIDs and different places in print or DOIs"
    if x.doi and y.doi:
        if x.doi == y.doi:
            return ""
        if 1 in (x.stage, y.stage) and x.stage != y.stage:
            return "different DOIs, and one is a preprint"
        if volume or page:
            return f"different DOIs and different {'volumes' if volume else 'pages'}"
    if volume and page and (year or issue):
        return "different volumes, pages and " + ("years" if year else "issues")
    if (
        x.numbers
        and y.numbers
        and x.numbers != y.numbers
        and (page or volume)
        and not _one_in_other(x.numbers, y.numbers)
    ):
        return "different numbers in the titles, and different places in print"
    return ""


def _one_in_other(a: str, b: str) -> bool:
    left, right = set(a.split()), set(b.split())
    return left <= right or right <= left


def pair_key(a: str, b: str) -> tuple[str, str]:
    """The two ids in order."""
    return (a, b) if a <= b else (b, a)


def cluster(
    ids: Iterable[str],
    links: Sequence[tuple[str, str, float]],
    decisions: Sequence[Decided],
    facts: Callable[[str], Facts],
) -> Clusters:
    """Group records by their links, each group checked as a whole.

    Args:
        ids: all records; a record without links stays alone.
        links: (id, id, probability) of the pairs to join, ids in any order.
        decisions: what people said; at most one a pair.
        facts: the facts of an id, asked for only where a check needs them.
    """
    apart: dict[str, set[str]] = {}
    joined: list[tuple[str, str]] = []
    for said in decisions:
        if said.verdict == "same":
            joined.append(pair_key(said.a, said.b))
        else:
            apart.setdefault(said.a, set()).add(said.b)
            apart.setdefault(said.b, set()).add(said.a)
    direct = {pair_key(a, b) for a, b, _ in links} | set(joined)
    groups: dict[str, _Group] = {}

    def group(name: str) -> _Group:
        return groups.get(name) or groups.setdefault(name, _Group(name, {facts(name): [name]}))

    def join(left: _Group, right: _Group) -> None:
        small, large = (left, right) if left.size < right.size else (right, left)
        large.take(small)
        for name in small.names():
            groups[name] = large

    def held_apart(left: _Group, right: _Group) -> bool:
        small, large = (left, right) if left.size < right.size else (right, left)
        return bool(apart) and any(groups.get(y) is large for x in small.names() for y in apart.get(x, ()))

    def clash(left: _Group, right: _Group) -> str:
        if left.size == right.size == 1:
            return ""
        for f, xs in left.members.items():
            for g, ys in right.members.items():
                why = contradiction(f, g)
                if why and any(pair_key(x, y) not in direct for x in xs for y in ys):
                    return why
        return ""

    conflicts, blocked = [], []
    for a, b in sorted(set(joined)):
        left, right = group(a), group(b)
        if left is right:
            continue
        if held_apart(left, right):
            conflicts.append(Blocked(a, b, "other decisions hold these groups apart"))
        else:
            join(left, right)
    for _, a, b in sorted((-p, *pair_key(a, b)) for a, b, p in links):
        left, right = group(a), group(b)
        if left is right:
            continue
        if held_apart(left, right):
            blocked.append(Blocked(a, b, "a person held them, or others of their groups, apart"))
        elif why := clash(left, right):
            blocked.append(Blocked(a, b, why))
        else:
            join(left, right)
    return Clusters({name: groups[name].name if name in groups else name for name in ids}, blocked, conflicts)


@dataclass(slots=True, eq=False)
class _Group:
    """Records joined so far: the smallest id, and the members by what can make them contradict others."""

    name: str
    members: dict[Facts, list[str]]
    size: int = 1

    def names(self) -> Iterator[str]:
        return chain.from_iterable(self.members.values())

    def take(self, other: _Group) -> None:
        """Take the members of a group that is no larger: so every member moves only a few times in all."""
        self.name = min(self.name, other.name)
        self.size += other.size
        for fact, names in other.members.items():
            self.members.setdefault(fact, []).extend(names)
