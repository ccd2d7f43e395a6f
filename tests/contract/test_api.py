"""The OpenAPI document is true: schemathesis calls what it describes, and it describes all there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mpp.live.vocabulary import FIELDS
from mpp.web.context import parts_of
from tests.mpp.web import doors, house

# Not negative_data_rejection: a bad item gets its word (quarantined, forbidden), never an error of
# the whole request.
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    ignored_auth,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = house.make_house(tmp_path_factory.mktemp("api"), rate_limit="1000000/minute")
    house.add_token(parts_of(made).store)
    inner = made.wsgi_app
    manager = cookie(made)

    def from_here(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/api/v1/openapi.json":
            environ |= {"HTTP_COOKIE": f"{COOKIE}={manager}"}
        environ["HTTP_ACCEPT_ENCODING"] = "identity"  # schemathesis does not decode what it asks for
        return inner({"REMOTE_ADDR": "127.0.0.1", **environ}, start_response)

    made.wsgi_app = from_here  # type: ignore[method-assign] # schemathesis names no sender
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mpp.web.api.actions.RATE", "1000000/minute")
        patched.setattr("mpp.web.api.device.RATE", "1000000/minute")
        yield made
    parts_of(made).close()


OPERATIONS = {
    "POST /api/v1/events": 60,
    "GET /api/v1/board": 25,
    "POST /api/v1/actions": 10,
    "POST /api/v1/device": 30,
}


EITHER = ("GET /api/v1/board", "POST /api/v1/device")
"""Opened by a cookie or a token: one made up beside the right other one is no error. That neither opens
nothing tests/contract/test_access.py tells."""

COOKIE = "mpp-8050"


def cookie(app: Flask, role: str = "manager") -> str:
    """The cookie of somebody of a role."""
    client = doors.sign_in(app, app.test_client(), role)
    held = client.get_cookie(COOKIE)
    assert held is not None
    return str(held.value)


def opened(app: Flask, operation: str) -> dict[str, Any]:
    """What somebody sends along who may call an operation."""
    if operation == "POST /api/v1/events":
        return {"headers": {"Authorization": f"Bearer {house.TOKEN}"}}
    return {"cookies": {COOKIE: cookie(app, "display" if operation == "POST /api/v1/device" else "manager")}}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_document_says_is_so(app, operation, mode):
    """By hand and not by schemathesis' pytest plugin, which pytest 9 has left behind."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    found = {operation.label: operation for operation in operations}
    assert set(found) == set(OPERATIONS)

    key = opened(app, operation)
    checks = [check for check in CHECKS if check is not ignored_auth or operation not in EITHER]

    @given(case=found[operation].as_strategy(generation_mode=mode))
    @settings(
        max_examples=OPERATIONS[operation],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def holds(case):
        if mode is GenerationMode.POSITIVE and case.path == "/api/v1/events":
            to_dukcapil(case.body)
        case.call_and_validate(checks=checks, **key)

    holds()


def to_dukcapil(body: Any) -> None:
    """Let what was made up reach beyond the checks of the sender and of the time."""
    for item in body if isinstance(body, list) else [body]:
        if isinstance(item, dict):
            item |= {"source": house.SOURCE, "time": house.event(1)["time"]}
            item["data"] |= {"agency": "dukcapil"}
            item["data"] |= {"service": "kk"} if "service" in item["data"] else {}


def test_the_checks_can_fail(app, monkeypatch):
    monkeypatch.setattr("mpp.web.api.board.EXTRA", {})
    with pytest.raises(FailureGroup):
        test_what_the_document_says_is_so(app, "GET /api/v1/board", GenerationMode.POSITIVE)


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    return house.body(app.test_client().get("/api/v1/openapi.json"))


def test_it_names_every_address_of_the_api(app, document):
    rules = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert rules == told


def test_what_we_send_is_what_it_describes(document):
    one = {"$ref": "#/components/schemas/Event", "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(one)
    for item in (*house.life(1), house.event(2, "ticket.observed", revision=1)):
        validator.validate(item)
    wrong = house.event(3)
    del wrong["data"]["service"]
    assert not validator.is_valid(wrong)


@pytest.mark.parametrize("kind", FIELDS)
def test_every_type_it_describes_is_taken(kind, app, document):
    """Made from the document alone: required and optional fields with values the document allows."""
    data = document["components"]["schemas"][f"mpp.{kind}"]["properties"]["data"]
    values = {name: sample(name, field) for name, field in data["properties"].items()}
    item = house.event(hash(kind) % 10_000, kind) | {"id": f"document-{kind}", "data": values}
    answer = house.send(app.test_client(), item)
    assert house.words(answer) == ["accepted"], answer.text


def sample(name: str, field: dict[str, Any]) -> Any:
    known = {
        "agency": "dukcapil",
        "to_agency": "dukcapil",
        "service": "kk",
        "to_service": "kia",
        "counter": "1",
    }
    if name in known:
        return known[name]
    if "enum" in field:
        return field["enum"][0]
    if {"format": "date"} in field.get("anyOf", ()):
        return "2026-11-30"
    if field["type"] == "string":
        return house.event(1)["time"] if field.get("format") == "date-time" else "a-1"
    return {"integer": field.get("minimum"), "boolean": True, "array": []}[field["type"]]


def test_the_examples_of_the_page_about_the_api_are_taken(app):
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in text.split("```json\n")[1:]]
    events = [json.loads(block) for block in blocks if '"specversion"' in block]
    assert events
    for item in events:
        given = item | {"time": house.event(1)["time"]}
        assert house.words(house.send(app.test_client(), given)) == ["accepted"]
