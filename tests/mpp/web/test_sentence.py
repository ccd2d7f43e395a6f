"""The sentence that answers an agency "how are we doing now"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.i18n import words
from mpp.live.model import ActionNow, AgencyNow, Board, Condition, CounterNow, Day, Own, ServiceNow, Taken
from mpp.live.views import Cell
from mpp.web.parts.desk import Desk, desk_of
from mpp.web.parts.live import units
from mpp.web.parts.sentence import sentence
from queues.lines import Line
from tests.factories import MORNING, agency, board

ID, EN = words("id"), words("en")
CODE = "dukcapil"


def at(text: str) -> datetime:
    """A time of the morning, mall's clock: "09.22"."""
    hours, minutes = text.split(".")
    return MORNING.replace(hour=int(hours) - 7, minute=int(minutes), second=0)


def counters(**states: int) -> tuple[CounterNow, ...]:
    """Counters 1, 2, 3 ... in these states, in their order."""
    found = [state for state, n in states.items() for _ in range(n)]
    return tuple(
        CounterNow(
            CODE, str(n), f"Loket {n}", "1", state, since=at("08.30") if state != "not_opened" else None
        )
        for n, state in enumerate(found, 1)
    )


def service(code: str = "kk", promise_s: int | None = 1800, **line: Any) -> ServiceNow:
    given = {"waiting": 6, "uncalled": 6} | line
    if promise_s is not None:
        given = {"over": 0, "excess_s": 0.0, "load": 0.4} | given
    return ServiceNow(CODE, code, "Kartu Keluarga", "A3", promise_s, Line(**given), Day())


def desk(
    some: tuple[CounterNow, ...] = (),
    lines: tuple[ServiceNow, ...] | None = None,
    own: Own | None = None,
    actions: tuple[ActionNow, ...] = (),
    mall: str = "open",
    **of_agency: Any,
) -> Desk:
    """The agency's part of a board: four of five counters serve six people unless told otherwise."""
    counts: dict[str, int] = {}
    for counter in some:
        counts[counter.state] = counts.get(counter.state, 0) + 1
    if some:
        of_agency = {"counters": counts, "planned": len(some)} | of_agency
    one = agency(CODE, **of_agency)
    made = board([one], mall_state=mall, last_ticket=at("09.30"), actions=actions)
    made = replace(
        made,
        counters=some,
        services=(service(),) if lines is None else lines,
        own={CODE: own or Own(opens=at("08.00"), closes=at("15.00"))},
    )
    found = desk_of(made, CODE)
    assert found is not None
    return found


def said(of: Desk, w: Any = ID) -> str:
    """The sentence as it reads at 09.40."""
    found = sentence(of, w)
    cell = Cell(found.text, since=found.since)
    return str(cell.at(MORNING, ("menit", "jam", "hari") if w is ID else units(w)))


def episode(rule: str, since: datetime = MORNING, taken: Taken | None = None, **what: Any) -> ActionNow:
    return ActionNow(
        f"{rule}/x", "Dukcapil", since, None, Condition(rule, CODE, since=since, **what), taken=taken
    )


SYSTEM_PAUSE: dict[str, Any] = {
    "state": "paused", "reason": "central_system", "since": at("09.12"), "waiting": 31, "longest_min": 33,
}  # fmt: skip
OVER = service(
    waiting=23,
    uncalled=23,
    over=9,
    load=1.4,
    longest_number="A3-042",
    longest_from=MORNING - timedelta(minutes=41),
)
FULL = service(
    load=0.87, longest_number="A3-057", longest_from=MORNING - timedelta(minutes=26), longest_s=1560.0
)
ENDED = Day(issued=151, served=143, no_show=5, within=88, judged=100)


