"""What happens when a thing is removed, said before it is."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from mpp.i18n import Words
from mpp.live.described import Described, Wish
from mpp.mall.additions import Item
from mpp.store import uses
from mpp.store.uses import Uses
from mpp.web.admin.desk import Desk


def in_the_way(item: Item, state: Described, w: Words) -> str:
    """Why a thing cannot be removed yet; empty where nothing keeps it. A counter whose only service went
    would serve all of them."""
    agency = state.mall.by_code.get(item.agency) if state.mall else None
    if item.kind != "service" or agency is None or item in state.combined.replaced:
        return ""
    names = [one.name for one in agency.counters if one.services == (item.code,)]
    text = w.text("These counters serve only it: {names}. Change them first.", names=", ".join(names))
    return text if names else ""


def told_of_ending(desk: Desk, wishes: Sequence[Wish], state: Described) -> list[str]:
    """Sentences for whoever is about to remove the first of these, and the others with it."""
    w, item = desk.w, wishes[0].item
    if item in state.combined.replaced:
        return [w.text("mpp.toml has it as well, and what it says holds: only what was typed here goes.")]
    told = []
    below = {kind: sum(one.item.kind == kind for one in wishes) for kind in ("service", "counter")}
    if item.kind == "agency" and any(below.values()):
        told.append(
            w.text(
                "Its services ({services}) and counters ({counters}) go with it.",
                services=w.number(below["service"]),
                counters=w.number(below["counter"]),
            )
        )
    told += _tickets(desk, item) + _others(desk, item, state)
    told.append(w.text("Nothing of the history is deleted: past days stay as they were."))
    told.append(w.text("It can be taken back in the audit."))
    return told


def _tickets(desk: Desk, item: Item) -> list[str]:
    w = desk.w
    if item.kind not in ("agency", "service", "counter"):
        return []
    found = _uses(desk, item)
    if not found.tickets:
        return [w.text("Nothing was recorded for it today.")]
    told = [
        w.plural(
            "{n} ticket was recorded for it today.", "{n} tickets were recorded for it today.", found.tickets
        )
    ]
    if found.unfinished and item.kind != "counter":
        said = w.plural(
            "{n} of them has not ended: it leaves the wall and is closed at the end of the day.",
            "{n} of them have not ended: they leave the wall and are closed at the end of the day.",
            found.unfinished,
        )
        told.append(said)
    if item.kind == "agency":
        told.append(w.text("What its source still sends about it is refused."))
    else:
        told.append(w.text("What is still sent about it waits in quarantine until it is there again."))
    return told


def _uses(desk: Desk, item: Item) -> Uses:
    parts = desk.parts
    day = parts.now().astimezone(ZoneInfo(desk.zone)).date()
    agency = item.agency or item.code
    with parts.store.read() as tx:
        return uses.of_day(
            tx,
            day,
            agency,
            service=item.code if item.kind == "service" else None,
            counter=item.code if item.kind == "counter" else None,
        )


def _others(desk: Desk, item: Item, state: Described) -> list[str]:
    """What else in the description names it."""
    w, mall = desk.w, state.mall
    if mall is None:
        return []
    if item.kind == "agency":
        named = [one.name for one in mall.sources if item.code in one.agencies]
        return (
            [w.text("These sources may no longer write it: {names}.", names=", ".join(named))]
            if named
            else []
        )
    if item.kind == "source":
        return [
            w.text("Its tokens are revoked, also when this is taken back; its agencies are without its news.")
        ]
    return []
