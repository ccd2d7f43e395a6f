"""`mpp serve` as a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import time
from pathlib import Path
from types import TracebackType

from tests.forked import Forked
from tests.mpp.web import doors
from tests.services import free_port


class Served:
    """A running server; `with` ends it if the test has not."""

    COMMAND: tuple[str, ...] = ("serve",)

    def __init__(self, instance: Path, *, url: str = "", wait: bool = True, **settings: str) -> None:
        self.port = free_port()
        self.instance, self.url = instance, url
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MPP_")}
        environment |= {"MPP_INSTANCE": str(instance), "MPP_DATABASE_URL": url, "MPP_PORT": str(self.port)}
        environment |= {f"MPP_{name.upper()}": value for name, value in settings.items()}
        self.process = Forked("mpp.cli", *self.COMMAND, environment=environment)
        if wait:
            self.wait_ready()

    def __enter__(self) -> Served:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def cookie(self, role: str = "administrator", **given: object) -> tuple[str, str]:
        """Name and value of the cookie of somebody of a role."""
        return doors.cookie_of(self.instance, self.port, role, self.url, **given)

    def header(self, role: str = "administrator", **given: object) -> dict[str, str]:
        """The header with that cookie."""
        name, value = self.cookie(role, **given)
        return {"Cookie": f"{name}={value}"}

    def status(self, path: str, **headers: str) -> int:
        with contextlib.closing(self.connect()) as connection:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status

    def wait_ready(self) -> None:
        give_up = time.monotonic() + 90
        while time.monotonic() < give_up and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.status("/readyz") == 200:
                    return
            time.sleep(0.02)
        self.process.kill()
        raise AssertionError(f"the server did not become ready: {self.process.communicate()}")

    def terminate(self) -> tuple[float, str, str]:
        """Ask it to stop: seconds until it had, and what it had said."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=20)
        return time.monotonic() - began, out, err
