"""A device's own side: its code, its reports, what it sees, and that it comes back by itself."""

from __future__ import annotations

import html
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mpp.i18n import words
from mpp.live import push
from mpp.live.keeper import Keeper
from mpp.live.model import Board, Condition, Taken
from mpp.live.push import Timing
from mpp.people import accounts, devices
from mpp.people.accounts import Wish
from mpp.people.audit import CONSOLE
from mpp.people.device_checks import STARTS
from mpp.store import audit
from mpp.store import devices as rows
from mpp.store.devices import Device
from mpp.web.asgi import build_asgi
from mpp.web.context import parts_of
from mpp.web.session import gate_of
from tests import action_boards, factories
from tests.mpp.web import doors, house
from tests.mpp.web.house import body, is_problem
from tests.services import free_port

W = words("id")
SENTENCE = "pagi yang cerah di loket"
CODE = re.compile(r'class="code"[^>]*>(\w{3}) (\w{3})<')


def code_on(answer: TestResponse) -> str:
    found = CODE.search(answer.text)
    assert found, answer.text
    return "".join(found.groups())


def let_in(app: Flask, code: str, **given: Any) -> Device:
    parts = parts_of(app)
    given = {"name": "Dinding lobi"} | given
    return devices.confirm(parts.store, parts.real(), code, by=CONSOLE, w=W, **given)


def paired(app: Flask, kind: str = "display", **given: Any) -> tuple[FlaskClient, Device]:
    client = app.test_client()
    made = let_in(app, code_on(client.get(f"/pasang?kind={kind}")), **given)
    assert client.get("/pasang").location == "/pasang", "it is a device from here on"
    return client, made


def tell(client: FlaskClient, **given: Any) -> TestResponse:
    return client.post("/api/v1/device", json={"release": "1.0"} | given)


def again(app: Flask, device: Device) -> Device:
    with parts_of(app).store.read() as tx:
        found = rows.by_id(tx, device.id)
    assert found is not None
    return found


