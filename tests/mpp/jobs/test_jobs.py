"""Jobs: one runner at a time, a failing job does not stop the others, files are followed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

import mpp.jobs.standing
from mpp.jobs import Job, Jobs
from mpp.jobs.standing import Follower, following, standing, watching
from mpp.live.description import Descriptions
from mpp.live.facts import LiveFacts
from mpp.live.judge import Judge
from mpp.live.keeper import Keeper
from mpp.mall.texts import init_text
from mpp.now import Now
from mpp.store import Read, Store, Write, additions, migrate
from mpp.store.database import engine_options
from tests.world import Clock, World, alone, small_mall, without_promise, world


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
        assert jobs.errors == {"bad": "no disk"}
        jobs.run_due(1.0)
    assert runs == ["failed", "good", "failed"]


def test_an_error_is_forgotten_when_its_job_succeeds_and_no_other_one(database_url: str) -> None:
    broken = {"one", "two"}

    def job(name: str) -> Job:
        def run(now: datetime) -> None:
            if name in broken:
                raise RuntimeError(f"{name} is ill")

        return Job(name, 1.0, run)

    with world(database_url) as w:
        jobs = Jobs(w.store, w.clock, [job("one"), job("two")])
        jobs.run_due(0.0)
        assert jobs.errors == {"one": "one is ill", "two": "two is ill"}
        broken.remove("one")
        jobs.run_due(1.0)
        assert jobs.errors == {"two": "two is ill"}


def test_errors_of_the_shared_jobs_go_with_the_lease_and_its_own_stay(database_url: str) -> None:
    def fail(now: datetime) -> None:
        raise RuntimeError("ill")

    with world(database_url) as w:
        shared, own = Job("shared", 1.0, fail), Job("own", 1.0, fail, everywhere=True)
        first = Jobs(w.store, w.clock, [shared, own])
        first.run_due(0.0)
        assert set(first.errors) == {"shared", "own"}
        first.stop()
        Jobs(w.store, w.clock, [noted([], "another")]).run_due(0.0)
        first.run_due(1.0)
        assert set(first.errors) == {"own"}


def test_a_lease_that_could_not_be_asked_for_is_told_until_it_can(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> bool:
        raise OperationalError("UPDATE leases", {}, Exception("database is locked"))

    with world(database_url) as w:
        jobs = Jobs(w.store, w.clock, [noted([], "a", 1.0)])
        with monkeypatch.context() as patched:
            patched.setattr("mpp.jobs.leases.take", locked)
            jobs.run_due(0.0)
        assert "database is locked" in jobs.errors["lease"]
        jobs.run_due(1.0)
        assert jobs.errors == {}


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


def test_a_file_that_could_not_be_loaded_is_tried_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    path = tmp_path / "mpp.toml"
    path.write_text(init_text(), encoding="utf-8")
    with world(database_url) as w:
        follow = Follower(w.store, path)
        for where in ("load_file", "refold_since"):
            with monkeypatch.context() as patched:
                patched.setattr(mpp.jobs.standing, where, locked)
                with pytest.raises(OperationalError):
                    follow(w.clock())
        follow(w.clock())
        name = mall_name(w)
        assert name != small_mall().name
        path.write_text(init_text().replace(name, name + " Baru"), encoding="utf-8")
        follow(w.clock())
        assert mall_name(w) == name + " Baru"


def test_a_stop_between_loading_and_judging_is_made_good(database_url: str, tmp_path: Path) -> None:
    """Whoever runs next judges today's legs by the description in force, once."""
    with world(database_url, without_promise(small_mall())) as w:
        w.send(*w.life("A3-001", -50, -20))
        assert w.leg()["promise_s"] is None
        w.describe(small_mall())
        path = tmp_path / "mpp.toml"
        assert Follower(w.store, path)(w.clock()) == "1 tickets judged by the new description"
        assert w.leg()["promise_s"] == 1800
        assert Follower(w.store, path)(w.clock()) is None
        # A day later it is still made good, for the day it is about.
        w.describe(without_promise(small_mall()))
        w.clock.at += timedelta(days=1)
        Follower(w.store, path)(w.clock())
        assert w.leg()["promise_s"] is None


