"""One demo in a folder: a second must not take the first one's database away."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.mpp.web.served import ROOT, Served
from tests.services import free_port


class Demo(Served):
    """``mpp demo`` as a process of its own, on a Sunday: nothing has to be invented before it serves."""

    COMMAND = ("demo", "--day", "2026-11-29", "--at", "09.00")


def second(instance: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Another demo in the same folder, at a port of its own."""
    environment: dict[str, Any] = {n: v for n, v in os.environ.items() if not n.startswith("MPP_")}
    environment |= {"MPP_INSTANCE": str(instance), "MPP_PORT": str(free_port())}
    environment |= {f"MPP_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "mpp.cli", "demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ready(demo: Served) -> int:
    with closing(demo.connect()) as connection:
        connection.request("GET", "/readyz")
        return connection.getresponse().status


@pytest.mark.parametrize(
    ("locale", "said"), [("id", "sedang berjalan: akhiri dulu"), ("en", "is running already: end it first")]
)
def test_a_second_demo_in_the_same_folder_is_refused(tmp_path: Path, locale: str, said: str) -> None:
    with Demo(tmp_path) as first:
        database = tmp_path / "demo" / "demo.sqlite"
        before = database.stat().st_ino
        refused = second(tmp_path, locale=locale)
        assert refused.returncode == 1
        assert refused.stdout == ""
        (line,) = refused.stderr.splitlines()
        assert said in line
        assert str(tmp_path / "demo") in line
        assert database.stat().st_ino == before
        assert ready(first) == 200
        assert first.process.poll() is None


def test_one_that_was_killed_leaves_the_folder_free(tmp_path: Path) -> None:
    with Demo(tmp_path) as killed:
        killed.process.kill()
        killed.process.wait(timeout=10)
    with Demo(tmp_path) as again:
        assert ready(again) == 200
