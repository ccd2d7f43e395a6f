"""``python -m MODULE`` in a process of its own that is there at once: a copy of one that holds the product's
modules already. To import them takes a second and a half, most of what a start costs."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
HELD = ("mpp.cli", "mpp.web.asgi", "mpp.web.dash_app", "mpp.web.server", "tests.action_boards")
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(list(HELD))


class Forked:
    """A running program, with as much of ``subprocess.Popen`` as tests use. ``environment`` is the whole of
    it, this process's own when it is not given."""

    def __init__(self, module: str, *words: str, environment: Mapping[str, str] | None = None) -> None:
        self._said = Path(tempfile.mkdtemp(prefix="mpp-said-"))
        given = dict(os.environ if environment is None else environment)
        self._process = _CONTEXT.Process(target=_run, args=(module, words, given, self._said), daemon=True)
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """None while it runs, minus the signal's number when one ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        if self._process.pid is not None and self.poll() is None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float | None = None) -> None:
        """Raises subprocess.TimeoutExpired when it still runs after so many seconds."""
        self._process.join(timeout)
        if self.poll() is None:
            raise subprocess.TimeoutExpired(str(self._process), timeout or 0)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end; what it said on stdout and on stderr, nothing the second time. One that still
        runs after so many seconds is killed before subprocess.TimeoutExpired is raised."""
        try:
            self.wait(timeout)
            files = (self._said / "out", self._said / "err")
            out, err = (file.read_text() if file.exists() else "" for file in files)
        except subprocess.TimeoutExpired:
            self.kill()
            self.wait()
            raise
        finally:
            shutil.rmtree(self._said, ignore_errors=True)
        return out, err


def _run(module: str, words: Sequence[str], environment: Mapping[str, str], said: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(said / name, os.O_WRONLY | os.O_CREAT), number)
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
