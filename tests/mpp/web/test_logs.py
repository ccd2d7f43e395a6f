"""Log lines: one form, a level, and nothing secret in them."""

from __future__ import annotations

import io
import json
import logging

import pytest

from mpp.settings import Settings
from mpp.web import logs
from tests.mpp.web.house import event, send, sign_in


@pytest.fixture
def lines():
    """Configure logging for a test and give what was logged."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in logs.QUIET}
    out = io.StringIO()

    def configure(**given):
        logs.configure(Settings(**given), out)
        return out

    yield configure
    root.handlers[:], root.level = before[0], before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)


def test_json_lines_with_the_fields_of_the_call(lines):
    out = lines(log_format="json")
    logging.getLogger("mpp.test").info("loket %s", "dibuka", extra={"agency": "dukcapil"})
    told = json.loads(out.getvalue())
    assert told["event"] == "loket dibuka"
    assert told["agency"] == "dukcapil"
    assert told["level"] == "info"
    assert told["logger"] == "mpp.test"
    assert told["timestamp"].endswith("Z")


def test_an_exception_stays_on_its_line(lines):
    out = lines(log_format="json")
    try:
        raise ValueError("rusak")
    except ValueError:
        logging.getLogger("mpp.test").exception("gagal")
    (line,) = out.getvalue().splitlines()
    assert "ValueError: rusak" in json.loads(line)["exception"]


def test_text_for_people(lines):
    out = lines(log_format="text")
    logging.getLogger("mpp.test").warning("hati-hati", extra={"agency": "dukcapil"})
    assert "hati-hati" in out.getvalue()
    assert "agency=dukcapil" in out.getvalue()


def test_auto_is_json_without_a_terminal(lines):
    out = lines()
    logging.getLogger("mpp.test").info("x")
    assert json.loads(out.getvalue())["event"] == "x"


@pytest.mark.parametrize(("level", "count"), [("debug", 3), ("info", 2), ("error", 0)])
def test_levels(lines, level, count):
    out = lines(log_level=level, log_format="json")
    log = logging.getLogger("mpp.test")
    log.debug("a")
    log.info("b")
    log.warning("c")
    assert len(out.getvalue().splitlines()) == count


def test_requests_are_logged_without_what_is_secret(lines, house_of):
    app = house_of()
    client = sign_in(app, app.test_client())
    kept = client.get_cookie("mpp-8050")
    assert kept is not None
    cookie = kept.value
    out = lines(log_level="debug", log_format="json")
    client.get("/ruang-kendali?lang=rahasia-alamat")
    client.post("/masuk", data={"login": "budi", "password": "rahasia-budi"})
    send(client, event(1, name="Siti"))
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    requests = [line for line in told if line["event"] == "request"]
    assert [(r["method"], r["path"], r["status"]) for r in requests] == [
        ("GET", "/ruang-kendali", 200),
        ("POST", "/masuk", 401),
        ("POST", "/api/v1/events", 200),
    ]
    assert all(r["ms"] >= 0 for r in requests)
    for secret in ("rahasia-alamat", "rahasia-budi", cookie, "token-of-dukcapil", "Siti"):
        assert secret not in out.getvalue()
