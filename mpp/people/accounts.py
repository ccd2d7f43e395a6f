"""Accounts: made, changed, given a new password, disabled; each with its line in the audit log."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from mpp.access import BOUND, PEOPLE
from mpp.i18n import Words
from mpp.people import passwords, tries
from mpp.people.audit import CONSOLE, SYSTEM, By, note
from mpp.people.sign_in import login_of, ran_out
from mpp.store import Store, Write, people
from mpp.store.people import Person

ADMINISTRATORS: Final = "administrators"
"""Whoever changes how many there are does so alone (:func:`mpp.store.people.lock`)."""

LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}\Z")
RESERVED: Final = frozenset((CONSOLE.who, SYSTEM.who, "demo"))
"""What the audit log calls who is no person."""
LONGEST_SUBJECT: Final = 300
"""Characters the database holds of an identity at single sign-on."""


class AccountError(ValueError):
    """Something of an account cannot be; ``field`` is the form's field it belongs to, the text is made
    for the person in front of it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field

    @property
    def trouble(self) -> dict[str, str]:
        """What is wrong, by the form's field."""
        return {self.field: str(self)}


class ChangedError(AccountError):
    """Somebody else changed the same thing meanwhile."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an administrator wants an account to be."""

    login: str
    name: str
    role: str
    agencies: frozenset[str] = frozenset()
    counters: frozenset[tuple[str, str]] = frozenset()
    subject: str | None = None


def told(person: Person) -> dict[str, Any]:
    """An account as the audit log has it: nothing secret."""
    return {
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "agencies": sorted(person.agencies),
        "counters": sorted(f"{agency}/{counter}" for agency, counter in person.counters),
        "subject": person.subject,
        "disabled": person.disabled_at is not None,
    }


def checked(wish: Wish, agencies: Mapping[str, Collection[str]], w: Words) -> Wish:
    """The wish as it is kept. ``agencies`` are the mall's with their counters. Raises AccountError."""
    login, name = login_of(wish.login), " ".join(wish.name.split())
    if not LOGIN.match(login):
        text = w.text("2 to 64 small letters, digits and . _ @ -, such as budi.santoso")
        raise AccountError("login", text)
    if login in RESERVED:
        raise AccountError("login", w.text("This login is taken"))
    if not 1 <= len(name) <= 100 or not name.isprintable() or not any(c.isalnum() for c in name):
        raise AccountError("name", w.text("A name of 1 to 100 characters"))
    if wish.role not in PEOPLE:
        raise AccountError("role", w.text("Choose one of the roles"))
    bound = wish.role in BOUND
    if bound and not wish.agencies:
        raise AccountError("agencies", w.text("Choose at least one agency for this role"))
    unknown = sorted(code for code in wish.agencies if code not in agencies) if bound else []
    if unknown:
        raise AccountError("agencies", w.text("There is no agency {code}", code=unknown[0]))
    counters = wish.counters if wish.role == "officer" else frozenset()
    for agency, counter in sorted(counters):
        if agency not in wish.agencies or counter not in agencies.get(agency, ()):
            text = w.text(
                "There is no counter {counter} at the chosen agencies", counter=f"{agency}/{counter}"
            )
            raise AccountError("counters", text)
    kept = wish.agencies if bound else frozenset()
    subject = (wish.subject or "").strip() or None
    if subject and not (subject.isprintable() and " " in subject and len(subject) <= LONGEST_SUBJECT):
        text = w.text("Issuer and subject with a blank between, such as https://sso.example 4711")
        raise AccountError("subject", text)
    return Wish(login, name, wish.role, kept, counters, subject)


def create(
    store: Store, now: datetime, wish: Wish, by: By, *, w: Words, password: str | None = None
) -> tuple[Person, str]:
    """Make an account of a :func:`checked` wish. Returns it with its one-time password, empty where
    ``password`` is given. Raises AccountError where the login is taken."""
    with store.write() as tx:
        return add(tx, now, wish, by, w=w, password=password)


def add(
    tx: Write, now: datetime, wish: Wish, by: By, *, w: Words, password: str | None = None
) -> tuple[Person, str]:
    """:func:`create` inside a transaction."""
    once = "" if password else passwords.one_time()
    person = Person(
        id=0,
        login=wish.login,
        name=wish.name,
        role=wish.role,
        agencies=wish.agencies,
        counters=wish.counters,
        password=passwords.hashed(password or once),
        password_at=now,
        must_change=not password,
        subject=wish.subject,
        created_at=now,
        disabled_at=None,
        rev=1,
    )
    if people.by_login(tx, wish.login) is not None:
        raise AccountError("login", w.text("This login is taken"))
    if wish.subject and people.by_subject(tx, wish.subject) is not None:
        raise AccountError("subject", w.text("This single sign-on identity is taken"))
    try:
        person = replace(person, id=people.add(tx, person))
    except IntegrityError:  # somebody else was a moment earlier
        raise AccountError("login", w.text("This login is taken")) from None
    note(tx, now, by, "person.created", f"person:{person.login}", after=told(person))
    return person, once


