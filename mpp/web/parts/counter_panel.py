"""The panel of one counter's buttons: markup of what an officer sees and may press now.

Without a script every group is a form of its own; assets/counter.js sends the same fields without
loading the page anew. The script shows and enables groups by ``data-press``, so all are drawn always.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from counters.buttons import ENDS
from counters.events import PAUSE_REASONS
from mpp.i18n import Words
from mpp.live.counter_desk import Desk
from mpp.live.press import WALK_IN
from mpp.mall.model import Mall
from mpp.web.plain import button, el, field, join

KEYS: Mapping[str, str] = {
    "open": "B",
    "next": "N",
    "start": "M",
    "recall": "P",
    "no_show": "T",
    "resume": "L",
    "close": "U",
    "break": "I",
    "prayer": "S",
    "central_system": "G",
    "network_power": "R",
    "out_of_forms": "H",
    "quota_used": "K",
    "no_officer": "O",
    "meeting": "A",
    "other": "Y",
    **{end: str(n) for n, end in enumerate(ENDS, 1)},
}
"""The key of each button, the same in every language."""


def reasons(words: Words) -> dict[str, str]:
    """Why a counter pauses (words.md section 4)."""
    names = (
        words.text("Break"),
        words.text("Prayer"),
        words.text("Central system down"),
        words.text("Network or power down"),
        words.text("Forms or supplies used up"),
        words.text("Daily quota used up"),
        words.text("No officer"),
        words.text("Meeting or assembly"),
        words.text("Something else"),
    )
    return dict(zip(PAUSE_REASONS, names, strict=True))


def ends(words: Words) -> dict[str, str]:
    """How a service ends (words.md section 4)."""
    names = (
        words.text("Done on the spot"),
        words.text("File accepted, in progress"),
        words.text("File incomplete, come back"),
        words.text("Consultation or information"),
        words.text("Referred to …"),
        words.text("Refused"),
        words.text("Cancelled at their request"),
        words.text("Not possible (disruption)"),
    )
    return dict(zip(ENDS, names, strict=True))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a panel is drawn from: the desk ``now``, its mall, and ``due``, the promised day of a file
    accepted now."""

    desk: Desk
    mall: Mall
    words: Words
    now: datetime
    due: str | None = None


def panel(seen: Seen, press: str) -> Markup:
    """The panel; ``press`` is the id of the press made on it without a script."""
    desk, words, now = seen.desk, seen.words, seen.now
    can = desk.booth.possible() if desk.source else frozenset[str]()
    hidden = [el("input", type="hidden", name="id", value=press)]
    hidden.append(el("input", type="hidden", name="seen", value=desk.booth.mark))
    walk_in = not desk.booth.waiting and desk.booth.walk_ins
    return el(
        "div",
        el("div", _state(seen), _ticket(seen), class_="desk-now card"),
        el(
            "div",
            _main(desk, words, can, hidden, walk_in=walk_in),
            _ends(seen, can, hidden),
            _pauses(words, can, hidden),
            class_="desk-presses",
        ),
        _lines(seen),
        id="desk",
        class_="desk",
        data_mark=desk.booth.mark,
        data_now=now.isoformat(),
        data_next=_next(desk, walk_in=walk_in),
        data_state=desk.booth.state,
        data_version=version(desk),
    )


def _next(desk: Desk, *, walk_in: bool) -> str:
    """Whom a next is pressed for (mpp.live.press.Press.next): a press means who was shown on it."""
    if walk_in:
        return WALK_IN
    return desk.next.name if desk.next else ""


def version(desk: Desk) -> str:
    """The same for desks that are drawn the same, but for the minutes that pass: those tick in the
    browser."""
    drawn = (desk.booth, desk.since, desk.reason, desk.note, desk.served, desk.lines, desk.next, desk.source)
    return hashlib.blake2b(repr(drawn).encode(), digest_size=8).hexdigest()


