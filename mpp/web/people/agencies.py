"""``/instansi``: the agencies somebody may look at."""

from __future__ import annotations

from flask import Flask, Response

from mpp.access import may
from mpp.web.context import Parts
from mpp.web.language import locale_of
from mpp.web.plain import el, page
from mpp.web.session import actor_now


def register(app: Flask, parts: Parts) -> None:
    """Serve it."""

    @app.get("/instansi")
    def agencies() -> Response:
        words, actor, board = (
            parts.words_for(locale_of(parts.settings.locale)),
            actor_now(),
            parts.board.latest(),
        )
        mine = [one for one in board.agencies if may(actor, "agency", one.code)]
        links = [
            el("li", el("a", el("b", one.short), el("span", one.name), href=f"/instansi/{one.code}"))
            for one in mine
        ]
        return page(
            words.text("Agencies"),
            el("h1", words.text("Agencies")),
            el("ul", links, class_="doors") if mine else el("p", words.text("No agency is described yet.")),
            words=words,
            mall=board.mall,
            actor=actor,
        )
