"""A simulated mall: believable days for any description, handed in through the intake.

The parts, each from those before it: :mod:`items` (what is said), :mod:`visitors` (who comes),
:mod:`troubles` (what goes wrong), :mod:`floor` (lines and counters), :mod:`staff`,
:mod:`outcomes`, :mod:`readings`, :mod:`day` (the plan), :mod:`feed` (handing it in),
:mod:`demo` (its clock and its past), :mod:`duty` (who takes the demo's actions) and :mod:`relive`
(the morning's actions).
"""

from mpp.simulate.day import Plan, plan
from mpp.simulate.demo import Past, demo_start, stretches
from mpp.simulate.duty import Duty
from mpp.simulate.feed import Feed, pour
from mpp.simulate.items import Planned
from mpp.simulate.relive import relive

__all__ = ["Duty", "Feed", "Past", "Plan", "Planned", "demo_start", "plan", "pour", "relive", "stretches"]
