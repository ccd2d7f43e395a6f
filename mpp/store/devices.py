"""Paired devices, and those that ask to be."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from mpp.store.database import Read, Write
from mpp.store.people import digest
from mpp.store.tables import devices, pairings


@dataclass(frozen=True, slots=True)
class Device:
    """A wall display or kiosk. ``open``: it stands in front of visitors. ``start`` is the address it
    shows, ``unsent`` how many ratings wait in it; ``rev`` counts the changes people made."""

    id: int
    kind: str
    name: str
    open: bool
    agency: str | None
    counter: str | None
    start: str
    paired_at: datetime
    paired_by: str
    seen_at: datetime | None
    release: str | None
    battery: int | None
    unsent: int | None
    remote: str | None
    revoked_at: datetime | None
    rev: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """A device that shows ``code`` until somebody confirms it; ``device_id`` once one did, or the one
    whose token is renewed."""

    id: int
    code: str
    kind: str
    asked_at: datetime
    until: datetime
    remote: str
    device_id: int | None


RENEW, RENEWING = "renew", "renewing"
"""Kinds of a pairing that renews a token: somebody wished it; the device was given the new one."""

_DEVICE = tuple(devices.c[field.name] for field in fields(Device))
_PAIRING = tuple(pairings.c[field.name] for field in fields(Pairing))


def of_token(tx: Read, token: str) -> Device | None:
    """The device a token belongs to, a revoked one as well; also by a new token that it was given and
    did not report with yet."""
    given = digest(token)
    new = select(pairings.c.device_id).where(pairings.c.digest == given, pairings.c.kind == RENEWING)
    query = select(*_DEVICE).where(or_(devices.c.digest == given, devices.c.id.in_(new)))
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else Device(*row)


def by_id(tx: Read, device_id: int) -> Device | None:
    """The device of this number."""
    row = tx.connection.execute(select(*_DEVICE).where(devices.c.id == device_id)).one_or_none()
    return None if row is None else Device(*row)


def every(tx: Read) -> list[Device]:
    """All devices, those in use first, then by name."""
    query = select(*_DEVICE).order_by(devices.c.revoked_at.is_not(None), devices.c.name, devices.c.id)
    return [Device(*row) for row in tx.connection.execute(query)]


def add(tx: Write, token_digest: str, **given: Any) -> int:
    """Write a new device; returns its number."""
    row = insert(devices).values(digest=token_digest, rev=1, **given)
    return int(tx.connection.execute(row.returning(devices.c.id)).scalar_one())


def change(tx: Write, device_id: int, rev: int, **given: Any) -> bool:
    """Change a device; False where somebody else did since ``rev``."""
    done = tx.connection.execute(
        update(devices).where(devices.c.id == device_id, devices.c.rev == rev).values(rev=rev + 1, **given)
    )
    return done.rowcount == 1


def heard(
    tx: Write,
    device_id: int,
    now: datetime,
    *,
    release: str,
    battery: int | None,
    unsent: int | None,
    remote: str,
) -> None:
    """The device reported."""
    tx.connection.execute(
        update(devices)
        .where(devices.c.id == device_id)
        .values(seen_at=now, release=release[:40], battery=battery, unsent=unsent, remote=remote[:64])
    )


# -- pairing -----------------------------------------------------------------------------------------


def ask(tx: Write, *, code: str, token: str, kind: str, now: datetime, until: datetime, remote: str) -> int:
    """Write that a device shows ``code``; returns the pairing's number."""
    row = insert(pairings).values(
        code=code, digest=digest(token), kind=kind, asked_at=now, until=until, remote=remote[:64]
    )
    return int(tx.connection.execute(row.returning(pairings.c.id)).scalar_one())


def asking(tx: Read, token: str) -> Pairing | None:
    """The pairing a device's token asks for."""
    row = tx.connection.execute(select(*_PAIRING).where(pairings.c.digest == digest(token))).one_or_none()
    return None if row is None else Pairing(*row)


