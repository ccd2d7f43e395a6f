"""The parts that an agency's sentence is put together from: people, counters, names, levers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mpp.i18n import Words
from mpp.live.model import CounterNow, Day
from mpp.web.parts.desk import Desk
from mpp.web.parts.tile import reason

NAMED = 3
"""So many counters or tickets are named, the others counted."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said: ``text`` with ``{ago}`` where the time passed since ``since`` stands, counted by the
    browser; ``state`` is how it looks, a state of an agency, "resting" or "quality". ``word`` is the
    state that is read out where it is not the one it looks like: such a state, "unserved", or empty for
    none."""

    state: str
    text: str
    since: datetime | None = None
    word: str | None = None


def sentence_case(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def people(n: int, words: Words) -> str:
    """So many people."""
    return words.plural("{n} person", "{n} people", n)


def people_waiting(n: int, words: Words) -> str:
    """So many people wait."""
    return words.plural("{n} person waiting", "{n} people waiting", n)


def plain(counter: CounterNow) -> str | None:
    """ "Loket 5" is 5 among counters; None for one with a name of its own."""
    head, _, tail = counter.name.rpartition(" ")
    return tail if tail and head.lower() in {"loket", "counter"} else None


def listed(names: Sequence[str], words: Words) -> str:
    """Names in a row: "5", "5 dan 6", "5, 6, dan 7", of more the first ones and how many others."""
    if len(names) > NAMED:
        more = words.number(len(names) - NAMED + 1)
        return words.text("{names}, and {n} others", names=", ".join(names[: NAMED - 1]), n=more)
    if len(names) == 2:
        return words.text("{a} and {b}", a=names[0], b=names[1])
    if len(names) == 3:
        return words.text("{a}, {b}, and {c}", a=names[0], b=names[1], c=names[2])
    return names[0]


def named(counters: Sequence[CounterNow], words: Words) -> str:
    """Counters by name: "loket 5 dan 6", or their own names."""
    short = [plain(counter) for counter in counters]
    known = [name for name in short if name is not None]
    if len(known) < len(short):
        return listed([counter.name for counter in counters], words)
    # One text for one counter and one for several: English says so.
    if len(known) == 1:
        return words.text("counter {name}", name=known[0])
    return words.text("counters {names}", names=listed(known, words))


def serving(desk: Desk, words: Words) -> str:
    """Which part of the counters serves; empty where nobody tells."""
    if not desk.agency.serving_known:
        return ""
    n, of = desk.serving, None if "unknown" in desk.agency.counters else desk.agency.planned
    if not n and of != 1:
        return words.text("no counter serving")
    if of is None or n > of:
        return words.plural("{n} counter serving", "{n} counters serving", n)
    if of == 1:
        return words.text("the counter is serving") if n else words.text("the counter is not serving")
    if n == of:
        return words.plural("all {n} counters serving", "all {n} counters serving", n)
    return words.text("{n} of {all} counters serving", n=words.number(n), all=words.number(of))


def lever(desk: Desk, words: Words) -> str:
    """Which counter could serve and does not, the easiest to change first; empty where none is known."""
    alone = desk.in_state("unattended")
    if alone:
        names = named(alone, words)
        if len(alone) == 1:
            return words.text("{counter} is open without an officer", counter=names)
        return words.text("{counters} are open without an officer", counters=names)
    shut = desk.in_state("not_opened")
    if shut:
        names = named(shut, words)
        if len(shut) == 1:
            return words.text("{counter} is not open yet", counter=names)
        return words.text("{counters} are not open yet", counters=names)
    paused = desk.in_state("paused")
    return _paused(paused, words) if paused else ""


def _paused(paused: Sequence[CounterNow], words: Words) -> str:
    why = {counter.reason for counter in paused}
    said = reason(why.pop(), words) if len(why) == 1 else ""
    names = named(paused, words)
    if len(paused) == 1:
        if said:
            return words.text("{counter} is paused ({why})", counter=names, why=said)
        return words.text("{counter} is paused", counter=names)
    if said:
        return words.text("{counters} are paused ({why})", counters=names, why=said)
    return words.text("{counters} are paused", counters=names)


def staffing(desk: Desk, words: Words) -> str:
    """Which part of the counters serves and which one could, as a sentence of its own with a space
    before it: " 5 dari 8 loket melayani; loket 6 buka tanpa petugas." """
    now, could = serving(desk, words), lever(desk, words)
    if not now and not could:
        return ""
    if now and could:
        return " " + sentence_case(words.text("{now}; {could}.", now=now, could=could))
    if could:
        return " " + sentence_case(words.text("{text}.", text=could))
    planned = None if "unknown" in desk.agency.counters else desk.agency.planned
    if planned is not None and 1 <= desk.serving <= planned // 2:
        n, of = words.number(desk.serving), words.number(planned)
        return " " + words.text("Only {n} of {all} counters serving.", n=n, all=of)
    return " " + sentence_case(words.text("{text}.", text=now))


def opens(desk: Desk, words: Words) -> str:
    """When it opens next, as a sentence of its own with a space before it; empty where not known."""
    at = desk.agency.opens_at
    if at is None:
        return ""
    local = at.astimezone(desk.zone).date()
    time = words.time(at, desk.zone)
    if local == desk.day:
        return " " + words.text("It opens at {time}.", time=time)
    day = words.weekday(local) if (local - desk.day).days < 7 else words.date(local)
    return " " + words.text("It opens again {day} {time}.", day=day, time=time)


def since(at: datetime | None, desk: Desk, words: Words) -> str:
    """ " sejak 09.22", or nothing where it is not known; with the day where that is not today."""
    if at is None:
        return ""
    time = words.time(at, desk.zone)
    if at.astimezone(desk.zone).date() != desk.day:
        return " " + words.text(
            "since {day} {time}", day=words.date(at.astimezone(desk.zone).date()), time=time
        )
    return " " + words.text("since {time}", time=time)


def result(desk: Desk, words: Words) -> str:
    """What the day brought: numbers served, not come, not served; the share within the promise beside
    that of the same weekday last week."""
    day = desk.agency.day
    if not day.issued:
        return ""
    served, all_ = words.number(day.served), words.number(day.issued)
    told = words.text("Today {served} of {all} tickets were served", served=served, all=all_)
    if desk.stale:
        told = words.text(
            "As far as is known {served} of today's {all} tickets were served", served=served, all=all_
        )
    parts = [told]
    unserved = day.issued - day.served - day.no_show - day.left - day.cancelled
    for n, text in (
        (day.no_show, words.text("{n} did not come", n=words.number(day.no_show))),
        (day.left, words.text("{n} left", n=words.number(day.left))),
        (day.cancelled, words.text("{n} cancelled", n=words.number(day.cancelled))),
        (max(0, unserved), words.text("{n} not served", n=words.number(max(0, unserved)))),
    ):
        if n:
            parts.append(text)
    return ", ".join(parts) + "." + shares(day, desk, words)


def shares(day: Day, desk: Desk, words: Words) -> str:
    """The share within the promise, with a space before it; empty while nothing is judged."""
    if day.share is None:
        return ""
    share = words.number(day.share * 100)
    if desk.own.week_ago is None:
        return " " + words.text("{share} percent served within the standard.", share=share)
    return " " + words.text(
        "{share} percent served within the standard (last {weekday} {before} percent).",
        share=share,
        weekday=words.weekday(desk.day),
        before=words.number(desk.own.week_ago * 100),
    )


def late(desk: Desk) -> int:
    """People beyond their promise now, forgotten tickets aside."""
    return max(0, (desk.agency.over or 0) - desk.agency.over_forgotten)


def longest(desk: Desk, words: Words) -> str:
    """Who waits, how long, and against which promise: "6 orang menunggu, paling lama {ago} (standar 30)"."""
    one = desk.agency
    waiting = people_waiting(desk.missed or 0, words)
    if one.longest_since is None:
        return waiting
    service = next((s for s in desk.services if s.code == one.longest_service), None)
    if service is None or service.promise_s is None:
        return words.text("{waiting}, longest {ago} (no standard set)", waiting=waiting, ago="{ago}")
    return words.text(
        "{waiting}, longest {ago} (standard {m})",
        waiting=waiting,
        ago="{ago}",
        m=words.number(service.promise_s // 60),
    )
