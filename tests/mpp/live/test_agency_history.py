"""An agency's past: figures by period, gaps that are no zeros, silent hours, dirt, the week's comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from mpp.live import peers
from mpp.live.action_log import append
from mpp.live.agency_history import Past, covering, history, periods
from mpp.live.agency_quality import quality
from mpp.live.agency_read import reading
from mpp.live.episodes import ENDED, OPENED, Step
from mpp.live.summary import summaries
from mpp.mall.model import Source
from mpp.store import sources
from tests.world import MORNING, World, small_mall, world

TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def mall(database_url: str) -> Iterator[World]:
    with world(database_url) as made:
        yield made


def on(made: World, days: int) -> None:
    """Set the clock so many days before MORNING."""
    made.clock.at = MORNING - timedelta(days=days)


def past(made: World, kind: str = "day", count: int = 10, **more: str) -> tuple[Past, ...]:
    with reading(made.store) as (tx, judge):
        return history(tx, judge, "dukcapil", periods(kind, TODAY, count), made.clock(), **more)


def fill(made: World) -> None:
    """Tickets on Monday a week ago, Friday and today; one of another agency."""
    for days, name in ((7, "m"), (3, "f"), (0, "t")):
        on(made, days)
        made.send(
            *made.life(f"{name}1", -60, -50, -50, -40, result="incomplete"),
            *made.life(f"{name}2", -60, -20, -20, -10, service="ktp"),
            *made.life(f"{name}3", -33),
        )
        made.send(
            made.item("ticket.issued", f"{name}4", -20, agency="samsat", service="stnk", source="samsat"),
            source="samsat",
        )


def test_a_day_without_data_is_a_gap_and_never_a_zero(mall: World):
    fill(mall)
    found = {one.period.first: one for one in past(mall)}
    assert {day: one.figures.issued for day, one in found.items() if one.figures} == {
        date(2026, 11, 16): 3,
        FRIDAY: 3,
        TODAY: 3,
    }
    thursday = found[date(2026, 11, 19)]
    assert thursday.figures is None
    assert [day.state for day in thursday.days] == ["gap"]
    assert found[date(2026, 11, 21)].days == ()  # a Saturday
    assert found[date(2026, 11, 14)].days == ()  # nobody fed the monitor yet


def test_a_period_is_what_mpp_summary_tells_of_it(mall: World):
    fill(mall)
    first, last = date(2026, 11, 16), TODAY
    with reading(mall.store) as (tx, judge):
        for service in (None, "kk", "ktp"):
            (one,) = history(
                tx, judge, "dukcapil", covering("month", first, last), mall.clock(), service=service
            )
            by = "agency" if service is None else "service"
            told = summaries(mall.store, judge, first, last, by=by, now=mall.clock(), agency="dukcapil")
            assert one.figures == told["dukcapil" if service is None else f"dukcapil/{service}"]
    # who waits beyond the promise now counts against it
    assert [one.figures.share for one in past(mall, count=1) if one.figures] == [1 / 3]


def test_weeks_and_months_count_the_days_they_know(mall: World):
    fill(mall)
    week, this = past(mall, "week", 2)
    assert (week.period.first, week.known_days, week.due_days) == (date(2026, 11, 16), 2, 5)
    assert (this.known_days, this.due_days) == (1, 1)
    assert week.incomplete == 2
    assert [one.whole for one in (week, this)] == [False, True]


def test_a_service_without_tickets_on_a_day_with_data_is_zero(mall: World):
    on(mall, 0)
    mall.send(*mall.life("a", -60, -50, -50, -40))
    (today,) = past(mall, count=1, service="ktp")
    assert today.figures is not None
    assert (today.figures.issued, today.figures.share) == (0, None)


def test_the_service_of_a_source_that_told_nothing_is_no_zero(sqlite_url: str):
    named = tuple(Source(code, code, ("dukcapil",)) for code in ("dukcapil", "dua"))
    with world(sqlite_url, small_mall(sources=named)) as made:
        made.send(*made.life("a", -60, -50, -50, -40))
        (today,) = past(made, count=1, service="ktp")
        assert (today.figures, today.days[0].missing) == (None, ("dua",))


def test_hours_without_news_are_told(mall: World):
    """Two episodes that overlap count once, only within the hours, and another agency's not at all."""
    fill(mall)
    nine = datetime(2026, 11, 20, 2, tzinfo=MORNING.tzinfo)
    with mall.store.write() as tx:
        own, steps = sources.lock_own(tx, "mpp-uji", mall.clock()), []
        for source, agency, start, end in (
            ("", "dukcapil", nine, 30), ("dukcapil", "", nine + timedelta(minutes=20), 40),
            ("", "samsat", nine, 300), ("", "dukcapil", nine - timedelta(hours=5), 60),
        ):  # fmt: skip
            key = f"silent/{agency or source}/{start:%H%M}"
            ends = start + timedelta(minutes=end)
            steps.append(Step(f"{key}o", OPENED, key, start, "silent", agency, source, start))
            steps.append(Step(f"{key}e", ENDED, key, ends, "silent", agency, source, start))
        append(tx, own, FRIDAY, sorted(steps, key=lambda step: step.at))
    found = {one.period.first: one for one in past(mall)}
    assert found[FRIDAY].silent_s == 60 * 60
    assert not found[FRIDAY].whole
    assert found[TODAY].silent_s == 0


