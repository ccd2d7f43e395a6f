"""People, devices, tokens and the audit, on the administrator's pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mpp.people import accounts
from mpp.people import devices as use
from mpp.people import sign_in as signing
from mpp.people.tries import FREE
from mpp.store import Store, audit, devices, people, sources
from mpp.store.audit import Entry
from mpp.store.people import Person
from mpp.web.context import parts_of
from tests.mpp.web import house
from tests.mpp.web.doors import sign_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = house.make_house(tmp_path)
    yield made
    parts_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return sign_in(app, app.test_client(), "administrator")


def went(answer: TestResponse) -> str:
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)
    return answer.location


def found(text: str, pattern: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match[1]


def person(app: Flask, login: str) -> Person:
    with parts_of(app).store.read() as tx:
        one = people.by_login(tx, login)
    assert one is not None
    return one


def last(app: Flask) -> Entry:
    with parts_of(app).store.read() as tx:
        return audit.entries(tx, limit=1)[0]


def enters(app: Flask, login: str, password: str) -> signing.SignedIn | signing.Refused:
    parts = parts_of(app)
    return signing.sign_in(parts.store, parts.real(), login, password, remote="10.0.0.9", browser="Firefox")


def undo(client: FlaskClient, entry: Entry) -> int:
    return client.post(f"/admin/jejak/{entry.id}/urungkan").status_code


def test_a_person_from_the_first_day_to_the_last(app: Flask, client: FlaskClient) -> None:
    form = {"name": "Siti Rahmawati", "login": "siti", "role": "officer", "agencies": "dukcapil"}
    form["counters"] = "dukcapil/1"
    assert client.post("/admin/tambah/orang", data=form | {"agencies": "samsat"}).status_code == 400
    made = client.post("/admin/tambah/orang", data=form)
    once = found(made.text, r'class="code secret">([a-z0-9-]+)<')
    assert isinstance(enters(app, "siti", once), signing.SignedIn)
    siti = person(app, "siti")
    assert (siti.counters, siti.must_change) == (frozenset({("dukcapil", "1")}), True)
    at = f"/admin/orang/{siti.id}"
    page = client.get(at).text
    assert "Firefox" in page
    assert once not in page + client.get("/admin/orang").text + client.get("/admin/jejak.csv").text
    changed = form | {"rev": found(page, r'name="rev" value="(\d+)"'), "role": "agency"}
    went(client.post(at, data=changed))
    assert (person(app, "siti").role, person(app, "siti").counters) == ("agency", frozenset())
    assert client.post(at, data=changed).status_code == 400
    assert undo(client, last(app)) == 303
    assert person(app, "siti").role == "officer"

    with parts_of(app).store.read() as tx:
        (session,) = people.open_sessions(tx, siti.id)
    went(client.post(f"{at}/sesi/{session.id}"))
    assert "Tidak di mana pun" in client.get(at).text
    again = client.post(f"{at}/sandi").text
    assert f'action="{at}/sandi"' in again, "whoever lost it makes another"
    new = found(again, r'class="code secret">([a-z0-9-]+)<')
    assert isinstance(enters(app, "siti", once), signing.Refused)
    for _ in range(FREE):
        enters(app, "siti", "wrong")
    assert "terkunci" not in client.get("/admin/orang").text, "an address waits, not the account"
    assert "Salah satu alamat" in client.get(at).text
    went(client.post(f"{at}/buka"))
    assert isinstance(enters(app, "siti", new), signing.SignedIn)
    went(client.post(f"{at}/keluarkan"))
    assert "Tidak di mana pun" in client.get(at).text
    used = found(client.get("/admin/orang").text, r'>siti</span></td>.*?"Terakhir dipakai">([^<]*)<')
    assert used != "–", "who signed out was there all the same"
    went(client.post(f"{at}/nonaktifkan"))
    off = last(app)
    assert isinstance(enters(app, "siti", new), signing.Refused)
    assert undo(client, off) == 303
    assert isinstance(enters(app, "siti", new), signing.SignedIn)
    assert client.post(f"{at}/nonsense").status_code == 404
    me = person(app, last_administrator(app))
    refused = client.post(f"/admin/orang/{me.id}/nonaktifkan")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text


def test_two_who_give_the_same_person_a_password_are_told(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = person(app, last_administrator(app))
    real = accounts.reset

    def late(store: Store, now: datetime, one: Person, **given: Any) -> str:
        return real(store, now, replace(one, rev=one.rev - 1), **given)

    monkeypatch.setattr(accounts, "reset", late)
    answer = client.post(f"/admin/orang/{me.id}/sandi")
    assert (answer.status_code, 'role="alert"' in answer.text) == (409, True)


def last_administrator(app: Flask) -> str:
    with parts_of(app).store.read() as tx:
        return next(one.login for one in people.everybody(tx) if one.role == "administrator")


def test_a_manager_lets_a_wall_in_renames_replaces_and_revokes_it(app: Flask) -> None:
    parts, client = parts_of(app), sign_in(app, app.test_client(), "manager")
    _, code = use.ask(parts.store, parts.real(), "display", "10.0.0.3")
    page = client.get("/admin/perangkat")
    assert "Layar dinding dari 10.0.0.3, menunggu sejak" in page.text
    assert code not in page.text
    assert 'href="/admin"' not in page.text
    wrong = client.post("/admin/perangkat", data={"code": "ZZZZZZ", "name": "Lobi"})
    assert wrong.status_code == 400
    assert 'id="code-wrong"' in wrong.text
    went(client.post("/admin/perangkat", data={"code": code.lower(), "name": "Lobi", "open": "1"}))
    with parts.store.read() as tx:
        (wall,) = devices.every(tx)
    assert (wall.name, wall.open, wall.counter) == ("Lobi", True, None)
    for wrong_clock in (True, False):
        assert "belum ada kabar" in client.get("/admin/perangkat").text
        if wrong_clock:  # and a report by a clock that was wrong says nothing of now
            with parts.store.write() as tx:
                told: dict[str, Any] = {"release": "1", "battery": None, "unsent": None, "remote": ""}
                devices.heard(tx, wall.id, parts.real() + timedelta(days=1), **told)
    at = f"/admin/perangkat/{wall.id}"
    form = {"name": "Lobi timur", "start": wall.start, "rev": str(wall.rev)}
    assert client.post(at, data=form | {"start": "https://elsewhere.example"}).status_code == 400
    went(client.post(at, data=form))
    assert client.post(at, data=form).status_code == 400
    boss = sign_in(app, app.test_client(), "administrator")
    assert undo(boss, last(app)) == 303
    token, code = use.ask(parts.store, parts.real(), "display", "10.0.0.4")
    assert client.post(f"{at}/ganti", data={"code": "ZZZZZZ"}).status_code == 400
    went(client.post(f"{at}/ganti", data={"code": code}))
    again = use.of_token(parts.store, token)
    assert again is not None
    assert (again.id, again.name, again.open) == (wall.id, "Lobi", True)
    went(client.post(f"{at}/perbarui"))
    assert "hanya kode" in client.get(f"{at}/cabut").text
    went(client.post(f"{at}/cabut"))
    assert "dicabut" in client.get("/admin/perangkat").text
    assert undo(boss, last(app)) == 409
    assert client.get("/admin/perangkat/999").status_code == 404


def test_a_device_of_an_agency_alone_keeps_it_when_it_is_renamed(app: Flask, client: FlaskClient) -> None:
    store = parts_of(app).store
    _, code = use.ask(store, parts_of(app).real(), "kiosk", "10.0.0.3")
    went(client.post("/admin/perangkat", data={"code": code, "name": "Kios", "counter": "dukcapil/"}))
    with store.read() as tx:
        (kiosk,) = devices.every(tx)
    at = f"/admin/perangkat/{kiosk.id}"
    chosen = found(client.get(at).text, r'<option value="([^"]+)" selected')
    form = {"name": "Kios timur", "counter": chosen, "start": kiosk.start, "rev": str(kiosk.rev)}
    went(client.post(at, data=form))
    with store.read() as tx:
        (kiosk,) = devices.every(tx)
    assert (kiosk.name, kiosk.agency, kiosk.counter) == ("Kios timur", "dukcapil", None)


def test_a_token_is_shown_once_named_and_revoked(app: Flask, client: FlaskClient) -> None:
    store = parts_of(app).store
    assert client.post("/admin/sumber/dukcapil/token", data={"label": " "}).status_code == 400
    made = client.post("/admin/sumber/dukcapil/token", data={"label": "Server lantai 1"})
    token = found(made.text, r'class="code secret">(mpp_[\w-]+)<')
    assert made.headers["Cache-Control"] == "no-store"
    page = client.get("/admin/sumber/dukcapil").text
    assert "Server lantai 1" in page
    assert token not in page + client.get("/admin/jejak.csv").text
    house.send(app.test_client(), house.event(1, service="unheard-of"), token=token)
    page = client.get("/admin/sumber/dukcapil").text
    assert "mpp quarantine list --source dukcapil" in page
    with store.read() as tx:
        (row,) = sources.list_tokens(tx)
    client.post(f"/admin/sumber/samsat/token/{row.id}/cabut")
    with store.read() as tx:
        assert sources.source_of_token(tx, token) is not None
    assert undo(client, last(app)) == 303
    with store.read() as tx:
        assert sources.source_of_token(tx, token) is None
    assert client.get("/admin/sumber/nobody").status_code == 404


def test_the_audit_is_filtered_paged_and_downloaded(app: Flask, client: FlaskClient) -> None:
    parts = parts_of(app)
    with parts.store.write() as tx:
        for n in range(60):
            audit.add(
                tx,
                parts.real(),
                who="=cmd" if n == 7 else "budi",
                role="manager",
                action="device.changed",
                what=f"device:{n}",
                before={"name": "Lama", "open": False},
                after={"name": "<b>Baru</b>", "open": True},
            )
    went(client.post("/admin/tambah/libur", data={"code": "2027-03-20", "name": "Idulfitri"}))
    page = client.get("/admin/jejak").text
    assert page.count("<tr>") == 51
    assert "&lt;b&gt;Baru&lt;/b&gt;" in page
    assert "Perangkat 11" in page
    assert "Perangkat 10 " not in page
    older = client.get("/admin/jejak?" + found(page, r'href="/admin/jejak\?(sebelum=\d+)"')).text
    assert "Perangkat 10" in older
    assert client.get("/admin/jejak?apa=holiday").text.count("<tr>") == 2
    assert client.get("/admin/jejak?siapa=budi&hari=2020-01-01").text.count("<tr>") == 0
    assert client.get("/admin/jejak?hari=nonsense&sebelum=x").status_code == 200
    # PostgreSQL knows no text with a NUL in it: nobody is called so.
    assert client.get("/admin/jejak?siapa=%00").text.count("<tr>") == 51
    rows = list(csv.reader(io.StringIO(client.get("/admin/jejak.csv?apa=device").text[1:]), delimiter=";"))
    assert len(rows) == 61
    assert rows[0][:3] == ["id", "at", "who"]
    assert "'=cmd" in {row[2] for row in rows}
