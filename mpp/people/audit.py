"""Who does something, and the line of the audit log about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mpp.access import Actor
from mpp.store import Write, audit


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, as the log says: the login, the role, the address it came from."""

    who: str
    role: str
    remote: str = ""

    @classmethod
    def of(cls, actor: Actor, remote: str | None) -> By:
        """The actor of a request."""
        return cls(actor.login or actor.role, actor.role, remote or "")


CONSOLE: Final = By("console", "administrator", "")
"""Whoever works at the machine's own command line."""

SYSTEM: Final = By("system", "administrator", "")
"""The product itself."""


def note(
    tx: Write,
    at: datetime,
    by: By,
    action: str,
    what: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    undoes: int | None = None,
) -> int:
    """Append what was done, in the transaction that does it; returns the entry's number. Never a
    password, a token or a code."""
    return audit.add(
        tx,
        at,
        who=by.who,
        role=by.role,
        action=action,
        what=what,
        before=before,
        after=after,
        remote=by.remote,
        undoes=undoes,
    )
