"""A form of the administration: drawn, read, and drawn again with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from mpp.i18n import Words
from mpp.mall.mistakes import Mistake
from mpp.web.admin.fields import Field, Given, Trouble, wrong_of
from mpp.web.plain import Child, button, el


def filled(fields: Sequence[Field], table: Mapping[str, Any]) -> Given:
    """The inputs as a table of the description says."""
    given = Given()
    for field in fields:
        field.fill(table, given)
    return given


def read(fields: Sequence[Field], given: Given, w: Words) -> tuple[dict[str, Any], Trouble]:
    """The table that was typed, and what is wrong with it that no table could say."""
    table: dict[str, Any] = {}
    trouble: Trouble = {}
    for field in fields:
        field.read(given, table, trouble, w)
    return table, trouble


def told(mistakes: Sequence[Mistake]) -> Trouble:
    """Mistakes of the description as what is wrong with a form; several of one field in one text."""
    trouble: Trouble = {}
    for one in mistakes:
        text = one.problem if not one.key else f"{one.problem}. {one.remedy}"
        trouble[one.key] = f"{trouble[one.key]} · {text}" if one.key in trouble else text
    return trouble


def draw(
    fields: Sequence[Field],
    given: Given,
    trouble: Trouble,
    w: Words,
    *,
    rev: int,
    submit: str,
    back: str,
    before: Child = None,
    after: Child = None,
) -> Markup:
    """The form. ``rev`` is the revision it was filled from; ``before`` and ``after`` are its fields."""
    return el(
        "form",
        summary(fields, trouble, w),
        el("input", type="hidden", name="rev", value=rev),
        before,
        [field.draw(given, wrong_of(field, trouble), w) for field in fields if not field.rare],
        _folded([field for field in fields if field.rare], given, trouble, w),
        after,
        el(
            "div",
            button(submit),
            el("a", w.text("Cancel"), href=back, class_="button second"),
            class_="buttons",
        ),
        method="post",
        class_="card form",
        novalidate=True,
    )


def _folded(rare: Sequence[Field], given: Given, trouble: Trouble, w: Words) -> Markup | None:
    """Fields that few need; open where one of them says or lacks something."""
    if not rare:
        return None
    table: dict[str, Any] = {}
    for field in rare:
        field.read(given, table, {}, w)
    wrong = any(wrong_of(field, trouble) for field in rare)
    return el(
        "details",
        el("summary", w.text("More: {names}", names=", ".join(field.label for field in rare))),
        [field.draw(given, wrong_of(field, trouble), w) for field in rare],
        open=bool(table or wrong),
        class_="more",
    )


def summary(fields: Sequence[Field], trouble: Trouble, w: Words) -> Markup | None:
    """All that is wrong, on top, each leading to its field."""
    if not trouble:
        return None
    labels = {field.key: (field.label, wrong_of(field, trouble)) for field in fields}
    known = {key for field in fields for key in trouble if wrong_of(field, {key: "x"})}
    rows = [
        el("li", el("a", label, href=f"#{key}"), ": ", wrong)
        for key, (label, wrong) in labels.items()
        if wrong
    ]
    rows += [el("li", text) for key, text in trouble.items() if key not in known]
    return el(
        "div",
        el("p", w.plural("{n} thing is not right yet", "{n} things are not right yet", len(rows))),
        el("ul", rows),
        class_="alert summary",
        role="alert",
    )


def facts(fields: Sequence[Field], table: Mapping[str, Any], w: Words) -> Markup:
    """What a table says, to be read and not changed."""
    return el(
        "dl",
        [[el("dt", field.label), el("dd", field.told(table, w))] for field in fields],
        class_="facts",
    )
