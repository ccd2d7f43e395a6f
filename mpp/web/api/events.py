"""``POST /api/v1/events``: the way in for other systems (design.md section 4)."""

from __future__ import annotations

import json
import logging

from flask import Blueprint, Response, g, request
from flask_limiter import Limiter
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mpp.live.intake import Answer, UnknownSourceError, tally
from mpp.web.api.bodies import MOST_BYTES, form, items
from mpp.web.api.rates import within
from mpp.web.api.tokens import Tokens
from mpp.web.context import Parts
from mpp.web.problems import ProblemError

log = logging.getLogger(__name__)

RETRY_S = 5
"""How long a sender is asked to wait when the database is busy or down, in seconds."""


def register(blueprint: Blueprint, parts: Parts, limiter: Limiter) -> None:
    """Take events on this blueprint."""
    tokens = Tokens(parts.store)

    @limiter.limit(parts.settings.rate_limit, key_func=lambda: g.mpp_sender)
    def counted() -> None:
        """Counts one request of the sender."""

    @blueprint.post("/events")
    def events() -> Response:
        if parts.mode == "replay":
            raise ProblemError(403, "this is a replay of a past day; events go to the running mall")
        request.max_content_length = MOST_BYTES
        try:
            g.mpp_sender, row = tokens.sender()
            within(counted, limiter, "of this source; send up to 1000 events a request")
            given = items(form(request.headers.get("Content-Type", "")), request.get_data(cache=False))
            answers = parts.intake.accept(row.code, given, row=row)
        except UnknownSourceError as error:
            raise ProblemError(
                403, f"source {row.code!r} is not part of the mall's description in force ({error})"
            ) from None
        except (OperationalError, PoolTimeoutError) as error:
            raise _unavailable(error) from None
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            raise _unavailable(error) from None
        return Response(_body(answers), content_type="application/json")


def _unavailable(error: Exception) -> ProblemError:
    log.error("the database did not take a batch: %s", error)
    detail = "the database is busy or down; nothing of this request was kept, send it again"
    return ProblemError(503, detail, {"Retry-After": str(RETRY_S)})


def _body(answers: list[Answer]) -> str:
    """The word on every item, in the order they were sent, and how often each word was said."""
    words = [
        {"id": a.id, "status": a.status}
        if a.reason is None
        else {"id": a.id, "status": a.status, "reason": a.reason, "detail": a.detail}
        for a in answers
    ]
    return json.dumps({"items": words, **tally(answers)})