@pytest.mark.parametrize(
    ("of", "says"),
    [
        # The eight of words.md, and the further ones.
        (
            desk(),
            "Lancar. 6 orang menunggu, paling lama 12 menit (standar 30); 4 dari 5 loket melayani.",
        ),
        (
            desk(counters(serving=4, not_opened=1), (FULL,), state="filling", longest_min=26),
            ("Mulai padat: A3-057 sudah menunggu 26 menit dan 4 menit lagi melewati standar. "
            "Loket 5 belum dibuka."),
        ),
        (
            desk(counters(serving=3, closed=3), (OVER,), state="over", waiting=23, over=9),
            ("Melewati standar: 9 orang menunggu lebih dari 30 menit, paling lama A3-042 (41 menit). "
            "Baru 3 dari 6 loket melayani."),
        ),
        (
            desk(counters(serving=5, unattended=1, not_opened=2), (OVER,), state="over", waiting=23, over=9),
            ("Melewati standar: 9 orang menunggu lebih dari 30 menit, paling lama A3-042 (41 menit). "
            "5 dari 8 loket melayani; loket 6 buka tanpa petugas."),
        ),
        (
            desk(
                counters(closed=2), state="filling", reason="nobody_serving", waiting=14,
                actions=(episode("nobody_serving", at("09.22")),),
            ),
            "14 orang menunggu, tetapi tidak ada loket yang melayani sejak 09.22.",
        ),
        (
            desk(counters(paused=4), **SYSTEM_PAUSE),
            ("Layanan dijeda sejak 09.12 karena gangguan sistem pusat. 31 orang masih menunggu dan belum "
            "diberi tahu perkiraan buka kembali."),
        ),
        (
            desk(state="silent", data="silent", data_at=at("09.26"), waiting=0),
            ("Sistem antrean Anda tanpa kabar sejak 09.26. Angka di bawah adalah keadaan terakhir, bukan "
            "keadaan sekarang."),
        ),
        (
            desk(counters(ready=2), waiting=0, longest_min=None, day=Day()),
            "Belum ada pengunjung hari ini. 2 loket siap melayani.",
        ),
        (
            desk(
                state="closed", hours="closed", waiting=0, longest_min=None, day=ENDED, own=Own(week_ago=0.91)
            ),
            ("Hari ini 143 dari 151 nomor selesai, 5 tidak hadir, 3 belum terlayani. 88 persen dilayani "
            "dalam standar (Senin lalu 91 persen)."),
        ),
        (
            desk(
                lines=(service(over_priority=2, priority_number="A1-P04",
                               priority_longest_from=MORNING - timedelta(minutes=18)),),
            ),
            "2 pengunjung prioritas menunggu melewati standar, paling lama 18 menit. Dahulukan A1-P04.",
        ),
        (
            desk(own=Own(at_once=60), day=Day(issued=120, served=110)),
            ("Waktu tunggu hari ini belum dapat dihitung: 60 dari 120 nomor dipanggil dan diselesaikan pada "
            "detik yang sama."),
        ),
        (
            desk(
                actions=(
                    episode("unfinished", waiting=22, serving=3, due=at("15.20"), closes_at=at("15.00")),
                )
            ),
            "Dengan 3 loket, 22 orang diperkirakan selesai 15.20; pelayanan tutup 15.00.",
        ),
        (
            desk(counters(not_opened=2), state="not_opened", since=at("08.00"), waiting=0, longest_min=None),
            "Gerai Anda dijadwalkan buka 08.00 dan belum ada loket yang dibuka.",
        ),
        (
            desk(
                counters(not_opened=2),
                state="not_opened",
                since=at("08.00"),
                reason="nobody_pressed",
                waiting=0,
                longest_min=None,
            ),
            ("Gerai Anda dijadwalkan buka 08.00 dan belum ada loket yang dibuka. "
            "Belum ada tombol loket yang ditekan hari ini."),
        ),
        # Every other situation.
        (
            desk(
                lines=(service(over_priority=2, over_forgotten_priority=1, priority_number="P20",
                               priority_longest_from=MORNING - timedelta(minutes=18)),),
            ),
            "1 pengunjung prioritas menunggu melewati standar, paling lama 18 menit. Dahulukan P20.",
        ),
        (
            # The only one beyond its promise is forgotten.
            desk(
                lines=(service(over_priority=1, over_forgotten_priority=1, priority_number="P20",
                               priority_longest_from=MORNING - timedelta(minutes=3)),),
            ),
            "Lancar. 6 orang menunggu, paling lama 12 menit (standar 30); 4 dari 5 loket melayani.",
        ),
        (
            desk(state="closed", hours="closed", waiting=4, day=Day(issued=10, served=6), data="silent",
                 data_at=at("09.26")),
            ("Sistem antrean Anda tanpa kabar sejak 09.26, saat itu 4 orang menunggu. Sejauh yang diketahui, "
            "6 dari 10 nomor hari ini selesai, 4 belum terlayani."),
        ),
        (
            # Switched off after closing: what the day brought is known.
            desk(state="closed", hours="closed", waiting=0, day=Day(issued=10, served=10), data="silent",
                 data_at=at("09.26"), own=Own(closes=at("09.20"))),
            "Hari ini 10 dari 10 nomor selesai.",
        ),
        (
            # With the last visitor, minutes before it.
            desk(state="closed", hours="closed", waiting=0, day=Day(issued=10, served=10), data="silent",
                 data_at=at("09.26"), own=Own(closes=at("09.30"))),
            "Hari ini 10 dari 10 nomor selesai.",
        ),
        (
            desk(state="closed", hours="closed", waiting=None, day=Day(), data="silent",
                 data_at=at("15.02") - timedelta(days=3)),
            ("Hasil hari ini tidak diketahui: tidak ada kabar sejak Jumat, 20 November 2026 15.02."),
        ),
        (
            desk(state="closed", hours="closed", waiting=0, day=Day(), data="silent", data_at=at("09.26")),
            "Hasil hari ini tidak diketahui: tidak ada kabar sejak 09.26.",
        ),
        (
            # Buttons alone, and nobody pressed one: nothing is missed, and nothing is known.
            desk(state="closed", hours="closed", waiting=None, day=Day(), data="live",
                 data_at=at("15.02") - timedelta(days=3)),
            "Hasil hari ini tidak diketahui: tidak ada kabar sejak Jumat, 20 November 2026 15.02.",
        ),
        (
            desk(state="silent", data="silent", data_at=at("15.02") - timedelta(days=3), waiting=None,
                 day=Day()),
            ("Sistem antrean Anda tanpa kabar sejak Jumat, 20 November 2026 15.02. Keadaan hari ini tidak "
            "diketahui."),
        ),
        (
            desk(counters(unknown=2), state="closed", hours="before", waiting=2, opens_at=at("10.00"),
                 data="silent", data_at=at("07.20")),
            ("Pelayanan Anda mulai 10.00. Sistem antrean Anda tanpa kabar sejak 07.20, saat itu 2 orang "
            "menunggu."),
        ),
        (
            desk(state="unscheduled", hours="shut", waiting=3, data="silent", data_at=at("07.20")),
            "Gerai Anda tidak dijadwalkan buka hari ini.",
        ),
        (
            desk(counters(serving=1, paused=2), (FULL,), state="filling", hours="break", waiting=1,
                 own=Own(until=at("13.00"))),
            "Istirahat sampai 13.00; 1 orang menunggu. 1 dari 3 loket melayani.",
        ),
        (
            desk(counters(serving=1, closed=2), (OVER,), state="over", hours="break", waiting=23, over=9,
                 own=Own(until=at("13.00"))),
            ("Melewati standar: 9 orang menunggu lebih dari 30 menit, paling lama A3-042 (41 menit). Baru 1 "
            "dari 3 loket melayani."),
        ),
        (
            desk(counters(not_opened=2), state="not_opened", since=at("08.00"), hours="break", waiting=0,
                 own=Own(until=at("13.00"))),
            "Gerai Anda dijadwalkan buka 08.00 dan belum ada loket yang dibuka.",
        ),
        (
            replace(desk(counters(serving=1), mall="last_ticket", own=Own(closes=at("20.00"))),
                    mall_closes=at("15.00")),
            "Lancar. 6 orang menunggu, paling lama 12 menit (standar 30); loket melayani.",
        ),
        (
            # Nobody knows what the others do: they may serve.
            desk(counters(closed=1, unknown=2), waiting=4),
            "Lancar. 4 orang menunggu, paling lama 12 menit (standar 30).",
        ),
        (
            desk(counters(serving=1, unknown=2), waiting=4),
            "Lancar. 4 orang menunggu, paling lama 12 menit (standar 30); 1 loket melayani.",
        ),
        (
            # After the break nobody has been missed since before its end.
            desk(counters(closed=2), waiting=2, own=Own(begun=at("09.35"))),
            "2 orang menunggu, tetapi tidak ada loket yang melayani sejak 09.35.",
        ),
        (
            desk(state="unscheduled", hours="shut", waiting=0, opens_at=at("08.00") + timedelta(days=1)),
            "Gerai Anda tidak dijadwalkan buka hari ini. Buka lagi Selasa 08.00.",
        ),
        (
            desk(state="unscheduled", hours="shut", waiting=3),
            "Gerai Anda tidak dijadwalkan buka hari ini, tetapi 3 orang menunggu. 4 dari 5 loket melayani.",
        ),
        (
            desk(state="unscheduled", hours="holiday", reason="Hari Raya Natal", waiting=0),
            "Hari ini libur: Hari Raya Natal.",
        ),
        (
            desk(counters(not_opened=2), state="closed", hours="before", waiting=2, opens_at=at("10.00"),
                 day=Day(issued=2)),
            "Pelayanan Anda mulai 10.00. Sudah 2 orang menunggu. Belum ada loket yang dibuka.",
        ),
        (
            desk(counters(ready=1), state="closed", hours="before", waiting=0, opens_at=at("10.00")),
            "Pelayanan Anda mulai 10.00. 1 loket sudah dibuka.",
        ),
        (
            desk(state="closed", hours="closed", waiting=0, day=Day()),
            "Tidak ada nomor yang diambil hari ini.",
        ),
        (
            desk(state="closed", hours="closed", waiting=0, day=Day(), data="never"),
            "Hasil hari ini tidak diketahui: sistem antrean Anda belum pernah mengirim kabar.",
        ),
        (
            desk(state="closed", hours="closed", waiting=None, day=Day(), estimate=True),
            "Hasil hari ini tidak diketahui: sistem Anda tidak melaporkan nomor antrean.",
        ),
        (
            desk(state="closed", hours="closed", waiting=3, day=Day(issued=9, served=6)),
            "Sudah tutup, tetapi 3 orang menunggu. Hari ini 6 dari 9 nomor selesai, 3 belum terlayani.",
        ),
        (
            desk(state="closed", hours="open", since=at("09.10"), waiting=0, day=Day(issued=9, served=9)),
            "Semua loket Anda sudah ditutup sejak 09.10. Hari ini 9 dari 9 nomor selesai.",
        ),
        (
            desk(state="silent", data="silent", data_at=at("09.26"), waiting=9),
            ("Sistem antrean Anda tanpa kabar sejak 09.26, saat itu 9 orang menunggu. Angka di bawah adalah "
            "keadaan terakhir, bukan keadaan sekarang."),
        ),
        (
            desk(state="silent", data="failing", data_at=at("09.26"), waiting=9),
            ("Sistem antrean Anda tidak dapat dibaca sejak 09.26. Angka di bawah adalah keadaan terakhir, "
            "bukan keadaan sekarang."),
        ),
        (
            desk(state="silent", data="never", data_at=None, waiting=None, longest_min=None),
            ("Sistem antrean Anda belum pernah mengirim kabar, jadi tidak diketahui siapa yang menunggu. "
            "Mintalah pengelola MPP menyambungkannya."),
        ),
        (
            desk(counters(paused=2), hours="break", waiting=5, own=Own(until=at("13.00"))),
            "Istirahat sampai 13.00; 5 orang menunggu.",
        ),
        (
            desk(
                counters(paused=2), hours="break", state="over", waiting=5, over=2, own=Own(until=at("13.00"))
            ),
            "Istirahat sampai 13.00; 5 orang menunggu, 2 di antaranya sudah melewati standar.",
        ),
        (
            desk(counters(paused=2), hours="friday_prayer", waiting=0, own=Own(until=at("13.00"))),
            "Jeda salat Jumat sampai 13.00; tidak ada yang menunggu.",
        ),
        (
            desk(counters(paused=4), hours="break", **SYSTEM_PAUSE),
            ("Layanan dijeda sejak 09.12 karena gangguan sistem pusat. 31 orang masih menunggu dan belum "
            "diberi tahu perkiraan buka kembali."),
        ),
        (
            desk(
                counters(paused=4), **SYSTEM_PAUSE,
                actions=(episode("system", taken=Taken(MORNING, "Budi", "rahasia")),),
            ),
            ("Layanan dijeda sejak 09.12 karena gangguan sistem pusat. 31 orang masih menunggu; beri tahu "
            "mereka perkiraan buka kembali."),
        ),
        (
            desk(counters(paused=1), state="paused", reason="meeting", since=at("09.30"), waiting=0),
            "Layanan dijeda sejak 09.30 karena rapat/apel. Tidak ada yang menunggu.",
        ),
        (
            desk(counters(unattended=1, not_opened=1), waiting=4),
            "4 orang menunggu, tetapi tidak ada loket yang melayani sejak 09.28. Loket 1 buka tanpa petugas.",
        ),
        (
            desk(counters(serving=3), state="quota_used", waiting=13),
            ("Kuota hari ini habis; 13 orang menunggu, paling lama 12 menit (standar 30). "
            "Semua 3 loket melayani."),
        ),
        (
            desk(counters(serving=1), mall="last_ticket"),
            ("Pengambilan nomor sudah ditutup sejak 09.30; 6 orang menunggu, paling lama 12 menit "
            "(standar 30). Loket melayani."),
        ),
        (
            desk(lines=(service(promise_s=None),), over=None, bar=None),
            "6 orang menunggu, paling lama 12 menit (standar belum ditetapkan); 4 dari 5 loket melayani.",
        ),
        (
            desk(estimate=True, waiting=12, longest_min=None, over=None, bar=None, counters={"serving": 2}),
            ("Sekitar 12 orang menunggu menurut laporan sistem Anda; sejak kapan tidak diketahui. "
            "2 dari 5 loket melayani."),
        ),
        (
            desk(estimate=True, waiting=0, longest_min=None, over=None, bar=None, counters={}),
            "Tidak ada yang menunggu menurut laporan sistem Anda.",
        ),
        (
            desk(estimate=True, waiting=None, longest_min=None, over=None, bar=None, counters={}),
            "Jumlah yang menunggu tidak diketahui: sistem Anda belum melaporkannya.",
        ),
        (
            desk(waiting=7, forgotten=1, lines=(service(waiting=7, forgotten=("A3-007",)),)),
            ("1 nomor tampaknya terlewat (A3-007): nomor sesudahnya sudah dipanggil. Panggil atau batalkan. "
            "6 orang menunggu, paling lama 12 menit (standar 30)."),
        ),
        (
            desk(counters(ready=1), waiting=0, longest_min=None),
            "Lancar. Tidak ada yang menunggu; loket melayani.",
        ),
        (
            desk(counters(not_opened=2), waiting=0, longest_min=None, day=Day()),
            "Gerai Anda dijadwalkan buka 08.00 dan belum ada loket yang dibuka.",
        ),
        (
            desk(lines=()),
            "Belum ada layanan dan loket yang terdaftar untuk instansi Anda. Hubungi pengelola MPP.",
        ),
    ],
)  # fmt: skip
def test_what_is_said(of: Desk, says: str) -> None:
    assert said(of) == says


