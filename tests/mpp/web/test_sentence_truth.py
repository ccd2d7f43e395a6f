"""The agency's first sentence and its figures against what the feed told, whatever it told and whenever.

The days are made of events as the database keeps them; what must hold is asked of these, not of the board.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from counters.states import CounterState
from mpp.i18n import words
from mpp.live.board import build
from mpp.live.facts import AgencyFacts, Facts, open_by_service
from mpp.live.judge import Judge
from mpp.live.model import Board
from mpp.live.sums import agency_day
from mpp.mall.model import Source, Version, Versions
from mpp.store.legs import OpenLeg, TodayLeg
from mpp.store.sources import SourceRow
from mpp.web.pages.agency_desk import cells
from mpp.web.parts.desk import desk_of
from mpp.web.parts.sentence import sentence
from tests.world import small_mall, without_promise

ID = words("id")
CODE = "dukcapil"
MIDNIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)
"""The mall's midnight of Monday 23 November 2026."""
MINUTE = timedelta(minutes=1)
TIMES = ("07.30", "08.05", "09.40", "11.50", "12.10", "13.01", "14.40", "15.30", "18.00")
AGES = (0, 1, 5, 40, 400, 3 * 1440)
STATES = {"open": 0, "paused": 1, "closed": 3}
REASONS = st.sampled_from(("break", "central_system", "no_officer"))


def clock(text: str) -> datetime:
    hours, minutes = text.split(".")
    return MIDNIGHT + timedelta(hours=int(hours), minutes=int(minutes))


@dataclass(frozen=True)
class Told:
    """What one feed told by ``heard`` (None: nothing ever), looked at ``now``."""

    now: datetime
    heard: datetime | None
    kind: str
    every_s: int | None
    waiting: tuple[OpenLeg, ...]
    served: tuple[TodayLeg, ...]
    counters: dict[str, CounterState]
    promised: bool

    @property
    def today(self) -> bool:
        """Whether it told anything today."""
        return self.heard is not None and self.heard >= MIDNIGHT

    @property
    def fresh(self) -> bool:
        """Whether what it told holds now."""
        if self.heard is None or self.kind == "file":
            return False
        at_work = any(s.state != "closed" and s.since and s.since >= MIDNIGHT for s in self.counters.values())
        if self.kind == "manual" and not at_work:
            return True  # nobody is missed where nobody opened or all have closed
        return self.every_s is None or (self.now - self.heard).total_seconds() < 10 * self.every_s

    @property
    def attended(self) -> bool:
        """Whether somebody sits at a counter which has not stopped since, or at one that is not named
        or not described while none stopped since."""
        stops = {c: s.since for c, s in self.counters.items() if s.state != "open" and s.since}
        return any(
            all(at < leg.since for c, at in stops.items() if leg.counter in (None, "9", c))
            for leg in self.waiting
            if leg.state == "serving"
        )

    def board(self) -> Board:
        """The board of it."""
        source = Source("one", "Antrean", (CODE,), kind=self.kind, expected_every_s=self.every_s)
        mall = small_mall(sources=(source,))
        mall = mall if self.promised else without_promise(mall)
        judge = Judge(Versions((Version(1, MIDNIGHT.date(), mall),)))
        row = SourceRow(1, "one", 1, self.heard, self.heard, None, None, 0)
        every = [*self.served, *(TodayLeg(*_today(leg)) for leg in self.waiting)]
        facts = AgencyFacts(
            open_by_service(self.waiting, judge.day(self.now)), agency_day(every), counters=self.counters
        )
        day = judge.day(self.now)
        return build(Facts(judge, self.now, day, "live", {CODE: facts}, {"one": row}), self.now)


def _today(leg: OpenLeg) -> tuple[Any, ...]:
    called = leg.called_at is not None
    start = leg.start_at is not None
    return (
        leg.agency, leg.service, leg.counter, leg.priority, leg.wait_from, called, start,
        None, None, None, None, None, None, "",
    )  # fmt: skip


