"""Many rows in one statement, prepared once per engine.

SQLAlchemy's own executemany spends more time on its parameters than the database on the rows. Here
its compiled statement and its types' processors are used, but SQLite gets plain tuples and
PostgreSQL one JSON text for all rows (less work on both sides than rows or arrays of parameters).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Dialect, Insert

from mpp.store.database import Write

Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text and, in the order it takes them, its columns with their conversions."""

    sql: str
    plan: tuple[tuple[str, Convert], ...]


class Bulk:
    """An insert of many rows: ``statement`` makes it for an engine's name, ``columns`` are those
    that every row has. What was prepared is kept, one per engine."""

    def __init__(self, statement: Callable[[str], Insert], columns: Iterable[str]) -> None:
        self._statement, self._columns = statement, tuple(columns)
        self._prepared: dict[str, Prepared] = {}

    def run(self, tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it. No two rows may be the same by a key that the statement resolves conflicts on."""
        if not rows:
            return
        dialect = tx.connection.dialect
        prepared = self._prepared.get(dialect.name)
        if prepared is None:
            make = _for_sqlite if tx.sqlite else _for_postgres
            prepared = self._prepared[dialect.name] = make(
                self._statement(dialect.name), self._columns, dialect
            )
        plan = prepared.plan
        values: Any
        if tx.sqlite:
            values = [tuple([row[n] if f is None else f(row[n]) for n, f in plan]) for row in rows]
        else:
            objects = [{n: row[n] if f is None else f(row[n]) for n, f in plan} for row in rows]
            values = (json.dumps(objects, default=_iso),)
        tx.connection.exec_driver_sql(prepared.sql, values)


def _iso(value: date) -> str:
    return value.isoformat()  # of a datetime with its time: isoformat is not the one of date


def _for_sqlite(statement: Insert, columns: tuple[str, ...], dialect: Dialect) -> Prepared:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns))
    return Prepared(str(compiled), _plan(statement, compiled.positiontup, dialect))


def _for_postgres(statement: Insert, columns: tuple[str, ...], dialect: Dialect) -> Prepared:
    table: Any = statement.table
    typed = ", ".join(f"{n} {table.c[n].type.compile(dialect=dialect)}" for n in columns)
    compiled = str(statement.compile(dialect=dialect, column_keys=list(columns)))
    _, conflict, rest = compiled.partition(" ON CONFLICT ")
    names = ", ".join(columns)
    source = f"SELECT {names} FROM json_to_recordset(%s::json) AS given({typed})"  # noqa: S608 names of our tables
    return Prepared(
        f"INSERT INTO {table.name} ({names}) {source}{conflict}{rest}", _plan(statement, columns, dialect)
    )


def _plan(statement: Insert, order: Iterable[str], dialect: Dialect) -> tuple[tuple[str, Convert], ...]:
    table: Any = statement.table
    return tuple((name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order)
