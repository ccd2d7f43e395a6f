"""The tabs about an agency's past and its files: whose data they hold, how they are written."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component
from flask.testing import FlaskClient

from mpp.access import Actor
from mpp.i18n import words
from mpp.live import counter_days, peers
from mpp.live.agency_quality import quality
from mpp.live.agency_read import reading
from mpp.mall.model import Agency, Counter, Mall, Service, Source
from mpp.reports.agency import EXPORTS, sheet
from mpp.reports.csv_file import csv_text
from mpp.reports.order import Order
from mpp.reports.sheets import Column, Sheet, harmless
from mpp.reports.xlsx_file import TooManyRowsError, write_xlsx
from mpp.web.dash_app import Visit
from mpp.web.pages import agency_export, agency_history, agency_quality, agency_ratings
from mpp.web.parts.standing import standing_card
from tests.world import MORNING, WEEK, World, small_mall, world

W = words("id")
TODAY = date(2026, 11, 23)
WEEK_ZONE = ZoneInfo("Asia/Jakarta")
MARK = re.compile(r"zzb|samsat|stnk", re.IGNORECASE)
"""What only the other agency has."""


def two() -> Mall:
    """Two agencies on one source for the whole mall; everything of the second is marked."""
    mall = small_mall()
    first = mall.agencies[0]
    source = Source("semua", "Mesin antrean", ("dukcapil", "zzb"), expected_every_s=60)
    other = Agency(
        code="zzb",
        name="Zzbesar",
        short="ZZB",
        calendar=WEEK,
        services=(Service("zzb-satu", "Zzb layanan", "ZZB", wait_s=1800),),
        counters=(Counter("zzb-7", "Zzb loket"),),
    )
    return replace(mall, agencies=(first, other), sources=(source,))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three weeks of both agencies, with transfers, dirt, ratings and what could not be read."""
    folder = tmp_path_factory.mktemp("past")
    with world(f"sqlite:///{folder / 'mpp.sqlite'}", two()) as made, pytest.MonkeyPatch.context() as patch:
        for days in (21, 14, 7, 0):
            made.clock.at = MORNING - timedelta(days=days)
            made.send(*_morning(made, days), source="semua")
        patch.setattr(peers, "tellable", bool)
        assert peers.tell(made.store, made.clock())
        yield made


def _morning(made: World, days: int) -> Iterator[dict[str, Any]]:
    mine = {"source": "semua"}
    other: dict[str, Any] = {**mine, "agency": "zzb", "service": "zzb-satu"}

    def life(name: str, *minutes: float, counter: str, **data: Any) -> Iterator[dict[str, Any]]:
        steps = ("issued", "called", "started", "finished")
        for step, at in zip(steps, minutes, strict=False):
            more = data if step == "issued" else {**data, "counter": counter}
            yield made.item(f"ticket.{step}", f"{days}-{name}", at, **({"number": name} | more))

    for n in range(6):
        yield from life(f"A{n}", -60, -50, -50, -40 - n, counter="1", **mine)
        yield from life(f"ZZB-{n}", -60, -50, -50, -40, counter="zzb-7", **other)
        rating = {"score": 4 if n else 1, "service": None, **mine}
        fee = {"reasons": ["unofficial_fee", "unfriendly"], "comment": "diminta uang rokok"}
        fine = {"reasons": ["fast"], "comment": f"=cepat {days}"}
        yield made.item("rating.given", None, -30, **rating, **(fine if n else fee))
        yield made.item("rating.given", None, -30, **rating | {"agency": "zzb"}, comment="zzb sekali")
    yield from life("A-cepat", -60, -39, -39, -38.95, counter="2", **mine)
    yield from life("ZZB-cepat", -60, -39, -39, -38.95, counter="zzb-7", **other)
    yield from life("A-alih", -60, -39, counter="2", **mine)
    # Came back after a no-show: nothing to mend.
    yield from life("A-kembali", -60, -55, counter="1", **mine)
    yield made.item("ticket.no_show", f"{days}-A-kembali", -50, number="A-kembali", **mine)
    yield made.item("ticket.called", f"{days}-A-kembali", -45, number="A-kembali", counter="1", **mine)
    goes = {"to_agency": "zzb", "to_service": "zzb-satu", "number": "A-alih", **mine}
    yield made.item("ticket.transferred", f"{days}-A-alih", -30, **goes)
    yield made.item("ticket.issued", f"{days}-baru", -20, **(mine | {"service": "belum-ada"}))
    yield made.item("ticket.issued", f"{days}-zzbaru", -20, **(other | {"service": "zzb-dua"}))
    gone = {"to_agency": "zzb", "to_service": "zzb-hilang", "number": "A1", **mine}
    yield made.item("ticket.transferred", f"{days}-A1", -10, **gone)


