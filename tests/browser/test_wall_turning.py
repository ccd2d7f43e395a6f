"""The wall changes its pages by itself, by keys, and when answers are lost; sheets left open close."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.harness import FakeApp
from tests.browser.harness import wall as show

pytestmark = pytest.mark.browser

BEAT = 0.1
"""Seconds between beats: a browser whose clock a test moves must not believe itself cut off."""


@pytest.fixture(scope="module")
def beat() -> float:
    return BEAT


def turned(page: Page, seconds: int) -> None:
    """Let the browser's clock run on. It goes by itself, too: on a busy machine each step takes long."""
    end = page.evaluate("performance.now()") + 1000 * seconds
    while page.evaluate("performance.now()") < end:
        page.clock.run_for(1000)
    page.wait_for_selector("html.live-on")


def here(page: Page) -> Any:
    return page.locator("#stops li[aria-current]")


def turns(page: Page) -> None:
    """Let the browser's clock run until the page turns by itself. On a busy machine news come late by
    that clock: the wall then thinks itself cut off for a moment, which holds the page."""
    before = here(page).text_content()
    for _ in range(300):
        page.clock.run_for(1000)
        page.wait_for_selector("html.live-on")
        if here(page).text_content() != before:
            return
    raise AssertionError(f"the page {before} never turned")


@pytest.fixture
def turning(page: Page, fake: FakeApp) -> Page:
    """A wall that changes pages every 15 seconds, in a browser whose clock the test moves."""
    fake.set(board="demo")
    page.clock.install()
    page.goto(f"{fake.url}/ruang-kendali?rotate=15&theme=dark")
    page.clock.run_for(3000)
    page.wait_for_selector("#drawn", state="detached")
    page.wait_for_selector(".tile")
    return page


# Every page that was current, in order: a slow test may look too late to see one of them.
TURNED = """() => {
  const note = () => {
    const now = document.querySelector('#stops li[aria-current]');
    if (now && window.turned.at(-1) !== now.innerText) window.turned.push(now.innerText);
  };
  window.turned = [];
  note();
  new MutationObserver(note).observe(document.body,
    {subtree: true, childList: true, attributes: true, attributeFilter: ['aria-current']});
}"""


def test_pages_change_by_themselves(turning: Page) -> None:
    expect(turning.locator("#rotation")).to_have_text(re.compile(r"halaman \d dari 6 · berganti tiap 15 dtk"))
    turning.evaluate(TURNED)
    while len(turning.evaluate("window.turned")) < 6:
        turns(turning)
    first = turning.evaluate("window.turned")[:6]
    names = ["1 Ikhtisar", "2 Loket lantai 1", "3 Loket lantai 2", "4 Layanan"]
    names += ["5 Denah lantai 1", "6 Denah lantai 2"]
    start = names.index(first[0])
    assert first == [names[(start + step) % 6] for step in range(6)]
    assert "theme=dark" in turning.url


def test_a_pause_holds_the_page_until_it_ends(turning: Page) -> None:
    turning.keyboard.press("Space")
    expect(turning.locator("#rotation")).to_have_text(re.compile(r"halaman \d dari 6 · jeda"))
    before = here(turning).text_content()
    turned(turning, 120)
    expect(here(turning)).to_have_text(before)
    turning.locator("#rotation").click()
    turning.mouse.move(5, 5)
    turns(turning)


def test_no_page_turns_away_while_it_is_used_or_read(turning: Page) -> None:
    turning.mouse.move(100, 100)
    turning.mouse.move(140, 140)
    used = re.compile(r"halaman \d dari 6 · menunggu, layar sedang dipakai")
    expect(turning.locator("#rotation")).to_have_text(used)
    before = here(turning).text_content()
    turned(turning, 30)
    expect(turning.locator("#rotation")).to_have_text(used)
    expect(here(turning)).to_have_text(before)
    turning.keyboard.press("?")
    expect(turning.locator("#keys")).to_be_visible()
    turned(turning, 30)
    expect(here(turning)).to_have_text(before)
    turning.keyboard.press("Escape")
    turns(turning)


