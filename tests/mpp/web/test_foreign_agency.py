"""An agency tries to see another's data: by address, by hand-made callbacks, streams, files, the API and
what errors say. The other agency is full of marks; whatever comes back is searched for them."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from werkzeug.test import TestResponse

from mpp import create_app
from mpp.access import PLACES, SCOPED
from mpp.live.actions import take
from mpp.live.views import View
from mpp.now import Now
from mpp.settings import Settings
from mpp.store import tables
from mpp.web.asgi import build_asgi
from mpp.web.context import parts_of
from mpp.web.dash_app import pages
from mpp.web.pages.agency_export import EXPORTS, TYPES
from mpp.web.session import gate_of
from tests.contract.test_access import COOKIE, Somebody, ask, filled, rules
from tests.mpp.web import house
from tests.world import MORNING

OWN, FOREIGN, ABSENT = "dukcapil", "zzasing", "zznihil"
NAMES = "zzpapan"
"""In every name of the other agency: what hangs at the mall's entrance as well."""
SECRET = "zzrahasia"
"""In all that happened there: numbers, counters, notes, comments, cases, extensions, people."""


def foreign_toml(text: str) -> str:
    """The example with Samsat under other names."""
    head, _, rest = text.partition('code = "samsat"')
    block, mark, tail = rest.partition("[[agency]]")
    block = re.sub(r'((?:name|short) = ")', r"\1Zzpapan ", block).replace(
        'extension = "204"', 'extension = "99871"'
    )
    return (head + 'code = "samsat"' + block + mark + tail).replace('"samsat"', f'"{FOREIGN}"')


def happenings(agency: str, service: str, tag: str) -> Iterator[dict[str, Any]]:
    """A morning at an agency: tickets, counters, ratings with words, cases."""
    made = iter(range(10_000))

    def one(kind: str, minutes: float, subject: str = "", **data: Any) -> dict[str, Any]:
        item = {
            "specversion": "1.0",
            "id": f"{tag}-{next(made)}",
            "source": agency,
            "type": f"mpp.{kind}",
            "time": (MORNING - timedelta(minutes=minutes)).isoformat(),
            "data": {"agency": agency, **data},
        }
        return item | {"subject": subject} if subject else item

    for counter in ("1", "2"):
        yield one("counter.opened", 95, counter=counter)
    yield one("counter.paused", 9, counter="2", reason="other", note=f"{tag} catatan")
    for n in range(12):
        ticket = {"service": service, "number": f"{tag}-{n:03}", "visit": f"errand-{n}"}
        yield one("ticket.issued", 90 - n, f"{tag}-{n}", **ticket)
        if n < 8:
            yield one("ticket.called", 60 - n * 4, f"{tag}-{n}", **ticket, counter="1")
            yield one("ticket.started", 59.5 - n * 4, f"{tag}-{n}", **ticket, counter="1")
        if n < 7:
            yield one("ticket.finished", 57 - n * 4, f"{tag}-{n}", **ticket, counter="1", result="done")
        yield one("rating.given", 30 - n, service=service, score=2, comment=f"{tag} lambat {n}")
        yield one("case.received", 40 - n, f"{tag}-berkas-{n}", service=service, due="2026-11-20")


def text_of(answer: TestResponse) -> str:
    """All an answer holds: its head, its body, what is packed in a workbook."""
    content = answer.data
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    kept = {**dict(answer.headers), "Date": "", "Set-Cookie": ""}  # both tell the time
    return f"{kept}\n{content.decode('utf-8', 'replace')}"


def search(found: str, where: object, *, echo: bool = False, directory: bool = False) -> None:
    """No mark of the other agency in what came back. ``echo``: the code that was sent may stand in it;
    ``directory``: the other's name may, as it does at the mall's entrance."""
    told = found.casefold()
    marks = {SECRET, "99871", NAMES, FOREIGN}
    for mark in marks - ({FOREIGN} if echo or directory else set()) - ({NAMES} if directory else set()):
        assert mark not in told, (where, mark, told[max(0, told.index(mark) - 80) : told.index(mark) + 40])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A mall on a Monday morning with two busy agencies; a row of the other's was taken by name."""
    folder = tmp_path_factory.mktemp("foreign")
    text = house.EXAMPLE.read_text(encoding="utf-8")
    (folder / "mpp.toml").write_text(foreign_toml(text), encoding="utf-8")
    made = create_app(Settings(instance=folder, rate_limit="1000000/minute"), now=Now.starting_at(MORNING))
    parts = parts_of(made)
    for agency, service, tag in ((OWN, "kk", "kita"), (FOREIGN, "stnk-1th", SECRET)):
        taken = parts.intake.accept(agency, list(happenings(agency, service, tag)))
        assert {answer.status for answer in taken} == {"accepted"}, taken
    next(job for job in parts.jobs.jobs if job.name == "actions").run(parts.now())
    for row in parts.board.board().actions:
        if row.what.agency == FOREIGN and row.kept:
            take(parts.store, parts.now(), id="z", episode=row.episode, who=SECRET, note=SECRET, minutes=None)
    yield made
    parts.close()


