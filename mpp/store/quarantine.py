"""What could not be read, kept with its reason until it is mended.

Unique on (source, event id): the same bad item sent again is counted, not repeated. Each source
keeps at most CAP open rows; what comes beyond is counted on the source.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, distinct, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mpp.store.database import Read, Write
from mpp.store.log import chunks
from mpp.store.tables import quarantine, sources

CAP = 10_000


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One kept item: ``item`` is what we may keep of it, ``place`` a file and line."""

    id: int
    source: str
    event_id: str
    agency: str | None
    reason: str
    detail: str
    place: str | None
    item: dict[str, Any]
    times: int
    first_received_at: datetime
    last_received_at: datetime
    resolved_at: datetime | None
    resolution: str | None


def put(tx: Write, rows: Sequence[Mapping[str, Any]]) -> int:
    """Keep items; returns how many were let go because the source is at its cap.

    A row has source_id, event_id, agency, subject, day, reason, detail, place, item (JSON text)
    and received_at.
    """
    if not rows:
        return 0
    source_id = rows[0]["source_id"]
    open_now = tx.connection.execute(
        select(func.count()).where(quarantine.c.source_id == source_id, quarantine.c.resolved_at.is_(None))
    ).scalar_one()
    known = _known(tx, source_id, [row["event_id"] for row in rows])
    kept: dict[str, dict[str, Any]] = {}
    overflow = 0
    for row in rows:
        fresh = row["event_id"] not in known and row["event_id"] not in kept
        if fresh and open_now >= CAP:
            overflow += 1
            continue
        open_now += fresh
        values = {k: v for k, v in row.items() if k != "received_at"}
        times = kept[row["event_id"]]["times"] + 1 if row["event_id"] in kept else 1
        kept[row["event_id"]] = values | {
            "times": times,
            "first_received_at": row["received_at"],
            "last_received_at": row["received_at"],
        }
    if kept:
        _upsert(tx, list(kept.values()))
    return overflow


def _known(tx: Read, source_id: int, ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(ids):
        found.update(
            tx.connection.execute(
                select(quarantine.c.event_id).where(
                    quarantine.c.source_id == source_id, quarantine.c.event_id.in_(some)
                )
            ).scalars()
        )
    return found


def _upsert(tx: Write, rows: list[dict[str, Any]]) -> None:
    statement = (sqlite if tx.sqlite else postgresql).insert(quarantine)
    new = statement.excluded
    followed = ("agency", "subject", "reason", "detail", "place", "item", "last_received_at")
    statement = statement.on_conflict_do_update(
        index_elements=[quarantine.c.source_id, quarantine.c.event_id],
        set_={name: new[name] for name in followed}
        | {"times": quarantine.c.times + new.times, "resolved_at": None, "resolution": None},
    )
    tx.connection.execute(statement, rows)


def resolve(tx: Write, source_id: int, ids: Collection[str], now: datetime, how: str = "accepted") -> int:
    """Close the open entries of these event ids; returns how many there were."""
    closed = 0
    for some in chunks(ids):
        closed += tx.connection.execute(
            update(quarantine)
            .where(
                quarantine.c.source_id == source_id,
                quarantine.c.event_id.in_(some),
                quarantine.c.resolved_at.is_(None),
            )
            .values(resolved_at=now, resolution=how)
        ).rowcount
    return closed


def settle(tx: Write, ids: Collection[int], now: datetime) -> int:
    """Close open entries by number, by hand; returns how many there were."""
    done = tx.connection.execute(
        update(quarantine)
        .where(quarantine.c.id.in_(list(ids)), quarantine.c.resolved_at.is_(None))
        .values(resolved_at=now, resolution="dropped")
    )
    return done.rowcount


def has_open(tx: Read, source_id: int) -> bool:
    """Whether the source has anything open in quarantine."""
    query = (
        select(quarantine.c.id)
        .where(quarantine.c.source_id == source_id, quarantine.c.resolved_at.is_(None))
        .limit(1)
    )
    return tx.connection.execute(query).first() is not None


def listed(
    tx: Read,
    *,
    source: str | None = None,
    reason: str | None = None,
    resolved: bool = False,
    limit: int = 1000,
) -> list[Quarantined]:
    """Entries, newest first; open ones unless ``resolved``."""
    c = quarantine.c
    query = (
        select(
            c.id, sources.c.code, c.event_id, c.agency, c.reason, c.detail, c.place, c.item, c.times,
            c.first_received_at, c.last_received_at, c.resolved_at, c.resolution,
        )
        .join(sources, c.source_id == sources.c.id)
        .order_by(c.id.desc())
        .limit(limit)
    )  # fmt: skip
    query = query.where(c.resolved_at.is_not(None) if resolved else c.resolved_at.is_(None))
    if source:
        query = query.where(sources.c.code == source)
    if reason:
        query = query.where(c.reason == reason)
    found = []
    for row in tx.connection.execute(query):
        fields = row._asdict()
        fields["item"] = json.loads(row.item)
        found.append(Quarantined(source=fields.pop("code"), **fields))
    return found


def counts(tx: Read) -> list[tuple[str, str, int]]:
    """(source, reason, open entries)."""
    rows = tx.connection.execute(
        select(sources.c.code, quarantine.c.reason, func.count())
        .join(sources, quarantine.c.source_id == sources.c.id)
        .where(quarantine.c.resolved_at.is_(None))
        .group_by(sources.c.code, quarantine.c.reason)
        .order_by(sources.c.code, quarantine.c.reason)
    )
    return [(code, reason, count) for code, reason, count in rows]


def _unknown() -> Select[Any]:
    c = quarantine.c
    ticket = case((c.subject.is_(None), c.event_id), else_=c.subject)
    return (
        select(c.agency, func.count(distinct(ticket)))
        .where(
            c.resolved_at.is_(None),
            c.day == bindparam("day"),
            c.agency.is_not(None),
            c.reason.in_(("unknown_service", "unknown_counter")),
        )
        .group_by(c.agency)
    )


_UNKNOWN = _unknown()


def unknown_numbers(tx: Read, day: date) -> dict[str, int]:
    """Tickets of a day, by agency, that wait in quarantine because their service or counter is
    not described: "+7 nomor layanan belum dikenal"."""
    return {row[0]: row[1] for row in tx.connection.execute(_UNKNOWN, {"day": day})}
