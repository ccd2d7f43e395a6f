"""Where a thing of the description stands: in the file, on the pages, in what an import made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpp.live.described import Described
from mpp.mall.additions import MALL, Item
from mpp.web.admin.fields import Field
from mpp.web.numbers import number_of


def there(item: Item, state: Described) -> bool:
    """Whether the description in force has it."""
    mall = state.mall
    if mall is None:
        return False
    agency = mall.by_code.get(item.agency or item.code)
    return {
        "mall": lambda: True,
        "holiday": lambda: item.code in {day.isoformat() for day, _ in mall.calendar.holidays},
        "agency": lambda: agency is not None,
        "service": lambda: agency is not None and agency.service(item.code) is not None,
        "counter": lambda: agency is not None and agency.counter(item.code) is not None,
        "source": lambda: item.code in mall.sources_by_code,
    }[item.kind]()


def provisioned(item: Item, state: Described) -> dict[str, Any] | None:
    """What mpp.toml says about a thing; None where it does not have it."""
    document = state.file.document if state.file else {}
    if item == MALL:
        head: dict[str, Any] | None = document.get("mall")
        return head
    if item.kind in ("service", "counter"):
        agency = named(document.get("agency", []), item.agency) or {}
        found = named(agency.get(item.kind, []), item.code)
        many = agency.get("counters", 0)
        if found is None and item.kind == "counter" and 1 <= (number_of(item.code) or 0) <= many:
            return {"code": item.code}
        return found
    if item.kind == "holiday":
        days = (one for one in document.get("holiday", []) if str(one.get("day")) == item.code)
        return next(days, None)
    return named(document.get(item.kind, []), item.code)


def named(tables: Sequence[dict[str, Any]], code: str) -> dict[str, Any] | None:
    return next((one for one in tables if str(one.get("code")) == code), None)


def split(asked: Sequence[Field], fixed: dict[str, Any]) -> tuple[list[Field], list[Field]]:
    """The fields to ask for, and those that the file says already."""
    locked = [field for field in asked if any(key in fixed for key in field.keys)]
    return [field for field in asked if field not in locked], locked
