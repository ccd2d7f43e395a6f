"""Taking a row of *Perlu tindakan* in a real browser, from the wall and from the phone."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.harness import FakeApp, live
from tests.mpp.web import house
from tests.mpp.web.served import Served

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SILENT = -1
"""An answer that never comes."""
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def beat() -> float:
    return 0.1


class Desk:
    """A page with rows, and an endpoint whose answers a test chooses; None: nobody answers."""

    def __init__(self, page: Page, app: FakeApp) -> None:
        self.page, self.app = page, app
        self.answers: list[int | None] = []
        self.silent: list[Route] = []
        self.sent: list[dict[str, Any]] = []
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.route("**/api/v1/actions", self._answer)
        app.set(board="wall")

    def _answer(self, route: Route) -> None:
        self.sent.append(json.loads(route.request.post_data or ""))
        status = self.answers.pop(0) if self.answers else 200
        if status == SILENT:
            self.silent.append(route)
            return
        if status is None:
            route.abort("connectionrefused")
        else:
            route.fulfill(status=status, content_type="application/json", body='{"status": "taken"}')

    def phone(self, query: str = "") -> None:
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self._show(f"/ringkas{query}")

    def wall(self, query: str = "") -> None:
        self.page.set_viewport_size({"width": 1920, "height": 1080})
        self._show(f"/ruang-kendali{query}")

    def _show(self, path: str) -> None:
        self.page.goto(self.app.url + path)
        live(self.page)
        self.row("Samsat").wait_for()

    def row(self, name: str) -> Locator:
        return self.page.locator(".act", has=self.page.locator(".act-name", has_text=name))

    @property
    def form(self) -> Locator:
        return self.page.locator("dialog.take")

    @property
    def problem(self) -> Locator:
        return self.form.get_by_role("alert")

    def open(self, name: str = "Samsat") -> None:
        self.row(name).hover()
        self.row(name).locator(".act-take").click()
        expect(self.form).to_be_visible()

    @property
    def chosen(self) -> Locator:
        return self.form.get_by_role("radio", name="Petugas dalam perjalanan")

    def fill(self) -> None:
        self.chosen.check()

    def send(self) -> None:
        self.form.get_by_role("button", name="Catat").click()

    def recorded(self) -> None:
        expect(self.page.get_by_role("status").filter(has_text="Tercatat.")).to_be_visible()
        expect(self.form).to_have_count(0)


@pytest.fixture
def desk(tab: Page, standing: FakeApp) -> Iterator[Desk]:
    yield from sat_at(tab, standing)


@pytest.fixture
def timed(page: Page, standing: FakeApp) -> Iterator[Desk]:
    """A desk in a browser whose clock the test moves."""
    page.clock.install()
    yield from sat_at(page, standing)


def sat_at(page: Page, app: FakeApp) -> Iterator[Desk]:
    made = Desk(page, app)
    yield made
    for route in made.silent:
        route.abort()
    assert made.problems == []


def test_a_row_is_taken_on_the_phone(desk: Desk) -> None:
    desk.phone()
    desk.open()
    expect(desk.form.get_by_text("Samsat — 18 menunggu, tidak ada loket")).to_be_visible()
    desk.fill()
    desk.form.get_by_role("radio", name="30 mnt").check()
    desk.send()
    desk.recorded()
    assert len(desk.sent) == 1
    sent = desk.sent[0]
    assert UUID4.fullmatch(sent.pop("id"))
    assert re.fullmatch(r"nobody_serving/samsat/\d{8}T\d{6}Z", sent.pop("episode"))
    assert sent == {"note": "petugas dalam perjalanan", "minutes": 30}, "who it is the server knows"


def test_the_whole_row_answers_on_the_wall(desk: Desk) -> None:
    desk.wall()
    button = desk.row("Samsat").locator(".act-take")
    assert button.evaluate("e => getComputedStyle(e).clipPath") != "none"
    desk.row("Samsat").hover()
    assert button.evaluate("e => getComputedStyle(e).clipPath") == "none"
    desk.row("Samsat").locator(".act-what").click()
    desk.fill()
    desk.send()
    desk.recorded()
    assert desk.sent[0]["minutes"] == 15
    # A row that somebody has taken can be taken again.
    expect(desk.row("Samsat")).to_contain_text("Ditangani 09.31")
    desk.open("Samsat")


def test_a_thumb_that_scrolls_over_a_row_opens_nothing(desk: Desk) -> None:
    desk.phone()
    desk.row("Samsat").locator(".act-what").click()
    expect(desk.form).to_have_count(0)


def test_own_words_replace_the_offered_ones(desk: Desk) -> None:
    desk.phone()
    desk.open()
    desk.fill()
    own = desk.form.get_by_label("Atau tulis sendiri")
    own.fill("Ditelepon dua kali")
    assert desk.form.locator('[name="note"]:checked').count() == 0
    desk.form.get_by_role("radio", name="Tanpa batas").check()
    desk.send()
    desk.recorded()
    assert (desk.sent[0]["note"], desk.sent[0]["minutes"]) == ("Ditelepon dua kali", None)
    desk.open()
    own.fill("x")
    desk.form.get_by_role("radio", name="Sudah ditelepon").check()
    assert own.input_value() == ""


def test_nothing_is_sent_before_it_says_what(desk: Desk) -> None:
    desk.phone()
    desk.open()
    desk.send()
    expect(desk.problem).to_have_text("Pilih apa yang dilakukan, atau tulis sendiri.")
    expect(desk.form.get_by_role("radio").first).to_be_focused()
    assert desk.sent == []


def test_what_could_not_be_sent_stays_and_is_the_same_entry_again(desk: Desk) -> None:
    desk.phone()
    desk.answers = [None, 503, 200]
    desk.open()
    desk.fill()
    for says in ("Belum diketahui apakah tersimpan. Coba lagi.", "Belum terkirim. Coba lagi."):
        desk.send()
        expect(desk.problem).to_have_text(says)
    expect(desk.chosen).to_be_checked()
    desk.send()
    desk.recorded()
    assert len(desk.sent) == 3
    assert len({one["id"] for one in desk.sent}) == 1


def test_other_words_after_a_failure_are_another_entry(desk: Desk) -> None:
    desk.phone()
    desk.answers = [503, 200]
    desk.open()
    desk.fill()
    desk.send()
    expect(desk.problem).to_have_text("Belum terkirim. Coba lagi.")
    desk.form.get_by_role("radio", name="Sudah ditelepon").check()
    desk.send()
    desk.recorded()
    assert len({one["id"] for one in desk.sent}) == 2


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (404, "Baris ini sudah selesai"),
        (409, "Baris ini sudah selesai"),
        (401, "masuk lagi"),
        (403, "masuk lagi"),
        (400, "Tidak diterima"),
        (429, "Belum terkirim"),
        (504, "Belum diketahui"),
        (500, "Belum terkirim"),
    ],
)
def test_every_refusal_is_said(desk: Desk, status: int, says: str) -> None:
    desk.phone()
    desk.answers = [status]
    desk.open()
    desk.fill()
    desk.send()
    expect(desk.problem).to_contain_text(says)
    expect(desk.form.get_by_role("button", name="Catat")).to_be_visible(visible=status not in {404, 409})


def test_two_clicks_send_once(desk: Desk) -> None:
    desk.phone()
    desk.open()
    desk.fill()
    desk.form.get_by_role("button", name="Catat").dblclick()
    desk.recorded()
    assert len(desk.sent) == 1


def test_a_server_that_is_busy_is_waited_for(timed: Desk) -> None:
    """It answers after 15.3 s at most; after 20 s nobody knows whether it was recorded."""
    timed.phone()
    timed.answers = [SILENT, 200]
    timed.open()
    timed.fill()
    timed.send()
    timed.page.clock.run_for(12_000)
    expect(timed.problem).to_have_text("Mengirim …")
    timed.page.clock.run_for(12_000)
    expect(timed.problem).to_have_text("Belum diketahui apakah tersimpan. Coba lagi.")
    timed.send()
    timed.recorded()
    assert len({one["id"] for one in timed.sent}) == 1


def test_a_form_closed_while_it_sends_can_send_again(desk: Desk) -> None:
    desk.phone()
    desk.answers = [SILENT, 200]
    desk.open()
    desk.fill()
    desk.send()
    expect(desk.problem).to_have_text("Mengirim …")
    desk.page.keyboard.press("Escape")
    expect(desk.form).to_have_count(0)
    desk.open()
    expect(desk.form.get_by_role("radio", name="Petugas dalam perjalanan")).to_be_checked()
    desk.send()
    desk.recorded()
    assert len(desk.sent) == 2
    assert len({one["id"] for one in desk.sent}) == 1, "the same words are the same entry"
    desk.open()
    desk.fill()
    desk.send()
    desk.recorded()
    assert len({one["id"] for one in desk.sent}) == 2, "taken once more"


def passes(page: Page, seconds: int) -> None:
    """Let the browser's clock run, with beats in between."""
    for _ in range(seconds):
        page.clock.run_for(1000)


