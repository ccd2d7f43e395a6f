"""``/healthz``: the process lives. ``/readyz``: it can do its work, check by check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from mpp.store import descriptions, migrate
from mpp.web.context import Parts
from mpp.web.session import Gate

JOBS_STAND: Final = (
    "not running: days are not closed, actions are neither opened nor ended, and a changed description "
    "is not loaded"
)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``state`` ok, failed or warning (works on, but somebody should look), ``detail``
    for those who may look at the mall."""

    name: str
    state: str
    detail: str = ""


def checks(parts: Parts, head: str | None) -> list[Check]:
    """Every check, now. ``head`` is the revision the tables should have."""
    made: list[Callable[[], Check]] = [
        lambda: _database(parts),
        lambda: _migrations(parts, head),
        lambda: _jobs(parts),
        lambda: _description(parts),
        lambda: _redis(parts),
    ]
    return [check() for check in made]


def _database(parts: Parts) -> Check:
    try:
        parts.store.ping()
    except SQLAlchemyError as error:
        return Check("database", "failed", f"does not answer: {error}".splitlines()[0])
    return Check("database", "ok")


def _migrations(parts: Parts, head: str | None) -> Check:
    try:
        current = migrate.current(parts.store.engine)
    except SQLAlchemyError:
        return Check("migrations", "failed", "the database does not answer")
    if current != head:
        return Check("migrations", "failed", f"the tables are at {current}, this release needs {head}")
    return Check("migrations", "ok")


def _jobs(parts: Parts) -> Check:
    if parts.mode == "replay":
        return Check("jobs", "ok", "a replay needs none")
    if not parts.jobs.alive:
        return Check("jobs", "failed", JOBS_STAND)
    errors = sorted(parts.jobs.errors.copy().items())
    if errors:
        return Check("jobs", "warning", "; ".join(f"{job}: {text.splitlines()[0]}" for job, text in errors))
    return Check("jobs", "ok")


def _description(parts: Parts) -> Check:
    if parts.description.mistakes:
        told = parts.description.mistakes
        found = "; ".join(told)
        if all(one.startswith("/admin") for one in told):
            return Check("description", "warning", f"added on the pages and not in force: {found}")
        return Check("description", "warning", f"the file is not in force: {found}")
    try:
        with parts.store.read() as tx:
            version = descriptions.newest_id(tx)
    except SQLAlchemyError:
        return Check("description", "failed", "the database does not answer")
    if not version:
        return Check("description", "warning", "no mall is described yet: run `mpp init`")
    return Check("description", "ok")


def _redis(parts: Parts) -> Check:
    state = parts.hub.redis_state
    if state == "down":
        return Check("redis", "warning", "does not answer: every process renders and counts for itself")
    return Check("redis", "ok", {"none": "not configured"}.get(state, state))


def _may_know(gate: Gate) -> bool:
    """Whether the sender may read the details: an administrator, or who has the token of /metrics."""
    try:
        return gate.allowed("/metrics")
    except SQLAlchemyError:
        return False


def register(app: Flask, parts: Parts, gate: Gate) -> None:
    """Serve both."""
    head = migrate.head()

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})

    @app.get("/readyz")
    def readyz() -> Response:
        found = checks(parts, head)
        ready = all(check.state != "failed" for check in found)
        detailed = _may_know(gate)
        shown = {
            check.name: {
                "state": check.state,
                **({"detail": check.detail} if detailed and check.detail else {}),
            }
            for check in found
        }
        answer = jsonify(ready=ready, release=parts.release, checks=shown)
        answer.status_code = 200 if ready else 503
        answer.headers["Cache-Control"] = "no-store"
        return answer
