"""What administrators add to the mall's description, and the text of the file it is laid over."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update

from mpp.mall.additions import Item
from mpp.store.database import Read, Write
from mpp.store.tables import additions, mall_file


class Kept(NamedTuple):
    """One addition: ``data`` is None once it was taken away. ``rev`` counts its changes, from 1."""

    data: dict[str, Any] | None
    rev: int
    at: datetime
    by: str


def lock(tx: Write) -> int:
    """First statement of every transaction that changes the description: who comes second waits. The
    revision it makes, one above what was read before where nobody else came between."""
    tx.connection.execute(update(mall_file).values(rev=mall_file.c.rev + 1))
    return revision(tx)


def revision(tx: Read) -> int:
    """Moves whenever file or additions may have changed."""
    return int(tx.connection.execute(select(mall_file.c.rev)).scalar_one())


def file_text(tx: Read) -> str | None:
    """The last mpp.toml that was in order; None while there was none."""
    return tx.connection.execute(select(mall_file.c.text)).scalar_one()


def keep_file(tx: Write, text: str, now: datetime) -> None:
    """Keep the text of a file that is in order."""
    tx.connection.execute(update(mall_file).values(text=text, read_at=now))


def every(tx: Read) -> dict[Item, Kept]:
    """Every addition there ever was, in the order in which they came."""
    c = additions.c
    query = select(c.kind, c.agency, c.code, c.data, c.rev, c.changed_at, c.changed_by).order_by(c.id)
    return {
        Item(kind, agency, code): Kept(None if data is None else json.loads(data), rev, at, by)
        for kind, agency, code, data, rev, at, by in tx.connection.execute(query)
    }


def living(tx: Read) -> dict[Item, dict[str, Any]]:
    """The additions that hold now."""
    return {item: kept.data for item, kept in every(tx).items() if kept.data is not None}


def put(tx: Write, item: Item, data: dict[str, Any] | None, by: str, now: datetime) -> None:
    """Say what an addition is from now on, None: it is taken away."""
    c = additions.c
    plain = None if data is None else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    values = {"data": plain, "changed_at": now, "changed_by": by}
    mine = (c.kind == item.kind, c.agency == item.agency, c.code == item.code)
    found = tx.connection.execute(update(additions).where(*mine).values(rev=c.rev + 1, **values))
    if not found.rowcount:
        row = insert(additions).values(kind=item.kind, agency=item.agency, code=item.code, rev=1, **values)
        tx.connection.execute(row)
