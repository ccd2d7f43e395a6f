"""What a request asks for, and where it was sent from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request, request

from mpp.web.problems import inner


def is_page(asked: Request) -> bool:
    """Whether a person's browser asked for a page to show, or sent a form: then a person reads the answer."""
    sent = asked.method in ("GET", "HEAD") or (asked.method == "POST" and not asked.is_json)
    return sent and not inner(asked.path)


def same_origin(asked: Request) -> bool:
    """Whether a request that changes something was sent by a page of this site, or by no page."""
    if asked.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site"):
        return False
    try:
        return _from_here(asked)
    except ValueError:  # an Origin that is none
        return False


def _from_here(asked: Request) -> bool:
    origin = asked.headers.get("Origin")
    if origin == "null" and asked.headers.get("Sec-Fetch-Site") == "same-origin":
        return True  # a browser that hides where a form stood, but not that it stood here
    return origin is None or urlsplit(origin).netloc == asked.host


def local(target: str) -> str:
    """A path of this site to go on to, / for anything else."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    fits = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if fits and not parts.scheme and not parts.netloc else "/"


def asked_for() -> str:
    """The present address, to come back to."""
    query = request.query_string.decode("latin1")
    return local(request.path + (f"?{query}" if query else ""))


def came_from() -> str:
    """The address of this site where a form stood, / where the browser does not say."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    if parts.netloc != request.host:
        return "/"
    return local(parts.path + (f"?{parts.query}" if parts.query else ""))
