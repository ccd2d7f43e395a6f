"""The line of each key, however it is written."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.mall.lines import line_index
from mpp.mall.texts import example_text, init_text

TEXT = '''# [not] = a key
[mall]  # head
name = "a [b] = {c}"
"quoted" = """
two = lines
"""
hours.fri = "x"
[[agency]]
code = "a"
service = [
  { code = "s", done = { minutes = 1 } },  # first
  { code = "t", name = "T" },
  # a stray ] in a comment
]
[agency.hours]
mon = 1
[[agency.counter]]
code = 1
[[agency]]
needs = ["x",
  "y"]
[[agency.counter]]
code = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("mall",), 2),
        (("mall", "name"), 3),
        (("mall", "quoted"), 4),
        (("mall", "hours", "fri"), 7),
        (("agency",), 8),
        (("agency", 0, "code"), 9),
        (("agency", 0, "service", 0, "code"), 11),
        (("agency", 0, "service", 0, "done", "minutes"), 11),
        (("agency", 0, "service", 1), 12),
        (("agency", 0, "service", 1, "name"), 12),
        (("agency", 0, "hours", "mon"), 16),
        (("agency", 0, "counter", 0, "code"), 18),
        (("agency", 1), 19),
        (("agency", 1, "needs"), 20),
        (("agency", 1, "counter", 0, "code"), 23),
        (("mall", "two"), None),
        (("not",), None),
    ],
)
def test_lines(path: tuple[str | int, ...], line: int | None) -> None:
    tomllib.loads(TEXT)
    assert line_index(TEXT).get(path) == line


@pytest.mark.parametrize("text", [TEXT, init_text(), example_text()])
def test_every_key_of_a_document_is_found(text: str) -> None:
    found = line_index(text)

    def look(value: object, path: tuple[str | int, ...]) -> None:
        items = value.items() if isinstance(value, dict) else ()
        for key, item in items:
            assert (*path, key) in found
            look(item, (*path, key))
        for number, item in enumerate(value) if isinstance(value, list) else ():
            look(item, (*path, number))

    look(tomllib.loads(text), ())


@given(st.text(alphabet="[]{}=.,#\"'\n\\ ab1", max_size=60))
def test_nothing_raises(text: str) -> None:
    line_index(text)
