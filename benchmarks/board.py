"""The board beside a million closed legs: a full build and one changed agency, on both engines.

Marks: full build <= 15 ms, one changed agency <= 3 ms (median), each with reading its facts. Day
sums are read at most every two seconds an agency, more seldom where it has more than 200 tickets; what
they add is printed beside, and what the typical day costs: once a day, and its count once a minute
while there are too few days.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, insert, text

from benchmarks.engines import engines
from mpp.live.actions import watch
from mpp.live.board import assemble, build, parts
from mpp.live.description import save
from mpp.live.facts import Facts, LiveFacts
from mpp.live.judge import Judge
from mpp.live.past_days import PastDays
from mpp.live.ratings import row as rating_row
from mpp.live.typical import same_weekdays
from mpp.mall.load import examine_bytes
from mpp.mall.model import Mall, Version, Versions
from mpp.mall.texts import example_text
from mpp.store import Store, legs, log, migrate, ratings, sources
from mpp.store.codec import dumps
from mpp.store.database import engine_options
from mpp.store.tables import legs as leg_table

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CLOSED, TODAY, OPEN = 1_000_000, 1_500, 600
RATED = 500
TURNS = 40
MARKS = {"full": 15.0, "one": 3.0}


def example() -> Mall:
    """The example mall."""
    mall = examine_bytes(example_text().encode(), "example.toml").mall
    if mall is None:
        raise SystemExit("the example has mistakes")
    return mall


def rows(mall: Mall, ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Legs: a million closed ones on 300 earlier days, today's closed and open ones."""
    dice = random.Random(1)
    source_of = {agency: ids[s.code] for s in mall.sources for agency in s.agencies}
    serving = [(a.code, s.code, source_of[a.code]) for a in mall.agencies for s in a.services]
    for number in range(CLOSED + TODAY + OPEN):
        agency, service, source_id = dice.choice(serving)
        open_now = number >= CLOSED + TODAY
        ago = 0 if number >= CLOSED else 1 + number % 300
        minutes = dice.uniform(0, 45 if open_now else 170)
        issued = NOW - timedelta(days=ago, minutes=minutes)
        wait = dice.expovariate(1 / 600)
        yield {
            "mall": mall.code,
            "source_id": source_id,
            "ticket": f"{number:08d}",
            "leg": 1,
            "visit": f"{number:08d}",
            "agency": agency,
            "service": service,
            "number": f"A1-{number % 900:03d}",
            "counter": None if open_now else "1",
            "priority": "lansia" if number % 20 == 0 else None,
            "state": "waiting" if open_now else "ended",
            "since": issued,
            "day": date(2026, 11, 23) - timedelta(days=ago),
            "issued_at": issued,
            "called_at": None if open_now else issued + timedelta(seconds=wait),
            "start_at": None if open_now else issued + timedelta(seconds=wait),
            "start_by": None if open_now else "start",
            "ended_at": None if open_now else issued + timedelta(seconds=wait + 500),
            "outcome": None if open_now else "served",
            "result": None if open_now else "done",
            "calls": 0 if open_now else 1,
            "held_s": 0.0,
            "promise_s": 1800,
            "wait_s": None if open_now else wait,
            "wait_work_s": None if open_now else wait,
            "service_s": None if open_now else 500.0,
            "within": None if open_now else wait <= 1800,
        }


def fill(store: Store, mall: Mall) -> dict[str, int]:
    """Write the legs; returns the sources' ids by code."""
    with store.write() as tx:
        save(tx, mall, NOW)
        ids = {code: row.id for code, row in sources.all_sources(tx).items()}
        for source_id in ids.values():
            sources.lock(tx, source_id, NOW)
    waiting: list[dict[str, Any]] = []
    for row in rows(mall, ids):
        waiting.append(row)
        if len(waiting) == 20_000:
            with store.write() as tx:
                tx.connection.execute(insert(leg_table), waiting)
            waiting.clear()
    with store.write() as tx:
        if waiting:
            tx.connection.execute(insert(leg_table), waiting)
    with store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return ids


