"""What a Flask app of the product holds: every part, joined once by ``create_app``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app

from mpp.i18n import Words
from mpp.jobs import Jobs
from mpp.jobs.standing import Follower
from mpp.live.intake import Intake
from mpp.live.keeper import Keeper
from mpp.live.push import Hub
from mpp.now import Now
from mpp.settings import Settings
from mpp.store import Store


@dataclass(frozen=True, slots=True)
class Parts:
    """The joined parts. ``description`` follows the mall's file and knows its mistakes; ``jobs``
    are not running until whoever serves the app starts them; ``words_for`` gives the texts of a
    locale; ``secret`` signs cookies; ``release`` is this release's version;
    ``mode`` is live, demo or replay (nothing is written then)."""

    settings: Settings
    now: Now
    store: Store
    intake: Intake
    description: Follower
    jobs: Jobs
    board: Keeper
    hub: Hub
    words_for: Callable[[str], Words]
    secret: bytes
    release: str
    mode: str = "live"

    def real(self) -> datetime:
        """The real instant, whatever clock the mall is shown by: sessions, codes and the audit log go
        by it."""
        return Now()() if self.now.own else self.now()

    def close(self) -> None:
        """Stop the jobs and give back every database connection."""
        if self.jobs.alive:
            self.jobs.stop()
        self.store.close()


def parts_of(app: Flask | None = None) -> Parts:
    """The parts of an app, of the current one without an argument."""
    found: Any = (app or current_app).extensions["mpp"]
    if not isinstance(found, Parts):
        raise TypeError("this Flask app was not made by mpp.create_app")
    return found
