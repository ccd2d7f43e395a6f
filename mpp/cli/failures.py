"""Whatever ends a command is said in one sentence, in one place."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from mpp.cli.tools import Failure
from mpp.mall.mistakes import cause
from mpp.web.configured import SettingsError, spoken


@contextmanager
def told_in_one_sentence() -> Iterator[None]:
    """Turns what a person at the console can mend into a :class:`Failure`; a bug stays a traceback."""
    w = spoken()
    try:
        yield
    except click.ClickException as error:
        if type(error) is click.ClickException:
            raise Failure(error.message, w) from None
        raise
    except SettingsError as error:
        raise Failure(str(error), w) from None
    except CommandError as error:
        raise Failure(w.text("The tables cannot be brought there: {cause}", cause=error), w) from None
    except ArgumentError as error:
        raise Failure(w.text("MPP_DATABASE_URL cannot be used: {cause}", cause=error), w) from None
    except DatabaseError as error:
        if type(error) not in {OperationalError, DatabaseError}:
            raise
        first = str(error.orig or error).splitlines()[0]
        raise Failure(w.text("The database does not answer: {cause}", cause=first), w) from None
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read the output has gone; click ends quietly
            raise
        problem = w.text("The system refuses: {cause}", cause=cause(error, w))
        if error.filename is not None:
            problem = w.text("{path} cannot be used: {cause}", path=error.filename, cause=cause(error, w))
        raise Failure(problem, w) from None
