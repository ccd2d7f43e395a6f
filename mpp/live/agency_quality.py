"""The dirt in an agency's own data: tickets to mend, and what could not be read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from mpp.live.judge import Judge
from mpp.store import Read, agency_legs, held, sources
from mpp.store.agency_legs import ToldLeg
from mpp.store.held import Held
from queues.quality import NO_FAULT, faults, score

HELD_MOST: Final = 2000
"""So many entries in quarantine are looked at; a source keeps at most 10,000."""


@dataclass(frozen=True, slots=True)
class SourceScore:
    """One source: of ``legs`` of the agency ``faulty`` have a fault of the data."""

    code: str
    name: str
    legs: int
    faulty: int

    @property
    def score(self) -> float | None:
        """Share without a fault; None without legs."""
        return score(self.legs, self.faulty)


@dataclass(frozen=True, slots=True)
class DayFaults:
    """One day: ``legs`` of the agency, ``faulty`` of them, and each finding with its tickets."""

    day: date
    legs: int
    faulty: int
    findings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read for one reason: ``items`` entries, the last received at ``last``, and the
    ``places`` (file and line) of some."""

    reason: str
    items: int
    last: datetime
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A service or counter that the mall's description does not have: ``numbers`` are the numbers of
    some of its ``items``."""

    kind: str
    code: str
    items: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """``legs`` with findings are a page of ``total``, newest first; ``more`` says that quarantine holds
    more than was looked at."""

    legs: tuple[ToldLeg, ...]
    total: int
    days: tuple[DayFaults, ...]
    sources: tuple[SourceScore, ...]
    unread: tuple[Unread, ...]
    unknown: tuple[Unknown, ...]
    more: bool = False


def quality(
    tx: Read, judge: Judge, agency: str, days: Sequence[date], *, skip: int = 0, most: int = 50
) -> Quality:
    """The agency's findings of these days, and everything of it that is in quarantine now."""
    counted = agency_legs.counted_findings(tx, agency, days)
    known = {row.id: row.code for row in sources.all_sources(tx).values()}
    mine = [source for source in judge.mall.sources if agency in source.agencies]
    ids = {code: id_ for id_, code in known.items()}
    alone = [ids[s.code] for s in mine if s.agencies == (agency,) and s.code in ids]
    entries = held.of(tx, agency, alone, HELD_MOST + 1)
    return Quality(
        legs=tuple(agency_legs.faulty(tx, agency, days, skip=skip, most=most)),
        total=sum(count for _, _, found, count in counted if faults(found.split())),
        days=_days(counted),
        sources=_scores(counted, {ids[s.code]: (s.code, s.name) for s in mine if s.code in ids}),
        unread=_unread(entries[:HELD_MOST]),
        unknown=_unknown(entries[:HELD_MOST]),
        more=len(entries) > HELD_MOST,
    )


def _days(counted: Iterable[tuple[date, int, str, int]]) -> tuple[DayFaults, ...]:
    legs: Counter[date] = Counter()
    faulty: Counter[date] = Counter()
    findings: dict[date, Counter[str]] = defaultdict(Counter)
    for day, _, found, count in counted:
        codes = found.split()
        legs[day] += count
        faulty[day] += count if faults(codes) else 0
        for code in codes:
            findings[day][code] += 0 if code in NO_FAULT else count
    return tuple(
        DayFaults(
            day, legs[day], faulty[day], tuple((code, n) for code, n in findings[day].most_common() if n)
        )
        for day in sorted(legs, reverse=True)
    )


def _scores(
    counted: Iterable[tuple[date, int, str, int]], names: dict[int, tuple[str, str]]
) -> tuple[SourceScore, ...]:
    legs: Counter[int] = Counter()
    faulty: Counter[int] = Counter()
    for _, source_id, found, count in counted:
        legs[source_id] += count
        faulty[source_id] += count if faults(found.split()) else 0
    return tuple(
        SourceScore(code, name, legs[source_id], faulty[source_id])
        for source_id, (code, name) in sorted(names.items(), key=lambda one: one[1])
    )


def _unread(entries: Iterable[Held]) -> tuple[Unread, ...]:
    by_reason: dict[str, list[Held]] = defaultdict(list)
    for entry in entries:
        by_reason[entry.reason].append(entry)
    found = [
        Unread(
            reason,
            len(some),
            max(entry.last_received_at for entry in some),
            tuple(dict.fromkeys(entry.place for entry in some if entry.place))[:3],
        )
        for reason, some in by_reason.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.items, one.reason)))


def _unknown(entries: Iterable[Held]) -> tuple[Unknown, ...]:
    """What the description lacks. Of a transfer the goal is meant, which may be another agency's
    business: it is not named."""
    by_code: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for entry in entries:
        kind = {"unknown_service": "service", "unknown_counter": "counter"}.get(entry.reason)
        code = entry.data.get(kind) if kind else None
        if kind and isinstance(code, str) and entry.type != "ticket.transferred":
            by_code[kind, code].append(entry)
    found = [
        Unknown(
            kind,
            code,
            len(some),
            tuple(dict.fromkeys(str(entry.data["number"]) for entry in some if "number" in entry.data))[:5],
        )
        for (kind, code), some in by_code.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.items, one.kind, one.code)))
