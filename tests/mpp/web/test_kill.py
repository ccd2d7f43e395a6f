"""kill -9 while events are sent: what was answered accepted is there after the restart."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import threading

import pytest

from mpp import create_app
from mpp.live.rebuild import rebuild
from mpp.settings import Settings
from mpp.store import legs, log
from mpp.web.context import parts_of
from tests.mpp.web import house
from tests.mpp.web.served import Served

ENOUGH = 400
"""Accepted items after which the server is killed, in the middle of the next ones."""


@pytest.fixture
def instance(tmp_path, database_url):
    folder = tmp_path / "killed"
    folder.mkdir()
    shutil.copy(house.EXAMPLE, folder / "mpp.toml")
    app = create_app(Settings(instance=folder, database_url=database_url))
    house.add_token(parts_of(app).store)
    parts_of(app).close()
    return folder


def post_for_ever(served, first, accepted, enough):
    """Whole lives in batches of five tickets over one connection, until the server is gone."""
    with (
        contextlib.suppress(OSError, http.client.HTTPException),
        contextlib.closing(served.connect()) as connection,
    ):
        for number in range(first, first + 100_000, 5):
            batch = [item for n in range(number, number + 5) for item in house.life(n)]
            headers = {"Content-Type": house.BATCH, "Authorization": f"Bearer {house.TOKEN}"}
            connection.request("POST", "/api/v1/events", json.dumps(batch), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            assert answer.status == 200, told
            accepted += [item["id"] for item in told["items"] if item["status"] == "accepted"]
            if len(accepted) >= ENOUGH:
                enough.set()
    enough.set()


def test_nothing_that_was_accepted_is_lost(instance, database_url):
    with Served(instance, url=database_url, rate_limit="100000/minute") as served:
        accepted: list[list[str]] = [[], []]
        enough = threading.Event()
        senders = [
            threading.Thread(target=post_for_ever, args=(served, 1_000_000 * k, accepted[k], enough))
            for k in range(2)
        ]
        for sender in senders:
            sender.start()
        enough.wait(60)
        served.process.kill()
        for sender in senders:
            sender.join()
    said = {event_id for some in accepted for event_id in some}
    assert len(said) >= ENOUGH
    with Served(instance, url=database_url) as again:
        assert again.status("/api/v1/board", **again.header()) == 200
        again.terminate()
    app = create_app(Settings(instance=instance, database_url=database_url))
    store = parts_of(app).store
    with store.read() as tx:
        found = {event_id for _, event_id in log.digests(tx, said)}
        before = legs.snapshot(tx)
    assert said - found == set()
    assert len(before) * 4 >= len(said)
    rebuild(store, parts_of(app).now())
    with store.read() as tx:
        assert legs.snapshot(tx) == before
    parts_of(app).close()
