"""Sample values for tests: every function has defaults, a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mpp.live.model import AgencyNow, Board, CounterNow, Day, Ratings, SourceNow, Totals
from tests.sample import counters_of, own_of, past_action, quarters, services_of, typical, wall_actions

#: Monday 23 November 2026, 09.40.12 WIB: the moment of the sketches in look/.
MORNING = datetime(2026, 11, 23, 2, 40, 12, tzinfo=UTC)

#: (short, name, state, waiting, longest minutes, serving, planned, bar): the wall of look/wall-light.png.
WALL = (
    ("Dukcapil", "Dinas Kependudukan dan Pencatatan Sipil", "over", 23, 41, 5, 8, 1.37),
    ("DPMPTSP", "Dinas Penanaman Modal dan PTSP", "calm", 12, 14, 4, 6, 0.47),
    ("Imigrasi", "Kantor Imigrasi", "filling", 16, 24, 4, 4, 0.80),
    ("Samsat", "Samsat", "over", 18, 28, 0, 5, 1.40),
    ("BPJS Kesehatan", "BPJS Kesehatan", "paused", 31, 33, 0, 4, 1.10),
    ("BPJS TK", "BPJS Ketenagakerjaan", "calm", 5, 9, 2, 3, 0.30),
    ("KPP Pratama", "Kantor Pelayanan Pajak Pratama", "calm", 7, 12, 3, 3, 0.60),
    ("Pertanahan", "Kantor Pertanahan", "silent", 9, 18, 2, 4, 0.40),
    ("Polres SKCK", "Polres, layanan SKCK", "filling", 11, 17, 2, 3, 0.85),
    ("Kejaksaan", "Kejaksaan Negeri", "calm", 1, 3, 1, 1, 0.12),
    ("Pengadilan Agama", "Pengadilan Agama", "calm", 4, 11, 1, 2, 0.37),
    ("Pengadilan Negeri", "Pengadilan Negeri", "calm", 2, 6, 1, 1, 0.20),
    ("Kemenag", "Kantor Kementerian Agama", "calm", 6, 13, 2, 2, 0.43),
    ("Bapenda", "Badan Pendapatan Daerah", "calm", 14, 19, 3, 4, 0.63),
    ("Dinkes", "Dinas Kesehatan", "calm", 3, 8, 1, 1, 0.27),
    ("Disnaker", "Dinas Tenaga Kerja", "calm", 8, 15, 2, 3, 0.50),
    ("Dinsos", "Dinas Sosial", "not_opened", 0, None, 0, 1, 0.0),
    ("Disdik", "Dinas Pendidikan", "calm", 2, 4, 1, 1, 0.13),
    ("PUPR", "Dinas Pekerjaan Umum dan Penataan Ruang", "calm", 1, 2, 1, 2, 0.06),
    ("DLH", "Dinas Lingkungan Hidup", "calm", 0, None, 1, 1, None),
    ("PLN", "PLN", "not_opened", 0, None, 0, 2, 0.0),
    ("PDAM", "PDAM", "calm", 4, 7, 1, 1, 0.47),
    ("Bank Jatim", "Bank Jatim", "quota_used", 13, 12, 3, 3, 0.60),
    ("Taspen", "Taspen", "unscheduled", 0, None, 0, 0, None),
    ("Pos Indonesia", "Pos Indonesia", "calm", 3, 5, 1, 1, 0.33),
    ("BNN", "Badan Narkotika Nasional", "unscheduled", 0, None, 0, 0, None),
)


def agency(code: str = "dukcapil", *, at: datetime = MORNING, **given: Any) -> AgencyNow:
    """One agency; calm, live, six people waiting unless ``given`` says otherwise.
    ``longest_min`` sets the longest wait in minutes."""
    longest_min = given.pop("longest_min", 12)
    values: dict[str, Any] = {
        "code": code,
        "name": code.capitalize(),
        "short": code.capitalize(),
        "letter": None,
        "floor": "1",
        "extension": "201",
        "state": "calm",
        "since": at - timedelta(minutes=28),
        "reason": None,
        "data": "live",
        "data_at": at - timedelta(seconds=14),
        "waiting": 6,
        "longest_s": None if longest_min is None else longest_min * 60.0,
        "longest_since": None if longest_min is None else at - timedelta(minutes=longest_min, seconds=5),
        "longest_number": None if longest_min is None else "A3-042",
        "longest_service": None if longest_min is None else "kk",
        "over": 0,
        "excess_s": 0.0,
        "bar": 0.4,
        "planned": 5,
        "counters": {"serving": 4},
        "day": Day(issued=40, started=30, served=28, within=25, judged=30),
    }
    return AgencyNow(**(values | given))


def wall_agencies(at: datetime = MORNING) -> tuple[AgencyNow, ...]:
    """The 26 agencies of the sketch."""
    made = []
    for place, (short, name, state, waiting, longest, serving, planned, bar) in enumerate(WALL):
        silent = state == "silent"
        made.append(
            agency(
                short.lower().replace(" ", "-"),
                at=at,
                short=short,
                name=name,
                letter=chr(ord("A") + place),
                floor="1" if place < 9 else "2",
                extension=str(201 + place),
                state=state,
                waiting=waiting,
                longest_min=longest,
                planned=planned,
                counters=_counters(state, serving, planned),
                bar=bar,
                over=9 if state == "over" else 0,
                reason="central_system" if state == "paused" else None,
                data="silent" if silent else "live",
                data_at=at - timedelta(minutes=12 if silent else 0, seconds=4),
                unknown_numbers=7 if short == "Imigrasi" else 0,
                estimate=short == "Bapenda",
                ratings=Ratings(n=25, satisfied=23) if waiting and waiting > 10 else Ratings(),
            )
        )
    return tuple(made)


def _counters(state: str, serving: int, planned: int) -> dict[str, int]:
    if state == "paused":
        return {"paused": planned}
    rest = planned - serving
    away = 1 if rest > 1 and state == "over" else 0
    resting = 1 if rest and state == "calm" else 0
    counts = {
        "serving": serving,
        "unattended": away,
        "paused": resting,
        "not_opened": rest - away - resting,
    }
    return {name: count for name, count in counts.items() if count}


def totals(agencies: Iterable[AgencyNow] = (), *, at: datetime = MORNING, **given: Any) -> Totals:
    """The five numbers, added up from ``agencies``."""
    scheduled = [a for a in agencies if a.state != "unscheduled"]
    heard = [a for a in scheduled if a.data in {"live", "late"}]
    longest = max(heard, key=lambda a: a.longest_s or 0.0, default=None)
    values: dict[str, Any] = {
        "open": sum(a.state not in {"not_opened", "closed"} for a in heard),
        "scheduled": len(scheduled),
        "not_opened": tuple(a.code for a in heard if a.state == "not_opened"),
        "unheard": tuple(a.code for a in scheduled if a.data not in {"live", "late"}),
        "waiting": sum(a.waiting or 0 for a in heard),
        "longest_s": longest.longest_s if longest else None,
        "longest_since": longest.longest_since if longest else None,
        "longest_agency": longest.code if longest and longest.longest_s else None,
        "longest_number": longest.longest_number if longest else None,
        "over": sum(a.over or 0 for a in heard),
        "serving": sum(a.serving for a in heard),
        "planned": sum(a.planned or 0 for a in scheduled),
        "paused": sum(a.counters.get("paused", 0) for a in heard),
        "unattended": sum(a.counters.get("unattended", 0) for a in heard),
        "counters_not_opened": sum(a.counters.get("not_opened", 0) for a in heard),
        "counters_unheard": sum(a.planned or 0 for a in scheduled if a not in heard),
        "day": Day(
            issued=540,
            started=310,
            served=296,
            results={"done": 255, "incomplete": 41},
            no_show=12,
            within=251,
            judged=310,
        )
        if heard
        else Day(),
        "heard": len(heard),
        "ratings": Ratings(n=145, satisfied=133) if heard else Ratings(),
    }
    return Totals(**(values | given))


def board(
    agencies: Iterable[AgencyNow] | None = None, *, at: datetime = MORNING, version: int = 1, **given: Any
) -> Board:
    """A board of ``agencies`` (default: the 26 of the sketch) at ``at``."""
    some = wall_agencies(at) if agencies is None else tuple(agencies)
    values: dict[str, Any] = {
        "version": version,
        "now": at,
        "day": date(2026, 11, 23),
        "zone": "Asia/Jakarta",
        "mall": "MPP Contoh",
        "example": False,
        "mode": "live",
        "mall_state": "open",
        "mall_until": at + timedelta(hours=2),
        "totals": totals(some, at=at),
        "agencies": some,
        "services": tuple(service for a in some for service in services_of(a)),
        "counters": calling([counter for a in some for counter in counters_of(a, at)]),
        "sources": tuple(SourceNow(a.code, a.short, (a.code,), a.data, a.data_at, a.data_at) for a in some),
        "quarters": quarters(at) if some else (),
        "typical": typical(at) if some else (),
        "typical_days": 8 if some else 0,
        "actions": wall_actions(some, at) if agencies is None else (),
        "last_action": past_action(at) if some else None,
        "own": {a.code: own_of(a, at) for a in some},
    }
    return Board(**(values | given))


def calling(counters: Sequence[CounterNow]) -> tuple[CounterNow, ...]:
    """These counters; some of those that serve have called a number and nobody has sat down yet."""
    return tuple(
        replace(one, called=one.state == "serving" and place % 4 == 1) for place, one in enumerate(counters)
    )


def empty_board(**given: Any) -> Board:
    """An installation without a description."""
    return board((), **({"mall": "", "mall_state": "none", "mall_until": None} | given))


def silent_board(at: datetime = MORNING) -> Board:
    """Nothing heard from anybody for half an hour."""
    old = at - timedelta(minutes=31)
    return board([replace(a, state="silent", data="silent", data_at=old) for a in wall_agencies(at)], at=at)


def unheard_board(at: datetime = MORNING) -> Board:
    """Sources that were never heard of: everything is unknown."""
    unknown: dict[str, Any] = {
        "state": "silent", "since": None, "data": "never", "data_at": None, "waiting": None, "over": None,
        "excess_s": None, "bar": None, "longest_s": None, "longest_since": None, "longest_number": None,
        "longest_service": None, "counters": {},
    }  # fmt: skip
    return board([replace(a, **unknown) for a in wall_agencies(at)], at=at)


def closed_board(at: datetime = MORNING) -> Board:
    """After closing time."""
    shut = [
        replace(
            a,
            state="closed",
            waiting=0,
            over=0,
            longest_s=None,
            longest_since=None,
            bar=None,
            counters={"closed": a.planned or 0},
        )
        for a in wall_agencies(at)
    ]
    return board(shut, at=at, mall_state="closed", mall_until=at + timedelta(hours=22))


def full_board(count: int = 40, at: datetime = MORNING) -> Board:
    """``count`` agencies with names of 60 characters."""
    base = wall_agencies(at)
    long = "Kantor Wilayah Kementerian Hukum dan Hak Asasi Manusia Jatim"
    return board(
        [
            replace(base[i % len(base)], code=f"agency-{i + 1}", short=long[:60], name=long[:60])
            for i in range(count)
        ],
        at=at,
    )


def break_board(at: datetime = MORNING) -> Board:
    """The mall's break: most counters rest, some agencies go on."""
    resting = [
        replace(a, counters={"paused": a.planned or 0}, state="paused", reason="break", hours="break")
        if place % 2 and a.state == "calm"
        else a
        for place, a in enumerate(wall_agencies(at))
    ]
    return board(resting, at=at, mall_state="break", mall_until=at + timedelta(minutes=50))


