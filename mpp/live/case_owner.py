"""Whose case an event speaks of, who writes it, and which description allows it.

A case outlives its source and its service. What the desk tells of a case whose source has ended is
written under the source that writes for its agency now, with the CloudEvents source of the old one
(``<old>/berkas``): no key of the new one, which may count from 1 again, can be taken for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from mpp.live.case_fold import fold_cases
from mpp.live.counter_desk import writer
from mpp.live.envelope import Incoming
from mpp.live.judge import Judge
from mpp.live.kept import owns
from mpp.mall.model import Mall
from mpp.store import Read, Write, cases, sources
from mpp.store.sources import SourceRow

Days = dict[tuple[str, str], date]
"""(CloudEvents source, key) of cases -> the day of receipt."""


def own_writer(tx: Read, judge: Judge, agency: str, source: SourceRow, day: date) -> SourceRow | None:
    """The source that writes what is told on ``day`` of a case of ``source``: itself, or where it has
    ended the agency's writer; None where it has none."""
    mall = judge.on(day)
    if source.code in mall.sources_by_code:
        return source
    found = writer(mall, agency)
    return None if found is None else sources.all_sources(tx).get(found.code)


def receipt_days(tx: Read, judge: Judge, row: SourceRow, items: Collection[Incoming]) -> Days:
    """The days of receipt of the cases that these items begin or go on with. One that is received on a
    day that does not have its service begins nothing."""
    found: Days = {}
    for item in items:
        day = judge.day(item.at)
        serves = judge.on(day).service(item.agency, item.data.get("service") or "") is not None
        if item.type == "case.received" and serves:
            found[item.origin, item.subject] = day
    for owner, told in _by_owner(tx, row, items).items():
        known = cases.days(tx, owner, {item.subject for item in told})
        found |= {(i.origin, i.subject): known[i.subject] for i in told if i.subject in known}
    return found


def described(
    judge: Judge, today: Mall, source: str, item: Incoming, days: Days
) -> tuple[Mall, tuple[str, ...]]:
    """What an item is judged by: the description, and the agencies its source may write. An item that
    goes on with a case is also allowed by what held on the day that was received, or where its service
    ended that very day, by the last that had it."""
    agencies = today.sources_by_code[source].agencies
    day = days.get((item.origin, item.subject)) if item.type.startswith("case.") else None
    if day is None:
        return today, agencies
    then, service = judge.on(day), item.data.get("service") or ""
    if then.service(item.agency, service) is None:
        then = judge.versions.with_service(item.agency, service) or then
    before = then.sources_by_code.get(source)
    knows = today.service(item.agency, service) is not None
    return (today if knows else then), agencies + (before.agencies if before else ())


def fold_told(tx: Write, judge: Judge, row: SourceRow, items: Collection[Incoming], now: datetime) -> None:
    """Fold the cases that new events written under ``row`` speak of, each under its own source."""
    for owner, told in _by_owner(tx, row, items).items():
        if owner != row.id:
            sources.lock(tx, owner, now, heard=False)
        fold_cases(tx, judge, owner, {item.subject for item in told})


def _by_owner(tx: Read, row: SourceRow, items: Iterable[Incoming]) -> dict[int, list[Incoming]]:
    found: dict[int, list[Incoming]] = {}
    known: dict[str, SourceRow] | None = None
    for item in items:
        owner = row.id
        if not owns(row.code, item.origin):
            known = sources.all_sources(tx) if known is None else known
            ended = known.get(item.origin.removesuffix(f"/{cases.DESK}"))
            owner = ended.id if ended else row.id
        found.setdefault(owner, []).append(item)
    return found