def test_a_new_alarm_is_never_turned_away(page: Page, fake: FakeApp) -> None:
    fake.set(board="demo")
    page.clock.install()
    page.goto(f"{fake.url}/ruang-kendali?rotate=25&page=layanan")
    page.clock.run_for(2000)
    page.wait_for_selector("#drawn", state="detached")
    expect(here(page)).to_contain_text("Layanan")
    fake.set(board="alarm")
    expect(page.locator('[data-live="alarm"] [data-until]')).to_have_count(1)
    page.clock.run_for(3000)
    expect(here(page)).to_contain_text("Ikhtisar")
    page.clock.run_for(27_000)
    expect(here(page)).to_contain_text("Ikhtisar")
    expect(page.locator("#rotation")).to_have_text("halaman 1 dari 6 · tetap di sini: peringatan baru")


def test_an_alarm_is_new_for_a_minute_of_the_products_clock(tab: Page, mortal: FakeApp) -> None:
    """The row of the board comes up an hour after its morning: here a minute and some seconds ago."""
    mortal.start("--board", "alarm", "--started", str(61 * 60 + 5))
    show(tab, mortal, "?rotate=15&page=layanan")
    expect(tab.locator('[data-live="alarm"] [data-past]')).to_have_count(1)
    expect(tab.locator("#rotation")).to_have_text("halaman 4 dari 6 · berganti tiap 15 dtk")
    expect(here(tab)).to_contain_text("Layanan")


def test_an_alarm_is_not_asked_for_again_and_again_while_cut_off(page: Page, mortal: FakeApp) -> None:
    mortal.start("--board", "alarm")
    show(page, mortal, "?rotate=15&page=layanan")
    expect(here(page)).to_contain_text("Ikhtisar")
    page.keyboard.press("4")
    expect(here(page)).to_contain_text("Layanan")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "_dash-update" in r.url else None)
    page.clock.install()
    mortal.kill()
    page.clock.run_for(70_000)
    page.wait_for_selector("html.live-cut")
    page.clock.run_for(70_000)
    expect(page.locator("#rotation")).to_have_text("halaman 4 dari 6 · tetap di sini: terputus")
    assert asked == []


# -- a page that did not come


def losing(page: Page, losses: int) -> list[bool]:
    """Lose so many of the next answers with a page; what is returned says of each whether it was lost."""
    made: list[bool] = []

    def answer(route: Route) -> None:
        made.append(len(made) < losses)
        if made[-1]:
            route.abort()
        else:
            route.continue_()

    page.route(re.compile("_dash-update"), answer)
    return made


def test_a_page_that_was_lost_is_asked_for_again(page: Page, fake: FakeApp) -> None:
    page.clock.install()
    show(page, fake)
    lost = losing(page, 2)
    page.keyboard.press("ArrowRight")
    for _ in range(60):
        page.clock.run_for(1000)
        if len(lost) > 2:
            break
    expect(here(page)).to_contain_text("Loket lantai 1")
    assert lost[:3] == [True, True, False]
    page.keyboard.press("ArrowRight")
    expect(here(page)).to_contain_text("Loket lantai 2")


def test_the_next_page_is_the_one_after_the_address(tab: Page, fake: FakeApp) -> None:
    show(tab, fake)
    losing(tab, 1)
    with tab.expect_event("requestfailed", lambda request: "_dash-update" in request.url):
        tab.keyboard.press("ArrowRight")
    assert "floor=1" in tab.url
    tab.keyboard.press("ArrowRight")
    expect(here(tab)).to_contain_text("Loket lantai 2")
    tab.keyboard.press("ArrowLeft")
    expect(here(tab)).to_contain_text("Loket lantai 1")


