"""The day of an agency's counters as a table, with what is odd about each in a line below it.

``counter_days(found: mpp.live.counter_days.AgencyCounters, words: Words, zone: tzinfo | str) -> Component``

draws one agency's day, today's or a past one's; ``found`` is one value of
:func:`mpp.live.counter_days.counter_days`. Titles open definitions: the page needs
:func:`mpp.web.parts.definitions.definitions` once. Styles: assets/37-counter-day.css. ``lost_words``
says in a sentence what causes outside the agency cost it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from counters.day import CounterDay
from counters.findings import Finding
from counters.lost import Lost
from mpp.i18n import UNKNOWN, Words
from mpp.live.counter_days import AgencyCounters
from mpp.web.parts.definitions import term
from mpp.web.parts.live import attributes
from mpp.web.parts.tile import reason

Zone = tzinfo | str

MOST_NUMBERS: Final = 4
"""So many numbers are named in a line; of more is said how many."""


def counter_days(found: AgencyCounters, words: Words, zone: Zone) -> Component:
    """The counters of one agency on one day."""
    heads = (
        (words.text("Counter"), ()),
        (words.text("Open"), ("counter_open_s",)),
        (words.text("Use of the time"), ("counter_serving_s", "counter_idle_s", "counter_paused_s")),
        (words.text("In use"), ("counter_utilisation",)),
        (words.text("Served"), ("counter_served",)),
        (words.text("Service time"), ("counter_service_s",)),
        (words.text("Hand-over"), ("counter_handover_s",)),
    )
    titles = [title for title, _ in heads]
    return html.Div(
        html.Table(
            [
                html.Thead(
                    html.Tr([_head(title, keys) for title, keys in heads], role="row"), role="rowgroup"
                ),
                *(_counter(day, found, titles, words, zone) for day in found.counters),
            ],
            className="cd-table",
            role="table",
        ),
        className="cd-scroll",
    )


def lost_words(lost: Lost | None, words: Words) -> str:
    """What causes outside the agency cost it, in a sentence."""
    if lost is None:
        return words.text("Counters do not tell their pauses: time lost to causes outside is not known.")
    if not lost.whole.seconds:
        return words.text("No time lost to causes outside the agency.")
    return words.text(
        "{time} lost to causes outside the agency ({why}); added up over the counters {all}.",
        time=words.duration(lost.whole.seconds),
        why=", ".join(
            f"{reason(code, words)} {words.duration(one.seconds)}" for code, one in lost.by_reason.items()
        ),
        all=words.duration(lost.whole.counter_seconds),
    )


def _head(title: str, keys: tuple[str, ...]) -> Component:
    return html.Th(term(title, keys) if keys else title, scope="col", role="columnheader")


def _counter(
    day: CounterDay, found: AgencyCounters, titles: list[str], words: Words, zone: Zone
) -> Component:
    """One counter: its row, and a row for each finding."""
    name = found.names.get(day.counter) or words.text("Counter {name}", name=day.counter)
    cells = (
        _opening(day, words, zone, off=found.off),
        _time(day, words),
        words.percent(day.utilisation),
        words.number(day.served),
        _service(day, words),
        _handover(day, words),
    )
    row: list[Component] = [html.Th([name, *_mark(day, words)], scope="row", role="rowheader")]
    row += [
        html.Td(cell, role="cell", **attributes(data_label=title))
        for title, cell in zip(titles[1:], cells, strict=True)
    ]
    odd = [
        html.Tr(
            html.Td(
                [
                    html.Span(className="cd-sign", **attributes(aria_hidden="true")),
                    finding_text(one, words, zone),
                ],
                colSpan=len(titles),
                role="cell",
                className="cd-finding",
            ),
            role="row",
        )
        for one in day.findings
    ]
    return html.Tbody([html.Tr(row, role="row"), *odd], role="rowgroup")


def _mark(day: CounterDay, words: Words) -> list[Component]:
    """That the day is inferred."""
    if not day.inferred:
        return []
    return [html.Small(words.text("inferred from numbers"), className="cd-inferred")]


def _opening(day: CounterDay, words: Words, zone: Zone, *, off: bool) -> list[Any]:
    """From when to when, and what was planned."""
    planned = None
    if day.planned_open is not None and day.planned_close is not None:
        hours = _span(day.planned_open, day.planned_close, words, zone)
        planned = words.text("planned {hours}", hours=hours)
    if not day.known:
        told = words.text("not scheduled") if off else words.text("no news")
        return _two(told, planned)
    if day.opened is None:
        return _two(words.text("not opened"), planned)
    if day.closed is None:
        return _two(words.text("from {time}", time=words.time(day.opened, zone)), planned)
    return _two(_span(day.opened, day.closed, words, zone), planned)


def _span(begin: datetime, end: datetime, words: Words, zone: Zone) -> str:
    return f"{words.time(begin, zone)}–{words.time(end, zone)}"


def _two(first: str, second: str | None) -> list[Any]:
    return [first, *([html.Small(second)] if second else [])]


def _time(day: CounterDay, words: Words) -> list[Any]:
    """What it did with its open time: a bar, and the same in words."""
    if not day.open_s or day.serving_s is None:
        return [words.duration(day.open_s) if day.known else UNKNOWN]
    parts = [("serving", words.text("serving"), day.serving_s)]
    if day.idle_s is not None:
        parts.append(("ready", words.text("ready"), day.idle_s))
    parts += [
        ("paused", reason(code, words) or words.text("paused"), seconds)
        for code, seconds in sorted((day.paused or {}).items(), key=lambda item: -item[1])
    ]
    bar = html.Span(
        [
            html.Span(style={"flexGrow": f"{seconds:.0f}"}, className=f"cd-part cd-{kind}")
            for kind, _, seconds in parts
        ]
        + ([] if day.idle_s is not None else [_unknown_part(day)]),
        className="cd-bar",
        **attributes(aria_hidden="true"),
    )
    said = " · ".join(f"{name} {words.duration(seconds)}" for _, name, seconds in parts if seconds)
    return [words.duration(day.open_s), bar, html.Small(said)]


def _unknown_part(day: CounterDay) -> Component:
    rest = max(0.0, (day.open_s or 0.0) - (day.serving_s or 0.0) - (day.paused_s or 0.0))
    return html.Span(style={"flexGrow": f"{rest:.0f}"}, className="cd-part cd-unknown")


def _service(day: CounterDay, words: Words) -> list[Any]:
    if day.service_mean_s is None:
        return [UNKNOWN]
    median = words.text("median {time}", time=words.duration(day.service_median_s))
    return _two(words.text("mean {time}", time=words.duration(day.service_mean_s)), median)


def _handover(day: CounterDay, words: Words) -> list[Any]:
    if not day.handovers:
        return [UNKNOWN]
    counted = words.plural("{n} hand-over", "{n} hand-overs", day.handovers)
    return _two(words.duration(day.handover_median_s), counted)


def finding_text(finding: Finding, words: Words, zone: Zone) -> str:
    """A finding as a sentence about the counter."""
    known: dict[str, Callable[[], str]] = {
        "two_at_once": lambda: words.text(
            "Two numbers at once, {times}, together {time}: {numbers}. Finish a number before the next one "
            "starts.",
            times=words.plural("{n} time", "{n} times", finding.count),
            time=words.duration(finding.seconds),
            numbers=_numbers(finding.numbers, words),
        ),
        "open_without_serving": lambda: words.text(
            "Open without serving for {time} while somebody waited, longest {span}. Pause or close the "
            "counter when nobody is there.",
            time=words.duration(finding.seconds),
            span=_span(*finding.span, words, zone) if finding.span else UNKNOWN,
        ),
        "long_service": lambda: words.text(
            "{services} far longer than usual, longest {time}: {numbers}. Check whether the end was pressed "
            "late.",
            services=words.plural("{n} service", "{n} services", finding.count),
            time=words.duration(finding.seconds),
            numbers=_numbers(finding.numbers, words),
        ),
        "no_end": lambda: words.text(
            "Finish was not pressed for {numbers}: for {time} nobody knows whether the counter served, so "
            "its use is not known. Press finish when the visitor leaves.",
            numbers=_numbers(finding.numbers, words),
            time=words.duration(finding.seconds),
        ),
    }
    return known[finding.code]()


def _numbers(numbers: Iterable[str], words: Words) -> str:
    listed = list(numbers)
    if not listed:
        return UNKNOWN
    more = len(listed) - MOST_NUMBERS
    shown = ", ".join(listed[:MOST_NUMBERS])
    return words.text("{numbers} and {n} more", numbers=shown, n=more) if more > 0 else shown
