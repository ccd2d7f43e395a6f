"""An agency's tickets, counters, ratings and findings as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from counters.day import CounterDay
from counters.events import PAUSE_REASONS
from counters.told import Month
from mpp.i18n import Words
from mpp.live.agency_history import after
from mpp.live.agency_ratings import said
from mpp.live.agency_read import reading
from mpp.live.counter_days import counter_days
from mpp.live.counter_past import opened_late
from mpp.measures import registry
from mpp.reports import code_words, finding_words
from mpp.reports.sheets import Column, Value
from mpp.store import agency_legs
from mpp.store.agency_legs import ToldLeg
from queues.quality import faults

if TYPE_CHECKING:
    from mpp.reports.order import Made, Order


def tickets(order: Order) -> Made:
    """Each ticket, by day of issue."""
    return _ticket_columns(order.words), lambda: (_ticket(order, leg) for leg in _legs(order))


def quality(order: Order) -> Made:
    """Each ticket with findings: what is odd, and what would be right."""
    w = order.words
    columns = [
        *_ticket_columns(w)[:8],
        Column(w.text("What is odd"), "text"),
        Column(w.text("What would be right"), "text"),
    ]

    def rows() -> Iterator[Sequence[Value]]:
        for leg in _legs(order):
            codes = leg.findings.split()
            if faults(codes):
                odd = "; ".join(finding_words.finding(code, w) for code in codes)
                right = dict.fromkeys(finding_words.mending(code, w) for code in codes)
                yield [*_ticket(order, leg)[:8], odd, " ".join(text for text in right if text)]

    return columns, rows


def _legs(order: Order) -> Iterator[ToldLeg]:
    """Day by day: no transaction lasts as long as the slowest reader, and no year lies in memory."""
    for day in order.whole.days:
        with order.store.read() as tx:
            found = agency_legs.of_day(tx, order.agency, day)
        yield from found


def _ticket_columns(w: Words) -> list[Column]:
    known = registry(w)
    return [
        Column(w.text("Day"), "day", w.text("Day of issue; of the check-in of a booking.")),
        Column(w.text("Number"), "text"),
        Column(w.text("Service code"), "text"),
        Column(w.text("Priority"), "text"),
        Column(w.text("Counter"), "text"),
        Column(w.text("Taken"), "instant"),
        Column(w.text("Started"), "instant", w.text("The first call where a source reports no start.")),
        Column(w.text("Ended"), "instant"),
        Column(w.text("Checked in"), "instant"),
        Column(w.text("Called"), "instant", w.text("The first call.")),
        Column(w.text("Calls"), "count"),
        Column(w.text("Outcome"), "text", w.text("Empty while the ticket is open.")),
        Column(w.text("Result"), "text"),
        Column(w.text("Due"), "text", w.text("When the case is to be ready, as the source said.")),
        Column(w.text("Sent on"), "text", w.text("To a service of its own, or to another agency.")),
        Column(w.text("Standard (s)"), "seconds", known["promise_s"].formula),
        Column(w.text("Wait (s)"), "seconds", known["wait_mean_s"].formula),
        Column(w.text("Wait in working time (s)"), "seconds", w.text("Stops at breaks and outside hours.")),
        Column(w.text("Within standard"), "flag", known["share"].formula),
        Column(w.text("Service time (s)"), "seconds", known["service_mean_s"].formula),
        Column(w.text("What is odd"), "text"),
    ]


def _ticket(order: Order, leg: ToldLeg) -> list[Value]:
    w = order.words
    return [
        leg.day,
        leg.number,
        leg.service,
        leg.priority,
        leg.counter,
        leg.issued_at,
        leg.start_at,
        leg.ended_at,
        leg.checked_in_at,
        leg.called_at,
        leg.calls,
        code_words.outcome(leg.outcome, w),
        code_words.result(leg.result, w),
        leg.due,
        _sent_on(order, leg),
        leg.promise_s,
        leg.wait_s,
        leg.wait_work_s,
        leg.within,
        leg.service_s,
        "; ".join(finding_words.finding(code, w) for code in leg.findings.split()) or None,
    ]


def _sent_on(order: Order, leg: ToldLeg) -> str | None:
    """Where the ticket was sent on to; not to whom outside: that is another agency's business."""
    if leg.to_agency is not None and leg.to_agency != order.agency:
        return order.words.text("to another agency")
    return leg.to_service if leg.to_agency is not None or leg.to_service is not None else None


