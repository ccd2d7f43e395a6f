"""What commands work with, and how they speak."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from mpp.i18n import Words
from mpp.live.intake import Intake
from mpp.now import Now
from mpp.settings import Settings
from mpp.store import Store
from mpp.web.context import parts_of


@dataclass(frozen=True, slots=True)
class Tools:
    """The parts a command needs; ``words`` speak the configured language."""

    settings: Settings
    store: Store
    now: Now
    intake: Intake
    words: Words


def tools() -> Tools:
    """The tools of the current app, for a command that runs in its context; closed when it ends."""
    parts = parts_of()
    click.get_current_context().find_root().call_on_close(parts.close)
    words = parts.words_for(parts.settings.locale)
    return Tools(parts.settings, parts.store, parts.now, parts.intake, words)


def say_json(value: Any) -> None:
    """Print a value as JSON for a script."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def database_error(error: OperationalError, words: Words) -> click.ClickException:
    """The clear form of a database that does not answer."""
    cause = str(error.orig).splitlines()[0] if error.orig else str(error)
    return click.ClickException(words.text("The database does not answer: {cause}", cause=cause))
