"""People who sign in, their sessions, and the tries of those who did not get in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mpp.store.database import Read, Write
from mpp.store.tables import people, sessions, sign_in_tries


@dataclass(frozen=True, slots=True)
class Person:
    """One account. ``password`` is its argon2 hash, None where only single sign-on leads in;
    ``password_at`` when it was chosen or given; ``subject`` is the issuer and subject of single sign-on;
    ``rev`` counts its changes."""

    id: int
    login: str
    name: str
    role: str
    agencies: frozenset[str]
    counters: frozenset[tuple[str, str]]
    password: str | None = field(repr=False)
    must_change: bool
    subject: str | None
    created_at: datetime
    disabled_at: datetime | None
    rev: int
    password_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One sign-in of one browser."""

    id: int
    person_id: int
    created_at: datetime
    seen_at: datetime
    remote: str
    browser: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong passwords given for one login, from one address or from anywhere, since the last right one."""

    wrong: int
    last_at: datetime
    wait_until: datetime | None


FIELDS = tuple(Person.__dataclass_fields__)
_PERSON = tuple(people.c[name] for name in FIELDS)
_SESSION = tuple(sessions.c[name] for name in SessionRow.__dataclass_fields__)


def digest(token: str) -> str:
    """How a random token is kept: it has bits enough that a plain hash does."""
    return hashlib.sha256(token.encode()).hexdigest()


def _person(row: Sequence[Any]) -> Person:
    given = dict(zip(FIELDS, row, strict=True))
    given["agencies"] = frozenset(json.loads(given["agencies"]))
    given["counters"] = frozenset((agency, counter) for agency, counter in json.loads(given["counters"]))
    return Person(**given)


def _bound(agencies: Collection[str], counters: Collection[tuple[str, str]]) -> dict[str, str]:
    return {
        "agencies": json.dumps(sorted(agencies)),
        "counters": json.dumps(sorted([agency, counter] for agency, counter in counters)),
    }


def lock(tx: Write, what: str) -> None:
    """Nobody else goes on here with the same ``what`` before this transaction is over. SQLite has one
    writer at a time anyway."""
    if not tx.sqlite:
        tx.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def any_at_all(tx: Read) -> bool:
    """Whether anybody has an account."""
    return tx.connection.execute(select(people.c.id).limit(1)).first() is not None


def by_login(tx: Read, login: str) -> Person | None:
    """The account of a login, written in small letters."""
    row = tx.connection.execute(select(*_PERSON).where(people.c.login == login)).one_or_none()
    return None if row is None else _person(row)


def by_subject(tx: Read, subject: str) -> Person | None:
    """The account that single sign-on leads to."""
    row = tx.connection.execute(select(*_PERSON).where(people.c.subject == subject)).one_or_none()
    return None if row is None else _person(row)


def by_id(tx: Read, person_id: int, *, held: bool = False) -> Person | None:
    """The account of this number; ``held``: nobody changes it before this transaction is over."""
    query = select(*_PERSON).where(people.c.id == person_id)
    row = tx.connection.execute(query.with_for_update() if held else query).one_or_none()
    return None if row is None else _person(row)


def everybody(tx: Read) -> list[Person]:
    """All accounts by login."""
    return [_person(row) for row in tx.connection.execute(select(*_PERSON).order_by(people.c.login))]


def add(tx: Write, person: Person) -> int:
    """Write a new account; returns its number. ``id`` and ``rev`` of ``person`` are not looked at."""
    given = {
        name: getattr(person, name)
        for name in Person.__dataclass_fields__
        if name not in ("id", "rev", "agencies", "counters")
    }
    row = insert(people).values(**given, **_bound(person.agencies, person.counters), rev=1)
    return int(tx.connection.execute(row.returning(people.c.id)).scalar_one())


def change(tx: Write, person: Person) -> bool:
    """Write an account as ``person`` says; False where somebody else changed it since ``person.rev``."""
    done = tx.connection.execute(
        update(people)
        .where(people.c.id == person.id, people.c.rev == person.rev)
        .values(
            login=person.login,
            name=person.name,
            role=person.role,
            **_bound(person.agencies, person.counters),
            password=person.password,
            password_at=person.password_at,
            must_change=person.must_change,
            subject=person.subject,
            disabled_at=person.disabled_at,
            rev=person.rev + 1,
        )
    )
    return done.rowcount == 1


def of_role(tx: Read, role: str) -> list[Person]:
    """The accounts of a role that are not disabled."""
    query = select(*_PERSON).where(people.c.role == role, people.c.disabled_at.is_(None))
    return [_person(row) for row in tx.connection.execute(query)]


# -- sessions ----------------------------------------------------------------------------------------


def begin(tx: Write, token: str, person_id: int, now: datetime, *, remote: str, browser: str) -> int:
    """Write a sign-in; returns its number."""
    row = insert(sessions).values(
        digest=digest(token),
        person_id=person_id,
        created_at=now,
        seen_at=now,
        remote=remote[:64],
        browser=browser[:200],
    )
    return int(tx.connection.execute(row.returning(sessions.c.id)).scalar_one())


_OF_TOKEN = select(*_SESSION, *(column.label(f"p_{column.name}") for column in _PERSON)).join(
    people, people.c.id == sessions.c.person_id
)


def of_token(tx: Read, token: str) -> tuple[SessionRow, Person] | None:
    """The open sign-in that a token belongs to, and whose it is. An account that is disabled has none."""
    query = _OF_TOKEN.where(
        sessions.c.digest == digest(token), sessions.c.ended_at.is_(None), people.c.disabled_at.is_(None)
    )
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        return None
    kept = len(_SESSION)
    return SessionRow(*row[:kept]), _person(row[kept:])


def touch(tx: Write, session_id: int, now: datetime) -> None:
    """The session was used."""
    tx.connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


def open_sessions(tx: Read, person_id: int | None = None) -> list[SessionRow]:
    """Sign-ins that did not end, of one person or of all, the one used last first."""
    query = select(*_SESSION).where(sessions.c.ended_at.is_(None)).order_by(sessions.c.seen_at.desc())
    if person_id is not None:
        query = query.where(sessions.c.person_id == person_id)
    return [SessionRow(*row) for row in tx.connection.execute(query)]


def last_used(tx: Read) -> dict[int, datetime]:
    """When the sign-ins of each person, ended ones as well, were used last."""
    query = select(sessions.c.person_id, func.max(sessions.c.seen_at).label("at"))
    rows = tx.connection.execute(query.group_by(sessions.c.person_id))
    return {row.person_id: row.at for row in rows}


def end_unused(tx: Write, now: datetime, *, used: datetime, begun: datetime) -> None:
    """End sign-ins last used before ``used`` or begun before ``begun``."""
    old = or_(sessions.c.seen_at < used, sessions.c.created_at < begun)
    tx.connection.execute(update(sessions).where(sessions.c.ended_at.is_(None), old).values(ended_at=now))


def end(
    tx: Write, now: datetime, *, session_id: int | None = None, person_id: int | None = None, but: int = 0
) -> int:
    """End a sign-in, or all of a person (``but`` one); returns how many ended."""
    query = update(sessions).where(sessions.c.ended_at.is_(None), sessions.c.id != but).values(ended_at=now)
    if session_id is not None:
        query = query.where(sessions.c.id == session_id)
    if person_id is not None:
        query = query.where(sessions.c.person_id == person_id)
    return tx.connection.execute(query).rowcount


# -- wrong passwords ---------------------------------------------------------------------------------


def tries(tx: Read, key: str) -> Tries | None:
    """Wrong passwords under a key (:mod:`mpp.people.tries` makes it)."""
    c = sign_in_tries.c
    row = tx.connection.execute(select(c.wrong, c.last_at, c.wait_until).where(c.login == key)).one_or_none()
    return None if row is None else Tries(*row)


def note_try(tx: Write, key: str, found: Tries) -> None:
    """Write how often a wrong password was given."""
    statement = (sqlite if tx.sqlite else postgresql).insert(sign_in_tries)
    statement = statement.values(
        login=key, wrong=found.wrong, last_at=found.last_at, wait_until=found.wait_until
    )
    statement = statement.on_conflict_do_update(
        index_elements=[sign_in_tries.c.login],
        set_={name: statement.excluded[name] for name in ("wrong", "last_at", "wait_until")},
    )
    tx.connection.execute(statement)


def tries_of(tx: Read, prefix: str) -> list[Tries]:
    """Wrong passwords under all keys that begin so."""
    c = sign_in_tries.c
    query = select(c.wrong, c.last_at, c.wait_until).where(_begins(prefix))
    return [Tries(*row) for row in tx.connection.execute(query)]


def forget_tries(tx: Write, prefix: str) -> None:
    """A right password, or an administrator, ends the waiting under all keys that begin so."""
    tx.connection.execute(delete(sign_in_tries).where(_begins(prefix)))


def _begins(prefix: str) -> ColumnElement[bool]:
    """Keys that begin so, found by the index: they are hexadecimal, and LIKE would read all of them."""
    c = sign_in_tries.c.login
    return (c >= prefix) & (c < prefix + "g")


def forget_old_tries(tx: Write, before: datetime) -> None:
    """Keep the table small: whoever guesses names leaves a row for each. Reads all of it."""
    tx.connection.execute(delete(sign_in_tries).where(sign_in_tries.c.last_at < before))
