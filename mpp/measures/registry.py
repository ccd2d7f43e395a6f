"""The registry: what every figure is called, how it is computed, what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mpp.i18n import Words
from mpp.measures import cases, counter_days, now, today
from mpp.measures.measure import Measure

PERIOD: Final = (
    "issued",
    "served",
    "no_show",
    "left",
    "cancelled",
    "unresolved",
    "wait_mean_s",
    "wait_p50_s",
    "wait_p90_s",
    "wait_p95_s",
    "service_mean_s",
    "share",
)
"""Keys of the figures of a day or a longer period, in the order they are shown."""


def registry(words: Words) -> Mapping[str, Measure]:
    """Every figure by key, with its texts in the language of ``words``."""
    kinds = (
        (_counts, _durations, _share),
        (today.flow, today.outcome),
        (now.people, now.house, now.counters, now.data, now.rows, now.answers),
        (cases.desk,),
        (counter_days.times, counter_days.tickets, counter_days.oddities),
    )
    made = (measure for kind in kinds for define in kind for measure in define(words))
    return MappingProxyType({measure.key: measure for measure in made})


def _counts(w: Words) -> tuple[Measure, ...]:
    nothing = w.text("Nothing.")
    return (
        Measure(
            "issued",
            "period",
            "tickets",
            w.text("Numbers taken"),
            w.text(
                "Tickets by the day they were issued in the mall's time zone. A ticket sent on to another "
                "service counts once in each."
            ),
            w.text("Rows in quarantine: they could not be read."),
        ),
        Measure(
            "served",
            "period",
            "tickets",
            w.text("Served"),
            w.text(
                "Tickets whose service ended, whatever the result; where a source reports no end, those "
                "that reached the last step it reports."
            ),
            nothing,
        ),
        Measure(
            "no_show",
            "period",
            "tickets",
            w.text("No-show"),
            w.text("Tickets that were called and nobody came."),
            w.text("Visitors who came back later and were served."),
        ),
        Measure(
            "left",
            "period",
            "tickets",
            w.text("Left before service"),
            w.text("Tickets whose visitor walked away before the service, as the source reports it."),
            w.text("Visitors who left unnoticed: they are a no-show, or unresolved at closing."),
        ),
        Measure(
            "cancelled",
            "period",
            "tickets",
            w.text("Cancelled"),
            w.text("Tickets called off or sent on before the service, or deleted by the source."),
            nothing,
        ),
        Measure(
            "unresolved",
            "period",
            "tickets",
            w.text("Unresolved at closing"),
            w.text("Tickets still open when the grace period after closing ended."),
            w.text("Tickets whose end the source reported later."),
        ),
    )


def _durations(w: Words) -> tuple[Measure, ...]:
    unknown = w.text(
        "Tickets whose service did not start, whose issue is not known, or whose start lies more than 10 "
        "seconds before the issue."
    )
    wait = w.text(
        "From issue or check-in to the service start (the first call where a source reports no start), in "
        "clock time. A start up to 10 seconds before the issue is a wait of 0."
    )
    ranked = w.text("Linear interpolation between the two nearest waits (type 7).")
    named = (
        ("wait_mean_s", w.text("Mean wait"), w.text("Sum of the waits / their number.")),
        ("wait_p50_s", w.text("Median wait"), w.text("Half of the visitors waited no longer.")),
        ("wait_p90_s", w.text("Wait of 90 %"), w.text("Nine visitors in ten waited no longer.")),
        ("wait_p95_s", w.text("Wait of 95 %"), w.text("95 visitors in 100 waited no longer.")),
    )
    waits = (
        Measure(
            key,
            "period",
            "seconds",
            name,
            f"{formula} {wait}" if key == "wait_mean_s" else f"{formula} {ranked} {wait}",
            unknown,
        )
        for key, name, formula in named
    )
    service = Measure(
        "service_mean_s",
        "period",
        "seconds",
        w.text("Mean service time"),
        w.text("From service start to end at the counter without time on hold; sum / number."),
        w.text("Tickets not served, and those without a reported start or end, or ending before the start."),
    )
    return (*waits, service)


def _share(w: Words) -> tuple[Measure, ...]:
    return (
        Measure(
            "share",
            "period",
            "share",
            w.text("Share within standard"),
            w.text(
                "Service starts with a wait within the standard / (all service starts + every other ticket "
                "that waited beyond it to its end, its first call or now). Judged in working time, which "
                "stops at breaks and outside hours, by the standard that was valid that day."
            ),
            w.text("Services without a standard, and waits that are not known."),
        ),
    )
