"""An agency's own page in a real browser: tests/browser/fake_app.py behind Chromium."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.browser.harness import FakeApp, cell, live, problems

pytestmark = pytest.mark.browser

DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)


def show(page: Page, fake: FakeApp, query: str = "", code: str = "dukcapil") -> None:
    page.goto(f"{fake.url}/instansi/{code}{query}")
    live(page)


def test_it_can_be_read_before_any_script_has_run_and_nothing_moves_then(page: Page, fake: FakeApp) -> None:
    """The first picture has its figures and times; Dash takes its place with one set of live cells."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("dash_renderer"), hold)
    page.goto(f"{fake.url}/instansi/dukcapil", wait_until="commit")
    first = page.locator("#drawn")
    expect(first.locator(".dk-sentence")).to_contain_text("paling lama A3-042 (41 menit)")
    expect(first.locator('[data-live="q.s1"] time')).to_have_text("41 mnt")
    expect(page.locator("#drawn .dk-sentence")).to_be_visible()
    summary = first.locator("summary.dk-queue").first
    summary.focus()
    summary.press("Enter")
    # It lives, too: the stream finds its cells.
    page.wait_for_selector("html.live-on")
    fake.set(agency="dukcapil", waiting=31)
    expect(first.locator('[data-live="q.sum"]')).to_have_text("31 menunggu")
    before = page.evaluate(PLACES, "#drawn")
    for route in held:
        route.continue_()
    page.wait_for_selector("#drawn", state="detached")
    assert page.evaluate(PLACES, "#page") == before
    expect(page.locator(".dk-queues details").first).to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.matches('#page summary.dk-queue')")
    twice = page.evaluate("""() => {
      const of = name => [...document.querySelectorAll(`[${name}]`)].map(e => e.getAttribute(name));
      return [...of('data-live'), ...of('id')].filter((one, place, all) => all.indexOf(one) !== place);
    }""")
    assert twice == []
    fake.set(agency="dukcapil", waiting=32)
    expect(cell(page, "q.sum")).to_have_text("32 menunggu")


PLACES = """where => [...document.querySelectorAll(`${where} :is(.dk-sentence, .dk-card, .dk-queue)`)]
  .map(e => { const box = e.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height].map(Math.round).join(' '); })"""


def test_a_change_arrives_and_what_is_opened_stays_open(page: Page, fake: FakeApp) -> None:
    said = problems(page)
    page.set_viewport_size(PHONE)
    show(page, fake)
    page.evaluate("window.same = true")
    page.keyboard.press("Tab")
    first = page.locator(".dk-queues details").first
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(first.locator(".dk-tickets li").first).to_contain_text("A3-043")
    fake.set(agency="dukcapil", state="silent")
    expect(page.locator(".dk-say")).to_have_attribute("data-state", "silent")
    expect(cell(page, "say")).to_contain_text("tanpa kabar sejak")
    expect(cell(page, "say.word")).to_have_text("tanpa kabar")
    expect(first).to_have_attribute("open", "")
    assert page.evaluate("window.same === true")
    fake.set(fail=1)
    expect(page.locator("[data-live-link]")).to_contain_text("TERPUTUS sejak")
    fake.set(fail=0)
    expect(page.locator("[data-live-link]")).to_be_hidden()
    assert said == []


OUTSIDE = """() => [...document.querySelectorAll('.dk *')].filter(e => {
  const box = e.getBoundingClientRect(), hidden = e.closest('.visually-hidden, .dk-desks thead, svg');
  if (hidden || !e.checkVisibility()) return false;
  return box.width && box.height && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => e.className + ': ' + e.textContent.slice(0, 40))"""

CUT = """() => [...document.querySelectorAll('.dk *')].filter(e => {
  if (e.closest('.visually-hidden, svg, .dk-desks thead') || !e.checkVisibility()) return false;
  const style = getComputedStyle(e);
  return style.overflowX !== 'visible' && e.clientWidth && e.scrollWidth > e.clientWidth + 1;
}).map(e => e.className)"""

SMALL = """() => [...document.querySelectorAll('.dk :is(a, button, summary)')]
  .map(e => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width && box.height)
  .filter(([e, box]) => e.checkVisibility() && (box.height < 43.5 || box.width < 43.5))
  .map(([e, box]) => [e.className, e.textContent.slice(0, 30), box.width, box.height])"""


@pytest.mark.parametrize("board", ["wall", "full", "busy", "silent", "closed", "counters"])
def test_it_fits_every_screen_and_axe_finds_nothing(page: Page, fake: FakeApp, board: str) -> None:
    fake.set(board=board)
    show(page, fake, code="agency-1" if board == "full" else "dukcapil")
    for size, theme in ((DESK, "light"), (PHONE, "dark"), (ViewportSize(width=320, height=640), "light")):
        page.set_viewport_size(size)
        page.evaluate("theme => document.documentElement.setAttribute('data-theme', theme)", theme)
        page.evaluate("document.querySelectorAll('.dk details').forEach(one => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(CUT) == []
        if size["width"] <= 390:
            assert page.evaluate(SMALL) == []
        if size["width"] != 320:
            found = Axe().run(page)
            assert found.violations_count == 0, f"{theme}: {found.generate_report()}"
