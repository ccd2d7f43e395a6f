"""The gate before every request: cookies, who they belong to, where one is led, what foreign pages can do."""

from __future__ import annotations

import base64
import hashlib
import http.cookies
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from mpp.i18n import words
from mpp.live.views import View
from mpp.people import passwords
from mpp.store import devices, people
from mpp.web import secret
from mpp.web.asked import local
from mpp.web.context import parts_of
from mpp.web.server import tell_first
from mpp.web.session import gate_of
from tests.mpp.web.doors import token_of
from tests.mpp.web.house import add_token, is_problem, make_house, send, sign_in

PAGE = "/ruang-kendali"
COOKIE = "mpp-8050"
SENTENCE = "pagi yang cerah di loket"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One house for the tests of this file; each makes people of its own."""
    made = make_house(tmp_path_factory.mktemp("session"))
    add_token(parts_of(made).store)
    yield made
    parts_of(made).close()


def person(app: Flask, role: str = "manager", **given: object) -> str:
    """Somebody with a password; gives the login."""
    store = parts_of(app).store
    held = token_of(store, role)
    with store.read() as tx:
        found = people.of_token(tx, held["_user_id"])
    assert found is not None
    values = {"password": passwords.hashed(SENTENCE)} | given
    with store.write() as tx:
        people.change(tx, replace(found[1], **values))  # type: ignore[arg-type]
    return found[1].login


def enter(client: FlaskClient, login: str, password: str = SENTENCE, **given: str):
    return client.post("/masuk", data={"login": login, "password": password, **given})


class TestNobody:
    @pytest.mark.parametrize("path", [PAGE, "/nosuch", "/instansi/dukcapil", "/instansi/nosuch", "/admin"])
    def test_a_page_leads_to_the_sign_in_and_back(self, stranger, path):
        answer = stranger.get(path + "?lang=id&theme=dark")
        assert answer.status_code == 303
        assert answer.location.startswith("/masuk?next=%2F")
        assert "theme%3Ddark" in answer.location

    @pytest.mark.parametrize("path", ["/api/v1/board", "/api/v1/openapi.json", "/metrics", "/_dash-layout"])
    def test_a_program_is_told_to_sign_in(self, stranger, path):
        answer = stranger.get(path)
        is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("path", ["/healthz", "/pasang", "/assets/live.js", "/_favicon.ico"])
    def test_what_must_be_open_is(self, stranger, path):
        with stranger.get(path) as answer:
            assert answer.status_code == 200

    def test_sources_need_their_own_token_only(self, stranger, app):
        assert send(stranger, []).status_code == 200
        is_problem(send(stranger, [], token="another"), 401)

    def test_the_start_leads_to_the_sign_in_and_before_anybody_is_there_to_the_first_administrator(
        self, house_of
    ):
        app = house_of()
        stranger = app.test_client()
        assert stranger.get("/").location == "/masuk"
        assert stranger.get("/masuk").location == "/mulai"
        assert stranger.get("/mulai").status_code == 200
        person(app)
        assert stranger.get("/masuk").status_code == 200
        assert stranger.get("/mulai").location == "/masuk"
        assert stranger.post("/mulai", data={"code": "x"}).location == "/masuk"

    def test_a_replay_makes_no_first_administrator_and_offers_none(self, house_of, capsys):
        app = house_of()
        object.__setattr__(parts_of(app), "mode", "replay")
        tell_first(parts_of(app))
        assert capsys.readouterr().out == ""
        assert app.test_client().get("/mulai").status_code == 409


def cookie_in(answer: TestResponse) -> http.cookies.Morsel[str]:
    """The session's cookie of an answer that may set others too."""
    found = http.cookies.SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        found.load(line)
    return found[COOKIE]


