"""``/berkas/<agency>``: files taken in with the day they are due, the overdue ones first; by hand, by
file (``/unggah``) or by event. ``/berkas``: one's agencies."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, abort, redirect, request
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from mpp.i18n import Words
from mpp.live.cases import Answer, CaseDesk, CaseError, Cases, Receipt
from mpp.people.audit import note
from mpp.sources.cases import MOST_BYTES, CaseFiles
from mpp.store.cases import Wanted
from mpp.web.context import Parts
from mpp.web.language import locale_of
from mpp.web.parts.case_list import desk_body
from mpp.web.parts.case_upload import Upload, upload_body
from mpp.web.plain import el, page
from mpp.web.session import actor_now, by_now

STYLES: Final = ("46-buttons.css", "47-cases.css")
MOST_FORM: Final = 16 * 1024
QUERY: Final = ("q", "layanan", "keadaan", "halaman")
STATES: Final = ("open", "overdue", "completed", "collected", "refused", "all")


def register(app: Flask, parts: Parts) -> None:
    """Serve the pages."""
    desk = Cases(parts.store, parts.intake)
    files = CaseFiles(parts.store, parts.intake)

    def words() -> Words:
        return parts.words_for(locale_of(parts.settings.locale))

    @app.get("/berkas")
    def own_desks() -> AnyResponse:
        return _own(parts, words())

    @app.get("/berkas/<agency>", endpoint="case_desk")
    def show(agency: str) -> Response:
        number = request.args.get("halaman", "1")
        at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
        wanted = _wanted(agency, parts.now())
        try:
            found = desk.look(wanted, at)
        except LookupError:
            abort(404)
        return _page(found, wanted, at, parts, words())

    @app.post("/berkas/<agency>/<what>", endpoint="case_told")
    def told(agency: str, what: str) -> AnyResponse:
        if what not in ("terima", "ubah"):
            abort(404)
        request.max_content_length = MOST_FORM
        why = _take(desk, agency, what, parts)
        back = {name: value for name, value in request.args.items() if name in QUERY}
        if why and what == "terima":
            back["nomor"] = request.form.get("number", "")[:60]
        return redirect(f"/berkas/{agency}?{urlencode(back | {'kata': why or what})}", 303)

    @app.route("/berkas/<agency>/unggah", methods=["GET", "POST"], endpoint="case_upload")
    def upload(agency: str) -> AnyResponse:
        request.max_content_length = 2 * MOST_BYTES + MOST_FORM
        request.max_form_memory_size = 2 * MOST_BYTES
        return _upload(files, desk, agency, parts, words())


def _wanted(agency: str, now: datetime) -> Wanted:
    state = request.args.get("keadaan", "open")
    state = state if state in STATES else "open"
    return Wanted(
        agency,
        now,
        text=" ".join(request.args.get("q", "").split())[:60],
        service=request.args.get("layanan") or None,
        state=None if state == "all" else state,
    )


def _take(desk: Cases, agency: str, what: str, parts: Parts) -> str:
    """Take what a form tells; gives why it was not taken, empty where it was."""
    if parts.mode == "replay":
        return "replay"
    form, now = request.form, parts.now()
    name = form.get("id", "")
    number = form.get("source", "")
    source_id = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
    try:
        if what == "terima":
            key, done = form.get("number", ""), "received"
            given = Receipt(name, form.get("service", ""), key, form.get("due") or None)
            new = desk.receive(agency, given, now)
        elif form.get("undo"):
            key, done = form.get("key", ""), "undone"
            new = desk.undo(agency, Answer(name, source_id, key, slip=form.get("undo", "")), now)
        else:
            key, done = form.get("key", ""), form.get("what", "")
            new = desk.mark(agency, Answer(name, source_id, key, done, form.get("reason")), now)
    except CaseError as error:
        return error.why
    except OperationalError:
        return "busy"
    except LookupError:
        abort(404)
    if new:
        _note(parts, f"case.{done}", f"{agency}: {key}")
    return ""


def _note(parts: Parts, action: str, what: str) -> None:
    """Who told it, in the audit log; the event itself names nobody."""
    with parts.store.write() as tx:
        note(tx, parts.real(), by_now(), action, what[:200])


def _page(found: CaseDesk, wanted: Wanted, at: int, parts: Parts, words: Words) -> Response:
    mall = parts.board.latest()
    body = desk_body(
        found,
        wanted,
        at,
        words,
        zone=mall.zone,
        word=request.args.get("kata", ""),
        number=request.args.get("nomor", ""),
        query={n: v for n, v in request.args.items() if n in QUERY},
    )
    return page(
        f"{words.text('Cases')} · {found.agency.short}",
        body,
        words=words,
        mall=mall.mall,
        actor=actor_now(),
        styles=STYLES,
    )


def _upload(files: CaseFiles, desk: Cases, agency: str, parts: Parts, words: Words) -> AnyResponse:
    now = parts.now()
    try:
        found = desk.look(Wanted(agency, now))
    except LookupError:
        abort(404)
    table, text, done, why = None, "", None, ""
    if request.method == "POST" and parts.mode == "replay":
        why = "replay"
    elif request.method == "POST":
        sent = request.files.get("file")
        content = sent.read() if sent else request.form.get("text", "").encode()
        table = files.read(agency, content, now, words)
        if request.form.get("take") and table.rows and not table.mistakes:
            try:
                done = files.take(agency, table, now)
                _note(parts, "case.file", f"{agency}: {done.cases} / {done.new}")
            except CaseError as error:
                why = error.why
        elif table.rows and not table.mistakes:
            text = (
                content.decode("utf-8-sig", "replace")
                if _is_utf8(content)
                else content.decode("cp1252", "replace")
            )
    mall = parts.board.latest()
    return page(
        f"{words.text('Cases from a file')} · {found.agency.short}",
        upload_body(found.agency, words, mall.zone, Upload(table, text, done, why)),
        words=words,
        mall=mall.mall,
        actor=actor_now(),
        styles=STYLES,
    )


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _own(parts: Parts, words: Words) -> AnyResponse:
    actor = actor_now()
    mall = parts.board.latest()
    own = [agency for agency in mall.agencies if agency.code in actor.agencies]
    if len(own) == 1:
        return redirect(f"/berkas/{own[0].code}", 303)
    links = [
        el("li", el("a", el("strong", agency.short), el("span", agency.name), href=f"/berkas/{agency.code}"))
        for agency in own
    ]
    return page(
        words.text("Cases"),
        el("h1", words.text("Cases")),
        el("ul", links, class_="doors"),
        words=words,
        mall=mall.mall,
        actor=actor,
        styles=STYLES,
    )
