"""Whatever the pages add, the file says what it says, and a file that is in order loads."""

from __future__ import annotations

import copy
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from mpp.i18n import words
from mpp.mall import fitting
from mpp.mall.additions import MALL, Item, merge
from mpp.mall.created import CODE
from mpp.mall.fitting import combine, faults
from mpp.mall.load import Parsed, examine_document, parse
from mpp.mall.model import Mall

EN = words("en")
TEXT = """
[mall]
code = "m"
name = "Mal"
zone = "WIB"
floors = ["1", "2"]
hours = { mon-fri = "08.00-15.00" }
[[holiday]]
day = 2026-12-25
[[agency]]
code = "a"
name = "A"
letter = "A"
counters = 2
service = [{ code = "s", name = "S", prefix = "A1", wait = 30 }]
[[agency]]
code = "b"
name = "B"
service = [{ code = "t", name = "T", prefix = "B1" }]
counter = [{ code = 7 }]
[[source]]
code = "q"
agencies = ["a", "b"]
"""


def filed(text: str = TEXT) -> Parsed:
    parsed = parse(text.encode(), "mpp.toml", EN)
    assert isinstance(parsed, Parsed)
    return parsed


def agency(code: str) -> Item:
    return Item("agency", "", code)


def service(of: str, code: str) -> Item:
    return Item("service", of, code)


def together(additions: dict[Item, dict[str, Any]], text: str = TEXT) -> Mall:
    found = combine(filed(text), additions, EN)
    assert found.aside == {}
    assert found.reading.mall is not None
    return found.reading.mall


def test_an_agency_with_its_service_counter_and_source_stands_beside_the_files() -> None:
    mall = together(
        {
            agency("pln"): {"name": "PLN", "floor": "2", "days": "tue,thu"},
            service("pln", "aduan"): {"name": "Aduan", "prefix": "C1", "wait": 15},
            Item("counter", "pln", "1"): {"name": "Loket PLN", "services": ["aduan", "gone"]},
            Item("source", "", "pln"): {"kind": "manual", "agencies": ["pln", "gone"]},
            Item("holiday", "", "2027-01-01"): {"name": "Tahun baru"},
            MALL: {"dial": "+62 361 555000,,", "name": "Other"},
        }
    )
    pln = mall.by_code["pln"]
    assert [mall.name, mall.dial, pln.floor] == ["Mal", "+62361555000,,", "2"]
    assert [(s.code, s.prefix, s.wait_s) for s in pln.services] == [("aduan", "C1", 900)]
    assert [(c.code, c.name, c.services) for c in pln.counters] == [("1", "Loket PLN", ("aduan",))]
    assert mall.sources_by_code["pln"].agencies == ("pln",)
    assert [str(day) for day, _ in mall.calendar.holidays] == ["2026-12-25", "2027-01-01"]
    assert list(mall.by_code) == ["a", "b", "pln"]


def test_services_and_counters_are_added_to_the_files_agencies() -> None:
    mall = together({service("b", "u"): {"name": "U"}, Item("counter", "a", "3"): {"services": ["s"]}})
    assert [s.code for s in mall.by_code["b"].services] == ["t", "u"]
    assert [c.code for c in mall.by_code["a"].counters] == ["1", "2", "3"]


def test_what_the_file_has_too_is_the_files() -> None:
    theirs: dict[Item, dict[str, Any]] = {
        agency("a"): {"name": "Mine"},
        service("a", "s"): {"name": "Mine"},
        Item("counter", "a", "2"): {"name": "Mine"},
        Item("counter", "b", "7"): {"name": "Mine"},
        Item("source", "", "q"): {"agencies": []},
        Item("holiday", "", "2026-12-25"): {"name": "Mine"},
    }
    found = combine(filed(), theirs | {service("gone", "s"): {"name": "S"}}, EN)
    assert found.replaced == set(theirs)
    assert found.homeless == {service("gone", "s")}
    assert found.reading.mall == combine(filed(), {}, EN).reading.mall


def test_a_source_of_all_agencies_has_the_added_ones_too() -> None:
    text = TEXT.replace('["a", "b"]', '"all"')
    assert together({agency("pln"): {"name": "PLN"}}, text).sources[0].agencies == ("a", "b", "pln")


def test_a_mall_without_a_file_is_what_the_pages_say() -> None:
    said: dict[Item, dict[str, Any]] = {
        MALL: {"code": "m", "name": "Mal", "zone": "WITA", "hours": {"mon-fri": "08.00-15.00"}},
        agency("a"): {"name": "A", "schedule": [{"from": "2027-02-08", "to": "2027-03-09"}]},
    }
    found = combine(None, said, EN)
    assert found.reading.mall is not None
    assert [found.reading.mall.zone, *found.reading.mall.by_code] == ["Asia/Makassar", "a"]
    assert len(found.reading.mall.by_code["a"].calendar.ranges) == 1
    nothing = combine(None, {agency("a"): {"name": "A"}}, EN).reading
    assert [m.key for m in nothing.mistakes] == ["mall"]


def test_one_that_does_not_fit_is_set_aside_alone_and_told_at_its_field() -> None:
    """The clash is told of the addition, although the file's second agency stands after it."""
    many: dict[Item, dict[str, Any]] = {
        service("a", f"n{n}"): {"name": f"N{n}", "prefix": f"N{n}"} for n in range(40)
    }
    bad = service("a", "n17")
    many[bad] = {"name": "N17", "prefix": "B1"}
    found = combine(filed(), many, EN)
    assert list(found.aside) == [bad]
    assert [(m.key, m.problem) for m in found.aside[bad]] == [
        ("prefix", '"B1" is already used by agency[b].service[t]')
    ]
    assert found.reading.mall is not None
    assert len(found.reading.mall.by_code["a"].services) == 40


