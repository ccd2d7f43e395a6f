"""Fields of the administration's forms: from a table of the description to inputs, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from mpp.i18n import UNKNOWN, Words
from mpp.web import plain
from mpp.web.numbers import number_of
from mpp.web.plain import Child, el

Given = MultiDict[str, str]
Trouble = dict[str, str]
"""What is wrong, by the key of the description it is wrong with ("hours.fri" within "hours")."""

_DECIMAL: Final = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A text of one line; the other kinds of field stand below. ``key`` is the key in the table and the
    name of the input."""

    key: str
    label: str
    hint: str = ""
    required: bool = False
    rare: bool = False
    """Folded away with its like until somebody needs it."""
    kind: str = "text"
    """Of the input."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the table this field is about."""
        return (self.key,)

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """Put what a table says into the inputs."""
        if self.key in table:
            given[self.key] = str(table[self.key])

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:
        """Put what was typed into a table, and what is wrong into ``trouble``."""
        text = " ".join(given.get(self.key, "").split())
        if text:
            table[self.key] = text
        elif self.required:
            trouble[self.key] = w.text("Please fill this in")

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """The inputs."""
        label = self.label if self.required else f"{self.label} ({w.text('optional')})"
        return plain.field(
            label,
            self.key,
            kind=self.kind,
            value=given.get(self.key, ""),
            hint=self.hint,
            wrong=wrong,
            autocomplete="off",
        )

    def told(self, table: Mapping[str, Any], w: Words) -> str:
        """What a table says, to be read; a dash where it says nothing."""
        value = table.get(self.key)
        if value is None or value == "":
            return UNKNOWN
        if isinstance(value, bool):
            return w.text("yes") if value else w.text("no")
        if isinstance(value, list):
            return ", ".join(str(one) for one in value) or UNKNOWN
        return w.number(value, 0 if value == int(value) else 1) if isinstance(value, float) else str(value)


