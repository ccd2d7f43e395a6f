"""Answers at a counter: four faces, and the reasons that belong to them."""

from datetime import UTC, datetime

import pytest

from counters.ratings import BATCH, FEE, GOOD_REASONS, LOW, LOW_REASONS, REASONS, SATISFIED, Rating, batches

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_every_score_is_low_or_satisfied() -> None:
    assert sorted((*LOW, *SATISFIED)) == [1, 2, 3, 4]
    assert [Rating(AT, score).satisfied for score in (1, 2, 3, 4)] == [False, False, True, True]


def test_a_reason_belongs_to_one_side() -> None:
    assert len({*REASONS}) == len(LOW_REASONS) + len(GOOD_REASONS) == 12
    assert FEE in LOW_REASONS


@pytest.mark.parametrize("n", range(2 * BATCH + 2))
def test_answers_are_told_in_whole_batches_that_never_change(n: int) -> None:
    given = [Rating(AT, 1 + place % 4) for place in range(n)]
    found = batches(given)
    assert [len(batch) for batch in found] == [BATCH] * (n // BATCH)
    assert [one for batch in found for one in batch] == given[: n - n % BATCH]
    assert batches([*given, Rating(AT, 4)])[: len(found)] == found
