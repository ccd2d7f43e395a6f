"""The mall's description as the pages of the administration see it: the file, the additions, what holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mpp.i18n import Words
from mpp.live.description import kept_file
from mpp.mall.additions import MALL, Item
from mpp.mall.document import from_document
from mpp.mall.fitting import Combined, combine
from mpp.mall.load import Parsed
from mpp.mall.model import Agency, Mall
from mpp.store import Read, additions, descriptions
from mpp.store.additions import Kept

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an addition is to be (None: taken away). ``rev`` is the revision the wish began from, 0
    where there was none."""

    item: Item
    data: Data | None
    rev: int


@dataclass(frozen=True)
class Described:
    """All that the pages show: the file (None: there is none), every addition there ever was, what
    both give, and the description in force (None: nothing is described yet)."""

    file: Parsed | None
    kept: Mapping[Item, Kept]
    combined: Combined
    mall: Mall | None

    @cached_property
    def living(self) -> dict[Item, Data]:
        """The additions that hold now."""
        return {item: kept.data for item, kept in self.kept.items() if kept.data is not None}

    @property
    def places(self) -> dict[str, tuple[str, ...]]:
        """The agencies in force, each with its counters, by their codes."""
        return self.mall.places if self.mall else {}

    def rev(self, item: Item) -> int:
        """The revision of an addition, 0 where there never was one."""
        return self.kept[item].rev if item in self.kept else 0


class Combinations:
    """What file and additions give together, remembered until either changes: reading a mall's whole
    description takes longer than drawing a page. Safe to use from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Parsed | None, Mapping[Item, Kept], Combined]] = {}
        self._mall: tuple[int, Mall | None] = (0, None)

    def of(self, tx: Read, w: Words) -> tuple[Parsed | None, Mapping[Item, Kept], Combined]:
        """The file, every addition there ever was, and both together, told in these words."""
        revision = additions.revision(tx)
        found = self._known.get(w.locale)
        if found is None or found[0] != revision:
            file, kept = kept_file(tx, w), additions.every(tx)
            living = {item: one.data for item, one in kept.items() if one.data is not None}
            found = (revision, file, kept, combine(file, living, w))
            self._known[w.locale] = found
        return found[1:]

    def mall(self, tx: Read) -> Mall | None:
        """The description in force."""
        found = self._mall
        if found[0] != descriptions.newest_id(tx):
            newest = descriptions.newest(tx)
            found = (0, None) if newest is None else (newest.id, from_document(newest.document))
            self._mall = found
        return found[1]


def described(tx: Read, w: Words, known: Combinations | None = None) -> Described:
    """What the pages show."""
    known = known or Combinations()
    return Described(*known.of(tx, w), known.mall(tx))


def imported(state: Described, item: Item) -> Data | None:
    """What an import made of a thing nobody described, as an addition would say it; None where there is
    no such thing."""
    mall = state.mall
    if item in state.living or mall is None:
        return None
    if item == MALL:
        said = state.file is not None and "mall" in state.file.document
        return None if said else {"code": mall.code, "name": mall.name, "zone": mall.zone}
    agency = mall.by_code.get(item.agency or item.code)
    if item.kind == "source":
        source = mall.sources_by_code.get(item.code)
        if source is None or not source.created:
            return None
        steps = {"steps": list(source.steps)} if source.steps else {}
        return {"name": source.name, "kind": source.kind, "agencies": list(source.agencies)} | steps
    if agency is None:
        return None
    if item.kind == "agency":
        return {"name": agency.name, "short": agency.short} if agency.created else None
    found = agency.service(item.code) if item.kind == "service" else agency.counter(item.code)
    return {"name": found.name} if found is not None and found.created else None


def family(state: Described, item: Item) -> list[Item]:
    """What goes with an addition that is taken away: an agency's services and counters, those an import
    made among them. What mpp.toml has replaced goes alone: its agency stays."""
    if item.kind != "agency" or item in state.combined.replaced:
        return [item]
    agency = state.mall.by_code.get(item.code) if state.mall else None
    below = [other for other in state.living if other.agency == item.code]
    return [item, *dict.fromkeys((*below, *(_created(agency) if agency else ())))]


def _created(agency: Agency) -> list[Item]:
    services = [Item("service", agency.code, one.code) for one in agency.services if one.created]
    return services + [Item("counter", agency.code, one.code) for one in agency.counters if one.created]


def ending(state: Described, item: Item) -> list[Wish]:
    """The wishes that take an addition away. Imported sources that write it are kept as additions: so
    they list it again when it comes back."""
    gone = family(state, item)
    wishes = [Wish(one, None, state.rev(one)) for one in gone]
    if item.kind == "agency" and item not in state.combined.replaced and state.mall is not None:
        for source in state.mall.sources:
            one = Item("source", "", source.code)
            if source.created and item.code in source.agencies:
                wishes.append(Wish(one, imported(state, one), state.rev(one)))
    return wishes
