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

# What is cut, and what lies over something else: the letters of every text (from the line they stand on
# to the height of a capital) and every sign. Cut may be a name whose whole stands in a title, foreign
# texts of rows that need action (.cut: their form shows them), and words among seventy counters.
INK = """() => {
  const canvas = document.createElement('canvas').getContext('2d'), inks = [], found = [];
  const wall = document.querySelector('.wall');
  const walker = document.createTreeWalker(wall, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement, text = node.data.trim();
    if (!text || !e.checkVisibility({visibilityProperty: true}) ||
        e.closest('.visually-hidden, .act-take, dialog, #definition, table.visually-hidden')) continue;
    const style = getComputedStyle(e), range = new Range();
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const font = canvas.measureText('H');
    const whole = font.fontBoundingBoxAscent + font.fontBoundingBoxDescent;
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      const bottom = r.top + r.height * font.fontBoundingBoxAscent / whole;
      if (r.width > 1) inks.push({e, text, left: r.left, right: r.right, bottom,
        top: bottom - r.height * font.actualBoundingBoxAscent / whole});
    }
  }
  for (const e of wall.querySelectorAll('.sign, .act-sign, .dot, .key, .tile-bar svg')) {
    const {left, right, top, bottom} = e.getBoundingClientRect();
    if (right > left && e.checkVisibility({visibilityProperty: true}))
      inks.push({e, text: `[${e.className.baseVal ?? e.className}]`, left, right, top, bottom});
  }
  for (const ink of inks) {
    const titled = ink.e.closest('[title]');
    const may = titled && titled.title.includes(ink.text) ||
      ink.e.closest('.act .cut, .floor.dense .desk-word');
    for (let box = ink.e; box !== wall; box = box.parentElement) {
      if (getComputedStyle(box).overflowX === 'visible' || !box.clientWidth) continue;
      const edge = box.getBoundingClientRect(), outer = {left: edge.left + box.clientLeft,
        top: edge.top + box.clientTop, right: edge.left + box.clientLeft + box.clientWidth,
        bottom: edge.top + box.clientTop + box.clientHeight};
      const cut = ink.left < outer.left - 1 || ink.right > outer.right + 1 ||
        ink.top < outer.top - 1 || ink.bottom > outer.bottom + 1;
      if (cut && !may) found.push(`cut: ${ink.text} (${ink.e.className} in ${box.className})`);
      if (!cut) continue;
      ink.left = Math.max(ink.left, outer.left); ink.right = Math.min(ink.right, outer.right);
      ink.top = Math.max(ink.top, outer.top); ink.bottom = Math.min(ink.bottom, outer.bottom);
    }
  }
  inks.forEach((a, place) => inks.slice(place + 1).forEach(b => {
    if (a.e !== b.e && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
      found.push(`over: ${a.text} / ${b.text}`);
  }));
  return found;
}"""

# Every figure is inside the box it belongs to.
OUTSIDE = """([boxes, parts]) => [...document.querySelectorAll(boxes)].flatMap(box => {
  const outer = box.getBoundingClientRect();
  return [...box.querySelectorAll(parts)].filter(part => {
    const inner = part.getBoundingClientRect();
    return inner.height && (inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1 ||
      inner.left < outer.left - 1 || inner.right > outer.right + 1);
  }).map(part => box.className + ': ' + part.textContent);
})"""


@pytest.fixture(scope="module")
def beat() -> float:
    return BEAT


