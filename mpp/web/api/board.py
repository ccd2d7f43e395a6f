"""``GET /api/v1/board``: the picture of this moment, the one the screens show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mpp.access import sight
from mpp.live.sight import seen
from mpp.web.context import Parts
from mpp.web.problems import ProblemError
from mpp.web.session import actor_now

EXTRA = {"Day": ("share",), "AgencyNow": ("serving",), "Ratings": ("share",)}
"""Properties that are sent beside the fields of these dataclasses."""

LEFT_OUT = {"Board": ("own",)}
"""Fields that are not sent: what only an agency's own page shows."""


def register(blueprint: Blueprint, parts: Parts) -> None:
    """Serve the board on this blueprint."""

    @blueprint.get("/board")
    def board() -> Response:
        try:
            level = sight(actor_now())
            now = seen(parts.board.recent(), level)
        except (OperationalError, PoolTimeoutError):
            detail = "the database is busy or down; try again"
            raise ProblemError(503, detail, {"Retry-After": "5"}) from None
        tag = f"{parts.hub.boot}-{now.version}-{level}"
        # Weak: a board that only grew older by some seconds is the same picture.
        answer = Response(content_type="application/json", headers={"Cache-Control": "no-cache"})
        answer.set_etag(tag, weak=True)
        if request.if_none_match.contains_weak(tag):
            answer.status_code = 304
            return answer
        answer.set_data(json.dumps(plain(now), ensure_ascii=False, separators=(",", ":"), allow_nan=False))
        return answer


def plain(value: Any) -> Any:
    """A frozen value as JSON would have it: instants as ISO 8601 UTC, None as null."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value):
        kind = type(value).__name__
        names = [f.name for f in fields(value) if f.name not in LEFT_OUT.get(kind, ())]
        names += EXTRA.get(kind, ())
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value]
