"""What visitors of past days answered: whole months for an agency's page, and nothing of today."""

from datetime import date

from counters.told import Month
from mpp.live.agency_ratings import said
from mpp.mall.model import Mall
from mpp.simulate.feed import Feed, seed_day
from mpp.simulate.opinions import seed_opinions
from tests.world import MORNING, World, world

FIRST = date(2026, 10, 1)


def months(w: World) -> tuple[Month, ...]:
    with w.store.read() as tx:
        return said(tx, "dukcapil", FIRST, MORNING.date())


def test_the_month_before_is_whole_and_what_was_good_and_bad_is_told(sqlite_url: str, example: Mall) -> None:
    with world(sqlite_url, example) as w:
        assert seed_opinions(w.store, example, MORNING.date(), 1) > 4000
        before, running = months(w)
        assert (before.first, before.complete, running.complete) == (FIRST, True, False)
        assert None not in before.opinion.faces().values()
        assert any(before.opinion.named().values())
        assert any(batch.comments for batch in before.batches)
        share = before.opinion.share
        assert share is not None
        assert 0.6 < share < 0.95
        assert max(event.at for event in w.events()) < MORNING


def test_todays_answers_join_those_of_the_running_month(sqlite_url: str, example: Mall) -> None:
    with world(sqlite_url, example) as w:
        seed_opinions(w.store, example, MORNING.date(), 1)
        before = months(w)
        Feed(w.intake, example).run(w.clock())
        after = months(w)
        assert after[0] == before[0]
        assert after[1].opinion.n > before[1].opinion.n
        assert w.agency("dukcapil").ratings.n > 0


def test_what_counters_did_on_a_past_day_changes_nothing_of_today(sqlite_url: str, example: Mall) -> None:
    with world(sqlite_url, example) as w:
        Feed(w.intake, example).run(w.clock())
        before = {one.code: one.counters for one in w.board().agencies}
        seed_day(w.store, example, date(2026, 11, 20), 1, MORNING)
        assert {one.code: one.counters for one in w.board().agencies} == before
