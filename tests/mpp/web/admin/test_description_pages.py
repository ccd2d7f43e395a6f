"""The mall, its agencies, services, counters and sources, described on pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mpp import create_app
from mpp.live.description import Descriptions, save
from mpp.mall.created import Wanted, add_created
from mpp.mall.model import Mall, Source
from mpp.settings import Settings
from mpp.store import audit, sources
from mpp.web.context import parts_of
from tests.mpp.web import house
from tests.mpp.web.doors import sign_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = house.make_house(tmp_path)
    yield made
    parts_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return sign_in(app, app.test_client(), "administrator")


def mall(app: Flask) -> Mall:
    with parts_of(app).store.read() as tx:
        return Descriptions().versions(tx).newest


def rev(answer: TestResponse) -> str:
    found = re.search(r'name="rev" value="(\d+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


def asked(answer: TestResponse) -> dict[str, str]:
    """What the page that asks once more sends."""
    found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    assert found.keys() == {"rev", "family"}, answer.text
    return found


def load(app: Flask, text: str) -> None:
    """Change mpp.toml."""
    parts = parts_of(app)
    parts.settings.description.write_text(text, encoding="utf-8")
    assert parts.description.load(parts.now()) is not None


def went(answer: TestResponse) -> str:
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)
    return answer.location


def test_an_agency_with_a_service_a_counter_and_a_source_is_added(app: Flask, client: FlaskClient) -> None:
    form = {
        "name": "Badan Karantina",
        "short": "Karantina",
        "letter": "ZZ",
        "mon-open": "8",
        "mon-close": "12:30",
    }
    assert went(client.post("/admin/tambah/instansi", data=form)) == "/admin/instansi/karantina?ok=add"
    assert "Belum ada sumber data" in client.get("/admin/instansi/karantina").text
    service = {
        "name": "Sertifikat Hewan",
        "prefix": "ZZ1",
        "wait": "7,5",
        "done": "3",
        "done-unit": "working_days",
    }
    went(client.post("/admin/tambah/layanan/karantina", data=service))
    assert 'value="1"' in client.get("/admin/tambah/loket/karantina").text
    went(client.post("/admin/tambah/loket/karantina", data={"code": "1", "services": ["sertifikat-hewan"]}))
    asked = client.get("/admin/tambah/sumber?instansi=karantina").text
    assert re.search(r'value="karantina" checked', asked)
    source = {"name": "Karantina", "agencies": ["karantina"], "expected_every": "5m", "required": "1"}
    went(client.post("/admin/tambah/sumber", data=source))
    agency = mall(app).by_code["karantina"]
    (made,) = agency.services
    assert (made.code, made.prefix, made.wait_s) == ("sertifikat-hewan", "ZZ1", 450)
    assert made.done is not None
    assert made.done.working_days == 3
    assert agency.calendar.week is not None
    assert agency.calendar.week[0].open == (8 * 3600, 12 * 3600 + 1800)
    assert agency.counters[0].services == ("sertifikat-hewan",)
    assert mall(app).sources_by_code["karantina"].expected_every_s == 300
    assert "Karantina" in client.get("/admin/instansi").text


def test_what_mpp_toml_says_is_shown_and_cannot_be_changed(app: Flask, client: FlaskClient) -> None:
    before = mall(app)
    for path in ("instansi/dukcapil", "layanan/dukcapil/kk", "loket/dukcapil/1", "sumber/dukcapil"):
        shown = client.get(f"/admin/ubah/{path}").text
        assert "dari mpp.toml" in shown
        assert "<form" not in shown
        client.post(f"/admin/ubah/{path}", data={"name": "Mine", "rev": "0"})
        client.post(f"/admin/akhiri/{path}", data={"rev": "0"})
    twice = client.post("/admin/tambah/instansi", data={"name": "Mine", "code": "dukcapil"})
    assert twice.status_code == 400
    assert "sudah ada" in twice.text
    form = client.get("/admin/mal").text
    assert 'name="dial"' in form
    assert 'name="zone"' not in form
    went(
        client.post(
            "/admin/mal", data={"rev": rev(client.get("/admin/mal")), "dial": "+62 361 555000,,", "name": "X"}
        )
    )
    assert (mall(app).dial, mall(app).name) == ("+62361555000,,", before.name)
    assert mall(app).agencies == before.agencies


def test_mistakes_stand_on_top_and_at_their_fields_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    typed = {
        "name": "",
        "letter": "abc",
        "planned": "banyak",
        "fri-open": "08.00",
        "fri-close": "07.00",
        "zone": "Z&A",
    }
    answer = client.post("/admin/tambah/instansi", data=typed)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'href="#name"' in answer.text
    assert "Tulis angka" in answer.text
    assert 'value="Z&amp;A"' in answer.text
    fixed = typed | {"name": "Baru", "planned": ""}
    answer = client.post("/admin/tambah/instansi", data=fixed)
    assert all(f'href="#{key}"' in answer.text for key in ("letter", "hours"))
    clash = client.post("/admin/tambah/layanan/dukcapil", data={"name": "Baru", "prefix": "A1"})
    assert re.search(r'id="prefix-wrong">[^<]*A1', clash.text)
    assert client.get("/admin/tambah/layanan/nobody").status_code == 404
    assert client.get("/admin/tambah/nonsense").status_code == 404


def test_two_administrators_are_told_of_each_other(app: Flask, client: FlaskClient) -> None:
    went(client.post("/admin/tambah/instansi", data={"name": "Baru", "code": "baru"}))
    theirs = sign_in(app, app.test_client(), "administrator")
    mine = rev(client.get("/admin/ubah/instansi/baru"))
    went(theirs.post("/admin/ubah/instansi/baru", data={"rev": mine, "name": "Satu"}))
    slip = client.post("/admin/ubah/instansi/baru", data={"rev": mine, "name": "Dua", "planned": "x"})
    assert rev(slip) == mine  # so that it is told of the other when the slip is mended
    answer = client.post("/admin/ubah/instansi/baru", data={"rev": mine, "name": "Dua"})
    assert answer.status_code == 400
    assert "mengubah ini pukul" in answer.text
    assert 'value="Dua"' in answer.text
    assert mall(app).by_code["baru"].name == "Satu"
    went(client.post("/admin/ubah/instansi/baru", data={"rev": rev(answer), "name": "Dua"}))
    assert mall(app).by_code["baru"].name == "Dua"
    with parts_of(app).store.read() as tx:
        told = len(audit.entries(tx))
    went(client.post("/admin/ubah/instansi/baru", data={"rev": mine, "name": "Dua"}))
    with parts_of(app).store.read() as tx:
        assert len(audit.entries(tx)) == told  # nothing was changed


def test_a_removal_says_what_happens_and_can_be_taken_back(app: Flask, client: FlaskClient) -> None:
    went(client.post("/admin/tambah/instansi", data={"name": "Baru", "code": "baru"}))
    went(client.post("/admin/tambah/layanan/baru", data={"name": "Surat", "code": "surat"}))
    went(client.post("/admin/tambah/loket/baru", data={"code": "1", "services": ["surat"]}))
    went(
        client.post(
            "/admin/tambah/sumber", data={"name": "S", "code": "s", "agencies": ["baru"], "required": "1"}
        )
    )
    house.add_token(parts_of(app).store, "s", "token-s")
    sent = [house.event(n, source="s", agency="baru", service="surat") for n in (1, 2)]
    house.send(app.test_client(), sent, token="token-s")
    page = client.get("/admin/akhiri/layanan/baru/surat")
    assert "hanya melayani layanan itu: Loket 1" in page.text
    assert "Hapus</button>" not in page.text
    page = client.get("/admin/akhiri/instansi/baru")
    for said in (
        "2 tiket",
        "2 di antaranya belum selesai",
        "Layanannya (1) dan loketnya (1)",
        "dihapus: hari",
    ):
        assert said in page.text
    went(client.post("/admin/tambah/loket/baru", data={"code": "2"}))
    before = mall(app)
    late = client.post("/admin/akhiri/instansi/baru", data=asked(page))
    assert (late.status_code, "loketnya (2)" in late.text, mall(app)) == (400, True, before)
    went(client.post("/admin/akhiri/instansi/baru", data=asked(late)))
    assert "baru" not in mall(app).by_code
    assert mall(app).sources_by_code["s"].agencies == ()
    with parts_of(app).store.read() as tx:
        entry = audit.entries(tx, action="description.end")[0]
    assert went(client.post(f"/admin/jejak/{entry.id}/urungkan")) == "/admin/jejak?ok=undo"
    assert mall(app) == before
    again = client.post(f"/admin/jejak/{entry.id}/urungkan")
    assert again.status_code == 409
    assert "sudah diurungkan" in again.text
    went(client.post("/admin/akhiri/sumber/s", data=asked(client.get("/admin/akhiri/sumber/s"))))
    with parts_of(app).store.read() as tx:
        assert sources.source_of_token(tx, "token-s") is None


def test_holidays_are_added_changed_and_removed(app: Flask, client: FlaskClient) -> None:
    went(client.post("/admin/tambah/libur", data={"code": "2027-03-20", "name": "Idulfitri"}))
    assert "Idulfitri" in client.get("/admin/mal").text
    form = rev(client.get("/admin/ubah/libur/2027-03-20"))
    went(client.post("/admin/ubah/libur/2027-03-20", data={"rev": form, "name": "Idulfitri 1448 H"}))
    assert (mall(app).calendar.holidays[-4][1], len(mall(app).calendar.holidays)) == ("Idulfitri 1448 H", 6)
    page = client.get("/admin/akhiri/libur/2027-03-20")
    went(client.post("/admin/akhiri/libur/2027-03-20", data=asked(page)))
    assert len(mall(app).calendar.holidays) == 5
    wrong = client.post("/admin/tambah/libur", data={"code": "20 Maret", "name": "Idulfitri"})
    assert wrong.status_code == 400
    went(client.post("/admin/tambah/libur", data={"code": "20270320", "name": "Idulfitri"}))
    assert client.get("/admin/ubah/libur/2027-03-20").status_code == 200


def test_an_empty_installation_is_described_from_the_first_page_on(tmp_path: Path) -> None:
    app = create_app(Settings(instance=tmp_path))
    client = sign_in(app, app.test_client(), "administrator")
    assert "Lengkapi data mal dahulu" in client.get("/admin/instansi").text
    assert "Tidak ada mpp.toml" in client.get("/admin").text
    form = {"rev": "0", "code": "mpp-kita", "name": "MPP Kita", "zone": "WITA", "floors": "1, 2"}
    form |= {f"{day}-open": "08.00" for day in ("mon", "tue", "wed")}
    form |= {f"{day}-close": "15.00" for day in ("mon", "tue", "wed")}
    form |= {"schedule-0-from": "2027-02-08", "schedule-0-to": "2027-03-09", "schedule-0-reason": "Ramadan"}
    form |= {"schedule-0-hours": "senin-rabu 08.00-13.00"}
    went(client.post("/admin/mal", data=form))
    went(client.post("/admin/tambah/instansi", data={"name": "Dukcapil", "floor": "2"}))
    found = mall(app)
    assert (found.code, found.zone, found.floors) == ("mpp-kita", "Asia/Makassar", ("1", "2"))
    assert [found.calendar.ranges[0].reason, list(found.by_code)] == ["Ramadan", ["dukcapil"]]
    shown = client.get("/admin/mal").text
    assert "senin-rabu 08.00-13.00" in shown
    went(
        client.post(
            "/admin/mal", data={"rev": rev(client.get("/admin/mal")), "name": "MPP Baru", "zone": "WITA"}
        )
    )
    assert (mall(app).code, mall(app).name) == ("mpp-kita", "MPP Baru")
    parts_of(app).close()


def test_what_waits_beside_the_file_is_shown_with_why(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    went(client.post("/admin/tambah/layanan/dukcapil", data={"name": "Baru", "prefix": "QQ"}))
    file = tmp_path / "mpp.toml"
    file.write_text(file.read_text().replace('prefix = "A1"', 'prefix = "QQ"'), encoding="utf-8")
    parts = parts_of(app)
    parts.description(parts.now())
    shown = client.get("/admin").text
    assert "tidak berlaku" in shown
    assert "layanan/dukcapil/baru" in shown
    assert mall(app).service("dukcapil", "baru") is None
    form = client.get("/admin/ubah/layanan/dukcapil/baru")
    went(
        client.post(
            "/admin/ubah/layanan/dukcapil/baru", data={"rev": rev(form), "name": "Baru", "prefix": "QR"}
        )
    )
    assert mall(app).service("dukcapil", "baru") is not None


def test_what_the_file_says_by_now_keeps_what_was_typed_before(app: Flask, client: FlaskClient) -> None:
    text = '[mall]\ncode = "mpp-contoh"\nname = "MPP"\nzone = "WIB"\n'
    load(app, text)
    form = {f"{day}-{at}": time for day in ("mon", "tue", "wed", "thu", "fri") for at, time in WORKDAY}
    went(client.post("/admin/mal", data=form | {"rev": rev(client.get("/admin/mal"))}))
    load(app, text + 'hours = { mon-fri = "08.00-16.00" }\n')
    before = mall(app)
    assert before.calendar.week is not None
    assert before.calendar.week[0].breaks
    shown = client.get("/admin/mal")
    assert "12.15" in shown.text
    went(client.post("/admin/mal", data={"rev": rev(shown), "dial": "+62 361 555000,,"}))
    assert (mall(app).calendar, mall(app).dial) == (before.calendar, "+62361555000,,")


WORKDAY = (("open", "08.00"), ("close", "15.00"), ("from", "12.15"), ("to", "13.00"))


def test_a_counter_whose_service_is_gone_says_so_until_somebody_decides(
    app: Flask, client: FlaskClient
) -> None:
    text = parts_of(app).settings.description.read_text(encoding="utf-8")
    kk = text.index('code = "kk"')
    load(app, text[:kk] + text[kk:].replace('code = "kk"', 'code = "zz"', 1))
    went(client.post("/admin/tambah/loket/dukcapil", data={"code": "77", "services": ["zz"]}))
    load(app, text)
    form = client.get("/admin/ubah/loket/dukcapil/77")
    assert re.search(r'value="zz" checked', form.text)
    kept = {"rev": rev(form), "services": ["zz"]}
    assert client.post("/admin/ubah/loket/dukcapil/77", data=kept).status_code == 400
    assert not mall(app).has_counter("dukcapil", "77")


def test_a_mall_that_an_import_made_is_described_under_its_code(tmp_path: Path) -> None:
    app = create_app(Settings(instance=tmp_path))
    wanted = Wanted(source=Source("impor", "Impor", (), kind="file"), agencies={"lama": "Lama"})
    with parts_of(app).store.write() as tx:
        save(tx, add_created(None, zone="Asia/Jakarta", wanted=wanted), parts_of(app).now())
    client = sign_in(app, app.test_client(), "administrator")
    form = {"rev": rev(client.get("/admin/mal")), "name": "MPP Kita", "zone": "WIB"}
    went(client.post("/admin/mal", data=form))
    assert (mall(app).code, mall(app).name, list(mall(app).by_code)) == ("mall", "MPP Kita", ["lama"])
    parts_of(app).close()


@pytest.mark.parametrize("typed", ["1_0", "٣", "1e3", "nan", "-5"])
def test_a_number_is_written_in_plain_digits(client: FlaskClient, typed: str) -> None:
    form = {"name": "Baru", "wait": typed, "quota": typed}
    answer = client.post("/admin/tambah/layanan/dukcapil", data=form)
    assert answer.text.count("Tulis angka") == 4  # each on top and at its field


def test_nobody_else_gets_there(app: Flask) -> None:
    paths = ("", "/mal", "/instansi", "/orang", "/sumber", "/jejak.csv", "/tambah/instansi")
    for role in ("manager", "operator", "agency", "officer", "leadership", "evaluator", "inspectorate"):
        client = sign_in(app, app.test_client(), role)
        assert {client.get(f"/admin{path}").status_code for path in paths} == {403}
        assert client.post("/admin/tambah/instansi", data={"name": "X"}).status_code == 403
        assert client.get("/admin/perangkat").status_code == (200 if role == "manager" else 403)
    before = len(mall(app).agencies)
    assert before == 26


def test_a_replay_is_looked_at_and_not_changed(app: Flask, tmp_path: Path) -> None:
    replay = create_app(parts_of(app).settings, mode="replay")
    client = sign_in(replay, replay.test_client(), "administrator")
    assert client.get("/admin/instansi").status_code == 200
    answer = client.post("/admin/tambah/instansi", data={"name": "Baru"})
    assert answer.status_code == 409
    assert "putar ulang" in answer.text
    assert "baru" not in mall(app).by_code
    parts_of(replay).close()
