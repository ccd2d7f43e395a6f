"""The live path with boards that a test moves: ``python -m tests.browser.fake_app --port 8123``.

``GET /fake?board=wall`` puts another board up, ``?agency=dukcapil&waiting=24`` changes one agency,
``?fail=1`` lets boards fail, ``?deny=1`` takes the view away, ``?later=3600`` puts the product's clock on by
an hour, ``?viewers=1`` counts the streams.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from flask import Flask, request

from mpp.access import FULL
from mpp.i18n import words
from mpp.live.model import Board
from mpp.live.push import Hub, Timing
from mpp.live.relay import Relay
from mpp.live.views import Views
from mpp.now import Now
from mpp.web.asgi import ASGIApp, build_asgi
from mpp.web.dash_app import make_dash
from tests import action_boards, factories

BOARDS: dict[str, Callable[[], Board]] = {
    "wall": factories.board,
    "full": factories.full_board,
    "empty": factories.empty_board,
    "silent": factories.silent_board,
    "unheard": factories.unheard_board,
    "closed": factories.closed_board,
    "replay": lambda: factories.board(mode="replay", mall_state="break"),
    "fewer": lambda: factories.board(factories.wall_agencies()[:12]),
    "three": lambda: factories.board(factories.wall_agencies()[:3]),
    "demo": lambda: factories.board(mode="demo", own_clock=True),
    "break": factories.break_board,
    "last": factories.last_ticket_board,
    "morning": factories.morning_board,
    "holiday": factories.holiday_board,
    "busy": factories.busy_board,
    "alarm": factories.alarm_board,
    "hundreds": factories.hundreds_board,
    "names": factories.names_board,
    "counters": factories.counters_board,
    "calm": action_boards.calm_board,
    "many": action_boards.many_board,
    "long": action_boards.long_board,
    "over": action_boards.over_board,
}


@dataclass(frozen=True, slots=True)
class MovableNow(Now):
    """A clock that is put on, by so much after the instant it would show."""

    later: list[timedelta] = field(default_factory=lambda: [timedelta(0)], compare=False)

    def __call__(self) -> datetime:
        """The present instant, aware UTC."""
        return Now.__call__(self) + self.later[0]


class FakeSource:
    """Boards at a clock that starts at the morning of the sketches."""

    def __init__(self, now: Now, board: str) -> None:
        self.now, self.fails = now, False
        self._board = BOARDS[board]()
        self._version = 1

    def put(self, board: Board) -> None:
        """Show another board."""
        self._version += 1
        self._board = replace(board, version=self._version)

    def change(self, code: str, **given: Any) -> None:
        """Change one agency and what the totals make of it."""
        agencies = tuple(replace(a, **given) if a.code == code else a for a in self._board.agencies)
        self.put(replace(self._board, agencies=agencies, totals=factories.totals(agencies)))

    def board(self) -> Board:
        """The board now."""
        if self.fails:
            raise OSError("the database is down")
        return replace(self._board, now=self.now())


def make(
    now: Now, *, board: str = "wall", release: str = "1", redis_url: str = "", beat: float = 1.0
) -> tuple[ASGIApp, Flask]:
    """The app, and the Flask app in it."""
    source = FakeSource(now, board)
    views, flask_app, denied = Views(), Flask("fake"), [False]
    relay = Relay(redis_url) if redis_url else None
    timing = Timing(beat=beat, stuck=1.0)
    hub = Hub(source, views, words, now, release=release, relay=relay, timing=timing)
    assets = Path(__file__).parents[2] / "assets"
    make_dash(flask_app, board=source.board, views=views, words_for=words, release=release, assets=assets)

    @flask_app.get("/fake")
    def control() -> dict[str, Any]:
        if "board" in request.args:
            source.put(BOARDS[request.args["board"]]())
        if "agency" in request.args:
            given: dict[str, Any] = {}
            if "waiting" in request.args:
                given["waiting"] = int(request.args["waiting"])
            if "state" in request.args:
                given["state"] = request.args["state"]
            if "since" in request.args:
                given["longest_since"] = now() - timedelta(seconds=float(request.args["since"]))
            source.change(request.args["agency"], **given)
        source.fails = request.args.get("fail", "0") == "1"
        denied[0] = request.args.get("deny", "0") == "1"
        if isinstance(now, MovableNow):
            now.later[0] = timedelta(seconds=float(request.args.get("later", "0")))
        return {"viewers": hub.viewers, "pid": os.getpid()}

    return build_asgi(flask_app, hub, sight=lambda _view: None if denied[0] else FULL), flask_app


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--board", default="wall", choices=BOARDS)
    parser.add_argument("--release", default="1")
    parser.add_argument("--redis", default="")
    parser.add_argument(
        "--started", type=float, help="seconds the product's clock is past the morning", default=0
    )
    parser.add_argument("--beat", type=float, help="seconds between beats", default=1.0)
    given = parser.parse_args()
    now = MovableNow.starting_at(factories.MORNING + timedelta(seconds=given.started))
    app, _ = make(now, board=given.board, release=given.release, redis_url=given.redis, beat=given.beat)
    uvicorn.run(app, port=given.port, log_level="warning", timeout_graceful_shutdown=3)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
