"""Leases: who holds one, how long, and what a clock that was wrong may not do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mpp.store import leases
from tests.world import MORNING, world

LENGTH = 15.0


def test_one_holder_until_it_ran_out_or_was_given_back(database_url: str) -> None:
    with world(database_url) as w, w.store.write() as tx:
        assert leases.take(tx, "jobs", "a", MORNING, LENGTH)
        assert leases.take(tx, "jobs", "a", MORNING, LENGTH)
        assert not leases.take(tx, "jobs", "b", MORNING + timedelta(seconds=LENGTH), LENGTH)
        assert leases.take(tx, "jobs", "b", MORNING + timedelta(seconds=LENGTH + 1), LENGTH)
        leases.release(tx, "jobs", "b")
        assert leases.take(tx, "jobs", "a", MORNING, LENGTH)


@pytest.mark.parametrize(("ahead", "free"), [(60, False), (61, True), (36000, True)])
def test_a_lease_of_a_clock_that_was_ahead_binds_nobody(database_url: str, ahead: int, free: bool) -> None:
    with world(database_url) as w, w.store.write() as tx:
        assert leases.take(tx, "jobs", "killed", MORNING + timedelta(seconds=ahead), LENGTH)
        assert leases.take(tx, "jobs", "b", MORNING, LENGTH) is free
