"""Short days of those who do not belong to an agency's own page: in a real browser, on one served mall."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mpp.web.context import parts_of
from tests.browser.day import ServedDay, served_day
from tests.browser.harness import live
from tests.mpp.web.test_foreign_agency import happenings
from tests.world import MORNING

pytestmark = pytest.mark.browser

NEW = "hujan turun sore ini"


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDay]:
    """A Monday morning on which Dukcapil is beyond its standard."""
    with served_day(tmp_path_factory.mktemp("others"), MORNING) as made:
        parts_of(made.app).intake.accept("dukcapil", list(happenings("dukcapil", "kk", "a3")))
        made.clock.push(3)
        yield made


def go(page: Page, mall: ServedDay, path: str) -> None:
    page.goto(mall.address(path))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def shut(page: Page, mall: ServedDay, *paths: str) -> None:
    """These addresses are not for whoever sits there, and say so in words, with a way back."""
    for path in paths:
        answer = page.goto(mall.address(path))
        assert answer is not None
        assert answer.status == 403, path
        expect(page.locator("main")).to_contain_text("Peran Anda tidak membuka halaman ini.")
        expect(page.locator("main a").first).to_be_visible()


def test_an_operator_takes_what_needs_action_and_everybody_sees_it(browser: Browser, mall: ServedDay) -> None:
    desk = mall.enter(browser, "operator", viewport={"width": 1920, "height": 1080})
    go(desk, mall, "/")
    live(desk)
    expect(desk).to_have_url(mall.address("/ruang-kendali"))
    row = desk.locator(".act").filter(has=desk.locator(".act-name", has_text="Dukcapil")).first
    expect(row).to_be_visible()
    row.hover()
    row.locator(".act-take").click()
    form = desk.locator("dialog.take")
    form.get_by_role("radio", name="Petugas dalam perjalanan").check()
    form.get_by_role("button", name="Catat").click()
    expect(form).to_have_count(0)
    expect(row).to_contain_text("petugas dalam perjalanan")
    shut(desk, mall, "/admin", "/admin/perangkat", "/integritas", "/loket")
    desk.context.close()

    # Who reads for the head of the region sees what was done about it, and has no button.
    reader = mall.enter(browser, "leadership", viewport={"width": 1920, "height": 1080})
    go(reader, mall, "/ruang-kendali")
    live(reader)
    expect(reader.locator(".act").filter(has_text="petugas dalam perjalanan")).to_be_visible()
    expect(reader.locator(".act-take")).to_have_count(0)
    go(reader, mall, "/instansi/dukcapil")
    live(reader)
    expect(reader.locator(".dk-say")).to_contain_text("Pengendali MPP sudah melihat ini")
    shut(reader, mall, "/admin", "/integritas", "/berkas")
    reader.context.close()


def test_whoever_judges_reads_and_looks_at_reports_leave_a_line(browser: Browser, mall: ServedDay) -> None:
    evaluator = mall.enter(browser, "evaluator")
    go(evaluator, mall, "/")
    evaluator.get_by_role("link", name="Dukcapil").first.click()
    live(evaluator)
    expect(evaluator.locator(".dk-sentence")).to_be_visible()
    shut(evaluator, mall, "/integritas", "/ruang-kendali", "/admin/jejak")
    evaluator.context.close()

    inspector = mall.enter(browser, "inspectorate")
    go(inspector, mall, "/integritas")
    expect(inspector.locator("h1")).to_have_text("Laporan integritas")
    shut(inspector, mall, "/admin/jejak", "/ruang-kendali")
    inspector.context.close()

    administrator = mall.enter(browser, "administrator")
    go(administrator, mall, "/admin/jejak")
    expect(administrator.locator("main tr").filter(has_text=re.compile("inspectorate-"))).to_have_count(1)
    shut(administrator, mall, "/integritas")
    administrator.context.close()


def test_a_new_officer_is_let_in_and_out_again(browser: Browser, mall: ServedDay) -> None:
    """From the one-time password to the first press, and out at once when the account is disabled."""
    desk = mall.enter(browser, "administrator")
    go(desk, mall, "/admin/tambah/orang")
    desk.get_by_label("Nama", exact=True).fill("Tono")
    desk.get_by_label("Nama masuk").fill("tono")
    desk.get_by_label("Peran").select_option("officer")
    desk.locator('input[name="agencies"][value="dukcapil"]').check()
    desk.locator("form button.first").last.click()
    once = desk.locator(".code").inner_text()

    officer = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta").new_page()
    go(officer, mall, "/loket/dukcapil/3")
    officer.get_by_label("Nama masuk").fill("tono")
    officer.get_by_label("Kata sandi").fill(once)
    officer.keyboard.press("Enter")
    expect(officer).to_have_url(mall.address("/akun"))
    go(officer, mall, "/loket/dukcapil/3")
    expect(officer).to_have_url(mall.address("/akun"))  # nothing else before a password of one's own
    officer.locator("[name=old]").fill(once)
    officer.locator("[name=new]").fill(NEW)
    officer.locator("[name=again]").fill(NEW)
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", name="Loket saya")).to_be_visible()
    go(officer, mall, "/loket/dukcapil/3")
    officer.locator('[data-press="open"]').click()
    expect(officer.locator("#desk-state")).to_have_text("Siap melayani")
    shut(officer, mall, "/instansi", "/ruang-kendali", "/admin")
    go(officer, mall, "/loket/dukcapil/3")

    go(desk, mall, "/admin/orang")
    desk.get_by_role("link", name="Tono").click()
    desk.get_by_role("button", name="Nonaktifkan").click()
    expect(desk.get_by_role("button", name="Aktifkan")).to_be_visible()
    officer.locator('[data-press="pause:prayer"]').click()
    expect(officer.locator("#desk-lost")).to_contain_text("Anda sudah keluar")
    officer.reload()
    expect(officer.get_by_label("Nama masuk")).to_be_visible()
    officer.get_by_label("Nama masuk").fill("tono")
    officer.get_by_label("Kata sandi").fill(NEW)
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("alert")).to_be_visible()
    officer.context.close()
    desk.context.close()
