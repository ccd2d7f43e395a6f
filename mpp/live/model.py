"""The board: one immutable picture of the mall at one instant.

Everything a screen shows live is read from here. None means unknown and is never shown as zero.
Waits are wall seconds, ``over`` and ``excess_s`` are judged on working time (design.md section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from queues.lines import Line, Waiting


@dataclass(frozen=True, slots=True)
class Day:
    """What today has brought so far for one service or summed for one agency or the mall.

    ``wait_p50_s``/``wait_p90_s`` are percentiles (type 7) of wall waits of legs whose service
    started; ``within`` and ``judged`` are numerator and denominator of the share within promise.
    ``returned`` counts legs that came back after a no-show, whatever became of them then.
    """

    issued: int = 0
    started: int = 0
    served: int = 0
    results: Mapping[str, int] = field(default_factory=dict)
    no_show: int = 0
    returned: int = 0
    left: int = 0
    cancelled: int = 0
    unresolved: int = 0
    wait_p50_s: float | None = None
    wait_p90_s: float | None = None
    wait_mean_s: float | None = None
    service_mean_s: float | None = None
    within: int = 0
    judged: int = 0

    @property
    def share(self) -> float | None:
        """Share within the promise, 0-1; None while nothing is judged."""
        return self.within / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Ratings:
    """Today's answers of visitors that are told, in whole batches (:func:`counters.ratings.batches`):
    ``n`` of them, ``satisfied`` with 3 or 4 of 4 points."""

    n: int = 0
    satisfied: int = 0

    @property
    def share(self) -> float | None:
        """Share of the satisfied, 0-1; None while no batch is whole."""
        return self.satisfied / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """One layanan now. ``line`` is None when the agency's data is not to be trusted as current or
    nothing was heard of it today; ``estimate`` marks figures drawn from readings."""

    agency: str
    code: str
    name: str
    prefix: str | None
    promise_s: int | None
    line: Line | None
    day: Day
    estimate: bool = False


@dataclass(frozen=True, slots=True)
class CounterNow:
    """One loket now: ``state`` is serving, ready, unattended, paused, not_opened, closed or
    unknown; ``ticket`` the number at it and ``ticket_since`` when its service started, or when it
    was called while nobody has sat down (``called``). ``since`` of a free counter is when it became
    free. ``served`` counts the tickets it served today and ``service_mean_s`` is their mean time at the
    desk, both as far as was heard: None where nothing was heard today, where readings alone tell, or
    where tickets do not say their counter. ``place`` is where it stands as the description says, else
    its agency's zone."""

    agency: str
    code: str
    name: str
    floor: str | None
    state: str
    since: datetime | None = None
    reason: str | None = None
    ticket: str | None = None
    ticket_since: datetime | None = None
    last_ended: datetime | None = None
    called: bool = False
    served: int | None = None
    service_mean_s: float | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class SourceNow:
    """One feed now: ``state`` is live, late, silent, never, failing or paused."""

    code: str
    name: str
    agencies: tuple[str, ...]
    state: str
    last_reported: datetime | None
    last_changed: datetime | None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class AgencyNow:
    """One instansi now.

    ``state`` is the first that holds of unscheduled, closed, silent, paused, not_opened,
    quota_used, over, filling, calm (design.md section 3); ``since`` when it began as far as the
    data tells, ``reason`` why (pause; nobody_pressed: not opened, as far as counter
    buttons tell). ``data`` is the state of its worst required source and ``data_at`` when that last
    reported. ``waiting``... are None while nothing was heard today.
    ``hours`` is what its own calendar says of now: open, break, friday_prayer, before, closed, shut or
    holiday. ``bar`` is the highest working wait / promise of its services, None without a promise.
    ``forgotten`` tickets were overtaken by later ones; they are in ``waiting``, and
    ``over_forgotten`` of them in ``over``, but no state comes from them.
    """

    code: str
    name: str
    short: str
    letter: str | None
    floor: str | None
    extension: str | None
    state: str
    since: datetime | None
    reason: str | None
    data: str
    data_at: datetime | None
    waiting: int | None
    longest_s: float | None
    longest_since: datetime | None
    longest_number: str | None
    longest_service: str | None
    over: int | None
    excess_s: float | None
    bar: float | None
    planned: int | None
    counters: Mapping[str, int]
    day: Day
    unknown_numbers: int = 0
    forgotten: int = 0
    over_forgotten: int = 0
    estimate: bool = False
    hours: str = "open"
    opens_at: datetime | None = None
    ratings: Ratings = Ratings()

    @property
    def serving(self) -> int:
        """Counters that *melayani*: serving or ready."""
        return self.counters.get("serving", 0) + self.counters.get("ready", 0)

    @property
    def serving_known(self) -> bool:
        """Whether :attr:`serving` says anything: counters of which nothing is known may serve, too."""
        return bool(self.serving or (self.counters and "unknown" not in self.counters))


