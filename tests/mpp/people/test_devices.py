"""Devices from their code to their end, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from mpp.i18n import words
from mpp.people import devices
from mpp.people.accounts import AccountError, ChangedError
from mpp.people.audit import CONSOLE
from mpp.store import Store, Write, audit
from mpp.store import devices as rows
from mpp.store.devices import Device
from tests.world import MORNING, world

W = words("id")
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with world(database_url) as w:
        yield w.store


def paired(store: Store, now: datetime = MORNING, kind: str = "display") -> tuple[str, Device]:
    token, code = devices.ask(store, now, kind, "10.0.0.7")
    return token, devices.confirm(store, now, code, by=CONSOLE, w=W, name="Dinding lobi")


def report(store: Store, device: Device, token: str, now: datetime = MORNING) -> str | None:
    return devices.report(
        store, now, device, token, release="1.0", battery=80, unsent=None, remote="10.0.0.7"
    )


def again(store: Store, device: Device) -> Device:
    with store.read() as tx:
        found = rows.by_id(tx, device.id)
    assert found is not None
    return found


def actions(store: Store) -> list[str]:
    with store.read() as tx:
        return [one.action for one in audit.entries(tx)]


def test_a_token_opens_nothing_before_somebody_confirmed_its_code(store):
    token, code = devices.ask(store, MORNING, "kiosk", "10.0.0.7")
    assert devices.of_token(store, token) is None
    made = devices.confirm(store, MORNING, f" {code[:3].lower()}-{code[3:]} ", by=CONSOLE, w=W, name="Kios 1")
    assert devices.of_token(store, token) == made
    assert (made.kind, made.open, made.paired_by) == ("kiosk", True, "console")
    with pytest.raises(AccountError):
        devices.confirm(store, MORNING, code, by=CONSOLE, w=W, name="Kios 2")


def test_a_code_runs_out(store):
    token, code = devices.ask(store, MORNING, "display", "")
    late = MORNING + devices.CODE_FOR
    assert devices.waits(store, token, late - MINUTE) is not None
    assert devices.waits(store, token, late) is None
    with pytest.raises(AccountError) as caught:
        devices.confirm(store, late, code, by=CONSOLE, w=W, name="Dinding")
    assert caught.value.field == "code"


def test_one_address_asks_for_five_codes_and_takes_nobody_elses_place(store, monkeypatch):
    first, _ = devices.ask(store, MORNING, "display", "2001:db8::1")
    tokens = [devices.ask(store, MORNING + n * SECOND, "display", f"2001:db8::{n}")[0] for n in range(2, 6)]
    with pytest.raises(devices.BusyError):
        devices.ask(store, MORNING, "display", "2001:db8::9")
    devices.ask(store, MORNING, "kiosk", "2001:db8::9", instead=tokens[-1])
    assert devices.waits(store, tokens[-1], MORNING) is None, "another kind is asked for instead"
    monkeypatch.setattr(devices, "MOST_WAITING", 6)
    others = [devices.ask(store, MORNING, "display", f"10.0.0.{n}")[0] for n in range(2)]
    assert devices.waits(store, first, MORNING) is None, "the oldest of the address that has most"
    assert all(devices.waits(store, token, MORNING) for token in (*tokens[:-1], *others))
    devices.ask(store, MORNING + devices.CODE_FOR + MINUTE, "display", "2001:db8::1")


def test_a_code_confirmed_at_its_end_waits_for_its_device(store):
    token, code = devices.ask(store, MORNING, "display", "")
    last = MORNING + devices.CODE_FOR - SECOND
    made = devices.confirm(store, last, code, by=CONSOLE, w=W, name="Dinding")
    devices.ask(store, last + MINUTE, "display", "")
    found = devices.waits(store, token, last + MINUTE)
    assert found is not None
    assert found.device_id == made.id
    devices.ask(store, last + 2 * devices.COLLECT_FOR, "display", "")
    assert devices.waits(store, token, last + 2 * devices.COLLECT_FOR) is None


@pytest.mark.parametrize("place", [("samsat", None), (None, "1"), ("dukcapil", "9"), ("x" * 100, "1")])
def test_a_device_stands_at_a_counter_of_the_mall(store, place):
    mall = {"dukcapil": ("1", "2")}
    agency, counter = place
    _, code = devices.ask(store, MORNING, "kiosk", "")
    given: Any = {"by": CONSOLE, "w": W, "agencies": mall}
    with pytest.raises(AccountError) as caught:
        devices.confirm(store, MORNING, code, name="Kios", agency=agency, counter=counter, **given)
    assert caught.value.field == "counter"
    made = devices.confirm(store, MORNING, code, name="Kios", agency="dukcapil", counter="1", **given)
    with pytest.raises(AccountError) as caught:
        devices.change(store, MORNING, made, agency=agency, counter=counter, **given)
    assert caught.value.field == "counter"
    devices.change(store, MORNING, made, name="Kios pintu", agency="dukcapil", counter="1", by=CONSOLE, w=W)


def test_a_report_is_kept(store):
    token, device = paired(store)
    assert device.seen_at is None, "nobody heard of it before"
    assert report(store, device, token, MORNING + MINUTE) is None
    now = again(store, device)
    assert (now.release, now.battery, now.unsent, now.seen_at) == ("1.0", 80, None, MORNING + MINUTE)
    assert now.rev == device.rev, "a report is no change that somebody made"


def test_a_renewed_token_holds_from_its_first_report_and_ends_the_old_one(store):
    old, device = paired(store)
    devices.renew(store, MORNING, device, by=CONSOLE, w=W)
    new = report(store, device, old)
    assert new is not None
    assert new != old
    assert devices.of_token(store, old) == devices.of_token(store, new) == again(store, device), "both, until"
    assert report(store, device, old) is None, "another page of it keeps the one handed out"
    assert report(store, device, new, MORNING + MINUTE) is None
    assert devices.of_token(store, old) is None
    assert devices.of_token(store, new) == again(store, device)
    assert actions(store)[:2] == ["device.renewed", "device.renewal_wished"]
    assert report(store, device, new, MORNING + MINUTE) is None


def test_a_renewal_wished_again_while_one_is_under_way_locks_nobody_out(store):
    old, device = paired(store)
    for _ in range(2):
        devices.renew(store, MORNING, device, by=CONSOLE, w=W)
    new = report(store, device, old)
    assert new is not None
    devices.renew(store, MORNING, device, by=CONSOLE, w=W)
    assert devices.of_token(store, new) == again(store, device)
    assert report(store, device, new, MORNING + MINUTE) is None
    assert devices.of_token(store, new) == again(store, device)
    assert actions(store)[:2] == ["device.renewed", "device.renewal_wished"], "it was wished once"


def test_a_renewal_called_off_between_two_looks_hands_no_token_out(store, monkeypatch):
    old, device = paired(store)
    devices.renew(store, MORNING, device, by=CONSOLE, w=W)
    real = rows.renewal

    def called_off(tx: Write, device_id: int) -> Any:
        found = real(tx, device_id)
        rows.forget_renewal(tx, device_id)
        return found

    monkeypatch.setattr(rows, "renewal", called_off)
    assert report(store, device, old) is None
    assert devices.of_token(store, old) == again(store, device)


def test_a_new_token_that_got_lost_is_made_anew(store):
    old, device = paired(store)
    devices.renew(store, MORNING, device, by=CONSOLE, w=W)
    lost = report(store, device, old)
    assert lost is not None
    second = report(store, device, old, MORNING + MINUTE)
    assert second is not None
    assert second != lost
    assert devices.of_token(store, lost) is None
    assert devices.of_token(store, second) is not None
    report(store, device, second, MORNING + MINUTE)
    assert devices.of_token(store, old) is None


def test_a_revoked_device_is_revoked_by_either_token(store):
    old, device = paired(store)
    devices.renew(store, MORNING, device, by=CONSOLE, w=W)
    new = report(store, device, old)
    assert new is not None
    devices.revoke(store, MORNING, again(store, device), by=CONSOLE, w=W)
    for token in (old, new):
        found = devices.of_token(store, token)
        assert found is None or found.revoked_at is not None


@pytest.mark.parametrize("handed_out", [False, True])
def test_a_box_that_was_exchanged_gets_no_way_in_by_a_renewal(store, handed_out):
    old, device = paired(store)
    devices.renew(store, MORNING, device, by=CONSOLE, w=W)
    given = report(store, device, old) if handed_out else None
    token, code = devices.ask(store, MORNING, "display", "10.0.0.8")
    devices.replace_box(store, MORNING, again(store, device), code, by=CONSOLE, w=W)
    for held in filter(None, (old, given)):
        assert report(store, device, held) is None, "its page may be remembered for some seconds"
        assert devices.of_token(store, held) is None
    devices.renew(store, MORNING, again(store, device), by=CONSOLE, w=W)
    assert report(store, device, old) is None
    new = report(store, device, token)
    assert new is not None
    assert report(store, device, new) is None
    found = devices.of_token(store, new)
    assert found is not None
    assert found.id == device.id


def test_a_revoked_device_is_neither_renewed_nor_replaced_nor_changed(store):
    old, device = paired(store)
    devices.renew(store, MORNING, device, by=CONSOLE, w=W)
    devices.revoke(store, MORNING, device, by=CONSOLE, w=W)
    assert report(store, device, old) is None, "what was to be renewed no longer is"
    gone = again(store, device)
    _, code = devices.ask(store, MORNING, "display", "")
    for do in (
        lambda: devices.renew(store, MORNING, gone, by=CONSOLE, w=W),
        lambda: devices.replace_box(store, MORNING, gone, code, by=CONSOLE, w=W),
        lambda: devices.change(store, MORNING, gone, by=CONSOLE, w=W, name="Dinding timur"),
        lambda: devices.revoke(store, MORNING, gone, by=CONSOLE, w=W),
    ):
        with pytest.raises(AccountError, match="dicabut"):
            do()
    assert again(store, device) == again(store, gone)
    assert actions(store)[0] == "device.revoked"


def test_the_mark_follows_what_a_page_was_drawn_for(store):
    _, device = paired(store)
    before = devices.mark(device)
    devices.change(store, MORNING, device, by=CONSOLE, w=W, name="Dinding timur")
    renamed = again(store, device)
    assert devices.mark(renamed) == before
    devices.change(store, MORNING, renamed, by=CONSOLE, w=W, open=False)
    inside = again(store, device)
    devices.change(store, MORNING, inside, by=CONSOLE, w=W, start="/denah")
    assert len({before, devices.mark(inside), devices.mark(again(store, device))}) == 3
    with pytest.raises(ChangedError):
        devices.change(store, MORNING, inside, by=CONSOLE, w=W, name="Dinding barat")


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "///ruang-kendali",
        "https://evil.example/denah",
        "/\\evil",
        "/admin",
        "/instansi/dukcapil",
        "/akun",
        "denah",
        "/denah/1",
        "/api/v1/board",
        "/ruang-kendali#x",
        "/pasang",
    ],
)
def test_a_display_begins_where_it_may_look_and_nowhere_else(store, address):
    _, device = paired(store)
    with pytest.raises(AccountError) as caught:
        devices.change(store, MORNING, device, by=CONSOLE, w=W, start=address)
    assert caught.value.field == "start"


@pytest.mark.parametrize("address", ["/denah", "/ringkas?theme=dark", "/ruang-kendali?rotate=20&theme=auto"])
def test_a_display_begins_at_a_page_for_displays(store, address):
    _, device = paired(store)
    devices.change(store, MORNING, device, by=CONSOLE, w=W, start=f" {address} ")
    assert again(store, device).start == address
