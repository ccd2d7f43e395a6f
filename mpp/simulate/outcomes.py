"""What a visitor leaves with: a result, a case that goes on, a rating that depends on the wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, Final

from counters.ratings import FEE, GOOD_REASONS, LOW, LOW_REASONS
from mpp.mall.model import Service
from mpp.simulate.floor import Served
from queues.clock import WorkClock

ON_THE_SPOT: Final = (("done", 72), ("accepted", 8), ("incomplete", 10), ("consulted", 8), ("refused", 2))
WITH_A_CASE: Final = (("accepted", 76), ("incomplete", 13), ("consulted", 5), ("done", 4), ("refused", 2))
"""Results by weight: for services done at the counter, and for those whose file goes on."""

RATES: Final = 0.135
SCORES: Final = (
    (0.5, (60, 34, 5, 1)),
    (1.0, (42, 46, 10, 2)),
    (1.5, (15, 45, 30, 10)),
    (float("inf"), (7, 28, 40, 25)),
)
"""Weights of the scores 4, 3, 2, 1 up to a wait of so many times the promise."""

FEE_SHARE: Final = 0.01

WRITES: Final = 0.05
"""The part of those who named a reason that writes a word beside it."""

COMMENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "fast": ("Tidak sampai sepuluh menit sudah selesai.", "Antrean cepat, terima kasih."),
        "friendly": ("Petugasnya sabar menjelaskan kepada ibu saya.", "Pelayanan ramah sekali."),
        "clear": ("Penjelasannya mudah dipahami.", "Sekarang saya tahu berkas apa yang kurang."),
        "finished": ("Sekali datang langsung beres.", "Senang, tidak perlu kembali lagi."),
        "comfortable": ("Ruang tunggunya sejuk dan bersih.", "Kursinya cukup, anak saya bisa bermain."),
        "long_wait": (
            "Nomor saya lama tidak dipanggil, padahal loket banyak yang kosong.",
            "Mohon loketnya ditambah pada Senin pagi.",
            "Menunggu hampir satu jam tanpa penjelasan.",
        ),
        "unfriendly": ("Mohon petugas lebih ramah kepada orang tua.",),
        "inattentive": ("Petugas sibuk dengan telepon.",),
        "unfinished": ("Diminta datang lagi besok karena sistem mati.", "Sudah dua kali, belum selesai."),
        "unclear_requirements": (
            "Syaratnya berbeda dengan yang tertulis di papan.",
            "Sebaiknya syarat dikirim lewat pesan sebelum datang.",
        ),
        "uncomfortable": ("Pendingin ruangan mati.", "Tempat duduk kurang saat ramai."),
    }
)
"""What is written, by the reason it stands beside. Invented."""


def result(service: Service, dice: Random) -> str:
    """How a service ended."""
    done = service.done
    among = WITH_A_CASE if done is not None and done.working_days else ON_THE_SPOT
    return dice.choices([name for name, _ in among], [weight for _, weight in among])[0]


def due(served: Served, clock: WorkClock, day: date) -> str | None:
    """When a case is due: the day its working days are over, or the instant its minutes are; None
    where the service has no jangka waktu."""
    done = served.ticket.service.done
    if done is None:
        return None
    if done.minutes is not None:
        at = datetime.fromtimestamp(served.at + done.minutes * 60, UTC).astimezone(clock.zone)
        return at.isoformat()
    return working_day(clock, day, done.working_days or 0).isoformat()


def working_day(clock: WorkClock, day: date, ahead: int) -> date:
    """The serving day that many of them after ``day`` (or before it); within ten weeks."""
    step, left, found = (1 if ahead > 0 else -1), abs(ahead), day
    for _ in range(70):
        if left == 0:
            break
        found += timedelta(days=step)
        left -= clock.open_span(found) is not None
    return found


def rating(served: Served, dice: Random) -> dict[str, object] | None:
    """What the visitor touches at the kiosk, None for the many who pass it by."""
    if dice.random() >= RATES:
        return None
    ratio = served.ticket.wait_s / (served.ticket.service.wait_s or 1800)
    # Dice of their own: what is written changes nothing of the rest of the day.
    pen = Random(f"{served.ticket.key}:{served.at}:comment")  # noqa: S311 a simulation
    return {
        "agency": served.booth.agency.code,
        "service": served.ticket.service.code,
        "counter": served.counter,
        **answer(ratio, dice, pen),
    }


def answer(ratio: float, dice: Random, pen: Random) -> dict[str, Any]:
    """A score with its reasons, after a wait of ``ratio`` times the promise; by ``pen`` a comment."""
    weights = next(weights for most, weights in SCORES if ratio <= most)
    score = dice.choices((4, 3, 2, 1), weights)[0]
    reasons = _reasons(score, ratio, dice)
    told: dict[str, Any] = {"score": score}
    if reasons:
        told["reasons"] = reasons
        if pen.random() < WRITES and reasons[0] in COMMENTS:
            told["comment"] = pen.choice(COMMENTS[reasons[0]])
    return told


def _reasons(score: int, ratio: float, dice: Random) -> list[str]:
    if dice.random() < 0.3:
        return []
    if score not in LOW:
        return [dice.choice(GOOD_REASONS)]
    found = ["long_wait"] if ratio > 0.8 else [dice.choice([r for r in LOW_REASONS if r != FEE])]
    return [*found, FEE] if dice.random() < FEE_SHARE else found
