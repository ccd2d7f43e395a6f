"""Finds or starts the services that some tests need: PostgreSQL, Redis, Chromium.

Each is looked for in the same order: the address in MPP_TEST_<SERVICE>_URL (MPP_TEST_CHROMIUM is a path), the
usual place on this machine, a throw-away server of our own. Of PostgreSQL alone our own comes before the one
at its usual place: it need not survive a power cut, so new databases take a fraction of the time. Where none
is found the test is skipped with a reason that names the service; MPP_TEST_REQUIRE=postgres,redis,chromium
turns that skip into a failure.

Nothing of somebody else's server is touched: tests work in databases they create and drop, and in a Redis
database that was empty.
"""

import contextlib
import functools
import getpass
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy import URL, create_engine, make_url

ROOM = 1024**3
"""Bytes that must be free in memory for each worker's temporary files, which are some hundred megabytes."""
SERVICES = ("postgres", "redis", "mariadb", "chromium")  # nothing needs mariadb yet; CI names it already
DISABLED = (
    # What Playwright disables, in a list that ours replaces.
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    "ThirdPartyStoragePartitioning",
    # Suggestions under a window's address, which nobody sees: half the price of a new page.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
)
"""Features of Chromium that tests do without."""
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=" + ",".join(DISABLED),
)


def required() -> set[str]:
    """The services whose absence fails a test, from MPP_TEST_REQUIRE.

    Raises pytest.UsageError at a name that is no service: a slip would turn the demand off without a word.
    """
    names = {name.strip() for name in os.environ.get("MPP_TEST_REQUIRE", "").split(",")} - {""}
    if unknown := names - set(SERVICES):
        raise pytest.UsageError(
            f"MPP_TEST_REQUIRE: {', '.join(sorted(unknown))}; known: {', '.join(SERVICES)}"
        )
    return names


def require(service: str, reason: str) -> NoReturn:
    """Ends a test that cannot have its service: skipped, or failed where MPP_TEST_REQUIRE names it."""
    if service in required():
        pytest.fail(f"{service} is required (MPP_TEST_REQUIRE): {reason}", pytrace=False)
    pytest.skip(f"{service}: {reason}")


def temporary_files_in_memory(workers: int) -> None:
    """Databases of tests lie in memory where there is room: the product waits for the disk at every commit,
    which took a third of the run. Nothing is done where TMPDIR says where they belong."""
    folder = Path("/dev/shm")
    if "TMPDIR" in os.environ or not os.access(folder, os.W_OK):
        return
    if shutil.disk_usage(folder).free > ROOM * workers:
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# PostgreSQL


def postgres_answers(url: str | URL) -> bool:
    try:
        with postgres_connection(url) as connection:
            row = connection.execute(
                "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError:
        return False
    return bool(row and row[0])


def postgres_connection(url: str | URL) -> psycopg.Connection:
    """A connection in autocommit, for statements about whole databases."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=3)


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL on which databases may be created."""
    if given := os.environ.get("MPP_TEST_POSTGRES_URL"):
        url = make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        if not postgres_answers(url):
            require("postgres", "MPP_TEST_POSTGRES_URL does not answer, or its user may not create databases")
        yield url
        return
    if (programs := postgres_programs()) is not None:
        with own_postgres(programs) as url:
            yield url
        return
    for user in dict.fromkeys((getpass.getuser(), "postgres")):
        url = f"postgresql+psycopg://{user}@127.0.0.1:5432/postgres"
        if postgres_answers(url):
            yield url
            return
    require(
        "postgres",
        "no initdb to start a server and none at 127.0.0.1:5432 (or set MPP_TEST_POSTGRES_URL)",
    )


def postgres_programs() -> Path | None:
    """The folder with initdb and pg_ctl, the newest of those installed."""
    found = shutil.which("initdb")
    if found and (Path(found).parent / "pg_ctl").exists():
        return Path(found).parent
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(installed, key=lambda path: float(path.parent.name), default=None)


@contextlib.contextmanager
def own_postgres(programs: Path) -> Iterator[str]:
    """A cluster of our own in a temporary folder, gone afterwards; run by another user where we are root."""
    folder = Path(tempfile.mkdtemp(prefix="mpp-postgres-"))
    user = ordinary_user()
    if user is not None:
        shutil.chown(folder, user)
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / program), "-D", str(folder / "data"), *arguments],
            user=user,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    try:
        run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        options += " -c fsync=off -c max_wal_size=256MB"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ordinary_user() -> str | None:
    """Who runs a server that refuses root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextlib.contextmanager
def postgres_database(server: str, template: str = "template0") -> Iterator[str]:
    """The URL of a new database on the server, dropped afterwards whoever still holds it open: an empty one,
    or a copy of the database ``template``, which nobody may be connected to."""
    name = f"mpp_test_{secrets.token_hex(6)}"
    made = sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
    if template == "template0":
        made += sql.SQL(" encoding 'UTF8'")
    with postgres_connection(server) as connection:
        connection.execute(made)
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with postgres_connection(server) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def make_tables(url: str) -> None:
    """Run the migrations on an empty database and leave it: later ones are copies of it."""
    from mpp.store import migrate
    from mpp.store.database import engine_options

    engine = create_engine(url, **engine_options(url))
    migrate.upgrade(engine)
    engine.dispose()


@functools.cache
def sqlite_tables() -> bytes:
    """A SQLite file with this release's tables and nothing in them, to be copied."""
    with tempfile.TemporaryDirectory(prefix="mpp-tables-") as folder:
        file = Path(folder) / "mpp.sqlite"
        make_tables(f"sqlite:///{file}")
        return file.read_bytes()


# Redis


class RedisServer:
    """A throw-away Redis of our own on a port of its own, which a test may stop and start again."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            program,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._command += ["--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the server answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        give_up = time.monotonic() + 10
        while not redis_answers(self.url):
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError("the redis-server of this test did not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends it at once, as a power cut would. Harmless when it is stopped already."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def redis_answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2, retry=None)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


@contextlib.contextmanager
def own_redis() -> Iterator[RedisServer]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        require("redis", "no redis-server to start one of our own")
    with tempfile.TemporaryDirectory(prefix="mpp-redis-") as folder:
        server = RedisServer(program, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a Redis, without a database number."""
    if given := os.environ.get("MPP_TEST_REDIS_URL"):
        if not redis_answers(given):
            require("redis", "MPP_TEST_REDIS_URL does not answer")
        yield given
    elif redis_answers("redis://127.0.0.1:6379"):
        yield "redis://127.0.0.1:6379"
    else:
        with own_redis() as server:
            yield server.url


@contextlib.contextmanager
def redis_database(server: str) -> Iterator[str]:
    """The URL of one empty database of the server, claimed for us and emptied afterwards."""
    claim, token = "mpp-test:claim", secrets.token_hex(8)
    for number in range(15, 0, -1):
        url = make_url(server).set(database=str(number)).render_as_string(hide_password=False)
        with redis.Redis.from_url(url) as client:
            if client.dbsize() == 0 and client.set(claim, token, nx=True, ex=3600):
                try:
                    yield url
                finally:
                    client.flushdb()
                return
    require("redis", "databases 1 to 15 of the server all hold data")


# Chromium


def chromium_program() -> str:
    """The path of a Chromium or Chrome of this machine. Playwright's own download is not used."""
    if given := os.environ.get("MPP_TEST_CHROMIUM"):
        if shutil.which(given) is None:
            require("chromium", "MPP_TEST_CHROMIUM names no program")
        return given
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    require("chromium", "no chromium, chromium-browser or google-chrome in PATH (or set MPP_TEST_CHROMIUM)")
