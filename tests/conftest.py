"""Fixtures of all tests: a database on each engine, Redis, a browser. tests/services.py finds them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from tests import services

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

# No deadline: a machine is slow now and then. CI always tries the same examples: a red run can be repeated.
settings.register_profile("mpp", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "mpp")


def pytest_configure() -> None:
    """The product's settings of whoever runs the tests must not reach them; MPP_TEST_* are the tests' own."""
    services.required()  # a wrong MPP_TEST_REQUIRE stops the run at once
    for name in list(os.environ):
        if name.startswith("MPP_") and not name.startswith("MPP_TEST_"):
            del os.environ[name]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server's URL, for tests that make databases themselves (`services.postgres_database`)."""
    with services.postgres_server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A new, empty PostgreSQL database for this test alone."""
    with services.postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file for this test alone; the file does not exist yet."""
    return f"sqlite:///{tmp_path / 'mpp.sqlite'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of its own; a test that asks for it runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    with services.redis_server() as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> Iterator[str]:
    """An empty Redis database for this test alone; its channels are shared with all others of the server."""
    with services.redis_database(redis_server) as url:
        yield url


@pytest.fixture
def own_redis() -> Iterator[services.RedisServer]:
    """A Redis server of this test's own, which it may `stop()` and `start()`."""
    with services.own_redis() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser's program."""
    return services.chromium_program()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the tests of a file, no longer: asyncio.run fails while Playwright is running."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(services.CHROMIUM_ARGS))
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile, in Indonesian and the zone of Jakarta."""
    context = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real queue data beside the checkout; it is no part of the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real queue data: ../shared/data is not beside this checkout")
    return SHARED_DATA
