"""Presses at a counter: the event that a press becomes.

One press is one event, under an id drawn where it was pressed: sent twice it counts once. A press says
which state it was pressed on (:attr:`counters.buttons.Booth.mark`); on another state it is refused, and
the page shows the state. docs/decisions/0015-presses.md says which source writes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from counters.buttons import ENDS, PRESSES
from mpp.live.case_fold import fit_due, promised
from mpp.live.counter_desk import Desk, UnknownCounterError, desk
from mpp.live.envelope import Incoming, Refused, read
from mpp.live.intake import Intake, UnknownSourceError
from mpp.live.judge import Judge, Judges
from mpp.live.press import ID, WALK_IN, Press, PressError, taken
from mpp.live.vocabulary import MAX_AGE
from mpp.mall.model import Mall
from mpp.store import Read, Store, Write, desks, log, sources
from mpp.store.desks import DeskLeg
from mpp.store.sources import SourceRow

PART: Final = "loket"
"""Behind a source's code in the CloudEvents source of what was pressed at a counter."""

BEAT_S: Final = 120
"""How often an open page says that its counter is there, in seconds."""

_STEP: Final = timedelta(milliseconds=1)
_BEAT: Final = timedelta(seconds=BEAT_S)


class _TakenError(Exception):
    """The press came twice at once, and the other one was first."""


class Presses:
    """Shows counters and takes presses. Safe to use from several threads."""

    def __init__(self, store: Store, intake: Intake) -> None:
        self.store, self.intake = store, intake
        self._judges = Judges()

    def look(self, agency: str, counter: str, now: datetime) -> Desk:
        """The counter now. Raises UnknownCounterError."""
        with self.store.read() as tx:
            return self._desk(tx, agency, counter, now)

    def mall(self, now: datetime) -> Mall:
        """The description of today. Raises LookupError while there is none."""
        with self.store.read() as tx:
            judge = self._judges.of(tx)
        return judge.on(judge.day(now))

    def due(self, agency: str, service: str, now: datetime) -> str | None:
        """When a file accepted now would be ready (ISO day or instant); None without a promise."""
        with self.store.read() as tx:
            return promised(self._judges.of(tx), agency, service, now)

    def press(self, agency: str, counter: str, given: Press, now: datetime) -> bool:
        """Take a press; False where it was taken before. Raises PressError, UnknownCounterError."""
        if not ID.match(given.id) or given.what not in PRESSES:
            raise PressError("unfit", "id must be 8 to 64 letters, digits or hyphens")
        at = min(given.at or now, now)
        given = replace(given, at=at)
        if now - at > MAX_AGE:
            raise PressError("unfit", "at is more than 7 days old")
        with self.store.read() as tx:
            seen = self._desk(tx, agency, counter, now, given)
            if taken(tx, given.id):
                return False
            leg = _called(seen, given)
            row = _row(tx, seen, given, leg)
            judge = self._judges.of(tx)
            given = _fit_end(judge, seen, given, (at, now))
            parsed = _parsed(tx, (seen, given, leg), row, now, judge.day(at))

        def check(tx: Write) -> None:
            # A press of the counter and one of its ticket may be written under two sources.
            own = sources.all_sources(tx).get(seen.source.code) if seen.source else None
            if own is not None and own.id != row.id:
                sources.lock(tx, own.id, now, heard=False)
            if taken(tx, given.id):
                raise _TakenError
            if _called(self._desk(tx, agency, counter, now, given), given) != leg:
                raise PressError("stale")

        try:
            (answer,) = self.intake.take(row, [parsed], now, heard=_by_hand(seen, row), check=check)
        except _TakenError:
            return False
        except UnknownSourceError:
            raise PressError("no_source") from None
        if answer.status not in ("accepted", "duplicate"):
            raise PressError("unfit", answer.detail or answer.status)
        return answer.status == "accepted"

    def beat(self, agency: str, counter: str, now: datetime) -> bool:
        """The page of a counter is open: say so of a counter that is open or paused, at most once in
        BEAT_S, however many pages there are. Of a closed one nothing is told; a source fed by hand was
        heard all the same. False where nothing was told."""
        with self.store.read() as tx:
            seen = self._desk(tx, agency, counter, now)
            row = None if seen.source is None else sources.all_sources(tx).get(seen.source.code)
        if row is None:
            return False
        if seen.booth.state == "closed":
            if seen.by_hand and (row.last_reported is None or now - row.last_reported >= _BEAT):
                self.intake.take(row, [], now)
            return False
        row = replace(row, clock_offset_s=0)
        slot = int(now.timestamp()) // BEAT_S
        name = f"beat-{agency}-{counter}-{slot}"[-200:]
        data = {"agency": agency, "counter": counter}
        parsed = read(_item(row, (name, "counter.heartbeat", None), now, data), row.code, now)
        if isinstance(parsed, Refused):
            return False
        with self.store.read() as tx:
            if (parsed.origin, name) in log.digests(tx, [name]):
                return False
        (answer,) = self.intake.take(row, [parsed], now, heard=seen.by_hand)
        return answer.status == "accepted"

    def _desk(self, tx: Read, agency: str, counter: str, now: datetime, given: Press | None = None) -> Desk:
        try:
            judge = self._judges.of(tx)
        except LookupError:
            raise UnknownCounterError(counter) from None
        if given is None:
            return desk(tx, judge, agency, counter, now)
        return desk(tx, judge, agency, counter, now, at=given.at, ticket=given.ticket)


