"""Settings from the environment; what is wrong with them is said to the person at the console."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from os import environ
from typing import Any, Final

from limits import parse_many
from pydantic import ValidationError

from mpp.i18n import LOCALES, Words, words
from mpp.settings import Settings

PREFIX: Final = "MPP_"
TESTS: Final = "MPP_TEST_"
"""Variables of the tests, no settings."""


class SettingsError(ValueError):
    """Settings that cannot be used: one sentence a line, in the configured language."""


def configured(**overrides: Any) -> Settings:
    """The settings from the environment; ``overrides`` that are not None stand before them.
    Raises SettingsError."""
    w = spoken()
    try:
        settings = Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_told((str(found["loc"][0]) for found in error.errors()), w)) from None
    try:
        parse_many(settings.rate_limit)
    except ValueError:
        raise SettingsError(_told(["rate_limit"], w)) from None
    return settings


def spoken() -> Words:
    """The configured language, also while other settings cannot be used; else the default one."""
    given = {name.upper(): value for name, value in environ.items()}.get("MPP_LOCALE")
    return words(given if given in LOCALES else LOCALES[0])


def strays(given: Mapping[str, str] = environ) -> list[tuple[str, str | None]]:
    """Variables that look like settings and are none, each with the setting that was perhaps meant."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    found = [
        name
        for name in sorted(given)
        if name.upper().startswith(PREFIX) and not name.startswith(TESTS) and name.upper() not in known
    ]
    return [(name, next(iter(get_close_matches(name.upper(), known, 1, 0.6)), None)) for name in found]


def _told(fields: Iterable[str], w: Words) -> str:
    wanted = {
        "port": w.text("must be a whole number from {low} to {high}", low=1, high=65_535),
        "locale": w.text("must be one of {options}", options="id, en"),
        "log_level": w.text("must be one of {options}", options="debug, info, warning, error"),
        "log_format": w.text("must be one of {options}", options="auto, json, text"),
        "rate_limit": w.text("must be a number of requests and a time, such as 600/minute"),
        "database_url": w.text(
            "must start with sqlite: or postgresql: (for example postgresql://mpp@localhost/mpp)"
        ),
    }
    other = w.text("cannot be read")
    return "\n".join(f"{PREFIX}{name.upper()}: {wanted.get(name, other)}" for name in dict.fromkeys(fields))
