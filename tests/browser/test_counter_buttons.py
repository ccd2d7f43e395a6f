"""The buttons of a counter and the case desk, in a real browser against a running server."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from mpp import create_app
from mpp.now import Now
from mpp.settings import Settings
from mpp.store.tables import events
from mpp.web.context import parts_of
from tests.browser.harness import problems
from tests.mpp.web import doors, house
from tests.services import free_port, sqlite_tables

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
MONDAY = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)


class House:
    """The example mall on a Monday morning, served; its officers press for themselves."""

    def __init__(self, folder: Any) -> None:
        self.port = free_port()
        shutil.copy(house.EXAMPLE, folder / "mpp.toml")
        (folder / "mpp.sqlite").write_bytes(sqlite_tables())
        settings = Settings(instance=folder, port=self.port)
        self.app: Flask = create_app(settings, now=Now.starting_at(MONDAY))
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def enter(self, browser: Browser, role: str, agency: str, **given: Any) -> BrowserContext:
        """A browser of somebody of that role, signed in."""
        context = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta", **given)
        held = doors.token_of(parts_of(self.app).store, role, agencies=(agency,))
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        value = str(signer.dumps({**held, "_permanent": True}))
        context.add_cookies([{"name": f"mpp-{self.port}", "value": value, "url": self.address("/")}])
        return context

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def told(self, agency: str) -> list[str]:
        """The types of an agency's events, in their order; heartbeats aside."""
        with parts_of(self.app).store.read() as tx:
            found = select(events.c.type).where(events.c.agency == agency).order_by(events.c.at, events.c.seq)
            kinds = tx.connection.execute(found).scalars()
            return [kind for kind in kinds if kind != "counter.heartbeat"]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        parts_of(self.app).close()


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    served = House(tmp_path_factory.mktemp("mall"))
    yield served
    served.close()


def button(page: Page, press: str) -> Locator:
    return page.locator(f'[data-press="{press}"]')


def state(page: Page) -> Locator:
    return page.locator("#desk-state")


