"""The engine and its transactions.

A write transaction takes the write lock first (BEGIN IMMEDIATE on SQLite, the source's row on
PostgreSQL), so that reading, folding and writing inside it see nobody else's half. SQLite runs in
WAL with synchronous=FULL: what was answered accepted survives a power cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, event, text
from sqlalchemy.engine import make_url

BUSY_MS = 15_000
"""How long a SQLite writer waits for another before it gives up, in milliseconds."""


AGENCIES: Any = bindparam("agencies", expanding=True)
"""The list of agencies a statement is about. Statements of the board's path are made once and take
it as a parameter: building one takes longer than the board may take to read with it."""


class Read:
    """A consistent view for reading. ``connection`` is SQLAlchemy's."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @property
    def sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.connection.dialect.name == "sqlite"


class Write(Read):
    """A transaction that may write; committed when its block ends without an exception."""

    def by_index(self) -> None:
        """This transaction looks rows up by their keys: PostgreSQL would scan the whole table for
        every batch as long as it has no statistics of it, 20 times slower after some thousand rows."""
        if not self.sqlite:
            self.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")


class Store:
    """Access to one database through short transactions."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = Lock()
        prepare(engine)

    @contextmanager
    def read(self) -> Iterator[Read]:
        """A read transaction."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield Read(connection)

    @contextmanager
    def glance(self) -> Iterator[Read]:
        """Several short questions without a common instant, which saves PostgreSQL two round trips.
        Whoever asks for revisions first sees what came later again at the next look."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT")
            yield Read(connection)

    @contextmanager
    def write(self) -> Iterator[Write]:
        """A write transaction: all or nothing, durable when the block is left."""
        with self._turn(), self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.execution_options(mpp_begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield Write(connection)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite's writers of this process one after the other: left to SQLite they would wait for
        each other by sleeping up to a tenth of a second. Whoever waits too long lets SQLite say so."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        mine = self._writing.acquire(timeout=BUSY_MS / 1000)
        try:
            yield
        finally:
            if mine:
                self._writing.release()

    def ping(self) -> None:
        """Raise SQLAlchemy's error when the database does not answer."""
        with self.read() as tx:
            tx.connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def engine_options(url: str) -> dict[str, Any]:
    """Options of ``create_engine`` for this address; makes the folder of a SQLite file.

    Errors come without the values of their statement: these would bring passwords' hashes, tokens and
    comments into the log.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return {
            "connect_args": {"timeout": BUSY_MS / 1000, "check_same_thread": False},
            "pool_size": 12,
            "hide_parameters": True,
        }
    # No ping before each use: it is a fifth of a small board's time, and after a restart of the server
    # the first error throws away every connection.
    # In UTC the driver gives instants back as they are kept; what the address itself asks for stays.
    asked = parsed.query.get("options", "")
    options = " ".join([*([asked] if isinstance(asked, str) and asked else asked), "-c timezone=UTC"])
    return {
        "connect_args": {"connect_timeout": 5, "options": options},
        "pool_size": 12,
        "hide_parameters": True,
    }


def prepare(engine: Engine) -> None:
    """Hang the pragmas and the choice of BEGIN on a SQLite engine; once per engine."""
    if engine.dialect.name != "sqlite" or event.contains(engine, "begin", _begin):
        return
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin)


def _pragmas(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    cursor = dbapi_connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "wal_autocheckpoint=8000",  # 32 MB: a page written often is copied back once
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("mpp_begin", "BEGIN"))
