"""One consistent look at the database with the description that judges it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mpp.live.judge import Judge, Judges
from mpp.store import Read, Store


class Readings:
    """Where pages read what is not live. Remembers the description: reading it anew takes longer than
    what most pages ask for. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.judges = Judges()


class UnreadError(LookupError):
    """There is nothing to read: no database, or no mall described in it."""


@contextmanager
def reading(given: Readings | Store | None) -> Iterator[tuple[Read, Judge]]:
    """A read transaction and the judge of the description in it. Raises UnreadError without a database
    or while no mall is described."""
    if given is None:
        raise UnreadError("this page reads the database, and there is none")
    readings = Readings(given) if isinstance(given, Store) else given
    with readings.store.read() as tx:
        try:
            judge = readings.judges.of(tx)
        except LookupError as error:
            raise UnreadError(str(error)) from error
        yield tx, judge
