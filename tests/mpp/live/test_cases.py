"""Cases: from events and tickets to rows, on the desk by hand, and from a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.event import listen, remove

from mpp.i18n import words
from mpp.live.case_fold import fill_cases
from mpp.live.cases import Answer, CaseError, Cases, Item, Receipt
from mpp.live.rebuild import rebuild, refold_since
from mpp.mall.model import Done, Mall, Source
from mpp.sources.cases import MOST_BYTES, CaseFiles
from mpp.store import cases
from mpp.store.cases import CaseRow, Wanted
from mpp.store.tables import cases as table
from tests.world import World, small_mall, world


def with_promises() -> Mall:
    """Dukcapil's kk takes two working days, its ktp an hour."""
    mall = small_mall()
    first, other = mall.agencies
    promised = {"kk": Done(working_days=2), "ktp": Done(minutes=60)}
    services = tuple(replace(s, done=promised[s.code]) for s in first.services)
    return replace(mall, agencies=(replace(first, services=services), other))


@pytest.fixture
def w(database_url: str) -> Iterator[World]:
    with world(database_url, with_promises()) as made:
        yield made


def rows(w: World, agency: str = "dukcapil", **wanted: Any) -> list[CaseRow]:
    with w.store.read() as tx:
        return cases.listed(tx, Wanted(agency, w.clock(), **wanted), 0, 99)


def kept(w: World) -> list[tuple[Any, ...]]:
    with w.store.read() as tx:
        return cases.snapshot(tx)


def ended(w: World, ticket: str, minutes: float, **data: Any) -> list[dict[str, Any]]:
    told = {"result": "accepted", "counter": "1"} | data
    life = w.life(ticket, minutes - 20, minutes - 15, minutes - 12)
    return [*life, w.item("ticket.finished", ticket, minutes, **told)]


def test_a_case_comes_from_events_in_any_order(w: World) -> None:
    w.send(w.item("case.completed", "B-1", -5), w.item("case.received", "B-1", -60))
    w.send(
        w.item("case.received", "B-2", -50, due="2026-11-24"),
        w.item("case.refused", "B-2", -9, reason="twofold"),
    )
    first, second = sorted(rows(w), key=lambda row: row.key)
    assert (first.state, first.due, first.findings) == ("completed", None, "")
    assert first.due_at is not None
    assert first.due_at.isoformat() == "2026-11-25T08:00:00+00:00"
    assert (second.state, second.reason, second.due) == ("refused", "twofold", "2026-11-24")


def test_a_ticket_with_an_accepted_file_opens_one_case_not_two(w: World) -> None:
    w.send(
        *ended(w, "A3-001", -30, due="2026-11-26"),
        *ended(w, "A3-003", -9, result="done"),
    )
    (alone,) = rows(w)
    assert (alone.number, alone.due, alone.told) == ("A3-001", "2026-11-26", False)
    # A case event of the ticket's own key goes on with it ...
    w.send(w.item("case.completed", "A3-001", -5))
    (told,) = rows(w)
    assert (told.state, told.due, told.findings) == ("completed", "2026-11-26", "")
    # ... and one of another system, under another key, takes its place by number, service and day.
    w.send(*ended(w, "A3-009", -30, due="2026-11-26"))
    w.send(w.item("case.received", "REG-77", -29, number="A3-009"))
    assert sorted(row.key for row in rows(w)) == ["A3-001", "REG-77"]
    w.send(w.item("case.received", "REG-78", -29, number="A3-009", service="ktp"))
    assert len(rows(w)) == 3


def test_a_case_is_the_later_legs_where_that_was_accepted(w: World) -> None:
    w.send(*w.life("A3-001", -40, -35, -32), w.item("ticket.transferred", "A3-001", -25, to_service="ktp"))
    w.send(
        *(
            w.item(f"ticket.{step}", "A3-001", at, leg=2, service="ktp", counter="1", **more)
            for step, at, more in (
                ("called", -20, {}),
                ("started", -19, {}),
                ("finished", -9, {"result": "accepted", "due": "2026-11-24"}),
            )
        )
    )
    (row,) = rows(w)
    assert (row.key, row.service) == ("A3-001#2", "ktp")
    w.send(w.item("case.completed", "A3-001#2", -1, service="ktp"))
    assert [row.state for row in rows(w)] == ["completed"]


