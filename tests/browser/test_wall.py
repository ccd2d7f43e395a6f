"""The control room in a real browser: sizes, pages, rotation, keys, definitions and themes."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, Route, expect

from tests.browser.harness import FakeApp, cell, problems
from tests.browser.harness import wall as show

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "",
    "counters": "&page=loket&floor=1",
    "services": "&page=layanan",
    "agency": "&page=gerai&agency=dukcapil",
}
BEAT = 0.1
"""Seconds between beats: a browser whose clock a test moves must not believe itself cut off."""
SIZES = [(1920, 1080), (3840, 2160), (1280, 800)]

# What is cut: an element that hides what overflows it, and in what it hides stands a digit.
CUT = """() => [...document.querySelectorAll('.wall *')].filter(e => {
  const style = getComputedStyle(e);
  return e.clientWidth && style.overflowX !== 'visible' && !e.closest('.visually-hidden') &&
    e.scrollWidth > e.clientWidth + 1 && !e.children.length && /\\d/.test(e.textContent);
}).map(e => e.className + ': ' + e.textContent)"""

# Every figure is inside the box it belongs to, and no two of a tile lie over each other.
OUTSIDE = """([boxes, parts]) => [...document.querySelectorAll(boxes)].flatMap(box => {
  const outer = box.getBoundingClientRect();
  return [...box.querySelectorAll(parts)].filter(part => {
    const inner = part.getBoundingClientRect();
    return inner.height && (inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1 ||
      inner.left < outer.left - 1 || inner.right > outer.right + 1);
  }).map(part => box.className + ': ' + part.textContent);
})"""
OVERLAP = """() => [...document.querySelectorAll('.tile')].flatMap(tile => {
  const parts = [...tile.querySelectorAll('.tile-number > [data-live], .tile-facts > span')]
    .filter(e => e.textContent.trim() && e.clientHeight !== 0 || e.getClientRects().length)
    .map(e => [e.textContent, e.getBoundingClientRect()]).filter(([text, r]) => text.trim() && r.width);
  const number = parts[0];
  return parts.slice(1).filter(([, r]) => number && r.left < number[1].right - 2 &&
    r.top < number[1].bottom && r.bottom > number[1].top).map(([text]) => number[0] + ' / ' + text);
})"""


@pytest.fixture(scope="module")
def beat() -> float:
    return BEAT


@pytest.mark.parametrize(
    "board",
    ["wall", "full", "silent", "unheard", "closed", "empty", "three", "fewer", "demo", "break", "last",
     "morning", "holiday", "busy"],
)  # fmt: skip
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_overview_scrolls_or_cuts_a_figure(
    page: Page, fake: FakeApp, board: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    fake.set(board=board)
    show(page, fake)
    fits(page)
    assert page.evaluate(OUTSIDE, [".tile", ".tile-number, .tile-facts > span, .tile-bar svg"]) == []
    assert page.evaluate(OUTSIDE, [".tally", ".card-number, .card-of, .card-note"]) == []
    assert page.evaluate(OVERLAP) == []


@pytest.mark.parametrize("where", ["counters", "services", "agency"])
@pytest.mark.parametrize("board", ["wall", "unheard", "busy", "closed"])
def test_no_other_page_scrolls_or_cuts_a_figure(page: Page, fake: FakeApp, board: str, where: str) -> None:
    fake.set(board=board)
    for width, height in SIZES[:2]:
        page.set_viewport_size({"width": width, "height": height})
        show(page, fake, f"?lang=id{PAGES[where]}")
        fits(page)
        assert page.evaluate(OUTSIDE, [".desk", ".desk-ticket, .desk-word > *, .sign"]) == []
        assert page.evaluate(OUTSIDE, [".stage", "td, .desk, .agency-card"]) == []


# What of a counter cannot be read whole: lower than its letters, cut by its box, or wider than its own.
CUT_DESKS = """parts => [...document.querySelectorAll('.desk')].flatMap(desk => {
  const outer = desk.getBoundingClientRect();
  return [...desk.querySelectorAll(parts)].filter(part => {
    const inner = part.getBoundingClientRect(), size = parseFloat(getComputedStyle(part).fontSize);
    return part.textContent.trim() && part.checkVisibility() && (inner.height < .95 * size ||
      inner.top < outer.top - .5 || inner.bottom > outer.bottom + .5 || inner.right > outer.right + .5 ||
      part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + .3 * size);
  }).map(part => part.className + ' ' + part.textContent + ': ' + desk.textContent);
})"""


FIGURES = ".desk-name, .desk-ticket, time"
WORDS = f"{FIGURES}, .desk-word > span"


def test_seventy_counters_of_a_floor_keep_their_figures(page: Page, fake: FakeApp) -> None:
    """Nine agencies of eight counters need nine rows: words may be cut short there, figures never."""
    fake.set(board="busy")
    for width, height in SIZES[:2]:
        page.set_viewport_size({"width": width, "height": height})
        show(page, fake, "?page=loket&floor=1")
        expect(page.locator(".floor.dense .desk")).to_have_count(72)
        assert page.evaluate(CUT_DESKS, FIGURES) == []


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("floor", ["1", "2"])
@pytest.mark.parametrize("board", ["wall", "break", "counters", "demo", "morning"])
def test_every_counter_can_be_read(page: Page, fake: FakeApp, board: str, floor: str, lang: str) -> None:
    if (board, floor) == ("counters", "2"):
        pytest.skip("102 counters are more than a floor of any mall has")
    fake.set(board=board)
    for width, height in SIZES[:2]:
        page.set_viewport_size({"width": width, "height": height})
        show(page, fake, f"?page=loket&floor={floor}&lang={lang}")
        expect(page.locator(".desk .desk-name").first).to_be_visible()
        said = int(board in {"break", "counters", "morning"})
        expect(page.locator(".mall-state:not(:empty)")).to_have_count(said)
        assert page.evaluate(CUT_DESKS, WORDS) == []
        # Counters of other agencies lie below, not over.
        assert page.evaluate(OUTSIDE, [".floor", ".desk"]) == []


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    notes = [text for text in page.evaluate(CUT) if not text.startswith(("tile-note", ":", "act-"))]
    assert notes == []


def test_what_is_read_from_three_metres_is_large_enough(page: Page, fake: FakeApp) -> None:
    """look.md, in hundredths of the screen's height."""
    page.set_viewport_size({"width": 1920, "height": 1080})
    least = {".card-number": 2.9, ".tile-number": 2.9, ".tile-name": 2.2, ".mall-state": 2.9}
    for board in ("wall", "full", "busy", "break"):
        fake.set(board=board)
        show(page, fake)
        for selector, size in least.items():
            assert smallest(page, selector) >= size - 0.01, (board, selector)
        assert smallest(page, ".wall *") >= 1.69, board
        signs = page.evaluate(
            "[...document.querySelectorAll('.tile .sign')].map(e => e.getBoundingClientRect().height)"
            ".filter(h => h)"
        )
        assert min(signs) >= 0.029 * 1080 - 0.5