def last_ticket_board(at: datetime = MORNING) -> Board:
    """After the last ticket: who has a number is still served."""
    return board(
        at=at,
        mall_state="last_ticket",
        mall_until=at + timedelta(minutes=20),
        last_ticket=at - timedelta(minutes=10),
    )


def morning_board(at: datetime = MORNING) -> Board:
    """Before opening: true zeros, and nothing has come yet."""
    shut: dict[str, Any] = {
        "state": "closed", "waiting": 0, "over": 0, "longest_s": None, "longest_since": None, "bar": None,
        "longest_number": None, "day": Day(), "opens_at": at + timedelta(minutes=20),
    }  # fmt: skip
    return board(
        [replace(a, **shut, counters={"closed": a.planned or 0}) for a in wall_agencies(at)],
        at=at,
        mall_state="before",
        mall_until=at + timedelta(minutes=20),
        quarters=(),
        last_action=None,
    )


def holiday_board(at: datetime = MORNING) -> Board:
    """A national holiday."""
    off: dict[str, Any] = {
        "state": "unscheduled", "waiting": 0, "over": 0, "longest_s": None, "longest_since": None,
        "bar": None, "longest_number": None, "counters": {}, "day": Day(), "reason": "Hari Raya Natal",
    }  # fmt: skip
    return board(
        [replace(a, **off) for a in wall_agencies(at)],
        at=at,
        mall_state="holiday",
        mall_reason="Hari Raya Natal",
        mall_until=at + timedelta(days=3),
        quarters=(),
        typical=(),
        typical_days=0,
        last_action=None,
    )


