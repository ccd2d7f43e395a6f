"""What a number means, one tap away: the registry's texts in the page, opened by assets/wall.js."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.measures import registry
from mpp.web.parts.live import attributes


def definitions(words: Words) -> Component:
    """The definitions of all figures, once per page, and the box they are shown in."""
    texts = {key: (m.name, m.formula, m.leaves_out) for key, m in registry(words).items()}
    return html.Div(
        id="definition",
        className="definition",
        hidden=True,
        role="tooltip",
        **attributes(
            data_definitions=json.dumps(texts, ensure_ascii=False, separators=(",", ":")),
            data_leaves_out=words.text("Leaves out: {what}", what="{what}"),
        ),
    )


def term(children: Any, measures: Sequence[str], class_name: str = "") -> Component:
    """A title or number that opens the definitions of ``measures`` (keys of the registry)."""
    return html.Button(
        children,
        type="button",
        className=f"term {class_name}".strip(),
        **attributes(data_measure=" ".join(measures)),
    )
