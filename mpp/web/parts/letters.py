"""How wide texts are in the wall's font: what does not fit is left out by words, never by a cut."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

#: Widths of letters in em; others are about WIDE, digits and capitals BROAD.
WIDTHS: Final = (
    dict.fromkeys(" ijl.,:·'\N{NO-BREAK SPACE}", 0.28)
    | dict.fromkeys("tfr-", 0.36)
    | dict.fromkeys("mwMW…", 0.86)
)
WIDE, BROAD = 0.54, 0.66


@lru_cache(maxsize=4096)
def width(text: str) -> float:
    """About how wide a text is, in em."""
    return sum(WIDTHS.get(one, BROAD if one.isupper() or one.isdigit() else WIDE) for one in text)


def whole(part: str) -> str:
    """A text that stays on one line."""
    return part.replace(" ", "\N{NO-BREAK SPACE}").replace("-", "\N{NON-BREAKING HYPHEN}")
