"""The comparison among agencies: nobody can be recognised in it."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from mpp.measures.peers import (
    JUDGED_LEAST,
    PEERS_LEAST,
    SHARE_STEP,
    PeerFigures,
    figures,
    standing,
    tellable,
)


def group(n: int, judged: int = 100) -> dict[str, PeerFigures]:
    return {f"b{at}": PeerFigures(judged, judged - at, 0.1 * at) for at in range(n)}


OWN = {"a": PeerFigures(200, 163, 0.423)}


def test_an_agency_sees_itself_as_it_is_and_others_in_steps():
    found = standing(OWN | group(8), "a")
    assert found.why == ""
    assert found.share is not None
    assert found.share.mine == 81.5
    assert found.share.peers == (95, 95, 95, 95, 95, 100, 100, 100)
    assert (found.share.below, found.share.equal, found.share.above) == (0, 0, 8)
    assert found.wait is not None
    assert found.wait.peers == (0, 10, 20, 30, 40, 50, 60, 70)
    assert (found.wait.below, found.wait.equal, found.wait.above) == (4, 1, 3)


def test_small_groups_are_hidden_and_say_why():
    assert standing(OWN | group(PEERS_LEAST - 1), "a").why == "few_peers"
    assert standing(OWN | group(PEERS_LEAST), "a").why == ""
    assert standing(OWN | group(9, judged=JUDGED_LEAST - 1), "a").why == "few_peers"
    assert standing({"a": PeerFigures(JUDGED_LEAST - 1, 1)} | group(9), "a").why == "few_judged"
    assert standing(group(9), "a").why == "no_promise"
    assert standing({}, "a").why == "no_promise"


def test_agencies_the_viewer_knows_anyway_hide_nobody():
    assert standing(OWN | group(6), "a", {"a", "b0"}).why == ""
    assert standing(OWN | group(6), "a", {"a", "b0", "b1"}).why == "few_peers"


@given(
    st.dictionaries(
        st.sampled_from([f"b{n}" for n in range(12)]),
        st.tuples(st.integers(1, 500), st.floats(0, 1), st.floats(0, 9)),
    )
)
def test_whoever_is_who_makes_no_difference(drawn: dict[str, tuple[int, float, float]]):
    """The picture is a function of the rounded values as a heap: names can be dealt out anew and nothing
    changes."""
    found = {code: PeerFigures(n, int(n * part), wait) for code, (n, part, wait) in drawn.items()}
    dealt = dict(zip(found, reversed(list(found.values())), strict=True))
    assert standing(OWN | found, "a") == standing(OWN | dealt, "a")
    shown = standing(OWN | found, "a").share
    if shown is not None:
        assert all(peer % SHARE_STEP == 0 for peer in shown.peers)
        assert list(shown.peers) == sorted(shown.peers)


def test_figures_are_those_of_judged_legs():
    def legs() -> Iterator[tuple[str, float | None, int | None, bool | None]]:
        for n in range(JUDGED_LEAST):
            yield "a", 300.0 + 600 * (n % 2), 600, not n % 2
        yield "a", None, 600, False
        yield "a", None, 600, None
        yield "b", 10.0, 600, None

    assert figures(legs()) == {"a": PeerFigures(JUDGED_LEAST + 1, JUDGED_LEAST // 2, 1.0)}


def test_the_wait_of_a_few_visitors_is_not_told():
    one = [("a", 60.0, 600, True)]
    judged = [("a", None, 600, True)] * JUDGED_LEAST
    assert figures([*judged, *one * (JUDGED_LEAST - 1)])["a"].wait is None
    assert figures(one * JUDGED_LEAST)["a"].wait == 0.1


def test_nothing_is_kept_before_there_is_something_to_tell():
    assert not tellable(group(PEERS_LEAST))
    assert tellable(group(PEERS_LEAST + 1))
