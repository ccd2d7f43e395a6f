"""Presses at a counter: one event each, refused on an old state, written under the right source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from threading import Barrier, Thread
from typing import Any

import pytest

from counters.buttons import Booth
from mpp.live.closing import close_due
from mpp.live.conditions import conditions
from mpp.live.press import Press, PressError
from mpp.live.presses import Presses
from mpp.live.rebuild import rebuild
from mpp.mall.model import Counter, Done, Mall, Source
from mpp.store import cases, sources
from mpp.web.parts.desk import desk_of
from tests.world import MORNING, World, small_mall, world


class Officer:
    """Presses at one counter, on what they see."""

    _ids = count(1)

    def __init__(self, w: World, agency: str = "samsat", counter: str = "1") -> None:
        self.w, self.agency, self.counter = w, agency, counter
        self.presses = Presses(w.store, w.intake)

    @property
    def desk(self) -> Any:
        return self.presses.look(self.agency, self.counter, self.w.clock())

    @property
    def booth(self) -> Booth:
        found: Booth = self.desk.booth
        return found

    def press(self, what: str, *, seen: str | None = None, name: str = "", **given: Any) -> bool:
        self.w.clock.at += timedelta(seconds=20)
        mark = self.booth.mark if seen is None else seen
        made = Press(name or f"press-{next(self._ids):04}", what, mark, **given)
        return self.presses.press(self.agency, self.counter, made, self.w.clock())


HAND = (
    Source("dukcapil", "Dukcapil", ("dukcapil",), expected_every_s=60),
    Source("samsat-loket", "Catatan petugas Samsat", ("samsat",), kind="manual"),
)


@pytest.fixture
def w(database_url: str) -> Iterator[World]:
    with world(database_url, small_mall(sources=HAND)) as made:
        yield made


def test_a_morning_without_a_queue_system(w: World) -> None:
    officer = Officer(w)
    assert officer.booth.possible() == {"open"}
    officer.press("open")
    assert officer.booth.possible() == {"next", "pause", "close"}
    officer.press("next")
    at = officer.booth.at
    assert at is not None
    assert (at.number, at.service, at.state) == ("L1-001", "stnk", "serving")
    assert w.agency("samsat").counters == {"serving": 1}
    w.clock.at += timedelta(minutes=5)
    officer.press("finish", end="done")
    officer.press("pause", reason="prayer")
    assert officer.desk.reason == "prayer"
    assert officer.booth.possible() == {"resume", "close"}
    officer.press("resume")
    officer.press("next")
    assert officer.booth.at is not None
    assert officer.booth.at.number == "L1-002"
    officer.press("finish", end="cancelled")
    officer.press("close")
    assert (officer.booth.state, officer.desk.served) == ("closed", 1)
    first, second = w.legs()
    assert (first["outcome"], first["result"], first["service_s"]) == ("served", "done", 320)
    assert (first["wait_s"], first["findings"]) == (None, "issue_missing")
    assert second["outcome"] == "cancelled"
    straight = w.snapshot()
    rebuild(w.store, w.clock())
    assert w.snapshot() == straight


def test_a_clock_that_was_put_back_stops_no_button(sqlite_url: str) -> None:
    with world(sqlite_url, small_mall(sources=HAND)) as w:
        officer = Officer(w)
        officer.press("open")
        w.clock.at -= timedelta(minutes=30)
        officer.press("pause", reason="break")
        assert officer.booth.state == "paused"


def test_a_press_of_the_ticket_takes_the_lock_of_the_counter_as_well(sqlite_url: str) -> None:
    """Else a next and a close of one counter, under two sources, could both be taken."""
    by_hand = Source("dukcapil-loket", "Petugas", ("dukcapil",), kind="manual")
    with world(sqlite_url, small_mall(sources=(*HAND, by_hand))) as w:
        w.send(*w.life("A3-001", -30))
        officer = Officer(w, "dukcapil")
        officer.press("open")

        def revs() -> list[int]:
            with w.store.read() as tx:
                known = sources.all_sources(tx)
            return [known[code].rev for code in ("dukcapil", "dukcapil-loket")]

        before = revs()
        officer.press("next")
        assert revs() == [rev + 1 for rev in before]


def test_where_no_service_is_described_nobody_is_served(sqlite_url: str) -> None:
    mall = small_mall(sources=HAND)
    empty = replace(mall, agencies=(mall.agencies[0], replace(mall.agencies[1], services=())))
    with world(sqlite_url, empty) as w:
        officer = Officer(w)
        officer.press("open")
        assert officer.booth.possible() == {"pause", "close"}
        with pytest.raises(PressError) as told:
            officer.press("next", next="walk-in")
        assert told.value.why == "unfit"


def test_the_next_one_is_called_priority_first(w: World) -> None:
    w.send(*w.life("A3-001", -30), *w.life("A3-002", -20), *w.life("A3-003", -10, priority="lansia"))
    w.send(w.item("ticket.issued", "A1-001", -60, service="ktp", number="A1-001"))
    mall = small_mall(sources=HAND)
    dukcapil = replace(mall.agencies[0], counters=(Counter("1", "Loket 1", services=("kk",)),))
    w.describe(replace(mall, agencies=(dukcapil, mall.agencies[1])))
    officer = Officer(w, "dukcapil")
    officer.press("open")
    called = []
    for _ in range(3):
        officer.press("next")
        assert officer.booth.at is not None
        called.append(officer.booth.at.number)
        assert officer.booth.possible() == {"start", "recall", "no_show", "pause"}
        officer.press("recall")
        officer.press("start")
        officer.press("finish", end="incomplete")
    assert called == ["A3-003", "A3-001", "A3-002"]
    # Nobody is left for it, and numbers are issued here: there is no walk-in.
    assert officer.booth.possible() == {"pause", "close"}
    assert {event.origin for event in w.events()} == {"dukcapil", "dukcapil/loket"}


def test_a_no_show_leaves_the_counter_free(w: World) -> None:
    w.send(*w.life("A3-001", -30))
    officer = Officer(w, "dukcapil")
    officer.press("open")
    officer.press("next")
    officer.press("no_show")
    assert (officer.booth.at, w.leg()["outcome"]) == (None, "no_show")


def test_a_press_counts_once_however_often_it_is_sent(w: World) -> None:
    officer = Officer(w)
    officer.press("open")
    mark = officer.booth.mark
    assert officer.press("next", name="once-and-again", seen=mark) is True
    assert officer.press("next", name="once-and-again", seen=mark) is False
    assert len(w.legs()) == 1


def test_a_press_on_an_old_state_is_refused(w: World) -> None:
    officer = Officer(w)
    old = officer.booth.mark
    officer.press("open")
    before = len(w.events())
    for what in ("open", "next"):
        with pytest.raises(PressError) as told:
            officer.press(what, seen=old)
        assert told.value.why == "stale"
    with pytest.raises(PressError) as told:
        officer.press("resume")
    assert told.value.why == "impossible"
    assert len(w.events()) == before


def test_presses_kept_while_the_connection_was_lost_come_in_their_order(w: World) -> None:
    """The page tells the marks that follow by itself."""
    officer = Officer(w)
    officer.press("open")
    lost = w.clock()
    w.clock.at += timedelta(minutes=30)
    key = "loket/samsat/1/while-away-1"
    officer.press("next", name="while-away-1", seen="open|", at=lost + timedelta(minutes=1), service="stnk")
    officer.press("finish", seen=f"open|{key}|1|serving", at=lost + timedelta(minutes=9), end="done")
    officer.press("close", seen="open|", at=lost + timedelta(minutes=10))
    assert w.leg()["service_s"] == 480
    assert w.leg()["ended_at"] == lost + timedelta(minutes=9)


def test_two_officers_press_at_once_and_one_ticket_is_called_each(w: World) -> None:
    w.send(*w.life("A3-001", -30), *w.life("A3-002", -20))
    officers = [Officer(w, "dukcapil", str(n)) for n in (1, 2)]
    for officer in officers:
        officer.press("open")
    at_once = Barrier(2)
    refused: list[str] = []

    def press(officer: Officer) -> None:
        made = Press(f"at-once-{officer.counter}", "next", "open|")
        at_once.wait()
        try:
            officer.presses.press("dukcapil", officer.counter, made, w.clock())
        except PressError as error:
            refused.append(error.why)

    threads = [Thread(target=press, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    called = [officer.booth.at.number for officer in officers if officer.booth.at]
    assert len(called) == len(set(called)) == 2 - len(refused)
    assert set(refused) <= {"stale"}


def test_a_dead_queue_system_is_not_made_live_by_presses(w: World) -> None:
    w.send(*w.life("A3-001", -30))
    w.clock.at += timedelta(minutes=60)
    officer = Officer(w, "dukcapil")
    officer.press("open")
    with w.store.read() as tx:
        assert sources.all_sources(tx)["dukcapil"].last_reported == MORNING
    assert w.agency("dukcapil").data == "silent"
    # Its number machine may be down as well: who comes without a number is served.
    officer.press("next")
    officer.press("no_show")
    assert officer.booth.walk_ins
    officer.press("next")
    assert officer.booth.at is not None
    assert (officer.booth.at.number, officer.booth.at.state) == ("L1-001", "serving")
    by_hand = Officer(w)
    by_hand.press("open")
    assert w.agency("samsat").data == "live"


def test_an_open_page_says_that_its_counter_is_there(w: World) -> None:
    officer = Officer(w)
    assert officer.presses.beat("samsat", "1", w.clock()) is False
    officer.press("open")
    assert officer.presses.beat("samsat", "1", w.clock()) is True
    assert officer.presses.beat("samsat", "1", w.clock()) is False
    assert [event.type for event in w.events()] == ["counter.opened", "counter.heartbeat"]


def test_what_an_officer_writes_about_a_pause_is_kept_without_long_numbers(w: World) -> None:
    officer = Officer(w)
    officer.press("open")
    officer.press("pause", reason="other", note="antar berkas 081234567890")
    assert officer.desk.note == "antar berkas …"


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("pause", {"reason": "nap"}),
        ("next", {"service": "kk"}),
        ("dance", {}),
        ("open", {"name": "short"}),
    ],
)
def test_what_does_not_fit_is_refused_and_not_kept(w: World, what: str, given: dict[str, Any]) -> None:
    officer = Officer(w)
    officer.press("open")
    with pytest.raises(PressError) as told:
        officer.press(what, **given)
    assert told.value.why == "unfit"
    assert len(w.events()) == 1


def test_an_accepted_file_becomes_a_case_and_a_referral_another_leg(w: World) -> None:
    w.send(*w.life("A3-001", -30), *w.life("A3-002", -20))
    officer = Officer(w, "dukcapil")
    officer.press("open")
    for end, more in (("accepted", {"due": "2026-11-24"}), ("referred", {"service": "ktp"})):
        officer.press("next")
        officer.press("start")
        officer.press("finish", end=end, **more)
    with w.store.read() as tx:
        (case,) = cases.listed(tx, cases.Wanted("dukcapil", w.clock()), 0, 9)
    assert (case.number, case.state, case.due) == ("A3-001", "open", "2026-11-24")
    _, moved, opened = w.legs()
    assert (moved["result"], opened["service"], opened["state"]) == ("referred", "ktp", "waiting")
    officer.press("next")
    officer.press("start")
    with pytest.raises(PressError) as told:
        officer.press("finish", end="referred")
    assert told.value.why == "unfit"


def test_walk_ins_kept_while_cut_off_stay_walk_ins_though_a_number_was_issued(w: World) -> None:
    """Each press says whom it was for: the number that came meanwhile is called by nobody."""
    officer = Officer(w, "dukcapil")
    lost = w.clock()
    w.clock.at += timedelta(minutes=30)
    w.send(*w.life("A3-001", -5))
    for n, seen in enumerate(("closed|", "open|", "open|")):
        name = f"kept-away-{n}"
        if not n:
            officer.press("open", name=name, seen=seen, at=lost)
            continue
        begun = lost + timedelta(minutes=5 * n)
        officer.press("next", name=name, seen=seen, at=begun, next="walk-in", service="kk")
        key = f"open|loket/dukcapil/1/{name}|1|serving"
        officer.press("finish", seen=key, at=begun + timedelta(minutes=3), end="done")
    assert [event.type for event in w.events() if event.subject == "A3-001"] == ["ticket.issued"]
    assert [leg["service_s"] for leg in w.legs() if leg["ticket"] != "A3-001"] == [180, 180]


def test_a_number_is_called_where_it_still_waits_and_never_before_its_issue(w: World) -> None:
    officer, other = Officer(w, "dukcapil"), Officer(w, "dukcapil", "2")
    officer.press("open")
    other.press("open")
    w.send(*w.life("A3-001", -0.2), *w.life("A3-002", -0.1))
    second = next(leg.name for leg in officer.desk.waiting if leg.ticket == "A3-002")
    officer.press("next", next=second, at=w.clock() - timedelta(minutes=5))
    first = next(leg for leg in w.legs() if leg["ticket"] == "A3-002")
    assert (first["state"], first["called_at"] > first["issued_at"]) == ("called", True)
    for gone in (second, second.replace("A3-002|1", "A3-001|2"), "nonsense"):
        with pytest.raises(PressError) as told:
            other.press("next", next=gone)
        assert told.value.why == "stale"


def test_whom_the_button_showed_is_called_though_another_source_has_the_same_key(sqlite_url: str) -> None:
    two = tuple(Source(code, code, ("dukcapil",)) for code in ("qa", "qb"))
    with world(sqlite_url, small_mall(sources=two)) as w:
        w.send(w.item("ticket.issued", "001", -10, number="A-001", source="qa"), source="qa")
        w.send(w.item("ticket.issued", "001", -30, number="B-001", source="qb"), source="qb")
        officer = Officer(w, "dukcapil")
        officer.press("open")
        shown = officer.desk.next
        assert shown.number == "B-001"
        officer.press("next", next=shown.name)
        assert officer.booth.at is not None
        assert officer.booth.at.number == "B-001"


def test_who_is_served_is_at_the_counter_before_who_is_only_called(sqlite_url: str) -> None:
    with world(sqlite_url, small_mall(sources=HAND)) as w:
        w.send(*w.life("A3-001", -30, -20, -19), *w.life("A3-002", -30, -5))
        at = Officer(w, "dukcapil").booth.at
        assert at is not None
        assert (at.ticket, at.state) == ("A3-001", "serving")


def with_promises() -> Mall:
    """Dukcapil's kk is done in an hour."""
    mall = small_mall(sources=HAND)
    first, other = mall.agencies
    return replace(
        mall,
        agencies=(
            replace(first, services=tuple(replace(s, done=Done(minutes=60)) for s in first.services)),
            other,
        ),
    )


