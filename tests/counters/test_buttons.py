"""The numbers of visitors without one, whose turn it is, and whether a counter works today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from counters.buttons import AtCounter, state_today, walk_in_number
from counters.states import CounterState

MIDNIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)
NOW = MIDNIGHT + timedelta(hours=9)


@pytest.mark.parametrize(
    ("codes", "numbers"),
    [
        (("5", "prio"), ("L5-012", "LPRIO-012")),
        (("loket-1", "loket-2"), ("L1-012", "L2-012")),
        (("1", "loket-1", "prioritas"), ("L1-012", "LLOKET-012", "LPRIORI-012")),
        (("prioritas", "prioritas-2"), ("LPRI1-012", "L2-012")),
        (("loket-a-1", "loket-b-1"), ("LLOK1-012", "LLOK2-012")),
        (("pelayanan", "pelayanan-pelayanan"), ("LPEL1-012", "LPEL2-012")),
        (("loket-informasi-terpadu-dan-pelayanan-umum-1", "loket-pengaduan-1"), ("LLOK1-012", "LLOK2-012")),
        (
            ("loket-informasi-terpadu-dan-pelayanan-umum-1", "loket-pengaduan-1", "lok1"),
            ("LLOKET-INFORMASI-TERPADU-DAN-PE-012", "LLOK2-012", "LLOK1-012"),
        ),
    ],
)
def test_no_two_counters_of_an_agency_give_the_same_number(
    codes: tuple[str, ...], numbers: tuple[str, ...]
) -> None:
    assert tuple(walk_in_number(code, codes, 11) for code in codes) == numbers
    other_way_round = {walk_in_number(code, codes[::-1], 11) for code in codes}
    assert len(other_way_round) == len(codes)
    assert max(map(len, other_way_round | set(numbers))) <= 40, "a longer one is refused"


def test_numbers_without_a_queue_system_are_no_services_own() -> None:
    assert walk_in_number("5", ("5",), 0, [None, "L1"]) == "LK5-001"
    assert walk_in_number("5", ("5",), 999, ["A"]) == "L5-1000"


@pytest.mark.parametrize(
    ("told", "ticket", "state"),
    [
        (None, None, "closed"),
        (("open", NOW - timedelta(days=1)), None, "closed"),  # of yesterday
        (("paused", NOW), None, "paused"),
        (("closed", NOW), NOW - timedelta(minutes=5), "closed"),
        (("closed", NOW - timedelta(minutes=9)), NOW - timedelta(minutes=5), "open"),
        (None, NOW, "open"),
    ],
)
def test_a_counter_works_today_by_its_last_word_or_a_later_ticket(
    told: tuple[str, datetime] | None, ticket: datetime | None, state: str
) -> None:
    word = None if told is None else CounterState(told[0], told[1], None, told[1])
    at = None if ticket is None else AtCounter("t", 1, "A-1", "kk", "called", ticket)
    assert state_today(word, at, MIDNIGHT) == state
