"""The case desk: files taken in and answered by hand, and slips taken back. Nothing is deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from counters.completion import REFUSALS, Standing, on_time_share, standing
from mpp.live.case_fold import fit_due, promised
from mpp.live.case_owner import own_writer
from mpp.live.counter_desk import writer
from mpp.live.envelope import Incoming, Refused, read
from mpp.live.intake import Intake, UnknownSourceError
from mpp.live.judge import Judge, Judges
from mpp.live.personal import names_somebody
from mpp.live.press import ID, taken
from mpp.mall.model import Agency
from mpp.store import Read, Store, cases, sources
from mpp.store.cases import CaseRow, Counts, Pressed, Wanted
from mpp.store.sources import SourceRow

PAGE: Final = 25
STEPS: Final = {"open": ("completed", "refused"), "completed": ("collected",)}
"""What can be told of a case in a state."""


class CaseError(Exception):
    """What was not taken. ``why`` is number (missing or too long), person (the number names somebody),
    service, due, known (received under this number today), stale (another state by now), reason, undo
    (nothing of today to take back), no_source, id or unfit (``detail`` says why)."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why, self.detail = why, detail


@dataclass(frozen=True, slots=True)
class Item:
    """A case as the desk shows it; ``slip`` is today's last word on it that can be taken back."""

    row: CaseRow
    stands: Standing
    service: str
    slip: Pressed | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file taken in by hand: the event's id, the service, its number, and the day it is due where
    that is not by the service's promise."""

    id: str
    service: str
    number: str
    due: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told of a case: the event's id, whose case, one of STEPS; ``reason`` of a refusal; or which
    event (``slip``) is taken back."""

    id: str
    source_id: int
    key: str
    what: str = ""
    reason: str | None = None
    slip: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A case event to be written: ``kind`` is received, completed, refused, collected or undone."""

    id: str
    kind: str
    key: str
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """A page of an agency's desk: ``found`` cases fit what was asked for; ``share`` is the part on time
    this month (:mod:`mpp.measures`, ``cases_on_time``), None where nothing is to be judged."""

    agency: Agency
    counts: Counts
    share: float | None
    items: tuple[Item, ...]
    found: int
    today: date
    writes: bool


class Cases:
    """Shows an agency's cases and takes what is told at its desk. Safe to use from several threads."""

    def __init__(self, store: Store, intake: Intake) -> None:
        self.store, self.intake = store, intake
        self._judges = Judges()

    def look(self, wanted: Wanted, page: int = 1) -> CaseDesk:
        """A page of the desk. Raises LookupError for an unknown agency."""
        now = wanted.now
        with self.store.read() as tx:
            judge, agency = self._agency(tx, wanted.agency, now)
            day = judge.day(now)
            today = judge.midnight(day), judge.midnight(day + timedelta(days=1))
            first = day.replace(day=1)
            month = judge.midnight(first), judge.midnight((first + timedelta(days=32)).replace(day=1))
            counted = cases.counts(tx, agency.code, now, today, month)
            found = cases.count(tx, wanted)
            rows = cases.listed(tx, wanted, (max(page, 1) - 1) * PAGE, PAGE)
            slips = _slips(cases.pressed(tx, agency.code, [row.key for row in rows], today[0]))
        share = on_time_share(counted.month_within, counted.month_judged, counted.overdue)
        items = tuple(_item_of(judge, agency, row, slips, now) for row in rows)
        writes = writer(judge.on(day), agency.code) is not None
        return CaseDesk(agency, counted, share, items, found, day, writes)

    def due(self, agency: str, service: str, now: datetime) -> str | None:
        """When a case received now would be due (ISO text); None without a promise."""
        with self.store.read() as tx:
            judge, _ = self._agency(tx, agency, now)
        return promised(judge, agency, service, now)

    def receive(self, agency: str, given: Receipt, now: datetime) -> bool:
        """Take a file in; False where that was done before. Raises CaseError, LookupError."""
        with self.store.read() as tx:
            judge, found = self._agency(tx, agency, now)
            if taken(tx, given.id):
                return False
            number = fit_number(given.number)
            if found.service(given.service) is None:
                raise CaseError("service")
            day = judge.day(now)
            if cases.same(tx, agency, given.service, number, day) is not None:
                raise CaseError("known")
            row = _writer(tx, judge, agency, day)
        try:
            due = None if given.due is None else fit_due(judge, agency, given.service, given.due, now)
        except ValueError:
            raise CaseError("due") from None
        data = {"agency": agency, "service": given.service, "number": number, "due": due}
        key = case_key(agency, given.service, day, number)

        def check(tx: Read) -> None:
            if cases.same(tx, agency, given.service, number, day) is not None and not taken(tx, given.id):
                raise CaseError("known")

        return self._take((row, row.code), Event(given.id, "received", key, data, now), now, check)

    def mark(self, agency: str, given: Answer, now: datetime) -> bool:
        """Tell that a case is completed, refused or collected. Raises CaseError, LookupError."""
        with self.store.read() as tx:
            judge, _ = self._agency(tx, agency, now)
            if taken(tx, given.id):
                return False
            case = _of(tx, agency, given.source_id, given.key)
            rows = _hands(tx, judge, agency, given.source_id, now)
        if given.what not in STEPS.get(case.state, ()):
            raise CaseError("stale")
        if given.what == "refused" and given.reason not in REFUSALS:
            raise CaseError("reason")
        data = {"agency": agency, "service": case.service, "number": case.number}
        data |= {"reason": given.reason} if given.what == "refused" else {}

        def check(tx: Read) -> None:
            now_is = cases.one(tx, given.source_id, given.key)
            if (now_is is None or now_is.state != case.state) and not taken(tx, given.id):
                raise CaseError("stale")

        return self._take(rows, Event(given.id, given.what, given.key, data, now), now, check)

    def undo(self, agency: str, given: Answer, now: datetime) -> bool:
        """Take back today's last word on a case, the event ``slip``. Raises CaseError, LookupError."""
        with self.store.read() as tx:
            judge, _ = self._agency(tx, agency, now)
            if taken(tx, given.id):
                return False
            since = judge.midnight(judge.day(now))
            last = _slip(tx, agency, given, since)
            if last is None:
                raise CaseError("undo")
            rows = _hands(tx, judge, agency, given.source_id, now)
        was = json.loads(last.data)
        data = {"agency": agency, "service": was["service"], "number": was.get("number")}
        data |= {"undoes": given.slip}

        def check(tx: Read) -> None:
            if _slip(tx, agency, given, since) is None and not taken(tx, given.id):
                raise CaseError("undo")

        return self._take(rows, Event(given.id, "undone", given.key, data, now), now, check)

    def _agency(self, tx: Read, agency: str, now: datetime) -> tuple[Judge, Agency]:
        judge = self._judges.of(tx)
        found = judge.on(judge.day(now)).by_code.get(agency)
        if found is None:
            raise LookupError(agency)
        return judge, found

    def _take(
        self,
        rows: tuple[SourceRow, str],
        made: Event,
        now: datetime,
        check: Callable[[Read], None] | None = None,
    ) -> bool:
        """``rows``: the source that writes, and the code of the one whose case it is."""
        row, code = rows
        if not ID.match(made.id):
            raise CaseError("id")
        parsed = event(code, made, now)
        if isinstance(parsed, Refused):
            raise CaseError("unfit", parsed.detail)
        # A desk's clock is ours, and its word says nothing about the source that feeds the agency.
        row = replace(row, clock_offset_s=0)
        try:
            (answer,) = self.intake.take(row, [parsed], now, heard=False, check=check)
        except UnknownSourceError:  # it ended this very moment
            raise CaseError("no_source") from None
        if answer.status not in ("accepted", "duplicate"):
            raise CaseError("unfit", answer.detail or answer.status)
        return answer.status == "accepted"


