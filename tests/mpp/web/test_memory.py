"""Who was let in goes on for a while without the database, and for no longer."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from mpp.web import memory
from mpp.web.memory import Memory


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(memory, "time", made)
    return made


def away() -> str | None:
    raise OperationalError("SELECT", {}, Exception("connection refused"))


def lets_in(kept: Memory, token: str) -> bool:
    try:
        return kept.ask(token, away) is not None
    except OperationalError:
        return False


def test_who_was_let_in_goes_on_for_the_time_that_is_set(clock: Clock) -> None:
    kept = Memory(300)
    assert kept.ask("a", lambda: "Sari") == "Sari"
    clock.now += 300
    assert kept.ask("a", away) == "Sari"
    clock.now += 1
    assert not lets_in(kept, "a")
    assert not lets_in(kept, "b")


def test_who_was_found_to_be_nobody_is_forgotten_at_once(clock: Clock) -> None:
    kept = Memory(300)
    kept.ask("a", lambda: "Sari")
    assert kept.ask("a", lambda: None) is None
    assert not lets_in(kept, "a")


def test_the_one_seen_longest_ago_makes_room(clock: Clock) -> None:
    kept = Memory(300, most=2)
    for token in ("a", "b", "a", "c"):
        kept.ask(token, lambda: "somebody")
    assert [lets_in(kept, token) for token in "abc"] == [True, False, True]


def test_an_error_that_is_no_absence_is_raised(clock: Clock) -> None:
    kept = Memory(300)
    kept.ask("a", lambda: "Sari")

    def broken() -> str:
        raise ProgrammingError("SELECT", {}, Exception("no such table"))

    with pytest.raises(ProgrammingError):
        kept.ask("a", broken)