@pytest.mark.parametrize(
    "board",
    ["wall", "full", "silent", "unheard", "closed", "empty", "three", "fewer", "demo", "break", "last",
     "morning", "holiday", "busy", "hundreds", "long", "counters"],
)  # fmt: skip
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_overview_scrolls_or_cuts_a_figure(
    page: Page, fake: FakeApp, board: str, lang: str, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    fake.set(board=board)
    show(page, fake, f"?lang={lang}")
    fits(page)
    assert page.evaluate(OUTSIDE, [".tile", ".tile-number, .tile-facts > span, .tile-bar svg"]) == []
    assert page.evaluate(OUTSIDE, [".tally", ".card-number, .card-of, .card-note"]) == []


@pytest.mark.parametrize("where", ["counters", "services", "agency"])
@pytest.mark.parametrize("board", ["wall", "last", "unheard", "busy", "closed", "names"])
def test_no_other_page_scrolls_or_cuts_a_figure(page: Page, fake: FakeApp, board: str, where: str) -> None:
    fake.set(board=board)
    for width, height in SIZES:
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
        calling = {"id": "memanggil", "en": "calling"}[lang]
        if board != "morning":
            expect(page.locator(".desk", has_text=calling).first).to_be_visible()
        assert page.evaluate(CUT_DESKS, WORDS) == []
        # Counters of other agencies lie below, not over.
        assert page.evaluate(OUTSIDE, [".floor", ".desk"]) == []


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(INK) == []


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


# How many rows that need action can be seen whole, how many the list says it has, and those it leaves out.
ROWS = """() => {
  const box = document.querySelector('.acts-rows').getBoundingClientRect();
  const rows = [...document.querySelectorAll('.acts .act')].filter(e => {
    const {left, right, top, bottom, height} = e.getBoundingClientRect();
    return height && left >= box.left - 1 && right <= box.right + 1 && top >= box.top - 1 &&
      bottom <= box.bottom + 1;
  });
  const number = selector => parseInt(document.querySelector(selector).textContent.replace(/\\D/g, '') || 0);
  return [rows.length, number('.act-more'), number('.act-count')];
}"""


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("where", PAGES)
def test_a_wall_that_is_cut_off_keeps_its_rows(
    page: Page, mortal: FakeApp, where: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    mortal.start()
    show(page, mortal, f"?lang=id{PAGES[where]}")
    before = page.evaluate(ROWS)
    assert before[0] + before[1] == before[2]
    mortal.kill()
    page.wait_for_selector("html.live-cut")
    expect(page.locator("#live-link")).to_be_visible()
    assert page.evaluate(ROWS) == before
    fits(page)


@pytest.mark.parametrize("board", ["full", "busy", "fewer", "three", "many"])
def test_tiles_can_be_read_while_the_wall_is_cut_off(page: Page, mortal: FakeApp, board: str) -> None:
    mortal.start("--board", board)
    show(page, mortal, "?lang=id")
    mortal.kill()
    page.wait_for_selector("html.live-cut")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        fits(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_lines_of_the_corner_keep_apart(
    page: Page, fake: FakeApp, width: int, height: int, theme: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    fake.set(board="demo")
    for lang in ("id", "en"):
        show(page, fake, f"?lang={lang}&theme={theme}")
        expect(page.locator('.heard[data-state="part"]')).to_be_visible()
        expect(page.locator(".rated, .mall-mode:not(:empty)")).to_have_count(2)
        near = page.evaluate(
            """() => ['.clock', '.mall-name', '.date', '.heard', '.rated', '.mall-mode'].map(selector => {
              const e = document.querySelector(selector), {top, bottom} = e.getBoundingClientRect();
              const room = document.createRange();
              room.selectNodeContents(e);
              const style = getComputedStyle(e), size = parseFloat(style.fontSize);
              const middle = (top + bottom) / 2, edge = parseFloat(style.borderBottomWidth);
              return [selector, middle - .36 * size, edge ? bottom : middle + .36 * size];
            }).filter(([, , bottom], place, all) => all[place + 1] && bottom > all[place + 1][1] - 2)"""
        )
        assert near == []
        inside = page.evaluate(
            """() => document.querySelector('.mall-mode').getBoundingClientRect().bottom <=
              document.querySelector('.tally').getBoundingClientRect().bottom + 1"""
        )
        assert inside


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("board", ["wall", "busy", "hundreds", "last", "closed", "counters"])
def test_the_counters_that_do_not_serve_are_told_to_the_last(
    page: Page, fake: FakeApp, board: str, lang: str
) -> None:
    fake.set(board=board)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        show(page, fake, f"?lang={lang}")
        serving, planned, note = (cell(page, f"serving.{part}").inner_text() for part in ("n", "of", "note"))
        parts = [int(number) for number in re.findall(r"\d+", note)]
        assert int(serving) + sum(parts) == int(planned.strip("/ ")), note
        fits(page)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_table_without_finished_waits_keeps_its_head(page: Page, fake: FakeApp, lang: str) -> None:
    fake.set(board="morning")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        show(page, fake, f"?lang={lang}&page=gerai&agency=pdam")
        page.evaluate("document.querySelectorAll('td:is(.half, .share)').forEach(e => e.textContent = '')")
        lines = page.evaluate(
            """() => [...document.querySelectorAll('.services thead th')].map(e => {
              const room = document.createRange();
              room.selectNodeContents((e.querySelector('button') || e).firstChild);
              return new Set([...room.getClientRects()].map(r => Math.round(r.top))).size;
            })"""
        )
        assert max(lines) <= 2, lines


def test_services_that_differ_at_their_end_can_be_told_apart(page: Page, fake: FakeApp) -> None:
    fake.set(board="names")
    for width, height in SIZES:
        for where in ("services", "agency"):
            page.set_viewport_size({"width": width, "height": height})
            show(page, fake, f"?lang=id{PAGES[where]}")
            names = page.locator(".service-name")
            expect(names.first).to_be_visible()
            cut = names.evaluate_all("all => all.filter(e => e.scrollHeight > e.clientHeight + 2).length")
            assert cut == 0
            # A calm service begins where one beyond its standard does.
            assert len(set(names.evaluate_all("all => all.map(e => e.getBoundingClientRect().left)"))) == 1
            expect(page.locator(".services tbody th").first).to_have_attribute(
                "title", re.compile("Pendampingan perizinan")
            )


def test_numbers_of_unknown_services_are_told_whole(page: Page, fake: FakeApp) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    show(page, fake, "?lang=id")
    note = cell(page, "a.imigrasi.note")
    expect(note).to_have_text("+7 tak dikenal")
    assert note.evaluate("e => e.scrollWidth <= e.clientWidth")
    show(page, fake, "?lang=id&page=gerai&agency=imigrasi")
    expect(cell(page, "a.imigrasi.note")).to_have_text("+7 nomor layanan belum dikenal")


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


def test_a_definition_that_somebody_left_open_closes_and_pages_turn_again(turning: Page) -> None:
    turning.get_by_role("button", name="Menunggu").first.click()
    expect(turning.locator("#definition")).to_be_visible()
    turned(turning, 40)  # its clock goes by itself, too
    expect(turning.locator("#definition")).to_be_visible()
    turned(turning, 25)
    expect(turning.locator("#definition")).to_be_hidden()
    turns(turning)
    expect(turning.locator("#definition")).to_be_hidden()


def test_a_definition_that_somebody_left_open_closes_on_a_page_that_stays(page: Page, fake: FakeApp) -> None:
    page.clock.install()
    page.goto(f"{fake.url}/ruang-kendali")
    page.clock.run_for(3000)
    page.wait_for_selector(".tile")
    page.locator(".tile-number").first.click()
    expect(page.locator("#definition")).to_be_visible()
    turned(page, 65)
    expect(page.locator("#definition")).to_be_hidden()


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
    expect(box).to_be_visible()
    inside = page.evaluate(
        "(r => r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth)"
        "(document.getElementById('definition').getBoundingClientRect())"
    )
    assert inside
    page.mouse.move(2, 2)
    expect(box).to_be_hidden()


# Of each page, what is pressed and the first of what is then told.
FIGURES_TOLD = {
    "overview": {
        '[data-live="open.n"]': "Gerai buka",
        '[data-live="waiting.n"]': "Menunggu",
        '[data-live="waiting.who"]': "Menunggu",
        '[data-live="over.note"]': "Lewat standar",
        '[data-live="serving.of"]': "Loket melayani",
        '[data-live="served.n"]': "Selesai",
        '[data-live="act.count"]': "Perlu tindakan",
        ".tile-number": "Menunggu",
        ".heard": "Gerai dengan data",
        ".rated": "Pengunjung",
    },
    "counters": {".desk-ticket": "Loket melayani", ".desks-waiting": "Loket melayani", ".stage-sum": "Loket"},
    "services": {"td.longest": "Tunggu terlama", "td.share": "Bagian dalam standar", "td.results": "Selesai"},
    "agency": {'[data-live="fig.share"]': "Bagian dalam", "td.standard": "Standar", ".desk-ticket": "Loket"},
}


@pytest.mark.parametrize("where", PAGES)
def test_every_figure_tells_what_it_is_where_it_is_pressed(page: Page, fake: FakeApp, where: str) -> None:
    show(page, fake, f"?lang=id{PAGES[where]}")
    for selector, title in FIGURES_TOLD[where].items():
        # By the mouse's place: what is on top there is pressed.
        place = page.locator(selector).first.bounding_box()
        assert place is not None
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        expect(page.locator("#definition h3").first).to_contain_text(title)
        page.keyboard.press("Escape")
        expect(page.locator("#definition")).to_be_hidden()
    if where == "overview":
        # A title keeps its name, and a figure is read once.
        for title in (
            "Gerai buka",
            "Menunggu",
            "Lewat standar",
            "Loket melayani",
            "Selesai",
            "Perlu tindakan",
        ):
            expect(page.get_by_role("heading", name=title, exact=True)).to_have_count(1)


def test_a_page_drawn_anew_under_a_mouse_at_rest_tells_nothing(page: Page, fake: FakeApp) -> None:
    page.clock.install()
    page.goto(f"{fake.url}/ruang-kendali?page=layanan")
    page.clock.run_for(3000)
    page.wait_for_selector(".services")
    at = page.locator(".stage-title").bounding_box()
    assert at is not None
    page.mouse.move(at["x"] + 300, at["y"] + 80)
    page.keyboard.press("1")
    expect(page.locator(".tile")).to_have_count(26)
    expect(cell(page, "flow").locator("svg.flow-lines")).to_have_count(1)
    tile = page.locator(".tile-number").first.bounding_box()
    assert tile is not None
    page.mouse.move(tile["x"] + 5, tile["y"] + 5)
    page.clock.run_for(1000)
    expect(page.locator("#definition")).to_be_visible()
    page.keyboard.press("4")
    expect(page.locator(".stage-title")).to_contain_text("Layanan")
    page.keyboard.press("1")
    expect(page.locator(".tile")).to_have_count(26)
    page.clock.run_for(3000)
    expect(page.locator("#definition")).to_be_hidden()


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
