"""A tree of Dash components as HTML: what a browser shows before Dash's scripts have run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import dcc
from dash.development.base_component import Component
from markupsafe import Markup, escape

from mpp.web.parts.fragment import markup
from mpp.web.parts.live import FIRST

VOID: Final = frozenset(("br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
"""Elements without an end."""

NAMES: Final[Mapping[str, str]] = {"className": "class", "htmlFor": "for", "dateTime": "datetime"}
"""Attributes that Dash calls otherwise; all others are the same in lower case."""

OF_DASH: Final = frozenset(
    ("children", "n_clicks", "n_clicks_timestamp", "disable_n_clicks", "loading_state", "setProps", "key")
)
"""Properties that mean something to Dash alone."""


def to_html(node: Any) -> Markup:
    """The HTML of a component, a list of them, a text or nothing, everything in it escaped.

    A live cell that is a fragment shows it (:data:`mpp.web.parts.live.FIRST`), a Link of Dash is a plain
    one. Components that only their scripts can draw are left out.
    """
    if node is None:
        return Markup("")
    if isinstance(node, list | tuple):
        return Markup("").join(map(to_html, node))
    if not isinstance(node, Component):
        return escape(node)
    if isinstance(node, dcc.Link):
        return _element("a", node, ("href", "className", "title", "id", "target"))
    if _namespace(node) != "dash_html_components":
        return Markup("")
    return _element(str(getattr(node, "_type")).lower(), node)  # noqa: B009 the class says it, its type not


def _namespace(node: Component) -> str:
    return str(getattr(node, "_namespace", ""))


def _element(tag: str, node: Component, only: tuple[str, ...] | None = None) -> Markup:
    props = node.to_plotly_json()["props"]
    attributes = Markup("").join(
        _attribute(name, value)
        for name, value in props.items()
        if name not in OF_DASH and (only is None or name in only or name.startswith(("data-", "aria-")))
    )
    start = markup("<{}{}>", tag, attributes)
    if tag in VOID:
        return start
    inner = getattr(node, FIRST, None)
    return start + (to_html(props.get("children")) if inner is None else inner) + markup("</{}>", tag)


def _attribute(name: str, value: Any) -> Markup:
    if value is None or value is False:
        return Markup("")
    name = NAMES.get(name, name if name.startswith(("data-", "aria-")) else name.lower())
    if value is True and not name.startswith("aria-"):
        return markup(" {}", name)
    if name == "style" and isinstance(value, Mapping):
        value = ";".join(f"{_dashed(key)}:{said}" for key, said in value.items())
    elif isinstance(value, bool):
        value = str(value).lower()
    return markup(' {}="{}"', name, value)


def _dashed(name: str) -> str:
    """A style's name as CSS has it: maxWidth is max-width, --u stays."""
    if name.startswith("--"):
        return name
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
