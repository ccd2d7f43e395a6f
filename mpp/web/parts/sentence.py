"""The sentence that answers "how are we doing now" of an agency: state, number, promise, lever.

Pure, from the agency's own part of the board (:class:`mpp.web.parts.desk.Desk`). The most urgent of
what holds is said, and nothing else (words.md section 2); it is never a greeting. What is not known
is not said as a number, and without a promise nothing is called calm or late.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mpp.i18n import Words
from mpp.web.parts import sentence_alarms as alarms
from mpp.web.parts import sentence_calm as calm
from mpp.web.parts import sentence_hours as hours
from mpp.web.parts.desk import Desk
from mpp.web.parts.sentence_words import Sentence

SITUATIONS: Final[tuple[Callable[[Desk, Words], Sentence | None], ...]] = (
    hours.nothing,
    hours.unscheduled,
    hours.before,
    hours.closed,
    hours.silent,
    hours.resting,
    alarms.not_opened,
    alarms.paused,
    alarms.nobody_serving,
    alarms.priority,
    alarms.over,
    alarms.unfinished,
    calm.quota,
    calm.filling,
    calm.estimate,
    calm.unknown,
    calm.last_ticket,
    calm.at_once,
    calm.forgotten,
    calm.quiet,
    calm.calm,
)
"""What may be said, the most urgent first; the last one always holds."""


def sentence(desk: Desk, words: Words) -> Sentence:
    """The one sentence of an agency now."""
    return next(found for say in SITUATIONS if (found := say(desk, words)) is not None)
