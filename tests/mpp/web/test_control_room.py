import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component
from flask import Flask
from flask.testing import FlaskClient

from mpp.i18n import words
from mpp.live.model import AgencyNow, Board, Day
from mpp.live.views import View, Views
from mpp.web import language
from mpp.web.dash_app import make_dash
from mpp.web.pages import control_room
from mpp.web.pages.room_cells import AGENCY, FLOOR, NAME, SERVICES, Room, signature
from mpp.web.parts.band import BETWEEN, LINE, LINES, band_cells
from mpp.web.parts.letters import width
from tests import factories
from tests.factories import MORNING, agency, board
from tests.mpp.web.house import sign_in

ID = words("id")
BOARDS: dict[str, Callable[[], Board]] = {
    "wall": board,
    "forty": factories.full_board,
    "empty": factories.empty_board,
    "silent": factories.silent_board,
    "unheard": factories.unheard_board,
    "closed": factories.closed_board,
    "example": lambda: board(example=True),
    "three": lambda: board(factories.wall_agencies()[:3]),
    "busy": factories.busy_board,
    "break": factories.break_board,
    "last ticket": factories.last_ticket_board,
    "morning": factories.morning_board,
    "holiday": factories.holiday_board,
}

#: Every page with its address: (view, scope, query).
PLACES = {
    "overview": (NAME, "", {}),
    "counters": (FLOOR, "2", {"page": "loket", "floor": "2"}),
    "services": (SERVICES, "", {"page": "layanan"}),
    "agency": (AGENCY, "imigrasi", {"page": "gerai", "agency": "imigrasi"}),
}


def text(made: dict[str, Any], key: str) -> str | None:
    found: str | None = made[key].at(MORNING, ("mnt", "jam", "hari"))
    return found


def cells(some: Board) -> dict[str, Any]:
    return Room().overview(some, "", ID)


def tile(one: AgencyNow) -> dict[str, Any]:
    made = cells(board([one]))
    start = f"a.{one.code}."
    return {key.removeprefix(start): text(made, key) for key in made if key.startswith(start)}


def components(root: Component) -> Iterator[Component]:
    yield root
    yield from (child for child in root._traverse() if isinstance(child, Component))


def drawn(some: Board, query: dict[str, str], locale: str = "id") -> list[Component]:
    return list(components(control_room.layout(some, words(locale), query)))


@pytest.mark.parametrize("locale", ["id", "en"])
@pytest.mark.parametrize("name", BOARDS)
def test_the_overview_has_a_cell_for_every_key_of_its_view_and_no_other(name: str, locale: str) -> None:
    some, spoken = BOARDS[name](), words(locale)
    keys = [vars(c)["data-live"] for c in drawn(some, {}, locale) if "data-live" in vars(c)]
    assert sorted(keys) == sorted(Room().overview(some, "", spoken))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["wall", "silent", "unheard", "closed", "break", "holiday"])
def test_every_page_has_a_cell_for_every_key_of_its_view_and_no_other(name: str, place: str) -> None:
    some, (view, scope, query) = BOARDS[name](), PLACES[place]
    keys = [vars(c)["data-live"] for c in drawn(some, query) if "data-live" in vars(c)]
    assert sorted(keys) == sorted(Room().cells(view, some, scope, ID))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", BOARDS)
def test_a_live_cell_has_one_string_or_nothing_in_it_unless_it_is_one_of_state_only(
    name: str, place: str
) -> None:
    """live.js writes into it behind React's back."""
    some, (_, _, query) = BOARDS[name](), PLACES[place]
    at = control_room.where(some, query, ID)
    view = Room().cells(at.view, some, at.scope, ID)
    for component in drawn(some, query):
        key = vars(component).get("data-live")
        if key is not None and view[key].text is not None:
            assert getattr(component, "children", None) is None or isinstance(component.children, str)


