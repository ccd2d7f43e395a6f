"""Which language somebody reads: ``?lang=``, else this browser's cookie, else the installation's."""

from __future__ import annotations

from flask import Flask, Response, request

LOCALES = ("id", "en")
COOKIE = "mpp_lang"


def locale_of(default: str) -> str:
    """The language of this request: ``?lang=``, else the cookie, else ``default``."""
    for choice in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if choice in LOCALES:
            return choice
    return default


def register(server: Flask) -> None:
    """Remember what was chosen."""

    @server.after_request
    def remember_language(response: Response) -> Response:
        lang = request.args.get("lang")
        if lang in LOCALES and response.mimetype == "text/html":
            response.set_cookie(COOKIE, lang, max_age=365 * 86400, samesite="Lax", httponly=True)
        return response
