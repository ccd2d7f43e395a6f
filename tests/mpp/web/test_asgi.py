import asyncio
import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from flask import Flask, Response, request
from hypothesis import given
from hypothesis import strategies as st

from mpp.i18n import words
from mpp.live.push import Hub, Timing
from mpp.live.views import Cell, View, Views
from mpp.now import Now
from mpp.web import bodies
from mpp.web.asgi import build_asgi
from tests.factories import empty_board

GRACE_S = 30
"""Seconds after which a server that stops breaks its streams off; it should have ended them before. So long
may an answer take, too: the machine may be busy."""
get, post = partial(httpx.get, timeout=GRACE_S), partial(httpx.post, timeout=GRACE_S)


class Served:
    """A real server on a free port."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.denied, self.level = False, "staff"
        self.views_asked: list[View] = []

    def make(self, **given: Any) -> Any:
        flask_app = Flask("t")

        @flask_app.route("/api/v1/events", methods=["POST"])
        @flask_app.route("/other", methods=["POST", "GET"])
        def take() -> Response:
            body = request.get_data()
            self.seen.append({"body": body, "length": request.content_length})
            return Response(str(len(body)), mimetype="text/plain")

        views = Views()
        views.register("room", lambda board, scope, words: {"n": Cell("ünï")})
        views.register("agency", lambda board, scope, words: {"who": Cell(scope)}, scoped=True)
        source = type("Source", (), {"board": staticmethod(empty_board)})()
        timing = Timing(tick=0.02, beat=0.05, recheck=0.05)
        self.hub = Hub(source, views, words, Now(), release="r1", timing=timing)

        def sight(view: View) -> str | None:
            # Only a request context has a request to look at.
            assert request.path.startswith("/live/")
            self.views_asked.append(view)
            return None if self.denied or request.args.get("token") == "wrong" else self.level

        return build_asgi(flask_app, self.hub, sight=sight, body_limit=2000, **given)

    @contextmanager
    def serve(self, **given: Any) -> Iterator[str]:
        config = uvicorn.Config(
            self.make(**given), port=0, log_level="error", timeout_graceful_shutdown=GRACE_S
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{self.port}"
        finally:
            self.hub.end()
            server.should_exit = True
            thread.join(2 * GRACE_S)
            assert not thread.is_alive()

    def raw(self, head: str, *parts: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=GRACE_S) as sock:
            sock.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
            for part in parts:
                sock.sendall(part)
            answer = b""
            while not answer.endswith((b"\r\n\r\n", b"}")) and (got := sock.recv(65536)):
                answer += got
            return answer


@pytest.fixture
def served() -> Served:
    return Served()


def chunks(*parts: bytes) -> Iterator[bytes]:
    yield from parts


def test_a_chunked_body_arrives_whole(served: Served) -> None:
    with served.serve() as url:
        answer = post(f"{url}/api/v1/events", content=chunks(b"a" * 70_000, b"b" * 70_000, b"c"))
    assert answer.status_code == 200
    assert served.seen == [{"body": b"a" * 70_000 + b"b" * 70_000 + b"c", "length": 140_001}]


def test_a_body_of_known_length_and_none_at_all(served: Served) -> None:
    with served.serve() as url:
        assert post(f"{url}/other", content=b"x" * 2000).text == "2000"
        assert post(f"{url}/other", content=b"").text == "0"
        assert get(f"{url}/other").text == "0"


@pytest.mark.parametrize("path", ["/api/v1/events", "/other"])
@pytest.mark.parametrize("chunked", [True, False])
def test_one_byte_too_many_is_refused_as_a_problem(served: Served, path: str, chunked: bool) -> None:
    limit = 1024 * 1024 if path.startswith("/api") else 2000
    with served.serve() as url:
        fits, over = b"x" * limit, b"x" * (limit + 1)
        assert post(url + path, content=chunks(fits) if chunked else fits).text == str(limit)
        answer = post(url + path, content=chunks(over) if chunked else over)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 413
    assert str(limit) in answer.json()["detail"]
    assert len(served.seen) == 1


def test_a_body_announced_too_long_is_refused_before_it_comes(served: Served) -> None:
    with served.serve():
        answer = served.raw("POST /other HTTP/1.1\nHost: x\nContent-Length: 999999")
    assert answer.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("chunked", [True, False])
def test_a_client_that_sends_all_before_it_reads_sees_the_refusal(served: Served, chunked: bool) -> None:
    mib = b"x" * 1024 * 1024
    with served.serve():
        for _ in range(5):
            connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
            body = chunks(mib, mib, mib) if chunked else mib * 3
            connection.request("POST", "/api/v1/events", body, encode_chunked=chunked)
            answer = connection.getresponse()
            assert answer.status == 413
            assert json.loads(answer.read())["status"] == 413
            connection.close()
    assert served.seen == []


def test_a_refused_body_is_not_read_for_ever(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DRAIN_BYTES", 256 * 1024)
    monkeypatch.setattr(bodies, "DRAIN_S", 0.2)
    with served.serve():
        sock = socket.create_connection(("127.0.0.1", served.port), timeout=GRACE_S)
        sock.sendall(b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 64 * 1024 * 1024:
                sent += sock.send(b"x" * 65536)
        sock.close()
        assert sent < 64 * 1024 * 1024
        # One that sends nothing more is not waited for either.
        sock = socket.create_connection(("127.0.0.1", served.port), timeout=GRACE_S)
        sock.sendall(b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n")
        answer = b""
        while got := sock.recv(65536):
            answer += got
        assert answer.startswith(b"HTTP/1.1 413")
        sock.close()


def test_a_slow_body_is_given_up_and_takes_no_worker(served: Served) -> None:
    with served.serve(body_seconds=0.2, workers=1) as url:
        sock = socket.create_connection(("127.0.0.1", served.port), timeout=GRACE_S)
        sock.sendall(b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab")
        assert get(f"{url}/other").text == "0"
        assert sock.recv(4096).startswith(b"HTTP/1.1 408")
        sock.close()


def test_a_client_that_hangs_up_in_its_body_leaves_nothing(served: Served) -> None:
    with served.serve() as url:
        for _ in range(20):
            sock = socket.create_connection(("127.0.0.1", served.port), timeout=GRACE_S)
            sock.sendall(
                b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
            )
            sock.close()
        assert post(f"{url}/api/v1/events", content=chunks(b"abc")).text == "3"
    assert [one["body"] for one in served.seen] == [b"abc"]


def read_events(url: str, count: int) -> list[tuple[dict[str, str], Any]]:
    found = []
    with httpx.stream("GET", url, timeout=GRACE_S) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                found.append((fields, json.loads(fields["data"])))
                fields = {}
            if len(found) >= count:
                break
    return found


def test_the_stream_beats_and_shows_the_whole_picture(served: Served) -> None:
    with served.serve() as url:
        found = read_events(f"{url}/live/room?locale=en", 3)
    assert found[0][0]["event"] == "beat"
    frame = next(body for fields, body in found if "event" not in fields)
    assert frame["set"] == {"n": "ünï"}
    assert served.views_asked[0] == View("room", "", "en")


def test_the_polling_form(served: Served) -> None:
    with served.serve() as url:
        first = get(f"{url}/live/agency?scope=pln&since=").json()
        assert first["set"] == {"who": "pln"}
        again = get(f"{url}/live/agency?scope=pln&since={first['boot']}-{first['v']}")
        assert again.json()["set"] == {}
        assert again.json()["p"] == first["v"]
        assert again.headers["cache-control"] == "no-store"
        for odd in (
            "x",
            "--1",
            "1-",
            "%F0%9F%98%80-2",
            "1-²",
            "1-" + "9" * 5000,
            f"{first['boot']}-" + "9" * 5000,
        ):
            assert get(f"{url}/live/agency?scope=pln&since={odd}").json()["set"] == {"who": "pln"}


async def ask(app: Any, path: str, query: bytes) -> int:
    """The status of one request to the ASGI app itself, whose client hangs up as soon as it can."""
    statuses: list[int] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": [(b"host", b"localhost")],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "root_path": "",
    }

    async with asyncio.timeout(GRACE_S):
        await app(scope, receive, send)
    return statuses[0]


SINCE = st.one_of(
    st.text(max_size=40),
    st.builds("{}-{}".format, st.text(max_size=8), st.integers()),
    st.builds("{}-{}{}".format, st.text(max_size=8), st.text("0123456789", max_size=3), st.just("9" * 5000)),
)
QUERY = st.one_of(
    # uvicorn itself answers 400 to bytes beyond ASCII
    st.text(st.characters(max_codepoint=126), max_size=60).map(str.encode),
    st.builds(
        lambda since, scope, locale: urlencode({"since": since, "scope": scope, "locale": locale}).encode(),
        SINCE,
        st.one_of(st.just(""), st.text(max_size=3)),
        st.sampled_from(["", "id", "en", "fr"]),
    ),
)


def test_no_query_makes_the_streams_fail(served: Served) -> None:
    app = served.make()
    with asyncio.Runner() as runner:
        runner.run(served.hub.start())

        @given(st.sampled_from(["/live/room", "/live/agency"]), QUERY)
        def check(path: str, query: bytes) -> None:
            assert runner.run(ask(app, path, query)) in (200, 404)

        check()
        runner.run(served.hub.stop())


@pytest.mark.parametrize("path", ["no", "room?scope=x", "agency", "room?locale=fr", "room/", ""])
def test_an_unknown_view_is_a_problem(served: Served, path: str) -> None:
    with served.serve() as url:
        answer = get(f"{url}/live/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_views_are_only_read(served: Served) -> None:
    with served.serve() as url:
        assert post(f"{url}/live/room").status_code == 405


def test_access_is_asked_inside_the_requests_context(served: Served) -> None:
    with served.serve() as url:
        assert get(f"{url}/live/room?token=wrong").status_code == 403
        assert get(f"{url}/live/room?token=wrong&since=").status_code == 403


def test_a_revoked_viewer_is_told_and_ended(served: Served) -> None:
    with served.serve() as url, httpx.stream("GET", f"{url}/live/room", timeout=GRACE_S) as answer:
        lines = answer.iter_lines()
        next(lines)
        served.denied = True
        rest = list(lines)
    assert rest[rest.index("event: end") + 1] == 'data: {"why":"access"}'


def test_a_viewer_who_sees_more_or_less_than_before_gets_another_stream(served: Served) -> None:
    with served.serve() as url, httpx.stream("GET", f"{url}/live/room", timeout=GRACE_S) as answer:
        lines = answer.iter_lines()
        next(lines)
        served.level = "open"
        rest = list(lines)
    assert rest[rest.index("event: end") + 1] == 'data: {"why":"access"}'


def test_a_closed_screen_is_forgotten(served: Served) -> None:
    with served.serve() as url:
        read_events(f"{url}/live/room", 1)
        deadline = time.monotonic() + 20
        while served.hub.viewers and time.monotonic() < deadline:
            time.sleep(0.01)
        assert served.hub.viewers == 0


def test_the_server_stops_at_once_with_streams_open(served: Served) -> None:
    with served.serve():
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=GRACE_S)
        connection.request("GET", "/live/room")
        answer = connection.getresponse()
        assert answer.readline().startswith(b"event: beat")
        began = time.monotonic()
    assert time.monotonic() - began < GRACE_S
    connection.close()


def test_two_apps_in_one_process_do_not_know_each_other() -> None:
    one, two = Served(), Served()
    with one.serve() as first, two.serve() as second:
        one.denied = True
        assert get(f"{first}/live/room?since=").status_code == 403
        assert get(f"{second}/live/room?since=").status_code == 200


def test_a_websocket_is_closed(served: Served) -> None:
    sent: list[Any] = []

    async def story() -> None:
        async def receive() -> Any:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await served.make()({"type": "websocket", "path": "/live/room"}, receive, send)

    asyncio.run(story())
    assert sent == [{"type": "websocket.close", "code": 1000}]
