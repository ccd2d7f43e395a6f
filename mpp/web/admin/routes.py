"""Where the pages of administrators are hung on the app."""

from __future__ import annotations

from flask import Flask, Response, request

from mpp.web.admin import agencies, audit, device, devices, editor, overview, people, sources
from mpp.web.admin.desk import ADMIN, Desk
from mpp.web.context import Parts
from mpp.web.plain import alert


def register(app: Flask, parts: Parts) -> None:
    """Hang all of them. A replay is looked at, not changed."""
    desk = Desk(parts)
    for page in (overview, agencies, editor, sources, people, devices, device, audit):
        page.register(app, desk)

    @app.before_request
    def admin_in_replay() -> Response | None:
        changes = request.method == "POST" and request.path.startswith(f"{ADMIN}/")
        if parts.mode != "replay" or not changes:
            return None
        w = desk.w
        told = alert(w.text("This is a replay: nothing is changed here."))
        return desk.page(w.text("Administration"), told, back=(ADMIN, w.text("Back")), status=409)
