"""The HTTP API under ``/api/v1``."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from flask_limiter import Limiter

from mpp.web.api import actions, board, device, events, openapi
from mpp.web.context import Parts
from mpp.web.problems import ProblemError

ABSENT = "api_absent"
ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def register(app: Flask, parts: Parts, limiter: Limiter) -> None:
    """Hang the API on the app, and a 404 or 405 under whatever it does not offer: the pages' own
    catch-all would answer those with a page."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    events.register(blueprint, parts, limiter)
    board.register(blueprint, parts)
    actions.register(blueprint, parts, limiter)
    device.register(blueprint, parts, limiter)
    openapi.register(blueprint, parts)
    app.register_blueprint(blueprint)

    def absent(rest: str = "") -> Response:  # noqa: ARG001
        raise absence(app)

    for path in ("/api/", "/api/<path:rest>"):
        app.add_url_rule(path, ABSENT, absent, methods=ALL_METHODS)


def absence(app: Flask) -> ProblemError:
    """The problem of a path or method the API does not offer."""
    rules = [
        rule for rule in app.url_map.iter_rules() if rule.rule == request.path and rule.endpoint != ABSENT
    ]
    offered = sorted({method for rule in rules for method in rule.methods or ()})
    if offered:
        detail = f"{request.path} takes {', '.join(offered)}, not {request.method}"
        return ProblemError(405, detail, {"Allow": ", ".join(offered)})
    return ProblemError(404, f"there is no {request.path}; GET /api/v1/openapi.json lists what there is")
