"""Mistakes in the reader's language, and none told that only follows from another."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpp.i18n import words
from mpp.mall import examine, init_text
from mpp.mall.keys import KEYS
from mpp.mall.load import examine_bytes
from tests.mpp.mall.test_load import AGENCY, SERVICE, look


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (init_text().replace("[mall.hours]", "[mall.hour]"), ["mall.hour"]),
        (init_text().replace("[mall.hours]", "[mall.jam]"), ["mall.jam"]),
        (init_text().replace("08.00-15.00", "08:00-25:00"), ["mall.hours.mon-thu"]),
        (init_text().replace("mon-thu = ", "mon-tuh = ", 1), ["mall.hours.mon-tuh"]),
        (init_text().replace('"08.00-12.00"', '"08.00-12.60"'), ["agency[samsat].hours.sat"]),
        (init_text().replace('"tue,thu"', '"tue;thu"'), ["agency[pln].days"]),
        (init_text().replace('"tue,thu"', '"foo,bar"'), ["agency[pln].days", "agency[pln].days"]),
    ],
)
def test_what_only_follows_from_a_mistake_is_not_told(text: str, keys: list[str]) -> None:
    reading = look(text)
    assert [m.key for m in reading.mistakes] == keys, reading.mistakes
    assert reading.warnings == ()


def test_the_mistakes_that_stand_beside_faulty_hours_are_told() -> None:
    text = init_text().replace("[mall.hours]", "[mall.hour]").replace("wait = 15,", "wait = 0,")
    assert [m.key for m in look(text).mistakes] == ["mall.hour", "agency[pln].service[aduan].wait"]
    missing = look(init_text().replace("[mall.hours]", "[mall.breaks.x]").replace("[mall.breaks]", "[x]"))
    assert {m.key for m in missing.mistakes} >= {"x", "mall.breaks.x"}


def test_mistakes_speak_the_language_of_the_reader() -> None:
    text = SERVICE.replace("08.00-15.00", "8-15").replace("WIB", "WIX") + 'wait = "30"\nfoo = 1\n'
    zones = "Pakai WIB, WITA, atau WIT, atau nama IANA seperti Asia/Jakarta"
    told = [str(m) for m in examine_bytes(text.encode(), "mpp.toml", words("id")).mistakes]
    assert told == [
        f"mpp.toml:4: mall.zone: 'WIX' bukan zona waktu. {zones}",
        "mpp.toml:5: mall.hours.mon-fri: '8-15' bukan jam layanan. Tulis \"08.00-15.00\", jam 24",
        "mpp.toml:12: agency[a].service[s].wait: seharusnya angka, bukan teks. Tulis wait = 30",
        "mpp.toml:13: agency[a].service[s].foo: kunci tidak dikenal. Pakai salah satu dari "
        + ", ".join(KEYS["agency.service"]),
    ]
    late = look(AGENCY + 'days = "mon-sat"\n').mistakes[0]
    assert 'hours = { sat = "08.00-12.00" }' in late.remedy
    late = examine_bytes((AGENCY + 'days = "senin-sabtu"\n').encode(), "m", words("id")).mistakes[0]
    assert (late.problem, late.remedy) == (
        "sabtu adalah hari layanan tanpa jam",
        'Tambahkan hours = { sabtu = "08.00-12.00" } atau hapus harinya',
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[mall]\ncode = satu\n", "nilai tidak sah"),
        ('[mall]\nname = "a', "teks tanpa tanda kutip penutup"),
        ("[mall]\n[mall]\n", "tabel ini tertulis dua kali"),
        ("[mall]\ncode = 1\ncode = 2\n", "kunci ini tertulis dua kali"),
        ("[mall\ncode = 1\n", "sesudah nama tabel harus ada ']'"),
        ("code\n", "sesudah kunci harus ada '='"),
        ("code = 08.00\n", "ada yang berlebih sesudah nilai"),
    ],
)
def test_a_text_that_is_no_toml_is_told_in_indonesian(text: str, told: str) -> None:
    (mistake,) = examine_bytes(text.encode(), "x", words("id")).mistakes
    assert "bukan TOML" in mistake.problem
    assert told in mistake.problem
    assert "Teks diapit tanda kutip" in mistake.remedy


def test_files_that_cannot_be_read_are_told_in_indonesian(tmp_path: Path) -> None:
    assert "berkas tidak ada" in str(examine(tmp_path / "x", words("id")).mistakes[0])
    assert "ini folder" in str(examine(tmp_path, words("id")).mistakes[0])
