"""Import of the bank's 24,014 calls on each engine: the first run, and the second that adds nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import create_engine

from mpp.live.description import Descriptions
from mpp.live.intake import Intake
from mpp.live.judge import Judge
from mpp.live.summary import summaries
from mpp.now import Now
from mpp.sources.map_file import read_map
from mpp.sources.tickets import import_tickets
from mpp.store import Store, migrate
from mpp.store.database import engine_options
from tests import services

ROOT = Path(__file__).parents[1]
FILE = ROOT.parent / "shared" / "data" / "bank_tickets_1999-02-01_to_20.csv"
MAP = ROOT / "examples" / "bank-tickets.map.toml"
MARK_S = 20.0


@contextmanager
def postgres() -> Iterator[str | None]:
    """The URL of a database of its own, None where no server is found."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(services.postgres_server())
        except pytest.skip.Exception as missing:
            print(f"import: PostgreSQL left out: {missing}")
            yield None
            return
        yield stack.enter_context(services.postgres_database(server))


def measure(engine: str, url: str) -> float:
    """Seconds of the first run; prints those of both runs and of the summary."""
    store = Store(create_engine(url, **engine_options(url)))
    try:
        migrate.upgrade(store.engine)
        intake, seconds = Intake(store, Now()), []
        held: list[float] = []
        take = intake.take

        def timed(*args: object, **options: object) -> object:
            begun = perf_counter()
            answers = take(*args, **options)  # type: ignore[arg-type]
            held.append(perf_counter() - begun)
            return answers

        intake.take = timed  # type: ignore[method-assign, assignment]
        for create in (True, False):
            begun = perf_counter()
            done = import_tickets(store, intake, FILE, read_map(MAP), create_missing=create)
            seconds.append(perf_counter() - begun)
        if done.new or done.changed or done.quarantined:
            raise RuntimeError(f"the second run was to add nothing: {done}")
        with store.read() as tx:
            judge = Judge(Descriptions().versions(tx))
        begun = perf_counter()
        summaries(store, judge, date(1999, 2, 1), date(1999, 2, 20), by="service", now=intake.now())
        summed = perf_counter() - begun
        typical = sorted(held)[len(held) // 2]
        print(
            f"import: {engine:10} first {seconds[0]:5.1f} s (mark {MARK_S:.0f}), second {seconds[1]:4.1f} s, "
            f"a write holds {typical * 1000:.0f} ms (mark 50), summary by service {summed * 1000:.0f} ms"
        )
        return seconds[0]
    finally:
        store.close()


def main() -> int:
    """Print the figures; 1 when the mark is missed."""
    if not FILE.is_file():
        print("import: left out, ../shared/data is not beside this checkout")
        return 0
    with tempfile.TemporaryDirectory() as folder, postgres() as address:
        found = [measure("SQLite", f"sqlite:///{folder}/mpp.sqlite")]
        if address is not None:
            found.append(measure("PostgreSQL", address))
    return int(max(found) > MARK_S)


if __name__ == "__main__":
    main()
