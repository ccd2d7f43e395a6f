"""Every route, every page of Dash, every live view: as every role, compared with the table in mpp/access.py.

The routes of a real app are walked with their own functions taken out: what comes back is the gate's
answer and nothing else.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from dash import page_registry
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from mpp.access import ALL, DEVICES, OWN, PEOPLE, PLACES, RIGHTS, SCOPED, VIEWS, Actor, place, sight
from mpp.store import devices, people
from mpp.web.asgi import ASGIApp, build_asgi
from mpp.web.context import parts_of
from mpp.web.dash_app import pages
from mpp.web.session import gate_of
from tests.mpp.web import house

MINE, MY_COUNTER = "dukcapil", "1"
SAMPLES = {"agency": MINE, "counter": MY_COUNTER, "kind": "agency", "code": MINE, "name": "hari", "what": "x"}
"""What stands for a variable of a route."""

SHUT = {
    "/_reload-hash": "Dash's own, for developers",
    "/<path:path>": "Dash's catch-all: its pages are walked by their own paths",
    "/api/": "nothing is there",
    "/api/<path:rest>": "nothing is there",
}
"""Routes that no row of the table names on purpose: nobody gets past the gate."""

PASSED = 299
COOKIE = "mpp-8050"


@dataclass(frozen=True)
class Somebody:
    """A browser: whose it is, and what the gate should make of them."""

    name: str
    actor: Actor
    cookie: str
    must_change: bool = False
    lost: bool = False


def _somebody(app: Flask, name: str, role: str, /, **given: Any) -> Somebody:
    client = house.sign_in(app, app.test_client(), role, **given)
    held = client.get_cookie(COOKIE)
    agencies = frozenset(given.get("agencies", {MINE} if role in ("agency", "officer") else ()))
    actor = Actor(role, agencies=agencies, counters=frozenset(given.get("counters", ())), open=False)
    return Somebody(name, actor, held.value if held else "")


def _changed(app: Flask, one: Somebody, **given: Any) -> None:
    """Change the account behind a browser."""
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={one.cookie}"}):
        person = gate_of(app).known().person
    assert person is not None
    with parts_of(app).store.write() as tx:
        assert people.change(tx, replace(person, **given))


def everybody(app: Flask) -> dict[str, Somebody]:
    """A browser of every role, and of those who no longer or not yet may."""
    store = parts_of(app).store
    made = [_somebody(app, role, role) for role in (*PEOPLE, *DEVICES, "public")]
    two = {MINE, "pln"}
    made += [
        _somebody(app, "agency of two", "agency", agencies=two),
        _somebody(app, "officer of a counter", "officer", counters={(MINE, MY_COUNTER)}),
        _somebody(app, "officer of another", "officer", counters={(MINE, "2")}),
    ]
    fresh = _somebody(app, "manager with a given password", "manager")
    _changed(app, fresh, must_change=True)
    gone = _somebody(app, "disabled administrator", "administrator")
    _changed(app, gone, disabled_at=parts_of(app).real())
    made += [replace(fresh, must_change=True), replace(gone, actor=Actor())]
    for kind in DEVICES:
        revoked = _somebody(app, f"revoked {kind}", kind, name="revoked")
        made.append(replace(revoked, actor=Actor(), lost=True))
    with store.write() as tx:
        for device in devices.every(tx):
            if device.name == "revoked":
                devices.change(tx, device.id, device.rev, revoked_at=parts_of(app).real())
    forged = Somebody("forged cookie", Actor(), f"eyJfdXNlcl9pZCI6IjEifQ.{secrets.token_urlsafe(8)}.x")
    return {one.name: one for one in (*made, forged)}


NAMES = (
    *PEOPLE,
    *DEVICES,
    "public",
    "agency of two",
    "officer of a counter",
    "officer of another",
    "manager with a given password",
    "disabled administrator",
    "revoked display",
    "revoked kiosk",
    "forged cookie",
)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, dict[str, Somebody]]]:
    """A whole app, and everybody's browsers."""
    app = house.make_house(tmp_path_factory.mktemp("access"), rate_limit="1000000/minute")
    yield app, everybody(app)
    parts_of(app).close()


@pytest.fixture
def hollow(real: tuple[Flask, dict[str, Somebody]]) -> Iterator[tuple[Flask, dict[str, Somebody]]]:
    """The same app, its routes' functions taken out."""
    app, known = real
    before = dict(app.view_functions)
    for endpoint in app.view_functions:
        app.view_functions[endpoint] = lambda **_: ("", PASSED)
    yield app, known
    app.view_functions.update(before)


