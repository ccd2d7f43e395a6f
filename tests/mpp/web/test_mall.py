"""What holds for the whole mall: its sentence in a break and on a free day, and what goes with it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mpp.i18n import words
from mpp.live.model import Board, Totals
from mpp.web.pages import brief
from mpp.web.pages.room_cells import Room
from mpp.web.parts.band import band_cells
from mpp.web.parts.flow import flow_cells
from mpp.web.parts.mall import mall_words
from tests import factories
from tests.factories import MORNING, agency, board

ID = words("id")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"hours": "open", "counters": {"serving": 2}}, "; 1 gerai tetap melayani"),
        ({"hours": "open", "counters": {"ready": 1, "paused": 3}}, "; 1 gerai tetap melayani"),
        # Samsat on a Friday at 12.00: one of six finishes its ticket, five are at prayer.
        ({"hours": "friday_prayer", "counters": {"serving": 1, "paused": 5}}, ""),
        ({"hours": "open", "counters": {"unattended": 1, "closed": 2}}, ""),
        ({"hours": "open", "counters": {"ready": 1}, "state": "silent", "data": "silent"}, ""),
    ],
)
def test_who_works_through_the_break_by_its_own_hours_goes_on_serving(
    given: dict[str, Any], says: str
) -> None:
    rests = agency("dukcapil", state="paused", reason="prayer", counters={}, hours="friday_prayer")
    some = board([rests, agency("samsat", **given)], mall_state="friday_prayer", mall_until=MORNING)
    assert mall_words(some, ID) == f"Jeda salat Jumat sampai 09.40{says}."


@pytest.mark.parametrize(
    ("day", "name", "says"),
    [
        (date(2026, 12, 25), "Hari Raya Natal", "Libur nasional: Hari Raya Natal."),
        (date(2026, 8, 17), "", "Libur nasional."),
        # The description does not tell whose holiday it is.
        (date(2026, 11, 10), "Hari Jadi Kabupaten", "Libur: Hari Jadi Kabupaten."),
        (date(2026, 11, 10), "", "Libur."),
    ],
)
def test_a_national_holiday_is_called_one(day: date, name: str, says: str) -> None:
    some = replace(factories.holiday_board(), day=day, mall_reason=name, mall_until=None)
    assert mall_words(some, ID) == says


# -- a free day


def free_day(state: str, **totals: Any) -> Board:
    """A holiday or a Sunday; the typical day of its weekday is known."""
    some = factories.holiday_board()
    return replace(
        some,
        mall_state=state,
        typical=factories.board().typical,
        typical_days=8,
        totals=replace(some.totals, **totals),
    )


def unheard(state: str) -> Board:
    """A free day of a mall whose sources were never heard of."""
    some = free_day(state, waiting=None, over=None, heard=0)
    never = [replace(a, data="never", data_at=None, waiting=None, over=None) for a in some.agencies]
    return replace(some, agencies=tuple(never))


def test_on_a_holiday_every_tile_says_so() -> None:
    room, holiday, sunday = Room(), free_day("holiday"), free_day("shut")
    code = holiday.agencies[0].code
    for some, says in ((sunday, "tidak terjadwal hari ini"), (holiday, "libur")):
        assert {room.overview(some, "", ID)[f"a.{a.code}.word"].text for a in some.agencies} == {says}
        assert room.agency(some, code, ID)[f"a.{code}.word"].text == says
        listed = brief.cells(some, ID, brief.parts()["gerai"])[f"g.{code}"]
        assert f'<span class="entry-word">{says}</span>' in str(listed.fragment)


@pytest.mark.parametrize("state", ["holiday", "shut"])
@pytest.mark.parametrize("make", [free_day, unheard])
def test_a_free_day_has_five_zeros_whoever_was_heard_of(make: Any, state: str) -> None:
    made = band_cells(make(state), ID)
    assert [made[f"{key}.n"].text for key in ("open", "waiting", "over", "serving", "served")] == ["0"] * 5
    assert (made["open.of"].text, made["serving.of"].text) == ("/ 0", "/ 0")


def test_who_works_on_a_free_day_is_counted() -> None:
    made = band_cells(free_day("holiday", waiting=3), ID)
    assert made["waiting.n"].text == "3"


def test_a_counter_that_serves_on_a_free_day_is_of_no_plan() -> None:
    free = free_day("holiday")
    made = band_cells(replace(free, totals=replace(free.totals, serving=1)), ID)
    assert (made["serving.n"].text, made["serving.of"].text) == ("1", "")


@pytest.mark.parametrize("state", ["holiday", "shut"])
def test_nobody_usually_comes_on_a_free_day(state: str) -> None:
    made = flow_cells(free_day(state), ID)
    assert made["flow.usual"].text == ""
    assert str(made["flow"].fragment) == '<p class="flow-none">Tidak ada pelayanan hari ini.</p>'


def test_what_is_kept_of_the_flow_is_not_of_another_kind_of_day() -> None:
    room, free = Room(), free_day("shut")
    room.overview(replace(free, mall_state="closed", mode="ended"), "", ID)
    assert room.overview(replace(free, mode="ended"), "", ID)["flow.usual"].text == ""


def test_who_comes_on_a_free_day_is_drawn_without_a_usual_one() -> None:
    some = replace(free_day("holiday"), quarters=factories.board().quarters)
    drawing = str(flow_cells(some, ID)["flow"].fragment)
    assert '<polyline class="usual" points=""/>' in drawing
    assert "<td>–</td></tr>" in drawing


def test_totals_without_a_mall_stay_unknown() -> None:
    none: Totals = factories.empty_board().totals
    assert none.scheduled == 0
    assert band_cells(factories.empty_board(), ID)["waiting.n"].text == "–"
