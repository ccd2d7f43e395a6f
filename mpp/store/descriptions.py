"""Dated versions of the mall's description."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from mpp.store.database import Read, Write
from mpp.store.tables import mall_versions


class Unjudged(NamedTuple):
    """The legs issued on ``valid_from`` or later are to be judged by versions up to ``version``."""

    version: int
    valid_from: date


_NEWEST = select(func.max(mall_versions.c.id))


def newest_id(tx: Read) -> int:
    """Id of the newest version, 0 when there is none."""
    return tx.connection.execute(_NEWEST).scalar_one() or 0


class Newest(NamedTuple):
    """The version that was loaded last."""

    id: int
    valid_from: date | None
    digest: str
    document: dict[str, Any]


def newest(tx: Read) -> Newest | None:
    """The newest version, None when there is none."""
    c = mall_versions.c
    query = select(c.id, c.valid_from, c.digest, c.document).order_by(c.id.desc()).limit(1)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else Newest(row.id, row.valid_from, row.digest, json.loads(row.document))


def ids(tx: Read) -> list[int]:
    """The ids of every version, oldest first."""
    return list(tx.connection.execute(select(mall_versions.c.id).order_by(mall_versions.c.id)).scalars())


def all_versions(tx: Read, without: Collection[int] = ()) -> list[tuple[int, date | None, dict[str, Any]]]:
    """(id, valid from, document) of every version but those, oldest first."""
    c = mall_versions.c
    query = select(c.id, c.valid_from, c.document).order_by(c.id)
    if without:
        wanted = [id_ for id_ in ids(tx) if id_ not in without]
        query = query.where(c.id.in_(wanted))
    rows = tx.connection.execute(query)
    return [(id_, valid_from, json.loads(document)) for id_, valid_from, document in rows]


def drop(tx: Write, version: int) -> None:
    """Forget a version that a newer one of the same day replaces."""
    tx.connection.execute(delete(mall_versions).where(mall_versions.c.id == version))


def add(
    tx: Write, *, mall: str, valid_from: date | None, digest: str, document: dict[str, Any], now: datetime
) -> int:
    """Store a version; returns its id."""
    row = insert(mall_versions).values(
        mall=mall,
        valid_from=valid_from,
        loaded_at=now,
        digest=digest,
        document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
    )
    return int(tx.connection.execute(row.returning(mall_versions.c.id)).scalar_one())


def unjudged(tx: Read) -> Unjudged | None:
    """Which legs may still be judged by an older version than the one valid for them; None when
    there are none. The first version has nothing before it."""
    c = mall_versions.c
    query = select(func.max(c.id), func.min(c.valid_from))
    version, first = tx.connection.execute(
        query.where(c.judged_at.is_(None), c.valid_from.is_not(None))
    ).one()
    return None if first is None else Unjudged(version, first)


def judged(tx: Write, version: int, now: datetime) -> None:
    """Note that the legs are judged by this version and those before it."""
    c = mall_versions.c
    tx.connection.execute(
        update(mall_versions).where(c.id <= version, c.judged_at.is_(None)).values(judged_at=now)
    )
