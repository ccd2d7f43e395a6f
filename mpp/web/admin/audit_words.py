"""The audit in words: what was done, to what, and what changed of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from mpp.i18n import Words
from mpp.mall.additions import KINDS as DESCRIBED
from mpp.mall.additions import Item
from mpp.store.audit import Entry
from mpp.web.admin.desk import Desk
from mpp.web.admin.hours import days_words
from mpp.web.admin.kinds import fields, noun
from mpp.web.people.sign_in import role_words
from mpp.web.plain import el


def action_words(action: str, w: Words) -> str:
    """What was done, in words."""
    return {
        "description.add": w.text("added"),
        "description.change": w.text("changed"),
        "description.end": w.text("removed"),
        "description.undo": w.text("took back"),
        "description.file": w.text("mpp.toml read"),
        "description.import": w.text("made by an import"),
        "person.created": w.text("account made"),
        "person.changed": w.text("account changed"),
        "person.disabled": w.text("account disabled"),
        "person.enabled": w.text("account enabled"),
        "person.password_reset": w.text("new one-time password"),
        "person.password_changed": w.text("own password changed"),
        "person.password_refused": w.text("wrong present password"),
        "person.sso_linked": w.text("joined to single sign-on"),
        "person.unlocked": w.text("let in after wrong passwords"),
        "integrity.seen": w.text("integrity reports read"),
        "sign_in": w.text("signed in"),
        "sign_in.refused": w.text("wrong password"),
        "sign_out": w.text("signed out"),
        "session.ended": w.text("sign-in ended"),
        "device.paired": w.text("device let in"),
        "device.changed": w.text("device changed"),
        "device.renewal_wished": w.text("device token to be renewed"),
        "device.renewed": w.text("device token renewed"),
        "device.replaced": w.text("device replaced"),
        "device.revoked": w.text("device revoked"),
        "token.made": w.text("token made"),
        "token.revoked": w.text("token revoked"),
    }.get(action, action)


KINDS: Final = ("person", "device", "agency", "service", "counter", "source", "holiday", "mall")
"""What the audit can be asked about."""


def kind_words(kind: str, w: Words) -> str:
    """What a thing of the audit is called."""
    own = {
        "person": w.text("Person"),
        "device": w.text("Device"),
        "integrity": w.text("Integrity reports"),
    }
    return own.get(kind) or (noun(kind, w) if kind in DESCRIBED else kind)


def what_words(what: str, w: Words) -> str:
    """A thing as people call it: "Layanan dukcapil/kk"."""
    kind, _, rest = what.partition(":")
    return f"{kind_words(kind, w)} {rest}".strip()


def role_or_none(role: str, w: Words) -> str:
    """A role in words, empty for what is none."""
    try:
        return role_words(role, w)
    except KeyError:
        return ""


def flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """What is kept of a thing, as pairs of a dotted name and a text."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for place, inner in enumerate(value, 1):
            yield from flat(inner, f"{name}.{place}")
    elif value not in (None, False, "", []):
        text = ", ".join(map(str, value)) if isinstance(value, list) else value
        yield name, text if isinstance(text, str) else json.dumps(text)


def labels(desk: Desk) -> dict[str, str]:
    """What the fields of the audit are called."""
    w, state = desk.w, desk.state()
    found = {
        "login": w.text("Login"),
        "role": w.text("Role"),
        "agencies": w.text("Tenant agencies"),
        "counters": w.text("Counters"),
        "disabled": w.text("disabled"),
        "subject": w.text("Single sign-on identity"),
        "open": w.text("in front of visitors"),
        "agency": w.text("Agency"),
        "counter": w.text("Counter"),
        "start": w.text("Address it shows"),
        "revoked": w.text("revoked"),
        "token": w.text("Token"),
        "label": w.text("What the token is for"),
        "wrong": w.text("wrong passwords in a row"),
        "sessions": w.text("sign-ins"),
        "breaks": w.text("Break"),
        "version": w.text("Version"),
        "services": w.text("Services"),
    }
    for kind in reversed(DESCRIBED):
        for one in fields(Item(kind, "", ""), state, w):
            found.setdefault(one.key, one.label)
    return found | {"name": w.text("Name"), "kind": w.text("Kind")}


def _named(name: str, entry: Entry, known: Mapping[str, str], w: Words) -> str:
    """A field in words; of a change of one thing its name stands in the column beside it."""
    thing, dot, rest = name.partition(".")
    if ":" not in thing:
        thing, rest = "", name
    key, _, more = rest.partition(".")
    told = " ".join(part for part in (known.get(key, key), days_words(more, w) if more else "") if part)
    return told if not thing or thing == entry.what or not dot else f"{what_words(thing, w)}: {told}"


def _told(kept: Mapping[str, Any] | None, w: Words) -> dict[str, str]:
    told = {name: w.text("yes") if text == "true" else text for name, text in flat(kept)}
    return told | {name: role_or_none(text, w) or text for name, text in told.items() if name == "role"}


def difference(entry: Entry, known: Mapping[str, str], w: Words) -> Markup | None:
    """What changed: a line per field, before and after."""
    before, after = _told(entry.before, w), _told(entry.after, w)
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    rows = [
        el(
            "li",
            el("span", _named(name, entry, known, w), class_="name"),
            name in before and el("del", before[name], aria_label=f"{w.text('before')}: {before[name]}"),
            name in after and el("ins", after[name], aria_label=f"{w.text('after')}: {after[name]}"),
        )
        for name in names[:40]
    ]
    if len(names) > 40:
        rows.append(el("li", w.plural("and {n} more", "and {n} more", len(names) - 40)))
    return el("ul", rows, class_="difference") if rows else None
