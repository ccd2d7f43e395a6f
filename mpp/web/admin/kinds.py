"""What a form asks about each thing of the description, in the words of who fills it in."""

from __future__ import annotations

from collections.abc import Sequence

from mpp.i18n import Words
from mpp.live.described import Described
from mpp.mall.additions import Item
from mpp.mall.keys import FEES, KINDS
from mpp.web.admin.fields import Checks, Choice, Done, Field, Flag, Names, Number
from mpp.web.admin.hours import Days, Prayer, Ranges, Week, day_options
from queues.events import STEPS


def fields(item: Item, state: Described, w: Words) -> Sequence[Field]:
    """The fields of a form about ``item``, its code not among them."""
    return {
        "mall": lambda: _mall(state, w),
        "holiday": lambda: _holiday(w),
        "agency": lambda: _agency(state, w),
        "service": lambda: _service(w),
        "counter": lambda: _counter(item, state, w),
        "source": lambda: _source(state, w),
    }[item.kind]()


def counter_options(state: Described) -> list[tuple[str, str]]:
    """Every counter to choose from: ("dukcapil/1", "Dukcapil: Loket 1")."""
    return [
        (f"{agency.code}/{counter.code}", f"{agency.short}: {counter.name}")
        for agency in (state.mall.agencies if state.mall else ())
        for counter in agency.counters
    ]


def noun(kind: str, w: Words) -> str:
    """What a thing is called at the head of its form."""
    return {
        "mall": w.text("Mall"),
        "holiday": w.text("Holiday"),
        "agency": w.text("Agency"),
        "service": w.text("Service"),
        "counter": w.text("Counter"),
        "source": w.text("Data source"),
    }[kind]


def _mall(state: Described, w: Words) -> list[Field]:
    zones = (("WIB", w.text("WIB (west)")), ("WITA", w.text("WITA (central)")), ("WIT", w.text("WIT (east)")))
    code = Field(key="code", label=w.text("Code"), hint=w.text("Such as mpp-badung"), required=True)
    return [
        *([code] if state.mall is None else []),
        Field(key="name", label=w.text("Name"), hint=w.text("As it is printed in reports"), required=True),
        Choice(key="zone", label=w.text("Time zone"), options=zones, required=True),
        Names(
            key="floors",
            label=w.text("Floors"),
            hint=w.text("Lowest first, separated by commas: 1, 2. Agencies then choose one of them."),
        ),
        Field(
            key="dial",
            label=w.text("Number before an extension"),
            hint=w.text("The mall's number with its area code and a comma for each pause: +62 361 555000,,"),
        ),
        Week(
            key="hours",
            label=w.text("Opening hours"),
            hint=w.text("24-hour clock, such as 08.00. A day left empty is closed."),
        ),
        Prayer(
            key="friday_prayer",
            label=w.text("Break for the Friday prayer"),
            hint=w.text("Such as 11.30 to 13.00; left empty, there is none."),
        ),
        Ranges(
            rare=True,
            key="schedule",
            label=w.text("Other hours in a date range"),
            hint=w.text("Such as Ramadan. What is not said stays as in other weeks; tutup closes a day."),
        ),
        Number(
            rare=True,
            key="last_ticket_before_close_min",
            label=w.text("Last number, minutes before closing"),
            hint=w.text("Such as 30; left empty, numbers are given until closing."),
        ),
        Number(
            rare=True,
            key="grace_min",
            label=w.text("Minutes after closing until open tickets are closed"),
            hint=w.text("60 where nothing is said"),
        ),
        Flag(rare=True, key="example", label=w.text("Mark screens and reports as an example (CONTOH)")),
    ]


def _holiday(w: Words) -> list[Field]:
    return [Field(key="name", label=w.text("Name"), hint=w.text("Such as Hari Raya Natal"))]


def _floor(state: Described, w: Words) -> Field:
    floors = state.mall.floors if state.mall else ()
    label, hint = w.text("Floor"), w.text("Where visitors find it")
    if not floors:
        return Field(key="floor", label=label, hint=hint)
    options = [("", w.text("not said")), *((floor, floor) for floor in floors)]
    return Choice(key="floor", label=label, hint=hint, options=options)


def _agency(state: Described, w: Words) -> list[Field]:
    return [
        Field(
            key="name",
            label=w.text("Name"),
            hint=w.text("In full, such as Dinas Kependudukan dan Pencatatan Sipil"),
            required=True,
        ),
        Field(key="short", label=w.text("Short name"), hint=w.text("On the wall, such as Dukcapil")),
        Field(key="letter", label=w.text("Ticket letter"), hint=w.text("One or two capitals, such as A")),
        Field(rare=True, key="kind", label=w.text("Kind"), hint=w.text("OPD, vertikal, BUMN, ...")),
        _floor(state, w),
        Field(rare=True, key="zone", label=w.text("Part of the building"), hint=w.text("Such as Zona 1")),
        Field(
            key="extension",
            label=w.text("Extension of its coordinator"),
            hint=w.text("Shown beside what needs action, such as 201"),
        ),
        Number(
            key="planned",
            label=w.text("Counters planned a day"),
            hint=w.text("Left empty: all of its counters"),
        ),
        Days(
            rare=True,
            key="days",
            label=w.text("Service days"),
            hint=w.text("Nothing ticked: every day the mall is open"),
            options=day_options(w),
        ),
        Week(
            rare=True,
            key="hours",
            label=w.text("Own hours"),
            hint=w.text("Fill in only what differs from the mall, on a 24-hour clock: 08.00."),
            breaks="bergantian",
        ),
        Prayer(
            rare=True,
            key="friday_prayer",
            label=w.text("Break for the Friday prayer"),
            hint=w.text("Left empty: as the mall"),
            follows=True,
        ),
        Ranges(
            rare=True,
            key="schedule",
            label=w.text("Other hours in a date range"),
            hint=w.text(
                "For this agency alone. What is not said stays as in other weeks; tutup closes a day."
            ),
        ),
        Names(
            rare=True,
            key="needs",
            label=w.text("What its counters cannot work without"),
            hint=w.text("Separated by commas: SIAK pusat, blangko KTP-el"),
        ),
    ]


