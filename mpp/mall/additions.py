"""What administrators add on the pages, laid over what ``mpp.toml`` says.

An addition is one table of the description, shaped as in the file, without its code and without the
tables below it: a service is an addition of its own. The file always wins: what it has is never
changed, and what does not fit beside it is set aside and told, so that a file which is in order by
itself can always be loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

KINDS: Final = ("mall", "holiday", "agency", "service", "counter", "source")
"""What can be added, in the order in which it is laid over the file."""

_BELOW: Final = ("code", "service", "counter", "counters")


class Item(NamedTuple):
    """What an addition is about. ``agency`` is set for services and counters; the code of the mall is
    empty, that of a holiday its day (2026-12-25)."""

    kind: str
    agency: str
    code: str


MALL: Final = Item("mall", "", "")

Additions = Mapping[Item, dict[str, Any]]


def place(item: Item) -> int:
    """Which kind is laid over the file first."""
    return KINDS.index(item.kind)


@dataclass(frozen=True, slots=True)
class Merged:
    """One document. ``replaced``: additions the file has under the same code. ``homeless``: services
    and counters of an agency that is no longer there."""

    document: dict[str, Any]
    replaced: frozenset[Item]
    homeless: frozenset[Item]


def merge(document: Mapping[str, Any], additions: Additions, last: Item | None = None) -> Merged:
    """The file's document with the additions in it; neither is changed.

    ``last`` is put at the end of its list, and its agency at the end of the agencies: what stands
    twice is told of the second. Agencies and services that additions name and nobody has are left out
    of their lists; a counter none of whose services is left keeps them and does not fit.
    """
    work = _Work(dict(document), sorted(additions, key=place), additions)
    if last is not None:
        work.items = [item for item in work.items if item != last] + [last] * (last in additions)
        work.items.sort(key=place)
    work.mall()
    work.holidays()
    work.agencies()
    work.below()
    work.sources()
    if last is not None and last.kind in ("service", "counter"):
        listed = tables(work.document, "agency")
        listed.sort(key=lambda table: _code(table) == last.agency)
        work.document["agency"] = listed
    return Merged(work.document, frozenset(work.replaced), frozenset(work.homeless))


@dataclass(slots=True)
class _Work:
    """A merge at work. Every list and table it changes is its own copy."""

    document: dict[str, Any]
    items: list[Item]
    additions: Additions
    replaced: set[Item] = field(default_factory=set)
    homeless: set[Item] = field(default_factory=set)

    def of(self, kind: str) -> list[Item]:
        return [item for item in self.items if item.kind == kind]

    def table(self, item: Item) -> dict[str, Any]:
        """An addition as a table of the file."""
        return {"code": item.code} | {k: v for k, v in self.additions[item].items() if k not in _BELOW}

    def mall(self) -> None:
        head = self.document.get("mall", {})
        if MALL in self.additions and isinstance(head, dict):
            self.document["mall"] = _dated(self.additions[MALL]) | head

    def holidays(self) -> None:
        days = {table.get("day") for table in tables(self.document, "holiday")}
        for item in self.of("holiday"):
            day = _day(item.code)
            if day in days:
                self.replaced.add(item)
            else:
                self.add("holiday", {"day": day} | _without(self.additions[item], "day"))

    def agencies(self) -> None:
        codes = {_code(table) for table in tables(self.document, "agency")}
        for item in self.of("agency"):
            if item.code in codes:
                self.replaced.add(item)
            else:
                self.add("agency", _dated(self.table(item)))

    def below(self) -> None:
        """Services and counters, in their agencies."""
        places = {code: n for n, code in enumerate(self._listed())}
        for item in (*self.of("service"), *self.of("counter")):
            at = places.get(item.agency)
            if at is None:
                self.homeless.add(item)
                continue
            listed = list(self.document["agency"])
            agency = dict(listed[at])
            there = agency.get(item.kind, [])
            if item.code in _codes(agency, item.kind):
                self.replaced.add(item)
            elif isinstance(there, list):
                agency[item.kind] = [*there, self._below(item, agency)]
                listed[at] = agency
                self.document["agency"] = listed

    def _listed(self) -> list[str | None]:
        """The codes of the agencies by their place in the list."""
        listed = self.document.get("agency")
        tables = listed if isinstance(listed, list) else []
        return [_code(table) if isinstance(table, dict) else None for table in tables]

    def _below(self, item: Item, agency: Mapping[str, Any]) -> dict[str, Any]:
        table = self.table(item)
        if item.kind == "counter":
            table = _known_only(table, "services", _codes(agency, "service"))
        return table

    def sources(self) -> None:
        known = {_code(table) for table in tables(self.document, "agency")}
        codes = {_code(table) for table in tables(self.document, "source")}
        for item in self.of("source"):
            if item.code in codes:
                self.replaced.add(item)
            else:
                self.add("source", _known_only(self.table(item), "agencies", known))

    def add(self, key: str, table: dict[str, Any]) -> None:
        there = self.document.get(key, [])
        if isinstance(there, list):
            self.document[key] = [*there, table]


def tables(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The tables of a list, in their order; nothing where there is no such list."""
    there = document.get(key)
    return [table for table in there if isinstance(table, dict)] if isinstance(there, list) else []


def _code(table: Mapping[str, Any]) -> str | None:
    code = table.get("code")
    return code if isinstance(code, str) else None


def _codes(agency: Mapping[str, Any], kind: str) -> set[str]:
    """The codes an agency has of a kind; ``counters = 3`` makes counters 1, 2 and 3."""
    found = {str(table.get("code")) for table in tables(agency, kind)}
    many = agency.get("counters")
    if kind == "counter" and type(many) is int:
        found |= {str(n) for n in range(1, min(many, 200) + 1)}
    return found


def _known_only(table: dict[str, Any], key: str, known: set[str] | set[str | None]) -> dict[str, Any]:
    listed = table.get(key)
    if not isinstance(listed, list):
        return table
    left = [code for code in listed if not isinstance(code, str) or code in known]
    # An empty list of services means all of them: where none is left, the checker sets it aside.
    return table | {key: left} if left or key != "services" else table


def _without(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != key}


def _dated(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table with the days of its date ranges as dates: the database keeps them as texts."""
    ranges = table.get("schedule")
    if not isinstance(ranges, list):
        return dict(table)
    read = [
        {k: _day(v) if k in ("from", "to") else v for k, v in one.items()} if isinstance(one, dict) else one
        for one in ranges
    ]
    return {**table, "schedule": read}


def _day(text: Any) -> Any:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return text  # the checker says what is wrong with it
