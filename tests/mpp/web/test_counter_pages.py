"""The addresses of the counter's buttons and the case desk: what they take, what they refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mpp.live.cases import Cases
from mpp.store import cases
from mpp.store.cases import Wanted
from mpp.web.context import parts_of
from tests.mpp.web import house

JSON = {"Accept": "application/json"}
HERE = "/loket/pa/1"


def officer(app: Flask, **given: Any) -> FlaskClient:
    return house.sign_in(app, app.test_client(), "officer", **({"agencies": ("pa",)} | given))


def mark(client: FlaskClient, path: str = HERE) -> str:
    return str(house.body(client.get(path, headers=JSON))["mark"])


def press(
    client: FlaskClient, what: Any, name: str = "a-press-0001", path: str = HERE, **given: Any
) -> TestResponse:
    given = {"id": name, "seen": "closed|", "press": what} | given
    return client.post(path, json=given, headers=JSON)


def test_a_press_is_answered_with_the_state_it_made(app: Flask) -> None:
    client = officer(app)
    answer = house.body(press(client, "open"))
    assert (answer["mark"], answer["why"]) == ("open|", "")
    assert 'data-state="open"' in answer["html"]
    assert house.body(press(client, "open"))["why"] == ""  # sent again: it was taken
    stale = press(client, "open", "a-press-0002")
    assert (stale.status_code, house.body(stale)["why"], house.body(stale)["mark"]) == (409, "stale", "open|")
    assert len(house.stored(app)) == 1


def test_a_page_that_asks_again_is_told_only_what_changed(app: Flask) -> None:
    client = officer(app)
    drawn = re.search(r'data-version="(\w+)"', client.get(HERE).text)
    assert drawn is not None
    assert client.get(f"{HERE}?v={drawn[1]}", headers=JSON).status_code == 204
    press(client, "open")
    assert client.get(f"{HERE}?v={drawn[1]}", headers=JSON).status_code == 200


def test_a_form_leads_back_to_the_page(app: Flask) -> None:
    client = officer(app)
    answer = client.post(HERE, data={"id": "form-press-1", "seen": "closed|", "press": "open"})
    assert (answer.status_code, answer.headers["Location"]) == (303, HERE)
    assert mark(client) == "open|"
    answer = client.post(HERE, data={"id": "form-press-2", "seen": "closed|", "press": "open"})
    assert answer.headers["Location"] == f"{HERE}?kata=stale"
    assert "Keadaan loket sudah berubah" in client.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    "given",
    [
        {"what": None},
        {"what": ["open"]},
        {"what": "open", "name": "x"},
        {"what": "open", "name": "x" * 300},
        {"what": "open", "at": "yesterday"},
        {"what": "open", "at": "2026-11-23T09:40:00"},
        {"what": "open", "at": "1970-01-01T00:00:00Z"},
        {"what": "open", "seen": 5},
    ],
)
def test_a_press_that_makes_no_sense_is_refused(app: Flask, given: dict[str, Any]) -> None:
    answer = press(officer(app), given.pop("what"), **given)
    assert (answer.status_code, house.body(answer)["why"]) == (400, "unfit")
    assert house.stored(app) == []


def test_a_next_is_of_whom_the_page_showed(app: Flask) -> None:
    """Sent as it was shown, by the form too; of a number that is not there it is refused."""
    client = officer(app)
    press(client, "open")
    shown = client.get(HERE).text
    assert 'data-next="walk-in"' in shown
    assert re.search(r'<input [^>]*name="next"[^>]*value="walk-in"|value="walk-in"[^>]*name="next"', shown)
    gone = press(client, "next", "a-press-0002", seen="open|", next="A-001|1")
    assert (gone.status_code, house.body(gone)["why"]) == (409, "stale")
    taken = press(client, "next", "a-press-0003", seen="open|", next="walk-in")
    assert house.body(taken)["mark"].startswith("open|loket/pa/1/a-press-0003|1|serving")


def test_what_is_no_object_is_refused(app: Flask) -> None:
    for data in ("[1]", "5", "nothing", ""):
        answer = officer(app).post(HERE, data=data, content_type="application/json", headers=JSON)
        assert answer.status_code == 400
    big = officer(app).post(HERE, data={"id": "x" * 40_000})
    assert big.status_code == 413


def test_another_counter_is_as_absent_as_one_that_is_not_there(app: Flask) -> None:
    client = officer(app, counters=(("pa", "1"),))
    foreign = [client.get(path) for path in ("/loket/pa/2", "/loket/pn/1", "/loket/pa/99", "/loket/nobody/1")]
    assert {answer.status_code for answer in foreign} == {404}
    assert len({answer.text for answer in foreign}) == 1
    assert press(client, "open", path="/loket/pn/1").status_code == 404
    assert house.stored(app) == []
    listed = client.get("/loket").text
    assert "/loket/pa/1" in listed
    assert "/loket/pa/2" not in listed


def test_the_list_of_counters_says_what_each_does(app: Flask) -> None:
    client = officer(app)
    press(client, "open")
    parts_of(app).board.board()  # one of this moment: the page's may be half a second old
    assert re.search(r'href="/loket/pa/1"><strong>Loket 1</strong><span>siap', client.get("/loket").text)


def test_a_heartbeat_is_told_of_a_counter_that_is_open(app: Flask) -> None:
    client = officer(app)
    press(client, "beat")
    assert house.stored(app) == []
    press(client, "open")
    for _ in range(3):
        press(client, "beat")
    assert len(house.stored(app)) == 2


def receive(client: FlaskClient, agency: str = "dukcapil", **given: str) -> TestResponse:
    form = {"id": "receive-0001", "number": "B-7", "service": "kk", "due": ""} | given
    return client.post(f"/berkas/{agency}/terima", data=form)


def test_a_case_is_told_once_and_audited_and_no_other_agency_reaches_it(app: Flask) -> None:
    mine = house.sign_in(app, app.test_client(), "agency")
    assert receive(mine).headers["Location"] == "/berkas/dukcapil?kata=terima"
    receive(mine)
    parts = parts_of(app)
    with parts.store.read() as tx:
        (row,) = cases.listed(tx, Wanted("dukcapil", parts.now()), 0, 9)
    assert row.number == "B-7"
    told = {"id": "answer-00001", "source": str(row.source_id), "key": row.key, "what": "completed"}
    other = house.sign_in(app, app.test_client(), "agency", agencies=("samsat",))
    assert other.post("/berkas/dukcapil/ubah", data=told).status_code == 404
    # By its own address it gets no further: the case is not its own.
    assert "kata=stale" in other.post("/berkas/samsat/ubah", data=told).headers["Location"]
    assert "B-7" not in other.get("/berkas/samsat?keadaan=all").text
    assert mine.post("/berkas/dukcapil/ubah?keadaan=all", data=told).headers["Location"].endswith("kata=ubah")
    with parts.store.read() as tx:
        assert [case.state for case in cases.listed(tx, Wanted("dukcapil", parts.now()), 0, 9)] == [
            "completed"
        ]
    assert Cases(parts.store, parts.intake).look(Wanted("samsat", parts.now())).found == 0


def test_addresses_of_a_desk_that_make_no_sense(app: Flask) -> None:
    client = house.sign_in(app, app.test_client(), "agency")
    assert client.get("/berkas/dukcapil?halaman=-1&keadaan=x&layanan=%00&q=%27%25_").status_code == 200
    assert client.post("/berkas/dukcapil/hapus").status_code == 404
    empty = client.post("/berkas/dukcapil/ubah", data={})
    assert "kata=" in empty.headers["Location"]
    nothing = client.post("/berkas/dukcapil/unggah", data={})
    assert "bukan file CSV" in nothing.text


def test_a_press_waits_for_whom_it_was_made_by(app: Flask) -> None:
    """Another person signs in on the same browser while an older page of the counter stands open."""
    first = officer(app)
    login = first.get(HERE).text.partition('data-who="')[2].partition('"')[0]
    assert login.startswith("officer-")
    assert press(first, "open", who=login).status_code == 200
    other = officer(app)
    for who in (login, 7):
        assert press(other, "close", "a-press-0009", who=who).status_code == 401
    assert len(house.stored(app)) == 1