@pytest.fixture(params=["agency", "officer"])
def spy(request: pytest.FixtureRequest, app: Flask) -> FlaskClient:
    """Somebody of the one agency."""
    given: dict[str, Any] = {"agencies": {OWN}}
    if request.param == "officer":
        given["counters"] = {(OWN, "1")}
    return house.sign_in(app, app.test_client(), request.param, **given)


def everything(app: Flask) -> dict[str, set[Any]]:
    """What the database holds that somebody could have changed."""
    with parts_of(app).store.read() as tx:
        return {
            table.name: {tuple(row) for row in tx.connection.execute(select(table.c.id))}
            for table in (tables.audit, tables.people, tables.devices)
        } | {"events": set(tx.connection.execute(select(tables.events.c.seq)).scalars())}


# -- the marks are there ---------------------------------------------------------------------------------


def test_whoever_may_see_both_meets_every_mark(app):
    """Else the search would find nothing because there is nothing."""
    manager = house.sign_in(app, app.test_client(), "manager")
    told = text_of(manager.get("/api/v1/board")).casefold()
    for mark in (SECRET, NAMES, FOREIGN, "99871"):
        assert mark in told
    with pytest.raises(AssertionError):
        search(told, "the board")
    assert NAMES in text_of(manager.get("/instansi")).casefold()
    assert NAMES in routed(manager, f"/instansi/{FOREIGN}")[1].casefold()
    kept = "".join(text_of(answer) for _, answer in files(manager, FOREIGN))
    assert SECRET in kept.casefold()


def test_the_agency_itself_sees_its_own(app):
    client = house.sign_in(app, app.test_client(), "agency", agencies={OWN})
    shown = [
        routed(client, page.path.replace("<agency>", OWN)) for page in pages() if "<agency>" in page.path
    ]
    assert all(status == 200 for status, _ in shown)
    assert any("kita" in text for _, text in shown)


# -- addresses -------------------------------------------------------------------------------------------

LOOKALIKES = (
    FOREIGN,
    FOREIGN.upper(),
    FOREIGN.title(),
    "\uff5a\uff5aasing",
    "zz\u0430sing",
    f"{FOREIGN} ",
    f" {FOREIGN}",
    f"{FOREIGN}.",
    f"{FOREIGN};",
    f"{FOREIGN};{OWN}",
    f"{OWN};agency={FOREIGN}",
    f"{OWN},{FOREIGN}",
    f"{OWN}|{FOREIGN}",
    f"{OWN}%2C{FOREIGN}",
    f"{OWN}/../{FOREIGN}",
    f"{OWN}%2F..%2F{FOREIGN}",
    f"{OWN}%252F..%252F{FOREIGN}",
    f"{OWN}\\..\\{FOREIGN}",
    f"./{FOREIGN}",
    f"%2e/{FOREIGN}",
    f"../instansi/{FOREIGN}",
    f"/{FOREIGN}",
    f"{FOREIGN}%00",
    f"{OWN}%00{FOREIGN}",
    f"{FOREIGN}%0A",
    f"{FOREIGN}?agency={OWN}",
    f"{FOREIGN}#{OWN}",
    "*",
    "%25",
    "_______",
    f"{OWN}' OR '1'='1",
    "<agency>",
    "",
)


def rests(app: Flask) -> dict[str, set[str]]:
    """Area of an agency -> what its addresses go on with, of every route and page there is."""
    found: dict[str, set[str]] = {"/instansi/": set(), "/loket/": set(), "/berkas/": set()}
    known = [filled(rule, agency="{}") for rule in rules(app) if "agency" in rule.arguments]
    known += [page.path.replace("<agency>", "{}") for page in pages()]
    for address in known:
        for root, some in found.items():
            if unquote(address).startswith(root + "{}"):
                some.add(unquote(address).removeprefix(root + "{}"))
    return found


def test_every_area_of_an_agency_is_tried(app):
    roots = {pattern.partition("{")[0] for pattern, area in PLACES if area in SCOPED}
    assert roots == set(rests(app))
    assert all(rests(app).values())