def test_the_five_numbers_and_their_small_lines() -> None:
    made = cells(board())
    assert [text(made, f"{key}.n") for key in ("open", "waiting", "over", "serving", "served")] == [
        "21",
        "184",
        "18",
        "39",
        "296",
    ]
    assert text(made, "open.of") == "/ 24"
    opened = (text(made, "open.note") or "").replace("\N{NO-BREAK SPACE}", " ")
    assert opened == "belum buka: Dinsos, PLN · tanpa kabar: Pertanahan"
    assert text(made, "waiting.note") == "terlama 41 mnt"
    assert text(made, "waiting.who") == "Dukcapil A3-042"
    assert text(made, "over.note") == "hari ini 81 % dalam standar"
    serving = (text(made, "serving.note") or "").replace("\N{NO-BREAK SPACE}", " ")
    assert serving == "jeda 10 · tanpa petugas 2 · belum dibuka 11 · tanpa kabar 4"
    served = (text(made, "served.note") or "").replace("\N{NO-BREAK SPACE}", " ")
    assert served == "berkas belum lengkap 41 · tidak hadir 12"
    assert text(made, "data") == "Data 23 dari 24 gerai"
    assert text(made, "date") == "Senin, 23 November 2026"


@pytest.mark.parametrize(
    "some", [factories.silent_board(), factories.unheard_board(), factories.empty_board()]
)
def test_what_is_not_known_is_never_a_zero(some: Board) -> None:
    made = cells(some)
    for key in ("open.n", "waiting.n", "over.n", "serving.n", "served.n"):
        assert text(made, key) == "–"


def test_a_day_without_scheduled_agencies_has_true_zeros() -> None:
    off = [agency("a", state="unscheduled", waiting=0, longest_min=None)]
    made = cells(board(off, mall_state="shut", mall_until=MORNING + timedelta(days=1)))
    assert text(made, "waiting.n") == "0"


def test_a_free_day_of_which_nobody_told_anything_is_known_from_the_calendar() -> None:
    unheard = [
        replace(a, data="never", data_at=None, waiting=None, over=None)
        for a in factories.holiday_board().agencies
    ]
    totals = factories.totals(unheard, waiting=None, over=None)
    services = board().services
    some = replace(factories.holiday_board(), agencies=tuple(unheard), totals=totals, services=services)
    made = cells(some)
    assert [text(made, f"{key}.n") for key in ("open", "waiting", "over", "serving", "served")] == ["0"] * 5
    assert text(made, "over.note") == ""


def test_after_closing_a_feed_that_went_quiet_takes_nothing_of_the_day_away() -> None:
    some = factories.closed_board()
    quiet = [replace(a, data="silent") for a in some.agencies]
    totals = replace(some.totals, heard=0, unheard=tuple(a.code for a in quiet))
    made = cells(replace(some, agencies=tuple(quiet), totals=totals))
    assert text(made, "served.n") == "296"
    old = tuple(replace(a, data_at=MORNING - timedelta(days=1)) for a in quiet)
    assert text(cells(replace(some, agencies=old, totals=totals)), "served.n") == "–"


def test_the_line_under_beyond_standard_says_no_standard_only_where_none_is_set() -> None:
    some = board()
    without = replace(some, services=tuple(replace(s, promise_s=None) for s in some.services))
    assert text(cells(without), "over.note") == "standar belum ditetapkan"
    unknown = replace(some, totals=replace(some.totals, over=None, day=Day()))
    assert text(cells(unknown), "over.note") == "hari ini belum ada yang dapat dinilai"
    assert text(cells(replace(unknown, mall_state="holiday")), "over.note") == ""


@pytest.mark.parametrize("locale", ["id", "en"])
def test_a_small_line_has_room_for_who_is_absent(locale: str) -> None:
    names = ["Dinas Penanaman Modal dan Pelayanan Terpadu", "PLN", "Dinsos", "Kantor Pertanahan"]
    some = [agency(f"a{n}", short=name, state="not_opened") for n, name in enumerate(names)]
    away = [agency("b", short="Badan Pengelolaan Keuangan Daerah", state="silent", data="silent")]
    for agencies in (some, away, some + away):
        note = Room().overview(board(agencies), "", words(locale))["open.note"].text or ""
        for part in note.split(BETWEEN):
            assert width(part) <= (LINES if len(agencies) < 5 else LINE), note
    assert ", +3" in note.replace("\N{NO-BREAK SPACE}", " ")


