"""A simulated day: the same for a seed, legal in every step, and believable in its figures."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counters.ratings import GOOD_REASONS, LOW, LOW_REASONS
from mpp.live.envelope import Incoming, read
from mpp.mall.model import Mall
from mpp.simulate import Plan, plan
from mpp.simulate.floor import Served, Ticket
from mpp.simulate.outcomes import COMMENTS, rating
from mpp.simulate.visitors import booths
from tests.mpp.simulate.conftest import odd_mall
from tests.world import small_mall

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
SUNDAY = date(2026, 11, 29)

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
seeds = st.integers(0, 10_000)


def of(made: Plan, kind: str) -> list[dict[str, Any]]:
    """The items of a type, in the order they happened."""
    found = [one.item for one in made.items if one.item["type"] == f"mpp.{kind}"]
    return sorted(found, key=lambda item: item["time"])


def lives(made: Plan) -> dict[tuple[str, int], list[tuple[datetime, str, dict[str, Any]]]]:
    """What happened to each leg, in order."""
    found = defaultdict(list)
    for one in made.items:
        kind = one.item["type"].removeprefix("mpp.ticket.")
        if kind != one.item["type"]:
            data = one.item["data"]
            at = datetime.fromisoformat(one.item["time"])
            found[one.item["subject"], data.get("leg", 1)].append((at, kind, data))
    return {key: sorted(life, key=lambda step: step[0]) for key, life in found.items()}


def test_a_seed_gives_the_same_day_and_another_seed_another(example: Mall) -> None:
    assert plan(example, MONDAY, 1) == plan(example, MONDAY, 1)
    assert plan(example, MONDAY, 1) != plan(example, MONDAY, 2)
    assert plan(example, MONDAY, 1).silent != plan(example, MONDAY, 2).silent


@settings(max_examples=12, deadline=None)
@given(day=days, seed=seeds)
def test_every_item_can_be_read_on_any_day(example: Mall, day: date, seed: int) -> None:
    made = plan(example, day, seed)
    assert list(made.items) == sorted(made.items)
    for one in made.items:
        found = read(one.item, one.source, one.at)
        assert isinstance(found, Incoming), found
        assert found.dropped == 0
        assert found.at <= one.at


@settings(max_examples=10, deadline=None)
@given(day=days, seed=seeds)
def test_any_mall_can_be_simulated(day: date, seed: int) -> None:
    for mall in (small_mall(), odd_mall(), small_mall(agencies=(), sources=())):
        for one in plan(mall, day, seed).items:
            assert isinstance(read(one.item, one.source, one.at), Incoming)


LEGAL = {
    "new": {"issued", "called", "cancelled"},  # a leg that a transfer opened has no issue of its own
    "issued": {"called", "cancelled"},
    "called": {"recalled", "started", "no_show"},
    "recalled": {"recalled", "started", "no_show"},
    "no_show": {"called"},
    "started": {"held", "finished", "transferred"},
    "held": {"resumed"},
    "resumed": {"finished", "transferred"},
    "finished": set(),
    "transferred": set(),
    "cancelled": set(),
}


@pytest.mark.parametrize(("day", "seed"), [(MONDAY, 1), (MONDAY, 5), (FRIDAY, 2), (date(2027, 2, 10), 3)])
def test_every_life_is_legal(example: Mall, day: date, seed: int) -> None:
    found = lives(plan(example, day, seed))
    assert len(found) > 500
    for key, life in found.items():
        steps = ["new", *(kind for _, kind, _ in life)]
        assert all(after in LEGAL[before] for before, after in pairwise(steps)), (key, steps)
        assert all(one[0] < other[0] for one, other in pairwise(life)), key
        assert len({step[2]["service"] for step in life}) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_counter_serves_one_at_a_time_and_only_while_it_is_open(example: Mall, seed: int) -> None:
    made = plan(example, MONDAY, seed)
    busy = defaultdict(list)
    for life in lives(made).values():
        begun = None
        for at, kind, data in life:
            if kind in ("called", "resumed"):
                begun = at
            elif kind in ("no_show", "held", "finished", "transferred") and begun is not None:
                busy[data["agency"], data["counter"]].append((begun, at))
    for place, stretches in busy.items():
        stretches.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(stretches)), place
    shut = defaultdict(list)
    for one in made.items:
        if one.item["type"] in ("mpp.counter.paused", "mpp.counter.resumed", "mpp.counter.opened"):
            data = one.item["data"]
            shut[data["agency"], data["counter"]].append(
                (datetime.fromisoformat(one.item["time"]), one.item["type"].rsplit(".", 1)[1])
            )
    for place, steps in shut.items():
        steps.sort()
        closed = [(a[0], b[0]) for a, b in pairwise(steps) if a[1] == "paused"]
        for begin, end in closed:
            assert not any(begin <= called < end for called, _ in busy[place]), place
        assert all(called >= steps[0][0] for called, _ in busy[place]), place


def test_the_day_has_the_troubles_worth_seeing(example: Mall) -> None:
    made = plan(example, MONDAY, 1)
    opened = {item["data"]["agency"]: item["time"] for item in reversed(of(made, "counter.opened"))}
    (late,) = (agency for agency, at in opened.items() if at > "2026-11-23T03:00")
    assert all(at < "2026-11-23T01:15" for agency, at in opened.items() if agency != late)
    reasons = {(item["data"]["agency"], item["data"]["reason"]) for item in of(made, "counter.paused")}
    (broken,) = (agency for agency, reason in reasons if reason == "central_system")
    (away,) = (agency for agency, reason in reasons if reason == "no_officer")
    ((silent, (begin, end)),) = made.silent.items()
    (mute,) = example.sources_by_code[silent].agencies
    assert len({late, broken, away, mute}) == 4
    assert not any(one.source == silent and begin <= one.at < end for one in made.items)
    missed = [one for one in made.items if one.source == silent and one.at == end]
    assert any(datetime.fromisoformat(one.item["time"]) < end for one in missed)


def test_the_readings_follow_a_queue(example: Mall) -> None:
    readings = [item["data"] for item in of(plan(example, MONDAY, 1), "queue.reading")]
    assert {data["agency"] for data in readings} == {"dishub"}
    assert max(data["waiting"] for data in readings) >= 1
    assert min(data["waiting"] for data in readings) == 0
    assert not [item for item in of(plan(example, MONDAY, 1), "ticket.issued") if "dishub" in item["subject"]]


def test_friday_prayer_and_turns_at_noon(example: Mall) -> None:
    friday = of(plan(example, FRIDAY, 1), "counter.paused")
    assert any(item["data"]["reason"] == "prayer" for item in friday)
    monday = of(plan(example, MONDAY, 1), "counter.paused")
    own = [item["time"] for item in monday if item["data"]["agency"] == "dukcapil"]
    assert len(set(own)) > 2  # bergantian: not all at once
    calls = of(plan(example, MONDAY, 1), "ticket.called")
    noon = [i for i in calls if "2026-11-23T05:10" < i["time"] < "2026-11-23T05:50"]
    assert {item["data"]["agency"] for item in noon} == {"dukcapil"}


def test_a_day_nobody_serves_is_empty(example: Mall) -> None:
    assert plan(example, SUNDAY, 1).items == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_figures_are_believable(example: Mall, seed: int) -> None:
    made = plan(example, MONDAY, seed)
    found = lives(made).values()
    issued = len(of(made, "ticket.issued"))
    assert 1000 <= issued <= 1350
    ends = [life[-1][1] for life in found]
    assert 0.02 < ends.count("no_show") / issued < 0.09
    assert ends.count("transferred") > 5
    assert any(life[-1][2].get("reason") == "left" for life in found)
    priority = sum("priority" in life[0][2] for life in found)
    assert 0.03 < priority / issued < 0.09
    results = [item["data"]["result"] for item in of(made, "ticket.finished")]
    assert max(set(results), key=results.count) in ("accepted", "done")
    accepted = [item for item in of(made, "ticket.finished") if item["data"]["result"] == "accepted"]
    assert len(of(made, "case.received")) == len(accepted) > 200
    assert all("due" in item["data"] for item in accepted)
    assert of(made, "case.completed")
    early = [item for item in of(made, "ticket.issued") if item["time"] < "2026-11-23T02:40"]
    assert 0.4 < len(early) / issued < 0.65


def test_ratings_are_what_a_kiosk_would_send(example: Mall) -> None:
    made = plan(example, MONDAY, 1)
    ratings = [item["data"] for item in of(made, "rating.given")]
    assert 0.1 < len(ratings) / len(of(made, "ticket.finished")) < 0.17
    for data in ratings:
        reasons = set(data.get("reasons", ()))
        assert reasons <= set(LOW_REASONS if data["score"] <= 2 else GOOD_REASONS)


def test_ratings_depend_on_the_wait(example: Mall) -> None:
    booth = booths(example, MONDAY)[0]
    service = booth.agency.services[0]
    dice = Random(1)
    low = {}
    for wait_s in (300, 2 * (service.wait_s or 0)):
        ticket = Ticket("t", "A1-001", service, 0, 0, wait_s=wait_s)
        told = [rating(Served(booth, ticket, "1", 0, interrupted=False), dice) for _ in range(4000)]
        scores = [one["score"] for one in told if one is not None]
        assert 0.1 < len(scores) / len(told) < 0.17
        low[wait_s] = sum(score in LOW for score in scores) / len(scores)
    assert low[300] < 0.12
    assert low[2 * (service.wait_s or 0)] > 0.5


def test_cases_of_yesterday_are_completed(example: Mall) -> None:
    yesterday = {item["subject"]: item["data"] for item in of(plan(example, MONDAY, 1), "case.received")}
    today = of(plan(example, MONDAY + timedelta(days=1), 1), "case.completed")
    assert today
    for item in today:
        assert item["data"]["service"] == yesterday[item["subject"]]["service"]


def test_nothing_in_it_names_a_person(example: Mall) -> None:
    told = [one.item["data"] for one in plan(example, MONDAY, 1).items]
    written = {text for texts in COMMENTS.values() for text in texts}
    assert {data["comment"] for data in told if "comment" in data} <= written
    assert {key for data in told for key in data} - {"comment"} <= {
        *("agency", "service", "counter", "number", "leg", "visit", "priority", "result", "due", "reason"),
        *("to_agency", "to_service", "score", "reasons", "waiting", "open_counters", "current"),
    }


def test_instants_are_utc(example: Mall) -> None:
    assert all(one.at.tzinfo is UTC for one in plan(example, MONDAY, 1).items)
