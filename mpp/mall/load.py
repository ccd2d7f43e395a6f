"""Reading ``mpp.toml``: nothing but a Mall or a DescriptionError comes out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mpp.mall.check import build
from mpp.mall.lines import line_index
from mpp.mall.mistakes import DescriptionError, Mistake, Notes
from mpp.mall.model import Mall

LARGEST: Final = 1024 * 1024
"""Bytes a description may have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading gave: the ``mall`` (None when there are ``mistakes``), and ``warnings``."""

    mall: Mall | None
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()


def read(path: Path) -> Mall:
    """The description in the file. Raises DescriptionError, naming every mistake in it."""
    reading = examine(path)
    if reading.mall is None:
        raise DescriptionError(reading.mistakes)
    return reading.mall


def examine(path: Path) -> Reading:
    """The description in the file, with its mistakes and warnings. Raises nothing."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return _broken(path, "the file does not exist", "Write a commented example with `mpp init`")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return _broken(path, f"the file cannot be read: {reason}", "Mend the path or its permissions")
    return examine_bytes(content, str(path))


def examine_bytes(content: bytes, file: str) -> Reading:
    """The same for content that is at hand; ``file`` is the name mistakes carry."""
    if len(content) > LARGEST:
        return _broken(
            file, f"the file is larger than {LARGEST} bytes", "A description is small: is it this file?"
        )
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _broken(file, "the file is not UTF-8 text", "Save it as UTF-8", line)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _syntax(file, str(error))
    except (ValueError, RecursionError) as error:
        # Not what tomllib promises: numbers of thousands of digits, arrays nested a thousand deep.
        return _broken(
            file, f"no TOML that can be read: {str(error)[:100]}", "Look for a very long number or [[[["
        )
    return _checked(document, text, file)


def _checked(document: dict[str, Any], text: str, file: str) -> Reading:
    notes = Notes(file, line_index(text))
    mall = build(document, notes)
    warnings = tuple(sorted(notes.warnings, key=lambda w: w.line or 0))
    if notes.mistakes:
        return Reading(None, notes.all_mistakes(), warnings)
    return Reading(mall, (), warnings)


def _syntax(file: str, message: str) -> Reading:
    place = re.search(r" \(at line (\d+), column (\d+)\)", message)
    problem = message[: place.start()] if place else message
    column = f" at column {place[2]}" if place else ""
    remedy = 'Texts stand in quotes, tables begin with [name], keys are followed by =: key = "value"'
    return _broken(file, f"no TOML{column}: {problem}", remedy, int(place[1]) if place else None)


def _broken(file: Path | str, problem: str, remedy: str, line: int | None = None) -> Reading:
    return Reading(None, (Mistake(str(file), "", problem, remedy, line),))
