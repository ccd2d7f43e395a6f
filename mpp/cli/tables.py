"""``mpp tables``: the database's tables, both ways."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from mpp.cli.tools import tools
from mpp.store import migrate

tables_group = AppGroup("tables", help="The database's tables: where they stand, back and forth.")


@tables_group.command("current")
def current() -> None:
    """Say which revision the database is at and which this release needs."""
    kit = tools()
    click.echo(
        kit.words.text(
            "The database is at {current}, this release needs {head}.",
            current=migrate.current(kit.store.engine) or "-",
            head=migrate.head(),
        )
    )


@tables_group.command("upgrade")
def upgrade() -> None:
    """Bring the tables to this release. Every start does it too."""
    kit = tools()
    migrate.upgrade(kit.store.engine)
    click.echo(
        kit.words.text("The database is at {current}.", current=migrate.current(kit.store.engine) or "-")
    )


@tables_group.command("downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade(revision: str, yes: bool) -> None:
    """Go back to REVISION before running an older release. What newer tables held is lost."""
    kit = tools()
    if not yes:
        click.confirm(kit.words.text("What the newer tables hold will be lost. Go back?"), abort=True)
    migrate.downgrade(kit.store.engine, revision)
    click.echo(
        kit.words.text("The database is at {current}.", current=migrate.current(kit.store.engine) or "-")
    )