class TestThePassword:
    def test_the_page_asks_in_indonesian_and_goes_on_to_where_one_was(self, stranger, app):
        login = person(app)
        page = stranger.get("/masuk?next=" + PAGE + "?theme=dark")
        assert '<html lang="id">' in page.text
        assert 'type="password"' in page.text
        assert f'value="{PAGE}?theme=dark"' in page.text
        assert page.headers["Cache-Control"] == "no-store"
        answer = enter(stranger, login, next=PAGE + "?theme=dark")
        assert (answer.status_code, answer.location) == (303, PAGE + "?theme=dark")
        assert stranger.get(PAGE).status_code == 200

    def test_the_cookie_is_strict_and_not_for_scripts_and_holds_nothing_of_the_person(self, stranger, app):
        answer = enter(stranger, person(app))
        cookie = cookie_in(answer)
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert not cookie["secure"]
        held = base64.urlsafe_b64decode(cookie.value.lstrip(".").split(".")[0] + "===")
        assert b"manager" not in held

    def test_the_cookie_is_for_https_only_where_the_page_is(self, stranger, app):
        answer = stranger.post(
            "/masuk",
            data={"login": person(app), "password": SENTENCE},
            base_url="https://localhost",
        )
        assert cookie_in(answer)["secure"]

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", "/a\r\nb"]
    )
    def test_it_never_leads_elsewhere(self, target):
        assert local(target) == "/"

    def test_a_wrong_one_and_a_wrong_login_get_the_same_answer(self, stranger, app):
        login = person(app)
        first, second = enter(stranger, login, "salah"), enter(stranger, "siapa-ini", "salah")
        assert first.status_code == second.status_code == 401
        assert 'role="alert"' in first.text
        assert first.text.replace(login, "?") == second.text.replace("siapa-ini", "?")
        assert stranger.get(PAGE).status_code == 303

    def test_many_wrong_ones_make_one_wait_even_who_knows_it(self, stranger, app):
        login = person(app)
        codes = [enter(stranger, login, f"salah {n}").status_code for n in range(6)]
        assert codes == [401] * 4 + [429] * 2
        answer = enter(stranger, login)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 8

    def test_a_password_that_was_given_must_be_changed_before_anything_else(self, stranger, app):
        enter(stranger, person(app, must_change=True))
        assert stranger.get(PAGE).location == "/akun"
        assert "/akun" in is_problem(stranger.get("/api/v1/board"), 403)
        view = View("ruang-kendali", "", "id")
        cookie = {"Cookie": f"{COOKIE}={stranger.get_cookie(COOKIE).value}"}
        with app.test_request_context("/live/ruang-kendali", headers=cookie):
            assert gate_of(app).sight(view) is None
        assert stranger.get("/akun").status_code == 200
        new = {"old": SENTENCE, "new": "hujan turun sore ini", "again": "hujan turun sore ini"}
        assert stranger.post("/akun/sandi", data=new).location == "/"
        assert stranger.get(PAGE).status_code == 200


class TestOnesOwnSessions:
    def test_a_use_is_told_by_the_malls_day_and_one_that_is_over_is_not(self, app, stranger):
        login = person(app)
        enter(stranger, login)
        store, now = parts_of(app).store, parts_of(app).real()
        night = (now - timedelta(days=1)).replace(hour=23, minute=30)  # 06.30 of the next day in Jakarta
        with store.write() as tx:
            number = people.by_login(tx, login).id  # type: ignore[union-attr]
            people.begin(tx, "night", number, night, remote="10.9.9.9", browser="Firefox")
            people.begin(tx, "long ago", number, now - timedelta(days=90), remote="10.8.8.8", browser="")
        page = stranger.get("/akun").text
        assert f"{words('id').day(now.date())}, 06.30" in page
        assert "10.8.8.8" not in page


