"""Linking in the store: incremental, whatever the order; a person's word survives every re-run."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from livingscan import clock
from livingscan.dedupe import step
from livingscan.dedupe.step import deduplicate
from livingscan.records import Fetched
from livingscan.store import Store, ledger, links, open_store, reports
from livingscan.store.load import load
from livingscan.store.models import DuplicateLink, Record, Report
from tests.records import fetched

STUDIES = (
    ("Staff views of a discharge checklist in two surgical wards", "10.5555/a1", ("Okafor, Grace", "Lund, Peter")),
    ("Barriers to sustaining falls prevention rounds: an interview study", "10.5555/b2", ("Moss, Ian", "Rao, Priya")),
    ("Why electronic handover stalled in a maternity unit", "", ("Hale, Ruth", "Quinn, Tom", "Abebe, Sara")),
)


def copies() -> list[Fetched]:
    """Three papers, each in three sources that differ as sources do; and two different editorials."""
    made = []
    for n, (title, doi, authors) in enumerate(STUDIES):
        initials = tuple(f"{name.split(', ')[0]}, {name.split(', ')[1][0]}" for name in authors)
        place = {"journal": "Journal of Invented Care", "volume": "12", "pages": f"{n}01-{n}09", "year": 2024}
        made.append(fetched("pubmed", f"{n}1", title=title + ".", doi=doi, authors=authors, **place))
        made.append(fetched("scopus", f"{n}2", title=title.upper(), doi=doi, authors=initials, **place))
        made.append(fetched("cinahl", f"{n}3", title=title, authors=initials, **place))
    for n in (1, 2):
        made.append(
            fetched("pubmed", f"9{n}", title="Editorial", authors=(f"Writer{n}, A",), year=2024, journal=f"Journal {n}")
        )
    return made


def put(store: Store, page: list[Fetched]) -> None:
    search = ledger.begin(store, kind="interface", source="pubmed").id
    with store.write() as session:
        load(session, search, page, clock.now())


def partition(store: Store) -> list[list[str]]:
    groups = defaultdict(list)
    with store.read() as session:
        for row in session.scalars(select(Record)):
            groups[row.report_id].append(f"{row.source}:{row.source_id}")
    assert None not in groups
    return sorted(sorted(group) for group in groups.values())


def ids(store: Store, *names: str) -> list[int]:
    with store.read() as session:
        known = {f"{row.source}:{row.source_id}": row.id for row in session.scalars(select(Record))}
    return [known[name] for name in names]


def test_copies_are_one_report_and_editorials_are_two(store: Store) -> None:
    put(store, copies())
    outcome = deduplicate(store)
    assert (outcome.compared, outcome.reports) == (11, 5)
    assert [len(group) for group in partition(store)] == [3, 3, 3, 1, 1]
    assert deduplicate(store).compared == 0


def test_every_link_says_why(sqlite_store: Store) -> None:
    put(sqlite_store, copies())
    deduplicate(sqlite_store)
    with sqlite_store.read() as session:
        found = session.scalars(select(DuplicateLink).where(DuplicateLink.relation == "same")).all()
    assert len(found) >= 6
    assert all("title" in " ".join(link.evidence["reasons"]) and link.score and link.who for link in found)


@settings(max_examples=12, deadline=None)
@given(order=st.permutations(range(11)), cuts=st.sets(st.integers(1, 10)), size=st.sampled_from([1, 3, 1000]))
def test_any_order_and_any_batches_give_the_same_reports(
    sqlite_template: Path, order: list[int], cuts: set[int], size: int
) -> None:
    everything = copies()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(step, "BATCH", size)
        shutil.copy(sqlite_template, f"{folder}/review.db")
        with open_store(f"sqlite:///{folder}/review.db") as store:
            edges = [0, *sorted(cuts), len(order)]
            for start, end in pairwise(edges):
                put(store, [everything[n] for n in order[start:end]])
                deduplicate(store)
            found = partition(store)
    assert [len(group) for group in found] == [3, 3, 3, 1, 1]
    assert all(len({name.split(":")[1][0] for name in group}) == 1 for group in found)


def test_a_person_splits_and_it_stays_split(store: Store) -> None:
    put(store, copies()[:3])
    deduplicate(store)
    a, b, c = ids(store, "pubmed:01", "scopus:02", "cinahl:03")
    links.say(store, a, b, "different", "Ada", "another trial")
    deduplicate(store)
    with store.read() as session:
        placed = links.reports_of(session, [a, b, c])
    assert placed[a] != placed[b]
    put(store, [fetched("scopus", "02", title=STUDIES[0][0], doi=STUDIES[0][1], authors=STUDIES[0][2], year=2024)])
    deduplicate(store)
    with store.read() as session:
        again = links.reports_of(session, [a, b])
    assert again[a] != again[b]
    links.say(store, a, b, "withdrawn", "Ada")
    deduplicate(store)
    with store.read() as session:
        after = links.reports_of(session, [a, b])
    assert after[a] == after[b]


def test_a_person_joins_what_no_machine_would(store: Store) -> None:
    put(store, copies()[-2:])
    deduplicate(store)
    a, b = ids(store, "pubmed:91", "pubmed:92")
    links.say(store, a, b, "same", "Ada")
    deduplicate(store)
    assert len(partition(store)) == 1


def test_versions_are_two_reports_of_one_study(store: Store) -> None:
    put(store, copies()[::3][:2])
    deduplicate(store)
    a, b = ids(store, "pubmed:01", "pubmed:11")
    links.say(store, a, b, "version", "Ada")
    deduplicate(store)
    with store.read() as session:
        placed = links.reports_of(session, [a, b])
        studies = {session.get_one(Report, one).study_id for one in placed.values()}
    assert len(set(placed.values())) == 2
    assert len(studies) == 1


def test_a_record_that_changes_its_words_leaves_its_copies(store: Store) -> None:
    put(store, copies()[:3])
    deduplicate(store)
    put(
        store,
        [fetched("scopus", "02", title="Quite another matter altogether in dentistry", authors=("New, N",), year=1999)],
    )
    deduplicate(store)
    assert partition(store) == [["cinahl:03", "pubmed:01"], ["scopus:02"]]
    assert reports.count_waiting(store, "link") == 0