def event(source: str, made: Event, received: datetime) -> Incoming | Refused:
    """A case event as the intake takes it."""
    item = {
        "specversion": "1.0",
        "id": made.id,
        "source": f"{source}/{cases.DESK}",
        "type": f"mpp.case.{made.kind}",
        "time": made.at.isoformat(),
        "subject": made.key,
        "data": {field: value for field, value in made.data.items() if value is not None},
    }
    return read(item, source, received)


def case_key(agency: str, service: str, day: date, number: str) -> str:
    """The key of a case told by hand or by file: a number, in small letters or large, is one case of a
    service and day."""
    return f"{cases.DESK}/{agency}/{service}/{day.isoformat()}/{number.casefold()}"


def fit_number(number: str) -> str:
    """A number that may be kept. Raises CaseError."""
    number = " ".join(number.split())
    if not 0 < len(number) <= 40 or not number.isprintable():
        raise CaseError("number")
    if len(number) > 9 and names_somebody(number) is not None:
        raise CaseError("person")
    return number


def _hands(tx: Read, judge: Judge, agency: str, source_id: int, now: datetime) -> tuple[SourceRow, str]:
    """Who writes what is told of a case of that source, and that source's code."""
    of = next((row for row in sources.all_sources(tx).values() if row.id == source_id), None)
    row = None if of is None else own_writer(tx, judge, agency, of, judge.day(now))
    if of is None or row is None:
        raise CaseError("no_source")
    return row, of.code


def _writer(tx: Read, judge: Judge, agency: str, day: date) -> SourceRow:
    found = writer(judge.on(day), agency)
    row = None if found is None else sources.all_sources(tx).get(found.code)
    if row is None:
        raise CaseError("no_source")
    return row


def _of(tx: Read, agency: str, source_id: int, key: str) -> CaseRow:
    """The case, which must be the agency's own: another's is as good as none."""
    case = cases.one(tx, source_id, key)
    if case is None or case.agency != agency:
        raise CaseError("stale")
    return case


def _slips(told: Iterable[Pressed]) -> dict[tuple[int, str], Pressed]:
    """The last word on each case that was not taken back."""
    told = list(told)
    undone = {json.loads(one.data)["undoes"] for one in told if one.type == "case.undone"}
    return {
        (one.source_id, one.key): one
        for one in told
        if one.type != "case.undone" and one.event_id not in undone
    }


def _slip(tx: Read, agency: str, given: Answer, since: datetime) -> Pressed | None:
    """The event to be taken back, None where it is not the last word on the case since then."""
    last = _slips(cases.pressed(tx, agency, [given.key], since)).get((given.source_id, given.key))
    return last if last is not None and last.event_id == given.slip else None


def _item_of(
    judge: Judge, agency: Agency, row: CaseRow, slips: dict[tuple[int, str], Pressed], now: datetime
) -> Item:
    clock = judge.clock(row.day, row.agency)
    service = agency.service(row.service) or judge.on(row.day).service(row.agency, row.service)
    return Item(
        row,
        standing(
            row.state,
            row.ended_at,
            row.due_at,
            now,
            clock,
            completion_missing="completion_missing" in row.findings.split(),
        ),
        service.name if service else row.service,
        slips.get((row.source_id, row.key)),
    )
