"""Handing a plan in: through the same intake as everybody, as its time comes or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from counters.completion import due_at
from mpp.live.case_fold import key_of
from mpp.live.envelope import read
from mpp.live.intake import Intake
from mpp.live.presses import PART
from mpp.mall.model import Mall, Source
from mpp.simulate.day import Plan, plan, tickets_only
from mpp.simulate.items import Planned
from mpp.store import Store, log, sources
from mpp.store.sources import SourceRow
from queues.clock import WorkClock

BATCH: Final = 250
"""Items of one transaction: it holds the write lock some 50 ms."""

TICKETS: Final = 60
ENDS: Final = ("mpp.ticket.finished", "mpp.ticket.no_show", "mpp.ticket.cancelled", "mpp.ticket.transferred")

SLICE: Final = timedelta(minutes=30)
HEARTBEAT: Final = timedelta(seconds=30)


class Feed:
    """Sends each day's plan as its time comes. ``run`` is a job: call it every second or so."""

    def __init__(self, intake: Intake, mall: Mall, seed: int = 1) -> None:
        self.intake, self.mall, self.seed = intake, mall, seed
        self._plan: Plan | None = None
        self._sent = 0
        self._beats: dict[str, datetime] = {}
        self._pressed: dict[str, date] = {}

    def run(self, now: datetime) -> None:
        """Send everything due by ``now``; sources that speak report at least every half minute. A
        clock that has gone on to another day leaves nothing of the day before unsent."""
        day = now.astimezone(ZoneInfo(self.mall.zone)).date()
        if self._plan is not None and self._plan.day != day:
            self._send(self._plan, now)
        if self._plan is None or self._plan.day != day:
            self._plan, self._sent = plan(self.mall, day, self.seed), 0
        self._send(self._plan, now)

    def _send(self, today: Plan, now: datetime) -> None:
        due = bisect_right(today.items, now, lo=self._sent, key=lambda planned: planned.at)
        by_source = _by_source(today.items[self._sent : due])
        for source in self.mall.sources:
            if source.kind == "manual" and self._by_hand(
                source, today.day, something=source.code in by_source
            ):
                _visitors(self.intake, source.code, by_source.pop(source.code, []))
                continue
            begin, end = today.silent.get(source.code, (now, now))
            if begin < now < end:
                # Its last word was before the silence: what it sent then, it sent then.
                if source.code in by_source or source.code not in self._beats:
                    _accept(_at(self.intake, begin), source.code, by_source.pop(source.code, []))
                    self._beats[source.code] = begin
            elif now - self._beats.get(source.code, now - HEARTBEAT) >= HEARTBEAT:
                by_source.setdefault(source.code, [])
        for code, items in by_source.items():
            _accept(self.intake, code, items)
            self._beats[code] = now
        self._sent = due

    def _by_hand(self, source: Source, day: date, *, something: bool) -> bool:
        """Whether somebody presses the buttons of this source's counters today: from the first press on
        its officers are real, and only its visitors are still invented."""
        if something and self._pressed.get(source.code) != day:
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.mall.zone))
            with self.intake.store.read() as tx:
                if log.any_since(tx, f"{source.code}/{PART}", midnight.astimezone(UTC)):
                    self._pressed[source.code] = day
        return self._pressed.get(source.code) == day


def _visitors(intake: Intake, code: str, items: Sequence[dict[str, Any]]) -> None:
    """Those who take a number go on coming; that says nothing about the booth."""
    coming = [item for item in items if item["type"] == "mpp.ticket.issued"]
    with intake.store.read() as tx:
        row = sources.all_sources(tx).get(code)
    if coming and row is not None:
        now = intake.now()
        parsed = [read(item, code, now, row.clock_offset_s) for item in coming]
        intake.take(row, parsed, now, heard=False)


def _at(intake: Intake, at: datetime) -> Intake:
    """The same intake at another instant: what it takes is counted with the rest."""
    other = copy(intake)
    other.now = lambda: at
    return other


