"""What is said of a figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. ``unit`` is tickets, agencies, counters, rows, answers, cases, seconds or share; ``kind``
    is "period" or "now". The texts are in the language of the words they were made with."""

    key: str
    kind: str
    unit: str
    name: str
    formula: str
    leaves_out: str