@pytest.mark.parametrize("waiting", [0, 6])
def test_no_promise_is_never_called_calm_or_within_it(waiting: int) -> None:
    of = desk(lines=(service(promise_s=None),), over=None, bar=None, waiting=waiting)
    assert "Lancar" not in said(of)
    assert "Calm" not in said(of, EN)


@pytest.mark.parametrize(
    ("of", "word"),
    [
        (desk(), None),
        (desk(lines=(service(promise_s=None),), over=None, bar=None), ""),
        (desk(waiting=7, forgotten=1, lines=(service(waiting=7, forgotten=("A3-007",)),)), ""),
        (desk(counters(serving=1), mall="last_ticket"), ""),
        (desk(estimate=True, waiting=2, over=None, bar=None, counters={"serving": 2}), ""),
        (desk(waiting=None, longest_min=None), ""),
        (desk(counters(closed=2), waiting=4), "unserved"),
        (desk(counters(not_opened=2), waiting=0, longest_min=None, day=Day()), "not_opened"),
        (desk(state="closed", hours="closed", waiting=3), "closed"),
        (desk(state="unscheduled", hours="shut", waiting=3), "unscheduled"),
    ],
)
def test_what_is_read_out_is_the_situation_and_not_its_look(of: Desk, word: str | None) -> None:
    assert sentence(of, ID).word == word


