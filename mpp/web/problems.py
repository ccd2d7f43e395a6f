"""Errors of the API as RFC 9457 problems, those of pages for people; never with a stack trace."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from mpp.i18n import Words
from mpp.web.context import parts_of
from mpp.web.language import locale_of
from mpp.web.plain import el, page

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """Ends a request with a problem. ``detail`` says what is wrong and what would be right."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


def inner(path: str) -> bool:
    """Whether an address is for programs, not for people to look at."""
    return path.startswith(("/api/", "/live/", "/metrics", "/assets/", "/_"))


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as the answer."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    answer = Response(json.dumps(body), status, content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.update(headers or {})
    return answer


def unknown_page() -> Response:
    """The answer where no page is, and where one is that is somebody else's."""
    w = _words()
    return _page(404, w, w.text("Page not found"), w.text("There is no page at this address."), back=True)


def refused_page() -> Response:
    """The answer where somebody is signed in whose role has no business there."""
    w = _words()
    lead = w.text("Your role does not open this page. Ask the administrator if it should.")
    return _page(403, w, w.text("Not for this account"), lead, back=True)


def unavailable_page() -> Response:
    """The answer while the database cannot say who asks. A page tries again by itself; a form cannot."""
    w, looks = _words(), request.method in ("GET", "HEAD")
    lead = (
        w.text("This page tries again by itself.")
        if looks
        else w.text("What you sent may not have been kept. Go back, look, and send it again.")
    )
    answer = _page(503, w, w.text("The database does not answer"), lead)
    if looks:
        answer.headers["Refresh"] = "5"
    return answer


def too_often_page() -> Response:
    """The answer to a form that was sent too often from one address."""
    w = _words()
    answer = _page(429, w, w.text("Too many attempts"), w.text("Wait a minute, then try again."))
    answer.headers["Retry-After"] = "60"
    return answer


def replay_page() -> Response:
    """The answer to a form in a replay."""
    w = _words()
    return _page(409, w, w.text("This is a replay: nothing is changed here."))


def _page(status: int, w: Words, title: str, lead: str = "", *, back: bool = False) -> Response:
    """A page that says why nothing else is shown; ``back`` leads to the start."""
    return page(
        title,
        el("h1", title),
        lead and el("p", lead, class_="lead"),
        back and el("a", w.text("Back to the start"), href="/", class_="button first"),
        words=w,
        mall=parts_of().board.latest().mall,
        status=status,
        main="narrow",
    )


def first_line(error: Exception) -> str:
    """What an error says, without what it was about."""
    return (str(error).splitlines() or [""])[0]


def _words() -> Words:
    """The words of this request."""
    parts = parts_of()
    return parts.words_for(locale_of(parts.settings.locale))


def register(app: Flask) -> None:
    """Answer errors: as problems under /api and for ProblemError, with a page where a page was looked
    for, plainly elsewhere."""

    @app.errorhandler(ProblemError)
    def raised(error: ProblemError) -> Response:
        return problem(error.status, error.detail, error.headers)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response | HTTPException:
        if error.code == 429 and not inner(request.path):
            return too_often_page()
        if error.code == 404 and not inner(request.path):
            return unknown_page()
        if not request.path.startswith("/api/") or (error.code or 500) < 400:
            return error
        headers = dict(error.get_headers())
        kept: dict[str, str] = {
            name: headers[name] for name in ("Allow", "Retry-After", "WWW-Authenticate") if name in headers
        }
        return problem(error.code or 500, error.description or "", kept)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeoutError)
    def away(error: Exception) -> Response:
        log.error("%s %s: the database does not answer: %s", request.method, request.path, first_line(error))
        if inner(request.path):
            return problem(503, "the database is busy or down; try again", {"Retry-After": "5"})
        return unavailable_page()

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        detail = "something went wrong here; the server's log has the details"
        if request.path.startswith("/api/"):
            return problem(500, detail)
        return Response(
            f"{HTTPStatus.INTERNAL_SERVER_ERROR.phrase}: {detail}\n", 500, content_type="text/plain"
        )
