"""An agency's morning on a phone, from the door to the way out: what its coordinator reads is true at every
step, whether officers press, the queue system posts, or time alone passes."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.day import SENTENCE, Queue, ServedDay, served_day
from tests.browser.harness import cell, live, problems

pytestmark = pytest.mark.browser

BEFORE_EIGHT = datetime(2026, 11, 23, 0, 50, tzinfo=UTC)
"""Monday 23 November 2026, 07.50 WIB."""
SHOTS = os.environ.get("MPP_TEST_SHOTS", "")
"""A folder for a picture of every station; none are made without it."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDay]:
    with served_day(tmp_path_factory.mktemp("day"), BEFORE_EIGHT) as made:
        made.person("sari", "agency", "dukcapil", name="Sari Wulandari")
        yield made


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    size = ViewportSize(width=390, height=844)
    made = browser.new_context(
        locale="id-ID", timezone_id="Asia/Jakarta", viewport=size, has_touch=True, is_mobile=True
    )
    yield made
    made.close()


class Coordinator:
    """Sari with her phone: her agency's page in one tab, a counter's buttons in another."""

    def __init__(self, day: ServedDay, phone: BrowserContext) -> None:
        self.day = day
        self.page, self.booth = phone.new_page(), phone.new_page()
        self.said = [problems(self.page), problems(self.booth)]
        self.shots = 0

    def signs_in(self) -> None:
        self.page.goto(self.day.address("/"))
        self.seen("door")
        self.page.get_by_label("Nama masuk").fill("sari")
        self.page.get_by_label("Kata sandi").fill(SENTENCE)
        self.page.get_by_role("button", name="Masuk", exact=True).tap()
        live(self.page)
        expect(self.page).to_have_url(self.day.address("/instansi/dukcapil"))

    def reads(self, sentence: str, state: str) -> None:
        """The one sentence, and the state its colour and sign stand for."""
        expect(self.page.locator(".dk-sentence")).to_have_text(sentence)
        expect(self.page.locator(".dk-say")).to_have_attribute("data-state", state)
        self.seen(state)

    def finds(self, **figures: str) -> None:
        """Live cells by their key, with two underscores for a dot. The day's figures are summed anew some
        seconds after a change."""
        self.day.clock.push(0.05)
        for key, text in figures.items():
            expect(cell(self.page, key.replace("__", "."))).to_have_text(text)

    def counter(self, number: int, *words: str, served: str = "0") -> None:
        """What the row of an own counter says."""
        row = self.page.locator(".dk-desks tbody tr").nth(number - 1)
        for text in words:
            expect(row).to_contain_text(text)
        expect(row.get_by_role("cell").nth(3)).to_have_text(served)

    def presses(self, press: str, state: str) -> None:
        """One button of counter 1, some seconds later, and what the counter is then."""
        self.day.clock.push(0.1)
        self.booth.clock.set_fixed_time(self.day.clock())  # a press tells its time by the browser's clock
        self.booth.locator(f'[data-press="{press}"]').tap()
        expect(self.booth.locator("#desk-state")).to_have_text(state)
        self.seen(f"booth {press}", self.booth)

    def follows(self, link: str) -> None:
        """A link, to a page that is there at once."""
        self.page.get_by_role("link", name=link, exact=True).first.click()
        self.page.wait_for_load_state()

    def takes(self, name: str) -> list[dict[str, str]]:
        """The rows of a file."""
        with self.page.expect_download() as begun:
            self.page.get_by_role("link", name=f"{name}, CSV").click()
        text = begun.value.path().read_text(encoding="utf-8-sig")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return list(csv.DictReader(io.StringIO("\n".join(lines)), delimiter=";"))

    def seen(self, name: str, page: Page | None = None) -> None:
        """Nothing is wider than the phone; a picture where pictures are wanted."""
        one = page or self.page
        assert one.evaluate("document.documentElement.scrollWidth") == 390, name
        if SHOTS:
            self.shots += 1
            one.screenshot(path=Path(SHOTS) / f"{self.shots:02}-{name.replace(':', ' ')}.png", full_page=True)


@pytest.mark.timeout(240)  # a whole morning, on a machine that may be busy
def test_a_morning(day: ServedDay, phone: BrowserContext) -> None:
    sari, queue = Coordinator(day, phone), Queue(day, "dukcapil", "kk")
    sari.signs_in()
    not_open_yet(sari, queue)
    a_counter_opens(sari)
    more_come_than_one_counter_serves(sari, queue)
    the_central_system_fails(sari, queue)
    one_after_the_other(sari, queue)
    a_file_is_done_and_collected(sari)
    the_past_and_the_files_tell_the_same(sari)
    the_way_out(sari)
    assert sari.said == [[], []]