def test_a_rebuild_makes_the_same_cases(w: World) -> None:
    for n in range(30):
        w.send(*ended(w, f"A3-{n:03}", -30 - n, due="2026-11-24"))
        w.send(
            *(
                w.item(f"case.{kind}", f"A3-{n:03}" if n % 3 else f"B-{n}", -n)
                for kind in ("completed", "collected")
            )
        )
    slip = w.item("case.received", "B-99", -3)
    w.send(slip, w.item("case.undone", "B-99", -1, undoes=slip["id"]))
    straight = kept(w)
    assert len(straight) == 40
    with w.store.write() as tx:
        tx.connection.execute(delete(table).where(table.c.id % 3 == 0))
        tx.connection.execute(update(table).values(state="open", due_at=None))
    rebuild(w.store, w.clock())
    assert kept(w) == straight


def test_another_promise_from_today_judges_todays_cases(w: World) -> None:
    w.send(w.item("case.received", "B-1", -10))
    (before,) = rows(w)
    mall = with_promises()
    first, other = mall.agencies
    services = tuple(replace(s, done=Done(working_days=5)) for s in first.services)
    w.describe(replace(mall, agencies=(replace(first, services=services), other)))
    refold_since(w.store, w.clock().date(), w.clock())
    (after,) = rows(w)
    assert before.due_at is not None
    assert after.due_at is not None
    assert (before.due_at.day, after.due_at.day) == (25, 30)


# -- the desk ------------------------------------------------------------------------------------


class Desk:
    _ids = count(1)

    def __init__(self, w: World, agency: str = "dukcapil") -> None:
        self.w, self.agency, self.cases = w, agency, Cases(w.store, w.intake)

    def name(self) -> str:
        return f"desk-{next(self._ids):05}"

    def receive(self, number: str, service: str = "kk", due: str | None = None, name: str = "") -> bool:
        self.w.clock.at += timedelta(seconds=30)
        given = Receipt(name or self.name(), service, number, due)
        return self.cases.receive(self.agency, given, self.w.clock())

    def item(self, number: str) -> Item:
        found = self.cases.look(Wanted(self.agency, self.w.clock()))
        return next(item for item in found.items if item.row.number == number)

    def tell(self, number: str, what: str, **more: Any) -> bool:
        self.w.clock.at += timedelta(seconds=30)
        row = self.item(number).row
        return self.cases.mark(
            self.agency, Answer(self.name(), row.source_id, row.key, what, **more), self.w.clock()
        )

    def undo(self, number: str) -> bool:
        self.w.clock.at += timedelta(seconds=30)
        item = self.item(number)
        assert item.slip is not None
        given = Answer(self.name(), item.row.source_id, item.row.key, slip=item.slip.event_id)
        return self.cases.undo(self.agency, given, self.w.clock())


def test_a_file_is_taken_in_completed_and_collected_by_hand(w: World) -> None:
    desk = Desk(w)
    assert desk.receive("B-001") is True
    assert desk.item("B-001").stands.word == "running"
    desk.tell("B-001", "completed")
    desk.tell("B-001", "collected")
    item = desk.item("B-001")
    assert (item.row.state, item.stands.on_time) == ("collected", True)
    assert {event.origin for event in w.events()} == {"dukcapil/berkas"}
    assert w.agency().data == "never"  # a desk's word says nothing about the queue system


def test_the_same_form_and_the_same_number_are_taken_once(w: World) -> None:
    desk = Desk(w)
    assert desk.receive("B-001", name="twice-sent") is True
    assert desk.receive("B-001", name="twice-sent") is False
    with pytest.raises(CaseError, match="known"):
        desk.receive("  B-001 ")
    w.send(*ended(w, "A3-001", -1, due="2026-11-26"))
    with pytest.raises(CaseError, match="known"):
        desk.receive("A3-001")  # its ticket has opened it
    assert len(rows(w)) == 2


