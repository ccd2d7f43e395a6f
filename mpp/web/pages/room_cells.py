"""The live cells of the control room's pages."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mpp.i18n import Words
from mpp.live.episodes import SHOWN_AFTER
from mpp.live.model import AgencyNow, Board, CounterNow, ServiceNow
from mpp.live.views import Cell
from mpp.web.parts.actions import action_cells
from mpp.web.parts.agency import agency_cells
from mpp.web.parts.band import band_cells
from mpp.web.parts.counters import counter_cell, floor_cells, floor_of
from mpp.web.parts.flow import day_over, flow_cells, free
from mpp.web.parts.fragment import markup
from mpp.web.parts.grid import grid
from mpp.web.parts.kept import Kept
from mpp.web.parts.mall import NO_MALL, mall_cells
from mpp.web.parts.services import service_row, services_cells
from mpp.web.parts.tile import in_break, on_holiday, tile_cells

NAME: Final = "ruang-kendali"
FLOOR: Final = f"{NAME}-loket"
SERVICES: Final = f"{NAME}-layanan"
AGENCY: Final = f"{NAME}-gerai"

ACTION_SLOTS: Final = 6

FIRST_RANK: Final = ("not_opened", "nobody_serving")
NEW: Final = timedelta(minutes=1)
"""So long after it came up a row is new."""


class Room:
    """The view functions of the pages. Remembers what it made of parts of the board that stayed the
    same; not for several threads at once, as the hub draws in one."""

    def __init__(self) -> None:
        self._kept = Kept()

    def cells(self, view: str, board: Board, scope: str, words: Words) -> dict[str, Cell]:
        """The cells of the page ``view``."""
        pages = {NAME: self.overview, FLOOR: self.floor, SERVICES: self.services, AGENCY: self.agency}
        return pages[view](board, scope, words)

    def overview(self, board: Board, _scope: str, words: Words) -> dict[str, Cell]:
        """All agencies and the flow of the day."""
        made = self._common(board, words, signature(board, ()))
        if not board.agencies:
            return made
        zone, resting, holiday = ZoneInfo(board.zone), in_break(board), on_holiday(board)
        room = grid(len(board.agencies)).note

        def tile(agency: AgencyNow) -> dict[str, Cell]:
            return tile_cells(agency, zone, words, resting=resting, day=board.day, holiday=holiday, room=room)

        for agency in board.agencies:
            key = (words.locale, board.zone, board.day, resting, holiday, room, agency.code)
            made |= self._kept.of(key, agency, tile)
        flowing = (
            board.quarters,
            board.typical,
            board.opens,
            board.closes,
            board.day,
            board.totals.heard > 0,
            board.totals.unheard,
            day_over(board),
            free(board),
        )
        return made | self._kept.of((words.locale, "flow"), flowing, lambda _: flow_cells(board, words))

    def floor(self, board: Board, scope: str, words: Words) -> dict[str, Cell]:
        """The counters of one floor."""
        here = [f"{c.agency}/{c.code}={c.name}" for c in board.counters if floor_of(c) == scope]
        resting = in_break(board)

        def draw(counter: CounterNow) -> Cell:
            return counter_cell(counter, words, resting=resting)

        def desk(counter: CounterNow) -> Cell:
            return self._kept.of((words.locale, "desk", resting, counter.agency, counter.code), counter, draw)

        return self._common(board, words, signature(board, here)) | floor_cells(board, scope, words, desk)

    def services(self, board: Board, _scope: str, words: Words) -> dict[str, Cell]:
        """The services that need a look first."""

        def row(service: ServiceNow, state: str, agency: str) -> Cell:
            key = (words.locale, "row", service.agency, service.code, state, agency)
            return self._kept.of(key, service, lambda one: service_row(one, state, words, agency))

        return self._common(board, words, signature(board, ())) | services_cells(board, words, row)

    def agency(self, board: Board, scope: str, words: Words) -> dict[str, Cell]:
        """One agency."""
        parts = [f"{s.code}={s.name}" for s in board.services if s.agency == scope]
        parts += [f"{c.code}={c.name}" for c in board.counters if c.agency == scope]
        parts += [s.code for s in board.sources if scope in s.agencies]
        return self._common(board, words, signature(board, parts)) | agency_cells(board, scope, words)

    def _common(self, board: Board, words: Words, layout: str) -> dict[str, Cell]:
        """What every page has."""
        made = {"layout": Cell(layout), "alarm": alarm(board)}
        made |= mall_cells(board, words)
        made |= band_cells(board, words)
        return made | action_cells(board, words, ACTION_SLOTS) if board.agencies else made


def signature(board: Board, parts: Iterable[str]) -> str:
    """Changes when a page must be drawn anew: other agencies, names, zone, or ``parts`` of its own."""
    what = [board.mall_state if board.mall_state in NO_MALL else "", board.zone, board.mall]
    what += [f"{a.code}={a.letter}={a.short or a.name}" for a in board.agencies]
    what += sorted({floor_of(counter) for counter in board.counters})
    what += parts
    return f"{zlib.crc32(chr(10).join(what).encode()):08x}"


def alarm(board: Board) -> Cell:
    """Until when the newest row of the first rank that nobody has taken is new: live.js marks whether
    that is ahead by the product's clock, and so long a rotating wall stays where all agencies are."""
    fresh = [
        action.since + SHOWN_AFTER
        for action in board.actions
        if action.rule in FIRST_RANK and action.taken is None and action.ended is None
    ]
    if not fresh:
        return Cell("")
    until = round((max(fresh) + NEW).timestamp() * 1000)
    return Cell(state="new", fragment=markup('<i data-until="{}"></i>', until))
