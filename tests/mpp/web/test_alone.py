"""What assets/alone.js does on a sign-in page that nobody touches, run under node."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

SCRIPT = Path(__file__).parents[3] / "assets" / "alone.js"
PAGE = """
let time = 0, due = null, went = null, heard = {};
global.setTimeout = (run, ms) => { due = {run, at: time + ms}; return 1; };
global.clearTimeout = () => { due = null; };
global.location = {replace: (to) => { went = went || [to, time / 1000]; }};
global.document = {
  querySelector: () => ({getAttribute: () => "/pasang"}),
  addEventListener: (kind, run) => { heard[kind] = run; },
};
(0, eval)(require("fs").readFileSync(process.argv[1], "utf8"));
const touched = process.argv[2];
for (; time <= 120000; time += 1000) {
  if (touched && time === 40000) heard[touched]();
  if (due && due.at <= time) { const {run} = due; due = null; run(); }
}
console.log(went.join(" "));
"""


@pytest.mark.parametrize(("touched", "went"), [("", 60), ("keydown", 100), ("pointermove", 100)])
def test_it_goes_on_a_minute_after_the_last_touch(touched: str, went: int) -> None:
    command = [compute_driver_executable()[0], "-e", PAGE, str(SCRIPT), touched]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == f"/pasang {went}"
