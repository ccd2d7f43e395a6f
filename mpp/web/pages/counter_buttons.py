"""``/loket/<agency>/<counter>``: the buttons of a counter; ``/loket``: which counters are one's own.

The same address answers JSON to assets/counter.js: the panel as markup with its mark. A press is posted
as a form (303 back to the page) or as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from flask import Flask, Response, abort, jsonify, redirect, request, url_for
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import Actor
from mpp.i18n import Words
from mpp.live.counter_desk import Desk, UnknownCounterError
from mpp.live.model import CounterNow
from mpp.live.press import Press, PressError
from mpp.live.presses import BEAT_S, Presses
from mpp.mall.model import Agency, Mall
from mpp.web.context import Parts
from mpp.web.language import locale_of
from mpp.web.parts.counter_panel import Seen, panel, version
from mpp.web.parts.counters import said
from mpp.web.plain import alert, el, page
from mpp.web.problems import problem
from mpp.web.session import actor_now

MOST_BYTES: Final = 16 * 1024
STYLES: Final = ("46-buttons.css",)
STATUS: Final = {"stale": 409, "impossible": 409, "unfit": 400, "no_source": 409, "replay": 409}


def register(app: Flask, parts: Parts) -> None:
    """Serve the pages."""
    presses = Presses(parts.store, parts.intake)

    @app.get("/loket")
    def own_counters() -> Response:
        words = parts.words_for(locale_of(parts.settings.locale))
        now = {(one.agency, one.code): one for one in parts.board.recent().counters}
        return _own(words, presses.mall(parts.now()), actor_now(), now)

    @app.get("/loket/<agency>/<counter>", endpoint="counter_buttons")
    def show(agency: str, counter: str) -> Response:
        words = parts.words_for(locale_of(parts.settings.locale))
        now = parts.now()
        desk = _look(presses, agency, counter, now)
        if _wants_json() and request.args.get("v") == version(desk):
            return Response(status=204)  # asked every few seconds: nothing is drawn while nothing changes
        if _wants_json():
            return jsonify(_told(_seen(presses, desk, words, now)))
        return _page(_seen(presses, desk, words, now), request.args.get("kata", ""))

    @app.post("/loket/<agency>/<counter>", endpoint="counter_press")
    def press(agency: str, counter: str) -> AnyResponse:
        request.max_content_length = MOST_BYTES
        words = parts.words_for(locale_of(parts.settings.locale))
        now = parts.now()
        _look(presses, agency, counter, now)  # an unknown counter is not found, whatever was pressed
        given = request.get_json(silent=True) if request.is_json else request.form
        fields = given if isinstance(given, dict) else {}
        if fields.get("who", actor_now().login) != actor_now().login:
            return problem(401, "somebody else is signed in here now; sign in again")
        why = "replay" if parts.mode == "replay" else _press(presses, agency, counter, fields, now)
        if not request.is_json:
            return redirect(url_for("counter_buttons", agency=agency, counter=counter, kata=why or None), 303)
        desk = _look(presses, agency, counter, now)
        told = _told(_seen(presses, desk, words, now))
        answer = jsonify(told | {"refused": _why(words, why) if why else "", "why": why})
        answer.status_code = STATUS.get(why, 503) if why else 200
        return answer


def _press(presses: Presses, agency: str, counter: str, fields: Any, now: datetime) -> str:
    """Take a press; gives why it was not taken, empty where it was."""
    try:
        if fields.get("press") == "beat":
            presses.beat(agency, counter, now)
        else:
            presses.press(agency, counter, _given(fields, now), now)
    except PressError as error:
        return error.why
    except (OperationalError, PoolTimeoutError):
        return "busy"
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return "busy"
    return ""


def _given(fields: Any, now: datetime) -> Press:
    """The fields of a form or of JSON as a press. Raises PressError."""
    names = ("id", "seen", "press", "at", "note", "due", "service", "to", "next")
    read = {name: fields.get(name) for name in names}
    if any(value is not None and not isinstance(value, str) for value in read.values()):
        raise PressError("unfit", "every field is a text")
    what, _, which = (read["press"] or "").partition(":")
    to_agency, _, to_service = (read["to"] or "").partition("/")
    referred = which == "referred"
    return Press(
        id=read["id"] or "",
        what=what,
        seen=read["seen"] or "",
        at=_instant(read["at"], now),
        reason=which if what == "pause" else None,
        note=read["note"],
        end=which if what == "finish" else None,
        due=read["due"] or None,
        service=to_service if referred else read["service"],
        to_agency=to_agency if referred else None,
        next=read["next"] or None,
    )


def _instant(text: str | None, now: datetime) -> datetime | None:
    """When a press that waited for its connection was made; None: now."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise PressError("unfit", "at must be an ISO 8601 time with a zone") from None
    if at.tzinfo is None:
        raise PressError("unfit", "at must have a zone")
    return min(at, now)


