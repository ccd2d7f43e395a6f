"""The table of who may see and do what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.access import (
    ALL,
    BOUND,
    DEVICES,
    FULL,
    HOMES,
    NOBODY,
    OPEN,
    OWN,
    PEOPLE,
    PLACES,
    RIGHTS,
    ROLES,
    SCOPED,
    STAFF,
    VIEWS,
    Actor,
    Place,
    home,
    may,
    place,
    place_of_view,
    sight,
    verdict,
)

DUKCAPIL = frozenset(("dukcapil",))


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/", Place("anybody")),
        ("/ruang-kendali", Place("room")),
        ("/ruang-kendali/", Place("room")),
        ("/instansi", Place("agencies")),
        ("/instansi/", Place("agencies")),
        ("/instansi/pln", Place("agency", "pln")),
        ("/instansi/pln/riwayat.csv", Place("agency", "pln")),
        ("/instansi/PLN", Place("agency", "PLN")),
        ("/instansi/pln;x", Place("agency", "pln;x")),
        ("/instansi/../admin", Place("agency", "..")),
        ("/instansi//riwayat", Place("agency", "")),
        ("/loket/pln/3", Place("counter", "pln", "3")),
        ("/loket/pln/3/buka", Place("counter", "pln", "3")),
        ("/loket/pln", Place("")),
        ("/berkas/pln/1/selesai", Place("cases", "pln")),
        ("/admin/perangkat/4", Place("devices")),
        ("/admin/perangkatku", Place("admin")),
        ("/api/v1/board", Place("room")),
        ("/api/v1/board/", Place("room")),
        ("/api/v1/boards", Place("")),
        ("/assets/live.js", Place("anybody")),
        ("/assetsx/live.js", Place("")),
        ("/_dash-layout", Place("shell")),
        ("/_dash-layout/x", Place("")),
        ("/metrics", Place("metrics")),
        ("//ruang-kendali", Place("")),
        ("/RUANG-KENDALI", Place("")),
        ("/\uff49nstansi/pln", Place("")),
        ("ruang-kendali", Place("")),
        ("", Place("anybody")),
    ],
)
def test_where_an_address_leads(path, to):
    assert place(path) == to


def test_every_area_has_rights_and_every_right_a_role():
    areas = {area for _, area in PLACES} | set(VIEWS.values())
    assert areas <= set(RIGHTS)
    assert set(RIGHTS) <= areas, "a row that nothing leads to"
    for rights in RIGHTS.values():
        assert set(rights) <= set(ROLES)
        assert set(rights.values()) <= {ALL, OWN}
    assert set(HOMES) == set(ROLES)


@pytest.mark.parametrize("area", sorted(SCOPED))
def test_agencies_and_officers_have_only_their_own(area):
    for role in (*BOUND, *DEVICES, "public"):
        assert RIGHTS[area].get(role, OWN) == OWN


def test_an_officer_with_counters_has_those_alone():
    bound = Actor("officer", agencies=DUKCAPIL, counters=frozenset((("dukcapil", "3"),)))
    free = Actor("officer", agencies=DUKCAPIL)
    assert may(bound, "counter", "dukcapil", "3")
    assert not may(bound, "counter", "dukcapil", "4")
    assert may(free, "counter", "dukcapil", "4")
    assert not may(free, "counter", "pln", "4")


@pytest.mark.parametrize(
    ("actor", "to", "answer"),
    [
        (NOBODY, Place("room"), "sign_in"),
        (NOBODY, Place(""), "sign_in"),
        (NOBODY, Place("agency", "pln"), "sign_in"),
        (NOBODY, Place("anybody"), "pass"),
        (Actor("agency", agencies=DUKCAPIL), Place("agency", "dukcapil"), "pass"),
        (Actor("agency", agencies=DUKCAPIL), Place("agency", "pln"), "absent"),
        (Actor("agency", agencies=DUKCAPIL), Place("agency", "nosuch"), "absent"),
        (Actor("agency", agencies=DUKCAPIL), Place(""), "absent"),
        (Actor("agency", agencies=DUKCAPIL), Place("room"), "forbidden"),
        (Actor("manager"), Place("agency", "pln"), "pass"),
        (Actor("manager"), Place("counter", "pln", "1"), "absent"),
        (Actor("manager"), Place("admin"), "forbidden"),
        (Actor("display"), Place("room"), "pass"),
        (Actor("display"), Place("take"), "forbidden"),
        (Actor("kiosk"), Place("room"), "forbidden"),
        (Actor("no such role", agencies=DUKCAPIL), Place("agency", "dukcapil"), "absent"),
    ],
)
def test_what_a_request_is_answered(actor, to, answer):
    assert verdict(actor, to) == answer


def test_how_much_of_the_board_is_seen():
    full = {role for role in ROLES if sight(Actor(role, open=False)) == FULL}
    assert full == {"manager", "inspectorate"}
    assert {role for role in ROLES if sight(Actor(role, open=False)) == OPEN} == {*BOUND, "public"}
    assert sight(Actor("display", open=True)) == sight(Actor("kiosk", open=True)) == OPEN
    assert sight(Actor("display", open=False)) == STAFF


def test_where_somebody_begins_is_open_to_them():
    for role in ROLES:
        actor = Actor(role, agencies=DUKCAPIL, counters=frozenset((("dukcapil", "3"),)))
        assert verdict(actor, place(home(actor))) == "pass", role
        assert verdict(Actor(role), place(home(Actor(role)))) == "pass", role
    assert home(Actor("agency", agencies=DUKCAPIL)) == "/instansi/dukcapil"
    assert home(Actor("agency", agencies=DUKCAPIL | {"pln"})) == "/instansi"


def test_a_view_nobody_named_belongs_nowhere():
    assert place_of_view("nosuch", "pln") == Place("")
    assert place_of_view("instansi", "pln") == Place("agency", "pln")
    assert place_of_view("ringkas", "pln") == Place("room")


# -- whatever comes -------------------------------------------------------------------------------------

CODES = st.sampled_from(("dukcapil", "pln", "samsat", "")) | st.text(max_size=8)
ACTORS = st.builds(
    Actor,
    role=st.sampled_from(ROLES) | st.text(max_size=8),
    agencies=st.frozensets(CODES, max_size=2),
    counters=st.frozensets(st.tuples(CODES, st.sampled_from("123")), max_size=2),
    open=st.booleans(),
)
PIECES = st.sampled_from(sorted({piece for pattern, _ in PLACES for piece in pattern.split("/")})) | CODES
PATHS = st.lists(PIECES, max_size=6).map("/".join) | st.text(max_size=40)


@given(ACTORS, PATHS)
def test_whatever_address_it_is_somebody_is_let_in_by_name_or_not_at_all(actor, path):
    to = place(path)
    answer = verdict(actor, to)
    assert answer in ("pass", "sign_in", "forbidden", "absent")
    if not to.area or actor.role not in ROLES:
        assert answer != "pass"
    if answer == "pass" and actor.role in BOUND and to.area in SCOPED:
        assert to.agency in actor.agencies
        assert to.agency in path.split("/"), "the agency asked about is the one in the address"
    if actor.role in PEOPLE and to.area in SCOPED and answer != "pass":
        assert answer == "absent"


@given(ACTORS, CODES, CODES)
def test_what_is_anothers_and_what_does_not_exist_get_one_answer(actor, one, other):
    if one not in actor.agencies and other not in actor.agencies:
        for pattern in ("/instansi/{}", "/instansi/{}/x", "/berkas/{}", "/loket/{}/1"):
            first, second = place(pattern.format("one" + one)), place(pattern.format("two" + other))
            if first.area == second.area and not {first.agency, second.agency} & actor.agencies:
                assert verdict(actor, first) == verdict(actor, second)


@given(ACTORS, st.sampled_from(sorted(VIEWS)) | st.text(max_size=12), CODES | st.just("dukcapil|pln"))
def test_whatever_view_an_agency_sees_its_own_alone(actor, page, scope):
    to = place_of_view(page, scope)
    if may(actor, to.area, to.agency) and actor.role in BOUND:
        assert page == "instansi"
        assert scope in actor.agencies