def smallest(page: Page, selector: str) -> float:
    sizes = page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
          .filter(e => e.checkVisibility() && !e.closest('.visually-hidden') &&
            [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
          .map(e => parseFloat(getComputedStyle(e).fontSize))""",
        selector,
    )
    return min(sizes, default=1e9) / 1080 * 100


def test_going_to_another_page_shows_only_what_is_its_own(page: Page, fake: FakeApp) -> None:
    said = problems(page)
    show(page, fake, "?lang=id&theme=dark")
    page.evaluate("window.same = true")
    page.locator(".tile-name a", has_text="Imigrasi").click()
    expect(page.locator(".stage-title")).to_have_text("CKantor Imigrasi")
    assert "theme=dark" in page.url
    expect(cell(page, "a.imigrasi.n")).to_have_text("16")
    expect(cell(page, "s.s1").locator("td").first).to_have_text("12")
    for number, title in (("2", "Loket lantai 1"), ("4", "Layanan yang perlu dilihat lebih dulu")):
        page.keyboard.press(number)
        expect(page.locator(".stage-title")).to_have_text(title)
        expect(page.locator("#stops li[aria-current]")).to_have_text(re.compile(f"^{number}"))
    expect(cell(page, "row.0")).to_contain_text("Pengesahan STNK tahunan")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tile")).to_have_count(26)
    expect(cell(page, "flow").locator("svg.flow-lines")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(cell(page, "row.0")).to_contain_text("Pengesahan STNK tahunan")
    fake.set(agency="dukcapil", waiting=91)
    page.keyboard.press("1")
    expect(cell(page, "a.dukcapil.n")).to_have_text("91")
    page.go_back()
    expect(cell(page, "row.0")).to_contain_text("Pengesahan STNK tahunan")
    assert page.evaluate("window.same"), "the page was loaded anew"
    assert said == []


def test_an_address_that_leads_nowhere_says_so(page: Page, fake: FakeApp) -> None:
    show(page, fake, "?page=gerai&agency=nobody")
    expect(page.locator(".notice")).to_have_text("Gerai itu tidak ada; ini ikhtisar.")
    expect(page.locator(".tile")).to_have_count(26)


def turned(page: Page, seconds: int) -> None:
    """Let the browser's clock run."""
    for _ in range(seconds):
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
    expect(turning.locator("#rotation")).to_have_text(re.compile(r"halaman \d dari 4 · berganti tiap 15 dtk"))
    turning.evaluate(TURNED)
    while len(turning.evaluate("window.turned")) < 6:
        turns(turning)
    first = turning.evaluate("window.turned")[:6]
    names = ["1 Ikhtisar", "2 Loket lantai 1", "3 Loket lantai 2", "4 Layanan"]
    start = names.index(first[0])
    assert first == [names[(start + step) % 4] for step in range(6)]
    assert "theme=dark" in turning.url


def test_a_pause_holds_the_page_until_it_ends(turning: Page) -> None:
    turning.keyboard.press("Space")
    expect(turning.locator("#rotation")).to_have_text(re.compile(r"halaman \d dari 4 · jeda"))
    before = here(turning).text_content()
    turned(turning, 120)
    expect(here(turning)).to_have_text(before)
    turning.locator("#rotation").click()
    turning.mouse.move(5, 5)
    turns(turning)


def test_no_page_turns_away_while_it_is_used_or_read(turning: Page) -> None:
    turning.mouse.move(100, 100)
    turning.mouse.move(140, 140)
    used = re.compile(r"halaman \d dari 4 · menunggu, layar sedang dipakai")
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
    expect(here(page)).to_contain_text("Layanan")
    fake.set(board="alarm")
    expect(page.locator('[data-live="alarm"] [data-until]')).to_have_count(1)
    page.clock.run_for(3000)
    expect(here(page)).to_contain_text("Ikhtisar")
    page.clock.run_for(27_000)
    expect(here(page)).to_contain_text("Ikhtisar")
    expect(page.locator("#rotation")).to_have_text("halaman 1 dari 4 · tetap di sini: peringatan baru")


def test_an_alarm_is_new_for_a_minute_of_the_products_clock(page: Page, mortal: FakeApp) -> None:
    """The row of the board comes up an hour after its morning: here a minute and some seconds ago."""
    mortal.start("--board", "alarm", "--started", str(61 * 60 + 5))
    show(page, mortal, "?rotate=15&page=layanan")
    expect(page.locator('[data-live="alarm"] [data-past]')).to_have_count(1)
    expect(page.locator("#rotation")).to_have_text("halaman 4 dari 4 · berganti tiap 15 dtk")
    expect(here(page)).to_contain_text("Layanan")


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
    expect(page.locator("#rotation")).to_have_text("halaman 4 dari 4 · tetap di sini: terputus")
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
    show(page, fake)
    lost = losing(page, 2)
    page.keyboard.press("ArrowRight")
    expect(here(page)).to_contain_text("Loket lantai 1")
    assert lost[:3] == [True, True, False]
    page.keyboard.press("ArrowRight")
    expect(here(page)).to_contain_text("Loket lantai 2")


def test_the_next_page_is_the_one_after_the_address(page: Page, fake: FakeApp) -> None:
    show(page, fake)
    losing(page, 1)
    with page.expect_event("requestfailed", lambda request: "_dash-update" in request.url):
        page.keyboard.press("ArrowRight")
    assert "floor=1" in page.url
    page.keyboard.press("ArrowRight")
    expect(here(page)).to_contain_text("Loket lantai 2")
    page.keyboard.press("ArrowLeft")
    expect(here(page)).to_contain_text("Loket lantai 1")


def test_what_was_drawn_is_not_asked_for_again(page: Page, fake: FakeApp) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "_dash-update" in r.url else None)
    query = "?page=loket&theme=dark&lang=id&rotate=20&page=&floor=1%20%26+x%7E*&other=1"
    page.clock.install()
    page.goto(f"{fake.url}/ruang-kendali{query}")
    page.clock.run_for(3000)
    page.wait_for_selector(".desk")
    page.clock.run_for(14_000)
    assert len(asked) == 1


def test_rotation_survives_a_server_that_was_killed(page: Page, mortal: FakeApp) -> None:
    mortal.start("--board", "demo", "--beat", str(BEAT))
    page.clock.install()
    page.goto(f"{mortal.url}/ruang-kendali?rotate=15")
    page.clock.run_for(3000)
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
    turned(turning, 40)  # its clock goes by itself, too
    expect(turning.locator("#keys")).to_be_visible()
    turned(turning, 25)
    expect(turning.locator("#keys")).to_be_hidden()
    turns(turning)


@pytest.mark.timeout(240)
def test_nothing_piles_up_when_pages_turn_for_long(page: Page, fake: FakeApp) -> None:
    fake.set(board="three")
    show(page, fake)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")

    def turn(times: int) -> None:
        for _ in range(times):
            before = here(page).inner_text()
            page.keyboard.press("ArrowRight")
            page.wait_for_function(
                "before => (document.querySelector('#stops li[aria-current]') || {}).innerText !== before",
                arg=before,
            )

    def used() -> dict[str, float]:
        cdp.send("HeapProfiler.collectGarbage")
        metrics = cdp.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in metrics}

    turn(20)
    first = used()
    turn(200)
    last = used()
    # Nodes vary by what the collector has got to; a page has some hundred.
    assert last["Nodes"] <= first["Nodes"] + 2000
    assert last["JSEventListeners"] <= first["JSEventListeners"] + 100
    assert last["Documents"] <= first["Documents"] + 1
    assert last["JSHeapUsedSize"] <= first["JSHeapUsedSize"] + 6e6


