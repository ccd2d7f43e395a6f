"""Import of a ticket file: every row once, whatever changed again, the rest into quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

from mpp.i18n import Words, words
from mpp.live.closing import close_due
from mpp.live.description import Descriptions
from mpp.live.envelope import Incoming, Refused
from mpp.live.intake import Intake
from mpp.sources.create import Created, create, wanted_by
from mpp.sources.drafts import Draft, Rejected, event_id
from mpp.sources.mapping import Period, RowReader
from mpp.sources.mistakes import ImportStoppedError
from mpp.sources.rows import Progress, Rows
from mpp.sources.ticket_map import TicketMap
from mpp.store import Store, log, sources
from mpp.store.sources import SourceRow

READ_AT_ONCE: Final = 500
"""Rows compared with the log by one query."""

HOLD_S: Final = 0.035
"""How long one write aims to hold the source's lock; design.md allows 50 ms."""

WRITE_AT_ONCE: Final = (50, 150, 300)
"""Rows of one write: fewest, first, most. Between them the last write's time decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did. ``read`` rows are ``new``, ``changed`` (a new revision), ``unchanged``,
    ``repeated`` (the same row again in the file), ``quarantined`` by reason, ``forbidden`` (of an
    agency the source does not list; not kept) or in ``conflict`` with another import running at
    the same time. ``dropped`` are the columns the map does not name, ``first``/``last`` the days
    of the rows taken, ``closed`` the legs a past closing ended."""

    file: str
    source: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)
    forbidden: int = 0
    conflict: int = 0
    dropped: tuple[str, ...] = ()
    created: Created = field(default_factory=Created)
    closed: int = 0
    first: date | None = None
    last: date | None = None


def import_tickets(
    store: Store,
    intake: Intake,
    file: Path,
    ticket_map: TicketMap,
    *,
    create_missing: bool = False,
    period: Period = (None, None),
    progress: Progress | None = None,
    w: Words | None = None,
) -> ImportResult:
    """Bring a file's tickets in. The ends of ``period`` replace the map's.

    Raises ImportStoppedError (a FileError with its line), in the language of ``w`` (English
    without), where it cannot go on; what was taken until then stays, and running again takes only
    what is missing.
    """
    w = w or words("en")
    now = intake.now()
    passes = _Passes(progress, 2 if create_missing else 1)
    created = Created()
    if create_missing:
        with _open(file, ticket_map, passes, w) as rows:
            reader = RowReader(ticket_map, rows.header, now, period=period, w=w)
            wanted = wanted_by(rows, reader, ticket_map, empty=_empty(store), w=w)
        created = create(store, ticket_map, wanted, now, w)
        passes.next()
    with _open(file, ticket_map, passes, w) as rows:
        row = _source(store, ticket_map, w)
        offset_s = row.clock_offset_s
        reader = RowReader(ticket_map, rows.header, now, period=period, offset_s=offset_s, w=w)
        run = _Import(store, intake, row, reader, rows.name)
        for some in _chunks(reader.read(line, values) for line, values in rows):
            run.take(some)
    run.heard()
    closed = close_due(store, intake.now())
    return run.result(created, closed)


def _open(file: Path, ticket_map: TicketMap, progress: Progress, w: Words) -> Rows:
    return Rows(file, encoding=ticket_map.encoding, delimiter=ticket_map.delimiter, progress=progress, w=w)


def _chunks(rows: Iterable[Draft | Rejected]) -> Iterator[list[Draft | Rejected]]:
    left = iter(rows)
    while some := list(islice(left, READ_AT_ONCE)):
        yield some


def _empty(store: Store) -> bool:
    with store.read() as tx:
        return not Descriptions().versions(tx)


def _source(store: Store, ticket_map: TicketMap, w: Words) -> SourceRow:
    """The map's source as the database knows it. Raises ImportStoppedError."""
    code = ticket_map.source
    with store.read() as tx:
        versions = Descriptions().versions(tx)
        row = sources.all_sources(tx).get(code)
    if not versions:
        raise ImportStoppedError(w.text("no mall is described yet: run `mpp init`, or import with --create"))
    described = versions.newest.sources_by_code.get(code)
    if described is None or row is None:
        problem = w.text(
            'source.code "{code}" is no source of the mall\'s description. Import with --create, or add '
            'to mpp.toml: [[source]] code = "{code}", kind = "file", agencies = [...]',
            code=code,
        )
        raise ImportStoppedError(f"{ticket_map.file}: {problem}")
    if set(described.steps) != set(ticket_map.steps):
        problem = w.text(
            "steps are {steps}, but the description of source {code} says {described}. Make the two the same",
            steps=", ".join(ticket_map.steps),
            code=code,
            described=", ".join(described.steps),
        )
        raise ImportStoppedError(f"{ticket_map.file}: {problem}")
    return row


