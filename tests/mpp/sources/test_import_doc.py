"""docs/import.md names every key of a map and every reason, and its map can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mpp.sources import labels, mapping
from mpp.sources.map_file import parse_map
from mpp.sources.map_keys import KEYS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "import.md").read_text(encoding="utf-8")


def test_the_map_on_the_page_is_in_order(page: str):
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    found = parse_map(block.encode(), "docs/import.md")
    assert found.times["called"].columns == ("date", "called")


def test_every_key_is_named(page: str):
    for section, keys in KEYS.items():
        for key in keys:
            assert re.search(rf"`[^`]*\b{key}\b[^`]*`|^{key} =|^\[{key}\]", page, re.MULTILINE), (
                section,
                key,
            )


def test_every_reason_is_named(page: str):
    told = Path(mapping.__file__).read_text() + Path(labels.__file__).read_text()
    reasons = set(re.findall(r'Error\(\s*"([a-z_]+)"', told))
    assert len(reasons) >= 9
    for reason in reasons | {"wrong_columns", "duplicate_key", "unknown_outcome", "unknown_result"}:
        assert f"`{reason}`" in page, reason
