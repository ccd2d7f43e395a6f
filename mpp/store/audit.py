"""The audit log: who did what, when and from where. Appended to, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from mpp.store.database import Read, Write
from mpp.store.tables import audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``what`` names the thing (``person:budi``, ``device:4``,
    ``service:dukcapil/kk``); ``before`` and ``after`` are what changed of it, None where nothing was or
    is; ``undoes`` the entry that this one took back."""

    id: int
    at: datetime
    who: str
    role: str
    action: str
    what: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    remote: str
    undoes: int | None


FIELDS = tuple(Entry.__dataclass_fields__)
_COLUMNS = tuple(audit.c[name] for name in FIELDS)


def _read(text: str | None) -> Mapping[str, Any] | None:
    return None if text is None else json.loads(text)


def _entry(row: Any) -> Entry:
    given = dict(zip(FIELDS, row, strict=True))
    return Entry(**given | {"before": _read(given["before"]), "after": _read(given["after"])})


def _text(given: Mapping[str, Any] | None) -> str | None:
    return None if given is None else json.dumps(given, ensure_ascii=False, sort_keys=True, default=str)


def add(
    tx: Write,
    at: datetime,
    *,
    who: str,
    role: str,
    action: str,
    what: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    remote: str = "",
    undoes: int | None = None,
) -> int:
    """Append an entry in the transaction of what it tells; returns its number."""
    row = insert(audit).values(
        at=at,
        who=who[:64],
        role=role,
        action=action,
        what=what[:200],
        before=_text(before),
        after=_text(after),
        remote=remote[:64],
        undoes=undoes,
    )
    return int(tx.connection.execute(row.returning(audit.c.id)).scalar_one())


def one(tx: Read, entry_id: int) -> Entry | None:
    """The entry of this number."""
    row = tx.connection.execute(select(*_COLUMNS).where(audit.c.id == entry_id)).one_or_none()
    return None if row is None else _entry(row)


def entries(
    tx: Read,
    *,
    who: str = "",
    what: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> list[Entry]:
    """The newest entries first; ``who`` and ``action`` exactly, ``what`` as it begins, those with a
    number under ``before_id`` for the next page."""
    query = select(*_COLUMNS).order_by(audit.c.id.desc()).limit(limit)
    if who:
        query = query.where(audit.c.who == who)
    if what:
        query = query.where(audit.c.what.startswith(what, autoescape=True))
    if action:
        query = query.where(audit.c.action == action)
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    if before_id is not None:
        query = query.where(audit.c.id < before_id)
    return [_entry(row) for row in tx.connection.execute(query)]


def taken_back(tx: Read, ids: list[int]) -> set[int]:
    """Which of these entries another one took back."""
    query = select(audit.c.undoes).where(audit.c.undoes.in_(ids))
    return {row[0] for row in tx.connection.execute(query)}