LISTS = ("/instansi", "/loket", "/berkas")
"""Where an empty code leads: to the list of one's own."""


def test_no_address_leads_there(app, spy):
    unknown = spy.get("/nosuch")
    for root, endings in rests(app).items():
        for code in LOOKALIKES:
            for ending in sorted(endings):
                address = f"{root}{code}{ending}"
                if address.rstrip("/") in LISTS:
                    continue
                answer = spy.get(address)
                search(text_of(answer).replace(answer.location or "/", ""), address)
                if answer.status_code == 308:  # two slashes: to the same with one
                    answer = spy.get(answer.location)
                    search(text_of(answer), address)
                assert answer.status_code in (403, 404), address
                if root + code == root + FOREIGN:
                    assert (answer.status_code, answer.data) == (404, unknown.data), address


PARAMETERS = dict.fromkeys(
    (
        "agency", "instansi", "code", "kode", "scope", "source", "service", "layanan", "counter", "loket",
        "page", "q", "name", "gerai", "to", "next", "as", "user", "level", "role",
    ),
    FOREIGN,
)  # fmt: skip
ALL_TIME = {"from": "2026-11-01", "to": "2026-11-23"}


def test_no_parameter_of_ones_own_pages_does(app, spy):
    odd: list[dict[str, str]] = [{}, ALL_TIME, {"from": FOREIGN, "to": FOREIGN}]
    odd.append({"from": "2000-01-01", "to": "2999-12-31"})
    for root, endings in rests(app).items():
        for ending in sorted(endings):
            address = f"{root}{OWN}{ending}"
            for period in odd:
                answer = spy.get(address, query_string=PARAMETERS | period)
                search(text_of(answer), (address, period), echo=True, directory=root == "/loket/")


def files(client: FlaskClient, agency: str, /, **given: str) -> Iterator[tuple[str, TestResponse]]:
    """All the files there are of an agency."""
    for name in EXPORTS:
        for kind in TYPES:
            address = f"/instansi/{agency}/unduh/{name}.{kind}"
            yield address, client.get(address, query_string=given | ALL_TIME)


def test_no_file_holds_anything_of_others(app):
    client = house.sign_in(app, app.test_client(), "agency", agencies={OWN})
    mine = ""
    for address, answer in files(client, OWN, **PARAMETERS):
        assert answer.status_code == 200, address
        search(text_of(answer), address)
        mine += text_of(answer)
    assert "kita" in mine
    for address, answer in files(client, FOREIGN):
        assert answer.status_code == 404, address


def test_pages_for_nobody_in_particular_and_errors_tell_nothing(spy):
    for address in (
        "/", "/instansi", "/loket", "/berkas", "/akun", "/masuk", "/pasang", "/mulai", "/healthz", "/readyz",
        "/metrics", "/denah", "/ruang-kendali", "/ringkas", "/admin", "/admin/jejak.csv", "/integritas",
        f"/ruang-kendali?page=gerai&agency={FOREIGN}", f"/admin/instansi/{FOREIGN}", "/_dash-layout",
        "/_dash-dependencies", "/api/v1/openapi.json", "/api/v1/board", f"/api/v1/board?agency={OWN}",
        "/api/v1/events", "/api/v1/actions", f"/api/v1/agencies/{OWN}", "/api/v1/device",
    ):  # fmt: skip
        answer = spy.get(address)
        search(text_of(answer), address)
        assert answer.status_code != 500, address


# -- what is written -------------------------------------------------------------------------------------


def test_nothing_is_changed_there(app, spy):
    before = everything(app)
    form = PARAMETERS | {"press": "open", "id": "spy-1", "number": "1", "seen": "", "do": "terima"}
    for rule in rules(app):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            if "agency" not in rule.arguments:
                continue
            for kind in ("data", "json"):
                told = set()
                for code in (FOREIGN, ABSENT, FOREIGN.upper()):
                    address = filled(rule, agency=code)
                    answer = spy.open(address, method=method, **{kind: form})
                    search(text_of(answer), (method, address))
                    assert answer.status_code in (403, 404), address
                    told.add((answer.status_code, answer.data))
                assert len(told) == 1, (method, rule.rule, "what is another's looks like what is not there")
    assert everything(app) == before


