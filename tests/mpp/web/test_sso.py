"""Single sign-on against an issuer of the test's own: who gets in, who does not, and who is told what."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from mpp.i18n import words
from mpp.people import accounts
from mpp.people.accounts import Wish
from mpp.people.audit import CONSOLE
from mpp.store import audit, people
from mpp.store.people import Person
from mpp.web.configured import SettingsError
from mpp.web.context import parts_of
from mpp.web.people.sso import BACK, SSO
from tests.mpp.web.issuer import CLIENT, SECRET, Issuer, flat

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
W = words("id")


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as made:
        yield made


@pytest.fixture
def single(house_of: Callable[..., Flask], issuer: Issuer) -> Flask:
    return house_of(sso_issuer=issuer.url, sso_client=CLIENT, sso_secret=SECRET, sso_name="SSO Kabupaten")


def account(app: Flask, login: str = "budi@nusa.go.id", subject: str | None = None) -> Person:
    wish = Wish(login, "Budi", "manager", subject=subject)
    return accounts.create(parts_of(app).store, NOW, wish, CONSOLE, w=W)[0]


def came_back(client: FlaskClient, issuer: Issuer, onward: str = "") -> TestResponse:
    """Go to the issuer and come back, as a browser would."""
    asked = client.get(SSO, query_string={"next": onward} if onward else {})
    assert asked.status_code == 302, asked.text
    query = flat(asked.location.partition("?")[2])
    return client.get(issuer.authorize(query))


def actions(app: Flask) -> list[str]:
    with parts_of(app).store.read() as tx:
        return [one.action for one in audit.entries(tx)]


def is_in(client: FlaskClient) -> bool:
    return client.get("/akun").status_code == 200


def test_a_verified_address_that_is_a_login_leads_in_and_is_kept(single, issuer):
    client, made = single.test_client(), account(single)
    landed = came_back(client, issuer, "/ringkas?lang=id")
    assert (landed.status_code, landed.headers["Refresh"]) == (200, "0; url=/ringkas?lang=id")
    assert is_in(client)
    client.post("/keluar")
    assert "data-alone" not in client.get("/masuk?next=/denah").text, "a person's browser is no display"
    with parts_of(single).store.read() as tx:
        now = people.by_id(tx, made.id)
    assert now is not None
    assert now.subject == f"{issuer.url} 4711"
    assert (now.password, now.must_change) == (None, False), "the one-time password is not needed any more"
    assert actions(single)[:3] == ["sign_out", "sign_in", "person.sso_linked"]
    issuer.person = {"sub": "4711"}  # from now on the identity leads in, whatever the address
    assert came_back(single.test_client(), issuer).status_code == 200


@pytest.mark.parametrize(("about", "answer"), [("4711", 200), ("4712", 403)])
def test_an_address_that_only_the_userinfo_endpoint_tells_counts_if_it_is_of_the_same_person(
    single, issuer, about, answer
):
    account(single)
    issuer.person = {"sub": "4711"}
    issuer.more = {"sub": about, "email": "budi@nusa.go.id", "email_verified": True}
    assert came_back(single.test_client(), issuer).status_code == answer


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "4711"},
        {"sub": "4711", "email": "budi@nusa.go.id"},
        {"sub": "4711", "email": "budi@nusa.go.id", "email_verified": False},
        {"sub": "4711", "email": "ani@nusa.go.id", "email_verified": True},
    ],
    ids=["no address", "one not said to be verified", "not verified", "somebody else's"],
)
def test_who_has_no_account_is_told_whom_to_ask_and_none_is_made(single, issuer, person):
    client, _ = single.test_client(), account(single)
    issuer.person = person
    told = came_back(client, issuer)
    assert told.status_code == 403
    assert "administrator" in told.text
    assert not is_in(client)
    assert actions(single)[0] == "sign_in.refused"
    with parts_of(single).store.read() as tx:
        assert len(people.everybody(tx)) == 1


def test_an_address_that_went_to_somebody_else_does_not_take_the_account_along(single, issuer):
    account(single, subject=f"{issuer.url} 1")
    assert came_back(single.test_client(), issuer).status_code == 403


def test_a_disabled_account_stays_closed(single, issuer):
    made = account(single)
    account(single, "other", subject="other")
    accounts.disable(parts_of(single).store, NOW, made, by=CONSOLE, w=W)
    client = single.test_client()
    assert came_back(client, issuer).status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["another"], "azp": CLIENT},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_opens_nothing(single, issuer, bent):
    account(single)
    issuer.bent = bent
    refused(single.test_client(), issuer)


def refused(client: FlaskClient, issuer: Issuer) -> None:
    told = came_back(client, issuer)
    assert told.status_code == 502
    assert "SSO Kabupaten" in told.text
    assert 'type="password"' in told.text, "the way in by password stands below"
    assert not is_in(client)


def test_a_token_that_somebody_else_signed_opens_nothing(single, issuer):
    account(single)
    issuer.key = RSAKey.generate_key(2048, {"kid": "1"})
    refused(single.test_client(), issuer)


def test_another_state_and_another_browser_open_nothing(single, issuer):
    account(single)
    client, other = single.test_client(), single.test_client()
    back = issuer.authorize(flat(client.get(SSO).location.partition("?")[2]))
    assert other.get(back).status_code == 400
    path, _, query = back.partition("?")
    assert client.get(f"{path}?code={flat(query)['code']}&state=another").status_code == 502
    assert client.get(back).status_code == 400, "what was remembered is gone after one try"
    assert not is_in(client)


def test_the_issuer_says_no(single, issuer):
    client = single.test_client()
    state = flat(client.get(SSO).location.partition("?")[2])["state"]
    assert client.get(f"{BACK}?error=access_denied&state={state}").status_code == 502


def test_what_is_remembered_lies_in_a_cookie_that_comes_along_from_another_site(single):
    cookie = single.test_client().get(SSO).headers["Set-Cookie"]
    assert "mpp-sso-8050=" in cookie
    for part in ("SameSite=Lax", "HttpOnly", "Path=/masuk/sso", "Max-Age=600"):
        assert part in cookie


def test_an_issuer_that_is_down_costs_nobody_their_password(house_of, issuer, monkeypatch):
    issuer.down()
    app = house_of(sso_issuer=issuer.url, sso_client=CLIENT)
    account(app)
    client = app.test_client()
    told = client.get(SSO)
    assert told.status_code == 502
    assert 'type="password"' in told.text
    assert client.get("/masuk").status_code == 200


def test_an_issuer_that_only_listens_is_waited_for_shortly(house_of, monkeypatch):
    import socket

    monkeypatch.setattr("mpp.web.people.sso.TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        app = house_of(sso_issuer=f"http://127.0.0.1:{deaf.getsockname()[1]}", sso_client=CLIENT)
        account(app)
        assert app.test_client().get(SSO).status_code == 502


def test_an_issuer_that_calls_itself_otherwise_is_not_believed(house_of, issuer):
    app = house_of(sso_issuer=issuer.url.replace("127.0.0.1", "localhost"), sso_client=CLIENT)
    account(app)
    assert app.test_client().get(SSO).status_code == 502


def test_without_an_issuer_there_is_neither_button_nor_way(client):
    account(client.application)
    assert SSO not in client.get("/masuk").text
    assert client.get(SSO).status_code == 404
    assert client.get(BACK).status_code == 404


def test_the_button_leads_there_and_keeps_where_one_was(single):
    account(single)
    assert 'href="/masuk/sso?next=%2Fringkas"' in single.test_client().get("/masuk?next=/ringkas").text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sso_issuer": "http://sso.nusa.go.id", "sso_client": CLIENT}, "MPP_SSO_ISSUER"),
        ({"sso_issuer": "https://sso.nusa.go.id"}, "MPP_SSO_CLIENT"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(house_of, given, said):
    with pytest.raises(SettingsError, match=said):
        house_of(**given)


def test_without_the_library_the_start_says_what_to_install(house_of, monkeypatch):
    monkeypatch.setitem(sys.modules, "authlib.integrations.flask_client", None)
    with pytest.raises(SettingsError, match=r"mpp\[sso\]"):
        house_of(sso_issuer="https://sso.nusa.go.id", sso_client=CLIENT)


def test_time_at_the_issuer_is_bounded(single, issuer, monkeypatch):
    account(single)
    client = single.test_client()
    back = issuer.authorize(flat(client.get(SSO).location.partition("?")[2]))
    late = time.time() + 700  # noqa: TID251 as the signer
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: late)
    assert client.get(back).status_code == 400