def test_a_counter_whose_only_service_ended_never_serves_all_of_them() -> None:
    counter = Item("counter", "a", "3")
    found = combine(filed(), {counter: {"services": ["gone"]}}, EN)
    assert [(m.key, m.problem) for m in found.aside[counter]] == [
        ("services", "'gone' is no service of this agency")
    ]
    assert found.reading.mall is not None
    assert found.reading.mall.by_code["a"].counter("3") is None


def test_many_that_do_not_fit_are_set_aside_by_a_few_readings() -> None:
    """The file lost a floor: everything on it is told at its field, and the rest stays."""
    many: dict[Item, dict[str, Any]] = {
        agency(f"n{n}"): {"name": f"N{n}", "floor": "9" if n % 2 else "1"} for n in range(80)
    }
    with patch.object(fitting, "examine_document", wraps=examine_document) as examined:
        found = combine(filed(), many, EN)
    assert examined.call_count <= 5
    assert found.aside.keys() == {item for n, item in enumerate(many) if n % 2}
    assert [m.key for m in found.aside[agency("n1")]] == ["floor"]
    assert found.reading.mall is not None
    assert "n78" in found.reading.mall.by_code


def test_what_is_wrong_is_told_at_the_field_it_was_typed_in() -> None:
    item = agency("x")
    wrong = {"name": "", "letter": "abc", "hours": {"fri": "8-15"}, "floor": "9", "days": "funday"}
    keys = {m.key for m in faults(filed(), {item: wrong}, item, EN)}
    assert keys == {"name", "letter", "hours.fri", "floor", "days"}
    holiday = Item("holiday", "", "2027-13-01")
    assert [m.key for m in faults(filed(), {holiday: {}}, holiday, EN)] == ["day"]
    assert [m.key for m in faults(filed(), {MALL: {"dial": "x"}}, MALL, EN)] == ["dial"]


def test_a_file_with_mistakes_gives_these_and_nothing_else() -> None:
    found = combine(filed('[mall]\ncode = "m"\n'), {agency("a"): {"name": "A"}}, EN)
    assert found.reading.mall is None
    assert {m.file for m in found.reading.mistakes} == {"mpp.toml"}
    assert found.aside == {}


codes = st.sampled_from(["a", "b", "s", "t", "1", "2", "7", "q", "new", "mpp", "", "A b", "2026-12-25"])
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 400),
    st.sampled_from(
        ["A", "A1", "B1", "x", "1", "all", "mon-fri", "08.00-15.00", "2026-12-25", "WIB", "gratis"]
    ),
    st.lists(st.sampled_from(["a", "b", "s", "t", "1", "gone", 3, None]), max_size=3),
    st.dictionaries(
        st.sampled_from(["mon-fri", "fri", "from", "x"]), st.sampled_from(["tutup", "08.00-12.00", 1])
    ),
    st.lists(
        st.dictionaries(st.sampled_from(["from", "to", "hours"]), st.sampled_from(["2027-02-08", "x", 1]))
    ),
)
FIELDS = (
    "name", "letter", "short", "floor", "days", "hours", "breaks", "schedule", "services", "agencies",
    "prefix", "wait", "done", "fee", "kind", "code", "day", "zone", "floors", "dial", "counters",
    "counter", "service", "odd",
)  # fmt: skip
data = st.dictionaries(st.sampled_from(FIELDS), values, max_size=5)
named = data.map(lambda fields: {"name": "N"} | fields)
items = st.one_of(
    st.just(MALL),
    codes.map(lambda code: Item("holiday", "", code)),
    codes.map(agency),
    st.builds(service, codes, codes),
    st.builds(Item, st.just("counter"), codes, codes),
    codes.map(lambda code: Item("source", "", code)),
)
all_additions = st.dictionaries(items, data | named, max_size=6)


def as_filed(mall: Mall) -> tuple[Any, ...]:
    """Everything the file of these tests provisions, as the mall has it."""
    a, b = mall.by_code["a"], mall.by_code["b"]
    return (
        (mall.code, mall.name, mall.zone, mall.floors, mall.calendar.week, mall.calendar.holidays[:1]),
        (a.name, a.short, a.letter, a.calendar.week, a.service("s"), a.counter("1"), a.counter("2")),
        (b.name, b.letter, b.service("t"), b.counter("7")),
        mall.sources_by_code["q"],
    )


@settings(max_examples=200)
@given(all_additions)
def test_whatever_is_added_a_file_in_order_loads_and_says_what_it_says(
    additions: dict[Item, dict[str, Any]],
) -> None:
    before = copy.deepcopy(additions)
    parsed = filed()
    original = copy.deepcopy(parsed.document)
    found = combine(parsed, additions, EN)
    assert (additions, parsed.document) == (before, original)
    mall, alone = found.reading.mall, combine(parsed, {}, EN).reading.mall
    assert mall is not None
    assert alone is not None
    assert as_filed(mall) == as_filed(alone)
    assert all(found.aside.values())
    fitting = {item: one for item, one in additions.items() if item not in found.aside}
    assert examine_document(merge(parsed.document, fitting).document, parsed, EN).mall == mall
    for item in fitting.keys() - found.replaced - found.homeless:
        assert item.kind in {"mall", "holiday"} or CODE.fullmatch(item.code)
