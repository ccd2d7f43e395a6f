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
        ({"data": ...}, "bad_data", "data is missing: add a JSON object"),
        ({"data": {}}, "missing_field", "data.agency"),
        ({"data": data(service=...)}, "missing_field", "data.service"),
        ({"data": data(service="K K")}, "bad_field", "small letters"),
        ({"data": data(number=7)}, "bad_field", "data.number"),
        ({"data": data(leg=0)}, "bad_field", "1 to 99"),
        ({"data": data(leg=True)}, "bad_field", "whole number"),
        ({"data": data(visit="3276011234567890")}, "bad_field", "NIK"),
        ({"data": data(number="3201-2341-0190-0001")}, "bad_field", "NIK"),
        ({"data": data(number="0812-3456-7890")}, "bad_field", "telephone"),
        ({"data": data(priority="3201234101900001")}, "bad_field", "NIK"),
        ({"subject": "ticket/3201 2341 0190 0001"}, "bad_field", "NIK"),
        ({"subject": "+62 812-3456-7890"}, "bad_field", "telephone"),
        ({"id": "3201234101900001"}, "bad_envelope", "NIK"),
        ({"source": "dukcapil/3201234101900001"}, "bad_envelope", "names a person"),
        ({"type": "mpp.case.received", "data": data(due="besok, Budi 3201")}, "bad_field", "2026-11-30"),
        ({"type": "mpp.case.received", "data": data(due="2026-11-30T15:00:00")}, "bad_field", "with a zone"),
        ({"type": "mpp.case.received", "data": data(due=20261130)}, "bad_field", "2026-11-30"),
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


SECRETS = ("Budi", "3201234101900001", "0812-3456-7890", "3201 2341", "081234567890")


@pytest.mark.parametrize("field", ["time", "id", "subject", "type", "source", "specversion"])
@pytest.mark.parametrize("secret", ["Budi 3201234101900001", "3201 2341 0190 0001 / 0812-3456-7890"])
def test_no_detail_tells_what_was_sent(field: str, secret: str) -> None:
    found = read(item(**{field: f"dukcapil/{secret}" if field == "source" else secret}), "dukcapil", NOW)
    assert isinstance(found, Refused)
    assert not any(word in found.detail for word in SECRETS)
    assert not any(word in found.item for word in SECRETS[1:])
    assert not any(word in f"{found.name}{found.origin}{found.subject}" for word in SECRETS)


@pytest.mark.parametrize("name", sorted({name for fields in FIELDS.values() for name in fields}))
def test_no_detail_tells_what_a_field_held(name: str) -> None:
    kind = next(kind for kind, fields in FIELDS.items() if name in fields)
    found = read(item(type=f"mpp.{kind}", data=data(**{name: "Budi 3201234101900001"})), "dukcapil", NOW)
    if isinstance(found, Refused):
        assert not any(word in found.detail for word in SECRETS)
        assert "3201234101900001" not in found.item
    else:
        assert name == "comment"
        assert "3201234101900001" not in found.stored


def microseconds(at: datetime) -> str:
    return str((at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))


@pytest.mark.parametrize("id_", ["1234567890123456", "20261123-0914-0542", "9999999999999999", "a-1"])
def test_machine_ids_are_let_through(id_: str) -> None:
    assert isinstance(read(item(id=id_), "dukcapil", NOW), Incoming)


@given(st.timedeltas(min_value=timedelta(days=-7), max_value=timedelta(minutes=5)))
def test_stamps_of_microseconds_are_ids_even_where_they_read_as_a_nik(ago: timedelta) -> None:
    lampung = datetime(2027, 2, 1, tzinfo=UTC)  # 1801...: a region that exists
    stamp = microseconds(lampung + ago)
    at = lampung.isoformat()
    for id_ in (stamp, f"qms-{stamp}-1"):
        assert isinstance(read(item(id=id_, time=at), "dukcapil", lampung), Incoming)


def test_a_stamp_of_another_year_is_no_stamp() -> None:
    assert isinstance(read(item(id="1801010101900001"), "dukcapil", NOW), Refused)


