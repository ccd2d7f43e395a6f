"""The floor plan: every counter once, where it fits, with what it does."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.i18n import words
from mpp.live.model import Board, CounterNow
from mpp.live.views import Cell
from mpp.mall.plans import Plan, Slot
from mpp.web.markup import to_html
from mpp.web.pages import floor_plan
from mpp.web.pages.floor_plan import FloorPlan
from mpp.web.parts.counters import floor_of
from mpp.web.parts.plan import blocks, drawing, plan_card, waiting_cell
from mpp.web.parts.plan_file import Plans
from mpp.web.parts.plan_grid import CARD, MOST, Block, arranged, largest
from tests import factories

ID = words("id")


def fixed(node: Any) -> set[str]:
    """The live keys of a page's components."""
    if isinstance(node, list | tuple):
        return {key for child in node for key in fixed(child)}
    props: dict[str, Any] = node.to_plotly_json()["props"] if hasattr(node, "to_plotly_json") else {}
    mine = {props["data-live"]} if "data-live" in props else set()
    return mine | fixed(props.get("children", []))


def keys_in(text: object) -> set[str]:
    return set(re.findall(r'data-live="([^"]+)"', str(text)))


def made(board: Board, floor: str = "1") -> dict[str, Cell]:
    return FloorPlan().cells(board, floor, ID)


def test_every_live_key_of_the_page_is_one_of_the_view_and_the_other_way_round() -> None:
    board = factories.board()
    cells = FloorPlan().cells(board, "1", ID)
    page = floor_plan.layout(board, ID, {"floor": "1"})
    assert fixed(page) | keys_in(cells["plan"].fragment) == cells.keys()


def test_each_floor_shows_its_counters_each_in_both_arrangements() -> None:
    board = factories.board()
    for floor in ("1", "2"):
        shown = str(made(board, floor)["plan"].fragment)
        for counter in board.counters:
            times = shown.count(f'data-live="c.{counter.agency}.{counter.code}"')
            assert times == (2 if floor_of(counter) == floor else 0)


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["", "Zona 1", "Zona 2"])), max_size=40))
def test_counters_never_overlap_and_stay_inside_the_drawing(sizes: list[tuple[int, str]]) -> None:
    some = [
        Block(f"a{i}", "Nama", tuple(str(k) for k in range(n)), zone) for i, (n, zone) in enumerate(sizes)
    ]
    for plan in (largest(some), arranged(some, 3)):
        cards = [(x, y) for spot in plan.spots for _, x, y in spot.cards(plan.top)]
        assert len(cards) == sum(n for n, _ in sizes)
        rows: dict[float, list[float]] = {}
        for x, y in cards:
            assert 0 <= x <= plan.width - CARD[0] + 1e-6
            assert plan.top <= y <= plan.height - CARD[1] + 1e-6
            rows.setdefault(round(y, 3), []).append(x)
        for row in rows.values():
            row.sort()
            assert all(b - a >= CARD[0] for a, b in pairwise(row))
        heights = sorted(rows)
        assert all(b - a >= CARD[1] for a, b in pairwise(heights))


def test_ninety_counters_are_as_large_as_a_wall_asks_for() -> None:
    """Letters of 1.6 units are at least 1.5 % of the height of 1080 lines with 850 left for the plan."""
    sizes = [8, 6, 4, 6, 5, 5, 4, 4, 4, 4, 3, 3, 3, 2, 2, 4, 3, 2, 2, 2, 2, 2, 2, 3, 2, 3]
    some = [Block(f"a{i}", "N", tuple(map(str, range(n))), f"Zona {i // 6}") for i, n in enumerate(sizes)]
    plan = largest(some)
    unit = min(1880 / plan.width, 850 / plan.height)
    assert sum(sizes) == 90
    assert unit * 1.6 >= 0.0145 * 1080
    assert len({spot.y for spot in plan.spots}) < MOST