def test_definitions_open_by_keyboard_by_touch_and_by_mouse(page: Page, fake: FakeApp) -> None:
    show(page, fake)
    box, title = page.locator("#definition"), page.get_by_role("button", name="Lewat standar")
    expect(box).to_be_hidden()
    title.focus()
    page.keyboard.press("Enter")
    expect(box).to_be_visible()
    expect(box.locator("h3")).to_have_text(["Lewat standar", "Bagian dalam standar"])
    expect(box).to_contain_text("Tidak termasuk:")
    expect(title).to_have_attribute("aria-describedby", "definition")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    title.click()
    expect(box).to_be_visible()
    page.locator(".date").click()
    expect(box).to_be_hidden()
    page.locator(".tile-number").first.hover()
    expect(box.locator("h3").first).to_have_text("Menunggu")
    inside = page.evaluate(
        "(r => r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth)"
        "(document.getElementById('definition').getBoundingClientRect())"
    )
    assert inside
    page.mouse.move(2, 2)
    expect(box).to_be_hidden()


def test_keys_do_not_fire_while_somebody_types(page: Page, fake: FakeApp) -> None:
    show(page, fake)
    page.evaluate("document.body.appendChild(Object.assign(document.createElement('input'), {id: 'own'}))")
    page.locator("#own").press_sequentially("4t? ")
    assert page.locator("#own").input_value() == "4t? "
    expect(here(page)).to_contain_text("Ikhtisar")
    expect(page.locator("#keys")).to_be_hidden()


