"""The figures of a period from the database: groups, days, open legs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from mpp.live.description import Descriptions
from mpp.live.judge import Judge
from mpp.live.summary import BY, JSON_KEYS, row, summaries
from mpp.measures import Summary, summarise
from tests.world import World, world

DAY = date(2026, 11, 23)


def test_json_keys_are_those_of_the_contract():
    made = row("x", summarise([]))
    assert list(made) == [
        "key",
        "issued",
        "served",
        "no_show",
        "left",
        "unresolved",
        "wait_mean_s",
        "wait_p50_s",
        "wait_p90_s",
        "wait_p95_s",
        "service_mean_s",
        "share",
    ]
    assert tuple(made)[1:] == JSON_KEYS


@pytest.fixture
def mall(database_url: str) -> Iterator[World]:
    with world(database_url) as made:
        yield made


def figures(made: World, first: date = DAY, last: date = DAY, **more: object) -> dict[str, Summary]:
    with made.store.read() as tx:
        judge = Judge(Descriptions().versions(tx))
    options = {"now": made.clock(), **more}
    return summaries(made.store, judge, first, last, **options)  # type: ignore[arg-type]


def test_groups_have_their_keys_sorted(mall: World):
    mall.send(
        *mall.life("a", -90, -80, -80, -70), *mall.life("b", -60, -50, -50, -45, service="ktp", counter="2")
    )
    mall.send(mall.item("ticket.issued", "c", -30))
    mall.send(
        mall.item("ticket.issued", "d", -20, agency="samsat", service="stnk", source="samsat"),
        source="samsat",
    )
    keys = {by: list(figures(mall, by=by)) for by in BY}
    assert keys == {
        "agency": ["dukcapil", "samsat"],
        "service": ["dukcapil/kk", "dukcapil/ktp", "samsat/stnk"],
        "counter": ["dukcapil/1", "dukcapil/2"],
        "day": ["2026-11-23"],
        "none": ["all"],
    }
    found = figures(mall, by="service")["dukcapil/kk"]
    assert (found.issued, found.served, found.open, found.wait_mean_s, found.service_mean_s) == (
        2,
        1,
        1,
        600,
        600,
    )
    assert figures(mall, agency="samsat", by="none")["all"].issued == 1
    assert figures(mall, agency="nobody") == {}


def test_days_without_data_have_no_row(mall: World):
    mall.send(*mall.life("a", -90, -80, -80, -70))
    assert figures(mall, DAY - timedelta(days=9), DAY - timedelta(days=1)) == {}
    assert list(figures(mall, DAY - timedelta(days=9), DAY + timedelta(days=9), by="day")) == ["2026-11-23"]


def test_whoever_waits_beyond_the_promise_now_counts_against_the_share(mall: World):
    mall.send(*mall.life("a", -60, -50, -50, -40))
    mall.send(mall.item("ticket.issued", "late", -31), mall.item("ticket.issued", "early", -29))
    assert figures(mall)["dukcapil"].share == 1 / 2
    mall.clock.at += timedelta(minutes=2)
    assert figures(mall)["dukcapil"].share == 1 / 3


def test_a_call_stops_the_clock_of_the_promise(mall: World):
    mall.send(*mall.life("a", -60, -50, -50, -40), *mall.life("called", -35, -10))
    assert figures(mall)["dukcapil"].share == 1


def test_a_service_without_a_promise_has_no_share(mall: World):
    mall.send(
        mall.item("ticket.issued", "d", -90, agency="samsat", service="stnk", source="samsat"),
        source="samsat",
    )
    found = figures(mall)["samsat"]
    assert (found.issued, found.judged, found.share) == (1, 0, None)
