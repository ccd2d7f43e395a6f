"""Sources: the row that is lock and version of everything a feed writes, and its tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mpp.store.database import Read, Write
from mpp.store.tables import mall_versions, quarantine, ratings, readings, sources, tokens


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What the database knows of a source."""

    id: int
    code: str
    rev: int
    last_reported: datetime | None
    last_changed: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    clock_offset_s: int


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as far as it may be shown: never the token itself."""

    id: int
    source: str
    label: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None


_COLUMNS = (
    sources.c.id,
    sources.c.code,
    sources.c.rev,
    sources.c.last_reported,
    sources.c.last_changed,
    sources.c.last_error,
    sources.c.last_error_at,
    sources.c.clock_offset_s,
)


OWN = ":mpp"
"""Code of the row that is lock and version of what the product itself concludes about the mall as a
whole and of what people tell it. It is no feed, and no description can name it."""

_ALL = select(*_COLUMNS).where(sources.c.code != OWN)
_HEADS = select(
    select(func.max(mall_versions.c.id)).scalar_subquery(),
    exists(select(readings.c.id)),
    exists(select(quarantine.c.id).where(quarantine.c.resolved_at.is_(None))),
    exists(select(ratings.c.id)),
    *_COLUMNS,
)


def all_sources(tx: Read) -> dict[str, SourceRow]:
    """Every source by code, but for our own."""
    return {row.code: SourceRow(*row) for row in tx.connection.execute(_ALL)}


def own(tx: Read) -> int | None:
    """The id of our own source; None while nothing was written under it."""
    return tx.connection.execute(select(sources.c.id).where(sources.c.code == OWN)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Heads:
    """What a board compares each tick, in one question: every source by code (our own beside them),
    the newest description's id (None where there is no source to tell it beside), and whether there
    are any readings, anything open in quarantine and any ratings to look for."""

    sources: dict[str, SourceRow]
    description: int | None = None
    readings: bool = False
    quarantine: bool = False
    ratings: bool = False
    own: SourceRow | None = None


def heads(tx: Read) -> Heads:
    """The heads of everything."""
    rows = tx.connection.execute(_HEADS).all()
    known = {row.code: SourceRow(*row[4:]) for row in rows}
    mine = known.pop(OWN, None)
    if not rows:
        return Heads(known)
    newest, any_readings, any_quarantine, any_ratings = rows[0][:4]
    return Heads(known, newest, bool(any_readings), bool(any_quarantine), bool(any_ratings), mine)


def ensure(tx: Write, mall: str, wanted: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Make rows for (code, clock offset in seconds) where missing, follow a changed offset, and
    give the ids by code. An offset counts for events received from now on."""
    known = {row.code: row for row in tx.connection.execute(select(*_COLUMNS))}
    for code, offset in wanted:
        if code not in known:
            tx.connection.execute(insert(sources).values(mall=mall, code=code, clock_offset_s=offset))
        elif known[code].clock_offset_s != offset:
            tx.connection.execute(update(sources).where(sources.c.code == code).values(clock_offset_s=offset))
    return {code: id_ for id_, code in tx.connection.execute(select(sources.c.id, sources.c.code)).all()}


_OF = sources.c.id == bindparam("of")
_MOVED = update(sources).where(_OF).values(rev=sources.c.rev + 1)
_HEARD = _MOVED.values(last_reported=bindparam("now"), last_error=None, last_error_at=None)
_CHANGED = (
    update(sources)
    .where(_OF)
    .values(
        last_changed=bindparam("now"),
        fields_dropped=sources.c.fields_dropped + bindparam("dropped"),
        quarantine_overflow=sources.c.quarantine_overflow + bindparam("overflow"),
    )
)


def lock(tx: Write, source_id: int, now: datetime, *, heard: bool = True) -> None:
    """First statement of every write transaction: moves ``rev`` and so takes the source's lock.
    ``heard`` says that the source itself spoke (also with an empty batch)."""
    if heard:
        tx.connection.execute(_HEARD, {"of": source_id, "now": now})
    else:
        tx.connection.execute(_MOVED, {"of": source_id})


def lock_own(tx: Write, mall: str, now: datetime) -> int:
    """As :func:`lock` for our own source, whose row is made when it is first needed; gives its id."""
    row = (sqlite if tx.sqlite else postgresql).insert(sources).values(mall=mall, code=OWN)
    tx.connection.execute(row.on_conflict_do_nothing(index_elements=[sources.c.code]))
    source_id = tx.connection.execute(select(sources.c.id).where(sources.c.code == OWN)).scalar_one()
    lock(tx, source_id, now)
    return int(source_id)


def told_until(tx: Write, source_id: int, at: datetime) -> None:
    """Note that the source has told what happened until ``at``, unless it has told later news."""
    unheard = or_(sources.c.last_reported.is_(None), sources.c.last_reported < at)
    tx.connection.execute(update(sources).where(sources.c.id == source_id, unheard).values(last_reported=at))


def changed(tx: Write, source_id: int, now: datetime, *, dropped: int = 0, overflow: int = 0) -> None:
    """Note that something new was written, and how many fields or quarantine rows were let go."""
    given = {"of": source_id, "now": now, "dropped": dropped, "overflow": overflow}
    tx.connection.execute(_CHANGED, given)


def failed(tx: Write, source_id: int, now: datetime, error: str) -> None:
    """Note that reading the source failed."""
    tx.connection.execute(
        update(sources)
        .where(sources.c.id == source_id)
        .values(rev=sources.c.rev + 1, last_error=error[:500], last_error_at=now)
    )


def token_digest(token: str) -> str:
    """How a token is stored. A token is 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_token(tx: Write, source_id: int, token: str, label: str, now: datetime) -> int:
    """Store a token's hash; returns its id."""
    row = insert(tokens).values(
        source_id=source_id, label=label, digest=token_digest(token), hint=token[:8], created_at=now
    )
    return int(tx.connection.execute(row.returning(tokens.c.id)).scalar_one())


def source_of_token(tx: Read, token: str) -> SourceRow | None:
    """The source a live token belongs to, or None."""
    row = tx.connection.execute(
        select(*_COLUMNS)
        .join(tokens, tokens.c.source_id == sources.c.id)
        .where(tokens.c.digest == token_digest(token), tokens.c.revoked_at.is_(None))
    ).one_or_none()
    return SourceRow(*row) if row else None


def list_tokens(tx: Read) -> list[TokenRow]:
    """Every token, oldest first."""
    rows = tx.connection.execute(
        select(
            tokens.c.id,
            sources.c.code,
            tokens.c.label,
            tokens.c.hint,
            tokens.c.created_at,
            tokens.c.revoked_at,
        )
        .join(sources, tokens.c.source_id == sources.c.id)
        .order_by(tokens.c.id)
    )
    return [TokenRow(*row) for row in rows]


def revoke_token(tx: Write, token_id: int, now: datetime) -> bool:
    """End a token. False when there is no live token of that id."""
    done = tx.connection.execute(
        update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return done.rowcount == 1


def revoke_all(tx: Write, code: str, now: datetime) -> list[tuple[int, str]]:
    """End every token of a source; returns (id, label) of those that lived."""
    mine = select(sources.c.id).where(sources.c.code == code).scalar_subquery()
    query = update(tokens).where(tokens.c.source_id == mine, tokens.c.revoked_at.is_(None))
    ended = tx.connection.execute(query.values(revoked_at=now).returning(tokens.c.id, tokens.c.label))
    return sorted((row.id, row.label) for row in ended)
