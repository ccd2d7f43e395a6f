"""The rows of *Perlu tindakan*: what they say in both languages, and how many find room."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component

from mpp.i18n import words
from mpp.live.model import RULES, ActionNow, Board, Condition, SourceNow, Taken
from mpp.live.views import Cell
from mpp.web.parts.action_words import notes
from mpp.web.parts.actions import _Writer, action_cells, action_list
from mpp.web.parts.live import LiveCells
from mpp.web.parts.take import take_dialog
from tests import factories
from tests.action_boards import LONG, action, calm_board, long_board, many_board, over_board
from tests.factories import MORNING, board

ID, EN = words("id"), words("en")
OPENING = MORNING - timedelta(minutes=100, seconds=12)


def ago(minutes: int) -> Any:
    return MORNING - timedelta(minutes=minutes, seconds=5)


NOT_OPENED = Condition("not_opened", "pln", since=OPENING, due=OPENING)
NOBODY = Condition("nobody_serving", "samsat", since=ago(18), waiting=18)
ONE_PRIORITY = Condition(
    "priority", "imigrasi", over=1, promise_s=900, number="C1-P04", longest_since=ago(24)
)
SYSTEM = Condition("system", "bpjs", since=ago(28), waiting=31, reason="central_system")
OVER = Condition(
    "over", "dukcapil", over=9, promise_s=1800, longest_since=ago(41), serving=5, planned=8,
    unattended=("Loket 6",),
)  # fmt: skip
UNFINISHED = Condition(
    "unfinished",
    "dukcapil",
    waiting=22,
    due=MORNING + timedelta(hours=5, minutes=40),
    closes_at=MORNING + timedelta(hours=5, minutes=20),
    serving=3,
)
RATINGS = Condition("ratings", "kpp", waiting=10, over=6)
INTEGRITY = Condition("integrity", over=1)
SILENT = Condition("silent", "pertanahan", since=ago(12), waiting=1)
NEVER = Condition("silent", since=OPENING, waiting=3, names=("PLN", "Dinsos", "BPJS TK"))
FEED = Condition("silent", source="antrean", since=ago(12), waiting=7)


def plain(fragment: str) -> str:
    """A fragment as it reads at MORNING, its hidden words left out, blanks that keep words together as
    any."""

    def passed(found: re.Match[str]) -> str:
        return f"{int(MORNING.timestamp() - int(found[1]) / 1000) // 60} min"

    shown = re.sub(r'<b class="act-past">[^<]*</b>', "", fragment)
    timed = re.sub(r'<time data-since="(\d+)"></time>', passed, shown)
    text = unescape(re.sub(r"<[^>]*>", "", timed.replace("</p>", "\n"))).strip()
    return text.replace("\N{NO-BREAK SPACE}", " ")


def cells(rows: tuple[ActionNow, ...], locale: str = "id", **given: Any) -> dict[str, Cell]:
    base = given.pop("base", None) or board()
    slots = given.pop("slots", 6)
    return action_cells(replace(base, actions=rows), words(locale), slots, **given)


def row(one: ActionNow, locale: str = "id", **given: Any) -> list[str]:
    """The two lines of a row."""
    cell = cells((one,), locale, **given)["act.0"]
    assert cell.fragment is not None
    return plain(str(cell.fragment)).split("\n")


SAID: Mapping[str, tuple[ActionNow, str, str, str, str]] = {
    "not_opened": (
        action(NOT_OPENED, "PLN", extension="214"),
        "PLN — belum buka, jadwal 08.00 (100 min)",
        "koordinator ext. 214 · belum ditangani",
        "PLN — not open yet, due at 08:00 (100 min)",
        "coordinator ext. 214 · nobody has taken it",
    ),
    "nobody_serving": (
        action(NOBODY, "Samsat", extension="206"),
        "Samsat — 18 menunggu, tidak ada loket yang melayani sejak 09.22",
        "koordinator ext. 206 · belum ditangani",
        "Samsat — 18 waiting, no counter serves since 09:22",
        "coordinator ext. 206 · nobody has taken it",
    ),
    "meeting": (
        action(replace(NOBODY, reason="meeting"), "Samsat"),
        "Samsat — 18 menunggu, tidak ada loket yang melayani sejak 09.22",
        "loket dijeda: rapat/apel · ext. 201 · belum ditangani",
        "Samsat — 18 waiting, no counter serves since 09:22",
        "counters paused: meeting · ext. 201 · nobody has taken it",
    ),
    "priority": (
        action(ONE_PRIORITY, "Imigrasi"),
        "Imigrasi — 1 pengunjung prioritas menunggu 24 min (standar 15)",
        "dahulukan C1-P04 · ext. 201 · belum ditangani",
        "Imigrasi — 1 priority visitor waits 24 min (standard 15)",
        "call C1-P04 first · ext. 201 · nobody has taken it",
    ),
    "priorities": (
        action(replace(ONE_PRIORITY, over=3, number=None), "Imigrasi", extension=None),
        "Imigrasi — 3 pengunjung prioritas menunggu, terlama 24 min (standar 15)",
        "belum ditangani",
        "Imigrasi — 3 priority visitors wait, longest 24 min (standard 15)",
        "nobody has taken it",
    ),
    "system": (
        action(SYSTEM, "BPJS Kesehatan"),
        "BPJS Kesehatan — dijeda sejak 09.12, gangguan sistem pusat. 31 menunggu",
        "koordinator ext. 201 · belum ditangani",
        "BPJS Kesehatan — paused since 09:12, central system down. 31 waiting",
        "coordinator ext. 201 · nobody has taken it",
    ),
    "over": (
        action(OVER),
        "Dukcapil — 9 orang lewat 30 mnt, terlama 41 min",
        "5 dari 8 loket melayani; loket 6 tanpa petugas · ext. 201 · belum ditangani",
        "Dukcapil — 9 people beyond 30 min, longest 41 min",
        "5 of 8 counters serving; counter 6 without officer · ext. 201 · nobody has taken it",
    ),
    "several promises": (
        action(replace(OVER, over=1, promise_s=None, unattended=(), shut=("7", "8"))),
        "Dukcapil — 1 orang lewat standar, terlama 41 min",
        "5 dari 8 loket melayani; loket 7, 8 belum dibuka · ext. 201 · belum ditangani",
        "Dukcapil — 1 person beyond standard, longest 41 min",
        "5 of 8 counters serving; counters 7, 8 not opened · ext. 201 · nobody has taken it",
    ),
    "unfinished": (
        action(UNFINISHED),
        "Dukcapil — 22 orang diperkirakan selesai 15.20, tutup 15.00",
        "3 loket melayani · ext. 201 · belum ditangani",
        "Dukcapil — 22 people expected to be done at 15:20, closing is 15:00",
        "3 counters serving · ext. 201 · nobody has taken it",
    ),
    "ratings": (
        action(RATINGS, "KPP"),
        "KPP — 6 dari 10 penilaian terakhir kurang atau tidak puas",
        "koordinator ext. 201 · belum ditangani",
        "KPP — 6 of the last 10 ratings are low",
        "coordinator ext. 201 · nobody has taken it",
    ),
    "integrity": (
        action(INTEGRITY, "", extension=None),
        "1 laporan integritas",
        "hanya untuk pengelola dan inspektorat · belum ditangani",
        "1 integrity report",
        "for the manager and the inspectorate only · nobody has taken it",
    ),
    "silent": (
        action(SILENT, "Pertanahan"),
        "Pertanahan — tanpa kabar 12 min. Angka terakhir 09.28",
        "koordinator ext. 201 · belum ditangani",
        "Pertanahan — no news for 12 min. Last figures 09:28",
        "coordinator ext. 201 · nobody has taken it",
    ),
    "silent feed": (
        action(FEED, "Antrean mal", extension=None),
        "Antrean mal — 7 gerai tanpa kabar 12 min. Angka terakhir 09.28",
        "belum ditangani",
        "Antrean mal — 7 agencies without news for 12 min. Last figures 09:28",
        "nobody has taken it",
    ),
    "never": (
        action(NEVER, "", extension=None),
        "3 gerai belum pernah mengirim kabar: PLN, Dinsos, BPJS TK",
        "belum ditangani",
        "3 agencies have never sent news: PLN, Dinsos, BPJS TK",
        "nobody has taken it",
    ),
    "never many": (
        action(replace(NEVER, waiting=5, names=(*NEVER.names, "KPP", LONG)), "", extension=None),
        "5 gerai belum pernah mengirim kabar: PLN, Dinsos, BPJS TK, +2",
        "belum ditangani",
        "5 agencies have never sent news: PLN, Dinsos, BPJS TK, +2",
        "nobody has taken it",
    ),
    "never one": (
        action(replace(NEVER, waiting=1, names=("PLN",)), "", extension=None),
        "1 gerai belum pernah mengirim kabar: PLN",
        "belum ditangani",
        "1 agency has never sent news: PLN",
        "nobody has taken it",
    ),
    "not kept": (
        action(NOT_OPENED, "PLN", extension="214", kept=False),
        "PLN — belum buka, jadwal 08.00 (100 min)",
        "koordinator ext. 214 · belum tercatat",
        "PLN — not open yet, due at 08:00 (100 min)",
        "coordinator ext. 214 · not on record yet",
    ),
}  # fmt: skip


def test_every_rule_is_said() -> None:
    assert {one.rule for one, *_ in SAID.values()} == set(RULES)


@pytest.mark.parametrize("case", SAID)
def test_a_row_says_what_against_which_number_and_whom_to_call(case: str) -> None:
    one, *said = SAID[case]
    found = [line.replace("mnt", "min") for line in (*row(one, "id"), *row(one, "en"))]
    assert found == [line.replace("mnt", "min") for line in said]


def test_a_silent_agency_names_the_feed_where_that_says_more() -> None:
    base = replace(
        board(), sources=(SourceNow("q", "Antrean lantai 2", ("pertanahan",), "silent", None, None),)
    )
    assert row(action(SILENT, "Pertanahan"), base=base)[1].startswith("sumber: Antrean lantai 2 · ext. 201")


@pytest.mark.parametrize("rule", RULES)
def test_a_row_whose_figures_are_not_known_shows_none(rule: str) -> None:
    first = row(action(Condition(rule, "dukcapil")))[0]
    assert not re.search(r"\d|–", first)


def test_who_took_it_what_they_do_and_until_when() -> None:
    taken = Taken(ago(9), "Sari", "petugas dalam perjalanan", MORNING + timedelta(minutes=5))
    one = action(NOBODY, "Samsat", taken=taken)
    assert row(one)[1] == "ext. 201 · Ditangani 09.31: petugas dalam perjalanan, sampai 09.45 (Sari)"
    # What was offered is said in the reader's language, own words as they were written.
    assert row(one, "en")[1] == "ext. 201 · Taken 09:31: officer on the way, until 09:45 (Sari)"
    own = replace(one, taken=Taken(ago(9), "Sari", "Ditelepon dua kali"))
    assert row(own, "en")[1] == "ext. 201 · Taken 09:31: Ditelepon dua kali (Sari)"


def test_the_time_it_is_taken_until_is_marked_for_the_browser_to_judge() -> None:
    until = MORNING + timedelta(minutes=5)
    fragment = str(cells((action(NOBODY, taken=Taken(ago(9), "Sari", "x", until)),))["act.0"].fragment)
    assert f'data-until="{round(until.timestamp() * 1000)}"' in fragment
    assert "sudah lewat" in fragment


def test_what_is_over_says_so_and_cannot_be_taken() -> None:
    one = action(Condition("over", "dukcapil"), ended=ago(1))
    assert row(one) == ["Dukcapil — lewat standar", "koordinator ext. 201 · selesai 09.39"]
    cell = cells((one,))["act.0"]
    assert str(cell.state).startswith("over ")
    assert "data-episode" not in str(cell.fragment)
    assert "data-episode" in str(cells((replace(one, ended=None),))["act.0"].fragment)


def test_what_is_not_kept_cannot_be_taken() -> None:
    kept, unkept = (cells((action(OVER, kept=told),), phone=True)["act.0"] for told in (True, False))
    assert ("data-episode" in str(kept.fragment), "data-episode" in str(unkept.fragment)) == (True, False)
    assert kept.state != unkept.state


def test_agencies_without_news_fit_a_wall() -> None:
    names = tuple(f"{LONG[:37]} {n}" for n in range(3))
    some = replace(NEVER, waiting=23, names=names + ("x",) * 20)
    silent = action(some, "", extension=None)
    made = cells((action(OVER),) * 3 + (silent,))
    # Cut here and not by the style sheet, which would leave a gap before each comma.
    assert " cut" not in str(made["act.3"].fragment)
    assert row(silent)[0] == f"23 gerai belum pernah mengirim kabar: {', '.join(['Kantor Wilaya…'] * 3)}, +20"
    assert row(silent, phone=True)[0].endswith(f": {', '.join(names)}, +20")


@pytest.mark.parametrize("locale", ["id", "en"])
def test_no_line_begins_with_a_separator_or_a_unit(locale: str) -> None:
    taken = Taken(ago(9), "Sari", "sudah ditelepon", MORNING)
    for one, *_ in SAID.values():
        for some in (one, replace(one, taken=taken)):
            for phone in (True, False):
                fragment = str(cells((some,), locale, phone=phone)["act.0"].fragment)
                assert not re.search(r"[ >]·|\d (mnt|min)\b|ext\. ", fragment), fragment


@pytest.mark.parametrize("mode", ["replay", "ended"])
def test_nothing_can_be_taken_in_a_replay(mode: str) -> None:
    made = cells(board().actions, base=board(mode=mode), phone=True)
    assert not any("data-episode" in str(cell.fragment) for cell in made.values())


@pytest.mark.parametrize(
    ("rule", "level"),
    [
        ("not_opened", "breach"), ("nobody_serving", "breach"), ("system", "breach"), ("over", "breach"),
        ("priority", "attention"), ("unfinished", "attention"), ("ratings", "attention"),
        ("silent", "silent"), ("integrity", "inform"),
    ],
)  # fmt: skip
def test_every_rule_has_its_colour_and_shape(rule: str, level: str) -> None:
    made = cells((action(Condition(rule, "a", waiting=1, over=1)),))
    assert str(made["act.0"].state).split()[0] == level


def test_foreign_text_cannot_bring_markup() -> None:
    bad = '<b onclick="x">&{0}'
    taken = Taken(ago(9), bad, bad, MORNING)
    for rule in RULES:
        what = Condition(
            rule, bad, since=ago(3), waiting=3, over=3, number=bad, longest_since=ago(3), promise_s=60,
            serving=1, planned=2, unattended=(bad,), shut=(bad,), due=MORNING, closes_at=MORNING, reason=bad,
        )  # fmt: skip
        one = action(what, bad, extension=bad, taken=taken, episode=bad)
        for phone in (True, False):
            html = str(cells((one,), phone=phone)["act.0"].fragment)
            assert "<b onclick" not in html
            assert not re.search(r'="[^"]*<', html)
            assert bad in unescape(html)


def test_a_break_is_no_lack_of_counters() -> None:
    some = factories.break_board()
    one = next(a for a in some.agencies if a.state == "paused" and a.reason == "break")
    late = action(Condition("over", one.code, over=3, serving=0, planned=6), name=one.short)
    made = action_cells(replace(some, actions=(late,)), words("id"), 6)
    assert "istirahat sampai 10.30" in plain(str(made["act.0"].fragment))
    assert "loket melayani" not in plain(str(made["act.0"].fragment))


@pytest.mark.parametrize(
    ("mall_state", "hours", "says"),
    [
        ("break", "break", "istirahat sampai 10.30"),
        ("friday_prayer", "friday_prayer", "jeda salat Jumat sampai 10.30"),
        # Who takes turns, or has a break of its own, is not back when the mall is.
        ("friday_prayer", "open", "istirahat ·"),
        ("break", "open", "istirahat ·"),
        ("open", "break", "istirahat ·"),
        ("open", "open", "istirahat ·"),
    ],
)
def test_a_break_is_named_after_what_it_is(mall_state: str, hours: str, says: str) -> None:
    some = factories.break_board()
    one = next(a for a in some.agencies if a.state == "paused" and a.reason == "break")
    agencies = tuple(replace(a, hours=hours) if a.code == one.code else a for a in some.agencies)
    late = action(Condition("over", one.code, over=3, serving=0, planned=6), name=one.short)
    assert row(late, base=replace(some, mall_state=mall_state, agencies=agencies))[1].startswith(says)


def test_all_calm_says_so_and_what_was_last() -> None:
    made = action_cells(calm_board(), ID, 6)
    calm = "Tidak ada yang perlu tindakan di gerai yang mengirim kabar."
    assert made["act.calm"].text == f"{calm} Terakhir: 09.05 (Polres SKCK, selesai 09.18)."
    assert (made["act.count"].text, made["act.more"].text) == ("", "")
    heard = tuple(one for one in calm_board().agencies if one.state != "silent")
    english = action_cells(replace(calm_board(), agencies=heard, last_action=None), EN, 6)["act.calm"].text
    assert english == "Nothing needs action."


@pytest.mark.parametrize("mode", ["replay", "ended"])
def test_a_past_day_nobody_recorded_is_not_calm(mode: str) -> None:
    some = replace(calm_board(), mode=mode, last_action=None)
    assert str(action_cells(some, ID, 6)["act.calm"].text).startswith("Tidak ada yang perlu tindakan")
    made = action_cells(replace(some, actions_kept=False), ID, 6)
    assert made["act.calm"].text == "Tindakan hari itu tidak tercatat."
    assert (made["act.count"].text, made["act.more"].text) == ("", "")


@pytest.mark.parametrize("some", [factories.silent_board(), factories.unheard_board()])
def test_silence_is_not_calm(some: Board) -> None:
    said = action_cells(replace(some, actions=()), ID, 6)["act.calm"].text
    assert said == "Tidak ada kabar dari gerai mana pun: tidak diketahui apa yang perlu tindakan."


def test_without_a_mall_nothing_is_claimed() -> None:
    made = action_cells(factories.empty_board(), ID, 6)
    assert not any(cell.text or cell.fragment for cell in made.values())


def test_the_wall_shows_six_rows_and_counts_the_others() -> None:
    made = action_cells(board(), ID, 6)
    assert [key for key in made if key.startswith("act.") and made[key].fragment] == [
        f"act.{place}" for place in range(6)
    ]
    assert (made["act.count"].text, made["act.more"].text) == ("8", "+2 lagi")
    assert made["act.calm"].text == ""


def test_rows_that_are_too_long_for_the_wall_are_left_out_whole_and_counted() -> None:
    made = action_cells(long_board(), ID, 6)
    shown = sum(made[f"act.{place}"].fragment is not None for place in range(6))
    assert shown == 4
    assert made["act.more"].text == f"+{8 - shown} lagi"


def test_a_row_counts_with_what_is_shown_of_it() -> None:
    """An English wall with six short rows has room for them; a long name or note counts as it is cut."""
    short = tuple(
        action(replace(OVER, over=n, promise_s=1200, serving=6, planned=6, unattended=()), "Dukcapil")
        for n in range(1, 7)
    )
    made = cells(short + short[:2], "en")
    assert sum(made[f"act.{place}"].fragment is not None for place in range(6)) == 6
    writer = _Writer(board(), ID, ZoneInfo("Asia/Jakarta"), phone=False)

    def height(name: str, note: str, who: str) -> float:
        return writer.row(action(OVER, name, taken=Taken(ago(9), who, note))).height

    long = height(LONG, "catatan panjang " * 7, "Sri Wahyuningsih Kusumawardhani")
    assert height(LONG + LONG, "catatan panjang " * 70, "Sri " * 10) == long
    assert height("PLN", "sudah ditelepon", "Sari") < long


def test_no_row_is_higher_than_the_wall_lets_it_be() -> None:
    wide = replace(OVER, over=119, unattended=("6", "7", "8", "9"), shut=("10", "11", "12", "13"))
    taken = Taken(ago(9), "W" * 18, "W" * 34, MORNING)
    one = action(wide, "WWWWWWWWWWW", taken=taken)
    assert "loket melayani" not in row(one)[1]
    assert row(one)[1].startswith("ext. 201 · Ditangani 09.31: WWW")
    assert "loket melayani" in row(one, phone=True)[1]


def test_a_phone_shows_all_it_has_places_for() -> None:
    made = action_cells(many_board(23), ID, 20, phone=True)
    assert all(made[f"act.{place}"].fragment is not None for place in range(20))
    assert made["act.more"].text == "+3 lagi"


def test_those_that_found_no_place_are_counted_as_the_others() -> None:
    """Six are open and two are over: it never says 6 above and +2 below."""
    some = over_board()
    ended = tuple(a for a in some.actions if a.ended is not None)
    still = tuple(a for a in some.actions if a.ended is None)
    assert (len(still), len(ended)) == (6, 2)
    last = action_cells(replace(some, actions=still + ended), ID, 6)
    shown = sum(last[f"act.{place}"].fragment is not None for place in range(6))
    assert last["act.count"].text == "6"
    assert last["act.more"].text == (f"+{6 - shown} lagi" if shown < 6 else "")
    first = action_cells(replace(some, actions=ended + still), ID, 20, phone=True)
    assert (first["act.count"].text, first["act.more"].text) == ("6", "")
    few = action_cells(replace(some, actions=ended + still), ID, 5, phone=True)
    assert (few["act.count"].text, few["act.more"].text) == ("6", "+3 lagi")


def test_what_is_over_is_shown_but_not_counted() -> None:
    made = action_cells(over_board(), ID, 20, phone=True)
    assert made["act.count"].text == "6"
    assert sum(made[f"act.{place}"].fragment is not None for place in range(20)) == 8


def test_a_phone_dials_and_a_wall_does_not() -> None:
    one, here = action(NOBODY, "Samsat", extension="20-6"), board(dial="+62361555000,,")
    assert 'href="tel:+62361555000,,206" aria-label="Telepon Samsat, ext. 20-6"' in str(
        cells((one,), phone=True, base=here)["act.0"].fragment
    )
    assert "tel:" not in str(cells((one,), base=here)["act.0"].fragment)
    several = replace(one, extension="206/207")
    assert 'href="tel:+62361555000,,206"' in str(cells((several,), phone=True, base=here)["act.0"].fragment)
    for extension in (None, "", "lobi"):
        made = cells((replace(one, extension=extension),), phone=True, base=here)
        assert "tel:" not in str(made["act.0"].fragment)


def test_an_extension_alone_is_written_and_not_dialled() -> None:
    """From a mobile 110 is the police, not the desk beside the door."""
    one = action(OVER, "Samsat", extension="110")
    assert "tel:" not in str(cells((one,), phone=True)["act.0"].fragment)
    assert "ext. 110" in row(one, phone=True)[1]
    assert "ext. 110" not in row(one, phone=True, base=board(dial="+62361555000,,"))[1]


def test_another_row_in_a_place_is_another_state_of_it() -> None:
    first, second = action(OVER), action(NOBODY)
    states = [cells(rows)["act.0"].state for rows in ((first, second), (second, first))]
    assert states[0] != states[1]
    taken = replace(first, taken=Taken(ago(1), "Sari", "x"))
    assert cells((taken,))["act.0"].state != cells((first,))["act.0"].state


def test_time_alone_changes_no_row() -> None:
    some = long_board()
    later = replace(some, now=MORNING + timedelta(minutes=7))
    assert action_cells(some, ID, 6) == action_cells(later, ID, 6)


def components(root: Component) -> list[Component]:
    return [root, *(child for child in root._traverse() if isinstance(child, Component))]


def test_every_place_has_a_button_named_after_its_row() -> None:
    made = action_cells(board(), ID, 6)
    drawn = components(action_list(LiveCells(made, MORNING, ID), ID, 6))
    keys = [vars(part)["data-live"] for part in drawn if "data-live" in vars(part)]
    assert sorted(keys) == sorted(made)
    buttons = [vars(part) for part in drawn if vars(part).get("className") == "act-take"]
    assert [one["aria-labelledby"] for one in buttons] == [f"act-{n}-take act-{n}-what" for n in range(6)]
    for place in range(6):
        assert f'id="act-{place}-what"' in str(made[f"act.{place}"].fragment)


@pytest.mark.parametrize("locale", ["id", "en"])
def test_the_form_speaks_the_language_of_the_page(locale: str) -> None:
    form = vars(take_dialog(words(locale), "Sari <b>"))["data-take-form"]
    for note in notes(words(locale)):
        assert f'name="note" value="{note}"' in form
    assert re.findall(r'name="minutes" value="(\d*)"( checked)?', form) == [
        ("10", ""), ("15", " checked"), ("30", ""), ("60", ""), ("", ""),
    ]  # fmt: skip
    assert 'maxlength="120"' in form
    assert "Sari &lt;b&gt;." in form
    assert 'name="who"' not in form


def test_a_long_name_is_marked_to_be_cut_short() -> None:
    assert 'class="act-name cut"' in str(cells((action(OVER, LONG),))["act.0"].fragment)
    assert 'class="act-name cut"' in str(cells((action(OVER, "W" * 18),))["act.0"].fragment)
    assert 'class="act-name"' in str(cells((action(OVER),))["act.0"].fragment)