class TestTheCookie:
    def test_a_forged_one_is_nobodys(self, stranger):
        stranger.set_cookie(COOKIE, "eyJfdXNlcl9pZCI6IngifQ.Zz.forged")
        assert stranger.get(PAGE).status_code == 303

    def test_signing_out_ends_it_for_whoever_kept_a_copy(self, app, client):
        kept = client.get_cookie(COOKIE).value
        assert client.post("/keluar").location == "/masuk"
        client.set_cookie(COOKIE, kept)
        assert client.get(PAGE).status_code == 303

    def test_an_account_that_is_disabled_or_has_another_role_is_so_at_once(self, app, client):
        store = parts_of(app).store
        with client.session_transaction() as session, store.write() as tx:
            found = people.of_token(tx, session["_user_id"])
            assert found is not None
            one = found[1]
            people.change(tx, replace(one, role="officer", agencies=frozenset(("dukcapil",))))
        assert client.get(PAGE).status_code == 403
        with store.write() as tx:
            people.change(tx, replace(one, rev=2, disabled_at=parts_of(app).real()))
        assert client.get(PAGE).status_code == 303

    def test_a_device_is_let_in_by_its_cookie_or_its_token(self, app, stranger):
        held = token_of(parts_of(app).store, "display")
        sent = {"Authorization": f"Bearer {held['device']}"}
        assert stranger.get("/api/v1/board", headers=sent).status_code == 200
        is_problem(stranger.get("/api/v1/board", headers={"Authorization": "Bearer x"}), 401)
        is_problem(stranger.post("/api/v1/actions", json={}, headers=sent), 403)
        sign_in(app, stranger, "display")
        assert stranger.get(PAGE).status_code == 200

    def test_a_revoked_display_never_meets_a_page_that_asks_for_a_password(self, app, stranger):
        sign_in(app, stranger, "display")
        store = parts_of(app).store
        with stranger.session_transaction() as session, store.write() as tx:
            one = devices.of_token(tx, session["device"])
            assert one is not None
            devices.change(tx, one.id, one.rev, revoked_at=parts_of(app).real())
        assert stranger.get(PAGE).location.startswith("/pasang?")
        page = stranger.get("/pasang")
        assert page.status_code == 200
        assert 'type="password"' not in page.text

    def test_somebody_elses_token_in_a_header_does_not_lend_ones_own_cookies_rights(self, client):
        assert client.get(PAGE, headers={"Authorization": "Bearer x"}).status_code == 303

    def test_the_streams_ask_the_same_question(self, app, client):
        sight = gate_of(app).sight
        view = View("ruang-kendali", "", "id")
        with app.test_request_context("/live/ruang-kendali"):
            assert sight(view) is None
        cookie = {"Cookie": f"{COOKIE}={client.get_cookie(COOKIE).value}"}
        with app.test_request_context("/live/ruang-kendali", headers=cookie):
            assert sight(view) == "staff"

    def test_metrics_open_to_their_own_token(self, house_of):
        stranger = house_of(metrics_token="rahasia").test_client()
        assert stranger.get("/metrics", headers={"Authorization": "Bearer rahasia"}).status_code == 200
        is_problem(stranger.get("/metrics", headers={"Authorization": "Bearer rahasia2"}), 401)
        is_problem(stranger.get("/api/v1/board", headers={"Authorization": "Bearer rahasia"}), 401)

    def test_while_the_database_is_away_nobody_is_let_in_nor_sent_to_the_sign_in(
        self, app, client, monkeypatch
    ):
        def down() -> None:
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))

        monkeypatch.setattr(parts_of(app).store.engine, "connect", down)
        page = client.get(PAGE)
        assert (page.status_code, page.mimetype) == (503, "text/html")
        answer = client.get("/api/v1/board")
        is_problem(answer, 503)
        assert answer.headers["Retry-After"] == "5"


class TestForms:
    """Whoever presses a button is answered as a person, a program as a program."""

    def test_a_form_of_an_ended_session_leads_to_the_sign_in_and_back_to_its_page(self, stranger):
        answer = stranger.post("/akun/sandi", data={}, headers={"Referer": "http://localhost/akun?lang=en"})
        assert (answer.status_code, answer.location) == (303, "/masuk?next=%2Fakun%3Flang%3Den")
        for elsewhere in ("https://evil.example/akun", "http://localhost:81/x", "//[", ""):
            answer = stranger.post("/akun/sandi", headers={"Referer": elsewhere})
            assert answer.location == "/masuk?next=%2F", elsewhere
        is_problem(stranger.post("/akun/sandi", json={}), 401)

    def test_a_form_one_may_not_send_is_refused_with_a_page(self, app, stranger):
        sign_in(app, stranger, "manager")
        answer = stranger.post("/admin/orang/1", data={})
        assert (answer.status_code, answer.mimetype) == (403, "text/html")
        is_problem(stranger.post("/admin/orang/1", json={}), 403)

    def test_a_form_to_what_is_gone_is_answered_with_a_page(self, client):
        answer = client.post("/admin/orang/999/sandi", data={})
        assert (answer.status_code, "Tidak ada halaman" in answer.text) == (404, True)

    def test_a_form_that_met_no_database_is_not_said_to_be_tried_again(self, app, client, monkeypatch):
        def down() -> None:
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))

        monkeypatch.setattr(parts_of(app).store.engine, "connect", down)
        sent, looked = client.post("/akun/sandi", data={}), client.get(PAGE)
        assert (sent.status_code, looked.status_code) == (503, 503)
        assert (sent.headers.get("Refresh"), looked.headers.get("Refresh")) == (None, "5")
        assert "kirim lagi" in sent.text


