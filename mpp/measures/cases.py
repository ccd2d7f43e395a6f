"""Definitions of the figures of a case desk."""

from __future__ import annotations

from typing import Final

from mpp.i18n import Words
from mpp.measures.measure import Measure

CASES: Final = ("cases_open", "cases_overdue", "cases_completed", "cases_on_time")
"""Keys of the figures of a case desk."""


def desk(w: Words) -> tuple[Measure, ...]:
    """What lies on a desk, and how it is kept."""
    return (
        Measure(
            "cases_open",
            "period",
            "cases",
            w.text("Open cases"),
            w.text("Files taken in that are neither completed nor refused, however old."),
            w.text("A case that its ticket alone tells of, where a case event tells of the same number."),
        ),
        Measure(
            "cases_overdue",
            "period",
            "cases",
            w.text("Overdue cases"),
            w.text(
                "Open cases beyond the day or time they were due: the one told for them, else by the "
                "service's published time, in working days or working minutes. A day ends at closing."
            ),
            w.text("Cases without a due, of services that have none published."),
        ),
        Measure(
            "cases_completed",
            "period",
            "cases",
            w.text("Cases completed today"),
            w.text("Cases completed on this day of the mall's zone, collected by now or not."),
            w.text("Refused cases."),
        ),
        Measure(
            "cases_on_time",
            "period",
            "share",
            w.text("On time this month"),
            w.text(
                "Cases completed this month within their due / (all completed this month + those overdue and "
                "open now). What lies late counts as late, so that leaving it never makes the share better."
            ),
            w.text(
                "Refused cases, cases without a due, and cases collected after it whose completion nobody "
                "told."
            ),
        ),
    )
