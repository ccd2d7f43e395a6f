"""Quarantine: reading kept items again with today's configuration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from mpp.live.intake import Answer, Intake
from mpp.store import quarantine, sources
from mpp.store.quarantine import Quarantined


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the retried entries, by word of the intake; ``left`` were not read again:
    rows of files, and items of which something had to be cut or masked."""

    answers: tuple[Answer, ...]
    left: int = 0

    @property
    def resolved(self) -> int:
        """Entries that left quarantine."""
        return sum(answer.status in ("accepted", "duplicate") for answer in self.answers)


def retry(intake: Intake, entries: list[Quarantined]) -> Retried:
    """Read the entries again. Each keeps the instant it was first received, which also bounds its
    age; its source does not count as heard by it. Left alone is what cannot be read again as it
    was sent: a good copy, sent again or imported again, settles that."""
    by_batch: dict[tuple[str, datetime], list[Quarantined]] = defaultdict(list)
    for entry in entries:
        if entry.retryable:
            by_batch[entry.source, entry.first_received_at].append(entry)
    answers: list[Answer] = []
    for (source, received), some in by_batch.items():
        given = intake.accept(source, [entry.item for entry in some], received_at=received)
        answers += given
        settled = [e.id for e, answer in zip(some, given, strict=True) if answer.status == "duplicate"]
        if settled:
            _settle(intake, source, settled)
    return Retried(tuple(answers), len(entries) - len(answers))


def _settle(intake: Intake, source: str, ids: list[int]) -> None:
    with intake.store.write() as tx:
        row = sources.all_sources(tx)[source]
        sources.lock(tx, row.id, intake.now(), heard=False)
        quarantine.settle(tx, ids, intake.now(), how="duplicate")


def drop(intake: Intake, ids: Collection[int]) -> int:
    """Settle open entries by hand; returns how many. The board sees it at its next look."""
    with intake.store.write() as tx:
        # The sources' locks first, as every writer, and in one order.
        for source_id in sorted(row.id for row in sources.all_sources(tx).values()):
            sources.lock(tx, source_id, intake.now(), heard=False)
        return quarantine.settle(tx, ids, intake.now())
