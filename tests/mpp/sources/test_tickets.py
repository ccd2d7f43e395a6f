"""Importing a file: once, again, changed, dirty, into an empty and into a described installation."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mpp.live.description import save
from mpp.mall.model import Agency, Mall, Service, Source
from mpp.sources import create
from mpp.sources.mistakes import FileError, ImportStoppedError
from mpp.store import audit, quarantine, sources
from mpp.store.tables import events
from queues.clock import Calendar, DayPlan
from tests.mpp.sources.kit import GOOD, HEADER, MAP, Kit, ticket_map

Write = Callable[..., Path]
STEPS = ("issued", "called", "started", "finished")


def describe(kit: Kit, *services: str, agencies: tuple[str, ...] = ("dukcapil",)) -> None:
    """A mall with hours that describes the map's source and some services."""
    hours = Calendar("Asia/Jakarta", week=(DayPlan(open=(8 * 3600, 15 * 3600)),) * 7)
    agency = Agency(
        "dukcapil", "Dukcapil", "Dukcapil", hours, services=tuple(Service(s, s) for s in services)
    )
    source = Source("export", "Export", agencies, kind="file", steps=STEPS)
    with kit.store.write() as tx:
        save(tx, Mall("mpp", "MPP", "Asia/Jakarta", hours, (agency,), (source,)), kit.now())


def test_into_an_empty_installation(kit: Kit, write: Write):
    done = kit.run(write(HEADER + GOOD))
    assert (done.read, done.new, done.changed, done.unchanged, dict(done.quarantined)) == (3, 3, 0, 0, {})
    assert done.created == create.Created(mall=True, agencies=1, services=2, counters=1)
    with kit.store.read() as tx:
        (line,) = audit.entries(tx)
    assert (line.who, line.action, (line.after or {})["services"]) == ("console", "description.import", 2)
    assert done.dropped == ("nama",)
    assert (done.first, done.last) == (date(2026, 11, 23), date(2026, 11, 23))
    mall = kit.judge().mall
    assert (mall.zone, mall.agencies[0].created, mall.agencies[0].services[0].wait_s) == (
        "Asia/Jakarta",
        True,
        None,
    )
    legs = kit.legs()
    assert legs["1"]["wait_s"] == 660
    assert legs["1"]["wait_work_s"] == 660
    assert (legs["3"]["outcome"], legs["3"]["ended_at"]) == (
        "left",
        datetime(2026, 11, 23, 2, 15, tzinfo=UTC),
    )


def test_running_again_adds_nothing(kit: Kit, write: Write):
    file = write(HEADER + GOOD)
    kit.run(file)
    before, count = kit.legs(), logged(kit)
    again = kit.run(file)
    assert (again.new, again.changed, again.unchanged, again.closed) == (0, 0, 3, 0)
    assert not again.created
    assert (kit.legs(), logged(kit)) == (before, count)


def logged(kit: Kit) -> list[tuple[str, str]]:
    with kit.store.read() as tx:
        query = select(events.c.event_id, events.c.type).order_by(events.c.seq)
        return [(event_id, kind) for event_id, kind in tx.connection.execute(query)]


def test_a_changed_row_becomes_the_next_revision(kit: Kit, write: Write):
    kit.run(write(HEADER + GOOD))
    done = kit.run(write(HEADER + GOOD.replace("2026-11-23T09:20,", "2026-11-23T09:25,")))
    assert (done.new, done.changed, done.unchanged) == (0, 1, 2)
    assert kit.legs()["1"]["service_s"] == 14 * 60
    assert ("1#2", "ticket.observed") in logged(kit)
    back = kit.run(write(HEADER + GOOD))
    assert (back.changed, kit.legs()["1"]["service_s"]) == (1, 9 * 60)
    assert ("1#3", "ticket.observed") in logged(kit)


