"""The registry of figures, and the figures themselves against hand-made and brute-force cases."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.i18n import LOCALES, words
from mpp.measures import CASES, COUNTER_DAY, NOW, PERIOD, TODAY, Tally, registry, summarise
from mpp.measures.figures import Summary

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Leg:
    state: str = "ended"
    outcome: str | None = "served"
    start_at: datetime | None = START
    wait_s: float | None = 60.0
    service_s: float | None = 300.0
    within: bool | None = True


@pytest.mark.parametrize("locale", LOCALES)
def test_every_figure_is_defined(locale: str):
    found = registry(words(locale))
    assert tuple(found) != ()
    assert set(found) == {*PERIOD, *TODAY, *COUNTER_DAY, *CASES, *NOW}
    assert len(found) == len(PERIOD) + len(TODAY) + len(COUNTER_DAY) + len(CASES) + len(NOW)
    for key, measure in found.items():
        assert measure.key == key
        assert measure.kind == ("now" if key in NOW else "period")
        assert measure.unit in {
            "tickets",
            "agencies",
            "counters",
            "rows",
            "answers",
            "cases",
            "seconds",
            "share",
        }
        assert measure.unit == "seconds" or not key.endswith("_s")
        assert all((measure.name, measure.formula, measure.leaves_out))
    assert len({measure.name for measure in found.values()}) == len(found)


def test_the_figures_of_a_period_are_those_a_summary_has():
    assert set(PERIOD) <= {*Summary.__dataclass_fields__, "share"}


def test_nothing_is_unknown_not_zero():
    found = summarise([])
    assert (found.issued, found.served, found.judged) == (0, 0, 0)
    for name in ("wait_mean_s", "wait_p50_s", "wait_p90_s", "wait_p95_s", "service_mean_s", "share"):
        assert getattr(found, name) is None


def test_outcomes_and_open_legs_add_up():
    gone = Leg(start_at=None, wait_s=None, service_s=None, within=None)
    outcomes = ("no_show", "left", "cancelled", "unresolved")
    legs = [Leg(), Leg(), *(Leg(**{**vars(gone), "outcome": outcome}) for outcome in outcomes)]
    legs.append(Leg(**{**vars(gone), "outcome": None, "state": "waiting"}))
    found = summarise(legs)
    assert (found.issued, found.served, found.open) == (7, 2, 1)
    assert [getattr(found, outcome) for outcome in outcomes] == [1, 1, 1, 1]
    assert (found.waits, found.wait_mean_s, found.services, found.service_mean_s) == (2, 60, 2, 300)


def test_the_share_counts_what_waits_too_long_now():
    waiting = Leg(state="waiting", outcome=None, start_at=None, wait_s=None, service_s=None, within=None)
    late = Leg(outcome="left", start_at=None, wait_s=None, service_s=None, within=False)
    legs = [Leg(), Leg(within=False), Leg(within=None), late, waiting]
    assert summarise(legs).share == 1 / 3
    assert summarise(legs, lambda leg: False).share == 1 / 4
    assert summarise(legs, lambda leg: None).share == 1 / 3


def test_a_wait_without_a_start_does_not_count():
    assert summarise([Leg(start_at=None, wait_s=5.0)]).waits == 0


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=60), st.randoms())
def test_waits_in_any_order_give_the_same_figures(waits: list[float], random):
    legs = [Leg(wait_s=wait) for wait in waits]
    found = summarise(legs)
    random.shuffle(legs)
    assert summarise(legs) == found
    assert found.wait_mean_s == pytest.approx(statistics.fmean(waits))
    cuts = statistics.quantiles(waits, n=20, method="inclusive")
    assert [found.wait_p50_s, found.wait_p90_s, found.wait_p95_s] == pytest.approx(
        [cuts[9], cuts[17], cuts[18]]
    )


def test_a_tally_can_be_asked_in_between():
    tally: Tally[Leg] = Tally()
    tally.add(Leg(wait_s=10.0))
    assert tally.summary().wait_p50_s == 10
    tally.add(Leg(wait_s=20.0))
    assert (tally.summary().wait_p50_s, tally.summary().issued) == (15, 2)
