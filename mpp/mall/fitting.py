"""Which additions fit beside ``mpp.toml``, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mpp.i18n import Words
from mpp.mall.additions import MALL, Additions, Item, merge, place, tables
from mpp.mall.load import Parsed, Reading, examine_document
from mpp.mall.mistakes import Mistake

FEW: Final = 4
"""So many additions that do not fit are sought among all, by halves; of more what is said at their own
fields counts first. A holiday has no field of its own to be told by: it is always sought."""


@dataclass(frozen=True, slots=True)
class Combined:
    """What file and additions give together. ``aside`` are additions that do not fit, with why."""

    reading: Reading
    aside: dict[Item, tuple[Mistake, ...]] = field(default_factory=dict)
    replaced: frozenset[Item] = frozenset()
    homeless: frozenset[Item] = frozenset()


def combine(parsed: Parsed | None, additions: Additions, w: Words) -> Combined:
    """The description of the file (None: there is none) and of all additions that fit.

    A file with mistakes of its own gives these and nothing else. Without a file, or with one that has
    no [mall], the mall is what the additions say it is.
    """
    parsed = parsed or Parsed({}, "", w.text("Administration"))
    base = {MALL: additions[MALL]} if MALL in additions and "mall" not in parsed.document else {}
    alone = _read(parsed, base, w)
    rest = [item for item in sorted(additions, key=place) if item not in base]
    if alone.mall is None:
        return Combined(alone)
    whole = _read(parsed, additions, w) if rest else alone
    fit = _Fit(parsed, additions, w, dict(base))
    if whole.mall is None:
        fit.take(fit.blameless(rest, whole))
        whole = _read(parsed, fit.kept, w)
        additions = fit.kept
    found = merge(parsed.document, additions)
    return Combined(whole, fit.aside, found.replaced, found.homeless)


def faults(parsed: Parsed | None, additions: Additions, item: Item, w: Words) -> tuple[Mistake, ...]:
    """What is wrong with one addition beside all the others, ``key`` being the field (empty: another
    table, which the text then names)."""
    document = merge(parsed.document if parsed else {}, additions, last=item).document
    reading = examine_document(document, Parsed(document, "", ""), w)
    mine = f"{_shown(item, document)}."
    return tuple(
        Mistake("", one.key.removeprefix(mine), one.problem, one.remedy)
        if one.key.startswith(mine)
        else Mistake("", "", f"{one.key}: {one.problem}" if one.key else one.problem, one.remedy)
        for one in reading.mistakes
    )


@dataclass(slots=True)
class _Fit:
    """Finds which additions fit, by halves: one bad item among hundreds costs a few readings."""

    parsed: Parsed
    additions: Additions
    w: Words
    kept: dict[Item, dict[str, Any]]
    aside: dict[Item, tuple[Mistake, ...]] = field(default_factory=dict)

    def blameless(self, items: Sequence[Item], whole: Reading) -> list[Item]:
        """The items nothing is said against at their own fields. When many at once say something, the
        file has changed below them (a floor, a zone): they are set aside with what is said there, by
        one reading for all. A few are left to :meth:`take`, which knows who came first."""
        said: dict[Item, list[Mistake]] = {}
        shown = {f"{_shown(item, {})}.": item for item in items}
        for one in whole.mistakes:
            at = next((name for name in shown if one.key.startswith(name)), None)
            if at is not None:
                told = Mistake("", one.key.removeprefix(at), one.problem, one.remedy)
                said.setdefault(shown[at], []).append(told)
        if len(said) <= FEW:
            return list(items)
        self.aside |= {item: tuple(mistakes) for item, mistakes in said.items()}
        return [item for item in items if item not in said]

    def take(self, items: Sequence[Item]) -> None:
        """Move every item that fits beside ``kept`` into it and every other one into ``aside``."""
        if not items:
            return
        more = self.kept | {item: self.additions[item] for item in items}
        if _read(self.parsed, more, self.w).mall is not None:
            self.kept = more
        elif len(items) == 1:
            self.aside[items[0]] = faults(self.parsed, more, items[0], self.w)
        else:
            half = len(items) // 2
            self.take(items[:half])
            self.take(items[half:])


def _read(parsed: Parsed, additions: Additions, w: Words) -> Reading:
    return examine_document(merge(parsed.document, additions).document, parsed, w)


def _shown(item: Item, document: Mapping[str, Any]) -> str:
    """How the checker names the table of an addition that stands last in its list."""
    if item.kind == "mall":
        return "mall"
    if item.kind == "holiday":
        return f"holiday[#{len(tables(document, 'holiday'))}]"
    if item.kind in ("agency", "source"):
        return f"{item.kind}[{item.code[:60]}]"
    return f"agency[{item.agency[:60]}].{item.kind}[{item.code[:60]}]"