def test_rejects_go_to_quarantine_with_line_and_reason(kit: Kit, write: Write):
    bad = (
        "4,A4,KK,3,kemarin,,,,,,Rudi\n"
        ",A5,KK,3,2026-11-23T09:00,,,,,,Rina\n"
        "6,A6,KK\n"
        "1,A1,KK,3,2026-11-23T10:00,,,,,,Dewi\n"
        "7,A7,KK,3,2026-11-20T10:00,,,,,,Tono\n"
    )
    file, period = write(HEADER + GOOD + bad), (date(2026, 11, 23), date(2026, 11, 23))
    done = kit.run(file, period=period)
    assert (done.read, done.new) == (8, 3)
    assert dict(done.quarantined) == {
        "duplicate_key": 1,
        "missing_key": 1,
        "out_of_period": 1,
        "unreadable_time": 1,
        "wrong_columns": 1,
    }
    held = {entry.reason: entry for entry in kit.quarantined()}
    assert {reason: entry.place for reason, entry in held.items()} == {
        "unreadable_time": "tickets.csv:5",
        "missing_key": "tickets.csv:6",
        "wrong_columns": "tickets.csv:7",
        "duplicate_key": "tickets.csv:8",
        "out_of_period": "tickets.csv:9",
    }
    assert held["unreadable_time"].item["row"]["ambil"] == "kemarin"
    assert "Rudi" not in repr(held)
    kit.run(file, period=period)
    assert {entry.times for entry in kit.quarantined()} == {2}
    assert len(kit.quarantined()) == 5

    kit.run(write(HEADER + GOOD + bad.replace("kemarin", "2026-11-23T09:04")), period=period)
    assert {entry.reason for entry in kit.quarantined(resolved=True)} == {"unreadable_time"}
    assert len(kit.quarantined()) == 4


def test_a_row_shares_no_entry_with_an_event_that_was_sent(kit: Kit, write: Write):
    describe(kit, "kk")
    sent = {
        "specversion": "1.0",
        "id": "3#1",  # what the row's event will be called
        "source": "export",
        "type": "mpp.ticket.issued",
        "time": kit.now().isoformat(),
        "subject": "3",
        "data": {"agency": "dukcapil", "service": "paspor", "number": "A3"},
    }
    kit.intake.accept("export", [sent])
    file = write(HEADER + GOOD.replace(",3,", ",,"))
    kit.run(file, create_missing=False)
    assert {(entry.origin, entry.event_id, entry.retryable) for entry in kit.quarantined()} == {
        ("export", "3#1", True),
        ("export/import", "3#1", False),
    }
    describe(kit, "kk", "ktp")
    assert kit.run(file, create_missing=False).new == 1
    assert [entry.origin for entry in kit.quarantined()] == ["export"]


def test_the_same_row_twice_in_a_file_counts_once(lite: Kit, write: Write):
    done = lite.run(write(HEADER + GOOD + GOOD.splitlines(keepends=True)[0]))
    assert (done.read, done.new, done.repeated, dict(done.quarantined)) == (4, 3, 1, {})


def test_gzip_without_its_name(lite: Kit, write: Write):
    assert lite.run(write(gzip.compress((HEADER + GOOD).encode()))).new == 3


def test_without_create_an_unknown_service_waits_in_quarantine(kit: Kit, write: Write):
    describe(kit, "kk")
    file = write(HEADER + GOOD.replace(",3,", ",,"))
    done = kit.run(file, create_missing=False)
    assert (done.new, dict(done.quarantined)) == (2, {"unknown_service": 1})
    assert kit.quarantined()[0].place == "tickets.csv:4"
    describe(kit, "kk", "ktp")
    assert kit.run(file, create_missing=False).new == 1
    assert kit.quarantined() == []


def test_unknown_numbers_belong_to_the_day_of_their_row(lite: Kit, write: Write):
    describe(lite, "kk")
    file = write(HEADER + GOOD.replace(",3,", ",,").replace("2026-11-23", "2026-11-20"))
    lite.run(file, create_missing=False)
    with lite.store.read() as tx:
        assert quarantine.unknown_numbers(tx, date(2026, 11, 23)) == {}
        assert quarantine.unknown_numbers(tx, date(2026, 11, 20)) == {"dukcapil": 1}


def test_create_adds_what_is_missing_to_a_description(kit: Kit, write: Write):
    describe(kit, "kk")
    done = kit.run(write(HEADER + GOOD))
    assert done.created == create.Created(services=1, counters=1)
    agency = kit.judge().mall.agencies[0]
    assert [(service.code, service.created) for service in agency.services] == [("kk", False), ("ktp", True)]
    assert (done.new, done.forbidden) == (3, 0)


def test_rows_of_an_agency_the_source_does_not_list(lite: Kit, write: Write):
    describe(lite, "kk", agencies=())
    done = lite.run(write(HEADER + GOOD), create_missing=False)
    assert (done.new, done.forbidden) == (0, 3)
    with pytest.raises(ImportStoppedError, match="add it to the source's agencies"):
        lite.run(write(HEADER + GOOD))