@dataclass(frozen=True, slots=True)
class Totals:
    """The five numbers of the wall. They leave out silent agencies; ``heard``/``scheduled`` say so.
    ``over`` is None where no agency heard of has a promise, ``waiting`` where none tells it;
    ``over_forgotten`` of those beyond the promise are forgotten tickets.
    ``unheard`` are scheduled agencies without news. ``paused``, ``unattended`` ... count counters.
    """

    open: int
    scheduled: int
    not_opened: tuple[str, ...]
    unheard: tuple[str, ...]
    waiting: int | None
    longest_s: float | None
    longest_since: datetime | None
    longest_agency: str | None
    longest_number: str | None
    over: int | None
    serving: int
    planned: int
    paused: int
    unattended: int
    counters_not_opened: int
    counters_unheard: int
    day: Day
    heard: int
    over_forgotten: int = 0
    ratings: Ratings = Ratings()


@dataclass(frozen=True, slots=True)
class Quarter:
    """Arrivals and completions of one quarter hour starting at ``at``."""

    at: datetime
    arrived: int
    completed: int


@dataclass(frozen=True, slots=True)
class Typical:
    """What the quarter hour starting at ``at`` brings on a typical day of this weekday: medians."""

    at: datetime
    arrived: float
    completed: float


@dataclass(frozen=True, slots=True)
class Own:
    """What an agency's own page shows besides its part of the board, and nobody else's does.

    ``tickets`` are each service's legs that have not ended, as its line takes them. ``flow`` are
    arrivals and completions by quarter hour (its start in seconds since the epoch), ``typical`` what
    this agency's usual day of this weekday brings, empty unless ``typical_days`` were known.
    ``week_ago`` is the share within the promise on the same weekday last week, None where not known.
    ``opens`` and ``closes`` are its own hours of today, ``until`` is when what its calendar says of now
    (:attr:`AgencyNow.hours`) changes and ``begun`` when the stretch of its hours or the break that it is
    in began; None where no hours are known. ``at_once`` counts today's tickets
    whose steps were all told within a second, so that their wait is not known. ``by_hand`` are the state and
    last word of its sources fed by hand, by code: of these the agency's own presses alone count.
    """

    tickets: Mapping[str, tuple[Waiting, ...]] = field(default_factory=dict)
    flow: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    typical: tuple[Typical, ...] = ()
    typical_days: int = 0
    week_ago: float | None = None
    at_once: int = 0
    opens: datetime | None = None
    closes: datetime | None = None
    until: datetime | None = None
    begun: datetime | None = None
    by_hand: Mapping[str, tuple[str, datetime | None]] = field(default_factory=dict)


NOTHING_OWN: Final = Own()


RULES: Final = (
    "not_opened",
    "nobody_serving",
    "priority",
    "system",
    "over",
    "unfinished",
    "ratings",
    "integrity",
    "silent",
)
"""What may need action, most urgent first (words.md section 1); the first two rank alike."""

