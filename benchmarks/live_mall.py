"""The mall under measure: the example mall open day and night, served by real processes.

A real `mpp serve` judges by the real time; outside the example's hours its tiles would say "closed"
and hardly move, so here all agencies serve every day from 00.00 to 24.00 without a break.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.intake import free_port, wait_ready
from benchmarks.live_viewers import WALL
from mpp import create_app
from mpp.mall.load import examine_bytes
from mpp.mall.model import Mall
from mpp.mall.texts import example_text
from mpp.now import Now
from mpp.settings import Settings
from mpp.store import sources
from mpp.web.context import parts_of
from tests.mpp.web.doors import cookie_of

ROOT = Path(__file__).parents[1]
TICK_S = 1 / os.sysconf("SC_CLK_TCK")

#: Lines of the example that make its agencies rest.
RESTS = r"^(last_ticket_before_close_min|friday_prayer|breaks|hours) = .*\n"


def description() -> str:
    """The example's text, open day and night."""
    text = re.sub(r"^\[\[(?:mall\.schedule|holiday)\]\]\n(?:.+\n)+", "", example_text(), flags=re.MULTILINE)
    text = re.sub(r"^\[mall\.breaks\]\n(?:.+\n)+", "", text, flags=re.MULTILINE)
    text = re.sub(RESTS, "", text, flags=re.MULTILINE)
    hours = '[mall.hours]\nmon-sun = "00.00-24.00"\n'
    text = re.sub(r"^\[mall\.hours\]\n(?:.+\n)+", hours, text, flags=re.MULTILINE)
    text = re.sub(r'^days = ".*"', 'days = "mon-sun"', text, flags=re.MULTILINE)
    return re.sub(r", quota = \d+", "", text)


def mall() -> Mall:
    """The same as the product reads it."""
    found = examine_bytes(description().encode(), "mpp.toml")
    if found.mall is None:
        raise SystemExit(f"the description has mistakes: {found}")
    return found.mall


def token(source: str) -> str:
    """The token of a source."""
    return f"token-of-the-benchmark-for-{source}"


def prepare(instance: Path, url: str = "") -> None:
    """A migrated database with the description and a token for every source."""
    (instance / "mpp.toml").write_text(description(), encoding="utf-8")
    parts = parts_of(create_app(Settings(instance=instance, database_url=url)))
    with parts.store.write() as tx:
        for code, row in sources.all_sources(tx).items():
            sources.add_token(tx, row.id, token(code), "benchmark", Now()())
    parts.close()


@dataclass
class Served:
    """A process that serves the mall, and may be killed and started again."""

    instance: Path
    url: str = ""
    redis: str = ""
    module: str = "benchmarks.live_serve"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it is ready."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MPP_")}
        environment |= {"MPP_INSTANCE": str(self.instance), "MPP_PORT": str(self.port)}
        environment |= {"MPP_DATABASE_URL": self.url, "MPP_REDIS_URL": self.redis}
        environment |= {"MPP_RATE_LIMIT": "1000000/minute", "MPP_LOG_LEVEL": "error"}
        command = [sys.executable, "-m", self.module]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        wait_ready(self.port, self.process)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it; harmless when it is over already."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(15)
            self.process = None

    def cookie(self, role: str = "operator", **given: object) -> str:
        """A cookie of somebody of a role, as its header has it."""
        return "=".join(cookie_of(self.instance, self.port, role, self.url, **given))

    def cpu(self) -> dict[str, float]:
        """Processor seconds so far by what the threads do: loop (HTTP and streams), board (board and
        views), access (who may still look), rest (requests, intake and jobs)."""
        found = dict.fromkeys(("loop", "board", "access", "rest"), 0.0)
        if self.process is None:
            return found
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                name, fields = _stat(task)
                kind = "loop" if task.name == str(self.process.pid) else KINDS.get(name, "rest")
                found[kind] += (int(fields[11]) + int(fields[12])) * TICK_S
        return found

    def resident_mb(self) -> float:
        """Resident memory."""
        if self.process is None:
            return 0.0
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


#: Names of threads that Served.cpu tells apart; see live_serve.
KINDS = {"live-board": "board", "live-access": "access"}


def _stat(task: Path) -> tuple[str, list[str]]:
    head, _, tail = (task / "stat").read_text().rpartition(")")
    return head.partition("(")[2].rsplit("_", 1)[0], tail.split()


def wall_look(servers: Sequence[Served]) -> tuple[str, str, str]:
    """What tells live_viewers to look at the wall of any of these servers as one display."""
    return "--look", WALL, "; ".join(server.cookie("display", open=False) for server in servers)


@contextlib.contextmanager
def serving(servers: Sequence[Served]) -> Iterator[None]:
    """Start them one after the other and end them."""
    try:
        for server in servers:
            server.start()
        yield
    finally:
        for server in servers:
            server.end()


def spent(before: Mapping[str, float], after: Mapping[str, float], seconds: float) -> dict[str, float]:
    """Processor seconds a minute between two readings of :meth:`Served.cpu`."""
    return {name: (after[name] - before[name]) / seconds * 60 for name in after}


def helper(module: str, *arguments: object) -> subprocess.Popen[bytes]:
    """A process of ours beside the server: its standard output is read by whoever started it, and
    closing its standard input ends it."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def answer(process: subprocess.Popen[bytes], ask: str = "") -> str:
    """One line from a helper, after asking for it if ``ask`` is given."""
    assert process.stdin is not None
    assert process.stdout is not None
    if ask:
        process.stdin.write(f"{ask}\n".encode())
        process.stdin.flush()
    line = process.stdout.readline().decode().strip()
    if not line:
        raise RuntimeError(f"the helper ended: {process.args!r}")
    return line


@contextlib.contextmanager
def running(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End the helper afterwards."""
    try:
        yield process
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def monotonic_until(instant: float) -> None:
    """Sleep until an instant of time.monotonic."""
    rest = instant - time.monotonic()
    if rest > 0:
        time.sleep(rest)
