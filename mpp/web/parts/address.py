"""Addresses of the control room: the query that a link keeps and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

KEPT: Final = ("page", "floor", "agency", "rotate", "theme", "lang")
"""What the pages read from their address; nothing else is handed on."""

PLACE: Final = ("page", "floor", "agency")
"""What says which page it is."""


def address(query: Mapping[str, str], **changes: str) -> str:
    """The query of a link: what ``query`` has of KEPT with ``changes``; an empty value drops it."""
    wanted = {name: query.get(name, "") for name in KEPT} | changes
    return "?" + urlencode({name: wanted[name] for name in KEPT if wanted[name]})


def place(query: Mapping[str, str], **where: str) -> str:
    """The query of a link to another page: language, theme and rotation stay."""
    return address(query, **(dict.fromkeys(PLACE, "") | where))
