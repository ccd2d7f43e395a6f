"""What needs action at the board's instant: pure, from the facts and the board (words.md section 1).

One lever, one row: an agency that has not opened, where nobody serves or whose system is down has
no further condition about its waiting, and one without news has none at all. Those that never sent
any are one condition together: a mall that is being connected has one row about it and not twenty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from counters.ratings import LOW, batches
from mpp.live.agency import NOT_OPENED_AFTER
from mpp.live.episodes import SILENT, Place
from mpp.live.facts import Facts
from mpp.live.model import AgencyNow, Board, Condition, CounterNow, ServiceNow
from mpp.live.overdue import Overdue, longest, overdue
from mpp.live.sources import SILENT_AFTER, state_for
from mpp.live.unserved import nobody_serves, unserved_since
from mpp.mall.model import Source
from queues.clock import WorkClock

SYSTEM: Final = ("central_system", "network_power", "out_of_forms")
"""Reasons of a pause that are a broken system and not a missing officer."""

UNFINISHED_FROM: Final = 13
"""From this hour of the mall's clock on a line is compared with closing."""
UNFINISHED_AFTER: Final = timedelta(minutes=10)
"""So much after closing the last one must be expected: less is the usual end of a day."""
UNFINISHED_SERVED: Final = 5
"""So many services must have been timed today before the next ones are foretold."""
UNFINISHED_STEP_S: Final = 300
"""The expected end is told in whole steps of so many seconds: it is no more exact than that."""

RATED_WITHIN: Final = timedelta(minutes=60)
LOW_SHARE: Final = 0.4
LOW_TIMES: Final = 2.0
"""So many times as often as in the rest of the day ratings must be low."""
LOW_ANYHOW: Final = 0.7
"""Or this share of them, however bad the day has been, and where there is nothing to compare with."""

IN_NO_HOURS: Final = ("unscheduled", "closed")
GRAVE: Final = ("not_opened", "nobody_serving", "system")
"""Rules beside which an agency has no row about its lines."""


def conditions(facts: Facts, board: Board) -> tuple[Condition, ...]:
    """Everything that holds at ``board.now``, in no particular order."""
    services: dict[str, list[ServiceNow]] = defaultdict(list)
    counters: dict[str, list[CounterNow]] = defaultdict(list)
    for service in board.services:
        services[service.agency].append(service)
    for counter in board.counters:
        counters[counter.agency].append(counter)
    found: list[Condition] = []
    for agency in board.agencies:
        one = services[agency.code], counters[agency.code]
        found += of_agency(facts, agency, *one, board.now)
    return (*found, *of_mall(facts, board))


def of_agency(
    facts: Facts,
    agency: AgencyNow,
    services: Sequence[ServiceNow],
    counters: Sequence[CounterNow],
    now: datetime,
) -> tuple[Condition, ...]:
    """What holds for one agency: nothing outside its hours or without news."""
    if agency.state in (*IN_NO_HOURS, "silent"):
        return ()
    return tuple(_Agency(facts, agency, services, counters, now).found())


def of_mall(facts: Facts, board: Board) -> tuple[Condition, ...]:
    """What holds for the mall or for a source, whatever the agencies' own conditions are."""
    return (*_integrity(facts, board), *_silent(facts, board), *_unconnected(facts, board))


def unheard(board: Board) -> frozenset[str]:
    """Codes of the agencies of which nobody knows what holds now: in hours and without news."""
    return frozenset(agency.code for agency in board.agencies if agency.state == "silent")


def unproven(facts: Facts, board: Board, listened_s: float) -> frozenset[Place]:
    """Silences of which a process that has listened for so many seconds cannot say yet whose they are:
    what a feed sent while nobody was there is not known, so each has its interval of silence first."""
    found: set[Place] = set()
    for source, told in zip(facts.judge.on(facts.day).sources, board.sources, strict=True):
        every = source.expected_every_s
        if every is None or listened_s >= SILENT_AFTER * every:
            continue
        if source.kind == "manual":
            found |= {(SILENT, code, "") for code in source.agencies if code in unheard(board)}
        elif told.state == "silent":
            found.add(_silence(source))
    return frozenset(found)


