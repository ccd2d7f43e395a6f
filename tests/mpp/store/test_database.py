"""Transactions, instants and plans on both engines."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError

from mpp.store import descriptions, leases, legs, opinions, sources
from mpp.store.tables import sources as table
from tests.world import MORNING, World, world


def test_instants_come_back_aware_and_in_utc(database_url: str) -> None:
    jayapura = timezone(timedelta(hours=9))
    with world(database_url) as w:
        with w.store.write() as tx:
            tx.connection.execute(
                insert(table).values(mall="m", code="x", last_reported=MORNING.astimezone(jayapura))
            )
        with w.store.read() as tx:
            found = sources.all_sources(tx)["x"].last_reported
    assert found == MORNING
    assert found is not None
    assert found.tzinfo is UTC


def test_a_naive_instant_is_refused(sqlite_url: str) -> None:
    with world(sqlite_url) as w, pytest.raises(StatementError, match="without a zone"), w.store.write() as tx:
        tx.connection.execute(insert(table).values(mall="m", code="x", last_reported=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_sqlite_is_durable_and_does_not_block_readers(sqlite_url: str) -> None:
    with world(sqlite_url) as w, w.store.read() as tx:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert tx.connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_no_update_is_lost_between_writers(database_url: str) -> None:
    """Four writers each raise the revision fifty times."""
    with world(database_url) as w:
        with w.store.read() as tx:
            row = sources.all_sources(tx)["dukcapil"]

        def write() -> None:
            for _ in range(50):
                with w.store.write() as tx:
                    sources.lock(tx, row.id, MORNING)

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with w.store.read() as tx:
            assert sources.all_sources(tx)["dukcapil"].rev == row.rev + 200


def test_a_failed_transaction_leaves_nothing(database_url: str) -> None:
    with world(database_url) as w:
        with w.store.read() as tx:
            row = sources.all_sources(tx)["dukcapil"]

        def fail() -> None:
            with w.store.write() as tx:
                sources.lock(tx, row.id, MORNING)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        with w.store.read() as tx:
            assert sources.all_sources(tx)["dukcapil"] == row


def test_open_legs_are_found_through_the_partial_index(database_url: str) -> None:
    with world(database_url) as w, w.store.read() as tx:
        explain = "EXPLAIN QUERY PLAN " if tx.sqlite else "EXPLAIN "
        if not tx.sqlite:
            tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        from sqlalchemy.dialects import postgresql, sqlite

        query = select(legs.legs.c.agency).where(legs._OPEN)
        dialect = sqlite.dialect() if tx.sqlite else postgresql.dialect()
        plan = tx.connection.exec_driver_sql(explain + str(query.compile(dialect=dialect))).all()
    assert "ix_legs_open" in str(plan)


def test_an_agency_s_answers_are_found_by_its_index(database_url: str) -> None:
    with world(database_url) as w, w.store.read() as tx:
        explain = "EXPLAIN QUERY PLAN " if tx.sqlite else "EXPLAIN "
        if not tx.sqlite:
            tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        query = opinions._OF.params(agency="dukcapil").compile(
            tx.connection.engine, compile_kwargs={"literal_binds": True}
        )
        plan = tx.connection.exec_driver_sql(explain + str(query)).all()
    assert "ix_ratings_agency_seq" in str(plan)
    assert "TEMP B-TREE" not in str(plan)  # the order is the index's


def test_a_lease_has_one_holder_until_it_runs_out(database_url: str) -> None:
    def take(w: World, holder: str, at: datetime) -> bool:
        with w.store.write() as tx:
            return leases.take(tx, "jobs", holder, at, 15)

    with world(database_url) as w:
        assert take(w, "a", MORNING)
        assert not take(w, "b", MORNING + timedelta(seconds=10))
        assert take(w, "a", MORNING + timedelta(seconds=10))
        assert not take(w, "b", MORNING + timedelta(seconds=20))
        assert take(w, "b", MORNING + timedelta(seconds=26))
        with w.store.write() as tx:
            leases.release(tx, "jobs", "a")
            leases.release(tx, "jobs", "b")
        assert take(w, "a", MORNING + timedelta(seconds=27))


def test_a_token_leads_to_its_source_until_revoked(database_url: str) -> None:
    with world(database_url) as w:
        with w.store.write() as tx:
            row = sources.all_sources(tx)["dukcapil"]
            id_ = sources.add_token(tx, row.id, "mpp_secret", "counter hall", MORNING)
        with w.store.read() as tx:
            found = sources.source_of_token(tx, "mpp_secret")
            assert found is not None
            assert found.code == "dukcapil"
            assert sources.source_of_token(tx, "mpp_other") is None
            (listed,) = sources.list_tokens(tx)
            assert "mpp_secret" not in str(listed)
        with w.store.write() as tx:
            assert sources.revoke_token(tx, id_, MORNING)
            assert not sources.revoke_token(tx, id_, MORNING)
        with w.store.read() as tx:
            assert sources.source_of_token(tx, "mpp_secret") is None


def test_versions_keep_their_documents(database_url: str) -> None:
    with world(database_url) as w, w.store.read() as tx:
        ((id_, valid_from, document),) = descriptions.all_versions(tx)
        assert (id_, valid_from) == (descriptions.newest_id(tx), None)
        assert document["code"] == "mpp-uji"
