"""The one way in: words, quarantine, legs; the same on both engines."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from mpp.live import retry
from mpp.live.intake import Intake, UnknownSourceError, tally
from mpp.live.rebuild import rebuild
from mpp.mall.model import Service, Source
from mpp.store import counters, quarantine, sources, tables
from tests.world import MORNING, World, small_mall, without_promise, world


def open_entries(w: World) -> list[quarantine.Quarantined]:
    with w.store.read() as tx:
        return quarantine.listed(tx)


def test_a_life_becomes_one_leg(database_url: str) -> None:
    with world(database_url) as w:
        assert w.words(*w.life("A3-042", -40, -20, -19, -9, priority="lansia")) == ["accepted"] * 4
        leg = w.leg()
        assert (leg["outcome"], leg["counter"], leg["state"]) == ("served", "1", "ended")
        assert (leg["wait_s"], leg["wait_work_s"], leg["service_s"]) == (1260.0, 1260.0, 600.0)
        assert (leg["promise_s"], leg["within"]) == (900, False)
        assert leg["issued_at"] == MORNING - timedelta(minutes=40)
        assert leg["visit"] == "dukcapil:A3-042"


def test_working_time_stops_outside_hours(database_url: str) -> None:
    """Issued 40 minutes before opening, started 10 minutes after it."""
    with world(database_url) as w:
        w.send(*w.life("A3-001", -140, -91, -90))
        leg = w.leg()
        assert (leg["wait_s"], leg["wait_work_s"]) == (3000.0, 600.0)


def test_words_of_a_mixed_batch(database_url: str) -> None:
    with world(database_url) as w:
        first, second = w.life("A3-001", -30, -20)
        assert w.words(first) == ["accepted"]
        changed = first | {"data": first["data"] | {"priority": "lansia"}}
        unknown = w.item("ticket.issued", "X", -5, service="paspor")
        counter = w.item("ticket.called", "X", -5, counter="9")
        foreign = w.item("ticket.issued", "Y", -5, agency="samsat", service="stnk")
        told = w.send(first, changed, second, second, unknown, counter, foreign, 7, w.item("x", "Z", 0))
        assert [answer.status for answer in told] == [
            "duplicate", "conflict", "accepted", "duplicate", "quarantined",
            "quarantined", "forbidden", "quarantined", "quarantined",
        ]  # fmt: skip
        assert [a.reason for a in told[4:]] == [
            "unknown_service", "unknown_counter", "foreign_agency", "not_an_object", "unknown_type",
        ]  # fmt: skip
        assert tally(told)["quarantined"] == 4
        assert len(w.events()) == 2
        assert {e.reason for e in open_entries(w)} == {
            "unknown_service", "unknown_counter", "not_an_object", "unknown_type",
        }  # fmt: skip


def test_a_rebuild_from_the_log_is_identical(database_url: str) -> None:
    with world(database_url) as w:
        items = [i for n in range(20) for i in w.life(f"A3-{n:03d}", -60 + n, -30 + n, -29 + n, -20 + n)]
        w.send(*items)
        straight = w.snapshot()
        assert rebuild(w.store, w.clock()) == 20
        assert w.snapshot() == straight


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_in_any_batches_gives_the_same_legs(sqlite_url: str, seed: int) -> None:
    dice = random.Random(seed)
    legs = []
    for turn in range(2):
        with world(sqlite_url.replace("mpp.", f"mpp{turn}.")) as w:
            items = [i for n in range(12) for i in w.life(f"A3-{n:03d}", -60 + n, -30 + n, -29 + n, -20 + n)]
            items.append(w.item("ticket.no_show", "A3-003", -20, counter="1"))
            items.append(w.item("ticket.transferred", "A3-004", -15, to_service="ktp"))
            items.append(w.item("ticket.called", "A3-004", -10, service="ktp", leg=2, counter="2"))
            if turn:
                items = items * 2
                dice.shuffle(items)
            while items:
                size = dice.randrange(1, 9)
                some, items = items[:size], items[size:]
                w.send(*some)
            legs.append(w.snapshot())
    assert legs[0] == legs[1]


def test_a_transfer_opens_the_next_leg_of_the_same_visit(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -40, -30, -29))
        w.send(w.item("ticket.transferred", "A3-001", -20, to_service="ktp", counter="1"))
        first, second = w.legs()
        assert (first["outcome"], first["result"], first["to_service"]) == ("served", "referred", "ktp")
        assert (second["leg"], second["service"], second["state"]) == (2, "ktp", "waiting")
        assert first["visit"] == second["visit"]
        assert second["issued_at"] == first["ended_at"]


def test_a_transfer_to_an_agency_of_another_source_gets_no_leg_here(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -40, -30, -29))
        w.send(w.item("ticket.transferred", "A3-001", -20, to_agency="samsat", to_service="stnk"))
        assert w.leg()["to_agency"] == "samsat"


def test_an_empty_batch_counts_as_reported(database_url: str) -> None:
    with world(database_url) as w:
        with w.store.read() as tx:
            before = sources.all_sources(tx)["dukcapil"]
        assert w.send() == []
        with w.store.read() as tx:
            after = sources.all_sources(tx)["dukcapil"]
        assert (before.last_reported, after.last_reported) == (None, MORNING)
        assert (after.rev, after.last_changed) == (before.rev + 1, None)


def test_an_unknown_source_is_an_error(database_url: str) -> None:
    with world(database_url) as w, pytest.raises(UnknownSourceError):
        w.send(source="imigrasi")


def test_the_same_bad_item_is_counted_not_repeated_and_a_good_copy_settles_it(database_url: str) -> None:
    with world(database_url) as w:
        bad = w.item("ticket.issued", "A3-001", -5, service="paspor", id="one")
        for _ in range(3):
            w.send(bad)
        (entry,) = open_entries(w)
        assert (entry.times, entry.reason, entry.agency) == (3, "unknown_service", "dukcapil")
        good = bad | {"data": bad["data"] | {"service": "kk"}}
        assert w.words(good) == ["accepted"]
        assert open_entries(w) == []


def test_a_retry_reads_with_todays_description_and_keeps_the_first_time(database_url: str) -> None:
    with world(database_url) as w:
        w.send(w.item("ticket.issued", "A3-001", -5, service="paspor"))
        w.clock.at += timedelta(days=20)
        assert retry.retry(w.intake, open_entries(w)).resolved == 0
        mall = small_mall()
        one = mall.agencies[0]
        more = replace(one, services=(*one.services, Service("paspor", "Paspor")))
        w.describe(replace(mall, agencies=(more, mall.agencies[1])))
        assert retry.retry(w.intake, open_entries(w)).resolved == 1
        assert w.leg()["service"] == "paspor"
        assert w.events()[0].received_at == MORNING
        assert open_entries(w) == []


def source_row(w: World, code: str = "dukcapil") -> sources.SourceRow:
    with w.store.read() as tx:
        return sources.all_sources(tx)[code]


def with_paspor(w: World) -> None:
    """Describe the service that was missing."""
    mall = small_mall()
    one = mall.agencies[0]
    more = replace(one, services=(*one.services, Service("paspor", "Paspor")))
    w.describe(replace(mall, agencies=(more, mall.agencies[1])))


def test_a_retry_says_nothing_about_the_source(database_url: str) -> None:
    with world(database_url) as w:
        w.send(w.item("ticket.issued", "A3-001", -5, service="paspor", id="one"))
        w.send(w.item("ticket.issued", "A3-002", -5, service="sim", id="two"))
        with w.store.write() as tx:
            failed = update(tables.sources).where(tables.sources.c.code == "dukcapil")
            tx.connection.execute(failed.values(last_error="no route", last_error_at=w.clock()))
        row, before = source_row(w), open_entries(w)
        w.clock.at += timedelta(hours=3)
        with_paspor(w)
        assert retry.retry(w.intake, before).resolved == 1
        after = source_row(w)
        assert after.rev > row.rev
        assert (after.last_reported, after.last_error) == (row.last_reported, "no route")
        (entry,) = open_entries(w)
        assert entry == next(one for one in before if one.event_id == "two")


def test_a_retry_follows_todays_reason(database_url: str) -> None:
    with world(database_url) as w:
        w.send(w.item("ticket.called", "A3-001", -5, service="paspor", counter="9"))
        with_paspor(w)
        assert retry.retry(w.intake, open_entries(w)).resolved == 0
        (entry,) = open_entries(w)
        assert (entry.reason, entry.times) == ("unknown_counter", 1)


def test_what_was_masked_is_never_read_again_as_if_it_were_true(database_url: str) -> None:
    with world(database_url) as w:
        good = w.item("ticket.issued", "A3-001", -5, id="one")
        bad = good | {"data": good["data"] | {"number": "3201234101900001", "service": "paspor"}}
        cut = w.item("ticket.issued", "A3-002", -5, id="two", service="paspor", visit="v" * 201)
        whole = w.item("ticket.observed", "A3-003", -5, id="three", service="paspor", revision=1_763_862_845)
        assert w.words(bad, cut, whole) == ["quarantined"] * 3
        assert {e.event_id: e.retryable for e in open_entries(w)} == {
            "one": False,
            "two": False,
            "three": True,
        }
        with_paspor(w)
        done = retry.retry(w.intake, open_entries(w))
        assert (done.left, done.resolved, len(w.events())) == (2, 1, 1)
        assert w.words(whole) == ["duplicate"]
        assert w.words(good) == ["accepted"]
        assert [entry.event_id for entry in open_entries(w)] == ["two"]


def test_a_retried_item_is_the_same_content_as_the_one_sent_again(database_url: str) -> None:
    with world(database_url) as w:
        extra = {"visit": "20261123042", "due": "20261130", "counter": "1", "result": "done", "leg": 2}
        items = [
            w.item("ticket.finished", "A3-001", -5, service="paspor", **extra),
            w.item("rating.given", None, -5, service="paspor", score=1, comment="telepon 0812-3456-7890 ya"),
            w.item("queue.reading", None, -5, service="paspor", waiting=3, nama="Budi"),
        ]
        assert w.words(*items) == ["quarantined"] * 3
        assert "0812" not in str(open_entries(w))
        with_paspor(w)
        assert retry.retry(w.intake, open_entries(w)).resolved == 3
        assert w.words(*items) == ["duplicate"] * 3


def test_different_items_never_share_an_entry(database_url: str) -> None:
    """Neither those of two CloudEvents sources, nor those whose ids cannot be kept."""
    with world(database_url) as w:
        a, b, c = (
            w.item("ticket.issued", f"A3-00{n}", -5, id="1", source=f"dukcapil/{part}", service="paspor")
            for n, part in enumerate("abc")
        )
        w.send(a, b)
        assert [(e.origin, e.event_id, e.times) for e in open_entries(w)] == [
            ("dukcapil/b", "1", 1),
            ("dukcapil/a", "1", 1),
        ]
        assert w.words(c | {"data": c["data"] | {"service": "kk"}}) == ["accepted"]
        assert len(open_entries(w)) == 2
        assert w.words(a | {"data": a["data"] | {"service": "kk"}}) == ["accepted"]
        assert [e.origin for e in open_entries(w)] == ["dukcapil/b"]
        niks = [w.item("ticket.issued", "A3-009", -5, id=nik) for nik in NIKS]
        told = w.send(*niks, *(w.item("ticket.issued", "A3-009", -5, id=n) for n in (1.5, 2.5)))
        assert [answer.id for answer in told[:2]] == list(NIKS)
        assert {answer.status for answer in told} == {"quarantined"}
        assert len(open_entries(w)) == 5
        assert not any(nik in str(open_entries(w)) for nik in NIKS)
        w.send(*niks)
        assert [e.times for e in open_entries(w)] == [1, 1, 2, 2, 1]


NIKS = ("3201234101900001", "3302150112870003")


def test_what_is_stored_stays_stored_whatever_the_description_says(database_url: str) -> None:
    with world(database_url) as w:
        kept = w.item("ticket.issued", "A3-001", -5, service="ktp")
        foreign = w.item("ticket.issued", "A3-002", -5, agency="samsat", service="stnk")
        w.send(kept)
        mall = small_mall()
        one = replace(mall.agencies[0], services=mall.agencies[0].services[:1])
        w.describe(replace(mall, agencies=(one, mall.agencies[1])))
        other = kept | {"data": kept["data"] | {"priority": "lansia"}}
        assert w.words(kept, other, foreign) == ["duplicate", "conflict", "forbidden"]
        assert open_entries(w) == []


def test_unknown_numbers_are_tickets_each_source_by_itself(database_url: str) -> None:
    both = (
        Source("dukcapil", "Dukcapil", ("dukcapil",)),
        Source("samsat", "Samsat", ("dukcapil", "samsat")),
    )
    with world(database_url, small_mall(sources=both)) as w:
        w.send(w.item("counter.heartbeat", None, -1, counter="9"))
        w.send(w.item("queue.reading", None, -1, service="paspor", waiting=3))
        w.send(w.item("case.received", "case/1", -1, service="paspor"))
        assert unknown(w) == {}
        w.send(
            w.item("ticket.issued", "7", -5, service="paspor"), w.item("ticket.called", "7", -3, counter="9")
        )
        w.send(w.item("ticket.issued", "7", -5, service="paspor", source="samsat"), source="samsat")
        assert unknown(w) == {"dukcapil": 2}


def unknown(w: World) -> dict[str, int]:
    with w.store.read() as tx:
        return quarantine.unknown_numbers(tx, date(2026, 11, 23))


def test_one_items_extreme_time_never_stops_its_batch(database_url: str) -> None:
    with world(database_url) as w:
        with w.store.write() as tx:
            sources.ensure(tx, "mpp-uji", [("dukcapil", 60)])
        row = w.item("ticket.observed", "7", -5, ended_at="9999-12-31T23:59:59+00:00")
        assert w.words(row, w.item("ticket.issued", "8", -5)) == ["quarantined", "accepted"]


def test_quarantine_is_capped_and_what_goes_over_is_counted(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "CAP", 3)
    with world(sqlite_url) as w:
        w.send(*(w.item("ticket.issued", f"A{n}", -5, service="paspor") for n in range(5)))
        assert len(open_entries(w)) == 3
        from sqlalchemy import select

        from mpp.store.tables import sources as table

        with w.store.read() as tx:
            over = tx.connection.execute(
                select(table.c.quarantine_overflow).where(table.c.code == "dukcapil")
            ).scalar_one()
        assert over == 2


def test_observed_rows_replace_each_other_by_revision(database_url: str) -> None:
    with world(database_url) as w:
        at = (MORNING - timedelta(minutes=30)).isoformat()
        call = (MORNING - timedelta(minutes=10)).isoformat()
        w.send(w.item("ticket.observed", "7", 0, revision=2, issued_at=at, called_at=call, counter="1"))
        w.send(w.item("ticket.observed", "7", 0, revision=1, issued_at=at))
        assert w.leg()["state"] == "called"
        w.send(w.item("ticket.withdrawn", "7", 0, revision=3))
        leg = w.leg()
        assert (leg["state"], leg["outcome"]) == ("ended", "cancelled")
        assert "withdrawn" in leg["findings"]


def test_counter_states_do_not_depend_on_order(database_url: str) -> None:
    with world(database_url) as w:
        told = [
            w.item("counter.opened", None, -90, counter="1"),
            w.item("counter.paused", None, -30, counter="1", reason="break"),
            w.item("counter.resumed", None, -20, counter="1"),
            w.item("counter.paused", None, -10, counter="1", reason="central_system"),
            w.item("counter.heartbeat", None, -1, counter="1"),
        ]
        w.send(*reversed(told))
        with w.store.read() as tx:
            (row,) = counters.all_counters(tx, ["dukcapil"])
        assert (row.state, row.reason) == ("paused", "central_system")
        assert row.since == MORNING - timedelta(minutes=10)
        assert row.last_seen == MORNING - timedelta(minutes=1)
        rebuild(w.store, w.clock())
        with w.store.read() as tx:
            assert counters.all_counters(tx, ["dukcapil"]) == [row]


def test_readings_go_to_their_own_table(database_url: str) -> None:
    with world(database_url) as w:
        item = w.item("queue.reading", None, -1, service="kk", waiting=7, open_counters=2, current="A3-9")
        assert w.words(item, item) == ["accepted", "duplicate"]
        with w.store.read() as tx:
            (row,) = counters.latest_readings(tx, MORNING - timedelta(hours=3), MORNING, ["dukcapil"])
        assert (row.waiting, row.open_counters, row.current) == (7, 2, "A3-9")


def test_ratings_and_cases_are_kept_in_the_log(database_url: str) -> None:
    with world(database_url) as w:
        rating = w.item("rating.given", None, -1, score=4, reasons=["fast"])
        case = w.item("case.received", "case/9", -1, due="2026-11-30")
        assert w.words(rating, case) == ["accepted", "accepted"]
        assert [e.type for e in w.events()] == ["rating.given", "case.received"]


def test_without_a_promise_a_leg_stays_outside_the_share(database_url: str) -> None:
    with world(database_url, without_promise(small_mall())) as w:
        w.send(*w.life("A3-001", -60, -2, -1))
        assert (w.leg()["promise_s"], w.leg()["within"]) == (None, None)


def test_two_intakes_at_once_lose_nothing(database_url: str) -> None:
    """Two threads send the same and other events of the same tickets."""
    with world(database_url) as w:
        items = [w.life(f"A3-{n:03d}", -60, -30, -29, -20) for n in range(30)]
        steps = [[life[k] for life in items] for k in range(4)]
        failures: list[Exception] = []

        def send(order: list[int]) -> None:
            intake = Intake(w.store, w.clock)
            try:
                for k in order:
                    intake.accept("dukcapil", steps[k])
            except Exception as error:  # noqa: BLE001 the other thread must be waited for
                failures.append(error)

        threads = [threading.Thread(target=send, args=(order,)) for order in ([0, 1, 2, 3], [3, 2, 1, 0])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert len(w.events()) == 120
        assert {(leg["outcome"], leg["wait_s"]) for leg in w.legs()} == {("served", 1860.0)}


def test_ids_are_unique_within_their_cloudevents_source_only(database_url: str) -> None:
    with world(database_url) as w:
        issued = w.item("ticket.issued", "A3-001", -20, id="1", source="dukcapil/kiosk")
        called = w.item("ticket.called", "A3-001", -10, id="1", source="dukcapil/desk", counter="1")
        assert w.words(issued, called) == ["accepted", "accepted"]
        assert w.leg()["state"] == "called"


def test_a_late_transfer_takes_back_the_leg_another_had_opened(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -40, -30, -29))
        w.send(w.item("ticket.transferred", "A3-001", -10, to_service="ktp"))
        assert len(w.legs()) == 2
        w.send(w.item("ticket.transferred", "A3-001", -20, to_agency="samsat", to_service="stnk"))
        assert [leg["leg"] for leg in w.legs()] == [1]
        legs = w.snapshot()
        rebuild(w.store, w.clock())
        assert w.snapshot() == legs


def test_a_good_copy_settles_an_entry_also_when_it_came_before(database_url: str) -> None:
    with world(database_url) as w:
        good = w.item("ticket.issued", "A3-001", -5)
        bad = good | {"time": "kemarin"}
        assert [w.words(item)[0] for item in (good, bad, good)] == ["accepted", "quarantined", "duplicate"]
        assert open_entries(w) == []


def test_dropping_and_sending_at_once_do_not_block_each_other(database_url: str) -> None:
    with world(database_url) as w:
        bad = [w.item("ticket.issued", f"A{n}", -5, service="paspor") for n in range(60)]
        w.send(*bad)
        ids = [entry.id for entry in open_entries(w)]
        failures: list[Exception] = []

        def often(work: Callable[[], object]) -> None:
            try:
                for _ in range(12):
                    work()
            except Exception as error:  # noqa: BLE001 the other thread must be waited for
                failures.append(error)

        works = (lambda: Intake(w.store, w.clock).accept("dukcapil", bad), lambda: retry.drop(w.intake, ids))
        threads = [threading.Thread(target=often, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