def _look(presses: Presses, agency: str, counter: str, now: datetime) -> Desk:
    try:
        return presses.look(agency, counter, now)
    except UnknownCounterError:
        abort(404)


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"


def _seen(presses: Presses, desk: Desk, words: Words, now: datetime) -> Seen:
    at = desk.booth.at
    due = presses.due(desk.agency.code, at.service, now) if at is not None else None
    return Seen(desk, presses.mall(now), words, now, due)


def _told(seen: Seen) -> dict[str, Any]:
    """What the script needs."""
    return {
        "mark": seen.desk.booth.mark,
        "now": seen.now.isoformat(),
        "html": str(panel(seen, uuid4().hex)),
    }


def _why(words: Words, why: str) -> str:
    """Why a press was not taken, for whoever pressed."""
    told = {
        "stale": words.text("The counter was in another state by then. This is its state now; press again."),
        "impossible": words.text("That is not possible in this state."),
        "unfit": words.text("This could not be kept: look at the day or the service chosen."),
        "no_source": words.text(
            "Nothing could write this press: the agency has no source, or the ticket's is no longer "
            "described. Tell your administrator."
        ),
        "replay": words.text("This is a replay of a past day; nothing can be pressed in it."),
        "busy": words.text("The database is busy or down. The press was not kept; press again."),
    }
    return told.get(why, "")


def _page(seen: Seen, why: str) -> Response:
    desk, words = seen.desk, seen.words
    trouble = _why(words, why)
    if desk.source is None:
        trouble = words.text(
            "This agency has no source that could write what is pressed. An administrator adds one with "
            'kind = "manual" to the mall\'s description.'
        )
    several = len(desk.agency.counters) > 1
    return page(
        f"{desk.counter.name} · {desk.agency.short}",
        el(
            "div",
            el("h1", desk.counter.name, el("span", desk.agency.short)),
            several and el("a", words.text("Another counter"), href="/loket", class_="other-counter"),
            class_="desk-head",
        ),
        el(
            "div",
            trouble and alert(trouble),
            el("p", id="desk-lost", class_="alert", role="alert", hidden=True),
            el("ul", id="desk-refused", role="status", hidden=True),
            id="desk-words",
            data_lost=words.text("Cut off since {time}."),
            data_one=words.text("1 press is kept on this device and will be sent."),
            data_some=words.text("{n} presses are kept on this device and will be sent in their order."),
            data_number=words.text("Calling a number needs the connection."),
            data_out=words.text("You are signed out. What was pressed is kept; sign in again."),
            data_gone=words.text(
                "This counter is no longer there. What was pressed is kept on this device; ask your "
                "administrator."
            ),
            data_broken=words.text("The server could not take it. Tell your administrator."),
            data_refused=words.text("Not taken ({time}): {press}. {why}"),
            data_open=words.text("Ready"),
            data_serving=words.text("Serving"),
            data_paused=words.text("Paused"),
            data_closed=words.text("Closed"),
            data_hide=words.text("Hide"),
            data_beat=str(BEAT_S),
            data_who=actor_now().login,
        ),
        panel(seen, uuid4().hex),
        el(
            "p",
            el("input", type="checkbox", id="desk-keys", checked=True),
            el("label", words.text("Keys press buttons"), for_="desk-keys"),
            class_="desk-keys",
        ),
        words=words,
        mall=seen.mall.name,
        actor=actor_now(),
        styles=STYLES,
        scripts=("counter.js",),
        main="plain buttons-page",
    )


_Now = Mapping[tuple[str, str], CounterNow]


def _own(words: Words, mall: Mall | None, actor: Actor, now: _Now) -> Response:
    """The counters somebody may press at, by agency, and what each does now."""
    own = [a for a in mall.agencies if a.code in actor.agencies] if mall else []
    body = [_list(agency, actor, now, words) for agency in own]
    if not body:
        body = [
            el("p", words.text("No counter is yours yet. An administrator gives you one."), class_="lead")
        ]
    return page(
        words.text("My counters"),
        el("h1", words.text("My counters")),
        body,
        words=words,
        mall=mall.name if mall else "",
        actor=actor,
        styles=STYLES,
    )


def _list(agency: Agency, actor: Actor, now: _Now, words: Words) -> Any:
    def told(code: str) -> str:
        counter = now.get((agency.code, code))
        return "" if counter is None else " ".join(filter(None, (said(counter, words), counter.ticket)))

    links = [
        el(
            "li",
            el(
                "a",
                el("strong", counter.name),
                el("span", " · ".join(filter(None, (told(counter.code), counter.place)))),
                href=f"/loket/{agency.code}/{counter.code}",
            ),
        )
        for counter in agency.counters
        if actor.owns(agency.code, counter.code)
    ]
    return el("section", el("h2", agency.name), el("ul", links, class_="doors"))