def test_a_slip_is_taken_back_within_the_day_and_nothing_is_deleted(w: World) -> None:
    desk = Desk(w)
    desk.receive("B-001")
    desk.tell("B-001", "completed")
    desk.undo("B-001")
    assert desk.item("B-001").row.state == "open"
    desk.undo("B-001")  # the receipt itself
    assert rows(w) == []
    assert len(w.events()) == 4
    desk.receive("B-001")
    w.clock.at += timedelta(days=1)
    assert desk.item("B-001").slip is None


def test_a_case_changed_meanwhile_is_not_changed_again(w: World) -> None:
    desk = Desk(w)
    desk.receive("B-001")
    row = desk.item("B-001").row
    desk.tell("B-001", "refused", reason="mismatch")
    for answer in (
        Answer("late-one-1", row.source_id, row.key, "completed"),
        Answer("late-one-2", row.source_id, "nothing/there", "completed"),
    ):
        with pytest.raises(CaseError, match="stale"):
            desk.cases.mark("dukcapil", answer, w.clock())
    # Another agency's desk finds none of it.
    with pytest.raises(CaseError, match="stale"):
        desk.cases.mark("samsat", Answer("foreign-01", row.source_id, row.key, "collected"), w.clock())
    slip = desk.item("B-001").slip
    assert slip is not None
    foreign = Answer("foreign-02", row.source_id, row.key, slip=slip.event_id)
    with pytest.raises(CaseError, match="undo"):
        desk.cases.undo("samsat", foreign, w.clock())


@pytest.mark.parametrize("what", ["receive", "mark", "undo"])
def test_of_two_clerks_at_once_one_is_refused(sqlite_url: str, what: str) -> None:
    """The other was first, between the look and the lock."""
    with world(sqlite_url, with_promises()) as w:
        desk, take = Desk(w), w.intake.take
        if what != "receive":
            desk.receive("B-001")

        def do() -> None:
            if what == "receive":
                desk.receive("B-001")
            elif what == "mark":
                desk.tell("B-001", "completed")
            else:
                desk.undo("B-001")

        def after_the_other(*args: Any, **given: Any) -> Any:
            w.intake.take = take  # type: ignore[method-assign]
            do()
            return take(*args, **given)

        w.intake.take = after_the_other  # type: ignore[method-assign]
        with pytest.raises(CaseError) as told:
            do()
        assert told.value.why == {"receive": "known", "mark": "stale", "undo": "undo"}[what]


@pytest.mark.parametrize(
    ("number", "given", "why"),
    [
        ("", {}, "number"),
        ("x" * 41, {}, "number"),
        ("3578011203900001", {}, "person"),
        ("081234567890", {}, "person"),
        ("B-1", {"service": "paspor"}, "service"),
        ("B-1", {"due": "2026-11-22"}, "due"),
        ("B-1", {"due": "soon"}, "due"),
        ("B-1", {"name": "short"}, "id"),
    ],
)
def test_what_cannot_be_kept_is_refused(w: World, number: str, given: dict[str, Any], why: str) -> None:
    with pytest.raises(CaseError) as told:
        Desk(w).receive(number, **given)
    assert told.value.why == why
    assert w.events() == []


def test_overdue_ones_come_first_and_are_counted(w: World) -> None:
    desk = Desk(w)
    w.send(
        w.item("case.received", "late", -120, service="ktp"),  # an hour was promised
        w.item("case.received", "soon", -30, service="ktp"),
        w.item("case.received", "later", -30),
        w.item("case.received", "done", -300),
        w.item("case.completed", "done", -1),
    )
    other = w.item("case.received", "s-1", -30, agency="samsat", service="stnk", source="samsat")
    w.send(other, source="samsat")
    found = desk.cases.look(Wanted("dukcapil", w.clock()))
    assert [item.row.key for item in found.items] == ["late", "soon", "later", "done"]
    assert [item.stands.word for item in found.items] == ["overdue", "due_today", "running", "completed"]
    assert tuple(found.counts) == (3, 1, 1, 1, 1, 1)
    assert found.share == 0.5  # one on time; one lies late
    (overdue,) = rows(w, state="overdue")
    assert overdue.key == "late"
    assert [row.key for row in rows(w, text="LAT")] == ["late", "later"]
    assert [row.key for row in rows(w, service="kk", state="open")] == ["later"]
    samsat = desk.cases.look(Wanted("samsat", w.clock()))
    assert [item.stands.word for item in samsat.items] == ["no_due"]
    assert samsat.share is None


