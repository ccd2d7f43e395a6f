"""What an import makes, and what stays of it when mpp.toml changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.mall import Mall, Source, Wanted, add_created, merge_created, slug, slugs
from mpp.mall.created import CODE
from mpp.mall.load import examine_bytes
from queues.clock import Calendar

BANK = Wanted(
    source=Source("bank", "Bank", ("bank",), kind="file"),
    agencies={"bank": "Bank"},
    services={("bank", "loans"): "Loans", ("bank", "cards"): "Cards"},
    counters={("bank", "2"), ("bank", "1")},
)
TEXT = """
[mall]
code = "m"
name = "Mal"
zone = "WIB"
hours = { mon-fri = "08.00-15.00" }
[[agency]]
code = "a"
name = "A"
service = [{ code = "s", name = "S", wait = 30 }]
[[source]]
code = "q"
agencies = ["a"]
"""


def described(text: str = TEXT) -> Mall:
    mall = examine_bytes(text.encode(), "mpp.toml").mall
    assert mall is not None
    return mall


def test_an_empty_installation_becomes_the_file() -> None:
    mall = add_created(None, zone="Asia/Jerusalem", wanted=BANK)
    assert (mall.code, mall.zone, mall.calendar) == ("mall", "Asia/Jerusalem", Calendar("Asia/Jerusalem"))
    (agency,) = mall.agencies
    assert agency.created
    assert agency.calendar == Calendar("Asia/Jerusalem")
    assert [(s.code, s.name, s.wait_s, s.created) for s in agency.services] == [
        ("loans", "Loans", None, True),
        ("cards", "Cards", None, True),
    ]
    assert [(c.code, c.name, c.created) for c in agency.counters] == [
        ("1", "Loket 1", True),
        ("2", "Loket 2", True),
    ]
    assert mall.sources == (replace(BANK.source, created=True),)


def test_a_second_time_adds_nothing() -> None:
    once = add_created(None, zone="Asia/Jerusalem", wanted=BANK)
    assert add_created(once, zone="Asia/Jerusalem", wanted=BANK) == once


def test_more_is_added_to_what_is_described() -> None:
    source = Source("q2", "Q2", (), kind="file")
    wanted = Wanted(
        source=source, services={("a", "s"): "other name", ("a", "t"): "T"}, counters={("a", "1")}
    )
    mall = add_created(described(), zone="Asia/Tokyo", wanted=wanted)
    assert mall.zone == "Asia/Jakarta"
    assert [(s.code, s.name, s.wait_s, s.created) for s in mall.agencies[0].services] == [
        ("s", "S", 1800, False),
        ("t", "T", None, True),
    ]
    assert not mall.agencies[0].created
    new = add_created(described(), zone="Asia/Tokyo", wanted=BANK).by_code["bank"]
    assert new.calendar == Calendar("Asia/Jakarta")


def test_a_created_source_grows_and_a_described_one_does_not() -> None:
    first = add_created(None, zone="UTC", wanted=BANK)
    more = Wanted(source=replace(BANK.source, agencies=("till",)), agencies={"till": "Till"})
    assert add_created(first, zone="UTC", wanted=more).sources[0].agencies == ("bank", "till")
    with pytest.raises(ValueError, match=r"source q is described and does not list bank: add it"):
        add_created(described(), zone="UTC", wanted=replace(BANK, source=Source("q", "Q", ())))


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(source=Source("Q", "Q", ())), "'Q' is no code"),
        (Wanted(source=Source("q", "Q", ()), services={("x", "s"): "S"}), "service s belongs to agency x"),
        (Wanted(source=Source("q", "Q", ()), counters={("x", "1")}), "counter 1 belongs to agency x"),
    ],
)
def test_what_cannot_be_made(wanted: Wanted, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        add_created(described(), zone="UTC", wanted=wanted)


def test_a_changed_file_keeps_what_imports_made() -> None:
    old = add_created(described(), zone="UTC", wanted=BANK)
    extra = Wanted(source=BANK.source, services={("a", "t"): "T"}, counters={("a", "9")})
    old = add_created(old, zone="UTC", wanted=extra)
    new = described(TEXT.replace("WIB", "WIT").replace("wait = 30", "wait = 20"))
    merged = merge_created(new, old)
    assert merged.by_code["bank"] == replace(old.by_code["bank"], calendar=Calendar("Asia/Jayapura"))
    assert [(s.code, s.wait_s) for s in merged.by_code["a"].services] == [("s", 1200), ("t", None)]
    assert [c.code for c in merged.by_code["a"].counters] == ["9"]
    assert [s.code for s in merged.sources] == ["q", "bank"]
    assert merge_created(new, merged) == merged


def test_what_the_file_describes_itself_is_the_files() -> None:
    old = add_created(described(), zone="UTC", wanted=BANK)
    bank = (
        '[[agency]]\ncode = "bank"\nname = "Bank Daerah"\nservice = [{ code = "loans", name = "Kredit" }]\n'
    )
    merged = merge_created(described(TEXT + bank), old)
    assert [(s.code, s.name, s.created) for s in merged.by_code["bank"].services] == [
        ("loans", "Kredit", False),
        ("cards", "Cards", True),
    ]
    assert not merged.by_code["bank"].created


def test_a_described_service_the_file_drops_is_gone() -> None:
    old = described(TEXT.replace("wait = 30 }]", 'wait = 30 }, { code = "t", name = "T" }]'))
    assert [s.code for s in old.agencies[0].services] == ["s", "t"]
    assert merge_created(described(), old) == described()


def test_what_the_file_drops_is_gone_unless_an_import_made_it() -> None:
    old = add_created(described(TEXT.replace('"a"', '"b"')), zone="UTC", wanted=BANK)
    assert [a.code for a in merge_created(described(), old).agencies] == ["a", "bank"]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Kartu Keluarga (baru)", "kartu-keluarga-baru"),
        ("  URZĄD Łódź ", "urzad-lodz"),
        ("Straße", "strasse"),
        ("A1", "a1"),
        ("--", "x-d8156bae"),
    ],
)
def test_codes_of_labels(label: str, code: str) -> None:
    assert slug(label) == code


@given(st.text(max_size=100))
def test_every_label_has_a_code(label: str) -> None:
    assert CODE.fullmatch(slug(label))
    assert slug(label) == slug(label)


@given(st.lists(st.text(max_size=80) | st.sampled_from(["a b", "A-B", "a_b", "é", "E"])))
def test_different_labels_have_different_codes_in_any_order(labels: list[str]) -> None:
    codes = slugs(labels)
    assert len(set(codes.values())) == len(set(labels))
    assert slugs(reversed(labels)) == codes
    assert all(CODE.fullmatch(code) for code in codes.values())


def test_a_taken_code_gets_a_number() -> None:
    assert slug("A b", {"a-b", "a-b-2"}) == "a-b-3"
