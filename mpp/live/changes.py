"""Changing the mall's description on the pages: one thing at a time, told in the audit, in force at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mpp.i18n import Words
from mpp.live.described import Combinations, Data, Described, Wish, described, imported
from mpp.live.description import Loaded, save
from mpp.mall.additions import MALL, Additions, Item, merge
from mpp.mall.created import CODE
from mpp.mall.fitting import combine, faults
from mpp.mall.mistakes import Mistake
from mpp.mall.model import Mall
from mpp.people.audit import By, note
from mpp.store import Read, Write, additions, sources
from mpp.store.additions import Kept
from mpp.store.audit import Entry

ADDED: Final = "description.add"
CHANGED: Final = "description.change"
ENDED: Final = "description.end"
UNDONE: Final = "description.undo"


class RefusedError(Exception):
    """A change that cannot be made; ``mistakes`` carry the field each belongs to in ``key`` (empty:
    the form as a whole)."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(f"{one.key}: {one.problem}" for one in mistakes))
        self.mistakes = tuple(mistakes)


class OvertakenError(Exception):
    """Somebody else changed the same thing meanwhile; ``kept`` is what it is now."""

    def __init__(self, item: Item, kept: Kept) -> None:
        super().__init__(f"{name(item)} was changed by {kept.by}")
        self.item, self.kept = item, kept


def name(item: Item) -> str:
    """How the audit names what an addition is about: "service:dukcapil/kk"."""
    return f"{item.kind}:{item.agency}/{item.code}" if item.agency else f"{item.kind}:{item.code}"


