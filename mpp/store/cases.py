"""Cases: one row each, always what the fold of its events says.

A case that its ticket alone tells of gives way, wherever cases are read, to one that case events
tell of under the same agency, service, number and day: they are the same file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, not_, or_, select, tuple_, union
from sqlalchemy.dialects import postgresql, sqlite

from counters.completion import Accepted, CaseEvent
from mpp.store.codec import case_event
from mpp.store.database import Read, Store, Write
from mpp.store.log import chunks
from mpp.store.tables import cases, events, legs, sources

DESK: Final = "berkas"
"""Behind a source's code in the CloudEvents source of what was told at a case desk. The code is that of
the case's own source, also where that has ended and another writes for it."""


class CaseRow(NamedTuple):
    """A case as the desk needs it."""

    source_id: int
    key: str
    agency: str
    service: str
    number: str | None
    state: str
    day: date
    received_at: datetime
    due: str | None
    due_at: datetime | None
    ended_at: datetime | None
    collected_at: datetime | None
    result: str | None
    reason: str | None
    told: bool
    findings: str


class Counts(NamedTuple):
    """What stands on top of a desk. ``overdue`` are open ones beyond their due; of the ``month_judged``
    completed this month that have a due, ``month_within`` kept it."""

    open: int
    overdue: int
    due_today: int
    completed_today: int
    month_within: int
    month_judged: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of an agency to list: ``text`` is part of a number (of the key
    where there is none), ``service`` and ``state``
    None for all; ``state`` may be "overdue" at the instant ``now``."""

    agency: str
    now: datetime
    text: str = ""
    service: str | None = None
    state: str | None = None


_ROW = tuple(cases.c[name] for name in CaseRow._fields)
_other = cases.alias("other")
_VISIBLE = or_(
    cases.c.told,
    not_(
        select(_other.c.id)
        .where(
            _other.c.agency == cases.c.agency,
            _other.c.same_number == cases.c.same_number,
            _other.c.day == cases.c.day,
            _other.c.service == cases.c.service,
            _other.c.told,
        )
        .exists()
    ),
)


def upsert(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write cases; a row has every column of the table but ``id``."""
    if not rows:
        return
    statement = (sqlite if tx.sqlite else postgresql).insert(cases)
    statement = statement.on_conflict_do_update(
        index_elements=[cases.c.source_id, cases.c.key],
        set_={
            c.name: statement.excluded[c.name] for c in cases.c if c.name not in ("id", "source_id", "key")
        },
    )
    tx.connection.execute(statement, rows)


def forget(tx: Write, source_id: int, keys: Iterable[str]) -> None:
    """Remove the rows of these cases."""
    for some in chunks(keys):
        tx.connection.execute(delete(cases).where(cases.c.source_id == source_id, cases.c.key.in_(some)))


def told(tx: Read, source_id: int, keys: Iterable[str]) -> dict[str, list[CaseEvent]]:
    """Every case event of these keys of one source, by key; also what another source wrote for it
    (:data:`DESK`) after it had ended, and not what this one wrote for others."""
    c = events.c
    code = tx.connection.execute(select(sources.c.code).where(sources.c.id == source_id)).scalar_one()
    own = and_(
        c.source_id == source_id, or_(c.origin == code, c.origin.startswith(f"{code}/", autoescape=True))
    )
    found: dict[str, list[CaseEvent]] = {}
    for some in chunks(keys):
        rows = tx.connection.execute(
            select(c.subject, c.type, c.event_id, c.origin, c.at, c.data, c.seq).where(
                c.subject.in_(some), c.type.startswith("case."), or_(own, c.origin == f"{code}/{DESK}")
            )
        )
        for key, kind, event_id, origin, at, data, seq in rows:
            event = case_event(kind, (event_id, origin), at, data, seq)
            found.setdefault(key, []).append(event)
    return found