def test_buttons_beside_a_queue_system_need_tell_no_tickets(sqlite_url: str):
    queue = Source("dukcapil", "Antrean", ("dukcapil",))
    buttons = Source("loket", "Catatan petugas", ("dukcapil",), kind="manual")
    other = replace(buttons, code="lain", kind="api")
    for named, missing in (((queue, buttons), ()), ((queue, other), ("lain",))):
        with world(sqlite_url + named[1].code, small_mall(sources=named)) as made:
            made.send(*made.life("a", -60, -50, -50, -40))
            made.send(made.item("counter.opened", None, -60, counter="1"), source=named[1].code)
            (today,) = past(made, count=1)
            assert today.days[0].missing == missing


def test_dirt_is_told_with_the_tickets_to_mend(mall: World):
    on(mall, 0)
    mall.send(*mall.life("good", -60, -50, -50, -40), *mall.life("short", -60, -39, -39, -39 + 5 / 60))
    mall.send(*mall.life("back", -50, -30), mall.item("ticket.no_show", "back", -20))
    mall.send(*mall.life("back", -50, -10)[1:])  # came back: no fault of the data
    unknown = [mall.item("ticket.issued", f"x{n}", -9, service="baru") for n in range(3)]
    mall.send(*unknown, mall.item("ticket.transferred", "good", -5, to_agency="samsat", to_service="rahasia"))
    with reading(mall.store) as (tx, judge):
        found = quality(tx, judge, "dukcapil", [TODAY])
        other = quality(tx, judge, "samsat", [TODAY])
    assert [leg.number for leg in found.legs] == ["short"]
    assert (found.total, found.days[0].legs, found.days[0].faulty) == (1, 3, 1)
    assert found.days[0].findings == (("instant_service", 1),)
    assert [(one.code, one.legs, one.faulty) for one in found.sources] == [("dukcapil", 3, 1)]
    assert [(one.kind, one.code, one.items, one.numbers) for one in found.unknown] == [
        ("service", "baru", 3, ("x2", "x1", "x0"))
    ]
    assert [(one.reason, one.items) for one in found.unread] == [("unknown_service", 4)]
    assert (other.total, other.unread, other.unknown) == (0, (), ())


def test_the_week_s_comparison_is_kept_whatever_comes_later(mall: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers, "tellable", bool)
    fill(mall)
    assert peers.tell(mall.store, mall.clock()) is not None
    with reading(mall.store) as (tx, judge):
        before = peers.told(tx, judge, mall.clock())
    assert before["dukcapil"].judged == 4  # of last week alone: today counts next Monday
    on(mall, 2)
    mall.send(*mall.life("late", -60, -50, -50, -40))
    on(mall, -3)
    assert peers.tell(mall.store, mall.clock()) is None
    with reading(mall.store) as (tx, judge):
        assert peers.told(tx, judge, mall.clock()) == before
        on(mall, -7)
        assert peers.told(tx, judge, mall.clock()) == {}
    assert peers.tell(mall.store, mall.clock()) is None  # its source has not spoken this week
    on(mall, -8)
    assert peers.tell(mall.store, mall.clock()) is not None
