"""JSON schemas of the board's dataclasses, made from their types."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from mpp.live.model import Board
from mpp.web.api.board import EXTRA, LEFT_OUT

Schema = dict[str, Any]


def board_schemas() -> Schema:
    """A schema for the board and every dataclass in it."""
    found: Schema = {}
    _schema_of(Board, found)
    return found


def ref(name: str) -> Schema:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def _schema_of(kind: Any, found: Schema) -> Schema:
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in found:
            found[kind.__name__] = {}  # named first: a type may hold itself
            hints = get_type_hints(kind)
            left_out = LEFT_OUT.get(kind.__name__, ())
            types_of = {f.name: hints[f.name] for f in fields(kind) if f.name not in left_out}
            for name in EXTRA.get(kind.__name__, ()):
                types_of[name] = get_type_hints(getattr(kind, name).fget)["return"]
            found[kind.__name__] = {
                "type": "object",
                "required": list(types_of),
                "additionalProperties": False,
                "properties": {name: _schema_of(hint, found) for name, hint in types_of.items()},
            }
        return ref(kind.__name__)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema_of(argument, found) for argument in arguments]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema_of(arguments[1], found)}
    if origin is not None:
        return {"type": "array", "items": _schema_of(arguments[0], found)}
    return dict(_PLAIN[kind])


_PLAIN: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}