CONFIDENTIAL: Final = ("integrity",)
"""Rules for the mall's manager and the inspectorate alone: :func:`mpp.live.sight.seen` leaves their rows
out for everybody else (docs/decisions/0013)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that needs action now, with the figures its row says.

    ``rule`` is one of RULES. ``agency`` is the code of the agency, empty where it is a source's or
    the mall's; ``source`` the code of the source that is silent for several agencies. ``since``
    is when it began, as far as the data tells. Waits are judged as on the board.

    not_opened: ``waiting``, ``due`` is the opening. nobody_serving, system: ``waiting``, ``reason``.
    priority: ``over`` such visitors beyond ``promise_s``, the first ``number`` since ``longest_since``.
    over: ``over`` people beyond ``promise_s`` (None: several promises), ``excess_s`` together, the
    longest ``number`` since ``longest_since``; ``serving`` of ``planned`` counters, ``unattended``
    names those without officer, ``shut`` those not opened yet. unfinished: ``waiting`` people are
    done at ``due`` with ``serving`` counters, ``closes_at`` is closing. ratings: of the last
    ``waiting`` answers, whole batches that came to an end within the hour, ``over`` are low.
    integrity: ``over`` reports. silent: since ``since``; ``waiting`` agencies are concerned. Those
    whose feeds were never heard of are one condition without agency and source: ``waiting`` of them,
    ``names`` their short names, since the first of them was to open.
    """

    rule: str
    agency: str = ""
    source: str = ""
    since: datetime | None = None
    waiting: int | None = None
    over: int | None = None
    excess_s: float = 0.0
    promise_s: int | None = None
    longest_since: datetime | None = None
    number: str | None = None
    serving: int = 0
    planned: int | None = None
    unattended: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    reason: str | None = None
    due: datetime | None = None
    closes_at: datetime | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody took an action: who, what they do and until when (None: not said)."""

    at: datetime
    who: str
    note: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActionNow:
    """One row of *Perlu tindakan*: an episode that is shown now.

    ``episode`` is its key (rule, agency or source, start), ``name`` what the row begins with (the
    agency's short name, the source's name, or empty), ``since`` its start and ``ended`` its end
    while the row stays for two minutes after it; ``what`` are the figures of this moment, or the
    rule and place alone once it ended. ``taken`` is the last time somebody took it. One that is not
    ``kept`` is on no record, though it holds long enough: nobody can take it.
    """

    episode: str
    name: str
    since: datetime
    ended: datetime | None
    what: Condition
    extension: str | None = None
    taken: Taken | None = None
    kept: bool = True

    @property
    def rule(self) -> str:
        """Which rule it is, one of RULES."""
        return self.what.rule


@dataclass(frozen=True, slots=True)
class PastAction:
    """The last episode of today that was shown and is over."""

    rule: str
    name: str
    since: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """The whole picture. ``version`` moves whenever anything in it but ``now`` moved.
    ``mall_state`` is none (no description), before, open, break, friday_prayer, last_ticket,
    closed, shut or holiday; ``mall_until`` when that changes and ``mall_reason`` the holiday's name.
    "faulty" is none with a description that has mistakes. ``mode`` is live, demo, replay, or ended:
    a replay that reached its end. ``own_clock``: the instant is not the real one (demo, replay).
    ``actions`` are all rows of *Perlu tindakan* in their order, ``last_action`` the last one that
    is over; not ``actions_kept`` is a past day of which none were recorded, so that no row says nothing.
    ``dial`` is what is dialled before an agency's extension, empty where nobody said.
    ``typical`` is empty unless ``typical_days`` same weekdays were complete enough.
    ``plans`` are (floor, file) of the floors with a plan of their own.
    ``opens`` and ``closes`` are the mall's hours of today, ``last_ticket`` when numbers stop; None
    where the description does not say or the mall is shut. ``own`` is what each agency's own page shows
    besides, by its code."""

    version: int
    now: datetime
    day: date
    zone: str
    mall: str
    example: bool
    mode: str
    mall_state: str
    mall_until: datetime | None
    totals: Totals
    agencies: tuple[AgencyNow, ...]
    services: tuple[ServiceNow, ...]
    counters: tuple[CounterNow, ...]
    sources: tuple[SourceNow, ...]
    quarters: tuple[Quarter, ...]
    mall_reason: str = ""
    own_clock: bool = False
    actions: tuple[ActionNow, ...] = ()
    last_action: PastAction | None = None
    actions_kept: bool = True
    dial: str = ""
    typical: tuple[Typical, ...] = ()
    typical_days: int = 0
    opens: datetime | None = None
    closes: datetime | None = None
    last_ticket: datetime | None = None
    plans: tuple[tuple[str, str], ...] = ()
    own: Mapping[str, Own] = field(default_factory=dict)
