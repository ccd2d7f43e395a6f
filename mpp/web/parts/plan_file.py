"""The mall's own plan of a floor, with its counters drawn where they stand."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Final

from markupsafe import Markup

from mpp.i18n import words
from mpp.mall.plans import Place, Plan, PlanError, Slot, read_plan
from mpp.web.parts.plan_grid import CARD, card

log = logging.getLogger(__name__)


class Plans:
    """The files of the plans, which lie in or below ``folder`` (None: there are none). A file is read
    again when it has changed. Safe to use from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._read: dict[str, tuple[object, Plan | None]] = {}
        self._lock = Lock()

    def of(self, named: Iterable[tuple[str, str]], floor: str, known: Mapping[str, Place]) -> Plan | None:
        """The plan of a floor; None where none is named or its file is no plan, which the log says once.
        ``named`` are (floor, file) of the description, ``known`` the floor's counters by their ids."""
        name = dict(named).get(floor)
        if name is None or self._folder is None:
            return None
        path = self._folder / name
        try:
            stat = path.stat()
            mark: object = (name, stat.st_mtime_ns, stat.st_size, tuple(known))
        except OSError:
            mark = (name, tuple(known))
        with self._lock:
            held = self._read.get(floor)
            if held is None or held[0] != mark:
                held = self._read[floor] = (mark, _plan(path, known))
        return held[1]


NO_PLANS: Final = Plans()


def _plan(path: Path, known: Mapping[str, Place]) -> Plan | None:
    try:
        return read_plan(path, known, words("en"))
    except PlanError as error:
        log.warning("floor plan %s: %s; the floor is drawn from the description", path.name, error)
        return None


def plan_svg(plan: Plan, label: str) -> Markup:
    """The plan as one SVG with its counters' live cells."""
    parts = [_slot(part) if isinstance(part, Slot) else part for part in plan.parts]
    return Markup(
        '<svg class="plan-svg plan-own" viewBox="{:g} {:g} {:g} {:g}" role="group" aria-label="{}">{}</svg>'
    ).format(*plan.view_box, label, Markup("").join(parts))


def _slot(slot: Slot) -> Markup:
    """A counter, as large as its rectangle lets it be."""
    transform = Markup(' transform="{}"').format(slot.transform) if slot.transform else Markup("")
    return Markup(
        '<g{}><svg x="{:g}" y="{:g}" width="{:g}" height="{:g}" viewBox="0 0 {:g} {:g}">{}</svg></g>'
    ).format(transform, slot.x, slot.y, slot.width, slot.height, *CARD, card(*slot.counter))