def test_themes_by_key_and_by_the_products_clock(page: Page, fake: FakeApp, mortal: FakeApp) -> None:
    html = page.locator("html")
    show(page, fake)
    expect(html).to_have_attribute("data-theme", "light")
    page.keyboard.press("t")
    expect(html).to_have_attribute("data-theme", "dark")
    expect(page.locator("#theme")).to_have_text("Tema: gelap")
    page.keyboard.press("T")
    expect(page.locator("#theme")).to_have_text("Tema: otomatis")
    expect(html).to_have_attribute("data-theme", "light")
    # 09.40 and 8 h 19 min 40 s: the wall darkens at 18.00 by the product's clock, whatever the browser's.
    mortal.start("--started", str(8 * 3600 + 19 * 60 + 44))
    show(page, mortal, "?theme=auto")
    expect(html).to_have_attribute("data-theme", "light")
    expect(html).to_have_attribute("data-theme", "dark")


def test_the_language_is_one_click_away_and_keeps_the_rest(page: Page, fake: FakeApp) -> None:
    show(page, fake, "?page=layanan&theme=dark")
    page.get_by_role("link", name="English").click()
    page.wait_for_selector("html.live-on")
    expect(page.locator(".stage-title")).to_have_text("Services that need a look first")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "theme=dark" in page.url
    page.get_by_role("link", name="Indonesia").click()
    expect(page.locator(".stage-title")).to_have_text("Layanan yang perlu dilihat lebih dulu")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("where", PAGES)
