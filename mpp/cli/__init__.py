"""The command ``mpp``: click, through Flask's command group, so that a command has the app."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo

from mpp.cli.audit import audit_command
from mpp.cli.demo import demo
from mpp.cli.description import check, init
from mpp.cli.device import device_group
from mpp.cli.failures import told_in_one_sentence
from mpp.cli.log import rebuild_command, replay
from mpp.cli.person import person_group
from mpp.cli.quarantine import quarantine_group
from mpp.cli.serve import serve
from mpp.cli.simulate import simulate_command
from mpp.cli.summary import summary_command
from mpp.cli.tables import tables_group
from mpp.cli.tickets import import_group
from mpp.cli.token import token_group


class Commands(AppGroup):
    """The group. What a person can mend ends a command with one sentence, no traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        with told_in_one_sentence():
            return super().invoke(ctx)


cli = Commands(
    name="mpp",
    help="Operations monitor of a Mal Pelayanan Publik.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
click.version_option(package_name="mpp", prog_name="mpp", message="%(prog)s %(version)s")(cli)
for command in (
    init,
    check,
    serve,
    demo,
    simulate_command,
    import_group,
    summary_command,
    replay,
    rebuild_command,
    token_group,
    quarantine_group,
    tables_group,
    audit_command,
    person_group,
    device_group,
):
    cli.add_command(command)


def _app() -> Flask:
    from mpp import create_app
    from mpp.web import logs
    from mpp.web.configured import configured

    settings = configured()
    logs.configure(settings)
    return create_app(settings)


def main() -> None:
    """Run a command line."""
    cli.main(prog_name="mpp", obj=ScriptInfo(create_app=_app, set_debug_flag=False))