def browser(app: Flask, one: Somebody) -> FlaskClient:
    client = app.test_client()
    if one.cookie:
        client.set_cookie(COOKIE, one.cookie)
    return client


# -- what the table says ------------------------------------------------------------------------------


def expected(one: Somebody, area: str, agency: str = "", counter: str = "") -> bool:
    """The row of the table, read by hand."""
    right, actor = RIGHTS[area].get(one.actor.role), one.actor
    if one.must_change and area not in ("anybody", "source", "account"):
        return False
    if right == OWN:
        own = agency in actor.agencies
        at_counter = not counter or not actor.counters or (agency, counter) in actor.counters
        return own and at_counter
    assert right in (ALL, None)
    return right == ALL


def refusal(one: Somebody, area: str, *, page: bool) -> tuple[int, str]:
    """Status and where one is led."""
    right = RIGHTS.get(area, {}).get(one.actor.role)
    if one.must_change and right:
        return (303, "/akun") if page else (403, "")
    if one.actor.role == "public":
        return (303, "/pasang" if one.lost else "/masuk") if page else (401, "")
    return (404, "") if not area or area in SCOPED else (403, "")


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def filled(rule: Rule, **given: str) -> str:
    """The rule's address with a value for each variable."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        number = isinstance(rule._converters[name], IntegerConverter)
        values[name] = 1 if number else given.get(name, SAMPLES.get(name, "x"))
    made = rule.build(values)
    assert made is not None
    return made[1]


def addresses(app: Flask) -> list[tuple[str, str]]:
    """(method, address) of everything this app serves: with one's own agency, with a foreign one, with
    one that does not exist."""
    made = []
    for rule in rules(app):
        if rule.rule in SHUT:
            continue
        for agency in (MINE, "pln", "nosuch") if "agency" in rule.arguments else (MINE,):
            address = filled(rule, agency=agency)
            made += [(method, address) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    for page in pages():
        for agency in (MINE, "pln", "nosuch") if "<agency>" in page.path else (MINE,):
            made.append(("GET", page.path.replace("<agency>", agency)))
    return sorted(set(made))


# -- the table knows everything there is ----------------------------------------------------------------


def test_every_route_page_and_view_is_named_in_the_table(real):
    app, known = real
    assert set(known) == set(NAMES)
    unnamed = [rule.rule for rule in rules(app) if rule.rule not in SHUT and not place(filled(rule)).area]
    unnamed += [page.path for page in pages() if not place(page.path).area]
    assert unnamed == [], "name them in PLACES"
    assert {place(address).area for address in ("/_reload-hash", "/nosuch", "/api/v1/nosuch")} == {""}
    assert set(parts_of(app).hub.views._pages) == set(VIEWS), "name them in VIEWS"
    areas = {area for _, area in PLACES} | set(VIEWS.values())
    assert areas == set(RIGHTS), "an area without a row, or a row that nothing leads to"


def test_the_agency_of_an_address_is_the_one_the_table_asks_about(real):
    """A route that takes its agency from another place than the table would be open to all."""
    app, _ = real
    for rule in rules(app):
        to = place(filled(rule, agency="an-agency", counter="a-counter"))
        if to.area in SCOPED:
            assert to.agency == "an-agency", rule.rule
            assert ("counter" in rule.arguments) == bool(to.counter), rule.rule
    for page in pages():
        to = place(page.path.replace("<agency>", "an-agency"))
        assert (to.area in SCOPED) == ("<agency>" in page.path), page.path
        assert to.agency == ("an-agency" if "<agency>" in page.path else ""), page.path
    for name, registered in parts_of(app).hub.views._pages.items():
        assert registered[1] or VIEWS[name] not in SCOPED, name


# -- routes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_route_as_every_role(hollow, name):
    app, known = hollow
    one = known[name]
    client = browser(app, one)
    wrong = []
    for method, address in addresses(app):
        to = place(address)
        page = not address.startswith(("/api/", "/metrics", "/assets/", "/_"))
        answer = client.open(address, method=method)
        got = (answer.status_code, (answer.location or "").partition("?")[0])
        if expected(one, to.area, to.agency, to.counter):
            fits = got == (PASSED, "")
        else:
            fits = got == refusal(one, to.area, page=page)
        if not fits:
            wrong.append((method, address, got))
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_nobody_gets_to_what_no_row_names(hollow, name):
    app, known = hollow
    client = browser(app, known[name])
    for address in ("/_reload-hash", "/nosuch", "/api/", "/api/v1/nosuch", "/api/v1/board/x", "/live/denah"):
        page = not address.startswith(("/api/", "/live/", "/_"))
        for method in ("GET", "POST"):
            answer = client.open(address, method=method)
            got = (answer.status_code, (answer.location or "").partition("?")[0])
            assert got == refusal(known[name], "", page=page), (method, address)


# -- Dash ------------------------------------------------------------------------------------------------


def routed(client: FlaskClient, pathname: str) -> tuple[int, str]:
    """What the router of the pages answers."""
    values = {"url.pathname": pathname, "url.search": "", "live-redraw.n_clicks": 0}
    inputs = [dict(zip(("id", "property"), key.split("."), strict=True), value=values[key]) for key in values]
    answer = client.post(
        "/_dash-update-component",
        json={
            "output": "page.children",
            "outputs": {"id": "page", "property": "children"},
            "changedPropIds": ["url.pathname"],
            "inputs": inputs,
        },
    )
    return answer.status_code, answer.text


def test_the_router_is_the_only_callback(real):
    """Beside those of Dash's own pages, of which there are none."""
    app, known = real
    told = browser(app, known["manager"]).get("/_dash-dependencies").get_json()
    assert [one["output"] for one in told if "_pages_" not in one["output"]] == ["page.children"]
    assert not page_registry


