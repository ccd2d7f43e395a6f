"""Findings of tickets and of what could not be read, in words: what is odd, and how to mend it."""

from __future__ import annotations

from mpp.i18n import Words


def finding(code: str, w: Words) -> str:
    """What is odd about a ticket (queues.quality.FINDINGS)."""
    known = {**_of_times(w), **_of_steps(w)}
    return known[code][0] if code in known else code


def mending(code: str, w: Words) -> str:
    """What would be right."""
    known = {**_of_times(w), **_of_steps(w)}
    return known[code][1] if code in known else ""


def _of_times(w: Words) -> dict[str, tuple[str, str]]:
    press_end = w.text("Press finish as soon as the visitor leaves the counter.")
    clock = w.text("Set the clocks of ticket machine and counter to the same time.")
    live = w.text("Press call, start and finish while you serve, not afterwards.")
    return {
        "absurd_service": (w.text("Served for more than 4 hours"), press_end),
        "absurd_wait": (
            w.text("Waited for more than 8 hours"),
            w.text("Close numbers nobody answers as no-show on the same day."),
        ),
        "back_filled": (w.text("Issue, start and end at the same second"), live),
        "crosses_midnight": (
            w.text("Begun on one day, ended on another"),
            w.text("Close all numbers before the counter closes."),
        ),
        "end_before_start": (w.text("Ended before it started"), clock),
        "end_missing": (
            w.text("Time of the end missing"),
            w.text("Let the queue system send when each ticket ended."),
        ),
        "ghost": (w.text("Called, started and finished within one second"), live),
        "instant_service": (
            w.text("Served for less than 10 seconds"),
            w.text("Close a number nobody answers as no-show, not as finished."),
        ),
        "issue_missing": (
            w.text("Time of issue missing"),
            w.text("Let the queue system send when each number was taken."),
        ),
        "start_before_issue": (w.text("Started before the number was taken"), clock),
        "start_missing": (
            w.text("Finished without a start"),
            w.text("Press start, or call the number, before finishing it."),
        ),
    }


def _of_steps(w: Words) -> dict[str, tuple[str, str]]:
    order = w.text("Press call, start and finish in that order.")
    new = w.text("Give each visitor a number of its own and do not use one twice.")
    return {
        "after_end": (w.text("Reported again after its end"), order),
        "forgotten": (
            w.text("Passed over by later numbers"),
            w.text("Call it, or close it as no-show."),
        ),
        "issued_again": (w.text("Number issued twice"), new),
        "moved": (
            w.text("Service changed without a transfer"),
            w.text("Send a visitor on with the transfer button."),
        ),
        "no_show_in_service": (
            w.text("No-show after the service had started"),
            w.text("Finish a service that took place; no-show is for numbers nobody answers."),
        ),
        "not_checked_in": (
            w.text("Booking served without check-in"),
            w.text("Check bookings in when their holder arrives."),
        ),
        "out_of_order": (w.text("Steps in an order that cannot be"), order),
        "returned": (
            w.text("Came back after a no-show"),
            w.text("Nothing to mend: this tells of the visitor."),
        ),
        "served_without_counter": (
            w.text("Served, counter not known"),
            w.text("Sign the officer in at the counter, so that the system sends its code."),
        ),
        "withdrawn": (
            w.text("Deleted in the queue system"),
            w.text("Cancel a number instead of deleting it."),
        ),
    }


def advice(reason: str, w: Words) -> str:
    """What would be right where something could not be read."""
    known = {
        "unknown_service": w.text(
            "Ask the administrator to add the service, or send the code the monitor knows."
        ),
        "unknown_counter": w.text(
            "Ask the administrator to add the counter, or send the code the monitor knows."
        ),
        "too_old": w.text("Send events within 7 days; older ones come by an import of a file."),
        "too_far_ahead": w.text("Set the clock of the queue system."),
        "bad_time": w.text("Send times with date and zone, like 2026-11-23T09:14:05+07:00."),
    }
    other = w.text("Show this to whoever looks after the queue system; the administrator sees the details.")
    return known.get(reason, other)
