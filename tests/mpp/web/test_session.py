"""The view token: who gets in, how, and what a foreign page can do."""

from __future__ import annotations

import http.cookies

import pytest

from mpp.live.views import View
from mpp.web.context import parts_of
from mpp.web.session import PAUSE_S, gate_of, live_check
from tests.mpp.web.house import is_problem, send

WORD = "kata-sandi-layar"
PAGE = "/ruang-kendali"
VIEWED = (PAGE, "/", "/api/v1/board", "/metrics", "/_dash-layout", "/nosuch")
OPEN = ("/healthz", "/readyz", "/api/v1/openapi.json", "/masuk")


@pytest.fixture
def guarded(house_of):
    return house_of(view_token=WORD)


@pytest.fixture
def pauses(monkeypatch):
    """The seconds that guesses were made to wait, without waiting."""
    seconds: list[float] = []
    monkeypatch.setattr("mpp.web.session.time.sleep", seconds.append)
    return seconds


@pytest.fixture
def visitor(guarded):
    return guarded.test_client()


def signed_in(client, word=WORD, **given):
    return client.post("/masuk", data={"token": word, **given})


class TestWithoutAToken:
    def test_this_machine_may_look(self, client):
        for path in (PAGE, "/api/v1/board", "/metrics"):
            assert client.get(path).status_code == 200

    @pytest.mark.parametrize("path", VIEWED)
    def test_another_machine_may_not(self, client, path):
        answer = client.get(path, environ_overrides={"REMOTE_ADDR": "192.168.1.20"})
        assert "MPP_VIEW_TOKEN" in is_problem(answer, 403)

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.5:8050", "[::2]"])
    def test_a_name_that_was_made_to_point_here_is_refused(self, client, host):
        is_problem(client.get("/api/v1/board", headers={"Host": host}), 403)

    @pytest.mark.parametrize(
        "host", ["localhost", "localhost:8050", "127.0.0.1:9", "[::1]:8050", "LOCALHOST."]
    )
    def test_the_names_of_this_machine(self, client, host):
        assert client.get("/api/v1/board", headers={"Host": host}).status_code == 200

    def test_events_come_from_anywhere(self, client):
        client.environ_base["REMOTE_ADDR"] = "10.0.0.9"
        client.environ_base["HTTP_HOST"] = "mpp.example.go.id"
        assert send(client, []).status_code == 200


