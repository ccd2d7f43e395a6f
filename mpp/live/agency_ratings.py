"""What visitors said of an agency, by calendar month, as far as the agency may be told."""

from __future__ import annotations

import json
from datetime import date

from counters.told import Answer, Month, months
from mpp.store import Read, opinions


def said(tx: Read, agency: str, first: date, last: date) -> tuple[Month, ...]:
    """The months with answers from the one ``first`` lies in to that of ``last``, each of them whole:
    what is told of a month is the same whichever days are asked for."""
    told = months(_answer(row) for row in opinions.about(tx, agency))
    return tuple(one for one in told if first.replace(day=1) <= one.first <= last)


def _answer(row: opinions.Said) -> Answer:
    data = json.loads(row.data)
    return Answer(row.day, row.source_id, row.score, tuple(data.get("reasons", ())), data.get("comment", ""))
