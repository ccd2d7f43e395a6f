"""The OpenAPI document: made from the same tables that check what comes in, so that it is true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, jsonify

from mpp.live.envelope import ENVELOPE
from mpp.live.intake import WORDS
from mpp.live.vocabulary import CODE, FIELDS, NEEDS_SUBJECT, Field
from mpp.web.api import actions, device
from mpp.web.api.bodies import BATCH, MOST_ITEMS, ONE
from mpp.web.api.shapes import Schema, board_schemas, ref
from mpp.web.context import Parts
from mpp.web.problems import MEDIA_TYPE

_PATTERN: Final = "^" + CODE.pattern.removesuffix("\\Z") + "$"


def register(blueprint: Blueprint, parts: Parts) -> None:
    """Serve the document on this blueprint."""
    made = document(parts.release, parts.settings.port)

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(made)


def document(release: str, port: int) -> Schema:
    """The OpenAPI 3.1 document of this release, for an installation that listens on ``port``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MPP monitor",
            "version": release,
            "description": "Queue events of a Mal Pelayanan Publik's agencies in, its live picture out.",
        },
        "paths": {
            "/api/v1/events": {"post": _events()},
            "/api/v1/board": {"get": _board()},
            "/api/v1/actions": {"post": _actions()},
            "/api/v1/device": {"post": _device()},
            "/api/v1/openapi.json": {"get": _openapi()},
        },
        "components": {
            "securitySchemes": {
                "source": {"type": "http", "scheme": "bearer", "description": "Token of the sending source."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": f"mpp-{port}",
                    "description": "Somebody who signed in, or a paired device.",
                },
                "device": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Token of a paired device that sends it by itself.",
                },
            },
            "schemas": {
                "Problem": PROBLEM,
                "Answer": ANSWER,
                "Taking": dict(actions.TAKING),
                "DeviceReport": dict(device.REPORT),
                "Event": EVENT,
                **{_name(kind): _event_type(kind) for kind in FIELDS},
                **board_schemas(),
            },
        },
    }


_SEEN: Final[list[Schema]] = [{"session": []}, {"device": []}]
"""Who may look: somebody signed in or a device, as the table of rights says (mpp/access.py)."""


def _events() -> Schema:
    return {
        "operationId": "sendEvents",
        "summary": "Send queue events as CloudEvents 1.0, one or a batch",
        "description": (
            "Answered 200 after the commit, one word per item in the order sent. An item is accepted, a "
            "duplicate, a conflict (same id, other content), quarantined (kept with a reason) or forbidden; "
            "none of them blocks the others, so send a request again only after 429, 503 or no answer. "
            "An empty batch says that the source is alive."
        ),
        "security": [{"source": []}],
        "requestBody": {
            "required": True,
            "content": {
                ONE: {"schema": ref("Event")},
                BATCH: {"schema": {"type": "array", "items": ref("Event"), "maxItems": MOST_ITEMS}},
            },
        },
        "responses": {
            "200": _response("One word per item.", "application/json", ref("Answer")),
            **_problems(400, 401, 403, 408, 413, 415, 429, 503),
        },
    }


def _board() -> Schema:
    tag = {"ETag": {"description": "Version of the picture.", "schema": {"type": "string"}}}
    found = _response("The picture of this moment; null is unknown.", "application/json", ref("Board"))
    return {
        "operationId": "readBoard",
        "summary": "The mall now",
        "security": _SEEN,
        "parameters": [
            {
                "name": "If-None-Match",
                "in": "header",
                "description": "ETag of the picture you have.",
                "schema": {"type": "string", "pattern": "^[ -~]*$"},
            }
        ],
        "responses": {
            "200": found | {"headers": tag},
            "304": {"description": "Nothing but the clock has moved.", "headers": tag},
            **_problems(401, 403, 503),
        },
    }


def _actions() -> Schema:
    taken = _response("It is taken, or was by this id before.", "application/json", dict(actions.TAKEN))
    why = {
        400: "The body is not what it should be; or its id was taken with other content.",
        401: "Nobody is signed in.",
        403: "Your role may not take actions, or a page of another site sent this.",
        404: "No such action today.",
        409: "The action is over or was taken too often; or this is a replay, which writes nothing.",
        413: "More than 16 KiB.",
        415: "Another Content-Type than application/json.",
        429: "Too many requests from this address; Retry-After says when to go on.",
    }
    return {
        "operationId": "takeAction",
        "summary": "Take a row of Perlu tindakan: who does what, and until when",
        "security": [{"session": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref("Taking")}}},
        "responses": {"200": taken, **_problems(400, 401, 403, 404, 408, 409, 413, 415, 429, 503, why=why)},
    }


