"""POST /api/v1/actions: a row is taken, and the next picture says so."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from mpp import create_app
from mpp.now import Now
from mpp.settings import Settings
from mpp.web.context import parts_of
from tests.mpp.web import house
from tests.mpp.web.house import body, is_problem
from tests.world import MORNING

PATH = "/api/v1/actions"


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Makes apps of the example mall on a Monday morning, where Dukcapil has not opened."""
    monkeypatch.setattr("mpp.live.keeper.FRESH_S", 0.0)
    shutil.copy(house.EXAMPLE, tmp_path / "mpp.toml")
    made = []

    def make_app(mode: str = "live", **given: Any):
        app = create_app(Settings(instance=tmp_path, **given), now=Now.starting_at(MORNING), mode=mode)
        made.append(app)
        return app

    yield make_app
    house.closing(made)


@pytest.fixture
def app(make):
    made = make()
    parts_of(made).intake.accept("dukcapil", [])
    watch(made)
    return made


@pytest.fixture
def client(app):
    """An operator's browser."""
    return house.sign_in(app, app.test_client(), "operator", name="Petugas piket")


def watch(app) -> None:
    """The job, as whoever serves runs it."""
    job = next(job for job in parts_of(app).jobs.jobs if job.name == "actions")
    job.run(parts_of(app).now())


def rows(client) -> list[dict[str, Any]]:
    found = body(client.get("/api/v1/board"))["actions"]
    return [row for row in found if not row["what"]["names"]]  # the others never sent anything


def taking(client, **given: Any) -> dict[str, Any]:
    (row,) = rows(client)
    made = {"id": "6f0f2f3c-2f6e-4a53-9d8e-0b5f1a2c3d4e", "episode": row["episode"]}
    return made | {"note": "petugas dalam perjalanan", "minutes": 15} | given


def test_a_row_is_taken_and_the_next_picture_says_so(app, client):
    (row,) = rows(client)
    assert (row["what"]["rule"], row["name"], row["taken"]) == ("not_opened", "Dukcapil", None)
    seen = parts_of(app).board.board().version
    given = taking(client)
    answer = client.post(PATH, json=given)
    assert (answer.status_code, body(answer)) == (200, {"status": "taken"})
    assert body(client.post(PATH, json=given)) == {"status": "duplicate"}
    (row,) = rows(client)
    assert (row["taken"]["who"], row["taken"]["note"]) == ("Petugas piket", "petugas dalam perjalanan")
    assert parts_of(app).board.board().version > seen


def test_until_is_open_without_minutes(client):
    given = taking(client)
    del given["minutes"]
    assert client.post(PATH, json=given).status_code == 200
    assert rows(client)[0]["taken"]["until"] is None


def test_over_is_a_conflict_and_unknown_is_not_there(app, client):
    given = taking(client)
    assert "no action" in is_problem(
        client.post(PATH, json=given | {"episode": "over/x/20261123T010000Z"}), 404
    )
    item = house.event(1, "counter.opened", counter="1")
    item["time"] = parts_of(app).now().isoformat()
    del item["data"]["service"], item["data"]["number"]
    parts_of(app).intake.accept("dukcapil", [item])
    watch(app)
    assert "over" in is_problem(client.post(PATH, json=given), 409)
    assert rows(client)[0]["taken"] is None


@pytest.mark.parametrize(
    "given",
    [
        {"id": ""},
        {"id": "a b"},
        {"id": "a" * 65},
        {"id": 7},
        {"episode": None},
        {"episode": ""},
        {"note": "a" * 121},
        {"note": ["a"]},
        {"note": "\u200b"},
        {"note": "x\ud800"},
        {"minutes": 0},
        {"minutes": 481},
        {"minutes": 1.5},
        {"minutes": True},
        {"minutes": "15"},
    ],
)
def test_what_cannot_be_read_is_said_and_not_kept(client, given):
    is_problem(client.post(PATH, json=taking(client) | given), 400)
    assert rows(client)[0]["taken"] is None


def test_another_taking_under_a_known_id_is_refused(client):
    client.post(PATH, json=taking(client))
    assert "new id" in is_problem(client.post(PATH, json=taking(client, note="sudah ditelepon")), 400)


def test_what_is_no_json(client):
    is_problem(client.post(PATH, data="{", content_type="application/json"), 400)
    is_problem(client.post(PATH, data="[]", content_type="application/json"), 400)
    is_problem(client.post(PATH, data="a=b", content_type="application/x-www-form-urlencoded"), 415)
    is_problem(client.post(PATH, data=b" " * 20_000, content_type="application/json"), 413)
    is_problem(client.get(PATH), 405)


def test_a_replay_writes_nothing(make, app, client):
    given = taking(client)
    made = make("replay")
    replay = house.sign_in(made, made.test_client())
    assert "replay" in is_problem(replay.post(PATH, json=given), 409)
    assert rows(client)[0]["taken"] is None


def test_the_name_is_the_accounts_whatever_the_body_says(app, client):
    assert client.post(PATH, json=taking(client, who="Bupati")).status_code == 200
    assert rows(client)[0]["taken"]["who"] == "Petugas piket"


@pytest.mark.parametrize("role", ["leadership", "evaluator", "agency", "display", "public"])
def test_who_may_only_look_takes_nothing(app, client, role):
    given = taking(client)
    other = house.sign_in(app, app.test_client(), role)
    is_problem(other.post(PATH, json=given), 401 if role == "public" else 403)
    assert rows(client)[0]["taken"] is None


def test_a_page_of_another_site_takes_nothing(client):
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    is_problem(client.post(PATH, json=taking(client), headers=foreign), 403)


def test_while_the_database_is_away_nothing_is_promised(client, monkeypatch):
    given = taking(client)

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("mpp.web.api.actions.take", away)
    answer = client.post(PATH, json=given)
    is_problem(answer, 503)
    assert answer.headers["Retry-After"] == "5"


def test_too_many_requests_are_told_to_wait(client, monkeypatch):
    monkeypatch.setattr("mpp.web.api.actions.RATE", "3/minute")
    given = taking(client)
    assert [client.post(PATH, json=given).status_code for _ in range(3)] == [200] * 3
    answer = client.post(PATH, json=given | {"id": "more"})
    assert "3 per 1 minute" in is_problem(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    elsewhere = {"REMOTE_ADDR": "::1"}
    assert client.post(PATH, json=given, environ_overrides=elsewhere).status_code == 200


def test_a_row_that_was_taken_too_often_is_a_conflict(client, monkeypatch):
    monkeypatch.setattr("mpp.live.actions.MOST_TAKINGS", 2)
    given = taking(client)
    answers = [client.post(PATH, json=given | {"id": str(n)}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert "2 times" in is_problem(answers[2], 409)