def counters(order: Order) -> Made:
    """Each counter's day."""
    w = order.words
    inferred = w.text("Yes: its source tells no states, so they are read from its tickets.")
    columns = [
        Column(w.text("Day"), "day"),
        Column(w.text("Counter"), "text"),
        Column(w.text("Inferred"), "flag", inferred),
        Column(w.text("Planned opening"), "instant", w.text("The agency's hours.")),
        Column(w.text("Opened"), "instant"),
        Column(w.text("Opened late"), "flag", w.text("More than 10 minutes after the planned opening.")),
        Column(w.text("Planned closing"), "instant"),
        Column(w.text("Closed"), "instant"),
        Column(w.text("Open (s)"), "seconds", w.text("Serving, idle and all pauses together.")),
        Column(w.text("Serving (s)"), "seconds"),
        Column(w.text("Idle (s)"), "seconds"),
        *(
            Column(w.text("Paused (s): {reason}", reason=code_words.pause(code, w)), "seconds")
            for code in PAUSE_REASONS
        ),
        Column(w.text("Served"), "count"),
        Column(w.text("Mean service time (s)"), "seconds"),
        Column(w.text("Median hand-over (s)"), "seconds", w.text("From one ticket's end to the next call.")),
        Column(w.text("Utilisation"), "share", w.text("Serving / (open - paused).")),
    ]

    def rows() -> Iterator[Sequence[Value]]:
        with reading(order.store) as (_, judge):
            today = judge.day(order.now)
        for day in order.whole.days:
            if day > today:
                return
            with order.store.read() as tx:
                found = counter_days(tx, judge, [order.agency], day, order.now).get(order.agency)
            for one in found.counters if found else ():
                if one.known:
                    yield _counter(day, one)

    return columns, rows


def _counter(day: date, one: CounterDay) -> list[Value]:
    paused = one.paused
    return [
        day,
        one.counter,
        one.inferred,
        one.planned_open,
        one.opened,
        opened_late(one),
        one.planned_close,
        one.closed,
        one.open_s,
        one.serving_s,
        one.idle_s,
        *(None if paused is None else paused.get(code, 0.0) for code in PAUSE_REASONS),
        one.served,
        one.service_mean_s,
        one.handover_median_s,
        one.utilisation,
    ]


def ratings(order: Order) -> Made:
    """The answers by whole calendar month: counts in rows of their own, then comments."""
    w = order.words
    whole = w.text("Whole calendar months, also where only some of their days were asked for.")
    hidden = w.text("Empty: not told, so that nobody can be recognised. Faces and reasons: once complete.")
    columns = [
        Column(w.text("First day"), "day", whole),
        Column(w.text("Last day"), "day"),
        Column(w.text("What"), "text"),
        Column(w.text("Answers"), "count", hidden),
        Column(w.text("Share"), "share", w.text("Of all answers told.")),
        Column(w.text("95 % from"), "share", w.text("Wilson's interval of the share.")),
        Column(w.text("95 % to"), "share"),
        Column(w.text("Comment"), "text", w.text("In no order; of answers about no unofficial fee.")),
    ]

    def rows() -> Iterator[Sequence[Value]]:
        with reading(order.store) as (tx, _):
            found = said(tx, order.agency, order.first, order.last)
        for one in found:
            yield from _said(one, w)

    return columns, rows


def _said(one: Month, w: Words) -> Iterator[list[Value]]:
    days: list[Value] = [one.first, after("month", one.first) - timedelta(days=1)]
    told, interval = one.opinion, one.opinion.interval or (None, None)
    yield [*days, w.text("All answers"), told.n, None, None, None, None]
    yield [*days, w.text("Satisfied"), None, told.share, *interval, None]
    if one.complete:
        for score, count in told.faces().items():
            yield [*days, code_words.face(score, w), count, None, None, None, None]
        for code, count in told.named().items():
            if count != 0:
                yield [*days, code_words.reason(code, w), count, None, None, None, None]
    for batch in one.batches:
        for comment in batch.comments:
            yield [*days, w.text("Comment"), None, None, None, None, comment]
