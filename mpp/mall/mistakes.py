"""What is wrong with a description: every mistake with its place and its remedy."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mpp.i18n import Words, words

Path = tuple[str | int, ...]
"""Where a value stands in the document: ("agency", 0, "hours", "fri")."""

MOST: Final = 1_000
"""More mistakes than this are counted, not kept: nobody reads them."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend. ``key`` reads like "agency[dukcapil].hours.fri" (empty: the whole file);
    ``line`` counts from 1 and is None where it is not known; a ``warning`` stops nothing."""

    file: str
    key: str
    problem: str
    remedy: str
    line: int | None = None
    warning: bool = False

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f" {self.key}:" if self.key else ""
        return f"{place}:{key} {self.problem}. {self.remedy}"


class DescriptionError(ValueError):
    """A description that cannot be used; ``mistakes`` names all that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(slots=True)
class Notes:
    """Collects mistakes and warnings of one file while it is read. ``w`` is the language in which
    whoever reads the file tells them; English without one."""

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    w: Words = field(default_factory=lambda: words("en"))
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)
    left_out: int = 0

    def mistake(self, path: Path, key: str, problem: str, remedy: str) -> None:
        """Something that must be mended before the description can be used."""
        self._keep(self.mistakes, Mistake(self.file, key, problem, remedy, self.line(path)))

    def warning(self, path: Path, key: str, problem: str, remedy: str) -> None:
        """Something odd that is taken as it stands."""
        self._keep(self.warnings, Mistake(self.file, key, problem, remedy, self.line(path), warning=True))

    def count(self) -> int:
        """How many mistakes there were until now."""
        return len(self.mistakes) + self.left_out

    def line(self, path: Path) -> int | None:
        """Line of the value or, where that is not known, of what holds it."""
        for length in range(len(path), 0, -1):
            found = self.lines.get(path[:length])
            if found is not None:
                return found
        return None

    def all_mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes in the order of the file, with a last one that counts those left out."""
        found = sorted(self.mistakes, key=lambda m: m.line or 0)
        if self.left_out:
            many = self.w.plural(
                "{n} more mistake is not listed", "{n} more mistakes are not listed", self.left_out
            )
            found.append(Mistake(self.file, "", many, self.w.text("Mend these first")))
        return tuple(found)

    def _keep(self, kept: list[Mistake], found: Mistake) -> None:
        if len(kept) < MOST:
            kept.append(found)
        elif not found.warning:
            self.left_out += 1


def cause(error: Exception, w: Words) -> str:
    """Why a file or address cannot be used, in the language of ``w`` where we know it."""
    number = getattr(error, "errno", None)
    told = {
        errno.ENOENT: w.text("it does not exist"),
        errno.EACCES: w.text("permission is denied"),
        errno.EPERM: w.text("permission is denied"),
        errno.EISDIR: w.text("it is a folder"),
        errno.ENOTDIR: w.text("a part of the path is no folder"),
        errno.EEXIST: w.text("a file stands where a folder is needed"),
        errno.EROFS: w.text("the disk may only be read"),
        errno.ENOSPC: w.text("the disk is full"),
        errno.EADDRINUSE: w.text("another program listens there"),
        errno.EADDRNOTAVAIL: w.text("this machine has no such address"),
    }.get(number or 0)
    return told or getattr(error, "strerror", None) or str(error)
