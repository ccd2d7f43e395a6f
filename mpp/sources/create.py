"""Import with ``--create``: makes what a file speaks of and nobody has described yet."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from mpp.i18n import Words, words
from mpp.live.description import Descriptions, save
from mpp.mall.created import Wanted, add_created
from mpp.mall.model import Mall, Source
from mpp.people.audit import CONSOLE, note
from mpp.sources.drafts import Draft, Rejected
from mpp.sources.mapping import RowReader
from mpp.sources.mistakes import FileError, ImportStoppedError
from mpp.sources.reasons import reason_text
from mpp.sources.rows import Rows
from mpp.sources.ticket_map import TicketMap
from mpp.store import Store, additions

MOST: Final = 5_000
"""Agencies, services or counters one file may make: beyond that a wrong column is mapped."""


@dataclass(frozen=True, slots=True)
class Created:
    """How many of each were made; ``mall`` says whether the installation was empty."""

    mall: bool = False
    agencies: int = 0
    services: int = 0
    counters: int = 0

    def __bool__(self) -> bool:
        return self.mall or bool(self.agencies or self.services or self.counters)


def wanted_by(
    rows: Rows, reader: RowReader, ticket_map: TicketMap, *, empty: bool, w: Words | None = None
) -> Wanted:
    """What the readable rows of a file need. Raises FileError where two words would become one
    code, where a column names more things than a mall has, and where an ``empty`` installation
    would stay empty because no row can be read."""
    w = w or words("en")
    rejected: Rejected | None = None
    source = Source(
        ticket_map.source, ticket_map.source_name, agencies=(), kind="file", steps=ticket_map.steps
    )
    wanted = Wanted(source=source)
    for line, values in rows:
        row = reader.read(line, values)
        if isinstance(row, Draft):
            _note(wanted, reader, row)
            _few(rows.name, line, wanted, w)
        elif row.reason == "ambiguous_label":
            raise FileError(rows.name, _told(row, w), w.text("Nothing was created"), row.line)
        else:
            rejected = rejected or row
    if empty and not wanted.agencies:
        raise _nothing(rows.name, rejected, w)
    return wanted


def _note(wanted: Wanted, reader: RowReader, row: Draft) -> None:
    agency, service, counter = row.data["agency"], row.data["service"], row.data.get("counter")
    if agency not in wanted.agencies:
        wanted.agencies[agency] = reader.agency.name(agency, row.labels[0])
    if (agency, service) not in wanted.services:
        wanted.services[agency, service] = reader.service.name(service, row.labels[1])
    if counter is not None:
        wanted.counters.add((agency, counter))


def _told(row: Rejected, w: Words) -> str:
    """Why a row is not taken; the detail itself is English, as quarantine keeps it."""
    return f"{reason_text(row.reason, w)}: {row.detail}"


def _few(file: str, line: int, wanted: Wanted, w: Words) -> None:
    made: list[tuple[str, Sized]] = [
        (w.text("names more than {most} agencies", most=MOST), wanted.agencies),
        (w.text("names more than {most} services", most=MOST), wanted.services),
        (w.text("names more than {most} counters", most=MOST), wanted.counters),
    ]
    for problem, found in made:
        if len(found) > MOST:
            raise FileError(file, problem, w.text("Does the map name the right column?"), line)


def _nothing(file: str, rejected: Rejected | None, w: Words) -> FileError:
    if rejected is None:
        return FileError(file, w.text("holds no rows"), w.text("Nothing was created"))
    problem = w.text("no row can be taken, the first because of: {cause}", cause=_told(rejected, w))
    return FileError(file, problem, w.text("Nothing was created"), rejected.line)


def create(
    store: Store, ticket_map: TicketMap, wanted: Wanted, now: datetime, w: Words | None = None
) -> Created:
    """Add what is missing to the description in force, or make the first one, in the map's zone.
    Raises ImportStoppedError where mpp.toml forbids it."""
    if not wanted.agencies:
        return Created()
    with store.write() as tx:
        additions.lock(tx)
        versions = Descriptions().versions(tx)
        old = versions.newest if versions else None
        try:
            mall = add_created(old, zone=ticket_map.zone, wanted=wanted, w=w)
        except ValueError as error:
            raise ImportStoppedError(f"{ticket_map.file}: {error}") from None
        before, after = _counted(old), _counted(mall)
        made = Created(old is None, *(now - was for now, was in zip(after, before, strict=True)))
        if mall != old:
            save(tx, mall, now)
            note(tx, now, CONSOLE, "description.import", f"source:{ticket_map.source}", after=asdict(made))
    return made


def _counted(mall: Mall | None) -> tuple[int, int, int]:
    agencies = mall.agencies if mall is not None else ()
    return (
        len(agencies),
        sum(len(agency.services) for agency in agencies),
        sum(len(agency.counters) for agency in agencies),
    )
