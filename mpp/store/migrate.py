"""Migrations: bring a database to this release's tables, or one step back."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from mpp.store.database import prepare

_SCRIPTS = Path(__file__).parent / "migrations"


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations up to ``revision``. Safe to call when there is nothing to do."""
    prepare(engine)
    if current(engine) != head():
        command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to ``revision`` ("-1" one step, "base" to nothing)."""
    prepare(engine)
    command.downgrade(_config(engine), revision)


def current(engine: Engine) -> str | None:
    """The database's revision, None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str | None:
    """This release's revision; read from the scripts once, since every start and every look at the
    server's health asks."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return ScriptDirectory.from_config(config).get_current_head()
