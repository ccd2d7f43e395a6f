"""Errors of the API as RFC 9457 problems, never with a stack trace."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """Ends a request with a problem. ``detail`` says what is wrong and what would be right."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as the answer."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    answer = Response(json.dumps(body), status, content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.update(headers or {})
    return answer


def register(app: Flask) -> None:
    """Answer errors: as problems under /api and for ProblemError, plainly elsewhere."""

    @app.errorhandler(ProblemError)
    def raised(error: ProblemError) -> Response:
        return problem(error.status, error.detail, error.headers)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response | HTTPException:
        if not request.path.startswith("/api/") or (error.code or 500) < 400:
            return error
        headers = dict(error.get_headers())
        kept: dict[str, str] = {
            name: headers[name] for name in ("Allow", "Retry-After", "WWW-Authenticate") if name in headers
        }
        return problem(error.code or 500, error.description or "", kept)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        detail = "something went wrong here; the server's log has the details"
        if request.path.startswith("/api/"):
            return problem(500, detail)
        return Response(
            f"{HTTPStatus.INTERNAL_SERVER_ERROR.phrase}: {detail}\n", 500, content_type="text/plain"
        )
