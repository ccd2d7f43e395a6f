"""Definitions of the figures of this instant."""

from __future__ import annotations

from typing import Final

from mpp.i18n import Words
from mpp.measures.measure import Measure

NOW: Final = (
    "agencies_open",
    "agencies_not_opened",
    "waiting",
    "longest_wait_s",
    "over",
    "excess_s",
    "load",
    "promise_s",
    "counters_serving",
    "counters_planned",
    "counters_paused",
    "counters_unattended",
    "counters_not_opened",
    "counters_unheard",
    "counters_closed",
    "desk_elapsed_s",
    "sources_live",
    "data_age_s",
    "forgotten",
    "unknown_numbers",
    "actions",
    "low_ratings",
    "fee_reports",
)
"""Keys of the figures of this instant."""


def people(w: Words) -> tuple[Measure, ...]:
    """Who waits, and how long."""
    silent = w.text("Agencies without news.")
    forgotten = w.text("Agencies without news, and forgotten tickets (overtaken by five later ones).")
    no_standard = w.text("Agencies without news, services without a standard, and tickets already called.")
    return (
        Measure(
            "waiting",
            "now",
            "tickets",
            w.text("Waiting"),
            w.text("Tickets whose service has not started, called or not."),
            silent,
        ),
        Measure(
            "longest_wait_s",
            "now",
            "seconds",
            w.text("Longest wait"),
            w.text("Clock time since issue or check-in of the uncalled ticket that waits longest."),
            forgotten,
        ),
        Measure(
            "over",
            "now",
            "tickets",
            w.text("Beyond standard"),
            w.text("Waiting, uncalled tickets whose working-time wait exceeds the standard now."),
            no_standard,
        ),
        Measure(
            "excess_s",
            "now",
            "seconds",
            w.text("Time beyond standard"),
            w.text("Sum of the working time by which those tickets exceed the standard."),
            forgotten,
        ),
        Measure(
            "load",
            "now",
            "share",
            w.text("Fill of the tile's bar"),
            w.text("The highest working-time wait / standard among the services."),
            forgotten,
        ),
        Measure(
            "promise_s",
            "now",
            "seconds",
            w.text("Standard of a service"),
            w.text(
                "The longest wait in working time that the service promises: its service standard where a "
                "decree sets one, else the mall's own target."
            ),
            w.text("The shorter standard for priority visitors."),
        ),
    )


def house(w: Words) -> tuple[Measure, ...]:
    """Agencies and their data."""
    return (
        Measure(
            "agencies_open",
            "now",
            "agencies",
            w.text("Agencies open"),
            w.text("Agencies scheduled today that opened a counter and have not closed."),
            w.text("Agencies without news, and those not scheduled today."),
        ),
        Measure(
            "agencies_not_opened",
            "now",
            "agencies",
            w.text("Agencies not open yet"),
            w.text("Agencies scheduled today without an open counter 10 minutes after their opening."),
            w.text("Agencies without news, paused ones, and those whose hours are not known."),
        ),
        Measure(
            "sources_live",
            "now",
            "agencies",
            w.text("Agencies with live data"),
            w.text("Agencies scheduled today all of whose required sources report in time."),
            w.text("Agencies not scheduled today."),
        ),
    )


def counters(w: Words) -> tuple[Measure, ...]:
    """What the counters do."""
    silent = w.text("Agencies without news.")
    return (
        Measure(
            "counters_serving",
            "now",
            "counters",
            w.text("Counters serving"),
            w.text("Counters with a visitor, and open ones for which nobody waits."),
            w.text("Agencies without news; counters paused, closed, or open with nobody at them."),
        ),
        Measure(
            "counters_planned",
            "now",
            "counters",
            w.text("Counters planned"),
            w.text("Counters the description plans for today; where it names no number, all it lists."),
            w.text("Agencies not scheduled today."),
        ),
        Measure(
            "counters_paused",
            "now",
            "counters",
            w.text("Counters paused"),
            w.text("Counters that reported a pause today and have not resumed."),
            w.text("Agencies without news; pauses for want of an officer, which count as without officer."),
        ),
        Measure(
            "counters_unattended",
            "now",
            "counters",
            w.text("Counters without officer"),
            w.text(
                "Open counters that had no visitor for 5 minutes while somebody they serve waits, and "
                "counters paused because no officer is there."
            ),
            silent,
        ),
        Measure(
            "counters_not_opened",
            "now",
            "counters",
            w.text("Counters not opened"),
            w.text("Counters that did not open today although their agency's hours have begun."),
            w.text("Agencies without news, and counters of which nobody tells whether they are open."),
        ),
        Measure(
            "counters_unheard",
            "now",
            "counters",
            w.text("Counters without news"),
            w.text(
                "Counters planned today of which nobody tells anything: at agencies whose sources are "
                "silent, and beside those that readings count."
            ),
            w.text("Agencies not scheduled today."),
        ),
        Measure(
            "counters_closed",
            "now",
            "counters",
            w.text("Counters closed"),
            w.text("Counters planned today that reported their closing, or whose agency's hours are over."),
            w.text("Agencies without news."),
        ),
        Measure(
            "desk_elapsed_s",
            "now",
            "seconds",
            w.text("Time at the counter"),
            w.text("Clock time since the service start, or since the call while nobody has sat down."),
            w.text("Agencies without news."),
        ),
    )


def data(w: Words) -> tuple[Measure, ...]:
    """What the figures are drawn from."""
    return (
        Measure(
            "data_age_s",
            "now",
            "seconds",
            w.text("Age of the data"),
            w.text(
                "Time since the worst of the agency's required sources last reported, if with nothing new."
            ),
            w.text("Sources the agency can do without."),
        ),
        Measure(
            "forgotten",
            "now",
            "tickets",
            w.text("Forgotten tickets"),
            w.text(
                "Tickets that wait 10 minutes or longer and were overtaken by five later ones of their "
                "class: most of their holders have left. They count as waiting and beyond standard, but "
                "not in the longest wait, and give an agency no colour."
            ),
            w.text("Agencies without news."),
        ),
        Measure(
            "unknown_numbers",
            "now",
            "tickets",
            w.text("Numbers of unknown services"),
            w.text("Tickets of today in quarantine because their service or counter is not described."),
            w.text("Rows in quarantine for another reason."),
        ),
    )


def rows(w: Words) -> tuple[Measure, ...]:
    """What asks for somebody."""
    return (
        Measure(
            "actions",
            "now",
            "rows",
            w.text("Needs action"),
            w.text(
                "States that ask for somebody and have held for 2 minutes, whether or not somebody takes "
                "care. A row stays 2 minutes after its state ended."
            ),
            w.text("Rows whose state is over."),
        ),
    )


def answers(w: Words) -> tuple[Measure, ...]:
    """What visitors' answers call for."""
    return (
        Measure(
            "low_ratings",
            "now",
            "answers",
            w.text("Low answers among the last ones"),
            w.text(
                "Answers of 1 and 2 (of 4) about an agency in its last groups of 5 answers, those of the "
                "last hour."
            ),
            " ".join(
                (
                    w.text("Agencies where they are not many more than in the rest of the day."),
                    w.text(
                        "With no answers before the last hour: agencies with fewer than 7 low ones of 10."
                    ),
                )
            ),
        ),
        Measure(
            "fee_reports",
            "now",
            "answers",
            w.text("Integrity reports"),
            w.text("Answers of today saying that a fee beyond the official tariff was asked for."),
            w.text(
                "The agency. No screen shows them until people sign in by name: they are for the manager and "
                "the inspectorate."
            ),
        ),
    )