@pytest.mark.parametrize(
    ("due", "kept"),
    [
        (None, timedelta(minutes=60)),
        ("2026-11-23", timedelta(minutes=60)),  # the day it was promised for anyhow
        ("2026-11-24", timedelta(hours=29, minutes=20)),  # a later day: till its closing
        ("2026-11-22", None),
        ("soon", None),
    ],
)
def test_an_accepted_file_keeps_its_promised_hour(sqlite_url: str, due: str | None, kept: Any) -> None:
    with world(sqlite_url, with_promises()) as w:
        w.send(*w.life("A3-001", -30))
        officer = Officer(w, "dukcapil")
        for what in ("open", "next", "start"):
            officer.press(what)
        if kept is None:
            with pytest.raises(PressError) as told:
                officer.press("finish", end="accepted", due=due)
            assert told.value.why == "unfit"
            return
        officer.press("finish", end="accepted", due=due)
        with w.store.read() as tx:
            (case,) = cases.listed(tx, cases.Wanted("dukcapil", w.clock()), 0, 9)
        start = MORNING if due == "2026-11-24" else w.clock()
        assert case.due_at == start + kept


def test_presses_kept_over_midnight_are_of_the_day_they_were_made(w: World) -> None:
    """The day's closing came first, and the counter is open again: the file is kept all the same."""
    w.send(*w.life("A3-001", -30))
    officer = Officer(w, "dukcapil")
    officer.press("open")
    officer.press("next")
    officer.press("start")
    seen, ended = officer.booth.mark, w.clock() + timedelta(minutes=10)
    w.clock.at += timedelta(days=1)
    assert close_due(w.store, w.clock()) == 1
    officer.press("open")
    officer.press("finish", seen=seen, at=ended, end="accepted", due="2026-11-25")
    officer.press("close", seen="open|", at=ended + timedelta(minutes=1))
    assert (w.leg()["outcome"], w.leg()["result"], w.leg()["ended_at"]) == ("served", "accepted", ended)
    assert officer.booth.state == "open"  # today's word stands
    with w.store.read() as tx:
        (case,) = cases.listed(tx, cases.Wanted("dukcapil", w.clock()), 0, 9)
    assert (case.number, case.due) == ("A3-001", "2026-11-25")
    straight = w.snapshot()
    rebuild(w.store, w.clock())
    assert w.snapshot() == straight


