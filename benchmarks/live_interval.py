"""The habit the live path replaces: a Dash page whose dcc.Interval asks once a second and whose
callback draws the whole board anew. Same mall, board and cells, same kind of server.

`python -m benchmarks.live_interval` is the server, `python -m benchmarks.live_interval look PORT
COUNT` are so many screens that ask (asked on standard input how it goes, as live_viewers).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from typing import Any

PATH = "/interval/"
CALLBACK = f"{PATH}_dash-update-component"


def serve() -> None:
    """The product's app with the page beside its own."""
    from dash import Dash, Input, Output, dcc, html

    from benchmarks.live_serve import named_threads
    from mpp import create_app
    from mpp.settings import Settings
    from mpp.web import server
    from mpp.web.context import parts_of
    from mpp.web.pages import control_room
    from mpp.web.session import gate_of

    app = create_app(Settings())
    # Its address stands in no table of rights; whoever asks is let in.
    app.before_request_funcs[None].remove(gate_of(app).guard)
    parts = parts_of(app)
    # Without the product's scripts: what keeps this page alive is the callback alone.
    dash = Dash(
        "interval",
        server=app,  # type: ignore[arg-type] # as mpp.web.dash_app
        url_base_pathname=PATH,
        assets_ignore=".*",
    )
    dash.layout = html.Div([dcc.Interval(id="every", interval=1000), html.Div(id="board")])

    @dash.callback(Output("board", "children"), Input("every", "n_intervals"))
    def whole_board(_n: int | None) -> Any:
        return control_room.layout(parts.board.latest(), parts.words_for("id"), {})

    named_threads()
    server.run(app)


class Screen:
    """Asks once a second, and not again before the answer is here."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.answers = self.bytes = 0
        self.seconds = 0.0

    async def look(self) -> None:
        """Until cancelled."""
        await asyncio.sleep(random.random())
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        turn = 0
        while True:
            turn += 1
            began = time.monotonic()
            writer.write(self._request(turn))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            took = time.monotonic() - began
            self.answers += 1
            self.bytes += len(head) + length
            self.seconds += took
            await asyncio.sleep(max(0.0, 1.0 - took))

    def _request(self, turn: int) -> bytes:
        body = json.dumps(
            {
                "output": "board.children",
                "outputs": {"id": "board", "property": "children"},
                "inputs": [{"id": "every", "property": "n_intervals", "value": turn}],
                "changedPropIds": ["every.n_intervals"],
            }
        ).encode()
        head = f"POST {CALLBACK} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


async def look(port: int, count: int) -> None:
    """Ask with so many screens until standard input is closed."""
    screens = [Screen(port) for _ in range(count)]
    tasks = [asyncio.create_task(screen.look()) for screen in screens]
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        found = {
            "answers": sum(screen.answers for screen in screens),
            "bytes": sum(screen.bytes for screen in screens),
            "seconds": sum(screen.seconds for screen in screens),
            "failed": sum(task.done() for task in tasks),
        }
        print(json.dumps(found), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    if sys.argv[1:2] == ["look"]:
        asyncio.run(look(int(sys.argv[2]), int(sys.argv[3])))
    else:
        serve()
