"""The control room in a real browser: keys, definitions, themes, languages, what a screen reader gets."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

from tests.browser.harness import FakeApp, cell, problems
from tests.browser.harness import wall as show
from tests.browser.probes import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def beat() -> float:
    return 0.1


def here(page: Page) -> Locator:
    return page.locator("#stops li[aria-current]")


def test_going_to_another_page_shows_only_what_is_its_own(tab: Page, fake: FakeApp) -> None:
    said = problems(tab)
    show(tab, fake, "?lang=id&theme=dark")
    tab.evaluate("window.same = true")
    tab.locator(".tile-name a", has_text="Imigrasi").click()
    expect(tab.locator(".stage-title")).to_have_text("CKantor Imigrasi")
    assert "theme=dark" in tab.url
    expect(cell(tab, "a.imigrasi.n")).to_have_text("16")
    expect(cell(tab, "s.s1").locator("td").first).to_have_text("12")
    for number, title in (("2", "Loket lantai 1"), ("4", "Layanan yang perlu dilihat lebih dulu")):
        tab.keyboard.press(number)
        expect(tab.locator(".stage-title")).to_have_text(title)
        expect(tab.locator("#stops li[aria-current]")).to_have_text(re.compile(f"^{number}"))
    expect(cell(tab, "row.0")).to_contain_text("Pengesahan STNK tahunan")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(".plan-title")).to_have_text("Denah lantai 1")
    tab.keyboard.press("ArrowLeft")
    expect(cell(tab, "row.0")).to_contain_text("Pengesahan STNK tahunan")
    tab.keyboard.press("1")
    expect(tab.locator(".tile")).to_have_count(26)
    expect(cell(tab, "flow").locator("svg.flow-lines")).to_have_count(1)
    tab.keyboard.press("ArrowLeft")
    expect(tab.locator(".plan-title")).to_have_text("Denah lantai 2")
    tab.keyboard.press("4")
    expect(cell(tab, "row.0")).to_contain_text("Pengesahan STNK tahunan")
    fake.set(agency="dukcapil", waiting=91)
    tab.keyboard.press("1")
    expect(cell(tab, "a.dukcapil.n")).to_have_text("91")
    tab.go_back()
    expect(cell(tab, "row.0")).to_contain_text("Pengesahan STNK tahunan")
    assert tab.evaluate("window.same"), "the page was loaded anew"
    assert said == []


def test_an_address_that_leads_nowhere_says_so(tab: Page, fake: FakeApp) -> None:
    show(tab, fake, "?page=gerai&agency=nobody")
    expect(tab.locator(".notice")).to_have_text("Gerai itu tidak ada; ini ikhtisar.")
    expect(tab.locator(".tile")).to_have_count(26)


@pytest.mark.parametrize("key", ["Escape", "Backspace"])
def test_an_agency_says_that_it_is_open_and_a_key_leads_back(tab: Page, fake: FakeApp, key: str) -> None:
    show(tab, fake, "?lang=id&theme=dark&page=gerai&agency=dukcapil")
    expect(here(tab)).to_have_text("Esc Gerai: Dukcapil")
    tab.keyboard.press(key)
    expect(tab.locator(".tile")).to_have_count(26)
    expect(here(tab)).to_contain_text("Ikhtisar")
    assert "theme=dark" in tab.url
    tab.keyboard.press(key)
    expect(tab.locator(".tile")).to_have_count(26)


def test_definitions_open_by_keyboard_by_touch_and_by_mouse(tab: Page, fake: FakeApp) -> None:
    show(tab, fake)
    box, title = tab.locator("#definition"), tab.get_by_role("button", name="Lewat standar")
    expect(box).to_be_hidden()
    title.focus()
    tab.keyboard.press("Enter")
    expect(box).to_be_visible()
    expect(box.locator("h3")).to_have_text(["Lewat standar", "Bagian dalam standar"])
    expect(box).to_contain_text("Tidak termasuk:")
    expect(title).to_have_attribute("aria-describedby", "definition")
    tab.keyboard.press("Escape")
    expect(box).to_be_hidden()
    title.click()
    expect(box).to_be_visible()
    tab.locator(".date").click()
    expect(box).to_be_hidden()
    tab.locator(".tile-number").first.hover()
    expect(box.locator("h3").first).to_have_text("Menunggu")
    expect(box).to_be_visible()
    inside = tab.evaluate(
        "(r => r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth)"
        "(document.getElementById('definition').getBoundingClientRect())"
    )
    assert inside
    tab.mouse.move(2, 2)
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
def test_every_figure_tells_what_it_is_where_it_is_pressed(tab: Page, fake: FakeApp, where: str) -> None:
    show(tab, fake, f"?lang=id{PAGES[where]}")
    for selector, title in FIGURES_TOLD[where].items():
        # By the mouse's place: what is on top there is pressed.
        place = tab.locator(selector).first.bounding_box()
        assert place is not None
        tab.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        expect(tab.locator("#definition h3").first).to_contain_text(title)
        tab.keyboard.press("Escape")
        expect(tab.locator("#definition")).to_be_hidden()
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
            expect(tab.get_by_role("heading", name=title, exact=True)).to_have_count(1)


def test_a_page_drawn_anew_under_a_mouse_at_rest_tells_nothing(page: Page, fake: FakeApp) -> None:
    page.clock.install()
    page.goto(f"{fake.url}/ruang-kendali?page=layanan")
    page.clock.run_for(3000)
    page.wait_for_selector("#drawn", state="detached")
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


def test_keys_do_not_fire_while_somebody_types(tab: Page, fake: FakeApp) -> None:
    show(tab, fake)
    tab.evaluate("document.body.appendChild(Object.assign(document.createElement('input'), {id: 'own'}))")
    tab.locator("#own").press_sequentially("4t? ")
    assert tab.locator("#own").input_value() == "4t? "
    expect(here(tab)).to_contain_text("Ikhtisar")
    expect(tab.locator("#keys")).to_be_hidden()


def test_themes_by_key_and_by_the_products_clock(tab: Page, fake: FakeApp) -> None:
    html = tab.locator("html")
    show(tab, fake)
    expect(html).to_have_attribute("data-theme", "light")
    tab.keyboard.press("t")
    expect(html).to_have_attribute("data-theme", "dark")
    expect(tab.locator("#theme")).to_have_text("Tema: gelap")
    tab.keyboard.press("T")
    expect(tab.locator("#theme")).to_have_text("Tema: otomatis")
    expect(html).to_have_attribute("data-theme", "light")
    # 09.40 and 8 h 20 min: the wall darkens at 18.00 by the product's clock, whatever the browser's.
    fake.set(later=8 * 3600 + 18 * 60)
    expect(tab.locator('[data-live-clock="minute"]')).to_have_text(re.compile(r"17\.5[89]"))
    expect(html).to_have_attribute("data-theme", "light")
    fake.set(later=8 * 3600 + 20 * 60)
    expect(html).to_have_attribute("data-theme", "dark")


def test_the_language_is_one_click_away_and_keeps_the_rest(tab: Page, fake: FakeApp) -> None:
    show(tab, fake, "?page=layanan&theme=dark")
    tab.get_by_role("link", name="English").click()
    tab.wait_for_selector("html.live-on")
    expect(tab.locator(".stage-title")).to_have_text("Services that need a look first")
    expect(tab.locator("html")).to_have_attribute("lang", "en")
    assert "theme=dark" in tab.url
    tab.get_by_role("link", name="Indonesia").click()
    expect(tab.locator(".stage-title")).to_have_text("Layanan yang perlu dilihat lebih dulu")


@pytest.mark.parametrize("where", PAGES)
def test_every_page_is_accessible(tab: Page, fake: FakeApp, where: str) -> None:
    show(tab, fake, f"?theme=light{PAGES[where]}")
    for theme in ("light", "dark"):
        expect(tab.locator("html")).to_have_attribute("data-theme", theme)
        accessible(tab, contrast_of_seven=where == "overview")
        tab.keyboard.press("?")
        expect(tab.locator("#keys")).to_be_visible()
        accessible(tab)
        tab.keyboard.press("Escape")
        expect(tab.locator("#keys")).to_be_hidden()
        tab.keyboard.press("t")


def accessible(page: Page, *, contrast_of_seven: bool = False) -> None:
    """axe finds nothing; on the wall not even letters whose contrast is under seven."""
    options = {"rules": {"color-contrast-enhanced": {"enabled": contrast_of_seven}}}
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, found.generate_report()


def test_the_title_names_the_mall(tab: Page, fake: FakeApp) -> None:
    show(tab, fake)
    assert tab.title() == "Ruang kendali · MPP Contoh"
    expect(tab.locator(".mall-name")).to_be_visible()
