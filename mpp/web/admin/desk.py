"""What every page of the administration needs: the description, who asks, the frame around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from flask import Response, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from mpp.i18n import Words
from mpp.live.described import Combinations, Described, described
from mpp.mall.additions import Item
from mpp.web import plain
from mpp.web.admin.kinds import noun
from mpp.web.context import Parts
from mpp.web.language import locale_of
from mpp.web.plain import Child, el
from mpp.web.session import actor_now

ADMIN = "/admin"
FROM_FILE, ADDED, IMPORTED = "file", "added", "imported"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the pages of the administration stand."""

    parts: Parts
    known: Combinations = field(default_factory=Combinations)

    @property
    def w(self) -> Words:
        """The words of this request."""
        return self.parts.words_for(locale_of(self.parts.settings.locale))

    def state(self) -> Described:
        """The description as it is now."""
        with self.parts.store.read() as tx:
            return described(tx, self.w, self.known)

    @property
    def zone(self) -> str:
        """The mall's zone."""
        return self.parts.board.latest().zone

    def when(self, at: datetime | None) -> str:
        """An instant as a table shows it."""
        if at is None:
            return "–"
        return self.w.moment(at, self.zone)

    def page(
        self, title: str, *body: Child, back: tuple[str, str] | None = None, status: int = 200, lead: str = ""
    ) -> Response:
        """A page with the administration's own navigation; ``back`` is (address, text)."""
        w = self.w
        return plain.page(
            title,
            el("a", f"\N{LEFTWARDS ARROW} {back[1]}", href=back[0], class_="back") if back else None,
            el("h1", title),
            lead and el("p", lead, class_="lead"),
            _done(w),
            *body,
            words=w,
            mall=self.parts.board.latest().mall,
            actor=actor_now(),
            status=status,
            styles=("47-admin.css",),
            main="plain admin",
        )


def given_now() -> MultiDict[str, str]:
    """What the form of this request says."""
    return MultiDict(request.form)


def link(address: str, text: str, *, kind: str = "second") -> Markup:
    """A link that looks like a button."""
    return el("a", text, href=address, class_=f"button {kind}")


def done(address: str, what: str) -> str:
    """An address that says what was done when it is shown; ``what`` is one of :func:`_done`."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'ok': what})}"


def _done(w: Words) -> Markup | None:
    told = {
        "add": w.text("Added. It holds from now on."),
        "change": w.text("Saved. It holds from now on."),
        "end": w.text("Removed. What was recorded stays in the history."),
        "undo": w.text("Taken back. It holds from now on."),
        "renew": w.text("The device gets its new token with its next report."),
        "revoke": w.text("Revoked."),
        "session": w.text("The sign-in is ended."),
    }.get(request.args.get("ok", ""))
    return plain.said(told) if told else None


def of(item: Item) -> str:
    """The end of an address that names a thing: "layanan/dukcapil/kk"."""
    return "/".join(quote(part, safe="") for part in (ADDRESS[item.kind], item.agency, item.code) if part)


ADDRESS = {
    "mall": "mal",
    "holiday": "libur",
    "agency": "instansi",
    "service": "layanan",
    "counter": "loket",
    "source": "sumber",
}
"""What addresses call each kind."""
KIND = {address: kind for kind, address in ADDRESS.items()}


def origin(item: Item, state: Described) -> str:
    """Where a thing in force comes from: the file, the pages, or an import."""
    living = state.living
    if item in living and item not in state.combined.replaced:
        return ADDED
    agency = state.mall.by_code.get(item.agency or item.code) if state.mall else None
    found: object = agency
    if item.kind == "service":
        found = agency and agency.service(item.code)
    elif item.kind == "counter":
        found = agency and agency.counter(item.code)
    elif item.kind == "source":
        found = state.mall and state.mall.sources_by_code.get(item.code)
    return IMPORTED if getattr(found, "created", False) else FROM_FILE


def badge(where: str, w: Words) -> Markup | None:
    """A mark beside what cannot be changed here."""
    text = {FROM_FILE: w.text("from mpp.toml"), IMPORTED: w.text("made by an import")}.get(where)
    return el("span", text, class_="badge") if text else None


def from_words(item: Item, state: Described, w: Words) -> Child:
    """Where a thing in force comes from, for a list."""
    return badge(origin(item, state), w) or w.text("added here")


def links(item: Item, name: str, w: Words, *, first: str = "", removed: bool = True) -> Markup:
    """What leads to a thing's form and to its removal. ``name`` tells whoever does not see the row
    which; ``first`` is another word than "change"."""
    change, remove = first or w.text("Change"), w.text("Remove")
    made = el("a", change, href=f"{ADMIN}/ubah/{of(item)}", aria_label=f"{change}: {name}")
    gone = el("a", remove, href=f"{ADMIN}/akhiri/{of(item)}", aria_label=f"{remove}: {name}")
    return made + " · " + gone if removed else made


def asides(state: Described, w: Words) -> Markup | None:
    """What was added and does not hold now, with why."""
    rows: list[Markup] = []
    for item, mistakes in state.combined.aside.items():
        told = "; ".join(f"{one.problem}" for one in mistakes)
        rows.append(_aside(item, w.text("does not fit beside mpp.toml: {why}", why=told), w))
    rows += [_aside(item, w.text("replaced by mpp.toml"), w) for item in sorted(state.combined.replaced)]
    rows += [
        _aside(item, w.text("its agency is no longer there"), w) for item in sorted(state.combined.homeless)
    ]
    if not rows:
        return None
    return el(
        "section",
        el("h2", w.text("Added here, but not in force")),
        el("ul", rows, class_="asides"),
        class_="card notice",
    )


def _aside(item: Item, why: str, w: Words) -> Markup:
    name = " ".join(part for part in (noun(item.kind, w), item.agency, item.code) if part)
    return el("li", el("b", name), " – ", why, " ", links(item, name, w))


def table(caption: str, heads: Sequence[str], rows: Sequence[Child], *, hidden: bool = False) -> Markup:
    """A list that becomes cards on a phone; each row is the children of its <tr>."""
    return el(
        "table",
        el("caption", caption, class_="unseen" if hidden else None),
        el("thead", el("tr", [el("th", name, scope="col") if name else el("td") for name in heads])),
        el("tbody", [el("tr", row) for row in rows]),
        class_="list rows",
    )


def cell(label: str, *children: Child, **attributes: str) -> Markup:
    """A cell that says on a phone which column it is."""
    return el("td", children, data_label=label, **attributes)
