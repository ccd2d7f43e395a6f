"""What assets/live.js does when its stream is refused, run under node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

SCRIPT = Path(__file__).parents[3] / "assets" / "live.js"
PAGE = """
let time = 0, timers = [], made = 0, asked = [], went = null;
const later = (run, ms, every) => {
  timers.push({id: ++made, at: time + (ms || 0), run, every});
  return made;
};
global.setTimeout = (run, ms) => later(run, ms);
global.setInterval = (run, ms) => later(run, ms, ms);
global.clearTimeout = (id) => { timers = timers.filter((one) => one.id !== id); };
Object.defineProperty(global, "performance", {value: {now: () => time}});
Date.now = () => 1e12 + time;
const kept = {};
global.sessionStorage = {
  getItem: (key) => (key in kept ? kept[key] : null), setItem: (key, value) => { kept[key] = String(value); },
  removeItem: (key) => { delete kept[key]; },
};
const nothing = {querySelector: () => null, querySelectorAll: () => [], addEventListener() {}};
const view = {getAttribute: (name) => (name === "data-live-view" ? "/live/ruang-kendali" : null), ...nothing};
const html = {getAttribute: () => null, setAttribute() {}, classList: {toggle() {}, contains: () => true}};
global.document = {
  ...nothing, documentElement: html, hidden: false,
  querySelector: (what) => (what === "[data-live-view]" ? view : null),
};
global.window = nothing;
global.MutationObserver = class { observe() {} takeRecords() { return []; } };
global.EventSource = class {
  constructor() { later(() => this.onerror({type: "error"}), 20); }
  addEventListener() {}
  close() {}
};
global.location = {href: "/ruang-kendali", reload: () => { went = time / 1000; }};
const answers = process.argv.slice(2);
global.fetch = async (to) => {
  const of_page = to === location.href;
  if (of_page) asked.push(time / 1000);
  const [status, by] = (of_page ? answers[Math.min(asked.length, answers.length) - 1] : "403 mpp").split(" ");
  return {status: +status, ok: status === "200", headers: {get: () => (by === "mpp" ? "1" : null)}};
};
(0, eval)(require("fs").readFileSync(process.argv[1], "utf8"));
(async () => {
  while (went === null && time < 130000) {
    for (let n = 0; n < 20; n += 1) await null;
    timers.sort((a, b) => a.at - b.at || a.id - b.id);
    const next = timers[0];
    time = next.at;
    if (next.every) next.at += next.every; else timers.shift();
    next.run();
  }
  console.log(JSON.stringify({asked, went}));
})();
"""


def refused(*answers: str) -> dict[str, Any]:
    """Over two minutes: when it asks for its page (seconds), whose answers are these and then the last one
    again, and when it loads it anew. Each is a status and who says so."""
    command = [compute_driver_executable()[0], "-e", PAGE, str(SCRIPT), *answers]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def test_a_page_that_is_no_longer_theirs_goes_as_soon_as_it_can() -> None:
    assert refused("403 mpp")["went"] < 1


@pytest.mark.parametrize("lost", ["503 mpp", "429 mpp"])
def test_what_could_not_be_loaded_is_asked_for_again_after_a_minute(lost: str) -> None:
    told = refused(lost, "403 mpp")
    assert told["asked"][0] < 1
    assert told["asked"][1:] == [told["went"]]
    assert 60 < told["went"] < 63


def test_a_proxy_that_refuses_takes_no_picture_away() -> None:
    told = refused("403 proxy")
    assert told["went"] is None
    assert len(told["asked"]) == 3, "it goes on asking"
