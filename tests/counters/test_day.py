"""A counter's day in figures, and what is odd about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from counters import events as e
from counters.day import Around, CounterDay, Hours, counter_day
from counters.desk_tickets import DeskTicket
from counters.findings import FINDINGS, LEAST_HISTORY, far_beyond
from counters.lost import LostTime, lost_time

MIDNIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)


def at(hour: int, minute: float = 0) -> datetime:
    """A mall time of the day."""
    return MIDNIGHT + timedelta(hours=hour, minutes=minute)


WORK = ((at(8), at(12)), (at(13), at(15)))
EVENING = at(23)
HOURS = Hours(MIDNIGHT, MIDNIGHT + timedelta(days=1), at(8), at(15), WORK)


def event(kind: type[e.CounterEvent], when: datetime, **more: Any) -> e.CounterEvent:
    return kind(id=f"{kind.__name__}{when}", at=when, agency="pln", counter="1", **more)


def ticket(number: str, begin: datetime, end: datetime | None, **more: Any) -> DeskTicket:
    seconds = None if end is None else (end - begin).total_seconds()
    told: dict[str, Any] = {
        "waited_from": at(8),
        "called": begin,
        "start": begin,
        "served": end is not None,
    } | more
    return DeskTicket(key=number, service="kk", number=number, end=end, service_s=seconds, **told)


def day(*what: Any, until: datetime = EVENING, hours: Hours = HOURS, **more: Any) -> CounterDay:
    events = [one for one in what if isinstance(one, e.CounterEvent)]
    came = [one for one in what if isinstance(one, DeskTicket)]
    return counter_day("1", events, came, hours, until, **more)


def minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def test_a_whole_day_in_figures() -> None:
    found = day(
        event(e.CounterOpened, at(8, 5)),
        ticket("A-1", at(8, 10), at(8, 20)),
        ticket("A-2", at(8, 21), at(8, 51)),
        event(e.CounterPaused, at(9), reason="central_system"),
        event(e.CounterResumed, at(9, 30)),
        event(e.CounterPaused, at(12), reason="break"),
        event(e.CounterResumed, at(13)),
        ticket("A-3", at(13), at(13, 20), called=None),
        event(e.CounterClosed, at(14, 50)),
    )
    assert (found.planned_open, found.planned_close) == (at(8), at(15))
    assert (found.opened, found.closed, found.inferred) == (at(8, 5), at(14, 50), False)
    assert (minutes(found.open_s), minutes(found.serving_s)) == (405, 60)
    assert found.paused == {"break": 3600, "central_system": 1800}
    assert minutes(found.idle_s) == 405 - 60 - 90
    assert found.utilisation == 60 / 315
    assert (found.served, minutes(found.service_mean_s), minutes(found.service_median_s)) == (3, 20, 20)
    # Between alone: before A-3 lie two pauses.
    assert (found.handovers, found.handover_median_s) == (1, 60)
    assert found.findings == ()
    lost = lost_time([found], WORK)
    assert lost is not None
    assert lost.whole == LostTime(1800, 1800)


def test_a_counter_nobody_closed_is_open_to_closing_time_or_to_the_last_thing_heard() -> None:
    opened = event(e.CounterOpened, at(8))
    assert day(opened).open_s == 7 * 3600
    assert day(opened, until=at(9)).open_s == 3600
    late = day(opened, ticket("A-1", at(14, 50), at(15, 20)))
    assert (minutes(late.open_s), late.closed) == (440, None)
    unknown_hours = Hours(MIDNIGHT, MIDNIGHT + timedelta(days=1))
    assert day(opened, ticket("A-1", at(9), at(10)), hours=unknown_hours, until=at(24)).open_s == 2 * 3600
    assert day(opened, hours=unknown_hours, until=at(20)).open_s == 12 * 3600


def test_where_tickets_alone_tell_nothing_is_claimed_of_what_lies_between_them() -> None:
    both = (ticket("A-1", at(8, 10), at(8, 20)), ticket("A-2", at(9), at(9, 30)))
    found = day(*both, around=Around(((at(8), at(15)),)))
    assert found.inferred
    assert (found.opened, found.closed) == (at(8, 10), at(9, 30))
    assert (minutes(found.open_s), minutes(found.serving_s), found.served) == (80, 40, 2)
    assert (found.idle_s, found.paused, found.utilisation, found.handovers) == (None, None, None, None)
    assert found.findings == ()
    assert lost_time([found], WORK) is None
    assert day(*both, until=at(10)).closed is None


def test_a_counter_nobody_speaks_of_is_unknown_and_one_beside_those_that_speak_did_not_open() -> None:
    unknown = day()
    assert not unknown.known
    assert (unknown.open_s, unknown.served, unknown.paused) == (None, None, None)
    shut = day(spoken=True)
    assert (shut.known, shut.opened, shut.open_s, shut.served) == (True, None, 0, 0)


def test_beside_tickets_without_a_counter_nobody_knows_what_a_counter_served() -> None:
    waited = Around(((at(8), at(15)),))
    open_ = day(event(e.CounterOpened, at(8)), spoken=True, unplaced=True, around=waited)
    assert (open_.known, open_.open_s) == (True, 7 * 3600)
    assert (open_.served, open_.serving_s, open_.idle_s, open_.utilisation) == (None,) * 4
    assert open_.findings == ()
    assert not day(spoken=True, unplaced=True).known
    own = day(event(e.CounterOpened, at(8)), ticket("A-1", at(9), at(10)), unplaced=True)
    assert (own.served, own.utilisation) == (1, 1 / 7)


def test_two_numbers_at_once_are_found_and_an_early_call_is_not() -> None:
    opened = event(e.CounterOpened, at(8))
    found = day(opened, ticket("A-1", at(9), at(9, 20)), ticket("A-2", at(9, 10), at(9, 30)))
    (odd,) = found.findings
    assert (odd.code, odd.count, odd.seconds) == ("two_at_once", 1, 600)
    assert (odd.span, odd.numbers) == ((at(9, 10), at(9, 20)), ("A-1", "A-2"))
    assert minutes(found.serving_s) == 30
    early = ticket("A-2", at(9, 20), at(9, 30), called=at(9, 15))
    assert day(opened, ticket("A-1", at(9), at(9, 20)), early).findings == ()
    assert day(opened, ticket("A-1", at(9), at(9, 20)), ticket("A-2", at(9, 19.1), at(9, 30))).findings == ()
    held = ticket("A-1", at(9), at(9, 20), held=True)
    assert day(opened, held, ticket("A-2", at(9, 10), at(9, 30))).findings == ()


def test_open_without_serving_counts_while_somebody_waited_in_working_hours_alone() -> None:
    opened, served = event(e.CounterOpened, at(8)), ticket("A-1", at(9), at(9, 30))

    def odd(*waited: tuple[datetime, datetime]) -> tuple[float, ...]:
        return tuple(one.seconds / 60 for one in day(opened, served, around=Around(waited)).findings)

    assert odd() == ()
    assert odd((at(8, 30), at(8, 34))) == (), "less than five minutes"
    assert odd((at(8, 30), at(8, 36)), (at(9), at(9, 30)), (at(10), at(10, 20))) == (26,)
    assert odd((at(11, 50), at(13, 10))) == (20,), "not in the agency's break"
    paused = event(e.CounterPaused, at(8), reason="break")
    assert day(paused, around=Around(((at(8), at(12)),))).findings == ()


@pytest.mark.parametrize(("took", "count"), [(29, 0), (31, 1)])
def test_a_service_far_beyond_its_own_history_is_found(took: float, count: int) -> None:
    around = Around(far={"kk": 1800.0})
    found = day(ticket("A-1", at(9), at(9, took)), around=around)
    assert [(one.code, one.numbers) for one in found.findings] == [("long_service", ("A-1",))] * count
    going_on = ticket("A-1", at(9), None, going_on=True)
    assert len(day(going_on, until=at(9, took), around=around).findings) == count
    left_open = day(ticket("A-1", at(9), None), around=around)
    assert [one.code for one in left_open.findings] == ["no_end"], "nobody told when it ended"


def test_a_number_whose_finish_was_never_pressed_does_not_fill_the_day() -> None:
    left = ticket("A-1", at(8, 3), None)
    for far, serving in (({"kk": 1800.0}, 30), ({}, 60)):
        found = day(event(e.CounterOpened, at(8)), left, around=Around(((at(8), at(15)),), far))
        assert (minutes(found.open_s), minutes(found.serving_s)) == (420, serving)
        assert (found.idle_s, found.utilisation, found.served) == (None, None, 0)
        (odd,) = found.findings
        assert (odd.code, odd.count, odd.numbers) == ("no_end", 1, ("A-1",))
        assert minutes(odd.seconds) == 420 - 3 - serving
    next_came = day(event(e.CounterOpened, at(8)), left, ticket("A-2", at(8, 20), at(8, 30)))
    assert (minutes(next_came.serving_s), next_came.findings) == (27, ())
    closed = day(event(e.CounterOpened, at(8)), left, event(e.CounterClosed, at(8, 40)))
    assert (closed.utilisation, closed.findings) == (37 / 40, ())
    there = ticket("A-1", at(8, 3), None, going_on=True)
    assert minutes(day(event(e.CounterOpened, at(8)), there, until=at(11)).serving_s) == 177


def test_what_a_counter_did_while_its_feed_was_silent_is_not_known() -> None:
    told = event(e.CounterOpened, at(8)), ticket("A-1", at(8, 10), at(8, 20)), ticket("A-2", at(9), None)
    around = Around(((at(8), at(15)),), silent=((at(9, 10), at(15)),))
    found = day(*told, around=around)
    assert (minutes(found.open_s), minutes(found.serving_s)) == (70, 20)
    assert (found.idle_s, found.utilisation) == (None, None)
    assert [(one.code, minutes(one.seconds)) for one in found.findings] == [("open_without_serving", 50)]
    # A counter of which nothing was told may have opened meanwhile; what was told afterwards is known.
    assert not day(spoken=True, around=around).known
    late = day(*told, ticket("A-3", at(10), at(10, 30)), around=around)
    assert (minutes(late.open_s), minutes(late.serving_s)) == (420, 100)
    paused = event(e.CounterPaused, at(9), reason="central_system")
    assert day(told[0], paused, around=around).paused == {"central_system": 600}


def test_the_last_word_before_a_silence_and_the_first_after_it_do_not_end_it() -> None:
    """Its ends are when it was noted: the words that made them lie a moment inside."""
    second = timedelta(seconds=1)
    told = (
        event(e.CounterOpened, at(8)),
        ticket("A-1", at(9), at(9, 10) + second),
        ticket("A-2", at(14) - second, at(14, 20)),
    )
    around = Around(((at(8), at(15)),), silent=((at(9, 10), at(14)),))
    found = day(*told, around=around)
    assert (found.open_s, found.idle_s, found.utilisation) == (130 * 60 + 2, None, None)
    unheard = day(spoken=True, around=around)
    assert (unheard.known, unheard.open_s, unheard.idle_s) == (True, 0, None)


def test_a_pause_whose_both_ends_were_told_was_one_while_the_feed_was_silent() -> None:
    paused = event(e.CounterPaused, at(10), reason="network_power")
    around = Around(silent=((at(10), at(11, 20)),))
    found = day(event(e.CounterOpened, at(8)), paused, event(e.CounterResumed, at(11, 25)), around=around)
    assert (found.paused_s, found.open_s, found.idle_s) == (5100, 7 * 3600, 7 * 3600 - 5100)


def test_beside_somebody_on_hold_nobody_knows_how_long_a_counter_served() -> None:
    told = event(e.CounterOpened, at(8)), ticket("A-1", at(8, 10), at(9, 20), held=True)
    elsewhere = event(e.CounterOpened, at(8)), ticket("A-1", at(8, 10), at(9, 20))
    for found in (day(*told), day(*elsewhere, around=Around(held=True)), day(told[1])):
        assert (found.served, found.serving_s, found.idle_s, found.utilisation) == (1, None, None, None)
    assert minutes(day(*told).open_s) == 420


def test_what_is_far_is_judged_by_the_services_own_ratio_and_never_by_a_few() -> None:
    usual = [300.0, 400.0, 500.0, 600.0, 700.0, 800.0] * 10
    bound = far_beyond(usual)
    assert bound is not None
    assert 2 * 547 < bound < 10 * 547
    assert far_beyond([*usual, 40_000.0, 50_000.0]) == pytest.approx(bound, rel=0.2), (
        "not moved by what it seeks"
    )
    assert far_beyond([600.0] * LEAST_HISTORY) == pytest.approx(1200)
    assert far_beyond([600.0] * (LEAST_HISTORY - 1)) is None
    assert far_beyond([600.0] * (LEAST_HISTORY - 1) + [2.0] * 50) is None, "clicks are no service"


def test_lost_time_is_a_union_over_counters_in_working_hours_by_cause() -> None:
    def stopped(begin: datetime, end: datetime, reason: str) -> CounterDay:
        return day(
            event(e.CounterOpened, at(8)),
            event(e.CounterPaused, begin, reason=reason),
            event(e.CounterResumed, end),
        )

    found = lost_time(
        [
            stopped(at(9), at(10), "central_system"),
            stopped(at(9, 30), at(10, 30), "central_system"),
            stopped(at(11, 45), at(12, 30), "network_power"),
            stopped(at(9), at(11), "break"),
        ],
        WORK,
    )
    assert found is not None
    assert found.whole == LostTime(105 * 60, 135 * 60)
    assert found.by_reason == {
        "central_system": LostTime(5400, 7200),
        "network_power": LostTime(15 * 60, 15 * 60),
    }


def test_findings_speak_of_counters_never_of_officers() -> None:
    assert all("officer" not in text for text in FINDINGS.values())