def test_what_was_drawn_is_not_asked_for_again(page: Page, fake: FakeApp) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "_dash-update" in r.url else None)
    query = "?page=loket&theme=dark&lang=id&rotate=20&page=&floor=1%20%26+x%7E*&other=1"
    page.clock.install()
    page.goto(f"{fake.url}/ruang-kendali{query}")
    page.clock.run_for(3000)
    page.wait_for_selector("#drawn", state="detached")
    page.wait_for_selector(".desk")
    page.clock.run_for(14_000)
    assert len(asked) == 1


def test_rotation_survives_a_server_that_was_killed(page: Page, mortal: FakeApp) -> None:
    mortal.start("--board", "demo", "--beat", str(BEAT))
    page.clock.install()
    page.goto(f"{mortal.url}/ruang-kendali?rotate=15")
    page.clock.run_for(3000)
    page.wait_for_selector("#drawn", state="detached")
    page.wait_for_selector(".tile")
    mortal.kill()
    for _ in range(60):
        page.clock.run_for(1000)
    page.wait_for_selector("html.live-cut")
    expect(here(page)).to_contain_text("Ikhtisar")
    assert "page=" not in page.url, "cut off, no page turns"
    mortal.start("--board", "demo", "--beat", str(BEAT))
    seen = set()
    for _ in range(400):
        page.clock.run_for(1000)
        seen.add(here(page).inner_text().split(" ", 1)[1])
        if len(seen) == 4:
            break
    assert seen == {"Ikhtisar", "Loket lantai 1", "Loket lantai 2", "Layanan"}


def test_a_sheet_that_somebody_left_open_closes_and_pages_turn_again(turning: Page) -> None:
    turning.keyboard.press("?")
    expect(turning.locator("#keys")).to_be_visible()
    turned(turning, 30)
    expect(turning.locator("#keys")).to_be_visible()
    turned(turning, 40)
    expect(turning.locator("#keys")).to_be_hidden()
    turns(turning)


def test_a_definition_that_somebody_left_open_closes_and_pages_turn_again(turning: Page) -> None:
    turning.get_by_role("button", name="Menunggu").first.click()
    expect(turning.locator("#definition")).to_be_visible()
    turned(turning, 30)
    expect(turning.locator("#definition")).to_be_visible()
    turned(turning, 40)
    expect(turning.locator("#definition")).to_be_hidden()
    turns(turning)
    expect(turning.locator("#definition")).to_be_hidden()


def test_a_definition_that_somebody_left_open_closes_on_a_page_that_stays(page: Page, fake: FakeApp) -> None:
    page.clock.install()
    page.goto(f"{fake.url}/ruang-kendali")
    page.clock.run_for(3000)
    page.wait_for_selector("#drawn", state="detached")
    page.wait_for_selector(".tile")
    page.locator(".tile-number").first.click()
    expect(page.locator("#definition")).to_be_visible()
    turned(page, 65)
    expect(page.locator("#definition")).to_be_hidden()


def test_nothing_piles_up_when_pages_turn_for_long(tab: Page, fake: FakeApp) -> None:
    fake.set(board="three")
    show(tab, fake)
    cdp = tab.context.new_cdp_session(tab)
    cdp.send("Performance.enable")

    def turn(times: int) -> None:
        for _ in range(times):
            before = here(tab).inner_text()
            tab.keyboard.press("ArrowRight")
            tab.wait_for_function(
                "before => (document.querySelector('#stops li[aria-current]') || {}).innerText !== before",
                arg=before,
            )

    def used() -> dict[str, float]:
        cdp.send("HeapProfiler.collectGarbage")
        metrics = cdp.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in metrics}

    times = 60
    turn(20)
    first = used()
    turn(times)
    last = used()
    # Nodes vary by what the collector has got to, by some hundred; a page has some hundred.
    assert last["Nodes"] <= first["Nodes"] + 10 * times
    assert last["JSEventListeners"] <= first["JSEventListeners"] + times // 2
    assert last["Documents"] <= first["Documents"] + 1
    assert last["JSHeapUsedSize"] <= first["JSHeapUsedSize"] + 30_000 * times
