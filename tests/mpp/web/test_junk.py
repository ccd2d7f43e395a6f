"""Whatever somebody writes into an address, a query or a body: an answer, never a failure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from mpp.access import PLACES
from mpp.web.context import parts_of
from mpp.web.numbers import number_of
from tests.mpp.web import house

HUGE = "9" * 30
ODD = [
    "0",
    "-1",
    "²",
    "٣",
    HUGE,
    "9" * 18,
    "9" * 5000,
    "",
    "\0",
    "\ud800",
    "nan",
    "1e400",
    "../..",
    "%",
    "'",
    "[]",
]
DAYS = ["9999-12-31", "0001-01-01", "2026-11-23", "2026-02-30", "10000-01-01", "2026-W01", "2026-11-23T00:00"]
NAMES = [
    "hari", "sebelum", "siapa", "apa", "hal", "halaman", "bulan", "instansi", "per", "sampai", "from", "to",
    "lang", "theme", "since", "scope", "locale", "source", "lantai", "putar", "page", "next", "m", "x",
]  # fmt: skip

JUNK = st.one_of(st.sampled_from(ODD), st.sampled_from(DAYS), st.text(max_size=12))
QUERIES = st.lists(JUNK, min_size=len(NAMES), max_size=len(NAMES))
"""A value for every name that a page may read."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = house.make_house(tmp_path_factory.mktemp("junk"))
    made.config["PROPAGATE_EXCEPTIONS"] = False
    yield made
    house.closing([made])


def browser(app: Flask, role: str) -> FlaskClient:
    return house.sign_in(app, app.test_client(), role)


def addresses(app: Flask) -> list[str]:
    """Every route that is read, and every place of the gate's table, with gaps for junk."""
    rules = [
        re.sub("<[^>]*>", "{}", one.rule) for one in app.url_map.iter_rules() if "GET" in (one.methods or ())
    ]
    places = [re.sub(r"{\w+}|\*", "{}", path) for path, _ in PLACES]
    # The agency's own pages are reached only with its code.
    own = [path.replace("/instansi/{}", "/instansi/dukcapil", 1) for path in rules + places]
    return sorted({*rules, *places, *own} - {"/keluar"})


@pytest.mark.parametrize("role", ["administrator", "agency"])
def test_no_address_and_no_query_makes_a_page_fail(app: Flask, role: str) -> None:
    client, known = browser(app, role), addresses(app)

    @settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.sampled_from(known), st.lists(JUNK, min_size=3, max_size=3), QUERIES)
    def check(address: str, gaps: list[str], values: list[str]) -> None:
        path = address.format(*(quote(gap, errors="surrogatepass") for gap in gaps))
        query = dict(zip(NAMES, values, strict=True))
        answer = client.get(f"{path}?{urlencode(query, errors='surrogatepass')}")
        answer.close()
        assert (
            answer.status_code in (200, 301, 302, 303, 308, 400, 403, 404, 405, 429) or path == "/readyz"
        ), (
            path,
            query,
        )

    check()


@pytest.mark.parametrize(
    "path",
    [
        f"/admin/orang/{HUGE}",
        f"/admin/orang/{'9' * 5000}",
        f"/admin/perangkat/{HUGE}",
        f"/admin/perangkat/{HUGE}/cabut",
        "/admin/orang/" + "9" * 18,
        "/_dash-component-suites/dash/x.js",
        "/_dash-component-suites/x/y",
    ],
)
def test_what_cannot_be_there_is_not_found(app: Flask, path: str) -> None:
    assert browser(app, "administrator").get(path).status_code == 404


@pytest.mark.parametrize(
    "path", [f"/akun/sesi/{HUGE}", f"/admin/jejak/{HUGE}/urungkan", f"/admin/orang/{HUGE}/sandi"]
)
def test_nor_is_what_is_posted_there(app: Flask, path: str) -> None:
    assert browser(app, "administrator").post(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["hari=9999-12-31", "hari=0001-01-01", "sebelum=²", f"sebelum={HUGE}", "sebelum=" + "9" * 5000]
)
def test_a_filter_that_is_none_of_the_audit_log_is_none(app: Flask, query: str) -> None:
    client = browser(app, "administrator")
    rows = re.compile(r"<tr")
    whole = len(rows.findall(client.get("/admin/jejak").text))
    answer = client.get(f"/admin/jejak?{query}")
    assert (answer.status_code, len(rows.findall(answer.text))) == (200, whole)
    assert client.get(f"/admin/jejak.csv?{query}").status_code == 200


def test_what_a_database_cannot_keep_is_no_failure(tmp_path: Path, database_url: str) -> None:
    """PostgreSQL takes no NUL and nothing longer than its column; SQLite takes both."""
    made = house.make_house(tmp_path, database_url)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    with closing(parts_of(made)):
        for role, path in (
            ("inspectorate", "/integritas?instansi=a%00"),
            ("administrator", "/admin/jejak?siapa=a%00"),
        ):
            assert browser(made, role).get(path).status_code == 200, path
        for subject in ("https://sso.example " + "x" * 400, "https://sso.example a\0b"):
            form = {"name": "Siti", "login": "siti", "role": "manager", "subject": subject}
            assert browser(made, "administrator").post("/admin/tambah/orang", data=form).status_code == 400


ROUTER = {
    "output": "page.children",
    "outputs": {"id": "page", "property": "children"},
    "changedPropIds": ["url.pathname"],
    "inputs": [
        {"id": "url", "property": "pathname", "value": "/ruang-kendali"},
        {"id": "url", "property": "search", "value": ""},
        {"id": "live-redraw", "property": "n_clicks", "value": 0},
    ],
}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def test_no_body_makes_the_router_fail(app: Flask) -> None:
    client = browser(app, "administrator")
    assert client.post("/_dash-update-component", json=ROUTER).status_code == 200

    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from([*ROUTER, "state", "cancelJob", "x"]), ANY)
    def check(name: str, value: object) -> None:
        assert client.post("/_dash-update-component", json=ROUTER | {name: value}).status_code in (200, 400)

    check()
    for raw in (b"{}", b"[]", b"null", b"", b"\xff", b"[" * 100_000, b"9" * 5000, b'"output"'):
        answer = client.post("/_dash-update-component", data=raw, content_type="application/json")
        house.is_problem(answer, 400)
    house.is_problem(client.post("/_dash-update-component", data=b"a=b"), 400)


@given(st.text(max_size=20))
def test_a_number_is_plain_digits(text: str) -> None:
    found = number_of(text)
    assert found is None or (re.fullmatch("[0-9]{1,18}", text) and found == int(text))


def test_a_failing_statement_tells_no_value(app: Flask) -> None:
    with pytest.raises(SQLAlchemyError) as failed, parts_of(app).store.write() as tx:
        tx.connection.execute(
            sql("INSERT INTO people (login, password) VALUES (:a, :b)"), {"a": "x", "b": "rahasia"}
        )
    assert "INSERT INTO people" in str(failed.value)
    assert "rahasia" not in str(failed.value)


@pytest.mark.parametrize("text", ["²", "9" * 5000, "٣"])
def test_a_number_typed_into_a_form_is_refused_in_words(app: Flask, text: str) -> None:
    client = browser(app, "administrator")
    form = {"name": "X", "code": "x", "counters": text, "every": text, "every-unit": "minutes", "rev": text}
    for kind in ("instansi", "sumber", "loket/dukcapil"):
        assert client.post(f"/admin/tambah/{kind}", data=form).status_code in (303, 400), kind
