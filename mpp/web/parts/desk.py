"""An agency's own part of a board, and what its pages are built of.

Everything that an agency's page shows live is made of a :class:`Desk` and of nothing else of the
board: what is not in it cannot be shown, inferred or received.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from mpp.live.model import (
    CONFIDENTIAL,
    NOTHING_OWN,
    ActionNow,
    AgencyNow,
    Board,
    CounterNow,
    Own,
    ServiceNow,
    SourceNow,
)
from mpp.web.parts.address import address

ROOT: Final = "/instansi"

LAST_WORD: Final = timedelta(minutes=15)
"""A queue system that spoke this shortly before its agency's closing has told the day: it tells every few
minutes, or was switched off with the last visitor."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One agency's part of a board, and what everybody may know of the mall: its state, its hours, when
    numbers stop. ``sources`` are the feeds that tell of this agency, ``actions`` the rows of *Perlu
    tindakan* about it."""

    agency: AgencyNow
    services: tuple[ServiceNow, ...]
    counters: tuple[CounterNow, ...]
    sources: tuple[SourceNow, ...]
    actions: tuple[ActionNow, ...]
    own: Own
    day: date
    zone: ZoneInfo
    mode: str
    mall_state: str
    mall_reason: str
    mall_closes: datetime | None
    last_ticket: datetime | None

    @property
    def serving(self) -> int:
        """Counters that serve or are ready to."""
        return self.agency.serving

    @property
    def missed(self) -> int | None:
        """Who waits, forgotten tickets aside: most of those have left. None where it is not known."""
        if self.agency.waiting is None:
            return None
        return max(0, self.agency.waiting - self.agency.forgotten)

    @property
    def told(self) -> bool:
        """Whether anything was heard of today: before that its zeros mean nothing."""
        return self.agency.waiting is not None or bool(self.agency.day.issued)

    @property
    def stale(self) -> bool:
        """Whether the news ended before now. After closing they need not go on."""
        one, closes = self.agency, self.own.closes
        if one.data in {"live", "late"}:
            return False
        if one.hours != "closed" or one.data_at is None or closes is None:
            return True
        return one.data_at < closes - LAST_WORD

    def in_state(self, *states: str) -> tuple[CounterNow, ...]:
        """Its counters in one of these states."""
        return tuple(counter for counter in self.counters if counter.state in states)


def desk_of(board: Board, code: str) -> Desk | None:
    """The part of an agency, None where the board has no such agency."""
    agency = next((one for one in board.agencies if one.code == code), None)
    if agency is None:
        return None
    own = board.own.get(code, NOTHING_OWN)
    return Desk(
        agency=agency,
        services=tuple(one for one in board.services if one.agency == code),
        counters=tuple(one for one in board.counters if one.agency == code),
        sources=tuple(_own(one, own) for one in board.sources if code in one.agencies),
        actions=tuple(
            one for one in board.actions if one.what.agency == code and one.rule not in CONFIDENTIAL
        ),
        own=own,
        day=board.day,
        zone=ZoneInfo(board.zone),
        mode=board.mode,
        mall_state=board.mall_state,
        mall_reason=board.mall_reason,
        mall_closes=board.closes,
        last_ticket=board.last_ticket,
    )


def _own(source: SourceNow, own: Own) -> SourceNow:
    """The source as this agency knows it."""
    if source.code not in own.by_hand or source.last_reported is None:
        return source
    state, heard = own.by_hand[source.code]
    return replace(source, state=state, last_reported=heard)


def path(agency: str, tab: str = "", query: Mapping[str, str] | None = None, **given: str) -> str:
    """The address of a tab of an agency; language and colours stay as ``query`` has them, ``given`` is
    added."""
    query = query or {}
    kept = {name: query[name] for name in ("theme", "lang") if query.get(name)}
    said = address({}, **(kept | given))
    return f"{ROOT}/{agency}" + (f"/{tab}" if tab else "") + (said if said != "?" else "")


def card(title: Any, children: Any, *, beside: Any = None, class_name: str = "") -> Component:
    """A card with its title, and what stands at the right of it."""
    head: list[Component] = [html.H2(title, className="dk-title")]
    if beside is not None:
        head.append(html.Div(beside, className="dk-beside"))
    body = children if isinstance(children, list) else [children]
    return html.Section(
        [html.Div(head, className="dk-head"), *body], className=f"dk-card {class_name}".strip()
    )