def _by_hand(seen: Desk, row: SourceRow) -> bool:
    return seen.by_hand and seen.source is not None and seen.source.code == row.code


def _called(seen: Desk, given: Press) -> DeskLeg | None:
    """Whether a press fits what the counter is; gives the ticket that a next calls, None for a walk-in.
    What the page offered holds though others have come to wait. Raises PressError."""
    if seen.booth.mark != given.seen:
        raise PressError("stale")
    booth = seen.booth if given.next is None else replace(seen.booth, walk_ins=True)
    if given.what not in booth.possible():
        raise PressError("impossible")
    if given.what != "next" or given.next == WALK_IN:
        return None
    if given.next is None:
        return seen.next
    named = (leg for leg in seen.waiting if leg.name == given.next)
    leg = next(named, None)
    if leg is None:
        raise PressError("stale")
    return leg


def _row(tx: Read, seen: Desk, given: Press, leg: DeskLeg | None) -> SourceRow:
    """The source that writes: a ticket's own, else the one of the counter. Our clock needs no correction,
    whatever is wrong with that of the source."""
    known = sources.all_sources(tx)
    holder = leg.source_id if leg is not None else seen.holder
    if given.what in ("open", "pause", "resume", "close"):
        holder = None
    row = next((row for row in known.values() if row.id == holder), None)
    if row is None and seen.source is not None:
        row = known.get(seen.source.code)
    if row is None:
        raise PressError("no_source")
    return replace(row, clock_offset_s=0)


def _parsed(
    tx: Read, pressed: tuple[Desk, Press, DeskLeg | None], row: SourceRow, now: datetime, day: date
) -> Incoming:
    """The event of a press. Never before what the counter told last: else it would change nothing; nor
    before the ticket it calls was waiting."""
    seen, given, leg = pressed
    at = given.at or now
    for told in (seen.changed, leg and leg.since):
        if told is not None and at <= told:
            at = told + _STEP
    if given.what in ("open", "pause", "resume", "close"):
        kind, subject, data = _of_counter(seen, given)
    else:
        kind, subject, data = _of_ticket(tx, pressed, day)
    item = _item(row, (given.id, kind, subject), at, {k: v for k, v in data.items() if v is not None})
    # Where our clock was put back, what it wrote before lies ahead of it: the press follows that.
    parsed = read(item, row.code, max(now, at))
    if isinstance(parsed, Refused):
        raise PressError("unfit", parsed.detail)
    return parsed


