"""A small table of cases (CSV) as events: checked row by row before anything is taken.

Columns are found by their Indonesian or English names; whatever else the table holds is not read. A row
is one case: its number, service and day of receipt name it, so that the same row, brought again, is
known, and one with more in it goes on where the case stood.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from counters.completion import REFUSALS, CaseUndone, fold
from mpp.i18n import Words
from mpp.live.case_owner import own_writer
from mpp.live.cases import CaseError, Event, case_key, event, fit_number
from mpp.live.counter_desk import writer
from mpp.live.envelope import Incoming, Refused
from mpp.live.intake import Intake
from mpp.live.judge import Judge, Judges
from mpp.mall.model import Agency
from mpp.store import Read, Store, cases, sources
from mpp.store.codec import whole_id

MOST_BYTES: Final = 256 * 1024
MOST_ROWS: Final = 2000
OLDEST: Final = timedelta(days=5 * 366)

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "number": ("nomor", "nomor berkas", "no", "number"),
        "service": ("layanan", "kode layanan", "service"),
        "received": ("diterima", "tanggal diterima", "received"),
        "due": ("batas", "jatuh tempo", "due"),
        "completed": ("selesai", "completed"),
        "refused": ("ditolak", "refused"),
        "reason": ("alasan", "reason"),
        "collected": ("diambil", "collected"),
    }
)
"""Column -> the names it may have in the file, in small letters."""

REQUIRED: Final = ("number", "service", "received")
_REASONS: Final = MappingProxyType(
    {
        "syarat": "requirements",
        "data tidak cocok": "mismatch",
        "ganda": "twofold",
        "bukan kewenangan": "not_ours",
        "lainnya": "other",
        **{code: code for code in REFUSALS},
    }
)
_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_TIMES: Final = ("%H:%M", "%H.%M", "%H:%M:%S", "%H.%M.%S")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, in which line (counted from 1, the heading is 1) and column."""

    line: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One readable row. ``steps`` are (kind, instant) after its receipt."""

    line: int
    number: str
    service: str
    received: datetime
    due: str | None
    steps: tuple[tuple[str, datetime], ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: rows that can be taken, mistakes, and columns that are not read."""

    rows: tuple[CaseLine, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did, in events; ``left`` were put aside by the intake."""

    cases: int
    new: int
    known: int
    left: int = 0


class CaseFiles:
    """Reads and takes tables of cases for one agency at a time."""

    def __init__(self, store: Store, intake: Intake) -> None:
        self.store, self.intake = store, intake
        self._judges = Judges()

    def read(self, agency: str, content: bytes, now: datetime, w: Words) -> Table:
        """Check a file. Raises LookupError for an unknown agency; mistakes are part of the answer."""
        with self.store.read() as tx:
            judge = self._judges.of(tx)
        found = judge.on(judge.day(now)).by_code[agency]
        return _Reading(judge, found, now, w).table(content)

    def take(self, agency: str, table: Table, now: datetime) -> Taken:
        """Take the rows of a table that :meth:`read` made. Raises CaseError "no_source"."""
        with self.store.read() as tx:
            judge = self._judges.of(tx)
            known = {row.id: row for row in sources.all_sources(tx).values()}
            day = judge.day(now)
            source = writer(judge.on(day), agency)
            own = next((row.id for row in known.values() if source and row.code == source.code), None)
            if own is None:
                raise CaseError("no_source")
            by_source: dict[int, list[Incoming]] = {}
            for row in table.rows:
                source_id, key = _place(tx, judge, agency, row, own)
                before = _Before(tx, source_id, key)
                made = _events((known[source_id].code, agency, key), row, judge.zone, before)
                hand = own_writer(tx, judge, agency, known[source_id], day) or known[own]
                by_source.setdefault(hand.id, []).extend(made)
        words = [
            answer.status
            for source_id, items in by_source.items()
            for start in range(0, len(items), 200)
            for answer in self.intake.take(
                replace(known[source_id], clock_offset_s=0), items[start : start + 200], now, heard=False
            )
        ]
        new, known_already = words.count("accepted"), words.count("duplicate")
        return Taken(len(table.rows), new, known_already, len(words) - new - known_already)


def _place(tx: Read, judge: Judge, agency: str, row: CaseLine, own: int) -> tuple[int, str]:
    """Where a row's case stands already (its ticket may have opened it), else under its own key."""
    day = judge.day(row.received)
    found = cases.same(tx, agency, row.service, row.number, day)
    if found is not None:
        return found.source_id, found.key
    return own, case_key(agency, row.service, day, row.number)


class _Before:
    """What was told of a case before. A row that is brought again is known by its id; one that was taken
    back since, or whose due another one has replaced, gets the next id."""

    def __init__(self, tx: Read, source_id: int, key: str) -> None:
        told = cases.told(tx, source_id, [key]).get(key, [])
        self.undone = {event.undoes for event in told if isinstance(event, CaseUndone)}
        self.told = {event.id: event for event in told}
        found = fold(told)
        self.due = found.due if found else None

    def next_id(self, base: str, origin: str) -> str:
        """The id that this content goes by now."""
        for n in count():
            name = base if n == 0 else f"{base}-{n}"
            event = self.told.get(whole_id(name, origin))
            if event is None or (event.id not in self.undone and event.due in (None, self.due)):
                return name
        raise AssertionError("endless")


def _events(place: tuple[str, str, str], row: CaseLine, zone: ZoneInfo, before: _Before) -> list[Incoming]:
    """The events of a row; ``place`` is its case's source, agency and key."""
    source, agency, key = place
    told = [("received", row.received), *row.steps]
    made = []
    for kind, at in told:
        data = {"agency": agency, "service": row.service, "number": row.number}
        data |= {"due": row.due} if kind == "received" and row.due else {}
        data |= {"reason": row.reason} if kind == "refused" and row.reason else {}
        text = "\x1f".join((agency, key, kind, at.isoformat(), *sorted(f"{k}={v}" for k, v in data.items())))
        base = "file-" + hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        name = before.next_id(base, f"{source}/{cases.DESK}")
        # The age limits are for live ways in: what a file tells is as old as it is.
        found = event(source, Event(name, kind, key, data, at.astimezone(zone)), at)
        if isinstance(found, Refused):
            raise CaseError("unfit", found.detail)
        made.append(found)
    return made


class _Reading:
    """Goes through one file."""

    def __init__(self, judge: Judge, agency: Agency, now: datetime, w: Words) -> None:
        self.judge, self.agency, self.now, self.w = judge, agency, now, w
        self.mistakes: list[Mistake] = []
        self.clock = judge.clock(judge.day(now), agency.code)

    def table(self, content: bytes) -> Table:
        text = self._text(content)
        if text is None:
            return Table(mistakes=tuple(self.mistakes))
        head, _, _ = text.partition("\n")
        delimiter = max(",;\t", key=head.count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            places, ignored = self._places(next(rows, []))
            if self.mistakes:
                return Table(mistakes=tuple(self.mistakes), ignored=ignored)
            found = self._rows(rows, places)
        except csv.Error:
            self._wrong(rows.line_num, "", self.w.text("this line is no readable row; look for a quote"))
            return Table(mistakes=tuple(self.mistakes))
        return Table(tuple(found), tuple(self.mistakes), ignored)

    def _text(self, content: bytes) -> str | None:
        if len(content) > MOST_BYTES:
            most = self.w.number(MOST_BYTES // 1024)
            self._wrong(1, "", self.w.text("the file is larger than {most} KiB; send it in parts", most=most))
            return None
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
        if "\0" in text or not text.strip():
            self._wrong(1, "", self.w.text("this is no CSV file with a line of column names"))
            return None
        return text

    def _places(self, header: list[str]) -> tuple[dict[str, int], tuple[str, ...]]:
        names = [" ".join(name.strip().lower().split()) for name in header]
        places = {
            column: names.index(known)
            for column, aliases in COLUMNS.items()
            for known in [next((alias for alias in aliases if alias in names), "")]
            if known
        }
        for column in REQUIRED:
            if column not in places:
                wanted = COLUMNS[column][0]
                self._wrong(1, wanted, self.w.text("this column is missing; add it to the first line"))
        used = set(places.values())
        return places, tuple(name[:40] for at, name in enumerate(header) if at not in used and name.strip())

    def _rows(self, rows: csv._reader, places: dict[str, int]) -> list[CaseLine]:  # type: ignore[name-defined]
        found: list[CaseLine] = []
        seen: dict[tuple[str, str, date], int] = {}
        for values in rows:
            if not any(value.strip() for value in values):
                continue
            if len(found) >= MOST_ROWS:
                most = self.w.number(MOST_ROWS)
                self._wrong(
                    rows.line_num, "", self.w.text("more than {most} rows; send the rest apart", most=most)
                )
                break
            row = self._row(
                rows.line_num, {c: values[at].strip() for c, at in places.items() if at < len(values)}
            )
            if row is None:
                continue
            name = row.number.casefold(), row.service, self.judge.day(row.received)
            if name in seen:
                told = self.w.text("the same case stands in line {line}", line=seen[name])
                self._wrong(row.line, COLUMNS["number"][0], told)
                continue
            seen[name] = row.line
            found.append(row)
        return found

    def _row(self, line: int, values: dict[str, str]) -> CaseLine | None:
        before = len(self.mistakes)
        number = self._number(line, values.get("number", ""))
        received = self._instant(line, "received", values, opening=True)
        service = self._service(line, values.get("service", ""), received)
        steps = [
            (kind, at)
            for kind in ("completed", "refused", "collected")
            if (at := self._instant(line, kind, values, opening=False)) is not None
        ]
        due, reason = self._due(line, values, received), self._reason(line, values)
        if values.get("completed") and values.get("refused"):
            told = self.w.text("stands beside a day it was completed; leave one of the two out")
            self._wrong(line, COLUMNS["refused"][0], told)
        for kind, at in steps:
            if received is not None and at < received:
                self._wrong(line, COLUMNS[kind][0], self.w.text("lies before the day it was received"))
        if len(self.mistakes) > before or number is None or service is None or received is None:
            return None
        return CaseLine(line, number, service, received, due, tuple(steps), reason)

    def _number(self, line: int, text: str) -> str | None:
        try:
            return fit_number(text)
        except CaseError as error:
            told = self.w.text("write a number of 1 to 40 characters")
            if error.why == "person":
                told = self.w.text("looks like a NIK or a telephone number; write the number of the file")
            self._wrong(line, COLUMNS["number"][0], told)
            return None

    def _service(self, line: int, text: str, received: datetime | None) -> str | None:
        then = self.judge.on(self.judge.day(received or self.now)).by_code.get(self.agency.code)
        # What was received before its service ended is answered after.
        for service in (*self.agency.services, *(then.services if then else ())):
            if text.lower() in (service.code, service.name.lower()):
                return service.code
        self._wrong(
            line, COLUMNS["service"][0], self.w.text("is no service of this agency; write its code or name")
        )
        return None

    def _instant(self, line: int, column: str, values: dict[str, str], *, opening: bool) -> datetime | None:
        """A day, with a time or without: then it is the opening, or for what came later the closing."""
        text = values.get(column, "")
        if not text:
            if column in REQUIRED:
                self._wrong(line, COLUMNS[column][0], self.w.text("is empty"))
            return None
        parsed = _parse(text, self.judge.zone)
        if parsed is None:
            told = self.w.text("is no day; write 2026-11-23, 23/11/2026 or 23/11/2026 09.40")
            self._wrong(line, COLUMNS[column][0], told)
            return None
        if isinstance(parsed, date) and not isinstance(parsed, datetime):
            span = self.clock.open_span(parsed)
            at = (span[0] if span else self.judge.midnight(parsed)) if opening else self.clock.closing(parsed)
            at = min(at, self.now) if parsed == self.judge.day(self.now) else at
        else:
            at = parsed
        if at > self.now:
            self._wrong(line, COLUMNS[column][0], self.w.text("lies ahead of today"))
            return None
        if self.now - at > OLDEST:
            self._wrong(line, COLUMNS[column][0], self.w.text("lies more than five years back"))
            return None
        return at

    def _due(self, line: int, values: dict[str, str], received: datetime | None) -> str | None:
        text = values.get("due", "")
        if not text:
            return None
        parsed = _parse(text, self.judge.zone)
        day = parsed.astimezone(self.judge.zone).date() if isinstance(parsed, datetime) else parsed
        if parsed is None or day is None:
            told = self.w.text("is no day; write 2026-11-23, 23/11/2026 or 23/11/2026 09.40")
            self._wrong(line, COLUMNS["due"][0], told)
            return None
        if received is not None and day < self.judge.day(received):
            self._wrong(line, COLUMNS["due"][0], self.w.text("lies before the day it was received"))
            return None
        if isinstance(parsed, datetime):
            return parsed.astimezone(self.judge.zone).isoformat()
        return parsed.isoformat()

    def _reason(self, line: int, values: dict[str, str]) -> str | None:
        text = values.get("reason", "").lower()
        if not text or not values.get("refused"):
            return None
        if text not in _REASONS:
            known = ", ".join(name for name, code in _REASONS.items() if name != code)
            self._wrong(line, COLUMNS["reason"][0], self.w.text("is no known reason: {known}", known=known))
            return None
        return _REASONS[text]

    def _wrong(self, line: int, column: str, text: str) -> None:
        if len(self.mistakes) < 200:
            self.mistakes.append(Mistake(line, column, text))


def _parse(text: str, zone: ZoneInfo) -> date | datetime | None:
    """A day, or an instant (aware UTC) where a time stands behind it."""
    day_text, _, time_text = text.strip().replace("T", " ", 1).partition(" ")
    day = _first(day_text, _DAYS)
    if day is None or not 1990 <= day.year <= 2200:
        return None
    if not time_text.strip():
        return day.date()
    at = _first(time_text.strip(), _TIMES)
    if at is None:
        return None
    return datetime.combine(day.date(), time(at.hour, at.minute, at.second), zone).astimezone(UTC)


def _first(text: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 a day or a time alone
        except ValueError:
            continue
    return None
