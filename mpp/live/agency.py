"""One agency's part of the board: pure, from its facts and the instant."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from counters.states import CounterState, Desk, word
from mpp.live.facts import NO_LEGS, AgencyFacts, Facts
from mpp.live.model import NOTHING_OWN, AgencyNow, Condition, CounterNow, Own, ServiceNow
from mpp.live.sources import agency_data, state_for
from mpp.live.sums import Sums, answers
from mpp.mall.model import Agency, Counter, Service
from queues.clock import DayState, WorkClock
from queues.lines import Called, Line, line

NOT_OPENED_AFTER: Final = timedelta(minutes=10)
FILLING: Final = 0.75
"""Share of the promise someone has waited when a line is filling up."""

WORKING: Final = ("serving", "ready", "unattended", "paused")
"""Counter states of a counter that opened and has not closed."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an agency adds to the board; ``sums`` are its day, for the mall's; ``conditions`` what
    needs action in it."""

    now: AgencyNow
    services: tuple[ServiceNow, ...]
    counters: tuple[CounterNow, ...]
    sums: Sums
    over_unstarted: int
    scheduled: bool
    opened: bool
    heard: bool
    own: Own = NOTHING_OWN
    conditions: tuple[Condition, ...] = ()


NOTHING: Final = AgencyFacts()


def part(facts: Facts, agency: Agency, now: datetime) -> Part:
    """Everything about one agency at ``now``."""
    return _Agency(facts, agency, now).part()


class _Agency:
    def __init__(self, facts: Facts, agency: Agency, now: datetime) -> None:
        self.facts, self.agency, self.now = facts, agency, now
        self.known = facts.agencies.get(agency.code, NOTHING)
        self.clock: WorkClock = facts.judge.clock(facts.day, agency.code)
        self.hours: DayState = self.clock.state(now)
        self.scheduled = self.hours.name not in ("shut", "holiday")
        self.data = agency_data(facts, agency.code, now)
        self.heard = self.data.state in ("live", "late")
        self.midnight = facts.judge.midnight(facts.day)
        # Yesterday's word says nothing of today: until the first one nothing is known, not even zeros.
        spoken = self.data.at is not None and self.data.at >= self.midnight
        self.told = self.data.state != "never" and (spoken or bool(self.known.day.sums))
        # What was last heard is shown as it was then: nobody knows whether it went on.
        self.at = now if self.heard or self.data.at is None else min(now, self.data.at)
        at_counters = [leg for legs in self.known.lines.values() for leg in legs.serving]
        # Who is served comes before who is only called; then the later one.
        at_counters.sort(key=lambda leg: (leg.state == "serving", leg.since, leg.number or ""))
        self.serving = {leg.counter: leg for leg in at_counters}
        span = self.clock.open_span(facts.day) if self.scheduled else None
        stated = (state.since for state in self.known.counters.values())
        self.stated = [at for at in stated if at is not None and at >= self.midnight]
        self.unplaced = self._unplaced()
        self._desk = Desk(
            day_start=self.midnight,
            opens_at=span[0] if span else None,
            closes_at=span[1] if span else None,
            silent=self.data.state in ("silent", "never"),
        )
        self.estimate = bool(self.known.readings) and not self.known.lines and not self.known.day.sums

    def _unplaced(self) -> bool:
        """Whether tickets are served at none of its described counters: then one that told nothing of
        itself today may be at work."""
        described = {counter.code for counter in self.agency.counters}
        last = max((leg.since for code, leg in self.serving.items() if code not in described), default=None)
        stops = [s.since for s in self.known.counters.values() if s.since and s.state in ("paused", "closed")]
        if last is not None and all(last >= at for at in stops):
            return True
        placed = described & (self.known.day.desks.keys() | self.serving.keys())
        return not self.stated and not placed and any(self.known.day.called_from)

    def part(self) -> Part:
        """Put the agency together."""
        lines = {service.code: self._line(service) for service in self.agency.services}
        late = {code: self._over_unstarted(code, found) for code, found in lines.items()}
        services = tuple(self._service(s, lines[s.code], late[s.code]) for s in self.agency.services)
        counters = tuple(self._counter(counter, lines) for counter in self.agency.counters)
        counts = self._counts(counters)
        sums = self.known.day.whole
        opened = self._opened(counts)
        now = self._agency(
            lines=lines, counters=counters, counts=counts, sums=sums, late=sum(late.values()), opened=opened
        )
        return Part(
            now,
            services,
            counters,
            sums,
            sum(late.values()),
            self.scheduled,
            opened,
            self.heard,
            own=self._own(),
        )

    def _own(self) -> Own:
        usual = self.facts.past.of(self.agency.code)
        known = self.agency.calendar.week is not None
        span = self.clock.open_span(self.facts.day) if known else None
        return Own(
            tickets={code: legs.waiting for code, legs in self.known.lines.items()},
            flow=self.known.day.quarters,
            typical=usual.quarters,
            typical_days=usual.days,
            at_once=self.known.day.whole.at_once,
            week_ago=self.facts.past.week_ago.get(self.agency.code),
            opens=span[0] if span else None,
            closes=span[1] if span else None,
            begun=self.clock.begun(self.now),
            until=self.hours.until,
            by_hand={
                source.code: state_for(self.facts, source, self.agency.code, self.now)
                for source in self.facts.judge.on(self.facts.day).sources
                if source.kind == "manual" and self.agency.code in source.agencies
            },
        )

    # lines

    def _line(self, service: Service) -> Line | None:
        reading = self.known.readings.get(service.code)
        if self.estimate:
            said = reading.waiting if reading else None
            return None if said is None else Line(waiting=said, uncalled=said)
        if not self.told:
            return None
        day = self.known.day
        found = line(
            self.known.lines.get(service.code, NO_LEGS).waiting,
            self.at,
            promise_s=service.wait_s,
            promise_priority_s=service.wait_priority_s,
            worked=self.clock,
            called=Called(
                day.called_from.get((service.code, False), ()), day.called_from.get((service.code, True), ())
            ),
        )
        return _whole_minutes(found)

    def _over_unstarted(self, service: str, found: Line | None) -> int:
        """Today's open legs that have not started and are beyond their promise by now."""
        if found is None:
            return 0  # the line has counted nobody
        count = found.over or 0
        for leg, since in self.known.lines.get(service, NO_LEGS).odd:
            if leg.promise_s is not None:
                late = self.clock.seconds(since, leg.called_at or self.at) > leg.promise_s
                # The line has counted the uncalled of another day; they belong to that day's share.
                count += late if leg.day == self.facts.day else -late if leg.state == "waiting" else 0
        return count

    def _service(self, service: Service, found: Line | None, late: int) -> ServiceNow:
        sums = self.known.day.sums.get(service.code, Sums())
        return ServiceNow(
            agency=self.agency.code,
            code=service.code,
            name=service.name,
            prefix=service.prefix,
            promise_s=service.wait_s,
            line=found,
            day=sums.day(late),
            estimate=self.estimate,
        )

    # counters

    def _counter(self, counter: Counter, lines: Mapping[str, Line | None]) -> CounterNow:
        current = self.serving.get(counter.code)
        served = counter.services or tuple(lines)
        waits = [found.longest_from for code in served if (found := lines.get(code)) and found.longest_from]
        state = self.known.counters.get(counter.code)
        ticket_since = (current.start_at or current.called_at or current.since) if current else None
        last_ended = self.known.day.last_ended.get(counter.code)
        hours = self._desk  # copied by hand: dataclasses.replace takes five times as long
        desk = Desk(
            hours.day_start,
            hours.opens_at,
            hours.closes_at,
            ticket_since=ticket_since,
            waits_since=min(waits, default=None),
            last_end=last_ended,
            silent=hours.silent,
        )
        told = word(state, desk, self.now)
        if told == "not_opened" and (self.estimate or self.unplaced):
            told = "unknown"  # readings tell how many counters are open, never which
        begun = state.begun if state is not None else None
        kept = begun is not None and begun >= desk.day_start
        since = ticket_since if told == "serving" else begun if kept else None
        if told in ("ready", "unattended") and last_ended is not None:
            since = max(since or last_ended, last_ended)
        sums = self.known.day.desk(counter.code) if self.told and not self.estimate else None
        return CounterNow(
            agency=self.agency.code,
            code=counter.code,
            name=counter.name,
            floor=counter.floor or self.agency.floor,
            state=told,
            since=since,
            reason=state.reason if kept and state and told in ("paused", "unattended") else None,
            ticket=current.number if current else None,
            ticket_since=ticket_since,
            last_ended=last_ended,
            called=told == "serving" and current is not None and current.state == "called",
            served=sums.served if sums is not None else None,
            service_mean_s=sums.mean_s if sums is not None else None,
            place=counter.place or self.agency.zone,
        )

    def _counts(self, counters: Sequence[CounterNow]) -> dict[str, int]:
        if self.estimate:
            said = [r.open_counters for r in self.known.readings.values() if r.open_counters is not None]
            # Services of one agency share counters, so the largest figure is the safe one.
            return {"serving": max(said)} if said else {}
        counts = dict(Tally(counter.state for counter in counters))
        if self.unplaced and self._in_hours() and not counts.keys() & {"serving", "ready"}:
            counts.setdefault("unknown", 1)  # somebody serves, though all that told have stopped
        return counts

    def _opened(self, counts: Mapping[str, int]) -> bool:
        """Opened a counter today and has not closed. Where readings alone tell, whether their newest
        say that a counter is open: they do not tell a pause from a closing."""
        if not self.scheduled or self.hours.name in ("before", "closed"):
            return any(counts.get(name, 0) for name in ("serving",))
        if any(counts.get(name) for name in WORKING):
            return True
        return not self.stated and any(self.known.day.called_from)

    def _opened_today(self, opening: datetime | None) -> bool:
        """Opened a counter today, be it closed again by now. Where readings alone tell: unless all of
        today's that tell how many counters are open say none; nobody knows what they did not tell."""
        if self.estimate:
            said = [r.most_open for r in self.known.readings.values() if r.most_open is not None]
            return not said or any(said)
        return any(self.known.day.called_from) or any(
            self._was_open(state, opening or self.midnight) for state in self.known.counters.values()
        )

    def _was_open(self, state: CounterState, opening: datetime) -> bool:
        """Whether a counter was told to be at work today. One that closed before the opening has not
        opened, however often that is told again; a closing alone says nothing of an opening."""
        if state.opened is None or state.opened < self.midnight:
            return False
        return state.closed_from is None or state.closed_from >= opening

    # the whole

    def _agency(
        self,
        *,
        lines: Mapping[str, Line | None],
        counters: Sequence[CounterNow],
        counts: Mapping[str, int],
        sums: Sums,
        late: int,
        opened: bool,
    ) -> AgencyNow:
        known = [found for found in lines.values() if found is not None]
        leading = max(
            (f for f in known if f.longest_s is not None), key=lambda f: f.longest_s or 0.0, default=None
        )
        loads = [found.load for found in known if found.load is not None]
        waiting = sum(found.waiting for found in known) if known else None
        state, since, reason = self._state(
            lines=lines, counters=counters, counts=counts, waiting=waiting, opened=opened
        )
        overs = [found.over for found in known if found.over is not None]
        excesses = [found.excess_s for found in known if found.excess_s is not None]
        return AgencyNow(
            code=self.agency.code,
            name=self.agency.name,
            short=self.agency.short,
            letter=self.agency.letter,
            floor=self.agency.floor,
            extension=self.agency.extension,
            state=state,
            since=since,
            reason=reason,
            data=self.data.state,
            data_at=self.data.at,
            waiting=waiting,
            longest_s=leading.longest_s if leading else None,
            longest_since=leading.longest_from if leading else None,
            longest_number=leading.longest_number if leading else None,
            longest_service=next((code for code, f in lines.items() if f is leading), None)
            if leading
            else None,
            over=sum(overs) if overs and not self.estimate else None,
            excess_s=sum(excesses) if excesses and not self.estimate else None,
            forgotten=sum(len(found.forgotten) for found in known),
            over_forgotten=sum(found.over_forgotten for found in known),
            bar=max(loads) if loads and not self.estimate else None,
            planned=self.agency.planned
            if self.agency.planned is not None
            else len(self.agency.counters) or None,
            counters=counts,
            day=sums.day(late),
            unknown_numbers=self.known.unknown_numbers,
            estimate=self.estimate,
            hours=self.hours.name,
            opens_at=self.clock.next_opening(self.now) if not self._in_hours() else None,
            ratings=answers(self.known.ratings),
        )

    def _in_hours(self) -> bool:
        return self.hours.name in ("open", "break", "friday_prayer")

    def _state(
        self,
        *,
        lines: Mapping[str, Line | None],
        counters: Sequence[CounterNow],
        counts: Mapping[str, int],
        waiting: int | None,
        opened: bool,
    ) -> tuple[str, datetime | None, str | None]:
        """The first that holds, in the order of design.md section 3."""
        if not self.scheduled:
            return "unscheduled", None, self.hours.reason or None
        if not self._in_hours():
            return "closed", None, None
        if not self.heard:
            return "silent", self.data.at, self.data.error
        paused = _paused(counters)
        if paused is not None and paused[1] != "quota_used":
            return "paused", *paused
        span = self.clock.open_span(self.facts.day)
        opening = span[0] if span else None
        opened_today = opened or self._opened_today(opening)
        if not opened_today:
            hours_known = self.agency.calendar.week is not None
            if hours_known and opening is not None and self.now >= opening + NOT_OPENED_AFTER:
                return "not_opened", opening, self._unpressed()
        if paused is not None or self._quota_used():
            return "quota_used", paused[0] if paused else None, None
        # Who was overtaken and forgotten is not missed: one such ticket would keep the day from ending.
        missed = sum(found.waiting - len(found.forgotten) for found in lines.values() if found is not None)
        if opened_today and not opened and not missed and not self.estimate:
            # It closed for today; with people waiting nobody serves them.
            ends = (c.since for c in counters if c.state == "closed" and c.since is not None)
            return "closed", max(ends, default=None), None
        return self._busy(lines, counts, waiting)

    def _unpressed(self) -> str | None:
        """Why it counts as not opened: where officers' buttons alone tell of it, nobody pressed."""
        kinds = {
            source.kind
            for source in self.facts.judge.on(self.facts.day).sources
            if self.agency.code in source.agencies
        }
        return "nobody_pressed" if kinds == {"manual"} else None

    def _busy(
        self, lines: Mapping[str, Line | None], counts: Mapping[str, int], waiting: int | None
    ) -> tuple[str, datetime | None, str | None]:
        known = [found for found in lines.values() if found is not None]
        if any(found.over and found.over > found.over_forgotten for found in known):
            return "over", None, None  # a lost slip alone must not colour a tile for hours
        if any(found.load is not None and found.load >= FILLING for found in known):
            return "filling", None, None
        # A counter of which nothing is known may serve.
        if waiting and counts and not any(counts.get(name) for name in ("serving", "ready", "unknown")):
            return "filling", None, "nobody_serving"
        return "calm", None, None

    def _quota_used(self) -> bool:
        """Every service of the agency has a quota and today's numbers reached it."""
        limited = [s for s in self.agency.services if s.quota is not None]
        if not limited or len(limited) < len(self.agency.services):
            return False
        issued = {code: sums.issued for code, sums in self.known.day.sums.items()}
        return all(issued.get(s.code, 0) >= (s.quota or 0) for s in limited)


def _paused(counters: Sequence[CounterNow]) -> tuple[datetime | None, str | None] | None:
    """Since when and why, when every counter that opened is paused."""
    opened = [counter for counter in counters if counter.state in WORKING]
    if not opened or any(counter.state != "paused" for counter in opened):
        return None
    reason = Tally(counter.reason for counter in opened).most_common(1)[0][0]
    since = min((c.since for c in opened if c.since is not None), default=None)
    return since, reason


def _whole_minutes(found: Line) -> Line:
    """What grows with every second, in whole minutes and hundredths of the promise: a board on
    which only time passed stays the same board, and the exact instants stand beside."""
    if found.longest_s is None:
        return found
    return replace(
        found,
        longest_s=found.longest_s // 60 * 60,
        excess_s=None if found.excess_s is None else found.excess_s // 60 * 60,
        load=None if found.load is None else found.load * 100 // 1 / 100,
    )