_COUNTER: Final = {"open": "opened", "pause": "paused", "resume": "resumed", "close": "closed"}


def _of_counter(seen: Desk, given: Press) -> tuple[str, str | None, dict[str, Any]]:
    data: dict[str, Any] = {"agency": seen.agency.code, "counter": seen.counter.code}
    if given.what == "pause":
        note = (given.note or "").strip() or None
        data |= {"reason": given.reason, "note": note if given.reason == "other" else None}
    return f"counter.{_COUNTER[given.what]}", None, data


def _of_ticket(
    tx: Read, pressed: tuple[Desk, Press, DeskLeg | None], day: date
) -> tuple[str, str, dict[str, Any]]:
    seen, given, leg = pressed
    data: dict[str, Any] = {"agency": seen.agency.code, "counter": seen.counter.code}
    at = seen.booth.at
    if given.what == "next":
        if leg is None:
            return _walk_in(tx, seen, given, day, data)
        data |= {"service": leg.service, "number": leg.number, "priority": leg.priority, "leg": leg.leg}
        return "ticket.called", leg.ticket, data
    if at is None:
        raise PressError("impossible")
    data |= {"service": at.service, "number": at.number or "-", "leg": at.leg}
    kinds = {"start": "started", "recall": "recalled", "no_show": "no_show"}
    if given.what in kinds:
        return f"ticket.{kinds[given.what]}", at.ticket, data
    kind, more = _end(seen, given)
    return kind, at.ticket, data | more


def _walk_in(
    tx: Read, seen: Desk, given: Press, day: date, data: dict[str, Any]
) -> tuple[str, str, dict[str, Any]]:
    """A visitor without a number sits down: since when they waited is not known. The key is made of the
    press, so that the page knows it before it is told."""
    service = given.service or next(iter(seen.services), "")
    if service not in seen.services:
        raise PressError("unfit", f"service {service!r} is not one of this counter's")
    prefix = f"{PART}/{seen.agency.code}/{seen.counter.code}/"
    before = desks.beginning_with(tx, seen.agency.code, day, prefix)
    return (
        "ticket.started",
        f"{prefix}{given.id}"[-200:],
        data | {"service": service, "number": seen.walk_in(before)},
    )


def _fit_end(judge: Judge, seen: Desk, given: Press, when: tuple[datetime, datetime]) -> Press:
    """A finish as it can be kept; ``when`` it was pressed, and now. Raises PressError."""
    at, now = when
    if given.end == "referred":
        mall = judge.on(judge.day(now))
        if mall.service(given.to_agency or seen.agency.code, given.service or "") is None:
            raise PressError("unfit", "say which service the visitor is referred to")
    if given.end == "accepted" and given.due and seen.booth.at:
        try:
            due = fit_due(judge, seen.agency.code, seen.booth.at.service, given.due, at)
        except ValueError as error:
            raise PressError("unfit", f"due: {error}") from None
        return replace(given, due=due)
    return given


def _end(seen: Desk, given: Press) -> tuple[str, dict[str, Any]]:
    if given.end not in ENDS:
        raise PressError("unfit", f"end must be one of {', '.join(ENDS)}")
    if given.end == "cancelled":
        return "ticket.cancelled", {"reason": "request"}
    if given.end == "referred":
        other = given.to_agency if given.to_agency != seen.agency.code else None
        return "ticket.transferred", {"to_agency": other, "to_service": given.service}
    return "ticket.finished", {"result": given.end, "due": given.due if given.end == "accepted" else None}


def _item(
    row: SourceRow, what: tuple[str, str, str | None], at: datetime, data: dict[str, Any]
) -> dict[str, Any]:
    """A CloudEvent; ``what`` is its id, its type and the ticket's key."""
    name, kind, subject = what
    item: dict[str, Any] = {
        "specversion": "1.0",
        "id": name,
        "source": f"{row.code}/{PART}",
        "type": f"mpp.{kind}",
        "time": at.isoformat(),
        "data": data,
    }
    return item if subject is None else item | {"subject": subject}
