"""A tree of components as HTML."""

from __future__ import annotations

from html.parser import HTMLParser

from dash import dcc, html
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from mpp.i18n import words
from mpp.live.views import Cell
from mpp.web.markup import VOID, to_html
from mpp.web.parts.fragment import markup
from mpp.web.parts.live import LiveCells, since
from tests.factories import MORNING


def test_names_styles_and_flags_are_those_of_html() -> None:
    node = html.Label(
        "x", className="a b", htmlFor="y", style={"--u": "1px", "maxWidth": "3em"}, hidden=True, tabIndex=0
    )
    assert to_html(node) == (
        '<label class="a b" hidden for="y" style="--u:1px;max-width:3em" tabindex="0">x</label>'
    )
    assert to_html(html.Button("x", disabled=False, n_clicks=0)) == "<button>x</button>"
    assert to_html(html.Div([html.Br(), None, 3, "a", html.B("c")])) == "<div><br>3a<b>c</b></div>"


def test_a_link_of_dash_is_a_plain_one_and_what_only_scripts_draw_is_left_out() -> None:
    assert to_html(dcc.Link("on", href="?a=1&b=2")) == '<a href="?a=1&amp;b=2">on</a>'
    assert to_html(html.Div([dcc.Location(id="url"), dcc.Graph()])) == "<div></div>"


@given(st.lists(st.one_of(st.text("<>&'\"{}%a"), st.integers(), st.none(), st.just(Markup("<i>{}</i>")))))
def test_a_template_is_filled_as_markup_itself_does_it(values: list[object]) -> None:
    template = "<b>{}</b>" * len(values)
    made = markup(template, *values)
    assert isinstance(made, Markup)
    assert made == Markup(template).format(*values)


def test_a_fragment_stands_in_its_cell_with_the_times_filled_in() -> None:
    cell = Cell(fragment=Markup("<b>{}</b>{}{}").format("A<1", since(MORNING), since(MORNING, fine=True)))
    drawn = LiveCells({"k": cell}, MORNING, words("id")).text("k")
    ms = round(MORNING.timestamp() * 1000)
    assert to_html(drawn) == (
        f'<span class="" data-live="k"><b>A&lt;1</b><time data-since="{ms}">0 mnt</time>'
        f'<time data-since="{ms}" data-fine>0 dtk</time></span>'
    )


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth, self.texts, self.values = 0, [""], [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag not in VOID
        self.values += [value for _, value in attrs if value]

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


texts = st.text(st.characters(exclude_characters="\r\x00", exclude_categories=("Cs", "Cc")), min_size=1)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_whatever_is_in_it_comes_out_as_it_was_and_never_as_html(some: list[tuple[str, str]]) -> None:
    node = html.Section([html.P(text, title=title) for text, title in some])
    reader = Reader()
    reader.feed(to_html(node))
    reader.close()
    assert reader.depth == 0
    assert "".join(reader.texts) == "".join(text for text, _ in some)
    assert reader.values[1:] == [title for _, title in some]
