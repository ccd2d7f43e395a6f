from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from mpp.i18n import words
from mpp.live.frames import Picture, wire_cells
from mpp.live.views import Cell, View, Views, ago, diff
from tests.factories import MORNING, board

UNITS = ("mnt", "jam", "hari")


def views() -> Views:
    made = Views()
    made.register("room", lambda board, scope, words: {"n": Cell(str(board.version))})
    made.register("agency", lambda board, scope, words: {"who": Cell(scope)}, scoped=True)
    return made


def test_plain_text_travels_as_a_string() -> None:
    assert Cell("23").wire() == "23"
    assert not Cell("").wire()


def test_everything_else_travels_as_an_object_of_the_parts_that_are_set() -> None:
    assert Cell("x", state="over").wire() == {"x": "x", "s": "over"}
    assert Cell(None, state="over").wire() == {"s": "over"}
    assert Cell(fragment=Markup("<b>1</b>")).wire() == {"h": "<b>1</b>"}
    assert Cell("{ago}", since=MORNING).wire() == {"x": "{ago}", "e": 1795401612000}


def test_an_emptied_text_beside_a_state_is_sent_and_not_left_standing() -> None:
    assert Cell("", state="calm").wire() == {"x": "", "s": "calm"}


def test_a_fragment_must_be_escaped_markup() -> None:
    with pytest.raises(TypeError, match="Markup"):
        Cell(fragment="<b>")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(-5, "0 mnt"), (59, "0 mnt"), (2460, "41 mnt"), (7199, "119 mnt"), (7200, "2 jam"), (200_000, "2 hari")],
)
def test_times_passed_stay_short(seconds: float, says: str) -> None:
    assert ago(seconds, UNITS) == says


def test_an_elapsed_time_is_a_template_filled_where_it_is_shown() -> None:
    cell = Cell("terlama {ago}", since=MORNING - timedelta(minutes=41, seconds=10))
    assert cell.at(MORNING, UNITS) == "terlama 41 mnt"


def test_only_registered_views_exist() -> None:
    made = views()
    assert made.find("room") == View("room", "", "id")
    assert made.find("agency", "dukcapil", "en") == View("agency", "dukcapil", "en")
    for page, scope, locale in [
        ("no", "", "id"),
        ("room", "x", "id"),
        ("agency", "", "id"),
        ("room", "", "fr"),
    ]:
        assert made.find(page, scope, locale) is None
    assert made.find("agency", "a|b") is None


def test_a_page_is_registered_once() -> None:
    made = views()
    with pytest.raises(ValueError, match="twice"):
        made.register("room", lambda board, scope, words: {})


def test_a_view_is_drawn_by_its_function() -> None:
    view = views().find("agency", "pln")
    assert view is not None
    assert views().cells(view, board(), words("id")) == {"who": Cell("pln")}
    assert View.from_key(view.key) == view


texts = st.dictionaries(st.sampled_from("abcdef"), st.builds(Cell, st.sampled_from(["", "1", "2"])))


@given(texts, texts)
def test_the_difference_turns_the_old_picture_into_the_new(
    old: dict[str, Cell], new: dict[str, Cell]
) -> None:
    changed, gone = diff(old, new)
    after = {key: cell for key, cell in (old | changed).items() if key not in gone}
    assert after == new
    assert all(old.get(key) != cell for key, cell in changed.items())


@given(st.lists(texts, min_size=1, max_size=8), st.integers(0, 7))
def test_what_happened_since_a_picture_is_known_in_one_step(
    pictures: list[dict[str, Cell]], start: int
) -> None:
    start = min(start, len(pictures) - 1)
    picture = Picture("boot", 1, wire_cells(pictures[0]))
    numbers = [picture.v]
    for v, cells in enumerate(pictures[1:], 2):
        picture.advance(wire_cells(cells), v, 0)
        numbers.append(picture.v)
    known = picture.since("boot", numbers[start])
    assert known is not None
    changed, gone = known
    before = wire_cells(pictures[start])
    assert {k: w for k, w in (before | changed).items() if k not in gone} == wire_cells(pictures[-1])


def test_an_unknown_picture_needs_the_whole_one() -> None:
    picture = Picture("boot", 1, {"a": "1"}, history=2)
    for v in range(2, 6):
        picture.advance({"a": str(v)}, v, 0)
    assert picture.since("boot", 4) == ({"a": "5"}, [])
    assert picture.since("boot", 1) is None
    assert picture.since("other", 4) is None


def test_the_whole_picture_is_serialised_once() -> None:
    picture = Picture("boot", 1, {"a": "1"})
    assert picture.whole(5) is picture.whole(6)
    picture.advance({"a": "2"}, 2, 7)
    assert b'"a":"2"' in picture.whole(8).json
