"""A description as a JSON-able document, and back without loss: how a version is stored."""

from __future__ import annotations

import hashlib
import json
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from mpp.mall.model import Mall


def to_document(mall: Mall) -> dict[str, Any]:
    """The description as dicts, lists, texts, numbers and truth values.

    A field that has its default is left out, so that a field added later changes neither an old
    document's meaning nor its digest.
    """
    document: dict[str, Any] = _plain(mall)
    return document


def from_document(document: dict[str, Any]) -> Mall:
    """The description :func:`to_document` made this of.

    Raises ValueError for a document of another shape, such as one a newer release wrote.
    """
    mall: Mall = _record(document, Mall, "mall")
    return mall


def digest(mall: Mall) -> str:
    """SHA-256 (hex) of the description: equal for equal descriptions, whatever they were read from."""
    text = json.dumps(to_document(mall), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            f.name: _plain(getattr(value, f.name))
            for f in fields(value)
            if _default(f) is MISSING or getattr(value, f.name) != _default(f)
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _wrong(where: str, wanted: str, found: Any) -> ValueError:
    return ValueError(f"{where}: {wanted} was expected, not {type(found).__name__}")


def _valued(plain: Any, kind: Any, where: str) -> Any:
    """``plain`` as a value of the type ``kind``; ``where`` it stands, for the error's text."""
    if is_dataclass(kind):
        return _record(plain, kind, where)
    if isinstance(kind, types.UnionType) or get_origin(kind) is Union:
        if plain is None:
            return None
        return _valued(plain, next(k for k in get_args(kind) if k is not type(None)), where)
    if get_origin(kind) is tuple:
        if not isinstance(plain, list):
            raise _wrong(where, "a list", plain)
        kinds = get_args(kind)
        if kinds[1:] == (...,):
            kinds = (kinds[0],) * len(plain)
        elif len(kinds) != len(plain):
            raise ValueError(f"{where}: {len(kinds)} items were expected, not {len(plain)}")
        pairs = zip(plain, kinds, strict=True)
        return tuple(_valued(item, k, f"{where}[{i}]") for i, (item, k) in enumerate(pairs))
    if kind is date:
        return date.fromisoformat(plain)
    if kind is float and type(plain) is int:
        return float(plain)
    if type(plain) is not kind:
        raise _wrong(where, kind.__name__, plain)
    return plain


def _record(plain: Any, kind: Any, where: str) -> Any:
    if not isinstance(plain, dict):
        raise _wrong(where, "an object", plain)
    hints = _hints(kind)
    strange = plain.keys() - hints.keys()
    if strange:
        raise ValueError(f"{where}: unknown field {min(strange)}; a newer release may have written it")
    try:
        return kind(**{name: _valued(item, hints[name], f"{where}.{name}") for name, item in plain.items()})
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from error


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of a record's fields, resolved once: this is asked for every service of a mall."""
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(kind)}


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING
