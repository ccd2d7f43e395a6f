"""The standing jobs of an installation."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from time import monotonic

from mpp.jobs import Job
from mpp.live.actions import watch
from mpp.live.closing import close_due
from mpp.live.description import load_file, wrong
from mpp.live.keeper import Keeper
from mpp.live.peers import tell
from mpp.live.rebuild import refold_since
from mpp.mall.mistakes import DescriptionError, Mistake
from mpp.now import Now
from mpp.people.sign_in import tidy
from mpp.store import Store, additions, descriptions, sources

log = logging.getLogger(__name__)

Mark = tuple[int, int, int]


def standing(store: Store, description: Path) -> list[Job]:
    """Closing of days, the week's comparison of agencies, tidying up after sign-ins, and following the
    mall's description when its file changes."""
    closing = Job("closing", 30.0, lambda now: _closing(store, now))
    peers = Job("peers", 600.0, lambda now: tell(store, now))
    # People sign in by the real clock, whatever the mall's shows.
    signed = Job("sign-ins", 600.0, lambda _now: tidy(store, Now()()))
    return [closing, peers, signed, *following(Follower(store, description))]


def watching(store: Store, board: Keeper, clock: Callable[[], float] = monotonic) -> Job:
    """Opening and ending of actions, from the picture the screens show, by a process that listens from
    now on (``clock`` in seconds that no hand sets)."""
    begun = clock()

    def run(_now: datetime) -> None:
        known = board.known()
        if known is not None:
            # A demo's feeds live in its own process: they never spoke while it was away.
            listened = None if board.mode == "demo" else clock() - begun
            watch(store, *known, clock=board.now, listened_s=listened)

    return Job("actions", 2.0, run)


def following(follower: Follower) -> list[Job]:
    """One process loads a changed file; each looks for itself what is wrong with it."""
    return [
        Job("description", 5.0, follower),
        Job("description file", 5.0, follower.check, everywhere=True),
    ]


def _closing(store: Store, now: datetime) -> str | None:
    closed = close_due(store, now)
    return f"closed {closed} open legs" if closed else None


class Follower:
    """Loads the description again when its file changed. A faulty file changes nothing: the
    version in force stays, and ``mistakes`` says what is wrong until it is mended; what was added on
    the pages and does not fit beside the file is told there too."""

    def __init__(self, store: Store, path: Path) -> None:
        self.store, self.path = store, path
        self.mistakes: tuple[str, ...] = ()
        self._loaded: Mark | None = None
        self._examined: tuple[Mark | None, int] | None = None

    def __call__(self, now: datetime) -> str | None:
        """Load the file if it changed since it was last loaded, then judge today's legs by what is
        new in the database, whoever put it there; says what happened."""
        mark, revision = self._mark(), self._revision()
        said = None
        if mark is not None and mark != self._loaded:
            said = self.load(now)
            # Only now: what was raised above (a locked database) is tried again.
            self._loaded, self._examined = mark, (mark, revision)
        judged = judge_anew(self.store, now)
        return said or (f"{judged} tickets judged by the new description" if judged else None)

    def load(self, now: datetime) -> str | None:
        """Load the file now."""
        try:
            loaded = load_file(self.store, self.path, now)
        except DescriptionError as error:
            self._tell(error.mistakes)
            return None
        self._tell(loaded.aside)
        return f"description version {loaded.version} is in force" if loaded.changed else None

    def check(self, now: datetime) -> None:  # noqa: ARG002 as every job
        """Say what is wrong with the file and with what is added to it, without loading it; reads them
        only when they changed."""
        mark = self._mark(), self._revision()
        if mark != self._examined:
            with self.store.read() as tx:
                self._tell(wrong(tx, self.path))
            self._examined = mark

    def _revision(self) -> int:
        with self.store.glance() as tx:
            return additions.revision(tx)

    def _mark(self) -> Mark | None:
        """What tells a changed file (or changed permissions) from the same one; None without a file."""
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_ctime_ns, stat.st_mtime_ns, stat.st_size

    def _tell(self, mistakes: Iterable[Mistake]) -> None:
        found = tuple(str(mistake) for mistake in mistakes)
        if found != self.mistakes:
            for mistake in found:
                log.warning("mistake in the mall's description: %s", mistake)
        self.mistakes = found


def judge_anew(store: Store, now: datetime) -> int:
    """Judge the legs anew that a version is valid for and that were written before it came. The
    database says which version that is, so a stop in the middle is made good by whoever is next.
    Returns how many tickets were folded."""
    with store.read() as tx:
        due = descriptions.unjudged(tx)
        known = sources.all_sources(tx).values() if due else ()
    if due is None:
        return 0
    for row in known:
        # Waits for writers that still judge by the version before: after this there are none.
        with store.write() as tx:
            sources.lock(tx, row.id, now, heard=False)
    folded = refold_since(store, due.valid_from, now)
    with store.write() as tx:
        descriptions.judged(tx, due.version, now)
    return folded