def test_a_form_that_somebody_left_on_the_wall_closes_and_is_kept(timed: Desk) -> None:
    page = timed.page
    timed.wall("?rotate=15")
    timed.open()
    timed.fill()
    own = timed.form.get_by_label("Atau tulis sendiri")
    own.fill("sedang dicari")
    passes(page, 40)  # its clock goes by itself, too
    expect(timed.form).to_be_visible()
    own.press_sequentially("!")
    passes(page, 40)
    expect(timed.form).to_be_visible()
    passes(page, 25)
    expect(timed.form).to_have_count(0)
    here = page.locator("#stops li[aria-current]")
    for _ in range(100):  # a late beat makes the page stay for a while
        if "Ikhtisar" not in (here.text_content() or ""):
            break
        passes(page, 3)
    expect(here).not_to_contain_text("Ikhtisar")
    timed.open("PLN")
    assert timed.form.get_by_label("Atau tulis sendiri").input_value() == "", "another row's form"
    page.keyboard.press("Escape")
    expect(timed.form).to_have_count(0)
    timed.open()
    assert own.input_value() == "sedang dicari!"
    timed.form.get_by_role("button", name="Batal").click()
    expect(timed.form).to_have_count(0)
    timed.open()
    assert own.input_value() == "", "what was cancelled is not kept"