def change(
    store: Store, now: datetime, person: Person, wish: Wish, *, by: By, w: Words, undoes: int | None = None
) -> None:
    """Change an account to a :func:`checked` wish; what somebody may no longer see ends at once, for
    each request asks anew. Raises AccountError, ChangedError."""
    wanted = replace(
        person,
        login=wish.login,
        name=wish.name,
        role=wish.role,
        agencies=wish.agencies,
        counters=wish.counters,
        subject=wish.subject,
    )
    with store.write() as tx:
        if person.role == "administrator" and wish.role != "administrator":
            _not_last(tx, now, person, w, "role")
        other = people.by_login(tx, wish.login)
        if other is not None and other.id != person.id:
            raise AccountError("login", w.text("This login is taken"))
        twin = people.by_subject(tx, wish.subject) if wish.subject else None
        if twin is not None and twin.id != person.id:
            raise AccountError("subject", w.text("This single sign-on identity is taken"))
        _write(tx, wanted, w)
        what = f"person:{wanted.login}"
        note(tx, now, by, "person.changed", what, before=told(person), after=told(wanted), undoes=undoes)


def disable(
    store: Store,
    now: datetime,
    person: Person,
    *,
    by: By,
    w: Words,
    disabled: bool = True,
    undoes: int | None = None,
) -> None:
    """Take an account's way in, its open sessions with it, or give it back."""
    wanted = replace(person, disabled_at=now if disabled else None)
    with store.write() as tx:
        if disabled and person.role == "administrator":
            _not_last(tx, now, person, w, "")
        _write(tx, wanted, w)
        if disabled:
            people.end(tx, now, person_id=person.id)
        action = "person.disabled" if disabled else "person.enabled"
        what = f"person:{person.login}"
        note(tx, now, by, action, what, before=told(person), after=told(wanted), undoes=undoes)


def reset(store: Store, now: datetime, person: Person, *, by: By, w: Words) -> str:
    """A new one-time password, told once; the old one and every session end, and so does waiting after
    wrong passwords."""
    once = passwords.one_time()
    kept = passwords.hashed(once)
    with store.write() as tx:
        _write(tx, replace(person, password=kept, password_at=now, must_change=True), w)
        people.end(tx, now, person_id=person.id)
        tries.forget(tx, person.login)
        note(tx, now, by, "person.password_reset", f"person:{person.login}")
    return once


def waits_until(store: Store, now: datetime, person: Person) -> datetime | None:
    """Until when some address has to wait with this login, after too many wrong passwords; None: none."""
    with store.read() as tx:
        return tries.waits_until(tx, now, person.login)


def unlock(store: Store, now: datetime, person: Person, *, by: By) -> None:
    """End the waiting after wrong passwords."""
    with store.write() as tx:
        tries.forget(tx, person.login)
        note(tx, now, by, "person.unlocked", f"person:{person.login}")


def end_sessions(
    store: Store, now: datetime, person: Person, *, by: By, session_id: int | None = None
) -> int:
    """End one sign-in of a person, or all of them; returns how many ended."""
    with store.write() as tx:
        ended = people.end(tx, now, session_id=session_id, person_id=person.id)
        if ended:
            note(tx, now, by, "session.ended", f"person:{person.login}", before={"sessions": ended})
    return ended


def own_password(
    store: Store, now: datetime, person: Person, *, old: str, new: str, by: By, w: Words, session_id: int
) -> None:
    """Change one's own password; every other session ends. Wrong ones count as at signing in. Raises
    AccountError."""
    _present(store, now, person, old, by=by, w=w)
    if old == new:
        raise AccountError("new", w.text("The new password is the old one"))
    wrong = passwords.problem(new, person.login, w)
    if wrong:
        raise AccountError("new", wrong)
    kept = passwords.hashed(new)
    with store.write() as tx:
        _write(tx, replace(person, password=kept, password_at=now, must_change=False), w)
        people.end(tx, now, person_id=person.id, but=session_id)
        note(tx, now, by, "person.password_changed", f"person:{person.login}")


def _present(store: Store, now: datetime, person: Person, old: str, *, by: By, w: Words) -> None:
    found = tries.look(store, now, person.login, old, person.password, remote=by.remote, known=True)
    if found.right:
        return
    if not found.looked:
        time = w.duration(max(1, found.wait.total_seconds()))
        raise AccountError("old", w.text("Too many wrong passwords. Wait {time}, then try again.", time=time))
    with store.write() as tx:
        note(tx, now, by, "person.password_refused", f"person:{person.login}", after={"wrong": found.wrong})
    raise AccountError("old", w.text("That is not your present password"))


def _write(tx: Write, wanted: Person, w: Words) -> None:
    if not people.change(tx, wanted):
        raise ChangedError("", w.text("Somebody else has changed this account meanwhile. Look again."))


def _not_last(tx: Write, now: datetime, person: Person, w: Words, field: str) -> None:
    """Somebody else who can sign in is an administrator."""
    people.lock(tx, ADMINISTRATORS)  # two who disable each other at once
    others = [one for one in people.of_role(tx, "administrator") if one.id != person.id]
    if all(ran_out(one, now) for one in others):
        raise AccountError(field, w.text("This is the last administrator; make another one first"))