def accepted(tx: Read, source_id: int, tickets: Iterable[str]) -> dict[tuple[str, int], Accepted]:
    """Legs of these tickets that ended with an accepted file, by (ticket, leg)."""
    c = legs.c
    found: dict[tuple[str, int], Accepted] = {}
    for some in chunks(tickets):
        rows = tx.connection.execute(
            select(c.ticket, c.leg, c.ended_at, c.agency, c.service, c.number, c.visit, c.due).where(
                c.source_id == source_id,
                c.ticket.in_(some),
                c.result == "accepted",
                c.outcome == "served",
                c.ended_at.is_not(None),
            )
        )
        for ticket, leg, at, agency, service, number, visit, due in rows:
            found[ticket, leg] = Accepted(
                at=at, agency=agency, service=service, number=number, visit=visit, due=due
            )
    return found


def keys_after(store: Store, source_id: int, after: str, size: int) -> list[str]:
    """The next ``size`` keys of a source's cases behind ``after``, those of rows and of the log."""
    c = events.c
    query = union(
        select(c.subject.label("key")).where(
            c.source_id == source_id, c.type.startswith("case."), c.subject > after
        ),
        select(cases.c.key).where(cases.c.source_id == source_id, cases.c.key > after),
    ).order_by("key")
    with store.read() as tx:
        return list(tx.connection.execute(query.limit(size)).scalars())


def unmade(tx: Read, promising: Collection[tuple[str, str]]) -> bool:
    """Whether there are no cases although the log or the tickets may tell of some: a database that
    comes from a release without them. ``promising`` are the (agency, service) that ever had a promise."""
    if tx.connection.execute(select(cases.c.id).limit(1)).first() is not None:
        return False
    told = select(events.c.seq).where(events.c.type.startswith("case.")).limit(1)
    accepted = select(legs.c.id).where(_opening(promising)).limit(1)
    return any(tx.connection.execute(query).first() is not None for query in (accepted, told))


def told_keys(tx: Read) -> list[tuple[int, str]]:
    """(source, key) of every case that the log has events of."""
    query = select(events.c.source_id, events.c.subject).where(events.c.type.startswith("case."))
    return [(source_id, key) for source_id, key in tx.connection.execute(query.distinct())]


