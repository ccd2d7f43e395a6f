"""Signing in as a person does, in a real browser: the form, the way on, the way out, the first password."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, expect

from mpp.now import Now
from mpp.people import passwords
from mpp.people.first import first_code
from mpp.store import people
from mpp.web import secret
from tests.mpp.web import doors, house
from tests.mpp.web.served import Served

pytestmark = pytest.mark.browser

SENTENCE, NEW = "pagi yang cerah di loket", "hujan turun sore ini"
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on which nobody has an account yet."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copy(house.EXAMPLE, folder / "mpp.toml")
    with Served(folder) as server:
        yield server


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta", viewport=request.param)
    yield context.new_page()
    context.close()


def somebody(served: Served, login: str) -> None:
    """A manager with a password that was given to them."""
    with doors.store_of(served.instance, served.url) as store:
        made = doors.token_of(store, "manager", name="Sari")["_user_id"]
        with store.read() as tx:
            found = people.of_token(tx, made)
        assert found is not None
        changed = replace(found[1], login=login, password=passwords.hashed(SENTENCE), must_change=True)
        with store.write() as tx:
            people.end(tx, Now()(), person_id=changed.id)
            assert people.change(tx, changed)


def nothing_wrong(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the screen."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def filled(page: Page, **given: str) -> None:
    """Fill a form's fields and send it by keyboard."""
    for name, value in given.items():
        page.locator(f"[name={name}]").fill(value)
    page.keyboard.press("Enter")


def test_the_first_administrator_begins_with_the_code_of_the_log(page: Page, served: Served) -> None:
    """Once; whoever comes later is asked to sign in."""
    address = f"http://localhost:{served.port}"
    page.goto(address)
    with doors.store_of(served.instance, served.url) as store, store.read() as tx:
        later = people.any_at_all(tx)
    if later:
        expect(page).to_have_url(address + "/masuk")
        page.goto(address + "/mulai")
        expect(page).to_have_url(address + "/masuk")
        return
    expect(page).to_have_url(address + "/mulai")
    nothing_wrong(page)
    filled(page, code="SALAH", login="tuti", name="Tuti", password=SENTENCE)
    expect(page.locator("#code-wrong")).to_be_visible()
    expect(page.locator("[name=login]")).to_have_value("tuti")
    nothing_wrong(page)
    filled(page, code=first_code(secret.load(served.instance), Now()()).lower(), password=SENTENCE)
    expect(page).to_have_url(address + "/admin")
    nothing_wrong(page)


def test_a_day_begins_with_a_wrong_password_and_one_that_was_given(page: Page, served: Served) -> None:
    login = f"sari.{(page.viewport_size or DESK)['width']}"
    somebody(served, login)
    address = f"http://127.0.0.1:{served.port}"
    page.goto(address + "/ringkas?theme=dark")
    expect(page.locator("h1")).to_have_text("MPP Contoh Kabupaten Nusa Contoh")
    assert "Atkinson" in page.evaluate("getComputedStyle(document.body).fontFamily")
    nothing_wrong(page)
    filled(page, login=login, password="salah")
    expect(page.get_by_role("alert")).to_have_text("Nama masuk dan kata sandi tidak cocok.")
    expect(page.locator("[name=login]")).to_have_value(login)
    expect(page.locator("[name=password]")).to_have_value("")
    nothing_wrong(page)
    filled(page, password=SENTENCE)
    # The password was given: first one of their own, whatever page was asked for.
    expect(page).to_have_url(address + "/akun")
    nothing_wrong(page)
    filled(page, old=SENTENCE, new=NEW, again=NEW + "x")
    expect(page.locator("#again-wrong")).to_be_visible()
    filled(page, old=SENTENCE, new=NEW, again=NEW)
    page.wait_for_selector("html.live-on")
    expect(page).to_have_url(address + "/ruang-kendali")
    page.goto(address + "/akun")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sari")
    nothing_wrong(page)
    page.get_by_role("button", name="Keluar").click()
    expect(page).to_have_url(address + "/masuk")
    page.goto(address + "/ringkas?theme=dark")
    filled(page, login=login, password=NEW)
    page.wait_for_selector("html.live-on")
    expect(page).to_have_url(address + "/ringkas?theme=dark")
