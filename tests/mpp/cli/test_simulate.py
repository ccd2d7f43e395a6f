"""``mpp simulate`` and what ``mpp demo`` says, as a person types them."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from functools import partial
from pkgutil import resolve_name

import pytest
from sqlalchemy import select

from mpp import create_app
from mpp.cli.demo import demo_app, told
from mpp.mall.texts import example_text
from mpp.settings import Settings
from mpp.store import sources
from mpp.store.tables import events
from mpp.web.context import parts_of
from tests.mpp.cli.test_commands import Shell
from tests.world import MORNING


def written(shell):
    """What the sources told, without what the product concluded itself."""
    with store_of(shell).read() as tx:
        found = tx.connection.execute(select(events)).all()
    return [event for event in found if event.type != "ticket.day_closed"]


def rows(shell):
    """The sources."""
    with store_of(shell).read() as tx:
        return list(sources.all_sources(tx).values())


def store_of(shell):
    """Its database, opened anew."""
    parts = parts_of(create_app(shell.settings))
    parts.close()
    return parts.store


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
    assert "--from needs --speed" in shell("simulate", "--from", "08.10", fails=True).output


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (("--day", "2026-11-24"), "2026-11-24"),
        (("--day", "2026-11-30", "--from", "10.00", "--to", "10.01", "--speed", "60"), "2026-11-30"),
        (("--days", "2"), "2026-11-24"),
        (("--day", "2026-11-22", "--days", "400"), "2026-11-24"),
        (("--day", "2100-12-31", "--days", "400"), "2100-12-31"),
    ],
)
def test_a_day_that_has_not_come_is_refused(shell, words, day):
    refused = shell("simulate", *words, fails=True)
    assert f"{day} has not come yet: only days up to today, 2026-11-23," in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert written(shell) == []
    shell.settings = shell.settings.model_copy(update={"locale": "id"})
    assert f"{day} belum tiba" in shell("simulate", *words, fails=True).stderr


@pytest.mark.parametrize("command", ["simulate", "demo"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_out_of_reach_is_told_in_a_sentence(shell, command, day):
    refused = shell(command, "--day", day, fails=True)
    assert refused.exit_code == 2
    assert f"{day} is out of reach: days from 2000-01-01 to 2100-12-31 can be invented." in refused.stderr


@pytest.mark.parametrize("end", [(), ("--to", "14.00")])
def test_with_speed_today_ends_now(shell, end):
    """At MORNING's 09.40, wherever the invented clock would be by then."""
    done = shell("simulate", "--from", "09.00", *end, "--speed", "10000", "--json")
    assert 400 < json.loads(done.stdout)["tickets"] < 750
    heard = [row.last_reported for row in rows(shell) if row.last_reported is not None]
    assert heard
    assert max(heard) < MORNING + timedelta(minutes=5)
    assert all(event.at < MORNING + timedelta(minutes=5) for event in written(shell))


def test_what_a_silent_source_said_before_is_counted(shell):
    """At 11.01 of that day one source is silent."""
    done = shell(
        "simulate", "--day", "2026-11-20", "--from", "11.00", "--to", "11.01", "--speed", "240", "--json"
    )
    assert json.loads(done.stdout)["accepted"] == len(written(shell))


class Interrupting:
    """Presses Ctrl-C at the ``nth`` call of what it wraps."""

    def __init__(self, wrapped, nth):
        self.wrapped, self.left = wrapped, nth

    def __call__(self, *given, **more):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return self.wrapped(*given, **more)

    def __get__(self, thing, kind=None):
        return partial(self, thing)


@pytest.mark.parametrize(
    ("words", "place", "nth"),
    [
        (("--from", "10.00", "--speed", "1"), "mpp.cli.simulate.real.sleep", 1),
        (("--from", "10.00", "--speed", "1"), "mpp.simulate.feed.Intake.take", 9),
        ((), "mpp.simulate.feed.Intake.take", 40),
    ],
)
def test_ctrl_c_tells_what_there_is(shell, monkeypatch, words, place, nth):
    target, name = place.rsplit(".", 1)
    wrapped = resolve_name(target.replace(".Intake", ":Intake").replace(".real", ":real"))
    monkeypatch.setattr(place, Interrupting(getattr(wrapped, name), nth))
    done = json.loads(shell("simulate", "--day", "2026-11-20", *words, "--json").stdout)
    events = written(shell)
    assert done["days"] == 1
    assert done["accepted"] == len(events) > 0
    assert done["tickets"] == len({event.subject for event in events if event.type == "ticket.issued"}) > 0


def test_a_time_of_day_is_read_either_way(shell):
    assert "no time of day" in shell("simulate", "--to", "later", fails=True).output
    shell("simulate", "--day", "2026-11-21", "--to", "08:05")


def test_the_demo_says_what_it_shows(tmp_path):
    """Of a day far ahead: its clock and its database are its own."""
    day = date(2099, 11, 27)
    app, mall = demo_app(Settings(instance=tmp_path), day=day, at=time(12, 0))
    parts = parts_of(app)
    try:
        said = told(mall, parts.now(), 60, parts.words_for("id"))
        assert said.startswith("Ini DEMO: MPP Contoh")
        assert "Jumat, 27 November 2099, 12.0" in said
        assert "60 kali" in said
        board = parts.board.board()
        assert (board.mode, board.mall_state, board.own_clock) == ("demo", "friday_prayer", True)
        assert board.typical_days == 4
        assert (board.totals.day.served or 0) > 300
        assert {job.name for job in parts.jobs.jobs} >= {"feed", "past days", "duty", "closing"}
    finally:
        parts.close()
