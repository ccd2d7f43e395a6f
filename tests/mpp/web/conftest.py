"""The example mall behind the web, on each engine or on SQLite alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mpp.web.context import parts_of
from tests.mpp.web import house


@pytest.fixture
def house_of(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes apps of the example mall, with Dukcapil's token; settings as keywords."""
    made: list[Flask] = []

    def make(url: str = "", **given: Any) -> Flask:
        app = house.make_house(tmp_path / f"house{len(made)}", url, **given)
        made.append(app)
        house.add_token(parts_of(app).store)
        return app

    yield make
    house.closing(made)


@pytest.fixture
def app(house_of: Callable[..., Flask]) -> Flask:
    return house_of()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An administrator's browser."""
    return house.sign_in(app, app.test_client())


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """The browser of somebody who did not sign in."""
    return app.test_client()
