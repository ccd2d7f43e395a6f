"""What the wall of the sketches shows besides its agencies: services, counters, flow and actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from mpp.live.model import (
    ActionNow,
    AgencyNow,
    Condition,
    CounterNow,
    Day,
    Own,
    PastAction,
    Quarter,
    ServiceNow,
    Taken,
    Typical,
)
from queues.lines import Line, Waiting

#: Names of services by agency, first the busiest; the others have three plain ones.
SERVICES = {
    "dukcapil": (
        "Kartu Keluarga (baru dan perubahan)",
        "Perekaman KTP-el",
        "Cetak KTP-el (baru, hilang, rusak)",
        "Akta Kelahiran",
        "Akta Kematian",
        "Kartu Identitas Anak",
        "Pindah dan Datang Penduduk",
        "Aktivasi Identitas Kependudukan Digital",
    ),
    "imigrasi": (
        "Paspor baru (wawancara dan biometrik)",
        "Penggantian paspor habis berlaku",
        "Penggantian paspor hilang atau rusak (BAP)",
        "Percepatan paspor selesai hari yang sama",
        "Pengambilan paspor",
        "Informasi izin tinggal warga negara asing",
    ),
    "samsat": ("Pengesahan STNK tahunan", "Perpanjangan STNK lima tahunan", "Balik nama kendaraan"),
}
PLAIN = ("Pendaftaran dan berkas baru", "Pengambilan hasil", "Konsultasi dan informasi")

#: Arrivals and completions of each quarter hour since 08.00.
FLOW = ((38, 11), (52, 24), (47, 31), (41, 36), (39, 38), (37, 34), (30, 33))
#: What a Monday usually brings, from 08.00 to 15.00.
USUAL = (
    30, 46, 44, 42, 40, 38, 36, 35, 33, 32, 31, 30, 28, 27,
    24, 18, 12, 11, 15, 22, 25, 24, 21, 18, 14, 11, 8, 5,
)  # fmt: skip


def services_of(agency: AgencyNow) -> tuple[ServiceNow, ...]:
    """Its services: the first has most of the line, and the longest wait."""
    names = SERVICES.get(agency.code, PLAIN)
    known = agency.waiting is not None
    waiting, over = agency.waiting or 0, agency.over or 0
    first = waiting - waiting // 4
    made = []
    for place, name in enumerate(names):
        here = first if place == 0 else waiting // 4 if place == 1 else 0
        line = Line(
            waiting=here,
            uncalled=here,
            longest_s=agency.longest_s if place == 0 else None,
            longest_number=agency.longest_number if place == 0 else None,
            longest_from=agency.longest_since if place == 0 else None,
            over=None if agency.bar is None else over if place == 0 else 0,
            excess_s=None if agency.bar is None else 300.0 * over if place == 0 else 0.0,
            load=agency.bar if place == 0 else None if agency.bar is None else agency.bar / 2,
        )
        made.append(
            ServiceNow(
                agency=agency.code,
                code=f"s{place + 1}",
                name=name,
                prefix=f"{agency.letter or 'A'}{place + 1}",
                promise_s=None if agency.bar is None else 1800,
                line=line if known else None,
                day=Day(
                    issued=40,
                    started=30,
                    served=28,
                    no_show=2,
                    left=1,
                    wait_p50_s=660,
                    wait_p90_s=1440,
                    within=25,
                    judged=30,
                )
                if place < 2
                else Day(),
                estimate=agency.estimate,
            )
        )
    return tuple(made)


def counters_of(agency: AgencyNow, at: datetime) -> tuple[CounterNow, ...]:
    """Its counters, in the states that ``agency.counters`` counts."""
    states = [state for state, count in agency.counters.items() for _ in range(count)]
    states += ["unknown"] * ((agency.planned or 0) - len(states))
    made = []
    for place, state in enumerate(states):
        serving = state == "serving"
        since = at - timedelta(minutes=3 + 4 * place, seconds=20)
        made.append(
            CounterNow(
                agency=agency.code,
                code=str(place + 1),
                name=f"Loket {place + 1}",
                floor=agency.floor,
                state=state,
                since=since if state in {"serving", "paused", "unattended", "ready"} else None,
                reason=agency.reason if state == "paused" else None,
                ticket=f"{agency.letter or 'A'}1-{31 + place:03d}" if serving else None,
                ticket_since=since if serving else None,
            )
        )
    return tuple(made)


def quarters(at: datetime) -> tuple[Quarter, ...]:
    """The morning so far, from 08.00 on."""
    opening = at - timedelta(minutes=100, seconds=12)
    return tuple(Quarter(opening + timedelta(minutes=15 * i), *both) for i, both in enumerate(FLOW))


def typical(at: datetime) -> tuple[Typical, ...]:
    """The usual Monday."""
    opening = at - timedelta(minutes=100, seconds=12)
    return tuple(
        Typical(opening + timedelta(minutes=15 * i), float(came), 0.9 * came) for i, came in enumerate(USUAL)
    )


def own_of(agency: AgencyNow, at: datetime) -> Own:
    """What only its own page shows: some of the flow, and the tickets of its first line."""
    opening = at - timedelta(minutes=100, seconds=12)
    first = int(opening.timestamp())
    waiting = agency.waiting or 0
    legs = tuple(
        Waiting(
            f"{agency.letter or 'A'}3-{42 + place:03d}",
            "called" if place == 1 else "waiting",
            (agency.longest_since or at) + timedelta(minutes=place),
            "lansia" if place == 2 else None,
        )
        for place in range(waiting - waiting // 4)
    )
    return Own(
        tickets={"s1": legs},
        flow={first + 900 * place: (came // 4, done // 4) for place, (came, done) in enumerate(FLOW)},
        typical=tuple(
            Typical(opening + timedelta(minutes=15 * place), came / 4, 0.2 * came)
            for place, came in enumerate(USUAL)
        ),
        typical_days=8,
        week_ago=0.83,
        opens=opening,
        closes=opening + timedelta(hours=7),
    )


def wall_actions(agencies: Iterable[AgencyNow], at: datetime) -> tuple[ActionNow, ...]:
    """Nine rows in their order; those of agencies that are not there are left out."""
    opening, by_code = at - timedelta(minutes=100, seconds=12), {a.code: a for a in agencies}

    def ago(minutes: int) -> datetime:
        return at - timedelta(minutes=minutes, seconds=5)

    conditions = (
        Condition("not_opened", "pln", since=opening, due=opening),
        Condition("not_opened", "dinsos", since=opening, due=opening),
        Condition("nobody_serving", "samsat", since=ago(18), waiting=18, planned=5),
        Condition(
            "priority",
            "imigrasi",
            since=ago(9),
            over=1,
            promise_s=900,
            number="C1-P04",
            longest_since=ago(24),
            serving=4,
            planned=4,
        ),
        Condition("system", "bpjs-kesehatan", since=ago(28), waiting=31, reason="central_system", planned=4),
        Condition(
            "over",
            "dukcapil",
            since=ago(11),
            over=9,
            excess_s=2700.0,
            promise_s=1800,
            longest_since=ago(41),
            number="A3-042",
            serving=5,
            planned=8,
            unattended=("6",),
            shut=("7", "8"),
        ),
        Condition("ratings", "kpp-pratama", since=ago(14), waiting=10, over=6),
        Condition("silent", "pertanahan", since=ago(12), waiting=1),
    )
    taken = {
        "nobody_serving": Taken(ago(9), "Sari", "petugas dalam perjalanan", at + timedelta(minutes=5)),
        "system": Taken(ago(20), "Budi", "sudah diumumkan"),
        "silent": Taken(ago(7), "TI", "kabel jaringan diganti", ago(1)),
    }
    made = []
    for what in conditions:
        agency = by_code.get(what.agency)
        if agency is None and what.agency:
            continue
        since = what.since or at
        made.append(
            ActionNow(
                episode=f"{what.rule}/{what.agency or 'mall'}/{since:%Y%m%dT%H%M%SZ}",
                name=agency.short if agency else "",
                since=since,
                ended=None,
                what=what,
                extension=agency.extension if agency else None,
                taken=taken.get(what.rule),
            )
        )
    return tuple(made)


def past_action(at: datetime) -> PastAction:
    """The last row that is over."""
    return PastAction("over", "Polres SKCK", at - timedelta(minutes=35), at - timedelta(minutes=22))
