"""What assets/counter.js asks of the server while that does not answer, run under node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

SCRIPT = Path(__file__).parents[3] / "assets" / "counter.js"
PAGE = Path(__file__).with_name("counter_desk.cjs")


def run(answer: str, minutes: int = 15) -> dict[str, Any]:
    """A page with two presses kept, for so many minutes of its own clock."""
    node = compute_driver_executable()[0]
    ran = subprocess.run(
        [node, PAGE, SCRIPT, answer, str(minutes)], capture_output=True, text=True, check=True, timeout=60
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.mark.parametrize(("answer", "word"), [("401", "data-out"), ("404", "data-gone")])
def test_signed_out_or_gone_nothing_is_sent_again_and_all_is_kept(answer: str, word: str) -> None:
    told = run(answer)
    assert (told["posts"], told["left"]) == (1, ["first", "second"])
    assert told["requests"] <= 2.5 * 15
    assert told["told"][0].startswith(word)


@pytest.mark.parametrize("answer", ["down", "503", "500"])
def test_a_server_that_is_down_is_asked_less_and_less(answer: str) -> None:
    told = run(answer)
    assert told["requests"] <= 2.5 * 15
    assert told["undated"] == 0
    assert told["left"] == ["first", "second"]


def test_a_press_the_server_fails_at_holds_up_no_other() -> None:
    told = run("500-first")
    assert (told["left"], told["told"]) == ([], ["", "data-refused"])


def test_a_cut_that_ends_signed_out_leaves_no_button_grey() -> None:
    told = run("session", 5)
    assert (told["off"], told["whole"]) == ([], 1)


def test_what_is_pressed_after_a_night_without_connection_is_pressed_on_a_closed_counter() -> None:
    assert run("overnight", 60)["left"] == ["open|"]
    assert run("overnight", 25 * 60)["left"] == ["closed|"]


def test_cut_off_no_number_is_called_and_what_is_sent_at_once_is_of_the_servers_time() -> None:
    told = run("overnight", 60)
    assert (told["off"], told["undated"]) == (["next"], 1)
