"""Start to ready and resident memory of the embedded default.

Marks: ready within 3 s of the command, at most 200 MB resident after the first pages were served.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from mpp.mall.texts import example_text
from tests.mpp.web.doors import cookie_of
from tests.services import free_port

READY_S, MEMORY_MB = 3.0, 200.0
TRIES = 3
ASKED = ("/ruang-kendali", "/api/v1/board", "/live/ruang-kendali?since=0-0", "/metrics", "/_dash-layout")
ROOT = Path(__file__).parents[1]


def ready(port: int, within_s: float = 30.0) -> float:
    """Seconds until /readyz answers 200."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < within_s:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return time.perf_counter() - begun
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.02)
    raise SystemExit("the server was not ready in time")


def resident_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def once(folder: Path) -> tuple[float, float]:
    """Seconds to ready, and MB after the wall, the board and the metrics were asked for."""
    (folder / "mpp.toml").write_text(example_text(), encoding="utf-8")
    port = free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith("MPP_")}
    env |= {"MPP_INSTANCE": str(folder), "MPP_PORT": str(port), "MPP_LOG_LEVEL": "error"}
    command = [sys.executable, "-m", "mpp.cli", "serve"]
    begun = time.perf_counter()
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        ready(port)
        took = time.perf_counter() - begun
        cookie = "=".join(cookie_of(folder, port))
        for path in ASKED:
            asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie})
            urllib.request.urlopen(asked, timeout=10).read()
        return took, resident_mb(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


def main() -> int:
    """Print each start; 1 when a mark is missed."""
    found = []
    for number in range(TRIES):
        with tempfile.TemporaryDirectory() as folder:
            found.append(once(Path(folder)))
        print(f"start {number + 1}: ready after {found[-1][0]:.2f} s, {found[-1][1]:.0f} MB resident")
    took, memory = sorted(s for s, _ in found)[len(found) // 2], max(m for _, m in found)
    print(f"median {took:.2f} s (mark {READY_S}), largest {memory:.0f} MB (mark {MEMORY_MB:.0f})")
    return 0 if took <= READY_S and memory <= MEMORY_MB else 1
