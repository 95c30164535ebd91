"""Reports follow from links: a person's word wins, every move is written down, nothing is overwritten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from livingscan import clock
from livingscan.errors import UserError
from livingscan.store import Store, ledger, links, reports
from livingscan.store.links import Link, holding, place
from livingscan.store.load import load
from livingscan.store.models import DuplicateLink, Report, ReportEvent
from tests.records import fetched


def fill(store: Store, count: int = 4) -> list[int]:
    search = ledger.begin(store, kind="interface", source="pubmed").id
    with store.write() as session:
        load(session, search, [fetched(source_id=str(n), title=f"Title {n}") for n in range(count)], clock.now())
    return [one.id for one in reports.waiting(store, "link", 100)]


def assign(store: Store, *groups: list[int]) -> int:
    with store.write() as session:
        return links.assign_reports(session, groups, "test", clock.now())


def where(store: Store, ids: list[int]) -> list[int]:
    with store.read() as session:
        found = links.reports_of(session, ids)
    return [found[one] for one in ids]


def link(a: int, b: int, relation: str = "same", origin: str = "machine") -> Link:
    return Link(a, b, relation, origin, "test", 0.9, {"why": ["same title"]})


def test_merge_and_split_keep_the_older_report_and_say_what_moved(store: Store) -> None:
    a, b, c, d = fill(store)
    assert assign(store, [a], [b], [c], [d]) == 0
    one, two, _, _ = where(store, [a, b, c, d])
    assert assign(store, [a, b]) == 1
    assert where(store, [a, b]) == [one, one]
    with store.read() as session:
        assert session.get_one(Report, two).merged_into_id == one
    assert assign(store, [b], [a]) == 1
    first, second = where(store, [a, b])
    assert first == one
    assert second not in (one, two)
    with store.read() as session:
        events = session.scalars(select(ReportEvent).order_by(ReportEvent.id)).all()
        assert [(event.kind, event.record_id) for event in events] == [("left", b), ("joined", b)] * 2


def test_every_report_has_a_study_and_related_reports_share_one(store: Store) -> None:
    a, b, c, d = fill(store)
    assign(store, [a], [b], [c], [d])
    found = where(store, [a, b, c, d])
    with store.write() as session:
        links.assign_studies(session, [found[:2], found[2:3], found[3:]])
    with store.read() as session:
        studies = [session.get_one(Report, one).study_id for one in found]
    assert studies[0] == studies[1]
    assert len(set(studies)) == 3
    with store.write() as session:
        links.assign_studies(session, [[one] for one in found])
    with store.read() as session:
        assert len({session.get_one(Report, one).study_id for one in found}) == 4


def test_a_component_is_found_through_joining_links_and_studies(store: Store) -> None:
    a, b, c, d = fill(store)
    assign(store, [a], [b, c], [d])
    with store.write() as session:
        links.add_links(session, [link(a, b), link(c, d, "possible")], clock.now())
        seen, found = links.component(session, [a])
        assert seen == {a, b, c}
        assert [one.relation for one in found] == ["same", "possible"]
        links.assign_studies(session, [sorted({*where(store, [a, d])})])
        assert links.component(session, [d])[0] == {a, b, c, d}


def test_a_persons_word_wins_until_withdrawn(store: Store) -> None:
    a, b, *_ = fill(store)
    with store.write() as session:
        links.add_links(session, [link(a, b)], clock.now())
        links.mark_linked(session, {a: 1, b: 1})
    assert reports.count_waiting(store, "link") == 2
    links.say(store, b, a, "different", "Ada", "two trials")
    assert reports.count_waiting(store, "link") == 4
    with store.read() as session:
        assert holding(links.links_of(session, [a]))[a, b].relation == "different"
    links.say(store, a, b, "withdrawn", "Ada")
    with store.read() as session:
        assert holding(links.links_of(session, [a]))[a, b].origin == "machine"
        assert len(session.scalars(select(DuplicateLink)).all()) == 3
    with pytest.raises(UserError, match=rf"Ada took the last word on records {a} and {b} back on \d{{4}}-"):
        links.say(store, a, b, "withdrawn", "Ben")
    with pytest.raises(UserError, match="nobody has said anything"):
        links.say(store, a, b + 1, "withdrawn", "Ben")
    assert reports.count_waiting(store, "link") == 4


@pytest.mark.parametrize(
    ("other", "relation", "who"), [(1, "same", "Ada"), (2, "alike", "Ada"), (2, "same", " "), (99, "same", "Ada")]
)
def test_a_senseless_word_is_refused(sqlite_store: Store, other: int, relation: str, who: str) -> None:
    fill(sqlite_store)
    with pytest.raises(UserError):
        links.say(sqlite_store, 1, other, relation, who)


def test_a_record_that_changed_meanwhile_still_waits(store: Store) -> None:
    a, b, *_ = fill(store)
    with store.write() as session:
        load(session, 1, [fetched(source_id="0", title="Changed")], clock.now())
        links.mark_linked(session, {a: 1, b: 1})
    assert reports.waiting(store, "link", 2)[0].id == a


@given(st.dictionaries(st.integers(0, 20), st.none() | st.integers(0, 8)), st.randoms())
def test_no_container_is_given_twice(current: dict[int, int | None], random: object) -> None:
    members = sorted(current)
    random.shuffle(members)  # type: ignore[attr-defined]
    groups = [members[n : n + 3] for n in range(0, len(members), 3)]
    kept = place(groups, current)
    given_out = [one for one in kept if one is not None]
    assert len(set(given_out)) == len(given_out)
    for group, one in zip(groups, kept, strict=True):
        assert one is None or one in {current[member] for member in group}
