"""The description in force: read from the database, renewed from the mall's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mpp.mall.created import merge_created
from mpp.mall.document import digest, from_document, to_document
from mpp.mall.load import read
from mpp.mall.model import Mall, Version, Versions
from mpp.store import Read, Store, Write, descriptions, sources


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a file did: ``version`` is its id, ``changed`` False when it said nothing new."""

    version: int
    changed: bool
    valid_from: date | None


class Descriptions:
    """Every version, cached until the database holds a newer one."""

    def __init__(self) -> None:
        self._versions = Versions(())

    def versions(self, tx: Read, newest: int | None = None) -> Versions:
        """Every version of the description. ``newest`` is the newest one's id if it is known."""
        if (descriptions.newest_id(tx) if newest is None else newest) != self._versions.id:
            rows = descriptions.all_versions(tx)
            self._versions = Versions(tuple(Version(i, d, from_document(doc)) for i, d, doc in rows))
        return self._versions


def load_file(store: Store, path: Path, now: datetime) -> Loaded:
    """Make the file's description the newest version, if it says anything new.

    The first version is valid for all earlier days, a later one from 00.00 of its loading day.
    What imports created and the file does not mention is carried over. Raises DescriptionError
    for a file with mistakes: then nothing changes.
    """
    wanted = read(path)
    with store.write() as tx:
        return save(tx, wanted, now)


def save(tx: Write, wanted: Mall, now: datetime) -> Loaded:
    """Store a description as a new version and make the rows of its sources."""
    old = [from_document(doc) for _, _, doc in descriptions.all_versions(tx)[-1:]]
    mall = merge_created(wanted, old[0]) if old else wanted
    mark = digest(mall)
    if old and descriptions.newest_digest(tx) == mark:
        _ensure_sources(tx, mall.code, [mall])
        return Loaded(descriptions.newest_id(tx), changed=False, valid_from=None)
    first = now.astimezone(ZoneInfo(mall.zone)).date() if old else None
    version = descriptions.add(
        tx, mall=mall.code, valid_from=first, digest=mark, document=to_document(mall), now=now
    )
    _ensure_sources(tx, mall.code, [mall])
    return Loaded(version, changed=True, valid_from=first)


def _ensure_sources(tx: Write, mall: str, malls: Sequence[Mall]) -> None:
    sources.ensure(tx, mall, [(s.code, s.clock_offset_s) for m in malls for s in m.sources])
