"""The manager's phone in a real browser: tests/browser/fake_app.py behind Chromium."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.harness import FakeApp, cell, problems
from tests.browser.harness import phone as show

pytestmark = pytest.mark.browser

PAGES = ("", "?page=gerai", "?page=loket", "?page=lain")


@pytest.fixture
def phone(tab: Page) -> Page:
    tab.set_viewport_size({"width": 390, "height": 844})
    return tab


def test_a_change_shows_by_itself(phone: Page, fake: FakeApp) -> None:
    said = problems(phone)
    show(phone, fake)
    expect(cell(phone, "waiting.n")).to_have_text("184")
    fake.set(agency="dukcapil", waiting=33)
    expect(cell(phone, "waiting.n")).to_have_text("194")
    fake.set(agency="bapenda", state="not_opened")
    expect(cell(phone, "absent")).to_contain_text("Bapenda")
    assert said == []


def test_the_pages_are_a_tap_away_without_a_reload(phone: Page, fake: FakeApp) -> None:
    show(phone, fake)
    phone.evaluate("window.same = true")
    tabs = phone.get_by_role("navigation", name="Halaman")
    tabs.get_by_role("link", name="Gerai").click()
    expect(cell(phone, "g.dukcapil")).to_contain_text("lewat standar")
    fake.set(agency="dukcapil", waiting=77, state="filling")
    expect(cell(phone, "g.dukcapil")).to_contain_text("77")
    tabs.get_by_role("link", name="Loket").click()
    expect(cell(phone, "l.1.dukcapil")).to_contain_text("A1-031")
    tabs.get_by_role("link", name="Lain").click()
    expect(cell(phone, "s.dukcapil")).to_contain_text("tepat waktu")
    phone.get_by_text("Lewat standar", exact=True).click()
    expect(phone.get_by_text("Tidak termasuk:").locator("visible=true").first).to_be_visible()
    tabs.get_by_role("link", name="Ringkas").click()
    expect(cell(phone, "waiting.n")).to_be_visible()
    assert phone.evaluate("window.same === true")


def test_language_and_colours_are_chosen_and_stay(phone: Page, fake: FakeApp) -> None:
    show(phone, fake, "?page=lain")
    phone.get_by_role("link", name="English").click()
    phone.get_by_role("link", name="Dark").click()
    expect(phone.locator("html")).to_have_attribute("data-theme", "dark")
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    phone.get_by_role("link", name="In brief").click()
    expect(phone.get_by_role("heading", name="Needs action")).to_be_visible()
    expect(phone.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_phone_that_is_cut_off_says_since_when(phone: Page, fake: FakeApp) -> None:
    show(phone, fake)
    fake.set(fail=1)
    link = phone.locator("[data-live-link]")
    expect(link).to_have_text(re.compile(r"TERPUTUS sejak \d\d\.\d\d\.\d\d"))
    expect(link).to_be_visible()
    fake.set(fail=0)
    expect(link).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("query", PAGES)
def test_the_pages_are_accessible_and_made_for_thumbs(
    phone: Page, fake: FakeApp, query: str, theme: str
) -> None:
    show(phone, fake, f"{query}{'&' if query else '?'}theme={theme}")
    found = Axe().run(phone)
    assert found.violations_count == 0, found.generate_report()
    sizes = phone.evaluate("""() => [...document.querySelectorAll('.brief :is(a, button, summary)')]
      .map(e => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width && box.height)
      .map(([e, box]) => [e.className + ' ' + e.textContent, Math.min(box.width, box.height)])""")
    assert [one for one in sizes if one[1] < 44] == []
    if not query:
        main = phone.locator(".act", has=phone.locator("[data-state~=free]")).first.locator(".act-take")
        assert (main.bounding_box() or {"height": 0})["height"] >= 48


@pytest.mark.parametrize("board", ["silent", "closed", "calm", "empty", "demo", "over"])
def test_every_state_of_the_mall_is_accessible(phone: Page, fake: FakeApp, board: str) -> None:
    fake.set(board=board)
    show(phone, fake)
    found = Axe().run(phone)
    assert found.violations_count == 0, found.generate_report()


SIZES = ((390, 100), (320, 100), (390, 200))


@pytest.mark.parametrize("board", ["wall", "long", "full", "demo", "over", "silent", "holiday"])
@pytest.mark.parametrize("query", PAGES)
def test_nothing_is_wider_than_the_screen_and_no_word_is_broken(
    phone: Page, fake: FakeApp, query: str, board: str
) -> None:
    """Nor does a line begin with a dot."""
    fake.set(board=board)
    show(phone, fake, query)
    for width, zoom in SIZES:
        phone.set_viewport_size({"width": width, "height": 844})
        phone.evaluate(f"document.documentElement.style.fontSize = '{zoom}%'")
        assert phone.evaluate("document.documentElement.scrollWidth") <= width
        assert phone.evaluate(OUTSIDE) == [], f"{width} px, {zoom} %"
        if board != "long":  # holds made-up words longer than a line
            assert phone.evaluate(BROKEN) == [], f"{width} px, {zoom} %"


BROKEN = """() => {
  const found = [], range = document.createRange();
  const texts = document.createTreeWalker(document.querySelector('.brief'), NodeFilter.SHOW_TEXT);
  for (let text; text = texts.nextNode();) {
    // A word ends at a space or a hyphen; with what stands between two parts goes the space before it.
    for (const word of text.data.matchAll(/\\u00a0·|[^\\s—–-]+/g)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (lines.size > 1) found.push(word[0]);
    }
    if (/(^|[^\\u00a0])·/.test(text.data)) found.push(text.data);
  }
  return found;
}"""


@pytest.mark.parametrize("board", ["wall", "full"])
def test_a_number_and_what_it_is_a_part_of_stay_on_one_line(phone: Page, fake: FakeApp, board: str) -> None:
    fake.set(board=board)
    show(phone, fake)
    for of in ("own", "three digits each"):
        if of != "own":
            phone.evaluate("""() => {
              const number = document.querySelector('[data-live="serving.n"]');
              number.textContent = '116';
              number.dataset.state = 'wide';
              document.querySelector('[data-live="serving.of"]').textContent = '/ 116';
            }""")
        for width, zoom in SIZES:
            phone.set_viewport_size({"width": width, "height": 844})
            phone.evaluate(f"document.documentElement.style.fontSize = '{zoom}%'")
            assert phone.evaluate(TOGETHER) == [True, True], f"{of}, {width} px, {zoom} %"
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.evaluate("document.documentElement.style.fontSize = ''")
    tops = phone.evaluate("[...document.querySelectorAll('.figure')].map(e => e.offsetTop)")
    assert len(set(tops)) == 2, "two numbers and three"


TOGETHER = """() => [...document.querySelectorAll('.figure-of')].map(of => {
  const number = of.previousElementSibling.getBoundingClientRect(), box = of.getBoundingClientRect();
  const card = of.closest('.figure').getBoundingClientRect();
  return of.getClientRects().length === 1 && box.bottom <= number.bottom && box.right <= card.right;
})"""


def test_the_first_row_on_which_nobody_is_has_the_button_to_press(phone: Page, fake: FakeApp) -> None:
    show(phone, fake)
    states = [(row.get_attribute("data-state") or "").split() for row in phone.locator(".act-row").all()]
    first, second, *_ = [place for place, words in enumerate(states) if "free" in words]
    assert phone.evaluate(FILLED) == [first]
    phone.evaluate(
        """place => {
          const row = document.querySelectorAll('.act-row')[place];
          row.dataset.state = row.dataset.state.replace('free', 'taken');
        }""",
        first,
    )
    assert phone.evaluate(FILLED) == [second]
    coloured = """() => {
      const acts = [...document.querySelectorAll('.act')].map(e => getComputedStyle(e).backgroundColor);
      return acts.map((colour, place) => colour === acts.at(-1) ? -1 : place).filter(place => place >= 0);
    }"""
    assert phone.evaluate(coloured) == [second], "its row carries its colour"


FILLED = """() => {
  const ink = getComputedStyle(document.querySelector('.brief')).color;
  return [...document.querySelectorAll('.act-take')]
    .map((button, place) => [getComputedStyle(button).backgroundColor, place])
    .filter(([colour, place]) => colour === ink).map(([colour, place]) => place);
}"""


def test_where_somebody_is_on_every_row_no_button_stands_out(phone: Page, fake: FakeApp) -> None:
    fake.set(board="long")
    show(phone, fake)
    expect(phone.locator(".act-take:visible")).to_have_count(8)
    assert phone.evaluate(FILLED) == []


def test_a_row_that_is_over_has_nothing_to_press(phone: Page, fake: FakeApp) -> None:
    fake.set(board="over")
    show(phone, fake)
    phone.evaluate("""() => {
      const row = document.querySelector('.act-row');
      row.dataset.state = row.dataset.state.replace('breach', 'over');
    }""")
    assert 0 not in phone.evaluate(FILLED)


OUTSIDE = """() => [...document.querySelectorAll('.brief *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && box.height && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => e.className + ': ' + e.textContent.slice(0, 40))"""


def test_the_last_row_is_not_under_the_pages(phone: Page, fake: FakeApp) -> None:
    show(phone, fake)
    phone.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = phone.locator(".absents").last.bounding_box()
    tabs = phone.get_by_role("navigation").bounding_box()
    assert last is not None
    assert tabs is not None
    assert last["y"] + last["height"] <= tabs["y"]


def test_a_number_of_four_digits_stays_on_one_line(phone: Page, fake: FakeApp) -> None:
    fake.set(board="busy")
    show(phone, fake)
    expect(cell(phone, "waiting.n")).to_have_text("8.352")
    for root in ("100%", "200%"):
        lines = phone.evaluate(
            """size => {
              document.documentElement.style.fontSize = size;
              document.querySelector('[data-live="served.n"]').textContent = '1.216';
              document.querySelector('[data-live="served.n"]').dataset.state = 'wide';
              return [...document.querySelectorAll('.figure-n')].map(e => {
                const box = e.getBoundingClientRect(), card = e.closest('.figure').getBoundingClientRect();
                return e.getClientRects().length === 1 && box.right <= card.right;
              });
            }""",
            root,
        )
        assert lines == [True] * 5, root


def test_a_counter_is_one_line_of_number_ticket_and_state(phone: Page, fake: FakeApp) -> None:
    show(phone, fake, "?page=loket")
    phone.wait_for_selector(".desk-word")
    rows = phone.evaluate(
        """() => [...document.querySelectorAll('.desk')].map(desk => {
          const [name, ticket, word] = ['.desk-name', '.desk-ticket', '.desk-word']
            .map(part => desk.querySelector(part).getBoundingClientRect());
          const inner = desk.getBoundingClientRect();
          return [Math.round(name.left), Math.round(word.right - inner.right),
            !ticket.width || (name.right <= ticket.left && ticket.right <= word.left)];
        })"""
    )
    assert len({left for left, _, _ in rows}) == 1
    assert {right for _, right, _ in rows} == {0}
    assert all(ordered for _, _, ordered in rows)
