"""Leases: one runner at a time, over all processes, by a row with an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from mpp.store.database import Write
from mpp.store.tables import leases


def take(tx: Write, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Take or renew a lease for ``seconds``; False while another holder's has not run out."""
    statement = (sqlite if tx.sqlite else postgresql).insert(leases)
    statement = statement.values(name=name, holder=holder, until=now + timedelta(seconds=seconds))
    statement = statement.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
        where=or_(leases.c.holder == holder, leases.c.until < now),
    )
    return tx.connection.execute(statement.returning(leases.c.name)).first() is not None


def release(tx: Write, name: str, holder: str) -> None:
    """Give a lease back early."""
    tx.connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
