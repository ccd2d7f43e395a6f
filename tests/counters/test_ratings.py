"""Answers at a counter: four faces, and the reasons that belong to them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    some = [Rating(AT, 1 + place % 4) for place in range(n)]
    found = batches(some)
    assert [len(batch) for batch in found] == [BATCH] * (n // BATCH)
    assert [one for batch in found for one in batch] == some[: n - n % BATCH]
    assert batches([*some, Rating(AT, 4)])[: len(found)] == found


def test_answers_of_several_sources_fill_no_batch_together() -> None:
    one, other = (Rating(AT, 4, source=source) for source in (1, 2))
    assert batches([one, other] * (BATCH - 1)) == ()
    assert batches([other, one] * BATCH) == ((one,) * BATCH, (other,) * BATCH)


@settings(max_examples=300)
@given(st.data(), st.lists(st.integers(0, 3), max_size=40))
def test_however_several_sources_commit_what_was_told_is_only_added_to(data, begun) -> None:
    """Rows are numbered as writers begin, and seen when they commit: each source's one after the
    other, those of several in any order."""
    written = [
        (seq, Rating(AT + timedelta(seconds=seq), 4, source=source)) for seq, source in enumerate(begun)
    ]
    unseen = {source: [row for row in written if row[1].source == source] for source in {*begun}}
    seen: list[tuple[int, Rating]] = []
    told: dict[int, list[tuple[Rating, ...]]] = {}
    for source in data.draw(st.permutations(begun)):
        seen = sorted([*seen, unseen[source].pop(0)], key=lambda row: row[0])
        now: dict[int, list[tuple[Rating, ...]]] = {}
        for batch in batches([rating for _, rating in seen]):
            assert {rating.source for rating in batch} == {batch[0].source}
            now.setdefault(batch[0].source, []).append(batch)
        assert all(now[code][: len(before)] == before for code, before in told.items())
        told = now
    assert sum(map(len, told.values())) == sum(begun.count(source) // BATCH for source in {*begun})
