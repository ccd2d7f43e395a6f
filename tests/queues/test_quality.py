"""Findings per ticket, the score, and the dirt of a real day."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from queues import events as e
from queues.quality import FINDINGS, NO_FAULT, faults, findings, score
from queues.tickets import fold
from queues.waiting import LEAVES_OUT_SERVICE, LEAVES_OUT_WAIT, times
from tests.queues.build import WallClock, at, event, leg

JAKARTA = ZoneInfo("Asia/Jakarta")
BANK = Path(__file__).parents[3] / "shared" / "data" / "bank_tickets_1999-02-01_to_20.csv"
WALL = WallClock()
ISSUED = event(e.TicketIssued, 0)
CALLED = event(e.Called, 9, counter="3")
STARTED = event(e.ServiceStarted, 10)
FINISHED = event(e.ServiceFinished, 15)


def found(*told, **options):
    one = leg(*told, **options)
    return findings(one, times(one, WALL), JAKARTA)


def shifted(told, seconds):
    return replace(told, at=at(seconds / 60))


def test_a_clean_ticket_has_none():
    assert found(ISSUED, CALLED, STARTED, FINISHED) == ()
    assert found(ISSUED) == found(ISSUED, event(e.DayClosed, 600)) == ()


def test_findings_of_the_fold_are_kept():
    assert found(ISSUED, CALLED, event(e.NoShow, 10), event(e.Called, 11)) == ("returned",)


def test_a_start_before_the_issue():
    assert found(shifted(ISSUED, 610), CALLED, STARTED, FINISHED) == ()
    assert found(shifted(ISSUED, 611), CALLED, STARTED, FINISHED) == ("start_before_issue",)


def test_ghosts_and_instant_services():
    assert found(ISSUED, CALLED, shifted(STARTED, 541), shifted(FINISHED, 541)) == (
        "ghost",
        "instant_service",
    )
    assert found(ISSUED, CALLED, STARTED, shifted(FINISHED, 609)) == ("instant_service",)
    assert found(ISSUED, CALLED, STARTED, shifted(FINISHED, 610)) == ()


def test_typed_in_afterwards():
    told = [shifted(one, 0) for one in (ISSUED, CALLED, STARTED, FINISHED)]
    assert found(*told) == ("back_filled", "ghost", "instant_service")
    without_start = [told[0], told[1], told[3]]
    assert found(*without_start, steps=("issued", "called", "finished")) == ("back_filled",)
    assert found(told[0], told[1], steps=("issued", "called")) == ()


def test_absurd_times():
    assert found(ISSUED, CALLED, event(e.ServiceStarted, 481), event(e.ServiceFinished, 490)) == (
        "absurd_wait",
    )
    assert found(ISSUED, CALLED, STARTED, event(e.ServiceFinished, 251)) == ("absurd_service",)


def test_midnight_is_the_malls_own():
    late = event(e.ServiceFinished, 16 * 60 + 1)  # 00.01 WIB
    assert "crosses_midnight" in found(event(e.TicketIssued, 950), event(e.Called, 955, counter="1"), late)
    assert "crosses_midnight" not in found(
        event(e.TicketIssued, 950), event(e.Called, 955, counter="1"), shifted(late, 16 * 3600 - 60)
    )
    assert found(ISSUED, event(e.DayClosed, 16 * 60)) == ()
    assert found(event(e.TicketIssued, -1440, booked=True), event(e.Cancelled, 5)) == ()


def test_served_by_nobody_knows_whom():
    assert found(ISSUED, STARTED, FINISHED) == ("served_without_counter",)


def test_an_end_before_its_start():
    told = found(ISSUED, CALLED, FINISHED, event(e.ServiceStarted, 16))
    assert told == ("after_end", "end_before_start")


def test_the_score_is_the_share_without_faults():
    assert score(200, 50) == 0.75
    assert score(0, 0) is None
    assert faults(("returned", "ghost"))
    assert not faults(("returned",))
    assert not faults(())


def test_codes_are_words_and_meanings_sentences():
    assert all(code.replace("_", "").islower() for code in FINDINGS)
    assert all(meaning.endswith(".") for meaning in FINDINGS.values())
    assert set(FINDINGS) >= LEAVES_OUT_WAIT | LEAVES_OUT_SERVICE | NO_FAULT


def bank_rows() -> Iterator[e.Observed]:
    jerusalem = ZoneInfo("Asia/Jerusalem")

    def instant(text: str) -> datetime | None:
        return datetime.fromisoformat(text).replace(tzinfo=jerusalem).astimezone(UTC) if text else None

    with BANK.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            steps: dict[str, Any] = {
                "issued_at": instant(row["arrived_at"]),
                "started_at": instant(row["service_start_at"]),
                "ended_at": instant(row["service_end_at"] or row["abandoned_at"]),
            }
            yield e.Observed(
                id=str(number),
                at=max(filter(None, steps.values())),
                agency="bank",
                service=row["service_code"],
                number=row["call_id"],
                counter=row["counter_id"] or None,
                priority="2" if row["priority"] == "2" else None,
                outcome={"AGENT": "served", "HANG": "left"}.get(row["outcome"]),
                **steps,
            )


@pytest.fixture(scope="module")
def bank() -> list[tuple[e.Leg, tuple[str, ...]]]:
    if not BANK.exists():
        pytest.skip("the bank's tickets are not beside this checkout")
    made = []
    for row in bank_rows():
        (one,) = fold([row], ticket=row.id, steps=("issued", "started", "finished"))
        made.append((one, findings(one, times(one, WALL), ZoneInfo("Asia/Jerusalem"))))
    return made


def test_the_banks_dirt_is_found(bank):
    counts = Counter(code for _, codes in bank for code in codes)
    assert len(bank) == 24_014
    assert counts == {
        "start_before_issue": 8,
        "instant_service": 1307,
        "served_without_counter": 363 + 68,
        "start_missing": 68,
        "end_missing": 68,
        "crosses_midnight": 13 + 2,  # served or ended, abandoned
        "back_filled": counts["back_filled"],
    }
    assert score(len(bank), sum(faults(codes) for _, codes in bank)) == pytest.approx(0.93, abs=0.02)


def test_the_banks_waits_are_those_of_the_design(bank):
    """A third start a second before they arrive: they waited 0, and stay in."""
    measured = [times(one, WALL) for one, _ in bank]
    waits = sorted(found.wait_s for found in measured if found.wait_s is not None)
    early = [one for one, _ in bank if one.start_at is not None and one.start_at < one.issued_at]
    assert len(waits) == 19_776 - 8
    assert len(early) == 7479
    assert waits[: len(early) - 8] == [0.0] * (len(early) - 8)
    assert waits[-1] < 3600
    services = [found.service_s for found in measured if found.service_s is not None]
    assert len(services) == 19_776
    assert sum(services) / len(services) == pytest.approx(171.52, abs=0.01)
    assert Counter(one.outcome for one, _ in bank) == {"served": 19_844, "left": 4_170}
