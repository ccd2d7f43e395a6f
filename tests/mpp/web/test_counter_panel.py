"""The panel of a counter: what it says of when an accepted file is ready."""

from __future__ import annotations

import re

import pytest

from mpp.i18n import words
from mpp.live.presses import Presses
from mpp.web.parts.counter_panel import Seen, panel
from tests.world import small_mall, world


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2026-11-25", "Bila kosong: menurut standar layanan, 25 Nov 2026."),
        ("2026-11-23T10:41:00+07:00", "Bila kosong: menurut standar layanan."),
        (None, None),
    ],
)
def test_the_day_of_a_file_is_left_to_the_standard(
    sqlite_url: str, due: str | None, told: str | None
) -> None:
    """A day put there when the panel was drawn would be sent as the officer's word, and cost the hour."""
    with world(sqlite_url) as w:
        desk = Presses(w.store, w.intake).look("dukcapil", "1", w.clock())
        drawn = str(panel(Seen(desk, small_mall(), words("id"), w.clock(), due), "press-0001"))
    (field,) = re.findall(r'<input[^>]*name="due"[^>]*>', drawn)
    assert re.search(r'value="\d', field) is None
    assert re.findall(r'id="due-hint">([^<]*)<', drawn) == ([] if told is None else [told])
