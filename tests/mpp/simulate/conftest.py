"""Malls to simulate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mpp.mall.load import examine_bytes
from mpp.mall.model import Agency, Counter, Mall, Service, Source
from mpp.mall.texts import example_text
from queues.clock import Calendar
from tests.world import small_mall


@pytest.fixture(scope="session")
def example() -> Mall:
    """The example mall."""
    found = examine_bytes(example_text().encode(), "example.toml").mall
    assert found is not None
    return found


def odd_mall() -> Mall:
    """An agency without hours, one without prefix or promise, counters for some services only, a
    source without agencies, one that reports calls alone, and an agency nobody tells of."""
    always = Agency(
        code="selalu",
        name="Selalu",
        short="Selalu",
        calendar=Calendar("Asia/Jakarta"),
        services=(Service("tanya", "Tanya"),),
        counters=(Counter("1", "Loket 1"),),
    )
    half = Agency(
        code="separuh",
        name="Separuh",
        short="Separuh",
        calendar=small_mall().calendar,
        services=(Service("a", "A", "B1", wait_s=600), Service("b", "B", "B2", quota=3)),
        counters=(Counter("1", "Loket 1", services=("a",)), Counter("2", "Loket 2", services=("b",))),
    )
    bare = replace(always, code="kosong", services=(), counters=())
    unheard = replace(always, code="bisu")
    return small_mall(
        agencies=(*small_mall().agencies, always, half, bare, unheard),
        sources=(
            *small_mall().sources,
            Source("selalu", "Selalu", ("selalu",), steps=("issued", "called")),
            Source("separuh", "Separuh", ("separuh", "kosong")),
            Source("lain", "Lain", ()),
        ),
    )