def _state(seen: Seen) -> Markup:
    desk, words, mall = seen.desk, seen.words, seen.mall
    names = {"open": words.text("Open"), "paused": words.text("Paused"), "closed": words.text("Closed")}
    if desk.booth.state == "open":
        step = desk.booth.at.state if desk.booth.at else ""
        doing = {"serving": words.text("Serving"), "called": words.text("Calling")}
        name = doing.get(step, words.text("Ready"))
    else:
        name = names[desk.booth.state]
    why = reasons(words).get(desk.reason or "", "")
    if desk.note:
        why = f"{why}: {desk.note}"
    since = desk.since
    told = since and words.text("since {time}", time=words.time(since, mall.zone))
    marks = {"open": "●", "paused": "▲", "closed": "■"}
    return el(
        "p",
        el("span", marks[desk.booth.state], aria_hidden="true", class_="sign"),
        el("strong", name, id="desk-state"),
        why and el("span", why, class_="why"),
        told and el("span", told, class_="since"),
        el(
            "span",
            words.plural("{n} served today", "{n} served today", desk.served),
            class_="served",
        ),
        class_=f"desk-state {desk.booth.state}",
    )


def _ticket(seen: Seen) -> Markup:
    desk, words, now = seen.desk, seen.words, seen.now
    at = desk.booth.at
    if at is None:
        told = words.text("Nobody is at the counter.")
        if desk.booth.state == "closed":
            told = words.text("The counter is closed.")
        elif desk.booth.state == "paused":
            told = words.text("The counter is paused.")
        return el("div", el("p", told, class_="nobody"), class_="desk-ticket")
    service = desk.agency.service(at.service)
    doing = words.text("called") if at.state == "called" else words.text("being served")
    return el(
        "div",
        el("p", at.number or "–", class_="number"),
        el("p", service.name if service else at.service, class_="service"),
        el(
            "p",
            doing,
            " · ",
            el("time", words.minutes((now - at.since).total_seconds()), data_since=at.since.isoformat()),
            class_="elapsed",
        ),
        class_="desk-ticket",
    )


def _press(
    text: str, what: str, can: frozenset[str] | bool, key: str, *, small: str = "", kind: str = "second"
) -> Markup:
    enabled = can if isinstance(can, bool) else what in can
    return button(
        join((el("span", text, class_="text"), small and el("small", small), el("kbd", KEYS[key]))),
        kind=kind,
        name="press",
        value=what,
        type="submit",
        data_press=what,
        data_key=KEYS[key].lower(),
        aria_keyshortcuts=KEYS[key],
        disabled=not enabled,
    )


def _form(name: str, hidden: list[Markup], *children: Any, **attributes: Any) -> Markup:
    return el("form", hidden, children, method="post", data_group=name, **attributes)


def _main(desk: Desk, words: Words, can: frozenset[str], hidden: list[Markup], *, walk_in: bool) -> Markup:
    leading = next((one for one in ("open", "resume", "next", "start") if one in can), "")

    def made(text: str, what: str, small: str = "") -> Markup:
        return _press(text, what, can, what, small=small, kind="first" if what == leading else "second")

    following = desk.next.number if desk.next else None
    small = following or (words.text("without a number") if walk_in else words.text("nobody waits"))
    services = [(s.code, s.name) for s in desk.agency.services if s.code in desk.services]
    choice = None
    if walk_in and len(services) > 1:
        options = [el("option", name, value=code) for code, name in services]
        choice = el(
            "div",
            el("label", words.text("Service of the next visitor"), for_="walk-in"),
            el("select", options, name="service", id="walk-in"),
            class_="field walk-in",
        )
    return el(
        "section",
        el("h2", words.text("Counter"), class_="unseen"),
        _form(
            "main",
            [*hidden, el("input", type="hidden", name="next", value=_next(desk, walk_in=walk_in))],
            choice,
            el(
                "div",
                made(words.text("Open"), "open"),
                made(words.text("Next"), "next", small),
                made(words.text("Begin"), "start", words.text("the visitor is here")),
                made(words.text("Call again"), "recall"),
                made(words.text("Did not come"), "no_show"),
                made(words.text("Go on"), "resume"),
                made(words.text("Close"), "close"),
                class_="press-grid main-presses",
            ),
        ),
    )


