"""Jobs: one runner at a time, a failing job does not stop the others, files are followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mpp.jobs import Job, Jobs
from mpp.jobs.standing import Follower, standing
from mpp.live.description import Descriptions
from mpp.mall.texts import init_text
from tests.world import World, world


def noted(runs: list[str], name: str, every_s: float = 5.0) -> Job:
    return Job(name, every_s, lambda now: runs.append(name))


def test_a_job_runs_when_it_is_due(database_url: str) -> None:
    runs: list[str] = []
    with world(database_url) as w:
        jobs = Jobs(w.store, w.clock, [noted(runs, "a"), noted(runs, "b", 2.0)])
        for second in range(6):
            jobs.run_due(float(second))
    assert runs == ["a", "b", "b", "b", "a"]


def test_two_processes_share_the_work_by_a_lease(database_url: str) -> None:
    runs: list[str] = []
    with world(database_url) as w:
        mine, theirs = (Jobs(w.store, w.clock, [noted(runs, name)]) for name in ("mine", "theirs"))
        assert mine.run_due(0.0) == ["mine"]
        assert theirs.run_due(0.0) == []
        mine.stop()
        assert theirs.run_due(6.0) == ["theirs"]


def test_everywhere_jobs_need_no_lease(database_url: str) -> None:
    runs: list[str] = []
    with world(database_url) as w:
        first = Jobs(w.store, w.clock, [noted(runs, "one")])
        first.run_due(0.0)
        second = Jobs(w.store, w.clock, [replace(noted(runs, "own"), everywhere=True)])
        assert second.run_due(0.0) == ["own"]


def test_a_failing_job_is_told_and_tried_again(database_url: str) -> None:
    runs: list[str] = []

    def fail(now: datetime) -> str | None:
        runs.append("failed")
        raise RuntimeError("no disk")

    with world(database_url) as w:
        jobs = Jobs(w.store, w.clock, [Job("bad", 1.0, fail), noted(runs, "good")])
        assert jobs.run_due(0.0) == ["good"]
        assert jobs.last_error == "bad: no disk"
        jobs.run_due(1.0)
    assert runs == ["failed", "good", "failed"]


def test_the_thread_starts_stops_and_gives_the_lease_back(database_url: str) -> None:
    runs: list[str] = []
    with world(database_url) as w:
        jobs = Jobs(w.store, w.clock, [noted(runs, "a")])
        jobs.start()
        running = jobs.alive
        jobs.stop()
        assert (running, jobs.alive) == (True, False)
        assert Jobs(w.store, w.clock, [noted(runs, "b")]).run_due(0.0) == ["b"]


def mall_name(w: World) -> str:
    with w.store.read() as tx:
        return Descriptions().versions(tx).newest.name


def test_a_changed_description_is_followed_and_a_faulty_one_changes_nothing(
    database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "mpp.toml"
    with world(database_url) as w:
        follow = Follower(w.store, path)
        assert follow(w.clock()) is None
        path.write_text(init_text(), encoding="utf-8")
        assert "is in force" in (follow(w.clock()) or "")
        name = mall_name(w)
        assert follow(w.clock()) is None
        path.write_text(init_text().replace(name, name + " Baru"), encoding="utf-8")
        assert "is in force" in (follow(w.clock()) or "")
        assert mall_name(w) == name + " Baru"
        path.write_text("[mall", encoding="utf-8")
        assert follow(w.clock()) is None
        assert len(follow.mistakes) == 1
        assert mall_name(w) == name + " Baru"
        path.write_text(init_text(), encoding="utf-8")
        follow(w.clock())
        assert not follow.mistakes


def test_the_standing_jobs_close_days(database_url: str, tmp_path: Path) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -30))
        w.clock.at = w.clock.at.replace(hour=9)
        closing = next(job for job in standing(w.store, tmp_path / "mpp.toml") if job.name == "closing")
        assert closing.run(w.clock()) == "closed 1 open legs"
        assert closing.run(w.clock()) is None
