"""Accounts, devices and the audit log from the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from mpp.i18n import words
from mpp.people import devices
from mpp.people.sign_in import ONE_TIME
from mpp.web.context import parts_of
from tests.mpp.cli.test_commands import Shell
from tests.mpp.web import house
from tests.world import MORNING

W = words("en")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "mpp.toml").write_text(house.EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    return Shell(tmp_path)


def audited(shell: Shell, *filters: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(shell("audit", "--json", *filters).stdout)
    return found


def test_a_person_is_made_and_the_password_is_told_once(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("person", "add", "root", "--name", "Root", "--role", "administrator")
    done = shell(
        "person", "add", "Sari", "--name", "Sari W.", "--role", "officer",
        "--agency", "dukcapil", "--counter", "dukcapil/1",
    )  # fmt: skip
    once = done.stdout.strip()
    assert once.count("-") == 2
    table = shell("person", "list").stdout
    assert "dukcapil/1" in table
    assert "has a one-time password" in table
    assert once not in table + shell("audit").stdout
    again = json.loads(shell("person", "reset", "sari", "--json").stdout)
    assert again["one_time_password"] not in ("", once)
    shell("person", "disable", "sari")
    assert "disabled" in shell("person", "list").stdout
    shell("person", "enable", "sari")
    actions = [one["action"] for one in audited(shell, "--what", "person:sari")]
    assert actions == ["person.enabled", "person.disabled", "person.password_reset", "person.created"]
    assert {one["who"] for one in audited(shell, "--what", "person:")} == {"console"}
    monkeypatch.setattr("tests.mpp.cli.test_commands.MORNING", MORNING + ONE_TIME + timedelta(minutes=1))
    assert shell("person", "list").stdout.count("the one-time password ran out") == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("x", "--name", "X", "--role", "manager"), "2 to 64 small letters"),
        (("budi", "--name", "Budi", "--role", "agency"), "at least one agency"),
        (("budi", "--name", "Budi", "--role", "agency", "--agency", "nosuch"), "no agency nosuch"),
        (("root", "--name", "Root", "--role", "manager"), "taken"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(shell: Shell, given: tuple[str, ...], said: str) -> None:
    shell("person", "add", "root", "--name", "Root", "--role", "administrator")
    assert said in shell("person", "add", *given, fails=True).output
    assert "last administrator" in shell("person", "disable", "root", fails=True).output
    assert "mpp person list" in shell("person", "reset", "nobody", fails=True).output


def test_a_device_is_let_in_renewed_and_revoked(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    # 06.30 in the mall: there the next day has begun.
    monkeypatch.setattr("tests.mpp.cli.test_commands.MORNING", MORNING - timedelta(hours=3, minutes=10))
    app = house.make_house(shell.settings.instance)
    _, code = devices.ask(parts_of(app).store, MORNING, "display", "10.0.0.7")
    parts_of(app).close()
    assert f"display at 10.0.0.7 shows the code {code}" in shell("device", "list").stdout
    assert "let in: Dinding lobi" in shell("device", "confirm", code.lower(), "--name", "Dinding lobi").stdout
    (device,) = json.loads(shell("device", "list", "--json").stdout)["devices"]
    assert (device["name"], device["open"]) == ("Dinding lobi", True)
    assert "Dinding lobi" in shell("device", "list").stdout
    number = str(device["id"])
    shell("device", "renew", number)
    shell("device", "revoke", number)
    assert "revoked 2026-11-23" in shell("device", "list").stdout
    assert "mpp device list" in shell("device", "revoke", number, fails=True).output
    assert "No device shows this code" in shell("device", "confirm", code, "--name", "X", fails=True).output
    actions = [one["action"] for one in audited(shell, "--what", "device:")]
    assert actions == ["device.revoked", "device.renewal_wished", "device.paired"]


def test_the_audit_log_is_filtered_and_read(shell: Shell) -> None:
    shell("person", "add", "root", "--name", "Root", "--role", "administrator")
    shell("person", "add", "sari", "--name", "Sari", "--role", "manager")
    told = shell("audit", "--limit", "1")
    assert "person:sari" in told.stdout
    assert "person:root" not in told.stdout
    assert "role: manager" in told.stdout
    assert "09:40" in told.stdout, "the mall's time"
    assert "1 entry" in told.stderr

    def people(*limits: str) -> list[str]:
        """Without the description's line, which the real clock dates."""
        return [str(one["what"]) for one in audited(shell, *limits) if one["action"] != "description.file"]

    assert people("--since", "2026-11-23", "--until", "2026-11-23") == ["person:sari", "person:root"]
    assert people("--until", "2026-11-22") == people("--since", "2026-11-24") == []
    assert audited(shell, "--who", "sari") == audited(shell, "--action", "sign_in") == []
