"""Stretches of time as sorted, disjoint lists of (begin, end), end excluded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

Span = tuple[datetime, datetime]
"""From an instant to a later one (aware, UTC)."""


def union(spans: Iterable[Span]) -> list[Span]:
    """All of them together: sorted, overlapping and touching ones joined, empty ones left out."""
    joined: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def both(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Where two unions overlap."""
    found: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        begin, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if begin < end:
            found.append((begin, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def minus(whole: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What of one union is not in another."""
    left: list[Span] = []
    for begin, end in whole:
        at = begin
        for first, last in taken:
            if last <= at:
                continue
            if first >= end:
                break
            if first > at:
                left.append((at, first))
            at = max(at, last)
        if at < end:
            left.append((at, end))
    return left


def seconds(spans: Iterable[Span]) -> float:
    """How long they are together."""
    return sum((end - begin).total_seconds() for begin, end in spans)
