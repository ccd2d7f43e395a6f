"""The manager's phone: its four pages, what they say and what they leave out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from dash.development.base_component import Component

from mpp.i18n import words
from mpp.live.model import Board, SourceNow
from mpp.live.views import Cell, Views
from mpp.measures import registry
from mpp.web.pages import brief
from tests import factories
from tests.action_boards import calm_board, many_board
from tests.factories import MORNING, agency, board

ID = words("id")
BOARDS: dict[str, Callable[[], Board]] = {
    "wall": board,
    "many": many_board,
    "calm": calm_board,
    "forty": factories.full_board,
    "empty": factories.empty_board,
    "silent": factories.silent_board,
    "unheard": factories.unheard_board,
    "closed": factories.closed_board,
}
PAGES = ("", "gerai", "loket", "lain")


def cells(some: Board, page: str = "", locale: str = "id") -> dict[str, Cell]:
    return brief.cells(some, words(locale), brief.parts()[page])


def plain(cell: Cell) -> str:
    html = re.sub(r"<time[^>]*></time>", "_", str(cell.fragment or cell.text or ""))
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def components(root: Component) -> Iterator[Component]:
    yield root
    yield from (child for child in root._traverse() if isinstance(child, Component))


def props(root: Component, class_name: str) -> list[Mapping[str, Any]]:
    found = [vars(part) for part in components(root)]
    return [one for one in found if class_name in str(one.get("className", "")).split()]


@pytest.mark.parametrize("locale", ["id", "en"])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", BOARDS)
def test_a_page_has_a_cell_for_every_key_of_its_view_and_no_other(name: str, page: str, locale: str) -> None:
    some, spoken = BOARDS[name](), words(locale)
    drawn = [
        vars(part)["data-live"]
        for part in components(brief.layout(some, spoken, {"page": page}))
        if "data-live" in vars(part)
    ]
    assert sorted(drawn) == sorted(cells(some, page, locale))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", BOARDS)
def test_time_alone_changes_no_cell(name: str, page: str) -> None:
    some = BOARDS[name]()
    assert cells(some, page) == cells(replace(some, now=MORNING + timedelta(minutes=7)), page)


def test_every_page_is_a_live_view_of_its_own() -> None:
    views = Views()
    brief.register(views)
    for page, name in zip(PAGES, ("ringkas", "ringkas-gerai", "ringkas-loket", "ringkas-lain"), strict=True):
        view = views.find(name, "", "en")
        assert view is not None
        assert views.cells(view, board(), words("en")) == cells(board(), page, "en")
        root = vars(brief.layout(board(), ID, {"page": page}))
        assert root["data-live-view"] == f"/live/{name}?locale=id"


def test_a_page_that_is_none_is_the_first() -> None:
    assert vars(brief.layout(board(), ID, {"page": "x"}))["data-live-view"].startswith("/live/ringkas?")


def test_the_five_numbers_have_short_lines_under_them() -> None:
    made = cells(board())
    assert [made[f"{key}.n"].text for key in ("open", "waiting", "over", "serving", "served")] == [
        "21", "184", "18", "39", "296",
    ]  # fmt: skip
    assert made["over.note"].text == "81\N{NO-BREAK SPACE}% dalam standar"
    assert made["serving.note"].text == "2 tanpa petugas"
    assert made["served.note"].text == "41 berkas belum lengkap"
    assert (made["over"].state, made["serving"].state) == ("over", "filling")


def test_the_lines_under_the_numbers_are_made_for_a_phone() -> None:
    made = cells(board())
    assert made["open.note"].text == "belum buka: Dinsos, PLN\N{NO-BREAK SPACE}· tanpa kabar: Pertanahan"
    assert made["waiting.who"].text == "Dukcapil A3\N{NON-BREAKING HYPHEN}042"
    # Names are cut behind a word, and whole in the lists below.
    some = cells(factories.full_board())
    assert made["served.note"].text == some["served.note"].text
    assert plain(some["waiting.who"]).startswith("Kantor Wilayah… A3")
    name = "Kantor Wilayah…"
    two = f"{name}, {name}"
    assert plain(some["open.note"]) == f"belum buka: {two} · tanpa kabar: {two}"
    word = "Badanpenyelenggarajaminansosial"
    away = [agency(f"a{n}", short=word, state="not_opened") for n in range(5)]
    cut = f"{word[:23]}…"
    assert plain(cells(board(away))["open.note"]) == f"belum buka: {cut}, {cut}, +3"


def test_after_closing_the_lines_are_the_phones_own_too() -> None:
    some = factories.closed_board()
    quiet = replace(some, totals=replace(some.totals, heard=0, unheard=()))
    made = cells(quiet)
    assert (made["served.n"].text, made["served.note"].text) == ("296", "41 berkas belum lengkap")
    assert cells(factories.silent_board())["served.note"].text == ""


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", BOARDS)
def test_no_line_can_begin_with_what_stands_between_two_parts(name: str, page: str) -> None:
    for cell in cells(BOARDS[name](), page).values():
        assert " · " not in str(cell.fragment or cell.text)


def test_counters_served_and_planned_stay_together() -> None:
    made = cells(board([agency()]), "gerai")["g.dukcapil"]
    assert "loket\N{NO-BREAK SPACE}4/5" in str(made.fragment)


@pytest.mark.parametrize("some", [factories.silent_board(), factories.unheard_board()])
def test_what_is_not_known_is_never_a_zero(some: Board) -> None:
    made = cells(some)
    for key in ("open.n", "waiting.n", "over.n", "serving.n", "served.n"):
        assert made[key].text == "–"
    assert made["quiet.count"].text == "26"
    never = cells(factories.unheard_board(), "gerai")["g.dukcapil"]
    assert plain(never) == "Dukcapil belum pernah ada kabar · loket –/8 –"


def test_who_has_not_opened_and_who_gives_no_news() -> None:
    made = cells(board(dial="+62361555000,,"))
    first = plain(made["absent"]).split("Telepon")[0]
    assert first.strip() == "Dinsos belum buka sejak 09.12 (_) · ext. 217"
    assert 'href="tel:+62361555000,,217"' in str(made["absent"].fragment)
    assert made["absent.count"].text == "2"
    assert plain(made["quiet"]) == "Pertanahan tanpa kabar _ · ext. 208 Telepon"
    # Where nobody is missing there is nothing.
    here = cells(board([agency("a")]))
    assert (here["absent"], here["absent.count"], here["quiet"]) == (Cell(""), Cell(""), Cell(""))


def test_an_agency_without_an_extension_cannot_be_called() -> None:
    made = cells(board([agency("a", state="not_opened", extension=None)], dial="+62361555000,,"))
    assert "tel:" not in str(made["absent"].fragment)
    nobody_said = cells(board([agency("a", state="not_opened", extension="110")]))["absent"]
    assert "ext. 110" in plain(nobody_said)
    assert "tel:" not in str(nobody_said.fragment)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Dukcapil lancar · terlama _ · loket 4/5 6"),
        ({"state": "over", "waiting": 1234}, "Dukcapil lewat standar · terlama _ · loket 4/5 1.234"),
        ({"estimate": True}, "Dukcapil lancar · terlama _ · loket 4/5 ≈6"),
        ({"state": "silent"}, "Dukcapil tanpa kabar _ · loket 4/5 6"),
        ({"state": "unscheduled", "waiting": 0}, "Dukcapil tidak terjadwal hari ini"),
        ({"state": "closed", "waiting": 0}, "Dukcapil tutup"),
        ({"state": "paused", "reason": "central_system"}, "Dukcapil jeda 09.12 · terlama _ · loket 4/5 6"),
    ],
)
def test_an_agency_in_a_line(given: dict[str, Any], says: str) -> None:
    made = cells(board([agency(**given)]), "gerai")
    assert plain(made["g.dukcapil"]) == says
    assert made["g.dukcapil"].state == given.get("state", "calm")


def test_counters_stand_by_floor_and_agency() -> None:
    some = board()
    groups = list(brief.counter_groups(some))
    assert [floor for floor, _ in groups] == sorted(floor for floor, _ in groups)
    assert groups[:2] == [("1", "dukcapil"), ("1", "dpmptsp")]
    made = cells(some, "loket")["l.1.dukcapil"]
    assert plain(made).startswith("Dukcapil 1 A1-031 melayani _")
    assert str(made.fragment).count("<li") == 8
    titles = [vars(part) for part in components(brief.layout(some, ID, {"page": "loket"}))]
    assert [t["children"] for t in titles if t.get("children") in ("Lantai 1", "Lantai 2")] == [
        "Lantai 1",
        "Lantai 2",
    ]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("live", "Antrean A tepat waktu · terakhir 09.39, _ lalu Dukcapil, Samsat"),
        ("late", "Antrean A terlambat · terakhir 09.39, _ lalu Dukcapil, Samsat"),
        ("silent", "Antrean A tanpa kabar · terakhir 09.39, _ lalu Dukcapil, Samsat"),
        ("failing", "Antrean A tidak dapat dibaca · terakhir 09.39, _ lalu Dukcapil, Samsat <timeout>"),
        ("paused", "Antrean A jeda · terakhir 09.39, _ lalu Dukcapil, Samsat"),
    ],
)
def test_a_source_says_its_state_and_age(state: str, says: str) -> None:
    at = MORNING - timedelta(seconds=40)
    source = SourceNow("q", "Antrean A", ("dukcapil", "samsat"), state, at, at, "<timeout>")
    some = replace(board(), sources=(source,))
    made = cells(some, "lain")["s.q"]
    assert (plain(made), made.state) == (says, state)
    # The seconds of a report change nothing on the screen.
    again = replace(some, sources=(replace(source, last_reported=at + timedelta(seconds=7)),))
    assert cells(again, "lain") == cells(some, "lain")


def test_a_source_never_heard_of_has_no_age() -> None:
    some = replace(board(), sources=(SourceNow("q", "Antrean A", (), "never", None, None),))
    assert plain(cells(some, "lain")["s.q"]) == "Antrean A belum pernah ada kabar"


def test_names_cannot_bring_markup() -> None:
    bad = "<img src=x onerror=alert(1)>"
    for state in ("calm", "not_opened", "silent"):
        some = board([agency("x", short=bad, extension='1"><img')])
        some = replace(some, agencies=(replace(some.agencies[0], state=state),))
        counters = tuple(replace(one, name=bad, ticket=bad) for one in some.counters)
        sources = (SourceNow("s", bad, ("x",), "failing", None, None, bad),)
        some = replace(some, counters=counters, sources=sources)
        for page in PAGES:
            for cell in cells(some, page).values():
                assert "<img" not in str(cell.fragment or "")


def test_the_pages_keep_language_and_colours() -> None:
    query = {"page": "gerai", "lang": "en", "theme": "dark"}
    links = [one["href"] for one in props(brief.layout(board(), words("en"), query), "tab")]
    assert links == [
        "/ringkas?theme=dark&lang=en",
        "/ringkas?page=gerai&theme=dark&lang=en",
        "/ringkas?page=loket&theme=dark&lang=en",
        "/ringkas?page=lain&theme=dark&lang=en",
    ]
    current = props(brief.layout(board(), words("en"), query), "tab")[1]
    assert current["aria-current"] == "page"


def test_language_and_colours_can_be_chosen() -> None:
    made = props(brief.layout(board(), ID, {"page": "lain", "theme": "dark"}), "choice")
    assert [(one["children"], one.get("aria-current")) for one in made] == [
        ("Indonesia", "true"),
        ("English", None),
        ("Terang", None),
        ("Gelap", "true"),
        ("Otomatis", None),
        ("Buka layar ruang kendali", None),
        ("Akun saya", None),
    ]
    assert made[1]["href"] == "/ringkas?page=lain&theme=dark&lang=en"
    assert made[5]["href"] == "/ruang-kendali?theme=dark"


def test_every_figure_is_defined() -> None:
    known = registry(ID)
    terms = props(brief.layout(board(), ID, {}), "term")
    assert len(terms) == 6
    assert {key for one in terms for key in one["data-measure"].split()} <= set(known)
    details = [
        vars(p) for p in components(brief.layout(board(), ID, {"page": "lain"})) if p._type == "Details"
    ]
    assert len(details) == len(known)


@pytest.mark.parametrize(
    ("given", "mode", "mall"),
    [
        ({"mode": "demo", "own_clock": True}, "DEMO · angka rekaan · waktu simulasi", ""),
        ({"mode": "replay"}, "Putar ulang hari lampau", ""),
        ({"mall_state": "holiday", "mall_reason": "Nyepi", "mall_until": None}, "", "Libur: Nyepi."),
        ({"mall_state": "closed", "mall_until": None}, "", "Tutup."),
    ],
)
def test_what_holds_for_the_whole_mall_stands_on_every_page(
    given: dict[str, Any], mode: str, mall: str
) -> None:
    for page in PAGES:
        made = cells(board(**given), page)
        assert (plain(made["mode"]), made["mall"].text) == (mode, mall)


@pytest.mark.parametrize(
    ("state", "says"),
    [("none", "Deskripsi mal belum dibuat."), ("faulty", "Deskripsi mal berisi kesalahan.")],
)
def test_without_a_mall_the_page_says_so(state: str, says: str) -> None:
    page = brief.layout(factories.empty_board(mall_state=state), ID, {})
    assert [one["children"] for one in props(page, "phone-note")] == [says]
    assert props(page, "figure") == []


def test_other_agencies_counters_or_sources_need_another_layout() -> None:
    some = board()
    assert brief.signature(some) == brief.signature(board(version=2))
    for other in (
        board(factories.wall_agencies()[1:]),
        replace(some, counters=()),
        replace(some, sources=some.sources[1:]),
        replace(some, mall="MPP Lain"),
    ):
        assert brief.signature(other) != brief.signature(some)
