"""`mpp serve` whose threads carry their names into the system, so that their processor time can be
told apart: `python -m benchmarks.live_serve`."""

from __future__ import annotations

import contextlib
import sys
import threading
from pathlib import Path

from mpp.cli import main as mpp


def named_threads() -> None:
    """Python 3.11 keeps a thread's name to itself; Linux holds 15 characters of it."""
    run = threading.Thread.run

    def named(self: threading.Thread) -> None:
        with contextlib.suppress(OSError):
            Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text(self.name[:15])
        run(self)

    threading.Thread.run = named  # type: ignore[method-assign]


if __name__ == "__main__":
    named_threads()
    sys.argv = ["mpp", "serve"]
    mpp()
