"""Groups are checked as wholes, and people's decisions go before all else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.dedupe.cluster import Decided, Facts, cluster, contradiction

NOTHING = Facts("", 0, 0, 0, 0, 0, 0, 0, "")


def facts(**known: object) -> Facts:
    return NOTHING._replace(**known)


def test_what_contradicts() -> None:
    assert contradiction(facts(doi="10.1/a", volume=1), facts(doi="10.1/b", volume=2))
    assert contradiction(facts(volume=1, page=5, year=2001), facts(volume=2, page=9, year=2004))
    assert contradiction(facts(pmid=1, volume=1), facts(pmid=2, volume=2))
    assert contradiction(facts(kind=1), facts())
    assert contradiction(facts(numbers="1", page=3), facts(numbers="2", page=9))
    assert contradiction(facts(doi="10.1/a", stage=1), facts(doi="10.1/b"))


def test_what_does_not_contradict() -> None:
    assert not contradiction(NOTHING, facts(doi="10.1/a", volume=1, page=4, year=2000))
    assert not contradiction(facts(doi="10.1/a", volume=1), facts(doi="10.1/a", volume=2))
    assert not contradiction(facts(doi="10.1/a"), facts(doi="10.1/b"))
    assert not contradiction(facts(numbers="1", page=3), facts(numbers="1 2003", page=9))
    assert not contradiction(facts(kind=1, pmid=4), facts(pmid=4))


CHAIN = {"a": facts(doi="10.1/a", volume=1), "b": NOTHING, "c": facts(doi="10.1/c", volume=2)}


def test_no_chain_joins_what_contradicts() -> None:
    found = cluster(CHAIN, [("a", "b", 0.99), ("b", "c", 0.95)], [], CHAIN.__getitem__)
    assert found.groups == {"a": "a", "b": "a", "c": "c"}
    assert [(x.a, x.b) for x in found.blocked] == [("b", "c")]
    assert found.blocked[0].why == "different DOIs and different volumes"


def test_the_surer_link_goes_first() -> None:
    found = cluster(CHAIN, [("a", "b", 0.95), ("b", "c", 0.99)], [], CHAIN.__getitem__)
    assert found.groups == {"a": "a", "b": "b", "c": "b"}


def test_a_direct_link_may_join_what_looks_contradictory() -> None:
    found = cluster(CHAIN, [("a", "c", 0.99)], [], CHAIN.__getitem__)
    assert found.groups == {"a": "a", "b": "b", "c": "a"}


def test_a_person_holds_two_apart_through_any_chain() -> None:
    known = dict.fromkeys("abcd", NOTHING)
    links = [("a", "b", 1.0), ("b", "c", 1.0), ("c", "d", 1.0), ("a", "d", 1.0)]
    found = cluster(known, links, [Decided("a", "c", "different")], known.__getitem__)
    assert found.groups["a"] != found.groups["c"]
    assert any("held them" in x.why for x in found.blocked)


def test_a_person_joins_whatever_the_records_say() -> None:
    found = cluster(CHAIN, [], [Decided("c", "a", "same")], CHAIN.__getitem__)
    assert found.groups == {"a": "a", "b": "b", "c": "a"}


def test_a_version_is_held_apart() -> None:
    known = dict.fromkeys("ab", NOTHING)
    found = cluster(known, [("a", "b", 1.0)], [Decided("a", "b", "version")], known.__getitem__)
    assert found.groups["a"] != found.groups["b"]


def test_people_who_contradict_each_other_are_told() -> None:
    known = dict.fromkeys("abc", NOTHING)
    said = [Decided("a", "b", "same"), Decided("b", "c", "same"), Decided("a", "c", "different")]
    found = cluster(known, [], said, known.__getitem__)
    assert found.groups["a"] != found.groups["c"]
    assert len(found.conflicts) == 1


IDS = "abcdefgh"
FACTS = st.builds(
    Facts, st.sampled_from(["", "10.1/x", "10.1/y"]), st.just(0), st.sampled_from([0, 2001, 2002]),
    st.sampled_from([0, 1, 2]), st.sampled_from([0, 1, 2]),
    st.sampled_from([0, 5, 9]), st.sampled_from([0, 0, 1]), st.just(0), st.just(""),
)  # fmt: skip
PAIR = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda pair: pair[0] < pair[1])


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(dict.fromkeys(IDS, FACTS)),
    st.dictionaries(PAIR, st.sampled_from([0.85, 0.9, 0.99])),
    st.dictionaries(PAIR, st.sampled_from(["same", "different"]), max_size=3),
    st.randoms(use_true_random=False),
)
def test_any_order_gives_the_same_groups_and_no_group_contradicts_itself(known, scored, said, random) -> None:  # type: ignore[no-untyped-def]
    links = [(a, b, p) for (a, b), p in scored.items()]
    decisions = [Decided(a, b, verdict) for (a, b), verdict in said.items()]
    first = cluster(IDS, links, decisions, known.__getitem__)
    random.shuffle(links)
    random.shuffle(decisions)
    turned = [(b, a, p) if random.random() < 0.5 else (a, b, p) for a, b, p in links]
    again = cluster(random.sample(IDS, len(IDS)), turned, decisions, known.__getitem__)
    assert again.groups == first.groups
    assert again.blocked == first.blocked
    by_people = {pair for pair, verdict in said.items() if verdict == "same"}
    for a in IDS:
        for b in IDS:
            if a < b and first.groups[a] == first.groups[b]:
                assert said.get((a, b)) != "different"
                if not by_people:  # a person may join what contradicts itself
                    assert (a, b) in scored or not contradiction(known[a], known[b])
