"""The layout of the wall's other pages, of the wall on a phone, and of a wall that is cut off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.harness import FakeApp
from tests.browser.harness import wall as show
from tests.browser.probes import CUT_DESKS, OUTSIDE, PAGES, ROWS, SIZES, fits, resize

pytestmark = pytest.mark.browser

FIGURES = ".desk-name, .desk-ticket, time"
WORDS = f"{FIGURES}, .desk-word > span"


@pytest.fixture(scope="module")
def beat() -> float:
    return 0.1


@pytest.mark.parametrize("where", ["counters", "services", "agency"])
@pytest.mark.parametrize("board", ["wall", "last", "unheard", "busy", "closed", "names"])
def test_no_other_page_scrolls_or_cuts_a_figure(tab: Page, fake: FakeApp, board: str, where: str) -> None:
    fake.set(board=board)
    show(tab, fake, f"?lang=id{PAGES[where]}")
    for size in SIZES:
        resize(tab, *size)
        fits(tab)
        assert tab.evaluate(OUTSIDE, [".desk", ".desk-ticket, .desk-word > *, .sign"]) == [], size
        assert tab.evaluate(OUTSIDE, [".stage", "td, .desk, .agency-card"]) == [], size
        if board == "names" and where != "counters":
            services_that_differ_at_their_end_can_be_told_apart(tab)
        if board == "busy" and where == "counters" and size in SIZES[:2]:
            # Nine agencies of eight counters need nine rows: words may be cut short there, figures never.
            expect(tab.locator(".floor.dense .desk")).to_have_count(72)
            assert tab.evaluate(CUT_DESKS, FIGURES) == [], size


def services_that_differ_at_their_end_can_be_told_apart(page: Page) -> None:
    names = page.locator(".service-name")
    expect(names.first).to_be_visible()
    cut = names.evaluate_all("all => all.filter(e => e.scrollHeight > e.clientHeight + 2).length")
    assert cut == 0
    # A calm service begins where one beyond its standard does.
    assert len(set(names.evaluate_all("all => all.map(e => e.getBoundingClientRect().left)"))) == 1
    expect(page.locator(".services tbody th").first).to_have_attribute(
        "title", re.compile("Pendampingan perizinan")
    )


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(
    ("board", "floor"),
    # 102 counters are more than a floor of any mall has.
    [(board, floor) for board in ("wall", "break", "demo", "morning") for floor in (1, 2)]
    + [("counters", 1)],
)
def test_every_counter_can_be_read(tab: Page, fake: FakeApp, board: str, floor: int, lang: str) -> None:
    fake.set(board=board)
    show(tab, fake, f"?page=loket&floor={floor}&lang={lang}")
    expect(tab.locator(".desk .desk-name").first).to_be_visible()
    said = int(board in {"break", "counters", "morning"})
    expect(tab.locator(".mall-state:not(:empty)")).to_have_count(said)
    calling = {"id": "memanggil", "en": "calling"}[lang]
    for size in SIZES[:2]:
        resize(tab, *size)
        if board != "morning":
            expect(tab.locator(".desk", has_text=calling).first).to_be_visible()
        assert tab.evaluate(CUT_DESKS, WORDS) == [], size
        # Counters of other agencies lie below, not over.
        assert tab.evaluate(OUTSIDE, [".floor", ".desk"]) == [], size


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_table_without_finished_waits_keeps_its_head(tab: Page, fake: FakeApp, lang: str) -> None:
    fake.set(board="morning")
    show(tab, fake, f"?lang={lang}&page=gerai&agency=pdam")
    for size in SIZES:
        resize(tab, *size)
        tab.evaluate("document.querySelectorAll('td:is(.half, .share)').forEach(e => e.textContent = '')")
        lines = tab.evaluate(
            """() => [...document.querySelectorAll('.services thead th')].map(e => {
              const room = document.createRange();
              room.selectNodeContents((e.querySelector('button') || e).firstChild);
              return new Set([...room.getClientRects()].map(r => Math.round(r.top))).size;
            })"""
        )
        assert max(lines) <= 2, lines


@pytest.mark.parametrize("where", PAGES)
def test_a_phone_never_scrolls_sideways(tab: Page, fake: FakeApp, where: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    show(tab, fake, f"?lang=id{PAGES[where]}")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_wall_that_is_cut_off_keeps_its_rows_and_loses_its_colours(
    profile: BrowserContext, mortal: FakeApp
) -> None:
    """Its four pages at once: one server is killed under all of them."""
    mortal.start()
    pages = {where: profile.new_page() for where in PAGES}
    before = {}
    for where, page in pages.items():
        show(page, mortal, f"?lang=id{PAGES[where]}")
        for size in SIZES:
            resize(page, *size)
            rows = before[where, size] = page.evaluate(ROWS)
            assert rows[0] + rows[1] == rows[2], (where, size)
    mortal.kill()
    for where, page in pages.items():
        page.wait_for_selector("html.live-cut")
        expect(page.locator("#live-link")).to_be_visible()
        for size in SIZES:
            resize(page, *size)
            assert page.evaluate(ROWS) == before[where, size], (where, size)
            fits(page)
        grey = page.evaluate(GREY)
        assert grey, where
        assert all(grey), where
        page.close()


GREY = """() => [...document.querySelectorAll(
    '.tally, .tile, .flow, .act-sign, .desk, .services, .agency-card')]
  .filter(e => e.checkVisibility()).map(e => {
    for (; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.filter.includes('grayscale(1)') && style.display !== 'contents') return true;
    }
    return false;
  })"""


@pytest.mark.parametrize("board", ["full", "busy", "fewer", "three", "many"])
def test_tiles_can_be_read_while_the_wall_is_cut_off(tab: Page, fake: FakeApp, board: str) -> None:
    fake.set(board=board)
    show(tab, fake, "?lang=id")
    fake.set(fail=1)
    tab.wait_for_selector("html.live-cut")
    for size in SIZES:
        resize(tab, *size)
        fits(tab)
