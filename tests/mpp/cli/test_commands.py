"""Commands as a person types them, in a process of their own where it matters."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo

from mpp import create_app
from mpp.cli import cli
from mpp.mall.texts import init_text
from mpp.now import Now
from mpp.settings import Settings
from mpp.web.context import parts_of
from tests.world import MORNING


class Shell:
    """Types commands against an installation in a folder."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.settings = Settings(instance=folder, database_url=database_url, locale="en")

    def __call__(self, *words: str, fails: bool = False) -> Result:
        now = Now.starting_at(MORNING)
        info = ScriptInfo(create_app=lambda: create_app(self.settings, now=now), set_debug_flag=False)
        env = {"MPP_INSTANCE": str(self.settings.instance), "MPP_LOCALE": "en"}
        done = CliRunner(env=env).invoke(cli, list(words), obj=info)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert (done.exit_code != 0) is fails, done.output
        return done


@pytest.fixture
def shell(tmp_path: Path, database_url: str) -> Shell:
    (tmp_path / "mpp.toml").write_text(init_text(), encoding="utf-8")
    return Shell(tmp_path, database_url)


def test_init_writes_what_check_accepts_and_never_over_a_file(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell("init")
    assert "is in order" in shell("check").output
    assert "--force" in shell("init", fails=True).output
    shell("init", "--example", "--force")
    assert "26 agencies, 147 services, 90 counters" in shell("check").output
    assert not (tmp_path / "mpp.sqlite").exists()


def test_check_names_file_key_and_remedy(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    path = tmp_path / "mpp.toml"
    path.write_text(init_text().replace("[mall]", "[mall]\nnmae = 1", 1), encoding="utf-8")
    told = shell("check", fails=True).output
    assert "mpp.toml:" in told
    assert "nmae" in told
    assert "name" in told
    (found,) = json.loads(shell("check", "--json", fails=True).output)
    assert found["key"].endswith("nmae")


def test_tokens_are_shown_once_and_revoked(shell: Shell) -> None:
    source = json.loads(shell("token", "list", "--json").output) or first_source(shell)
    made = json.loads(shell("token", "create", str(source), "--label", "hall", "--json").output)
    assert made["token"].startswith("mpp_")
    listed = shell("token", "list").output
    assert made["token"] not in listed
    assert made["token"][:8] in listed
    shell("token", "revoke", str(made["id"]))
    assert "revoked" in shell("token", "list").output
    shell("token", "revoke", str(made["id"]), fails=True)


def test_a_token_for_nobody_says_who_there_is(shell: Shell) -> None:
    told = shell("token", "create", "nobody", fails=True).output
    assert "nobody" in told
    assert str(first_source(shell)) in told


def test_a_label_that_is_too_long_or_of_two_lines_is_told(shell: Shell) -> None:
    source = str(first_source(shell))
    told = shell("token", "create", source, "--label", "x" * 101, fails=True).output
    assert "at most 100 characters" in told
    assert "101" in told
    shell("token", "create", source, "--label", "one\ntwo", fails=True)
    shell("token", "create", source, "--label", "x" * 100)
    assert len(json.loads(shell("token", "list", "--json").output)) == 1


def first_source(shell: Shell) -> str:
    app = create_app(shell.settings)
    parts = parts_of(app)
    with parts.store.read() as tx:
        from mpp.store import sources

        found = min(sources.all_sources(tx))
    parts.close()
    return found


def test_quarantine_is_listed_retried_and_dropped(shell: Shell) -> None:
    source = first_source(shell)
    app = create_app(shell.settings, now=Now.starting_at(MORNING))
    parts = parts_of(app)
    with app.app_context():
        parts.intake.accept(source, [{"id": "bad"}, {"id": "worse"}])
    parts.close()
    rows = json.loads(shell("quarantine", "list", "--json").output)
    assert {row["reason"] for row in rows} == {"bad_envelope"}
    assert "2 still in quarantine" in shell("quarantine", "retry").output
    shell("quarantine", "drop", str(rows[0]["id"]))
    assert len(json.loads(shell("quarantine", "list", "--json").output)) == 1
    assert len(json.loads(shell("quarantine", "list", "--json", "--resolved").output)) == 1


def test_a_retry_says_what_it_leaves_alone(shell: Shell) -> None:
    source = first_source(shell)
    app = create_app(shell.settings, now=Now.starting_at(MORNING))
    parts = parts_of(app)
    with app.app_context():
        parts.intake.accept(source, [{"id": "bad"}, {"id": "3201234101900001"}])
    parts.close()
    told = shell("quarantine", "retry").output
    assert "1 entries read again" in told
    assert "1 entry left alone" in told
    assert "3201234101900001" not in shell("quarantine", "list", "--json").output
    rows = json.loads(shell("quarantine", "list", "--json").output)
    assert {row["event_id"] == "bad": row["retryable"] for row in rows} == {True: True, False: False}


def test_rebuild_says_what_it_folded(shell: Shell) -> None:
    assert "0 tickets folded, 0 legs" in shell("rebuild").output


def test_tables_go_back_and_forth(shell: Shell) -> None:
    assert "this release needs" in shell("tables", "current").output
    assert "at -" in shell("tables", "downgrade", "base", "--yes").output


def test_replay_wants_times_in_order(shell: Shell) -> None:
    times = ("--from", "2026-11-23T10:00", "--to", "2026-11-23T09:00")
    shell("tables", "current")
    with patch.dict("os.environ", {"MPP_DATABASE_URL": shell.settings.database_url}):
        told = shell("replay", *times, fails=True).output
    assert "later" in told
