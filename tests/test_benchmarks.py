"""The runner of the benchmarks finds what can be run and tells what failed."""

import benchmarks.__main__ as runner
from benchmarks import live_load, live_mall
from queues.clock import DayPlan
from tests.world import world


def test_it_finds_modules_with_a_main(tmp_path, monkeypatch):
    (tmp_path / "intake.py").write_text("def main():\n    return None\n")
    (tmp_path / "helpers.py").write_text("def build():\n    return 1\n")
    (tmp_path / "_data.py").write_text("def main():\n    return None\n")
    monkeypatch.setattr(runner, "HERE", tmp_path)
    assert runner.names() == ["intake"]


def test_a_missed_mark_fails_the_run(tmp_path, monkeypatch, capfd):
    package = tmp_path / "benchmarks"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "good.py").write_text("def main():\n    print('12 per second')\n")
    (package / "bad.py").write_text("def main():\n    return 1\n")
    monkeypatch.setattr(runner, "HERE", package)
    assert runner.main(["good"]) == 0
    assert "12 per second" in capfd.readouterr().out
    assert runner.main([]) == 1
    assert "failed: bad" in capfd.readouterr().out


def test_an_unknown_name_is_told(capsys):
    assert runner.main(["no-such"]) == 2
    assert "no benchmark no-such" in capsys.readouterr().err


def test_the_measured_mall_serves_day_and_night():
    mall = live_mall.mall()
    all_day = DayPlan(open=(0, 86_400))
    assert len(mall.agencies) == 26
    assert all(agency.calendar.week == (all_day,) * 7 for agency in mall.agencies)
    assert not any(agency.calendar.ranges or agency.calendar.holidays for agency in mall.agencies)
    assert mall.last_ticket_s is None
    assert set(live_load.QUIET) < set(mall.by_code)


def test_the_load_is_accepted_and_leaves_the_quiet_agencies_alone():
    mall = live_mall.mall()
    with world("sqlite://", mall) as w:
        now = w.clock()
        for feed in live_load.feeds(mall):
            items = feed.morning(100.0, now) + feed.batch(200, now)
            assert {item["data"]["agency"] for item in items}.isdisjoint(live_load.QUIET)
            assert set(w.words(*items, source=feed.source.code)) == {"accepted"}
