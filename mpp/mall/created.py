"""What ``import --create`` makes: agencies, services and counters nobody has described yet.

Everything made here carries ``created = True``. It has no hours (working time is wall time) and
no promise until someone describes it, in ``mpp.toml`` or on a page.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace

from mpp.i18n import Words, words
from mpp.mall.model import Agency, Counter, Mall, Service, Source
from queues.clock import Calendar

CODE = re.compile(r"[a-z0-9-]{1,64}")
"""What a code looks like, to be matched in full."""

LONGEST_CODE = 64

# Letters that Unicode does not take apart into a base letter and a mark.
_FOLDED = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "\u0131": "i", "ß": "ss", "æ": "ae", "œ": "oe"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an import needs to exist: names by agency code, names by (agency, service), counters
    as (agency, code) and the source that writes them."""

    source: Source
    agencies: dict[str, str] = field(default_factory=dict)
    services: dict[tuple[str, str], str] = field(default_factory=dict)
    counters: set[tuple[str, str]] = field(default_factory=set)


def slug(label: str, taken: Container[str] = ()) -> str:
    """A code for a foreign label: "Kartu Keluarga (baru)" is "kartu-keluarga-baru".

    The same label always gives the same code; one in ``taken`` gets -2, -3 ... A label without a
    Latin letter or digit gives "x-" and a part of its hash.
    """
    folded = unicodedata.normalize("NFKD", label.casefold().translate(_FOLDED))
    plain = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in folded if not unicodedata.combining(c))).strip("-")
    mark = hashlib.sha256(label.strip().encode("utf-8", "surrogatepass")).hexdigest()[:8]
    if not plain:
        plain = f"x-{mark}"
    # Room for "-2" and its like; what is cut off a long label lives on in its hash.
    elif len(plain) > LONGEST_CODE - 8:
        plain = f"{plain[: LONGEST_CODE - 17].rstrip('-')}-{mark}"
    code, number = plain, 2
    while code in taken:
        code, number = f"{plain}-{number}", number + 1
    return code


def slugs(labels: Iterable[str]) -> dict[str, str]:
    """A different code for each different label, the same whatever order they come in."""
    codes: dict[str, str] = {}
    for label in sorted(set(labels)):
        codes[label] = slug(label, set(codes.values()))
    return codes


def add_created(mall: Mall | None, *, zone: str, wanted: Wanted, w: Words | None = None) -> Mall:
    """The description with all that is wanted in it; what it has already stays as it is.

    Without a mall one is made: code "mall", in ``zone`` (an IANA name), without hours. Raises
    ValueError for a bad code, a service or counter of an agency that is neither there nor wanted,
    or when the source is described and does not list an agency it needs; its text is in
    the language of ``w``, English without.
    """
    w = w or words("en")
    if mall is None:
        mall = Mall("mall", f"MPP ({wanted.source.name})", zone, Calendar(zone))
    for code in _codes(wanted):
        if not CODE.fullmatch(code):
            shown = repr(code)
            problem = w.text(
                "{code} is no code: use 1 to {most} of a-z, 0-9 and -", code=shown, most=LONGEST_CODE
            )
            raise ValueError(problem)
    agencies = dict(mall.by_code)
    for code, name in wanted.agencies.items():
        if code not in agencies:
            agencies[code] = Agency(code, name, name, Calendar(mall.zone), created=True)
    for (agency, code), name in wanted.services.items():
        held = _agency(agencies, agency, f"service {code}")
        if held.service(code) is None:
            service = Service(code, name, created=True)
            agencies[agency] = replace(held, services=(*held.services, service))
    for agency, code in sorted(wanted.counters):
        held = _agency(agencies, agency, f"counter {code}")
        if held.counter(code) is None:
            counter = Counter(code, f"Loket {code}", created=True)
            agencies[agency] = replace(held, counters=(*held.counters, counter))
    return replace(mall, agencies=tuple(agencies.values()), sources=_sources(mall, wanted, w))


def merge_created(new: Mall, old: Mall) -> Mall:
    """``new`` with what imports had added to ``old`` and ``new`` does not describe itself."""
    agencies = dict(new.by_code)
    for was in old.agencies:
        now = agencies.get(was.code)
        if now is not None:
            agencies[was.code] = _merged(now, was)
        elif was.created:
            agencies[was.code] = replace(was, calendar=replace(was.calendar, zone=new.zone))
    sources = tuple(
        replace(source, agencies=tuple(code for code in source.agencies if code in agencies))
        for source in old.sources
        if source.created and source.code not in new.sources_by_code
    )
    return replace(new, agencies=tuple(agencies.values()), sources=new.sources + sources)


def _merged(now: Agency, was: Agency) -> Agency:
    services = tuple(s for s in was.services if s.created and now.service(s.code) is None)
    counters = tuple(c for c in was.counters if c.created and now.counter(c.code) is None)
    return replace(now, services=now.services + services, counters=now.counters + counters)


def _sources(mall: Mall, wanted: Wanted, w: Words) -> tuple[Source, ...]:
    source, needed = wanted.source, dict.fromkeys((*wanted.source.agencies, *wanted.agencies))
    there = mall.sources_by_code.get(source.code)
    if there is None:
        return (*mall.sources, replace(source, agencies=tuple(needed), created=True))
    more = tuple(code for code in needed if code not in there.agencies)
    if not more:
        return mall.sources
    if not there.created:
        raise ValueError(
            w.text(
                "source {source} is described and does not list {agencies}: "
                "add it to the source's agencies, in mpp.toml or at /admin/sumber",
                source=there.code,
                agencies=", ".join(more),
            )
        )
    grown = replace(there, agencies=there.agencies + more)
    return tuple(grown if held is there else held for held in mall.sources)


def _codes(wanted: Wanted) -> list[str]:
    pairs = [*wanted.services, *wanted.counters]
    return [wanted.source.code, *wanted.agencies, *(code for _, code in pairs)]


def _agency(agencies: dict[str, Agency], code: str, needed_by: str) -> Agency:
    if code not in agencies:
        raise ValueError(f"{needed_by} belongs to agency {code}, which is neither described nor wanted")
    return agencies[code]
