"""An agency's own page: what it shows of its own, and that it shows nothing of another."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from dash.development.base_component import Component
from hypothesis import given
from hypothesis import strategies as st

from mpp.access import Actor
from mpp.i18n import words
from mpp.live.model import AgencyNow, Board, Condition, Own, Ratings, Taken
from mpp.live.views import Views
from mpp.web.dash_app import Visit
from mpp.web.markup import to_html
from mpp.web.pages import agency_desk
from mpp.web.parts.desk import path
from tests import factories
from tests.factories import MORNING, agency, board
from tests.sample import own_of

ID = words("id")
OWN = "dukcapil"


def cells(made: Board, code: str = OWN, w: Any = ID) -> dict[str, Any]:
    return agency_desk.cells(made, code, w)


def page(made: Board, tab: str = "", w: Any = ID) -> Component:
    visit = Visit(made, w, {}, {"agency": OWN}, Actor("agency", agencies=frozenset((OWN,))))
    drawn = agency_desk.draw(visit, tab)
    assert drawn is not None
    return drawn


def found(made: Board) -> str:
    return str(to_html(page(made)))


# -- nobody else's


others = st.fixed_dictionaries(
    {
        "state": st.sampled_from(("calm", "over", "silent", "paused", "closed")),
        "waiting": st.none() | st.integers(0, 300),
        "name": st.sampled_from(("Kantor Lain", "Samsat")),
        "data": st.sampled_from(("live", "late", "silent")),
        "ratings": st.sampled_from((Ratings(), Ratings(25, 20))),
        "unknown_numbers": st.integers(0, 9),
    }
)


@given(st.dictionaries(st.sampled_from(("samsat", "imigrasi", "pln")), others), st.integers(0, 400))
def test_the_cells_of_an_agency_hold_nothing_of_another(some: dict[str, Any], later: int) -> None:
    """Whatever happens to the others, and whoever they are, and whenever: the same cells."""
    alone, base = board([agency(OWN)]), board([agency(OWN)])
    more: list[AgencyNow] = [agency(code, **given) for code, given in some.items()]
    both = board([agency(OWN), *more], actions=factories.wall_actions(more, MORNING))
    # What everybody may know of the mall is the same; the instant is the browser's.
    both = replace(both, now=MORNING + timedelta(seconds=later), version=7, quarters=(), typical=())
    assert cells(both) == cells(base) == cells(alone)


def test_the_page_names_nobody_else() -> None:
    made = board()
    text = found(made)
    assert "Kartu Keluarga" in text
    theirs = {one.short for one in made.agencies if one.code != OWN}
    theirs |= {one.name for one in made.agencies if one.code != OWN}
    assert [name for name in theirs if name in text] == []


def test_an_agency_that_is_not_there_has_no_page() -> None:
    visit = Visit(board(), ID, {}, {"agency": "nobody"}, Actor("manager"))
    assert agency_desk.draw(visit, "") is None
    assert set(cells(board(), "nobody")) == {"layout"}


def test_reports_of_fees_are_not_on_it() -> None:
    what = Condition("integrity", OWN, since=MORNING, over=1)
    (row,) = factories.wall_actions([agency(OWN)], MORNING)
    told = board(actions=(replace(row, what=what, taken=Taken(MORNING, "Sari", "x")),))
    assert cells(told) == cells(board(actions=()))


# -- the page and its cells


BOARDS = {
    "wall": factories.board(),
    "silent": factories.silent_board(),
    "unheard": factories.unheard_board(),
    "closed": factories.closed_board(),
    "morning": factories.morning_board(),
    "holiday": factories.holiday_board(),
    "busy": factories.busy_board(),
    "nothing": replace(board([agency(OWN)]), counters=(), services=(), sources=(), own={}),
}


@pytest.mark.parametrize("w", [ID, words("en")])
@pytest.mark.parametrize("name", BOARDS)
def test_every_live_cell_has_one_place_on_the_page(name: str, w: Any) -> None:
    made = BOARDS[name]
    text = str(to_html(page(made, w=w)))
    drawn = re.findall(r'data-live="([^"]+)"', text)
    wanted = set(cells(made, w=w))
    if name == "nothing":
        wanted -= {"c.sum", "q.sum", "q.rest", "q.note", "q.more"}
    assert Counter(drawn) == Counter(wanted)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert not re.search(r"\{\w+\}", text.replace("{time}", "").replace("{what}", ""))


@pytest.mark.parametrize("name", BOARDS)
def test_time_alone_changes_no_cell(name: str) -> None:
    made = BOARDS[name]
    assert cells(replace(made, now=made.now + timedelta(hours=1))) == cells(made)


def test_the_view_is_one_per_agency() -> None:
    views = Views()
    agency_desk.register(views)
    assert views.find("instansi", OWN) is not None
    assert views.find("instansi") is None


def test_addresses_keep_language_and_colours_and_nothing_else() -> None:
    query = {"lang": "en", "theme": "dark", "page": "loket"}
    assert path(OWN, "riwayat", query) == "/instansi/dukcapil/riwayat?theme=dark&lang=en"
    assert path(OWN) == "/instansi/dukcapil"


def test_without_a_database_the_live_part_stands_and_a_mistake_is_no_missing_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "Loket saya" in found(board())

    def broken(_visit: Visit) -> Component:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(agency_desk, "standing_card", broken)
    with pytest.raises(KeyError):
        page(board())


# -- what it says


def test_the_head_of_the_queue_and_the_control_room_are_told() -> None:
    text = found(board())
    assert "Melewati standar: 9 orang menunggu lebih dari 30 menit, paling lama A3-042 (41 menit)" in text
    assert 'Data dari Dukcapil, <time data-since="1795401608000" data-fine>4 dtk</time> lalu.' in text
    assert "belum ada yang menangani" in text
    row = next(one for one in board().actions if one.what.agency == OWN)
    taken = replace(row, taken=Taken(MORNING - timedelta(minutes=4), "Sari", "rahasia"))
    seen = found(board(actions=(taken,)))
    assert "Pengendali MPP sudah melihat ini pukul 09.36." in seen
    assert "rahasia" not in seen
    unkept = found(board(actions=(replace(row, kept=False),)))
    assert "belum dapat ditanggapi" in unkept


def test_who_waits_is_listed_with_the_called_and_the_priority_ones_marked() -> None:
    text = str(cells(board())["t.s1"].fragment)
    numbers = re.findall(r"<b>([^<]+)</b>", text)
    assert numbers[:3] == ["A3-043", "A3-044", "A3-042"]
    assert text.count("<em>dipanggil</em>") == 1
    assert re.search(r'<li class="first"><b>A3-044</b><em>prioritas</em>', text)
    assert "sejak 08.59" in text


def test_of_a_silent_agency_no_wait_goes_on_growing() -> None:
    made = factories.silent_board()
    mine = cells(made)
    assert "data-since" not in str(mine["t.s1"].fragment)
    assert "data-since" not in str(mine["q.s1"].fragment)


def test_what_is_not_known_is_no_zero() -> None:
    made = board([agency(OWN, estimate=True, waiting=4, longest_min=None, over=None, bar=None)])
    mine = cells(made)
    assert [mine[f"d.{name}"].text for name in ("served", "share", "incomplete", "no_show", "wait")] == [
        "–"
    ] * 5
    assert mine["q.sum"].text == "≈ 4 menunggu"
    assert "tidak melaporkan nomor" in str(cells(replace(made, own={}))["flow"].fragment)


@pytest.mark.parametrize("data", ["never", "silent", "live"])
def test_before_the_first_word_of_the_day_nothing_is_zero(data: str) -> None:
    unheard = agency(OWN, data=data, state="silent", waiting=None, day=factories.Day())
    unknown = cells(board([unheard], own={}))
    assert unknown["q.sum"].text == "jumlah yang menunggu tidak diketahui"
    assert "tidak ada kabar" in str(unknown["flow"].fragment)
    assert {unknown[f"d.{name}"].text for name in ("served", "share", "incomplete", "no_show")} == {"–"}


def test_of_counters_that_tell_nothing_none_is_said_not_to_serve() -> None:
    some = agency(OWN, planned=3, counters={"closed": 1, "unknown": 2})
    assert "tidak diketahui" in (cells(board([some]))["c.sum"].text or "")


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "lancar"),
        ({"bar": None, "over": None}, ""),
        ({"counters": {"closed": 2}, "planned": 2}, "tidak ada loket yang melayani"),
    ],
)
def test_who_listens_is_told_what_who_reads_is(given: dict[str, Any], word: str) -> None:
    made = replace(board([agency(OWN, **given)]), counters=factories.board().counters)
    assert cells(made)["say.word"].text == word


def test_the_usual_day_is_its_own_or_none() -> None:
    mine = cells(board())
    assert mine["flow.usual"].text == "Senin biasa"
    assert "polyline" in str(mine["flow"].fragment)
    without = replace(board(), own={OWN: replace(own_of(agency(OWN), MORNING), typical=())})
    assert cells(without)["flow.usual"].text == "Senin biasa belum diketahui: perlu 4 Senin yang berdata"
    assert cells(without)["layout"] != mine["layout"]


def test_the_share_stands_beside_last_weeks() -> None:
    mine = cells(board([agency(OWN)]))
    assert (mine["d.share"].text, mine["d.share.note"].text) == ("83 %", "Senin lalu 83 %")
    unjudged = replace(board([agency(OWN, day=factories.Day())]), own={OWN: Own()})
    assert (cells(unjudged)["d.share"].text, cells(unjudged)["d.share.note"].text) == (
        "–",
        "hari ini belum ada yang dapat dinilai",
    )


def test_of_a_day_no_faces_are_counted_out() -> None:
    rated = Ratings(30, 28)
    text = str(cells(board([agency(OWN, ratings=rated)]))["r"].fragment)
    assert re.findall(r"<b>([^<]+)</b>", text) == ["28", "2"]
    assert cells(board([agency(OWN)]))["r.share"].text == "–"


def test_names_from_outside_are_escaped() -> None:
    made = board([agency(OWN)])
    evil = replace(made, counters=tuple(replace(c, name="<script>") for c in made.counters))
    assert "<script>" not in found(evil)
    assert "&lt;script&gt;" in found(evil)
