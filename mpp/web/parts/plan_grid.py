"""A floor drawn from the description: its agencies' counters side by side, zone by zone, as one SVG.

Pure geometry. One unit is a tenth of a counter's width; a counter is :data:`CARD` large, whatever the
drawing is scaled to. Two arrangements are drawn: a wide one for walls and desks, a narrow one for
phones; the style sheet shows one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from markupsafe import Markup

CARD: Final = (10.0, 8.4)
"""Width and height of a counter."""

GAP: Final = 0.5
BETWEEN: Final = 1.2
"""Between counters, and between agencies."""

NAME: Final = 2.5
"""Height of the line with an agency's name."""

ZONE: Final = 2.2
"""Height of the line with a zone's name."""

NARROW: Final = 3
"""Counters side by side on a phone."""

MOST: Final = 24
ASPECT: Final = 2.25
"""Width / height of the place for the drawing on a 16:9 screen."""


@dataclass(frozen=True, slots=True)
class Block:
    """One agency's counters on a floor: codes and names, and the zone it stands in, if any."""

    agency: str
    name: str
    counters: tuple[str, ...]
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A block with its place: top left corner, and how many counters it has side by side."""

    block: Block
    x: float
    y: float
    wide: int

    @property
    def width(self) -> float:
        """Of its counters side by side."""
        return self.wide * (CARD[0] + GAP) - GAP

    def cards(self, top: float) -> Iterator[tuple[str, float, float]]:
        """(counter's code, x, y) of each counter; ``top`` is the height of the lines above them."""
        for place, code in enumerate(self.block.counters):
            row, column = divmod(place, self.wide)
            yield code, self.x + column * (CARD[0] + GAP), self.y + top + row * (CARD[1] + GAP)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Blocks in their places, and how large the whole is. ``top`` is the height above the counters:
    zone and name."""

    spots: tuple[Spot, ...]
    width: float
    height: float
    top: float


def arranged(blocks: Sequence[Block], columns: int) -> Drawing:
    """The blocks in their order, in rows of ``columns`` counters. What does not fit beside the last one
    begins a new row; an agency with more counters than a row has stands in several."""
    top = NAME + (ZONE if any(block.zone for block in blocks) else 0.0)
    room = columns * (CARD[0] + GAP) - GAP
    spots: list[Spot] = []
    x = y = tall = 0.0
    for block in blocks:
        wide = min(len(block.counters), columns)
        width = wide * (CARD[0] + GAP) - GAP
        if x and x + width > room:
            x, y, tall = 0.0, y + tall + BETWEEN, 0.0
        spots.append(Spot(block, x, y, wide))
        rows = -(-len(block.counters) // wide)
        tall = max(tall, top + rows * (CARD[1] + GAP) - GAP)
        x += width + BETWEEN
    return Drawing(tuple(spots), max((s.x + s.width for s in spots), default=0.0), y + tall, top)


def largest(blocks: Sequence[Block], aspect: float = ASPECT) -> Drawing:
    """The arrangement in which counters are largest in a place of this width / height."""
    tried = [arranged(blocks, columns) for columns in range(1, MOST + 1)]
    return min(tried, key=lambda one: (max(one.width / aspect, one.height), one.width))


def svg(drawing: Drawing, label: str, class_name: str) -> Markup:
    """The drawing with its live cells: ``c.<agency>.<counter>`` for a counter, ``g.<agency>`` for how
    many wait there."""
    parts = [*_zones(drawing)]
    for spot in drawing.spots:
        parts.append(_name(spot, drawing.top))
        parts += [_card(spot.block.agency, code, x, y) for code, x, y in spot.cards(drawing.top)]
    return Markup(
        '<svg class="plan-svg {}" viewBox="-0.3 -0.3 {:g} {:g}" role="group" aria-label="{}">{}</svg>'
    ).format(class_name, drawing.width + 0.6, drawing.height + 0.6, label, Markup("").join(parts))


def card(agency: str, code: str) -> Markup:
    """A counter's live cell: what is in it comes with the stream."""
    return Markup('<g class="pc" data-live="c.{}.{}"></g>').format(agency, code)


def _card(agency: str, code: str, x: float, y: float) -> Markup:
    return Markup('<g transform="translate({:g} {:g})">{}</g>').format(x, y, card(agency, code))


def _name(spot: Spot, top: float) -> Markup:
    """Whose counters they are, and how many wait."""
    wide = spot.wide > 1
    baseline = spot.y + top - 0.75
    shown = fit(spot.block.name, spot.width - (9.4 if wide else 2.6), 1.75)
    return Markup(
        '<g class="pb{}"><title>{}</title><text class="pb-name" x="{:g}" y="{:g}">{}</text>'
        '<text class="pb-wait" x="{:g}" y="{:g}" data-live="g.{}"></text></g>'
    ).format(
        "" if wide else " pb-single",
        spot.block.name,
        spot.x + 0.2,
        baseline,
        shown,
        spot.x + spot.width - 0.2,
        baseline,
        spot.block.agency,
    )


def _zones(drawing: Drawing) -> Iterable[Markup]:
    """A line over the blocks of one zone that stand side by side, with its name."""
    for (zone, y), run in groupby(drawing.spots, key=lambda spot: (spot.block.zone, spot.y)):
        if not zone:
            continue
        spots = list(run)
        left, right = spots[0].x, spots[-1].x + spots[-1].width
        yield Markup('<g class="pz"><path d="M{:g} {:g}H{:g}"/><text x="{:g}" y="{:g}">{}</text></g>').format(
            left, y + ZONE - 0.35, right, left + 0.2, y + ZONE - 0.85, fit(zone, right - left, 1.4)
        )


def fit(text: str, width: float, size: float) -> str:
    """The text, cut where it would be longer than ``width`` at a type of ``size``."""
    most = max(2, int(width / (size * 0.54)))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
