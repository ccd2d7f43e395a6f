"""Errors of the API as RFC 9457 problems, those of pages for people; never with a stack trace."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, render_template_string, request
from werkzeug.exceptions import HTTPException

from mpp.access import area
from mpp.web.context import parts_of

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


def unknown_page() -> Response:
    """The answer where no page is: it says so in the configured language and leads to the control room."""
    parts = parts_of()
    words = parts.words_for(parts.settings.locale)
    page = render_template_string(
        PAGE,
        lang=parts.settings.locale,
        title=words.text("Page not found"),
        said=words.text("There is no page at this address."),
        link=words.text("Open the control room"),
    )
    return Response(page, 404, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


def register(app: Flask) -> None:
    """Answer errors: as problems under /api and for ProblemError, with a page where a page was looked
    for, plainly elsewhere."""

    @app.errorhandler(ProblemError)
    def raised(error: ProblemError) -> Response:
        return problem(error.status, error.detail, error.headers)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response | HTTPException:
        if error.code == 404 and area(request.path) == "page":
            return unknown_page()
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


PAGE = """<!doctype html>
<html lang="{{ lang }}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
  body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 0; display: grid; min-height: 100vh;
         place-items: center; background: #f4f6f8; color: #16202b }
  main { background: #fff; padding: 2rem; border: 1px solid #c8d0d9; border-radius: .5rem;
         width: min(22rem, 85vw) }
  h1 { font-size: 1.3rem; margin: 0 0 1rem }
  a { color: #0b5394 }
</style>
<main>
  <h1>{{ title }}</h1>
  <p>{{ said }}</p>
  <p><a href="/ruang-kendali">{{ link }}</a></p>
</main>
</html>
"""
