"""Single sign-on: which account an identity at the issuer leads to. None is made by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mpp.people.accounts import LONGEST_SUBJECT, told
from mpp.people.audit import By, note
from mpp.people.sign_in import SignedIn, begin, login_of
from mpp.store import Read, Store, Write, people
from mpp.store.people import Person


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at the issuer. ``email`` only where the issuer has verified it, else empty."""

    issuer: str
    subject: str
    email: str = ""

    @property
    def key(self) -> str:
        """What an account keeps of it."""
        return f"{self.issuer} {self.subject}"


def sign_in(store: Store, now: datetime, identity: Identity, *, remote: str, browser: str) -> SignedIn | None:
    """Let in whoever the issuer says this is; None where no open account belongs to them."""
    with store.write() as tx:
        person = _person(tx, identity)
        if person is None or person.disabled_at is not None:
            who = By(person.login if person else "?", person.role if person else "public", remote)
            note(tx, now, who, "sign_in.refused", f"sso:{identity.key}")
            return None
        by = By(person.login, person.role, remote)
        return begin(tx, now, _linked(tx, now, person, identity, by), by, browser)


def _person(tx: Read, identity: Identity) -> Person | None:
    """The account that keeps this identity; else the one whose login is the verified address and that
    keeps none: an address may be given to somebody else later."""
    if len(identity.key) > LONGEST_SUBJECT:
        return None
    found = people.by_subject(tx, identity.key)
    if found is not None or not identity.email:
        return found
    named = people.by_login(tx, login_of(identity.email))
    return named if named is not None and named.subject is None else None


def _linked(tx: Write, now: datetime, person: Person, identity: Identity, by: By) -> Person:
    """The account as it is from now on: it keeps the identity, and a password that was to be changed at
    the first sign-in is gone, for it is not needed."""
    if person.subject == identity.key and not person.must_change:
        return person
    password = None if person.must_change else person.password
    at = None if person.must_change else person.password_at
    wanted = replace(person, subject=identity.key, password=password, password_at=at, must_change=False)
    if people.change(tx, wanted):
        what = f"person:{person.login}"
        note(tx, now, by, "person.sso_linked", what, before=told(person), after=told(wanted))
    return wanted
