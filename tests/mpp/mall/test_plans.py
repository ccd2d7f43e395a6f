"""A floor's plan from a file: what is kept of an SVG, and what is wrong with one."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import process_time
from xml.etree.ElementTree import XMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from mpp.i18n import words
from mpp.mall import plans
from mpp.mall.plans import ELEMENTS, Plan, PlanError, Slot, check_plans, clean, ids
from mpp.web.parts.plan_file import Plans, plan_svg
from tests.world import small_mall

EN = words("en")
KNOWN = {"loket-pln-1": ("pln", "1"), "loket-bpjs-kes-2": ("bpjs-kes", "2")}


def drawn(inner: str, head: str = 'viewBox="0 0 160 90"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{inner}</svg>'.encode()


def markup(plan: Plan) -> str:
    return "".join(part for part in plan.parts if isinstance(part, Markup))


def refused(content: bytes) -> str:
    with pytest.raises(PlanError) as told:
        clean(content, KNOWN, EN)
    assert told.value.remedy
    return told.value.problem


def test_rectangles_become_places_and_the_rest_stays_as_drawn() -> None:
    plan = clean(
        drawn(
            '<g transform="translate(2 3)"><rect id="loket-pln-1" x="5" y="6px" width="30" height="20" '
            'transform="rotate(90)"/><path d="M0 0h9" style="stroke:#333;behavior:url(x)" id="page"/></g>'
            '<text x="1">Pintu &amp; <tspan font-size="9">tangga</tspan> A</text>'
        ),
        KNOWN,
        EN,
    )
    assert plan.view_box == (0.0, 0.0, 160.0, 90.0)
    slots = [part for part in plan.parts if isinstance(part, Slot)]
    assert slots == [Slot(("pln", "1"), 5, 6, 30, 20, "rotate(90)")]
    assert markup(plan) == (
        '<g transform="translate(2 3)"><path stroke="#333" d="M0 0h9"></path></g>'
        '<text x="1">Pintu &amp; <tspan font-size="9">tangga</tspan> A</text>'
    )
    shown = plan_svg(plan, 'Denah "1"')
    assert 'data-live="c.pln.1"' in shown
    assert 'viewBox="0 0 160 90"' in shown


def test_nothing_that_runs_or_leads_elsewhere_is_kept() -> None:
    kept = markup(
        clean(
            drawn(
                '<script>alert(1)</script><style>*{fill:url(http://e)}</style><a href="http://e"><rect/></a>'
                '<image href="http://e/x.png"/><use href="#x"/><foreignObject><b>x</b></foreignObject>'
                '<rect onclick="alert(1)" fill="url(http://e)" style="fill:url(#x);stroke:red" width="1"/>'
                '<set attributeName="href"/><animate/><text>&lt;script&gt;</text><!-- x --><?php x ?>'
            ),
            KNOWN,
            EN,
        )
    )
    assert kept == '<rect stroke="red" width="1"></rect><text>&lt;script&gt;</text>'


@given(
    st.sampled_from([*ELEMENTS, "script", "a", "image", "style", "use", "set"]),
    st.sampled_from(["fill", "style", "onload", "href", "d", "transform", "x", "class", "id", "stroke"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30),
)
def test_whatever_is_drawn_what_is_kept_is_on_the_list(name: str, attribute: str, value: str) -> None:
    content = drawn(f'<{name} {attribute}="{escape(value)}">{escape(value)}</{name}>')
    try:
        kept = markup(clean(content, {}, EN))
    except PlanError:
        assert "<!" in value or not value.isprintable()
        return
    parser = XMLParser()
    parser.feed(f"<svg>{kept}</svg>")
    for element in parser.close().iter():
        assert element.tag in {"svg", *ELEMENTS}
        assert not element.attrib.keys() & {"onload", "href", "class", "id", "style"}
        assert not any(re.search(r"url|:|<", text) for text in element.attrib.values())


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is no SVG drawing"),
        (b"\xff\xfe<\x00s\x00", "the file is no SVG drawing"),
        (b"<html/>", "the file is no SVG drawing"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><svg/>', "the plan declares a document type or entities"),
        (drawn("", head=""), "the plan does not say how large it is"),
        (drawn("", head='viewBox="0 0 0 9"'), "the plan does not say how large it is"),
        (drawn("<g/>" * 5_001), "the plan has more than 5,000 elements"),
        (b" " * (plans.LARGEST + 1), "the plan is larger than 512 KiB"),
        (drawn('<path id="loket-pln-1"/>'), '"loket-pln-1" is no rectangle'),
        (drawn('<rect id="loket-pln-1" width="9%" height="2"/>'), '"loket-pln-1" is no rectangle'),
    ],
)
def test_a_wrong_plan_is_told_what_is_wrong(content: bytes, problem: str) -> None:
    assert refused(content) == problem


@pytest.mark.parametrize(
    "inner",
    [
        f'<rect x="{"1" * 16_000}x" height="{"1" * 16_000}."/>',
        f'<rect id="loket-pln-1" width="{"1" * 16_000}x" height="1"/>',
    ],
    ids=["kept", "place"],
)
def test_no_drawing_holds_up_the_pictures(inner: str) -> None:
    """They are drawn in the one thread that draws every live page."""
    before = process_time()
    with suppress(PlanError):
        clean(drawn(inner), KNOWN, EN)
    assert process_time() - before < 0.5


def test_groups_without_end_are_cut_not_followed() -> None:
    deep = drawn("<g>" * 4_000 + "<rect/>" + "</g>" * 4_000)
    assert "<rect>" not in markup(clean(deep, KNOWN, EN))


def test_check_names_each_file_that_is_wrong_and_counters_without_a_place(tmp_path: Path) -> None:
    mall = small_mall(plans=(("1", "a.svg"), ("2", "none.svg")))
    on_one = replace(mall.agencies[0], floor="1")
    mall = replace(mall, agencies=(on_one, mall.agencies[1]))
    (tmp_path / "a.svg").write_bytes(
        drawn(
            '<rect id="loket-dukcapil-1" width="1" height="1"/>'
            '<rect id="loket-dukcapil-9" width="2" height="1"/>'
        )
    )
    unknown, missing, gone = check_plans(mall, tmp_path, EN)
    assert unknown.warning
    assert unknown.problem == '"loket-dukcapil-9" is no counter of this floor'
    plan = Plans(tmp_path).of(mall.plans, "1", ids(mall, "1"))
    assert plan is not None  # a counter that ended leaves its rectangle behind, not a wall without a plan
    assert markup(plan) == '<rect width="2" height="1"></rect>'
    assert (missing.key, missing.warning) == ("plan[1].file", True)
    assert missing.problem == "2 counters of this floor have no rectangle: loket-dukcapil-2, loket-dukcapil-3"
    assert gone.problem == "none.svg cannot be read"


def test_a_plan_is_read_again_when_its_file_changed_and_a_wrong_one_is_left_out(tmp_path: Path) -> None:
    held, named = Plans(tmp_path), [("1", "a.svg")]
    assert held.of(named, "1", KNOWN) is None
    (tmp_path / "a.svg").write_bytes(drawn('<rect id="loket-pln-1" width="1" height="1"/>'))
    plan = held.of(named, "1", KNOWN)
    assert plan is not None
    assert plan.counters == {("pln", "1")}
    assert held.of(named, "1", KNOWN) is plan
    assert held.of(named, "2", KNOWN) is None
    (tmp_path / "a.svg").write_bytes(b"<svg")
    assert held.of(named, "1", KNOWN) is None