def _opening(promising: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    promised = tuple_(legs.c.agency, legs.c.service).in_(list(promising))
    return and_(legs.c.result == "accepted", or_(legs.c.due.is_not(None), promised))


def accepted_legs(tx: Read, promising: Collection[tuple[str, str]]) -> list[tuple[int, str, int]]:
    """(source, ticket, leg) of every leg that ended with an accepted file and may open a case."""
    query = select(legs.c.source_id, legs.c.ticket, legs.c.leg).where(_opening(promising))
    return [(source_id, ticket, leg) for source_id, ticket, leg in tx.connection.execute(query)]


def keys_since(tx: Read, source_id: int, day: date) -> list[str]:
    """Keys of a source's cases received on that day or later."""
    query = select(cases.c.key).where(cases.c.source_id == source_id, cases.c.day >= day)
    return list(tx.connection.execute(query).scalars())


def one(tx: Read, source_id: int, key: str) -> CaseRow | None:
    """The case of that key; None where there is none."""
    row = tx.connection.execute(
        select(*_ROW).where(cases.c.source_id == source_id, cases.c.key == key)
    ).one_or_none()
    return None if row is None else CaseRow._make(row)


def days(tx: Read, source_id: int, keys: Iterable[str]) -> dict[str, date]:
    """The day of receipt of those of these cases that there are, by key."""
    found: dict[str, date] = {}
    for some in chunks(keys):
        query = select(cases.c.key, cases.c.day).where(cases.c.source_id == source_id, cases.c.key.in_(some))
        found.update({row.key: row.day for row in tx.connection.execute(query)})
    return found


def same(tx: Read, agency: str, service: str, number: str, day: date) -> CaseRow | None:
    """The case that was received under this number, in small letters or large, on that day; None where
    there is none."""
    found = select(*_ROW).where(
        cases.c.agency == agency,
        cases.c.service == service,
        cases.c.same_number == number.casefold(),
        cases.c.day == day,
        _VISIBLE,
    )
    row = tx.connection.execute(found.order_by(cases.c.told.desc(), cases.c.id).limit(1)).one_or_none()
    return None if row is None else CaseRow._make(row)


class Pressed(NamedTuple):
    """An event of a case that was pressed on the desk, under the source whose case it is."""

    source_id: int
    key: str
    event_id: str
    type: str
    at: datetime
    data: str


def pressed(tx: Read, agency: str, keys: Iterable[str], since: datetime) -> list[Pressed]:
    """What came from an agency's desk of these cases since an instant, whatever day it tells of, in the
    order it was written."""
    c = events.c
    owners = {
        f"{code}/{DESK}": id_ for id_, code in tx.connection.execute(select(sources.c.id, sources.c.code))
    }
    found: list[Any] = []
    for some in chunks({*keys}):
        query = select(c.seq, c.origin, c.subject, c.event_id, c.type, c.at, c.data).where(
            c.subject.in_(some), c.received_at >= since, c.agency == agency, c.type.startswith("case.")
        )
        found += tx.connection.execute(query).all()
    # Sorted here: to read it in this order an engine would go through the whole log.
    found.sort(key=lambda row: row.seq)
    return [Pressed(owners[row.origin], *row[2:]) for row in found if row.origin in owners]


def _where(wanted: Wanted) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [cases.c.agency == wanted.agency, _VISIBLE]
    if wanted.text:
        shown = func.coalesce(cases.c.number, cases.c.key)
        parts.append(shown.icontains(wanted.text, autoescape=True))
    if wanted.service is not None:
        parts.append(cases.c.service == wanted.service)
    if wanted.state == "overdue":
        parts += [cases.c.state == "open", cases.c.due_at < wanted.now]
    elif wanted.state is not None:
        parts.append(cases.c.state == wanted.state)
    return and_(*parts)


def listed(tx: Read, wanted: Wanted, first: int, most: int) -> list[CaseRow]:
    """Cases from place ``first`` on: open ones by their due (the most overdue first, without one
    last), then the others, those that ended last first."""
    ended = case((cases.c.state == "open", 0), else_=1)
    undated = case((cases.c.due_at.is_(None), 1), else_=0)
    query: Select[Any] = select(*_ROW).where(_where(wanted))
    open_due = case((cases.c.state == "open", cases.c.due_at))
    query = query.order_by(
        ended, case((cases.c.state == "open", undated), else_=0), open_due, cases.c.ended_at.desc(),
        cases.c.received_at, cases.c.key, cases.c.source_id,
    )  # fmt: skip
    return [CaseRow._make(row) for row in tx.connection.execute(query.offset(first).limit(most))]


def count(tx: Read, wanted: Wanted) -> int:
    """How many cases there are to list."""
    return int(tx.connection.execute(select(func.count()).where(_where(wanted))).scalar_one())


def counts(
    tx: Read, agency: str, now: datetime, today: tuple[datetime, datetime], month: tuple[datetime, datetime]
) -> Counts:
    """What stands on top of an agency's desk; ``today`` and ``month`` are stretches [begin, end)."""
    c = cases.c
    done = c.state.in_(("completed", "collected"))
    is_open = c.state == "open"
    in_month = and_(done, c.due_at.is_not(None), c.ended_at >= month[0], c.ended_at < month[1])
    within = c.ended_at <= c.due_at
    # A day's closing at 24.00 is the first instant of the next.
    due_today = and_(is_open, c.due_at >= now, c.due_at > today[0], c.due_at <= today[1])

    def number(what: ColumnElement[bool]) -> Any:
        return func.count(case((what, 1)))

    query = select(
        number(is_open),
        number(and_(is_open, c.due_at < now)),
        number(due_today),
        number(and_(done, c.ended_at >= today[0], c.ended_at < today[1])),
        number(and_(in_month, within)),
        number(and_(in_month, or_(within, not_(c.findings.contains("completion_missing"))))),
    ).where(c.agency == agency, or_(is_open, c.ended_at >= min(today[0], month[0])), _VISIBLE)
    return Counts._make(tx.connection.execute(query).one())


def snapshot(tx: Read) -> list[tuple[Any, ...]]:
    """Every case as plain values in a fixed order, without row ids: for comparing a rebuild."""
    columns = [column for column in cases.c if column.name != "id"]
    rows = tx.connection.execute(select(*columns).order_by(cases.c.source_id, cases.c.key))
    return [tuple(row) for row in rows]
