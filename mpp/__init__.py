"""The mall: everything that touches the world. ``create_app`` joins the parts, here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from mpp.live.keeper import Reader
    from mpp.now import Now
    from mpp.settings import Settings
    from mpp.store import Store
    from mpp.web.context import Parts

__all__ = ["create_app"]

# The parts are imported inside: `import mpp.now` must not load Dash and SQLAlchemy.


def create_app(
    settings: Settings | None = None,
    *,
    now: Now | None = None,
    mode: str = "live",
    reader: Callable[[Store], Reader] | None = None,
) -> Flask:
    """A Flask app of the product: tables migrated, the mall's description read, everything wired.

    ``settings`` unset: from the environment. ``now``: another clock, for demo and replay. ``mode``
    is live, demo or replay; ``reader`` makes what the board is built from (live facts without one).
    A replay writes nothing but who signs in. The parts are at ``app.extensions["mpp"]``
    (:func:`mpp.web.context.parts_of`); background jobs are not started here, whoever serves does.

    Raises ValueError for a setting that cannot be used and SQLAlchemy's error when the database
    does not answer.
    """
    from flask import Flask

    from mpp.now import Now
    from mpp.settings import Settings
    from mpp.web import limits

    settings = settings or Settings()
    limiter = limits.make(settings)
    app = Flask("mpp", static_folder=None, instance_path=str(settings.instance.absolute()))
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    parts = _join(app, settings, now or Now(), mode, reader)
    app.extensions["mpp"] = parts
    if mode != "replay":
        parts.description(parts.now())
    limiter.init_app(app)
    _serve(app, parts, limiter)
    return app


def _join(
    app: Flask, settings: Settings, now: Now, mode: str, reader: Callable[[Store], Reader] | None
) -> Parts:
    """Make every part, the lower ones first."""
    from hashlib import blake2b
    from importlib.metadata import version

    from mpp.i18n import words
    from mpp.jobs import Jobs
    from mpp.jobs.standing import Follower, standing, watching
    from mpp.live.case_fold import fill_cases
    from mpp.live.facts import LiveFacts
    from mpp.live.intake import Intake
    from mpp.live.keeper import Keeper
    from mpp.live.push import Hub
    from mpp.live.relay import Relay
    from mpp.live.views import Views
    from mpp.web import secret
    from mpp.web.context import Parts

    store = _store(app, settings)
    if mode != "replay":
        fill_cases(store, now())
    release = version("mpp")
    views = Views()
    # A replay or demo has a clock of its own: it shares no frames. Installations may share a Redis.
    mark = blake2b(settings.database.encode(), digest_size=6).hexdigest()
    shared = settings.redis_url and mode == "live"
    relay = Relay(settings.redis_url, prefix=f"mpp:live:{mark}:") if shared else None
    jobs = standing(store, settings.description)
    followers = [job.run for job in jobs if isinstance(job.run, Follower)]
    facts = reader(store) if reader else LiveFacts(store, mode)
    board = Keeper(
        facts, now, mode, faulty=lambda: bool(followers[0].mistakes), end=now.end, own_clock=now.own
    )
    return Parts(
        settings=settings,
        now=now,
        store=store,
        intake=Intake(store, now),
        description=followers[0],
        jobs=Jobs(store, now, [*jobs, watching(store, board)]),
        board=board,
        hub=Hub(board, views, words, now, release=release, relay=relay),
        words_for=words,
        secret=secret.load(settings.instance),
        release=release,
        mode=mode,
    )


def _store(app: Flask, settings: Settings) -> Store:
    """The database through Flask-SQLAlchemy's engine, its tables at this release's revision."""
    from flask_sqlalchemy import SQLAlchemy

    from mpp.store import Store, migrate
    from mpp.store.database import engine_options
    from mpp.store.tables import metadata

    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database)
    database = SQLAlchemy(app, metadata=metadata)
    with app.app_context():
        store = Store(database.engine)
    migrate.upgrade(store.engine)
    return store


def _serve(app: Flask, parts: Parts, limiter: object) -> None:
    """Hang everything on the app that answers requests."""
    from pathlib import Path

    from mpp.web import (
        api,
        dash_app,
        headers,
        health,
        language,
        logs,
        metrics,
        numbers,
        plain_pages,
        problems,
        session,
        transfer,
    )
    from mpp.web.pages import agency_export
    from mpp.web.parts.plan_file import Plans

    numbers.register(app)
    transfer.register(app)
    problems.register(app)
    logs.register(app)
    gate = session.register(app, parts)
    language.register(app)
    plain_pages.register(app, parts, limiter)  # type: ignore[arg-type]
    api.register(app, parts, limiter)  # type: ignore[arg-type]
    health.register(app, parts, gate)
    metrics.register(app, parts)
    dash = dash_app.make_dash(
        app,
        board=parts.board.latest,
        views=parts.hub.views,
        words_for=parts.words_for,
        release=parts.release,
        assets=Path(__file__).parents[1] / "assets",
        locale=parts.settings.locale,
        door=dash_app.Door(session.actor_now, gate.allowed, session.device_mark),
        store=parts.store,
        plans=Plans(parts.settings.description.parent),
    )
    agency_export.register(app, parts, limiter)  # type: ignore[arg-type]
    headers.register(app, dash.csp_hashes)