def test_a_few_tickets_told_at_once_do_not_outrank_a_calm_day() -> None:
    some = said(desk(own=Own(at_once=6), day=Day(issued=30, served=24)))
    plain = said(desk(day=Day(issued=30, served=24)))
    assert some == f"{plain} Waktu tunggu dapat dihitung untuk 24 dari 30 nomor."


def test_the_most_urgent_is_said_first() -> None:
    everything = desk(
        counters(serving=3, unattended=1),
        (replace(OVER, line=replace(OVER.line or Line(), forgotten=("A3-001",))),),
        own=Own(at_once=100),
        mall="last_ticket",
        state="over",
        waiting=23,
        over=9,
        forgotten=1,
    )
    assert said(everything).startswith("Melewati standar: 9 orang")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((1,), "Loket 1 buka tanpa petugas."),
        ((1, 2), "Loket 1 dan 2 buka tanpa petugas."),
        ((1, 2, 3), "Loket 1, 2, dan 3 buka tanpa petugas."),
        ((1, 2, 3, 4, 5), "Loket 1, 2, dan 3 lainnya buka tanpa petugas."),
    ],
)
def test_the_counters_to_look_after_are_named(names: tuple[int, ...], says: str) -> None:
    assert said(desk(counters(unattended=len(names)), waiting=4)).endswith(says)


