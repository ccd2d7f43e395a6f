"""Definitions of figures of the day so far that a summary does not have."""

from __future__ import annotations

from typing import Final

from mpp.i18n import Words
from mpp.measures.measure import Measure

TODAY: Final = ("incomplete", "arrived", "completed", "typical_day", "satisfied")
"""Keys of the figures of the day so far that stand beside those of PERIOD."""


def flow(w: Words) -> tuple[Measure, ...]:
    """What came, went, and usually does."""
    no_tickets = w.text("Agencies that publish their state without tickets.")
    return (
        Measure(
            "arrived",
            "period",
            "tickets",
            w.text("Arrivals per quarter hour"),
            w.text("Tickets by the quarter hour of their issue, or of the check-in of a booking."),
            no_tickets,
        ),
        Measure(
            "completed",
            "period",
            "tickets",
            w.text("Completions per quarter hour"),
            w.text("Tickets served by the quarter hour in which the service ended."),
            no_tickets,
        ),
        Measure(
            "typical_day",
            "period",
            "tickets",
            w.text("Typical day"),
            w.text(
                "The median of each quarter hour over the last 8 same weekdays with complete data, at least "
                "4, within 16 weeks. A day is complete when the mall was open and at least three quarters as "
                "many agencies had tickets as on the best of those days."
            ),
            w.text("Days on which the mall was shut, and days with incomplete data."),
        ),
    )


def outcome(w: Words) -> tuple[Measure, ...]:
    """How visitors left."""
    return (
        Measure(
            "incomplete",
            "period",
            "tickets",
            w.text("File incomplete"),
            w.text("Tickets served with the result that papers were missing: the visitor must come back."),
            w.text("Tickets whose source reports no result."),
        ),
        Measure(
            "satisfied",
            "period",
            "share",
            w.text("Satisfied visitors"),
            w.text("Answers of 3 (satisfied) and 4 (very satisfied) / answers of the day that are counted."),
            w.text(
                "Agencies without news. Of each source the answers about an agency that do not yet fill a "
                "group of 5: one alone would tell what one visitor said."
            ),
        ),
    )
