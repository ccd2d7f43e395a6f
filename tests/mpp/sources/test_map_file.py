"""A map is read, or every mistake in it is named with file, line, key and remedy."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.i18n import words
from mpp.sources.map_file import MOST_BYTES, parse_map, read_map
from mpp.sources.mistakes import FileError, MapError
from mpp.sources.ticket_map import TicketMap
from tests.mpp.sources.kit import EXAMPLES, MAP, ticket_map


def mistakes(text: str) -> list[str]:
    with pytest.raises(MapError) as error:
        parse_map(text.encode(), "m.toml")
    return [str(mistake) for mistake in error.value.mistakes]


def test_a_map_is_read_with_its_defaults():
    found = ticket_map()
    assert (found.encoding, found.delimiter, found.first, found.last) == ("utf-8-sig", ",", None, None)
    assert (found.source, found.source_name) == ("export", "export")
    assert found.steps == ("issued", "called", "started", "finished")
    assert found.columns()["ambil"] == "times.issued"
    assert "nama" not in found.columns()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*-tickets.map.toml")), ids=lambda path: path.name)
def test_the_examples_are_in_order(path: Path):
    found = read_map(path)
    assert found.first is not None
    assert found.last is not None
    assert found.first < found.last


def test_steps_come_from_the_columns_unless_stated():
    assert ticket_map(MAP.replace('steps = ["issued", "called", "started", "finished"]', "")).steps == (
        "issued",
        "called",
        "started",
        "finished",
    )


@pytest.mark.parametrize(
    ("change", "to", "wanted"),
    [
        ("zone =", "zona =", ["m.toml: zona: is no known key. Did you mean", "m.toml: zone: is missing"]),
        ('"Asia/Jakarta"', '"Asia/Jakarte"', ["m.toml:2: zone: 'Asia/Jakarte' is no time zone. Use an IANA"]),
        ('code = "export"', 'code = "Ekspor!"', ["source.code: 'Ekspor!' is no code. Use a-z"]),
        ('code = "export"', 'code = "mpp"', ['source.code: "mpp" is kept for events of the monitor itself']),
        ('number = "no"', "", ['ticket.number: is missing. Add number = "..."']),
        ('key = ["id"]', "key = []", ["ticket.key: [] names no columns. Write key ="]),
        ('key = ["id"]', "", ["ticket.key: is missing. Write key ="]),
        ('{ constant = "dukcapil" }', "{ konstan = 1 }", ["ticket.agency: needs a column or a constant"]),
        (
            '{ constant = "dukcapil" }',
            '{ constant = "x", column = "y" }',
            ["ticket.agency: needs a column or"],
        ),
        ('"finished"]', '"done"]', ["steps: 'done' is no step. Use one of issued"]),
        ('ended = "selesai"', "", ["steps: finished has no column. Add ended ="]),
        ('selesai = "served"', 'selesai = "dilayani"', ["outcome.words.selesai: 'dilayani' is not allowed"]),
        (
            "[times]",
            '[times]\nformat = "%d/%m %H:%M"',
            ["times.format: '%d/%m %H:%M' is no format of a full"],
        ),
        ("[times]", '[times]\nformat = "%Y%Y"', ["times.format: '%Y%Y' is no format of a full date"]),
        ("[times]", '[times]\nformat = "%Y-%m-%d"', ["times.format: '%Y-%m-%d' is no format of a full date"]),
        ("zone =", 'delimiter = ";;"\nzone =', ["delimiter: ';;' cannot part columns"]),
        ("zone =", 'encoding = "utf-9"\nzone =', ["encoding: 'utf-9' is no encoding"]),
        ("zone =", 'encoding = "base64"\nzone =', ["encoding: 'base64' is no encoding"]),
        (
            "[ticket]",
            '[period]\nfirst = "1999"\n[ticket]',
            ["period.first: '1999' is no date. Write 2026-11-23"],
        ),
        (
            "[ticket]",
            "[period]\nfirst = 2026-02-02\nlast = 2026-01-01\n[ticket]",
            ["period.last: 2026-01-01 is before 2026-02-02"],
        ),
        (
            'service = "layanan"',
            'service = { column = "l", labels = { KK = "K K" } }',
            ["labels.KK: 'K K' is not"],
        ),
        ("[source]", "[sumber]", ["sumber: is no known key", "source: is missing. Add a table [source]"]),
    ],
)
def test_a_mistake_names_file_key_and_remedy(change: str, to: str, wanted: list[str]):
    assert change in MAP
    found = mistakes(MAP.replace(change, to, 1))
    for text in wanted:
        assert any(text.removeprefix("m.toml: ") in line for line in found), found
    assert all(line.startswith("m.toml") for line in found)


def test_mistakes_speak_the_language_of_the_reader(tmp_path: Path):
    text = MAP.replace("zone =", "zona =", 1).replace('code = "export"', 'code = "Ekspor!"')
    with pytest.raises(MapError) as error:
        parse_map(text.encode(), "m.toml", words("id"))
    assert [str(mistake) for mistake in error.value.mistakes] == [
        'm.toml: zone: belum ada. Tambahkan zone = "Asia/Jakarta", zona waktu dalam berkas',
        'm.toml:2: zona: kunci tidak dikenal. Maksudnya "zone"?',
        "m.toml:5: source.code: 'Ekspor!' bukan kode. Pakai a-z, 0-9, dan -, misalnya \"queue-export\"",
    ]
    with pytest.raises(MapError, match=r"m\.toml:2: bukan TOML: nilai tidak sah\. Perbaiki bagian itu"):
        parse_map(b"\nzone = Jakarta\n", "m.toml", words("id"))
    with pytest.raises(FileError, match=r"tidak dapat dibaca \(tidak ada\)\. Beri lokasi sebuah peta"):
        read_map(tmp_path / "nowhere.toml", words("id"))


def test_every_mistake_is_named_at_once():
    found = mistakes('zone = "x"\n[source]\ncode = "A"\n[ticket]\nkeys = 1\n[times]\n')
    assert len(found) >= 6
    assert found == sorted(found, key=lambda line: int(line.split(" ")[0].split(":")[1] or 0))


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00",
        b"[" * 5000,
        b"a = " + b"9" * 5000,
        b"zone = ",
        b"",
        b"\x1f\x8b\x08garbage",
        b"a=[" * 5000,
    ],
)
def test_what_is_no_map_is_told_so(raw: bytes):
    with pytest.raises(MapError):
        parse_map(raw, "m.toml")


def test_a_file_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(FileError, match=r"nowhere\.toml: cannot be read"):
        read_map(tmp_path / "nowhere.toml")
    with pytest.raises(FileError, match="cannot be read"):
        read_map(tmp_path)
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(FileError, match="is this the data"):
        read_map(huge)


@given(st.binary(max_size=300))
def test_random_bytes_give_a_map_or_clear_mistakes(raw: bytes):
    try:
        assert isinstance(parse_map(raw, "m.toml"), TicketMap)
    except MapError as error:
        assert error.mistakes  # noqa: PT017 clear mistakes are one of two good ends


VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PLACES = st.sampled_from(
    [
        *("zone", "encoding", "delimiter", "steps", "period", "times", "times.format", "times.issued"),
        *("source", "source.code", "source.name", "outcome", "outcome.words", "outcome.column", "result"),
        *("ticket", "ticket.key", "ticket.number", "ticket.priority", "ticket.visit"),
        *("ticket.agency", "ticket.agency.constant", "ticket.agency.labels"),
    ]
)


@given(st.lists(st.tuples(PLACES, VALUES), min_size=1, max_size=3))
def test_any_value_at_any_key_gives_a_map_or_clear_mistakes(changes: list[tuple[str, object]]):
    from mpp.mall.mistakes import Notes
    from mpp.sources.map_file import _map
    from mpp.sources.map_keys import Values

    document = tomllib.loads(MAP)
    for name, value in changes:
        path = name.split(".")
        place = document
        for part in path[:-1]:
            inner = place.get(part)
            place[part] = place = inner if isinstance(inner, dict) else {}
        place[path[-1]] = value
    notes = Notes("m.toml")
    found = _map(Values(notes), document)
    assert isinstance(found, TicketMap) or notes.mistakes
    if not notes.mistakes and found is not None:
        assert found.times
        assert found.steps
        assert found.first is None or type(found.first) is date
