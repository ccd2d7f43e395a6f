"""`mpp serve` and app.py: starting, refusing to, stopping."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from mpp.now import Now
from mpp.people.first import first_code
from mpp.web import secret
from mpp.web.context import parts_of
from tests.forked import ROOT, Forked
from tests.mpp.web import house
from tests.mpp.web.served import Served
from tests.services import free_port


@pytest.fixture
def instance(tmp_path):
    shutil.copy(house.EXAMPLE, tmp_path / "mpp.toml")
    return tmp_path


def run(module, instance, **settings):
    """What ``python -m module`` gives back that ends by itself, and what it says on stdout and stderr."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MPP_")}
    environment |= {"MPP_INSTANCE": str(instance), "MPP_PORT": str(free_port())}
    environment |= {f"MPP_{name.upper()}": value for name, value in settings.items()}
    ended = Forked(*module.split(), environment=environment)
    out, err = ended.communicate(timeout=60)
    return ended.returncode, out, err


def test_it_serves_says_where_and_stops_while_a_stream_is_open(instance):
    began = Now()()
    with Served(instance) as served:
        stream = served.connect()
        header = served.header("display")
        stream.request("GET", "/live/ruang-kendali", headers=header)
        answer = stream.getresponse()
        assert answer.status == 200
        assert answer.readline()
        page = served.connect()
        page.request("GET", "/ruang-kendali", headers=header)
        assert page.getresponse().status == 200
        seconds, out, err = served.terminate()
        page.close()
        stream.close()
    assert served.process.returncode in (0, -signal.SIGTERM), err  # uvicorn passes the signal on at the end
    assert seconds < 4
    first, line = sorted(out.splitlines(), key=lambda line: "/mulai" not in line)
    assert f"http://localhost:{served.port}/mulai" in first
    codes = [first_code(secret.load(instance), at) for at in (began, Now()())]  # its day may have ended
    assert any(code in first for code in codes)
    assert f"http://localhost:{served.port}" in line
    assert err == ""


def test_what_was_being_sent_when_it_stopped_is_answered(instance):
    """A stop lets requests under way end."""
    app = house.make_house(instance)
    house.add_token(parts_of(app).store)
    parts_of(app).close()
    answers: list[int] = []
    with Served(instance) as served:

        def post():
            connection = served.connect()
            body = json.dumps([house.event(n) for n in range(500)])
            headers = {"Content-Type": house.BATCH, "Authorization": f"Bearer {house.TOKEN}"}
            connection.request("POST", "/api/v1/events", body, headers)
            begun.set()
            answers.append(connection.getresponse().status)
            connection.close()

        begun = threading.Event()
        sender = threading.Thread(target=post)
        sender.start()
        begun.wait()
        served.terminate()
        sender.join()
    assert answers == [200]


def test_an_open_door_shows_nobody_anything(instance):
    with Served(instance, host="0.0.0.0") as served:
        assert served.status("/ruang-kendali") == 303
        assert served.status("/live/ruang-kendali") == 403
        assert served.status("/live/ruang-kendali?since=0-0") == 403
        assert served.status("/api/v1/board") == 401
        assert served.status("/api/v1/board", **served.header("manager")) == 200


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"port": "often", "database_url": "mysql://x", "locale": "jv"},
            ["MPP_PORT", "MPP_DATABASE_URL", "sqlite: atau postgresql:", "MPP_LOCALE"],
        ),
        ({"rate_limit": "often"}, ["MPP_RATE_LIMIT"]),
    ],
)
def test_settings_that_cannot_be_are_named(instance, settings, said):
    for program in ("mpp.cli serve", "app"):
        code, _, err = run(program, instance, **settings)
        assert code not in (None, 0)
        assert [word for word in said if word not in err] == []
        assert "Traceback" not in err


def test_a_taken_port_is_an_error(instance, tmp_path):
    with Served(instance) as served:
        code, out, err = run("mpp.cli serve", tmp_path / "other", port=str(served.port))
    assert code not in (None, 0)
    assert "sudah dipakai program lain" in err
    assert out == ""


def test_app_py_offers_both_forms(instance):
    """And it starts as a program without anything in memory, unlike the others here."""
    code = "import app; assert app.server.test_client().get('/healthz').status_code == 200; app.asgi.__call__"
    environment = os.environ | {"MPP_INSTANCE": str(instance)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, timeout=60, check=True)
