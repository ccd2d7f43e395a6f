"""Tables for people at a console."""

from __future__ import annotations

from collections.abc import Sequence


def table(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Rows of texts under a line of headings, in columns as wide as what is in them."""
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]

    def line(parts: Sequence[str]) -> str:
        return "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()

    return "\n".join(line(parts) for parts in (heads, *cells))
