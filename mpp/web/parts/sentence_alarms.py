"""What an agency's sentence says when somebody must act: nobody serves, or people wait too long."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from mpp.i18n import Words
from mpp.live.unserved import nobody_serves, unserved_since
from mpp.web.parts.desk import Desk
from mpp.web.parts.sentence_words import (
    Sentence,
    late,
    lever,
    longest,
    people,
    sentence_case,
    since,
    staffing,
)
from mpp.web.parts.tile import reason
from queues.lines import Line

LAST: Final = datetime.max.replace(tzinfo=UTC)


def not_opened(desk: Desk, words: Words) -> Sentence | None:
    one = desk.agency
    shut = desk.counters and len(desk.in_state("not_opened")) == len(desk.counters)
    shut = shut and not one.estimate and not one.day.started and one.hours == "open"
    if one.state != "not_opened" and not shut:
        return None
    due = one.since if one.state == "not_opened" and one.since is not None else desk.own.opens
    if due is None:
        text = words.text("No counter of yours is open yet.")
    else:
        text = words.text(
            "Your booth was to open at {time} and no counter is open yet.", time=words.time(due, desk.zone)
        )
    if one.state == "not_opened" and one.reason == "nobody_pressed":
        text += " " + words.text("Nobody has pressed a counter button today.")
    state = "not_opened" if one.state == "not_opened" else "filling"
    if not desk.missed:
        return Sentence(state, text, word="not_opened")
    text += " " + sentence_case(longest(desk, words)) + "."
    return Sentence(state, text, one.longest_since, "not_opened")


def paused(desk: Desk, words: Words) -> Sentence | None:
    one = desk.agency
    if one.state != "paused":
        return None
    why, when = reason(one.reason, words), since(one.since, desk, words)
    if why:
        text = words.text("Service is paused{since} because of: {why}.", since=when, why=why)
    else:
        text = words.text("Service is paused{since}.", since=when)
    if desk.missed is None:
        return Sentence("paused", text)
    if not desk.missed:
        return Sentence("paused", f"{text} {sentence_case(words.text('nobody waiting'))}.")
    who = people(desk.missed, words)
    if any(action.taken for action in desk.actions if action.ended is None):
        text += " " + words.text("{people} still waiting; tell them when it goes on.", people=who)
    else:
        text += " " + words.text("{people} still waiting and not told when it goes on.", people=who)
    return Sentence("paused", text)


def nobody_serving(desk: Desk, words: Words) -> Sentence | None:
    one = desk.agency
    if not desk.missed or not nobody_serves(one, desk.counters):
        return None
    waiting = people(desk.missed, words)
    text = words.text(
        "{people} waiting, but no counter serves{since}.",
        people=waiting,
        since=since(_unserved_since(desk), desk, words),
    )
    could = lever(desk, words)
    if could:
        text += " " + sentence_case(words.text("{text}.", text=could))
    return Sentence("over", text, word="unserved")


def _unserved_since(desk: Desk) -> datetime | None:
    for action in desk.actions:
        if action.rule == "nobody_serving" and action.ended is None:
            return action.since
    return unserved_since(desk.agency, desk.counters, desk.own.begun)


def priority(desk: Desk, words: Words) -> Sentence | None:
    known = [s.line for s in desk.services if s.line is not None]
    lines = [x for x in known if _late_priority(x) > 0 and x.priority_longest_from is not None]
    if not lines:
        return None
    n = sum(_late_priority(line) for line in lines)
    first = min(lines, key=lambda line: (line.priority_longest_from or LAST, line.priority_number or ""))
    text = words.plural(
        "{n} priority visitor waits beyond the standard, {ago}.",
        "{n} priority visitors wait beyond the standard, longest {ago}.",
        n,
        ago="{ago}",
    )
    if first.priority_number:
        text += " " + words.text("Take {number} first.", number=first.priority_number)
    return Sentence("over", text, first.priority_longest_from)


def _late_priority(line: Line) -> int:
    """Its priority visitors beyond their promise, forgotten tickets aside."""
    return (line.over_priority or 0) - line.over_forgotten_priority


def over(desk: Desk, words: Words) -> Sentence | None:
    n = late(desk)
    if not n or desk.agency.estimate:
        return None
    lines = [
        (s, s.line)
        for s in desk.services
        if s.line is not None and (s.line.over or 0) > s.line.over_forgotten
    ]
    promises = sorted({s.promise_s // 60 for s, _ in lines if s.promise_s is not None})
    who = people(n, words)
    if not promises:
        text = words.text(
            "Beyond the standard: {people} waiting longer than their service promises", people=who
        )
    else:
        minutes = "–".join(words.number(m) for m in dict.fromkeys((promises[0], promises[-1])))
        text = words.text(
            "Beyond the standard: {people} waiting longer than {m} minutes", people=who, m=minutes
        )
    known = [line for _, line in lines if line.longest_from is not None]
    first = min(known, key=lambda line: line.longest_from or LAST, default=None)
    if first is not None:
        number = first.longest_number or words.text("one without a number")
        text = words.text("{text}, longest {number} ({ago})", text=text, number=number, ago="{ago}")
    return Sentence("over", f"{text}.{staffing(desk, words)}", first.longest_from if first else None)


def unfinished(desk: Desk, words: Words) -> Sentence | None:
    for action in desk.actions:
        what = action.what
        if (
            action.rule == "unfinished"
            and action.ended is None
            and what.waiting
            and what.serving
            and what.due
            and what.closes_at
        ):
            text = words.text(
                "With {counters} {people} will be done about {due}; service closes at {closes}.",
                counters=words.plural("{n} counter", "{n} counters", what.serving),
                people=people(what.waiting, words),
                due=words.time(what.due, desk.zone),
                closes=words.time(what.closes_at, desk.zone),
            )
            could = lever(desk, words)
            more = " " + sentence_case(words.text("{text}.", text=could)) if could else ""
            return Sentence("filling", text + more, word="")
    return None
