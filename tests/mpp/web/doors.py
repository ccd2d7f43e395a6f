"""Somebody of a role, signed in as a browser that went through the sign-in page would be."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from mpp.access import BOUND, DEVICES
from mpp.now import Now
from mpp.store import Store, devices, people
from mpp.store.database import engine_options
from mpp.store.people import Person, digest
from mpp.web import secret
from mpp.web.context import parts_of

_NUMBERS = count(1)


def token_of(
    store: Store,
    role: str = "administrator",
    *,
    agencies: Collection[str] = (),
    counters: Collection[tuple[str, str]] = (),
    open: bool = True,  # noqa: A002 as the column
    name: str = "",
) -> dict[str, str]:
    """Make somebody of a role; what the session cookie of their browser holds."""
    now, token = Now()(), secrets.token_urlsafe(32)
    number = next(_NUMBERS)
    if role == "public":
        return {}
    if role in DEVICES:
        with store.write() as tx:
            devices.add(
                tx,
                digest(token),
                kind=role,
                name=name or f"{role} {number}",
                open=open,
                start="/ruang-kendali",
                paired_at=now,
                paired_by="test",
                **_place(counters),
            )
        return {"device": token}
    agencies = frozenset(agencies or (("dukcapil",) if role in BOUND else ()))
    person = Person(
        id=0,
        login=f"{role}-{number}",
        name=name or f"{role.capitalize()} {number}",
        role=role,
        agencies=agencies,
        counters=frozenset(counters),
        password=None,
        must_change=False,
        subject=None,
        created_at=now,
        disabled_at=None,
        rev=1,
    )
    with store.write() as tx:
        people.begin(tx, token, people.add(tx, person), now, remote="127.0.0.1", browser="test")
    return {"_user_id": token, "_fresh": "true"}


def _place(counters: Collection[tuple[str, str]]) -> dict[str, str]:
    agency, counter = next(iter(counters), ("", ""))
    return {"agency": agency, "counter": counter} if agency else {}


def sign_in(app: Flask, client: FlaskClient, role: str = "administrator", **given: object) -> FlaskClient:
    """Sign a test client in as somebody of a role; gives it back."""
    held = token_of(parts_of(app).store, role, **given)  # type: ignore[arg-type]
    with client.session_transaction() as session:
        session.clear()
        session.update(held)
        session.permanent = True
    return client


@contextmanager
def store_of(instance: Path, url: str = "") -> Iterator[Store]:
    """The database of a server that runs on ``instance``."""
    address = url or f"sqlite:///{instance / 'mpp.sqlite'}"
    address = address.replace("postgresql://", "postgresql+psycopg://", 1)
    store = Store(create_engine(address, **engine_options(address)))
    try:
        yield store
    finally:
        store.close()


def cookie_of(
    instance: Path, port: int, role: str = "administrator", url: str = "", **given: object
) -> tuple[str, str]:
    """Name and value of the cookie of somebody of a role, for a server that runs on ``instance``."""
    with store_of(instance, url) as store:
        held = token_of(store, role, **given)  # type: ignore[arg-type]
    signer = Flask("signer")
    signer.secret_key = secret.load(instance)
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    return f"mpp-{port}", str(serializer.dumps({**held, "_permanent": True}))
