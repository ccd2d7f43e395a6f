"""Ratings: from the intake to the board, live, replayed and rebuilt."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from counters.ratings import FEE, Rating, batches
from mpp.live.board import build
from mpp.live.facts import LiveFacts
from mpp.live.model import Board, Ratings
from mpp.live.ratings import CHUNK
from mpp.live.rebuild import rebuild
from mpp.live.replay import ReplayFacts
from mpp.mall.model import Source
from mpp.store import Write, ratings
from mpp.store.tables import ratings as table
from mpp.web.api.board import plain
from tests.world import MORNING, World, small_mall, world


def rated(w: World, *scores: int, minutes: float = -1, **data: Any) -> list[dict[str, Any]]:
    return [w.item("rating.given", None, minutes, score=score, **data) for score in scores]


def kept(w: World) -> list[tuple[Any, ...]]:
    with w.store.read() as tx:
        return ratings.snapshot(tx)


def test_an_answer_is_kept_without_its_words(database_url: str) -> None:
    with world(database_url) as w:
        told: dict[str, Any] = {
            "service": "kk",
            "counter": "2",
            "reasons": ["unfriendly", FEE],
            "comment": "loket dua",
        }
        items = rated(w, 1, **told) + rated(w, 4, minutes=-2)
        assert w.words(*items) == ["accepted"] * 2
        assert w.words(*items) == ["duplicate"] * 2
        with w.store.read() as tx:
            rows = [row._asdict() for row in tx.connection.execute(select(table).order_by(table.c.seq))]
        assert [event.seq for event in w.events()] == [row["seq"] for row in rows]
        low, good = rows
        assert (low["agency"], low["service"], low["counter"]) == ("dukcapil", "kk", "2")
        assert (low["score"], low["fee"], low["day"]) == (1, True, MORNING.date())
        assert low["at"] == MORNING - timedelta(minutes=1)
        assert (good["service"], good["counter"], good["score"], good["fee"]) == (None, None, 4, False)
        assert "loket dua" not in str(rows)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"score": 5}, "bad_field"),
        ({"score": None}, "missing_field"),
        ({"score": 4, "reasons": ["cepat"]}, "bad_field"),
        ({"score": 4, "reasons": [["fast"]]}, "bad_field"),
        ({"score": 4, "counter": "99"}, "unknown_counter"),
        ({"score": 4, "service": "paspor"}, "unknown_service"),
    ],
)
def test_a_bad_answer_goes_to_quarantine(database_url: str, given: dict[str, Any], reason: str) -> None:
    with world(database_url) as w:
        bad = w.item("rating.given", None, -1, **given)
        (told, other) = w.send(bad, *rated(w, 4))
        assert (told.status, told.reason, other.status) == ("quarantined", reason, "accepted")
        assert len(kept(w)) == 1


def test_an_answer_belongs_to_the_day_of_the_mall(database_url: str) -> None:
    with world(database_url, at=datetime.fromisoformat("2026-11-23T00:10:00+07:00")) as w:
        w.send(*rated(w, 4, minutes=-15), *rated(w, 3, minutes=-5))
        assert [str(row[table.c.keys().index("day") - 1]) for row in kept(w)] == ["2026-11-22", "2026-11-23"]
        facts = w.facts.read(w.clock())
        assert facts is not None
        assert [rating.score for rating in facts.agencies["dukcapil"].ratings] == [3]


def test_a_rebuild_makes_the_same_answers(database_url: str) -> None:
    with world(database_url) as w:
        some = [4, 3, 2, 1] * (CHUNK // 4) + [1] * 3
        w.send(*rated(w, *some[:300], reasons=[FEE]), *w.life("A3-001", -60, -50, -50, -40))
        w.send(*rated(w, *some[300:]))
        w.send(w.item("rating.given", None, -3, agency="samsat", source="samsat", score=2), source="samsat")
        straight = kept(w)
        assert len(straight) == len(some) + 1
        with w.store.write() as tx:
            tx.connection.execute(delete(table).where(table.c.seq % 3 == 0))
            tx.connection.execute(update(table).values(score=4, day=MORNING.date() - timedelta(days=1)))
        assert kept(w) != straight
        rebuild(w.store, w.clock())
        assert kept(w) == straight


def test_the_board_counts_the_answers_of_today(database_url: str) -> None:
    with world(database_url) as w:
        assert w.agency().ratings == w.board().totals.ratings == Ratings()
        w.clock.at += timedelta(seconds=3)  # day sums are read every two seconds
        w.send(*rated(w, 4, 3, 2, 1), *rated(w, 1, minutes=-24 * 60))
        assert w.agency().ratings == Ratings()  # so few that one could tell who said what
        w.clock.at += timedelta(seconds=3)
        w.send(*rated(w, 4))
        w.intake.accept("samsat", rated(w, 1, agency="samsat", source="samsat"))
        board = w.board()
        assert [agency.ratings for agency in board.agencies] == [Ratings(5, 3), Ratings()]
        assert (board.totals.ratings, board.agencies[0].ratings.share) == (Ratings(5, 3), 0.6)


def test_no_two_pictures_tell_one_visitors_answer(database_url: str) -> None:
    """Answer by answer, over two agencies and with some that come late: what differs is five answers."""
    with world(database_url) as w:
        w.send()
        w.intake.accept("samsat", [])
        seen = [w.board()]
        for n in range(23):
            w.clock.at += timedelta(seconds=3)
            agency = ("dukcapil", "samsat")[n % 3 == 1]
            some = rated(w, 1 + n % 4, minutes=-(n % 5) * 7, agency=agency, source=agency)
            w.intake.accept(agency, some)
            seen.append(w.board())
        assert seen[-1].totals.ratings.n == 20
        for old, new in pairwise(seen):
            pairs = [(a.ratings, b.ratings) for a, b in zip(old.agencies, new.agencies, strict=True)]
            for before, after in [*pairs, (old.totals.ratings, new.totals.ratings)]:
                assert after == before or after.n == before.n + 5
            assert new.totals.ratings.n == sum(after.n for _, after in pairs)


def test_totals_leave_out_the_answers_about_a_silent_agency(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*rated(w, *[4] * 6))
        w.intake.accept("samsat", rated(w, *[1] * 7, agency="samsat", source="samsat"))
        w.clock.at += timedelta(minutes=20)
        w.intake.accept("samsat", [])
        board = w.board()
        assert [agency.state == "silent" for agency in board.agencies] == [True, False]
        assert [agency.ratings.n for agency in board.agencies] == [5, 5]
        assert board.totals.ratings == Ratings(5, 0)


def test_facts_carry_each_answer_in_the_order_they_came(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*rated(w, 1, minutes=-1, reasons=[FEE]), *rated(w, 3, minutes=-9))
        facts = w.facts.read(w.clock())
        assert facts is not None
        source = facts.sources["dukcapil"].id
        assert facts.agencies["dukcapil"].ratings == (
            Rating(MORNING - timedelta(minutes=1), 1, fee=True, source=source),
            Rating(MORNING - timedelta(minutes=9), 3, source=source),
        )


def test_a_replay_shows_the_answers_that_had_been_given(database_url: str) -> None:
    """Also about an agency that gave no ticket, from a feed of its own, forwards and backwards."""
    kiosk = Source("kios", "Kios", ("dukcapil", "samsat"), expected_every_s=60)
    with world(database_url, replace(small_mall(), sources=(kiosk,))) as w:
        start = w.clock.at
        shown: dict[datetime, Board] = {}
        for step, score in enumerate([1, 4, 3, 2, 4, 4, 1, 3, 4, 2, 2, 3, 1, 4, 3]):
            w.clock.at = start + timedelta(minutes=step)
            agency = ("dukcapil", "samsat")[step % 3 == 1]
            w.intake.accept("kios", rated(w, score, minutes=0, agency=agency, source="kios"))
            facts = LiveFacts(w.store).read(w.clock())
            assert facts is not None
            shown[w.clock.at] = build(facts, w.clock.at)
        assert [a.ratings for a in shown[w.clock.at].agencies] == [Ratings(10, 5), Ratings(5, 4)]
        replayed = ReplayFacts(w.store)
        for at in [*shown, *reversed(shown)]:
            facts = replayed.read(at)
            assert facts is not None
            board = build(facts, at)
            assert [a.ratings for a in board.agencies] == [a.ratings for a in shown[at].agencies]
            assert board.totals == shown[at].totals


def test_a_replay_tells_an_answer_when_it_came_not_when_it_was_given(database_url: str) -> None:
    """One that a kiosk kept while it was offline would else push another out of a batch, and the
    replay tell what the wall never did."""
    with world(database_url) as w:
        start, shown = w.clock.at, {}
        for minute, scores in enumerate([(4,) * 5, (1, 1), (2,), (4, 3, 1)]):
            w.clock.at = start + timedelta(minutes=minute)
            w.send(*rated(w, *scores, minutes=-60 * (minute == 1)))
            w.facts = LiveFacts(w.store)
            shown[w.clock.at] = w.agency().ratings
        assert [*shown.values()] == [Ratings(5, 5)] * 3 + [Ratings(10, 7)]
        replayed = ReplayFacts(w.store)
        for at in [*shown, *reversed(shown), start - timedelta(seconds=1)]:
            facts = replayed.read(at)
            assert facts is not None
            assert build(facts, at).agencies[0].ratings == shown.get(at, Ratings())


def test_an_answer_out_of_quarantine_changes_no_batch_of_a_replay(database_url: str) -> None:
    """It keeps the instant it was first received, but comes after what was told since."""
    with world(database_url) as w:
        start = w.clock.at
        late = rated(w, 1, 1, minutes=0)
        w.clock.at = start + timedelta(minutes=10)
        w.send(*rated(w, *[4] * 5, minutes=0))
        w.clock.at = start + timedelta(minutes=20)
        w.intake.accept("dukcapil", late, received_at=start)
        w.send(*rated(w, *[1] * 3, minutes=0))
        replayed = ReplayFacts(w.store)
        told = []
        for minute in (0, 9, 10, 19, 20):
            facts = replayed.read(at := start + timedelta(minutes=minute))
            assert facts is not None
            told.append(build(facts, at).agencies[0].ratings)
        assert told == [Ratings()] * 2 + [Ratings(5, 5)] * 2 + [Ratings(10, 5)]
        assert w.agency().ratings == told[-1]


def test_two_sources_that_write_at_once_change_no_batch_that_was_told(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of who began first are numbered lower, and seen later."""
    kiosk = Source("kios", "Kios", ("dukcapil", "samsat"), required=False)
    inside, go_on = threading.Event(), threading.Event()
    add = ratings.add

    def slow(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
        add(tx, rows)
        if threading.current_thread().name == "first":
            inside.set()
            assert go_on.wait(30)

    monkeypatch.setattr(ratings, "add", slow)
    mall = small_mall()
    with world(postgres_url, replace(mall, sources=(*mall.sources, kiosk))) as w:
        w.send(*rated(w, 4, 4, 4))
        bad, good = rated(w, 1, 1), rated(w, *[3] * 5, source="kios")
        first = threading.Thread(target=lambda: w.send(*bad), name="first")
        first.start()
        try:
            assert inside.wait(30)
            w.send(*good, source="kios")
            before = told(w)
        finally:
            go_on.set()
            first.join()
        after = told(w)
        assert [[rating.score for rating in batch] for batch in before] == [[3] * 5]
        assert [[rating.score for rating in batch] for batch in after] == [[4, 4, 4, 1, 1], [3] * 5]
        assert w.agency().ratings == Ratings(10, 8)


def told(w: World) -> tuple[tuple[Rating, ...], ...]:
    """The batches of answers about dukcapil, from the database."""
    facts = LiveFacts(w.store).read(w.clock())
    assert facts is not None
    return batches(facts.agencies["dukcapil"].ratings)


def test_a_rating_changes_its_agency_alone(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*rated(w, 4))
        replayed = ReplayFacts(w.store)
        replayed.read(MORNING - timedelta(minutes=2))
        w.facts.read(w.clock())
        w.clock.at += timedelta(seconds=5)
        w.send(*rated(w, 1, minutes=0))
        for found in (w.facts.read(w.clock()), replayed.read(MORNING)):
            assert found is not None
            assert found.changed == frozenset({"dukcapil"})


@pytest.mark.parametrize(("n", "share"), [(0, None), (5, 0.8), (10, 0.4)])
def test_a_share_is_unknown_while_nothing_is_told(n: int, share: float | None) -> None:
    made = Ratings(n, 4 if n else 0)
    assert made.share == share
    assert plain(made) == {"n": n, "satisfied": made.satisfied, "share": share}
