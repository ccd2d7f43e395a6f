"""Definitions of the figures of a counter's day (:mod:`counters.day`)."""

from __future__ import annotations

from typing import Final

from mpp.i18n import Words
from mpp.measures.measure import Measure

COUNTER_DAY: Final = (
    "counter_open_s",
    "counter_serving_s",
    "counter_idle_s",
    "counter_paused_s",
    "counter_served",
    "counter_service_s",
    "counter_handover_s",
    "counter_utilisation",
    "counter_lost_s",
    "counter_two_at_once",
    "counter_open_without_serving_s",
    "counter_long_service",
    "counter_no_end",
)
"""Keys of the figures of a counter's day."""


def times(w: Words) -> tuple[Measure, ...]:
    """What a counter did with its day."""
    inferred = w.text(
        "Counters whose source tells tickets only, that put somebody on hold, or whose feed was silent: what "
        "they did in between is not known."
    )
    return (
        Measure(
            "counter_open_s",
            "period",
            "seconds",
            w.text("Counter open"),
            w.text(
                "Serving + ready + paused. From when the counter was told to be at work, or its first "
                "number, to its closing; without one to the agency's closing, or the last thing heard of it "
                "where that is later. Inferred from numbers: first call to last end."
            ),
            w.text("Counters nobody tells anything of, and time in which their feed was silent."),
        ),
        Measure(
            "counter_serving_s",
            "period",
            "seconds",
            w.text("Counter serving"),
            w.text("Time with a number at the counter, from its call to its end; two at once count once."),
            w.text(
                "Time after a pause or closing that was reported while the number was there; not known of "
                "counters that put somebody on hold."
            ),
        ),
        Measure(
            "counter_idle_s",
            "period",
            "seconds",
            w.text("Counter ready"),
            w.text("Open, not paused, no number at the counter."),
            inferred,
        ),
        Measure(
            "counter_paused_s",
            "period",
            "seconds",
            w.text("Counter paused"),
            w.text("Reported pauses by reason, without what was served in them."),
            inferred,
        ),
        Measure(
            "counter_utilisation",
            "period",
            "share",
            w.text("Counter in use"),
            w.text("Serving / (open - paused)."),
            inferred,
        ),
        Measure(
            "counter_lost_s",
            "period",
            "seconds",
            w.text("Time lost to causes outside the agency"),
            w.text(
                "Time in the agency's working hours in which at least one counter was paused for the central "
                "system, the network or the power; counter time adds these pauses up over the counters."
            ),
            w.text("Agencies whose counters do not tell their pauses."),
        ),
    )


def tickets(w: Words) -> tuple[Measure, ...]:
    """What was served at a counter."""
    return (
        Measure(
            "counter_served",
            "period",
            "tickets",
            w.text("Served at the counter"),
            w.text("Tickets of the day whose service ended at this counter, whatever the result."),
            w.text("Tickets whose counter the source does not tell."),
        ),
        Measure(
            "counter_service_s",
            "period",
            "seconds",
            w.text("Service time at the counter"),
            w.text("From service start to end without time on hold: mean and median of the counter's day."),
            w.text("Tickets not served, and those without a known start or end."),
        ),
        Measure(
            "counter_handover_s",
            "period",
            "seconds",
            w.text("Hand-over"),
            w.text(
                "Median of the gaps between the end of a number and the call of the next at the same "
                "counter, where that visitor waited already and the counter was open and not paused "
                "meanwhile."
            ),
            w.text(
                "Gaps in which nobody it called next had come yet, and counters inferred from numbers or "
                "with somebody on hold."
            ),
        ),
    )


def oddities(w: Words) -> tuple[Measure, ...]:
    """What is odd about a counter's day: of the counter and its keys, never of a person."""
    return (
        Measure(
            "counter_two_at_once",
            "period",
            "tickets",
            w.text("Two numbers at once"),
            w.text("Services that ran at one counter beside another for a minute or more."),
            w.text("Numbers put on hold, and those without a reported start or end."),
        ),
        Measure(
            "counter_open_without_serving_s",
            "period",
            "seconds",
            w.text("Open without serving"),
            w.text(
                "Stretches of 5 minutes or more in which the counter was open, not paused and without a "
                "number while somebody it serves waited."
            ),
            w.text(
                "Breaks of the agency, forgotten numbers, time in which the feed was silent, and counters "
                "inferred from numbers."
            ),
        ),
        Measure(
            "counter_long_service",
            "period",
            "tickets",
            w.text("Far longer than usual"),
            w.text(
                "Services that took longer than 3.5 robust standard deviations (median absolute deviation of "
                "the logarithms) above the median of the same service in the 28 days before, and at least "
                "twice that median."
            ),
            w.text("Services with fewer than 30 known service times in those days."),
        ),
        Measure(
            "counter_no_end",
            "period",
            "tickets",
            w.text("Finish not pressed"),
            w.text(
                "Numbers whose end was never reported and after which no next one came for longer than is "
                "far beyond usual for the service (1 hour where nothing is usual). They count as serving so "
                "long and no longer; ready and in use are not known that day."
            ),
            w.text("The number that is at the counter now."),
        ),
    )
