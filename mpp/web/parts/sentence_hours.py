"""What an agency's sentence says outside its hours, in its break, and where nobody knows."""

from __future__ import annotations

from typing import Final

from mpp.i18n import Words
from mpp.web.parts.desk import Desk
from mpp.web.parts.sentence_words import (
    Sentence,
    late,
    opens,
    people_waiting,
    result,
    sentence_case,
    serving,
    since,
    staffing,
)
from mpp.web.parts.tile import RESTS

OUT_OF_HOURS: Final = ("before", "closed", "shut", "holiday")
BREAKS: Final = ("break", "friday_prayer")


def nothing(desk: Desk, words: Words) -> Sentence | None:
    if desk.services or desk.counters:
        return None
    return Sentence(
        "silent",
        words.text("No services and counters are described for your agency yet. Ask the mall's manager."),
        word="",
    )


def unscheduled(desk: Desk, words: Words) -> Sentence | None:
    one = desk.agency
    if one.state != "unscheduled":
        return None
    if desk.missed and not desk.stale:
        text = words.text(
            "Your booth is not scheduled today, but {waiting}.", waiting=people_waiting(desk.missed, words)
        )
        return Sentence("filling", text + staffing(desk, words), word="unscheduled")
    if one.hours == "holiday" or desk.mall_state == "holiday":
        name = one.reason or desk.mall_reason
        text = words.text("Holiday today: {name}.", name=name) if name else words.text("Holiday today.")
    else:
        text = words.text("Your booth is not scheduled today.")
    return Sentence("unscheduled", text + opens(desk, words))


def before(desk: Desk, words: Words) -> Sentence | None:
    one = desk.agency
    if one.state != "closed" or one.hours != "before":
        return None
    if one.opens_at is None:
        text = words.text("Your service has not started yet.")
    else:
        text = words.text("Your service starts at {time}.", time=words.time(one.opens_at, desk.zone))
    if desk.stale:
        # A machine that was switched on late is no news; one that told of people and stopped is.
        return Sentence("closed", f"{text} {_no_news(desk, words)}" if desk.missed else text)
    if desk.missed:
        text += " " + words.text("Already {waiting}.", waiting=people_waiting(desk.missed, words))
    return Sentence("closed", text + _readiness(desk, words))


def _readiness(desk: Desk, words: Words) -> str:
    ready = desk.in_state("serving", "ready", "unattended", "paused")
    if ready:
        return " " + words.plural("{n} counter is open.", "{n} counters are open.", len(ready))
    if desk.counters and not desk.in_state("unknown") and not desk.agency.day.started:
        return " " + words.text("No counter is open yet.")
    return ""


def closed(desk: Desk, words: Words) -> Sentence | None:
    one = desk.agency
    if one.state != "closed":
        return None
    early = one.hours not in OUT_OF_HOURS
    told = _brought(desk, words)
    if desk.missed and not desk.stale:
        text = words.text("Closed, but {waiting}.", waiting=people_waiting(desk.missed, words))
        return Sentence("filling", f"{text} {told}", word="closed")
    if early:
        text = words.text("All your counters are closed{since}.", since=since(one.since, desk, words))
        return Sentence("closed", f"{text} {told}")
    return Sentence("closed", told)


def _brought(desk: Desk, words: Words) -> str:
    """What the day brought, as far as that is known."""
    one, told = desk.agency, result(desk, words)
    if one.estimate:
        return words.text("What the day brought is not known: your system tells no tickets.")
    if not told and one.data == "never":
        return words.text("What the day brought is not known: your queue system has never sent news.")
    if not told and (desk.stale or not desk.told):
        when = since(one.data_at, desk, words)
        return words.text("What the day brought is not known: no news{since}.", since=when)
    if not told:
        return words.text("No number was taken today.")
    return f"{_no_news(desk, words)} {told}" if desk.stale else told


def silent(desk: Desk, words: Words) -> Sentence | None:
    one = desk.agency
    if one.state != "silent":
        return None
    if one.data == "never" or one.data_at is None:
        return Sentence(
            "silent",
            words.text(
                "Your queue system has never sent news, so nobody knows who waits. Ask the mall's manager "
                "to connect it."
            ),
        )
    stale = words.text("The figures below are the last ones, not those of now.")
    if not desk.told:
        stale = words.text("Nothing is known of today.")
    return Sentence("silent", f"{_no_news(desk, words)} {stale}")


def _no_news(desk: Desk, words: Words) -> str:
    """That the news ended: since when, why, and who waited then."""
    one = desk.agency
    when = since(one.data_at, desk, words)
    if one.data == "failing":
        return words.text("Your queue system cannot be read{since}.", since=when)
    if one.data == "paused":
        return words.text("Reading your queue system is paused{since}.", since=when)
    then = one.data_at is not None and one.data_at.astimezone(desk.zone).date() == desk.day
    if not desk.missed or not then:
        return words.text("Your queue system has sent no news{since}.", since=when)
    waiting = people_waiting(desk.missed, words)
    return words.text(
        "Your queue system has sent no news{since}, with {waiting} then.", since=when, waiting=waiting
    )


def resting(desk: Desk, words: Words) -> Sentence | None:
    """The agency's own break, in which nobody is missed: but not where something else made it stop."""
    one = desk.agency
    if one.hours not in BREAKS or one.state == "not_opened" or (desk.serving and late(desk)):
        return None
    if one.state == "paused" and one.reason not in RESTS:
        return None
    until = desk.own.until
    if one.hours == "friday_prayer":
        text = (
            words.text("Friday prayer")
            if until is None
            else words.text("Break for Friday prayer until {time}", time=words.time(until, desk.zone))
        )
    else:
        text = (
            words.text("Break")
            if until is None
            else words.text("Break until {time}", time=words.time(until, desk.zone))
        )
    # Where some go on no wait is told beside its standard: that stands still in the break.
    serve = f" {sentence_case(serving(desk, words))}." if desk.serving else ""
    if desk.missed is None:
        return Sentence("resting", f"{text}.{serve}")
    if not desk.missed:
        return Sentence("resting", f"{text}; {words.text('nobody waiting')}.{serve}")
    n = late(desk)
    waiting = people_waiting(desk.missed, words)
    if n:
        return Sentence(
            "resting",
            words.text(
                "{rest}; {waiting}, {n} of them beyond the standard.",
                rest=text,
                waiting=waiting,
                n=words.number(n),
            ),
        )
    return Sentence("resting", f"{text}; {waiting}.{serve}")