def fits(page: Page) -> None:
    """axe finds nothing, nothing is wider than the screen, and no button's words are cut."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = """() => [...document.querySelectorAll('main button, main a, main th')]
      .filter(b => b.offsetParent && b.scrollWidth > b.clientWidth + 1).map(b => b.textContent)"""
    assert page.evaluate(cut) == []
    small = """() => [...document.querySelectorAll('main button, main select, main summary')]
      .filter(b => b.offsetParent && b.offsetHeight < 44).map(b => b.textContent)"""
    assert page.evaluate(small) == []


def test_a_morning_at_a_counter_by_touch_and_by_keys(browser: Browser, mall: House) -> None:
    context = mall.enter(browser, "officer", "pa", viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    said = problems(page)
    page.goto(mall.address("/loket/pa/1"))
    fits(page)
    expect(state(page)).to_have_text("Ditutup")
    expect(button(page, "next")).to_be_disabled()
    button(page, "open").tap()
    expect(state(page)).to_have_text("Siap melayani")
    button(page, "next").tap()
    expect(page.locator(".desk-ticket .number")).to_have_text("LK1-001")
    fits(page)
    page.reload()
    expect(state(page)).to_have_text("Melayani")
    # A second device at the same counter, at a desk, with keys.
    desk = mall.enter(browser, "officer", "pa", viewport=DESK)
    other = desk.new_page()
    other.goto(mall.address("/loket/pa/1"))
    expect(button(other, "finish:done")).to_be_enabled()
    fits(other)
    other.keyboard.press("1")
    expect(state(other)).to_have_text("Siap melayani")
    expect(state(page)).to_have_text("Siap melayani")  # it follows by itself
    other.keyboard.press("s")
    expect(other.locator(".desk-state .why")).to_have_text("Salat")
    other.keyboard.press("n")  # not possible now
    other.keyboard.press("l")
    expect(state(other)).to_have_text("Siap melayani")
    # What is typed presses no buttons, and goes with its own.
    other.get_by_label("Apa sebabnya?").press_sequentially("bantu loket lain")
    other.keyboard.press("Enter")
    expect(other.locator(".desk-state .why")).to_have_text("Lainnya: bantu loket lain")
    begun = ["counter.opened", "ticket.started", "ticket.finished"]
    assert mall.told("pa") == [*begun, "counter.paused", "counter.resumed", "counter.paused"]
    assert said == []
    context.close()
    desk.close()


def test_a_lost_connection_loses_no_press_and_a_double_press_counts_once(
    browser: Browser, mall: House
) -> None:
    context = mall.enter(browser, "officer", "pn", viewport=DESK)
    page = context.new_page()
    page.goto(mall.address("/loket/pn/1"))
    # Two presses before the first is answered: one event.
    page.evaluate("() => { const b = document.querySelector('[data-press=open]'); b.click(); b.click(); }")
    expect(state(page)).to_have_text("Siap melayani")
    page.route("**/loket/pn/1*", lambda route: route.abort("connectionrefused"))
    button(page, "next").click()
    expect(page.locator("#desk-lost")).to_contain_text("1 tekanan disimpan di perangkat ini")
    button(page, "finish:consulted").click()
    button(page, "pause:meeting").click()
    expect(page.locator("#desk-lost")).to_contain_text("3 tekanan disimpan")
    assert mall.told("pn") == ["counter.opened"]
    # Even a page that is loaded anew while it is cut off in the middle of its answers keeps them.
    page.unroute("**/loket/pn/1*")
    lost = _Lost()
    page.route("**/loket/pn/1*", lost)
    page.reload()
    page.wait_for_function(
        "() => Object.keys(localStorage).some((key) => key.startsWith('mpp-loket:') &&"
        " key.endsWith(':/loket/pn/1') && localStorage.getItem(key) === '[]')"
    )
    expect(state(page)).to_have_text("Dijeda")
    expect(page.locator("#desk-lost")).to_be_hidden()
    assert mall.told("pn") == ["counter.opened", "ticket.started", "ticket.finished", "counter.paused"]
    assert lost.dropped == 1
    context.close()


class _Lost:
    """Lets the first press reach the server and loses its answer."""

    dropped = 0

    def __call__(self, route: Route) -> None:
        if route.request.method == "POST" and not self.dropped:
            self.dropped += 1
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()


def test_a_press_on_an_old_state_is_refused_and_the_new_one_shown(browser: Browser, mall: House) -> None:
    """Without a script too: the form says what it was pressed on."""
    context = mall.enter(browser, "officer", "kejari", viewport=DESK, java_script_enabled=False)
    old, page = context.new_page(), context.new_page()
    for one in (old, page):
        one.goto(mall.address("/loket/kejari/1"))
    button(page, "open").click()
    expect(state(page)).to_have_text("Siap melayani")
    button(page, "pause:break").click()
    expect(state(page)).to_have_text("Dijeda")
    button(old, "open").click()
    expect(old.get_by_role("alert")).to_contain_text("Keadaan loket sudah berubah")
    expect(state(old)).to_have_text("Dijeda")
    assert mall.told("kejari") == ["counter.opened", "counter.paused"]
    context.close()


def test_a_desk_takes_files_in_answers_them_and_takes_a_slip_back(browser: Browser, mall: House) -> None:
    context = mall.enter(browser, "agency", "dukcapil", viewport=DESK)
    page = context.new_page()
    said = problems(page)
    page.goto(mall.address("/berkas"))
    expect(page.get_by_text("Tidak ada berkas yang cocok.")).to_be_visible()
    for number in ("B-001", "3578011203900001"):
        page.get_by_label("Nomor", exact=True).fill(number)
        page.get_by_role("button", name="Terima", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("NIK")
    fits(page)
    row = page.locator("tr", has_text="B-001")
    row.get_by_role("button", name="Selesai: nomor B-001").click()
    expect(page.get_by_text("Tidak ada berkas yang cocok.")).to_be_visible()  # none is left to answer
    page.get_by_label("Keadaan").select_option("all")
    page.get_by_role("button", name="Tampilkan").click()
    row.get_by_role("button", name="Batalkan").click()
    expect(row.get_by_role("button", name="Selesai: nomor B-001")).to_be_visible()
    page.get_by_role("link", name="Banyak sekaligus, dari file").click()
    content = b"nomor;layanan;diterima\nF-1;kk;17/11/2026\nF-2;sim;17/11/2026\n"
    page.get_by_label("File CSV").set_input_files(
        {"name": "x.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Periksa file").click()
    expect(page.locator(".mistakes")).to_contain_text("Baris 3, layanan")
    content = content.replace(b"sim", b"kk")
    page.get_by_label("File CSV").set_input_files(
        {"name": "x.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Periksa file").click()
    expect(page.get_by_role("heading", name="2 berkas di file ini")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Simpan 2 berkas").click()
    expect(page.get_by_role("status")).to_contain_text("Catatan baru: 2")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(mall.address("/berkas/dukcapil"))
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody tr").first).to_contain_text("F-1")  # overdue: before what is not
    fits(page)
    assert said == []
    context.close()
