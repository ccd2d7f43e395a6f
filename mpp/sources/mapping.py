"""One row of a ticket file as one ``ticket.observed``, or the reason why not.

Pure, and nothing here raises for a bad row. Only columns the map names are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from mpp.i18n import Words, words
from mpp.live.envelope import content_digest
from mpp.live.personal import like_a_time, masked, names_somebody
from mpp.live.vocabulary import FIELDS, MAX_AHEAD, UnfitError
from mpp.sources.drafts import KIND, Draft, Rejected
from mpp.sources.labels import Codes, LabelError
from mpp.sources.mistakes import FileError
from mpp.sources.moments import LONGEST, TimeReader, last_step
from mpp.sources.ticket_map import ENDINGS, TicketMap, Worded
from mpp.store.codec import dumps

EARLIEST: Final = date(1970, 1, 1)
"""First day that is taken where the period states none: earlier ones are empty clocks."""

Period = tuple[date | None, date | None]
"""First and last day, both included; None leaves that end to the map."""

_FIELDS: Final = FIELDS[KIND]
_LONGEST_KEY: Final = 180
SHOWN: Final = 24
"""Characters of an unreadable word that are told, masked: enough to find the cell."""
_STEPS: Final = ("issued", "checked_in", "called", "started")


class _RowError(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class RowReader:
    """Reads the rows of one file by its map. ``now`` is aware UTC, ``offset_s`` the source's clock
    offset, added to every time; the ends of ``period`` replace the map's. A file without a column
    of the map raises FileError, in the language of ``w`` (English without)."""

    def __init__(
        self,
        ticket_map: TicketMap,
        header: Sequence[str],
        now: datetime,
        *,
        period: Period = (None, None),
        offset_s: int = 0,
        w: Words | None = None,
    ) -> None:
        self.map = ticket_map
        self._places = _places(ticket_map, header, w or words("en"))
        self._width = len(header)
        self._latest = now + MAX_AHEAD
        self._first = period[0] or ticket_map.first or EARLIEST
        self._last = period[1] or ticket_map.last
        self._offset = timedelta(seconds=offset_s)
        self._time = TimeReader(ticket_map.zone)
        self.dropped = tuple(column for column in header if column not in self._places)
        self.agency, self.service = Codes(ticket_map.agency), Codes(ticket_map.service)
        self.counter = Codes(ticket_map.counter) if ticket_map.counter else None
        self.priority = Codes(ticket_map.priority) if ticket_map.priority else None
        self._keys = frozenset(ticket_map.key)
        self._times_of = frozenset(c for m in ticket_map.times.values() for c in m.columns)

    def read(self, line: int, values: Sequence[str]) -> Draft | Rejected:
        """One row that begins on ``line``."""
        if len(values) != self._width:
            detail = f"the row has {len(values)} columns, the header {self._width}"
            return Rejected(line, "wrong_columns", detail, {})
        row = {column: values[place].strip() for column, place in self._places.items()}
        subject = agency = None
        try:
            subject = self._subject(row)
            agency = self._agency(row)
            return self._draft(line, row, subject, agency)
        except _RowError as error:
            kept = {column: self._fit(column, value) for column, value in row.items() if value}
            return Rejected(line, error.reason, error.detail, kept, subject, agency)

    def _draft(self, line: int, row: Mapping[str, str], subject: str, agency: str) -> Draft:
        data: dict[str, Any] = {"agency": agency}
        data["service"] = self._code(self.service, "service", row, agency)
        data["number"] = self._value("number", self.map.number, row)
        for name, codes in (("counter", self.counter), ("priority", self.priority)):
            code = self._code(codes, name, row, agency) if codes is not None else None
            if code:
                data[name] = code
        if self.map.visit is not None and row[self.map.visit]:
            data["visit"] = self._value("visit", self.map.visit, row)
        times, texts = self._times(row)
        outcome, ended = self._ending(row, times)
        given = {f"{name}_at": times[name] for name in _STEPS if name in times}
        if ended is not None:
            given["ended_at"] = times[ended]
        words = {"outcome": outcome, "result": self._word("result", self.map.result, row)}
        data |= {name: word for name, word in words.items() if word}
        last = last_step(times)
        content = dumps(data | given)
        shifted = {name: at + self._offset for name, at in given.items()} if self._offset else given
        return Draft(
            line=line,
            subject=subject,
            at=times[last] + self._offset,
            occurred_at=texts[last],
            day=self._day(times),
            data=data | shifted,
            digest=content_digest(KIND, texts[last], subject, 1, content),
            labels=(self._label(self.agency, row), self._label(self.service, row)),
        )

    def _subject(self, row: Mapping[str, str]) -> str:
        parts = []
        for column in self.map.key:
            value = row[column]
            if not value:
                raise _RowError("missing_key", f"column {column} is empty: it is part of the ticket's key")
            self._legible(column, value)
            parts.append(value.replace("\\", "\\\\").replace("|", "\\|"))
        subject = "|".join(parts)
        if any("\ud800" <= c <= "\udfff" for c in subject):
            raise _RowError(
                "bad_encoding", f"the key is not in the encoding the map states ({self.map.encoding})"
            )
        if len(subject) > _LONGEST_KEY or not subject.isprintable():
            raise _RowError("bad_key", f"the key must have 1 to {_LONGEST_KEY} printable characters")
        personal = names_somebody(subject)
        if personal is not None:
            raise _RowError("bad_key", f"the key looks like {personal}: use a key that names nobody")
        return subject

    def _agency(self, row: Mapping[str, str]) -> str:
        return self._code(self.agency, "agency", row, "") or ""

    def _label(self, codes: Codes, row: Mapping[str, str]) -> str:
        column = codes.coded.column
        return row[column] if column is not None else ""

    def _code(self, codes: Codes, name: str, row: Mapping[str, str], scope: str) -> str | None:
        """The code, None for an empty optional word. An empty agency or service is an error."""
        coded = codes.coded
        if coded.column is None:
            return coded.constant
        label = row[coded.column]
        if not label and "" not in coded.labels:
            if _FIELDS[name].required:
                raise _RowError("missing_field", f"column {coded.column} is empty: it names the {name}")
            return None
        self._legible(coded.column, label)
        try:
            return codes.code(label, scope)
        except LabelError as error:
            raise _RowError(error.reason, f"column {coded.column}: {error}") from None

    def _value(self, name: str, column: str, row: Mapping[str, str]) -> str:
        value = row[column]
        if not value:
            raise _RowError("missing_field", f"column {column} is empty: it holds the {name}")
        self._legible(column, value)
        try:
            return str(_FIELDS[name].read(value))
        except UnfitError as error:
            raise _RowError("bad_field", f"column {column}: {name} {error}") from None

    def _legible(self, column: str, value: str) -> None:
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            encoding = self.map.encoding
            raise _RowError(
                "bad_encoding", f"column {column} is not in the encoding the map states ({encoding})"
            )

    def _times(self, row: Mapping[str, str]) -> tuple[dict[str, datetime], dict[str, str]]:
        """Every time the row holds, and its text as given."""
        times: dict[str, datetime] = {}
        texts: dict[str, str] = {}
        for name, moment in self.map.times.items():
            parts = [row[column] for column in moment.columns]
            if not all(parts):
                continue
            text = " ".join(parts)
            try:
                times[name] = self._time.read(text, moment.format)
                shifted = times[name] + self._offset
            except (ValueError, OverflowError):
                wanted = moment.format or "ISO 8601"
                shown = text[:LONGEST] if like_a_time(text) else masked(text)[:SHOWN]
                detail = f"{name} {shown!r} is no time ({wanted})"
                raise _RowError("unreadable_time", f"column {moment.columns[0]}: {detail}") from None
            texts[name] = text
            if shifted > self._latest:
                raise _RowError("too_far_ahead", f"column {moment.columns[0]}: {name} lies in the future")
        if not times:
            raise _RowError("missing_time", "none of the row's times is filled")
        return times, texts

    def _day(self, times: Mapping[str, datetime]) -> date:
        """The local day the row belongs to, which must lie in the period."""
        first = times.get("issued") or times.get("checked_in") or min(times.values())
        try:
            day = first.astimezone(self._time.zone).date()
        except OverflowError:
            raise _RowError("out_of_period", "the row's first time is no day of the calendar") from None
        if day < self._first or (self._last is not None and day > self._last):
            period = f"{self._first} to {self._last or 'now'}"
            raise _RowError("out_of_period", f"the row belongs to {day}, outside the stated period {period}")
        return day

    def _ending(self, row: Mapping[str, str], times: Mapping[str, datetime]) -> tuple[str | None, str | None]:
        """The outcome and the name of the time that ended the row. The outcome's word decides,
        then which of the ending columns is filled."""
        word = self._word("outcome", self.map.outcome, row)
        if word in ENDINGS and word in times:
            return word, word
        if "ended" in times:
            return word, "ended"
        filled = next((name for name in ENDINGS if name in times), None)
        return word or filled, filled

    def _word(self, name: str, worded: Worded | None, row: Mapping[str, str]) -> str | None:
        if worded is None:
            return None
        word = row[worded.column]
        if not word:
            return None
        found = worded.words.get(word)
        if found is None:
            shown = masked(word)[:SHOWN]
            raise _RowError(f"unknown_{name}", f"{name} {shown!r} is not listed under [{name}.words]")
        return found

    def _fit(self, column: str, value: str) -> str:
        """A value fit to be kept: printable, short, long digit runs masked unless they are part of
        a key that names nobody or of a time."""
        printable = value.isprintable() and len(value) <= 200
        if printable and column in self._keys and names_somebody(value) is None:
            return value
        if printable and column in self._times_of and like_a_time(value):
            return value
        return masked(value)


def _places(ticket_map: TicketMap, header: Sequence[str], w: Words) -> dict[str, int]:
    """Where each column of the map stands. Raises FileError for one that is missing or doubled."""
    columns = ticket_map.columns()
    for column, key in columns.items():
        found = header.count(column)
        if found != 1:
            values = {"key": key, "column": repr(column)}
            problem = w.text("{key} names column {column}, which is missing in the file", **values)
            if found:
                problem = w.text(
                    "{key} names column {column}, which stands there {n} times in the file", n=found, **values
                )
            seen = ", ".join(repr(name)[:42] for name in header[:30])
            remedy = w.text(
                "Its columns are {names} (check the map's delimiter and encoding too)", names=seen
            )
            raise FileError(ticket_map.file, problem, remedy)
    return {column: header.index(column) for column in columns}