def test_before_the_first_word_of_the_day_a_tile_tells_nothing() -> None:
    made = tile(agency(waiting=None, longest_min=None, bar=None, counters={"closed": 1, "unknown": 2}))
    assert (made["n"], made["counters"], made["bar"]) == ("–", "–/5", "")


def test_forgotten_tickets_are_said_and_give_no_colour() -> None:
    some = factories.board()
    lost = replace(some, totals=replace(some.totals, over=2, over_forgotten=2))
    made = band_cells(lost, ID)
    assert (made["over"].state, made["over.n"].text) == ("calm", "2")
    note = (made["over.note"].text or "").replace("\N{NO-BREAK SPACE}", " ")
    assert note.endswith(" · 2 di antaranya terlupa")
    assert band_cells(replace(lost, totals=replace(lost.totals, over=3)), ID)["over"].state == "over"
    assert tile(agency(forgotten=1, over=1, over_forgotten=1))["note"] == "1 terlupa"


def test_nothing_judged_yet_is_said() -> None:
    some = board()
    made = cells(replace(some, totals=replace(some.totals, day=Day())))
    assert text(made, "over.note") == "hari ini belum ada yang dapat dinilai"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"state": "calm"}, "lancar"),
        ({"state": "filling"}, "padat"),
        ({"state": "over"}, "lewat standar"),
        ({"state": "not_opened"}, "belum buka"),
        ({"state": "paused", "reason": "central_system"}, "jeda 09.12"),
        ({"state": "paused", "reason": "prayer", "since": None}, "jeda: salat"),
        ({"state": "paused", "since": None}, "jeda"),
        ({"state": "unscheduled"}, "tidak terjadwal hari ini"),
        ({"state": "silent", "data_at": MORNING - timedelta(minutes=12, seconds=3)}, "tanpa kabar 12 mnt"),
        ({"state": "silent", "data_at": MORNING - timedelta(hours=50)}, "tanpa kabar 2 hari"),
        ({"state": "silent", "data_at": None}, "belum pernah ada kabar"),
        ({"state": "quota_used"}, "kuota habis"),
        ({"state": "closed"}, "tutup"),
        ({"state": "closed", "opens_at": MORNING + timedelta(hours=1)}, "belum buka, 10.40"),
        ({"state": "closed", "opens_at": MORNING + timedelta(hours=22)}, "buka Selasa 07.40"),
        ({"state": "closed", "opens_at": MORNING + timedelta(days=9)}, "buka Rabu, 2 Desember 2026 09.40"),
    ],
)
def test_every_state_has_its_word(given: dict[str, Any], word: str) -> None:
    assert tile(agency(**given))["word"] == word


def test_a_tile() -> None:
    made = tile(
        agency(waiting=1234, longest_min=41, planned=8, counters={"serving": 3, "ready": 2, "paused": 1})
    )
    assert made["n"] == "1.234"
    assert made["longest"] == "41 mnt"
    assert made["counters"] == "5/8"
    assert not made["note"]


def test_no_wait_grows_at_an_agency_that_is_silent() -> None:
    made = tile(agency(state="silent", waiting=9, longest_min=18))
    assert (made["n"], made["longest"]) == ("9", "")


def test_an_agency_never_heard_of_shows_no_figures() -> None:
    made = tile(agency(waiting=None, longest_min=None, counters={}, bar=None, state="silent", data_at=None))
    assert (made["n"], made["longest"], made["counters"]) == ("–", "", "–/5")


def test_no_promise_no_bar() -> None:
    made = cells(board([agency("a", bar=None), agency("b", bar=0.5), agency("c", bar=None, estimate=True)]))
    assert "standar belum ditetapkan" in str(made["a.a.bar"].fragment)
    assert "<svg" not in str(made["a.a.bar"].fragment)
    assert 'width="33"' in str(made["a.b.bar"].fragment)
    assert not made["a.c.bar"].text
    assert made["a.c.bar"].fragment is None