@st.composite
def days(draw: st.DrawFn) -> Told:
    now = clock(draw(st.sampled_from(TIMES)))
    age = draw(st.none() | st.sampled_from(AGES))
    heard = None if age is None else now - age * MINUTE
    kind = draw(st.sampled_from(("push", "push", "push", "file", "manual")))
    told = Told(now, heard, kind, draw(st.sampled_from((60, 60, None))), (), (), {}, draw(st.booleans()))
    if heard is None:
        return told
    states = {}
    for code in draw(st.sets(st.sampled_from(("1", "2", "3")))):
        state, at = draw(st.sampled_from(sorted(STATES))), heard - draw(st.integers(0, 90)) * MINUTE
        reason = draw(REASONS) if state == "paused" else None
        shut = state == "closed"
        states[code] = CounterState(
            state, at, reason, heard, STATES[state], "e", None if shut else at, at if shut else None
        )
    waiting: list[OpenLeg] = []
    served: list[TodayLeg] = []
    if heard >= MIDNIGHT:
        places = draw(st.sampled_from(((None,), ("1", "2"), (None, "1"), ("9",))))
        last = max(heard, MIDNIGHT + 90 * MINUTE)
        waiting = [_open(draw, n, last, places) for n in range(draw(st.integers(0, 6)))]
        served = [_served(draw, heard - 3 * n * MINUTE, places) for n in range(draw(st.integers(0, 7)))]
    return replace(told, counters=states, waiting=tuple(waiting), served=tuple(served))


def _served(draw: st.DrawFn, at: datetime, places: tuple[str | None, ...]) -> TodayLeg:
    end = max(at, MIDNIGHT)
    return TodayLeg(
        CODE, "kk", draw(st.sampled_from(places)), draw(st.sampled_from((None, "elderly"))),
        end - 10 * MINUTE, True, True, end, "served", "done", 300.0, 200.0, True, "",
    )  # fmt: skip


def _open(draw: st.DrawFn, n: int, heard: datetime, places: tuple[str | None, ...]) -> OpenLeg:
    since = heard - draw(st.integers(0, 80)) * MINUTE
    serving = draw(st.booleans()) and draw(st.booleans())
    start = heard - draw(st.integers(0, 40)) * MINUTE if serving else None
    return OpenLeg(
        CODE, "kk", f"A{n}", draw(st.sampled_from(places)) if serving else None,
        draw(st.sampled_from((None, None, "elderly"))), "serving" if serving else "waiting",
        start or since, (MIDNIGHT + timedelta(hours=12)).date(), min(since, start or since), start, start,
        1800, "",
    )  # fmt: skip


@given(days())
def test_the_sentence_is_true(told: Told) -> None:
    made = told.board()
    desk = desk_of(made, CODE)
    assert desk is not None
    said, shown = sentence(desk, ID), cells(made, CODE, ID)
    text, word, one = said.text, shown["say.word"].text or "", desk.agency
    counted = re.search(r"\d+ (orang|dari|nomor|pengunjung)", text)
    if not told.today:
        # Nothing was heard: nothing is counted, and nobody is none.
        assert not counted, text
        assert not re.search(r"[Tt]idak ada yang|Belum ada pengunjung|Tidak ada nomor|Lancar|melayani", text)
        assert {shown[f"d.{name}"].text for name in ("served", "no_show", "wait")} == {"–"}
        assert "tidak diketahui" in (shown["q.sum"].text or "")
        assert "Belum ada yang" not in str(shown["flow"].fragment)
    ended = one.hours == "closed" and told.heard is not None and told.heard >= clock("15.00")
    if not told.fresh and not ended:
        # The news ended: what is said of people is said as of then.
        assert not counted or re.search("saat itu|Sejauh yang diketahui", text), text
        assert said.state in ("silent", "closed", "unscheduled")
        assert not re.search("tidak ada loket yang|Belum ada loket|Tidak ada nomor", text)
    if told.fresh and told.attended:
        assert not re.search(r"tidak ada loket|belum ada loket|Belum ada loket|Loket tidak", text), text
        assert one.state != "not_opened"
    if any(leg.called for leg in told.served) or told.attended:
        assert "elum ada loket" not in text
    late = (one.over or 0) - one.over_forgotten
    if said.state == "over":
        assert late > 0 or (not one.serving and not told.attended), text
    assert not re.search(r"melewati standar|elewati standar", text) or told.promised
    assert not ("menit lagi" in text and one.hours == "break")
    if word in ("lancar", "lewat standar"):
        assert told.promised
        assert (late > 0) is (word == "lewat standar")
    if "Dahulukan" in text:
        lost = {number for s in desk.services if s.line for number in s.line.forgotten}
        assert not any(f"Dahulukan {number}." in text for number in lost)
        n = re.search(r"(\d+) pengunjung", text)
        late_first = [w for w in told.waiting if w.priority and w.number not in lost and w.state == "waiting"]
        assert n is not None
        assert int(n[1]) <= len(late_first)
