"""Which logins were signed in with on this browser before: whoever tries wrong passwords elsewhere must not
keep them out here. A signed cookie of digests; it opens nothing."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from flask import request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from mpp.people.sign_in import login_of
from mpp.web.context import Parts

KEEP: Final = timedelta(days=400)
MOST: Final = 20
"""So many logins a shared browser remembers."""


def knows(parts: Parts, login: str) -> bool:
    """Whether this login was signed in with on this browser."""
    return _mark(login) in _held(parts)


def anybody_known(parts: Parts) -> bool:
    """Whether somebody was signed in on this browser, by a form or by single sign-on."""
    return bool(_held(parts))


def remember(parts: Parts, answer: AnyResponse, login: str) -> None:
    """Note it in the answer's cookie."""
    mark = _mark(login)
    held = [mark, *(one for one in _held(parts) if one != mark)][:MOST]
    answer.set_cookie(
        _name(parts),
        str(_signer(parts).dumps(held)),
        max_age=KEEP,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )


def _held(parts: Parts) -> list[str]:
    try:
        found = _signer(parts).loads(request.cookies.get(_name(parts), ""))
    except BadData:
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


def _mark(login: str) -> str:
    return hashlib.sha256(login_of(login).encode("utf-8", "replace")).hexdigest()[:16]


def _name(parts: Parts) -> str:
    return f"mpp-known-{parts.settings.port}"


def _signer(parts: Parts) -> URLSafeSerializer:
    return URLSafeSerializer(parts.secret, salt="signed in here before")
