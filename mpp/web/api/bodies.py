"""Bodies of the API: from bytes to JSON, those of ``POST /api/v1/events`` to items, or a problem that says
what is wrong."""

from __future__ import annotations

import json
from typing import Any, Final

from werkzeug.http import parse_options_header

from mpp.web.problems import ProblemError

ONE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
MOST_BYTES: Final = 1024 * 1024
MOST_ITEMS: Final = 1_000


def form(content_type: str) -> str:
    """ONE or BATCH. Raises ProblemError 415 for anything else."""
    name, options = parse_options_header(content_type)
    name = name.lower()
    charset = options.get("charset", "utf-8").lower()
    if name in (ONE, BATCH) and charset in ("utf-8", "utf8", "us-ascii"):
        return name
    if name in (ONE, BATCH):
        raise ProblemError(415, f"charset {charset} is not taken; send UTF-8")
    raise ProblemError(
        415,
        f"Content-Type must be {ONE} for one event or {BATCH} for an array of them, not {name or 'absent'}; "
        "events in HTTP headers (CloudEvents binary mode) are not taken",
        {"Accept-Post": f"{ONE}, {BATCH}"},
    )


def plain_json(content_type: str) -> None:
    """Raises ProblemError 415 for anything but JSON in UTF-8."""
    name, options = parse_options_header(content_type)
    charset = options.get("charset", "utf-8").lower()
    if name.lower() != "application/json" or charset not in ("utf-8", "utf8", "us-ascii"):
        raise ProblemError(415, "Content-Type must be application/json in UTF-8")


def items(kind: str, body: bytes) -> list[Any]:
    """The items of a body. Raises ProblemError 400 or 413."""
    given = parsed(body)
    if kind == ONE:
        if isinstance(given, dict):
            return [given]
        raise ProblemError(
            400, f"with Content-Type {ONE} the body is one JSON object; for an array use {BATCH}"
        )
    if not isinstance(given, list):
        raise ProblemError(
            400, f"with Content-Type {BATCH} the body is a JSON array; for one object use {ONE}"
        )
    if len(given) > MOST_ITEMS:
        raise ProblemError(
            413, f"a request may have at most {MOST_ITEMS} items, this has {len(given)}; send parts"
        )
    return given


def parsed(body: bytes) -> Any:
    """The JSON of a body. Raises ProblemError 400."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"the body is not UTF-8: byte {error.start} cannot be read") from None
    if not text.strip():
        raise ProblemError(400, "the body is empty; send a JSON object or array")
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ProblemError(400, f"the body is not JSON: {error}") from None
    except RecursionError:
        raise ProblemError(400, "the body is nested too deeply to be read") from None
    except ValueError:
        return _parse_with_huge_numbers(text)


def _parse_with_huge_numbers(text: str) -> Any:
    """A number of thousands of digits is JSON too: it spoils its item, not the batch."""
    try:
        return json.loads(text, parse_constant=_no_constant, parse_int=float)
    except RecursionError:
        raise ProblemError(400, "the body is nested too deeply to be read") from None


def _no_constant(name: str) -> Any:
    raise ProblemError(400, f"the body is not JSON: {name} is no JSON number")