class TestWhereOneIsLed:
    @pytest.mark.parametrize(
        ("role", "given", "to"),
        [
            ("administrator", {}, PAGE),
            ("manager", {}, PAGE),
            ("agency", {"agencies": {"dukcapil"}}, "/instansi/dukcapil"),
            ("agency", {"agencies": {"dukcapil", "pln"}}, "/instansi"),
            ("officer", {}, "/loket"),
            ("agency", {"agencies": {"gone"}}, "/instansi"),
            ("officer", {"agencies": {"gone"}, "counters": {("gone", "1")}}, "/loket"),
            ("officer", {"counters": {("dukcapil", "99")}}, "/loket"),
            ("officer", {"counters": {("dukcapil", "1")}}, "/loket/dukcapil/1"),
            ("inspectorate", {}, "/integritas"),
        ],
    )
    def test_the_start_is_the_page_of_the_role(self, app, stranger, role, given, to):
        sign_in(app, stranger, role, **given)
        assert stranger.get("/?lang=en").location == to + "?lang=en"

    def test_who_was_let_in_is_led_on_while_the_database_is_away(self, app, stranger, monkeypatch):
        def down() -> None:
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))

        sign_in(app, stranger, "agency", agencies={"dukcapil"})
        stranger.get("/")
        monkeypatch.setattr(parts_of(app).store.engine, "connect", down)
        assert stranger.get("/").location == "/instansi/dukcapil"

    def test_what_is_not_there_and_what_is_anothers_look_the_same(self, app, stranger):
        sign_in(app, stranger, "agency", agencies={"dukcapil"})
        unknown = stranger.get("/nosuch")
        assert unknown.status_code == 404
        for path in ("/instansi/pln", "/instansi/nosuch", "/loket/pln/1", "/berkas/pln"):
            answer = stranger.get(path)
            assert (answer.status_code, answer.data) == (404, unknown.data), path
        assert stranger.get(PAGE).status_code == 403


class TestForeignPages:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    def test_they_change_nothing(self, app, client, headers):
        for path in ("/_dash-update-component", "/masuk", "/keluar", "/akun/sandi", "/api/v1/actions"):
            is_problem(client.post(path, data={}, headers=headers), 403)
        assert client.get(PAGE).status_code == 200

    def test_our_own_may(self, stranger, app):
        login = person(app)
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        data = {"login": login, "password": SENTENCE}
        assert stranger.post("/masuk", data=data, headers=headers).status_code == 303

    def test_every_answer_carries_the_headers(self, client):
        for path in (PAGE, "/akun", "/api/v1/board", "/api/v1/nosuch", "/healthz", "/nosuch"):
            headers = client.get(path).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
            assert "unsafe-eval" not in headers["Content-Security-Policy"]

    def test_the_inline_scripts_of_the_page_are_the_ones_allowed(self, client):
        answer = client.get(PAGE)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self' 'sha256-" in policy
        found = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", answer.text, re.DOTALL)
        scripts = [text for attributes, text in found if "application/json" not in attributes]
        assert scripts
        for text in scripts:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy


def test_the_key_is_kept_and_nobody_else_reads_it(house_of: Callable[..., Flask]) -> None:
    app = house_of()
    folder = parts_of(app).settings.instance
    path = folder / secret.NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret.load(folder) == parts_of(app).secret == path.read_bytes()
    assert parts_of(house_of()).secret != parts_of(app).secret
    assert [child.name for child in folder.iterdir() if child.name.startswith(".")] == []
    path.write_text("short")
    with pytest.raises(ValueError, match="delete it"):
        secret.load(folder)
