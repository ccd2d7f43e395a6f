"""One row becomes one event, or a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.live.vocabulary import FIELDS
from mpp.sources.drafts import Draft, Rejected
from mpp.sources.mapping import RowReader
from mpp.sources.mistakes import FileError
from mpp.store.codec import ticket_event
from queues.events import Observed
from tests.mpp.sources.kit import HEADER, MAP, ticket_map

NOW = datetime(2026, 11, 24, tzinfo=UTC)
COLUMNS = HEADER.strip().split(",")


def reader(text: str = MAP, **options: Any) -> RowReader:
    return RowReader(ticket_map(text), COLUMNS, NOW, **options)


def values(**given: str) -> list[str]:
    row = {"id": "1", "no": "A1", "layanan": "KK", "loket": "3", "ambil": "2026-11-23T09:00:05"} | given
    return [row.get(column, "") for column in COLUMNS]


def read(text: str = MAP, **given: str) -> Draft:
    found = reader(text).read(2, values(**given))
    assert isinstance(found, Draft), found
    return found


def reject(**given: str) -> Rejected:
    found = reader().read(2, values(**given))
    assert isinstance(found, Rejected), found
    return found


def test_a_row_becomes_one_observed_event():
    draft = read(
        panggil="2026-11-23T09:10:00",
        mulai="2026-11-23T09:11:00",
        selesai="2026-11-23T09:20",
        hasil="selesai",
    )
    event = draft.incoming("export/import", 1)
    assert (event.type, event.subject, event.event_id, event.leg) == ("ticket.observed", "1", "1#1", 1)
    assert (event.at, event.occurred_at) == (datetime(2026, 11, 23, 2, 20, tzinfo=UTC), "2026-11-23T09:20")
    stored = ticket_event("ticket.observed", event.event_id, event.at, 1, event.stored)
    assert isinstance(stored, Observed)
    assert (stored.agency, stored.service, stored.counter, stored.outcome) == (
        "dukcapil",
        "kk",
        "3",
        "served",
    )
    assert stored.issued_at == datetime(2026, 11, 23, 2, 0, 5, tzinfo=UTC)
    assert event.data.keys() <= FIELDS["ticket.observed"].keys()


def test_the_digest_tells_content_not_revision():
    draft = read()
    assert draft.incoming("o", 1).digest == draft.incoming("o", 7).digest
    assert draft.incoming("o", 1).event_id != draft.incoming("o", 7).event_id
    assert draft.digest != read(loket="4").digest


def test_a_column_the_map_does_not_name_goes_nowhere():
    assert "Budi" not in repr(read(nama="Budi"))
    assert "Budi" not in repr(reject(nama="Budi", ambil="kapan").refused("export/import"))
    assert reader().dropped == ("nama",)


def test_keys_of_several_columns_never_run_together():
    two = MAP.replace('key = ["id"]', 'key = ["id", "no"]')
    keys = {
        read(two, id=a, no=b).subject
        for a, b in [("a|b", "c"), ("a", "b|c"), ("a\\", "b|c"), ("a", "\\|b|c")]
    }
    assert len(keys) == 4


def test_the_ending_columns_say_how_it_ended():
    assert read(pergi="2026-11-23T09:30").data["outcome"] == "left"
    both = read(pergi="2026-11-23T09:30", selesai="2026-11-23T09:40", hasil="pergi").data
    assert both["ended_at"] == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert "outcome" not in read(selesai="2026-11-23T09:40").data


@pytest.mark.parametrize(
    ("zone", "given", "wanted"),
    [
        ("Europe/Warsaw", "2020-10-25T02:30", datetime(2020, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        ("Europe/Warsaw", "2020-03-29T02:30", datetime(2020, 3, 29, 1, 30, tzinfo=UTC)),  # skipped
        ("Europe/Warsaw", "2020-07-01T12:00", datetime(2020, 7, 1, 10, 0, tzinfo=UTC)),
        ("Europe/Warsaw", "2020-01-01T12:00", datetime(2020, 1, 1, 11, 0, tzinfo=UTC)),
        ("Asia/Jayapura", "2020-01-01T12:00+07:00", datetime(2020, 1, 1, 5, 0, tzinfo=UTC)),
    ],
)
def test_local_times_become_instants(zone: str, given: str, wanted: datetime):
    assert read(MAP.replace("Asia/Jakarta", zone), ambil=given).data["issued_at"] == wanted


def test_a_format_and_a_date_apart():
    text = (
        MAP.replace('ambil"', 'ambil"')
        .replace('issued = "ambil"', 'issued = { column = ["panggil", "mulai"], format = "%d.%m.%Y %H.%M" }')
        .replace('called = "panggil"\nstarted = "mulai"\n', "")
        .replace('"called", "started", ', "")
    )
    draft = read(text, panggil="23.11.2026", mulai="09.05")
    assert draft.data["issued_at"] == datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    assert draft.occurred_at == "23.11.2026 09.05"


def test_the_clock_offset_moves_every_time_but_not_the_digest():
    shifted = reader(offset_s=60).read(2, values())
    assert isinstance(shifted, Draft)
    assert shifted.data["issued_at"] == shifted.at == datetime(2026, 11, 23, 2, 1, 5, tzinfo=UTC)
    assert shifted.digest == read().digest


@pytest.mark.parametrize(
    ("given", "reason", "detail"),
    [
        ({"id": ""}, "missing_key", "column id is empty"),
        ({"id": "3273012345678901"}, "bad_key", "NIK"),
        ({"id": "3201-2341-0190-0001"}, "bad_key", "NIK"),
        ({"id": "0812 3456 7890"}, "bad_key", "telephone"),
        ({"id": "x" * 181}, "bad_key", "1 to 180"),
        ({"layanan": ""}, "missing_field", "names the service"),
        ({"layanan": "3273012345678901"}, "bad_field", "NIK"),
        ({"no": ""}, "missing_field", "holds the number"),
        ({"no": "3273012345678901"}, "bad_field", "NIK"),
        ({"no": "+62 812-3456-7890"}, "bad_field", "telephone"),
        ({"no": "n" * 41}, "bad_field", "1 to 40"),
        ({"ambil": ""}, "missing_time", "none of the row's times"),
        ({"ambil": "besok"}, "unreadable_time", "column ambil: issued 'besok' is no time (ISO 8601)"),
        ({"ambil": "2026-11-23"}, "unreadable_time", "2026-11-23"),
        ({"ambil": "2026-02-30T09:00"}, "unreadable_time", "2026-02-30"),
        ({"ambil": "0001-01-01T00:00"}, "unreadable_time", "0001-01-01"),
        ({"ambil": "1969-12-30T00:00"}, "out_of_period", "1970-01-01 to now"),
        ({"selesai": "2034-11-23T09:00"}, "too_far_ahead", "lies in the future"),
        ({"hasil": "entah"}, "unknown_outcome", "'entah' is not listed under [outcome.words]"),
        ({"layanan": "K\udcffK"}, "bad_encoding", "column layanan is not in the encoding"),
        ({"id": "K\udcffK"}, "bad_encoding", "column id is not in the encoding"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(given: dict[str, str], reason: str, detail: str):
    found = reject(**given)
    assert found.reason == reason
    assert detail in found.detail
    assert "3273012345678901" not in repr(found.refused("export/import"))


SECRET = "Budi Santoso dari Cibinong, Bogor 3201234101900001 081234567890"


@pytest.mark.parametrize("column", ["id", "no", "layanan", "loket", "ambil", "panggil", "hasil"])
def test_nothing_personal_of_a_wrong_column_is_told_or_kept(column: str):
    """A map that names the wrong column: enough to find the cell, no more."""
    given = {"ambil": "kemarin"} | {column: SECRET}
    found = reject(**given)
    told = repr(found.refused("export/import"))
    assert "3201234101900001" not in told
    assert "081234567890" not in told
    assert "Bogor" not in found.detail
    assert found.refused("export/import").whole is False


@pytest.mark.parametrize(
    "text", ["081234567890", "3201234101900001", "0812-3456-7890", "3201 2341 0190 0001"]
)
def test_digits_that_are_no_time_are_masked(text: str):
    found = reject(ambil=text)
    assert (found.reason, found.row["ambil"]) == ("unreadable_time", "…")
    assert "issued '…' is no time" in found.detail


@pytest.mark.parametrize("text", ["2026-11-23 25:61:00", "20261123 0905", "23.11.2026 9:05 PM"])
def test_what_looks_like_a_time_is_told_as_it_stands(text: str):
    found = reject(ambil=text, selesai="x")
    assert found.row["ambil"] == text
    assert text in found.detail or "ended" in found.detail


def test_a_first_day_that_is_no_day_of_the_zone():
    west = MAP.replace("Asia/Jakarta", "America/New_York")
    found = reader(west).read(2, values(ambil="0001-01-01T00:30+00:00"))
    assert isinstance(found, Rejected)
    assert found.reason == "out_of_period"


def test_the_period_bounds_the_day_of_issue():
    period = (date(2026, 11, 22), date(2026, 11, 22))
    outside = reader(period=period).read(2, values())
    assert isinstance(outside, Rejected)
    assert outside.reason == "out_of_period"
    inside = reader(period=(date(2026, 11, 23), None)).read(2, values())
    assert isinstance(inside, Draft)


def test_two_words_of_one_agency_never_share_a_code_unseen():
    both = reader()
    assert isinstance(both.read(2, values(id="1", layanan="KK (baru)")), Draft)
    second = both.read(3, values(id="2", layanan="KK, baru"))
    assert isinstance(second, Rejected)
    assert (second.reason, "kk-baru" in second.detail) == ("ambiguous_label", True)


def test_a_row_of_another_width():
    found = reader().read(9, ["1", "2"])
    assert isinstance(found, Rejected)
    assert (found.line, found.reason, found.detail) == (
        9,
        "wrong_columns",
        "the row has 2 columns, the header 11",
    )


def test_a_column_that_is_not_in_the_file():
    with pytest.raises(FileError, match=r"ticket\.service names column 'layanan', which is missing"):
        RowReader(ticket_map(), ["id", "no"], NOW)
    with pytest.raises(FileError, match="stands there 2 times"):
        RowReader(ticket_map(), [*COLUMNS, "no"], NOW)


TIMES = st.sampled_from(
    ["", "2026-11-23T09:00", "2026-11-23T09:00:61", "9999-12-31T23:59", "0001-01-01T00:00+23:59"]
)


@given(st.lists(st.text(max_size=30) | TIMES, max_size=12), st.integers(-100_000, 100_000))
def test_no_row_raises(row: list[str], offset_s: int):
    west = MAP.replace("Asia/Jakarta", "America/New_York")
    reader(west, offset_s=offset_s).read(
        2, values(ambil=row[0] if row else "", selesai=row[-1] if row else "")
    )
    found = reader(offset_s=offset_s).read(2, row)
    if isinstance(found, Draft):
        assert found.incoming("o", 1).envelope()
    else:
        assert found.refused("export/import").item


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=200) | TIMES))
def test_no_value_raises(given: dict[str, str]):
    found = reader().read(2, values(**given))
    if isinstance(found, Draft):
        fields = FIELDS["ticket.observed"]
        for name, value in found.incoming("o", 1).data.items():
            assert fields[name].read(value.isoformat() if isinstance(value, datetime) else value) is not None
