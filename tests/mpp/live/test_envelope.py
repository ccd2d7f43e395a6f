"""What comes in: clear words for bad items, and nothing kept that must not be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpp.live.envelope import Incoming, Refused, read
from mpp.live.vocabulary import FIELDS

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def item(**given: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "specversion": "1.0",
        "id": "1",
        "source": "dukcapil/qms",
        "type": "mpp.ticket.called",
        "time": "2026-11-23T09:14:05+07:00",
        "subject": "ticket/20261123-A3-042",
        "data": {"number": "A3-042", "agency": "dukcapil", "service": "kk", "counter": "3"},
    }
    return {name: value for name, value in (made | given).items() if value is not ...}


def data(**given: Any) -> dict[str, Any]:
    return {n: v for n, v in (item()["data"] | given).items() if v is not ...}


def test_a_good_item_is_read() -> None:
    found = read(item(), "dukcapil", NOW)
    assert isinstance(found, Incoming)
    assert (found.type, found.subject, found.leg) == ("ticket.called", "ticket/20261123-A3-042", 1)
    assert found.at == datetime(2026, 11, 23, 2, 14, 5, tzinfo=UTC)
    assert found.occurred_at == "2026-11-23T09:14:05+07:00"


def test_the_sources_clock_is_corrected_but_the_given_time_kept() -> None:
    found = read(item(), "dukcapil", NOW, offset_s=-90)
    assert isinstance(found, Incoming)
    assert found.at == datetime(2026, 11, 23, 2, 12, 35, tzinfo=UTC)
    assert found.occurred_at == "2026-11-23T09:14:05+07:00"


def test_a_rows_steps_are_corrected_too_and_its_digest_stays() -> None:
    row = item(type="mpp.ticket.observed", data=data(issued_at="2026-11-23T09:00:00+07:00"))
    plain, shifted = read(row, "dukcapil", NOW), read(row, "dukcapil", NOW, offset_s=60)
    assert isinstance(plain, Incoming)
    assert isinstance(shifted, Incoming)
    assert "2026-11-23T02:00:00+00:00" in plain.stored
    assert "2026-11-23T02:01:00+00:00" in shifted.stored
    assert (plain.digest, plain.envelope()) == (shifted.digest, shifted.envelope())


@pytest.mark.parametrize(("year", "reason"), [(2024, "too_old"), (2027, "too_far_ahead")])
def test_a_rows_steps_must_be_near(year: int, reason: str) -> None:
    row = item(type="mpp.ticket.observed", data=data(issued_at=f"{year}-01-01T09:00:00+07:00"))
    found = read(row, "dukcapil", NOW)
    assert isinstance(found, Refused)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("given", "reason", "hint"),
    [
        ({"specversion": "0.3"}, "bad_envelope", "1.0"),
        ({"id": ...}, "bad_envelope", "id"),
        ({"id": "x" * 201}, "bad_envelope", "200"),
        ({"id": "a\x00b"}, "bad_envelope", "control"),
        ({"type": "mpp.ticket.lost"}, "unknown_type", "mpp.ticket.called"),
        ({"time": "2026-11-23T09:14:05"}, "bad_time", "+07:00"),
        ({"time": "kemarin"}, "bad_time", "like 2026-11-23T09:14:05+07:00"),
        ({"time": 3}, "bad_time", "ISO 8601"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "bad_time", "ISO 8601"),
        ({"time": "2026-11-15T09:00:00+07:00"}, "too_old", "mpp import"),
        ({"time": "2026-11-23T10:06:00+07:00"}, "too_far_ahead", "NTP"),
        ({"subject": ...}, "missing_field", "subject"),
        ({"data": [1]}, "bad_data", "object"),
        ({"data": {}}, "missing_field", "data.agency"),
        ({"data": data(service=...)}, "missing_field", "data.service"),
        ({"data": data(service="K K")}, "bad_field", "small letters"),
        ({"data": data(number=7)}, "bad_field", "data.number"),
        ({"data": data(leg=0)}, "bad_field", "1 to 99"),
        ({"data": data(leg=True)}, "bad_field", "whole number"),
        ({"data": data(visit="3276011234567890")}, "bad_field", "NIK"),
        ({"type": "mpp.counter.paused", "data": data(reason="malas")}, "bad_field", "central_system"),
        ({"type": "mpp.rating.given", "data": data(score=5)}, "bad_field", "1 to 4"),
    ],
)
def test_a_bad_item_is_told_what_would_be_right(given: dict[str, Any], reason: str, hint: str) -> None:
    found = read(item(**given), "dukcapil", NOW)
    assert isinstance(found, Refused)
    assert (found.reason, found.forbidden) == (reason, False)
    assert hint in found.detail


@pytest.mark.parametrize("origin", ["samsat", "dukcapilx", "dukcapil-x/y", "", None, 3])
def test_another_sources_name_is_forbidden(origin: Any) -> None:
    found = read(item(source=origin), "dukcapil", NOW)
    assert isinstance(found, Refused)
    assert found.forbidden


def test_fields_that_are_not_ours_are_dropped_and_counted() -> None:
    secret = data(nik="3276011234567890", nama="Siti", telepon="081234567890")
    found = read(item(data=secret, extra="Siti"), "dukcapil", NOW)
    assert isinstance(found, Incoming)
    assert found.dropped == 4
    assert "Siti" not in found.stored
    assert "3276011234567890" not in found.envelope()


def test_quarantine_keeps_nothing_personal_either() -> None:
    secret = data(nik="3276011234567890", number="3276011234567890", nama="Siti")
    found = read(item(data=secret, time="x"), "dukcapil", NOW)
    assert isinstance(found, Refused)
    assert "3276011234567890" not in found.item
    assert "Siti" not in found.item
    assert json.loads(found.item)["data"]["agency"] == "dukcapil"


def test_long_digit_runs_in_comments_are_masked() -> None:
    given = data(score=1, comment="hubungi 0812-3456-7890 atau 3276011234567890, loket 3")
    found = read(item(type="mpp.rating.given", data=given), "dukcapil", NOW)
    assert isinstance(found, Incoming)
    assert found.data["comment"] == "hubungi … atau …, loket 3"
    assert "number" not in found.data


def test_the_same_content_has_the_same_digest_whatever_its_order() -> None:
    turned = dict(reversed(item().items()))
    turned["data"] = dict(reversed(item()["data"].items()))
    one, two = read(item(), "dukcapil", NOW), read(turned, "dukcapil", NOW)
    assert isinstance(one, Incoming)
    assert isinstance(two, Incoming)
    assert one.digest == two.digest
    other = read(item(data=data(counter="4")), "dukcapil", NOW)
    assert isinstance(other, Incoming)
    assert other.digest != one.digest


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["1.0", "dukcapil", "kk"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from([*item(), "extra"])
NEARLY = st.builds(
    lambda changes, fields: item(**changes, **({"data": data(**fields)} if fields else {})),
    st.dictionaries(KEYS.filter(lambda k: k != "data"), ANYTHING, max_size=2),
    st.dictionaries(st.sampled_from([*FIELDS["ticket.observed"]]), ANYTHING, max_size=3),
)


@settings(max_examples=300)
@given(ANYTHING | NEARLY)
def test_no_input_raises_and_everything_kept_can_be_stored(given: Any) -> None:
    found = read(given, "dukcapil", NOW)
    kept = found.stored + found.subject if isinstance(found, Incoming) else found.item + found.event_id
    kept.encode()
    assert "\x00" not in kept
    assert len(found.event_id) <= 200


@given(st.timedeltas(min_value=timedelta(days=-6), max_value=timedelta(minutes=4)), st.integers(-12, 14))
def test_any_zone_gives_the_same_instant(ago: timedelta, zone: int) -> None:
    from datetime import timezone

    at = NOW + ago
    found = read(item(time=at.astimezone(timezone(timedelta(hours=zone))).isoformat()), "dukcapil", NOW)
    assert isinstance(found, Incoming)
    assert found.at == at
