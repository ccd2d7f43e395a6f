"""A request beyond its rate is answered 429, with when to come again."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask_limiter import Limiter, RateLimitExceeded

from mpp.web.problems import ProblemError


def within(counted: Callable[[], None], limiter: Limiter, of: str) -> None:
    """Count one request by ``counted``, a function under one of the limiter's limits; ``of`` says of
    what there were too many. Raises ProblemError 429."""
    try:
        counted()
    except RateLimitExceeded as error:
        current = limiter.current_limit
        seconds = max(1, int(current.reset_at - time.time())) if current else 60  # noqa: TID251
        headers = {"Retry-After": str(seconds)}
        raise ProblemError(429, f"more than {error.limit.limit} {of}", headers) from None