@pytest.mark.parametrize("name", NAMES)
def test_every_page_through_the_router_as_every_role(real, name):
    app, known = real
    one = known[name]
    client = browser(app, one)
    nothing = "Tidak ada halaman di alamat ini."
    for page in pages():
        for agency in (MINE, "pln", "nosuch"):
            address = page.path.replace("<agency>", agency)
            to = place(address)
            status, text = routed(client, address)
            if not expected(one, "shell"):
                assert (status, "page" in text and "children" in text) == (
                    refusal(one, "shell", page=False)[0],
                    False,
                ), address
            else:
                shown = expected(one, to.area, to.agency, to.counter) and to.agency != "nosuch"
                assert (status, nothing not in text) == (200, shown), address


# -- live views -------------------------------------------------------------------------------------------


def scopes(app: Flask, name: str) -> tuple[str, ...]:
    """Whose a view may be asked for."""
    if VIEWS[name] in SCOPED:
        return (MINE, "pln", "nosuch")
    return ("1",) if parts_of(app).hub.views._pages[name][1] else ("",)


async def ask(asgi: ASGIApp, one: Somebody, address: str, query: str) -> tuple[int, bytes]:
    """Status and first piece of an answer; then the browser is gone."""
    gone, found = asyncio.Event(), []

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        found.append(message)
        if message["type"] == "http.response.body":
            gone.set()

    cookie = [(b"cookie", f"{COOKIE}={one.cookie}".encode())] if one.cookie else []
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"/live/{address}",
        "raw_path": f"/live/{address}".encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), *cookie],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    await asgi(scope, receive, send)
    return found[0]["status"], found[1]["body"]


def test_every_live_view_and_its_polling_form_as_every_role(real):
    app, known = real
    hub = parts_of(app).hub
    asgi = build_asgi(app, hub, sight=gate_of(app).sight)
    asked = [(name, scope) for name in hub.views._pages for scope in scopes(app, name)]

    async def walk() -> list[Any]:
        wrong = []
        await hub.start()
        for one in known.values():
            for name, scope in asked:
                fits = expected(one, VIEWS[name], scope)
                for form in ("", "&since=0-0"):
                    status, _ = await ask(asgi, one, name, f"scope={scope}{form}")
                    if status != (200 if fits else 403):
                        wrong.append((one.name, name, scope, form, status))
        await hub.stop()
        return wrong

    assert asyncio.run(walk()) == []


def test_a_live_view_shows_what_the_role_may_see(real):
    app, known = real
    asked = gate_of(app).sight
    for one in known.values():
        with app.test_request_context("/live/x", headers={"Cookie": f"{COOKIE}={one.cookie}"}):
            for name in VIEWS:
                view = parts_of(app).hub.views.find(name, scopes(app, name)[0])
                assert view is not None
                level = asked(view)
                if level is not None:
                    wanted = replace(one.actor, open=True) if one.name in DEVICES else one.actor
                    assert level == sight(wanted), (one.name, name)


def test_the_walk_can_fail(hollow, monkeypatch):
    """A right too many, one too few, and a route that nobody named are each seen."""
    app, known = hollow
    monkeypatch.setattr("mpp.web.session.verdict", lambda actor, to: "pass")
    with pytest.raises(AssertionError):
        test_every_route_as_every_role(hollow, "agency")
    monkeypatch.undo()
    nowhere = place("/nosuch")
    monkeypatch.setattr("tests.contract.test_access.place", lambda _path: nowhere)
    with pytest.raises(AssertionError, match="name them in PLACES"):
        test_every_route_page_and_view_is_named_in_the_table((app, known))
