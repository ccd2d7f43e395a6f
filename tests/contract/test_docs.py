"""The pages that list settings, metrics and commands say what is so, all of it and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import SecretStr

from mpp import access
from mpp.cli import cli
from mpp.settings import Settings
from mpp.web.context import parts_of
from mpp.web.metrics import registry_of
from tests.mpp.web import house

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])


def rows(page: str) -> Iterator[list[str]]:
    """The cells of a page's tables whose first cell is code."""
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) > 1:
            yield cells


def test_settings():
    told = {row[0].strip("`"): (row[1].strip("`"), row[2]) for row in rows("settings.md")}
    known = {}
    for name, field in Settings.model_fields.items():
        default = "" if field.annotation is SecretStr else field.default
        known[f"MPP_{name.upper()}"] = ("" if default is None else str(default), field.description)
    assert told == known


def test_metrics(tmp_path):
    app = house.make_house(tmp_path)
    house.add_token(parts_of(app).store)
    house.send(app.test_client(), [house.event(1), house.event(2, service="nosuch")])
    known = {}
    for family in registry_of(parts_of(app)).collect():
        assert family.samples, f"{family.name} has nothing to tell even when something came in"
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = ", ".join(f"`{label}`" for label in family.samples[0].labels)
        known[name] = (family.type, labels, family.documentation)
    parts_of(app).close()
    told = {r[0].strip("`"): (r[1], r[2], r[3]) for r in rows("metrics.md") if len(r) == 4}
    assert told == known


def commands(group: click.Group, above: str = "mpp") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{above} {name}")
        else:
            yield f"{above} {name}", command


def test_commands():
    told = {re.split(r" (?=[A-Z\[-])", row[0].strip("`"), maxsplit=1)[0]: row for row in rows("commands.md")}
    known = dict(commands(cli))
    assert set(told) == set(known)
    for name, row in told.items():
        options = {option for param in known[name].params for option in param.opts if option.startswith("--")}
        named = set(re.findall(r"--[a-z-]+", " ".join(row)))
        assert named <= options, f"{name} has no {named - options}"
        assert known[name].help, f"{name} has no help"


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda page: page.name)
def test_no_page_names_a_setting_or_command_that_is_not_there(page):
    text = page.read_text(encoding="utf-8")
    settings = {f"MPP_{name.upper()}" for name in Settings.model_fields}
    named = {name for name in re.findall(r"\bMPP_[A-Z_]+\b", text) if not name.startswith("MPP_TEST_")}
    gone = {"MPP_VIEW_TOKEN"} if page.name == "CHANGELOG.md" else set()  # of earlier releases
    assert named <= settings | gone
    first = {name.split()[1] for name, _ in commands(cli)}
    called = set(re.findall(r"`(?:\.venv/bin/)?mpp ([a-z]+)", text))
    assert called <= first


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_tables_of_access_are_those_of_the_code():
    def names(found: list[str]) -> str:
        return "everybody" if len(found) == len(access.ROLES) else ", ".join(found)

    known = {}
    for area, rights in access.RIGHTS.items():
        places = " ".join(f"`{pattern}`" for pattern, its in access.PLACES if its == area)
        who, own = (
            names([role for role in access.ROLES if rights.get(role) == scope])
            for scope in (access.ALL, access.OWN)
        )
        known[f"`{area}`"] = [places, who, own]
    for level in (access.OPEN, access.STAFF, access.FULL):
        # A device as it is paired, before somebody says that it stands inside.
        seen = [role for role in access.ROLES if access.sight(access.Actor(role)) == level]
        known[f"`{level}`"] = [", ".join(seen)]
    assert {row[0]: row[1:] for row in rows("access.md")} == known
