"""Whose token is it: the source behind a request."""

from __future__ import annotations

import threading
import time

from flask import request

from mpp.store import Store
from mpp.store.sources import SourceRow, source_of_token, token_digest
from mpp.web.problems import ProblemError

KEEP_S = 2.0
"""How long a token's source is remembered, in seconds: so long a revoked token may still work
and a changed clock offset may wait."""
MOST = 1_000


class Tokens:
    """Looks tokens up, remembering good ones for KEEP_S so that a busy sender costs no extra query."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[float, SourceRow]] = {}
        self._lock = threading.Lock()

    def sender(self) -> tuple[str, SourceRow]:
        """The digest of the request's token and its source. Raises ProblemError 401."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token:
            raise _unauthorized("send the source's token: Authorization: Bearer <token>", "")
        digest = token_digest(token)
        row = self._remembered(digest)
        if row is None:
            with self._store.read() as tx:
                row = source_of_token(tx, token)
            if row is None:
                detail = "this token is unknown or revoked; `mpp token create` makes a new one"
                raise _unauthorized(detail, ', error="invalid_token"')
            self._remember(digest, row)
        return digest, row

    def _remembered(self, digest: str) -> SourceRow | None:
        until, row = self._known.get(digest, (0.0, None))
        return row if until > time.monotonic() else None

    def _remember(self, digest: str, row: SourceRow) -> None:
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[digest] = (time.monotonic() + KEEP_S, row)


def _unauthorized(detail: str, error: str) -> ProblemError:
    return ProblemError(401, detail, {"WWW-Authenticate": f'Bearer realm="mpp"{error}'})