def counter(**given: object) -> CounterNow:
    return CounterNow("pln", "1", "Loket 1", "1", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_state", "word"),
    [
        ({"state": "serving", "ticket": "A1-001"}, "melayani"),
        ({"state": "serving", "ticket": "A1-001", "called": True}, "memanggil"),
        ({"state": "ready"}, "siap"),
        ({"state": "paused", "reason": "break"}, "istirahat"),
        ({"state": "paused"}, "jeda"),
        ({"state": "closed"}, "tutup"),
        ({"state": "unknown"}, "tanpa kabar"),
    ],
)
def test_a_state_is_told_by_colour_sign_and_word(given_state: dict[str, object], word: str) -> None:
    cell = plan_card(counter(**given_state), ID)
    text = str(cell.fragment)
    assert cell.state == given_state["state"]
    assert word in re.sub(r"<[^>]+>", " ", text)
    assert '<g class="pc-sign"><' in text
    signs = {
        str(plan_card(counter(state=s), ID).fragment).split("pc-sign")[1][:60]
        for s in ("ready", "closed", "unknown")
    }
    assert len(signs) == 3


def test_names_of_the_description_are_text_never_markup() -> None:
    odd = counter(state="serving", ticket="<b>&", place="<i>")
    odd = replace(odd, name='<script>"')
    assert "<script>" not in str(plan_card(odd, ID).fragment)
    board = factories.board()
    agencies = tuple(replace(a, short="<img>") for a in board.agencies)
    assert "<img" not in str(made(replace(board, agencies=agencies))["plan"].fragment)


def test_the_malls_own_plan_keeps_those_it_has_no_place_for_below() -> None:
    board = factories.board()
    shown = blocks(board, "1")
    first = shown[0]
    place = (first.agency, first.counters[0])
    text = str(drawing("1", shown, ID, Plan((0, 0, 100, 50), (Slot(place, 1, 2, 10, 8),))))
    assert "Tidak ada di denah" in text
    assert text.count(f'data-live="c.{place[0]}.{place[1]}"') == 1
    everybody = {f"c.{block.agency}.{code}" for block in shown for code in block.counters}
    assert everybody <= keys_in(text)


def test_the_first_picture_is_the_malls_own_plan(tmp_path: Path) -> None:
    board = replace(factories.board(), plans=(("1", "a.svg"),))
    (tmp_path / "a.svg").write_text('<svg viewBox="0 0 9 9"><circle r="4"/></svg>', encoding="utf-8")
    page = floor_plan.layout(board, ID, {"floor": "1"}, plans=Plans(tmp_path))
    assert '<circle r="4">' in to_html(page)


def test_what_a_silent_agency_last_told_is_not_told_as_now() -> None:
    agency = replace(factories.board().agencies[0], state="silent", waiting=14)
    cell = waiting_cell(agency, ID)
    assert (cell.state, re.sub(r"<[^>]+>", "", str(cell.fragment))) == ("silent", "menunggu ?14")


def test_what_needs_action_stands_above_the_plan_too() -> None:
    """Rotation hides no alarm: docs/decisions/0012."""
    board = factories.board()
    open_now = [action for action in board.actions if action.ended is None]
    cell = made(board)["plan.alarms"]
    assert cell.state == "breach"
    assert f"Perlu tindakan {len(open_now)}" in str(cell.fragment)
    assert f"<b>{open_now[0].name}</b> belum buka" in str(cell.fragment)
    assert f"+{len(open_now) - 4} lagi" in str(cell.fragment)
    assert made(replace(board, actions=()))["plan.alarms"] == Cell("", state="calm")


def test_an_unknown_floor_is_the_first_and_says_so() -> None:
    page = str(floor_plan.layout(factories.board(), ID, {"floor": "9"}).to_plotly_json())
    assert "Lantai itu tidak ada" in page
    assert "/live/denah?scope=1&locale=id" in page
    empty = str(floor_plan.layout(factories.empty_board(), ID).to_plotly_json())
    assert "Belum ada loket yang didaftarkan." in empty
