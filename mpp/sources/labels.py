"""Codes for a file's words: by the map's table, else made from the word itself, always the same."""

from __future__ import annotations

from mpp.live.personal import names_somebody
from mpp.mall.created import slug
from mpp.sources.ticket_map import Coded


class LabelError(ValueError):
    """A word that gives no code; ``reason`` is a code, the text what is wrong and what helps."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Codes:
    """Turns the words of one column into codes. ``scope`` parts what may share a code: the words
    of two agencies may, two words of one agency may not."""

    def __init__(self, coded: Coded) -> None:
        self.coded = coded
        self._known: dict[tuple[str, str], str] = {}
        self._label_of: dict[tuple[str, str], str] = {}

    def code(self, label: str, scope: str = "") -> str:
        """The code of a word, "" where the map's table says that it means none. Raises LabelError."""
        found = self._known.get((scope, label))
        if found is None:
            found = self._known[scope, label] = self._make(label, scope)
        return found

    def name(self, code: str, label: str) -> str:
        """What something made for ``code`` is called."""
        return self.coded.names.get(code) or label or code

    def _make(self, label: str, scope: str) -> str:
        listed = self.coded.labels.get(label)
        if listed is not None:
            return listed
        personal = names_somebody(label)
        if personal is not None:
            raise LabelError("bad_field", f"looks like {personal}: is this the right column?")
        code = slug(label)
        other = self._label_of.setdefault((scope, code), label)
        if other != label or (code != label and code in self.coded.labels.values()):
            detail = f"two different words become the code {code}: list them under labels in the map"
            raise LabelError("ambiguous_label", detail)
        return code
