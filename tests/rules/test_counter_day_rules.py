"""What holds for every counter's day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from counters import events as e
from counters.day import Around, Hours, counter_day
from counters.desk_tickets import DeskTicket
from counters.lost import OUTSIDE, lost_time
from counters.spans import both, minus, seconds, union
from counters.states import Desk, apply, word

MIDNIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)
HOURS = Hours(
    MIDNIGHT,
    MIDNIGHT + timedelta(days=1),
    opens=MIDNIGHT + timedelta(hours=8),
    closes=MIDNIGHT + timedelta(hours=15),
    work=((MIDNIGHT + timedelta(hours=8), MIDNIGHT + timedelta(hours=12)),),
)
KINDS = (e.CounterOpened, e.CounterPaused, e.CounterResumed, e.CounterClosed, e.CounterHeartbeat)

# Few instants, so that ties and overlaps happen often; some lie on other days.
minutes = st.one_of(st.integers(470, 490), st.integers(-5, 24 * 60 + 5), st.sampled_from([480, 900, 1439]))
instants = minutes.map(lambda n: MIDNIGHT + timedelta(minutes=n))
counter_events = st.one_of(
    [
        st.builds(
            kind,
            id=st.sampled_from(["", "a", "b"]),
            at=instants,
            agency=st.just("pln"),
            counter=st.just("1"),
            **({"reason": st.sampled_from(["break", *OUTSIDE])} if kind is e.CounterPaused else {}),
        )
        for kind in KINDS
    ]
)


@st.composite
def tickets(draw):
    start = draw(instants)
    end = draw(st.none() | st.integers(-1, 90).map(lambda n: start + timedelta(minutes=n)))
    served = end is not None and draw(st.booleans())
    return DeskTicket(
        key=draw(st.sampled_from("abcdefgh")),
        service="kk",
        number=draw(st.sampled_from([None, "A-1", "A-2"])),
        waited_from=draw(st.none() | st.just(start - timedelta(minutes=10))),
        called=draw(st.none() | st.just(start)),
        start=start,
        end=end,
        served=served,
        service_s=(end - start).total_seconds() if served and end >= start else None,
        going_on=end is None and draw(st.booleans()),
    )


spans = st.lists(st.tuples(instants, instants), max_size=6)
days = st.tuples(
    st.lists(counter_events, max_size=8), st.lists(tickets(), max_size=6, unique_by=lambda t: t.key), instants
)


def day_of(events, came, until, **more):
    return counter_day("1", events, came, HOURS, until, **more)


@settings(max_examples=80)
@given(days, st.data(), spans, spans)
def test_order_and_repetition_change_nothing(given_day, data, waited, silent):
    events, came, until = given_day
    around = Around(tuple(union(waited)), {"kk": 600.0}, tuple(union(silent)))
    first = day_of(events, came, until, around=around)
    again = data.draw(st.permutations([*events, *events[:3]]))
    came_again = data.draw(st.permutations([*came, *came[:2]]))
    assert day_of(again, came_again, until, around=around) == first


@settings(max_examples=120)
@given(days, spans, st.just([]) | spans)
def test_the_parts_add_up_and_nothing_is_negative(given_day, waited, silent):
    events, came, until = given_day
    around = Around(tuple(union(waited)), {"kk": 600.0}, tuple(union(silent)))
    day = day_of(events, came, until, around=around)
    parts = (day.open_s, day.serving_s, day.idle_s, *(day.paused or {}).values(), day.service_mean_s)
    assert all(part is None or part >= 0 for part in (*parts, day.handover_median_s, day.served))
    assert day.known or (day.open_s, day.served, day.findings) == (None, None, ())
    if day.idle_s is not None:
        assert day.open_s == day.serving_s + day.idle_s + day.paused_s
        assert day.open_s <= (min(until, HOURS.next_midnight) - MIDNIGHT).total_seconds()
        assert seconds(union((p.begin, p.end) for p in day.pauses)) == day.paused_s
        assert day.utilisation is None or 0 <= day.utilisation <= 1
    elif day.known and not day.inferred:
        # A number whose finish nobody told, or silence: what was done beyond its bound is not known.
        assert silent or any(finding.code == "no_end" for finding in day.findings)
        assert day.open_s >= day.serving_s + day.paused_s
        assert day.utilisation is None
    elif day.known:
        assert day.open_s >= day.serving_s
        assert (day.paused, day.utilisation, day.handovers) == (None, None, None)
    for finding in day.findings:
        assert finding.count >= 1
        assert finding.seconds > 0
        assert finding.code != "open_without_serving" or finding.seconds <= day.open_s - day.serving_s
    lost = lost_time([day, day], HOURS.work)
    assert (lost is None) is (day.paused is None)
    if lost is not None:
        told = sum(day.paused.get(reason, 0.0) for reason in OUTSIDE)
        assert lost.whole.counter_seconds == 2 * lost.whole.seconds <= 2 * told
        assert sum(one.counter_seconds for one in lost.by_reason.values()) == lost.whole.counter_seconds


@settings(max_examples=120)
@given(days)
def test_a_counter_did_at_every_instant_what_the_board_said_of_it(given_day):
    """Judged instant by instant with the board's own rule: the same seconds."""
    events, came, until = given_day
    events = [event for event in events if MIDNIGHT <= event.at < HOURS.next_midnight]
    came = [t for t in came if t.end is not None and MIDNIGHT <= t.start < HOURS.next_midnight]
    day = day_of(events, came, until)
    if day.idle_s is None:
        return
    stop = min(until, HOURS.next_midnight)
    last = max([x.at for x in events if x.at <= stop and type(x) is not e.CounterHeartbeat], default=MIDNIGHT)
    last = max(
        [
            last,
            *(min(t.end, stop) for t in came if t.start <= stop),
            *(t.start for t in came if t.start <= stop),
        ]
    )
    stop = min(stop, max(last, HOURS.closes))
    edges = {MIDNIGHT, stop, *(x.at for x in events), *(at for t in came for at in (t.start, t.end))}
    told = dict.fromkeys(("serving", "ready", "paused", "unattended", "closed", "not_opened", "unknown"), 0.0)
    for begin, end in pairwise(sorted(at for at in edges if at <= stop)):
        heard = sorted((x for x in events if x.at <= begin), key=lambda x: x.at)
        state = reduce(apply, heard, None)
        here = [t for t in came if t.start <= begin < t.end]
        gone = [t for t in came if t.start <= begin and t.end <= begin]
        said = {
            word(state, Desk(MIDNIGHT, HOURS.opens, None, ticket_since=one.start if one else None), begin)
            for one in (here or [None])
        }
        if "serving" not in said and (state is None or state.since is None) and gone:
            said = {"ready"}
        name = "serving" if "serving" in said else said.pop()
        told["ready" if name == "unattended" else name] += (end - begin).total_seconds()
    if any(x.at <= until and type(x) in (e.CounterOpened, e.CounterPaused, e.CounterResumed) for x in events):
        assert (day.serving_s, day.idle_s, day.paused_s) == (told["serving"], told["ready"], told["paused"])


@given(spans, spans, instants)
def test_spans_hold_the_instants_they_should(one, other, at):
    def holds(some):
        return any(begin <= at < end for begin, end in some)

    first, second = union(one), union(other)
    assert all(a[1] < b[0] for a, b in pairwise(first))
    assert holds(first) == holds(one)
    assert holds(both(first, second)) == (holds(one) and holds(other))
    assert holds(minus(first, second)) == (holds(one) and not holds(other))
    assert seconds(first) == seconds(both(first, second)) + seconds(minus(first, second))
