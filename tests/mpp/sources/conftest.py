"""An installation on each engine, and one on SQLite where the engine does not matter."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.mpp.sources.kit import Kit, installation


@pytest.fixture
def kit(database_url: str) -> Iterator[Kit]:
    with installation(database_url) as made:
        yield made


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Kit]:
    with installation(sqlite_url) as made:
        yield made


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file: text as UTF-8, bytes as they are."""

    def make(content: str | bytes, name: str = "tickets.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make