def with_other_source() -> Mall:
    """Dukcapil's source and its service kk have ended; another source writes for it."""
    mall = with_promises()
    first, other = mall.agencies
    _, samsat = mall.sources
    services = tuple(service for service in first.services if service.code != "kk")
    new = Source("dukcapil-2", "Dukcapil", ("dukcapil",), expected_every_s=60)
    return replace(mall, agencies=(replace(first, services=services), other), sources=(new, samsat))


def test_a_case_of_an_ended_source_and_service_is_finished(w: World) -> None:
    desk = Desk(w)
    desk.receive("B-001")
    w.send(w.item("case.received", "7", -1, number="B-002"))
    w.clock.at += timedelta(days=1)
    w.describe(with_other_source())
    # The new source counts its keys from 1 again: its case 7 is another.
    other = w.item("case.received", "7", -1, number="C-007", service="ktp")
    w.send(other | {"source": "dukcapil-2"}, source="dukcapil-2")
    desk.tell("B-001", "completed")
    desk.tell("B-001", "collected")
    desk.undo("B-001")
    desk.tell("B-002", "completed")
    text = "nomor;layanan;diterima;selesai;diambil\nB-001;kk;2026-11-23;24/11/2026;24/11/2026\n"
    table = file(w, text)
    assert table.mistakes == ()
    assert CaseFiles(w.store, w.intake).take("dukcapil", table, w.clock()).new == 3
    states = {row.number: row.state for row in rows(w)}
    assert states == {"B-001": "collected", "B-002": "completed", "C-007": "open"}
    straight = kept(w)
    assert len(straight) == 3
    rebuild(w.store, w.clock())
    assert kept(w) == straight


@pytest.mark.parametrize("days", [0, 1])
def test_a_case_of_an_ended_service_goes_on_by_event(w: World, days: int) -> None:
    w.send(w.item("case.received", "B-1", -10))
    w.clock.at += timedelta(days=days)
    ended_kk = with_other_source()
    w.describe(replace(ended_kk, sources=small_mall().sources))
    assert w.words(w.item("case.completed", "B-1", -5)) == ["accepted"]
    assert w.words(w.item("case.received", "B-2", -5)) == ["quarantined"]
    assert [row.state for row in rows(w)] == ["completed"]


def test_a_file_tells_of_a_case_that_was_received_before_its_service_ended(w: World) -> None:
    w.clock.at += timedelta(days=1)
    w.describe(with_other_source())
    table = file(w, "nomor;layanan;diterima;selesai\nZ-9;kk;2026-11-23;2026-11-24\n")
    taken = CaseFiles(w.store, w.intake).take("dukcapil", table, w.clock())
    assert (taken.new, taken.left, [row.state for row in rows(w)]) == (2, 0, ["completed"])


def test_an_accepted_file_without_a_due_opens_a_case_where_the_service_promises_one(w: World) -> None:
    life = ended(w, "D-1", -20, agency="samsat", service="stnk")
    told = [item | {"source": "samsat"} for item in life]
    for item in told:
        item["data"] |= {"agency": "samsat", "service": "stnk"}
    w.send(*told, source="samsat")
    w.send(*ended(w, "A3-002", -20))
    (row,) = rows(w)
    assert (row.number, row.due) == ("A3-002", None)
    assert row.due_at is not None
    assert row.due_at.isoformat() == "2026-11-25T08:00:00+00:00"
    assert rows(w, "samsat") == []  # samsat promises nothing


def test_a_number_is_the_same_in_small_and_large_letters(w: World) -> None:
    desk = Desk(w)
    desk.receive("K-7")
    with pytest.raises(CaseError, match="known"):
        desk.receive("k-7")
    (mistake,) = file(w, "nomor;layanan;diterima\nK-8;kk;2026-11-20\nk-8;kk;2026-11-20\n").mistakes
    assert "line 2" in mistake.text
    w.send(*ended(w, "A3-009", -30, due="2026-11-26"))
    w.send(w.item("case.received", "REG-77", -29, number="a3-009"))
    assert sorted(row.key.rpartition("/")[2] for row in rows(w)) == ["REG-77", "k-7"]


