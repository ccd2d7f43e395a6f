"""A leg as a row: its day, its waits in wall and working time, its promise as of that day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mpp.live.description import Descriptions
from mpp.mall.model import Mall, Source, Versions
from mpp.store import Read
from queues.clock import Calendar, WorkClock
from queues.events import Leg
from queues.quality import findings
from queues.waiting import times, verdict


class Judge:
    """Judges legs by the description that was valid on their day.

    ``versions`` never change within one Judge; make a new one when the description did.
    """

    def __init__(self, versions: Versions) -> None:
        self.versions = versions
        self.mall = versions.newest
        self.zone = ZoneInfo(self.mall.zone)
        self._clocks: dict[Calendar, WorkClock] = {}
        self._by_day: dict[tuple[date, str], WorkClock] = {}
        self._malls: dict[date, Mall] = {}
        self._sources: dict[str, Source] = {}

    def on(self, day: date) -> Mall:
        """The description valid on a day."""
        mall = self._malls.get(day)
        if mall is None:
            mall = self._malls[day] = self.versions.on(day)
        return mall

    def day(self, at: datetime) -> date:
        """The mall-zone day of an instant."""
        return at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The instant a mall-zone day begins, aware UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    def source(self, code: str) -> Source:
        """The source as the newest description that has it tells. Raises LookupError."""
        found = self._sources.get(code)
        if found is None:
            found = self._sources[code] = self.versions.source(code)
        return found

    def clock(self, day: date, agency: str) -> WorkClock:
        """The working clock of an agency as of a day. Where that day's description did not know it
        yet (an import with --create brings older days), the first that does, so that a later one
        leaves history alone; the mall's where none does."""
        clock = self._by_day.get((day, agency))
        if clock is None:
            mall = self.on(day)
            found = mall.by_code.get(agency) or self.versions.first_agency(agency)
            clock = self._by_day[day, agency] = self.clock_of(found.calendar if found else mall.calendar)
        return clock

    def clock_of(self, calendar: Calendar) -> WorkClock:
        """The working clock of a calendar."""
        clock = self._clocks.get(calendar)
        if clock is None:
            clock = self._clocks[calendar] = WorkClock(calendar)
        return clock

    def promise_s(self, day: date, agency: str, service: str, priority: str | None) -> int | None:
        """The wait promise in seconds that holds for such a ticket on a day, None without one."""
        found = self.on(day).service(agency, service)
        if found is None:
            return None
        if priority is not None and found.wait_priority_s is not None:
            return found.wait_priority_s
        return found.wait_s

    def row(self, source_id: int, source: str, leg: Leg, now: datetime) -> dict[str, Any] | None:
        """The leg's row, or None for a leg that no agency and service can be named for."""
        if leg.agency is None or leg.service is None:
            return None
        # A booking belongs to the day its holder came, when its wait began.
        day = self.day(leg.wait_from)
        clock = self.clock(day, leg.agency)
        promise = self.promise_s(day, leg.agency, leg.service, leg.priority)
        measured = times(leg, clock)
        ended = leg.state == "ended"
        found = sorted({*leg.findings, *findings(leg, measured, self.zone)})
        return {
            "mall": self.mall.code,
            "source_id": source_id,
            "ticket": leg.ticket,
            "leg": leg.leg,
            "visit": leg.visit or f"{source}:{leg.ticket}",
            "agency": leg.agency,
            "service": leg.service,
            "number": leg.number,
            "counter": leg.counter,
            "priority": leg.priority,
            "state": leg.state,
            "since": leg.since,
            "day": day,
            "issued_at": leg.issued_at,
            "checked_in_at": leg.checked_in_at,
            "called_at": leg.called_at,
            "start_at": leg.start_at,
            "start_by": leg.start_by,
            "ended_at": leg.ended_at,
            "outcome": leg.outcome,
            "result": leg.result,
            "due": leg.due,
            "calls": leg.calls,
            "held_s": leg.held_s,
            "to_agency": leg.to_agency,
            "to_service": leg.to_service,
            "promise_s": promise,
            "wait_s": measured.wait_s,
            "wait_work_s": measured.wait_work_s,
            "service_s": measured.service_s,
            # An open leg that is not started is judged by the board at its own instant.
            "within": verdict(leg, measured, promise, now, clock) if ended or leg.start_at else None,
            "findings": " ".join(found),
        }


class Judges:
    """The judge of the description in force, renewed when the database holds a newer one. Asked
    after the source's lock was taken, it judges by what every writer after it will judge by."""

    def __init__(self) -> None:
        self._descriptions = Descriptions()
        self._judge: Judge | None = None

    def of(self, tx: Read) -> Judge:
        """The judge now. Raises LookupError while no mall is described."""
        versions = self._descriptions.versions(tx)
        if self._judge is None or self._judge.versions is not versions:
            self._judge = Judge(versions)
        return self._judge