class TestTheCode:
    def test_a_screen_shows_a_code_until_a_manager_typed_it_then_goes_on(self, app):
        client = app.test_client()
        first = client.get("/pasang")
        assert "Perangkat" in first.text
        assert first.headers["Cache-Control"] == "no-store"
        code = code_on(first)
        assert code_on(client.get("/pasang")) == code, "looking again costs no new one"
        assert client.get("/ruang-kendali").status_code == 303
        let_in(app, code)
        assert client.get("/pasang").status_code == 303
        assert client.get("/pasang").location == STARTS["display"]
        assert client.get("/ruang-kendali").status_code == 200

    def test_a_kiosk_says_that_its_page_comes_later(self, app):
        client, device = paired(app, "kiosk", name="Kios pintu")
        page = client.get("/pasang")
        assert page.status_code == 200
        assert "Kios pintu" in page.text
        assert "/assets/device.js" in page.text, "and it reports as every device"
        assert f'data-device="{devices.mark(again(app, device))}"' in page.text
        assert client.get("/ruang-kendali").status_code == 403

    def test_another_kind_is_another_code(self, app):
        client = app.test_client()
        assert code_on(client.get("/pasang")) != code_on(client.get("/pasang?kind=kiosk"))

    def test_who_asks_for_codes_in_a_loop_is_told_to_wait(self, app, monkeypatch):
        monkeypatch.setattr("mpp.web.people.pairing.RATE", "3/minute")
        answers = [app.test_client().get("/pasang") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert "Mohon tunggu" in answers[-1].text

    def test_when_too_many_wait_it_is_said(self, app, monkeypatch):
        monkeypatch.setattr(devices, "MOST_OF_ONE", 0)
        assert app.test_client().get("/pasang").status_code == 429

    def test_somebody_signed_in_stays_who_they_are(self, app, client):
        doors.sign_in(app, client, "manager", name="Ibu Sari")
        page = client.get("/pasang")
        assert "Ibu Sari" in page.text
        assert CODE.search(page.text) is None
        assert client.get("/ruang-kendali").status_code == 200


class TestReports:
    def test_a_device_says_that_it_is_there_and_learns_what_changed(self, app):
        client, device = paired(app)
        told = body(tell(client, battery=55, unsent=0))
        assert told == {"name": "Dinding lobi", "start": device.start, "mark": devices.mark(device)}
        page = client.get("/ruang-kendali")
        assert f'data-device="{told["mark"]}"' in page.text
        now = again(app, device)
        assert (now.release, now.battery, now.unsent) == ("1.0", 55, 0)
        parts = parts_of(app)
        devices.change(parts.store, parts.real(), now, by=CONSOLE, w=W, name="Timur", start="/denah")
        moved = body(tell(client))
        assert (moved["name"], moved["start"]) == ("Timur", "/denah")
        assert moved["mark"] != told["mark"]

    def test_only_a_device_carries_the_mark(self, app, client):
        doors.sign_in(app, client, "manager")
        assert "data-device" not in client.get("/ruang-kendali").text

    @pytest.mark.parametrize(
        "given",
        [
            {"release": 1},
            {"release": "x" * 41},
            {"battery": 101},
            {"battery": -1},
            {"battery": "80"},
            {"battery": True},
            {"unsent": 1.5},
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused(self, app, given):
        client, _ = paired(app)
        is_problem(tell(client, **given), 400)

    def test_nobody_else_reports(self, app, client):
        is_problem(tell(app.test_client()), 401)
        doors.sign_in(app, client, "manager")
        is_problem(tell(client), 403)

    def test_a_replay_keeps_nothing(self, app, monkeypatch):
        client, _ = paired(app)
        parts = parts_of(app)
        object.__setattr__(parts, "mode", "replay")
        is_problem(tell(client), 409)
        assert app.test_client().get("/pasang").status_code == 409

    def test_a_new_token_comes_with_a_report_and_the_cookie_follows(self, app):
        client, device = paired(app)
        cookie = client.get_cookie("mpp-8050")
        assert cookie is not None
        parts = parts_of(app)
        devices.renew(parts.store, parts.real(), device, by=CONSOLE, w=W)
        assert tell(client).status_code == 200
        assert tell(client).status_code == 200
        old = app.test_client()
        old.set_cookie("mpp-8050", cookie.value)
        assert old.get("/ruang-kendali").location.startswith("/pasang")
        assert client.get("/ruang-kendali").status_code == 200
        with parts.store.read() as tx:
            done = audit.entries(tx, what=f"device:{device.id}")
        assert [one.action for one in done] == ["device.renewed", "device.renewal_wished", "device.paired"]


class TestTheEnd:
    def test_a_revoked_display_comes_to_a_code_never_to_a_password(self, app):
        client, device = paired(app)
        parts = parts_of(app)
        devices.revoke(parts.store, parts.real(), device, by=CONSOLE, w=W)
        assert client.get("/ruang-kendali?rotate=20").location.startswith("/pasang?")
        is_problem(client.get("/api/v1/board"), 401)
        is_problem(tell(client), 401)
        page = client.get("/pasang")
        assert "password" not in page.text
        assert client.get("/ruang-kendali").location.startswith("/pasang?"), "also while it shows its code"
        assert client.get("/").location == client.get("/masuk").location == "/pasang", "nor where boxes begin"
        let_in(app, code_on(page))
        client.get("/pasang")
        assert client.get("/ruang-kendali").status_code == 200

    def test_a_wall_without_its_cookie_goes_from_the_sign_in_page_to_a_code_and_back_to_its_page(
        self, app, client
    ):
        doors.sign_in(app, client, "manager")  # there is somebody: else the first administrator is asked for
        box = app.test_client()
        asked = box.get(box.get("/denah?lantai=2").location)
        assert "/assets/alone.js" in asked.text
        found = re.search(r'<a href="([^"]+)" data-alone>', asked.text)
        assert found
        to = html.unescape(found[1])
        let_in(app, code_on(box.get(to)))
        assert box.get(to).location == to, "it is a device from here on"
        assert box.get(to).location == "/denah?lantai=2"

    def test_the_sign_in_page_of_a_person_stays(self, app, client):
        doors.sign_in(app, client, "manager")
        stranger = app.test_client()
        for address in (
            "/masuk",
            "/masuk?next=/admin",
            "/masuk?next=//x/denah",
            "/masuk?next=///denah",
            "/masuk?next=/ringkas",  # a telephone
            "/masuk?orang=1&next=/denah",
        ):
            assert "data-alone" not in stranger.get(address).text, address
        lost, device = paired(app)
        parts = parts_of(app)
        devices.revoke(parts.store, parts.real(), device, by=CONSOLE, w=W)
        assert lost.get("/masuk").status_code == 303
        way = re.search(r'href="(/masuk[^"]*)"', lost.get("/pasang").text)
        assert way
        assert 'type="password"' in lost.get(way[1]).text, "a person has a way back"

    def test_a_tab_that_somebody_left_open_does_not_become_a_device(self, app):
        parts, tab = parts_of(app), app.test_client()
        wish = Wish("sari", "Sari", "manager")
        accounts.create(parts.store, parts.real(), wish, CONSOLE, w=W, password=SENTENCE)
        assert "data-alone" in tab.get("/masuk?next=/denah").text, "nobody was signed in here"
        tab.post("/masuk", data={"login": "sari", "password": SENTENCE})
        tab.post("/keluar")
        assert "data-alone" not in tab.get("/masuk?next=/denah").text

    def test_a_box_begins_where_somebody_said_whatever_the_one_before_it_showed(self, app):
        client, device = paired(app)
        parts = parts_of(app)
        devices.change(parts.store, parts.real(), device, by=CONSOLE, w=W, start="/denah")
        assert client.get("/pasang?next=/ringkas").location == "/denah"
        with parts.store.write() as tx:  # what was a page once
            rows.change(tx, device.id, again(app, device).rev, start="/denah/1")
        assert client.get("/pasang").location == STARTS["display"]
        assert client.get("/pasang?next=/ringkas").location == "/ringkas"

    def test_a_revoked_kiosk_asks_as_a_kiosk(self, app):
        client, device = paired(app, "kiosk")
        parts = parts_of(app)
        devices.revoke(parts.store, parts.real(), device, by=CONSOLE, w=W)
        assert (
            'href="/pasang?kind=kiosk" class="button second" aria-current="true"'
            in client.get("/pasang").text
        )


WHO, NOTE, EXTENSION = "Sri Rahasia", "catatan-rahasia", "88123"


def secretive_board() -> Board:
    """Somebody dealt with an alarm of an agency with an extension; a visitor reported a fee."""
    base = factories.board()
    taken = Taken(base.now, WHO, NOTE, None)
    first = replace(base.actions[0], taken=taken, extension=EXTENSION)
    fee = action_boards.action(Condition("integrity", "dukcapil", since=base.now, over=1), "Dukcapil")
    agencies = tuple(replace(one, extension=EXTENSION) for one in base.agencies)
    return replace(base, actions=(first, fee), agencies=agencies)


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Flask, str]]:
    """That board on a real server, whose streams are asked for their right ten times a second."""
    board, timing = secretive_board(), Timing(tick=0.05, beat=0.2, recheck=0.1)
    for name in ("board", "recent", "latest"):
        monkeypatch.setattr(Keeper, name, lambda _self: board)
    monkeypatch.setattr(push, "Timing", lambda: timing)
    app = house.make_house(tmp_path)
    server = uvicorn.Server(
        uvicorn.Config(
            build_asgi(app, parts_of(app).hub, sight=gate_of(app).sight),
            port=free_port(),
            log_level="critical",
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield app, f"http://127.0.0.1:{server.config.port}"
    server.should_exit = True
    thread.join(15)
    parts_of(app).close()


def told(client: httpx.Client) -> dict[str, str]:
    """All that a browser gets: the page as drawn, the picture of a stream and of polling, the API."""
    inputs = [
        {"id": "url", "property": "pathname", "value": "/ruang-kendali"},
        {"id": "url", "property": "search", "value": ""},
        {"id": "live-redraw", "property": "n_clicks", "value": 0},
    ]
    asked = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": inputs,
        "changedPropIds": ["url.pathname"],
    }
    found = {
        "drawn": client.post("/_dash-update-component", json=asked).text,
        "board": client.get("/api/v1/board").text,
        "polled": client.get("/live/ruang-kendali?since=0-0").text,
    }
    with client.stream("GET", "/live/ruang-kendali") as stream:
        found["streamed"] = next(line for line in stream.iter_lines() if '"set"' in line)
    return found


def signs(text: str) -> set[str]:
    """What of it stands in a text."""
    marks = {"name": WHO, "note": NOTE, "extension": EXTENSION, "fee": "integrity/dukcapil"}
    return {name for name, mark in marks.items() if mark in text}


def browser_of(url: str, held: dict[str, str], app: Flask) -> httpx.Client:
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    headers = {"Cookie": f"mpp-8050={signer.dumps(held)!s}"}
    return httpx.Client(base_url=url, headers=headers, timeout=20)


def test_in_front_of_visitors_no_name_no_note_no_extension_and_no_report_of_a_fee(quick):
    app, url = quick
    store = parts_of(app).store
    seen = {}
    people = {
        "manager": doors.token_of(store, "manager"),
        "inside": doors.token_of(store, "display", open=False),
        "open": doors.token_of(store, "display"),
    }
    for who, held in people.items():
        with browser_of(url, held, app) as client:
            seen[who] = {name: signs(text) for name, text in told(client).items()}
    # What is drawn once has no place for any of it: it comes live, or not at all.
    assert [seen[who].pop("drawn") for who in ("inside", "open")] == [set(), set()]
    del seen["manager"]["drawn"]
    told_to = {who: set(map(frozenset, found.values())) for who, found in seen.items()}
    assert told_to == {
        "manager": {frozenset({"name", "note", "extension", "fee"})},
        "inside": {frozenset({"name", "note", "extension"})},
        "open": {frozenset()},
    }


@pytest.mark.parametrize("ended", ["shown to visitors", "revoked"])
def test_a_stream_ends_when_its_display_may_see_less(quick, ended):
    app, url = quick
    parts = parts_of(app)
    held = doors.token_of(parts.store, "display", open=False)
    device = devices.of_token(parts.store, held["device"])
    assert device is not None
    with browser_of(url, held, app) as client:
        with client.stream("GET", "/live/ruang-kendali") as stream:
            lines = stream.iter_lines()
            assert WHO in next(line for line in lines if '"set"' in line)
            if ended == "revoked":
                devices.revoke(parts.store, parts.real(), device, by=CONSOLE, w=W)
            else:
                devices.change(parts.store, parts.real(), device, by=CONSOLE, w=W, open=True)
            assert any('"why":"access"' in line for line in lines), "the server ends it, no one else"
        answer = client.get("/live/ruang-kendali?since=0-0")
    assert answer.status_code == (403 if ended == "revoked" else 200)
    assert signs(answer.text) == set()
