"""The command ``mpp``: click, through Flask's command group, so that a command has the app."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import OperationalError

from mpp.cli.description import check, init
from mpp.cli.log import rebuild_command, replay
from mpp.cli.quarantine import quarantine_group
from mpp.cli.serve import demo, serve
from mpp.cli.summary import summary_command
from mpp.cli.tables import tables_group
from mpp.cli.tickets import import_group
from mpp.cli.token import token_group
from mpp.cli.tools import database_error


class Commands(AppGroup):
    """The group. A database that does not answer ends a command with one sentence."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        from mpp.i18n import words
        from mpp.settings import Settings

        try:
            return super().invoke(ctx)
        except OperationalError as error:
            raise database_error(error, words(Settings().locale)) from None


cli = Commands(name="mpp", help="Operations monitor of a Mal Pelayanan Publik.")
for command in (
    init,
    check,
    serve,
    demo,
    import_group,
    summary_command,
    replay,
    rebuild_command,
    token_group,
    quarantine_group,
    tables_group,
):
    cli.add_command(command)


def _app() -> Flask:
    from mpp import create_app
    from mpp.web import logs, server

    try:
        settings = server.checked()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    logs.configure(settings)
    return create_app(settings)


def main() -> None:
    """Run a command line."""
    cli.main(prog_name="mpp", obj=ScriptInfo(create_app=_app, set_debug_flag=False))
