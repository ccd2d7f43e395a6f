"""Reading ``mpp.toml``: nothing but a Mall or a DescriptionError comes out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mpp.i18n import Words, words
from mpp.mall.check import build
from mpp.mall.lines import line_index
from mpp.mall.mistakes import DescriptionError, Mistake, Notes, cause
from mpp.mall.model import Mall

LARGEST: Final = 1024 * 1024
"""Bytes a description may have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading gave: the ``mall`` (None when there are ``mistakes``), and ``warnings``."""

    mall: Mall | None
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's TOML as a document, with its text and its name."""

    document: dict[str, Any]
    text: str
    file: str


def read(path: Path) -> Mall:
    """The description in the file. Raises DescriptionError, naming every mistake in it."""
    reading = examine(path)
    if reading.mall is None:
        raise DescriptionError(reading.mistakes)
    return reading.mall


def examine(path: Path, w: Words | None = None) -> Reading:
    """The description in the file, with its mistakes and warnings in the language of ``w`` (English
    without). Raises nothing."""
    w = w or words("en")
    parsed = parse_file(path, w)
    return parsed if isinstance(parsed, Reading) else examine_document(parsed.document, parsed, w)


def parse_file(path: Path, w: Words) -> Parsed | Reading:
    """The file as TOML, not yet checked; a Reading with the mistake when it cannot be read as such."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        remedy = w.text("Write a commented example with `mpp init`")
        return _broken(path, w.text("the file does not exist"), remedy)
    except (OSError, ValueError) as error:
        problem = w.text("the file cannot be read: {cause}", cause=cause(error, w))
        return _broken(path, problem, w.text("Mend the path or its permissions"))
    return parse(content, str(path), w)


def examine_bytes(content: bytes, file: str, w: Words | None = None) -> Reading:
    """The same for content that is at hand; ``file`` is the name mistakes carry."""
    w = w or words("en")
    parsed = parse(content, file, w)
    return parsed if isinstance(parsed, Reading) else examine_document(parsed.document, parsed, w)


def parse(content: bytes, file: str, w: Words) -> Parsed | Reading:
    """The content as TOML, not yet checked; a Reading with the mistake when it is none."""
    if len(content) > LARGEST:
        problem = w.text("the file is larger than {most} bytes", most=LARGEST)
        return _broken(file, problem, w.text("A description is small: is it this file?"))
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _broken(file, w.text("the file is not UTF-8 text"), w.text("Save it as UTF-8"), line)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _syntax(file, str(error), w)
    except (ValueError, RecursionError) as error:
        # Not what tomllib promises: numbers of thousands of digits, arrays nested a thousand deep.
        problem = w.text("no TOML that can be read: {cause}", cause=str(error)[:100])
        return _broken(file, problem, w.text("Look for a very long number or [[[["))
    return Parsed(document, text, file)


def examine_document(document: dict[str, Any], parsed: Parsed, w: Words) -> Reading:
    """The description a document holds; lines and the file's name in its mistakes are ``parsed``'s."""
    notes = Notes(parsed.file, w=w)
    mall = build(document, notes)
    if notes.mistakes or notes.warnings:
        # Where everything stands takes longer to find than what it says: only when somebody is told.
        notes = Notes(parsed.file, line_index(parsed.text), w)
        mall = build(document, notes)
    warnings = tuple(sorted(notes.warnings, key=lambda w: w.line or 0))
    if notes.mistakes:
        return Reading(None, notes.all_mistakes(), warnings)
    return Reading(mall, (), warnings)


def _syntax(file: str, message: str, w: Words) -> Reading:
    place = re.search(r" \(at (?:line (\d+), column (\d+)|(end of document))\)", message)
    told = syntax(message[: place.start()] if place else message, w)
    remedy = w.text('Texts stand in quotes, tables begin with [name], keys are followed by =: key = "value"')
    if place is None or place[3]:
        return _broken(file, w.text("no TOML: {cause}", cause=told), remedy)
    problem = w.text("no TOML at column {column}: {cause}", column=place[2], cause=told)
    return _broken(file, problem, remedy, int(place[1]))


def syntax(message: str, w: Words) -> str:
    """What tomllib says of a text that is no TOML, in the language of ``w`` where we know it."""
    known = {
        "Invalid value": w.text("Invalid value"),
        "Invalid statement": w.text("Invalid statement"),
        "Expected '=' after a key": w.text("Expected '=' after a key"),
        "Expected newline or end of document": w.text("Expected the end of the line"),
        "Expected ']": w.text("Expected ']' after the name of a table"),
        "Cannot overwrite a value": w.text("This key stands there twice"),
        "Cannot declare": w.text("This table stands there twice"),
        "Duplicate inline table key": w.text("This key stands there twice"),
        "Unterminated string": w.text("A text without its closing quote"),
        "Expected '\"'": w.text("A text without its closing quote"),
        'Expected "\'"': w.text("A text without its closing quote"),
        "Illegal character": w.text("A character that may not stand here: is a closing quote missing?"),
        "Unescaped": w.text("A backslash in a text must be doubled"),
        "Unclosed array": w.text("A list without its closing ]"),
        "Unclosed inline table": w.text("A table without its closing }"),
        "Invalid initial character for a key": w.text("No key can begin like this"),
    }
    return next((told for begin, told in known.items() if message.startswith(begin)), message)


def _broken(file: Path | str, problem: str, remedy: str, line: int | None = None) -> Reading:
    return Reading(None, (Mistake(str(file), "", problem, remedy, line),))