def test_a_case_collected_late_whose_completion_nobody_told_is_not_judged(w: World) -> None:
    for number, due in (("late", "2026-11-20"), ("early", "2026-11-27")):
        w.send(
            w.item("case.received", number, -7000, due=due),
            w.item("case.collected", number, -9),
        )
    found = Desk(w).cases.look(Wanted("dukcapil", w.clock()))
    assert {item.row.key: item.stands.on_time for item in found.items} == {"late": None, "early": True}
    assert (found.counts.month_within, found.counts.month_judged, found.share) == (1, 1, 1)


def test_cases_of_a_release_that_had_none_are_made_at_its_first_start(w: World) -> None:
    w.send(*ended(w, "A3-001", -30, due="2026-11-26"), *ended(w, "A3-002", -20))
    w.send(w.item("case.received", "B-1", -10), w.item("case.completed", "B-1", -5))
    straight = kept(w)
    assert len(straight) == 3
    assert fill_cases(w.store, w.clock()) == 0
    with w.store.write() as tx:
        tx.connection.execute(delete(table))
    assert fill_cases(w.store, w.clock()) == 3
    assert kept(w) == straight


def test_tickets_that_open_no_case_are_not_gone_through_at_every_start(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*ended(w, "A3-001", -30))
        assert (rows(w), fill_cases(w.store, w.clock())) == ([], 0)


def test_the_desk_reads_the_log_by_the_keys_it_shows(w: World) -> None:
    """A page must not cost more as the log grows."""
    with w.store.read() as tx:
        seen: list[str] = []

        def keep(*told: Any) -> None:
            if "FROM events" in told[2]:
                seen.append(told[2])
                values.append(told[3])

        values: list[Any] = []
        listen(tx.connection, "before_cursor_execute", keep)
        cases.pressed(tx, "dukcapil", map(str, range(25)), w.clock() - timedelta(hours=9))
        remove(tx.connection, "before_cursor_execute", keep)
        if not tx.sqlite:  # which reads an empty table whole
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if tx.sqlite else "EXPLAIN "
        plan = "\n".join(map(str, tx.connection.exec_driver_sql(explain + seen[0], values[0])))
        # PostgreSQL chooses among the indexes by what it has counted.
        assert "ix_events_subject" in plan if tx.sqlite else "Seq Scan on events" not in plan, plan


# -- a file --------------------------------------------------------------------------------------

CSV = """Nomor;Layanan;Diterima;Batas;Selesai;Diambil;Nama
B-1;kk;20/11/2026 09.40;;;;Budi
B-2;Kartu Keluarga;2026-11-18;20/11/2026;19/11/2026;;
B-3;ktp;23-11-2026;;;;
"""


def file(w: World, text: str | bytes) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    return CaseFiles(w.store, w.intake).read("dukcapil", content, w.clock(), words("en"))


def test_a_file_is_looked_at_then_taken_once(w: World) -> None:
    found = file(w, CSV)
    assert (found.mistakes, found.ignored, [row.number for row in found.rows]) == (
        (),
        ("Nama",),
        ["B-1", "B-2", "B-3"],
    )
    assert w.events() == []
    files = CaseFiles(w.store, w.intake)
    done = files.take("dukcapil", found, w.clock())
    assert (done.cases, done.new, done.known) == (3, 4, 0)
    again = files.take("dukcapil", file(w, CSV), w.clock())
    assert (again.new, again.known) == (0, 4)
    assert {row.number: row.state for row in rows(w)} == {"B-1": "open", "B-2": "completed", "B-3": "open"}
    assert "Budi" not in str(w.events())
    # The next week's file goes on with them.
    w.clock.at += timedelta(days=1)
    more = CSV.replace("B-1;kk;20/11/2026 09.40;;;", "B-1;kk;20/11/2026 09.40;;24/11/2026 08.00;")
    assert files.take("dukcapil", file(w, more), w.clock()).new == 1
    assert {row.number: row.state for row in rows(w)}["B-1"] == "completed"
    straight = kept(w)
    rebuild(w.store, w.clock())
    assert kept(w) == straight