def test_every_page_is_accessible(page: Page, fake: FakeApp, where: str, theme: str) -> None:
    show(page, fake, f"?theme={theme}{PAGES[where]}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_on_the_wall_has_a_contrast_of_seven(page: Page, fake: FakeApp, theme: str) -> None:
    show(page, fake, f"?theme={theme}")
    options = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}}
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("where", PAGES)
def test_a_phone_never_scrolls_sideways(page: Page, fake: FakeApp, where: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, fake, f"?lang=id{PAGES[where]}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_cut_off_loses_its_colours_everywhere(page: Page, mortal: FakeApp) -> None:
    for where in PAGES.values():
        mortal.start()
        show(page, mortal, f"?lang=id{where}")
        mortal.kill()
        page.wait_for_selector("html.live-cut")
        filters = page.evaluate(
            """() => [...document.querySelectorAll(
                '.tally, .tile, .flow, .act-sign, .desk, .services, .agency-card')]
              .filter(e => e.checkVisibility()).map(e => {
                for (; e; e = e.parentElement) {
                  const style = getComputedStyle(e);
                  if (style.filter.includes('grayscale(1)') && style.display !== 'contents') return true;
                }
                return false;
              })"""
        )
        assert filters, where
        assert all(filters), where


@pytest.mark.parametrize("locale", ["id", "en"])
@pytest.mark.parametrize("board", ["wall", "busy", "demo", "three", "fewer", "unheard", "closed"])
def test_the_five_numbers_stand_on_one_line_in_one_size(
    page: Page, fake: FakeApp, board: str, locale: str
) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    fake.set(board=board)
    show(page, fake, f"?lang={locale}")
    seen = page.evaluate(
        """() => [...document.querySelectorAll('.card-number')].map(e => {
          const box = e.getBoundingClientRect(), of = e.nextElementSibling;
          return [Math.round(box.bottom), getComputedStyle(e).fontSize,
            (of || e).getBoundingClientRect().right <= e.closest('.tally').getBoundingClientRect().right - 8];
        })"""
    )
    assert len({(bottom, size) for bottom, size, _ in seen}) == 1, seen
    assert all(inside for _, _, inside in seen), seen
    # No small line is cut: what does not fit is left out by its words.
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.card-note')]
          .filter(e => e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 1)
          .map(e => e.textContent)"""
    )
    assert cut == []


@pytest.mark.parametrize("locale", ["id", "en"])
@pytest.mark.parametrize("board", ["wall", "busy", "break", "three", "fewer"])
def test_a_tile_keeps_letter_name_and_the_labels_of_its_times(
    page: Page, fake: FakeApp, board: str, locale: str
) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    fake.set(board=board)
    show(page, fake, f"?lang={locale}")
    problems = page.evaluate(
        """() => [...document.querySelectorAll('.tile')].flatMap(tile => {
          const name = tile.querySelector('.tile-name a > span:last-child'), found = [];
          const letter = tile.querySelector('.letter'), time = tile.querySelector('.tile-longest');
          if (!letter || !letter.checkVisibility()) found.push('letter');
          if (name.scrollWidth > name.clientWidth + 1) found.push('name');
          if (time.checkVisibility() && time.querySelector('[data-live]').textContent &&
              !time.querySelector('.quiet').checkVisibility()) found.push('label');
          const bottom = tile.getBoundingClientRect().bottom;
          for (const part of tile.querySelectorAll('.tile-note, .tile-bar small'))
            if (part.textContent && part.checkVisibility() && part.getBoundingClientRect().bottom > bottom)
              found.push('cut');
          return found.map(what => what + ': ' + name.textContent);
        })"""
    )
    assert problems == []
    assert page.evaluate(OVERLAP) == []


def test_the_name_of_the_mall_stands_on_the_wall_and_in_the_title(page: Page, fake: FakeApp) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    show(page, fake)
    assert page.title() == "Ruang kendali · MPP Contoh"
    assert smallest(page, ".mall-name") >= 1.7
    expect(page.locator(".mall-name")).to_be_visible()


def test_rows_take_their_own_height_from_the_top(page: Page, fake: FakeApp) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    fake.set(board="alarm")
    show(page, fake)
    empty = page.evaluate(
        """() => [...document.querySelectorAll('.acts .act')]
          .filter(e => e.checkVisibility() && e.clientHeight)
          .map(e => e.getBoundingClientRect().bottom -
            e.querySelector('.act-second').getBoundingClientRect().bottom)"""
    )
    assert empty
    assert max(empty) < 12


@pytest.mark.parametrize("key", ["Escape", "Backspace"])
def test_an_agency_says_that_it_is_open_and_a_key_leads_back(page: Page, fake: FakeApp, key: str) -> None:
    show(page, fake, "?lang=id&theme=dark&page=gerai&agency=dukcapil")
    expect(here(page)).to_have_text("Esc Gerai: Dukcapil")
    page.keyboard.press(key)
    expect(page.locator(".tile")).to_have_count(26)
    expect(here(page)).to_contain_text("Ikhtisar")
    assert "theme=dark" in page.url
    page.keyboard.press(key)
    expect(page.locator(".tile")).to_have_count(26)