def answer(store: Store, mall: Mall, ids: dict[str, int]) -> None:
    """Write today's ratings, and the rows of the log they belong to."""
    dice = random.Random(2)
    source_of = {agency: ids[s.code] for s in mall.sources for agency in s.agencies}
    agencies = [dice.choice(mall.agencies).code for _ in range(RATED)]
    told = [
        {
            "source_id": source_of[agency],
            "origin": agency,
            "event_id": f"rating-{number}",
            "type": "rating.given",
            "subject": f"rating/{agency}/",
            "leg": 1,
            "agency": agency,
            "at": NOW - timedelta(seconds=20 * number),
            "occurred_at": NOW.isoformat(),
            "offset_s": 0,
            "received_at": NOW,
            "digest": "",
            "data": dumps({"agency": agency, "score": dice.choice((1, 3, 4, 4))}),
        }
        for number, agency in enumerate(agencies)
    ]
    judge = Judge(Versions((Version(1, None, mall),)))
    with store.write() as tx:
        log.append(tx, told)
        for source_id in {*ids.values()}:
            written = log.ratings_after(tx, source_id, 0, RATED)
            ratings.add(tx, [rating_row(judge, event) for event in written])


def measure(store: Store, source_ids: dict[str, int]) -> dict[str, list[float]]:
    """Milliseconds: a process's first board; every agency changed and read again with its day
    sums; the same within two seconds, day sums as they are; a tick by time alone; one agency."""
    found: dict[str, list[float]] = {"first": [], "full+sums": [], "full": [], "tick": [], "one": []}
    for _ in range(5):
        reader = LiveFacts(store)
        with timed(found["first"]):
            facts = known(reader.read(NOW))
            build(facts, NOW)
    found |= typical(store, facts.judge)
    watch(store, facts, build(facts, NOW))
    made = parts(facts, NOW)
    clock = iter(NOW + timedelta(seconds=6 * step) for step in range(1, 1000))
    for _ in range(TURNS):
        now = next(clock)
        touch(store, source_ids.values(), now)
        with timed(found["full+sums"]):
            facts = known(reader.read(now))
            assemble(facts, parts(facts, now), now)
        touch(store, source_ids.values(), now)
        with timed(found["full"]):
            facts = known(reader.read(now))
            assemble(facts, parts(facts, now), now)
    reader.read(next(clock))
    for _ in range(TURNS):
        now = next(clock)
        with timed(found["tick"]):
            facts = known(reader.read(now))
            assemble(facts, parts(facts, now), now)
    for _ in range(TURNS):
        now = next(clock)
        touch(store, [source_ids["dukcapil"]], now)
        with timed(found["one"]):
            facts = known(reader.read(now))
            made |= parts(facts, now, facts.changed)
            assemble(facts, made, now)
    return found


def typical(store: Store, judge: Judge) -> dict[str, list[float]]:
    """Milliseconds: the typical day from nothing; the count that says whether to look again."""
    found: dict[str, list[float]] = {"typical": [], "count": []}
    day = judge.day(NOW)
    with store.read() as tx:
        for _ in range(5):
            with timed(found["typical"]):
                days = PastDays().of(tx, judge, day, NOW).mall.days
            if not days:
                raise SystemExit("the typical day is missing")
            with timed(found["count"]):
                legs.counted(tx, same_weekdays(day))
    return found


def touch(store: Store, ids: Iterable[int], now: datetime) -> None:
    """Let sources seem to have written."""
    with store.write() as tx:
        for source_id in ids:
            sources.lock(tx, source_id, now)


def known(facts: Facts | None) -> Facts:
    """Facts that must be there."""
    if facts is None:
        raise SystemExit("the description is missing")
    return facts


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Add the block's milliseconds to a list."""
    begun = time.perf_counter()
    yield
    into.append((time.perf_counter() - begun) * 1e3)


def show(engine: str, store: Store) -> bool:
    """Fill, measure and print one engine; whether the marks are reached."""
    mall = example()
    begun = time.perf_counter()
    ids = fill(store, mall)
    answer(store, mall, ids)
    print(f"{engine}: {CLOSED + TODAY + OPEN:,} legs written in {time.perf_counter() - begun:.0f} s")
    gc.collect()
    gc.freeze()  # as the server does once it is up
    reached = True
    for name, times in measure(store, ids).items():
        middle = statistics.median(times)
        mark = MARKS.get(name)
        reached &= mark is None or middle <= mark
        spread = f"min {min(times):5.1f}  median {middle:5.1f}  max {max(times):5.1f} ms"
        print(f"{engine}: {name:<9} {spread}  {'' if mark is None else f'(mark {mark})'}")
    return reached


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """A migrated store."""
    store = Store(create_engine(url, **engine_options(url)))
    migrate.upgrade(store.engine)
    try:
        yield store
    finally:
        store.close()


def main() -> int:
    """Both engines; 1 when a mark is missed."""
    reached = True
    with engines() as found:
        for engine, url in found:
            with opened(url) as store:
                reached &= show(engine, store)
    return 0 if reached else 1
