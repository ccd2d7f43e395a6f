"""Commands as a person types them, in a process of their own where it matters."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from socket import socket
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from sqlalchemy import create_engine

from mpp import create_app
from mpp.cli import cli
from mpp.i18n import words as words_of
from mpp.live import changes
from mpp.live.described import Wish
from mpp.mall.additions import Item
from mpp.mall.texts import init_text
from mpp.now import Now
from mpp.people.audit import CONSOLE
from mpp.settings import Settings
from mpp.store import Store
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


def test_check_knows_what_was_added_on_the_pages(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell("init")
    shell("token", "list")  # makes the database, and keeps the file's text in it
    store = Store(create_engine(f"sqlite:///{tmp_path / 'mpp.sqlite'}"))
    added = Wish(Item("service", "dukcapil", "surat"), {"name": "Surat", "prefix": "QQ"}, 0)
    with store.write() as tx:
        changes.change(tx, MORNING, [added], CONSOLE, words_of("en"), action=changes.ADDED)
    store.close()
    assert "5 services" in shell("check").output
    path = tmp_path / "mpp.toml"
    path.write_text(path.read_text().replace('prefix = "A1"', 'prefix = "QQ"'), encoding="utf-8")
    (warning,) = json.loads(shell("check", "--json").output)
    assert (warning["warning"], warning["file"], warning["key"]) == (
        True,
        "/admin",
        "service dukcapil surat prefix",
    )


def test_tokens_are_shown_once_and_revoked(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    # 06.30 in the mall: there the next day has begun.
    monkeypatch.setattr("tests.mpp.cli.test_commands.MORNING", MORNING - timedelta(hours=3, minutes=10))
    source = json.loads(shell("token", "list", "--json").output) or first_source(shell)
    made = json.loads(shell("token", "create", str(source), "--label", "hall", "--json").output)
    assert made["token"].startswith("mpp_")
    listed = shell("token", "list").output
    assert made["token"] not in listed
    assert made["token"][:8] in listed
    assert "2026-11-23" in listed
    shell("token", "revoke", str(made["id"]))
    assert "revoked 2026-11-23" in shell("token", "list").output
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


def test_quarantine_is_a_table_with_headings_and_times_of_the_mall(shell: Shell) -> None:
    assert shell("quarantine", "list").stdout == "0 open entries\n"
    source = first_source(shell)
    app = create_app(shell.settings, now=Now.starting_at(MORNING))
    parts = parts_of(app)
    with app.app_context():
        parts.intake.accept(source, [{"id": "bad"}])
    parts.close()
    done = shell("quarantine", "list")
    head, row, detail, count, total = done.stdout.splitlines()
    assert head.split("  ")[-1] == "Event, or file and line"
    at = f"{MORNING.astimezone(ZoneInfo('Asia/Jakarta')):%Y-%m-%d %H:%M}"
    assert row.index(at) == head.index("First received")
    assert row.index("bad_envelope") == head.index("Reason")
    assert "specversion" in detail
    assert count == f"{source}  bad_envelope (not a proper CloudEvent): 1"
    assert total == "1 open entry"
    assert done.stderr == ""


def test_tables_go_back_and_forth(shell: Shell) -> None:
    assert "this release needs" in shell("tables", "current").output
    assert "at -" in shell("tables", "downgrade", "base", "--yes").output


def test_replay_wants_times_in_order_and_something_to_show(shell: Shell) -> None:
    shell("tables", "current")

    def told(first: str, last: str) -> str:
        with patch.dict("os.environ", {"MPP_DATABASE_URL": shell.settings.database_url}):
            port = str(free_port())
            return shell("replay", "--from", first, "--to", last, "--port", port, fails=True).output

    assert "later" in told("2026-11-23T10:00", "2026-11-23T09:00")
    assert "write it like 2026-11-23T09:00" in told("besok", "2026-11-23T09:00")
    assert "write it like" in told("0001-01-01T00:00", "2026-11-23T09:00")
    assert "there are no tickets yet" in told("2026-11-23T09:00", "2026-11-23T10:00")
    assert sent(shell) == "accepted"
    empty = told("2020-01-01T00:00", "2020-01-02T00:00")
    assert f"the days with tickets lie between {MORNING.date()} and {MORNING.date()}" in empty


def sent(shell: Shell) -> str:
    """What the API answers to the ticket of the README, sent with a token made for it."""
    token = shell("token", "create", "antrean-mall").stdout.strip()
    item = {
        "specversion": "1.0",
        "id": "1",
        "source": "antrean-mall",
        "type": "mpp.ticket.issued",
        "time": MORNING.isoformat(),
        "subject": "ticket/20261123-A2-042",
        "data": {"number": "A2-042", "agency": "dukcapil", "service": "kk"},
    }
    app = create_app(shell.settings, now=Now.starting_at(MORNING))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents+json"}
    answer = app.test_client().post("/api/v1/events", data=json.dumps(item), headers=headers)
    parts_of(app).close()
    return str(json.loads(answer.text)["items"][0]["status"])


def test_the_starter_takes_what_the_readme_sends(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell("init")
    assert sent(shell) == "accepted"


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_version_and_short_help_everywhere(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell("--version").output == f"mpp {version('mpp')}\n"
    for words in ((), ("summary",), ("token",), ("token", "create"), ("tables", "downgrade")):
        assert shell(*words, "-h").output.startswith("Usage: mpp")
