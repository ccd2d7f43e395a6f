"""A floor's plan as the mall draws it: an SVG of which only harmless parts are kept.

A rectangle with the id ``loket-<agency>-<counter>`` is where that counter stands; the page draws the
counter in it. Everything else is background. Elements and attributes come from a list: no scripts, no
links, no pictures, no styles, nothing that leads to another address. A ``style`` attribute is read for
the same few properties, because drawing programs write colours there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError, XMLParser

from markupsafe import Markup

from mpp.i18n import Words
from mpp.mall.mistakes import Mistake
from mpp.mall.model import Mall

LARGEST: Final = 512 * 1024
MOST_ELEMENTS: Final = 5_000
DEEPEST: Final = 40
"""Bytes of a file, elements in it, and groups within groups."""

ELEMENTS: Final = frozenset(
    ("g", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", "tspan", "title")
)
_POSITIONS: Final = (
    "x",
    "y",
    "width",
    "height",
    "rx",
    "ry",
    "cx",
    "cy",
    "r",
    "x1",
    "y1",
    "x2",
    "y2",
    "dx",
    "dy",
)
_NUMBERS: Final = frozenset(
    (
        *_POSITIONS,
        "font-size",
        "stroke-width",
        "opacity",
        "fill-opacity",
        "stroke-opacity",
        "stroke-dashoffset",
    )
)
_SHAPES: Final = frozenset(("d", "points", "transform", "stroke-dasharray"))
_COLOURS: Final = ("fill", "stroke", "fill-rule", "stroke-linecap", "stroke-linejoin")
_NAMES: Final = frozenset((*_COLOURS, "font-weight", "font-style", "text-anchor", "dominant-baseline"))
_NUMBER: Final = re.compile(
    r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?)\s*(?:px|%)?\s*", re.IGNORECASE
)
_SHAPE: Final = re.compile(r"[\w\s.,()+-]*")
_NAME: Final = re.compile(r"[a-z-]+|#[0-9a-f]{3,8}|rgba?\([\d\s.,%]+\)", re.IGNORECASE)
_STYLED: Final = _NUMBERS | _NAMES | {"stroke-dasharray"}
_SVG: Final = "{http://www.w3.org/2000/svg}"

Place = tuple[str, str]
"""A counter: codes of agency and counter."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a counter stands: a rectangle, moved by the ``transform`` of its own element."""

    counter: Place
    x: float
    y: float
    width: float
    height: float
    transform: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that can be shown: its viewBox, and harmless markup with the counters' slots in it.
    ``unknown`` are ids made for counters that the floor has not: drawn as background."""

    view_box: tuple[float, float, float, float]
    parts: tuple[Markup | Slot, ...]
    unknown: tuple[str, ...] = ()

    @property
    def counters(self) -> frozenset[Place]:
        """The counters it has a place for."""
        return frozenset(part.counter for part in self.parts if isinstance(part, Slot))


class PlanError(ValueError):
    """A plan that cannot be shown; ``problem`` and ``remedy`` as in a mistake of the description."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}. {remedy}")
        self.problem, self.remedy = problem, remedy


def check_plans(mall: Mall, folder: Path, w: Words) -> tuple[Mistake, ...]:
    """What is wrong with the files of the plans, which lie in or below ``folder``. They stop nothing:
    without its plan a floor is drawn from the description."""
    found: list[Mistake] = []
    for floor, name in mall.plans:
        known = ids(mall, floor)
        key = f"plan[{floor}].file"
        try:
            plan = read_plan(folder / name, known, w)
        except PlanError as error:
            found.append(Mistake(name, key, error.problem, error.remedy, warning=True))
            continue
        for id_ in plan.unknown:
            problem = w.text('"{id}" is no counter of this floor', id=id_[:80])
            remedy = w.text("Name it loket-<agency>-<counter> by the codes of the description")
            found.append(Mistake(name, key, problem, remedy, warning=True))
        missing = sorted(id_ for id_, place in known.items() if place not in plan.counters)
        if missing:
            problem = w.plural(
                "{n} counter of this floor has no rectangle: {ids}",
                "{n} counters of this floor have no rectangle: {ids}",
                len(missing),
                ids=", ".join(missing[:5]) + (" …" if len(missing) > 5 else ""),
            )
            remedy = w.text("Give each a <rect> with that id; until then they are listed below the plan")
            found.append(Mistake(name, key, problem, remedy, warning=True))
    return tuple(found)


def ids(mall: Mall, floor: str) -> dict[str, Place]:
    """The id of every counter's rectangle on a floor."""
    return {
        f"loket-{agency.code}-{counter.code}": (agency.code, counter.code)
        for agency in mall.agencies
        for counter in agency.counters
        if (counter.floor or agency.floor) == floor
    }


