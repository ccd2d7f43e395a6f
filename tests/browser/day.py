"""A mall served for the length of a test, on a clock that the test alone moves: a day in seconds, and every
minute that is shown is one that the test has let pass."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page

from mpp import create_app
from mpp.i18n import words
from mpp.live import push
from mpp.now import Now
from mpp.people import accounts
from mpp.people.accounts import Wish
from mpp.people.audit import CONSOLE
from mpp.settings import Settings
from mpp.web.context import parts_of
from mpp.web.server import asgi_of
from tests.mpp.web import doors, house
from tests.services import free_port, sqlite_tables

BEAT = 0.4
"""Seconds between the live path's beats, which tell a browser the time: it follows a pushed clock soon."""
SENTENCE = "pagi yang cerah di loket"
"""Everybody's password."""


@dataclass(frozen=True, slots=True)
class Pushed(Now):
    """A clock that stands still but for the pushes it gets."""

    pushes: list[timedelta] = field(default_factory=list, compare=False)

    def __call__(self) -> datetime:
        """The present instant, aware UTC."""
        return Now.__call__(self) + sum(self.pushes, timedelta())

    def push(self, minutes: float) -> None:
        """So many minutes pass at once."""
        self.pushes.append(timedelta(minutes=minutes))


class ServedDay:
    """An app under uvicorn in a thread of its own, everything as `mpp serve` has it but its clock."""

    def __init__(self, folder: Path, at: datetime, description: str = "") -> None:
        self.port = free_port()
        (folder / "mpp.sqlite").write_bytes(sqlite_tables())
        if description:
            (folder / "mpp.toml").write_text(description, encoding="utf-8")
        else:
            shutil.copy(house.EXAMPLE, folder / "mpp.toml")
        self.clock = Pushed(base=at, speed=0.0)
        self.app: Flask = create_app(Settings(instance=folder, port=self.port), now=self.clock)
        self.store = parts_of(self.app).store
        config = uvicorn.Config(
            asgi_of(self.app), port=self.port, log_config=None, timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        give_up = time.monotonic() + 30
        while not self.server.started:
            if not self.thread.is_alive() or time.monotonic() > give_up:
                self.close()
                raise AssertionError("the server ended, or does not start")
            time.sleep(0.01)

    def address(self, path: str) -> str:
        """A path of this mall, with its host and port."""
        return f"http://127.0.0.1:{self.port}{path}"

    def person(self, login: str, role: str, *agencies: str, name: str = "") -> None:
        """Somebody with an account and SENTENCE as the password."""
        wish = Wish(login, name or login.title(), role, frozenset(agencies))
        real = parts_of(self.app).real()
        accounts.create(self.store, real, wish, CONSOLE, w=words("id"), password=SENTENCE)

    def enter(self, browser: Browser, role: str, agencies: Collection[str] = (), **given: Any) -> Page:
        """A page in a browser of its own, of somebody of that role who is signed in."""
        made: BrowserContext = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta", **given)
        held = doors.token_of(self.store, role, agencies=agencies)
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        value = str(signer.dumps({**held, "_permanent": True}))
        made.add_cookies([{"name": f"mpp-{self.port}", "value": value, "url": self.address("/")}])
        return made.new_page()

    def close(self) -> None:
        """Stop serving."""
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()


class Queue:
    """The queue system of an agency: it posts what happens as it happens, with its own token."""

    def __init__(self, day: ServedDay, agency: str, service: str) -> None:
        self.day, self.agency, self.service = day, agency, service
        self.sent = 0
        token = f"token-of-{agency}"
        house.add_token(day.store, agency, token)
        self.head = {"Authorization": f"Bearer {token}", "Content-Type": house.BATCH}

    def tell(self, *happened: tuple[str, str, dict[str, Any]]) -> None:
        """Post a batch of (kind, number, more of it), all of them now; an empty one says "I am here"."""
        items = [self._event(*one) for one in happened]
        answer = httpx.post(self.day.address("/api/v1/events"), json=items, headers=self.head, timeout=30)
        words = {item["status"] for item in answer.json()["items"]}
        assert words <= {"accepted"}, answer.text

    def passes(self, minutes: int) -> None:
        """Time goes by, and it goes on saying that it is there: a source that is to report every minute is
        late after three."""
        for passed in range(0, minutes, 2):
            self.day.clock.push(min(2, minutes - passed))
            self.tell()

    def ticket(self, number: str, *kinds: str, **data: Any) -> None:
        """One ticket's steps, all of them now."""
        self.tell(*((f"ticket.{kind}", number, data) for kind in kinds))

    def _event(self, kind: str, number: str, data: dict[str, Any]) -> dict[str, Any]:
        self.sent += 1
        told: dict[str, Any] = {"agency": self.agency, **data}
        item = {
            "specversion": "1.0",
            "id": f"{self.agency}-{self.sent}",
            "source": self.agency,
            "type": f"mpp.{kind}",
            "time": self.day.clock().isoformat(),
            "data": told,
        }
        if number:
            told |= {"service": self.service, "number": number}
            item["subject"] = f"ticket/{number}"
        return item


@contextmanager
def served_day(folder: Path, at: datetime, description: str = "") -> Iterator[ServedDay]:
    """A served mall; its streams beat quickly enough for a clock that jumps, and ask for their right every
    second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(push, "Timing", _timing())
        made = ServedDay(folder, at, description)
        try:
            yield made
        finally:
            made.close()


def _timing() -> Any:
    quick = replace(push.Timing(), beat=BEAT, recheck=1.0)
    return lambda: quick
