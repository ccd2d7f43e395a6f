"""Security headers of every answer, by hand: what a browser may load, and from where."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
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


def register(app: Flask, script_hashes: Sequence[str] = ()) -> None:
    """Put the headers on every answer. ``script_hashes``: of Dash, asked when all pages are there."""
    headers = {"Content-Security-Policy": policy(script_hashes), **ALWAYS}

    @app.after_request
    def secure(answer: Response) -> Response:
        for name, value in headers.items():
            answer.headers.setdefault(name, value)
        return answer
