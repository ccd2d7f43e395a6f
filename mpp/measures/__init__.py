"""Every figure of the product: defined once, computed once.

A figure shown anywhere is in :func:`registry`; screens and reports print its texts beside it.
:func:`summarise` computes the figures of a period. Pure; durations are seconds, shares 0 to 1,
unknown is None.
"""

from mpp.measures.cases import CASES
from mpp.measures.counter_days import COUNTER_DAY
from mpp.measures.figures import Summary, Tally, summarise
from mpp.measures.measure import Measure
from mpp.measures.now import NOW
from mpp.measures.registry import PERIOD, registry
from mpp.measures.today import TODAY

__all__ = [
    "CASES",
    "COUNTER_DAY",
    "NOW",
    "PERIOD",
    "TODAY",
    "Measure",
    "Summary",
    "Tally",
    "registry",
    "summarise",
]
