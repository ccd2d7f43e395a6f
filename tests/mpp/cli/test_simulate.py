"""``mpp simulate`` and what ``mpp demo`` says, as a person types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time

import pytest

from mpp.cli.demo import demo_app, told
from mpp.mall.texts import example_text
from mpp.settings import Settings
from mpp.web.context import parts_of
from tests.mpp.cli.test_commands import Shell


@pytest.fixture
def shell(tmp_path):
    made = Shell(tmp_path)
    (tmp_path / "mpp.toml").write_text(example_text(), encoding="utf-8")
    return made


def test_a_past_day_is_made_whole_and_only_once(shell):
    done = json.loads(shell("simulate", "--day", "2026-11-20", "--json").stdout)
    assert done["days"] == 1
    assert 700 < done["tickets"] < 1200
    assert done["duplicate"] == done["quarantined"] == done["conflict"] == 0
    again = json.loads(shell("simulate", "--day", "2026-11-20", "--json").stdout)
    assert again["accepted"] == 0
    assert again["duplicate"] == done["accepted"]
    (row,) = json.loads(shell("summary", "--by", "none", "--json").stdout)
    assert row["issued"] > 700
    assert row["served"] > 0.85 * row["issued"]


def test_today_is_made_up_to_now(shell):
    told = shell("simulate").stdout
    assert told.startswith("Invented 2026-11-23 to 2026-11-23: open days 1, tickets ")
    (row,) = json.loads(shell("summary", "--by", "none", "--json").stdout)
    assert 400 < row["issued"] < 750


def test_with_speed_it_takes_its_time(shell):
    done = shell("simulate", "--from", "08.10", "--to", "08.14", "--speed", "240", "--json")
    assert 30 < json.loads(done.stdout)["tickets"] < 250


def test_several_days_with_a_closed_one(shell):
    done = json.loads(shell("simulate", "--day", "2026-11-21", "--days", "2", "--json").stdout)
    assert (done["days"], done["first"], done["last"]) == (1, "2026-11-21", "2026-11-22")


def test_another_seed_does_not_mix_into_a_day(shell):
    shell("simulate", "--day", "2026-11-21")
    assert "other tickets" in shell("simulate", "--day", "2026-11-21", "--seed", "2", fails=True).output


def test_a_real_mall_is_refused(shell, tmp_path):
    text = example_text().replace("example = true\n", "")
    (tmp_path / "mpp.toml").write_text(text, encoding="utf-8")
    refused = shell("simulate", "--day", "2026-11-21", fails=True).output
    assert "invented figures would stand beside real ones" in refused
    assert "Traceback" not in refused
    assert "tickets" in shell("simulate", "--day", "2026-11-21", "--invented-into-a-real-mall").output


def test_from_needs_speed(shell):
    assert "--speed" in shell("simulate", "--from", "08.10", fails=True).output


def test_a_time_of_day_is_read_either_way(shell):
    assert "no time of day" in shell("simulate", "--to", "later", fails=True).output
    shell("simulate", "--day", "2026-11-21", "--to", "08:05")


def test_the_demo_says_what_it_shows(tmp_path):
    day = datetime(2026, 11, 27, tzinfo=UTC).date()
    app, mall = demo_app(Settings(instance=tmp_path), day=day, at=time(12, 0), speed=60)
    parts = parts_of(app)
    try:
        said = told(mall, parts.now(), 60, parts.words_for("id"))
        assert said.startswith("Ini DEMO: MPP Contoh")
        assert "Jumat, 27 November 2026, 12.0" in said
        assert "60 kali" in said
        board = parts.board.board()
        assert (board.mode, board.mall_state, board.own_clock) == ("demo", "friday_prayer", True)
        assert board.typical_days == 4
        assert (board.totals.day.served or 0) > 300
        assert {job.name for job in parts.jobs.jobs} >= {"feed", "past days", "duty", "closing"}
    finally:
        parts.close()