def not_open_yet(sari: Coordinator, queue: Queue) -> None:
    sari.reads("Pelayanan Anda mulai 08.00.", "closed")
    sari.finds(d__served="–", q__sum="jumlah yang menunggu tidak diketahui")  # nothing was heard yet: no 0
    queue.passes(22)
    sari.reads("Gerai Anda dijadwalkan buka 08.00 dan belum ada loket yang dibuka.", "not_opened")
    sari.finds(say__seen="Tampil di ruang kendali MPP sejak 08.00, belum ada yang menangani.")
    sari.counter(1, "belum dibuka")
    sari.finds(d__served="0", q__sum="0 menunggu")


def a_counter_opens(sari: Coordinator) -> None:
    booth = sari.booth
    booth.clock.set_fixed_time(sari.day.clock())
    booth.goto(sari.day.address("/instansi/dukcapil/loket"))
    booth.get_by_role("link", name="Tombol loket").tap()
    booth.get_by_role("link", name="Loket 1").tap()
    sari.presses("open", "Siap melayani")
    sari.reads("Belum ada pengunjung hari ini. 1 loket siap melayani.", "calm")
    sari.counter(1, "siap, sejak 08.12")
    sari.counter(2, "belum dibuka")


def more_come_than_one_counter_serves(sari: Coordinator, queue: Queue) -> None:
    for number in ("A3-001", "A3-002", "A3-003"):
        queue.ticket(number, "issued")
    queue.ticket("A3-P04", "issued", priority="lansia")
    sari.reads("Lancar. 4 orang menunggu, paling lama 0 menit (standar 30); 1 dari 8 loket melayani.", "calm")
    sari.finds(q__sum="4 menunggu", d__served__note="dari 4 nomor")
    sari.presses("next", "Memanggil")
    expect(sari.booth.locator(".desk-ticket .number")).to_have_text("A3-P04")  # priority first
    sari.presses("start", "Melayani")
    sari.counter(1, "melayani", "A3-P04")
    queue.passes(25)
    sari.reads(
        "Mulai padat: A3-001 sudah menunggu 25 menit dan 5 menit lagi melewati standar. "
        "Loket 2, 3, dan 5 lainnya belum dibuka.",
        "filling",
    )
    queue.passes(10)
    sari.reads(
        "Melewati standar: 3 orang menunggu lebih dari 30 menit, paling lama A3-001 (35 menit). "
        "1 dari 8 loket melayani; loket 2, 3, dan 5 lainnya belum dibuka.",
        "over",
    )
    sari.page.locator(".dk-queues summary").filter(has_text="Kartu Keluarga").tap()
    expect(sari.page.locator(".dk-tickets li")).to_contain_text(["A3-001", "A3-002", "A3-003"])
    sari.counter(1, "A3-P04", "35 mnt")


def the_central_system_fails(sari: Coordinator, queue: Queue) -> None:
    sari.presses("finish:incomplete", "Siap melayani")
    sari.presses("pause:central_system", "Dijeda")
    sari.reads(
        "Layanan dijeda sejak 08.47 karena gangguan sistem pusat. "
        "3 orang masih menunggu dan belum diberi tahu perkiraan buka kembali.",
        "paused",
    )
    sari.counter(1, "jeda: gangguan sistem pusat, sejak 08.47", served="1")
    sari.finds(d__served="1", d__incomplete="1")
    queue.passes(6)
    sari.presses("resume", "Siap melayani")
    sari.reads(
        "Melewati standar: 3 orang menunggu lebih dari 30 menit, paling lama A3-001 (41 menit). "
        "1 dari 8 loket melayani; loket 2, 3, dan 5 lainnya belum dibuka.",
        "over",
    )


