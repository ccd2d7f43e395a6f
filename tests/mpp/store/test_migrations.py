"""Migrations go both ways and make what the tables say."""

import subprocess
import sys
from datetime import datetime, timedelta

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from mpp.live.rebuild import rebuild
from mpp.store import Store, counters, migrate, ratings
from mpp.store.database import engine_options
from mpp.store.tables import metadata
from tests.world import world


def test_up_makes_the_tables_and_down_takes_them_away(bare_url: str) -> None:
    engine = create_engine(bare_url, **engine_options(bare_url))
    store = Store(engine)
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.head()
    assert {*inspect(engine).get_table_names()} == {*metadata.tables, "alembic_version"}
    assert inspect(engine).get_view_names() == ["visits"]
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    migrate.upgrade(engine)
    migrate.downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert inspect(engine).get_view_names() == []
    migrate.upgrade(engine)
    store.close()


def test_ratings_come_back_from_the_log_after_a_step_down_and_up(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*(w.item("rating.given", None, -n, score=4 - n % 4) for n in range(9)), *w.life("A3-001", -9))
        w.clock.at = w.clock.at.replace(hour=18)  # 01.00 of the next day in the mall
        said = {"reasons": ["unfriendly", "unofficial_fee"], "service": "kk", "counter": "2"}
        w.send(w.item("rating.given", None, -1, score=1, **said))
        with w.store.read() as tx:
            straight = ratings.snapshot(tx)
        migrate.downgrade(w.store.engine, "0001")
        assert "ratings" not in inspect(w.store.engine).get_table_names()
        assert len(w.events()) == 11
        migrate.upgrade(w.store.engine)
        with w.store.read() as tx:
            assert ratings.snapshot(tx) == straight
        assert len(straight) == 10
        rebuild(w.store, w.clock())
        with w.store.read() as tx:
            assert ratings.snapshot(tx) == straight


def test_counters_keep_what_is_known_of_them_and_a_rebuild_tells_the_rest(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*(w.item("counter.opened", None, -90, counter=c) for c in "123"))
        w.send(w.item("counter.paused", None, -40, counter="2", reason="break"))
        w.send(*(w.item("counter.closed", None, minutes, counter="3") for minutes in (-30, -20)))

        def kept() -> dict[str, tuple[datetime | None, datetime | None]]:
            with w.store.read() as tx:
                rows = counters.all_counters(tx, ["dukcapil"])
            return {row.counter: (row.opened_at, row.closed_from) for row in rows}

        def ago(minutes: float) -> datetime:
            return w.clock() - timedelta(minutes=minutes)

        straight = {"1": (ago(90), None), "2": (ago(40), None), "3": (ago(90), ago(30))}
        assert kept() == straight
        migrate.downgrade(w.store.engine, "0001")
        migrate.upgrade(w.store.engine)
        assert kept() == straight | {"3": (None, ago(20))}
        rebuild(w.store, w.clock())
        assert kept() == straight


def test_two_processes_that_upgrade_at_once_fill_in_every_answer_once(
    database_url: str,
) -> None:
    with world(database_url) as w:
        w.send(*(w.item("rating.given", None, -n / 60, score=4 - n % 4) for n in range(1100)))
        with w.store.read() as tx:
            straight = ratings.snapshot(tx)
        migrate.downgrade(w.store.engine, "0001")
        start = "from mpp.store import migrate; from mpp.store.database import engine_options; "
        start += f"from sqlalchemy import create_engine; u={database_url!r}; "
        start += "migrate.upgrade(create_engine(u, **engine_options(u)))"
        both = [subprocess.Popen([sys.executable, "-c", start]) for _ in range(2)]
        assert [process.wait(60) for process in both] == [0, 0]
        with w.store.read() as tx:
            assert ratings.snapshot(tx) == straight
        assert len(straight) == 1100
