"""The one way in: whatever brings events, they pass here.

A batch is one transaction under its source's lock: what is new is appended to the log, the legs
and counters it touches are folded anew from the log, what cannot be taken goes to quarantine.
The answer is given after the commit, one word per item.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final

from mpp.live.case_owner import Days, described, fold_told, receipt_days
from mpp.live.envelope import Incoming, Refused, read
from mpp.live.fold import fold_counters, fold_tickets
from mpp.live.judge import Judge, Judges
from mpp.live.ratings import row as rating_row
from mpp.mall.model import Mall, Source
from mpp.store import Store, Write, counters, log, quarantine, ratings, sources
from mpp.store.sources import SourceRow

WORDS: Final = ("accepted", "duplicate", "conflict", "quarantined", "forbidden")


@dataclass(frozen=True, slots=True)
class Answer:
    """The word on one item; ``reason`` and ``detail`` where it was not accepted."""

    id: str
    status: str
    reason: str | None = None
    detail: str | None = None


class UnknownSourceError(LookupError):
    """The source is not part of the description in force."""


class Intake:
    """Takes batches of items from one source at a time. Safe to use from several threads."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now
        self.taken: Tally[tuple[str, str]] = Tally()
        self._judges = Judges()
        self._counting = Lock()

    def accept(
        self,
        code: str,
        items: Sequence[Any],
        *,
        received_at: datetime | None = None,
        row: SourceRow | None = None,
    ) -> list[Answer]:
        """Take CloudEvents items sent by a source.

        Raises UnknownSourceError when the description has no such source. ``received_at`` is
        given by a retry, which keeps the first received time and does not count as a word from the
        source; ``row`` by who has just read the source's row.
        """
        received = received_at or self.now()
        if row is None:
            with self.store.read() as tx:
                row = sources.all_sources(tx).get(code)
        if row is None:
            raise UnknownSourceError(code)
        parsed = [read(item, code, received, row.clock_offset_s) for item in items]
        again = received_at is not None
        return self.take(row, parsed, received, heard=not again, again=again)

    def take(
        self,
        row: SourceRow,
        parsed: Sequence[Incoming | Refused],
        received: datetime,
        *,
        places: Mapping[str, str] | None = None,
        heard: bool = True,
        again: bool = False,
        check: Callable[[Write], None] | None = None,
    ) -> list[Answer]:
        """Take items already read. ``places`` says by event id where an item stood (file, line);
        ``heard`` is False for items that say nothing about the source now (history, a retry);
        ``again`` says that they come out of quarantine, where they are not counted anew; ``check``
        looks, once the source is locked, whether they still fit, and raises to take nothing."""
        with self.store.write() as tx:
            tx.by_index()
            sources.lock(tx, row.id, self.now(), heard=heard)
            if check is not None:
                check(tx)
            batch = _Batch(self.judge(tx), row, received, self.now(), places or {}, again=again)
            batch.run(tx, parsed)
        with self._counting:
            self.taken.update((row.code, answer.status) for answer in batch.answers)
        return batch.answers

    def judge(self, tx: Write) -> Judge:
        """The judge of the description in force."""
        try:
            return self._judges.of(tx)
        except LookupError as error:
            raise UnknownSourceError(str(error)) from None


