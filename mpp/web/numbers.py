"""Numbers in addresses and queries: whoever writes them writes anything."""

from __future__ import annotations

from typing import Final

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

DIGITS: Final = 18
"""The longest numbers that are read: every such one fits the databases."""


def number_of(text: str) -> int | None:
    """The whole number written in plain digits, None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


class Number(IntegerConverter):
    """``<int:...>`` of an address; where a number cannot be one of ours there is no page."""

    def to_python(self, value: str) -> int:
        """The number."""
        found = number_of(value)
        if found is None:
            raise ValidationError
        return found


def register(app: Flask) -> None:
    """To be done before routes are hung on the app."""
    app.url_map.converters["int"] = Number
