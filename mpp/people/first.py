"""The first administrator: whoever has the code of the server's log."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from typing import Final

from mpp.i18n import Words
from mpp.people import accounts, passwords
from mpp.people.accounts import AccountError, Wish
from mpp.people.audit import By
from mpp.store import Store, people
from mpp.store.people import Person

DAY: Final = timedelta(days=1)


def first_code(secret: bytes, now: datetime) -> str:
    """The code that lets somebody become the first administrator, made of the installation's key and the
    day (of UTC): every process of it knows the same, and old logs lead nobody in. It holds on the next day
    as well, and only while nobody has an account."""
    about = f"first administrator {now.astimezone(UTC):%Y-%m-%d}"
    made = hmac.new(secret, about.encode(), hashlib.sha256).digest()
    text = b32encode(made)[:12].decode()
    return "-".join(text[at : at + 4] for at in (0, 4, 8))


def become_first(
    store: Store, now: datetime, *, secret: bytes, code: str, wish: Wish, password: str, by: By, w: Words
) -> Person:
    """Make the first administrator. Raises AccountError; ``field`` "code" also where there is one
    already."""
    given = "".join(c for c in code.upper() if c.isalnum())
    known = [first_code(secret, at).replace("-", "") for at in (now, now - DAY)]
    if not any(hmac.compare_digest(given.encode(), one.encode()) for one in known):
        text = w.text("That is not the code in the server's log, or it is too old: start the server again.")
        raise AccountError("code", text)
    wrong = passwords.problem(password, wish.login, w)
    if wrong:
        raise AccountError("password", wrong)
    with store.write() as tx:
        people.lock(tx, accounts.ADMINISTRATORS)
        if people.any_at_all(tx):
            raise AccountError("code", w.text("There is an administrator already"))
        person, _ = accounts.add(tx, now, wish, by, w=w, password=password)
    return person
