"""What an agency's sentence says while it serves and nobody waits beyond the promise."""

from __future__ import annotations

from mpp.i18n import Words
from mpp.live.model import ServiceNow
from mpp.web.parts.desk import Desk
from mpp.web.parts.sentence_words import (
    Sentence,
    lever,
    listed,
    longest,
    people,
    result,
    sentence_case,
    serving,
    since,
    staffing,
)

AT_ONCE_LEAST, AT_ONCE_SOME, AT_ONCE_SHARE = 5, 0.2, 0.5
"""So many of today's tickets, and such a share of them, told all their steps within one second: then the
sentence says of how many the wait is known, and from the second share on that it is not."""


def quota(desk: Desk, words: Words) -> Sentence | None:
    if desk.agency.state != "quota_used":
        return None
    text = words.text("Today's quota is used")
    if not desk.missed:
        told = result(desk, words)
        return Sentence("quota_used", f"{text}. {told}".rstrip())
    text = f"{text}; {longest(desk, words)}."
    return Sentence("quota_used", text + staffing(desk, words), desk.agency.longest_since)


def filling(desk: Desk, words: Words) -> Sentence | None:
    if desk.agency.state != "filling" or not desk.missed:
        return None
    full = max((s for s in desk.services if s.line and s.line.load), key=_load, default=None)
    line = full.line if full else None
    start = words.text("Filling up")
    alone = line is not None and line.priority_waiting == 0 and line.longest_from is not None
    if (
        full is None
        or line is None
        or not alone
        or full.promise_s is None
        or line.load is None
        or line.load >= 1
    ):
        text = f"{start}: {longest(desk, words)}."
        return Sentence("filling", text + staffing(desk, words), desk.agency.longest_since)
    left = max(1, round((1 - line.load) * full.promise_s / 60))
    text = words.plural(
        "{start}: {number} has waited {ago} and is beyond the standard in {n} minute.",
        "{start}: {number} has waited {ago} and is beyond the standard in {n} minutes.",
        left,
        start=start,
        number=line.longest_number or words.text("one without a number"),
        ago="{ago}",
    )
    could = lever(desk, words)
    more = " " + sentence_case(words.text("{text}.", text=could)) if could else staffing(desk, words)
    return Sentence("filling", text + more, line.longest_from)


def _load(service: ServiceNow) -> float:
    return service.line.load or 0.0 if service.line else 0.0


def estimate(desk: Desk, words: Words) -> Sentence | None:
    if not desk.agency.estimate:
        return None
    if desk.agency.waiting is None:
        text = words.text("How many wait is not known: your system has not told it.")
    elif not desk.agency.waiting:
        text = words.text("Nobody waiting, as your system tells.")
    else:
        text = words.text(
            "About {people} waiting, as your system tells; since when is not known.",
            people=people(desk.agency.waiting, words),
        )
    now = serving(desk, words)
    more = " " + sentence_case(words.text("{text}.", text=now)) if now else ""
    return Sentence("calm", text + more, word="")


def unknown(desk: Desk, words: Words) -> Sentence | None:
    if desk.missed is not None:
        return None
    text = words.text("How many wait is not known: your system has not told it.")
    return Sentence("silent", text + staffing(desk, words), word="")


def last_ticket(desk: Desk, words: Words) -> Sentence | None:
    if desk.mall_state != "last_ticket" or desk.agency.hours != "open":
        return None
    # The mall's time is not that of an agency that serves longer.
    if desk.own.closes is not None and desk.mall_closes is not None and desk.own.closes > desk.mall_closes:
        return None
    text = words.text("No more numbers are issued{since}", since=since(desk.last_ticket, desk, words))
    if not desk.missed:
        return Sentence("calm", f"{text}; {words.text('nobody waiting')}.{staffing(desk, words)}", word="")
    text = f"{text}; {longest(desk, words)}.{staffing(desk, words)}"
    return Sentence("calm", text, desk.agency.longest_since, "")


def at_once(desk: Desk, words: Words) -> Sentence | None:
    n, all_ = desk.own.at_once, desk.agency.day.issued
    if n < AT_ONCE_LEAST or n < AT_ONCE_SHARE * all_ or n > all_:
        return None
    return Sentence(
        "quality",
        words.text(
            "Today's waiting time cannot be computed: {n} of {all} tickets were called and finished in "
            "the same second.",
            n=words.number(n),
            all=words.number(all_),
        ),
    )


def forgotten(desk: Desk, words: Words) -> Sentence | None:
    lost = [number for s in desk.services if s.line for number in s.line.forgotten]
    if not desk.agency.forgotten:
        return None
    text = words.plural("{n} ticket seems forgotten", "{n} tickets seem forgotten", desk.agency.forgotten)
    names = [number for number in lost if number]
    if names:
        text = words.text("{text} ({numbers})", text=text, numbers=listed(names, words))
    text = words.text("{text}: later numbers were called. Call or cancel them.", text=text)
    if not desk.missed:
        return Sentence("calm", f"{text}{staffing(desk, words)}", word="")
    return Sentence("calm", f"{text} {sentence_case(longest(desk, words))}.", desk.agency.longest_since, "")


def quiet(desk: Desk, words: Words) -> Sentence | None:
    if desk.missed or desk.agency.day.issued:
        return None
    text = words.text("No visitors yet today.")
    if desk.serving:
        ready = words.plural(
            "{n} counter is ready to serve.", "{n} counters are ready to serve.", desk.serving
        )
        return Sentence("calm", f"{text} {ready}", word="")
    return Sentence("calm", text + staffing(desk, words), word="")


def calm(desk: Desk, words: Words) -> Sentence:
    now = serving(desk, words)
    if desk.missed:
        text, at = longest(desk, words), desk.agency.longest_since
    else:
        text, at = words.text("nobody waiting"), None
    told = f"{sentence_case(text)}; {now}." if now else f"{sentence_case(text)}."
    if desk.agency.bar is None:
        return Sentence("calm", told + _known_of(desk, words), at, "")
    return Sentence("calm", words.text("Calm.") + " " + told + _known_of(desk, words), at)


def _known_of(desk: Desk, words: Words) -> str:
    """Of how many of today's tickets the wait is known, where it is not of too many."""
    n, all_ = desk.own.at_once, desk.agency.day.issued
    if n < AT_ONCE_LEAST or n < AT_ONCE_SOME * all_ or n > all_:
        return ""
    known, of = words.number(all_ - n), words.number(all_)
    return " " + words.text("The wait can be computed for {n} of {all} tickets.", n=known, all=of)
