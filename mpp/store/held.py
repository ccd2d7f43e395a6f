"""What of one agency lies open in quarantine."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from mpp.store.database import Read
from mpp.store.tables import quarantine


class Held(NamedTuple):
    """One open entry: ``data`` are the fields that were kept of the event."""

    source_id: int
    type: str | None
    day: date
    reason: str
    place: str | None
    times: int
    last_received_at: datetime
    data: dict[str, Any]


_ALONE: Any = bindparam("alone", expanding=True)
_OF = (
    select(
        *(quarantine.c[name] for name in Held._fields if name != "data"),
        quarantine.c.item,
    )
    .where(
        quarantine.c.resolved_at.is_(None),
        or_(
            quarantine.c.agency == bindparam("agency"),
            and_(quarantine.c.agency.is_(None), quarantine.c.source_id.in_(_ALONE)),
        ),
    )
    .order_by(quarantine.c.last_received_at.desc(), quarantine.c.id.desc())
    .limit(bindparam("most"))
)


def of(tx: Read, agency: str, alone: Collection[int], most: int) -> list[Held]:
    """At most ``most`` entries that are about the agency, or about nobody known and from a source of
    ``alone`` (ids of sources that may write no other agency); those received last come first."""
    rows = tx.connection.execute(_OF, {"agency": agency, "alone": list(alone), "most": most})
    return [Held._make((*row[:-1], _data(row[-1]))) for row in rows]


def _data(item: str) -> dict[str, Any]:
    """What is damaged or cut says nothing."""
    try:
        kept = json.loads(item)
    except ValueError:
        return {}
    data = kept.get("data") if isinstance(kept, dict) else None
    return data if isinstance(data, dict) else {}
