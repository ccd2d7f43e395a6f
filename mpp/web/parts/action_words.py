"""What the rows of *Perlu tindakan* say: what happens, what can be done, who deals with it.

Every function is pure and looks at no clock: times passed are counted by the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from mpp.i18n import Words
from mpp.i18n import words as words_of
from mpp.live.model import ActionNow, Board, Condition, Taken
from mpp.web.parts.fragment import markup
from mpp.web.parts.letters import width
from mpp.web.parts.live import since
from mpp.web.parts.tile import reason

NOTE_CHARS, WHO_CHARS = 34, 18
"""Longer notes and takers are cut short on a wall; numbers never are."""
NAMED: Final = 3
"""So many counters are named, the others counted."""
APART: Final = Markup("\N{NO-BREAK SPACE}· ")
"""Between what a row's second line tells: no line begins with it."""


def filled(template: str, **values: object) -> Markup:
    """A text as HTML: everything in it is escaped but values that are Markup themselves."""
    return escape(template).format(**values)


def rule_words(rule: str, words: Words) -> str:
    """A rule in a few words."""
    known: dict[str, Callable[[], str]] = {
        "not_opened": lambda: words.text("not open yet"),
        "nobody_serving": lambda: words.text("no counter serves"),
        "priority": lambda: words.text("priority beyond standard"),
        "system": lambda: words.text("service disturbed"),
        "over": lambda: words.text("beyond standard"),
        "unfinished": lambda: words.text("not finished before closing"),
        "ratings": lambda: words.text("ratings dropped"),
        "integrity": lambda: words.text("integrity report"),
        "silent": lambda: words.text("no news"),
    }
    return known[rule]()


def sentence(action: ActionNow, zone: ZoneInfo, words: Words, room: float | None = None) -> Markup:
    """What happens, with its number against the standard; what it is alone where the number is not
    known: it is over, or just does not hold. Of several names each has so much ``room``, in em (None:
    enough)."""
    if action.ended is not None or not _told(action.what):
        return escape(rule_words(action.rule, words))
    if action.what.names:
        return _unconnected(action.what.names, words, room)
    says: dict[str, Callable[[Condition, ZoneInfo, Words], Markup]] = {
        "not_opened": _not_opened,
        "nobody_serving": _nobody_serving,
        "priority": _priority,
        "system": _system,
        "over": _over,
        "unfinished": _unfinished,
        "ratings": _ratings,
        "integrity": _integrity,
        "silent": _silent,
    }
    return says[action.rule](action.what, zone, words)


def _told(what: Condition) -> bool:
    if what.rule in {"nobody_serving", "system", "unfinished"}:
        return what.waiting is not None
    if what.rule in {"priority", "over", "integrity"}:
        return what.over is not None
    return what.rule != "ratings" or None not in (what.over, what.waiting)


def _ago(at: datetime | None) -> Markup:
    return since(at) if at is not None else Markup("")


def _not_opened(what: Condition, zone: ZoneInfo, words: Words) -> Markup:
    if what.due is None:
        return escape(rule_words(what.rule, words))
    due = words.time(what.due, zone)
    return filled(
        words.text("not open yet, due at {due} ({ago})", due=due, ago="{ago}"),
        ago=_ago(what.due),
    )


def _nobody_serving(what: Condition, zone: ZoneInfo, words: Words) -> Markup:
    n = words.number(what.waiting)
    if what.since is None:
        return escape(words.text("{n} waiting, no counter serves", n=n))
    at = words.time(what.since, zone)
    return escape(words.text("{n} waiting, no counter serves since {time}", n=n, time=at))


