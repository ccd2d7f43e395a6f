"""Describing the mall on the pages: versions, audit, undo, and two administrators at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import create_engine

from mpp.i18n import words
from mpp.jobs.standing import Follower
from mpp.live import changes
from mpp.live.changes import ADDED, CHANGED, ENDED, OvertakenError, RefusedError
from mpp.live.described import Combinations, Wish, described, ending
from mpp.live.description import Descriptions, load_file, save
from mpp.mall.additions import MALL, Item
from mpp.mall.created import Wanted, add_created
from mpp.mall.fitting import combine
from mpp.mall.mistakes import DescriptionError
from mpp.mall.model import Mall, Source
from mpp.people.audit import By
from mpp.store import Store, additions, audit, descriptions, migrate, sources
from mpp.store.database import engine_options
from tests.world import MORNING, small_mall

EN = words("en")
SITI = By("siti", "administrator", "10.0.0.7")
FILE = """
[mall]
code = "m"
name = "Mal"
zone = "WIB"
hours = { mon-fri = "08.00-15.00" }
[[agency]]
code = "a"
name = "A"
service = [{ code = "s", name = "S", prefix = "A1", wait = 30 }]
"""
PLN, ADUAN = Item("agency", "", "pln"), Item("service", "pln", "aduan")
LOKET = Item("counter", "pln", "1")


class Desk:
    """An administrator at work."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.path, self.now = store, folder / "mpp.toml", MORNING
        self.follower = Follower(store, self.path)

    def file(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        load_file(self.store, self.path, self.now)

    def put(self, item: Item, data: dict[str, Any] | None, rev: int = 0, action: str = ADDED) -> None:
        with self.store.write() as tx:
            changes.change(tx, self.now, [Wish(item, data, rev)], SITI, EN, action=action)

    def end(self, item: Item) -> None:
        with self.store.write() as tx:
            wishes = ending(described(tx, EN), item)
            changes.change(tx, self.now, wishes, SITI, EN, action=ENDED)

    def imported(self) -> None:
        """Agency "lama" with a service, a counter and its source, as `mpp import --create` makes them."""
        wanted = Wanted(
            source=Source("impor", "Impor", (), kind="file", steps=("issued", "started")),
            agencies={"lama": "Lama"},
            services={("lama", "x"): "X"},
            counters={("lama", "1")},
        )
        with self.store.write() as tx:
            save(tx, add_created(self.mall(), zone="Asia/Jakarta", wanted=wanted), self.now)

    def token(self, source: str) -> None:
        with self.store.write() as tx:
            sources.add_token(tx, sources.all_sources(tx)[source].id, f"token-{source}", "x", self.now)

    def lets_in(self, source: str) -> bool:
        with self.store.read() as tx:
            return sources.source_of_token(tx, f"token-{source}") is not None

    def undo(self, entry: int) -> None:
        with self.store.write() as tx:
            found = audit.one(tx, entry)
            assert found is not None
            changes.undo(tx, self.now, found, SITI, EN)

    def mall(self) -> Mall:
        with self.store.read() as tx:
            return Descriptions().versions(tx).newest

    def entries(self) -> list[audit.Entry]:
        """What people did, the newest last."""
        return [one for one in self.told() if one.who == "siti"]

    def told(self) -> list[audit.Entry]:
        with self.store.read() as tx:
            return audit.entries(tx)[::-1]

    def refused(self, item: Item, data: dict[str, Any] | None, rev: int = 0) -> list[tuple[str, str]]:
        with pytest.raises(RefusedError) as caught:
            self.put(item, data, rev)
        return [(one.key, one.problem) for one in caught.value.mistakes]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    engine = create_engine(database_url, **engine_options(database_url))
    migrate.upgrade(engine)
    store = Store(engine)
    yield Desk(store, tmp_path)
    store.close()


def test_a_mall_is_described_wholly_on_the_pages(desk: Desk) -> None:
    assert desk.refused(PLN, {"name": "PLN"}) == [("", "mall: is missing")]
    desk.put(MALL, {"code": "kita", "name": "MPP Kita", "zone": "WITA"})
    desk.now += timedelta(days=1)
    desk.put(PLN, {"name": "PLN", "days": "mon-fri", "hours": {"mon-fri": "08.00-14.00"}})
    desk.put(ADUAN, {"name": "Aduan", "prefix": "C1", "wait": 15})
    desk.put(LOKET, {"services": ["aduan"]})
    desk.put(Item("source", "", "pln"), {"agencies": ["pln"], "kind": "manual"})
    mall = desk.mall()
    assert (mall.name, mall.zone) == ("MPP Kita", "Asia/Makassar")
    assert mall.by_code["pln"].counters[0].services == ("aduan",)
    with desk.store.read() as tx:
        kept = Descriptions().versions(tx)
        newest = descriptions.newest(tx)
        assert newest is not None
        assert newest.valid_from == date(2026, 11, 24)
        # Of a day's versions the last is enough: the first holds for all earlier days.
        assert len(kept.all) == 2
    assert kept.on(date(2026, 11, 23)).agencies == ()
    assert kept.on(date(2026, 11, 24)) == mall
    (_, added, *_) = desk.entries()
    assert (added.who, added.role, added.remote, added.what) == (
        "siti",
        "administrator",
        "10.0.0.7",
        "agency:pln",
    )
    assert (added.before, (added.after or {})["agency:pln"]["name"]) == ({"agency:pln": None}, "PLN")


def test_a_version_that_alone_knows_an_agency_is_kept(desk: Desk) -> None:
    desk.file(FILE)
    desk.put(PLN, {"name": "PLN"})
    desk.put(PLN, None, 1, ENDED)
    with desk.store.read() as tx:
        versions = Descriptions().versions(tx)
    assert len(versions.all) == 3
    assert "pln" not in versions.newest.by_code
    assert versions.first_agency("pln") is not None


def test_what_cannot_be_is_told_at_its_field_and_nothing_changes(desk: Desk) -> None:
    desk.file(FILE)
    before = desk.mall()
    assert desk.refused(Item("agency", "", "a"), {"name": "Mine"})[0][0] == "code"
    assert desk.refused(Item("agency", "", "P L N"), {"name": "PLN"})[0][0] == "code"
    assert desk.refused(PLN, {})[0] == ("name", "is missing")
    assert desk.refused(ADUAN, {"name": "Aduan"}) == [("", "there is no agency pln")]
    clash = Item("service", "a", "new")
    assert desk.refused(clash, {"name": "N", "prefix": "A1"}) == [
        ("prefix", '"A1" is already used by agency[a].service[s]')
    ]
    assert desk.refused(MALL, {"code": "other"})[0][0] == "code"
    # The file's agency would have a service day without hours: told, although no field is wrong.
    assert desk.refused(MALL, {"floors": ["x"], "dial": "1"})[0][0] == "dial"
    assert desk.mall() == before
    assert desk.entries() == []
    # Without its only service the counter would serve all of them.
    desk.put(Item("service", "a", "t"), {"name": "T"})
    desk.put(Item("counter", "a", "9"), {"services": ["t"]})
    ((_, problem),) = desk.refused(Item("service", "a", "t"), None, 1)
    assert problem == "agency[a].counter[9].services: 't' is no service of this agency"
    assert desk.mall().by_code["a"].counters[0].services == ("t",)


def test_the_file_wins_and_what_does_not_fit_beside_it_waits(desk: Desk) -> None:
    desk.file(FILE)
    desk.put(PLN, {"name": "PLN", "letter": "C"})
    desk.put(ADUAN, {"name": "Aduan", "prefix": "C1"})
    desk.file(
        FILE + '[[agency]]\ncode = "b"\nname = "B"\nservice = [{ code = "t", name = "T", prefix = "C1" }]\n'
    )
    mall = desk.mall()
    assert [agency.code for agency in mall.agencies] == ["a", "b", "pln"]
    assert mall.by_code["pln"].services == ()
    desk.follower.check(desk.now)
    (told,) = desk.follower.mistakes
    assert told.startswith('/admin: service pln aduan prefix: "C1" is already used by agency[b].service[t].')
    # Others are changed meanwhile; what waits stands in nobody's way and comes back when it fits.
    desk.put(PLN, {"name": "PLN", "letter": "D"}, 1, CHANGED)
    desk.file(FILE)
    assert [s.code for s in desk.mall().by_code["pln"].services] == ["aduan"]
    desk.follower.check(desk.now)
    assert not desk.follower.mistakes
    desk.file(FILE + '[[agency]]\ncode = "pln"\nname = "PLN of the file"\n')
    assert desk.mall().by_code["pln"].name == "PLN of the file"
    desk.put(PLN, None, 2, ENDED)
    desk.file(FILE)
    desk.follower.check(desk.now)
    assert len(desk.follower.mistakes) == 1
    assert desk.follower.mistakes[0].startswith("/admin: service pln aduan: its agency is no longer there.")


def test_another_process_follows_without_its_file(desk: Desk) -> None:
    desk.file(FILE)
    other = Descriptions()
    with desk.store.read() as tx:
        assert "pln" not in other.versions(tx).newest.by_code
    desk.put(PLN, {"name": "PLN"})
    with desk.store.read() as tx:
        assert "pln" in other.versions(tx).newest.by_code
    # The file is faulty while somebody works on it: pages go on from what it last said.
    desk.path.write_text("[mall", encoding="utf-8")
    with pytest.raises(DescriptionError):
        load_file(desk.store, desk.path, desk.now)
    desk.put(ADUAN, {"name": "Aduan"})
    assert desk.mall().by_code["a"].services
    assert desk.mall().by_code["pln"].services


def test_the_audit_tells_of_files_that_changed_the_description(desk: Desk) -> None:
    desk.file(FILE)
    desk.file(FILE)
    assert [(one.who, one.action, one.what) for one in desk.told()] == [
        ("system", "description.file", "mall:m")
    ]


def test_who_comes_second_is_told_and_loses_nothing(desk: Desk) -> None:
    desk.file(FILE)
    desk.put(PLN, {"name": "PLN"})
    desk.put(PLN, {"name": "PLN Kota"}, 1, CHANGED)
    with pytest.raises(OvertakenError) as caught:
        desk.put(PLN, {"name": "PLN Kabupaten"}, 1, CHANGED)
    assert (caught.value.kept.data, caught.value.kept.rev, caught.value.kept.by) == (
        {"name": "PLN Kota"},
        2,
        "siti",
    )
    with pytest.raises(OvertakenError):
        desk.put(PLN, {"name": "Another"}, 0)
    desk.put(PLN, {"name": "PLN Kabupaten"}, 2, CHANGED)
    assert desk.mall().by_code["pln"].name == "PLN Kabupaten"


def test_two_at_the_same_moment_both_stand(desk: Desk) -> None:
    desk.file(FILE)
    ready = threading.Barrier(2)

    def add(code: str) -> None:
        ready.wait(30)
        desk.put(Item("agency", "", code), {"name": code})

    both = [threading.Thread(target=add, args=(code,)) for code in ("pln", "pdam")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert {"a", "pln", "pdam"} == set(desk.mall().by_code)


EVERY_KIND: list[tuple[Item, dict[str, Any], dict[str, Any]]] = [
    (MALL, {"grace_min": 30}, {"grace_min": 45}),
    (Item("holiday", "", "2026-12-25"), {"name": "Natal"}, {"name": "Hari Raya Natal"}),
    (Item("agency", "", "b"), {"name": "B"}, {"name": "B baru"}),
    (Item("service", "a", "t"), {"name": "T"}, {"name": "T", "wait": 20}),
    (Item("counter", "a", "9"), {}, {"name": "Loket khusus"}),
    (Item("source", "", "q"), {"agencies": ["a"]}, {"agencies": [], "kind": "file"}),
]


def test_every_kind_of_change_can_be_taken_back(desk: Desk) -> None:
    desk.file(FILE)
    for item, first, second in EVERY_KIND:
        empty = desk.mall()
        desk.put(item, first)
        one = desk.mall()
        desk.put(item, second, 1, CHANGED)
        two = desk.mall()
        desk.put(item, None, 2, ENDED)
        assert desk.mall() == empty
        assert len({repr(mall) for mall in (empty, one, two)}) == 3
        added, changed, ended = (entry.id for entry in desk.entries()[-3:])
        with pytest.raises(RefusedError, match="changed again since, by siti"):
            desk.undo(changed)
        desk.undo(ended)
        assert desk.mall() == two
        desk.undo(changed)
        assert desk.mall() == one
        desk.undo(added)
        assert desk.mall() == empty
        last = desk.entries()[-1]
        assert (last.action, last.undoes) == ("description.undo", added)
        desk.undo(last.id)
        assert desk.mall() == one


def test_an_agency_that_ends_takes_its_own_along_and_comes_back_with_them(desk: Desk) -> None:
    desk.file(FILE)
    for item, data in ((PLN, {"name": "PLN"}), (ADUAN, {"name": "Aduan"}), (LOKET, {})):
        desk.put(item, data)
    before = desk.mall()
    desk.end(PLN)
    with desk.store.read() as tx:
        assert set(additions.living(tx)) == set()
    assert "pln" not in desk.mall().by_code
    desk.undo(desk.entries()[-1].id)
    assert desk.mall() == before


LAMA = Item("agency", "", "lama")


@pytest.mark.parametrize("ended", [False, True])
def test_what_an_import_made_outlives_being_described_removed_and_undone(desk: Desk, ended: bool) -> None:
    desk.file(FILE)
    desk.imported()
    desk.put(LAMA, {"name": "Badan Lama"})
    desk.put(Item("source", "", "impor"), {"agencies": ["lama"], "name": "Impor", "kind": "file"})
    if ended:
        desk.end(LAMA)
        assert "lama" not in desk.mall().by_code
    for _ in range(3):  # the undo, the undo of the undo ...
        desk.undo(desk.entries()[-1].id)
    if not ended:
        desk.undo(next(one.id for one in desk.entries() if one.what == "agency:lama"))
    lama = desk.mall().by_code["lama"]
    assert lama.name == ("Badan Lama" if ended else "Lama")
    assert ([s.name for s in lama.services], [c.code for c in lama.counters]) == (["X"], ["1"])
    assert desk.mall().sources_by_code["impor"].agencies == ("lama",)


def test_an_imported_source_keeps_the_agency_that_was_removed_and_taken_back(desk: Desk) -> None:
    desk.file(FILE)
    desk.imported()
    before = desk.mall().sources_by_code["impor"]
    desk.put(LAMA, {"name": "Badan Lama"})
    desk.end(LAMA)
    desk.undo(desk.entries()[-1].id)
    assert replace(desk.mall().sources_by_code["impor"], created=True) == before


def test_what_the_file_replaced_goes_alone(desk: Desk) -> None:
    """Tidying up on /admin: the file's agency keeps what pages added to it, its source its tokens."""
    desk.file(FILE)
    source = Item("source", "", "q")
    for item, data in ((PLN, {"name": "PLN"}), (ADUAN, {"name": "Aduan"}), (source, {"agencies": ["a"]})):
        desk.put(item, data)
    desk.token("q")
    desk.file(
        FILE + '[[agency]]\ncode = "pln"\nname = "P"\n[[source]]\ncode = "q"\nname = "Q"\nagencies = ["a"]\n'
    )
    desk.end(PLN)
    desk.end(source)
    assert [s.code for s in desk.mall().by_code["pln"].services] == ["aduan"]
    assert desk.lets_in("q")


def test_tokens_end_with_their_source_however_it_ends_and_the_audit_tells(desk: Desk) -> None:
    desk.file(FILE)
    source = Item("source", "", "q")
    desk.put(source, {"agencies": ["a"]})
    desk.token("q")
    desk.undo(desk.entries()[-1].id)
    assert not desk.lets_in("q")
    assert [(one.action, one.what) for one in desk.entries()[-2:]] == [
        ("description.undo", "source:q"),
        ("token.revoked", "source:q"),
    ]
    # One that the file had under this code, long ago, lets nobody in either.
    desk.file(FILE + '[[source]]\ncode = "r"\nname = "R"\nagencies = ["a"]\n')
    desk.token("r")
    desk.file(FILE)
    desk.put(Item("source", "", "r"), {"agencies": ["a"]})
    assert not desk.lets_in("r")


def test_a_clock_that_was_put_back_loses_no_change(desk: Desk) -> None:
    desk.now += timedelta(days=3)
    desk.file(FILE)
    desk.put(MALL, {"grace_min": 30})
    desk.now -= timedelta(days=2)
    desk.put(PLN, {"name": "PLN"})
    with desk.store.read() as tx:
        kept = Descriptions().versions(tx)
    assert all("pln" in kept.on(date(2026, 11, day)).by_code for day in (24, 26, 30))


def test_a_file_without_a_mall_is_in_order_beside_one_described_on_pages(desk: Desk) -> None:
    desk.put(MALL, {"code": "kita", "name": "MPP Kita", "zone": "WITA", "floors": ["1"]})
    desk.file('[[plan]]\nfloor = "1"\nfile = "a.svg"\n')
    desk.put(PLN, {"name": "PLN"})
    desk.follower.check(desk.now)
    assert desk.follower.mistakes == ()
    desk.path.write_text('[[plan]]\nfloor = "9"\nfile = "a.svg"\n', encoding="utf-8")
    desk.follower.check(desk.now)
    assert '"9" is no floor of the mall' in str(desk.follower.mistakes)


def test_a_description_whose_file_was_never_read_is_not_thrown_away(desk: Desk) -> None:
    with desk.store.write() as tx:
        save(tx, small_mall(), desk.now)
    said = {"code": "mpp-uji", "name": "MPP Uji", "zone": "WIB"}
    assert "dukcapil, samsat stand only in it" in desk.refused(MALL, said)[0][1]
    assert set(desk.mall().by_code) == {"dukcapil", "samsat"}


def test_what_was_prepared_is_examined_again_only_where_the_description_moved(desk: Desk) -> None:
    """Under the lock nothing is read of a whole description unless somebody else came between."""
    desk.file(FILE)
    wishes = [Wish(PLN, {"name": "PLN"}, 0)]
    with desk.store.read() as tx:
        ready = changes.prepare(tx, wishes, EN)
    with desk.store.write() as tx, patch("mpp.live.changes.combine", side_effect=AssertionError):
        changes.change(tx, desk.now, wishes, SITI, EN, action=ADDED, prepared=ready)
    assert "pln" in desk.mall().by_code
    again = [Wish(PLN, {"name": "PLN dua"}, 1)]
    with desk.store.read() as tx:
        ready = changes.prepare(tx, again, EN)
    desk.put(PLN, {"name": "PLN tiga"}, 1)
    with pytest.raises(OvertakenError), desk.store.write() as tx:
        changes.change(tx, desk.now, again, SITI, EN, action=CHANGED, prepared=ready)
    assert desk.mall().by_code["pln"].name == "PLN tiga"


def test_the_pages_combine_anew_only_what_has_moved(desk: Desk) -> None:
    known = Combinations()
    desk.file(FILE)
    with patch("mpp.live.described.combine", wraps=combine) as combined:
        for _ in range(3):
            with desk.store.read() as tx:
                described(tx, EN, known)
        assert combined.call_count == 1
    desk.put(PLN, {"name": "PLN"})
    with desk.store.read() as tx:
        assert PLN in described(tx, EN, known).living
