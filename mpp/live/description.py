"""The description in force: read from the database, renewed from the mall's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mpp.i18n import Words, words
from mpp.mall.created import merge_created
from mpp.mall.document import digest, from_document, to_document
from mpp.mall.fitting import Combined, combine
from mpp.mall.load import Parsed, Reading, parse, parse_file
from mpp.mall.mistakes import DescriptionError, Mistake
from mpp.mall.model import Mall, Version, Versions
from mpp.now import Now
from mpp.people.audit import SYSTEM, note
from mpp.store import Read, Store, Write, additions, descriptions, sources


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a file did: ``version`` is its id, ``changed`` False when it said nothing new.
    ``aside`` says which of the pages' additions do not fit beside it."""

    version: int
    changed: bool
    valid_from: date | None
    aside: tuple[Mistake, ...] = ()


class Descriptions:
    """Every version, cached until the database holds a newer one."""

    def __init__(self) -> None:
        self._versions = Versions(())

    def versions(self, tx: Read, newest: int | None = None) -> Versions:
        """Every version of the description. ``newest`` is the newest one's id if it is known."""
        if (descriptions.newest_id(tx) if newest is None else newest) != self._versions.id:
            known = {version.id: version for version in self._versions.all}
            rows = descriptions.all_versions(tx, without=known.keys())
            known |= {id_: Version(id_, day, from_document(document)) for id_, day, document in rows}
            self._versions = Versions(tuple(known[id_] for id_ in descriptions.ids(tx)))
        return self._versions


def load_file(store: Store, path: Path, now: datetime) -> Loaded:
    """Make the file's description, with what the pages add to it, the newest version, if that says
    anything new.

    The first version is valid for all earlier days, a later one from 00.00 of its loading day.
    What imports created and the file does not mention is carried over. Raises DescriptionError
    for a file with mistakes: then nothing changes.
    """
    parsed = parse_file(path, words("en"))
    if isinstance(parsed, Reading):
        raise DescriptionError(parsed.mistakes)
    with store.read() as tx:
        revision = additions.revision(tx)
        combined = combine(parsed, additions.living(tx), words("en"))
    with store.write() as tx:
        if additions.lock(tx) != revision + 1:  # somebody added something meanwhile
            combined = combine(parsed, additions.living(tx), words("en"))
        if combined.reading.mall is None:
            raise DescriptionError(combined.reading.mistakes)
        additions.keep_file(tx, parsed.text, now)
        loaded = save(tx, combined.reading.mall, now)
        if loaded.changed:
            what = f"mall:{combined.reading.mall.code}"
            # The log goes by the real clock, whatever the mall's shows.
            note(tx, Now()(), SYSTEM, "description.file", what, after={"version": loaded.version})
        return replace(loaded, aside=told(combined, words("en")))


def told(combined: Combined, w: Words) -> tuple[Mistake, ...]:
    """Every addition that was set aside or has no agency any more, as a mistake of the pages."""
    lost = Mistake("", "", w.text("its agency is no longer there"), w.text("Add the agency, or remove this"))
    homeless = dict.fromkeys(sorted(combined.homeless), (lost,))
    return tuple(
        replace(one, file="/admin", key=" ".join(part for part in (*item, one.key) if part))
        for item, mistakes in (combined.aside | homeless).items()
        for one in mistakes
    )


def wrong(tx: Read, path: Path) -> tuple[Mistake, ...]:
    """What is wrong with the file, where there is one, and with what pages add to it; where the file is
    not in order, to the last that was."""
    w, living = words("en"), additions.living(tx)
    parsed = parse_file(path, w) if path.exists() else None
    if isinstance(parsed, Parsed):
        combined = combine(parsed, living, w)
        if combined.reading.mall is not None:
            return told(combined, w)
        parsed = combined.reading
    return (parsed.mistakes if parsed else ()) + told(combine(kept_file(tx, w), living, w), w)


def kept_file(tx: Read, w: Words) -> Parsed | None:
    """The last mpp.toml that was in order, None where there never was one."""
    text = additions.file_text(tx)
    parsed = None if text is None else parse(text.encode(), "mpp.toml", w)
    return parsed if isinstance(parsed, Parsed) else None


def save(tx: Write, wanted: Mall, now: datetime) -> Loaded:
    """Store a description as a new version and make the rows of its sources."""
    newest = descriptions.newest(tx)
    old = None if newest is None else from_document(newest.document)
    mall = wanted if old is None else merge_created(wanted, old)
    mark = digest(mall)
    if newest is not None and newest.digest == mark:
        _ensure_sources(tx, mall.code, [mall])
        return Loaded(newest.id, changed=False, valid_from=None)
    first = now.astimezone(ZoneInfo(mall.zone)).date() if old else None
    version = descriptions.add(
        tx, mall=mall.code, valid_from=first, digest=mark, document=to_document(mall), now=now
    )
    if newest is not None and old is not None and newest.valid_from == first and _all_in(old, mall):
        descriptions.drop(tx, newest.id)
    _ensure_sources(tx, mall.code, [mall])
    return Loaded(version, changed=True, valid_from=first)


def _all_in(old: Mall, new: Mall) -> bool:
    """Whether a version of the same day can go: no day is judged by it, and no agency or source is
    told by it alone, no case goes on by it. Whoever describes a mall on the pages makes a hundred
    versions in a day."""
    return (
        old.by_code.keys() <= new.by_code.keys()
        and old.sources_by_code.keys() <= new.sources_by_code.keys()
        and all(new.service(agency.code, one.code) for agency in old.agencies for one in agency.services)
    )


def _ensure_sources(tx: Write, mall: str, malls: Sequence[Mall]) -> None:
    sources.ensure(tx, mall, [(s.code, s.clock_offset_s) for m in malls for s in m.sources])
