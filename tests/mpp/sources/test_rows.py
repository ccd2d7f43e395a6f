"""Files as rows: plain and gzip, lines counted, and clear words for what is no table."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.sources.mistakes import FileError
from mpp.sources.rows import LONGEST_LINE, Rows

Write = Callable[..., Path]


def read(path: Path, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[tuple[int, list[str]]]:
    with Rows(path, encoding=encoding, delimiter=delimiter) as rows:
        return list(rows)


def test_rows_know_their_lines(write: Write):
    path = write('\n id , no\n1,A\n\n2,"B\nC"\n3,D\n')
    with Rows(path, encoding="utf-8", delimiter=",") as rows:
        assert rows.header == ["id", "no"]
        assert list(rows) == [(3, ["1", "A"]), (5, ["2", "B\nC"]), (7, ["3", "D"])]


@pytest.mark.parametrize("name", ["tickets.csv.gz", "tickets.csv"])
def test_gzip_is_told_by_its_first_bytes(write: Write, name: str):
    assert read(write(gzip.compress(b"id\n1\n"), name)) == [(2, ["1"])]


def test_encoding_and_delimiter(write: Write):
    text = "id;nama\n1;Łódź\n"
    assert read(write(text.encode("cp1250")), "cp1250", ";") == [(2, ["1", "Łódź"])]
    assert read(write(text.encode("utf-16")), "utf-16", ";") == [(2, ["1", "Łódź"])]
    assert read(write(text.encode("utf-8-sig")), "utf-8-sig", ";") == [(2, ["1", "Łódź"])]


def test_a_wrong_byte_spoils_its_value_not_the_file(write: Write):
    assert read(write(b"id\n\xff\n2\n")) == [(2, ["\udcff"]), (3, ["2"])]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"PK\x03\x04\x00\x00", "zero bytes"),
        ("id\n1\n".encode("utf-16-le"), "UTF-16"),
        (gzip.compress(b"id\n" + bytes(range(32, 127)) * 999, mtime=0)[:60], "gzip data is damaged"),
        (b"\x1f\x8b no gzip at all", "gzip data is damaged"),
        (b"x" * (LONGEST_LINE + 2), f"longer than {LONGEST_LINE}"),
        (b'id,no\n1,"' + b"never closed\n" * 20_000, "unbalanced quote"),
    ],
)
def test_what_is_no_table_is_told_so(write: Write, content: bytes, words: str):
    with pytest.raises(FileError, match=words) as error:
        read(write(content))
    assert "tickets.csv" in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(FileError, match="cannot be read"):
            read(path)


def test_progress_ends_at_the_size(write: Write):
    path = write("id\n" + "1\n" * 2_000)
    told: list[tuple[int, int]] = []
    with Rows(path, encoding="utf-8", delimiter=",", progress=lambda *at: told.append(at)) as rows:
        assert len(list(rows)) == 2_000
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert told == sorted(told)


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")  # unicode_escape's own
@given(
    st.binary(max_size=400),
    st.sampled_from(["utf-8-sig", "utf-16", "cp1252", "utf-7", "idna", "unicode_escape"]),
)
def test_random_bytes_give_rows_or_a_clear_error(content: bytes, encoding: str):
    with tempfile.TemporaryDirectory() as folder:
        for raw in (content, gzip.compress(content), b"\x1f\x8b" + content):
            path = Path(folder) / "any.csv"
            path.write_bytes(raw)
            try:
                for line, values in read(path, encoding):
                    assert line >= 1
                    assert values
            except FileError as error:
                assert "any.csv" in str(error)  # noqa: PT017 a clear error is one of two good ends
