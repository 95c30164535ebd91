"""From links between pairs to groups, each checked as a whole.

Links are taken from the surest down; two groups are joined only if no member of the one contradicts
a member of the other and no person held two of them apart. Ties are broken by the ids, so the order
in which records or links arrived makes no difference. What people decided goes before all else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
    members: dict[str, list[str]] = {}
    root: dict[str, str] = {}

    def group(name: str) -> list[str]:
        return members.get(root.get(name, name), [name])

    def join(a: str, b: str) -> None:
        left, right = group(a), group(b)
        whole = sorted(left + right)
        for old in (root.get(a, a), root.get(b, b)):
            members.pop(old, None)
        members[whole[0]] = whole
        for name in whole:
            root[name] = whole[0]

    def held_apart(a: str, b: str) -> bool:
        right = set(group(b))
        return any(apart[x] & right for x in group(a) if x in apart)

    def clash(a: str, b: str) -> str:
        left, right = group(a), group(b)
        if len(left) == 1 and len(right) == 1:
            return ""
        known_left = [(facts(x), x) for x in left]
        known_right = [(facts(y), y) for y in right]
        for f in dict.fromkeys(f for f, _ in known_left):
            for g in dict.fromkeys(g for g, _ in known_right):
                why = contradiction(f, g)
                if why and any(
                    pair_key(x, y) not in direct for k, x in known_left if k == f for h, y in known_right if h == g
                ):
                    return why
        return ""

    conflicts, blocked = [], []
    for a, b in sorted(set(joined)):
        if root.get(a, a) == root.get(b, b):
            continue
        if held_apart(a, b):
            conflicts.append(Blocked(a, b, "other decisions hold these groups apart"))
        else:
            join(a, b)
    for _, a, b in sorted((-p, *pair_key(a, b)) for a, b, p in links):
        if root.get(a, a) == root.get(b, b):
            continue
        if held_apart(a, b):
            blocked.append(Blocked(a, b, "a person held them, or others of their groups, apart"))
        elif why := clash(a, b):
            blocked.append(Blocked(a, b, why))
        else:
            join(a, b)
    return Clusters({name: root.get(name, name) for name in ids}, blocked, conflicts)
