"""An app with the example mall and a source's token, and the requests tests send to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from mpp import create_app
from mpp.now import Now
from mpp.settings import Settings
from mpp.store import Store, sources
from mpp.store.tables import events
from mpp.web.context import parts_of
from tests.mpp.web.doors import sign_in
from tests.services import sqlite_tables

__all__ = ["sign_in"]

EXAMPLE = Path(__file__).parents[3] / "mpp" / "mall" / "example.toml"
BATCH = "application/cloudevents-batch+json"
ONE = "application/cloudevents+json"
SOURCE = "dukcapil"
TOKEN = "token-of-dukcapil"


def make_house(folder: Path, url: str = "", **given: Any) -> Flask:
    """An app on the example mall; ``given`` are settings."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(EXAMPLE, folder / "mpp.toml")
    if not url and not (folder / "mpp.sqlite").exists():
        (folder / "mpp.sqlite").write_bytes(sqlite_tables())
    return create_app(Settings(instance=folder, database_url=url, **given))


def add_token(store: Store, source: str = SOURCE, token: str = TOKEN) -> int:
    """Give a source a token; returns its id."""
    with store.write() as tx:
        return sources.add_token(tx, sources.all_sources(tx)[source].id, token, "test", Now()())


def event(
    number: int, kind: str = "ticket.issued", *, source: str = SOURCE, ago: float = 60, **data: Any
) -> dict[str, Any]:
    """A CloudEvent of one ticket of Dukcapil's kk service, ``ago`` seconds ago."""
    at = Now()() - timedelta(seconds=ago)
    return {
        "specversion": "1.0",
        "id": f"{number}-{kind}",
        "source": source,
        "type": f"mpp.{kind}",
        "time": at.isoformat(),
        "subject": f"ticket/{number}",
        "data": {"agency": "dukcapil", "service": "kk", "number": f"A-{number:03}", **data},
    }


def life(number: int, ago: float = 1800) -> list[dict[str, Any]]:
    """Issued, called, started, finished."""
    return [
        event(number, "ticket.issued", ago=ago),
        event(number, "ticket.called", ago=ago - 600, counter="1"),
        event(number, "ticket.started", ago=ago - 620, counter="1"),
        event(number, "ticket.finished", ago=ago - 900, counter="1", result="done"),
    ]


def send(
    client: FlaskClient, given: Any, *, token: str | None = TOKEN, kind: str | None = None
) -> TestResponse:
    """Post events; a list as a batch, a dict as one, bytes as they are."""
    raw = given if isinstance(given, bytes) else json.dumps(given).encode()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    content_type = kind or (ONE if isinstance(given, dict) else BATCH)
    return client.post("/api/v1/events", data=raw, content_type=content_type, headers=headers)


def body(answer: TestResponse) -> dict[str, Any]:
    """The answer's JSON object."""
    found: dict[str, Any] = json.loads(answer.text)
    return found


def words(answer: TestResponse) -> list[str]:
    """The word on each item."""
    return [item["status"] for item in body(answer)["items"]]


def reasons(answer: TestResponse) -> list[str]:
    return [item.get("reason") for item in body(answer)["items"]]


def is_problem(answer: TestResponse, status: int) -> str:
    """Assert that this is an RFC 9457 problem; gives its detail."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    told = body(answer)
    assert told["status"] == status
    assert told["title"]
    assert "Traceback" not in told["detail"]
    return str(told["detail"])


def stored(app: Flask) -> list[tuple[str, str]]:
    """(event id, digest) of every event in the log."""
    with parts_of(app).store.read() as tx:
        rows = tx.connection.execute(select(events.c.event_id, events.c.digest).order_by(events.c.seq))
        return [(row[0], row[1]) for row in rows]


def closing(apps: Iterable[Flask]) -> None:
    """Close apps."""
    for app in apps:
        parts_of(app).close()
