"""The fold by example: rows, fewer steps, transfers, replay, beginnings that are missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from queues import events as e
from queues.tickets import fold
from tests.queues.build import at, event, leg

ISSUED = event(e.TicketIssued, 0)
CALLED = event(e.Called, 9, counter="3")
STARTED = event(e.ServiceStarted, 10, counter="3")
FINISHED = event(e.ServiceFinished, 15, counter="3", result="done", due="2026-11-30")


def row(**values):
    """An observed row of A3-042, read a minute after its last step."""
    return event(e.Observed, values.pop("read", 60), **values)


def test_an_ordinary_ticket():
    found = leg(ISSUED, CALLED, STARTED, FINISHED)
    assert found == e.Leg(
        ticket="t",
        leg=1,
        agency="dukcapil",
        service="kk",
        number="A3-042",
        counter="3",
        priority=None,
        visit=None,
        state="ended",
        since=at(15),
        issued_at=at(0),
        called_at=at(9),
        start_at=at(10),
        start_by="start",
        ended_at=at(15),
        outcome="served",
        result="done",
        due="2026-11-30",
        calls=1,
        end_by="event",
    )


def test_no_events_no_legs():
    assert fold([], ticket="t") == ()


def test_an_id_counts_once_and_the_earlier_contents_stand():
    late = replace(CALLED, at=at(12))
    assert leg(ISSUED, CALLED, late, late) == leg(ISSUED, late, CALLED) == leg(ISSUED, CALLED)


def test_the_same_step_told_twice_counts_once():
    again = [replace(told, id=f"{told.id}-again") for told in (ISSUED, CALLED, STARTED, FINISHED)]
    assert leg(ISSUED, CALLED, STARTED, FINISHED, *again) == leg(ISSUED, CALLED, STARTED, FINISHED)


def test_same_instants_go_by_rank():
    moment = [replace(told, at=at(5)) for told in (FINISHED, STARTED, CALLED, ISSUED)]
    found = leg(*moment)
    assert (found.outcome, found.start_at, found.findings) == ("served", at(5), ())


def test_a_recall_never_moves_the_first_call():
    found = leg(ISSUED, CALLED, event(e.Recalled, 11), event(e.Called, 12))
    assert (found.called_at, found.calls, found.since) == (at(9), 3, at(9))


def test_who_comes_back_after_a_no_show_is_served():
    gone = event(e.NoShow, 12)
    found = leg(
        ISSUED, CALLED, gone, event(e.Called, 20), event(e.ServiceStarted, 21), event(e.ServiceFinished, 30)
    )
    assert (found.outcome, found.called_at, found.start_at) == ("served", at(9), at(21))
    assert found.findings == ("returned",)


def test_a_service_before_a_no_show_does_not_count():
    found = leg(ISSUED, CALLED, STARTED, event(e.NoShow, 12))
    assert (found.outcome, found.start_at, found.start_by) == ("no_show", None, None)


def test_holds_are_summed_up_to_the_end():
    told = [ISSUED, STARTED, event(e.Held, 11), event(e.Resumed, 13), event(e.Held, 14), FINISHED]
    assert leg(*told).held_s == 180


def test_a_booking_waits_from_its_check_in():
    booked = event(e.TicketIssued, -1440, booked=True)
    assert leg(booked).state == "booked"
    found = leg(booked, event(e.CheckedIn, 3), STARTED)
    assert (found.wait_from, found.booked, found.findings) == (at(3), True, ())


def test_an_issue_that_comes_after_the_start_still_says_when_the_wait_began():
    found = leg(STARTED, replace(ISSUED, at=at(10) + timedelta(seconds=1)), FINISHED)
    assert (found.issued_at, found.findings) == (at(10) + timedelta(seconds=1), ())


def test_a_leg_without_issue_begins_at_its_earliest_instant():
    found = leg(CALLED, STARTED)
    assert (found.issued_at, found.findings) == (at(9), ("issue_missing",))
    assert leg(event(e.CheckedIn, 5), STARTED).findings == ()


def test_a_leg_that_moves_without_a_transfer():
    found = leg(ISSUED, replace(CALLED, service="ktp"))
    assert (found.service, found.findings) == ("ktp", ("moved",))


def test_a_start_after_the_end_is_kept():
    found = leg(ISSUED, FINISHED, replace(STARTED, at=at(16)))
    assert (found.start_at, found.ended_at, found.findings) == (at(16), at(15), ("after_end",))


class TestTransfer:
    SENT = event(e.Transferred, 15, to_agency="samsat", to_service="stnk")

    def test_opens_the_next_leg_at_its_instant(self):
        first, second = fold(
            [replace(ISSUED, priority="lansia", visit="v"), CALLED, STARTED, self.SENT], ticket="t"
        )
        assert (first.outcome, first.result, first.ended_at) == ("served", "referred", at(15))
        assert (first.to_agency, first.to_service) == ("samsat", "stnk")
        assert (second.leg, second.agency, second.service, second.state) == (2, "samsat", "stnk", "waiting")
        assert (second.number, second.priority, second.visit) == ("A3-042", "lansia", "v")
        assert (second.issued_at, second.counter, second.findings) == (at(15), None, ())

    def test_before_the_service_it_is_no_service(self):
        first, _ = fold([ISSUED, CALLED, self.SENT], ticket="t")
        assert (first.outcome, first.result, first.start_at) == ("cancelled", "referred", None)

    def test_events_of_the_next_leg_join_it(self):
        call = event(e.Called, 20, leg=2, agency="samsat", service="stnk", counter="7", number="S-9")
        own = event(e.TicketIssued, 16, leg=2, agency="samsat", service="stnk", number="S-9")
        _, second = fold([ISSUED, STARTED, self.SENT, call, own], ticket="t")
        assert (second.issued_at, second.called_at, second.counter) == (at(15), at(20), "7")
        assert (second.number, second.findings) == ("S-9", ())

    def test_an_agency_outside_the_list_gets_its_leg_from_its_own_source(self):
        assert len(fold([ISSUED, STARTED, self.SENT], ticket="t", agencies={"dukcapil"})) == 1
        assert len(fold([ISSUED, STARTED, self.SENT], ticket="t", agencies={"dukcapil", "samsat"})) == 2

    def test_without_a_target_it_goes_back_into_its_own_line(self):
        back = replace(self.SENT, to_agency=None, to_service=None)
        _, second = fold([ISSUED, STARTED, back], ticket="t", agencies={"dukcapil"})
        assert (second.agency, second.service) == ("dukcapil", "kk")
        _, other = fold([ISSUED, STARTED, replace(self.SENT, to_service=None)], ticket="t")
        assert (other.agency, other.service) == ("samsat", None)

    def test_after_the_end_it_still_sends_the_visitor_on(self):
        first, second = fold([ISSUED, STARTED, FINISHED, replace(self.SENT, at=at(16))], ticket="t")
        assert (first.outcome, first.result, first.findings) == ("served", "done", ("after_end",))
        assert second.issued_at == at(16)

    def test_a_transferred_booking_stays_one(self):
        _, second = fold([replace(ISSUED, booked=True), self.SENT], ticket="t")
        assert second.state == "booked"

    def test_legs_are_ordered_and_chained(self):
        on = event(e.Transferred, 30, leg=2, to_agency="bpjs", to_service="jht")
        legs = fold([event(e.Called, 40, leg=7), on, ISSUED, self.SENT], ticket="t")
        assert [found.leg for found in legs] == [1, 2, 3, 7]
        assert legs[2].agency == "bpjs"


class TestRow:
    def test_its_instants_are_the_steps(self):
        told = row(
            issued_at=at(0), called_at=at(9), started_at=at(10), ended_at=at(15), counter="3", result="done"
        )
        assert leg(told) == replace(leg(ISSUED, CALLED, STARTED, FINISHED), due=None)

    def test_the_highest_revision_replaces_the_others(self):
        old = row(id="r1", revision=1, issued_at=at(0), called_at=at(3), started_at=at(4))
        new = row(id="r2", revision=2, issued_at=at(0), called_at=at(5))
        found = leg(old, new)
        assert (found.state, found.called_at, found.calls) == ("called", at(5), 1)

    def test_at_the_same_revision_the_withdrawal_then_the_higher_id_counts(self):
        one, other = row(id="r1", issued_at=at(0)), row(id="r2", issued_at=at(1))
        assert leg(one, other) == leg(other, one) == leg(other)
        assert leg(event(e.Withdrawn, 30), one).outcome == "cancelled"

    def test_a_row_that_is_gone_cancels_what_is_open(self):
        gone = event(e.Withdrawn, 30, revision=2)
        waiting = row(id="r1", issued_at=at(0))
        found = leg(waiting, gone)
        assert (found.outcome, found.ended_at, found.findings) == ("cancelled", at(30), ("withdrawn",))
        served = leg(row(id="r1", issued_at=at(0), started_at=at(4), ended_at=at(9)), gone)
        assert (served.outcome, served.ended_at, served.findings) == ("served", at(9), ("withdrawn",))
        assert leg(waiting, gone, row(id="r3", revision=3, issued_at=at(0))).state == "waiting"

    def test_a_row_that_is_gone_leaves_the_last_step_a_service(self):
        told = row(issued_at=at(0), called_at=at(9))
        found = leg(told, event(e.Withdrawn, 30, revision=2), steps=("issued", "called"))
        assert (found.outcome, found.ended_at) == ("served", at(9))

    @pytest.mark.parametrize("outcome", e.OUTCOMES)
    def test_its_outcome_ends_the_leg(self, outcome):
        found = leg(row(issued_at=at(0), called_at=at(9), started_at=at(9), ended_at=at(20), outcome=outcome))
        assert (found.state, found.outcome, found.ended_at) == ("ended", outcome, at(20))

    @pytest.mark.parametrize("outcome", ["served", "no_show", "left", "cancelled"])
    def test_an_outcome_without_an_instant_ends_when_it_was_read(self, outcome):
        found = leg(row(issued_at=at(0), called_at=at(9), outcome=outcome))
        assert (found.outcome, found.ended_at) == (outcome, at(60))
        assert "end_missing" in found.findings

    def test_an_end_other_than_served_is_its_last_step(self):
        found = leg(row(issued_at=at(0), called_at=at(9), ended_at=at(8), outcome="no_show"))
        assert (found.outcome, found.ended_at, found.findings) == ("no_show", at(9), ())

    def test_an_unknown_outcome_leaves_it_to_the_steps(self):
        assert leg(row(issued_at=at(0), outcome="selesai")).state == "waiting"

    def test_a_counter_belongs_to_the_call(self):
        assert leg(row(issued_at=at(0), counter="3")).counter is None
        assert leg(row(issued_at=at(0), called_at=at(2), counter="3")).counter == "3"

    def test_a_reservation(self):
        assert leg(row(issued_at=at(0), booked=True)).state == "booked"
        assert leg(row(issued_at=at(0), booked=True, checked_in_at=at(2))).state == "waiting"

    def test_a_row_without_instants_was_seen(self):
        found = leg(row())
        assert (found.state, found.issued_at, found.findings) == ("waiting", at(60), ("issue_missing",))

    def test_rows_and_events_work_together(self):
        told = row(issued_at=at(0), called_at=at(9))
        found = leg(told, ISSUED, CALLED, STARTED, FINISHED)
        assert found == leg(ISSUED, CALLED, STARTED, FINISHED)


class TestFewerSteps:
    def test_the_last_step_ends_the_leg(self):
        found = leg(ISSUED, CALLED, steps=("issued", "called"))
        assert (found.outcome, found.ended_at, found.end_by) == ("served", at(9), "step")
        assert (found.start_at, found.start_by, found.findings) == (at(9), "call", ())
        started = leg(ISSUED, CALLED, STARTED, steps=("issued", "called", "started"))
        assert (started.outcome, started.ended_at, started.start_by) == ("served", at(10), "start")

    def test_unless_something_else_happened(self):
        gone = event(e.NoShow, 12)
        assert leg(ISSUED, CALLED, gone, steps=("issued", "called")).outcome == "no_show"
        assert leg(ISSUED, event(e.DayClosed, 90), steps=("issued", "called")).outcome == "unresolved"
        assert leg(ISSUED, CALLED, event(e.DayClosed, 90), steps=("issued", "called")).outcome == "served"

    def test_without_starts_the_first_call_is_the_start(self):
        found = leg(ISSUED, CALLED, event(e.Called, 12), FINISHED, steps=("issued", "called", "finished"))
        assert (found.start_at, found.start_by, found.outcome, found.findings) == (
            at(9),
            "call",
            "served",
            (),
        )

    def test_sources_that_only_count(self):
        assert leg(ISSUED, steps=("issued",)).outcome == "served"
        assert leg(ISSUED, FINISHED, steps=("issued", "finished")).findings == ()

    def test_a_row_served_at_its_last_step(self):
        told = row(issued_at=at(0), called_at=at(9), outcome="served")
        found = leg(told, steps=("issued", "called"))
        assert (found.ended_at, found.findings) == (at(9), ())


class TestUntil:
    def test_hides_what_happened_later(self):
        told = [ISSUED, CALLED, STARTED, FINISHED]
        assert leg(*told, until=at(9)) == leg(ISSUED, CALLED)
        assert fold(told, ticket="t", until=at(-1)) == ()

    def test_hides_later_steps_of_a_row_whenever_it_was_read(self):
        told = row(issued_at=at(0), called_at=at(9), started_at=at(10), ended_at=at(15), counter="3")
        found = leg(told, until=at(5))
        assert (found.state, found.counter, found.outcome) == ("waiting", None, None)
        assert fold([told], ticket="t", until=at(-1)) == ()
        left = row(issued_at=at(0), ended_at=at(7), outcome="left")
        assert leg(left, until=at(6)).state == "waiting"

    def test_a_version_that_tells_only_later_steps_is_as_if_absent(self):
        early = row(id="r1", revision=1, issued_at=at(0))
        wrong = row(id="r2", revision=2, issued_at=at(90))
        assert leg(early, wrong, until=at(5)) == leg(early)

    def test_a_later_transfer_opens_nothing_yet(self):
        sent = event(e.Transferred, 15, to_agency="samsat", to_service="stnk")
        assert len(fold([ISSUED, STARTED, sent], ticket="t", until=at(14))) == 1