def visit(made: World, agency: str = "dukcapil", **query: str) -> Visit:
    actor = Actor("agency", agencies=frozenset({agency}))
    return Visit(made.board(), W, query, {"agency": agency}, actor, made.store)


TABS = {
    "history": agency_history.history_tab,
    "ratings": agency_ratings.ratings_tab,
    "quality": agency_quality.quality_tab,
    "export": agency_export.export_tab,
    "standing": standing_card,
}


def told(component: Component) -> str:
    """Everything a page sends: texts, addresses, styles."""
    return str(component.to_plotly_json()) + "".join(
        str(child.to_plotly_json()) for child in component._traverse() if isinstance(child, Component)
    )


def file_of(made: World, name: str, kind: str, folder: Path, agency: str = "dukcapil") -> str:
    order = Order(made.store, agency, TODAY - timedelta(days=60), TODAY, made.clock(), W)
    if kind == "csv":
        return "".join(csv_text(sheet(name, order)))
    path = folder / f"{name}.xlsx"
    write_xlsx(sheet(name, order), path)
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(part).decode() for part in book.namelist())


def test_no_page_and_no_file_holds_anything_of_another_agency(full: World, tmp_path: Path):
    for per in ("hari", "minggu", "bulan"):
        for name, tab in TABS.items():
            said = told(tab(visit(full, per=per)))
            assert not MARK.search(said), name
    for name in EXPORTS:
        for kind in ("csv", "xlsx"):
            assert not MARK.search(file_of(full, name, kind, tmp_path)), (name, kind)


def test_the_marks_are_there_for_whom_they_belong_to(full: World, tmp_path: Path):
    """Without this the test above could find nothing because nothing is there."""
    for name in ("quality", "ratings", "history"):
        assert "zzb" in told(TABS[name](visit(full, "zzb"))).lower()
    for name in EXPORTS:
        assert MARK.search(file_of(full, name, "csv", tmp_path, "zzb"))


def test_a_transfer_outside_says_only_that(full: World, tmp_path: Path):
    rows = [row for row in table(file_of(full, "tickets", "csv", tmp_path)) if row[1] == "A-alih"]
    assert [row[14] for row in rows] == ["ke instansi lain"] * 4


def test_the_file_of_faults_holds_those_of_the_screen(full: World):
    order = Order(full.store, "dukcapil", TODAY, TODAY, full.clock(), W)
    with reading(full.store) as (tx, judge):
        found = quality(tx, judge, "dukcapil", [TODAY])
    rows = list(sheet("quality", order).rows)
    assert len(rows) == found.total > 0
    assert "A-kembali" not in {row[1] for row in rows}