def _device() -> Schema:
    heard = _response("It was heard.", "application/json", dict(device.HEARD))
    why = {
        400: "The body is not what it should be.",
        401: "No token of a device, or a revoked one: it has to be paired anew at /pasang.",
        403: "Not a device, or a page of another site sent this.",
        409: "This is a replay, which writes nothing.",
        413: "More than 4 KiB.",
        415: "Another Content-Type than application/json.",
        429: "Too many reports of this device; Retry-After says when to go on.",
        503: "The database is busy or down; report again in a minute.",
    }
    return {
        "operationId": "reportDevice",
        "summary": "A wall display or kiosk says that it is there, and learns what has changed",
        "description": "Once a minute. In an answer to a cookie a new token may come, once one was wished.",
        "security": _SEEN,
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref("DeviceReport")}}},
        "responses": {"200": heard, **_problems(400, 401, 403, 408, 409, 413, 415, 429, 503, why=why)},
    }


def _openapi() -> Schema:
    content = _response("This document.", "application/json", {"type": "object"})
    return {
        "operationId": "readOpenapi",
        "summary": "This document",
        "security": [{"session": []}],
        "responses": {"200": content, **_problems(401, 403)},
    }


def _response(about: str, media_type: str, schema: Schema) -> Schema:
    return {"description": about, "content": {media_type: {"schema": schema}}}


_WHY: Final = {
    400: "The body is not JSON, or not the object or array its Content-Type announces.",
    401: "No token, or one that is unknown or revoked; nobody signed in.",
    403: "Not yours to do: the source left the mall's description, or your role may not.",
    408: "The body was not complete in time.",
    413: "More than 1 MiB or more than 1,000 items.",
    415: "Another Content-Type than the two CloudEvents ones.",
    429: "Too many requests of this source; Retry-After says when to go on.",
    503: "The database is busy or down; nothing was kept, send again after Retry-After.",
}


def _problems(*codes: int, why: Mapping[int, str] | None = None) -> Schema:
    said = {**_WHY, **(why or {})}
    return {str(code): _response(said[code], MEDIA_TYPE, ref("Problem")) for code in codes}


PROBLEM: Final[Schema] = {
    "description": "RFC 9457.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what would be right."},
    },
}

ANSWER: Final[Schema] = {
    "type": "object",
    "required": ["items", *WORDS],
    "additionalProperties": False,
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "status"],
                "additionalProperties": False,
                "properties": {
                    "id": {
                        "type": "string",
                        "description": "The item's id as sent; unnamed:... where that is no text.",
                    },
                    "status": {"enum": list(WORDS)},
                    "reason": {"type": "string", "description": "A code, where the item was not accepted."},
                    "detail": {"type": "string", "description": "What is wrong and what would be right."},
                },
            },
        },
        **{word: {"type": "integer", "minimum": 0, "description": f"Items {word}."} for word in WORDS},
    },
}

EVENT: Final[Schema] = {
    "description": "A CloudEvent of one of these types. Other fields are dropped and counted.",
    "oneOf": [{"$ref": f"#/components/schemas/mpp.{kind}"} for kind in FIELDS],
    "discriminator": {"propertyName": "type"},
}


def _name(kind: str) -> str:
    return f"mpp.{kind}"


def _event_type(kind: str) -> Schema:
    """The schema of one CloudEvents type."""
    required = ["specversion", "id", "source", "type", "time", "data"]
    if kind.startswith(NEEDS_SUBJECT):
        required.append("subject")
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    properties: Schema = {
        "specversion": {"const": "1.0"},
        "id": text | {"description": "Unique within source; the same id again is a duplicate."},
        "source": text | {"description": "Code of the token's source, alone or followed by /part."},
        "type": {"const": _name(kind)},
        "time": _INSTANT | {"description": "When it happened: at most 7 days ago and 5 minutes ahead."},
        "subject": text | {"description": "Key of the ticket or case; what it is about elsewhere."},
        "datacontenttype": {"type": "string"},
        "data": _data(FIELDS[kind]),
    }
    return {
        "type": "object",
        "required": required,
        "properties": {name: properties[name] for name in ENVELOPE},
    }


_INSTANT: Final[Schema] = {
    "type": "string",
    "format": "date-time",
    "maxLength": 40,
    "examples": ["2026-11-23T09:14:05+07:00"],
}


def _data(table: Mapping[str, Field]) -> Schema:
    required = [name for name, field in table.items() if field.required]
    schema: Schema = {"type": "object", "properties": {name: _field(field) for name, field in table.items()}}
    return schema | {"required": required} if required else schema


def _field(field: Field) -> Schema:
    made: dict[str, Schema] = {
        "code": {"type": "string", "pattern": _PATTERN},
        "key": {"type": "string", "minLength": 1, "maxLength": field.most},
        "id": {"type": "string", "minLength": 1, "maxLength": field.most},
        "due": {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}], "maxLength": 40},
        "comment": {"type": "string"},
        "whole": {"type": "integer", "minimum": field.least, "maximum": field.most},
        "instant": dict(_INSTANT),
        "flag": {"type": "boolean"},
        "choice": {"enum": list(field.choices)},
        "labels": {"type": "array", "maxItems": 10, "items": {"enum": list(field.choices)}},
    }
    return made[field.kind] | {"description": field.about}
