"""create_app joins the parts: twice in one process, without anything at import."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mpp import create_app
from mpp.live.replay import ReplayFacts
from mpp.now import Now
from mpp.settings import Settings
from mpp.web.context import parts_of
from tests.mpp.web import house

ROOT = Path(__file__).parents[2]


@pytest.fixture
def two(tmp_path):
    apps = [house.make_house(tmp_path / name) for name in ("one", "two")]
    yield apps
    house.closing(apps)


def test_two_apps_live_side_by_side(two):
    clients = [house.sign_in(app, app.test_client()) for app in two]
    for app in two:
        house.add_token(parts_of(app).store)
    assert house.words(house.send(clients[0], house.event(1))) == ["accepted"]
    assert len(house.stored(two[0])) == 1
    assert house.stored(two[1]) == []
    for client in clients:
        assert client.get("/ruang-kendali").status_code == 200
        dependencies = client.get("/_dash-dependencies").get_json()
        assert len(dependencies) == len(clients[0].get("/_dash-dependencies").get_json()) >= 1
    boards = [house.body(client.get("/api/v1/board")) for client in clients]
    waiting = [next(a for a in b["agencies"] if a["code"] == "dukcapil")["waiting"] for b in boards]
    assert waiting == [1, None]


def test_a_second_start_changes_nothing(tmp_path):
    first = house.make_house(tmp_path)
    house.add_token(parts_of(first).store)
    house.send(first.test_client(), house.event(1))
    parts_of(first).close()
    second = create_app(Settings(instance=tmp_path))
    assert parts_of(second).description.mistakes == ()
    assert house.words(house.send(second.test_client(), house.event(1, ago=50))) == ["conflict"]
    assert parts_of(second).secret == parts_of(first).secret
    parts_of(second).close()


def test_settings_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("MPP_INSTANCE", str(tmp_path / "from-environment"))
    app = create_app()
    assert (tmp_path / "from-environment" / "mpp.sqlite").exists()
    parts_of(app).close()


def test_a_replay_writes_nothing(tmp_path):
    app = house.make_house(tmp_path)
    house.add_token(parts_of(app).store)
    house.send(app.test_client(), house.life(1))
    parts_of(app).close()
    path = tmp_path / "mpp.toml"
    path.write_text(path.read_text().replace("Sistem antrean Dukcapil", "Lain"))
    begin = Now.starting_at(datetime(2026, 2, 10, 1, 0, tzinfo=UTC), 60)
    replay = create_app(Settings(instance=tmp_path), now=begin, mode="replay", reader=ReplayFacts)
    client = house.sign_in(replay, replay.test_client())
    told = house.body(client.get("/api/v1/board"))
    assert (told["mode"], told["day"]) == ("replay", "2026-02-10")
    assert "replay" in house.is_problem(house.send(client, house.event(2)), 403)
    assert len(house.stored(replay)) == 4
    assert house.body(client.get("/readyz"))["ready"]
    sources = [source["name"] for source in told["sources"]]
    assert "Lain" not in sources
    parts_of(replay).close()


def test_importing_does_no_work(tmp_path):
    """No module but app.py opens a database, starts a thread or reads a file of the installation."""
    code = (
        "import threading, mpp, mpp.cli, mpp.web.server, mpp.web.dash_app\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
        "assert not list(__import__('pathlib').Path('.').iterdir())\n"
    )
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, timeout=60)


def test_the_clock_alone_is_light():
    """`import mpp.now` must not load the web: mpp/__init__ imports its parts when an app is made."""
    code = "import sys, mpp.now; sys.exit(any(m in sys.modules for m in ('flask', 'dash', 'sqlalchemy')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60).returncode == 0
