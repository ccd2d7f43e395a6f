"""How much of a board is seen: whatever the board, visitors read no names and few read of integrity."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.access import FULL, OPEN, STAFF
from mpp.live.model import CONFIDENTIAL, RULES, ActionNow, Board, Condition, Taken
from mpp.live.sight import seen
from mpp.web.api.board import plain
from tests.factories import MORNING, agency, empty_board

NAME, NOTE, EXTENSION, DIAL = "nama-orang", "catatan-orang", "ekst-201", "telepon-0"
EMPTY = empty_board()
LEVELS = st.sampled_from((OPEN, STAFF, FULL))


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """A board with any rows of Perlu tindakan, people and numbers all over it."""

    def row(number: int, rule: str, taken: bool, extension: bool) -> ActionNow:
        return ActionNow(
            episode=f"{rule}/{number}",
            name="" if rule in CONFIDENTIAL else "Dukcapil",
            since=MORNING,
            ended=MORNING if number % 3 == 0 else None,
            what=Condition(rule, "" if rule in CONFIDENTIAL else "dukcapil"),
            extension=EXTENSION if extension else None,
            taken=Taken(MORNING, NAME, NOTE, None) if taken else None,
        )

    given_rows = draw(st.lists(st.tuples(st.sampled_from(RULES), st.booleans(), st.booleans()), max_size=6))
    agencies = tuple(
        agency(extension=EXTENSION if with_one else None)
        for with_one in draw(st.lists(st.booleans(), max_size=2))
    )
    rows = tuple(row(number, *one) for number, one in enumerate(given_rows))
    return replace(EMPTY, agencies=agencies, actions=rows, dial=draw(st.sampled_from(("", DIAL))))


def text(some: Board) -> str:
    """All of a board that could be shown, as the API would write it; its own agencies' pages too."""
    return json.dumps(plain(some)) + repr(some)


@given(boards())
def test_in_front_of_visitors_there_are_no_names_notes_and_extensions(some: Board) -> None:
    told = text(seen(some, OPEN))
    for mark in (NAME, NOTE, EXTENSION, DIAL):
        assert mark not in told


@given(boards(), LEVELS)
def test_below_full_nobody_reads_of_integrity(some: Board, level: str) -> None:
    rules = {one.rule for one in seen(some, level).actions}
    confidential = {one.rule for one in some.actions} & set(CONFIDENTIAL)
    assert rules & set(CONFIDENTIAL) == (confidential if level == FULL else set())
    if level != FULL:
        assert not any(f"{rule}/" in text(seen(some, level)) for rule in CONFIDENTIAL)


@given(boards(), LEVELS)
def test_everything_else_is_the_same_for_all(some: Board, level: str) -> None:
    def rest(one: Board) -> Any:
        rows = [(a.episode, a.what, a.ended, a.taken and a.taken.at) for a in one.actions]
        agencies = [replace(a, extension=None) for a in one.agencies]
        return rows, agencies, replace(one, actions=(), agencies=(), dial="")

    without = tuple(one for one in some.actions if level == FULL or one.rule not in CONFIDENTIAL)
    assert rest(seen(some, level)) == rest(replace(some, actions=without))


@given(boards(), LEVELS, LEVELS)
def test_less_is_never_made_more_again(some: Board, first: str, second: str) -> None:
    order = (OPEN, STAFF, FULL)
    least = order[min(order.index(first), order.index(second))]
    assert seen(seen(some, first), second) == seen(some, least)


@pytest.mark.parametrize("level", ["", "FULL", "manager", "open "])
def test_a_level_nobody_knows_is_not_full(level: str) -> None:
    some = replace(EMPTY, actions=(ActionNow("i", "", MORNING, None, Condition("integrity", over=1)),))
    assert seen(some, level).actions == ()
