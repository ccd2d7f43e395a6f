"""Databases to measure on: SQLite in a fresh folder, PostgreSQL where a server answers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path

from tests import services


@contextmanager
def engines() -> Iterator[list[tuple[str, str]]]:
    """(name, address) of each engine, empty databases that go away afterwards."""
    given = os.environ.get("MPP_TEST_POSTGRES_URL")
    urls = (
        [given]
        if given
        else [f"postgresql+psycopg://{user}@127.0.0.1:5432/postgres" for user in (getuser(), "postgres")]
    )
    server = next((url for url in urls if services.postgres_answers(url)), None)
    with tempfile.TemporaryDirectory() as folder:
        sqlite = ("SQLite", f"sqlite:///{Path(folder) / 'mpp.sqlite'}")
        if server is None:
            print("PostgreSQL: no server answers, left out")
            yield [sqlite]
            return
        with services.postgres_database(server) as url:
            yield [sqlite, ("PostgreSQL", url)]
