"""``mpp import tickets`` and ``mpp summary`` as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo

from mpp import create_app
from mpp.cli import cli
from mpp.now import Now
from mpp.settings import Settings
from tests.mpp.sources.kit import GOOD, HEADER, MAP

EVENING = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
Mpp = Callable[..., Result]


@pytest.fixture
def mpp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mpp]:
    """Runs a command line in a folder that holds a file and its map."""
    (tmp_path / "tickets.csv").write_text(HEADER + GOOD)
    (tmp_path / "tickets.map.toml").write_text(MAP)
    monkeypatch.chdir(tmp_path)
    apps = []

    def run(*line: str, locale: str = "en") -> Result:
        app = create_app(
            Settings(instance=tmp_path / "instance", locale=locale), now=Now.starting_at(EVENING)
        )
        apps.append(app)
        shell = CliRunner(env={"MPP_LOCALE": locale})
        return shell.invoke(cli, line, obj=ScriptInfo(create_app=lambda: app, set_debug_flag=False))

    yield run
    for app in apps:
        app.extensions["mpp"].close()


IMPORT = ("import", "tickets", "tickets.csv", "--map", "tickets.map.toml")


def test_an_import_says_what_it_did_in_one_line(mpp: Mpp):
    first = mpp(*IMPORT, "--create")
    assert first.exit_code == 0, first.output
    assert first.output == (
        "tickets.csv: 3 rows read, 3 new, 0 changed, 0 known already. Columns not in the map, dropped: nama. "
        "Created: 1 agencies, 2 services, 1 counters. Days 2026-11-23 to 2026-11-23.\n"
    )
    again = mpp(*IMPORT, locale="id")
    assert again.output.startswith("tickets.csv: 3 baris dibaca, 0 baru, 0 berubah, 3 sudah ada. ")


def test_an_import_tells_a_script(mpp: Mpp):
    with Path("tickets.csv").open("a") as file:
        file.write("4,A4,KK,3,kemarin,,,,,,\n")
    told = json.loads(mpp(*IMPORT, "--create", "--json").output)
    assert (told["read"], told["new"], told["quarantined"]) == (4, 3, {"unreadable_time": 1})
    assert told["created"] == {"mall": True, "agencies": 1, "services": 2, "counters": 1}
    assert (told["first"], told["last"]) == ("2026-11-23", "2026-11-23")
    assert "In quarantine: 1 (time cannot be read: 1); see: mpp quarantine list" in mpp(*IMPORT).output


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (IMPORT, "no mall is described yet: run `mpp init`, or import with --create"),
        (("import", "tickets", "none.csv", "--map", "tickets.map.toml"), "none.csv: cannot be read"),
        (("import", "tickets", "tickets.csv", "--map", "none.toml"), "none.toml: cannot be read"),
        (("import", "tickets", "tickets.csv", "--map", "tickets.csv"), "tickets.csv:1: is not TOML"),
        (("import", "tickets", "tickets.map.toml", "--map", "tickets.map.toml", "--create"), "is missing in"),
    ],
)
def test_what_cannot_be_imported_ends_in_a_sentence(mpp: Mpp, line: tuple[str, ...], words: str):
    found = mpp(*line)
    assert found.exit_code == 1
    assert found.output.startswith("Error: ")
    assert words in found.output


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (IMPORT, "belum ada deskripsi mal: jalankan `mpp init`, atau impor dengan --create"),
        (
            ("import", "tickets", "none.csv", "--map", "tickets.map.toml"),
            "none.csv: tidak dapat dibaca (tidak ada). Beri lokasi sebuah berkas",
        ),
        (
            ("import", "tickets", "tickets.csv", "--map", "none.toml"),
            "none.toml: tidak dapat dibaca (tidak ada). Beri lokasi sebuah peta",
        ),
        (
            ("import", "tickets", "other.csv", "--map", "tickets.map.toml", "--create"),
            "tickets.map.toml: ticket.key menyebut kolom 'id', yang tidak ada di berkas. Kolomnya 'x'",
        ),
        (
            ("import", "tickets", "bad.csv", "--map", "tickets.map.toml", "--create"),
            "bad.csv:2: tidak ada baris yang dapat diambil; yang pertama karena: jumlah kolom salah: the row",
        ),
    ],
)
def test_what_cannot_be_imported_is_told_in_indonesian(mpp: Mpp, line: tuple[str, ...], told: str):
    Path("other.csv").write_text("x\n1\n")
    Path("bad.csv").write_text(HEADER + "1\n")
    assert mpp(*line, locale="id").output.startswith(f"Kesalahan: {told}")


def test_reasons_are_told_in_indonesian(mpp: Mpp):
    with Path("tickets.csv").open("a") as file:
        file.write("4,A4,KK,3,kemarin,,,,,,\n")
    told = mpp(*IMPORT, "--create", locale="id").output
    assert "Masuk karantina: 1 (waktu tidak dapat dibaca: 1); lihat: mpp quarantine list" in told


def test_the_period_can_be_given(mpp: Mpp):
    assert "outside the stated period" in mpp(*IMPORT, "--create", "--to", "2026-11-22").output
    told = json.loads(mpp(*IMPORT, "--create", "--json", "--to", "2026-11-23").output)
    assert (told["new"], told["quarantined"]) == (3, {})
    told = json.loads(mpp(*IMPORT, "--json", "--from", "2026-11-24").output)
    assert (told["unchanged"], told["quarantined"]) == (0, {"out_of_period": 3})


def test_the_summary_as_json(mpp: Mpp):
    assert mpp("summary", "--json").output == "[]\n"
    mpp(*IMPORT, "--create")
    day = ("--from", "2026-11-23", "--to", "2026-11-23")
    found = json.loads(mpp("summary", *day, "--by", "service", "--json").output)
    assert found == [
        {
            "key": "dukcapil/kk",
            "issued": 2,
            "served": 2,
            "no_show": 0,
            "left": 0,
            "unresolved": 0,
            "wait_mean_s": 930,
            "wait_p50_s": 930,
            "wait_p90_s": 1146,
            "wait_p95_s": 1173,
            "service_mean_s": 540,
            "share": None,
        },
        {
            "key": "dukcapil/ktp",
            **dict.fromkeys(("issued", "left"), 1),
            **dict.fromkeys(("served", "no_show", "unresolved"), 0),
            **dict.fromkeys(("wait_mean_s", "wait_p50_s", "wait_p90_s", "wait_p95_s")),
            **dict.fromkeys(("service_mean_s", "share")),
        },
    ]
    assert mpp("summary", "--from", "1990-01-01", "--to", "1990-01-02", "--json").output == "[]\n"


def test_the_summary_for_people(mpp: Mpp):
    assert mpp("summary").output == "There are no tickets yet.\n"
    mpp(*IMPORT, "--create")
    nothing = mpp("summary", "--from", "1990-01-01", "--to", "1990-01-02")
    assert nothing.output == "No tickets were issued from 1990-01-01 to 1990-01-02.\n"
    english, indonesian = mpp("summary").output, mpp("summary", locale="id").output
    assert "Median" in english
    assert "15.5 min" in english
    assert "Nomor" in indonesian
    assert "15,5 mnt" in indonesian
    last = english.splitlines()[-1].split("  ")
    assert last[0] == "dukcapil"
    assert last[-1].strip() == "–"
    assert len({len(line) for line in english.splitlines()[-2:]}) == 1


def test_an_agency_nobody_described_is_told(mpp: Mpp):
    assert mpp("summary", "--agency", "xx").output == "Error: There is no agency xx; there are: -\n"
    mpp(*IMPORT, "--create")
    found = mpp("summary", "--agency", "xx", locale="id")
    assert found.exit_code == 1
    assert found.output == "Kesalahan: Tidak ada instansi xx; yang ada: dukcapil\n"
    assert "dukcapil" in mpp("summary", "--agency", "dukcapil").output


@pytest.mark.parametrize("day", ["01-11-2026", "kemarin", "2026-13-01"])
def test_a_day_that_is_none_says_how_days_are_written(mpp: Mpp, day: str):
    told = mpp("summary", "--from", day, locale="id").output
    assert "tulis TTTT-BB-HH (YYYY-MM-DD)" in told
    assert f"{day!r} is no day: write YYYY-MM-DD" in mpp(*IMPORT, "--from", day).output


def test_a_period_that_ends_before_it_begins(mpp: Mpp):
    found = mpp("summary", "--from", "2026-01-02", "--to", "2026-01-01")
    assert found.exit_code == 2
    assert "--to must not be before --from." in found.output
