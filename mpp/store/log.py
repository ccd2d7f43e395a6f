"""The append-only event log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, insert, or_, select

from counters.events import CounterEvent
from mpp.store.bulk import Bulk
from mpp.store.codec import counter_event, ticket_event, whole_id
from mpp.store.database import Read, Store, Write
from mpp.store.tables import events
from queues.events import TicketEvent

_TICKETS = events.c.type.startswith("ticket.")
CHUNK = 500
"""How many values one IN list carries: both engines plan it well and SQLite allows it."""


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists of at most CHUNK."""
    listed = list(values)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


# The intake's statements are made once: making them anew for each batch costs more than running them.
_SOME: Any = bindparam("some", expanding=True)
_DIGESTS = select(events.c.origin, events.c.event_id, events.c.digest).where(events.c.event_id.in_(_SOME))
_OF_TICKETS = select(
    events.c.subject,
    events.c.type,
    events.c.event_id,
    events.c.origin,
    events.c.at,
    events.c.leg,
    events.c.data,
).where(events.c.source_id == bindparam("source_id"), events.c.subject.in_(_SOME), _TICKETS)
_APPEND = Bulk(lambda _dialect: insert(events), (c.name for c in events.c if c.name != "seq"))


def digests(tx: Read, ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """Content digest by (origin, event id) of those of ``ids`` that the log holds."""
    known: dict[tuple[str, str], str] = {}
    for some in chunks(ids):
        rows = tx.connection.execute(_DIGESTS, {"some": some}).all()
        known.update({(origin, event_id): digest for origin, event_id, digest in rows})
    return known


def append(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows; the caller has looked for duplicates under the source's lock."""
    _APPEND.run(tx, rows)


def seqs(tx: Read, origin_ids: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Row numbers by (origin, event id)."""
    found: dict[tuple[str, str], int] = {}
    for some in chunks({event_id for _, event_id in origin_ids}):
        rows = tx.connection.execute(
            select(events.c.origin, events.c.event_id, events.c.seq).where(events.c.event_id.in_(some))
        )
        found.update({(origin, event_id): seq for origin, event_id, seq in rows})
    return found


def of_tickets(tx: Read, source_id: int, tickets: Iterable[str]) -> dict[str, list[TicketEvent]]:
    """Every event of these tickets of one source, by ticket."""
    found: dict[str, list[TicketEvent]] = defaultdict(list)
    for some in chunks(tickets):
        rows = tx.connection.execute(_OF_TICKETS, {"source_id": source_id, "some": some})
        for subject, kind, event_id, origin, at, leg, data in rows.all():
            found[subject].append(ticket_event(kind, whole_id(event_id, origin), at, leg, data))
    return found


def last_moves(tx: Read, source_id: int, tickets: Iterable[str]) -> dict[str, datetime]:
    """The latest instant of the sources' own events of each ticket: closings do not count."""
    found: dict[str, datetime] = {}
    for some in chunks(tickets):
        rows = tx.connection.execute(
            select(events.c.subject, func.max(events.c.at))
            .where(
                events.c.source_id == source_id,
                events.c.subject.in_(some),
                events.c.type.startswith("ticket."),
                events.c.type != "ticket.day_closed",
            )
            .group_by(events.c.subject)
        )
        found.update({row[0]: row[1] for row in rows})
    return found


def subjects(store: Store, source_id: int, size: int) -> Iterator[list[str]]:
    """Every ticket of a source in lists of ``size``, for a rebuild; each list is read in its own
    transaction."""
    after = ""
    while True:
        query = (
            select(events.c.subject)
            .where(
                events.c.source_id == source_id, events.c.subject > after, events.c.type.startswith("ticket.")
            )
            .distinct()
            .order_by(events.c.subject)
            .limit(size)
        )
        with store.read() as tx:
            some = list(tx.connection.execute(query).scalars())
        if not some:
            return
        yield some
        after = some[-1]


def count_tickets(tx: Read) -> int:
    """How many tickets the log holds, over all sources."""
    tickets = select(events.c.source_id, events.c.subject).where(events.c.type.startswith("ticket."))
    return tx.connection.execute(select(func.count()).select_from(tickets.distinct().subquery())).scalar_one()


def latest_observed(tx: Read, source_id: int, tickets: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Highest revision and its content digest of each observed ticket: what a poller compares."""
    found: dict[str, tuple[int, str]] = {}
    for some in chunks(tickets):
        rows = tx.connection.execute(
            select(events.c.subject, events.c.digest, events.c.data).where(
                events.c.source_id == source_id,
                events.c.subject.in_(some),
                events.c.type.in_(("ticket.observed", "ticket.withdrawn")),
            )
        )
        for subject, digest, data in rows:
            revision = _revision(data)
            if revision >= found.get(subject, (0, ""))[0]:
                found[subject] = (revision, digest)
    return found


def _revision(data: str) -> int:
    mark = data.find('"revision":')
    if mark < 0:
        return 1
    digits = data[mark + 11 :].split(",", 1)[0].rstrip("}")
    return int(digits)


def of_counters(
    tx: Read,
    *,
    source_id: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after_seq: int = 0,
) -> Iterator[tuple[int, int, CounterEvent]]:
    """(row number, source id, event) of counter events of a source, or of all, with
    ``start <= at < end`` and a row number above ``after_seq``, oldest first."""
    c = events.c
    query = select(c.seq, c.source_id, c.type, c.event_id, c.origin, c.at, c.data)
    query = query.where(c.type.startswith("counter."), c.seq > after_seq)
    if source_id is not None:
        query = query.where(c.source_id == source_id)
    if start is not None:
        query = query.where(c.at >= start)
    if end is not None:
        query = query.where(c.at < end)
    query = query.order_by(c.at, c.event_id)
    for seq, source, kind, event_id, origin, at, data in tx.connection.execute(
        query, execution_options={"yield_per": 5000}
    ):
        yield seq, source, counter_event(kind, whole_id(event_id, origin), at, data)


class Told(NamedTuple):
    """One row of the log that is about no ticket; ``data`` as JSON."""

    seq: int
    event_id: str
    type: str
    at: datetime
    data: str


_TOLD = select(*(events.c[name] for name in Told._fields))


def of_subject(
    tx: Read,
    source_id: int,
    subject: str,
    kinds: Collection[str],
    *,
    after_seq: int = 0,
    other: str | None = None,
    holding: str = "",
) -> list[Told]:
    """A source's rows about a subject above ``after_seq``, of these types, as they were written;
    of the ``other`` type as well where their data hold that text."""
    c = events.c
    wanted: ColumnElement[bool] = c.type.in_(kinds)
    if other is not None:
        wanted = or_(wanted, and_(c.type == other, c.data.contains(holding, autoescape=True)))
    query = _TOLD.where(c.subject == subject, c.source_id == source_id, c.seq > after_seq, wanted)
    return [Told._make(row) for row in tx.connection.execute(query.order_by(c.seq))]


def of_subjects(
    tx: Read, source_id: int, subjects: Collection[str], kinds: Collection[str], holding: str
) -> dict[str, list[Told]]:
    """A source's rows of these types about these subjects whose data hold that text, by subject, as
    they were written."""
    c = events.c
    found: dict[str, list[Told]] = defaultdict(list)
    for some in chunks(subjects):
        query = select(c.subject, *(c[name] for name in Told._fields)).where(
            c.subject.in_(some),
            c.source_id == source_id,
            c.type.in_(kinds),
            c.data.contains(holding, autoescape=True),
        )
        for subject, *row in tx.connection.execute(query.order_by(c.seq)):
            found[subject].append(Told(*row))
    return found


def told(tx: Read, origin: str, event_id: str) -> Told | None:
    """The row with this id; None where the log has none."""
    query = _TOLD.where(events.c.event_id == event_id, events.c.origin == origin)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else Told._make(row)


class RatingEvent(NamedTuple):
    """One answer's row of the log; ``data`` as JSON."""

    seq: int
    source_id: int
    agency: str
    at: datetime
    received_at: datetime
    data: str


_RATINGS = select(*(events.c[name] for name in RatingEvent._fields)).where(events.c.type == "rating.given")


def ratings_after(tx: Read, source_id: int, after_seq: int, most: int) -> list[RatingEvent]:
    """At most ``most`` answers of a source with a row number above ``after_seq``, in its order."""
    query = _RATINGS.where(events.c.source_id == source_id, events.c.seq > after_seq)
    rows = tx.connection.execute(query.order_by(events.c.seq).limit(most))
    return [RatingEvent._make(row) for row in rows]


def ratings_between(tx: Read, start: datetime, end: datetime) -> list[RatingEvent]:
    """Answers of all sources with ``start <= at < end``, in the log's order."""
    query = _RATINGS.where(events.c.at >= start, events.c.at < end)
    rows = tx.connection.execute(query.order_by(events.c.seq))
    return [RatingEvent._make(row) for row in rows]


def any_since(tx: Read, origin: str, start: datetime) -> bool:
    """Whether a CloudEvents source has told anything that happened since an instant."""
    found = select(events.c.seq).where(events.c.at >= start, events.c.origin == origin).limit(1)
    return tx.connection.execute(found).first() is not None
