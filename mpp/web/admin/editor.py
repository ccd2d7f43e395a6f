"""Adding, changing and removing a thing of the description: one form for every kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Flask, abort, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.i18n import Words
from mpp.live import changes
from mpp.live.changes import OvertakenError, RefusedError
from mpp.live.described import Described, Wish, ending, imported
from mpp.mall.additions import MALL, Item
from mpp.web.admin import forms
from mpp.web.admin.desk import ADMIN, FROM_FILE, KIND, Desk, badge, done, given_now, of, origin
from mpp.web.admin.ending import in_the_way, told_of_ending
from mpp.web.admin.fields import Field, Given, Trouble
from mpp.web.admin.holidays import holidays
from mpp.web.admin.kinds import fields, noun
from mpp.web.admin.new import code_field, code_of, proposal, title
from mpp.web.admin.things import provisioned, split, there
from mpp.web.numbers import number_of
from mpp.web.plain import alert, button, el
from mpp.web.session import by_now

NEW = ""
"""Stands for a code that is not chosen yet."""


def register(app: Flask, desk: Desk) -> None:
    """Serve the forms."""
    editor = Editor(desk)

    @app.route("/admin/tambah/<kind>", methods=["GET", "POST"])
    @app.route("/admin/tambah/<kind>/<agency>", methods=["GET", "POST"])
    def admin_add(kind: str, agency: str = "") -> AnyResponse:
        return editor.add(_item(kind, agency, NEW))

    @app.route("/admin/ubah/<kind>/<code>", methods=["GET", "POST"])
    @app.route("/admin/ubah/<kind>/<agency>/<code>", methods=["GET", "POST"])
    def admin_change(kind: str, code: str, agency: str = "") -> AnyResponse:
        return editor.change(_item(kind, agency, code))

    @app.route("/admin/akhiri/<kind>/<code>", methods=["GET", "POST"])
    @app.route("/admin/akhiri/<kind>/<agency>/<code>", methods=["GET", "POST"])
    def admin_end(kind: str, code: str, agency: str = "") -> AnyResponse:
        return editor.end(_item(kind, agency, code))

    @app.route("/admin/mal", methods=["GET", "POST"])
    def admin_mall() -> AnyResponse:
        return editor.change(MALL)


def _item(address: str, agency: str, code: str) -> Item:
    kind = KIND.get(address)
    if kind is None or kind == "mall" or (kind in ("service", "counter")) != bool(agency):
        abort(404)
    return Item(kind, agency, code)


def home_of(item: Item) -> str:
    """The page that shows a thing."""
    if item.kind in ("service", "counter"):
        return f"{ADMIN}/instansi/{item.agency}"
    if item.kind in ("agency", "source") and item.code != NEW:
        return f"{ADMIN}/{of(item)}"
    return list_of(item)


def list_of(item: Item) -> str:
    """The page that lists things of its kind."""
    return {
        "mall": f"{ADMIN}/mal",
        "holiday": f"{ADMIN}/mal",
        "agency": f"{ADMIN}/instansi",
        "source": f"{ADMIN}/sumber",
    }.get(item.kind) or home_of(item)


class Editor:
    """The three forms."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # -- adding ----------------------------------------------------------------------------------

    def add(self, item: Item) -> AnyResponse:
        """A form for something new."""
        desk, w, state = self._desk, self._desk.w, self._desk.state()
        if item.agency and (state.mall is None or item.agency not in state.mall.by_code):
            abort(404)
        asked = fields(item, state, w)
        given = given_now() if request.method == "POST" else proposal(item, state)
        trouble: Trouble = {}
        if request.method == "POST":
            table, trouble = forms.read(asked, given, w)
            made = item._replace(code=code_of(item, given, table))
            if not trouble.keys() - {"name"} and (made.code or item.kind != "holiday"):
                trouble |= self._try_add(made, table, state, given)
            if not trouble:
                return redirect(done(home_of(made), "add"), 303)
        code = code_field(item, w)
        return desk.page(
            title(item, w),
            forms.draw(
                [code, *asked] if item.kind in ("holiday", "counter") else [*asked, code],
                given,
                trouble,
                w,
                rev=0,
                submit=w.text("Add"),
                back=home_of(item),
            ),
            back=(home_of(item), w.text("Back")),
            lead=self._whose(item, state),
            status=400 if trouble else 200,
        )

    def _try_add(self, item: Item, table: dict[str, Any], state: Described, given: Given) -> Trouble:
        if item in state.living or (there(item, state) and origin(item, state) == FROM_FILE):
            return {"code": self._desk.w.text("{code} is there already", code=item.code)}
        return self._change([Wish(item, table, state.rev(item))], changes.ADDED, given)

    # -- changing --------------------------------------------------------------------------------

    def change(self, item: Item) -> AnyResponse:
        """A form for something that is there. What mpp.toml says is shown and not asked for."""
        desk, w, state = self._desk, self._desk.w, self._desk.state()
        if item != MALL and item not in state.living and not there(item, state):
            abort(404)
        fixed = provisioned(item, state)
        if item != MALL and fixed is not None:
            return self._shown(item, state, fixed)
        asked = fields(item, state, w)
        open_, locked = split(asked, fixed or {})
        was = state.living.get(item, imported(state, item) or {})
        given, trouble = forms.filled(open_, was), Trouble()
        given["rev"] = str(state.rev(item))
        if request.method == "POST":
            given = given_now()
            table, trouble = forms.read(open_, given, w)
            # What the file says by now and did not before is not asked for, and not lost either.
            table = {key: was[key] for key in was if not any(key in one.keys for one in open_)} | table
            same = table == state.living.get(item) and item not in state.combined.aside
            if not trouble and not same:
                trouble = self._change([Wish(item, table, _number(given))], changes.CHANGED, given)
            if not trouble:
                return redirect(done(home_of(item), "change"), 303)
        return desk.page(
            w.text("Mall") if item == MALL else f"{noun(item.kind, w)} {item.code}",
            forms.draw(
                open_,
                given,
                trouble,
                w,
                rev=_number(given),
                submit=w.text("Save"),
                back=ADMIN if item == MALL else home_of(item),
                before=_locked(locked, was | (fixed or {}), w),
            ),
            item == MALL and state.mall is not None and holidays(state, w),
            item != MALL and el("p", el("a", w.text("Remove …"), href=f"{ADMIN}/akhiri/{of(item)}")),
            back=(ADMIN, w.text("Administration")) if item == MALL else (home_of(item), w.text("Back")),
            lead=self._whose(item, state),
            status=400 if trouble else 200,
        )

    def _shown(self, item: Item, state: Described, table: dict[str, Any]) -> AnyResponse:
        w = self._desk.w
        return self._desk.page(
            f"{noun(item.kind, w)} {item.code}",
            el(
                "section",
                el("p", badge(FROM_FILE, w), " ", w.text("This stands in mpp.toml and is changed there.")),
                forms.facts(fields(item, state, w), table, w),
                class_="card",
            ),
            back=(home_of(item), w.text("Back")),
            lead=self._whose(item, state),
        )

    # -- removing --------------------------------------------------------------------------------

    def end(self, item: Item) -> AnyResponse:
        """Asks once more, and says what happens to today's tickets and counters."""
        desk, w, state = self._desk, self._desk.w, self._desk.state()
        if item not in state.living:
            if there(item, state):
                return self._shown(item, state, provisioned(item, state) or {})
            abort(404)
        wishes = ending(state, item)
        family = " ".join(changes.name(wish.item) for wish in wishes)
        trouble: Trouble = {}
        if request.method == "POST":
            given = given_now()
            if given.get("family") == family:
                wishes[0] = replace(wishes[0], rev=_number(given))
                trouble = self._change(wishes, changes.ENDED, given)
            else:
                trouble[""] = w.text("Something of it was added or removed meanwhile. Look again.")
            if not trouble:
                return redirect(done(list_of(item), "end"), 303)
        blocked = in_the_way(item, state, w)
        return desk.page(
            w.text("Remove {what}?", what=f"{noun(item.kind, w)} {item.code}"),
            el(
                "form",
                [alert(text) for text in (blocked, *trouble.values()) if text],
                el("ul", [el("li", text) for text in told_of_ending(desk, wishes, state)], class_="ending"),
                el("input", type="hidden", name="rev", value=state.rev(item)),
                el("input", type="hidden", name="family", value=family),
                el(
                    "div",
                    not blocked and button(w.text("Remove"), kind="danger"),
                    el("a", w.text("Keep it"), href=home_of(item), class_="button second"),
                    class_="buttons",
                ),
                method="post",
                class_="card",
            ),
            back=(home_of(item), w.text("Back")),
            lead=self._whose(item, state),
            status=400 if trouble else 200,
        )

    # -- writing ---------------------------------------------------------------------------------

    def _change(self, wishes: Sequence[Wish], action: str, given: Given) -> Trouble:
        """Make the change. Whoever was overtaken is told so, once: ``given`` then begins from what there
        is now."""
        parts, w = self._desk.parts, self._desk.w
        try:
            with parts.store.read() as tx:
                ready = changes.prepare(tx, wishes, w, self._desk.known)
            with parts.store.write() as tx:
                changes.change(
                    tx, parts.now(), wishes, by_now(), w, action=action, real=parts.real(), prepared=ready
                )
        except RefusedError as error:
            return forms.told(error.mistakes)
        except OvertakenError as error:
            given["rev"] = str(error.kept.rev)
            text = w.text(
                "{who} changed this at {time} while you were filling it in. What you typed is still here: "
                "look at the present state in another window, then save again to replace it",
                who=error.kept.by,
                time=w.time(error.kept.at, self._desk.zone),
            )
            if error.kept.data is None:
                text = w.text(
                    "{who} removed this at {time} while you were filling it in. Save again to bring it back",
                    who=error.kept.by,
                    time=w.time(error.kept.at, self._desk.zone),
                )
            return {"": text}
        return {}

    def _whose(self, item: Item, state: Described) -> str:
        agency = state.mall.by_code.get(item.agency) if state.mall else None
        return agency.name if agency else ""


def _locked(locked: Sequence[Field], fixed: dict[str, Any], w: Words) -> Markup | None:
    if not locked:
        return None
    return el(
        "section",
        el("h2", w.text("In mpp.toml"), " ", badge(FROM_FILE, w)),
        el("p", w.text("Changed in the file, not here."), class_="hint"),
        forms.facts(locked, fixed, w),
        class_="locked",
    )


def _number(given: Given) -> int:
    return number_of(given.get("rev", "0")) or 0
