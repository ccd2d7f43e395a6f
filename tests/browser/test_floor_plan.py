"""The floor plan in a real browser: drawn, kept alive, reached from the wall, readable at every size."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.harness import FakeApp, live, problems
from tests.browser.harness import wall as show

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def beat() -> float:
    return 0.1


OWN_TEXT = """() => {
    const plan = document.querySelector('.plan-drawing').appendChild(document.createElement('div'));
    plan.innerHTML = '<svg class="plan-svg plan-own"><text>A</text><text fill="#ffffff">B</text></svg>';
    const colours = [...plan.querySelectorAll('text')].map(one => getComputedStyle(one).fill);
    plan.remove();
    return colours;
}"""
"""The mall's own plan is drawn for paper: black text stays black, a coloured one as it is, in any theme."""


def fits(page: Page) -> None:
    """All of the page is on the screen, and the plan in its place."""
    sizes = page.evaluate(
        """() => {
            const root = document.documentElement, stage = document.querySelector('.plan-stage');
            return [root.scrollWidth - innerWidth, root.scrollHeight - innerHeight,
                    stage.scrollWidth - stage.clientWidth, stage.scrollHeight - stage.clientHeight];
        }"""
    )
    assert max(sizes) <= 1, sizes


def letters(page: Page) -> float:
    """The height in pixels of the smallest letters of a counter that is shown."""
    return float(
        page.evaluate(
            """() => Math.min(...Array.from(document.querySelectorAll('.pc text'))
                .filter(one => one.checkVisibility())
                .map(one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a))"""
        )
    )


def test_the_plan_lives_and_fits_from_the_wall_to_the_phone(tab: Page, fake: FakeApp) -> None:
    said = problems(tab)
    fake.set(board="counters")
    tab.set_viewport_size({"width": 1920, "height": 1080})
    show(tab, fake, "?lang=id&theme=light")
    tab.evaluate("window.same = true")
    tab.keyboard.press("5")
    expect(tab.locator(".plan-title")).to_have_text("Denah lantai 1")
    expect(tab.locator("#stops li[aria-current]")).to_have_text("5 Denah lantai 1")
    first = tab.locator('.plan-wide [data-live="c.dukcapil.1"]')
    expect(first).to_have_attribute("data-state", "serving")
    expect(first).to_contain_text("melayani")
    expect(first.locator("[data-since]")).to_contain_text("mnt")
    waits = tab.locator('.plan-wide [data-live="g.dukcapil"]')
    fake.set(agency="dukcapil", waiting=91)
    expect(waits).to_contain_text("91")
    fits(tab)
    assert letters(tab) >= 0.014 * 1080
    third = tab.locator('.plan-wide [data-live="c.dukcapil.3"]')
    expect(third).to_have_attribute("data-state", "paused")
    fake.set(board="wall")  # other counters: another drawing, with cells of its own
    expect(third).to_have_attribute("data-state", "serving")
    expect(third).to_contain_text("melayani")
    assert tab.evaluate("window.same"), "the page was loaded anew"
    tab.set_viewport_size({"width": 1280, "height": 800})
    fits(tab)
    tab.set_viewport_size({"width": 390, "height": 844})
    expect(tab.locator(".plan-narrow").first).to_be_visible()
    expect(tab.locator(".plan-wide").first).to_be_hidden()
    assert letters(tab) >= 13
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.keyboard.press("1")
    expect(tab.locator(".tile")).to_have_count(26)
    assert said == []


def test_the_plan_is_accessible_in_both_themes(tab: Page, fake: FakeApp) -> None:
    fake.set(board="counters")
    tab.goto(f"{fake.url}/denah?floor=1&theme=light")
    live(tab)
    for theme in ("light", "dark"):
        expect(tab.locator("html")).to_have_attribute("data-theme", theme)
        expect(tab.locator(".plan-wide [data-state]").first).to_be_visible()
        found = Axe().run(tab)
        assert found.violations_count == 0, found.generate_report()
        assert tab.evaluate(OWN_TEXT) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        tab.keyboard.press("t")
