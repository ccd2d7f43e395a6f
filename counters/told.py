"""What an agency may be told of the answers about it, so that no answer can be taken for one visitor's.

Answers are told in batches of :data:`counters.ratings.BATCH` of one source (see there), formed in the
order in which the answers came. A day's whole batches are those the screens of the day show. What is
left of a day, and what comes when a later day has begun already, fills batches of its own, told of the
day that is then the newest. So every answer lies in one batch for ever, however late another comes.

Of all batches of a month it is told how many answers they hold and how many of them are satisfied.
Which faces and which reasons is told once, when the month is complete: of sums that grow, or of free
spans of days, the difference is one batch, and one visitor in it. There are no weeks beside the months
for the same reason.

A report of an unofficial fee is for the manager and the inspectorate: its reason is left out and its
comment with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from math import sqrt
from typing import Final, TypeVar

from counters.ratings import BATCH, FEE, GOOD_REASONS, LOW, LOW_REASONS, SATISFIED

CELL_LEAST: Final = 5
"""A count below it, and above 0, is not told."""

_Key = TypeVar("_Key", int, str)

Z_95: Final = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer about an agency, of a day, told by a source; ``reasons`` are codes."""

    day: date
    source: int
    score: int
    reasons: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """BATCH answers that may be told together; ``day`` is the newest day there was when the last
    of them came. ``reasons`` and
    ``comments`` are in no order that tells whose they are."""

    day: date
    scores: tuple[int, ...]
    reasons: tuple[str, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What some batches come to: ``n`` answers, ``scores`` and ``reasons`` counted."""

    n: int
    scores: Mapping[int, int]
    reasons: Mapping[str, int]

    @property
    def satisfied(self) -> int:
        """Answers with a score of SATISFIED."""
        return sum(self.scores.get(score, 0) for score in SATISFIED)

    @property
    def share(self) -> float | None:
        """Share satisfied; None of nothing."""
        return self.satisfied / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the share; None of nothing."""
        return wilson(self.satisfied, self.n)

    def faces(self) -> Mapping[int, int | None]:
        """Answers by score, None where the count may not be told. Of the two satisfied scores, and of
        the two others, both are told or neither: the share gives the sum of each two."""
        return cells({score: self.scores.get(score, 0) for score in SATISFIED}) | cells(
            {score: self.scores.get(score, 0) for score in LOW}
        )

    def named(self) -> Mapping[str, int | None]:
        """Answers by reason, None where the count may not be told: of the good ones, and of the others,
        none while fewer than CELL_LEAST answers can have given them, which the share tells. Every code
        stands in it."""
        found: dict[str, int | None] = {}
        for codes, given in ((GOOD_REASONS, self.satisfied), (LOW_REASONS, self.n - self.satisfied)):
            counts = {code: self.reasons.get(code, 0) for code in codes if code != FEE}
            few = 0 < given < CELL_LEAST
            found |= dict.fromkeys(counts) if few else cells(counts)
        return found


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month, named by its ``first`` day. ``complete`` says that no batch can join it any
    more: only then may ``opinion.faces()`` and ``opinion.named()`` be told."""

    first: date
    opinion: Opinion
    batches: tuple[Batch, ...]
    complete: bool


@dataclass(slots=True)
class _Source:
    """A source's answers that fill no batch yet: those of the newest day, and those left of others."""

    day: date
    today: list[Answer] = field(default_factory=list)
    left: list[Answer] = field(default_factory=list)


def batches(given: Iterable[Answer]) -> tuple[Batch, ...]:
    """The batches that may be told, in the order in which they became whole. ``given`` are all answers
    about one agency there ever were, in the order they came; whatever comes after them changes none."""
    return _told(given)[0]


def months(given: Iterable[Answer]) -> tuple[Month, ...]:
    """The months that hold batches, in their order. ``given`` as for :func:`batches`. A month is
    complete when an answer of a later one has come: every batch after that is told of a later day."""
    told, newest = _told(given)
    by_month: dict[date, list[Batch]] = {}
    for batch in told:
        by_month.setdefault(batch.day.replace(day=1), []).append(batch)
    return tuple(
        Month(first, opinion(some), tuple(some), newest is not None and first < newest.replace(day=1))
        for first, some in sorted(by_month.items())
    )


def _told(given: Iterable[Answer]) -> tuple[tuple[Batch, ...], date | None]:
    """The batches, and the newest day that any answer was of."""
    sources: dict[int, _Source] = {}
    newest: date | None = None
    found: list[Batch] = []
    for answer in given:
        newest = answer.day if newest is None else max(newest, answer.day)
        mine = sources.setdefault(answer.source, _Source(newest))
        if mine.day != newest:
            mine.left += mine.today
            mine.day, mine.today = newest, []
        (mine.today if answer.day == newest else mine.left).append(answer)
        for some in (mine.today, mine.left):
            while len(some) >= BATCH:
                found.append(_batch(newest, some[:BATCH]))
                del some[:BATCH]
    return tuple(found), newest


def opinion(some: Iterable[Batch]) -> Opinion:
    """What these batches come to."""
    scores: Counter[int] = Counter()
    reasons: Counter[str] = Counter()
    for batch in some:
        scores.update(batch.scores)
        reasons.update(batch.reasons)
    return Opinion(sum(scores.values()), dict(scores), dict(reasons))


def cells(counts: Mapping[_Key, int]) -> dict[_Key, int | None]:
    """Counts with None where one may not be told: 1 to CELL_LEAST - 1; where that is one alone, another
    beside it, so that no sum gives it away: the smallest that is not 0, if there is one."""
    found: dict[_Key, int | None] = {key: None if 0 < n < CELL_LEAST else n for key, n in counts.items()}
    shown = [key for key, n in found.items() if n is not None]
    if len(shown) == len(found) - 1 and shown:
        found[min(shown, key=lambda key: (counts[key] == 0, counts[key]))] = None
    return found


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """The 95 % interval of a share of ``hits`` in ``n`` (0 to 1), without continuity correction; None
    of nothing. E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927); recommended for small ``n`` by Brown,
    Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16 (2001)."""
    if not n:
        return None
    share, z2 = hits / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _batch(day: date, answers: Sequence[Answer]) -> Batch:
    """What of these answers is told, each kind in an order of its own that has nothing to do with when
    they came."""
    kept = [answer.comment.strip() for answer in answers if FEE not in answer.reasons]
    return Batch(
        day,
        tuple(sorted(answer.score for answer in answers)),
        tuple(sorted(reason for answer in answers for reason in set(answer.reasons) if reason != FEE)),
        tuple(sorted((comment for comment in kept if comment), key=_mixed)),
    )


def _mixed(text: str) -> tuple[str, str]:
    return blake2b(text.encode(), digest_size=8).hexdigest(), text
