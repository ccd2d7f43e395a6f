"""What goes wrong on a simulated day, and at which agencies: enough to see every state of the wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from mpp.simulate.visitors import Booth

MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Troubles:
    """The troubles of a day; codes of agencies and of the source, None where there is no room for
    one. Stretches are (begin, end) in seconds since the epoch."""

    late: str | None = None
    broken: str | None = None
    breakdown: tuple[int, int] = (0, 0)
    silent: str | None = None
    silence: tuple[int, int] = (0, 0)
    away: str | None = None
    absence: tuple[int, int] = (0, 0)
    heedless: str | None = None
    strained: frozenset[str] = frozenset()


def troubles(found: Sequence[Booth], dice: Random) -> Troubles:
    """Choose the day's troubles among the agencies that serve. They fall on different ones; the
    breakdown and the strain need agencies with a line, opening late is worth a small one."""
    by_size = sorted(
        (booth for booth in found if booth.source.kind != "readings"),
        key=lambda booth: (-(booth.agency.share or 0.0), booth.agency.code),
    )
    if len(by_size) < 3:
        return Troubles()
    large, small = by_size[: max(2, len(by_size) // 3)], by_size[len(by_size) // 2 :]
    left = list(large)

    def pick(among: Sequence[Booth]) -> Booth | None:
        choice = [booth for booth in among if booth in left]
        found = dice.choice(choice) if choice else None
        if found is not None:
            left.remove(found)
        return found

    broken = pick([booth for booth in large[1:] if booth.agency.needs] or large[1:])
    away = pick(large)
    strained = [one.agency.code for one in (away, pick(large), pick(large)) if one is not None]
    left.extend(small)
    silent = pick(
        [
            booth
            for booth in found
            if len(booth.source.agencies) == 1
            and booth.source.expected_every_s is not None
            # A silent giant would take half of the mall out of every total.
            and booth not in by_size[: len(by_size) // 6]
        ]
    )
    late = pick(small[: max(1, len(small) // 2)])
    return Troubles(
        late=_code(late),
        broken=_code(broken),
        breakdown=_stretch(broken, 72, dice.randrange(60, 90)),
        silent=None if silent is None else silent.source.code,
        silence=_stretch(silent, 88, dice.randrange(220, 260)),
        away=_code(away),
        absence=_stretch(away, dice.randrange(55, 75), dice.randrange(50, 80)),
        heedless=strained[-1] if strained else None,
        strained=frozenset(strained),
    )


def _code(booth: Booth | None) -> str | None:
    return None if booth is None else booth.agency.code


def _stretch(booth: Booth | None, after_min: int, length_min: int) -> tuple[int, int]:
    """A stretch that begins so many minutes after opening and does not pass half an hour before
    closing."""
    if booth is None:
        return (0, 0)
    begin = booth.opens + after_min * MINUTE
    return begin, max(begin, min(begin + length_min * MINUTE, booth.closes - 30 * MINUTE))
