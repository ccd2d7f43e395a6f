"""The board: a pure function of facts and an instant."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mpp.live.action_rows import action_rows
from mpp.live.agency import Part, part
from mpp.live.conditions import of_agency
from mpp.live.facts import Facts
from mpp.live.model import Board, Quarter, Ratings, Totals
from mpp.live.sources import sources_now
from mpp.live.sums import QUARTER_S, total
from mpp.mall.model import Agency, Mall

HOME: Final = "Asia/Jakarta"
"""Zone of the clock while no mall says its own."""


def build(facts: Facts, now: datetime) -> Board:
    """The whole picture at ``now``, which may be later than the facts."""
    return assemble(facts, parts(facts, now), now)


def parts(facts: Facts, now: datetime, only: Iterable[str] | None = None) -> dict[str, Part]:
    """The parts of all agencies, or of some."""
    mall = facts.judge.on(facts.day)
    wanted = mall.agencies if only is None else [mall.by_code[code] for code in only if code in mall.by_code]
    return {agency.code: _part(facts, agency, now) for agency in wanted}


def _part(facts: Facts, agency: Agency, now: datetime) -> Part:
    made = part(facts, agency, now)
    return replace(made, conditions=of_agency(facts, made.now, made.services, made.counters, now))


def assemble(facts: Facts, made: Mapping[str, Part], now: datetime, version: int = 0) -> Board:
    """Join parts, in the description's order, into a board."""
    mall = facts.judge.on(facts.day)
    ordered = [made[agency.code] for agency in mall.agencies]
    state, until = mall_state(facts, mall, now)
    opens, closes, last_ticket = _hours(facts, mall)
    board = Board(
        version=version,
        now=now,
        day=facts.day,
        zone=mall.zone,
        mall=mall.name,
        example=mall.example,
        mode=facts.mode,
        mall_state=state,
        mall_until=until,
        mall_reason=facts.judge.clock_of(mall.calendar).state(now).reason,
        totals=_totals(ordered),
        agencies=tuple(one.now for one in ordered),
        services=tuple(service for one in ordered for service in one.services),
        counters=tuple(counter for one in ordered for counter in one.counters),
        sources=sources_now(facts, now),
        quarters=_quarters(facts),
        typical=facts.past.mall.quarters,
        typical_days=facts.past.mall.days,
        opens=opens,
        closes=closes,
        last_ticket=last_ticket,
        actions_kept=facts.actions_kept,
        dial=mall.dial or "",
        plans=mall.plans,
        own={one.now.code: one.own for one in ordered},
    )
    rows, last_action = action_rows(facts, board, (found for one in ordered for found in one.conditions))
    return replace(board, actions=rows, last_action=last_action)


def empty(now: datetime, mode: str = "live", state: str = "none") -> Board:
    """The board while no mall is described; ``state`` is none or faulty."""
    return Board(
        version=0,
        now=now,
        day=now.astimezone(ZoneInfo(HOME)).date(),
        zone=HOME,
        mall="",
        example=False,
        mode=mode,
        mall_state=state,
        mall_until=None,
        totals=_totals(()),
        agencies=(),
        services=(),
        counters=(),
        sources=(),
        quarters=(),
    )


def moved(old: Board | None, new: Board) -> Board:
    """The new board with its version: one more than the old one's where anything but the instant
    differs."""
    if old is None:
        return replace(new, version=1)
    same = replace(new, version=old.version)
    if replace(same, now=old.now) == old:
        return same
    return replace(new, version=old.version + 1)


def mall_state(facts: Facts, mall: Mall, now: datetime) -> tuple[str, datetime | None]:
    """What the mall as a whole is doing, and until when."""
    clock = facts.judge.clock_of(mall.calendar)
    state = clock.state(now)
    if state.name in ("before", "closed", "shut", "holiday"):
        return state.name, clock.next_opening(now)
    closing = clock.closing(facts.day)
    known = mall.calendar.week is not None
    if known and mall.last_ticket_s is not None and now >= closing - timedelta(seconds=mall.last_ticket_s):
        return "last_ticket", closing
    return state.name, state.until


def _hours(facts: Facts, mall: Mall) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Today's opening and closing, and when no more numbers are issued."""
    span = facts.judge.clock_of(mall.calendar).open_span(facts.day)
    if mall.calendar.week is None or span is None:
        return None, None, None
    last = None if mall.last_ticket_s is None else span[1] - timedelta(seconds=mall.last_ticket_s)
    return span[0], span[1], last


def _totals(ordered: Sequence[Part]) -> Totals:
    """The five numbers. Silent agencies are left out of all but the count of booths; one that is
    not scheduled today counts with what it does all the same."""
    scheduled = [one for one in ordered if one.scheduled]
    # After closing a quiet feed is no silence: what the day brought stays.
    heard = [one for one in ordered if one.now.state != "silent"]
    leading = max(
        (one.now for one in heard if one.now.longest_s is not None),
        key=lambda agency: agency.longest_s or 0.0,
        default=None,
    )
    counters: Tally[str] = Tally()
    for one in heard:
        counters.update(one.now.counters)
    overs = [one.now.over for one in heard if one.now.over is not None]
    waiting = [one.now.waiting for one in heard if one.now.waiting is not None]
    day = total(one.sums for one in heard).day(sum(one.over_unstarted for one in heard))
    unheard = [one.now.short for one in scheduled if not one.heard]
    return Totals(
        open=sum(one.opened for one in heard if one.scheduled),
        scheduled=len(scheduled),
        not_opened=tuple(one.now.short for one in heard if one.now.state == "not_opened"),
        unheard=tuple(unheard),
        waiting=sum(waiting) if waiting else None,
        longest_s=leading.longest_s if leading else None,
        longest_since=leading.longest_since if leading else None,
        longest_agency=leading.short if leading else None,
        longest_number=leading.longest_number if leading else None,
        over=sum(overs) if overs else None,
        serving=counters["serving"] + counters["ready"],
        planned=sum(one.now.planned or 0 for one in scheduled),
        paused=counters["paused"],
        unattended=counters["unattended"],
        counters_not_opened=counters["not_opened"],
        counters_unheard=sum(one.now.planned or 0 for one in scheduled if not one.heard),
        day=day,
        heard=len(scheduled) - len(unheard),
        over_forgotten=sum(one.now.over_forgotten for one in heard),
        ratings=_ratings(one.now.ratings for one in heard),
    )


def _ratings(told: Iterable[Ratings]) -> Ratings:
    known = list(told)
    return Ratings(sum(one.n for one in known), sum(one.satisfied for one in known))


def _quarters(facts: Facts) -> tuple[Quarter, ...]:
    """Every quarter hour of today from the first with a sign of life to the last."""
    first = int(facts.judge.midnight(facts.day).timestamp())
    last = int(facts.judge.midnight(facts.day + timedelta(days=1)).timestamp())
    today = [at for at in facts.quarters if first <= at < last]
    if not today:
        return ()
    steps = range(min(today), max(today) + 1, QUARTER_S)
    return tuple(Quarter(datetime.fromtimestamp(at, UTC), *facts.quarters.get(at, (0, 0))) for at in steps)
