"""The buttons of a counter that has no queue system: what may be pressed now, and what is called next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol, TypeVar

from counters.states import CounterState

PRESSES: Final = ("open", "pause", "resume", "next", "start", "recall", "no_show", "finish", "close")
"""What can be pressed. ``next`` calls the next waiting ticket or begins with a walk-in, ``start``: the
visitor has come to the counter, ``finish`` brings one of ENDS."""

ENDS: Final = ("done", "accepted", "incomplete", "consulted", "referred", "refused", "cancelled", "system")
"""How a service ends, as an officer is asked (words.md section 4)."""


@dataclass(frozen=True, slots=True)
class AtCounter:
    """The ticket at the counter: its key and leg, what is printed on it, since when it is ``called`` or
    ``serving`` (``state``)."""

    ticket: str
    leg: int
    number: str | None
    service: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Booth:
    """One counter as its officer sees it. ``state`` is open, paused or closed (a state from before today
    is none: closed). ``waiting`` are the uncalled tickets it may call; ``walk_ins``: nothing issues
    numbers for it now, so a visitor without one may be served."""

    state: str
    at: AtCounter | None = None
    waiting: int = 0
    walk_ins: bool = False

    @property
    def mark(self) -> str:
        """What a press was pressed on: the same mark, the same state. A page can tell the mark that
        follows a press without asking (assets/counter.js)."""
        if self.at is None:
            return f"{self.state}|"
        return f"{self.state}|{self.at.ticket}|{self.at.leg}|{self.at.state}"

    def possible(self) -> frozenset[str]:
        """What may be pressed now."""
        step = self.at.state if self.at is not None else ""
        if self.state == "closed":
            return frozenset(("open",))
        found = {"": set[str](), "called": {"no_show"}, "serving": {"finish"}}[step]
        if self.state == "paused":
            return frozenset(found | {"resume"} | (set() if step else {"close"}))
        found |= {"pause"}
        if step == "called":
            found |= {"start", "recall"}
        elif not step:
            found |= {"close"} | ({"next"} if self.waiting or self.walk_ins else set())
        return frozenset(found)


def state_today(state: CounterState | None, at: AtCounter | None, midnight: datetime) -> str:
    """open, paused or closed as of today. A ticket that came to the counter later than its last word
    says that somebody works there."""
    told, since = "closed", None
    if state is not None and state.since is not None and state.since >= midnight:
        told, since = state.state, state.since
    if at is not None and told == "closed" and (since is None or since < at.since):
        return "open"
    return told if told in ("open", "paused") else "closed"


class Waits(Protocol):
    """What the order of calling needs of a waiting ticket."""

    @property
    def ticket(self) -> str: ...
    @property
    def number(self) -> str | None: ...
    @property
    def priority(self) -> str | None: ...
    @property
    def wait_from(self) -> datetime | None: ...


W = TypeVar("W", bound=Waits)
_SHORT: Final = 6
_LONGEST: Final = 30
_LAST: Final = datetime.max.replace(tzinfo=UTC)


def next_up(waiting: Iterable[W]) -> W | None:
    """Who is called next: a priority ticket before an ordinary one, then whoever came first; since when
    somebody waits may be unknown, then they come last of their class. None where nobody waits."""
    return min(
        waiting,
        key=lambda leg: (leg.priority is None, leg.wait_from or _LAST, leg.number or "", leg.ticket),
        default=None,
    )


def walk_in_number(
    counter: str, codes: Sequence[str], before: int, prefixes: Iterable[str | None] = ()
) -> str:
    """The number of a visitor without one: "L5-012" is the twelfth of today at counter 5. It restarts
    daily, and no two counters of an agency (``codes``, its own among them) give the same. Of a code too long
    to print stands the last word or the beginning, where no other counter's is the same; else three letters
    and its place among the codes. Where a service's own numbers begin with an L (``prefixes``), these begin
    with LK."""
    taken = {short for other in codes if other != counter for short in _shorts(other)}
    short = counter
    if len(counter) > _SHORT:
        placed = f"{counter[:3]}{codes.index(counter) + 1}"
        short = next((one for one in [*_shorts(counter), placed] if one not in taken), counter[:_LONGEST])
    letters = "LK" if any(prefix and prefix.startswith("L") for prefix in prefixes) else "L"
    return f"{letters}{short.upper()}-{before + 1:03d}"


def _shorts(code: str) -> list[str]:
    """What may stand for a counter's code in a number, the best first."""
    if len(code) <= _SHORT:
        return [code]
    last = code.rpartition("-")[2]
    return [*([last] if 0 < len(last) <= _SHORT else []), code[:_SHORT].rstrip("-")]
