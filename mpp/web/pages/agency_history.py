"""The tab *Riwayat*: an agency's own figures by day, week or month, with how complete they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from dash import html
from dash.development.base_component import Component

from mpp.i18n import UNKNOWN, Words
from mpp.live.agency_history import Past, history
from mpp.live.agency_read import reading
from mpp.live.counter_past import FloorDay, floor_days
from mpp.web.parts.desk import card
from mpp.web.parts.past import (
    Bar,
    Chosen,
    bars,
    choices,
    chosen,
    meanings,
    period_name,
    services,
    table,
)

if TYPE_CHECKING:
    from mpp.web.dash_app import Visit

TAB: Final = "riwayat"

MEANINGS: Final = (
    "issued",
    "served",
    "incomplete",
    "no_show",
    "left",
    "unresolved",
    "wait_p50_s",
    "wait_p90_s",
    "share",
    "service_mean_s",
)


def history_tab(visit: Visit) -> Component:
    """What stands under the tabs. The query chooses ``per`` (hari, minggu, bulan), ``sampai`` (the day it
    reaches to) and ``layanan`` (a code)."""
    w, code = visit.words, visit.values["agency"]
    with reading(visit.readings) as (tx, judge):
        asked = chosen(visit.query, judge.day(visit.board.now))
        agency = judge.mall.by_code.get(code)
        names = [(one.code, one.name) for one in agency.services] if agency else []
        picked = visit.query.get("layanan", "")
        picked = picked if picked in dict(names) else ""
        past = history(tx, judge, code, asked.shown, visit.board.now, service=picked or None)
        floor: Mapping[date, FloorDay] = {}
        if asked.kind == "day" and not picked:
            seen = [day.day for one in past for day in one.days if day.state == "data"]
            floor = floor_days(tx, judge, code, seen, visit.board.now)
    known = [one for one in past if one.days]
    kept = {"layanan": picked} if picked else {}
    made = [
        card(
            w.text("History"),
            [
                choices(visit, TAB, asked, ("hari", "minggu", "bulan"), **kept),
                *([services(visit, TAB, names, picked, per=asked.word)] if len(names) > 1 else []),
                html.P(_sentence(known, dict(names).get(picked, ""), w), className="hy-answer"),
            ],
        )
    ]
    if known:
        made.append(card(w.text("Course"), _drawings(known, asked, w), class_name="hy-drawings"))
        made.append(card(w.text("Figures"), [_table(known, asked, floor, w), meanings(w, MEANINGS)]))
    return html.Div(made, className="dk-cards hy-page")


def _sentence(past: Sequence[Past], service: str, w: Words) -> str:
    """What it all comes to, and how much of it is known."""
    told = [one.figures for one in past if one.figures is not None]
    if not told:
        return w.text("Nothing is known of these days: no tickets of them have reached the monitor.")
    issued, served = sum(one.issued for one in told), sum(one.served for one in told)
    judged, within = sum(one.judged for one in told), sum(one.within for one in told)
    first, last = w.day(past[0].period.first), w.day(past[-1].days[-1].day)
    said = w.text(
        "{days}: {issued} numbers taken, {served} served",
        days=first if first == last else w.text("{first} to {last}", first=first, last=last),
        issued=w.number(issued),
        served=w.number(served),
    )
    if service:
        said = f"{service} · {said}"
    if judged:
        share = w.percent(within / judged)
        said += ", " + w.text("{share} within the standard.", share=share)
    else:
        said += ". " + w.text("No standard has been set to judge them by.")
    have, due = sum(one.known_days for one in past), sum(one.due_days for one in past)
    if have < due:
        missing = w.text("There are data of {have} of {due} days.", have=have, due=due)
    elif due == 1:
        missing = w.text("There are data of its only day.")
    else:
        missing = w.text("There are data of all {n} days.", n=w.number(due)) if due else ""
    return f"{said} {missing}".rstrip()


def _drawings(past: Sequence[Past], asked: Chosen, w: Words) -> list[Component]:
    most = max((one.figures.issued for one in past if one.figures), default=0)
    longest = max((one.figures.wait_p90_s or 0.0 for one in past if one.figures), default=0.0)
    numbers, kept, waits = [], [], []
    for one in past:
        label, state = _tick(one.period.first, asked.kind), _state(one, asked)
        figures = one.figures
        numbers.append(
            Bar(
                label,
                None if figures is None else figures.issued,
                None if figures is None else figures.served,
                state,
            )
        )
        kept.append(Bar(label, None if figures is None else figures.share, None, state))
        waits.append(
            Bar(
                label,
                None if figures is None else figures.wait_p90_s,
                None if figures is None else figures.wait_p50_s,
                state,
            )
        )
    return [
        bars(w.text("Numbers"), most, w.number(most), numbers, (w.text("taken"), w.text("served"))),
        bars(w.text("Within standard"), 1.0, w.percent(1.0), kept),
        bars(w.text("Wait"), longest, w.minutes(longest), waits, (w.text("90 %"), w.text("median"))),
    ]


def _tick(day: date, kind: str) -> str:
    return f"{day.month}/{day.year % 100:02}" if kind == "month" else f"{day.day}/{day.month}"


def _state(one: Past, asked: Chosen) -> str:
    if one.figures is None:
        return "gap"
    return "running" if not asked.later and one.period is asked.shown[-1] else ""


def _table(past: Sequence[Past], asked: Chosen, floor: Mapping[date, FloorDay], w: Words) -> Component:
    heads = [
        w.text("Period"),
        w.text("Numbers taken"),
        w.text("Served"),
        w.text("File incomplete"),
        w.text("No-show"),
        w.text("Left before service"),
        w.text("Unresolved at closing"),
        w.text("Median wait"),
        w.text("Wait of 90 %"),
        w.text("Within standard"),
        w.text("Mean service time"),
        *((w.text("Counters opened late"), w.text("Lost to outside causes")) if floor else ()),
        w.text("Data"),
    ]
    rows = [(_row(one, asked, floor, w), "gap" if one.figures is None else "") for one in reversed(past)]
    return table(w.text("Figures by period, the newest first"), heads, rows)


def _row(one: Past, asked: Chosen, floor: Mapping[date, FloorDay], w: Words) -> list[str]:
    name = period_name(one.period, asked.kind, w)
    if _state(one, asked) == "running":
        name = w.text("{period} so far", period=name)
    figures = one.figures
    if figures is None:
        return [name, *[UNKNOWN] * (12 if floor else 10), completeness(one, asked.kind, w)]
    counts = (
        figures.issued,
        figures.served,
        one.incomplete,
        figures.no_show,
        figures.left,
        figures.unresolved,
    )
    desks = _desks(floor.get(one.period.first, FloorDay()), w) if floor else ()
    return [
        name,
        *(w.number(count) for count in counts),
        w.minutes(figures.wait_p50_s),
        w.minutes(figures.wait_p90_s),
        w.percent(figures.share),
        w.minutes(figures.service_mean_s),
        *desks,
        completeness(one, asked.kind, w),
    ]


def _desks(day: FloorDay, w: Words) -> tuple[str, str]:
    late = UNKNOWN if day.late is None else w.text("{n} of {of}", n=day.late, of=day.told)
    return late, w.duration(day.lost_s)


def completeness(one: Past, kind: str, w: Words) -> str:
    """How complete the data of a period are, in words."""
    said = []
    if kind == "day":
        said += [] if one.known_days else [w.text("no data")]
    elif one.known_days < one.due_days:
        said.append(w.text("{have} of {due} days", have=one.known_days, due=one.due_days))
    if one.silent_s >= 60:
        said.append(w.text("without news {time}", time=w.duration(one.silent_s)))
    missing = sorted({code for day in one.days for code in day.missing})
    if missing:
        said.append(w.text("without {source}", source=", ".join(missing)))
    return "; ".join(said) or w.text("complete")