def test_a_ticket_of_a_source_that_is_no_longer_described_is_refused_clearly(w: World) -> None:
    w.send(*w.life("A3-001", -30))
    officer = Officer(w, "dukcapil")
    officer.press("open")
    officer.press("next")
    w.describe(
        small_mall(sources=(Source("dukcapil-loket", "Petugas", ("dukcapil",), kind="manual"), HAND[1]))
    )
    with pytest.raises(PressError) as told:
        officer.press("no_show")
    assert told.value.why == "no_source"
    officer.press("pause", reason="break")


def test_a_form_posted_twice_at_once_is_taken_once_and_not_refused(w: World) -> None:
    officer = Officer(w)
    made = Press("twice-at-once", "open", "closed|")
    second, take = Presses(w.store, w.intake), w.intake.take
    answers: list[bool] = []

    def after_the_other(*args: Any, **given: Any) -> Any:
        w.intake.take = take  # type: ignore[method-assign]
        later = w.clock() + timedelta(seconds=1)
        answers.append(second.press("samsat", "1", made, later))
        return take(*args, **given)

    w.intake.take = after_the_other  # type: ignore[method-assign]
    answers.append(officer.presses.press("samsat", "1", made, w.clock()))
    assert (answers, len(w.events())) == ([True, False], 1)


