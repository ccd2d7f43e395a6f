"""Who takes an action, what is kept of it, and what is shown that nobody keeps."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unicodedata import category

import pytest

from mpp.access import STAFF
from mpp.live.action_log import _step
from mpp.live.action_rows import action_rows
from mpp.live.actions import (
    MOST_TAKINGS,
    UNSEEN,
    EndedError,
    OtherTakingError,
    TakenOftenError,
    UnknownActionError,
)
from mpp.live.board import build
from mpp.live.conditions import of_agency
from mpp.live.episodes import Step
from mpp.live.replay import ReplayFacts
from mpp.live.sight import seen
from mpp.store.log import Told
from tests.mpp.live.action_kit import opened, picture, steps, taken, tick
from tests.world import MORNING, alone, world


def test_taking_a_row(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        assert (row.rule, row.taken) == ("not_opened", None)
        assert taken(w, row.episode) == "taken"
        w.clock.at += timedelta(seconds=5)
        assert taken(w, row.episode) == "duplicate"
        (row,) = tick(w).actions
        assert row.taken is not None
        assert (row.taken.at, row.taken.until) == (MORNING, MORNING + timedelta(minutes=15))
        assert (row.taken.who, row.taken.note) == ("Petugas piket", "petugas dalam perjalanan")
        taken(w, row.episode, id="two", who=" Bu Ani ", note="dihubungi 0812 3456 7890", minutes=None)
        (row,) = tick(w).actions
        assert row.taken is not None
        assert (row.taken.who, row.taken.note, row.taken.until) == ("Bu Ani", "dihubungi …", None)
        assert "0812" not in str(w.events())


def test_what_cannot_be_taken(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        taken(w, row.episode)
        before = len(w.events())
        for given in ({"who": " "}, {"who": "a" * 41}, {"note": "a" * 121}, {"minutes": 0}, {"minutes": 481}):
            with pytest.raises(ValueError, match="must be"):
                taken(w, row.episode, **({"id": "three"} | given))
        with pytest.raises(OtherTakingError):
            taken(w, row.episode, note="sudah ditelepon")
        with pytest.raises(UnknownActionError):
            taken(w, "not_opened/samsat/20261123T010000Z", id="four")
        opened(w, "1", minutes=0)
        tick(w)
        with pytest.raises(EndedError):
            taken(w, row.episode, id="five")
        w.clock.at += timedelta(days=1)
        with pytest.raises(UnknownActionError):
            taken(w, row.episode, id="six")
        assert len(w.events()) == before + 2  # the counter, the end


def test_an_action_is_taken_fifty_times_at_most(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        for n in range(MOST_TAKINGS):
            taken(w, row.episode, id=f"n{n}")
        with pytest.raises(TakenOftenError, match="50 times"):
            taken(w, row.episode, id="more")
        assert taken(w, row.episode, id="n7") == "duplicate"
        assert steps(w).count("action.taken") == MOST_TAKINGS


@contextmanager
def reading() -> Iterator[list[Told]]:
    """What is read of the log meanwhile."""
    read: list[Told] = []

    def noted(told: Told) -> Step:
        read.append(told)
        return _step(told)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mpp.live.action_log._step", noted)
        yield read


def test_new_takings_are_read_alone(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        for n in range(20):
            taken(w, row.episode, id=f"n{n}")
        tick(w)
        with reading() as read:
            w.clock.at += timedelta(seconds=1)
            taken(w, row.episode, id="last", who="Bu Ani")
            read.clear()
            (row,) = picture(w)[1].actions
        assert [told.type for told in read] == ["action.taken"]
        assert row.taken is not None
        assert row.taken.who == "Bu Ani"


def test_takings_of_other_actions_are_not_read(database_url: str) -> None:
    with world(database_url) as w:
        w.send()
        w.send(source="samsat")
        one, other = tick(w).actions
        for n in range(20):
            taken(w, one.episode, id=f"n{n}")
        with reading() as read:
            taken(w, other.episode, id="first")
        assert sorted(told.type for told in read) == ["action.opened"] * 2


@pytest.mark.parametrize(
    "text",
    [
        *("a\0b", "a\u202eb", "\u200b", "a\u200bb", "a\ud800", "\ue000a", "a\x07", "---", "…", "\U000f0000a"),
        *("\u3164", "\u115f\u1160", "\uffa0", "a\u034f", "a\u2800", "\u2800"),
        *("123456789012", "0812 3456 7890"),
    ],
)
@pytest.mark.parametrize("name", ["who", "note"])
def test_what_is_not_seen_is_not_kept(sqlite_url: str, name: str, text: str) -> None:
    with world(sqlite_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        with pytest.raises(ValueError, match=f"{name} must be a text"):
            taken(w, row.episode, **{name: text})
        assert taken(w, row.episode) == "taken"


def test_blanks_are_one_blank(sqlite_url: str) -> None:
    with world(sqlite_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        taken(w, row.episode, who="\tBu \u00a0 Ani\n", note="sudah\r\nditelepon")
        (row,) = tick(w).actions
        assert row.taken is not None
        assert (row.taken.who, row.taken.note) == ("Bu Ani", "sudah ditelepon")


FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
)
"""Printable by Unicode and seen by nobody."""


def test_every_character_that_is_not_seen_is_known() -> None:
    hidden = re.compile(f"[{UNSEEN}]")
    for code in range(sys.maxunicode + 1):
        if category(chr(code)) in ("Cc", "Cf", "Co") or FILLERS.match(chr(code)):
            assert hidden.match(chr(code)), hex(code)
        elif chr(code).isprintable() or chr(code).isspace():
            assert not hidden.match(chr(code)), hex(code)


def test_what_nobody_keeps_is_shown_all_the_same(database_url: str) -> None:
    """The jobs stand still: an empty list would say that all is calm."""
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-001", -30))
        shown = []
        for _ in range(5):
            w.clock.at += timedelta(minutes=0.9)
            shown.append([(row.rule, row.kept) for row in picture(w)[1].actions])
        assert shown == [[]] * 3 + [[("over", False)]] * 2
        (unkept,) = picture(w)[1].actions
        assert (unkept.name, unkept.since, unkept.what.over) == ("Dukcapil", MORNING, 1)
        with pytest.raises(UnknownActionError):
            taken(w, unkept.episode)
        (kept,) = tick(w).actions
        assert kept == replace(unkept, kept=True)
        # A replay shows what is on record.
        replayed = ReplayFacts(w.store).read(w.clock() - timedelta(seconds=1))
        assert replayed is not None
        assert build(replayed, replayed.at).actions == ()


def test_what_comes_back_unkept_is_the_same_row(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-001", -50))
        (row,) = tick(w).actions
        taken(w, row.episode)
        facts, board = picture(w)
        (over,) = facts.actions
        facts = replace(facts, actions=(replace(over, ended=board.now),))
        found = board.agencies[0]
        some = of_agency(facts, found, board.services, board.counters, board.now)
        (back,), _ = action_rows(facts, board, some)
        assert (back.episode, back.ended, back.kept, back.taken is None) == (row.episode, None, False, False)


def test_a_report_nobody_keeps_is_for_those_who_may_know_of_it(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(w.item("rating.given", None, -30, score=1, reasons=["unofficial_fee"]))
        assert seen(picture(w)[1], STAFF).actions == ()
