"""The case desk as markup: counts, the form that takes a file in, the list with what can be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

from markupsafe import Markup

from counters.completion import REFUSALS
from mpp.i18n import Words
from mpp.live.cases import PAGE, STEPS, CaseDesk, Item
from mpp.measures import registry
from mpp.store.cases import Wanted
from mpp.web.plain import alert, button, el, field, said, select

GOOD: Final = ("terima", "ubah")


def desk_body(
    found: CaseDesk,
    wanted: Wanted,
    at: int,
    words: Words,
    *,
    zone: str,
    word: str,
    number: str,
    query: Mapping[str, str],
) -> Markup:
    """The page of one desk. ``word`` says what a form before came to, ``number`` what was typed in it."""
    wrong = refused(words, word)
    good = {"terima": words.text("The file is taken in."), "ubah": words.text("That is kept.")}.get(word, "")
    return el(
        "div",
        el("h1", words.text("Cases"), el("span", found.agency.short)),
        wrong and alert(wrong),
        good and said(good),
        _counts(found, words),
        _receive(found, words, number if wrong else "") if found.writes else _no_source(words),
        _filters(found, wanted, words),
        _list(found, words, zone, query),
        _pages(found, at, words, query, found.agency.code),
        class_="cases",
    )


def refused(words: Words, why: str) -> str:
    """Why something was not taken, empty for what is no refusal."""
    told = {
        "number": words.text("Write a number of 1 to 40 characters."),
        "person": words.text("This looks like a NIK or a telephone number. Write the number of the file."),
        "service": words.text("Choose one of this agency's services."),
        "due": words.text("The day it is due must be today or later, within ten years."),
        "known": words.text("This number was taken in today for this service already."),
        "stale": words.text("The case was in another state by then. The list shows it as it is."),
        "reason": words.text("Choose why it is refused."),
        "undo": words.text("There is nothing of today to take back any more."),
        "no_source": words.text("This agency has no source that could write what is told here."),
        "replay": words.text("This is a replay of a past day; nothing can be told in it."),
        "busy": words.text("The database is busy or down. Nothing was kept; send it again."),
        "id": words.text("The form was not complete. Send it again."),
        "unfit": words.text("This could not be kept. Look at what was typed."),
    }
    return told.get(why, "")


def refusals(words: Words) -> dict[str, str]:
    """Why a case is refused."""
    names = (
        words.text("Requirements not met"),
        words.text("Data do not match"),
        words.text("Applied for twice"),
        words.text("A matter of another agency"),
        words.text("Something else"),
    )
    return dict(zip(REFUSALS, names, strict=True))


def _no_source(words: Words) -> Markup:
    return alert(
        words.text(
            "This agency has no source that could write what is told here. An administrator adds one with "
            'kind = "manual" to the mall\'s description.'
        )
    )


def _counts(found: CaseDesk, words: Words) -> Markup:
    counts, measures = found.counts, registry(words)

    def one(key: str, text: str, *, state: str = "", small: str = "", mark: str = "") -> Markup:
        inside = (
            el("span", mark and el("span", mark, aria_hidden="true", class_="sign"), text, class_="figure"),
            el("span", measures[key].name, class_="name"),
            small and el("small", small),
        )
        title = f"{measures[key].formula} {measures[key].leaves_out}"
        body = el("a", inside, href=f"?keadaan={state}") if state else inside
        return el("li", body, title=title)

    on_time = words.percent(found.share)
    judged = counts.month_judged + counts.overdue
    overdue = words.number(counts.overdue)
    of = words.plural("of {n} case", "of {n} cases", judged)
    today = words.text("due today {n}", n=words.number(counts.due_today))
    return el(
        "ul",
        one("cases_open", words.number(counts.open), state="open", small=today if counts.due_today else ""),
        one("cases_overdue", overdue, state="overdue", mark="!" if counts.overdue else ""),
        one("cases_completed", words.number(counts.completed_today), state="completed"),
        one("cases_on_time", on_time, small=of if judged else words.text("nothing to judge yet")),
        class_="case-counts",
    )  # fmt: skip


def _receive(found: CaseDesk, words: Words, number: str) -> Markup:
    services = [(service.code, service.name) for service in found.agency.services]
    return el(
        "section",
        el("h2", words.text("Take a file in")),
        el(
            "form",
            el("input", type="hidden", name="id", value=uuid4().hex),
            field(
                words.text("Number"),
                "number",
                value=number,
                required=True,
                maxlength=40,
                autocomplete="off",
                hint=words.text("Of the file or ticket; no name, no NIK."),
            ),
            select(words.text("Service"), "service", services),
            field(
                words.text("Due"),
                "due",
                kind="date",
                hint=words.text("Left empty: by the service's standard."),
            ),
            button(words.text("Take in")),
            method="post",
            action=f"/berkas/{found.agency.code}/terima",
            class_="take-in",
        ),
        el(
            "p",
            el("a", words.text("Several at once, from a file"), href=f"/berkas/{found.agency.code}/unggah"),
        ),
        class_="card",
    )


def _filters(found: CaseDesk, wanted: Wanted, words: Words) -> Markup:
    states = (
        ("open", words.text("Not answered yet")),
        ("overdue", words.text("Overdue")),
        ("completed", words.text("Completed, not collected")),
        ("collected", words.text("Collected")),
        ("refused", words.text("Refused")),
        ("all", words.text("All")),
    )
    services = [("", words.text("All services")), *((s.code, s.name) for s in found.agency.services)]
    return el(
        "form",
        field(words.text("Search by number"), "q", value=wanted.text, kind="search", maxlength=60),
        select(words.text("Service"), "layanan", services, value=wanted.service or ""),
        select(words.text("State"), "keadaan", states, value=wanted.state or "all"),
        button(words.text("Show"), kind="second"),
        method="get",
        class_="filters",
        role="search",
    )


def _list(found: CaseDesk, words: Words, zone: str, query: Mapping[str, str]) -> Markup:
    if not found.items:
        return el("p", words.text("No case fits."), class_="lead none")
    head = (
        words.text("Number"),
        words.text("Service"),
        words.text("Received"),
        words.text("Due"),
        words.text("How it stands"),
        words.text("What to do"),
    )
    return el(
        "table",
        el("caption", words.plural("{n} case", "{n} cases", found.found)),
        el("thead", el("tr", [el("th", name, scope="col") for name in head])),
        el("tbody", [_row(item, found, words, (zone, query), head) for item in found.items]),
        class_="list rows case-list",
    )


def _row(
    item: Item,
    found: CaseDesk,
    words: Words,
    here: tuple[str, Mapping[str, str]],
    head: tuple[str, ...],
) -> Markup:
    row, (zone, query) = item.row, here
    promise = "" if row.due or row.due_at is None else words.text("by the standard")
    service = found.agency.service(row.service)
    by_minutes = service is not None and service.done is not None and service.done.minutes is not None
    whole = len(row.due) <= 10 if row.due else not by_minutes
    due = moment(row.due_at, words, zone, whole_day=whole)
    return el(
        "tr",
        el("th", row.number or "–", scope="row", data_label=head[0]),
        el("td", item.service, data_label=head[1]),
        el("td", moment(row.received_at, words, zone), data_label=head[2]),
        el("td", due, promise and el("small", promise), data_label=head[3]),
        el("td", _stands(item, words, zone), data_label=head[4], class_=f"stands {item.stands.word}"),
        el("td", _deeds(item, found, words, zone, query)),
    )


def moment(at: datetime | None, words: Words, zone: str, *, whole_day: bool = False) -> str:
    """A day and its time, or of a ``whole_day`` the day that ends ``at``; a dash where it is not known."""
    if at is None:
        return "–"
    if whole_day:
        # A day without hours ends at 24.00, the first instant of the next.
        return words.day((at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date())
    return f"{words.day(at.astimezone(ZoneInfo(zone)).date())} {words.time(at, zone)}"


def _stands(item: Item, words: Words, zone: str) -> list[Any]:
    stands, row = item.stands, item.row
    days = stands.days or 0
    if stands.word == "overdue":
        if days:
            text = words.plural("overdue by {n} working day", "overdue by {n} working days", days)
        elif stands.seconds:
            text = words.text("overdue by {time} of working time", time=words.duration(stands.seconds))
        else:  # since it was due nobody has worked
            text = words.text("overdue")
        return [el("span", "!", aria_hidden="true", class_="sign"), el("strong", text)]
    if stands.word == "due_today":
        time = words.time(row.due_at, zone) if row.due_at else "–"
        ends = row.due_at is not None and row.due_at.astimezone(ZoneInfo(zone)).time() == time_of_day.min
        text = words.text("due today") if ends else words.text("due today, until {time}", time=time)
        return [el("span", "▲", aria_hidden="true", class_="sign"), el("strong", text)]
    if stands.word == "running":
        return [words.plural("{n} working day left", "{n} working days left", days)]
    if stands.word == "no_due":
        return [words.text("no standard set")]
    names = {
        "completed": words.text("completed"),
        "collected": words.text("collected"),
        "refused": words.text("refused"),
    }
    why = refusals(words).get(row.reason or "", "")
    at = row.collected_at if stands.word == "collected" else row.ended_at
    told = [names[stands.word], " ", moment(at, words, zone), why and el("small", why)]
    if stands.on_time is not None:
        told.append(el("small", words.text("on time") if stands.on_time else words.text("after it was due")))
    return told


def _deeds(item: Item, found: CaseDesk, words: Words, zone: str, query: Mapping[str, str]) -> list[Any]:
    row, steps = item.row, STEPS.get(item.row.state, ())
    address = f"/berkas/{found.agency.code}/ubah" + (f"?{urlencode(query)}" if query else "")
    hidden = [
        el("input", type="hidden", name="source", value=str(row.source_id)),
        el("input", type="hidden", name="key", value=row.key),
    ]

    def form(*children: Any, class_: str | None = None) -> Markup:
        name = el("input", type="hidden", name="id", value=uuid4().hex)
        return el("form", name, hidden, children, method="post", action=address, class_=class_)

    def of(text: str) -> str:
        return words.text("{what}: number {number}", what=text, number=row.number or "–")

    made: list[Any] = []
    for what, text in (("completed", words.text("Completed")), ("collected", words.text("Collected"))):
        if what in steps:
            made.append(form(button(text, kind="second", name="what", value=what, aria_label=of(text))))
    if "refused" in steps:
        options = [("", words.text("Choose a reason")), *refusals(words).items()]
        choice = el(
            "select",
            [el("option", text, value=code) for code, text in options],
            name="reason",
            required=True,
            aria_label=of(words.text("Why is it refused?")),
        )
        send = button(words.text("Refuse"), kind="danger", name="what", value="refused")
        made.append(
            el(
                "details",
                el("summary", words.text("Refused …"), aria_label=of(words.text("Refused …"))),
                form(choice, send, class_="refuse"),
            )
        )
    if item.slip is not None:
        text = words.text(
            "Take back: {what} {time}", what=_slip(item.slip.type, words), time=words.time(item.slip.at, zone)
        )
        made.append(
            form(button(text, kind="second", name="undo", value=item.slip.event_id, aria_label=of(text)))
        )
    return [el("div", made, class_="deeds")]


def _slip(kind: str, words: Words) -> str:
    return {
        "case.received": words.text("taken in"),
        "case.completed": words.text("completed"),
        "case.refused": words.text("refused"),
        "case.collected": words.text("collected"),
    }[kind]


def _pages(found: CaseDesk, at: int, words: Words, query: Mapping[str, str], agency: str) -> Markup | None:
    last = max(1, -(-found.found // PAGE))
    if last == 1:
        return None

    def link(text: str, number: int) -> Markup:
        more = urlencode({**query, "halaman": str(number)})
        return el("a", text, href=f"/berkas/{agency}?{more}", class_="button second")

    return el(
        "nav",
        at > 1 and link(words.text("Before"), at - 1),
        el("span", words.text("Page {n} of {last}", n=words.number(at), last=words.number(last))),
        at < last and link(words.text("After"), at + 1),
        class_="pages",
        aria_label=words.text("Pages of the list"),
    )
