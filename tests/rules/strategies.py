"""Any legal event, however unlikely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from queues import events as e

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

# Few instants and few ids, so that ties, repetitions and conflicts happen often; and the edges of time.
instants = st.one_of(
    st.integers(0, 8).map(lambda minutes: MORNING + timedelta(minutes=minutes)),
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),
    st.datetimes(timezones=st.just(UTC)),
)
ids = st.one_of(st.sampled_from(["", "a", "b", "c"]), st.text(max_size=3))
words = st.sampled_from([None, "", "dukcapil", "samsat", "kk"])
legs = st.sampled_from([1, 1, 1, 2, 3, 0, -1, 10**9])

COMMON: dict[str, Any] = {
    "id": ids,
    "at": instants,
    "leg": legs,
    "agency": words,
    "service": words,
    "number": words,
    "counter": words,
    "priority": words,
    "visit": words,
}
MORE: dict[type[e.TicketEvent], dict[str, Any]] = {
    e.TicketIssued: {"booked": st.booleans()},
    e.ServiceFinished: {"result": st.sampled_from([None, "", *e.RESULTS]), "due": words},
    e.Transferred: {"to_agency": words, "to_service": words},
    e.Cancelled: {"reason": st.sampled_from([None, "", "left", "other"])},
    e.Withdrawn: {"revision": st.integers(-1, 3)},
    e.Observed: {
        "revision": st.integers(-1, 3),
        **{
            f"{step}_at": st.none() | instants
            for step in ("issued", "checked_in", "called", "started", "ended")
        },
        "outcome": st.sampled_from([None, "", "selesai", *e.OUTCOMES]),
        "result": words,
        "due": words,
        "booked": st.booleans(),
    },
}

#: Everything that happens at its own instant: rows tell of other instants too.
plain_events = st.one_of(
    [st.builds(kind, **COMMON, **MORE.get(kind, {})) for kind in e.RANK if kind is not e.Observed]
)
ticket_events = st.one_of(plain_events, st.builds(e.Observed, **COMMON, **MORE[e.Observed]))
#: Versions of the row of one leg, most of them at the same revision.
rows_of_one_leg = st.one_of(
    [
        st.builds(kind, **{**COMMON, "leg": st.just(1)}, **{**MORE[kind], "revision": st.integers(1, 2)})
        for kind in (e.Observed, e.Withdrawn)
    ]
)
reported_steps = st.one_of(
    st.just(e.STEPS),
    st.sets(st.sampled_from([*e.STEPS, "", "nonsense"])).map(lambda words: tuple(sorted(words))),
)
agencies = st.one_of(st.none(), st.just(()), st.just(("dukcapil",)))