def test_a_counter_with_a_name_of_its_own_keeps_it() -> None:
    some = (replace(counters(unattended=1)[0], name="Meja Informasi"),)
    assert said(desk(some, waiting=4)).endswith("Meja Informasi buka tanpa petugas.")


# -- whatever the board


numbers = st.none() | st.integers(0, 400)
instants = st.none() | st.integers(0, 300).map(lambda minutes: MORNING - timedelta(minutes=minutes))
names = st.sampled_from(("A3-042", "A1-P04", "B-7"))


@st.composite
def lines(draw: st.DrawFn) -> Line | None:
    if draw(st.booleans()) and draw(st.booleans()):
        return None
    waiting = draw(st.integers(0, 50))
    promised = draw(st.booleans())
    since = draw(instants)
    forgotten = draw(st.lists(st.none() | names, max_size=min(3, waiting)))
    return Line(
        waiting=waiting,
        uncalled=draw(st.integers(0, waiting)),
        longest_from=since,
        longest_s=None if since is None else 60.0,
        longest_number=draw(st.none() | names),
        over=draw(st.integers(0, waiting)) if promised else None,
        over_priority=draw(st.integers(0, 2)) if promised else None,
        load=draw(st.floats(0, 3)) if promised else None,
        forgotten=tuple(forgotten),
        priority_waiting=draw(st.integers(0, 2)),
        priority_number=draw(st.none() | names),
        priority_longest_from=draw(instants),
    )