def test_nothing_of_theirs_is_changed_from_ones_own_desks(app, spy):
    """The forms of one's own counter and cases, with everything of the other's in them."""
    before = everything(app)["events"]
    for press in ("open", "next", "resume", "close", "finish:done", "beat", "finish:referred"):
        form = PARAMETERS | {"press": press, "id": f"spy-{press}", "seen": "", "to": f"{FOREIGN}/stnk-1th"}
        for kind in ("data", "json"):
            answer = spy.post(f"/loket/{OWN}/1", **{kind: form})
            search(text_of(answer), press, directory=True)
    for what in ("terima", "ubah"):
        form = PARAMETERS | {
            "number": f"{SECRET}-berkas-1".upper(),
            "case": f"{SECRET}-berkas-1",
            "do": "collected",
        }
        answer = spy.post(f"/berkas/{OWN}/{what}", data=form)
        told = spy.get(answer.location) if answer.status_code == 303 else answer
        search(text_of(told).replace(f"{SECRET}-berkas-1".upper(), ""), what)
    with parts_of(app).store.read() as tx:
        new = tables.events.c.seq.not_in(before)
        rows = tx.connection.execute(select(tables.events.c.agency).where(new)).scalars()
        assert set(rows) <= {OWN}


def test_the_interface_for_programs_is_shut(app, spy):
    before = everything(app)
    board = parts_of(app).board.board()
    row = next(one for one in board.actions if one.what.agency == FOREIGN)
    body = {"id": "spy", "episode": row.episode, "note": "dicoba"}
    tries = (
        spy.post("/api/v1/actions", json=body),
        spy.post("/api/v1/events", json=list(happenings(FOREIGN, "stnk-1th", "spy"))),
        spy.post("/api/v1/device", json={"release": "1"}),
        spy.get("/api/v1/board", headers={"Authorization": "Bearer x"}),
        spy.get("/api/v1/board", headers={"X-Forwarded-User": "manager", "Referer": "/ruang-kendali"}),
        spy.get(
            "/api/v1/board", headers={"If-None-Match": f'W/"{parts_of(app).hub.boot}-{board.version}-full"'}
        ),
    )
    for answer in tries:
        assert answer.status_code in (401, 403), answer.text
        search(text_of(answer), answer.request.path)
    assert everything(app) == before


# -- Dash ------------------------------------------------------------------------------------------------


def routed(client: FlaskClient, pathname: Any, search_: Any = "", **given: Any) -> tuple[int, str]:
    """Post the router's callback by hand."""
    body = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "changedPropIds": ["url.pathname"],
        "inputs": [
            {"id": "url", "property": "pathname", "value": pathname},
            {"id": "url", "property": "search", "value": search_},
            {"id": "live-redraw", "property": "n_clicks", "value": 0},
        ],
    }
    answer = client.post("/_dash-update-component", json=body | given)
    return answer.status_code, text_of(answer)


def test_no_callback_posted_by_hand_draws_it(app, spy):
    nothing = "Tidak ada halaman di alamat ini."
    drawn = [page.path for page in pages()]
    for path in drawn:
        for code in LOOKALIKES:
            pathname = path.replace("<agency>", code)
            if pathname == path and "<agency>" not in path and code != FOREIGN:
                continue
            status, text = routed(spy, pathname, f"?agency={FOREIGN}&page=gerai&scope={FOREIGN}")
            search(text, pathname)
            assert (status, nothing in text) == (200, True), pathname
    for path in (p.replace("<agency>", OWN) for p in drawn):
        for query in (
            f"?agency={FOREIGN}",
            f"agency={FOREIGN}&agency={OWN}",
            f"?page=gerai&agency={FOREIGN}",
        ):
            search(routed(spy, path, query)[1], (path, query), echo=True)


@pytest.mark.parametrize(
    "pathname",
    [
        None, 7, True, [f"/instansi/{FOREIGN}"], {"0": f"/instansi/{FOREIGN}"}, ["/instansi", FOREIGN],
        f"/instansi/{OWN}?/instansi/{FOREIGN}", f"//{FOREIGN}", f"http://localhost/instansi/{FOREIGN}",
        f"/instansi/{quote(FOREIGN[0])}%7Aasing", f"/instansi/{FOREIGN}/" + "x/" * 50, "/" * 3000,
    ],
)  # fmt: skip
def test_wrong_kinds_of_values_do_not_either(spy, pathname):
    status, text = routed(spy, pathname, [f"?agency={FOREIGN}"])
    search(text, pathname)
    assert status == 200
    assert "Tidak ada halaman" in text