def shown(tx: Read, code: str, now: datetime) -> tuple[Pairing, str] | None:
    """The pairing whose device shows this code now, with the digest of its token."""
    query = select(*_PAIRING, pairings.c.digest).where(
        pairings.c.code == code, pairings.c.until > now, pairings.c.device_id.is_(None)
    )
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else (Pairing(*row[:-1]), row[-1])


def confirmed(tx: Write, pairing_id: int, device_id: int) -> None:
    """The device was let in."""
    tx.connection.execute(update(pairings).where(pairings.c.id == pairing_id).values(device_id=device_id))


def waiting(tx: Read, now: datetime) -> list[Pairing]:
    """Devices that show a code now, the newest first."""
    query = (
        select(*_PAIRING)
        .where(pairings.c.until > now, pairings.c.device_id.is_(None))
        .order_by(pairings.c.asked_at.desc(), pairings.c.id.desc())
    )
    return [Pairing(*row) for row in tx.connection.execute(query)]


def forget_old(tx: Write, now: datetime, collected: datetime) -> None:
    """Codes that ran out; those that somebody confirmed in time only when they ran out before
    ``collected``, for their devices have yet to see it."""
    old = or_(pairings.c.until < collected, pairings.c.device_id.is_(None))
    tx.connection.execute(delete(pairings).where(pairings.c.until < now, old))


def forget(tx: Write, pairing_id: int) -> None:
    """A code that nobody confirmed is shown no more."""
    unconfirmed = pairings.c.device_id.is_(None)
    tx.connection.execute(delete(pairings).where(pairings.c.id == pairing_id, unconfirmed))


def codes(tx: Read) -> set[str]:
    """Every code that is kept, shown or not."""
    return set(tx.connection.execute(select(pairings.c.code)).scalars())


# -- a new token for a device ------------------------------------------------------------------------


def _renewal_code(device_id: int) -> str:
    """No code that a device shows has a sign in it."""
    return f"renew-{device_id}"


def wish_renewal(tx: Write, device_id: int, now: datetime, until: datetime) -> None:
    """Write that a device, which is to get none yet, is to get a new token."""
    code = _renewal_code(device_id)
    row = insert(pairings).values(
        code=code,
        digest=digest(secrets.token_urlsafe(32)),  # nobody's: the token is made when it is handed out
        kind=RENEW,
        asked_at=now,
        until=until,
        remote="",
        device_id=device_id,
    )
    tx.connection.execute(row)


def forget_renewal(tx: Write, device_id: int) -> None:
    """The device is to get no other token, and one that it was given opens nothing."""
    tx.connection.execute(delete(pairings).where(pairings.c.code == _renewal_code(device_id)))


def renewal(tx: Read, device_id: int) -> tuple[Pairing, str] | None:
    """The renewal a device is to get, with the digest of its new token."""
    query = select(*_PAIRING, pairings.c.digest).where(pairings.c.code == _renewal_code(device_id))
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else (Pairing(*row[:-1]), row[-1])


def hand_out(tx: Write, pairing_id: int, token: str, now: datetime) -> bool:
    """The device is given its new token in this very answer; False where somebody has just called the
    renewal off."""
    given = {"digest": digest(token), "kind": RENEWING, "asked_at": now}
    done = tx.connection.execute(update(pairings).where(pairings.c.id == pairing_id).values(**given))
    return done.rowcount == 1


def renewed(tx: Write, pairing_id: int, device_id: int, token: str) -> bool:
    """The device reported with its new token: the old one opens nothing from now on. False, and nothing
    happens, where somebody has just called the renewal off."""
    if tx.connection.execute(delete(pairings).where(pairings.c.id == pairing_id)).rowcount != 1:
        return False
    tx.connection.execute(update(devices).where(devices.c.id == device_id).values(digest=digest(token)))
    return True
