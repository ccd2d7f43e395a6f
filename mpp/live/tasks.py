"""Ending asyncio tasks for certain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


async def end(tasks: Iterable[asyncio.Task[Any]], again: float = 5.0) -> None:
    """Cancel ``tasks`` until they are over: a library in between may lose one
    cancellation. Each has ``again`` seconds to clean up before it is cancelled anew."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=again)
