"""What ends a command is one sentence in the configured language, never a traceback."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from sqlalchemy.exc import IntegrityError

from mpp.cli import _app, cli
from mpp.cli.failures import told_in_one_sentence
from mpp.mall.texts import init_text
from tests.mpp.cli.test_commands import free_port


def typed(*words: str, **env: str) -> Result:
    """A command as it is started: settings from the environment, in Indonesian."""
    main = ScriptInfo(create_app=_app, set_debug_flag=False)
    clean = {name: None for name in os.environ if name.startswith("MPP_")}
    return CliRunner(env={**clean, **env}).invoke(cli, list(words), obj=main)


@pytest.mark.parametrize(
    ("words", "env", "told"),
    [
        ("check", {"MPP_PORT": "80x"}, "MPP_PORT: harus bilangan bulat dari 1 sampai 65535"),
        ("init", {"MPP_PORT": "0"}, "MPP_PORT: harus bilangan bulat dari 1 sampai 65535"),
        ("init", {"MPP_LOCALE": "fr"}, "MPP_LOCALE: harus salah satu dari id, en"),
        (
            "summary",
            {"MPP_LOG_LEVEL": "loud"},
            "MPP_LOG_LEVEL: harus salah satu dari debug, info, warning, error",
        ),
        ("summary", {"MPP_LOG_FORMAT": "xml"}, "MPP_LOG_FORMAT: harus salah satu dari auto, json, text"),
        ("summary", {"MPP_RATE_LIMIT": "x"}, "MPP_RATE_LIMIT: harus berupa jumlah permintaan per waktu"),
        (
            "summary",
            {"MPP_DATABASE_URL": "mysql://x"},
            "MPP_DATABASE_URL: harus diawali sqlite:",
        ),
        ("summary", {"MPP_DATABASE_URL": "sqlite:foo"}, "MPP_DATABASE_URL tidak dapat dipakai: "),
        ("summary", {"MPP_DATABASE_URL": "sqlite:///FILE"}, "Basis data tidak menjawab: "),
        (
            "summary",
            {"MPP_INSTANCE": "FILE"},
            "FILE tidak dapat dipakai: ada berkas di tempat",
        ),
        ("serve", {"MPP_INSTANCE": "FILE"}, "FILE tidak dapat dipakai: "),
        ("init", {"MPP_INSTANCE": "FILE"}, "FILE tidak dapat dipakai: "),
        ("init", {"MPP_INSTANCE": "/proc/nope"}, "/proc/nope tidak dapat dipakai: "),
        ("tables downgrade xyz --yes", {}, "Tabel basis data tidak dapat dibawa ke sana: "),
        (
            "serve",
            {"MPP_CONFIG": "none.toml"},
            "MPP_CONFIG: berkas none.toml tidak ada. Buatlah: mpp",
        ),
        ("summary --agency xx", {}, "Tidak ada instansi xx; yang ada: -"),
    ],
)
def test_what_a_person_can_mend_is_one_sentence(
    tmp_path: Path, words: str, env: dict[str, str], told: str
) -> None:
    file = tmp_path / "file"
    file.write_text("no database, no folder\n" * 100)
    given = {"MPP_INSTANCE": str(tmp_path / "i"), "MPP_PORT": str(free_port())}
    given |= {name: value.replace("FILE", str(file)) for name, value in env.items()}
    done = typed(*words.split(), **given)
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 1
    assert done.output.startswith("Kesalahan: " + told.replace("FILE", str(file)))
    assert len(done.output.splitlines()) == 1


def test_a_bug_stays_a_traceback() -> None:
    with pytest.raises(ZeroDivisionError), told_in_one_sentence():
        raise ZeroDivisionError
    with pytest.raises(BrokenPipeError), told_in_one_sentence():
        raise BrokenPipeError(errno.EPIPE, "gone")
    with pytest.raises(IntegrityError), told_in_one_sentence():
        raise IntegrityError("insert", {}, Exception("twice"))


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    done = typed("check", MPP_INSTANCE=str(tmp_path), MPP_PORT="80x", MPP_LOG_LEVEL="loud", MPP_LOCALE="en")
    assert done.output.splitlines() == [
        "Error: MPP_PORT: must be a whole number from 1 to 65535",
        "MPP_LOG_LEVEL: must be one of debug, info, warning, error",
    ]


@pytest.mark.parametrize("command", ["serve", "demo", "replay --from 2026-11-23T09:00 --to 2026-11-23T10:00"])
def test_a_variable_that_is_no_setting_is_told_at_the_start(tmp_path: Path, command: str) -> None:
    stray = {"MPP_PRT": "1", "MPP_TEST_REQUIRE": "x", "MPP_XYZZY": "2"}
    done = typed(*command.split(), MPP_INSTANCE=str(tmp_path), MPP_HOST="192.0.2.1", **stray)
    assert done.exit_code == 1
    assert done.output.splitlines()[:2] == [
        "Peringatan: MPP_PRT bukan pengaturan pemantau: tidak ada pengaruhnya. Maksudnya MPP_PORT?",
        "Peringatan: MPP_XYZZY bukan pengaturan pemantau: tidak ada pengaruhnya.",
    ]


def test_mistakes_speak_the_configured_language(tmp_path: Path) -> None:
    file = tmp_path / "mpp.toml"
    file.write_text(init_text().replace("wait = 30 ", 'wait = "tiga puluh" ', 1), encoding="utf-8")
    done = typed("check", MPP_INSTANCE=str(tmp_path))
    mistake, last = done.output.splitlines()
    assert mistake.endswith("wait: seharusnya angka, bukan teks. Tulis wait = 30")
    assert last == "1 kesalahan; tidak ada yang diubah."
    (found,) = json.loads(typed("check", "--json", MPP_INSTANCE=str(tmp_path)).output)
    assert (found["problem"], found["remedy"]) == ("seharusnya angka, bukan teks", "Tulis wait = 30")
    (found,) = json.loads(typed("check", "--json", MPP_INSTANCE=str(tmp_path), MPP_LOCALE="en").output)
    assert found["remedy"] == "Write wait = 30"
