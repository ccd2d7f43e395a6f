"""The administrator's pages in a real browser, beside the wall that shows what they do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.harness import live, problems
from tests.mpp.web import house
from tests.mpp.web.served import Served
from tests.services import sqlite_tables

pytestmark = pytest.mark.browser

SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 800}, {"width": 390, "height": 844})
ACTIVE = "document.activeElement && document.activeElement.matches(%r)"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The example mall under `mpp serve`."""
    folder = tmp_path_factory.mktemp("admin")
    shutil.copy(house.EXAMPLE, folder / "mpp.toml")
    (folder / "mpp.sqlite").write_bytes(sqlite_tables())
    with Served(folder) as running:
        yield running


@pytest.fixture(scope="module")
def desk(browser: Browser, served: Served) -> Iterator[Page]:
    """A browser in which an administrator is signed in."""
    context = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta", viewport=SIZES[0])
    name, value = served.cookie("administrator")
    context.add_cookies([{"name": name, "value": value, "url": address(served, "/")}])
    yield context.new_page()
    context.close()


def address(served: Served, path: str) -> str:
    return f"http://127.0.0.1:{served.port}{path}"


def to(page: Page, selector: str) -> None:
    """Go there with the Tab key, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(ACTIVE % selector):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def enter(page: Page, selector: str = "") -> None:
    """Press the Enter key, there or where one is, and wait for the page it leads to."""
    if selector:
        to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_an_agency_added_by_keyboard_stands_on_the_wall(desk: Page, served: Served) -> None:
    said = problems(desk)
    wall = desk.context.new_page()
    wall.goto(address(served, "/ruang-kendali"))
    live(wall)
    expect(wall.get_by_text("Karantina")).to_have_count(0)

    desk.goto(address(served, "/admin"))
    enter(desk, 'a[href="/admin/instansi"]')
    enter(desk, 'a[href="/admin/tambah/instansi"]')
    # Nothing typed: told on top and at the field, with the way there.
    enter(desk, "button.first")
    to(desk, ".summary a")
    desk.keyboard.press("Enter")
    assert desk.evaluate(ACTIVE % "#name")
    desk.keyboard.type("Balai Karantina")
    to(desk, "#short")
    desk.keyboard.type("Karantina")
    enter(desk)
    expect(desk.locator(".said")).to_contain_text("Berlaku mulai sekarang")
    enter(desk, 'a[href="/admin/tambah/layanan/karantina"]')
    to(desk, "#name")
    desk.keyboard.type("Sertifikat")
    to(desk, "#prefix")
    desk.keyboard.type("ZK")
    enter(desk)
    expect(desk.locator("td", has_text="Sertifikat").first).to_be_visible()
    enter(desk, 'a[href="/admin/tambah/loket/karantina"]')
    enter(desk, "button.first")
    expect(desk.locator("td", has_text="Loket 1").first).to_be_visible()

    expect(wall.get_by_text("Karantina").first).to_be_visible()
    wall.close()
    # And back: the wall's tile goes by one press in the audit.
    desk.goto(address(served, "/admin/jejak?apa=counter"))
    enter(desk, 'button[aria-label^="Urungkan"]')
    expect(desk.locator(".said")).to_contain_text("Diurungkan")
    desk.goto(address(served, "/admin/instansi/karantina"))
    expect(desk.get_by_text("Belum ada loket.")).to_be_visible()
    # The browser itself notes that a form was answered with 400.
    assert [text for text in said if "400" not in text] == []


PAGES = (
    "/admin",
    "/admin/mal",
    "/admin/instansi/dukcapil",
    "/admin/tambah/instansi",
    "/admin/tambah/orang",
    "/admin/perangkat",
    "/admin/sumber/dukcapil",
    "/admin/jejak",
)


def test_every_page_is_for_everybody_at_a_desk_and_on_a_phone(desk: Page, served: Served) -> None:
    axe = Axe()
    for path in PAGES:
        desk.goto(address(served, path))
        desk.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for size in SIZES:
            desk.set_viewport_size(size)
            assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, size)
            found = axe.run(desk)
            assert found.violations_count == 0, f"{path} {size}\n{found.generate_report()}"
        low = """() => [...document.querySelectorAll('main button, main select, main summary, main .button')]
          .filter(b => b.offsetParent && b.offsetHeight < 44).map(b => b.textContent)"""
        assert desk.evaluate(low) == [], path
