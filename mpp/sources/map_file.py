"""Reads a map (TOML) and names every mistake in it with file, line, key and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from mpp.i18n import Words, words
from mpp.mall.check import OWN
from mpp.mall.created import CODE
from mpp.mall.lines import line_index
from mpp.mall.load import syntax
from mpp.mall.mistakes import Notes, cause
from mpp.mall.table import guess, show
from mpp.sources.map_keys import KEYS, Table, Values, plain
from mpp.sources.mistakes import FileError, MapError
from mpp.sources.ticket_map import STEP_TIME, TIMES, Coded, Moment, TicketMap, Worded
from queues.events import OUTCOMES, RESULTS, STEPS

MOST_BYTES: Final = 1_048_576
_SAMPLE: Final = datetime(2026, 11, 23, 9, 14, 5)  # noqa: DTZ001 a clock's face


def read_map(path: Path, w: Words | None = None) -> TicketMap:
    """The map in a file. Raises MapError or, where there is nothing to read, FileError, in the
    language of ``w`` (English without)."""
    w = w or words("en")
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        problem = w.text("cannot be read ({cause})", cause=cause(error, w))
        raise FileError(str(path), problem, w.text("Give the path of a map")) from None
    if len(raw) > MOST_BYTES:
        remedy = w.text("A map is a short TOML file; is this the data?")
        raise FileError(str(path), w.text("is larger than 1 MiB"), remedy)
    return parse_map(raw, path.name, w)


def parse_map(raw: bytes, name: str, w: Words | None = None) -> TicketMap:
    """The map in ``raw``; ``name`` is what mistakes call it. Raises MapError."""
    w = w or words("en")
    notes = Notes(name, w=w)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        problem = w.text("is not UTF-8 (byte {n})", n=error.start)
        notes.mistake((), "", problem, w.text("Save the map as UTF-8"))
    except RecursionError:
        notes.mistake((), "", w.text("is nested too deeply"), w.text("Write it like the maps in examples/"))
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        problem = w.text("is not TOML: {cause}", cause=syntax(str(error)[:200], w))
        notes.mistake(_place(str(error), notes), "", problem, w.text("Mend that place; texts need quotes"))
    else:
        notes.lines = line_index(text)
        found = _map(Values(notes), document)
        if found is not None and not notes.mistakes:
            return found
    raise MapError(notes.all_mistakes())


def _place(message: str, notes: Notes) -> tuple[str, ...]:
    """Where tomllib stopped, as a path the notes know the line of."""
    line = re.search(r"\(at line (\d+),", message)
    if line is not None:
        notes.lines = {("syntax",): int(line[1])}
    return ("syntax",)


def _map(values: Values, document: dict[str, Any]) -> TicketMap | None:
    w = values.w
    values.known("", document, KEYS[""])
    source = values.table(document, "source", needed=True)
    period = values.table(document, "period", needed=False)
    ticket = values.table(document, "ticket", needed=True)
    zone, code = values.zone(document), values.code(source, "source.code")
    if code == OWN:
        problem = w.text('"{code}" is kept for events of the monitor itself', code=OWN)
        values.wrong("source.code", problem, w.text("Choose another code"))
    key = values.columns(ticket.get("key"), "ticket.key", 'key = ["ticket_id"]') if ticket else ()
    number = values.text(ticket, "ticket.number")
    agency = _coded(values, ticket, "ticket.agency", needed=True)
    service = _coded(values, ticket, "ticket.service", needed=True)
    times = _moments(values, values.table(document, "times", needed=True))
    first, last = values.day(period, "period.first"), values.day(period, "period.last")
    if first is not None and last is not None and last < first:
        problem = w.text("{last} is before {first}", last=last, first=first)
        values.wrong("period.last", problem, w.text("Let it be the first day or a later one"))
    optional: dict[str, Any] = {
        "steps": _steps(values, document, times),
        "counter": _coded(values, ticket, "ticket.counter"),
        "priority": _coded(values, ticket, "ticket.priority", ordinary=True),
        "visit": values.text(ticket, "ticket.visit", needed=False),
        "outcome": _worded(values, document, "outcome", OUTCOMES),
        "result": _worded(values, document, "result", RESULTS),
        "encoding": values.encoding(document),
        "delimiter": values.delimiter(document),
        "source_name": values.text(source, "source.name", needed=False) or code,
    }
    if zone is None or code is None or number is None or agency is None or service is None:
        return None
    return TicketMap(
        file=values.notes.file,
        zone=zone,
        source=code,
        key=key,
        number=number,
        agency=agency,
        service=service,
        times=times,
        first=first,
        last=last,
        **optional,
    )


def _coded(
    values: Values, ticket: Table, key: str, *, needed: bool = False, ordinary: bool = False
) -> Coded | None:
    """A column or a constant that gives a code; with ``ordinary`` a word may mean none."""
    w, name = values.w, key.rpartition(".")[2]
    value = ticket.get(name)
    remedy = w.text(
        'Write {key} = "column" or {key} = {constant}', key=name, constant='{ constant = "code" }'
    )
    if value is None:
        if needed and ticket:
            values.wrong(key, w.text("is missing"), remedy)
        return None
    if plain(value):
        return Coded(column=value.strip())
    if not isinstance(value, dict):
        values.wrong(key, w.text("{value} names no column", value=show(value)), remedy)
        return None
    values.known(key, value, ("column", "constant", "labels", "names"))
    if ("column" in value) == ("constant" in value):
        values.wrong(key, w.text("needs a column or a constant, one of them"), remedy)
    wanted = w.text("Give a code of a-z, 0-9 and -")
    if ordinary:
        wanted = w.text('Give a code of a-z, 0-9 and -, or "" for an ordinary ticket')
    return Coded(
        column=values.text(value, f"{key}.column", needed=False),
        constant=values.code(value, f"{key}.constant") if "constant" in value else None,
        labels=values.words(
            value.get("labels", {}),
            f"{key}.labels",
            lambda code: CODE.fullmatch(code) or (ordinary and code == ""),
            wanted,
        ),
        names=values.words(value.get("names", {}), f"{key}.names", plain, w.text("Give a name of one line")),
    )


def _moments(values: Values, times: Table) -> dict[str, Moment]:
    usual = _format(values, times.get("format", "iso"), "times.format")
    found: dict[str, Moment] = {}
    for name in TIMES:
        value = times.get(name)
        if value is None:
            continue
        key, form = f"times.{name}", usual
        if isinstance(value, dict):
            values.known(key, value, ("column", "format"))
            form = _format(values, value["format"], f"{key}.format") if "format" in value else usual
            value = value.get("column")
        example = values.w.text(
            '{key} = "column" or {table}', key=name, table='{ column = ["date", "time"] }'
        )
        columns = values.columns(value, key, example)
        if columns:
            found[name] = Moment(columns, form)
    if times and not found:
        remedy = values.w.text('Write issued = "column" and the like')
        values.wrong("times", values.w.text("names no time column"), remedy)
    return found


def _format(values: Values, value: Any, key: str) -> str | None:
    """The strptime format, None for "iso"; a format must hold a full date and a time of day."""
    if value == "iso":
        return None
    try:
        if not isinstance(value, str) or len(value) > 100 or not re.search("%[YyGcx]", value):
            raise ValueError
        back = datetime.strptime(_SAMPLE.strftime(value), value)  # noqa: DTZ007 a format may hold a zone
        if back.replace(tzinfo=None, second=5) != _SAMPLE:
            raise ValueError
    except (ValueError, LookupError, OverflowError, re.error):
        remedy = values.w.text('Use "iso" or a strptime format such as "%d/%m/%Y %H:%M:%S"')
        problem = values.w.text("{value} is no format of a full date with its time", value=show(value))
        values.wrong(key, problem, remedy)
        return None
    return str(value)


def _steps(values: Values, document: Table, times: dict[str, Moment]) -> tuple[str, ...]:
    """The steps as stated, else those that have a column."""
    w, value = values.w, document.get("steps")
    if value is None:
        found = tuple(step for step in STEPS if STEP_TIME[step] in times)
        if times and not found:
            remedy = w.text("Name a column for {steps}", steps=", ".join(STEP_TIME.values()))
            values.wrong("times", w.text("holds no step"), remedy)
        return found
    if not isinstance(value, list) or not value or not all(isinstance(step, str) for step in value):
        problem = w.text("{value} lists no steps", value=show(value))
        values.wrong("steps", problem, w.text("Choose from {options}", options=", ".join(STEPS)))
        return ()
    for step in value:
        if step not in STEPS:
            values.wrong("steps", w.text("{value} is no step", value=show(step)), guess(step, STEPS, w))
        elif STEP_TIME[step] not in times:
            remedy = w.text('Add {key} = "column" to [times]', key=STEP_TIME[step])
            values.wrong("steps", w.text("{step} has no column", step=step), remedy)
    return tuple(step for step in STEPS if step in value)


def _worded(values: Values, document: Table, name: str, meanings: Sequence[str]) -> Worded | None:
    if name not in document:
        return None
    table = values.table(document, name, needed=True)
    column = values.text(table, f"{name}.column")
    if column is None:
        return None
    wanted = values.w.text('Use one of {options}, or "" where it says nothing', options=", ".join(meanings))
    return Worded(
        column,
        values.words(table.get("words"), f"{name}.words", lambda word: word in (*meanings, ""), wanted),
    )
