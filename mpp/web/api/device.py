"""``POST /api/v1/device``: a wall display or kiosk says that it is there, and learns what has changed."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final, TypedDict

from flask import Blueprint, Response, request, session
from flask_limiter import Limiter
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mpp.people import devices
from mpp.web.api.bodies import parsed, plain_json
from mpp.web.api.rates import within
from mpp.web.context import Parts
from mpp.web.problems import ProblemError
from mpp.web.session import DEVICE, actor_now, known_now

log = logging.getLogger(__name__)

MOST_BYTES: Final = 4 * 1024
MOST_RELEASE: Final = 40
MOST_UNSENT: Final = 1_000_000
RETRY_S: Final = 60

RATE: Final = "30/minute"
"""So many reports of one device; it sends one a minute."""


def _whole(most: int, about: str) -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0, "maximum": most}
    return {"anyOf": [number, {"type": "null"}], "description": about}


REPORT: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["release"],
    "properties": {
        "release": {
            "type": "string",
            "maxLength": MOST_RELEASE,
            "description": "Release of the product that the device has loaded.",
        },
        "battery": _whole(100, "Percent; null: it has none or does not tell."),
        "unsent": _whole(MOST_UNSENT, "Ratings that wait in the device; null: it takes none."),
    },
}
"""The schema of a body."""

HEARD: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["name", "start", "mark"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "description": "What people call the device."},
        "start": {"type": "string", "description": "Address it begins at."},
        "mark": {
            "type": "string",
            "description": "Another mark than that of the page it shows: go on to start.",
        },
    },
}
"""The schema of an answer."""


class Report(TypedDict):
    """What a body says."""

    release: str
    battery: int | None
    unsent: int | None


def register(blueprint: Blueprint, parts: Parts, limiter: Limiter) -> None:
    """Take reports on this blueprint."""

    @limiter.limit(lambda: RATE, key_func=lambda: actor_now().login)
    def counted() -> None:
        """Counts one report of the device."""

    @blueprint.post("/device")
    def device() -> Response:
        request.max_content_length = MOST_BYTES
        within(counted, limiter, "from this device")
        plain_json(request.headers.get("Content-Type", ""))
        given = read(parsed(request.get_data(cache=False)))
        if parts.mode == "replay":
            raise ProblemError(409, "this is a replay of a past day; nothing is kept in it")
        try:
            return _answer(parts, given)
        except (OperationalError, PoolTimeoutError) as error:
            raise _unavailable(error) from None


def _answer(parts: Parts, given: Report) -> Response:
    device = known_now().device
    if device is None:
        raise TypeError("the gate lets devices alone come here")
    # Who sends the token itself, not a cookie, could not be handed another one.
    token = "" if "Authorization" in request.headers else str(session.get(DEVICE, ""))
    new = devices.report(parts.store, parts.real(), device, token, **given, remote=request.remote_addr or "")
    if new:
        session[DEVICE] = new
    told = {"name": device.name, "start": device.start, "mark": devices.mark(device)}
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/json")


def _unavailable(error: Exception) -> ProblemError:
    log.error("the database did not take a device's report: %s", error)
    detail = "the database is busy or down; report again in a minute"
    return ProblemError(503, detail, {"Retry-After": str(RETRY_S)})


def read(body: Any) -> Report:
    """A body's fields; others are ignored. Raises ProblemError 400."""
    if not isinstance(body, dict):
        raise ProblemError(400, "the body is one JSON object")
    release = body.get("release")
    if not isinstance(release, str) or len(release) > MOST_RELEASE or "\0" in release:
        raise ProblemError(400, f"release must be a text of at most {MOST_RELEASE} characters")
    return Report(
        release=release,
        battery=_number(body, "battery", 100),
        unsent=_number(body, "unsent", MOST_UNSENT),
    )


def _number(body: Mapping[str, Any], name: str, most: int) -> int | None:
    found = body.get(name)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if found is None or (isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= most):
        return found
    raise ProblemError(400, f"{name} must be a whole number from 0 to {most}, or null")
