"""An agency's past, ratings, data quality and files in a real browser, signed in as somebody of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from mpp.live import peers
from mpp.mall.load import read
from mpp.now import Now
from tests.browser.harness import problems
from tests.mpp.web import house
from tests.mpp.web.served import Served
from tests.world import World, world

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
TABS = ("riwayat", "penilaian", "mutu", "unduh")
COMMENT = "Ruang tunggu panas sekali"

# Text that is wider than its place, or lies outside the window.
CUT = """() => [...document.querySelectorAll('.hy-page *')].filter(e => e.checkVisibility()
  && !e.closest('.visually-hidden, .hy-tick, thead') && e.children.length === 0 && e.textContent.trim()
  && (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline'
      || e.getBoundingClientRect().right > innerWidth + 1)).map(e => e.className + ': ' + e.textContent)"""
SMALL = """() => [...document.querySelectorAll('.hy-page :is(a, button, summary, input)')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map(e => e.textContent)"""


def fill(folder: Path, start: datetime) -> None:
    """Two weeks of one agency, as `mpp serve` finds them: tickets, dirt, ratings with comments."""
    mall = read(house.EXAMPLE)
    with world(f"sqlite:///{folder / 'mpp.sqlite'}", mall, at=start - timedelta(days=20)) as made:
        for days in range(15, 0, -1):
            made.clock.at = (start - timedelta(days=days)).replace(hour=3, minute=0)
            if made.clock.at.weekday() < 5:
                _day(made, days)
        made.clock.at = start
        peers.tell(made.store, start)


def _day(made: World, days: int) -> None:
    items = [made.item("ticket.issued", f"{days}-y", -9, service="baru")]
    items += made.life(f"{days}-x", -60, -39, -39, -38.95)
    for n in range(5):
        items += made.life(f"{days}-{n}", -60, -50 + n, -50 + n, -40 + n, number=f"A3-{n:03}")
        words = {"reasons": ["uncomfortable"], "comment": COMMENT} if n == 3 else {"reasons": ["fast"]}
        items.append(made.item("rating.given", None, -30, score=4 - n % 4, **words))
    made.send(*items)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("history")
    shutil.copy(house.EXAMPLE, folder / "mpp.toml")
    fill(folder, Now()())
    with Served(folder) as running:
        yield running


@pytest.fixture(scope="module")
def desk(browser: Browser, served: Served) -> Iterator[Page]:
    """A browser in which somebody of Dukcapil is signed in."""
    context = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta", accept_downloads=True)
    name, value = served.cookie("agency", agencies={"dukcapil"})
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{served.port}/"}])
    yield context.new_page()
    context.close()


def show(page: Page, served: Served, tab: str) -> None:
    page.goto(f"http://127.0.0.1:{served.port}/instansi/dukcapil/{tab}")
    expect(page.locator(".hy-answer").first).to_be_visible()


def test_the_past_reads_well_at_a_desk_and_on_a_phone(desk: Page, served: Served) -> None:
    said = problems(desk)
    for tab in TABS:
        show(desk, served, tab)
        for size in (DESK, PHONE):
            desk.set_viewport_size(size)  # type: ignore[arg-type]
            assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), (tab, size)
            assert desk.evaluate(CUT) == [], (tab, size)
        assert desk.evaluate(SMALL) == [], tab
        found = Axe().run(desk)
        assert found.violations_count == 0, (tab, found.generate_report())
    assert said == []


def test_figures_comments_and_dirt_are_there(desk: Page, served: Served) -> None:
    desk.set_viewport_size(DESK)  # type: ignore[arg-type]
    show(desk, served, "riwayat")
    days = desk.locator(".hy-table tbody tr")
    expect(days.first).to_contain_text("lengkap")
    desk.get_by_role("link", name="Per minggu").click()
    expect(desk.locator(".hy-table tbody th").first).to_contain_text("s.d.")
    desk.get_by_role("link", name="Kartu Keluarga (baru dan perubahan)").click()
    expect(desk.locator(".hy-answer")).to_contain_text("Kartu Keluarga")
    desk.get_by_role("link", name="Penilaian").click()
    expect(desk.get_by_text(COMMENT).first).to_be_visible()
    desk.get_by_role("link", name="Mutu data").click()
    expect(desk.get_by_text("Dilayani kurang dari 10 detik").first).to_be_visible()
    expect(desk.get_by_text("baru", exact=True)).to_be_visible()


def test_a_file_is_one_press_away_and_wrong_days_are_told_in_words(desk: Page, served: Served) -> None:
    show(desk, served, "unduh")
    with desk.expect_download() as begun:
        desk.get_by_role("link", name="Nomor antrean, CSV").click()
    content = begun.value.path().read_text(encoding="utf-8")
    assert begun.value.suggested_filename.startswith("dukcapil-tickets-")
    assert content.startswith("\ufeff# Nomor antrean")
    assert ";A3-001;" in content
    desk.get_by_label("Dari").fill("2020-01-01")
    desk.get_by_role("button", name="Pilih").click()
    expect(desk.get_by_role("alert")).to_contain_text("satu berkas memuat paling banyak 400")
