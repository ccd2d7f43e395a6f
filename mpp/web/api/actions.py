"""``POST /api/v1/actions``: somebody takes a row of *Perlu tindakan*."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, Final, TypedDict

from flask import Blueprint, Response, request
from flask_limiter import Limiter
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mpp.access import FULL, sight
from mpp.live.actions import (
    MOST_MINUTES,
    MOST_NOTE,
    MOST_WHO,
    EndedError,
    TakenOftenError,
    UnknownActionError,
    take,
)
from mpp.web.api.bodies import parsed, plain_json
from mpp.web.api.rates import within
from mpp.web.context import Parts
from mpp.web.problems import ProblemError
from mpp.web.session import actor_now

log = logging.getLogger(__name__)

MOST_BYTES: Final = 16 * 1024
MOST_KEY: Final = 200
_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")
RETRY_S: Final = 5

RATE: Final = "60/minute"
"""So many requests of one address: somebody with a form in front of them sends a few."""

_SEEN: Final = r" -~\u00a1-\u00ac\u00ae-\u024f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
_SOME: Final = {"type": "string", "minLength": 1, "pattern": f"^[{_SEEN}]*[A-Za-z][{_SEEN}]*$"}
"""Latin text with a letter, of which all is taken. More is: other scripts, digits alone; only what is not
seen is refused (`mpp.live.actions.UNSEEN`), a class too large for whoever makes examples from it."""
TAKING: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["id", "episode", "note"],
    "properties": {
        "id": {
            "type": "string",
            "pattern": "^" + _ID.pattern.removesuffix("\\Z") + "$",
            "description": "Drawn by the sender, such as a UUID; the same id again changes nothing.",
        },
        "episode": {
            "type": "string",
            "minLength": 1,
            "maxLength": MOST_KEY,
            "description": "Which row: `episode` of an action on the board.",
        },
        "note": _SOME | {"maxLength": MOST_NOTE, "description": "What is done; long digit runs are masked."},
        "minutes": {
            "anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_MINUTES}, {"type": "null"}],
            "description": "For how long; null where that is not said.",
        },
    },
}
"""The schema of a body."""

TAKEN: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["status"],
    "additionalProperties": False,
    "properties": {"status": {"enum": ["taken", "duplicate"]}},
}
"""The schema of an answer."""


class Taking(TypedDict):
    """What a body says."""

    id: str
    episode: str
    note: str
    minutes: int | None


def register(blueprint: Blueprint, parts: Parts, limiter: Limiter) -> None:
    """Let actions be taken on this blueprint."""

    @limiter.limit(lambda: RATE)
    def counted() -> None:
        """Counts one request of the address."""

    @blueprint.post("/actions")
    def actions() -> Response:
        request.max_content_length = MOST_BYTES
        within(counted, limiter, "from this address")
        plain_json(request.headers.get("Content-Type", ""))
        given = read(parsed(request.get_data(cache=False)))
        if parts.mode == "replay":
            raise ProblemError(409, "this is a replay of a past day; nothing can be taken in it")
        try:
            actor = actor_now()
            who, all_of_it = actor.name[:MOST_WHO], sight(actor) == FULL
            status = take(parts.store, parts.now(), **given, who=who, confidential=all_of_it)
        except UnknownActionError as error:
            raise ProblemError(404, str(error)) from None
        except (EndedError, TakenOftenError) as error:
            raise ProblemError(409, str(error)) from None
        except ValueError as error:
            raise ProblemError(400, str(error)) from None
        except (OperationalError, PoolTimeoutError) as error:
            raise _unavailable(error) from None
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            raise _unavailable(error) from None
        return Response(json.dumps({"status": status}), content_type="application/json")


def read(body: Any) -> Taking:
    """A body's fields; others are ignored. Raises ProblemError 400."""
    if not isinstance(body, dict):
        raise ProblemError(400, "the body is one JSON object")
    for name in ("id", "episode", "note"):
        if not isinstance(body.get(name), str):
            raise ProblemError(400, f"{name} must be a text")
    if not _ID.match(body["id"]):
        raise ProblemError(400, "id must be 1 to 64 of A-Z a-z 0-9 . _ : -")
    if not 1 <= len(body["episode"]) <= MOST_KEY:
        raise ProblemError(400, f"episode must be a text of 1 to {MOST_KEY} characters")
    minutes = body.get("minutes")
    if isinstance(minutes, float) and minutes.is_integer():
        minutes = int(minutes)
    if isinstance(minutes, bool) or not isinstance(minutes, int | None):
        raise ProblemError(400, f"minutes must be a whole number from 1 to {MOST_MINUTES}, or null")
    return Taking(id=body["id"], episode=body["episode"], note=body["note"], minutes=minutes)


def _unavailable(error: Exception) -> ProblemError:
    log.error("the database did not take an action: %s", error)
    detail = "the database is busy or down; nothing was kept, send it again"
    return ProblemError(503, detail, {"Retry-After": str(RETRY_S)})