def _ends(seen: Seen, can: frozenset[str], hidden: list[Markup]) -> Markup:
    words = seen.words
    names = ends(words)
    today = seen.now.astimezone(ZoneInfo(seen.mall.zone)).date()

    def made(end: str) -> Markup:
        return _press(names[end], f"finish:{end}", "finish" in can, end)

    plain = [made(end) for end in ENDS if end not in ("accepted", "referred")]
    accepted = _form(
        "accepted",
        hidden,
        made("accepted"),
        field(words.text("Ready on"), "due", kind="date", hint=_standard(seen), min=today.isoformat()),
        class_="with-field",
    )
    target = _target(seen.desk, seen.mall, words)
    referred = _form("referred", hidden, made("referred"), target, class_="with-field")
    return el(
        "section",
        el("h2", words.text("Finished: how did it end?")),
        _form("ends", hidden, el("div", plain, class_="press-grid")),
        el("div", accepted, referred, class_="press-forms"),
        data_show="finish",
        hidden="finish" not in can,
    )


def _standard(seen: Seen) -> str:
    """What no day told means. A promise of minutes runs from the press: its day is not known before."""
    if seen.due is None:
        return ""
    if len(seen.due) > len("2026-11-23"):
        return seen.words.text("Left empty: by the service's standard.")
    day = seen.words.day(date.fromisoformat(seen.due))
    return seen.words.text("Left empty: by the service's standard, {day}.", day=day)


def _target(desk: Desk, mall: Mall, words: Words) -> Markup:
    """Where a visitor may be referred to: own services first, then every agency's."""
    own = [a for a in mall.agencies if a.code == desk.agency.code]
    others = [a for a in mall.agencies if a.code != desk.agency.code]
    groups = [
        el(
            "optgroup",
            [el("option", s.name, value=f"{agency.code}/{s.code}") for s in agency.services],
            label=agency.short,
        )
        for agency in (*own, *others)
        if agency.services
    ]
    return el(
        "div",
        el("label", words.text("Referred to"), for_="to"),
        el("select", groups, name="to", id="to"),
        class_="field",
    )


def _pauses(words: Words, can: frozenset[str], hidden: list[Markup]) -> Markup:
    names = reasons(words)

    def made(reason: str) -> Markup:
        return _press(names[reason], f"pause:{reason}", "pause" in can, reason)

    hint = words.text("At most 80 characters, no names.")
    other = _form(
        "other",
        hidden,
        made("other"),
        field(words.text("What is it?"), "note", hint=hint, maxlength=80, autocomplete="off"),
        class_="with-field",
    )
    return el(
        "section",
        el("h2", words.text("Pause, because of …")),
        _form(
            "pauses",
            hidden,
            el("div", [made(reason) for reason in PAUSE_REASONS if reason != "other"], class_="press-grid"),
        ),
        other,
        data_show="pause",
        hidden="pause" not in can,
    )


def _lines(seen: Seen) -> Markup:
    desk, words, now = seen.desk, seen.words, seen.now
    rows: Sequence[Markup] = [
        el(
            "tr",
            el("th", line.name, scope="row"),
            el("td", words.number(line.waiting), class_="number"),
            el(
                "td",
                el(
                    "time",
                    words.minutes((now - line.since).total_seconds()),
                    data_since=line.since.isoformat(),
                )
                if line.since
                else "–",
                class_="number",
            ),
        )
        for line in sorted(desk.lines, key=lambda one: -one.waiting)[:8]
    ]
    more = len(desk.lines) - len(rows)
    return el(
        "section",
        el("h2", words.text("Waiting for this counter")),
        el(
            "table",
            el(
                "thead",
                el(
                    "tr",
                    el("th", words.text("Service"), scope="col"),
                    el("th", words.text("People"), scope="col", class_="number"),
                    el("th", words.text("Longest"), scope="col", class_="number"),
                ),
            ),
            el("tbody", rows),
            class_="list",
        ),
        more > 0 and el("p", words.plural("{n} more service", "{n} more services", more), class_="hint"),
        desk.booth.walk_ins
        and el(
            "p",
            words.text(
                "Nothing gives out numbers here now: a visitor gets a number such as {number} when "
                "the service begins. These numbers start again every day; how long they waited is not known.",
                number=desk.walk_in(11),
            ),
            class_="hint",
        ),
        class_="desk-lines card",
    )