STATES = (
    "unscheduled", "closed", "silent", "paused", "not_opened", "quota_used", "over", "filling", "calm",
)  # fmt: skip
HOURS = ("open", "break", "friday_prayer", "before", "closed", "shut", "holiday")
COUNTERS = ("serving", "ready", "unattended", "paused", "not_opened", "closed", "unknown")
REASONS = (None, "break", "prayer", "central_system", "network_power", "meeting", "other", "nobody_serving")


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """Whatever the rules of a board would allow, and much that they would not."""
    some = tuple(
        replace(
            counter,
            state=draw(st.sampled_from(COUNTERS)),
            since=draw(instants),
            reason=draw(st.sampled_from(REASONS)),
            name=draw(st.sampled_from((counter.name, "Meja Informasi"))),
        )
        for counter in counters(ready=draw(st.integers(0, 4)))
    )
    counts: dict[str, int] = {}
    for counter in some:
        counts[counter.state] = counts.get(counter.state, 0) + 1
    lined = [draw(lines()) for _ in range(draw(st.integers(0, 3)))]
    served = tuple(
        replace(service(f"s{n}", draw(st.sampled_from((None, 900, 1800)))), line=line)
        for n, line in enumerate(lined)
    )
    known = [line for line in lined if line is not None]
    overs = [line.over for line in known if line.over is not None]
    issued = draw(st.integers(0, 60))
    at_desk = draw(st.integers(0, issued))
    one: AgencyNow = agency(
        CODE,
        state=draw(st.sampled_from(STATES)),
        since=draw(instants),
        reason=draw(st.sampled_from(REASONS)),
        data=draw(st.sampled_from(("live", "late", "silent", "never", "failing", "paused"))),
        data_at=draw(instants),
        waiting=sum(line.waiting for line in known) if known else None,
        longest_min=draw(st.none() | st.integers(0, 300)),
        longest_service=draw(st.sampled_from((None, "s0", "s1"))),
        longest_number=draw(st.none() | names),
        over=sum(overs) if overs else None,
        forgotten=sum(len(line.forgotten) for line in known),
        planned=draw(st.none() | st.integers(0, 5)),
        counters=counts,
        estimate=draw(st.booleans()),
        hours=draw(st.sampled_from(HOURS)),
        opens_at=draw(instants),
        day=Day(issued=issued, served=at_desk, within=at_desk, judged=at_desk),
    )
    rules = draw(st.lists(st.sampled_from(("system", "unfinished", "nobody_serving", "over")), max_size=2))
    due = draw(instants)
    made = board(
        [one],
        mall_state=draw(st.sampled_from(("open", "last_ticket", "break", "holiday"))),
        last_ticket=draw(instants),
        actions=tuple(episode(rule, due=due, closes_at=due, waiting=draw(numbers)) for rule in rules),
    )
    own = Own(opens=draw(instants), until=draw(instants), at_once=draw(st.integers(0, 20)), week_ago=0.5)
    return replace(made, counters=some, services=served, own={CODE: own})


@given(boards(), st.sampled_from((ID, EN)))
def test_whatever_the_board_one_sentence_is_said_without_a_gap(made: Board, w: Any) -> None:
    of = desk_of(made, CODE)
    assert of is not None
    found = sentence(of, w)
    assert "{ago}" not in found.text or found.since is not None
    text = said(of, w)
    assert text.endswith(".")
    assert not re.search(r"[{}]|None|  |\.\.|^[a-z]| [,.;]|(^| )–( |\.|$)", text), text
    nobody_known = made.agencies[0].waiting is None
    assert not nobody_known or not re.search(r"\b0 (orang|people|person)", text)
    assert not re.search(r"\b0 (orang|people|person|loket|counters?|nomor|tickets?|tidak|did)\b", text), text