def test_a_form_left_on_the_phone_stays(timed: Desk) -> None:
    timed.phone()
    timed.open()
    timed.page.clock.run_for(200_000)
    expect(timed.form).to_be_visible()


@pytest.mark.parametrize("place", ["wall", "phone"])
def test_the_keyboard_alone_is_enough(desk: Desk, place: str) -> None:
    getattr(desk, place)()
    page = desk.page
    button = desk.row("Samsat").locator(".act-take")
    for _ in range(60):
        if button.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    assert button.evaluate("e => getComputedStyle(e).clipPath") == "none"
    page.keyboard.press("Enter")
    expect(desk.form).to_be_visible()
    page.keyboard.press("Escape")
    expect(desk.form).to_have_count(0)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    desk.recorded()
    expect(button).to_be_focused()
    assert (desk.sent[0]["note"], desk.sent[0]["minutes"]) == ("sudah ditelepon", 30)


def test_focus_returns_to_the_row_wherever_it_went(desk: Desk) -> None:
    desk.phone()
    desk.open("Dukcapil")
    episode = desk.row("Dukcapil").locator("[data-episode]").get_attribute("data-episode")
    desk.app.set(board="over")
    # Its place is now another one's, or its own row is over: what is open stays open.
    expect(desk.row("Samsat")).to_contain_text("selesai")
    expect(desk.form).to_be_visible()
    desk.app.set(board="many")
    page = desk.page
    page.locator(f'[data-episode="{episode}/0"]').wait_for()
    page.keyboard.press("Escape")
    expect(desk.form).to_have_count(0)


def test_a_page_drawn_anew_leaves_the_form_alone(desk: Desk) -> None:
    desk.phone()
    desk.open()
    desk.fill()
    desk.app.set(board="fewer")
    desk.page.wait_for_function("() => !document.querySelector('[data-episode]')")
    expect(desk.chosen).to_be_checked()
    desk.send()
    desk.recorded()


def test_a_row_past_its_until_says_so(desk: Desk) -> None:
    desk.phone()
    row = desk.row("Pertanahan")
    expect(row).to_contain_text("sampai 09.39")
    expect(row.locator(".act-past")).to_be_visible()
    expect(desk.row("Samsat")).to_contain_text("sampai 09.45")
    expect(desk.row("Samsat").locator(".act-past")).to_be_hidden()


@pytest.mark.parametrize("place", ["wall", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_form_is_accessible(desk: Desk, place: str, theme: str) -> None:
    getattr(desk, place)(f"?theme={theme}")
    desk.open()
    desk.fill()
    found = Axe().run(desk.page)
    assert found.violations_count == 0, found.generate_report()


ROW = """row => {
  row.setAttribute('data-state', 'breach free over/dukcapil/20261123T010000Z');
  row.innerHTML = '<div class="act-text" data-episode="over/dukcapil/20261123T010000Z">' +
    '<p class="act-what" id="act-0-what">Dukcapil</p></div>';
}"""


def test_the_product_itself_takes_what_the_form_sends(page: Page, tmp_path: Path) -> None:
    """It knows no such row and says so: what was sent was understood, under its own security policy."""
    shutil.copy(house.EXAMPLE, tmp_path / "mpp.toml")
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if "Content Security" in m.text else None)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    with Served(tmp_path) as served:
        name, value = served.cookie("operator")
        address = f"http://127.0.0.1:{served.port}"
        page.context.add_cookies([{"name": name, "value": value, "url": address}])
        page.goto(f"{address}/ringkas")
        live(page)  # until then Dash has yet to draw over the first picture
        page.locator('[data-live="act.0"]').evaluate(ROW)
        page.locator(".act-take").first.click()
        form = page.locator("dialog.take")
        form.get_by_role("radio", name="Petugas dalam perjalanan").check()
        with page.expect_response("**/api/v1/actions") as answer:
            form.get_by_role("button", name="Catat").click()
        assert answer.value.status == 404, answer.value.text()
        expect(form.get_by_role("alert")).to_contain_text("Baris ini sudah selesai")
        page.goto("about:blank")
    assert problems == []
