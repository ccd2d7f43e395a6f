"""GET /api/v1/board: the picture, its version and its silence about nothing new."""

from __future__ import annotations

from mpp.web.context import parts_of
from tests.mpp.web.house import body, event, send


def test_the_mall_with_what_it_does_not_know(client):
    answer = client.get("/api/v1/board")
    told = body(answer)
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert len(told["agencies"]) == 26
    dukcapil = next(agency for agency in told["agencies"] if agency["code"] == "dukcapil")
    assert dukcapil["waiting"] is None
    assert told["now"].endswith("+00:00")
    assert set(told) >= {"version", "totals", "services", "counters", "sources", "quarters"}
    assert "share" in told["totals"]["day"]
    assert "serving" in dukcapil


def test_the_same_picture_is_not_sent_twice(app, client):
    parts_of(app).board.board()
    first = client.get("/api/v1/board")
    tag = first.headers["ETag"]
    assert tag == f'W/"{parts_of(app).hub.boot}-{body(first)["version"]}-staff"'
    again = client.get("/api/v1/board", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert client.get("/api/v1/board", headers={"If-None-Match": 'W/"other-1"'}).status_code == 200


def test_an_event_makes_another_picture(app, client, monkeypatch):
    monkeypatch.setattr("mpp.live.keeper.FRESH_S", 0.0)
    tag = client.get("/api/v1/board").headers["ETag"]
    send(client, event(1))
    answer = client.get("/api/v1/board", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    dukcapil = next(agency for agency in body(answer)["agencies"] if agency["code"] == "dukcapil")
    assert dukcapil["waiting"] == 1
