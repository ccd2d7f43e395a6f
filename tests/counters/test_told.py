"""What an agency is told of the answers about it: whole batches that never change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counters.ratings import BATCH, FEE, GOOD_REASONS, LOW, LOW_REASONS, SATISFIED, Rating
from counters.ratings import batches as of_the_day
from counters.told import CELL_LEAST, Answer, Batch, Opinion, batches, cells, months, opinion, wilson
from tests.world import MORNING

MONDAY = date(2026, 11, 2)
LATER = MONDAY + timedelta(days=60)


def answers(*counts: int, source: int = 1, score: int = 4) -> list[Answer]:
    """So many answers on each day from MONDAY on."""
    return [
        Answer(MONDAY + timedelta(days=day), source, score, (), f"{source}.{day}.{n}")
        for day, count in enumerate(counts)
        for n in range(count)
    ]


def test_what_is_left_of_a_day_joins_other_days_when_a_later_day_has_begun():
    given = answers(7, 1, 2)
    assert [batch.day for batch in batches(given[:8])] == [MONDAY]
    told = batches([*given, *answers(0, 0, 0, 1)])
    assert [batch.day for batch in told] == [MONDAY, MONDAY + timedelta(days=3)]
    assert sorted(told[1].comments) == ["1.0.5", "1.0.6", "1.1.0", "1.2.0", "1.2.1"]


def test_two_sources_never_share_a_batch():
    assert batches([*answers(3), *answers(3, source=2)]) == ()


def test_a_report_of_an_unofficial_fee_is_told_by_nothing():
    given = [
        *answers(4),
        Answer(MONDAY, 1, 1, ("long_wait", FEE, "long_wait"), "diminta lima puluh ribu"),
    ]
    (batch,) = batches(given)
    assert batch.reasons == ("long_wait",)
    assert not any("diminta" in comment for comment in batch.comments)
    assert FEE not in opinion([batch]).reasons


def test_the_order_of_the_answers_cannot_be_read_from_a_batch():
    given = answers(BATCH)
    assert batches(given) == batches(given[::-1])


ARRIVALS = st.lists(
    st.builds(
        lambda day, source, score, good, low: Answer(
            MONDAY + timedelta(days=day),
            source,
            score,
            tuple(sorted(good if score in SATISFIED else low)),
        ),
        st.integers(0, 75),
        st.integers(1, 2),
        st.integers(1, 4),
        st.sets(st.sampled_from(GOOD_REASONS[:2])),
        st.sets(st.sampled_from(LOW_REASONS[:2])),
    ),
    min_size=20,
    max_size=80,
)
"""Answers of three months in the order they came, which need not be that of their days at all."""


@given(ARRIVALS)
def test_a_batch_once_told_is_told_for_ever_however_late_another_answer_comes(arrivals: list[Answer]):
    numbered = [replace(answer, comment=str(n), reasons=()) for n, answer in enumerate(arrivals)]
    before: tuple[Batch, ...] = ()
    for passed in range(len(numbered) + 1):
        told = batches(numbered[:passed])
        assert told[: len(before)] == before
        assert all(len(batch.scores) == BATCH for batch in told)
        before = told


@given(ARRIVALS, st.booleans())
def test_nobody_computes_a_count_of_one_to_four_from_all_that_is_told(arrivals: list[Answer], ordered: bool):
    """The attacker looks after every answer and keeps all pictures. Each cell is told once or never, of
    months that share no answer: there are no two sums of one cell to subtract. Within a month the share
    gives the sum of two faces and how many can have given a reason."""
    if ordered:
        arrivals.sort(key=lambda answer: answer.day)
    seen: dict[tuple[date, int | str], int | None] = {}
    for passed in range(len(arrivals) + 1):
        for month in months(arrivals[:passed]):
            if not month.complete:
                continue
            faces, named = month.opinion.faces(), month.opinion.named()
            told: list[tuple[int | str, int | None]] = [*faces.items(), *named.items()]
            for what, count in told:
                assert seen.setdefault((month.first, what), count) == count
                assert count is None or count == 0 or count >= CELL_LEAST
            for pair in (SATISFIED, LOW):
                assert sum(faces[score] is None for score in pair) != 1
            satisfied = month.opinion.satisfied
            for codes, could in ((GOOD_REASONS, satisfied), (LOW_REASONS, month.opinion.n - satisfied)):
                some = [named[code] for code in codes if code != FEE]
                assert some.count(None) != 1
                if 0 < could < CELL_LEAST:
                    assert set(some) == {None}


def test_two_spans_of_days_tell_the_same_months():
    """Five gave a reason on one day and one on the next: the sum of both is told, once, in December."""
    first = [replace(one, reasons=("fast",)) for one in answers(5)]
    second = [replace(one, reasons=("fast",) if not n else ()) for n, one in enumerate(answers(0, 5))]
    (running,) = months([*first, *second])
    assert not running.complete
    (month,) = months([*first, *second, Answer(LATER, 1, 4)])
    assert month.complete
    assert month.opinion.named()["fast"] == 6


@given(st.integers(0, 40), st.integers(1, 4))
def test_a_day_is_told_as_the_screens_of_the_day_tell_it(count: int, score: int):
    day = of_the_day([Rating(MORNING, score, source=1)] * count)
    assert sum(len(batch.scores) for batch in batches(answers(count))) == sum(map(len, day))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(28, 31, 0.7511, 0.9666), (0, 5, 0.0, 0.4345), (5, 5, 0.5655, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilson(hits: int, n: int, low: float, high: float):
    """81 of 263: the example of Newcombe, "Two-sided confidence intervals for the single proportion",
    Statistics in Medicine 17 (1998)."""
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-4)
    assert wilson(0, 0) is None


def test_counts_of_one_to_four_are_never_told():
    assert list(cells(dict(enumerate((0, 1, 4, 5, 9)))).values()) == [0, None, None, 5, 9]
    assert list(cells(dict(enumerate((0, 3, 7, 6)))).values()) == [0, None, 7, None]


@given(st.dictionaries(st.integers(1, 4), st.integers(0, 20)))
def test_a_hidden_face_cannot_be_computed_from_the_others_and_the_share(scores: dict[int, int]):
    told = Opinion(sum(scores.values()), scores, {}).faces()
    for pair in ((1, 2), (3, 4)):
        hidden = [score for score in pair if told[score] is None]
        assert len(hidden) != 1
        assert all(told[score] in (0, None) or (told[score] or 0) >= 5 for score in pair)
