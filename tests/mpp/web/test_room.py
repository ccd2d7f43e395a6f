"""The pages of the control room beside its overview: what they show, their addresses and the rotation."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import UNKNOWN, words
from mpp.live.model import ActionNow, Board, Condition, Day, Quarter, Ratings, Taken
from mpp.live.views import Cell, Views
from mpp.measures import registry
from mpp.web.pages import control_room
from mpp.web.pages.room_cells import AGENCY, FLOOR, NAME, SERVICES, Room, alarm
from mpp.web.parts.address import address, place
from mpp.web.parts.counters import counter_cell, floors, packed, packed_rows
from mpp.web.parts.flow import flow_cells
from mpp.web.parts.foot import stops, turn_s
from mpp.web.parts.grid import grid
from mpp.web.parts.kept import Kept
from mpp.web.parts.phone_lists import agency_cells, counter_cells
from mpp.web.parts.services import ROWS, service_row, worst_first
from tests import factories
from tests.factories import MORNING, agency, board

ID = words("id")
QUERIES: dict[str, dict[str, str]] = {
    NAME: {},
    FLOOR: {"page": "loket", "floor": "1"},
    SERVICES: {"page": "layanan"},
    AGENCY: {"page": "gerai", "agency": "dukcapil"},
}
SCOPES = {NAME: "", FLOOR: "1", SERVICES: "", AGENCY: "dukcapil"}


def components(root: Component) -> Iterator[Component]:
    yield root
    yield from (child for child in root._traverse() if isinstance(child, Component))


def drawn(some: Board, query: dict[str, str], locale: str = "id") -> list[Component]:
    return list(components(control_room.layout(some, words(locale), query)))


def texts(some: Board, query: dict[str, str]) -> str:
    found = []
    for component in drawn(some, query):
        inside = getattr(component, "children", None)
        found += [inside] if isinstance(inside, str) else []
        found += [one for one in inside if isinstance(one, str)] if isinstance(inside, list) else []
    return " ".join(found)


def plain(cell: Cell) -> str:
    return Markup(cell.fragment).striptags() if cell.fragment is not None else cell.text or ""


# -- addresses


@pytest.mark.parametrize(
    ("query", "view", "scope", "says"),
    [
        ({}, NAME, "", ""),
        ({"page": "ikhtisar"}, NAME, "", ""),
        ({"page": "loket", "floor": "2"}, FLOOR, "2", ""),
        ({"page": "loket"}, FLOOR, "1", ""),
        ({"page": "loket", "floor": "9"}, FLOOR, "1", "Lantai itu tidak ada"),
        ({"page": "layanan"}, SERVICES, "", ""),
        ({"page": "gerai", "agency": "pln"}, AGENCY, "pln", ""),
        ({"page": "gerai", "agency": "x|y"}, NAME, "", "Gerai itu tidak ada"),
        ({"page": "gerai"}, NAME, "", "Gerai itu tidak ada"),
        ({"page": "<b>"}, NAME, "", "Halaman itu tidak ada"),
    ],
)
def test_an_address_means_a_page_and_what_is_not_there_is_said(
    query: dict[str, str], view: str, scope: str, says: str
) -> None:
    at = control_room.where(board(), query, ID)
    assert (at.view, at.scope) == (view, scope)
    assert at.notice.startswith(says)
    assert bool(at.notice) == bool(says)


@pytest.mark.parametrize("page", ["loket", "layanan", "gerai", "x"])
def test_without_a_mall_every_address_says_so(page: str) -> None:
    told = texts(factories.empty_board(), {"page": page})
    assert "mpp init" in told
    assert "tidak ada;" not in told


def test_links_keep_language_theme_and_rotation_and_nothing_else() -> None:
    query = {"page": "gerai", "agency": "pln", "theme": "dark", "rotate": "20", "lang": "en", "key": "secret"}
    assert place(query, page="loket", floor="1 & 2") == (
        "?page=loket&floor=1+%26+2&rotate=20&theme=dark&lang=en"
    )
    assert address(query, theme="auto") == "?page=gerai&agency=pln&rotate=20&theme=auto&lang=en"


def test_every_page_is_a_live_view() -> None:
    views = Views()
    control_room.register(views)
    for name, scope in SCOPES.items():
        view = views.find(name, scope, "en")
        assert view is not None
        assert "open.n" in views.cells(view, board(), words("en"))


@pytest.mark.parametrize("page", QUERIES)
def test_every_page_has_the_five_numbers_and_what_needs_action(page: str) -> None:
    keys = {vars(c)["data-live"] for c in drawn(board(), QUERIES[page]) if "data-live" in vars(c)}
    assert {"open.n", "waiting.n", "over.n", "serving.n", "served.n", "act.0", "act.more"} <= keys


@pytest.mark.parametrize("page", QUERIES)
def test_time_alone_changes_no_page(page: str) -> None:
    some = board()
    later = replace(some, now=MORNING + timedelta(minutes=7))
    assert Room().cells(page, some, SCOPES[page], ID) == Room().cells(page, later, SCOPES[page], ID)


@pytest.mark.parametrize("page", QUERIES)
def test_names_cannot_bring_markup_to_any_page(page: str) -> None:
    bad = "<img src=x onerror=alert(1)>"
    some = board([agency("dukcapil", short=bad, name=bad, counters={"serving": 1}, planned=1)])
    some = replace(
        some,
        services=tuple(replace(s, name=bad, prefix=bad) for s in some.services),
        counters=tuple(replace(c, name=bad, ticket=bad) for c in some.counters),
        sources=tuple(replace(s, name=bad) for s in some.sources),
    )
    for cell in Room().cells(page, some, SCOPES[page], ID).values():
        assert "<img" not in str(cell.fragment or "")


def test_what_was_remembered_never_outlives_its_board() -> None:
    room, some = Room(), board()
    first = room.overview(some, "", ID)
    other = tuple(replace(a, waiting=99) if a.code == "pln" else a for a in some.agencies)
    second = room.overview(replace(some, agencies=other), "", ID)
    assert {key for key in first if first[key] != second[key]} == {"a.pln.n"}
    assert room.overview(some, "", words("en"))["a.pln.word"].text == "not open yet"
    assert room.overview(some, "", ID) == first


def test_kept_makes_anew_only_what_changed() -> None:
    made: list[int] = []
    kept = Kept()

    def make(x: int) -> int:
        made.append(x)
        return x * 2

    assert [kept.of("a", x, make) for x in (1, 1, 2, 2, 1)] == [2, 2, 4, 4, 2]
    assert made == [1, 2, 1]


# -- definitions


@pytest.mark.parametrize("page", QUERIES)
@pytest.mark.parametrize("locale", ["id", "en"])
def test_every_figure_opens_a_definition_that_the_page_has(page: str, locale: str) -> None:
    found = drawn(board(), QUERIES[page], locale)
    box = next(c for c in found if getattr(c, "id", None) == "definition")
    known = json.loads(vars(box)["data-definitions"])
    assert known == {key: [m.name, m.formula, m.leaves_out] for key, m in registry(words(locale)).items()}
    asked = [c for c in found if "data-measure" in vars(c)]
    assert asked
    for button in asked:
        assert type(button).__name__ == "Button"
        assert set(vars(button)["data-measure"].split()) <= known.keys()


def test_every_figure_of_the_overview_has_a_definition() -> None:
    def asks(component: Component) -> bool:
        return any("data-measure" in vars(part) for part in components(component))

    found = drawn(board(), {})
    cards = [c for c in found if getattr(c, "className", "") == "tally"]
    tiles = [c for c in found if str(getattr(c, "className", "")).split(" ")[0] == "tile"]
    assert (len(cards), len(tiles)) == (5, 26)
    assert all(asks(part) for part in cards + tiles)
    for page in (SERVICES, AGENCY):
        heads = [c for c in drawn(board(), QUERIES[page]) if type(c).__name__ == "Th"]
        # Service and agency are names, not figures.
        assert sum(asks(head) for head in heads) == 7


# -- the foot


def test_the_pages_in_their_order() -> None:
    rooms = ["Ikhtisar", "Loket lantai 1", "Loket lantai 2", "Layanan"]
    assert [s.name for s in stops(board(), ID)] == [*rooms, "Denah lantai 1", "Denah lantai 2"]
    assert [s.name for s in stops(factories.empty_board(), ID)] == ["Ikhtisar"]


def test_a_mall_without_floors_has_one_page_of_counters() -> None:
    some = board([agency("a", floor=None), agency("b", floor=None)])
    assert floors(some) == ("-",)
    assert [s.name for s in stops(some, ID)] == ["Ikhtisar", "Loket", "Layanan", "Denah"]
    assert control_room.where(some, {"page": "loket"}, ID).scope == "-"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("20", 20), ("15", 15), ("3", 15), ("0", None), ("", None), ("x", None), ("-5", None), ("²", None),
     ("99999", 3600), ("999999", None)],
)  # fmt: skip
def test_pages_change_no_faster_than_can_be_read(said: str, seconds: int | None) -> None:
    assert turn_s({"rotate": said}) == seconds


@pytest.mark.parametrize("page", QUERIES)
def test_the_page_one_is_on_is_marked(page: str) -> None:
    marked = [c for c in drawn(board(), QUERIES[page]) if vars(c).get("aria-current") == "page"]
    assert len(marked) == 1


# -- an alarm that nobody has taken


def action(rule: str, minutes: float, *, taken: bool = False, ended: bool = False) -> ActionNow:
    since = MORNING - timedelta(minutes=minutes)
    by = Taken(MORNING, "Sari", "di jalan") if taken else None
    return ActionNow(rule, rule, since, MORNING if ended else None, Condition(rule), taken=by)


def test_the_newest_row_of_the_first_rank_is_an_alarm() -> None:
    some = board(actions=(action("not_opened", 40), action("nobody_serving", 5), action("over", 3)))
    # Shown two minutes after its start, five minutes ago; new until a minute later.
    until = round((MORNING - timedelta(minutes=2)).timestamp() * 1000)
    assert alarm(some) == Cell(state="new", fragment=Markup(f'<i data-until="{until}"></i>'))


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (action("over", 3), action("system", 3)),
        (action("not_opened", 3, taken=True),),
        (action("not_opened", 3, ended=True),),
    ],
)
def test_no_alarm(rows: tuple[ActionNow, ...]) -> None:
    assert alarm(board(actions=rows)) == Cell("")


# -- flow


def test_the_flow_is_drawn_and_told() -> None:
    some = board(opens=MORNING - timedelta(minutes=100, seconds=12))
    made = flow_cells(some, ID)
    drawing = str(made["flow"].fragment)
    assert len(drawing) < 6000
    assert made["flow.usual"].text == "Senin biasa"
    assert drawing.count("<text") == 1 + 7, "the top and the hours from 08.00 to 14.00"
    assert "<th scope=row>08.00</th><td>178</td><td>102</td><td>162</td>" in drawing


def shapes(drawing: str) -> dict[str, int]:
    """How many bars each path of the drawing has."""
    return {name: path.count("M") for name, path in re.findall(r'<path class="([^"]*)" d="([^"]*)"', drawing)}


def test_the_running_quarter_hour_does_not_look_complete() -> None:
    some = board()
    made = str(flow_cells(some, ID)["flow"].fragment)
    bars = shapes(made)
    assert (bars["came"], bars["done"], bars["came part"], bars["done part"]) == (6, 6, 1, 1)
    assert "09.00 sampai sekarang" in made
    for over in (replace(some, mall_state="closed"), replace(some, mode="ended")):
        made = str(flow_cells(over, ID)["flow"].fragment)
        bars = shapes(made)
        assert (bars["came"], bars["came part"]) == (7, 0)
        assert "sampai sekarang" not in made


def test_the_flow_says_whose_tickets_are_missing() -> None:
    some = board()
    assert len(some.totals.unheard) == 1
    assert flow_cells(some, ID)["flow.without"].text == "belum termasuk 1 gerai tanpa kabar"
    all_heard = replace(some, totals=replace(some.totals, unheard=()))
    assert flow_cells(all_heard, ID)["flow.without"].text == ""
    assert Room().overview(all_heard, "", ID)["flow.without"].text == ""
    room = Room()
    room.overview(some, "", ID)
    assert room.overview(all_heard, "", ID)["flow.without"].text == "", "what was kept is of another board"
    nobody = factories.silent_board()
    assert flow_cells(nobody, ID)["flow.without"].text == "", "the totals are not known at all"


# -- the break


def test_the_official_break_is_calm_on_every_page() -> None:
    some = factories.break_board()
    # Somebody waits through the break at an agency that rests, and its counter pauses for it.
    rests = next(a for a in some.agencies if a.state == "paused" and a.reason == "break" and a.waiting)
    down = next(a for a in some.agencies if a.state == "paused" and a.reason == "central_system")
    room = Room()
    tiles = room.overview(some, "", ID)
    assert tiles[f"a.{rests.code}"].state == "resting"
    two = tuple(s for s in some.services if s.agency in {rests.code, down.code})
    listed = room.services(replace(some, services=two), "", ID)
    rows = {place: cell for place, cell in listed.items() if place.startswith("row.")}
    of_rests = [c for c in rows.values() if rests.short in str(c.fragment) and c.state == "resting"]
    assert of_rests
    assert "istirahat" in str(of_rests[0].fragment)
    assert {c.state for c in rows.values() if down.short in str(c.fragment)} & {"paused"}
    floor = room.floor(some, rests.floor or "", ID)
    assert floor[f"c.{rests.code}.1"].state == "resting"
    assert floor[f"g.{rests.code}"].state == "resting"
    page = room.agency(some, rests.code, ID)
    assert page[f"a.{rests.code}"].state == page[f"c.{rests.code}.1"].state == page["s.s1"].state == "resting"
    phone = agency_cells(some, ID)
    assert phone[f"g.{rests.code}"].state == "resting"
    assert phone[f"g.{down.code}"].state == "paused"
    told = counter_cells(some, ID)[f"l.{rests.floor}.{rests.code}"].fragment
    assert 'data-state="resting"' in str(told)
    assert 'data-state="paused"' not in str(told)


def test_the_same_pause_outside_the_break_is_none() -> None:
    some = replace(factories.break_board(), mall_state="open")
    room = Room()
    rests = next(a for a in some.agencies if a.state == "paused" and a.reason == "break" and a.waiting)
    code = rests.code
    assert room.overview(some, "", ID)[f"a.{code}"].state == "paused"
    assert room.floor(some, rests.floor or "", ID)[f"c.{code}.1"].state == "paused"
    assert agency_cells(some, ID)[f"g.{code}"].state == "paused"
    # What was kept of the break is not shown after it.
    kept = Room()
    kept.floor(factories.break_board(), rests.floor or "", ID)
    assert kept.floor(some, rests.floor or "", ID)[f"c.{code}.1"].state == "paused"


def test_no_typical_day_no_line() -> None:
    made = flow_cells(board(typical=()), ID)
    assert made["flow.usual"].text == ""
    assert 'points=""' in str(made["flow"].fragment)
    assert "–" in str(made["flow"].fragment), "unknown is not zero"


def test_the_flow_of_nothing_says_why() -> None:
    calm = flow_cells(board([agency("a")], quarters=(), typical=()), ID)["flow"]
    assert "Belum ada yang mengambil nomor" in str(calm.fragment)
    silent = factories.silent_board()
    unknown = flow_cells(replace(silent, quarters=(), typical=()), ID)["flow"]
    assert "Belum diketahui" in str(unknown.fragment)


def test_whoever_comes_before_opening_is_on_the_axis() -> None:
    early = (Quarter(MORNING - timedelta(hours=3), 2, 0),)
    some = board(quarters=early, typical=(), opens=MORNING - timedelta(minutes=100), closes=MORNING)
    drawing = str(flow_cells(some, ID)["flow"].fragment)
    assert ">06.00<" in drawing
    assert ">09.00<" in drawing


# -- counters


def test_a_counter_says_its_state_its_number_and_since_when() -> None:
    by_state = {c.state: c for c in board().counters}
    serving = str(counter_cell(by_state["serving"], ID).fragment)
    assert "data-since" in serving
    assert by_state["serving"].ticket is not None
    assert by_state["serving"].ticket in serving
    paused = next(c for c in board().counters if c.reason == "central_system")
    assert "sistem pusat" in plain(counter_cell(paused, ID))
    unknown = replace(by_state["serving"], state="unknown", ticket=None)
    assert "data-since" not in str(counter_cell(unknown, ID).fragment), "nobody vouches for its time"
    assert counter_cell(by_state["unattended"], ID).state == "unattended"


def test_a_counter_that_calls_does_not_serve_yet() -> None:
    one = next(c for c in board().counters if c.state == "serving")
    assert "melayani" in str(counter_cell(one, ID).fragment)
    calling = str(counter_cell(replace(one, called=True), ID).fragment)
    assert "memanggil" in calling
    assert "melayani" not in calling


def test_the_standard_of_a_service_has_a_definition_of_its_own() -> None:
    heads = [c for c in drawn(board(), QUERIES[SERVICES]) if "data-measure" in vars(c)]
    keys = {
        c.children.replace("\N{NO-BREAK SPACE}", " "): vars(c)["data-measure"]
        for c in heads
        if isinstance(c.children, str)
    }
    assert keys["standar"] == "promise_s"
    assert keys["separuh / 9 dari 10"] == "wait_p50_s wait_p90_s"


def test_the_wall_says_which_mall_it_is() -> None:
    for query in QUERIES.values():
        named = [c for c in drawn(board(), query) if getattr(c, "className", "") == "mall-name"]
        assert [c.children for c in named] == ["MPP Contoh"]


def test_a_floor_sums_up_its_counters() -> None:
    made = Room().floor(board(), "1", ID)
    assert made["floor.sum"].text == "22 dari 40 melayani · jeda 6 · tanpa petugas 2 · belum dibuka 10"
    silent = Room().floor(factories.unheard_board(), "1", ID)
    assert silent["floor.sum"].text == "tanpa kabar"
    assert silent["g.dukcapil"].text == "–"


def test_ninety_counters_fit_two_pages() -> None:
    widths = [8, 5, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1]
    assert sum(widths) == 45
    assert packed_rows(widths, 9) == 5
    assert packed_rows([12, 3], 9) == 3


def test_more_places_side_by_side_where_that_saves_rows() -> None:
    assert packed([8, 6, 4, 4, 3, 3]) == (7, 5)
    assert packed([6] * 9) == (12, 5), "54 counters of nine agencies"
    assert packed([8] * 9) == (8, 9), "no number of places saves rows"


# -- services


def test_services_by_the_minutes_beyond_then_by_load_then_by_who_waits() -> None:
    ranked = worst_first(board())
    excess = [s.line.excess_s or 0 for s in ranked if s.line]
    over = [x for x in excess if x]
    assert over
    assert excess[: len(over)] == sorted(over, reverse=True)
    assert [s.agency for s in ranked[-3:]] == ["pertanahan"] * 3, "an agency without news comes last"


def test_one_forgotten_ticket_does_not_lead() -> None:
    some = board()
    first = worst_first(some)[0]
    assert first.line is not None
    forgotten = replace(first, line=replace(first.line, excess_s=0.0, over=1, load=0.1))
    services = tuple(forgotten if s is first else s for s in some.services)
    assert worst_first(replace(some, services=services))[0] is not forgotten


def test_what_became_of_tickets_nobody_told_of_is_not_nothing() -> None:
    told = next(s for s in board().services if s.line is not None and not s.estimate)
    for unknown in (replace(told, line=None, day=Day()), replace(told, estimate=True, day=Day())):
        assert f'<td class="results">{UNKNOWN}</td>' in str(service_row(unknown, "calm", ID).fragment)
    assert "0 / 0 / 0" in str(service_row(replace(told, day=Day()), "calm", ID).fragment)


def test_a_row_of_the_list_is_one_piece() -> None:
    made = Room().services(board(), "", ID)
    row = made["row.0"]
    assert row.state == "over"
    told = plain(row)
    for part in ("Pengesahan STNK tahunan", "Samsat", "14", "30 mnt", "11 / 24 mnt", "83 %", "28 / 2 / 1"):
        assert part in told
    assert made["row.more"].text == f"+{len(board().services) - ROWS} layanan lagi"


def test_a_service_without_a_standard_says_so_and_has_no_share_of_it() -> None:
    some = board([agency("dlh", bar=None)])
    told = plain(Room().services(some, "", ID)["row.0"])
    assert "standar belum ditetapkan" in told


# -- one agency


def test_an_agencys_page() -> None:
    made = Room().agency(board(), "dukcapil", ID)
    assert made["a.dukcapil.n"].text == "23"
    assert made["fig.number"].text == "A3-042"
    assert made["fig.over"].text == "9"
    assert made["fig.share"].text == "83 %"
    assert made["fig.rated"].text == "92 %"
    assert sum(key.startswith("s.") for key in made) == 8
    assert sum(key.startswith("c.") for key in made) == 8
    assert "tersambung" in plain(made["src.dukcapil"])


def test_an_agency_that_is_gone_leaves_what_all_pages_have() -> None:
    made = Room().agency(board(), "gone", ID)
    assert "open.n" in made
    assert not any(key.startswith("fig.") for key in made)


def test_no_share_is_shown_before_answers_are_told() -> None:
    some = board([agency("a", day=Day())])
    made = Room().agency(some, "a", ID)
    assert (made["fig.rated"].text, made["fig.ratings"].text, made["fig.share"].text) == ("–", "", "–")
    none = replace(some, totals=replace(some.totals, ratings=Ratings()))
    assert Room().overview(none, "", ID)["rated"].text == ""


# -- the grid


@pytest.mark.parametrize("count", range(1, 64))
def test_any_number_of_agencies_has_its_places(count: int) -> None:
    at = grid(count)
    assert at.columns * at.rows >= count
    assert at.scale >= 1
    assert at.free in {0, at.columns * at.rows - count}


def test_the_usual_mall_is_no_dense_one_and_forty_agencies_are() -> None:
    assert (grid(26).columns, grid(26).rows, grid(26).dense) == (5, 6, False)
    assert grid(40).dense
    assert grid(3).scale > 1.5
    assert all(grid(count).roomy for count in range(1, 10)), "names and notes of two lines"
    assert not grid(26).tight, "a note takes no label away"
    assert grid(26).snug, "until the sentence of the mall is above the tiles"
    assert grid(3).note > grid(26).note > grid(60).note
