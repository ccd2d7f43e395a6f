"""Whatever a field may hold fits the columns it ends in: SQLite would not tell, PostgreSQL refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Column, Integer, String, Text

from mpp.cli.token import LONGEST_LABEL
from mpp.live.vocabulary import FIELDS, ID, SUBJECT, Field
from mpp.mall.created import LONGEST_CODE
from mpp.mall.model import Counter, Service, Source
from mpp.store import quarantine
from mpp.store.tables import cases, counters, events, legs, readings, tokens
from mpp.store.tables import quarantine as held
from tests.world import World, small_mall, world

LONG = "c" * LONGEST_CODE
SOURCE = "s" * LONGEST_CODE


def longest(field: Field) -> int | None:
    """Characters a field's value may have, None for what is no text."""
    if field.kind in ("key", "id", "due"):
        return field.most
    if field.kind == "code":
        return LONGEST_CODE
    return max(map(len, field.choices)) if field.kind == "choice" else None


def columns_of(kind: str, name: str) -> list[Column[Any]]:
    """Where a field of that type ends, beside the event's JSON."""
    family = kind.partition(".")[0]
    known = {"ticket": [legs], "counter": [counters], "queue": [readings], "case": [cases]}
    tables = known.get(family, [])
    found = [table.c[name] for table in tables if name in table.c]
    return [*found, *([events.c.agency, held.c.agency] if name == "agency" else [])]


@pytest.mark.parametrize("kind", FIELDS)
def test_every_fields_maximum_fits_its_columns(kind: str) -> None:
    seen = 0
    for name, field in FIELDS[kind].items():
        most = longest(field)
        for column in columns_of(kind, name):
            if isinstance(column.type, String) and not isinstance(column.type, Text) and most is not None:
                assert column.type.length is not None
                assert column.type.length >= most, f"{column} holds less than {name} may have"
                seen += 1
            elif isinstance(column.type, Integer):
                assert field.most < 2**31
                seen += 1
    assert seen


def test_names_fit_too() -> None:
    def width(column: Column[Any]) -> int:
        assert isinstance(column.type, String)
        assert column.type.length is not None
        return column.type.length

    assert width(legs.c.visit) >= LONGEST_CODE + 1 + SUBJECT.most
    assert width(cases.c.key) >= SUBJECT.most + len("#99")
    assert min(width(events.c.subject), width(legs.c.ticket), width(held.c.subject)) >= SUBJECT.most
    assert min(width(events.c.event_id), width(held.c.event_id)) >= ID.most
    assert width(counters.c.event_id) >= ID.most + 1 + width(events.c.origin)
    assert min(width(events.c.type), width(held.c.type)) >= max(map(len, FIELDS))
    assert width(tokens.c.label) == LONGEST_LABEL


def long_world(url: str) -> Any:
    mall = small_mall()
    service, counter = Service(LONG, "Panjang"), Counter(LONG, "Loket panjang")
    agency = replace(mall.agencies[0], code=LONG, services=(service,), counters=(counter,))
    return world(url, replace(mall, agencies=(agency,), sources=(Source(SOURCE, "Panjang", (LONG,)),)))


def full(w: World, kind: str) -> dict[str, Any]:
    """An event of that type with every field at its longest."""

    def value(field: Field) -> Any:
        match field.kind:
            case "code":
                return LONG
            case "choice":
                return max(field.choices, key=len)
            case "labels":
                return list(field.choices[:10])
            case "whole":
                return field.most
            case "flag":
                return True
            case "instant":
                return w.clock().isoformat()
            case "due":
                return "2026-11-30T15:00:00.123456+07:00"
            case "key" | "id" | "comment":
                return "x" * field.most
            case other:
                raise AssertionError(f"a value of kind {other} is missing here")

    origin = (SOURCE + "/" + "o" * 200)[:200]
    fields = {name: value(field) for name, field in FIELDS[kind].items()}
    subject = (kind + "." + "t" * 200)[: SUBJECT.most] if kind.startswith(("ticket.", "case.")) else None
    id_ = (kind + "." + "i" * 200)[: ID.most]
    return w.item(kind, subject, 0, source=origin, id=id_, **fields)


def test_every_type_is_taken_with_every_field_at_its_longest(database_url: str) -> None:
    with long_world(database_url) as w:
        items = [full(w, kind) for kind in FIELDS]
        issued = full(w, "ticket.issued")
        del issued["data"]["visit"], issued["data"]["leg"]
        items.append(issued | {"id": "no visit", "subject": "u" * SUBJECT.most})
        answers = w.send(*items, source=SOURCE)
        assert [(a.status, a.reason) for a in answers] == [("accepted", None)] * len(items)
        assert max(len(leg["visit"]) for leg in w.legs()) == LONGEST_CODE + 1 + SUBJECT.most


def test_what_is_refused_at_its_longest_is_kept(database_url: str) -> None:
    with long_world(database_url) as w:
        items = [full(w, kind) for kind in FIELDS]
        for item in items:
            item["data"] |= {"service": "x" * LONGEST_CODE, "counter": "x" * LONGEST_CODE}
        cut = [
            item | {"id": f"{n}", "data": item["data"] | {"agency": "K" * 300}}
            for n, item in enumerate(items)
        ]
        told = w.words(*items, *cut, source=SOURCE)
        assert set(told) == {"quarantined"}
        with w.store.read() as tx:
            assert len(quarantine.listed(tx)) == len(told)
