"""docs/ticket-life.md against the fold: every cell of its tables is played."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from queues import events as e
from queues.quality import FINDINGS
from queues.rules import CALL_STARTS, LIFE_STATES, TABLE
from queues.tickets import SERVING_STATES, WAITING_STATES, fold
from queues.waiting import LEAVES_OUT_SERVICE, LEAVES_OUT_WAIT
from tests.queues.build import event, leg

DOC = (Path(__file__).parents[2] / "docs" / "ticket-life.md").read_text(encoding="utf-8")
KINDS = {kind.__name__: kind for kind in e.RANK}
NO_START = tuple(step for step in e.STEPS if step != "started")


def tables(section: str) -> list[list[str]]:
    """The rows (header first) of the first table under a heading."""
    text = DOC.split(f" {section}\n", 1)[1]
    lines = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert lines is not None, f"no table under {section!r}"
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.group().splitlines()]
    return [row for row in rows if not set("".join(row)) <= {"-"} or row == rows[0]]


def cells(section: str) -> list[tuple[str, str, str, set[str]]]:
    """(event, state before, state after, findings) of every cell."""
    head, *rows = tables(section)
    found = []
    for name, *row in rows:
        for before, cell in zip(head[1:], row, strict=True):
            after, *findings = re.split(r"[ ·`]+", cell.strip("`"))
            found.append((name, before, after, set(findings)))
    return found


FULL_CELLS = cells("What an event does")
CALL_CELLS = cells("Where the source reports no service start")


def ways(state: str, steps: tuple[str, ...]) -> list[list[e.TicketEvent]]:
    """Events that lead to a state."""
    issued = event(e.TicketIssued, 0)
    called = event(e.Called, 1)
    started = event(e.ServiceStarted, 2)
    served = [issued, called] if "started" not in steps else [issued, called, started]
    return {
        "new": [[]],
        "booked": [[event(e.TicketIssued, 0, booked=True)]],
        "waiting": [[issued], [event(e.TicketIssued, 0, booked=True), event(e.CheckedIn, 1)]],
        "called": [[issued, called], [issued, called, event(e.Recalled, 2)]],
        "serving": [served, [*served, event(e.Held, 3), event(e.Resumed, 4)]],
        "held": [[*served, event(e.Held, 3)]],
        "no_show": [[issued, called, event(e.NoShow, 3)]],
        "ended": [
            [*served, event(e.ServiceFinished, 3)],
            [issued, event(e.Cancelled, 3)],
            [issued, event(e.Cancelled, 3, reason="left")],
            [*served, event(e.Transferred, 3, to_agency="elsewhere")],
        ],
    }[state]


def state_of(found: e.Leg) -> str:
    """The column of the table a leg stands in."""
    if found.state != "ended":
        assert found.outcome is None
        assert found.ended_at is None
        return found.state
    assert found.ended_at is not None
    return found.outcome if found.outcome in ("no_show", "unresolved") else "ended"


def play(told: list[e.TicketEvent], steps: tuple[str, ...]) -> e.Leg:
    return leg(*told, steps=steps, agencies=("dukcapil",))


def check(name: str, before: str, after: str, findings: set[str], steps: tuple[str, ...]) -> None:
    for way in ways(before, steps):
        known = set(play(way, steps).findings) if way else {"issue_missing"}
        if way:
            assert state_of(play(way, steps)) == before
        found = play([*way, event(KINDS[name], 20)], steps)
        assert (state_of(found), set(found.findings) - known) == (after, findings), way


@pytest.mark.parametrize(("name", "before", "after", "findings"), FULL_CELLS)
def test_every_cell_of_the_table_is_what_the_fold_does(name, before, after, findings):
    check(name, before, after, findings, e.STEPS)


@pytest.mark.parametrize(("name", "before", "after", "findings"), CALL_CELLS)
def test_a_source_without_starts_behaves_as_its_table_says(name, before, after, findings):
    check(name, before, after, findings, NO_START)


def test_other_rows_hold_for_a_source_without_starts_too():
    for name, before, after, findings in FULL_CELLS:
        if name not in {row[0] for row in CALL_CELLS} and "called" not in (before, after):
            check(name, before, after, findings, NO_START)


def test_the_tables_are_complete():
    assert {(name, before) for name, before, _, _ in FULL_CELLS} == {
        (kind.__name__, state) for kind in TABLE for state in LIFE_STATES
    }
    assert set(TABLE) == set(e.RANK)
    assert {(name, before) for name, before, _, _ in CALL_CELLS} == {
        (kind.__name__, state) for kind in CALL_STARTS for state in LIFE_STATES if state != "called"
    }


@pytest.mark.parametrize("name", [name for name in KINDS if name not in ("DayClosed", "Withdrawn")])
@pytest.mark.parametrize("before", ["booked", "waiting", "called", "serving", "held"])
def test_a_later_event_takes_a_closing_off(name, before):
    for way in ways(before, e.STEPS):
        late = event(KINDS[name], 20)
        assert leg(*way, event(e.DayClosed, 10), late) == leg(*way, late)


@pytest.mark.parametrize("name", ["DayClosed", "Withdrawn"])
def test_a_closing_stays_through_a_second_one_and_a_purge(name):
    way = [event(e.TicketIssued, 0), event(e.Called, 1), event(e.DayClosed, 10)]
    found = leg(*way, event(KINDS[name], 20))
    assert (state_of(found), found.ended_at) == ("unresolved", leg(*way).ended_at)


def test_an_end_that_arrives_late_goes_before_the_closing():
    told = [event(e.TicketIssued, 0), event(e.ServiceStarted, 5), event(e.DayClosed, 60)]
    found = leg(*told, event(e.ServiceFinished, 30))
    assert (found.outcome, found.ended_at, found.findings) == ("served", event(e.ServiceFinished, 30).at, ())


def test_states_count_as_the_page_says():
    rows = {row[0]: row[2] for row in tables("States")[1:]}
    assert list(rows) == list(e.LEG_STATES)
    assert {state for state, counts in rows.items() if counts == "waiting"} == set(WAITING_STATES)
    assert {state for state, counts in rows.items() if counts == "serving"} == set(SERVING_STATES)


def test_outcomes_are_those_of_the_page():
    reasons = {"Cancelled, reason left": {"reason": "left"}}
    head, *rows = tables("How a leg ends")
    assert head == ["event", "service started", "not started"]
    assert {row[0].partition(",")[0] for row in rows} == {
        kind.__name__
        for kind, row in TABLE.items()
        if row[3].split()[0] in ("ended", "no_show", "unresolved")
    }
    for name, *expected in rows:
        kind = KINDS[name.partition(",")[0]]
        for before, cell in zip(("serving", "called"), expected, strict=True):
            end = event(kind, 9, **reasons.get(name, {}))
            found = fold([*ways(before, e.STEPS)[0], end], ticket="t")[0]
            outcome, _, result = cell.partition(", ")
            assert (found.outcome, found.result) == (outcome, result or None), name


def test_every_finding_is_explained_and_its_effect_stated():
    rows = {row[0].strip("`"): row[1:] for row in tables("Findings")[1:]}
    assert {code: row[0] for code, row in rows.items()} == dict(FINDINGS)
    assert {code for code, row in rows.items() if "wait" in row[1]} == LEAVES_OUT_WAIT
    assert {code for code, row in rows.items() if "service time" in row[1]} == LEAVES_OUT_SERVICE


def test_every_finding_of_the_table_has_a_meaning():
    told = {
        cell.split()[1] for row in (*TABLE.values(), *CALL_STARTS.values()) for cell in row if " " in cell
    }
    assert told <= set(FINDINGS)