def wrong_of(field: Field, trouble: Mapping[str, str]) -> str:
    """All that is wrong with a field."""
    mine = [
        text
        for key, text in trouble.items()
        if any(key == own or key.startswith((f"{own}.", f"{own}[")) for own in field.keys)
    ]
    return " · ".join(dict.fromkeys(mine))


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A number, with a comma where ``whole`` is not asked for."""

    whole: bool = True

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """With the comma of the language people type in."""
        if self.key in table:
            given[self.key] = str(table[self.key]).replace(".", ",").removesuffix(",0")

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:
        """A whole number or one with a comma."""
        text = given.get(self.key, "").strip().replace(",", ".")
        if not text:
            return
        if (number := number_of(text)) is not None:
            table[self.key] = number
        elif not self.whole and _DECIMAL.fullmatch(text):
            table[self.key] = float(text)
        else:
            trouble[self.key] = w.text("Write a number, such as {example}", example="30")

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """A short input; no type "number", which changes under a mouse wheel."""
        return plain.field(
            f"{self.label} ({w.text('optional')})",
            self.key,
            value=given.get(self.key, ""),
            hint=self.hint,
            wrong=wrong,
            inputmode="numeric" if self.whole else "decimal",
            autocomplete="off",
            class_="short",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of several (value, text); an empty value says nothing."""

    options: Sequence[tuple[str, str]]

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """A list to choose from; what the table says and the list does not have stays choosable."""
        value = given.get(self.key, "")
        options = [("", w.text("choose")), *self.options] if self.required else list(self.options)
        if value and value not in dict(options):
            options.append((value, value))
        return plain.select(self.label, self.key, options, value=value, hint=self.hint, wrong=wrong)

    def told(self, table: Mapping[str, Any], w: Words) -> str:
        """The text of what was chosen."""
        known = dict(self.options)
        value = str(table.get(self.key, ""))
        return known.get(value) or Field.told(self, table, w)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Field):
    """Yes or no; only what is not the ``default`` is written down."""

    default: bool = False

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """A box is ticked or is not there."""
        if table.get(self.key, self.default):
            given[self.key] = "1"

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:  # noqa: ARG002
        """Ticked or not."""
        ticked = self.key in given
        if ticked != self.default:
            table[self.key] = ticked

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:  # noqa: ARG002 as every field
        """A box with its text."""
        hint = el("p", self.hint, class_="hint") if self.hint else None
        return el("div", box(self.key, "1", self.label, self.key in given), hint, class_="field")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks(Field):
    """Several of (value, text). ``always``: an empty choice is written down as well."""

    options: Sequence[tuple[str, str]]
    always: bool = False

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """Every ticked one; "all" is all of them."""
        value = table.get(self.key, ())
        for code in [code for code, _ in self.options] if value == "all" else value:
            given.add(self.key, str(code))

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:
        """What is ticked."""
        ticked = given.getlist(self.key)
        if ticked or self.always:
            table[self.key] = ticked
        if self.required and not ticked:
            trouble[self.key] = w.text("Choose at least one")

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """Boxes side by side."""
        ticked = set(given.getlist(self.key))
        # What is chosen and is there no more stays chosen: the checker asks somebody to decide.
        gone = [(value, value) for value in sorted(ticked - dict(self.options).keys())]
        boxes = [box(self.key, value, text, value in ticked) for value, text in (*self.options, *gone)]
        none = el("p", w.text("There is none to choose from yet."), class_="hint")
        return group(self, wrong, el("div", boxes, class_="boxes") if boxes else none)

    def _text(self, value: str, w: Words) -> str:  # noqa: ARG002 as in Days
        return value

    def told(self, table: Mapping[str, Any], w: Words) -> str:
        """The texts of what is ticked."""
        value = table.get(self.key)
        if isinstance(value, str):
            return w.text("all") if value == "all" else self._text(value, w)
        known = dict(self.options)
        return ", ".join(known.get(str(one), str(one)) for one in value or ()) or UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Names(Field):
    """Several texts, separated by commas."""

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """Side by side."""
        if self.key in table:
            given[self.key] = ", ".join(str(one) for one in table[self.key])

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:  # noqa: ARG002
        """What stands between the commas."""
        found = [part.strip() for part in given.get(self.key, "").split(",") if part.strip()]
        if found:
            table[self.key] = found


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Field):
    """The published time until the matter is done: a number and its unit."""

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """A table of one of its two keys."""
        value = table.get(self.key)
        if isinstance(value, dict):
            for unit in ("minutes", "working_days"):
                if unit in value:
                    given[self.key], given[f"{self.key}-unit"] = str(value[unit]), unit

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:
        """A whole number and its unit."""
        text = given.get(self.key, "").strip()
        if not text:
            return
        if (number := number_of(text)) is not None:
            table[self.key] = {given.get(f"{self.key}-unit", "minutes"): number}
        else:
            trouble[self.key] = w.text("Write a number, such as {example}", example="3")

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """Number and unit side by side."""
        units = (("minutes", w.text("minutes")), ("working_days", w.text("working days")))
        chosen = given.get(f"{self.key}-unit", "minutes")
        number = el(
            "input",
            name=self.key,
            value=given.get(self.key, ""),
            inputmode="numeric",
            aria_label=w.text("Number"),
            aria_invalid="true" if wrong else None,
        )
        unit = el(
            "select",
            [el("option", text, value=unit, selected=unit == chosen) for unit, text in units],
            name=f"{self.key}-unit",
            aria_label=w.text("Unit"),
        )
        pair = el("div", number, unit, class_="pair field")
        return group(self, wrong, pair, label=f"{self.label} ({w.text('optional')})")

    def told(self, table: Mapping[str, Any], w: Words) -> str:
        """As it is published."""
        value = table.get(self.key)
        if not isinstance(value, dict):
            return Field.told(self, table, w)
        if "working_days" in value:
            return w.plural("{n} working day", "{n} working days", value["working_days"])
        return w.plural("{n} minute", "{n} minutes", value.get("minutes", 0))


def group(field: Field, wrong: str, *inputs: Child, label: str = "") -> Markup:
    """Several inputs of one field, with its name, its help, and what is wrong with them."""
    return el(
        "fieldset",
        el("legend", label or field.label),
        field.hint and el("p", field.hint, class_="hint"),
        *inputs,
        wrong and el("p", wrong, class_="wrong"),
        id=field.key,
        tabindex="-1",
    )


def box(name: str, value: str, text: str, ticked: bool) -> Markup:
    """A box to tick with its text."""
    made = el("input", type="checkbox", name=name, value=value, checked=ticked)
    return el("label", made, el("span", text), class_="check")
