"""What commands work with, and how they speak."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

import click

from mpp.i18n import Words
from mpp.live.description import Descriptions
from mpp.live.intake import Intake
from mpp.now import Now
from mpp.settings import Settings
from mpp.store import Store
from mpp.web import logs, server
from mpp.web.configured import spoken, strays
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


class Failure(click.ClickException):
    """What ends a command: one sentence in the configured language."""

    def __init__(self, message: str, w: Words) -> None:
        super().__init__(message)
        self.w = w

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it."""
        click.echo(self.w.text("Error: {message}", message=self.message), file=file, err=file is None)


class Day(click.ParamType):
    """A day of the calendar, YYYY-MM-DD, from ``first`` to ``last``, both included."""

    name = "day"

    def __init__(self, first: date = date.min, last: date = date.max) -> None:
        self.first, self.last = first, last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day of a text."""
        if isinstance(value, date):
            return value
        w = spoken()
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 a day has no zone
        except ValueError:
            problem = w.text("{value} is no day: write YYYY-MM-DD, such as 2026-11-01", value=repr(value))
            self.fail(problem, param, ctx)
        if not self.first <= day <= self.last:
            problem = w.text(
                "{day} is out of reach: days from {first} to {last} can be invented.",
                day=day,
                first=self.first,
                last=self.last,
            )
            self.fail(problem, param, ctx)
        return day


DAY: Final = Day()
INVENTED_DAY: Final = Day(date(2000, 1, 1), date(2100, 12, 31))
"""A day that can be invented: weeks before it and a year after it are days of the calendar, too."""


class TimeOfDay(click.ParamType):
    """A time of day, HH.MM or HH:MM."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """The time of a text."""
        if isinstance(value, time):
            return value
        try:
            return datetime.strptime(value.replace(":", "."), "%H.%M").time()  # noqa: DTZ007 a clock's face
        except ValueError:
            w = spoken()
            problem = w.text("{value} is no time of day: write HH.MM, such as 09.40", value=repr(value))
            self.fail(problem, param, ctx)


TIME: Final = TimeOfDay()


def ready_to_serve(host: str | None, port: int | None) -> Settings:
    """The settings of a command that serves, checked, with a free address and the log set up.
    Warns of variables that look like settings and are none. Raises ValueError as ``checked`` does."""
    w = spoken()
    for name, near in strays():
        told = w.text("{name} is no setting of the monitor: it does nothing.", name=name)
        if near:
            told = w.text(
                "{name} is no setting of the monitor: it does nothing. Did you mean {near}?",
                name=name,
                near=near,
            )
        click.echo(f"{w.text('Warning')}: {told}", err=True)
    settings = server.checked(host=host, port=port)
    server.must_be_free(settings)
    logs.configure(settings)
    return settings


def mall_zone(store: Store) -> tzinfo:
    """The mall's time zone, UTC before it is described."""
    with store.read() as tx:
        versions = Descriptions().versions(tx)
    return ZoneInfo(versions.newest.zone) if versions else UTC