def _service(w: Words) -> list[Field]:
    fees = {
        "gratis": w.text("free of charge"),
        "pnbp": w.text("PNBP (non-tax state revenue)"),
        "pajak": w.text("tax"),
        "retribusi": w.text("regional levy"),
        "tagihan": w.text("bill"),
        "iuran": w.text("contribution"),
        "bank": w.text("bank fee"),
    }
    unknown = w.text("Left empty, the service has no standard and stands in no percentage.")
    return [
        Field(key="name", label=w.text("Name"), hint=w.text("Such as Kartu Keluarga"), required=True),
        Field(
            key="prefix",
            label=w.text("Ticket numbers begin with"),
            hint=w.text("1 to 6 capitals and digits, such as A3; no other service of the mall may have it"),
        ),
        Number(key="wait", label=w.text("Standard: minutes until served"), hint=unknown, whole=False),
        Number(
            key="wait_priority",
            label=w.text("The same for priority tickets"),
            hint=w.text("Left empty: as for everybody"),
            whole=False,
        ),
        Number(key="desk", label=w.text("Minutes at the counter"), hint=w.text("Such as 12"), whole=False),
        Done(
            key="done",
            label=w.text("Time until the matter is done"),
            hint=w.text("As published (jangka waktu); of a range the longest"),
        ),
        Field(
            rare=True,
            key="decree",
            label=w.text("Decree behind the standard"),
            hint=w.text("Such as SK Kepala Dinas 12/2026; without one it is the mall's own target"),
        ),
        Number(rare=True, key="quota", label=w.text("Tickets a day at most"), hint=w.text("Such as 150")),
        Choice(
            rare=True,
            key="fee",
            label=w.text("Fee"),
            options=[("", w.text("not said")), *((fee, fees[fee]) for fee in FEES)],
        ),
    ]


def _counter(item: Item, state: Described, w: Words) -> list[Field]:
    agency = state.mall.by_code.get(item.agency) if state.mall else None
    services = [(one.code, one.name) for one in agency.services] if agency else []
    return [
        Field(key="name", label=w.text("Name"), hint=w.text("Left empty: Loket and its code")),
        _floor(state, w),
        Field(key="place", label=w.text("Place on the floor"), hint=w.text("Such as dekat pintu timur")),
        Checks(
            key="services",
            label=w.text("Services"),
            hint=w.text("Nothing ticked: all services of its agency"),
            options=services,
        ),
    ]


def _source(state: Described, w: Words) -> list[Field]:
    agencies = [(one.code, one.short) for one in state.mall.agencies] if state.mall else []
    kinds = {
        "api": w.text("sends each event by itself (API)"),
        "file": w.text("files that somebody imports"),
        "readings": w.text("tells only how many wait (readings)"),
        "manual": w.text("by hand, with the counter buttons"),
    }
    steps = {
        "issued": w.text("number taken"),
        "checked_in": w.text("checked in"),
        "called": w.text("called"),
        "started": w.text("service begun"),
        "finished": w.text("service ended"),
    }
    every = (
        ("", w.text("not said: never late")),
        ("30s", w.text("30 seconds")),
        ("1m", w.plural("{n} minute", "{n} minutes", 1)),
        ("5m", w.plural("{n} minute", "{n} minutes", 5)),
        ("15m", w.plural("{n} minute", "{n} minutes", 15)),
        ("1h", w.text("1 hour")),
        ("24h", w.text("1 day")),
    )
    return [
        Field(key="name", label=w.text("Name"), hint=w.text("Such as Sistem antrean mal")),
        Choice(
            key="kind",
            label=w.text("How its data arrives"),
            options=[(kind, kinds[kind]) for kind in KINDS],
        ),
        Checks(
            key="agencies",
            label=w.text("Agencies it may write"),
            hint=w.text("What it sends about others is refused"),
            options=agencies,
            always=True,
            required=True,
        ),
        Choice(
            key="expected_every",
            label=w.text("News expected every"),
            hint=w.text("After this its figures are shown as late"),
            options=every,
        ),
        Checks(
            rare=True,
            key="steps",
            label=w.text("Steps it reports"),
            hint=w.text("Nothing ticked: all of them"),
            options=[(step, steps[step]) for step in STEPS],
        ),
        Field(
            rare=True,
            key="clock_offset",
            label=w.text("Correction of its clock"),
            hint=w.text("Added to its times, for a clock known to be wrong: -90s, 2m"),
        ),
        Flag(
            rare=True,
            key="required",
            label=w.text("Its age decides how fresh its agencies are"),
            default=True,
        ),
    ]
