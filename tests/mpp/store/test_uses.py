"""What a day's tickets have to do with an agency, before it is removed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from mpp.store import uses
from tests.world import world


def test_a_ticket_that_went_on_to_another_service_is_one(database_url: str) -> None:
    with world(database_url) as w:
        w.send(
            *w.life("A3-001", -30, -29, -28, -20),
            w.item("ticket.issued", "A3-002", -9),
            w.item("ticket.called", "A3-002", -8, counter="1"),
            w.item("ticket.transferred", "A3-002", -7, to_service="ktp", counter="1"),
        )
        day = w.clock().astimezone(ZoneInfo("Asia/Jakarta")).date()
        with w.store.read() as tx:
            assert uses.of_day(tx, day, "dukcapil") == (2, 1)
            assert uses.of_day(tx, day, "dukcapil", service="ktp") == (1, 1)
            assert uses.of_day(tx, day, "dukcapil", service="kk", counter="1") == (2, 0)
            assert uses.of_day(tx, day, "samsat") == (0, 0)
