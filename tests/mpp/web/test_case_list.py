"""How a case's due is told on its desk."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from counters.completion import due_at, standing
from mpp.i18n import words
from mpp.live.cases import CaseDesk, Item
from mpp.store.cases import CaseRow, Counts, Wanted
from mpp.web.parts.case_list import desk_body
from queues.clock import Calendar, WorkClock
from tests.world import MORNING, small_mall

MALL = small_mall()
WITHOUT_HOURS = Calendar(MALL.zone)


def told(due: str, calendar: Calendar, now: datetime) -> str:
    """The row of one open case of dukcapil's kk."""
    clock = WorkClock(calendar)
    due_of = due_at(due, clock)
    row = CaseRow(
        1, "k", "dukcapil", "kk", "B-1", "open", date(2026, 11, 23), MORNING, due, due_of,
        None, None, None, None, True, "",
    )  # fmt: skip
    item = Item(row, standing("open", None, due_of, now, clock), "Kartu Keluarga", None)
    desk = CaseDesk(MALL.agencies[0], Counts(1, 0, 0, 0, 0, 0), None, (item,), 1, now.date(), writes=True)
    wanted = Wanted("dukcapil", now)
    body = desk_body(desk, wanted, 1, words("id"), zone=MALL.zone, word="", number="", query={})
    return str(body).partition("<tbody>")[2]


@pytest.mark.parametrize(
    ("due", "calendar", "now", "shown"),
    [
        ("2026-11-25", WITHOUT_HOURS, MORNING, ["25 Nov 2026"]),
        ("2026-11-28", MALL.calendar, MORNING, ["28 Nov 2026"]),  # a Saturday
        ("2026-11-23", WITHOUT_HOURS, MORNING, ["23 Nov 2026", "jatuh tempo hari ini<"]),
        ("2026-11-23", MALL.calendar, MORNING, ["23 Nov 2026", "hari ini, sampai 15.00"]),
        ("2026-11-20", MALL.calendar, datetime.fromisoformat("2026-11-21T10:00+07:00"), ["lewat batas<"]),
    ],
)
def test_a_due_is_told_as_the_day_it_was_promised_for(
    due: str, calendar: Calendar, now: datetime, shown: list[str]
) -> None:
    row = told(due, calendar, now)
    assert [text for text in shown if text not in row] == []