def read_plan(path: Path, known: Mapping[str, Place], w: Words) -> Plan:
    """The plan in a file. Raises PlanError for a file that is no plan."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError:
        raise PlanError(
            w.text("{file} cannot be read", file=path.name), w.text("Put the file there, readable")
        ) from None
    return clean(content, known, w)


def clean(content: bytes, known: Mapping[str, Place], w: Words) -> Plan:
    """What of an SVG may be shown; ``known`` are the counters by the id of their rectangle. Raises
    PlanError."""
    if len(content) > LARGEST:
        size = w.number(LARGEST // 1024)
        raise PlanError(
            w.text("the plan is larger than {n} KiB", n=size), w.text("Draw it simpler: no pictures in it")
        )
    root = _parsed(content, w)
    if root.tag not in {"svg", f"{_SVG}svg"}:
        raise PlanError(w.text("the file is no SVG drawing"), w.text("Save it as plain SVG"))
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        most = w.number(MOST_ELEMENTS)
        raise PlanError(
            w.text("the plan has more than {n} elements", n=most),
            w.text("Draw it simpler: no pictures in it"),
        )
    cleaner = _Cleaner(known, w)
    cleaner.children(root, 0)
    return Plan(_view_box(root, w), cleaner.joined(), tuple(cleaner.unknown))


def _parsed(content: bytes, w: Words) -> Element:
    """The document. One that declares entities or a document type could grow without end."""
    broken = PlanError(w.text("the file is no SVG drawing"), w.text("Save it as plain SVG"))
    try:
        text = content.decode("utf-8-sig")
        if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
            raise PlanError(
                w.text("the plan declares a document type or entities"), w.text("Save it as plain SVG")
            )
        parser = XMLParser()  # noqa: S314 without a document type there is nothing to expand
        parser.feed(text)
        root: Element = parser.close()
    except (UnicodeDecodeError, ParseError, ValueError, RecursionError) as error:
        raise (error if isinstance(error, PlanError) else broken) from None
    return root


def _view_box(root: Element, w: Words) -> tuple[float, float, float, float]:
    said = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    numbers = [_number(one) for one in said]
    if len(numbers) != 4:
        numbers = [0.0, 0.0, _number(root.get("width")), _number(root.get("height"))]
    x, y, width, height = (one if one is not None else 0.0 for one in numbers)
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise PlanError(
            w.text("the plan does not say how large it is"), w.text('Give <svg> a viewBox = "0 0 1600 900"')
        )
    return x, y, width, height


def _number(text: str | None) -> float | None:
    found = None if "%" in (text or "") else _NUMBER.fullmatch(text or "")
    return None if found is None else float(found[1])


class _Cleaner:
    """Writes the harmless part of a tree, and slots in the place of counters' rectangles."""

    def __init__(self, known: Mapping[str, Place], w: Words) -> None:
        self._known, self._w = known, w
        self._parts: list[Markup | Slot] = []
        self._drawn: list[Markup] = []
        self.unknown: list[str] = []

    def joined(self) -> tuple[Markup | Slot, ...]:
        """The parts, markup that follows markup in one."""
        self._join()
        return tuple(self._parts)

    def _join(self) -> None:
        if self._drawn:
            self._parts.append(Markup("").join(self._drawn))
            self._drawn = []

    def children(self, element: Element, depth: int) -> None:
        """Everything harmless in an element."""
        for child in element:
            self._element(child, depth + 1)

    def _element(self, element: Element, depth: int) -> None:
        name = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""
        if name not in ELEMENTS or depth > DEEPEST:
            return
        id_ = element.get("id") or ""
        if id_ in self._known:
            self._join()
            self._parts.append(self._slot(element, name, id_))
            return
        if id_.startswith("loket-"):
            self.unknown.append(id_)
        self._drawn.append(Markup("<{}{}>").format(name, _attributes(element)))
        if name in {"text", "tspan", "title"} and element.text:
            self._drawn.append(Markup("{}").format(element.text))
        for child in element:
            self._element(child, depth + 1)
            if name in {"text", "tspan"} and child.tail:
                self._drawn.append(Markup("{}").format(child.tail))
        self._drawn.append(Markup("</{}>").format(name))

    def _slot(self, element: Element, name: str, id_: str) -> Slot:
        x, y, width, height = (_number(element.get(key)) for key in ("x", "y", "width", "height"))
        if name != "rect" or not width or not height or width < 0 or height < 0:
            raise PlanError(
                self._w.text('"{id}" is no rectangle', id=id_),
                self._w.text("Draw the counter as a <rect> with width and height"),
            )
        transform = element.get("transform") or ""
        if not _SHAPE.fullmatch(transform):
            transform = ""
        return Slot(self._known[id_], x or 0.0, y or 0.0, width, height, transform)


def _attributes(element: Element) -> Markup:
    """The harmless attributes, those of ``style`` among them."""
    said = dict(_styles(element.get("style") or "")) | dict(element.attrib)
    kept = ((name, value) for name, value in said.items() if _harmless(name, value))
    return Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in kept)


def _styles(style: str) -> Iterable[tuple[str, str]]:
    for part in style.split(";"):
        name, _, value = part.partition(":")
        if name.strip() in _STYLED:
            yield name.strip(), value.strip()


def _harmless(name: str, value: str) -> bool:
    if name in _NUMBERS:
        return all(_NUMBER.fullmatch(one) for one in re.split(r"[\s,]+", value.strip()))
    if name in _SHAPES:
        return _SHAPE.fullmatch(value) is not None
    return name in _NAMES and _NAME.fullmatch(value.strip()) is not None
