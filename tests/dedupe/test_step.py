"""Linking in the store: incremental, whatever the order; a person's word survives every re-run."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

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


def links_written(store: Store) -> list[tuple[object, ...]]:
    with store.read() as session:
        return [
            (link.record_a_id, link.record_b_id, link.relation, link.score, link.evidence)
            for link in session.scalars(select(DuplicateLink).order_by(DuplicateLink.id))
        ]


def words(store: Store) -> set[tuple[str, str, str]]:
    """What holds of each pair, by source id."""
    with store.read() as session:
        name = {row.id: row.source_id for row in session.scalars(select(Record))}
        held = links.holding(links.links_of(session, name))
    return {(*sorted((name[a], name[b])), link.relation) for (a, b), link in held.items()}


def ids(store: Store, *names: str) -> list[int]:
    with store.read() as session:
        known = {f"{row.source}:{row.source_id}": row.id for row in session.scalars(select(Record))}
    return [known[name] for name in names]


def test_copies_are_one_report_and_editorials_are_two(store: Store) -> None:
    put(store, copies())
    outcome = deduplicate(store)
    assert outcome.compared == 11
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


def crowd() -> list[Fetched]:
    """Editorials under one key: three alike in everything, two pairs that another key holds together, one without pages
    that could be any of them, and one alone."""
    place = {"title": "Editorial", "authors": ("Marsh, E",), "journal": "Ward Care", "year": 2024}
    pages = ["1-2"] * 3 + ["7-8"] * 2 + ["11-12"] * 2 + ["", "15-16"]
    dois = [""] * 3 + ["", "10.5555/e7"] + ["", "10.5555/e11"] + ["", ""]
    return [
        fetched("pubmed", str(n), volume="3", pages=page, doi=doi, **place)
        for n, (page, doi) in enumerate(zip(pages, dois, strict=True), 1)
    ]


@settings(max_examples=12, deadline=None)
@given(order=st.permutations(range(9)), cuts=st.sets(st.integers(1, 8)), changed=st.integers(0, 8))
def test_whether_a_key_is_a_crowds_depends_on_what_is_stored_alone(
    sqlite_template: Path, order: list[int], cuts: set[int], changed: int
) -> None:
    everything = crowd()
    elsewhere = fetched("pubmed", everything[changed].record.source_id, title="Elsewhere for a while", year=2024)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(step, "CROWD", 3)
        shutil.copy(sqlite_template, f"{folder}/review.db")
        with open_store(f"sqlite:///{folder}/review.db") as store:
            for start, end in pairwise([0, *sorted(cuts), len(order)]):
                put(store, [everything[n] for n in order[start:end]])
                deduplicate(store)
            found, said = partition(store), words(store)
            put(store, [elsewhere])
            deduplicate(store)
            assert [elsewhere.record.source_id] in [
                [name.split(":")[1] for name in group] for group in partition(store)
            ]
            put(store, [everything[changed]])
            deduplicate(store)
            assert (partition(store), words(store)) == (found, said)
    together = [[name.split(":")[1] for name in group] for group in found]
    assert together == [["1", "2", "3"], ["4", "5"], ["6", "7"], ["8"], ["9"]]
    assert said == {("1", "2", "same"), ("1", "3", "same"), ("2", "3", "same"), ("4", "5", "same"), ("6", "7", "same")}


def test_no_statement_of_the_step_reads_a_whole_table(store: Store) -> None:
    said: dict[str, Any] = {}

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            said.setdefault(statement, parameters[0] if many else parameters)

    deduplicate(store)  # the first writes down which rules hold
    put(store, copies())
    event.listen(store.engine, "before_cursor_execute", listen)
    deduplicate(store)
    event.remove(store.engine, "before_cursor_execute", listen)
    assert len(said) > 10
    is_sqlite = store.engine.dialect.name == "sqlite"
    with store.engine.connect() as connection:
        if not is_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")  # of small tables it would be the better plan
        for statement, parameters in said.items():
            words = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
            plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(words + statement, parameters))
            scans = re.findall(r"SCAN (?!\S+ USING INDEX ix_record_to_link)\S+|Seq Scan on \S+", plan)
            assert not [scan for scan in scans if "CONSTANT" not in scan], f"{statement}\n{plan}"


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
