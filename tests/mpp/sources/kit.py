"""An installation to import into, and files to import."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from mpp.live.description import Descriptions
from mpp.live.intake import Intake
from mpp.live.judge import Judge
from mpp.live.summary import row, summaries
from mpp.now import Now
from mpp.sources.map_file import parse_map, read_map
from mpp.sources.ticket_map import TicketMap
from mpp.sources.tickets import ImportResult, import_tickets
from mpp.store import Store, legs, migrate, quarantine
from mpp.store.database import engine_options
from mpp.store.quarantine import Quarantined

EXAMPLES = Path(__file__).parents[3] / "examples"

MAP = """
zone = "Asia/Jakarta"
steps = ["issued", "called", "started", "finished"]
[source]
code = "export"
[ticket]
key = ["id"]
number = "no"
agency = { constant = "dukcapil" }
service = "layanan"
counter = "loket"
[times]
issued = "ambil"
called = "panggil"
started = "mulai"
ended = "selesai"
left = "pergi"
[outcome]
column = "hasil"
words = { selesai = "served", pergi = "left", "tidak hadir" = "no_show", batal = "cancelled" }
"""

HEADER = "id,no,layanan,loket,ambil,panggil,mulai,selesai,pergi,hasil,nama\n"
GOOD = (
    "1,A1,KK,3,2026-11-23T09:00,2026-11-23T09:10,2026-11-23T09:11,2026-11-23T09:20,,selesai,Budi\n"
    "2,A2,KK,3,2026-11-23T09:01,2026-11-23T09:21,2026-11-23T09:21,2026-11-23T09:30,,selesai,Siti\n"
    "3,A3,KTP,,2026-11-23T09:02,,,,2026-11-23T09:15,pergi,Agus\n"
)


def ticket_map(text: str = MAP) -> TicketMap:
    return parse_map(text.encode(), "test.map.toml")


def example(name: str) -> TicketMap:
    return read_map(EXAMPLES / f"{name}.map.toml")


@dataclass
class Kit:
    """One installation on a database of its own; its clock stands in the evening of the files' day."""

    store: Store
    intake: Intake
    now: Now

    def run(self, file: Path, given: TicketMap | None = None, **options: Any) -> ImportResult:
        options.setdefault("create_missing", True)
        return import_tickets(self.store, self.intake, file, given or ticket_map(), **options)

    def judge(self) -> Judge:
        with self.store.read() as tx:
            return Judge(Descriptions().versions(tx))

    def judge_exists(self) -> bool:
        with self.store.read() as tx:
            return bool(Descriptions().versions(tx))

    def summary(self, first: date, last: date, by: str = "agency", **more: Any) -> list[dict[str, Any]]:
        options: dict[str, Any] = {"now": self.now(), "by": by, **more}
        found = summaries(self.store, self.judge(), first, last, **options)
        return [row(key, figures) for key, figures in found.items()]

    def quarantined(self, *, resolved: bool = False) -> list[Quarantined]:
        with self.store.read() as tx:
            return quarantine.listed(tx, resolved=resolved)

    def legs(self) -> dict[str, dict[str, Any]]:
        """Every leg's row by its ticket."""
        with self.store.read() as tx:
            names = [column.name for column in legs.legs.c if column.name != "id"]
            rows = [dict(zip(names, values, strict=True)) for values in legs.snapshot(tx)]
        return {row["ticket"]: row for row in rows}


@contextmanager
def installation(url: str, at: datetime = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)) -> Iterator[Kit]:
    store = Store(create_engine(url, **engine_options(url)))
    try:
        migrate.upgrade(store.engine)
        now = Now.starting_at(at)
        yield Kit(store, Intake(store, now), now)
    finally:
        store.close()
