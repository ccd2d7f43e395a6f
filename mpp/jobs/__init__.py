"""What runs when: one thread, one runner at a time over all processes by a lease in the database."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from mpp.store import Store, leases

log = logging.getLogger(__name__)

LEASE = "jobs"
LEASE_ERROR = "lease"
LEASE_S = 15.0
TICK_S = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every ``every_s`` seconds by whoever holds the lease; ``everywhere`` by each
    process for itself. ``run`` is called with the present instant and says what it did, or None."""

    name: str
    every_s: float
    run: Callable[[datetime], str | None]
    everywhere: bool = False


@dataclass(slots=True)
class Jobs:
    """Runs jobs in a daemon thread until stopped. A job that fails is logged and tried again;
    ``errors`` holds what went wrong last by the job's name until that job succeeds, or until
    another process holds the lease: then that one tells."""

    store: Store
    now: Callable[[], datetime]
    jobs: Sequence[Job]
    holder: str = field(default_factory=lambda: uuid.uuid4().hex)
    errors: dict[str, str] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; does nothing when already running."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="mpp-jobs", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End within a tick and give the lease back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        try:
            with self.store.write() as tx:
                leases.release(tx, LEASE, self.holder)
        except SQLAlchemyError:
            log.info("the lease could not be given back; it runs out by itself")

    @property
    def alive(self) -> bool:
        """Whether the thread is running."""
        return self._thread is not None and self._thread.is_alive()

    def run_due(self, clock: float) -> list[str]:
        """Run what is due at ``clock`` (monotonic seconds); returns the names of what ran."""
        due = [job for job in self.jobs if self._due.get(job.name, 0.0) <= clock]
        if not due:
            return []
        mine = self._take()
        if mine is False:
            for job in self.jobs:
                if not job.everywhere:
                    self.errors.pop(job.name, None)
        ran = []
        for job in due:
            self._due[job.name] = clock + job.every_s
            if (mine or job.everywhere) and self._run(job):
                ran.append(job.name)
        return ran

    def _take(self) -> bool | None:
        """Whether the lease is ours; None when the database does not say."""
        try:
            with self.store.write() as tx:
                mine = leases.take(tx, LEASE, self.holder, self.now(), LEASE_S)
        except SQLAlchemyError as error:
            self.errors[LEASE_ERROR] = str(error)
            return None
        self.errors.pop(LEASE_ERROR, None)
        return mine

    def _run(self, job: Job) -> bool:
        try:
            said = job.run(self.now())
        except Exception as error:
            self.errors[job.name] = str(error) or type(error).__name__
            log.exception("job failed", extra={"job": job.name})
            return False
        self.errors.pop(job.name, None)
        if said:
            log.info(said, extra={"job": job.name})
        return True

    def _loop(self) -> None:
        clock = 0.0
        while not self._stop.is_set():
            self.run_due(clock)
            self._stop.wait(TICK_S)
            clock += TICK_S
