"""Where the pages of plain HTML are hung on the app."""

from __future__ import annotations

from flask import Flask, redirect, request
from flask_limiter import Limiter
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import PEOPLE, PUBLIC, SIGN_IN, home
from mpp.web import integrity
from mpp.web.admin import routes as admin
from mpp.web.context import Parts
from mpp.web.pages import case_desk, counter_buttons
from mpp.web.people import account, agencies, first, pairing, sign_in
from mpp.web.session import actor_now

WALL, PHONE = "/ruang-kendali", "/ringkas"


def register(app: Flask, parts: Parts, limiter: Limiter) -> None:
    """Hang all of them."""

    @app.get("/")
    def start() -> AnyResponse:
        actor = actor_now()
        to = SIGN_IN if actor.role == PUBLIC else home(actor)
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