def test_the_bar_is_full_at_one_and_a_half_times_the_promise() -> None:
    made = cells(board([agency("a", bar=1.5), agency("b", bar=9.0), agency("c", bar=0.0)]))
    assert str(made["a.a.bar"].fragment) == str(made["a.b.bar"].fragment)
    assert 'class="fill" y="1.5" width="0"' in str(made["a.c.bar"].fragment)


def test_a_note_says_what_the_figures_leave_out() -> None:
    assert tile(agency(unknown_numbers=7))["note"] == "+7 nomor layanan belum dikenal"
    assert tile(agency(state="paused", reason="out_of_forms"))["note"] == "blangko/bahan habis"
    late = agency(data="late", data_at=MORNING - timedelta(minutes=3), estimate=True)
    assert tile(late)["note"] == "perkiraan · data 3 mnt lalu"
    assert tile(late)["n"] == "≈6"


def test_a_note_on_one_line_leaves_out_what_the_agencys_page_tells() -> None:
    def note(**given: Any) -> str:
        one = agency("a", **given)
        made = Room().overview(board([one, *factories.wall_agencies()]), "", ID)["a.a.note"]
        return made.at(MORNING, ("mnt", "jam", "hari")) or ""

    late = {"data": "late", "data_at": MORNING - timedelta(minutes=3)}
    assert note(unknown_numbers=7) == "+7 tak dikenal"
    assert note(unknown_numbers=7, estimate=True) == "+7 tak dikenal · perkiraan"
    assert note(**late, unknown_numbers=7, estimate=True) == "data 3 mnt lalu"


@pytest.mark.parametrize(
    ("state", "until", "says"),
    [
        ("open", None, ""),
        ("before", timedelta(minutes=20), "Belum buka. Pelayanan mulai 10.00."),
        ("break", timedelta(minutes=20), "Istirahat sampai 10.00; 19 gerai tetap melayani."),
        ("friday_prayer", timedelta(minutes=20), "Jeda salat Jumat sampai 10.00; 19 gerai tetap melayani."),
        ("last_ticket", None, "Nomor antrean ditutup; 225 orang masih dilayani."),
        ("closed", timedelta(hours=22, minutes=20), "Tutup. Buka lagi Selasa 08.00."),
        ("closed", timedelta(days=9, hours=-2, minutes=20), "Tutup. Buka lagi Rabu, 2 Desember 2026 08.00."),
        ("shut", timedelta(hours=1, minutes=20), "Tutup. Buka 11.00."),
        ("holiday", None, "Libur."),
    ],
)
def test_the_mall_says_its_state(state: str, until: timedelta | None, says: str) -> None:
    at = None if until is None else MORNING.replace(second=0) + until
    assert text(cells(board(mall_state=state, mall_until=at)), "mall") == says


def test_figures_that_are_not_the_malls_own_say_so() -> None:
    assert text(cells(board(mode="replay")), "mode") == "Putar ulang hari lampau"
    assert text(cells(board(mode="demo", example=True)), "mode") == "DEMO · angka rekaan"
    assert text(cells(board(example=True)), "mode") == "Mal contoh: bukan mal sungguhan"
    assert text(cells(board()), "mode") == ""


def test_names_cannot_bring_markup() -> None:
    bad = agency("x", short="<img src=x onerror=alert(1)>", estimate=True)
    for cell in cells(board([bad])).values():
        assert "<img" not in str(cell.fragment or "")


def test_time_alone_changes_no_cell() -> None:
    first = board()
    assert cells(first) == cells(replace(first, now=MORNING + timedelta(minutes=7)))


def test_other_agencies_need_another_layout() -> None:
    some = board()
    assert signature(some, ()) == signature(board(version=2), ())
    assert signature(some, ()) != signature(board(factories.wall_agencies()[1:]), ())


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("t")
    assets = Path(__file__).parents[3] / "assets"
    language.register(app)
    make_dash(app, board=board, views=Views(), words_for=words, release='r"1', assets=assets)
    return app.test_client()


