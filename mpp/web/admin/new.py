"""A new thing of the description: its form's title, its code, what the form begins with."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request

from mpp.i18n import Words
from mpp.live.described import Described
from mpp.mall.additions import Item
from mpp.mall.created import slug
from mpp.web.admin.fields import Field, Given


def title(item: Item, w: Words) -> str:
    """What stands above the form."""
    return {
        "holiday": w.text("Add a holiday"),
        "agency": w.text("Add an agency"),
        "service": w.text("Add a service"),
        "counter": w.text("Add a counter"),
        "source": w.text("Add a data source"),
    }[item.kind]


def code_field(item: Item, w: Words) -> Field:
    """What asks for the code."""
    if item.kind == "holiday":
        return Field(key="code", label=w.text("Day"), kind="date", required=True)
    if item.kind == "counter":
        hint = w.text("A number or small letters, such as 4. It stays as it is.")
    else:
        hint = w.text("Small letters, digits and -; left empty it is made of the name. It stays as it is.")
    return Field(key="code", label=w.text("Code"), hint=hint)


def code_of(item: Item, given: Given, table: dict[str, Any]) -> str:
    """The code that was typed, else one made of the name. A day is written in one way, whatever way it
    was typed in."""
    typed = given.get("code", "").strip()
    if item.kind == "holiday":
        try:
            return date.fromisoformat(typed).isoformat()
        except ValueError:
            return typed  # the checker says what is wrong with it
    if typed or item.kind == "counter":
        return typed
    return slug(str(table.get("short") or table["name"])) if table.get("name") or table.get("short") else ""


def proposal(item: Item, state: Described) -> Given:
    """What a new form begins with."""
    given = Given()
    if item.kind == "counter" and state.mall is not None:
        codes = {one.code for one in state.mall.by_code[item.agency].counters}
        given["code"] = next(str(n) for n in range(1, 1000) if str(n) not in codes)
    if item.kind == "source":
        given["required"] = "1"
        for code in request.args.getlist("instansi"):
            given.add("agencies", code)
    return given
