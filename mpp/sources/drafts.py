"""What a row of a file becomes: a draft of an event, or a reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from mpp.live.envelope import Incoming, Refused
from mpp.store.codec import dumps

KIND: Final = "ticket.observed"


@dataclass(frozen=True, slots=True)
class Draft:
    """A readable row before it is compared with what is stored. ``day`` is the local day of its
    first step; ``labels`` are its words for (agency, service)."""

    line: int
    subject: str
    at: datetime
    occurred_at: str
    day: date
    data: Mapping[str, Any]
    digest: str
    labels: tuple[str, str]

    def incoming(self, origin: str, revision: int, dropped: int = 0) -> Incoming:
        """The event that stores this row as that revision. Its digest leaves the revision out, so
        that an unchanged row is told by it."""
        data = {**self.data, "revision": revision}
        return Incoming(
            origin=origin,
            event_id=event_id(self.subject, revision),
            type=KIND,
            subject=self.subject,
            leg=1,
            agency=data["agency"],
            at=self.at,
            occurred_at=self.occurred_at,
            data=data,
            stored=dumps(data),
            digest=self.digest,
            dropped=dropped,
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be taken; ``row`` is what we may keep of it."""

    line: int
    reason: str
    detail: str
    row: Mapping[str, str]
    subject: str | None = None
    agency: str | None = None

    def refused(self, origin: str, name: str | None = None, dropped: int = 0) -> Refused:
        """The quarantine entry of this CloudEvents source, under the event id ``name`` or one made
        of the row."""
        text = dumps({"row": self.row})
        mark = hashlib.blake2b(f"{self.reason}{text}".encode(), digest_size=12).hexdigest()
        return Refused(
            event_id=name or f"row:{mark}",
            reason=self.reason,
            detail=self.detail[:500],
            item=text,
            agency=self.agency,
            subject=self.subject,
            dropped=dropped,
            origin=origin,
            type=KIND,
            whole=False,
        )


def event_id(subject: str, revision: int) -> str:
    """The id of a row's revision: the same at every run."""
    return f"{subject}#{revision}"
