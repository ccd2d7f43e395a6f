"""An agency's figures by day, week or month as a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mpp.i18n import Words
from mpp.live.agency_history import Past, read_days
from mpp.live.agency_read import reading
from mpp.measures import registry
from mpp.reports.sheets import Column, Value

if TYPE_CHECKING:
    from mpp.reports.order import Made, Order

_MEASURES = (
    "issued",
    "served",
    "incomplete",
    "no_show",
    "left",
    "cancelled",
    "unresolved",
    "wait_mean_s",
    "wait_p50_s",
    "wait_p90_s",
    "wait_p95_s",
    "share",
    "service_mean_s",
)
_KIND = {"tickets": "count", "seconds": "seconds", "share": "share"}


def figures(order: Order, kind: str) -> Made:
    """The figures by period of this kind, all services together and then each service."""
    w = order.words
    known = registry(w)
    columns = [
        Column(w.text("First day"), "day", w.text("Periods at the edges hold only the days asked for.")),
        Column(w.text("Last day"), "day"),
        Column(w.text("Service code"), "text", w.text("Empty: all services together.")),
        *(
            Column(
                known[key].name,
                _KIND[known[key].unit],
                f"{known[key].formula} {w.text('Leaves out: {what}', what=known[key].leaves_out)}",
            )
            for key in _MEASURES
        ),
        Column(w.text("Judged"), "count", w.text("Tickets that the share within the standard is of.")),
        *_completeness(w),
    ]
    return columns, lambda: _rows(order, kind)


def _completeness(w: Words) -> list[Column]:
    return [
        Column(w.text("Days due"), "count", w.text("Days the agency was to serve, and others with data.")),
        Column(w.text("Days with data"), "count", w.text("Days without data are gaps: they are no zeros.")),
        Column(
            w.text("Without news (s)"),
            "seconds",
            w.text("Seconds of its hours in which a source it cannot do without was silent."),
        ),
        Column(w.text("Missing sources"), "text", w.text("Sources that told nothing on a day others did.")),
    ]


def _rows(order: Order, kind: str) -> Iterator[Sequence[Value]]:
    periods = order.periods(kind)
    with reading(order.store) as (tx, judge):
        agency = judge.mall.by_code.get(order.agency)
        read = read_days(tx, judge, order.agency, order.whole.days, order.now)
    described = [service.code for service in agency.services] if agency else []
    # Those that are described no more, too: the rows must add up to all services together.
    told = sorted({leg.service for leg in read.closed} | {leg.service for leg in read.still_open})
    for service in (None, *dict.fromkeys((*described, *told))):
        for past in read.of(periods, service):
            if past.days:
                yield _row(service, past)


def _row(service: str | None, past: Past) -> list[Value]:
    figures = past.figures
    told: list[Value] = [None] * (len(_MEASURES) + 1)
    if figures is not None:
        told = [past.incomplete if key == "incomplete" else getattr(figures, key) for key in _MEASURES] + [
            figures.judged
        ]
    missing = sorted({code for day in past.days for code in day.missing})
    return [
        past.period.first,
        past.period.last,
        service,
        *told,
        past.due_days,
        past.known_days,
        past.silent_s,
        " ".join(missing) or None,
    ]