def item_of(text: str) -> Item:
    """The item that :func:`name` gave this name."""
    kind, _, rest = text.partition(":")
    agency, slash, code = rest.rpartition("/")
    return Item(kind, agency if slash else "", code)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Wishes examined beside the description as it was at ``revision``, and what they make of it."""

    revision: int
    wishes: tuple[Wish, ...]
    state: Described
    mall: Mall


def prepare(tx: Read, wishes: Sequence[Wish], w: Words, known: Combinations | None = None) -> Prepared:
    """Examine wishes before anything is locked. Raises RefusedError or OvertakenError as
    :func:`change` does."""
    revision = additions.revision(tx)
    state = described(tx, w, known)
    for wish in wishes:
        kept = state.kept.get(wish.item)
        if kept is not None and kept.rev != wish.rev:
            raise OvertakenError(wish.item, kept)
    return Prepared(revision, tuple(wishes), state, _judged(state, wishes, w))


def change(
    tx: Write,
    now: datetime,
    wishes: Sequence[Wish],
    by: By,
    w: Words,
    *,
    action: str,
    undoes: int | None = None,
    real: datetime | None = None,
    prepared: Prepared | None = None,
) -> Loaded:
    """Make changes that belong together, the first of them the one the audit names: a new version of the
    description from today on. ``now`` is the mall's clock, ``real`` the audit's where that is another
    one (a demo's). What is ``prepared`` is examined again only where the description has moved since:
    else writing is all that is done under the lock. Raises RefusedError, with the fields of the first,
    or OvertakenError; then nothing changes."""
    before_it = additions.lock(tx) - 1
    if prepared is None or (prepared.revision, prepared.wishes) != (before_it, tuple(wishes)):
        prepared = prepare(tx, wishes, w)
    state, mall = prepared.state, prepared.mall
    for wish in wishes:
        additions.put(tx, wish.item, wish.data, by.who, now)
    before, after = _both(state, wishes)
    note(tx, real or now, by, action, name(wishes[0].item), before=before, after=after, undoes=undoes)
    _lock_out(tx, prepared, by, real or now)
    return save(tx, mall, now)


def _lock_out(tx: Write, prepared: Prepared, by: By, at: datetime) -> None:
    """Revoke the tokens of sources that end, and those left of an older one where a code is used again:
    whoever holds them would write in its name."""
    state, then = prepared.state, prepared.mall.sources_by_code
    before = state.mall.sources_by_code if state.mall else {}
    for item in (wish.item for wish in prepared.wishes if wish.item.kind == "source"):
        if not (item in state.living or item.code in before) or item.code not in then:
            for token, label in sources.revoke_all(tx, item.code, at):
                note(tx, at, by, "token.revoked", name(item), before={"token": token, "label": label})


def undo(
    tx: Write,
    now: datetime,
    entry: Entry,
    by: By,
    w: Words,
    *,
    real: datetime | None = None,
    prepared: Prepared | None = None,
) -> Loaded:
    """Take a change of the description back, which is a change itself. ``prepared`` are the wishes of
    :func:`undoing`. Raises RefusedError where the thing has changed since or where what it was no longer
    fits."""
    if prepared is None:
        additions.lock(tx)
    wishes = prepared.wishes if prepared else undoing(tx, entry, w)
    try:
        return change(tx, now, wishes, by, w, action=UNDONE, undoes=entry.id, real=real, prepared=prepared)
    except OvertakenError as error:
        raise RefusedError([_since(error.kept, w)]) from None


def undoing(tx: Read, entry: Entry, w: Words) -> list[Wish]:
    """What takes a change of the description back. Raises RefusedError where the thing has changed
    since."""
    kept = additions.every(tx)
    wishes = []
    for key in dict.fromkeys((*(entry.before or {}), *(entry.after or {}))):
        item = item_of(key)
        now_there = kept.get(item)
        was, became = (entry.before or {}).get(key), (entry.after or {}).get(key)
        if now_there is None or now_there.data != became:
            raise RefusedError([_since(now_there, w)])
        wishes.append(Wish(item, was, now_there.rev))
    return wishes


def _since(kept: Kept | None, w: Words) -> Mistake:
    problem = w.text("This was changed again since")
    if kept is not None:
        problem = w.text("This was changed again since, by {who}", who=kept.by)
    return Mistake("", "", problem, w.text("Take the later change back first"))


def _both(state: Described, wishes: Sequence[Wish]) -> tuple[Data, Data]:
    """What the audit keeps: every thing that changed, as it was and as it is. What an import made was
    there too: taken back, it is an addition that says the same."""
    return (
        {name(one.item): state.living.get(one.item, imported(state, one.item)) for one in wishes},
        {name(one.item): one.data for one in wishes},
    )


def _judged(state: Described, wishes: Sequence[Wish], w: Words) -> Mall:
    """The description with the wishes in it. What does not fit today already is left aside: only what
    the wishes themselves bring about is a reason to refuse them."""
    fits = {item: data for item, data in state.living.items() if item not in state.combined.aside}
    wanted = _with(fits, wishes)
    for wish in wishes:
        if wish.data is not None:
            _fitting(state, wanted, wish.item, w)
    _nothing_lost(state, wanted, w)
    found = combine(state.file, wanted, w)
    if found.reading.mall is None:
        raise RefusedError(faults(state.file, wanted, wishes[0].item, w) or found.reading.mistakes)
    if found.aside:
        told = faults(state.file, wanted, wishes[0].item, w)
        raise RefusedError(told or [one for many in found.aside.values() for one in many])
    # Whole again: what was aside may fit now.
    again = combine(state.file, _with(state.living, wishes), w)
    return again.reading.mall or found.reading.mall


def _with(living: Additions, wishes: Sequence[Wish]) -> dict[Item, Data]:
    changed = dict(living)
    for wish in wishes:
        changed.pop(wish.item, None)
        if wish.data is not None:
            changed[wish.item] = wish.data
    return changed


def _fitting(state: Described, wanted: Additions, item: Item, w: Words) -> None:
    """Refuse what is provisioned by the file, what has no place, and codes that are none."""
    file = state.file.document if state.file else {}
    merged = merge(file, wanted)
    if item in merged.replaced:
        problem = w.text("mpp.toml has this code already, and what it says holds")
        raise RefusedError([Mistake("", "code", problem, w.text("Choose another code"))])
    if item in merged.homeless:
        problem = w.text("there is no agency {code}", code=item.agency)
        raise RefusedError([Mistake("", "", problem, w.text("Add the agency first"))])
    if item.kind not in ("mall", "holiday") and not CODE.fullmatch(item.code):
        told = faults(state.file, wanted, item, w)
        raise RefusedError([one for one in told if one.key == "code"] or told)
    if item == MALL and state.mall is not None:
        _same_code(wanted[MALL].get("code", state.mall.code), state.mall.code, w)


def _same_code(wanted: object, code: str, w: Words) -> None:
    if wanted != code:
        problem = w.text("the mall's code stays {code}: it stands in all that is kept", code=code)
        raise RefusedError([Mistake("", "code", problem, w.text("Change the name instead"))])


def _nothing_lost(state: Described, wanted: Additions, w: Words) -> None:
    """Refuse while the description in force came from a file whose text this database does not hold:
    a version made without it would end every agency."""
    if state.file is not None or state.mall is None:
        return
    known = {item.code for item in wanted} | {item.code for item in state.kept}
    lost = [agency.code for agency in state.mall.agencies if not agency.created and agency.code not in known]
    if lost:
        problem = w.text("mpp.toml is not there, and {codes} stand only in it", codes=", ".join(lost[:5]))
        raise RefusedError([Mistake("", "", problem, w.text("Put mpp.toml back, then try again"))])
