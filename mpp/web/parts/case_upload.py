"""A file of cases on a page: chosen, checked row by row, looked at, taken."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from mpp.i18n import Words
from mpp.mall.model import Agency
from mpp.sources.cases import COLUMNS, MOST_BYTES, MOST_ROWS, Table, Taken
from mpp.web.parts.case_list import moment, refused
from mpp.web.plain import alert, button, el, said

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """What a page of this kind shows: the ``table`` read from a file and its ``text``, to be sent back
    when it is taken; what was ``done``; ``why`` nothing was."""

    table: Table | None = None
    text: str = ""
    done: Taken | None = None
    why: str = ""


def upload_body(agency: Agency, words: Words, zone: str, given: Upload) -> Markup:
    """The page: what was done, or what was found in the file, and the form to choose one."""
    table, done = given.table, given.done
    return el(
        "div",
        el("h1", words.text("Cases from a file"), el("span", agency.short)),
        el("p", el("a", words.text("Back to the cases"), href=f"/berkas/{agency.code}")),
        given.why and alert(refused(words, given.why)),
        done is not None and said(_done(done, words)),
        done is None and table is not None and _found(agency, given, words, zone),
        _choose(agency, words),
        class_="cases",
    )


def _done(done: Taken, words: Words) -> str:
    first = words.plural("{n} case read.", "{n} cases read.", done.cases)
    left = words.plural(
        "{n} entry could not be kept: tell your administrator.",
        "{n} entries could not be kept: tell your administrator.",
        done.left,
    )
    return " ".join(
        (
            *([left] if done.left else []),
            first,
            words.text(
                "New: {new}; known already: {known}.",
                new=words.number(done.new),
                known=words.number(done.known),
            ),
        )
    )


def _choose(agency: Agency, words: Words) -> Markup:
    rows = (
        ("number", True, words.text("Number of the file or ticket; no name, no NIK"), "B-0123"),
        (
            "service",
            True,
            words.text("Code or name of the service"),
            agency.services[0].code if agency.services else "",
        ),
        ("received", True, words.text("Day it was taken in, with a time or without"), "23/11/2026 09.40"),
        ("due", False, words.text("Day it is due; empty: by the service's standard"), "30/11/2026"),
        ("completed", False, words.text("Day it was completed"), "27/11/2026"),
        ("refused", False, words.text("Day it was refused"), ""),
        ("reason", False, words.text("Why it was refused"), "syarat"),
        ("collected", False, words.text("Day it was collected"), ""),
    )
    return el(
        "section",
        el("h2", words.text("Choose a file")),
        el(
            "form",
            el(
                "div",
                el("label", words.text("CSV file"), for_="file"),
                el(
                    "p",
                    words.text(
                        "At most {size} KiB and {rows} rows. You see what is in it before it is taken.",
                        size=words.number(MOST_BYTES // 1024),
                        rows=words.number(MOST_ROWS),
                    ),
                    class_="hint",
                    id="file-hint",
                ),
                el(
                    "input",
                    type="file",
                    id="file",
                    name="file",
                    accept=".csv,text/csv",
                    required=True,
                    aria_describedby="file-hint",
                ),
                class_="field",
            ),
            button(words.text("Check the file")),
            method="post",
            enctype="multipart/form-data",
        ),
        el("h3", words.text("Columns, named in the first line")),
        el(
            "table",
            el(
                "thead",
                el(
                    "tr",
                    [
                        el("th", t, scope="col")
                        for t in (words.text("Column"), words.text("Meaning"), words.text("Example"))
                    ],
                ),
            ),
            el(
                "tbody",
                [
                    el(
                        "tr",
                        el(
                            "th",
                            COLUMNS[name][0],
                            needed and el("small", words.text("required")),
                            scope="row",
                        ),
                        el("td", meaning),
                        el("td", example),
                    )
                    for name, needed, meaning, example in rows
                ],
            ),
            class_="list",
        ),
        class_="card",
    )


def _found(agency: Agency, given: Upload, words: Words, zone: str) -> Markup:
    table = given.table or Table()
    ignored = table.ignored and el(
        "p", words.text("Columns that are not read: {names}.", names=", ".join(table.ignored)), class_="hint"
    )
    if table.mistakes:
        first = words.plural(
            "{n} mistake. Mend the file and choose it again; nothing was taken.",
            "{n} mistakes. Mend the file and choose it again; nothing was taken.",
            len(table.mistakes),
        )
        rows = [
            el(
                "li",
                words.text("Line {line}", line=one.line),
                one.column and f", {one.column}",
                ": ",
                one.text,
            )
            for one in table.mistakes[:50]
        ]
        return el("section", alert(first), el("ul", rows, class_="mistakes"), ignored, class_="card")
    if not table.rows:
        return alert(words.text("There is no row in this file."))
    return _preview(agency, given, words, zone, ignored or None)


def _preview(agency: Agency, given: Upload, words: Words, zone: str, ignored: Markup | None) -> Markup:
    table = given.table or Table()
    head = (
        words.text("Number"),
        words.text("Service"),
        words.text("Received"),
        words.text("Due"),
        words.text("Last step"),
    )
    names = {
        "completed": words.text("completed"),
        "refused": words.text("refused"),
        "collected": words.text("collected"),
    }
    body = [
        el(
            "tr",
            el("th", row.number, scope="row", data_label=head[0]),
            el("td", row.service, data_label=head[1]),
            el("td", moment(row.received, words, zone), data_label=head[2]),
            el("td", row.due[:10] if row.due else words.text("by the standard"), data_label=head[3]),
            el("td", names[row.steps[-1][0]] if row.steps else words.text("taken in"), data_label=head[4]),
        )
        for row in table.rows[:SHOWN]
    ]
    more = len(table.rows) - SHOWN
    count = len(table.rows)
    return el(
        "section",
        el("h2", words.plural("{n} case in this file", "{n} cases in this file", count)),
        el(
            "table",
            el("thead", el("tr", [el("th", name, scope="col") for name in head])),
            el("tbody", body),
            class_="list rows",
        ),
        more > 0 and el("p", words.plural("and {n} row more", "and {n} rows more", more), class_="hint"),
        ignored,
        el(
            "form",
            el("textarea", given.text, name="text", hidden=True, aria_hidden="true", tabindex="-1"),
            button(words.plural("Take {n} case", "Take {n} cases", count), name="take", value="1"),
            el("a", words.text("Leave it"), href=f"/berkas/{agency.code}", class_="button second"),
            method="post",
            class_="buttons",
        ),
        class_="card",
    )
