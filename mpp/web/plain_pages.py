"""Where the pages of plain HTML are hung on the app."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask, redirect, request
from flask_limiter import Limiter
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import BOUND, HOMES, PAIR, PEOPLE, PUBLIC, SIGN_IN, Actor, home
from mpp.live.described import Combinations
from mpp.mall.model import Mall
from mpp.web import integrity
from mpp.web.admin import routes as admin
from mpp.web.context import Parts
from mpp.web.pages import case_desk, counter_buttons
from mpp.web.people import account, agencies, first, pairing, sign_in
from mpp.web.session import actor_now, known_now

WALL, PHONE = "/ruang-kendali", "/ringkas"


def register(app: Flask, parts: Parts, limiter: Limiter) -> None:
    """Hang all of them."""
    described = Combinations()

    @app.get("/")
    def start() -> AnyResponse:
        if known_now().lost:  # a display that was let in once never meets a page that asks for a password
            return redirect(PAIR)
        actor = actor_now()
        to = SIGN_IN if actor.role == PUBLIC else home(actor)
        if actor.role in BOUND:
            # While the database is away they go where they always do.
            with suppress(SQLAlchemyError), parts.store.read() as tx:
                if not _there(actor, described.mall(tx)):
                    to = HOMES[actor.role]
        if to == WALL and "Mobi" in request.headers.get("User-Agent", "") and actor.role in PEOPLE:
            to = PHONE  # the wall is no page for a thumb
        query = request.query_string.decode("latin1")
        return redirect(to + (f"{'&' if '?' in to else '?'}{query}" if query else ""))

    sign_in.register(app, parts, limiter)
    first.register(app, parts, limiter)
    pairing.register(app, parts, limiter)
    account.register(app, parts, limiter)
    agencies.register(app, parts)
    counter_buttons.register(app, parts)
    case_desk.register(app, parts)
    integrity.register(app, parts)
    admin.register(app, parts)


def _there(actor: Actor, mall: Mall | None) -> bool:
    """Whether the mall still has whatever is the actor's own."""
    found = {code: mall.by_code.get(code) if mall else None for code in actor.agencies}
    return all(found.values()) and all(
        agency.counter(counter) for code, counter in actor.counters if (agency := found.get(code))
    )