class _Batch:
    """One batch inside its transaction."""

    def __init__(
        self,
        judge: Judge,
        row: SourceRow,
        received: datetime,
        now: datetime,
        places: Mapping[str, str],
        *,
        again: bool = False,
    ) -> None:
        self.again = again
        self.judge, self.row, self.received, self.now, self.places = judge, row, received, now, places
        self.mall: Mall = judge.on(judge.day(now))
        source = self.mall.sources_by_code.get(row.code)
        if source is None:
            raise UnknownSourceError(row.code)
        self.source: Source = source
        self.days: Days = {}
        self.answers: list[Answer] = []
        self.fresh: list[Incoming] = []
        self.known: list[Incoming] = []
        self.refused: list[Refused] = []

    def run(self, tx: Write, parsed: Sequence[Incoming | Refused]) -> None:
        """Sort the items, then write them all."""
        readable = [p for p in parsed if isinstance(p, Incoming)]
        known = log.digests(tx, [p.event_id for p in readable])
        told = [p for p in readable if p.type.startswith("case.")]
        self.days = receipt_days(tx, self.judge, self.row, told)
        for item in parsed:
            self.answers.append(self._sort(item, known))
        self._write(tx)
        dropped = sum(i.dropped for i in self.fresh) + sum(i.dropped for i in self.refused)
        held, overflow = [self._held(item) for item in self.refused], 0
        if self.again:
            quarantine.judge_again(tx, held)
        else:
            overflow = quarantine.put(tx, held)
        if self.fresh or dropped or overflow:
            sources.changed(tx, self.row.id, self.now, dropped=dropped, overflow=overflow)
        # A good copy settles what a bad one left, also a good copy that came before it.
        good = [(item.origin, item.event_id) for item in (*self.fresh, *self.known)]
        if good and quarantine.has_open(tx, self.row.id):
            quarantine.resolve(tx, self.row.id, good, self.now)

    def _sort(self, item: Incoming | Refused, known: dict[tuple[str, str], str]) -> Answer:
        if isinstance(item, Incoming):
            # First: what is stored stays so, whatever the description says by now.
            stored = known.get((item.origin, item.event_id))
            if stored == item.digest:
                self.known.append(item)
                return Answer(item.event_id, "duplicate")
            if stored is not None:
                detail = "this id was taken with other content; send a new id"
                return Answer(item.event_id, "conflict", "other_content", detail)
            item = self._allowed(item)
        if isinstance(item, Refused):
            if item.forbidden:
                return Answer(item.event_id, "forbidden", item.reason, item.detail)
            self.refused.append(item)
            return Answer(item.event_id, "quarantined", item.reason, item.detail)
        known[item.origin, item.event_id] = item.digest
        self.fresh.append(item)
        return Answer(item.event_id, "accepted")

    def _allowed(self, item: Incoming) -> Incoming | Refused:
        mall, agencies = described(self.judge, self.mall, self.source.code, item, self.days)
        if item.agency not in agencies:
            listed = ", ".join(self.source.agencies)
            return _refused(
                item,
                "foreign_agency",
                f"agency {item.agency!r} is not among this source's: {listed}",
                forbidden=True,
            )
        service, counter = item.data.get("service"), item.data.get("counter")
        unknown = f"{{}} of agency {item.agency!r} is not in the mall's description; add it there, then retry"
        if service is not None and mall.service(item.agency, service) is None:
            return _refused(item, "unknown_service", unknown.format(f"service {service!r}"))
        if counter is not None and not self.mall.has_counter(item.agency, counter):
            return _refused(item, "unknown_counter", unknown.format(f"counter {counter!r}"))
        if item.type == "ticket.transferred":
            agency, service = item.data.get("to_agency", item.agency), item.data["to_service"]
            if self.mall.service(agency, service) is None:
                detail = f"to_service {service!r} of agency {agency!r} is not in the mall's description"
                return _refused(item, "unknown_service", detail)
        return item

    def _write(self, tx: Write) -> None:
        log.append(tx, [self._event(item) for item in self.fresh])
        families: dict[str, list[Incoming]] = {
            "ticket": [],
            "counter": [],
            "queue": [],
            "rating": [],
            "case": [],
        }
        for item in self.fresh:
            families.setdefault(item.type.split(".", 1)[0], []).append(item)
        fold_tickets(tx, self.judge, self.row, {i.subject for i in families["ticket"]}, self.now)
        fold_counters(tx, self.judge.mall.code, self.row.id, families["counter"])
        fold_told(tx, self.judge, self.row, families["case"], self.now)
        self._readings(tx, families["queue"])
        self._ratings(tx, families["rating"])

    def _event(self, item: Incoming) -> dict[str, Any]:
        return {
            "source_id": self.row.id,
            "origin": item.origin,
            "event_id": item.event_id,
            "type": item.type,
            "subject": item.subject,
            "leg": item.leg,
            "agency": item.agency,
            "at": item.at,
            "occurred_at": item.occurred_at,
            "offset_s": self.row.clock_offset_s,
            "received_at": self.received,
            "digest": item.digest,
            "data": item.stored,
        }

    def _readings(self, tx: Write, items: Sequence[Incoming]) -> None:
        if not items:
            return
        seqs = log.seqs(tx, {(item.origin, item.event_id) for item in items})
        rows = [
            {
                "mall": self.judge.mall.code,
                "source_id": self.row.id,
                "seq": seqs[item.origin, item.event_id],
                "agency": item.agency,
                "service": item.data["service"],
                "at": item.at,
                **{name: item.data.get(name) for name in ("waiting", "open_counters", "current")},
            }
            for item in items
        ]
        counters.add_readings(tx, rows)

    def _ratings(self, tx: Write, items: Sequence[Incoming]) -> None:
        if not items:
            return
        seqs = log.seqs(tx, {(item.origin, item.event_id) for item in items})
        rows = [
            rating_row(
                self.judge,
                log.RatingEvent(
                    seqs[item.origin, item.event_id],
                    self.row.id,
                    item.agency,
                    item.at,
                    self.received,
                    item.stored,
                ),
            )
            for item in items
        ]
        ratings.add(tx, rows)

    def _held(self, item: Refused) -> dict[str, Any]:
        known = item.agency in self.source.agencies
        return {
            "source_id": self.row.id,
            "origin": item.origin or self.row.code,
            "event_id": item.name or item.event_id,
            "type": item.type,
            "agency": item.agency if known else None,
            "subject": item.subject,
            "day": self.judge.day(item.at or self.received),
            "reason": item.reason,
            "detail": item.detail,
            "place": self.places.get(item.event_id),
            "item": item.item,
            "whole": item.whole,
            "received_at": self.received,
        }


def _refused(item: Incoming, reason: str, detail: str, *, forbidden: bool = False) -> Refused:
    return Refused(
        event_id=item.event_id,
        reason=reason,
        detail=detail,
        item=item.envelope(),
        agency=item.agency,
        subject=item.subject,
        forbidden=forbidden,
        dropped=item.dropped,
        at=item.at,
        origin=item.origin,
        type=item.type,
    )


def tally(answers: Iterable[Answer]) -> dict[str, int]:
    """How many items got each word; every word is named."""
    counted = Tally(answer.status for answer in answers)
    return {word: counted[word] for word in WORDS}