class TestWithAToken:
    @pytest.mark.parametrize("path", VIEWED)
    def test_everything_asks(self, visitor, path):
        assert visitor.get(path).status_code == 401

    @pytest.mark.parametrize("path", OPEN)
    def test_except_what_must_be_open(self, visitor, path):
        assert visitor.get(path).status_code in (200, 503)

    def test_the_page_asks_in_indonesian_and_goes_on_to_where_one_was(self, visitor):
        page = visitor.get(PAGE + "?lang=id&theme=dark")
        assert '<html lang="id">' in page.text
        assert 'type="password"' in page.text
        assert 'value="/ruang-kendali?lang=id&amp;theme=dark"' in page.text
        assert page.headers["Cache-Control"] == "no-store"

    def test_the_word_opens_and_the_cookie_keeps(self, visitor):
        answer = signed_in(visitor, next=PAGE + "?theme=dark")
        assert (answer.status_code, answer.location) == (303, PAGE + "?theme=dark")
        cookie = http.cookies.SimpleCookie(answer.headers["Set-Cookie"])["mpp-8050"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert WORD not in answer.headers["Set-Cookie"]
        assert visitor.get(PAGE).status_code == 200
        assert visitor.get("/api/v1/board").status_code == 200

    def test_the_cookie_is_for_https_only_where_the_page_is(self, visitor):
        answer = visitor.post("/masuk", data={"token": WORD}, base_url="https://localhost")
        assert http.cookies.SimpleCookie(answer.headers["Set-Cookie"])["mpp-8050"]["secure"]

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", "/a\r\nb"]
    )
    def test_it_never_leads_elsewhere(self, visitor, target):
        assert signed_in(visitor, next=target).location == "/"

    @pytest.mark.parametrize("word", ["", "wrong", WORD + " ", WORD[:-1], "ключ"])
    def test_a_wrong_word_does_not(self, visitor, word):
        answer = signed_in(visitor, word)
        assert answer.status_code == 401
        assert 'role="alert"' in answer.text
        assert visitor.get(PAGE).status_code == 401

    def test_a_forged_cookie_does_not(self, visitor):
        visitor.set_cookie("mpp-8050", "eyJ2aWV3IjoieCJ9.Zz.forged")
        assert visitor.get(PAGE).status_code == 401

    def test_the_header_does(self, visitor):
        headers = {"Authorization": f"Bearer {WORD}"}
        assert visitor.get("/api/v1/board", headers=headers).status_code == 200
        assert visitor.get("/metrics", headers=headers).status_code == 200
        is_problem(visitor.get("/api/v1/board", headers={"Authorization": "Bearer x"}), 401)

    def test_the_start_address_of_a_display_box_does_and_loses_the_word(self, visitor):
        answer = visitor.get(f"{PAGE}?theme=dark&view_token={WORD}")
        assert (answer.status_code, answer.location) == (303, PAGE + "?theme=dark")
        assert visitor.get(PAGE).status_code == 200
        assert visitor.get(f"{PAGE}?view_token=wrong").status_code == 401

    def test_guessing_is_slow_from_one_address_only(self, visitor, pauses):
        codes = [signed_in(visitor, f"guess{n}").status_code for n in range(25)]
        assert codes == [401] * 20 + [429] * 5
        assert pauses == [PAUSE_S] * 5
        visitor.environ_base["REMOTE_ADDR"] = "10.0.0.2"
        assert signed_in(visitor, "guess").status_code == 401
        assert signed_in(visitor).status_code == 303
        assert len(pauses) == 5

    def test_who_knows_the_word_gets_in_where_others_guess(self, visitor, pauses):
        for n in range(25):
            signed_in(visitor, f"guess{n}")
        headers = {"Authorization": f"Bearer {WORD}"}
        assert visitor.get("/api/v1/board", headers=headers).status_code == 200
        assert visitor.get(f"{PAGE}?view_token={WORD}").status_code == 303
        assert signed_in(visitor).status_code == 303

    def test_one_guess_at_a_time_once_there_were_many(self, guarded, visitor, monkeypatch):
        """Else a guesser would take every worker; what is not compared is not found out either."""
        during = []

        def another(seconds):
            during.append(signed_in(guarded.test_client()).status_code)

        for n in range(20):
            signed_in(visitor, f"guess{n}")
        monkeypatch.setattr("mpp.web.session.time.sleep", another)
        assert signed_in(visitor, "guess").status_code == 429
        assert during == [429]

    def test_the_right_word_is_not_counted(self, visitor, pauses):
        headers = {"Authorization": f"Bearer {WORD}"}
        assert {visitor.get("/api/v1/board", headers=headers).status_code for _ in range(30)} == {200}
        assert pauses == []

    def test_another_word_ends_what_the_old_one_opened(self, house_of, visitor, guarded, monkeypatch):
        signed_in(visitor)
        cookie = visitor.get_cookie("mpp-8050")
        other = house_of(view_token="another word")
        other.secret_key = guarded.secret_key
        client = other.test_client()
        client.set_cookie("mpp-8050", cookie.value)
        assert client.get(PAGE).status_code == 401

    def test_the_streams_ask_the_same_question(self, guarded, visitor):
        allowed = live_check(gate_of(guarded))
        view = View("ruang-kendali", "", "id")
        with guarded.test_request_context("/live/ruang-kendali"):
            assert not allowed(view)
        signed_in(visitor)
        cookie = visitor.get_cookie("mpp-8050").value
        with guarded.test_request_context("/live/ruang-kendali", headers={"Cookie": f"mpp-8050={cookie}"}):
            assert allowed(view)

    def test_sources_need_their_own_token_only(self, visitor):
        assert send(visitor, []).status_code == 200
        is_problem(send(visitor, [], token=WORD), 401)


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
    def test_they_change_nothing(self, client, headers):
        is_problem(client.post("/_dash-update-component", json={}, headers=headers), 403)
        is_problem(client.post("/masuk", data={"token": WORD}, headers=headers), 403)

    def test_our_own_may(self, visitor):
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        assert visitor.post("/masuk", data={"token": WORD}, headers=headers).status_code == 303

    def test_every_answer_carries_the_headers(self, client):
        for path in (PAGE, "/api/v1/board", "/api/v1/nosuch", "/healthz", "/nosuch"):
            headers = client.get(path).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
            assert "unsafe-eval" not in headers["Content-Security-Policy"]

    def test_the_inline_scripts_of_the_page_are_the_ones_allowed(self, client):
        import base64
        import hashlib
        import re

        answer = client.get(PAGE)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self' 'sha256-" in policy
        found = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", answer.text, re.DOTALL)
        scripts = [text for attributes, text in found if "application/json" not in attributes]
        assert scripts
        for text in scripts:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy


def test_the_key_is_kept_and_nobody_else_reads_it(house_of, app):
    from mpp.web import secret

    folder = parts_of(app).settings.instance
    path = folder / secret.NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret.load(folder) == parts_of(app).secret == path.read_bytes()
    assert parts_of(house_of()).secret != parts_of(app).secret
    assert [child.name for child in folder.iterdir() if child.name.startswith(".")] == []
    path.write_text("short")
    with pytest.raises(ValueError, match="delete it"):
        secret.load(folder)