def test_a_ticket_that_is_being_written_by_the_old_description_is_judged_anew(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL: a writer that had read the old version commits only after the new one is loaded."""
    with world(postgres_url, without_promise(small_mall())) as w:
        read, loaded = threading.Event(), threading.Event()
        judge = w.intake.judge

        def slow(tx: Write) -> Judge:
            found = judge(tx)
            read.set()
            assert loaded.wait(30)
            return found

        monkeypatch.setattr(w.intake, "judge", slow)
        writer = threading.Thread(target=w.send, args=w.life("A3-001", -50, -20))
        writer.start()
        assert read.wait(30)
        w.describe(small_mall())
        judging = threading.Thread(target=Follower(w.store, tmp_path / "mpp.toml"), args=(w.clock(),))
        judging.start()
        judging.join(0.3)
        loaded.set()
        writer.join()
        judging.join()
        assert w.leg()["promise_s"] == 1800


def told(follower: Follower) -> int:
    return len(follower.mistakes)


def test_every_process_knows_the_files_mistakes_and_only_one_loads_it(
    database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "mpp.toml"
    path.write_text("[mall", encoding="utf-8")
    with world(database_url) as w:
        holder, other = Follower(w.store, path), Follower(w.store, path)
        first, second = (Jobs(w.store, w.clock, following(follower)) for follower in (holder, other))
        first.run_due(0.0)
        second.run_due(0.0)
        assert told(holder) == told(other) == 1
        path.write_text(init_text(), encoding="utf-8")
        second.run_due(5.0)
        assert told(other) == 0
        assert mall_name(w) == small_mall().name
        first.run_due(5.0)
        assert told(holder) == 0
        assert mall_name(w) != small_mall().name
        path.write_text("[mall", encoding="utf-8")
        second.run_due(10.0)
        assert told(other) == 1
        path.unlink()
        second.run_due(15.0)
        assert told(other) == 0


def test_a_file_is_examined_only_when_it_changed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "mpp.toml"
    path.write_text("[mall", encoding="utf-8")
    with world(database_url) as w:
        follow = Follower(w.store, path)
        follow(w.clock())
        follow.check(w.clock())
        assert caplog.text.count("mistake in the mall's description") == 1
        monkeypatch.setattr(mpp.jobs.standing, "wrong", lambda *_: pytest.fail("examined again"))
        follow.check(w.clock())
        assert len(follow.mistakes) == 1


def test_what_is_set_aside_while_a_file_is_loaded_is_told_at_the_next_look(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mpp.toml"
    path.write_text("[mall", encoding="utf-8")
    with world(database_url) as w:
        follow = Follower(w.store, path)
        revisions = [3]
        monkeypatch.setattr(additions, "revision", lambda _tx: revisions[0])
        monkeypatch.setattr(follow, "load", lambda _now: revisions.append(revisions.pop() + 1))
        follow(w.clock())
        looked: list[Path] = []

        def wrong(_tx: Read, path: Path) -> tuple[()]:
            looked.append(path)
            return ()

        monkeypatch.setattr(mpp.jobs.standing, "wrong", wrong)
        follow.check(w.clock())
        follow.check(w.clock())
    assert looked == [path]


def test_the_standing_jobs_close_days(database_url: str, tmp_path: Path) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -30))
        w.clock.at = w.clock.at.replace(hour=9)
        closing = next(job for job in standing(w.store, tmp_path / "mpp.toml") if job.name == "closing")
        assert closing.run(w.clock()) == "closed 1 open legs"
        assert closing.run(w.clock()) is None


def test_the_standing_jobs_tidy_up_after_sign_ins_by_the_real_clock(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[datetime] = []
    monkeypatch.setattr(mpp.jobs.standing, "tidy", lambda _store, now: told.append(now))
    with world(database_url) as w:
        signed = next(job for job in standing(w.store, tmp_path / "mpp.toml") if job.name == "sign-ins")
        signed.run(w.clock())
    assert abs(told[0] - Now()()) < timedelta(minutes=1)


def test_actions_follow_the_picture_of_the_screens(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        keeper = Keeper(LiveFacts(w.store), w.clock)
        jobs = Jobs(w.store, w.clock, [watching(w.store, keeper)])
        assert jobs.run_due(0.0) == ["actions"]
        assert [row.type for row in w.events()] == ["action.opened"]
        assert jobs.run_due(1.0) == []
        assert jobs.run_due(2.0) == ["actions"]
        assert len(w.events()) == 1
        (row,) = LiveFacts(w.store).read(w.clock()).actions  # type: ignore[union-attr]
        assert row.key == "not_opened/dukcapil/20261123T010000Z"


def test_a_process_that_just_began_calls_nobody_silent(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        w.clock.at += timedelta(hours=1)
        passed = iter((0.0, 599.0, 600.0))
        job = watching(w.store, Keeper(LiveFacts(w.store), w.clock), clock=lambda: next(passed))
        job.run(w.clock())
        assert [row.type for row in w.events()] == []
        job.run(w.clock())
        assert [row.type for row in w.events()] == ["action.opened"]


def test_a_demo_listens_to_its_own_feeds(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        w.clock.at += timedelta(hours=1)
        watching(w.store, Keeper(LiveFacts(w.store, "demo"), w.clock, "demo")).run(w.clock())
        assert [row.type for row in w.events()] == ["action.opened"]


def test_without_a_mall_there_is_nothing_to_watch(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, **engine_options(sqlite_url))
    migrate.upgrade(engine)
    store, clock = Store(engine), Clock()
    jobs = Jobs(store, clock, [watching(store, Keeper(LiveFacts(store), clock))])
    assert jobs.run_due(0.0) == ["actions"]
    assert jobs.errors == {}
    store.close()