class _Passes:
    """Progress over a file that is read once or twice."""

    def __init__(self, progress: Progress | None, count: int) -> None:
        self._progress, self._count, self._done = progress, count, 0

    def __call__(self, done: int, size: int) -> None:
        if self._progress is not None:
            self._progress(self._done * size + done, self._count * size)

    def next(self) -> None:
        """The next pass begins."""
        self._done += 1


class _Import:
    """One run over a file: compares, takes, counts."""

    def __init__(self, store: Store, intake: Intake, row: SourceRow, reader: RowReader, name: str) -> None:
        self.store, self.intake, self.row, self.reader, self.name = store, intake, row, reader, name
        self.origin = f"{row.code}/import"
        self.counted: Counter[str] = Counter()
        self.quarantined: Counter[str] = Counter()
        self.first: date | None = None
        self.last: date | None = None
        self._seen: dict[str, tuple[str, int]] = {}
        self._size = WRITE_AT_ONCE[1]
        self._newest: datetime | None = None

    def take(self, rows: Sequence[Draft | Rejected]) -> None:
        """Take some rows: those the log does not hold as they are."""
        self.counted["read"] += len(rows)
        subjects = {row.subject for row in rows if row.subject is not None}
        with self.store.read() as tx:
            stored = log.latest_observed(tx, self.row.id, subjects)
        items: list[Incoming | Refused] = []
        lines: list[int] = []
        for row in rows:
            item = self._compared(row, stored)
            if item is not None:
                items.append(item)
                lines.append(row.line)
        self._write(items, lines)

    def heard(self) -> None:
        """Note up to when the source has told what happened: the file's newest step, not the hour
        of the import. Old news does not look fresh, and an older file does not make it older."""
        if self._newest is not None:
            with self.store.write() as tx:
                sources.lock(tx, self.row.id, self.intake.now(), heard=False)
                sources.told_until(tx, self.row.id, self._newest)

    def _compared(
        self, row: Draft | Rejected, stored: Mapping[str, tuple[int, str]]
    ) -> Incoming | Refused | None:
        """What to hand to the intake, None for a row it has."""
        dropped = len(self.reader.dropped)
        revision, digest = stored.get(row.subject or "", (0, ""))
        if isinstance(row, Rejected):
            known = row.subject is not None and row.subject not in self._seen
            # Under the id its mended copy will have, so that the copy resolves the entry.
            name = event_id(row.subject, revision + 1) if known and row.subject is not None else None
            return row.refused(self.origin, name, dropped)
        before = self._seen.setdefault(row.subject, (row.digest, row.line))
        if before[1] != row.line:
            if before[0] == row.digest:
                self.counted["repeated"] += 1
                return None
            return self._double(row, before[1]).refused(self.origin, dropped=dropped)
        self._newest = row.at if self._newest is None else max(self._newest, row.at)
        self.first = row.day if self.first is None else min(self.first, row.day)
        self.last = row.day if self.last is None else max(self.last, row.day)
        if digest == row.digest:
            self.counted["unchanged"] += 1
            return None
        return row.incoming(self.origin, revision + 1, dropped)

    def _double(self, row: Draft, line: int) -> Rejected:
        detail = (
            f"line {line} has the same key with other content; add a column to ticket.key, or mend the row"
        )
        kept = {"key": row.subject, "content": row.digest}
        return Rejected(row.line, "duplicate_key", detail, kept, row.subject, row.data["agency"])

    def _write(self, items: Sequence[Incoming | Refused], lines: Sequence[int]) -> None:
        start = 0
        while start < len(items):
            some = items[start : start + self._size]
            places = {
                item.event_id: f"{self.name}:{line}"
                for item, line in zip(some, lines[start : start + self._size], strict=True)
            }
            begun = perf_counter()
            answers = self.intake.take(self.row, some, self.intake.now(), places=places, heard=False)
            held = perf_counter() - begun
            for item, answer in zip(some, answers, strict=True):
                self._count(item, answer.status, answer.reason)
            start += len(some)
            wanted = self._size * max(0.7, min(1.5, HOLD_S / held))
            self._size = max(WRITE_AT_ONCE[0], min(WRITE_AT_ONCE[2], int(wanted)))

    def _count(self, item: Incoming | Refused, status: str, reason: str | None) -> None:
        if status == "accepted" and isinstance(item, Incoming):
            self.counted["new" if item.data["revision"] == 1 else "changed"] += 1
        elif status == "quarantined":
            self.quarantined[reason or "unknown"] += 1
        else:
            self.counted["unchanged" if status == "duplicate" else status] += 1

    def result(self, created: Created, closed: int) -> ImportResult:
        """What was done."""
        return ImportResult(
            file=self.name,
            source=self.row.code,
            **{word: self.counted[word] for word in _COUNTED},
            quarantined=dict(sorted(self.quarantined.items())),
            dropped=self.reader.dropped,
            created=created,
            closed=closed,
            first=self.first,
            last=self.last,
        )


_COUNTED: Final = ("read", "new", "changed", "unchanged", "repeated", "forbidden", "conflict")