def test_the_file_of_counters_knows_no_more_than_the_page(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    """A number whose finish was never pressed was served as long as is usual, in both."""
    monkeypatch.setattr(counter_days, "_far", lambda *_: {"dukcapil": {"kk": 1200.0}})
    with world(sqlite_url) as made:
        made.send(made.item("counter.opened", None, -90, counter="1"))
        made.send(*made.life("a", -80, -70, -69), *made.life("b", -60, -20, -19, -10))
        order = Order(made.store, "dukcapil", TODAY, TODAY, made.clock(), W)
        row = next(row for row in sheet("counters", order).rows if row[1] == "1")
        assert (row[9], row[10], row[-1]) == (30 * 60, None, None)


def test_services_that_are_described_no_more_have_their_rows(sqlite_url: str):
    with world(sqlite_url) as made:
        made.send(*made.life("a", -60, -50, -50, -40), *made.life("b", -60, service="ktp"))
        mall = small_mall()
        only = replace(mall.agencies[0], services=mall.agencies[0].services[1:])
        made.describe(replace(mall, agencies=(only, *mall.agencies[1:])))
        order = Order(made.store, "dukcapil", TODAY, TODAY, made.clock(), W)
        rows = [(row[2], row[3]) for row in sheet("days", order).rows]
        assert rows == [(None, 2), ("ktp", 1), ("kk", 1)]


def test_reports_of_fees_are_nowhere(full: World, tmp_path: Path):
    everything = told(agency_ratings.ratings_tab(visit(full)))
    everything += "".join(file_of(full, name, kind, tmp_path) for name in EXPORTS for kind in ("csv", "xlsx"))
    assert "biaya di luar" not in everything
    assert "uang rokok" not in everything
    assert "=cepat 0" in everything


def test_comments_stand_in_whole_groups_and_faces_only_of_whole_months(full: World):
    said = told(agency_ratings.ratings_tab(visit(full)))
    assert "Ditampilkan setelah bulan pertama lengkap" in said  # all answers are of November
    assert said.count("=cepat 0") % 4 == 0
    assert "=cepat 0" in said  # four of the five answers of the group had words to show


def test_ratings_of_any_days_are_those_of_their_whole_month(full: World):
    def rows(first: date, last: date) -> list[list[str]]:
        made = sheet("ratings", Order(full.store, "dukcapil", first, last, full.clock(), W))
        return table("".join(csv_text(made)))

    assert rows(date(2026, 11, 9), date(2026, 11, 9)) == rows(date(2026, 11, 1), TODAY)


def table(text: str) -> list[list[str]]:
    """The rows of a CSV without what tells of it."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    return [row for row in rows if not row[0].startswith("# ")][1:]


def test_a_file_says_whose_it_is_and_writes_days_as_days(full: World, tmp_path: Path):
    text = file_of(full, "days", "csv", tmp_path)
    assert text.startswith("\ufeff# Hari")
    assert "# Instansi;Dinas Kependudukan" in text
    assert "# Sumber;Mesin antrean: terakhir melapor 23 Nov 2026 09.40" in text
    assert "# Nomor diambil;" in text
    rows = table(text)
    assert [row[0] for row in rows if row[2] == "" and row[3]] == [
        "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"
    ]  # fmt: skip
    gap = next(row for row in rows if row[0] == "2026-11-03")
    assert gap[3:17] == [""] * 14
    share = [row[14] for row in rows if row[0] == "2026-11-23" and not row[2]]
    assert share == ["100,0"]


def test_the_comments_of_a_file_are_no_formulas(full: World, tmp_path: Path):
    text = file_of(full, "ratings", "csv", tmp_path)
    assert "'=cepat 7" in text
    assert not re.search(r"(^|;)=", text, re.MULTILINE)
    assert "<f>" not in file_of(full, "ratings", "xlsx", tmp_path)


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@x", "\t=1", "  =1", "\r=1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_made_a_text(text: str):
    assert harmless(text) == f"'{text}"
    assert harmless("A3-042") == "A3-042"


def test_a_workbook_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mpp.reports.xlsx_file.ROWS_MOST", 3)
    rows = [(n,) for n in range(4)]
    made = Sheet("x", (), (Column("n", "count"),), rows, WEEK_ZONE)
    with pytest.raises(TooManyRowsError):
        write_xlsx(made, tmp_path / "x.xlsx")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("2026-11-24x", ""), "Tanggal ditulis seperti"),
        (("2026-11-20", "2026-11-02"), "sesudah hari terakhir"),
        (("2020-01-01", ""), "satu berkas memuat paling banyak 400"),
        (("2027-01-01", "2027-01-02"), "belum tiba"),
    ],
)
def test_days_asked_for_wrongly_are_answered_in_words(given: tuple[str, str], said: str):
    with pytest.raises(agency_export.PeriodError, match=said):
        agency_export.period(*given, TODAY, W)
    assert agency_export.period("", "", TODAY, W) == (TODAY - timedelta(days=27), TODAY)
    assert agency_export.period("2026-11-20", "2026-12-31", TODAY, W) == (date(2026, 11, 20), TODAY)


def test_the_files_by_http(client: FlaskClient):
    root = "/instansi/dukcapil/unduh"
    book = client.get(f"{root}/days.xlsx?from=2026-11-01&to=2026-11-07")
    assert book.status_code == 200
    assert book.data.startswith(b"PK")
    name = "dukcapil-days-2026-11-01-2026-11-07.xlsx"
    assert book.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert book.headers["Cache-Control"] == "no-store"
    text = client.get(f"{root}/tickets.csv?lang=en")
    assert text.content_type == "text/csv; charset=utf-8"
    assert text.data.startswith("\ufeff# Tickets".encode())
    wrong = client.get(f"{root}/days.csv?from=1<script>")
    assert (wrong.status_code, wrong.mimetype) == (400, "text/plain")
    assert "script" not in wrong.text
    assert "Tanggal ditulis seperti 2026-11-23" in client.get(f"{root}/days.csv?from=x&lang=id").text
    for path in (f"{root}/secrets.csv", f"{root}/days.pdf", "/instansi/nobody/unduh/days.csv"):
        assert client.get(path).status_code == 404
    # So often and no more: the next is told when to come again.
    answers = [client.get(f"{root}/months.csv") for _ in range(30)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
