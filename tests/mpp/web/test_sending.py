"""Clients that read slowly or not at all hold no thread, on a real server."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import httpx
import pytest
import uvicorn
from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.wsgi import wrap_file

from mpp.reports import csv_file
from mpp.web.asgi import build_asgi
from mpp.web.context import parts_of
from mpp.web.files import AT_ONCE, MOST_OUT, BusyError, Turns
from mpp.web.session import gate_of
from tests.mpp.web import doors

PATIENCE = 20
LARGE = 32 * 1024 * 1024
"""Bytes: more than the buffers of both ends of a connection hold."""


@contextmanager
def serving(app: Flask, **given: float) -> Iterator[str]:
    """A server of the app; ``given`` as of build_asgi."""
    asgi = build_asgi(app, parts_of(app).hub, sight=gate_of(app).sight, **given)  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(asgi, port=0, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(done: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@contextmanager
def idle(url: str, path: str, many: int, cookie: str = "") -> Iterator[list[socket.socket]]:
    """Clients that ask and read nothing."""
    port = int(url.rpartition(":")[2])
    with contextlib.ExitStack() as stack:
        made = []
        for _ in range(many):
            sock = stack.enter_context(socket.socket())
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect(("127.0.0.1", port))
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode())
            made.append(sock)
        yield made


class Endless:
    """A route that never stops sending, with how many of its answers began and ended."""

    def __init__(self, app: Flask) -> None:
        self.began = self.ended = 0
        app.add_url_rule("/assets/endless", "endless", lambda: Response(self.parts()))

    def parts(self) -> Iterator[bytes]:
        self.began += 1
        try:
            while True:
                yield b"x" * 1_000_000
        finally:
            self.ended += 1


def test_an_answer_nobody_reads_is_given_up(app: Flask) -> None:
    endless = Endless(app)
    with serving(app, workers=2, send_seconds=0.2) as url, idle(url, "/assets/endless", 2):
        until(lambda: endless.began == 2)
        assert httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200
        assert endless.ended >= 1
        until(lambda: endless.ended == 2)


def test_an_answer_whose_client_has_gone_ends(app: Flask) -> None:
    endless = Endless(app)
    with serving(app, workers=1, send_seconds=1000) as url:
        with idle(url, "/assets/endless", 1):
            until(lambda: endless.began == 1)
        assert httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200
        assert endless.ended == 1


def test_a_file_holds_no_thread_and_is_closed_however_it_ends(app: Flask) -> None:
    files, content = [], bytes(range(256)) * (LARGE // 256)

    def large() -> Response:
        file = TemporaryFile()  # noqa: SIM115 the answer closes it
        files.append(file)
        file.write(content)
        file.seek(0)
        return Response(wrap_file(request.environ, file), direct_passthrough=True)

    app.add_url_rule("/assets/large", "large", large)
    with serving(app, workers=1, send_seconds=1000) as url:
        with idle(url, "/assets/large", 12):
            until(lambda: len(files) == 12)
            assert httpx.get(f"{url}/assets/large", timeout=PATIENCE).content == content
            assert not all(file.closed for file in files)
        until(lambda: all(file.closed for file in files))
        assert httpx.head(f"{url}/assets/large", timeout=PATIENCE).content == b""
        until(lambda: all(file.closed for file in files))


def test_one_agency_does_not_take_the_server_down_with_its_files(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        csv_file, "csv_text", lambda *_, **__: ("x" * 1_000_000 for _ in range(LARGE // 1_000_000))
    )
    name, value = doors.cookie_of(parts_of(app).settings.instance, parts_of(app).settings.port, "agency")
    path, cookie = "/instansi/dukcapil/unduh/tickets.csv", f"{name}={value}"
    with serving(app) as url, idle(url, path, 12, cookie) as clients:
        assert httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200
        for client in clients:
            client.settimeout(PATIENCE)
        heads = [client.recv(12) for client in clients]
        assert set(heads) == {b"HTTP/1.1 200", b"HTTP/1.1 429"}
        assert 1 <= heads.count(b"HTTP/1.1 200") <= MOST_OUT
        assert httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200


def test_few_files_are_made_at_once_and_one_of_an_owner() -> None:
    turns = Turns()
    with contextlib.ExitStack() as stack:
        for number in range(AT_ONCE):
            stack.enter_context(turns.making(str(number)))
        for owner in ("0", "another"):
            with pytest.raises(BusyError), turns.making(owner):
                pass
    with turns.making("0"), turns.making("another"):
        pass


def test_files_on_their_way_are_counted_until_they_are_closed(app: Flask) -> None:
    turns, parts = Turns(), [b"x" * 1_000_000] * 2
    with app.test_request_context():
        out = [turns.answer("a", parts, "text/csv", "x.csv") for _ in range(MOST_OUT)]
        with pytest.raises(BusyError):
            turns.answer("a", parts, "text/csv", "x.csv")
        assert turns.answer("b", [b"small"], "text/csv", "x.csv").data == b"small"
        out.pop().close()
        out.append(turns.answer("a", parts, "text/csv", "x.csv"))
        assert b"".join(out[0].response) == b"".join(parts)  # type: ignore[arg-type]
        for answer in out:
            answer.close()
        turns.answer("a", parts, "text/csv", "x.csv").close()


def test_who_has_to_wait_is_told_in_words(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Turns, _owner: str) -> contextlib.AbstractContextManager[None]:
        raise BusyError

    monkeypatch.setattr(Turns, "making", full)
    for path in (
        "/instansi/dukcapil/unduh/days.csv",
        "/instansi/dukcapil/unduh/days.xlsx",
        "/admin/jejak.csv",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
        assert answer.text == "Berkas lain sedang dibuat atau dikirim. Coba lagi dalam 10 detik.\n"
