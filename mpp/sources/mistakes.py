"""What stops an import: always said with its place and its remedy."""

from __future__ import annotations

from mpp.mall.mistakes import Mistake


class ImportStoppedError(ValueError):
    """An import cannot start or go on. What was taken before stays; running again is safe."""


class MapError(ImportStoppedError):
    """A map that cannot be used; ``mistakes`` names all that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


class FileError(ImportStoppedError):
    """A file that cannot be read as a table; ``line`` counts from 1, None for the whole file."""

    def __init__(self, file: str, problem: str, remedy: str, line: int | None = None) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {problem}. {remedy}")
        self.line = line
