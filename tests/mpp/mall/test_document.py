"""A description survives being stored, and equal ones have equal digests."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpp.mall import Agency, Counter, Done, Mall, Service, Source, digest, from_document, to_document
from mpp.mall.load import examine_bytes
from mpp.mall.texts import example_text, init_text
from queues.clock import Break, Calendar, DateRange, DayPlan


def shipped(text: str) -> Mall:
    mall = examine_bytes(text.encode(), "mpp.toml").mall
    assert mall is not None
    return mall


names = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=8)
seconds = st.integers(0, 86_400)
spans = st.tuples(seconds, seconds)
plans = st.builds(DayPlan, st.none() | spans, st.lists(st.builds(Break, spans, names), max_size=2).map(tuple))
weeks = st.lists(plans, min_size=7, max_size=7).map(tuple)
dates = st.dates(date(2000, 1, 1), date(2100, 1, 1))
calendars = st.builds(
    Calendar,
    names,
    st.none() | weeks,
    st.lists(st.builds(DateRange, dates, dates, weeks, names), max_size=1).map(tuple),
    st.lists(st.tuples(dates, names), max_size=2).map(tuple),
)
maybe = st.none() | names
done = (
    st.none() | st.builds(Done, minutes=st.integers(1, 9)) | st.builds(Done, working_days=st.integers(1, 9))
)
numbers = st.none() | st.floats(0, 100)
services = st.builds(Service, names, names, prefix=maybe, done=done, share=numbers, created=st.booleans())
counters = st.builds(Counter, names, names, maybe, services=st.lists(names, max_size=2).map(tuple))
agencies = st.builds(
    Agency,
    names,
    names,
    names,
    calendars,
    st.lists(services, max_size=2).map(tuple),
    st.lists(counters, max_size=2).map(tuple),
    share=numbers,
    needs=st.lists(names, max_size=2).map(tuple),
)
sources = st.builds(Source, names, names, st.lists(names, max_size=2).map(tuple), steps=st.just(("issued",)))
malls = st.builds(
    Mall,
    names,
    names,
    names,
    calendars,
    st.lists(agencies, max_size=2).map(tuple),
    st.lists(sources, max_size=2).map(tuple),
    st.integers(0, 9_000),
    st.none() | seconds,
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(malls)
def test_to_a_document_and_back(mall: Mall) -> None:
    stored = json.loads(json.dumps(to_document(mall), ensure_ascii=False))
    assert from_document(stored) == mall
    assert digest(from_document(stored)) == digest(mall)


@pytest.mark.parametrize("text", [example_text(), init_text()])
def test_what_is_shipped_survives(text: str) -> None:
    mall = shipped(text)
    assert from_document(json.loads(json.dumps(to_document(mall)))) == mall


def test_a_digest_follows_the_content_alone() -> None:
    text = init_text()
    assert digest(shipped(text)) == digest(shipped(text.replace("# ", "#  ")))
    assert digest(shipped(text)) != digest(shipped(text.replace("wait = 30", "wait = 31", 1)))


def test_a_default_leaves_no_trace() -> None:
    bare = Mall("m", "M", "Asia/Jakarta", Calendar("Asia/Jakarta"))
    assert to_document(bare) == {
        "code": "m",
        "name": "M",
        "zone": "Asia/Jakarta",
        "calendar": {"zone": "Asia/Jakarta"},
    }
    assert "grace_s" in to_document(replace(bare, grace_s=60))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "mall: unknown field colour; a newer release"),
        ({"grace_s": "60"}, "mall.grace_s: int was expected, not str"),
        ({"grace_s": True}, "mall.grace_s: int was expected, not bool"),
        ({"agencies": {}}, "mall.agencies: a list was expected, not dict"),
        ({"agencies": [{"code": "a"}]}, r"mall.agencies\[0\]: .*missing"),
        ({"calendar": []}, "mall.calendar: an object was expected, not list"),
        ({"calendar": {"zone": "UTC", "holidays": [["2026-12-25"]]}}, "2 items were expected, not 1"),
    ],
)
def test_a_document_of_another_shape_is_refused(change: dict[str, Any], message: str) -> None:
    bare = {"code": "m", "name": "M", "zone": "UTC", "calendar": {"zone": "UTC"}}
    with pytest.raises(ValueError, match=message):
        from_document({**bare, **change})
