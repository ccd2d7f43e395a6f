"""Signing in and staying so: the password's check with its growing delay, sessions and their end."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import OperationalError

from mpp.access import Actor
from mpp.people import passwords, tries
from mpp.people.audit import By, note
from mpp.store import Read, Store, Write, people
from mpp.store.people import Person, SessionRow

IDLE: Final = timedelta(days=7)
"""A session that was not used so long is over, and any after :data:`LONGEST_SESSION`."""
LONGEST_SESSION: Final = timedelta(days=60)
AHEAD: Final = timedelta(days=1)
"""A session that began or was used so far in the future, by a clock that was wrong, is over as well."""
TOUCH: Final = timedelta(minutes=5)
"""How often a session's use is written down."""

ONE_TIME: Final = timedelta(days=7)
"""A one-time password that was not used for so long opens nothing any more."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is in: the session's token goes into the cookie and nowhere else."""

    token: str = field(repr=False)
    person: Person


@dataclass(frozen=True, slots=True)
class Refused:
    """Not in. ``wait_s``: no try is looked at before so many seconds are over."""

    wait_s: int = 0


def actor_of(person: Person) -> Actor:
    """The person as the table of rights knows them."""
    return Actor(
        person.role,
        name=person.name,
        login=person.login,
        agencies=person.agencies,
        counters=person.counters,
        open=False,
    )


def login_of(text: str) -> str:
    """A login as it is kept: without blanks around it, in small letters; what no database takes is left
    out, so that it is a wrong login and no error."""
    return text.encode("utf-8", "replace").decode().replace("\0", "").strip().casefold()


def sign_in(
    store: Store,
    now: datetime,
    login: str,
    password: str,
    *,
    remote: str,
    browser: str,
    known: bool = False,
) -> SignedIn | Refused:
    """Sign in with a password. An unknown login, a disabled account, a wrong password and a one-time
    password that ran out get the same answer after the same work, and the same delays. ``known``: this
    browser proved that it was signed in with this login before (:mod:`mpp.people.tries`)."""
    login = login_of(login)
    with store.read() as tx:
        person = people.by_login(tx, login)
    found = tries.look(store, now, login, password, _kept(person, now), remote=remote, known=known)
    if not found.looked:
        return Refused(_seconds(found.wait))
    by = By(person.login if person else "?", person.role if person else "public", remote)
    with store.write() as tx:
        if not found.right or person is None:
            if _noted(tx, now, person, found, remote):
                note(tx, now, by, "sign_in.refused", f"person:{by.who}", after={"wrong": found.wrong})
            return Refused(_seconds(found.wait))
        # Changed or disabled while the password was looked at: whoever did that has ended every session.
        held = people.by_id(tx, person.id, held=True)
        if held is None or held.password != person.password or _kept(held, now) is None:
            return Refused()
        if held.password and passwords.outdated(held.password):
            people.change(tx, replace(held, password=passwords.hashed(password)))
        return begin(tx, now, held, by, browser)


def _noted(tx: Write, now: datetime, person: Person | None, found: tries.Look, remote: str) -> bool:
    """The log does not grow with every guess: of an account's the first, then those after which one
    waits; of logins that nobody has the first."""
    if person is None:
        return tries.first_stranger(tx, now, remote)
    return found.wrong == 1 or bool(found.wait)


def _kept(person: Person | None, now: datetime) -> str | None:
    """The password that opens this account now; None: none does."""
    if person is None or person.disabled_at is not None or ran_out(person, now):
        return None
    return person.password


def ran_out(person: Person, now: datetime) -> bool:
    """Whether the account has a one-time password that nobody used in time."""
    return person.must_change and now - (person.password_at or person.created_at) > ONE_TIME


def _seconds(span: timedelta) -> int:
    return max(0, -(-int(span.total_seconds() * 1000) // 1000))


def begin(tx: Write, now: datetime, person: Person, by: By, browser: str) -> SignedIn:
    """Let somebody in whose right to it is known."""
    by = By(person.login, person.role, by.remote)
    token = secrets.token_urlsafe(32)
    people.begin(tx, token, person.id, now, remote=by.remote, browser=browser)
    note(tx, now, by, "sign_in", f"person:{person.login}")
    return SignedIn(token, person)


def who_is(store: Store, token: str, now: datetime) -> tuple[int, Person] | None:
    """The session's number and the person it belongs to; None when it is over."""
    with store.glance() as tx:
        found = people.of_token(tx, token)
    if found is None:
        return None
    session, person = found
    if _over(session, now):
        return None
    if now - session.seen_at > TOUCH:
        # Whoever only reads is not kept out by a writer that takes long: the next use is noted.
        with suppress(OperationalError), store.write() as tx:
            people.touch(tx, session.id, now)
    return session.id, person


def _over(session: SessionRow, now: datetime) -> bool:
    """Whether a session that nobody ended opens nothing any more."""
    late = now - session.seen_at > IDLE or now - session.created_at > LONGEST_SESSION
    return late or max(session.seen_at, session.created_at) - now > AHEAD


def open_sessions(tx: Read, now: datetime, person_id: int | None = None) -> list[SessionRow]:
    """Where somebody is signed in, one person or all, the session used last first."""
    return [one for one in people.open_sessions(tx, person_id) if not _over(one, now)]


def tidy(store: Store, now: datetime) -> None:
    """End the sessions that are over, and forget wrong passwords of long ago. A session opens nothing once it
    is over; it ends for good so much later, for a clock that is ahead may be put right again."""
    sure = now - LONGEST_SESSION
    with store.write() as tx:
        people.end_unused(tx, now, used=sure - IDLE, begun=sure - LONGEST_SESSION)
        people.forget_old_tries(tx, now - tries.FORGET)


def sign_out(store: Store, now: datetime, session_id: int, by: By) -> None:
    """End a session by the wish of who it belongs to."""
    with store.write() as tx:
        if people.end(tx, now, session_id=session_id):
            note(tx, now, by, "sign_out", f"person:{by.who}")