def test_a_booth_fed_by_hand_is_as_fresh_as_its_own_presses(sqlite_url: str) -> None:
    """Nobody pressed is nobody opened; closed is not silent; one booth keeps no other one live."""
    both = Source("loket", "Catatan petugas", ("dukcapil", "samsat"), kind="manual", expected_every_s=60)
    with world(sqlite_url, small_mall(sources=(both,))) as w:
        dukcapil, samsat = Officer(w, "dukcapil"), Officer(w)
        for officer in (dukcapil, samsat):
            officer.press("open")
        w.clock.at += timedelta(minutes=20)
        assert dukcapil.presses.beat("dukcapil", "1", w.clock())
        assert (w.agency("dukcapil").data, w.agency("samsat").state) == ("live", "silent")
        (seen,) = (found.sources for found in [desk_of(w.board(), "samsat")] if found)
        assert [(one.state, one.last_reported) for one in seen] == [("silent", w.agency("samsat").data_at)]
        facts = w.facts.read(w.clock())
        assert facts is not None
        (silent,) = [one for one in conditions(facts, w.board()) if one.rule == "silent"]
        assert (silent.agency, silent.source) == ("samsat", "")
        samsat.press("close")
        dukcapil.press("close")
        w.clock.at += timedelta(hours=1)
        assert [w.agency(code).state for code in ("dukcapil", "samsat")] == ["closed", "closed"]
        w.clock.at = MORNING + timedelta(hours=23, minutes=20)
        heard = w.board().sources[0].last_reported
        assert dukcapil.presses.beat("dukcapil", "1", w.clock()) is False
        assert w.board().sources[0].last_reported == w.clock() != heard
        assert [event.type for event in w.events()].count("counter.heartbeat") == 1
        found = w.agency("samsat")
        assert (found.state, found.reason, found.data) == ("not_opened", "nobody_pressed", "live")
        assert [one.state for one in w.board().counters if one.agency == "samsat"] == ["not_opened"]
