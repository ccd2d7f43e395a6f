"""The shipped example is the mall the product's owner gave, marked as an example."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mpp.mall import Mall
from mpp.mall.load import examine_bytes
from mpp.mall.model import Done
from mpp.mall.texts import example_text
from queues.clock import WorkClock

GIVEN = Path(__file__).parents[4] / "shared" / "example-mall.toml"


@pytest.fixture(scope="module")
def example() -> Mall:
    mall = examine_bytes(example_text().encode(), "example.toml").mall
    assert mall is not None
    return mall


def test_it_is_marked(example: Mall) -> None:
    assert example.example
    assert example_text().startswith("# CONTOH")
    assert "Contoh" in example.name


def test_26_agencies_147_services_90_counters(example: Mall) -> None:
    assert len(example.agencies) == 26
    assert sum(len(a.services) for a in example.agencies) == 147
    assert sum(len(a.counters) for a in example.agencies) == 90
    assert [a.extension for a in example.agencies] == [str(n) for n in range(201, 227)]


def test_every_agency_has_one_source(example: Mall) -> None:
    fed = [code for source in example.sources for code in source.agencies]
    assert sorted(fed) == sorted(example.by_code)
    assert {s.code: s.kind for s in example.sources if s.kind != "api"} == {
        "pa": "manual",
        "pn": "manual",
        "kejari": "manual",
        "dishub": "readings",
    }


@pytest.mark.parametrize(("weekday", "scheduled"), [(0, 23), (5, 2), (6, 0)])
def test_who_comes_on_which_day(example: Mall, weekday: int, scheduled: int) -> None:
    day = date(2026, 11, 23) + timedelta(days=weekday)
    assert sum(WorkClock(a.calendar).open_span(day) is not None for a in example.agencies) == scheduled


def test_range_breaks_are_the_normal_ones(example: Mall) -> None:
    calendar = example.calendar
    normal, ramadan = calendar.plan(date(2026, 11, 23)), calendar.plan(date(2027, 2, 15))
    assert ramadan.open == (8 * 3600, 14 * 3600)
    assert ramadan.breaks == normal.breaks != ()


def done_text(done: Done | None) -> str | None:
    if done is None:
        return None
    return f"{done.minutes} menit" if done.minutes else f"{done.working_days} hari kerja"


@pytest.mark.skipif(
    not GIVEN.exists(), reason="the given example lies beside the repository, and is not there"
)
def test_nothing_of_the_given_example_is_lost(example: Mall) -> None:
    given: dict[str, Any] = tomllib.loads(GIVEN.read_text(encoding="utf-8"))
    assert (example.code, example.name, example.zone) == tuple(
        given["mall"][k] for k in ("code", "name", "zone")
    )
    for agency, was in zip(example.agencies, given["agency"], strict=True):
        for key in ("code", "letter", "short", "name", "kind", "zone", "share"):
            assert getattr(agency, key) == was[key]
        assert agency.floor == str(was["floor"])
        assert agency.planned == len(agency.counters) == was["counters"]
        assert agency.needs == tuple(was.get("needs", ()))
        for service, line in zip(agency.services, was["services"], strict=True):
            assert {
                "code": service.code,
                "prefix": service.prefix,
                "name": service.name,
                "wait": (service.wait_s or 0) / 60,
                "desk": (service.desk_s or 0) / 60,
                "done": done_text(service.done),
                "fee": service.fee,
                **({"quota": service.quota} if service.quota else {}),
            } == line
