"""The view token as a person types it, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.mpp.web import house
from tests.mpp.web.served import Served

pytestmark = pytest.mark.browser

WORD = "kata-sandi-layar"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Served]:
    """A server that asks who looks."""
    shutil.copy(house.EXAMPLE, tmp_path / "mpp.toml")
    with Served(tmp_path, view_token=WORD) as served:
        yield served


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_right_word_opens_the_control_room(page: Page, guarded: Served, host: str) -> None:
    page.goto(f"http://{host}:{guarded.port}/")
    expect(page.locator("h1")).to_have_text("MPP Contoh Kabupaten Nusa Contoh")
    assert "Atkinson" in page.evaluate("getComputedStyle(document.body).fontFamily")
    field = page.locator("input[type=password]")
    field.fill("salah")
    field.press("Enter")
    expect(page.locator("input[type=password]")).to_be_visible()
    page.locator("input[type=password]").fill(WORD)
    page.locator("input[type=password]").press("Enter")
    page.wait_for_selector("html.live-on")
    assert page.url.endswith("/ruang-kendali")
    assert page.title() == "Ruang kendali · MPP Contoh Kabupaten Nusa Contoh"
