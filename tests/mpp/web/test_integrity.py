"""Reports of unofficial fees: who sees them, what of them, and that it is written down who did."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from mpp.access import ROLES
from mpp.store import Read, Write, audit, descriptions, integrity
from mpp.web.context import parts_of
from mpp.web.integrity import PAGE, asked
from tests.mpp.web import doors, house
from tests.world import world


def reported(app: Flask, number: int, comment: str = "", **given: Any) -> None:
    item = house.event(number, "rating.given", score=1, reasons=["unofficial_fee"], **given)
    item["data"] |= {"comment": comment} if comment else {}
    item["data"].pop("number")
    assert house.words(house.send(app.test_client(), item)) == ["accepted"]


def page(app: Flask, query: str = "", role: str = "inspectorate") -> str:
    answer = doors.sign_in(app, app.test_client(), role).get(f"/integritas{query}")
    assert answer.status_code == 200
    return str(answer.text)


def test_a_report_tells_day_agency_service_and_comment_and_nothing_that_points_at_a_visitor(app):
    reported(app, 1, "diminta 50 ribu, hubungi 081234567890", service="kk", counter="3", ago=7200)
    told = page(app)
    assert "diminta 50 ribu" in told
    assert "081234567890" not in told
    assert "Dinas Kependudukan" in told
    main = told[told.index("<main") :]
    assert re.search(r"\d\d[.:]\d\d", main) is None, "no hour"
    assert "A-001" not in main
    assert re.search(r"Loket \d|>3<", main) is None, "no counter"


def test_other_answers_are_not_there(app):
    item = house.event(2, "rating.given", score=1, reasons=["long_wait"], comment="lama sekali")
    item["data"].pop("number")
    house.send(app.test_client(), item)
    assert "lama sekali" not in page(app)
    assert "Belum ada pengunjung" in page(app, role="manager")


def test_nobody_else_looks(app):
    for role in sorted(set(ROLES) - {"manager", "inspectorate", "public"}):
        client = doors.sign_in(app, app.test_client(), role)
        assert client.get("/integritas").status_code == 403, role


def test_every_look_is_written_down(app):
    reported(app, 1)
    client = doors.sign_in(app, app.test_client(), "inspectorate", name="Bu Ani")
    client.get("/integritas?bulan=2026-11&instansi=dukcapil&halaman=2")
    with parts_of(app).store.read() as tx:
        (entry,) = audit.entries(tx, action="integrity.seen")
    assert entry.role == "inspectorate"
    assert entry.what == "integrity"
    assert entry.after == {"bulan": "2026-11", "instansi": "dukcapil", "halaman": 2}


def test_a_replay_shows_none_for_it_cannot_write_who_looked(app):
    reported(app, 1, "diminta uang")
    client = doors.sign_in(app, app.test_client(), "manager")
    object.__setattr__(parts_of(app), "mode", "replay")
    answer = client.get("/integritas")
    assert answer.status_code == 409
    assert "diminta uang" not in answer.text


def test_pages_follow_each_other(app, monkeypatch):
    monkeypatch.setattr("mpp.web.integrity.PAGE", 2)
    for number in range(3):
        reported(app, number, f"laporan {number}")
    first, second = page(app), page(app, "?halaman=2")
    assert sorted(re.findall(r"laporan \d", first + second)) == ["laporan 0", "laporan 1", "laporan 2"]
    assert "Lebih lama" in first
    assert "Lebih lama" not in second
    assert "Lebih baru" in second


@pytest.mark.parametrize(
    "query", ["?halaman=x", "?halaman=-1", "?bulan=2026-13", "?bulan=9999-12", "?bulan=x&instansi=' or 1"]
)
def test_an_address_that_means_nothing_asks_for_nothing(app, query):
    reported(app, 1)
    page(app, query)


def test_a_filter_that_fits_no_report_is_shown_as_chosen(app):
    reported(app, 1)
    told = page(app, "?bulan=2020-02&instansi=samsat")
    assert re.search(r'<option value="2020-02" selected>', told)
    assert re.search(r'<option value="samsat" selected>', told)
    assert "Tidak ada laporan" in told


def test_a_look_reads_no_description_while_others_wait_to_write(app, monkeypatch):
    reported(app, 1)
    asked, real = [], descriptions.newest

    def newest(tx: Read) -> Any:
        asked.append(isinstance(tx, Write))
        return real(tx)

    monkeypatch.setattr(descriptions, "newest", newest)
    page(app)
    assert asked == [False]


def test_months_and_agencies_are_counted_and_chosen(database_url):
    with world(database_url) as w:
        items = [
            w.item("rating.given", None, -minutes, score=1, reasons=["unofficial_fee"]) for minutes in (5, 9)
        ]
        w.send(*items, w.item("rating.given", None, -7, score=4))
        with w.store.read() as tx:
            counts = integrity.counts(tx)
            (day,) = {one.day for one in counts}
            assert [(one.agency, one.n) for one in counts] == [("dukcapil", 2)]
            month = asked({"bulan": f"{day:%Y-%m}"})
            assert month.month is not None
            assert month.last is not None
            assert month.month <= day <= month.last

            def found(first: date | None, last: date | None, agency: str) -> int:
                return len(integrity.reports(tx, first=first, last=last, agency=agency, skip=0, limit=PAGE))

            assert found(month.month, month.last, "dukcapil") == found(None, None, "") == 2
            assert found(None, None, "samsat") == found(None, month.month - timedelta(days=1), "") == 0