@pytest.mark.parametrize(
    ("due", "stored"),
    [
        ("2026-11-30", "2026-11-30"),
        ("20261130", "2026-11-30"),
        ("2026-11-30T15:00+07:00", "2026-11-30T15:00:00+07:00"),
        ("2026-11-30T08:00:00Z", "2026-11-30T08:00:00+00:00"),
    ],
)
def test_a_due_day_is_stored_in_one_form(due: str, stored: str) -> None:
    found = read(item(type="mpp.case.received", data=data(due=due)), "dukcapil", NOW)
    assert isinstance(found, Incoming)
    assert found.data["due"] == stored


EXTREMES = st.sampled_from(
    [
        "9999-12-31T23:59:59+00:00",
        "9999-12-31T23:59:59.999999-23:59",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "2026-11-23T09:14:05+07:00",
        "9999-12-31",
        "20261123T091405.123456+070030.123456",
    ]
)


@given(EXTREMES, EXTREMES, st.integers(-604_800, 604_800) | st.just(0))
def test_no_instant_and_no_offset_raises(time: str, step: str, offset_s: int) -> None:
    for fields in (data(issued_at=step, ended_at=time), data(due=step)):
        found = read(item(type="mpp.ticket.observed", time=time, data=fields), "dukcapil", NOW, offset_s)
        again = read(item(type="mpp.ticket.observed", data=fields), "dukcapil", NOW, offset_s)
        assert all(isinstance(one, Incoming | Refused) for one in (found, again))


def test_a_step_that_leaves_the_calendar_is_the_items_own_fault() -> None:
    row = item(type="mpp.ticket.observed", data=data(ended_at="9999-12-31T23:59:59+00:00"))
    found = read(row, "dukcapil", NOW, offset_s=60)
    assert isinstance(found, Refused)
    assert (found.reason, "data.ended_at" in found.detail) == ("bad_field", True)


@pytest.mark.parametrize("id_", ["bad", "3201234101900001", "x" * 200, "Ünïcode 7"])
def test_the_answer_has_the_id_as_it_was_sent(id_: str) -> None:
    assert read(item(id=id_, specversion="2"), "dukcapil", NOW).event_id == id_


def test_items_whose_id_cannot_be_kept_never_share_a_name() -> None:
    ids = ["3201234101900001", "3302150112870003", 1.5, 2.5, {"a": 1}, {"a": 2}, None, "x" * 201, "", True]
    found = [read(item(id=id_, specversion="2"), "dukcapil", NOW) for id_ in ids]
    found += [read(7, "dukcapil", NOW), read([7], "dukcapil", NOW)]
    names = [one.name for one in found if isinstance(one, Refused)]
    assert len(set(names)) == len(ids) + 2
    assert all(name is not None and name.startswith("unnamed:") for name in names)
    assert found[2].event_id == names[2]
    again = read(item(id=1.5, specversion="2"), "dukcapil", NOW)
    assert isinstance(again, Refused)
    assert again.name == names[2]


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ({"data": data(service="K K")}, True),
        ({"data": data(service="K K", nama="Siti")}, True),  # what is never ours is never missing
        ({"data": data(service="K K", visit="v-12345678901")}, True),
        ({"data": data(service="K K", number="3201234101900001")}, False),
        ({"data": data(service="K K", number="n" * 201)}, False),
        ({"data": data(service="K K", visit=10**9)}, False),
        ({"data": data(agency=...), "type": "mpp.ticket.held"}, True),
        ({"data": [1]}, False),
        ({"type": "mpp.ticket.lost"}, False),
        ({"type": "mpp.ticket.lost", "data": {"agency": "dukcapil"}}, True),
        ({"id": "3201234101900001"}, False),
        ({"time": "besok 0812-3456-7890"}, False),
        ({"time": "2026-11-23T09:14:05"}, True),
    ],
)
def test_an_entry_is_whole_when_nothing_was_cut_or_masked(given: dict[str, Any], whole: bool) -> None:
    found = read(item(**given), "dukcapil", NOW)
    assert isinstance(found, Refused)
    assert found.whole is whole


def test_what_its_reader_accepts_is_kept_as_it_is() -> None:
    row = data(
        service="K K", revision=1_900_000_000, visit="20261123042", issued_at="2026-11-23T09:00:00+07:00"
    )
    found = read(item(type="mpp.ticket.observed", data=row), "dukcapil", NOW)
    assert isinstance(found, Refused)
    assert json.loads(found.item)["data"] == row


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
