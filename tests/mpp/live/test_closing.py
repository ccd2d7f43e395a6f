"""Closing: open legs become unresolved, by events that a rebuild finds again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mpp.live.closing import close_due
from mpp.live.rebuild import rebuild
from queues.clock import Calendar
from tests.world import small_mall, world

CLOSING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""15.00 WIB; the grace period ends an hour later."""
DUE = CLOSING + timedelta(hours=1)


def test_open_legs_are_closed_after_the_grace_period_and_only_once(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -30), *w.life("A3-002", -30, -20, -19), *w.life("A3-003", -30, -20, -19, -9))
        assert close_due(w.store, DUE - timedelta(seconds=1)) == 0
        assert close_due(w.store, DUE) == 2
        assert close_due(w.store, DUE + timedelta(days=3)) == 0
        assert [leg["outcome"] for leg in w.legs()] == ["unresolved", "unresolved", "served"]
        assert {leg["ended_at"] for leg in w.legs()[:2]} == {DUE}
        legs = w.snapshot()
        rebuild(w.store, DUE)
        assert w.snapshot() == legs


def test_what_never_started_counts_against_the_share(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -30))
        close_due(w.store, DUE)
        leg = w.leg()
        assert (leg["wait_s"], leg["within"]) == (None, False)


def test_a_later_real_event_overrides_a_closing(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -30, -20, -19))
        close_due(w.store, DUE)
        w.clock.at = DUE + timedelta(hours=2)
        finished = w.item("ticket.finished", "A3-001", -90, counter="1", result="done")
        w.send(finished)
        leg = w.leg()
        assert (leg["outcome"], leg["result"]) == ("served", "done")
        legs = w.snapshot()
        rebuild(w.store, w.clock())
        assert w.snapshot() == legs


def test_a_leg_that_comes_back_is_closed_again(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -30))
        close_due(w.store, DUE)
        w.clock.at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
        w.send(w.item("ticket.called", "A3-001", -5, counter="1"))
        assert w.leg()["state"] == "called"
        assert close_due(w.store, DUE + timedelta(days=1)) == 1
        leg = w.leg()
        assert (leg["outcome"], leg["ended_at"]) == ("unresolved", DUE + timedelta(days=1))


def test_without_hours_a_day_closes_at_midnight(database_url: str) -> None:
    mall = small_mall()
    from dataclasses import replace

    bare = Calendar("Asia/Jakarta")
    agencies = tuple(replace(agency, calendar=bare) for agency in mall.agencies)
    with world(database_url, replace(mall, calendar=bare, agencies=agencies)) as w:
        w.send(*w.life("A3-001", -30))
        midnight = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
        assert close_due(w.store, midnight + timedelta(minutes=59)) == 0
        assert close_due(w.store, midnight + timedelta(hours=1)) == 1


def test_a_booking_waits_for_its_holder_beyond_the_day(database_url: str) -> None:
    with world(database_url) as w:
        w.send(w.item("ticket.issued", "A3-001", -30, booked=True))
        assert close_due(w.store, DUE + timedelta(days=20)) == 0
        assert w.leg()["state"] == "booked"
        assert close_due(w.store, DUE + timedelta(days=30)) == 1


def test_what_moves_after_closing_on_the_same_day_is_closed_again(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -30), *w.life("A3-002", -30, -20))
        assert close_due(w.store, DUE) == 2
        w.clock.at = DUE + timedelta(minutes=30)
        w.send(w.item("ticket.called", "A3-001", -1, counter="1"))
        w.send(w.item("ticket.recalled", "A3-002", -1, counter="1"))
        assert {leg["state"] for leg in w.legs()} == {"called"}
        assert close_due(w.store, DUE + timedelta(hours=2)) == 0
        midnight = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
        assert close_due(w.store, midnight + timedelta(hours=1)) == 2
        assert {leg["outcome"] for leg in w.legs()} == {"unresolved"}


def test_long_ticket_keys_are_closed_each(database_url: str) -> None:
    with world(database_url) as w:
        for end in ("a", "b"):
            w.send(w.item("ticket.issued", "x" * 199 + end, -30, number=end))
        assert close_due(w.store, DUE) == 2
        assert {leg["outcome"] for leg in w.legs()} == {"unresolved"}
