"""Where the tiles of the overview go: columns, rows and sizes by the number of agencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dash import html
from dash.development.base_component import Component

WIDTH, HEIGHT = 121.6, 73.0
"""Room for tiles and flow, in hundredths of the screen's height."""

GAP: Final = 1.0
TILE_WIDTH, TILE_HEIGHT = 23.2, 9.6
"""The size at which a tile's scale is 1."""

FLOW: Final = 10.8
"""Height of the flow of the day where it has a row of its own."""

LEAST_FREE: Final = 3
"""So many free places at the end of the last row are room enough for the flow."""

MOST_SCALE: Final = 2.2

ROOMY: Final = 15.8
"""A tile this high, at scale 1, has room for a name and a note of two lines each."""

FOUR_LINES: Final = 11.0
"""A tile lower than this, at scale 1, has no room for a name, three facts and a note."""

SENTENCE: Final = 5.3
"""Height that the sentence of the mall takes while it is there."""

NOTE, NARROW = 11.9, 8.0
"""Room of one line of a tile's note, in its own em; the second where tiles are dense."""

FEW: Final = 9
"""Up to so many agencies tiles are roomy rather than as large as can be."""

COLUMNS: Final = ((1, 1), (2, 2), (3, 3), (4, 2), (12, 3), (20, 4), (40, 5), (48, 6), (63, 7))
"""(up to so many agencies, columns)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """``columns`` and ``rows`` of tiles; ``free`` places of the last row hold the flow, 0: it has a row
    of its own. ``scale`` is the size of what is in a tile, 1 for a usual mall, ``low`` while the sentence
    of the mall is there; the flow ``yields`` to it where tiles would get too low. ``dense`` tiles are too
    low for three lines of facts and leave out words; in ``tight`` ones a note takes the line of a fact, in
    ``snug`` ones while the sentence is there; ``roomy`` ones have room for names and notes of two lines.
    """

    columns: int
    rows: int
    free: int
    scale: float
    low: float
    dense: bool
    tight: bool
    snug: bool
    yields: bool
    roomy: bool

    @property
    def note(self) -> float:
        """Room of a tile's note, in its own em."""
        return 2 * NOTE if self.roomy else NARROW if self.dense else NOTE


def grid(count: int) -> Grid:
    """The arrangement of ``count`` agencies: with fewer everything is larger, with more it stays
    legible."""
    columns = next((columns for most, columns in COLUMNS if count <= most), 8)
    rows = max(1, -(-count // columns))
    left = rows * columns - count
    free = left if left >= LEAST_FREE else 0
    wide = WIDTH / columns - GAP
    # Rows are no higher than the style sheet lets them be.
    room = HEIGHT if free else HEIGHT - FLOW
    high, under = (min(34.0, height / rows - GAP) for height in (room, room - SENTENCE))
    yields = free <= LEAST_FREE and under < TILE_HEIGHT - 0.4
    if yields and not free:
        under = (HEIGHT - SENTENCE) / rows - GAP
    least = ROOMY if count <= FEW else TILE_HEIGHT
    scale, low = (
        round(min(MOST_SCALE, max(1.0, min(wide / TILE_WIDTH, height / least))), 2)
        for height in (high, under)
    )
    dense, roomy = high < TILE_HEIGHT - 0.4, high >= ROOMY * scale - 0.2
    tight, snug = high < FOUR_LINES * scale, under < FOUR_LINES * low
    return Grid(columns, rows, free, scale, low, dense, tight, snug, yields, roomy)


def overview(count: int, tiles: Component, flow: Component) -> Component:
    """The tiles with the flow of the day after or beside the last of them."""
    at = grid(count)
    classes = ["overview"]
    shapes = (
        ("dense", at.dense),
        ("inset", at.free),
        ("tight", at.tight),
        ("snug", at.snug),
        ("yields", at.yields),
        ("roomy", at.roomy),
    )
    classes += [name for name, has in shapes if has]
    return html.Div(
        [tiles, flow],
        className=" ".join(classes),
        style={
            "--columns": str(at.columns),
            "--rows": str(at.rows),
            "--free": str(at.free),
            "--s": f"{at.scale:g}",
            "--low": f"{at.low:g}",
        },
    )