def test_what_must_be_there_first(lite: Kit, write: Write):
    file = write(HEADER + GOOD)
    with pytest.raises(ImportStoppedError, match="run `mpp init`, or import with --create"):
        lite.run(file, create_missing=False)
    describe(lite, "kk")
    other = ticket_map(MAP.replace('code = "export"', 'code = "other"'))
    with pytest.raises(ImportStoppedError, match=r'source.code "other" is no source of the mall'):
        lite.run(file, other, create_missing=False)
    shorter = replace(ticket_map(), steps=("issued", "called"))
    with pytest.raises(ImportStoppedError, match="Make the two the same"):
        lite.run(file, shorter, create_missing=False)


def test_a_file_of_nothing_readable_creates_nothing(lite: Kit, write: Write):
    with pytest.raises(
        FileError, match=r"tickets.csv:2: no row can be taken.* column ambil: .*Nothing was created"
    ):
        lite.run(write(HEADER + "1,A1,KK,3,kemarin,,,,,,\n"))


def test_a_file_without_rows(lite: Kit, write: Write):
    with pytest.raises(FileError, match="holds no rows"):
        lite.run(write(HEADER))
    lite.run(write(HEADER + GOOD))
    assert lite.run(write(HEADER)).read == 0


def test_words_that_would_share_a_code_stop_a_create(lite: Kit, write: Write):
    with pytest.raises(FileError, match=r"tickets.csv:4: .*column layanan: two different words"):
        lite.run(write(HEADER + GOOD.replace("2,A2,KK", "2,A2,ktp")))


def test_a_column_of_too_many_things_stops_a_create(lite: Kit, write: Write, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(create, "MOST", 1)
    with pytest.raises(FileError, match="names more than 1 services"):
        lite.run(write(HEADER + GOOD))


def test_open_tickets_of_past_days_are_closed(kit: Kit, write: Write):
    row = "9,A9,KK,,2026-11-20T09:00,,,,,,\n"
    done = kit.run(write(HEADER + GOOD + row))
    assert done.closed == 1
    assert kit.legs()["9"]["outcome"] == "unresolved"
    assert kit.run(write(HEADER + GOOD + row)).closed == 0


def test_a_created_agency_has_no_hours_on_earlier_days_either(lite: Kit, write: Write):
    describe(lite, "kk")
    night = (
        HEADER + "1,A1,KK,3,2020-03-02T22:00,2020-03-02T22:10,2020-03-02T22:10,2020-03-02T22:20,,selesai,\n"
    )
    lite.run(write(night), ticket_map(MAP.replace('"dukcapil"', '"baru"').replace('"export"', '"baru"')))
    assert lite.legs()["1"]["wait_work_s"] == 600


def test_an_import_is_as_old_as_the_news_in_it(lite: Kit, write: Write):
    """The source was last heard of at the file's newest step, whenever the file is read."""
    lite.run(write(HEADER + GOOD))
    with lite.store.read() as tx:
        before = sources.all_sources(tx)["export"]
    assert before.last_reported is not None
    assert before.last_reported == max(leg["ended_at"] for leg in lite.legs().values() if leg["ended_at"])
    lite.run(write(HEADER + GOOD))
    with lite.store.read() as tx:
        after = sources.all_sources(tx)["export"]
    assert (after.last_reported, after.last_changed) == (before.last_reported, before.last_changed)


def test_a_break_in_the_middle_keeps_what_was_taken_and_can_be_run_again(lite: Kit, write: Write):
    rows = "".join(f"{n},A{n},KK,3,2026-11-23T09:00,,,,,,\n" for n in range(1_200))
    whole = gzip.compress((HEADER + rows).encode(), compresslevel=0)
    with pytest.raises(FileError, match="gzip data is damaged"):
        lite.run(write(whole[: len(whole) * 3 // 4]), create_missing=True)
    assert not lite.judge_exists()
    lite.run(write(HEADER + rows[:30_000].rpartition("\n")[0]))
    with pytest.raises(FileError):
        lite.run(write(whole[: len(whole) * 3 // 4]), create_missing=False)
    taken = len(lite.legs())
    assert 0 < taken < 1_200
    done = lite.run(write(whole), create_missing=False)
    assert (done.new, done.unchanged) == (1_200 - taken, taken)


def test_progress_is_told(lite: Kit, write: Write):
    told: list[tuple[int, int]] = []
    file = write(HEADER + GOOD)
    lite.run(file, progress=lambda done, size: told.append((done, size)))
    assert told[-1] == (2 * file.stat().st_size, 2 * file.stat().st_size)
    assert told == sorted(told)
