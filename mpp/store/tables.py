"""Every table. Rows carry the mall; instants are aware UTC; codes are text as in the description."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime in and out on every engine (SQLite itself forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    # Whole processors instead of process_bind_param: they are called for every instant of every
    # row, and two calls less each are a tenth of the intake's time.
    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Refuse a naive instant rather than guess its zone."""
        return _as_text if dialect.name == "sqlite" else _as_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """Give back aware UTC."""
        return _from_text if dialect.name == "sqlite" else _from_driver


def _as_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"an instant without a zone reached the database: {value!r}")
    return value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    utc = value if value.tzinfo is UTC else _as_utc(value)
    return None if utc is None else utc.isoformat(" ", "microseconds")[:26]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _from_driver(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only for a column of type INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")

mall_versions = Table(
    "mall_versions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("mall", String(64), nullable=False),
    Column("valid_from", Date),
    Column("loaded_at", UtcDateTime, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("document", Text, nullable=False),
    # When the legs written before this version came had been judged by it.
    Column("judged_at", UtcDateTime),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Key, primary_key=True),
    Column("mall", String(64), nullable=False),
    Column("code", String(64), nullable=False),
    Column("rev", BigInteger, nullable=False, server_default=text("0")),
    Column("last_reported", UtcDateTime),
    Column("last_changed", UtcDateTime),
    Column("last_error", Text),
    Column("last_error_at", UtcDateTime),
    Column("clock_offset_s", Integer, nullable=False, server_default=text("0")),
    Column("fields_dropped", BigInteger, nullable=False, server_default=text("0")),
    Column("quarantine_overflow", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("code"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("label", String(100), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("hint", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    UniqueConstraint("digest"),
)

events = Table(
    "events",
    metadata,
    Column("seq", Key, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("origin", String(200), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("type", String(24), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("leg", Integer, nullable=False),
    Column("agency", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("occurred_at", String(40), nullable=False),
    Column("offset_s", Integer, nullable=False, server_default=text("0")),
    Column("received_at", UtcDateTime, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("data", Text, nullable=False),
    UniqueConstraint("event_id", "origin"),
    # The ticket first: PostgreSQL, before it has counted a new table, would else read all of a source.
    Index("ix_events_subject", "subject", "source_id"),
    Index("ix_events_at", "at"),
)

legs = Table(
    "legs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("mall", String(64), nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("ticket", String(200), nullable=False),
    Column("leg", Integer, nullable=False),
    Column("visit", String(265), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("service", String(64), nullable=False),
    Column("number", String(64)),
    Column("counter", String(64)),
    Column("priority", String(64)),
    Column("state", String(12), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("checked_in_at", UtcDateTime),
    Column("called_at", UtcDateTime),
    Column("start_at", UtcDateTime),
    Column("start_by", String(8)),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(12)),
    Column("result", String(16)),
    Column("due", String(40)),
    Column("calls", Integer, nullable=False),
    Column("held_s", Float, nullable=False),
    Column("to_agency", String(64)),
    Column("to_service", String(64)),
    Column("promise_s", Integer),
    Column("wait_s", Float),
    Column("wait_work_s", Float),
    Column("service_s", Float),
    Column("within", Boolean),
    Column("findings", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("source_id", "ticket", "leg"),
    Index("ix_legs_day_agency", "day", "agency"),
    Index(
        "ix_legs_open",
        "agency",
        sqlite_where=text("state != 'ended'"),
        postgresql_where=text("state != 'ended'"),
    ),
    Index("ix_legs_visit", "visit"),
)

counters = Table(
    "counters",
    metadata,
    Column("mall", String(64), nullable=False),
    Column("source_id", ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    Column("agency", String(64), primary_key=True),
    Column("counter", String(64), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("since", UtcDateTime),
    Column("reason", String(20)),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("event_id", String(401), nullable=False),
    Column("opened_at", UtcDateTime),
    Column("closed_from", UtcDateTime),
)

readings = Table(
    "readings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("mall", String(64), nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("seq", ForeignKey("events.seq"), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("service", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("waiting", Integer),
    Column("open_counters", Integer),
    Column("current", String(64)),
    UniqueConstraint("seq"),
    Index("ix_readings_agency_service_at", "agency", "service", "at"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("mall", String(64), nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("seq", ForeignKey("events.seq"), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("service", String(64)),
    Column("counter", String(64)),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("score", Integer, nullable=False),
    Column("fee", Boolean, nullable=False),
    UniqueConstraint("seq"),
    Index("ix_ratings_day_agency", "day", "agency"),
    Index("ix_ratings_agency_seq", "agency", "seq"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Key, primary_key=True),
    Column("mall", String(64), nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("key", String(210), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("service", String(64), nullable=False),
    Column("number", String(64)),
    # The number in small letters, by which it is found: some become longer.
    Column("same_number", String(192)),
    Column("visit", String(265)),
    Column("state", String(12), nullable=False),
    Column("day", Date, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("due", String(40)),
    Column("due_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("collected_at", UtcDateTime),
    Column("result", String(16)),
    Column("reason", String(64)),
    # False: its ticket alone tells of it.
    Column("told", Boolean, nullable=False),
    Column("findings", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("source_id", "key"),
    Index("ix_cases_desk", "agency", "state", "due_at"),
    Index("ix_cases_number", "agency", "same_number", "day"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("origin", String(200), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("type", String(24)),
    Column("agency", String(64)),
    Column("subject", String(200)),
    Column("day", Date, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("place", String(300)),
    Column("item", Text, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_received_at", UtcDateTime, nullable=False),
    Column("last_received_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("resolution", String(12)),
    UniqueConstraint("source_id", "origin", "event_id"),
    Index(
        "ix_quarantine_open",
        "agency",
        "day",
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Key, primary_key=True),
    Column("login", String(64), nullable=False),
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("agencies", Text, nullable=False),
    Column("counters", Text, nullable=False),
    Column("password", String(200)),
    Column("password_at", UtcDateTime),
    Column("must_change", Boolean, nullable=False),
    Column("subject", String(300)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("rev", Integer, nullable=False),
    UniqueConstraint("login"),
    UniqueConstraint("subject"),
)

# By half a digest of the login that was typed, whether anybody has it or not, and half of the address.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("login", String(64), primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("wait_until", UtcDateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("remote", String(64), nullable=False),
    Column("browser", String(200), nullable=False),
    Column("ended_at", UtcDateTime),
    UniqueConstraint("digest"),
    Index("ix_sessions_person_id", "person_id"),
)

devices = Table(
    "devices",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("agency", String(64)),
    Column("counter", String(64)),
    Column("start", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("paired_at", UtcDateTime, nullable=False),
    Column("paired_by", String(64), nullable=False),
    Column("seen_at", UtcDateTime),
    Column("release", String(40)),
    Column("battery", Integer),
    Column("unsent", Integer),
    Column("remote", String(64)),
    Column("revoked_at", UtcDateTime),
    Column("rev", Integer, nullable=False),
    UniqueConstraint("digest"),
)

pairings = Table(
    "pairings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("remote", String(64), nullable=False),
    # The device whose token is renewed or that comes back, None for a new one.
    Column("device_id", ForeignKey("devices.id")),
    UniqueConstraint("code"),
    UniqueConstraint("digest"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("action", String(40), nullable=False),
    Column("what", String(200), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("remote", String(64), nullable=False),
    # The entry that this one takes back.
    Column("undoes", ForeignKey("audit.id")),
    Index("ix_audit_at", "at"),
    Index("ix_audit_what", "what"),
)

# What administrators add on the pages to the mall's description; without data: taken away again.
additions = Table(
    "additions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("code", String(64), nullable=False),
    Column("data", Text),
    Column("rev", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(64), nullable=False),
    UniqueConstraint("kind", "agency", "code"),
)

# One row: the last mpp.toml that was in order, and the lock of whoever changes the description.
mall_file = Table(
    "mall_file",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rev", Integer, nullable=False),
    Column("text", Text),
    Column("read_at", UtcDateTime),
)
