"""Intake over HTTP: events a second into a real server of one process, fold and commit included.

SQLite runs with synchronous=FULL. PostgreSQL is taken from MPP_TEST_POSTGRES_URL or from its usual
place on this machine, and left out where there is none. Beside each the same rows are written by a
bare `executemany` in the same batches: what the engine itself could do.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from mpp import create_app
from mpp.mall.load import read
from mpp.mall.model import Mall
from mpp.now import Now
from mpp.settings import Settings
from mpp.store import Store, sources
from mpp.web.context import parts_of
from tests import services

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "mpp" / "mall" / "example.toml"
SOURCE = "antrean-mall"
TOKEN = "token-of-the-benchmark"
MARK = 6_000
TICKETS = 5_000
SINGLES = 600
BATCH = 100
COLUMNS = (
    "source_id, origin, event_id, type, subject, leg, agency, at, occurred_at, "
    "offset_s, received_at, digest, data"
)


def events(mall: Mall, tickets: int, seed: int = 1) -> list[dict[str, Any]]:
    """Whole lives of tickets over six hours, in the order they happened: issued, called, started,
    finished; some called twice, some never there."""
    rng = random.Random(seed)
    source = mall.sources_by_code[SOURCE]
    agencies = [mall.by_code[code] for code in source.agencies]
    begin = Now()() - timedelta(hours=7)
    out: list[tuple[datetime, dict[str, Any]]] = []
    for number in range(tickets):
        agency = rng.choice(agencies)
        service, counter = rng.choice(agency.services), rng.choice(agency.counters)
        data = {
            "agency": agency.code,
            "service": service.code,
            "number": f"{agency.letter or 'A'}-{number:04}",
        }
        at = begin + timedelta(seconds=rng.random() * 5 * 3600)
        steps = ["issued", "called", "started", "finished"]
        if rng.random() < 0.1:
            steps = ["issued", "called", "recalled", "no_show"]
        for step in steps:
            more = {} if step == "issued" else {"counter": counter.code}
            if step == "finished":
                more["result"] = "done"
            item = {
                "specversion": "1.0",
                "id": f"{seed}-{number}-{step}",
                "source": f"{SOURCE}/qms",
                "type": f"mpp.ticket.{step}",
                "time": at.isoformat(),
                "subject": f"ticket/{seed}-{number}",
                "data": data | more,
            }
            out.append((at, item))
            at += timedelta(seconds=rng.expovariate(1 / 300))
    return [item for _, item in sorted(out, key=lambda pair: pair[0])]


@dataclass(frozen=True)
class Server:
    """A running `mpp serve` on an instance of its own."""

    port: int
    process: subprocess.Popen[bytes]
    ready_s: float

    def cpu_s(self) -> float:
        """Processor seconds it has used, 0 where the system does not tell."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    def resident_mib(self) -> float:
        """Resident memory, 0 where the system does not tell."""
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        return 0.0


