"""A release is numbered, frozen, and held back by an unhealthy source. Real databases, invented past."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from livingscan.codebook import load_codebook
from livingscan.coding.step import suggest_findings
from livingscan.dedupe.step import deduplicate
from livingscan.errors import LivingscanError, SourceError, StateError, UserError
from livingscan.harvest.files import import_file
from livingscan.harvest.health import sign_off, take_back
from livingscan.publish.release import create_release, get_release, list_releases, sha256_of, summary_of
from livingscan.records import Fetched, make_record
from livingscan.screening.queue import decide
from livingscan.screening.step import flag_for_screening
from livingscan.store import Store, open_store
from livingscan.store.models import Record, Release
from livingscan.store.release_queries import ReleaseRow
from livingscan.summary.step import refresh_summaries
from tests.harvest.ledgers import PROTOCOL, REVIEW, Past

CODEBOOK = load_codebook(REVIEW)
DAY = date(2026, 11, 2)
PLANS = {name: plan.model_copy(update={"enabled": name == "pubmed"}) for name, plan in PROTOCOL.sources.items()}
PUBMED = PROTOCOL.model_copy(update={"sources": PLANS})


def paper(number: int) -> Fetched:
    record = make_record(
        source="pubmed",
        source_id=str(number),
        title=f"Barriers to a quality improvement project in NHS hospitals: an interview study {number}",
        abstract="We interviewed staff. Barriers were lack of time.",
        authors=(f"Author{number}, A",),
        added=DAY - timedelta(days=10),
    )
    return Fetched(record, "<raw/>")


def carry_through(store: Store) -> None:
    deduplicate(store)
    flag_for_screening(store, protocol=PUBMED)
    suggest_findings(store, codebook=CODEBOOK)


def make(store: Store, who: str = "Ann", why: str = "") -> ReleaseRow:
    return create_release(store, protocol=PUBMED, codebook=CODEBOOK, who=who, why=why)


@pytest.fixture
def past(store: Store, monkeypatch: pytest.MonkeyPatch) -> Past:
    """One complete search, its records carried through."""
    made = Past(store, monkeypatch, PUBMED)
    made.search(DAY, [paper(1), paper(2)])
    carry_through(store)
    return made


def test_a_release_freezes_the_summary_and_what_it_rests_on(past: Past) -> None:
    made = make(past.store, who="Ann  Lead", why="a trigger")
    assert (made.number, made.who, made.why) == (1, "Ann Lead", "a trigger")
    found = get_release(past.store, 1)
    assert found == made
    summary = summary_of(found)
    assert summary.tier("provisional").studies == 2
    assert found.data["prisma"]["database_results"] == 2
    assert found.data["protocol_version"] == summary.protocol_version
    (search,) = found.data["searches"]
    assert (search["source"], search["records"], search["complete_to"]) == ("pubmed", 2, str(DAY))
    assert search["strategy_sha256"] == PUBMED.strategy("pubmed").sha256
    assert (found.data["signoffs"], found.data["unchanged"], found.data["since"]) == ([], False, None)


def test_files_are_named_with_their_hash(past: Past, tmp_path: Path) -> None:
    export = tmp_path / "cinahl.ris"
    export.write_text("TY  - JOUR\nTI  - Invented paper\nAU  - Doe, Jane\nPY  - 2024\nER  - \n")
    import_file(past.store, export, database="CINAHL", searched_on=DAY)
    carry_through(past.store)
    (told,) = make(past.store).data["files"]
    assert (told["database"], told["file"], told["searched_on"], told["records"]) == (
        "CINAHL",
        "cinahl.ris",
        str(DAY),
        1,
    )
    assert told["sha256"] == hashlib.sha256(export.read_bytes()).hexdigest()


def test_the_next_one_says_what_changed_or_that_nothing_did(past: Past) -> None:
    first = make(past.store)
    second = make(past.store)
    assert (second.number, second.data["unchanged"], second.data["since"]["number"]) == (2, True, 1)
    assert second.data["since"]["sha256"] == first.sha256
    assert not summary_of(second).changes.any
    with past.store.read() as session:
        record = session.scalars(select(Record.id).order_by(Record.id)).first() or 0
    decide(past.store, PUBMED, record, "include", reviewer="Jo")
    decide(past.store, PUBMED, record, "include", reviewer="Jo", stage="full-text")
    third = make(past.store)
    assert (third.number, third.data["unchanged"]) == (3, False)
    assert third.data["prisma"]["total_studies"] == third.data["prisma"]["new_studies"] == 1
    assert summary_of(third).changes.studies == {"suggested": (0, 1), "provisional": (2, 1)}
    now = refresh_summaries(past.store, protocol=PUBMED, codebook=CODEBOOK)
    assert (now.prisma["previous_studies"], now.prisma["new_studies"]) == (1, 0)
    fourth = make(past.store)
    assert (fourth.data["unchanged"], fourth.data["prisma"]["previous_studies"]) == (True, 1)
    assert [row.number for row in list_releases(past.store)] == [1, 2, 3, 4]


def test_an_unhealthy_source_holds_it_until_somebody_signs(past: Past) -> None:
    past.at(DAY + timedelta(days=300))
    with pytest.raises(SourceError) as refused:
        make(past.store)
    assert "\n" not in str(refused.value)
    assert "pubmed (stale)" in str(refused.value)
    assert "livingscan health signoff pubmed --who NAME --reason WHY" in str(refused.value)
    assert list_releases(past.store) == []
    sign = sign_off(past.store, PUBMED, "pubmed", who="Ben", reason="their outage")
    made = make(past.store)
    (borne,) = made.data["signoffs"]
    assert (borne["signoff"], borne["who"], borne["problems"]) == (sign.id, "Ben", ["stale"])
    take_back(past.store, sign.id, who="Ben", reason="it was not")
    with pytest.raises(SourceError):
        make(past.store)
    assert get_release(past.store, 1).data["signoffs"] == [borne]


def test_a_sign_off_of_what_is_over_is_not_leant_on(past: Past) -> None:
    past.at(DAY + timedelta(days=300))
    sign_off(past.store, PUBMED, "pubmed", who="Ben", reason="their outage")
    past.search(DAY + timedelta(days=300), start=DAY)
    assert make(past.store).data["signoffs"] == []


def test_two_at_once_have_two_numbers(past: Past, database_url: str) -> None:
    def one(who: str) -> int:
        with open_store(database_url) as own:
            return make(own, who).number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(one, ["Ann", "Ben", "Cy", "Di"]))
    assert sorted(numbers) == [1, 2, 3, 4]
    assert [row.data["unchanged"] for row in list_releases(past.store)] == [False, True, True, True]


def test_a_release_that_was_changed_is_told(past: Past) -> None:
    made = make(past.store)
    assert sha256_of(json.loads(json.dumps(made.data))) == made.sha256
    with past.store.write() as session:
        session.execute(update(Release).values(data=made.data | {"who": "Eve"}))
    with pytest.raises(StateError, match="release 1 was changed"):
        get_release(past.store, 1)


def test_records_that_wait_for_a_step_hold_it(past: Past) -> None:
    past.search(DAY, [paper(3)], start=DAY)
    with pytest.raises(StateError, match=r"records wait .*\(1\)"):
        make(past.store)


@pytest.mark.parametrize(
    ("ask", "kind", "words"),
    [
        (lambda store: make(store, who=" "), UserError, "--by"),
        (lambda store: get_release(store, 7), UserError, "no release 7: none has been made"),
        (make, SourceError, "never complete"),
    ],
)
def test_what_cannot_be_is_said(
    sqlite_store: Store, ask: Callable[[Store], object], kind: type[LivingscanError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        ask(sqlite_store)
