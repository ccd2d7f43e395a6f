"""Who may see and do what: one pure table, without requests, cookies or databases.

:data:`PLACES` names every part of the address space and the area it belongs to; :data:`RIGHTS` says
which role may use an area, everywhere or only where it is its own. What is not named in either is
refused. Pages, the callback of Dash, the API and live streams all ask :func:`verdict`
(:mod:`mpp.web.session`); ``tests/contract/test_access.py`` walks all of them as every role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PEOPLE: Final = (
    "administrator",
    "manager",
    "operator",
    "agency",
    "officer",
    "leadership",
    "evaluator",
    "inspectorate",
)
"""Roles of people who sign in."""

DEVICES: Final = ("display", "kiosk")
"""Roles of paired devices."""

PUBLIC: Final = "public"
"""Whoever did not sign in."""

ROLES: Final = (*PEOPLE, *DEVICES, PUBLIC)

ALL, OWN = "all", "own"
"""Everywhere, or where the agency (and of an officer with counters: the counter) is its own."""

BOUND: Final = ("agency", "officer")
"""Roles that belong to agencies."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. ``name`` is what others read beside what they did, ``login`` their key in the audit log
    (a device's is ``device:<number>``). ``agencies`` are those of an agency's person or officer;
    ``counters`` the (agency, counter) an officer works at, empty for all of the agencies. ``open``: a
    display in front of visitors."""

    role: str = PUBLIC
    name: str = ""
    login: str = ""
    agencies: frozenset[str] = frozenset()
    counters: frozenset[tuple[str, str]] = frozenset()
    open: bool = True

    def owns(self, agency: str, counter: str = "") -> bool:
        """Whether the agency, and where one is named the counter, is the actor's own."""
        if agency not in self.agencies:
            return False
        return not (counter and self.counters) or (agency, counter) in self.counters


NOBODY: Final = Actor()


def _everybody() -> dict[str, str]:
    return dict.fromkeys(ROLES, ALL)


def _only(*roles: str) -> dict[str, str]:
    return dict.fromkeys(roles, ALL)


_ROOM: Final = ("administrator", "manager", "operator", "leadership", "display")

RIGHTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        # sign-in, pairing, health, assets
        "anybody": _everybody(),
        # a source's own token is asked where the events are taken
        "source": _everybody(),
        # the frame that Dash fills; what it is filled with is asked for again
        "shell": _only(*PEOPLE, *DEVICES),
        "account": _only(*PEOPLE),
        "openapi": _only(*PEOPLE),
        "device": _only(*DEVICES),
        # the wall, the manager's phone, the floor plan
        "room": _only(*_ROOM),
        "take": _only("administrator", "manager", "operator"),
        "agencies": _only(
            "administrator", "manager", "operator", "leadership", "evaluator", "inspectorate", "agency"
        ),
        "agency": {
            **_only("administrator", "manager", "operator", "leadership", "evaluator", "inspectorate"),
            "agency": OWN,
        },
        "counters": _only("agency", "officer"),
        "counter": {"agency": OWN, "officer": OWN},
        "cases": {"agency": OWN, "officer": OWN},
        "integrity": _only("manager", "inspectorate"),
        "devices": _only("administrator", "manager"),
        "admin": _only("administrator"),
        "metrics": _only("administrator"),
    }
)
"""Area -> role -> everywhere or its own; a role that is not there may not."""

SCOPED: Final = frozenset(("agency", "counter", "cases"))
"""Areas of one agency. There what is another's and what does not exist get the same answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes: the area, empty for an address that is not named, and whose it is."""

    area: str
    agency: str = ""
    counter: str = ""


SIGN_IN: Final = "/masuk"
FIRST: Final = "/mulai"
PAIR: Final = "/pasang"