def _priority(what: Condition, _zone: ZoneInfo, words: Words) -> Markup:
    n = what.over or 0
    if what.longest_since is None or what.promise_s is None:
        text = words.plural(
            "{n} priority visitor waits beyond the standard",
            "{n} priority visitors wait beyond the standard",
            n,
        )
        return escape(text)
    standard = words.number(what.promise_s // 60)
    if n == 1:
        text = words.text("1 priority visitor waits {ago} (standard {m})", ago="{ago}", m=standard)
    else:
        text = words.text(
            "{n} priority visitors wait, longest {ago} (standard {m})",
            n=words.number(n),
            ago="{ago}",
            m=standard,
        )
    return filled(text, ago=_ago(what.longest_since))


def _system(what: Condition, zone: ZoneInfo, words: Words) -> Markup:
    why = reason(what.reason, words) or rule_words(what.rule, words)
    n = words.number(what.waiting)
    if what.since is None:
        return escape(words.text("paused, {why}. {n} waiting", why=why, n=n))
    at = words.time(what.since, zone)
    return escape(words.text("paused since {time}, {why}. {n} waiting", time=at, why=why, n=n))


def _over(what: Condition, _zone: ZoneInfo, words: Words) -> Markup:
    n = what.over or 0
    if what.promise_s is None:
        text = words.plural("{n} person beyond standard", "{n} people beyond standard", n)
    else:
        standard = words.minutes(what.promise_s)
        text = words.plural("{n} person beyond {m}", "{n} people beyond {m}", n, m=standard)
    if what.longest_since is None:
        return escape(text)
    return filled(
        words.text("{people}, longest {ago}", people="{people}", ago="{ago}"),
        people=text,
        ago=_ago(what.longest_since),
    )


def _unfinished(what: Condition, zone: ZoneInfo, words: Words) -> Markup:
    n = what.waiting or 0
    if what.due is None or what.closes_at is None:
        return escape(
            words.plural("{n} person not done before closing", "{n} people not done before closing", n)
        )
    text = words.plural(
        "{n} person expected to be done at {due}, closing is {closes}",
        "{n} people expected to be done at {due}, closing is {closes}",
        n,
        due=words.time(what.due, zone),
        closes=words.time(what.closes_at, zone),
    )
    return escape(text)


def _ratings(what: Condition, _zone: ZoneInfo, words: Words) -> Markup:
    low, n = words.number(what.over), words.number(what.waiting)
    return escape(words.text("{low} of the last {n} ratings are low", low=low, n=n))


def _integrity(what: Condition, _zone: ZoneInfo, words: Words) -> Markup:
    return escape(words.plural("{n} integrity report", "{n} integrity reports", what.over or 0))


def _silent(what: Condition, zone: ZoneInfo, words: Words) -> Markup:
    if what.since is None:
        return escape(rule_words(what.rule, words))
    last = words.time(what.since, zone)
    if what.source and (what.waiting or 0) > 1:
        text = words.text(
            "{n} agencies without news for {ago}. Last figures {time}",
            n=words.number(what.waiting),
            ago="{ago}",
            time=last,
        )
    else:
        text = words.text("no news for {ago}. Last figures {time}", ago="{ago}", time=last)
    return filled(text, ago=_ago(what.since))


def _unconnected(names: Sequence[str], words: Words, room: float | None) -> Markup:
    """Agencies that never sent anything, the first ones by name. What a style sheet cuts short ends in a
    gap, which no comma may follow; so it is done here."""
    text = words.plural(
        "{n} agency has never sent news: {names}",
        "{n} agencies have never sent news: {names}",
        len(names),
        names="{names}",
    )
    some = [name if room is None else _short_of(name, room) for name in names[:NAMED]]
    shown = Markup(", ").join(markup('<span class="act-name">{}</span>', name) for name in some)
    more = f", +{len(names) - NAMED}" if len(names) > NAMED else ""
    return filled(text, names=shown + more)


def _short_of(name: str, room: float) -> str:
    """So much of a name as has room."""
    if width(name) <= room:
        return name
    end = next(end for end in range(len(name) - 1, -1, -1) if not end or width(f"{name[:end]}…") <= room)
    return f"{name[:end].rstrip()}…"


def lever(action: ActionNow, board: Board, words: Words) -> str:
    """What can be done, or what is in the way; empty when only a call helps."""
    what = action.what
    if action.ended is not None:
        return ""
    if action.rule == "priority" and what.number:
        return words.text("call {number} first", number=what.number)
    if action.rule == "nobody_serving":
        why = reason(what.reason, words)
        return words.text("counters paused: {why}", why=why) if why else ""
    if action.rule == "over":
        return _resting(what, board, words) or _counters(what, words)
    if action.rule == "unfinished" and what.serving:
        return words.plural("{n} counter serving", "{n} counters serving", what.serving)
    if action.rule == "integrity":
        return words.text("for the manager and the inspectorate only")
    if action.rule == "silent":
        return _source(action, board, words)
    return ""


def _resting(what: Condition, board: Board, words: Words) -> str:
    """That the agency has its break, and which and until when where it is the mall's: no counter is
    missing then. Where officers take turns the mall's break is not the agency's."""
    agency = next((one for one in board.agencies if one.code == what.agency), None)
    if agency is None or agency.state != "paused" or agency.reason not in {"break", "prayer"}:
        return ""
    until = None if board.mall_until is None else words.time(board.mall_until, ZoneInfo(board.zone))
    if until is None or agency.hours != board.mall_state:
        return reason(agency.reason, words)
    if board.mall_state == "friday_prayer":
        return words.text("Friday prayer until {time}", time=until)
    if board.mall_state == "break":
        return words.text("break until {time}", time=until)
    return reason(agency.reason, words)


def _counters(what: Condition, words: Words) -> str:
    parts = []
    if what.planned:
        serving, planned = words.number(what.serving), words.number(what.planned)
        parts.append(words.text("{serving} of {planned} counters serving", serving=serving, planned=planned))
    if what.unattended:
        parts.append(
            words.plural(
                "counter {names} without officer",
                "counters {names} without officer",
                len(what.unattended),
                names=_names(what.unattended),
            )
        )
    if what.shut:
        parts.append(
            words.plural(
                "counter {names} not opened",
                "counters {names} not opened",
                len(what.shut),
                names=_names(what.shut),
            )
        )
    return "; ".join(parts)


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(_short(name) for name in names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown}, +{len(names) - NAMED}"


def _short(name: str) -> str:
    """ "Loket 6" is 6 where the word stands before it."""
    head, _, tail = name.rpartition(" ")
    return tail if tail and head.lower() in {"loket", "counter"} else name


def _source(action: ActionNow, board: Board, words: Words) -> str:
    """The feed to look after, unless its name is what the row begins with."""
    what = action.what
    names = [
        source.name
        for source in board.sources
        if source.code == what.source
        or (what.agency in source.agencies and source.state in {"silent", "failing"})
    ]
    others = [name for name in names if name != action.name]
    return words.text("source: {name}", name=others[0]) if others else ""


def who(action: ActionNow, words: Words, lead: str = "") -> str:
    """Whom to call, shorter beside a lever (``lead``) or what was done. Empty where nobody is known."""
    if not action.extension:
        return ""
    if not lead and action.taken is None:
        told = words.text("coordinator ext. {number}", number=action.extension)
    else:
        told = words.text("ext. {number}", number=action.extension)
    return told.replace("ext. ", "ext.\N{NO-BREAK SPACE}", 1)


def notes(w: Words) -> tuple[str, ...]:
    """What people say most when they take a row."""
    return (
        w.text("officer on the way"),
        w.text("called by phone"),
        w.text("announced"),
        w.text("being repaired"),
    )


def said(note: str, words: Words) -> str:
    """A note in the reader's language, when it is one that was offered."""
    for locale in ("id", "en"):
        offered = notes(words_of(locale))
        if note in offered:
            return notes(words)[offered.index(note)]
    return note


def handling(action: ActionNow, zone: ZoneInfo, words: Words) -> Markup:
    """Who took it, and what became of it."""
    parts = []
    if action.ended is not None:
        over = words.text("over at {time}", time=words.time(action.ended, zone))
        parts.append(markup("<b>{}</b>", over))
    if action.taken is not None:
        parts.append(_taken(action.taken, zone, words))
    elif action.ended is None:
        free = words.text("nobody has taken it") if action.kept else words.text("not on record yet")
        parts.append(markup("<b>{}</b>", free))
    return APART.join(parts)


def _taken(taken: Taken, zone: ZoneInfo, words: Words) -> Markup:
    at = words.time(taken.at, zone)
    # In front of visitors neither what somebody wrote nor who did is shown.
    said_so = words.text("Taken {time}:", time=at) if taken.note else words.text("Taken {time}", time=at)
    told = [markup("<b>{}</b>", said_so)]
    if taken.note:
        told.append(span("act-note", said(taken.note, words), NOTE_CHARS))
    if taken.until is not None:
        # live.js marks it once that instant has passed: the view itself does not look at the clock.
        until = markup(
            '<span class="act-until" data-until="{}">{}<b class="act-past">, {}</b></span>',
            round(taken.until.timestamp() * 1000),
            words.text("until {time}", time=words.time(taken.until, zone)),
            words.text("passed"),
        )
        told[-1] += ","
        told.append(until)
    if taken.who:
        told.append(markup("({})", span("act-who", taken.who, WHO_CHARS)))
    return Markup(" ").join(told)


def span(class_name: str, text: str, most: int) -> Markup:
    """A foreign text; one of more than ``most`` characters is cut short on a wall."""
    return markup('<span class="{}">{}</span>', class_name + " cut" * (len(text) > most), text)
