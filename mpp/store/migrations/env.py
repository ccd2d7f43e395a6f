"""Alembic's way in: runs the migrations on the engine it is handed."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import text

from mpp.store.tables import metadata

LOCK = 7_361_905
"""Number of PostgreSQL's advisory lock, so that two processes starting together migrate once."""


def run() -> None:
    """Migrate inside one transaction."""
    engine: Any = context.config.attributes["engine"]
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.execution_options(mpp_begin="BEGIN IMMEDIATE")
        with connection.begin():
            if not sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            context.configure(connection=connection, target_metadata=metadata, render_as_batch=sqlite)
            context.run_migrations()


run()
