"""The demo's people: one of each role, invented, with no password; its sign-in page lets anybody be any
of them."""

from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe
from typing import Final

from mpp.access import BOUND, PEOPLE
from mpp.i18n import Words
from mpp.mall.model import Mall
from mpp.people import accounts
from mpp.people.accounts import Wish
from mpp.people.audit import SYSTEM
from mpp.store import Store, people

NAMES: Final = {
    "administrator": "Raka Wibisana",
    "manager": "Nirmala Hapsari",
    "operator": "Yoga Pradipta",
    "agency": "Laras Kinanti",
    "officer": "Bagas Sadewa",
    "leadership": "Tirta Maheswari",
    "evaluator": "Gilang Nugraha",
    "inspectorate": "Sekar Ayuningtyas",
}


def demo_people(store: Store, mall: Mall, now: datetime, w: Words) -> None:
    """Make them; their logins are their roles. The officer works at a booth that is fed by hand."""
    by_hand = [code for source in mall.sources if source.kind == "manual" for code in source.agencies]
    first = mall.agencies[0].code
    with store.write() as tx:
        if people.any_at_all(tx):
            return
        for role in PEOPLE:
            own = (by_hand or [first])[0] if role == "officer" else first
            agencies = frozenset((own,)) if role in BOUND else frozenset[str]()
            wish = Wish(role, NAMES[role], role, agencies)
            # A password that nobody knows: nobody needs one here, and nobody guesses it.
            accounts.add(tx, now, wish, SYSTEM, w=w, password=token_urlsafe(32))
