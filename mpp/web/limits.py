"""How often somebody may ask: a limit over all processes."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_limiter import Limiter
from limits import parse_many

from mpp.settings import Settings


def make(settings: Settings) -> Limiter:
    """The API's limiter: in Redis when there is one, else in this process.

    Losing Redis must not lose events: then each process counts for itself, and a failure of the
    counting itself lets the request pass. Raises ValueError for a rate that cannot be read.
    """
    try:
        parse_many(settings.rate_limit)
    except ValueError:
        raise ValueError(
            f"MPP_RATE_LIMIT cannot be read: {settings.rate_limit!r}; right is for example 600/minute"
        ) from None
    # The limiter's type asks for whole numbers; redis-py takes seconds with a fraction.
    redis: dict[str, Any] = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    return Limiter(
        lambda: request.remote_addr or "nobody",
        storage_uri=settings.redis_url or "memory://",
        storage_options=redis if settings.redis_url else {},
        key_prefix="mpp",
        swallow_errors=True,
        in_memory_fallback_enabled=bool(settings.redis_url),
    )