def _by_source(planned: Sequence[Planned]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in planned:
        found[one.source].append(one.item)
    return found


LIES: Final = 0.01
LATE: Final = 0.06
"""Parts of a past day's files: never answered, answered some days late."""


def _accept(intake: Intake, code: str, items: Sequence[dict[str, Any]]) -> None:
    for start in range(0, max(len(items), 1), BATCH):
        intake.accept(code, items[start : start + BATCH])


def slices(items: Sequence[Planned], length: timedelta = SLICE) -> Iterator[list[Planned]]:
    """The items in stretches of time."""
    held: list[Planned] = []
    for one in items:
        if held and one.at - held[0].at >= length:
            yield held
            held = []
        held.append(one)
    if held:
        yield held


def pour(
    store: Store,
    items: Sequence[Planned],
    *,
    heard: bool = False,
    progress: Callable[[Tally[str]], None] = lambda _words: None,
) -> Tally[str]:
    """Take items into the database with a clock that follows them, so that the age limits hold;
    how many got each word. ``heard``: the sources speak now; else it is history and makes no source
    fresher. ``progress`` hears the words of each batch once it is written."""
    words: Tally[str] = Tally()
    with store.read() as tx:
        rows = sources.all_sources(tx)
    for held in slices(items):
        until = held[-1].at
        intake = Intake(store, lambda at=until: at)  # type: ignore[misc]
        for code, batch in _by_source(held).items():
            row = rows[code]
            for start in range(0, len(batch), BATCH):
                parsed = [
                    read(item, code, until, row.clock_offset_s) for item in batch[start : start + BATCH]
                ]
                batch_words = Tally(a.status for a in intake.take(row, parsed, until, heard=heard))
                words.update(batch_words)
                progress(batch_words)
    return words


def seed_day(store: Store, mall: Mall, day: date, seed: int, until: datetime | None = None) -> int:
    """Make a past day's tickets and what its counters did, without readings and ratings: what a typical
    day and an agency's history are drawn from. Gives how many tickets.

    Each ticket is written whole, and those that never ended are left out: a board drawn meanwhile
    must not find people who have waited for weeks. What became of the files taken in is told as far as
    it was known by ``until``.
    """
    items = tickets_only(mall, day, seed).items
    if not items:
        return 0
    at = items[-1].at
    intake = Intake(store, lambda: at)
    with store.read() as tx:
        rows = sources.all_sources(tx)
    for code, told in _by_source([one for one in items if "mpp.counter." in one.item["type"]]).items():
        parsed = [read(item, code, at, rows[code].clock_offset_s) for item in told]
        for start in range(0, len(parsed), BATCH):
            intake.take(rows[code], parsed[start : start + BATCH], at, heard=False)
    count = 0
    for code, lives in _whole_lives(mall, items).items():
        count += len(lives)
        for start in range(0, len(lives), TICKETS):
            some = (item for life in lives[start : start + TICKETS] for item in life)
            parsed = [read(item, code, at, rows[code].clock_offset_s) for item in some]
            intake.take(rows[code], parsed, at, heard=False)
        if until is not None:
            dice = Random(f"{seed}:{day.isoformat()}:answers")  # noqa: S311 a simulation
            _answer(intake, mall, _Feeding(rows[code], lives), until, dice)
    return count


@dataclass(frozen=True, slots=True)
class _Feeding:
    """A source's row and what it told of each ticket."""

    row: SourceRow
    lives: Sequence[list[dict[str, Any]]]


def _answer(intake: Intake, mall: Mall, feeding: _Feeding, until: datetime, dice: Random) -> None:
    """What became of the files that were taken in that day: most were ready when they were due and have
    been collected, some late, a few lie there still."""
    parsed = []
    for life in feeding.lives:
        data, lies = life[-1]["data"], dice.random()
        if data.get("result") != "accepted" or not data.get("due") or lies < LIES:
            continue
        calendar = mall.by_code[data["agency"]].calendar
        ready = due_at(data["due"], WorkClock(calendar)) - timedelta(minutes=dice.randrange(5, 90))
        ready += timedelta(days=dice.randrange(1, 4) if lies < LIES + LATE else 0)
        ready = max(ready, datetime.fromisoformat(life[-1]["time"]) + timedelta(minutes=5))
        told = {name: data[name] for name in ("agency", "service", "number")}
        key = key_of(life[-1]["subject"], data.get("leg", 1))
        for kind, at in (("completed", ready), ("collected", ready + timedelta(hours=3))):
            item = dict(life[-1], id=f"{life[-1]['id']}-{kind}", type=f"mpp.case.{kind}", subject=key)
            if at < until:
                parsed.append(read(item | {"time": at.isoformat(), "data": told}, feeding.row.code, at))
    for start in range(0, len(parsed), BATCH):
        intake.take(feeding.row, parsed[start : start + BATCH], intake.now(), heard=False)


def _whole_lives(mall: Mall, items: Sequence[Planned]) -> dict[str, list[list[dict[str, Any]]]]:
    """What happened to each ticket that came to an end, by source."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in items:
        if one.item["type"].startswith("mpp.ticket."):
            found[one.source, one.item["subject"]].append(one.item)
    by_source: dict[str, list[list[dict[str, Any]]]] = defaultdict(list)
    for (source, _), life in found.items():
        goes_on = life[-1]["data"].get("to_agency") in mall.sources_by_code[source].agencies
        if life[-1]["type"] in ENDS and not goes_on:
            by_source[source].append(life)
    return by_source
