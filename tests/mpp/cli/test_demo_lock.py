"""One demo in a folder: a second must not take the first one's database away."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from tests.forked import Forked
from tests.mpp.web.served import Served
from tests.services import free_port


class Demo(Served):
    """``mpp demo`` as a process of its own, on a Sunday: nothing has to be invented before it serves."""

    COMMAND = ("demo", "--day", "2026-11-29", "--at", "09.00")


def ready(demo: Served) -> int:
    with closing(demo.connect()) as connection:
        connection.request("GET", "/readyz")
        return connection.getresponse().status


def refused(instance: Path, locale: str) -> str:
    """What another demo in the same folder says, which must not start."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MPP_")}
    environment |= {"MPP_INSTANCE": str(instance), "MPP_PORT": str(free_port()), "MPP_LOCALE": locale}
    ended = Forked("mpp.cli", "demo", environment=environment)
    out, err = ended.communicate(timeout=60)
    assert ended.returncode == 1, err
    assert out == ""
    (line,) = err.splitlines()
    assert str(instance / "demo") in line
    return line


def test_a_second_demo_in_the_same_folder_is_refused_until_the_first_ends_even_by_a_kill(
    tmp_path: Path,
) -> None:
    with Demo(tmp_path) as first:
        database = tmp_path / "demo" / "demo.sqlite"
        before = database.stat().st_ino
        assert "sedang berjalan: akhiri dulu" in refused(tmp_path, "id")
        assert "is running already: end it first" in refused(tmp_path, "en")
        assert database.stat().st_ino == before
        assert ready(first) == 200
        assert first.process.poll() is None
        first.process.kill()
        first.process.wait(timeout=10)
    with Demo(tmp_path) as again:
        assert ready(again) == 200
