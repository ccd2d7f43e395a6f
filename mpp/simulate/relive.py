"""The morning a demo begins with, seen once more: its actions came and went, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from mpp.live.action_log import Followed
from mpp.live.actions import watch
from mpp.live.board import build
from mpp.live.replay import ReplayFacts
from mpp.mall.model import Mall
from mpp.simulate.duty import Duty
from mpp.store import Store, sources
from queues.clock import WorkClock

STEP: Final = timedelta(minutes=2)
NEAR: Final = timedelta(hours=2)
FAR_STEP: Final = timedelta(minutes=10)
"""Each look draws a whole board. What a screen still shows in full is looked at every STEP; before the
last NEAR an end may be noted FAR_STEP late, and what lasted less may be missed."""


def relive(store: Store, mall: Mall, now: datetime, duty: Duty | None = None) -> int:
    """Write the steps of today's actions from opening to ``now``, as a running monitor would have
    while the events that are in the log came in, and let ``duty`` take some; returns how many steps.
    Silence is not told: in a replay every feed that had spoken is live."""
    clock = WorkClock(mall.calendar)
    span = clock.open_span(clock.day_of(now))
    if span is None:
        return 0
    facts_of, followed, written = ReplayFacts(store), Followed(), 0
    for at in looks(span[0], now):
        facts = facts_of.read(at)
        if facts is None:
            return 0
        with store.read() as tx:
            episodes = followed.of(tx, sources.heads(tx).own, facts.day, at)
        known = replace(facts, actions=episodes)
        board = build(known, at)
        written += watch(store, known, board)
        if duty is not None:
            duty.see(board, at)
    return written


def looks(opens: datetime, now: datetime) -> Iterator[datetime]:
    """The instants from ``opens`` to before ``now`` at which the morning is looked at."""
    at = opens
    while at < now:
        yield at
        at += STEP if now - at <= NEAR + FAR_STEP else FAR_STEP
