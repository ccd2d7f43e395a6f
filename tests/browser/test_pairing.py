"""A manager lets a wall in from another browser and ends it; single sign-on comes back from another site."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from mpp.i18n import words
from mpp.now import Now
from mpp.people import accounts
from mpp.people.accounts import Wish
from mpp.people.audit import CONSOLE
from tests.mpp.web import doors, house
from tests.mpp.web.issuer import CLIENT, SECRET, Issuer
from tests.mpp.web.served import Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """On another site than the monitor: 127.0.0.1 is not localhost."""
    with Issuer("127.0.0.1") as made:
        yield made


@pytest.fixture(scope="module")
def monitor(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("monitor")
    shutil.copy(house.EXAMPLE, folder / "mpp.toml")
    with Served(
        folder, sso_issuer=issuer.url, sso_client=CLIENT, sso_secret=SECRET, sso_name="SSO Kabupaten"
    ) as served:
        yield served


def signed_in(browser: Browser, monitor: Served, role: str) -> Page:
    context = browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 800})
    name, value = monitor.cookie(role)
    context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])
    return context.new_page()


def clean(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []


def test_a_wall_is_let_in_shows_the_room_and_shows_a_code_again_when_it_is_revoked(
    browser: Browser, page: Page, monitor: Served
) -> None:
    home = f"http://localhost:{monitor.port}"
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{home}/pasang")
    code = page.locator(".code")
    first = code.inner_text()
    assert re.fullmatch(r"\w{3} \w{3}", first)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert (code.bounding_box() or {"height": 0})["height"] > 0.15 * 1080, "read from 3 m"
    clean(page)

    desk = signed_in(browser, monitor, "manager")
    desk.goto(f"{home}/admin/perangkat")
    desk.locator("#code").fill(first.lower())
    desk.locator("#name").fill("Dinding lobi")
    with page.expect_response("**/api/v1/device") as reported:
        desk.locator("#name").press("Enter")
        page.wait_for_selector("html.live-on")
    assert reported.value.json()["mark"] == page.locator("html").get_attribute("data-device")

    elsewhere = {"name": "Dinding lobi", "start": "/ruang-kendali?page=layanan", "mark": "another"}
    page.route("**/api/v1/device", lambda route: route.fulfill(json=elsewhere))
    page.reload()
    page.wait_for_url("**/ruang-kendali?page=layanan")
    page.unroute("**/api/v1/device")

    desk.goto(f"{home}/admin/perangkat")
    desk.get_by_role("link", name="Dinding lobi").click()
    desk.get_by_role("link", name=re.compile("Cabut")).click()
    desk.locator("main form button").last.click()
    # What live.js does by itself within a minute.
    page.evaluate("() => { fetch(location.href).then(() => location.reload()); }")
    expect(code).to_be_visible()
    assert code.inner_text() != first
    assert page.locator("input").count() == 0, "no field, no password"
    desk.context.close()


def test_single_sign_on_survives_the_way_back_from_another_site(
    page: Page, monitor: Served, issuer: Issuer
) -> None:
    make_manager(monitor, "budi@nusa.go.id")
    page.goto(f"http://localhost:{monitor.port}/masuk?next=/integritas")
    clean(page)
    page.get_by_role("link", name="Masuk dengan SSO Kabupaten").click()
    page.wait_for_url("**/integritas")
    expect(page.locator("h1")).to_have_text("Laporan integritas")
    clean(page)


def make_manager(monitor: Served, login: str) -> None:
    """An account whose login is an address of e-mail."""
    with doors.store_of(monitor.instance) as store:
        accounts.create(store, Now()(), Wish(login, "Budi", "manager"), CONSOLE, w=words("id"))
