"""``docs/mall-description.md`` explains exactly the keys that are accepted, with examples that hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from mpp.mall.keys import FEES, KEYS, KINDS
from mpp.mall.load import examine_bytes

DOC = Path(__file__).parents[2] / "docs" / "mall-description.md"
Row = tuple[str, str]


@pytest.fixture(scope="module")
def sections() -> dict[str, list[Row]]:
    """(key, example) of every table, by section; a heading may name two sections."""
    found: dict[str, list[Row]] = {}
    here: list[str] = []
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            here = re.findall(r"`\[+([a-z.]+)\]+`", line) or [""]
            found |= {section: [] for section in here}
        elif line.startswith("| `"):
            key, _, _, example = (cell.strip().strip("`") for cell in line.strip("|").split(" | ")[:4])
            for section in here:
                found[section].append((key, example))
    return found


def test_the_documented_keys_are_the_accepted_keys(sections: dict[str, list[Row]]) -> None:
    assert {section: sorted(key for key, _ in rows) for section, rows in sections.items()} == {
        section: sorted(keys) for section, keys in KEYS.items()
    }


def test_every_key_has_an_example_of_itself(sections: dict[str, list[Row]]) -> None:
    for rows in sections.values():
        for key, example in rows:
            assert example.startswith("see ") or list(tomllib.loads(example)) == [key]


def test_the_examples_together_pass_the_check(sections: dict[str, list[Row]]) -> None:
    text = ""
    for section, head in (
        ("mall", "[mall]"),
        ("mall.schedule", "[[mall.schedule]]"),
        ("holiday", "[[holiday]]"),
        ("agency", "[[agency]]"),
        ("agency.schedule", "[[agency.schedule]]"),
        ("agency.service", "[[agency.service]]"),
        ("agency.counter", "[[agency.counter]]"),
        ("source", "[[source]]"),
        ("plan", "[[plan]]"),
    ):
        text += "\n".join([head, *(e for _, e in sections[section] if not e.startswith("see "))]) + "\n"
    reading = examine_bytes(text.encode(), "mpp.toml")
    assert reading.mistakes == reading.warnings == ()


@pytest.mark.parametrize("options", [FEES, KINDS])
def test_choices_are_listed(options: tuple[str, ...]) -> None:
    assert f"one of {', '.join(options)}" in DOC.read_text(encoding="utf-8")
