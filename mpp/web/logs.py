"""Log lines: JSON for machines, text for a terminal; one form for our own and the libraries'.

Called once by whoever starts a process (the command line, app.py), never by ``create_app``.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

from mpp.settings import Settings

log = logging.getLogger(__name__)

QUIET = ("alembic", "asyncio", "flask-limiter", "urllib3", "uvicorn", "werkzeug")
"""Libraries that tell too much below a warning."""


def configure(settings: Settings, stream: Any = None) -> None:
    """Send every log line to standard error in the chosen form and from the chosen level on."""
    out = stream or sys.stderr
    text = settings.log_format == "text" or (settings.log_format == "auto" and out.isatty())
    renderer: Any
    if text:
        renderer = structlog.dev.ConsoleRenderer(
            colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        finish: list[Any] = []
    else:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
        finish = [structlog.processors.format_exc_info]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.ExtraAdder(),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def register(app: Flask) -> None:
    """Log every request at debug level: method, path, status and time, never the query or a token."""

    @app.before_request
    def begin() -> None:
        if log.isEnabledFor(logging.DEBUG):
            g.mpp_began = time.perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        began = g.get("mpp_began")
        if began is not None:
            told = {"method": request.method, "path": request.path, "status": answer.status_code}
            log.debug("request", extra=told | {"ms": round((time.perf_counter() - began) * 1000, 1)})
        return answer
