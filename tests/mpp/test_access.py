"""The table of who may see what."""

import pytest

from mpp.access import AREAS, Visitor, area, bind_problem, host_name, is_loopback, may
from mpp.i18n import words

HERE = Visitor(token=False, remote="127.0.0.1", host="localhost:8050")
AWAY = Visitor(token=False, remote="10.1.2.3", host="10.1.2.4:8050")
KNOWN = Visitor(token=True, remote="10.1.2.3", host="mpp.example.go.id")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "page"),
        ("/ruang-kendali", "page"),
        ("/_dash-update-component", "page"),
        ("/_dash-component-suites/dash/x.js", "asset"),
        ("/assets/live.js", "asset"),
        ("/live/ruang-kendali", "live"),
        ("/live", "page"),
        ("/api/v1/board", "board"),
        ("/api/v1/board/", "api"),
        ("/api/v1/actions", "actions"),
        ("/api/v1/events", "events"),
        ("/api/v1/openapi.json", "api"),
        ("/metrics", "metrics"),
        ("/readyz", "health"),
        ("/masuk", "sign_in"),
        ("//live/x", "page"),
        ("/LIVE/x", "page"),
    ],
)
def test_areas(path, name):
    assert area(path) == name


@pytest.mark.parametrize("name", AREAS)
def test_the_table(name):
    viewed = AREAS[name] == "view"
    assert may(KNOWN, name, guarded=True)
    assert may(HERE, name, guarded=False)
    assert may(AWAY, name, guarded=False) is not viewed
    assert may(HERE, name, guarded=True) is not viewed
    assert may(Visitor(token=True, remote="10.1.2.3", host="localhost"), name, guarded=False) is not viewed
    assert may(Visitor(token=False, remote=None, host="localhost"), name, guarded=False) is not viewed


@pytest.mark.parametrize(
    "name", ["localhost", "LocalHost", "127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]
)
def test_this_machine(name):
    assert is_loopback(name)
    assert bind_problem(name, "") is None


@pytest.mark.parametrize(
    "name", ["0.0.0.0", "::", "192.168.1.1", "localhost.evil.example", "", "mpp", "fe80::1%eth0"]
)
def test_not_this_machine(name):
    assert not is_loopback(name)
    assert "MPP_VIEW_TOKEN" in (bind_problem(name, "") or "")
    assert "MPP_VIEW_TOKEN" in (bind_problem(name, "", words("id")) or "")
    assert (bind_problem(name, "", words("id")) or "").startswith(f"menolak mendengarkan di {name}:")
    assert bind_problem(name, "word") is None


@pytest.mark.parametrize(
    ("host", "name"),
    [("a:80", "a"), ("a", "a"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("", ""), ("[", ""), ("::1", "")],
)
def test_names_of_hosts(host, name):
    assert host_name(host) == name
