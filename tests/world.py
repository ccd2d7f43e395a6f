"""A small mall in a real database, for tests of what reads and writes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, select

from mpp.live.board import build
from mpp.live.description import Loaded, save
from mpp.live.facts import LiveFacts
from mpp.live.intake import Answer, Intake
from mpp.live.model import AgencyNow, Board
from mpp.mall.model import Agency, Counter, Mall, Service, Source
from mpp.store import Store, legs, migrate
from mpp.store.database import engine_options
from mpp.store.tables import events
from queues.clock import Break, Calendar, DayPlan

MORNING = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)
"""Monday 23 November 2026, 09.40 WIB."""

WORKDAY = DayPlan(open=(8 * 3600, 15 * 3600), breaks=(Break((12 * 3600, 13 * 3600)),))
WEEK = Calendar("Asia/Jakarta", week=(WORKDAY,) * 5 + (DayPlan(),) * 2)


def small_mall(**given: Any) -> Mall:
    """Two agencies on one source each, and one of both on a mall-wide source."""
    dukcapil = Agency(
        code="dukcapil",
        name="Dinas Kependudukan",
        short="Dukcapil",
        calendar=WEEK,
        services=(
            Service("kk", "Kartu Keluarga", "A3", wait_s=1800, wait_priority_s=900),
            Service("ktp", "KTP-el", "A1", wait_s=1800),
        ),
        counters=tuple(Counter(str(n), f"Loket {n}") for n in (1, 2, 3)),
        planned=3,
        extension="201",
    )
    samsat = Agency(
        code="samsat",
        name="Samsat",
        short="Samsat",
        calendar=WEEK,
        services=(Service("stnk", "STNK", "D1"),),
        counters=(Counter("1", "Loket 1"),),
        planned=1,
    )
    values: dict[str, Any] = {
        "code": "mpp-uji",
        "name": "MPP Uji",
        "zone": "Asia/Jakarta",
        "calendar": WEEK,
        "agencies": (dukcapil, samsat),
        "sources": (
            Source("dukcapil", "Dukcapil", ("dukcapil",), expected_every_s=60),
            Source("samsat", "Samsat", ("samsat",), expected_every_s=60),
        ),
        "last_ticket_s": 1800,
    }
    return Mall(**(values | given))


@dataclass
class Clock:
    """A clock a test sets."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at


@dataclass
class World:
    """A database with the small mall in it."""

    store: Store
    clock: Clock
    intake: Intake
    sent: int = 0
    facts: LiveFacts = field(init=False)

    def __post_init__(self) -> None:
        self.facts = LiveFacts(self.store)

    def describe(self, mall: Mall) -> Loaded:
        """Make ``mall`` the description in force."""
        with self.store.write() as tx:
            return save(tx, mall, self.clock())

    def send(self, *items: Any, source: str = "dukcapil") -> list[Answer]:
        """Take items."""
        return self.intake.accept(source, items)

    def words(self, *items: Any, source: str = "dukcapil") -> list[str]:
        """Take items; their words."""
        return [answer.status for answer in self.send(*items, source=source)]

    def item(self, kind: str, subject: str | None, minutes: float, **data: Any) -> dict[str, Any]:
        """An event ``minutes`` from now (negative: before), of dukcapil's service kk unless said."""
        self.sent += 1
        made: dict[str, Any] = {"agency": "dukcapil"}
        if kind.startswith(("ticket.", "case.")):
            made |= {"service": "kk", "number": subject}
        item = {
            "specversion": "1.0",
            "id": data.pop("id", f"e{self.sent}"),
            "source": data.pop("source", "dukcapil"),
            "type": f"mpp.{kind}",
            "time": (self.clock() + timedelta(minutes=minutes)).isoformat(),
            "data": {name: value for name, value in (made | data).items() if value is not None},
        }
        return item if subject is None else item | {"subject": subject}

    def life(self, ticket: str, *minutes: float, **data: Any) -> list[dict[str, Any]]:
        """A ticket issued, called, started, finished at these minutes; fewer: not so far."""
        counter = {"counter": data.pop("counter", "1")}
        steps = ("issued", "called", "started", "finished")
        return [
            self.item(f"ticket.{step}", ticket, at, **(data if step == "issued" else data | counter))
            for step, at in zip(steps, minutes, strict=False)
        ]

    def board(self) -> Board:
        """The board now, from the database."""
        facts = self.facts.read(self.clock())
        assert facts is not None
        return build(facts, self.clock())

    def agency(self, code: str = "dukcapil") -> AgencyNow:
        """One agency of the board now."""
        return next(agency for agency in self.board().agencies if agency.code == code)

    def legs(self) -> list[dict[str, Any]]:
        """Every leg of the database."""
        from mpp.store.tables import legs as table

        with self.store.read() as tx:
            return [
                row._asdict()
                for row in tx.connection.execute(select(table).order_by(table.c.ticket, table.c.leg))
            ]

    def leg(self) -> dict[str, Any]:
        """The only leg."""
        (found,) = self.legs()
        return found

    def snapshot(self) -> list[tuple[Any, ...]]:
        """Every leg as plain values."""
        with self.store.read() as tx:
            return legs.snapshot(tx)

    def events(self) -> list[Any]:
        """The whole log."""
        with self.store.read() as tx:
            return list(tx.connection.execute(select(events).order_by(events.c.seq)))


@contextmanager
def world(url: str, mall: Mall | None = None, at: datetime = MORNING) -> Iterator[World]:
    """A world in a fresh database."""
    engine = create_engine(url, **engine_options(url))
    migrate.upgrade(engine)
    clock = Clock(at)
    store = Store(engine)
    made = World(store, clock, Intake(store, clock))
    made.describe(mall or small_mall())
    try:
        yield made
    finally:
        store.close()


def alone(mall: Mall | None = None) -> Mall:
    """The same mall, all but its first agency not scheduled: nobody waits for news of them."""
    mall = mall or small_mall()
    shut = Calendar(mall.zone, week=(DayPlan(),) * 7)
    first, *others = mall.agencies
    return replace(mall, agencies=(first, *(replace(agency, calendar=shut) for agency in others)))


def without_promise(mall: Mall) -> Mall:
    """The same mall with no promise anywhere."""
    agencies = tuple(
        replace(a, services=tuple(replace(s, wait_s=None, wait_priority_s=None) for s in a.services))
        for a in mall.agencies
    )
    return replace(mall, agencies=agencies)


def day(text: str) -> date:
    """An ISO day."""
    return date.fromisoformat(text)