@contextlib.contextmanager
def serving(instance: Path, url: str = "") -> Iterator[Server]:
    """The example mall served by a process of its own, with a token for SOURCE."""
    shutil.copy(EXAMPLE, instance / "mpp.toml")
    app = create_app(Settings(instance=instance, database_url=url))
    give_token(parts_of(app).store)
    parts_of(app).close()
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MPP_")}
    environment |= {"MPP_INSTANCE": str(instance), "MPP_PORT": str(port), "MPP_DATABASE_URL": url}
    environment |= {"MPP_RATE_LIMIT": "1000000/minute", "MPP_LOG_LEVEL": "warning"}
    began = time.perf_counter()
    command = [sys.executable, "-m", "mpp.cli", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_ready(port, process)
        yield Server(port, process, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def give_token(store: Store) -> None:
    with store.write() as tx:
        ident = sources.all_sources(tx)[SOURCE].id
        sources.add_token(tx, ident, TOKEN, "benchmark", Now()())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when /readyz says yes."""
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.02)
    raise RuntimeError("mpp serve did not become ready")


class Sender:
    """Posts over one kept connection."""

    def __init__(self, port: int, token: str = TOKEN) -> None:
        self._token = token
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.connect()
        assert self._connection.sock is not None
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def post(self, body: bytes, batch: bool = True) -> dict[str, Any]:
        """The answer's body; RuntimeError for anything but 200."""
        kind = "cloudevents-batch+json" if batch else "cloudevents+json"
        headers = {"Content-Type": f"application/{kind}", "Authorization": f"Bearer {self._token}"}
        self._connection.request("POST", "/api/v1/events", body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {content.decode()}")
        return dict(json.loads(content))


def batches(items: Sequence[Any], size: int = BATCH) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def posted(server: Server, mall: Mall) -> tuple[float, float]:
    """Events a second in batches, and one by one."""
    sender = Sender(server.port)
    warm = [json.dumps(some).encode() for some in batches(events(mall, 250, seed=9))]
    for body in warm:
        sender.post(body)
    bodies = [json.dumps(some).encode() for some in batches(events(mall, TICKETS))]
    cpu, began = server.cpu_s(), time.perf_counter()
    accepted = sum(sender.post(body)["accepted"] for body in bodies)
    seconds = time.perf_counter() - began
    cpu = server.cpu_s() - cpu
    assert accepted == 4 * TICKETS, accepted
    print(f"  server: {cpu / seconds:.0%} of a core, {cpu / accepted * 1e6:.0f} µs of processor an event")
    singles = [json.dumps(item).encode() for item in events(mall, SINGLES // 4, seed=2)]
    began = time.perf_counter()
    for body in singles:
        sender.post(body, batch=False)
    return accepted / seconds, len(singles) / (time.perf_counter() - began)


def rows_of(store: Store) -> list[tuple[Any, ...]]:
    """The event rows the run wrote, as the driver takes them."""
    with store.read() as tx:
        statement = f"SELECT {COLUMNS} FROM events WHERE event_id LIKE '1-%' ORDER BY seq"
        return [tuple(row) for row in tx.connection.execute(text(statement))]


def bare_sqlite(rows: list[tuple[Any, ...]], folder: Path) -> float:
    """Rows a second by sqlite3 alone: the same table, batches and durability."""
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.executescript(
        f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {TABLE.format(key='INTEGER')}"
    )
    insert = f"INSERT INTO events ({COLUMNS}) VALUES ({', '.join('?' * 13)})"
    began = time.perf_counter()
    for some in batches(rows):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, some)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return len(rows) / seconds


def bare_postgres(rows: list[tuple[Any, ...]], url: str) -> float:
    """Rows a second by psycopg alone."""
    import psycopg

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in TABLE.format(key="BIGSERIAL").replace("events", "bare").split(";"):
            connection.execute(statement)
        insert = f"INSERT INTO bare ({COLUMNS}) VALUES ({', '.join(['%s'] * 13)})"
        began = time.perf_counter()
        for some in batches(rows):
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(insert, some)
        return len(rows) / (time.perf_counter() - began)


TABLE = """
CREATE TABLE events (seq {key} PRIMARY KEY, source_id BIGINT, origin VARCHAR(200), event_id VARCHAR(200),
  type VARCHAR(24), subject VARCHAR(200), leg INTEGER, agency VARCHAR(64), at TIMESTAMP,
  occurred_at VARCHAR(40),
  offset_s INTEGER, received_at TIMESTAMP, digest VARCHAR(32), data TEXT, UNIQUE (event_id, origin));
CREATE INDEX ix_bare_subject ON events (source_id, subject); CREATE INDEX ix_bare_at ON events (at)"""


def measure(name: str, url: str, folder: Path) -> float:
    """Print one engine's figures; gives its events a second in batches."""
    with serving(folder, url) as server:
        store_app = create_app(Settings(instance=folder, database_url=url))
        parts = parts_of(store_app)
        mall = read(EXAMPLE)
        print(f"{name}: ready in {server.ready_s:.2f} s, {server.resident_mib():.0f} MiB resident")
        many, single = posted(server, mall)
        rows = rows_of(parts.store)
        parts.close()
    bare = bare_sqlite(rows, folder) if not url else bare_postgres(rows, url)
    print(f"  batches of {BATCH}: {many:>8,.0f} events/s (mark {MARK:,} on SQLite)")
    print(f"  one by one:     {single:>8,.0f} events/s")
    print(f"  bare executemany of the same rows: {bare:,.0f} rows/s, {bare / many:.1f} times as fast")
    return many


def postgres() -> contextlib.AbstractContextManager[str]:
    """A database of our own on a server that is there, '' without one."""

    @contextlib.contextmanager
    def found() -> Iterator[str]:
        user = os.environ.get("USER", "root")
        usual = [f"postgresql+psycopg://{name}@127.0.0.1:5432/postgres" for name in (user, "postgres")]
        given = os.environ.get("MPP_TEST_POSTGRES_URL")
        urls = [given] if given else usual
        server = next((url for url in urls if services.postgres_answers(url)), None)
        if server is None:
            yield ""
            return
        with services.postgres_database(server) as url:
            yield url

    return found()


def main() -> int:
    """Print the figures; 1 when SQLite misses the mark."""
    with tempfile.TemporaryDirectory(prefix="mpp-bench-") as folder:
        sqlite = measure("SQLite, synchronous=FULL", "", Path(folder))
    with tempfile.TemporaryDirectory(prefix="mpp-bench-") as folder, postgres() as url:
        if url:
            measure("PostgreSQL", url, Path(folder))
        else:
            print("PostgreSQL: none found; set MPP_TEST_POSTGRES_URL")
    return 0 if sqlite >= MARK else 1
