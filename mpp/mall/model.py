"""The mall's description as frozen values, whatever it was read from.

One :class:`Mall` is one version of the description. Codes match ``[a-z0-9-]+``; service and
counter codes are unique within their agency. Promises are kept in seconds; None means "standar
belum ditetapkan": such a service stays outside every share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from queues.clock import Calendar


@dataclass(frozen=True, slots=True)
class Done:
    """A published jangka waktu: ``minutes`` or ``working_days``, exactly one of them set."""

    minutes: int | None = None
    working_days: int | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One layanan. ``wait_s``/``wait_priority_s``/``desk_s`` in seconds; ``decree`` makes the wait
    promise a standard instead of the mall's own target. ``created`` marks what an import made."""

    code: str
    name: str
    prefix: str | None = None
    wait_s: int | None = None
    wait_priority_s: int | None = None
    desk_s: int | None = None
    done: Done | None = None
    decree: str | None = None
    quota: int | None = None
    fee: str | None = None
    share: float | None = None
    created: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """One loket: ``services`` are the codes it serves (empty = all of its agency)."""

    code: str
    name: str
    floor: str | None = None
    place: str | None = None
    services: tuple[str, ...] = ()
    created: bool = False


@dataclass(frozen=True, slots=True)
class Agency:
    """One instansi. ``calendar`` is its own hours with its service days already cut out of the
    mall's week (a weekday it does not serve has no open span). ``planned`` is the number of
    counters planned a day. ``share`` is percent of arrivals, for the simulator."""

    code: str
    name: str
    short: str
    calendar: Calendar
    services: tuple[Service, ...] = ()
    counters: tuple[Counter, ...] = ()
    letter: str | None = None
    kind: str | None = None
    floor: str | None = None
    zone: str | None = None
    extension: str | None = None
    planned: int | None = None
    share: float | None = None
    needs: tuple[str, ...] = ()
    created: bool = False

    def service(self, code: str) -> Service | None:
        """The service of that code, or None."""
        return next((s for s in self.services if s.code == code), None)

    def counter(self, code: str) -> Counter | None:
        """The counter of that code, or None."""
        return next((c for c in self.counters if c.code == code), None)


@dataclass(frozen=True, slots=True)
class Source:
    """A feed: the ``agencies`` it may write, how often it is ``expected_every_s`` to report
    (None = no expectation), the ``steps`` it reports, its ``kind`` (api, file, readings, manual),
    and ``clock_offset_s`` added to its times. ``required`` sources decide an agency's freshness."""

    code: str
    name: str
    agencies: tuple[str, ...]
    kind: str = "api"
    expected_every_s: int | None = None
    steps: tuple[str, ...] = ("issued", "checked_in", "called", "started", "finished")
    clock_offset_s: int = 0
    required: bool = True
    created: bool = False


@dataclass(frozen=True)
class Mall:
    """One version of the whole description. ``grace_s``: how long after closing open legs are
    left alone; ``last_ticket_s``: how long before closing number taking ends. ``calendar`` are
    the mall's own hours. ``example`` marks the shipped example. ``dial`` is what a telephone dials
    before an agency's extension: the mall's number and pauses (None: nobody said). ``plans`` are (floor,
    file) of the floors the mall has drawn itself, the file relative to the description's folder."""

    code: str
    name: str
    zone: str
    calendar: Calendar
    agencies: tuple[Agency, ...] = ()
    sources: tuple[Source, ...] = ()
    grace_s: int = 3600
    last_ticket_s: int | None = None
    example: bool = False
    floors: tuple[str, ...] = field(default=())
    dial: str | None = None
    plans: tuple[tuple[str, str], ...] = ()

    @cached_property
    def by_code(self) -> dict[str, Agency]:
        """Agencies by code."""
        return {a.code: a for a in self.agencies}

    @cached_property
    def sources_by_code(self) -> dict[str, Source]:
        """Sources by code."""
        return {s.code: s for s in self.sources}

    @cached_property
    def places(self) -> dict[str, tuple[str, ...]]:
        """The codes of the agencies, each with those of its counters."""
        return {a.code: tuple(c.code for c in a.counters) for a in self.agencies}

    @cached_property
    def _services(self) -> dict[tuple[str, str], Service]:
        return {(a.code, s.code): s for a in self.agencies for s in a.services}

    @cached_property
    def _counters(self) -> frozenset[tuple[str, str]]:
        return frozenset((a.code, c.code) for a in self.agencies for c in a.counters)

    def service(self, agency: str, code: str) -> Service | None:
        """The service of that agency and code, or None."""
        return self._services.get((agency, code))

    def has_counter(self, agency: str, code: str) -> bool:
        """Whether the agency has a counter of that code."""
        return (agency, code) in self._counters


@dataclass(frozen=True, slots=True)
class Version:
    """A description and the first mall-zone day it is valid for (None: all earlier days too)."""

    id: int
    valid_from: date | None
    mall: Mall


_MISSING = "no mall is described yet: run `mpp init`, or import with --create"


class Versions:
    """Every version of the description, oldest first; answers which one judges a day."""

    def __init__(self, versions: tuple[Version, ...]) -> None:
        self._versions = versions

    def __bool__(self) -> bool:
        return bool(self._versions)

    @property
    def all(self) -> tuple[Version, ...]:
        """Every version, oldest first."""
        return self._versions

    @property
    def id(self) -> int:
        """Id of the newest version, 0 when there is none: changes whenever the description does."""
        return max((v.id for v in self._versions), default=0)

    @property
    def newest(self) -> Mall:
        """The description loaded last. Raises LookupError when there is none."""
        if not self._versions:
            raise LookupError(_MISSING)
        return max(self._versions, key=lambda v: v.id).mall

    def first_agency(self, code: str) -> Agency | None:
        """The agency as the first description that has it tells, None where none does."""
        for version in sorted(self._versions, key=lambda v: v.id):
            if code in version.mall.by_code:
                return version.mall.by_code[code]
        return None

    def with_service(self, agency: str, code: str) -> Mall | None:
        """The newest description that has the service, None where none has."""
        for version in sorted(self._versions, key=lambda v: v.id, reverse=True):
            if version.mall.service(agency, code) is not None:
                return version.mall
        return None

    def source(self, code: str) -> Source:
        """The source of that code in the newest description that has it. Raises LookupError."""
        for version in sorted(self._versions, key=lambda v: v.id, reverse=True):
            if code in version.mall.sources_by_code:
                return version.mall.sources_by_code[code]
        raise LookupError(f"no description has a source {code!r}")

    def on(self, day: date) -> Mall:
        """The description valid on ``day``: the latest loaded of those valid from that day or
        earlier; the first version is valid for all earlier days.

        Raises LookupError when there is no description at all.
        """
        if not self._versions:
            raise LookupError(_MISSING)
        valid = [v for v in self._versions if v.valid_from is None or v.valid_from <= day]
        if not valid:
            return min(self._versions, key=lambda v: v.id).mall
        return max(valid, key=lambda v: v.id).mall