def test_a_due_is_mended_by_the_next_file_and_back(w: World) -> None:
    files = CaseFiles(w.store, w.intake)
    for day in ("24", "26", "24", "24"):
        text = f"nomor;layanan;diterima;batas\nB-1;kk;20/11/2026 09.40;{day}/11/2026\n"
        files.take("dukcapil", file(w, text), w.clock())
        assert [row.due for row in rows(w)] == [f"2026-11-{day}"]
    assert len(w.events()) == 3  # the fourth told nothing new
    w.send(w.item("case.completed", "X", -1), w.item("case.received", "X", -60, due="2026-11-20"))
    assert {row.due for row in rows(w)} == {"2026-11-24", "2026-11-20"}


@pytest.mark.parametrize("day", ["20", "23"])
def test_a_row_of_a_file_that_was_taken_back_is_taken_again(w: World, day: str) -> None:
    desk, files = Desk(w), CaseFiles(w.store, w.intake)
    text = f"nomor;layanan;diterima;selesai\nB-1;kk;{day}/11/2026 08.10;{day}/11/2026 09.00\n"
    for _ in range(2):
        assert files.take("dukcapil", file(w, text), w.clock()).new == 2
        assert files.take("dukcapil", file(w, text), w.clock()).known == 2
        desk.undo("B-1")
        assert desk.item("B-1").row.state == "open"
        desk.undo("B-1")
        assert rows(w) == []


def test_a_file_goes_on_with_the_case_of_a_ticket(w: World) -> None:
    w.send(*ended(w, "A3-001", -30, due="2026-11-26"))
    table = file(w, "nomor,layanan,diterima,selesai\nA3-001,kk,2026-11-23,23/11/2026 09:35\n")
    CaseFiles(w.store, w.intake).take("dukcapil", table, w.clock())
    (row,) = rows(w)
    assert (row.key, row.state, row.due) == ("A3-001", "completed", "2026-11-26")


@pytest.mark.parametrize(
    ("text", "line", "column", "told"),
    [
        ("nomor;layanan\nB;kk\n", 1, "diterima", "missing"),
        ("nomor;layanan;diterima\nB;paspor;2026-11-20\n", 2, "layanan", "no service"),
        ("nomor;layanan;diterima\nB;kk;2026-11-20\n\n;kk;2026-11-20\n", 4, "nomor", "1 to 40"),
        ("nomor;layanan;diterima\n3578011203900001;kk;2026-11-20\n", 2, "nomor", "NIK"),
        ("nomor;layanan;diterima\nB;kk;31/31/2026\n", 2, "diterima", "no day"),
        ("nomor;layanan;diterima\nB;kk;2026-11-24\n", 2, "diterima", "ahead"),
        ("nomor;layanan;diterima;selesai\nB;kk;2026-11-20;19/11/2026\n", 2, "selesai", "before"),
        ("nomor;layanan;diterima\nB;kk;2026-11-20\nB;kk;2026-11-20\n", 3, "nomor", "line 2"),
        ("nomor;layanan;diterima;ditolak;alasan\nB;kk;2026-11-20;20/11/2026;malas\n", 2, "alasan", "reason"),
        (
            "nomor;layanan;diterima;selesai;ditolak\nB;kk;2026-11-20;20/11/2026;20/11/2026\n",
            2,
            "ditolak",
            "leave one",
        ),
        ("", 1, "", "no CSV"),
        (b"PK\x03\x04\0\0", 1, "", "no CSV"),
        (b"x" * (MOST_BYTES + 1), 1, "", "larger"),
    ],
)
def test_a_mistake_names_its_row_and_column(
    sqlite_url: str, text: str | bytes, line: int, column: str, told: str
) -> None:
    with world(sqlite_url, with_promises()) as w:
        (mistake,) = file(w, text).mistakes
        assert (mistake.line, mistake.column) == (line, column)
        assert told in mistake.text


@settings(max_examples=60)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.booleans())
def test_no_file_is_an_error(w_sqlite: World, content: bytes, headed: bool) -> None:
    found = file(w_sqlite, b"nomor,layanan,diterima\n" + content if headed else content)
    assert isinstance(found.rows, tuple)


@pytest.fixture(scope="module")
def w_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(f"sqlite:///{tmp_path_factory.mktemp('cases') / 'x.sqlite'}", with_promises()) as made:
        yield made
