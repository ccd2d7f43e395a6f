"""Pages of plain HTML, drawn on the server without Dash: forms, lists, what has to work everywhere.

:func:`el` makes an element and escapes whatever is not markup yet; :func:`page` puts the house's head,
navigation and styles around.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask import Response, request
from markupsafe import Markup, escape

from mpp.access import Actor, home, may
from mpp.i18n import Words

VOID: Final = frozenset(("br", "hr", "img", "input", "link", "meta"))
STYLES: Final = ("20-tokens.css", "45-plain.css")

Child = Any
"""A text (escaped), markup (as it is), None or False (nothing), or several of these."""


def el(tag: str, /, *children: Child, **attributes: Any) -> Markup:
    """An element. Attributes: ``class_`` for class, ``aria_label`` for aria-label, ``data_x`` for
    data-x, ``for_`` for for; True stands alone, None and False are left out."""
    given = Markup("").join(_attribute(name, value) for name, value in attributes.items())
    head = Markup("<") + tag + given + Markup(">")
    return head if tag in VOID else head + join(children) + Markup("</") + tag + Markup(">")


def join(children: Iterable[Child]) -> Markup:
    """Several children one after the other."""
    return Markup("").join(_child(child) for child in children)


def _child(child: Child) -> Markup:
    if child is None or child is False:
        return Markup("")
    if isinstance(child, list | tuple) or (not isinstance(child, str) and hasattr(child, "__next__")):
        return join(child)
    return escape(child)


def _attribute(name: str, value: Any) -> Markup:
    if value is None or value is False:
        return Markup("")
    name = name.rstrip("_").replace("_", "-")
    return Markup(" ") + name if value is True else Markup(' {}="{}"').format(name, value)


def field(
    label: str,
    name: str,
    *,
    value: str = "",
    kind: str = "text",
    hint: str = "",
    wrong: str = "",
    **attributes: Any,
) -> Markup:
    """A labelled input with its hint, and what is wrong with what was typed."""
    described = [f"{name}-{part}" for part, text in (("hint", hint), ("wrong", wrong)) if text]
    made = el(
        "input",
        id=name,
        name=name,
        type=kind,
        value=value if kind != "password" else None,
        aria_describedby=" ".join(described) or None,
        aria_invalid="true" if wrong else None,
        **attributes,
    )
    return el(
        "div",
        el("label", label, for_=name),
        hint and el("p", hint, class_="hint", id=f"{name}-hint"),
        made,
        wrong and el("p", wrong, class_="wrong", id=f"{name}-wrong"),
        class_="field",
    )


def select(
    label: str,
    name: str,
    options: Sequence[tuple[str, str]],
    *,
    value: str = "",
    hint: str = "",
    wrong: str = "",
    **attributes: Any,
) -> Markup:
    """A labelled choice of (value, text)."""
    described = [f"{name}-{part}" for part, text in (("hint", hint), ("wrong", wrong)) if text]
    made = el(
        "select",
        [el("option", text, value=key, selected=key == value) for key, text in options],
        id=name,
        name=name,
        aria_describedby=" ".join(described) or None,
        aria_invalid="true" if wrong else None,
        **attributes,
    )
    return el(
        "div",
        el("label", label, for_=name),
        hint and el("p", hint, class_="hint", id=f"{name}-hint"),
        made,
        wrong and el("p", wrong, class_="wrong", id=f"{name}-wrong"),
        class_="field",
    )


def button(text: str, *, kind: str = "first", **attributes: Any) -> Markup:
    """A button that sends its form; ``kind`` is first, second or danger."""
    return el("button", text, class_=f"button {kind}", **attributes)


def alert(text: str) -> Markup:
    """What went wrong, on top of a form; a screen reader says it."""
    return el("p", text, class_="alert", role="alert")


def said(text: str) -> Markup:
    """What was done."""
    return el("p", text, class_="said", role="status")


def doors(actor: Actor, words: Words) -> list[tuple[str, str]]:
    """(address, name) of the pages the actor may go to."""
    own = actor.role == "agency" and len(actor.agencies) == 1
    known = [
        ("/ruang-kendali", words.text("Control room"), "room"),
        ("/ringkas", words.text("In brief"), "room"),
        ("/denah", words.text("Floor plan"), "room"),
        (home(actor), words.text("My agency"), "agencies")
        if own
        else ("/instansi", words.text("Agencies"), "agencies"),
        ("/loket", words.text("Counters"), "counters"),
        ("/berkas", words.text("Cases"), "counters"),
        ("/integritas", words.text("Integrity"), "integrity"),
        ("/admin/perangkat", words.text("Devices"), "devices"),
        ("/admin", words.text("Administration"), "admin"),
    ]
    return [(address, name) for address, name, area in known if may(actor, area)]


def page(
    title: str,
    *body: Child,
    words: Words,
    mall: str = "",
    actor: Actor | None = None,
    status: int = 200,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    main: str = "plain",
    refresh: int | None = None,
    html: Mapping[str, str] | None = None,
) -> Response:
    """A page. ``actor``: whose navigation stands on top, none for nobody's; ``main`` is a class of
    <main>; ``styles`` and ``scripts`` are files of assets/; ``refresh`` loads it anew after seconds
    where no script does so; ``html`` are attributes of <html>."""
    head = [
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        refresh and el("noscript", el("meta", http_equiv="refresh", content=str(refresh))),
        el("title", f"{title} · {mall or 'MPP'}"),
        el("link", rel="icon", href="/_favicon.ico"),
        [el("link", rel="stylesheet", href=f"/assets/{name}") for name in (*STYLES, *styles)],
        [el("script", src=f"/assets/{name}", defer=True) for name in scripts],
    ]
    top = _top(actor, words, mall) if actor is not None and actor.login else None
    made = el(
        "html",
        el("head", head),
        el("body", top, el("main", body, class_=main, id="main")),
        lang=words.locale,
        **(html or {}),
    )
    answer = Response(Markup("<!doctype html>\n") + made, status, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _top(actor: Actor, words: Words, mall: str) -> Markup:
    here = request.path
    known = doors(actor, words)
    longest = max((a for a, _ in known if here == a or here.startswith(a + "/")), key=len, default="")
    links = [
        el("li", el("a", name, href=address, aria_current="page" if address == longest else None))
        for address, name in known
    ]
    return el(
        "header",
        el("a", words.text("To the content"), href="#main", class_="skip"),
        el("a", mall or "MPP", href="/", class_="mall"),
        el("nav", el("ul", links), aria_label=words.text("Pages")),
        el("a", actor.name, href="/akun", class_="me"),
        class_="top",
    )