class _Agency:
    """One agency that is in hours and heard of."""

    def __init__(
        self,
        facts: Facts,
        agency: AgencyNow,
        services: Sequence[ServiceNow],
        counters: Sequence[CounterNow],
        now: datetime,
    ) -> None:
        self.facts, self.agency, self.services, self.counters = facts, agency, services, counters
        self.now = now
        self.clock: WorkClock = facts.judge.clock(facts.day, agency.code)

    def found(self) -> Iterator[Condition]:
        grave = self._not_opened() or self._system() or self._nobody_serving()
        if grave is not None:
            yield grave
        else:
            yield from filter(None, (self._priority(), self._over(), self._unfinished()))
        ratings = self._ratings()
        if ratings is not None:
            yield ratings

    # nobody there

    def _not_opened(self) -> Condition | None:
        one = self.agency
        if one.state != "not_opened":
            return None
        return Condition("not_opened", one.code, since=one.since, due=one.since, waiting=one.waiting)

    def _system(self) -> Condition | None:
        one, waiting = self.agency, self._waiting()
        if one.state != "paused" or one.reason not in SYSTEM or not waiting:
            return None
        return Condition("system", one.code, since=one.since, waiting=waiting, reason=one.reason)

    def _nobody_serving(self) -> Condition | None:
        one, waiting = self.agency, self._waiting()
        if not waiting or not nobody_serves(one, self.counters):
            return None
        return Condition(
            "nobody_serving",
            one.code,
            since=unserved_since(one, self.counters, self.clock.begun(self.now)),
            waiting=waiting,
            reason={"paused": one.reason, "quota_used": "quota_used"}.get(one.state),
        )

    def _waiting(self) -> int | None:
        """Who waits, forgotten ones aside: most of those have left."""
        lines = [service.line for service in self.services if service.line is not None]
        return sum(line.waiting - len(line.forgotten) for line in lines) if lines else None

    def _names(self, state: str) -> tuple[str, ...]:
        return tuple(counter.name for counter in self.counters if counter.state == state)

    # lines

    def _late(self, service: ServiceNow, *, priority: bool) -> Overdue | None:
        return overdue(self.facts, service, self.clock, self.now, priority=priority)

    def _priority(self) -> Condition | None:
        late = [one for service in self.services if (one := self._late(service, priority=True))]
        if not late:
            return None
        first = min(late, key=lambda one: one.since)
        return Condition(
            "priority",
            self.agency.code,
            since=first.since,
            over=sum(one.count for one in late),
            promise_s=first.promise_s,
            longest_since=first.longest_since,
            number=first.number,
        )

    def _over(self) -> Condition | None:
        ordinary = [one for service in self.services if (one := self._late(service, priority=False))]
        if not ordinary:
            return None  # nobody, or those whom the row about priority names
        late = [*ordinary, *filter(None, map(self._alike, self.services))]
        promises = {one.promise_s for one in late}
        first = longest(late)
        agency = self.agency
        return Condition(
            "over",
            agency.code,
            since=min(one.since for one in late),
            over=sum(one.count for one in late),
            excess_s=sum(one.excess_s for one in late),
            promise_s=promises.pop() if len(promises) == 1 else None,
            longest_since=first.longest_since,
            number=first.number,
            serving=agency.serving,
            planned=agency.planned,
            unattended=self._names("unattended"),
            shut=self._names("not_opened"),
        )

    def _alike(self, service: ServiceNow) -> Overdue | None:
        """Priority visitors of a service that promises them no more than everybody."""
        late = self._late(service, priority=True)
        return late if late is not None and late.promise_s == service.promise_s else None

    def _unfinished(self) -> Condition | None:
        one = self.agency
        if self.clock.calendar.week is None or not one.serving:
            return None
        if self.now.astimezone(self.facts.judge.zone).hour < UNFINISHED_FROM:
            return None
        known = self.facts.agencies.get(one.code)
        lines = [service.line for service in self.services if service.line is not None]
        uncalled = sum(line.uncalled - len(line.forgotten) for line in lines)
        each = one.day.service_mean_s
        if known is None or known.day.whole.service_n < UNFINISHED_SERVED or each is None or not uncalled:
            return None
        closing = self.clock.closing(self.facts.day)
        # After closing they go on without a break, not tomorrow.
        late = uncalled * each / one.serving - self.clock.seconds(self.now, closing)
        if late <= UNFINISHED_AFTER.total_seconds():
            return None
        steps = -(-late // UNFINISHED_STEP_S)
        return Condition(
            "unfinished",
            one.code,
            waiting=uncalled,
            serving=one.serving,
            planned=one.planned,
            due=closing + timedelta(seconds=steps * UNFINISHED_STEP_S),
            closes_at=closing,
        )

    # visitors' answers

    def _ratings(self) -> Condition | None:
        known = self.facts.agencies.get(self.agency.code)
        if known is None or not known.ratings:
            return None
        begin = self.now - RATED_WITHIN
        late: list[bool] = []
        early: list[bool] = []
        # Whole batches, as on the board: that a row comes, or its figures, must not tell one's answer.
        for batch in batches(known.ratings):
            into = late if max(rating.at for rating in batch) > begin else early
            into += [rating.score in LOW for rating in batch]
        if not late or sum(late) < LOW_SHARE * len(late):
            return None
        enough = min(LOW_TIMES * sum(early) / len(early), LOW_ANYHOW) if early else LOW_ANYHOW
        if sum(late) / len(late) < enough:
            return None
        return Condition("ratings", self.agency.code, waiting=len(late), over=sum(late))


def _integrity(facts: Facts, board: Board) -> Iterator[Condition]:
    """Reports of a fee beyond the tariff, those of all agencies together. On the record alone: no
    board carries them (CONFIDENTIAL)."""
    reported = [
        rating.at
        for known in facts.agencies.values()
        for rating in known.ratings
        if rating.fee and rating.at <= board.now
    ]
    if reported:
        yield Condition("integrity", since=min(reported), over=len(reported))


def _silent(facts: Facts, board: Board) -> Iterator[Condition]:
    """Feeds that fell silent in their agencies' hours, one condition each. A file is no feed, and
    one that has not begun the day has until NOT_OPENED_AFTER the opening."""
    mall = facts.judge.on(facts.day)
    concerned: dict[str, list[str]] = defaultdict(list)
    reported = {}
    for agency in board.agencies:
        if agency.state != "silent" or agency.data_at is None:
            continue
        span = facts.judge.clock(facts.day, agency.code).open_span(facts.day)
        if span and agency.data_at < span[0] and board.now < span[0] + NOT_OPENED_AFTER:
            continue
        for source, told in zip(mall.sources, board.sources, strict=True):
            if agency.code not in source.agencies or not source.required:
                continue
            if state_for(facts, source, agency.code, board.now)[0] == agency.data:
                if source.kind == "manual":
                    yield Condition(SILENT, agency.code, since=agency.data_at, waiting=1)
                elif source.kind != "file":
                    concerned[source.code].append(agency.code)
                    reported[source.code] = told.last_reported
                break
    for code, agencies in concerned.items():
        place = _silence(mall.sources_by_code[code])
        yield Condition(*place, since=reported[code], waiting=len(agencies))


def _silence(source: Source) -> Place:
    """Where a feed's silence belongs: to its agency, or to itself where it is that of several."""
    alone = len(source.agencies) == 1
    return "silent", source.agencies[0] if alone else "", "" if alone else source.code


def _unconnected(facts: Facts, board: Board) -> Iterator[Condition]:
    """Agencies that wait in vain for the first word of a feed. A replay does not know who sent
    anything on days before its own."""
    if facts.mode == "replay":
        return
    sources = facts.judge.on(facts.day).sources
    never = {
        code
        for source, told in zip(sources, board.sources, strict=True)
        if source.required and source.kind != "file" and told.state == "never"
        for code in source.agencies
    }
    names, openings = [], []
    for agency in board.agencies:
        if agency.code not in never or agency.state != "silent":
            continue
        span = facts.judge.clock(facts.day, agency.code).open_span(facts.day)
        if span and board.now >= span[0] + NOT_OPENED_AFTER:
            names.append(agency.short)
            openings.append(span[0])
    if names:
        yield Condition("silent", since=min(openings), waiting=len(names), names=tuple(names))
