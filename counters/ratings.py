"""What a visitor answers at a counter: one of four faces, and what was good or bad about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

SATISFIED: Final = (3, 4)
"""Scores of *puas* and *sangat puas*."""

LOW: Final = (1, 2)
"""Scores of *tidak puas* and *kurang puas*."""

FEE: Final = "unofficial_fee"
"""The reason that only the mall's manager and the inspectorate may see."""

LOW_REASONS: Final = (
    "long_wait",
    "unfriendly",
    "inattentive",
    "unfinished",
    "unclear_requirements",
    "uncomfortable",
    FEE,
)
"""What a visitor with a low score may touch (words.md section 3)."""

GOOD_REASONS: Final = ("fast", "friendly", "clear", "finished", "comfortable")
"""What a satisfied visitor may touch."""

REASONS: Final = (*LOW_REASONS, *GOOD_REASONS)
"""Every reason's code."""


BATCH: Final = 5
"""So many answers about one agency by one source are told at a time."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One answer given ``at`` an instant (aware UTC): ``score`` from 1 (*tidak puas*) to 4 (*sangat
    puas*); ``fee`` says that a fee beyond the official tariff was asked for; ``source`` is the id of
    the feed that told it."""

    at: datetime
    score: int
    fee: bool = False
    source: int = 0

    @property
    def satisfied(self) -> bool:
        """Whether the score is one of SATISFIED."""
        return self.score in SATISFIED


def batches(given: Sequence[Rating]) -> tuple[tuple[Rating, ...], ...]:
    """One agency's answers of a day as whole batches of BATCH, each of answers by one source; what
    fills none is left out. ``given`` are each source's answers in the order they came, the sources
    mixed in any way.

    A screen that counted every answer would tell whoever watches a counter what the visitor who just
    left it said: the difference of two pictures. Of whole batches the difference is never less than
    BATCH answers, as long as a batch that was told never changes. So they are made in the order the
    answers came, not in that of their instants: one that a kiosk kept while it was offline would
    else push another out. And each source's for itself: what one source tells is written one after
    the other, but of two that write at once the one that began earlier may be seen later.
    """
    by_source: dict[int, list[Rating]] = {}
    for rating in given:
        by_source.setdefault(rating.source, []).append(rating)
    return tuple(
        tuple(answers[place : place + BATCH])
        for _, answers in sorted(by_source.items())
        for place in range(0, len(answers) - BATCH + 1, BATCH)
    )