def one_after_the_other(sari: Coordinator, queue: Queue) -> None:
    for minutes, end in ((8, "finish:done"), (5, "finish:accepted")):
        sari.presses("next", "Memanggil")
        sari.presses("start", "Melayani")
        queue.passes(minutes)
        sari.presses(end, "Siap melayani")
    sari.presses("next", "Memanggil")
    queue.passes(2)
    sari.presses("no_show", "Siap melayani")
    sari.reads("Lancar. Tidak ada yang menunggu; 1 dari 8 loket melayani.", "calm")
    sari.counter(1, "siap, sejak 09.0", served="3")
    sari.finds(
        q__sum="0 menunggu", d__served="3", d__served__note="dari 4 nomor", d__share="25 %",
        d__incomplete="1", d__no_show="1",
    )  # fmt: skip


def a_file_is_done_and_collected(sari: Coordinator) -> None:
    page = sari.page
    sari.follows("Berkas")
    row = page.locator("tbody tr")
    expect(row).to_contain_text(["A3-002"])
    expect(row).to_contain_text("24 Nov 2026")
    expect(row).to_contain_text("tinggal 1 hari kerja")
    sari.seen("cases")
    page.get_by_role("button", name="Selesai: nomor A3-002").tap()
    expect(page.get_by_role("status")).to_contain_text("Sudah dicatat.")
    page.get_by_label("Keadaan").select_option("completed")
    page.get_by_role("button", name="Tampilkan").tap()
    expect(row).to_contain_text("tepat waktu")
    page.get_by_role("button", name="Sudah diambil: nomor A3-002").tap()
    expect(page.get_by_text("Tidak ada berkas yang cocok.")).to_be_visible()
    page.get_by_label("Keadaan").select_option("collected")
    page.get_by_role("button", name="Tampilkan").tap()
    expect(row).to_contain_text("A3-002")
    sari.seen("collected")


def the_past_and_the_files_tell_the_same(sari: Coordinator) -> None:
    page = sari.page
    sari.follows("Instansi saya")
    live(page)
    sari.follows("Riwayat")
    expect(page.locator(".hy-answer")).to_have_text(
        "23 Nov 2026: 4 nomor diambil, 3 dilayani, 25 % dalam standar. Data hari pelayanannya ada."
    )
    sari.seen("history")
    (shown,) = page.locator(".hy-table tbody tr").evaluate_all(CELLS)
    sari.follows("Loket")
    first = page.locator(".cd-table tbody tr").first
    expect(first).to_contain_text("sejak 08.12")
    sari.seen("counters")
    pressed = first.inner_text()
    sari.follows("Unduh")
    expect(page.get_by_role("link", name="Hari, CSV")).to_be_visible()
    sari.seen("files")

    day = sari.takes("Hari")[0]  # all services together stand first
    counted = {
        "Nomor diambil": "4", "Selesai": "3", "Berkas belum lengkap": "1", "Tidak hadir": "1",
        "Pergi sebelum dilayani": "0", "Belum terlayani saat tutup": "0",
    }  # fmt: skip
    assert {name: shown[name] for name in counted} == {name: day[name] for name in counted} == counted
    for name in ("Median waktu tunggu", "Waktu tunggu persentil 90", "Rata-rata waktu layanan"):
        assert shown[name] == f"{int(day[name]) // 60}\u00a0mnt", name
    assert (shown["Dalam standar"], day["Bagian dalam standar"]) == ("25 %", "25,0")

    ends = {row["Nomor"]: (row["Akhir"], row["Hasil"]) for row in sari.takes("Nomor antrean")}
    assert ends == {
        "A3-P04": ("dilayani", "berkas belum lengkap"),
        "A3-001": ("dilayani", "selesai di tempat"),
        "A3-002": ("dilayani", "berkas diterima, diproses"),
        "A3-003": ("tidak hadir", ""),
    }
    counter = sari.takes("Loket")[0]
    assert (counter["Dibuka"][11:16], counter["Selesai"]) == ("08:12", "3")
    paused = int(counter["Jeda (dtk): gangguan sistem pusat"])
    assert f"gangguan sistem pusat {paused // 60} mnt" in pressed.replace("\u00a0", " ")


CELLS = """rows => rows.map(row => Object.fromEntries([...row.querySelectorAll('td')]
  .map(cell => [cell.dataset.label, cell.innerText.trim()])))"""


def the_way_out(sari: Coordinator) -> None:
    sari.follows("Menu")
    leave = sari.page.get_by_role("button", name="Keluar")
    expect(leave).to_be_visible()
    sari.seen("menu")
    leave.tap()
    expect(sari.page.get_by_label("Nama masuk")).to_be_visible()
    sari.page.go_back()
    expect(sari.page.get_by_label("Nama masuk")).to_be_visible()
    sari.seen("out")
