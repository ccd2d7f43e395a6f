"""What could not be read, kept with its reason until it is mended.

Unique on (source, CloudEvents source "origin", event id), as events are: the same bad item sent
again is counted, not repeated, and an accepted copy settles it. Each source keeps at most CAP open
rows; what comes beyond is counted on the source.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mpp.store.database import Read, Write
from mpp.store.log import chunks
from mpp.store.tables import quarantine, sources

CAP = 10_000

Name = tuple[str, str]
"""Origin and event id: what an entry is known by within its source."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One kept item: ``item`` is what we may keep of it, ``whole`` whether nothing had to be cut or
    masked, ``place`` a file and line."""

    id: int
    source: str
    origin: str
    event_id: str
    agency: str | None
    reason: str
    detail: str
    place: str | None
    item: dict[str, Any]
    whole: bool
    times: int
    first_received_at: datetime
    last_received_at: datetime
    resolved_at: datetime | None
    resolution: str | None

    @property
    def retryable(self) -> bool:
        """Whether it can be read again: it is whole and no row of a file."""
        return self.whole and self.place is None


def put(tx: Write, rows: Sequence[Mapping[str, Any]]) -> int:
    """Keep items of one source; returns how many were let go because it is at its cap.

    A row has source_id, origin, event_id, type, agency, subject, day, reason, detail, place, item
    (JSON text), whole and received_at.
    """
    if not rows:
        return 0
    source_id = rows[0]["source_id"]
    open_now = tx.connection.execute(
        select(func.count()).where(quarantine.c.source_id == source_id, quarantine.c.resolved_at.is_(None))
    ).scalar_one()
    known = _known(tx, source_id, [_name(row) for row in rows])
    kept: dict[Name, dict[str, Any]] = {}
    overflow = 0
    for row in rows:
        name = _name(row)
        fresh = name not in known and name not in kept
        if fresh and open_now >= CAP:
            overflow += 1
            continue
        open_now += fresh
        values = {k: v for k, v in row.items() if k != "received_at"}
        kept[name] = values | {
            "times": kept[name]["times"] + 1 if name in kept else 1,
            "first_received_at": row["received_at"],
            "last_received_at": row["received_at"],
        }
    if kept:
        _upsert(tx, list(kept.values()))
    return overflow


def _name(row: Mapping[str, Any]) -> Name:
    return row["origin"], row["event_id"]


def _by_origin(names: Collection[Name]) -> Iterator[tuple[str, list[str]]]:
    """The names as (origin, some of its event ids)."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for origin, event_id in names:
        grouped[origin].append(event_id)
    for origin, ids in grouped.items():
        for some in chunks(ids):
            yield origin, some


def _known(tx: Read, source_id: int, names: Collection[Name]) -> set[Name]:
    found: set[Name] = set()
    for origin, some in _by_origin(names):
        ids = tx.connection.execute(
            select(quarantine.c.event_id).where(
                quarantine.c.source_id == source_id,
                quarantine.c.origin == origin,
                quarantine.c.event_id.in_(some),
            )
        ).scalars()
        found.update((origin, event_id) for event_id in ids)
    return found


def _upsert(tx: Write, rows: list[dict[str, Any]]) -> None:
    statement = (sqlite if tx.sqlite else postgresql).insert(quarantine)
    new = statement.excluded
    followed = (
        "type", "agency", "subject", "reason", "detail", "place", "item", "whole", "last_received_at",
    )  # fmt: skip
    statement = statement.on_conflict_do_update(
        index_elements=[quarantine.c.source_id, quarantine.c.origin, quarantine.c.event_id],
        set_={name: new[name] for name in followed}
        | {"times": quarantine.c.times + new.times, "resolved_at": None, "resolution": None},
    )
    tx.connection.execute(statement, rows)


def judge_again(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Follow what a retry found of open entries. How often and when they came stays as it was:
    the source has not spoken."""
    if not rows:
        return
    c = quarantine.c
    statement = (
        update(quarantine)
        .where(
            c.source_id == bindparam("of_source"),
            c.origin == bindparam("of_origin"),
            c.event_id == bindparam("of_id"),
            c.resolved_at.is_(None),
        )
        .values({name: bindparam(f"new_{name}") for name in ("reason", "detail", "agency")})
    )
    given = [
        {
            "of_source": row["source_id"],
            "of_origin": row["origin"],
            "of_id": row["event_id"],
            **{f"new_{name}": row[name] for name in ("reason", "detail", "agency")},
        }
        for row in rows
    ]
    tx.connection.execute(statement, given)


def resolve(tx: Write, source_id: int, names: Collection[Name], now: datetime) -> int:
    """Close the open entries of these names, which were accepted; returns how many there were."""
    closed = 0
    for origin, some in _by_origin(names):
        closed += tx.connection.execute(
            update(quarantine)
            .where(
                quarantine.c.source_id == source_id,
                quarantine.c.origin == origin,
                quarantine.c.event_id.in_(some),
                quarantine.c.resolved_at.is_(None),
            )
            .values(resolved_at=now, resolution="accepted")
        ).rowcount
    return closed


def settle(tx: Write, ids: Collection[int], now: datetime, how: str = "dropped") -> int:
    """Close open entries by number; returns how many there were."""
    done = tx.connection.execute(
        update(quarantine)
        .where(quarantine.c.id.in_(list(ids)), quarantine.c.resolved_at.is_(None))
        .values(resolved_at=now, resolution=how)
    )
    return done.rowcount


_ANY_OPEN = (
    select(quarantine.c.id)
    .where(quarantine.c.source_id == bindparam("source_id"), quarantine.c.resolved_at.is_(None))
    .limit(1)
)


def has_open(tx: Read, source_id: int) -> bool:
    """Whether the source has anything open in quarantine."""
    return tx.connection.execute(_ANY_OPEN, {"source_id": source_id}).first() is not None


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
            c.id, sources.c.code, c.origin, c.event_id, c.agency, c.reason, c.detail, c.place, c.item,
            c.whole, c.times, c.first_received_at, c.last_received_at, c.resolved_at, c.resolution,
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
    tickets = (
        select(c.agency, c.source_id, c.subject)
        .where(
            c.resolved_at.is_(None),
            c.day == bindparam("day"),
            c.agency.is_not(None),
            c.reason.in_(("unknown_service", "unknown_counter")),
            c.type.startswith("ticket."),
        )
        .distinct()
        .subquery()
    )
    return select(tickets.c.agency, func.count()).group_by(tickets.c.agency)


_UNKNOWN = _unknown()


def unknown_numbers(tx: Read, day: date) -> dict[str, int]:
    """Tickets of a day, by agency, that wait in quarantine because their service or counter is
    not described: "+7 nomor layanan belum dikenal"."""
    return {row[0]: row[1] for row in tx.connection.execute(_UNKNOWN, {"day": day})}
