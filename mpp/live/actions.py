"""Actions as they are written: the product opens and ends them, people take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

from mpp.live.action_log import AHEAD, append, concluded, step_of
from mpp.live.conditions import conditions, unheard, unproven
from mpp.live.episodes import OPENED, TAKEN, Episode, Step, due_steps, fold
from mpp.live.facts import Facts
from mpp.live.model import CONFIDENTIAL, Board
from mpp.live.personal import masked
from mpp.mall.document import from_document
from mpp.store import Store, Write, descriptions, sources

MOST_WHO: Final = 40
MOST_NOTE: Final = 120
MOST_MINUTES: Final = 480
MOST_TAKINGS: Final = 50
"""So many times one action is taken: more is a program that runs wild."""
UNSEEN: Final = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffb"
    r"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef\U000f0000-\U000ffffd\U00100000-\U0010fffd"
)
"""Control, format and private characters, fillers and blanks that count as letters or signs, for a
class of a regular expression: not seen, they could make one row look like another, or like nothing at
all. The two that make a sign an emoji or none are left out: they come with what is seen."""
_HIDDEN: Final = re.compile(rf"[{UNSEEN}\ud800-\udfff]")
_BLANK: Final = re.compile(r"[ \t\r\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_KEY: Final = re.compile(r"[ -~]+")
_OTHER: Final = "this id was taken with other content; send a new id"


class UnknownActionError(LookupError):
    """Today has no such episode."""


class EndedError(LookupError):
    """The episode is over: nobody has to take it any more."""


class OtherTakingError(ValueError):
    """This id was used for another taking."""


class TakenOftenError(ValueError):
    """It was taken MOST_TAKINGS times already."""


def watch(
    store: Store,
    facts: Facts,
    board: Board,
    clock: Callable[[], datetime] | None = None,
    listened_s: float | None = None,
) -> int:
    """Bring the day's episodes up to what holds on the board; returns how many steps were written.
    ``listened_s`` are the seconds this process has listened to the feeds: after it was away each of
    them has its interval of silence before an action says so (None: it always listened).

    Safe in several processes at once: each looks again under the lock, and whoever has an older
    picture than the newest step, or one older than AHEAD by ``clock``, leaves it alone. Steps that
    are further ahead than that were written while the clock was wrong and count for nothing.
    """
    found = conditions(facts, board)
    midnight = facts.judge.midnight(facts.day)
    away = unheard(board)
    silent = frozenset() if listened_s is None else unproven(facts, board, listened_s)

    def due(episodes: Sequence[Episode]) -> tuple[Step, ...]:
        return due_steps(episodes, found, board.now, midnight, unheard=away, unproven=silent)

    if not due(facts.actions):
        return 0
    with store.write() as tx:
        own = sources.lock_own(tx, facts.judge.mall.code, board.now)
        if clock is not None and clock() - board.now > AHEAD:
            return 0
        known = [step for step in concluded(tx, own, facts.day) if step.at <= board.now + AHEAD]
        if any(step.at > board.now for step in known):
            return 0
        return len(_write(tx, own, facts.day, due(fold(known))))


def _write(tx: Write, own: int, day: date, due: Sequence[Step]) -> list[Step]:
    """An opening's id is its start, so one that the log holds although it is due was written while
    the clock was wrong; it is told anew."""
    fresh = append(tx, own, day, due)
    missed = [step for step in due if step not in fresh and step.kind == OPENED]
    return fresh + append(tx, own, day, [replace(s, id=f"{s.id}:{s.at.isoformat()}") for s in missed])


def take(
    store: Store,
    now: datetime,
    *,
    episode: str,
    who: str,
    note: str,
    minutes: int | None = None,
    id: str,  # noqa: A002 as in an event
    confidential: bool = False,
) -> str:
    """Note that somebody took an action: ``who`` does what (``note``) and for how many ``minutes``
    (None: not said). ``confidential``: whoever takes it may know of integrity reports; for others
    there are none. Gives "taken", or "duplicate" for the same taking once more.

    Raises UnknownActionError when today has no such episode, EndedError when it is over (both are
    LookupError), ValueError for what cannot be kept (OtherTakingError for a known ``id`` with other
    content, TakenOftenError). Long digit runs in ``who`` and ``note`` are masked.
    """
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise ValueError(f"minutes must be a whole number from 1 to {MOST_MINUTES}")
    if not _KEY.fullmatch(episode):
        raise UnknownActionError(f"there is no action {episode!r} today")
    # An id is whatever a browser drew: its digest is short and names nobody.
    step = Step(
        id=f"taken:{blake2b(id.encode('utf-8', 'replace'), digest_size=16).hexdigest()}",
        kind=TAKEN,
        episode=episode,
        at=now,
        who=_text("who", who, MOST_WHO),
        note=_text("note", note, MOST_NOTE),
        until=None if minutes is None else now + timedelta(minutes=minutes),
    )
    with store.read() as tx:
        newest = descriptions.newest(tx)
    if newest is None:
        raise UnknownActionError("no mall is described yet")
    mall = from_document(newest.document)
    day = now.astimezone(ZoneInfo(mall.zone)).date()
    with store.write() as tx:
        own = sources.lock_own(tx, mall.code, now)
        before = step_of(tx, step.id)
        if before is not None:
            return _again(before, step)
        told = [one for one in concluded(tx, own, day, episode) if one.at <= now + AHEAD]
        found = _open(told, episode, confidential=confidential)
        if len(found.taken) >= MOST_TAKINGS:
            raise TakenOftenError(f"the action {episode!r} was taken {MOST_TAKINGS} times; that is enough")
        append(tx, own, day, [replace(step, rule=found.rule, agency=found.agency, source=found.source)])
    return "taken"


def _text(name: str, value: str, most: int) -> str:
    text = _BLANK.sub(" ", value).strip()
    if not 1 <= len(text) <= most:
        raise ValueError(f"{name} must be a text of 1 to {most} characters")
    if _HIDDEN.search(text):
        raise ValueError(f"{name} must be a text without control characters or invisible ones")
    # What is masked says nothing: a taker who is a long number alone is nobody.
    kept = masked(text, most)
    if not any(c.isalnum() for c in kept):
        raise ValueError(f"{name} must be a text with a letter or a digit; long numbers are not kept")
    return kept


def _again(before: Step, step: Step) -> str:
    """Whether a repeated id says the same; the repetition came later, so instants do not count."""

    def content(one: Step) -> tuple[str, str, str, timedelta | None]:
        return one.episode, one.who, one.note, None if one.until is None else one.until - one.at

    if content(before) != content(step):
        raise OtherTakingError(_OTHER)
    return "duplicate"


def _open(steps: Sequence[Step], key: str, *, confidential: bool) -> Episode:
    found = next(iter(fold(step for step in steps if step.episode == key)), None)
    if found is None or (found.rule in CONFIDENTIAL and not confidential):
        raise UnknownActionError(f"there is no action {key!r} today")
    if found.ended is not None:
        raise EndedError(f"the action {key!r} is over")
    return found