PLACES: Final = (
    ("/", "anybody"),
    (SIGN_IN, "anybody"),
    (SIGN_IN + "/*", "anybody"),
    (FIRST, "anybody"),
    (PAIR, "anybody"),
    (PAIR + "/*", "anybody"),
    ("/keluar", "account"),
    ("/akun", "account"),
    ("/akun/*", "account"),
    ("/ruang-kendali", "room"),
    ("/ringkas", "room"),
    ("/denah", "room"),
    ("/instansi", "agencies"),
    ("/instansi/{agency}", "agency"),
    ("/instansi/{agency}/*", "agency"),
    ("/loket", "counters"),
    ("/loket/{agency}/{counter}", "counter"),
    ("/loket/{agency}/{counter}/*", "counter"),
    ("/berkas", "counters"),
    ("/berkas/{agency}", "cases"),
    ("/berkas/{agency}/*", "cases"),
    ("/integritas", "integrity"),
    ("/admin/perangkat", "devices"),
    ("/admin/perangkat/*", "devices"),
    ("/admin", "admin"),
    ("/admin/*", "admin"),
    ("/healthz", "anybody"),
    ("/readyz", "anybody"),
    ("/metrics", "metrics"),
    ("/api/v1/openapi.json", "openapi"),
    ("/api/v1/events", "source"),
    ("/api/v1/board", "room"),
    ("/api/v1/actions", "take"),
    ("/api/v1/device", "device"),
    ("/assets/*", "anybody"),
    ("/_dash-component-suites/*", "anybody"),
    ("/_favicon.ico", "anybody"),
    ("/_dash-layout", "shell"),
    ("/_dash-dependencies", "shell"),
    ("/_dash-update-component", "shell"),
)
"""Address -> area; ``*`` stands for any rest, ``{agency}`` and ``{counter}`` say whose it is. The first
that fits holds."""

VIEWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ruang-kendali": "room",
        "ruang-kendali-loket": "room",
        "ruang-kendali-layanan": "room",
        "ruang-kendali-gerai": "room",
        "ringkas": "room",
        "ringkas-gerai": "room",
        "ringkas-loket": "room",
        "ringkas-lain": "room",
        "denah": "room",
        "instansi": "agency",
    }
)
"""Live view -> area; a view of an agency's area has its code as scope."""


_PATTERNS: Final = tuple((pattern.rstrip("/").split("/"), area) for pattern, area in PLACES)
"""PLACES taken apart once: every request is looked up here."""


def place(path: str) -> Place:
    """Where an address leads. A slash at its end does not matter."""
    parts = path.rstrip("/").split("/")
    for pattern, area in _PATTERNS:
        found = _match(pattern, parts)
        if found is not None:
            return Place(area, found.get("agency", ""), found.get("counter", ""))
    return Place("")


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for at, wanted in enumerate(pattern):
        if wanted == "*" and len(parts) > at:
            return found
        if at >= len(parts):
            return None
        if wanted.startswith("{"):
            found[wanted[1:-1]] = parts[at]
        elif wanted != parts[at]:
            return None
    return found if len(parts) == len(pattern) else None


def place_of_view(page: str, scope: str) -> Place:
    """Where a live view belongs."""
    area = VIEWS.get(page, "")
    return Place(area, scope if area in SCOPED else "")


def may(actor: Actor, area: str, agency: str = "", counter: str = "") -> bool:
    """Whether the actor may use an area, of this agency and counter where it is one of an agency."""
    scope = RIGHTS.get(area, {}).get(actor.role)
    return scope == ALL or (scope == OWN and actor.owns(agency, counter))


def verdict(actor: Actor, to: Place) -> str:
    """What to answer a request: ``pass``, ``sign_in`` (who signs in may be let in; also where nothing
    is, so that nobody learns what there is), ``forbidden`` or ``absent``."""
    if may(actor, to.area, to.agency, to.counter):
        return "pass"
    if actor.role == PUBLIC:
        return "sign_in"
    return "absent" if not to.area or to.area in SCOPED else "forbidden"


OPEN, STAFF, FULL = "open", "staff", "full"
"""How much of the board somebody sees (:mod:`mpp.live.sight`): without names and extensions; with them;
with integrity reports as well."""


def sight(actor: Actor) -> str:
    """How much of the board the actor sees."""
    if actor.role in ("manager", "inspectorate"):
        return FULL
    if actor.role in BOUND or actor.role == PUBLIC or (actor.role in DEVICES and actor.open):
        return OPEN
    return STAFF


HOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "administrator": "/ruang-kendali",
        "manager": "/ruang-kendali",
        "operator": "/ruang-kendali",
        "leadership": "/ruang-kendali",
        "display": "/ruang-kendali",
        "kiosk": PAIR,
        "evaluator": "/instansi",
        "inspectorate": "/integritas",
        "officer": "/loket",
        "agency": "/instansi",
        PUBLIC: SIGN_IN,
    }
)
"""Where ``/`` leads."""


def home(actor: Actor) -> str:
    """The page somebody begins on."""
    if actor.role == "agency" and len(actor.agencies) == 1:
        return f"/instansi/{next(iter(actor.agencies))}"
    if actor.role == "officer" and len(actor.counters) == 1:
        agency, counter = next(iter(actor.counters))
        return f"/loket/{agency}/{counter}"
    return HOMES[actor.role]
