"""When an agency's data were silent, as the monitor itself noted it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from counters.spans import Span, seconds, union
from mpp.live.action_log import settled, steps, subject
from mpp.live.episodes import SILENT, SYSTEM, Episode, fold
from mpp.live.judge import Judge
from mpp.store import Read, log, sources


def silent_seconds(
    tx: Read, judge: Judge, agency: str, days: Sequence[date], now: datetime
) -> Mapping[date, float]:
    """Seconds of :func:`silent_spans` by day; only days with any."""
    return {day: seconds(spans) for day, spans in silent_spans(tx, judge, agency, days, now).items()}


def silent_spans(
    tx: Read, judge: Judge, agency: str, days: Sequence[date], now: datetime
) -> Mapping[date, list[Span]]:
    """When in the agency's hours a source it cannot do without was silent, by day; only days with any. A
    day on which no monitor ran has none: nobody listened."""
    own = sources.own(tx)
    if own is None:
        return {}
    told = log.of_subjects(tx, own, [subject(day) for day in days], SYSTEM, f'"rule":"{SILENT}"')
    found = {}
    for day in days:
        rows = told.get(subject(day))
        if not rows:
            continue
        # The silence of booths fed by hand is each agency's own: another's page keeps none of them live.
        required = {
            s.code
            for s in judge.on(day).sources
            if s.required and s.kind != "manual" and agency in s.agencies
        }
        mine = [one for one in fold(settled(steps(rows))) if _concerns(one, agency, required)]
        if spans := _inside(judge, agency, day, mine, now):
            found[day] = spans
    return found


def _concerns(one: Episode, agency: str, required: Collection[str]) -> bool:
    return one.agency == agency or (not one.agency and one.source in required)


def _inside(judge: Judge, agency: str, day: date, episodes: Sequence[Episode], now: datetime) -> list[Span]:
    """The stretches of the day's hours that at least one of the episodes covers."""
    hours = judge.clock(day, agency).open_span(day)
    if hours is None:
        return []
    return union((max(one.started, hours[0]), min(one.ended or now, hours[1], now)) for one in episodes)