def busy_board(at: datetime = MORNING) -> Board:
    """Every figure at its longest: hundreds wait for hours, everything has a note."""
    worst = [
        replace(
            a,
            waiting=348,
            longest_s=5940.0,
            longest_since=at - timedelta(minutes=119),
            planned=8,
            counters={"serving": 4, "paused": 2, "unattended": 1, "not_opened": 1},
            unknown_numbers=17,
            data="late",
            data_at=at - timedelta(minutes=9),
            estimate=place % 3 == 0,
        )
        for place, a in enumerate(wall_agencies(at))
    ]
    return board(worst, at=at, actions=wall_actions(worst, at))


def hundreds_board(at: datetime = MORNING) -> Board:
    """Hundreds of counters in every state there is."""
    some = [replace(a, counters={**a.counters, "closed": 5}) for a in wall_agencies(at)]
    counted = totals(
        some,
        serving=311,
        planned=840,
        paused=104,
        unattended=101,
        counters_not_opened=112,
        counters_unheard=104,
    )
    return board(some, at=at, totals=counted)


def names_board(at: datetime = MORNING) -> Board:
    """Services whose names differ at their end only, in the mall's break."""
    made = board(at=at, mall_state="break", mall_until=at + timedelta(minutes=50))
    name = "Pendampingan perizinan berusaha berbasis risiko usaha mikro {}"
    numbered = enumerate(made.services, 1)
    return replace(made, services=tuple(replace(one, name=name.format(n)) for n, one in numbered))


def alarm_board(at: datetime = MORNING) -> Board:
    """The wall with a row of the first rank that has just come up: it stays fresh for an hour."""
    fresh = at + timedelta(minutes=58)
    first, *others = wall_actions(wall_agencies(at), at)
    return board(at=at, actions=(replace(first, since=fresh), *others))


def counters_board(at: datetime = MORNING) -> Board:
    """54 counters on the first floor, in the mall's break: every state, and the longest reasons."""
    states = {"serving": 2, "paused": 2, "unattended": 1, "not_opened": 1}
    reasons = ("network_power", "break", "central_system")
    some = [
        replace(a, planned=6, counters=states, reason=reasons[place % 3])
        for place, a in enumerate(wall_agencies(at))
    ]
    return board(some, at=at, mall_state="break", mall_until=at + timedelta(minutes=50))
