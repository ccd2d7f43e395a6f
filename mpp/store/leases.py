"""Leases: one runner at a time, over all processes, by a row with an end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from mpp.store.database import Write
from mpp.store.tables import leases

APART: Final = timedelta(minutes=1)
"""So far the clocks of several holders may be apart."""


def take(tx: Write, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Take or renew a lease for ``seconds``; False while another holder's has not run out. One that
    ends more than APART after ``seconds`` from ``now`` was taken by a clock that was wrong: it binds
    nobody, or a machine that started hours ahead would keep everybody else from working for hours."""
    statement = (sqlite if tx.sqlite else postgresql).insert(leases)
    statement = statement.values(name=name, holder=holder, until=now + timedelta(seconds=seconds))
    longest = now + timedelta(seconds=seconds) + APART
    statement = statement.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
        where=or_(leases.c.holder == holder, leases.c.until < now, leases.c.until > longest),
    )
    return tx.connection.execute(statement.returning(leases.c.name)).first() is not None


def release(tx: Write, name: str, holder: str) -> None:
    """Give a lease back early."""
    tx.connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
