"""What holds for every set of an action's steps, and for every history of conditions."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mpp.live.episodes import (
    BACK_WITHIN,
    ENDED,
    KEPT_AFTER,
    KINDS,
    OPENED,
    SHOWN_AFTER,
    TAKEN,
    Episode,
    Step,
    due_steps,
    fold,
    key_of,
)
from mpp.live.model import Condition, Taken

MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
BEGIN = MIDNIGHT + timedelta(hours=9)
OVER = ("over", "dukcapil", "")


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


KEY = key_of(OVER, BEGIN)


def test_keys():
    assert KEY == "over/dukcapil/20261123T020000Z"
    assert key_of(("silent", "", "lobi"), BEGIN) == "silent/source:lobi/20261123T020000Z"
    assert key_of(("integrity", "", ""), BEGIN) == "integrity/mall/20261123T020000Z"


steps = st.builds(
    lambda n, kind, episode, minute: Step(
        f"{kind}:{episode}:{n}",
        kind,
        episode,
        at(minute + n / 60),
        *OVER,
        started=BEGIN,
        who=f"who {n}",
        note="note",
    ),
    n=st.integers(0, 20),
    kind=st.sampled_from(KINDS),
    episode=st.sampled_from([KEY, "over/samsat/20261123T020000Z"]),
    minute=st.integers(0, 5),
)


@settings(max_examples=300)
@given(st.data(), st.lists(steps, max_size=10, unique_by=lambda step: step.id))
def test_order_and_repetition_change_nothing(data, some):
    again = data.draw(st.lists(st.sampled_from(some), max_size=4)) if some else []
    shuffled = data.draw(st.permutations([*some, *again]))
    found = fold(some)
    assert fold(shuffled) == found
    opened = {step.episode for step in some if step.kind == OPENED}
    assert {episode.key for episode in found} == opened
    for episode in found:
        mine = [step for step in some if step.episode == episode.key]
        assert len(episode.taken) == sum(step.kind == TAKEN for step in mine)
        assert [taken.at for taken in episode.taken] == sorted(taken.at for taken in episode.taken)
        if not any(step.kind == ENDED for step in mine):
            assert episode.ended is None


def condition(since: float | None = None, place=OVER) -> Condition:
    rule, agency, source = place
    return Condition(rule, agency, source, None if since is None else at(since))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 200), st.booleans()), min_size=1, max_size=30), st.booleans())
def test_following_a_history(history, told):
    """Whatever comes and goes: there is one open episode where the condition holds and none else;
    two steps at one instant are none; episodes of one place never overlap and lie apart."""
    log: list[Step] = []
    began: int | None = None
    for seconds, holds in sorted(dict(history).items()):
        now = BEGIN + timedelta(seconds=10 * seconds)
        began = (seconds if began is None else began) if holds else None
        since = None if began is None or not told else began / 6
        some = [condition(since)] if holds else []
        new = due_steps(fold(log), some, now, MIDNIGHT)
        assert len(new) <= 1
        assert all(step.at == now for step in new)
        log += new
        assert due_steps(fold(log), some, now, MIDNIGHT) == ()
        episodes = fold(log)
        assert [episode.ended is None for episode in episodes].count(True) == holds
        assert len({step.id for step in log}) == len(log)
        for one, other in itertools.pairwise(episodes):
            assert one.ended is not None
            assert other.started - one.ended > BACK_WITHIN - timedelta(seconds=1)
        for episode in episodes:
            assert episode.started <= now


def test_flapping_makes_one_episode():
    log: list[Step] = []
    for half_minute in range(40):
        holding = [condition(half_minute / 2)] if half_minute % 2 == 0 else []
        log += due_steps(fold(log), holding, at(half_minute / 2), MIDNIGHT)
    (episode,) = fold(log)
    assert (episode.key, episode.ended) == (KEY, at(19.5))


def test_two_in_two_out():
    seconds = timedelta(seconds=1)
    episode = Episode(KEY, *OVER, BEGIN)
    assert [episode.shown(BEGIN + SHOWN_AFTER - seconds), episode.shown(BEGIN + SHOWN_AFTER)] == [False, True]
    ended = Episode(KEY, *OVER, BEGIN, at(10))
    assert [ended.shown(at(10) + KEPT_AFTER - seconds), ended.shown(at(10) + KEPT_AFTER)] == [True, False]
    short = Episode(KEY, *OVER, BEGIN, BEGIN + SHOWN_AFTER - seconds)
    assert not any(short.shown(BEGIN + n * seconds) for n in range(600))
    assert not short.counts


def test_a_start_as_far_as_the_data_tells_within_the_day():
    (step,) = due_steps((), [condition(-30)], at(0), MIDNIGHT)
    assert (step.kind, step.started, step.at) == (OPENED, at(-30), at(0))
    (step,) = due_steps((), [condition(-30 * 60)], at(0), MIDNIGHT)
    assert step.started == MIDNIGHT
    (step,) = due_steps((), [condition(5)], at(0), MIDNIGHT)
    assert step.started == at(0)
    (step,) = due_steps((), [condition()], at(0) + timedelta(microseconds=7), MIDNIGHT)
    assert step.started == at(0)


def test_what_held_all_along_is_the_same_episode():
    """A graver row hid it, or nobody was there to see it."""
    known = [Episode(KEY, *OVER, BEGIN, at(10), (Taken(at(3), "Petugas piket", "ditelepon"),))]
    (step,) = due_steps(known, [condition(7)], at(40), MIDNIGHT)
    assert (step.kind, step.episode) == ("action.resumed", KEY)
    (step,) = due_steps(known, [condition(11)], at(40), MIDNIGHT)
    assert (step.kind, step.episode) == (OPENED, key_of(OVER, at(11)))


def test_what_nobody_can_know_is_left_as_it_is():
    known = [Episode(KEY, *OVER, BEGIN)]
    assert due_steps(known, [], at(5), MIDNIGHT, unheard={"dukcapil"}) == ()
    (step,) = due_steps(known, [], at(6), MIDNIGHT, unheard={"samsat"})
    assert (step.kind, step.episode) == (ENDED, KEY)
    place = ("silent", "dukcapil", "")
    silent = Episode(key_of(place, BEGIN), *place, BEGIN)
    (step,) = due_steps([silent], [], at(5), MIDNIGHT, unheard={"dukcapil"})
    assert (step.kind, step.episode) == (ENDED, silent.key)


def test_a_silence_that_may_be_our_own_does_not_begin_but_goes_on():
    place = ("silent", "dukcapil", "")
    held, mine = [condition(0, place)], {place}
    assert due_steps([], held, at(20), MIDNIGHT, unproven=mine) == ()
    open_one = Episode(key_of(place, BEGIN), *place, BEGIN)
    assert due_steps([open_one], held, at(20), MIDNIGHT, unproven=mine) == ()
    (step,) = due_steps([open_one], [], at(20), MIDNIGHT, unproven=mine)
    assert step.kind == ENDED
    (step,) = due_steps([replace(open_one, ended=at(9))], held, at(20), MIDNIGHT, unproven=mine)
    assert step.kind == "action.resumed"


def test_of_two_open_ones_of_a_place_the_later_stays():
    known = [Episode(KEY, *OVER, BEGIN), Episode(key_of(OVER, at(1)), *OVER, at(1))]
    (step,) = due_steps(known, [condition(0)], at(5), MIDNIGHT)
    assert (step.kind, step.episode) == (ENDED, KEY)
    assert len(due_steps(known, [], at(5), MIDNIGHT)) == 2
