"""What an agency's page is made of, with what moves by itself left out: pictures that would look the same
need not be drawn again. Two hundred people at 26 desks cost as much as their agencies' news, not as much
as the mall's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from mpp.live.model import AgencyNow, Board, ServiceNow
from mpp.web.parts.desk import desk_of

AGE: Final = timedelta(seconds=10)
"""Ages of sources are counted on by the browser; a later word of the source is told this often."""


def basis(board: Board, code: str) -> Any:
    """Something that is equal while the agency's page would look the same; not exactly: bars move in steps
    of one hundredth of the promise, ages of sources start anew every AGE."""
    desk = desk_of(board, code)
    if desk is None:
        return None
    return replace(
        desk,
        agency=_agency(desk.agency),
        services=tuple(_service(one) for one in desk.services),
        sources=tuple(
            replace(one, last_reported=_step(one.last_reported), last_changed=None) for one in desk.sources
        ),
        actions=tuple(replace(one, what=replace(one.what, excess_s=0.0)) for one in desk.actions),
    ), (board.example, board.own_clock)


def _agency(one: AgencyNow) -> AgencyNow:
    return replace(one, longest_s=None, excess_s=None, bar=_hundredth(one.bar), data_at=_step(one.data_at))


def _service(one: ServiceNow) -> ServiceNow:
    line = one.line
    if line is None:
        return one
    return replace(one, line=replace(line, longest_s=None, excess_s=None, load=_hundredth(line.load)))


def _hundredth(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _step(at: datetime | None) -> datetime | None:
    return None if at is None else at - timedelta(seconds=at.timestamp() % AGE.total_seconds())
