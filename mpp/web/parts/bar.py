"""The bar of a tile: the highest working wait against its promise, with a mark at the promise."""

from __future__ import annotations

from markupsafe import Markup

from mpp.web.parts.fragment import markup

#: The bar's full width is so many times the promise: what lies beyond is simply full.
FULL = 1.5


def bar(load: float) -> Markup:
    """``load`` is wait / promise (1.0 = at the promise)."""
    width = round(100 * min(max(load, 0.0), FULL) / FULL)
    mark = round(100 / FULL, 1)
    return markup(
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="1.5" width="100" height="5" rx="1"/>'
        '<rect class="fill" y="1.5" width="{}" height="5" rx="1"/>'
        '<rect class="limit" x="{}" width="1.1" height="8"/></svg>',
        width,
        mark,
    )
