"""Fixtures of all tests: a database on each engine, Redis, a browser. tests/services.py finds them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import make_url

from tests import services

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

# No deadline: a machine is slow now and then. CI always tries the same examples: a red run can be repeated.
settings.register_profile("mpp", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "mpp")


def pytest_configure(config: pytest.Config) -> None:
    """The product's settings of whoever runs the tests must not reach them; MPP_TEST_* are the tests' own."""
    services.required()  # a wrong MPP_TEST_REQUIRE stops the run at once
    if not hasattr(config, "workerinput"):  # workers have TMPDIR from who starts them, if it is to be
        services.temporary_files_in_memory(config.getoption("numprocesses", None) or 1)
    for name in list(os.environ):
        if name.startswith("MPP_") and not name.startswith("MPP_TEST_"):
            del os.environ[name]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server's URL, for tests that make databases themselves (`services.postgres_database`)."""
    with services.postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: str) -> Iterator[str]:
    """The name of a database with this release's tables and nothing in them, to be copied."""
    with services.postgres_database(postgres_server) as url:
        services.make_tables(url)
        yield str(make_url(url).database)


@pytest.fixture
def postgres_url(postgres_server: str, postgres_tables: str) -> Iterator[str]:
    """A PostgreSQL database for this test alone, with tables and nothing in them."""
    with services.postgres_database(postgres_server, postgres_tables) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file for this test alone, with tables and nothing in them."""
    file = tmp_path / "mpp.sqlite"
    file.write_bytes(services.sqlite_tables())
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of its own, with tables and nothing in them; a test that asks for it runs once on each
    engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same without tables, for tests of the migrations; the SQLite file does not exist yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite'}"
        return
    with services.postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


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
