"""The agencies' figures side by side, computed once a week and kept as they were then.

They stand in the event log under our own source with the week's Monday in their id: whoever computes
them first decides, and what is imported or mended later moves nobody's dot within the week.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from mpp.live.envelope import content_digest
from mpp.live.judge import Judge, Judges
from mpp.measures.peers import PeerFigures, figures, tellable
from mpp.store import Read, Store, agency_legs, descriptions, log, sources
from mpp.store.codec import dumps
from mpp.store.sources import OWN

KIND: Final = "peers.told"

OPEN_DAYS: Final = 20
"""So many days on which the mall was open make the window."""

WAITS: Final = timedelta(days=1)
"""So long after a week has begun figures wait for a source that has not spoken since."""

_LOOK_BACK: Final = timedelta(days=120)


def monday(judge: Judge, now: datetime) -> date:
    """The day from which on this week's figures are told: its Monday."""
    today = judge.day(now)
    return today - timedelta(days=today.weekday())


def window(judge: Judge, before: date) -> tuple[date, ...]:
    """The last OPEN_DAYS days before this one on which the mall was open, the newest first."""
    found: list[date] = []
    day = before - timedelta(days=1)
    while len(found) < OPEN_DAYS and before - day <= _LOOK_BACK:
        if judge.clock_of(judge.on(day).calendar).open_span(day) is not None:
            found.append(day)
        day -= timedelta(days=1)
    return tuple(found)


def told(tx: Read, judge: Judge, now: datetime) -> Mapping[str, PeerFigures]:
    """This week's figures by agency; empty before they were computed."""
    row = log.told(tx, OWN, _id(monday(judge, now)))
    if row is None:
        return {}
    kept: dict[str, list[float | None]] = json.loads(row.data)["agencies"]
    return {
        agency: PeerFigures(int(judged or 0), int(within or 0), wait)
        for agency, (judged, within, wait) in kept.items()
    }


def tell(store: Store, now: datetime) -> str | None:
    """Compute this week's figures if nobody has yet, the days before are complete and there is enough
    to tell; says whether it did. Safe to run at any time, by several processes."""
    with store.read() as tx:
        if not descriptions.newest_id(tx):
            return None
        judge = Judges().of(tx)
        first = monday(judge, now)
        if log.told(tx, OWN, _id(first)) is not None or not _complete(tx, judge, first, now):
            return None
        found = figures(agency_legs.judged(tx, window(judge, first)))
    if not tellable(found):
        return None
    with store.write() as tx:
        source_id = sources.lock_own(tx, judge.mall.code, now)
        if log.told(tx, OWN, _id(first)) is not None:
            return None
        log.append(tx, [_row(source_id, first, found, now)])
    return f"figures of {len(found)} agencies for the week from {first.isoformat()}"


def _complete(tx: Read, judge: Judge, first: date, now: datetime) -> bool:
    """Whether nothing of the days before is to be expected: every source that ever spoke has done so
    since, or has had WAITS to do it. What is told stands all week."""
    begun = datetime.combine(first, time(), judge.zone)
    if now - begun >= WAITS:
        return True
    known = sources.all_sources(tx)
    spoken = (known[code].last_reported for code in judge.mall.sources_by_code if code in known)
    return all(at is None or at >= begun for at in spoken)


def _id(first: date) -> str:
    return f"peers/{first.isoformat()}"


def _row(source_id: int, first: date, found: Mapping[str, PeerFigures], now: datetime) -> dict[str, object]:
    stored = dumps({"agencies": {code: [one.judged, one.within, one.wait] for code, one in found.items()}})
    at = now.isoformat()
    return {
        "source_id": source_id,
        "origin": OWN,
        "event_id": _id(first),
        "type": KIND,
        "subject": _id(first),
        "leg": 1,
        "agency": "",
        "at": now,
        "occurred_at": at,
        "offset_s": 0,
        "received_at": now,
        "digest": content_digest(KIND, at, _id(first), 1, stored),
        "data": stored,
    }