def test_a_malls_name_in_the_index_page_is_text_and_nothing_else() -> None:
    """A name that looks like a place of the template is not filled in."""
    app, name = Flask("t"), r"MPP {%scripts%} \1 & {%title%}"
    assets = Path(__file__).parents[3] / "assets"
    named = board(mall=name)
    make_dash(app, board=lambda: named, views=Views(), words_for=words, release="1", assets=assets)
    page = app.test_client().get("/ruang-kendali").text
    assert f"<title>Ruang kendali · {escape(name)}</title>" in page
    foot = page[page.index("<footer>") :]
    assert "<script" in foot
    assert foot.count("<script") == page.count("<script")
    assert "{%" not in page.replace(str(escape(name)), "")


def test_the_index_page_knows_language_theme_and_release(client: FlaskClient) -> None:
    page = client.get("/ruang-kendali?theme=dark").text
    assert '<html lang="id" data-theme="dark" data-release="r&#34;1">' in page.replace("&quot;", "&#34;")
    assert client.get("/ruang-kendali?lang=en").text.count('<html lang="en"') == 1
    # The choice is remembered.
    assert '<html lang="en"' in client.get("/ruang-kendali").text


def test_everything_is_served_from_here(client: FlaskClient) -> None:
    page = client.get("/ruang-kendali").text
    for attribute in ('src="http', 'href="http', 'src="//', 'href="//'):
        assert attribute not in page
    assert page.count('rel="stylesheet"') == 1
    assert "/assets/live.js" in page
    (styles,) = re.findall(r'rel="stylesheet" href="([^"]*)"', page)
    text = client.get(styles).text
    # Later files may rest on what earlier ones say.
    assert text.index("--bs-") < text.index("--ground") < text.index(".wall")


def test_what_is_no_page_is_not_found(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    assert client.get("/api/v1/nothing").status_code == 404
    assert client.get("/_dash-layout").status_code == 200
    assert client.get("/_dash-dependencies").status_code == 200


@pytest.mark.parametrize(
    ("locale", "said", "link"),
    [
        ("id", "Tidak ada halaman di alamat ini.", "Kembali ke awal"),
        ("en", "There is no page at this address.", "Back to the start"),
    ],
)
def test_an_unknown_page_leads_back_to_the_start(
    house_of: Callable[..., Flask], locale: str, said: str, link: str
) -> None:
    app = house_of(locale=locale)
    client = sign_in(app, app.test_client())
    page = client.get("/nothing<b>")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert page.headers["Cache-Control"] == "no-store"
    assert said in page.text
    assert f'<a href="/" class="button first">{link}</a>' in page.text
    assert f'<html lang="{locale}">' in page.text
    assert "Not Found" not in page.text
    assert "nothing" not in page.text
    for path in ("/api/v1/nothing", "/api/"):
        assert client.get(path).mimetype == "application/problem+json"
    assert link not in client.get("/assets/nothing.js").text


def draw(client: FlaskClient, pathname: str, search: str = "") -> str:
    answer = client.post(
        "/_dash-update-component",
        json={
            "output": "page.children",
            "outputs": {"id": "page", "property": "children"},
            "changedPropIds": ["url.pathname"],
            "inputs": [
                {"id": "url", "property": "pathname", "value": pathname},
                {"id": "url", "property": "search", "value": search},
                {"id": "live-redraw", "property": "n_clicks", "value": 0},
            ],
        },
    )
    assert answer.status_code == 200
    return str(answer.json)


def test_the_router_draws_the_page_in_the_language_of_the_request(client: FlaskClient) -> None:
    assert "Gerai buka" in draw(client, "/ruang-kendali")
    assert "Agencies open" in draw(client, "/ruang-kendali/", "?lang=en")
    assert "/live/ruang-kendali?locale=en" in draw(client, "/ruang-kendali", "?lang=en")


def test_the_page_is_registered_as_a_live_view() -> None:
    views = Views()
    control_room.register(views)
    view = views.find("ruang-kendali", "", "en")
    assert view == View("ruang-kendali", "", "en")
    assert views.cells(view, board(), words("en"))["open.n"].text == "21"
