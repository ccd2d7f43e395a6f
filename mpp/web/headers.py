"""Security headers of every answer, by hand: what a browser may load, and from where."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask, Response

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-MPP": "1",  # a page that refuses is ours and not a proxy's: assets/live.js
}


def policy(script_hashes: Sequence[str] = ()) -> str:
    """The content security policy. Scripts come from here or are one of the inline ones Dash makes;
    a display box may show a page in a frame of this same site only."""
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", *script_hashes)),
        "style-src": "'self' 'unsafe-inline'",  # Dash and charts write style attributes
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def register(app: Flask, script_hashes: Callable[[], Sequence[str]]) -> None:
    """Put the headers on every answer. ``script_hashes`` gives those of Dash's inline scripts; it is
    asked for each page, because Dash makes some of them only when the first page is asked for."""
    elsewhere = policy()

    @app.after_request
    def secure(answer: Response) -> Response:
        page = answer.mimetype == "text/html"
        answer.headers.setdefault("Content-Security-Policy", policy(script_hashes()) if page else elsewhere)
        for name, value in ALWAYS.items():
            answer.headers.setdefault(name, value)
        return answer
