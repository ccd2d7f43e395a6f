"""From the log to the rows of cases.

A case has the key that its events name. A ticket that ended with its file accepted opens a case, where
a due was told or the service has a promise, under the ticket's own key (``<key>#<leg>`` from the second
leg on); a case event of the same source with that key speaks of the same case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from counters.completion import Accepted, Case, due_at, fold, promised_at, promised_day
from mpp.live.judge import Judge, Judges
from mpp.store import Store, Write, cases, sources
from mpp.store.sources import SourceRow
from queues.clock import WorkClock
from queues.events import TicketEvent

CHUNK: Final = 200
"""Cases folded in one transaction: holds the lock well under 50 ms."""

_LEG: Final = re.compile(r"(.+)#([2-9]|[1-9]\d)\Z")


def key_of(ticket: str, leg: int) -> str:
    """The key of the case that this leg opens."""
    return ticket if leg == 1 else f"{ticket}#{leg}"


def _legs_of(key: str) -> Iterator[tuple[str, int]]:
    """The legs whose case has this key."""
    yield key, 1
    later = _LEG.match(key)
    if later:
        yield later[1], int(later[2])


def opened_by(ticket: str, events: Iterable[TicketEvent]) -> set[str]:
    """Keys of the cases that a ticket with these events may have opened."""
    return {key_of(ticket, event.leg) for event in events if getattr(event, "result", None) == "accepted"}


def fold_cases(tx: Write, judge: Judge, source_id: int, keys: Collection[str]) -> None:
    """Fold these cases of a source from their whole event set and from the tickets that opened them."""
    if not keys:
        return
    tickets = {ticket for key in keys for ticket, _ in _legs_of(key)}
    opening = cases.accepted(tx, source_id, tickets)
    told = cases.told(tx, source_id, keys)
    rows, gone = [], []
    for key in keys:
        found = (opening[leg] for leg in _legs_of(key) if leg in opening)
        accepted = next((one for one in found if _opens(judge, one)), None)
        case = fold(told.get(key, ()), accepted)
        if case is None:
            gone.append(key)
        else:
            rows.append(row(judge, source_id, key, case))
    cases.forget(tx, source_id, gone)
    cases.upsert(tx, rows)


def _opens(judge: Judge, accepted: Accepted) -> bool:
    """Without a due, told or promised, nobody waits for anything."""
    if accepted.due is not None:
        return True
    return promised(judge, accepted.agency, accepted.service, accepted.at) is not None


def row(judge: Judge, source_id: int, key: str, case: Case) -> dict[str, Any]:
    """The row of a case; its due by the description that was valid on the day it was received."""
    day = judge.day(case.received_at)
    return {
        "mall": judge.mall.code,
        "source_id": source_id,
        "key": key,
        "agency": case.agency,
        "service": case.service,
        "number": case.number,
        "same_number": case.number.casefold() if case.number is not None else None,
        "visit": case.visit,
        "state": case.state,
        "day": day,
        "received_at": case.received_at,
        "due": case.due,
        "due_at": _due(judge, day, case),
        "ended_at": case.ended_at,
        "collected_at": case.collected_at,
        "result": case.result,
        "reason": case.reason,
        "told": case.told,
        "findings": " ".join(case.findings),
    }


def _due(judge: Judge, day: date, case: Case) -> datetime | None:
    clock = judge.clock(day, case.agency)
    if case.due is not None:
        try:
            return due_at(case.due, clock)
        except (ValueError, OverflowError):  # a file may have brought any text: then the promise says
            pass
    if "receipt_missing" in case.findings:
        return None  # since when the promise runs is not known
    text = promised(judge, case.agency, case.service, case.received_at)
    return None if text is None else due_at(text, clock)


def promised(judge: Judge, agency: str, service: str, received_at: datetime) -> str | None:
    """The day or instant that the service's jangka waktu leads to, as ISO text; None without one."""
    day = judge.day(received_at)
    found = judge.on(day).service(agency, service)
    if found is None or found.done is None:
        return None
    clock: WorkClock = judge.clock(day, agency)
    if found.done.working_days is not None:
        last = promised_day(received_at, found.done.working_days, clock)
        return None if last is None else last.isoformat()
    at = promised_at(received_at, found.done.minutes or 0, clock)
    return None if at is None else at.astimezone(clock.zone).isoformat()


def fit_due(judge: Judge, agency: str, service: str, due: str, at: datetime) -> str:
    """What an ISO day, told as the due of a file taken in ``at``, is kept as: the promised instant where
    that is the day's. Raises ValueError for what is no day, lies before that of ``at`` or ten years on."""
    day, first = date.fromisoformat(due[:10]), judge.day(at)
    if not first <= day <= first + timedelta(days=3660):
        raise ValueError(f"{due[:10]} is not within ten years from {first}")
    told = promised(judge, agency, service, at)
    return told if told is not None and told[:10] == day.isoformat() else day.isoformat()


def rebuild_cases(store: Store, judges: Judges, source: SourceRow, now: datetime) -> None:
    """Make the rows of a source's cases anew, in short transactions."""
    after = ""
    while True:
        keys = cases.keys_after(store, source.id, after, CHUNK)
        if not keys:
            return
        with store.write() as tx:
            sources.lock(tx, source.id, now, heard=False)
            cases.forget(tx, source.id, keys)
            fold_cases(tx, judges.of(tx), source.id, keys)
        after = keys[-1]


def fill_cases(store: Store, now: datetime) -> int:
    """Make the cases of a database that comes from a release without them, before anything else is
    written; gives how many there may be. One transaction: they are all there or none."""
    with store.read() as tx:
        try:
            judge = Judges().of(tx)
        except LookupError:
            return 0
        promising = {
            (agency.code, service.code)
            for version in judge.versions.all
            for agency in version.mall.agencies
            for service in agency.services
            if service.done is not None
        }
        if not cases.unmade(tx, promising):
            return 0
    with store.write() as tx:
        known = sorted(row.id for row in sources.all_sources(tx).values())
        for source_id in known:
            sources.lock(tx, source_id, now, heard=False)
        if not cases.unmade(tx, promising):
            return 0  # another process was first
        by_source: dict[int, set[str]] = {}
        for source_id, key in cases.told_keys(tx):
            by_source.setdefault(source_id, set()).add(key)
        for source_id, ticket, leg in cases.accepted_legs(tx, promising):
            by_source.setdefault(source_id, set()).add(key_of(ticket, leg))
        for source_id, keys in by_source.items():
            fold_cases(tx, judge, source_id, keys)
    return sum(map(len, by_source.values()))


def refold_cases(store: Store, judges: Judges, source: SourceRow, day: date, now: datetime) -> None:
    """Judge a source's cases received on ``day`` or later anew."""
    with store.read() as tx:
        keys = cases.keys_since(tx, source.id, day)
    for start in range(0, len(keys), CHUNK):
        with store.write() as tx:
            sources.lock(tx, source.id, now, heard=False)
            fold_cases(tx, judges.of(tx), source.id, keys[start : start + CHUNK])
