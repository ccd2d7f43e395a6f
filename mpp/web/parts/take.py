"""Taking a row of *Perlu tindakan*: the words and the form that assets/take.js opens.

The form is server-made HTML in an attribute and not a tree of components: it lives outside the page
that Dash draws, so that a page drawn anew does not throw away what somebody is typing.
"""

from __future__ import annotations

from typing import Final

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import Words
from mpp.web.parts.action_words import notes
from mpp.web.parts.live import attributes

MINUTES: Final = (10, 15, 30, 60)
DEFAULT_MINUTES: Final = 15
NOTE_CHARS: Final = 120


def take_dialog(words: Words, taker: str) -> Component:
    """What take.js needs of the page: the form and the answers it gives. ``taker`` is the name that is
    written beside what is taken."""
    return html.Div(
        id="take",
        hidden=True,
        **attributes(
            data_take_form=str(take_form(words, taker)),
            data_recorded=words.text("Recorded."),
            data_sending=words.text("Sending …"),
            data_over=words.text("This row is already over: nothing is left to do."),
            data_sign_in=words.text("This screen is no longer signed in. Load the page again and sign in."),
            data_refused=words.text("Not accepted. Check the note."),
            data_unknown=words.text("Not known whether it was recorded. Try again."),
            data_unsent=words.text("Not sent yet. Try again."),
            data_no_note=words.text("Choose what is being done, or write it."),
        ),
    )


def take_form(words: Words, taker: str) -> Markup:
    """The form itself; its names are those of ``POST /api/v1/actions``."""
    return Markup(
        '<form class="take-form" novalidate>'
        '<h2 id="take-title">{title}</h2><p class="take-row"></p>'
        "<fieldset><legend>{what}</legend>"
        '<div class="take-chips">{chips}</div>'
        '<label class="take-field"><span>{own}</span><input name="own" type="text" maxlength="{note_chars}"'
        ' autocomplete="off" aria-describedby="take-hint"></label>'
        '<p class="take-hint" id="take-hint">{hint}</p></fieldset>'
        '<fieldset><legend>{until}</legend><div class="take-chips take-times">{times}</div></fieldset>'
        '<p class="take-hint">{who}</p>'
        '<p class="take-problem" role="alert"></p>'
        '<div class="take-buttons"><button type="button" class="take-cancel">{cancel}</button>'
        '<button type="submit" class="take-send">{send}</button></div></form>'
    ).format(
        title=words.text("I take it"),
        what=words.text("What is being done?"),
        chips=Markup("").join(_chip("note", note, note) for note in notes(words)),
        own=words.text("Or in your own words"),
        hint=words.text("Please write no identity or phone number."),
        until=words.text("How long will it take?"),
        times=_times(words),
        who=words.text("Recorded under the name {name}.", name=taker),
        cancel=words.text("Cancel"),
        send=words.text("Record"),
        note_chars=NOTE_CHARS,
    )


def _times(words: Words) -> Markup:
    made = [_chip("minutes", str(n), words.minutes(n * 60), checked=n == DEFAULT_MINUTES) for n in MINUTES]
    return Markup("").join([*made, _chip("minutes", "", words.text("open end"))])


def _chip(name: str, value: str, label: str, *, checked: bool = False) -> Markup:
    return Markup(
        '<label class="take-chip"><input type="radio" name="{}" value="{}"{}><span>{}</span></label>'
    ).format(name, value, " checked" if checked else "", label[:1].upper() + label[1:])