@pytest.mark.parametrize(
    "given",
    [
        {"output": "page.title"},
        {"output": "..page.children...url.pathname.."},
        {"output": f"{FOREIGN}.children"},
        {"output": "_pages_content.children"},
        {"output": "..._pages_content.children..._pages_store.data.."},
        {"output": "_pages_dummy.children"},
        {"inputs": []},
        {"outputs": []},
        {"state": [{"id": "actor", "property": "data", "value": {"role": "manager"}}]},
        {"changedPropIds": [f"{FOREIGN}.x"]},
    ],
)
def test_other_outputs_and_broken_bodies_do_not_either(app, spy, given, monkeypatch):
    # An error of Dash's own making is answered as one, without what it was about.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    status, text = routed(spy, f"/instansi/{FOREIGN}", **given)
    search(text, given)
    assert "Traceback" not in text
    assert status in (200, 204, 400, 403, 404, 500)


# -- streams ---------------------------------------------------------------------------------------------


def test_no_stream_and_no_poll_does(app, spy):
    held = spy.get_cookie(COOKIE)
    one = Somebody("spy", None, held.value)  # type: ignore[arg-type]
    hub = parts_of(app).hub
    asgi = build_asgi(app, hub, sight=gate_of(app).sight)
    officer = spy.get(f"/instansi/{OWN}").status_code != 200
    mine = [
        f"scope={OWN}",
        f"scope={OWN}&scope={FOREIGN}",
        f"locale=en&scope={OWN}&level=full&agency={FOREIGN}",
    ]
    scopes = [
        *(quote(code) for code in LOOKALIKES),
        f"{OWN}%7C{FOREIGN}", f"{OWN}%7Cid%7Cfull", f"{FOREIGN}%7Cid", f"{OWN}%00", "x" * 65,
    ]  # fmt: skip
    tricks = [f"scope={scope}" for scope in scopes]
    tricks += [
        f"scope={FOREIGN}&scope={OWN}",
        f"scope={FOREIGN}&locale=id%7Cfull",
        f"scope={OWN}&locale=full",
    ]
    names = ["instansi/", f"instansi/{OWN}", f"instansi|{FOREIGN}|id|full", "Instansi", "INSTANSI", "", "."]

    async def walk() -> None:
        await hub.start()
        for form in ("", "&since=0-0", f"&since={hub.boot}-1"):
            for query in mine:
                status, found = await ask(asgi, one, "instansi", query + form)
                assert status == (403 if officer else 200), query
                search(found.decode(), query)
            for query in tricks:
                status, found = await ask(asgi, one, "instansi", query + form)
                assert status in (403, 404), query
                search(found.decode(), query)
            for name in (*hub.views._pages, *names):
                if name != "instansi":
                    for scope in ("", OWN, FOREIGN, "1"):
                        status, found = await ask(asgi, one, name, f"scope={scope}{form}")
                        assert status in (403, 404), (name, scope)
                        search(found.decode().replace(f"instansi|{FOREIGN}", ""), (name, scope))
        await hub.stop()

    asyncio.run(walk())


def test_the_picture_of_ones_own_page_has_nothing_of_others(app):
    hub = parts_of(app).hub
    board = parts_of(app).board.board()
    for level in ("open", "staff", "full"):
        cells = hub.views.cells(View("instansi", OWN, "id", level), board, parts_of(app).words_for("id"))
        search(json.dumps([cell.wire() for cell in cells.values()]), level)


# -- not found and forbidden -----------------------------------------------------------------------------


def test_not_there_and_not_yours_are_one_answer_made_in_one_way(app, spy, monkeypatch):
    """Byte for byte the same, and no question to the database that knows the difference."""
    monkeypatch.setattr("mpp.live.keeper.FRESH_S", 3600.0)  # the mall's name costs no question meanwhile
    parts_of(app).board.board()
    asked: list[Any] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, str(parameters)))

    engine = parts_of(app).store.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    try:
        for rule in rules(app):
            if "agency" not in rule.arguments or rule.rule.startswith("/admin/"):
                continue
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                told = []
                for code in (FOREIGN, ABSENT):
                    asked.clear()
                    answer = spy.open(filled(rule, agency=code), method=method)
                    told.append((answer.status_code, text_of(answer), list(asked)))
                assert told[0] == told[1], (method, rule.rule)
                assert told[0][0] == 404
                assert FOREIGN not in str(told[0][2])
        for path in (page.path for page in pages() if "<agency>" in page.path):
            drawn = []
            for code in (FOREIGN, ABSENT):
                asked.clear()
                drawn.append((routed(spy, path.replace("<agency>", code)), list(asked)))
            assert drawn[0] == drawn[1], path
            assert FOREIGN not in str(drawn[0][1])
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
