"""Accounts: checked, changed, never without an administrator, and told in the audit log without secrets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine

from mpp.access import PEOPLE
from mpp.i18n import words
from mpp.people import accounts, passwords
from mpp.people.accounts import AccountError, ChangedError, Wish, checked
from mpp.people.audit import CONSOLE
from mpp.people.first import DAY, become_first, first_code
from mpp.people.sign_in import ONE_TIME, SignedIn, sign_in
from mpp.store import Store, audit, people
from mpp.store.database import engine_options
from mpp.store.people import Person
from tests.world import MORNING, world

W = words("id")
SECRET = b"k" * 32
SENTENCE = "pagi yang cerah di loket"
MALL = {"dukcapil": ("1", "2"), "samsat": ("1",)}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        passwords, "_HASHER", type(passwords._HASHER)(time_cost=1, memory_cost=8, parallelism=1)
    )


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with world(database_url) as w:
        yield w.store


@pytest.fixture
def second(database_url: str, store: Store) -> Iterator[Store]:
    """The same database for another process."""
    made = Store(create_engine(database_url, **engine_options(database_url)))
    yield made
    made.close()


def make(store: Store, login: str, role: str = "administrator", **given: Any) -> Person:
    person, _ = accounts.create(
        store, MORNING, Wish(login, login.title(), role, **given), CONSOLE, w=W, password=SENTENCE
    )
    return person


def again(store: Store, login: str) -> Person:
    with store.read() as tx:
        found = people.by_login(tx, login)
    assert found is not None
    return found


# -- wishes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("login", {"login": "x"}),
        ("login", {"login": "budi santoso"}),
        ("login", {"login": "-budi"}),
        ("login", {"login": "b" * 65}),
        ("login", {"login": "Console"}),
        ("login", {"login": "system"}),
        ("login", {"login": "demo"}),
        ("subject", {"subject": "https://sso.example 47\0" + "11"}),
        ("subject", {"subject": "https://sso.example"}),
        ("subject", {"subject": "https://sso.example " + "x" * 300}),
        ("name", {"name": " \t"}),
        ("name", {"name": "x" * 101}),
        ("name", {"name": "\u200b"}),
        ("name", {"name": "..."}),
        ("role", {"role": "raja"}),
        ("role", {"role": "display"}),
        ("agencies", {"role": "agency"}),
        ("agencies", {"role": "agency", "agencies": frozenset(("nosuch",))}),
        (
            "counters",
            {
                "role": "officer",
                "agencies": frozenset(("dukcapil",)),
                "counters": frozenset((("samsat", "1"),)),
            },
        ),
        (
            "counters",
            {
                "role": "officer",
                "agencies": frozenset(("dukcapil",)),
                "counters": frozenset((("dukcapil", "9"),)),
            },
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_field(field, given):
    with pytest.raises(AccountError) as raised:
        checked(Wish(**({"login": "budi", "name": "Budi", "role": "manager"} | given)), MALL, W)
    assert raised.value.field == field
    assert str(raised.value)


@pytest.mark.parametrize("role", PEOPLE)
def test_only_who_belongs_to_agencies_keeps_them(role):
    wish = Wish(" Budi ", " Budi  S ", role, frozenset(("dukcapil",)), frozenset((("dukcapil", "1"),)), " ")
    made = checked(wish, MALL, W)
    assert (made.login, made.name, made.subject) == ("budi", "Budi S", None)
    assert bool(made.agencies) == (role in ("agency", "officer"))
    assert bool(made.counters) == (role == "officer")


# -- changes ---------------------------------------------------------------------------------------------


def test_a_login_and_an_identity_belong_to_one_account(store):
    make(store, "budi", subject="issuer|1")
    with pytest.raises(AccountError, match=r"\w"):
        make(store, "budi", "manager")
    with pytest.raises(AccountError) as raised:
        make(store, "sari", "manager", subject="issuer|1")
    assert raised.value.field == "subject"
    other = make(store, "sari", "manager")
    with pytest.raises(AccountError) as raised:
        accounts.change(store, MORNING, other, Wish("budi", "Sari", "manager"), by=CONSOLE, w=W)
    assert raised.value.field == "login"


def test_who_looked_before_somebody_else_changed_it_has_to_look_again(store):
    seen = make(store, "budi", "manager")
    accounts.change(store, MORNING, seen, Wish("budi", "Budi B", "manager"), by=CONSOLE, w=W)
    for change in (
        lambda: accounts.change(store, MORNING, seen, Wish("budi", "X", "manager"), by=CONSOLE, w=W),
        lambda: accounts.disable(store, MORNING, seen, by=CONSOLE, w=W),
        lambda: accounts.reset(store, MORNING, seen, by=CONSOLE, w=W),
    ):
        with pytest.raises(ChangedError):
            change()
    assert again(store, "budi").name == "Budi B"


def test_there_is_always_an_administrator(store):
    last = make(store, "budi")
    demoted = Wish("budi", "Budi", "manager")
    with pytest.raises(AccountError) as raised:
        accounts.change(store, MORNING, last, demoted, by=CONSOLE, w=W)
    assert raised.value.field == "role"
    with pytest.raises(AccountError):
        accounts.disable(store, MORNING, last, by=CONSOLE, w=W)
    other = make(store, "sari")
    accounts.disable(store, MORNING, other, by=CONSOLE, w=W)
    with pytest.raises(AccountError):
        accounts.disable(store, MORNING, last, by=CONSOLE, w=W)
    accounts.disable(store, MORNING, again(store, "sari"), by=CONSOLE, w=W, disabled=False)
    accounts.change(store, MORNING, last, demoted, by=CONSOLE, w=W)
    assert again(store, "budi").role == "manager"


def test_only_who_can_sign_in_counts_as_an_administrator(store):
    last = make(store, "budi")
    given, _ = accounts.create(store, MORNING, Wish("sari", "Sari", "administrator"), CONSOLE, w=W)
    late = MORNING + ONE_TIME + timedelta(seconds=1)
    with pytest.raises(AccountError):
        accounts.disable(store, late, last, by=CONSOLE, w=W)
    accounts.change(store, late, given, Wish("sari", "Sari", "manager"), by=CONSOLE, w=W)
    gone = make(store, "tuti")
    accounts.disable(store, late, gone, by=CONSOLE, w=W)
    accounts.change(store, late, again(store, "tuti"), Wish("tuti", "Tuti", "manager"), by=CONSOLE, w=W)
    assert again(store, "tuti").role == "manager", "who was one no longer does not hold the office"


def at_once(monkeypatch: pytest.MonkeyPatch, counted: str, *steps: Callable[[], object]) -> list[Any]:
    """Take steps at the same time: each waits, once it has looked, for the other to have looked too, as
    long as the database lets both look. Gives what each returned or raised."""
    met = threading.Barrier(len(steps))
    real = getattr(people, counted)

    def look(*given: Any) -> Any:
        found = real(*given)
        with suppress(threading.BrokenBarrierError):
            met.wait(0.5)
        return found

    monkeypatch.setattr(people, counted, look)

    def take(step: Callable[[], object]) -> Any:
        try:
            return step()
        except AccountError as error:
            return error

    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(take, steps))


def test_two_administrators_who_disable_each_other_at_once_are_not_both_gone(store, second, monkeypatch):
    one, other = make(store, "budi"), make(store, "sari")
    told = at_once(
        monkeypatch,
        "of_role",
        lambda: accounts.disable(store, MORNING, one, by=CONSOLE, w=W),
        lambda: accounts.disable(second, MORNING, other, by=CONSOLE, w=W),
    )
    assert sorted(isinstance(one, AccountError) for one in told) == [False, True]
    monkeypatch.undo()
    with store.read() as tx:
        assert len(people.of_role(tx, "administrator")) == 1


# -- the first administrator -----------------------------------------------------------------------------


def first(store: Store, login: str = "budi", code: str | None = None, password: str = SENTENCE) -> Person:
    return become_first(
        store,
        MORNING,
        secret=SECRET,
        code=first_code(SECRET, MORNING) if code is None else code,
        wish=Wish(login, login.title(), "administrator"),
        password=password,
        by=CONSOLE,
        w=W,
    )


def test_the_first_administrator_needs_the_code_of_this_installation_and_a_good_password(store):
    code = first_code(SECRET, MORNING)
    old, other = first_code(SECRET, MORNING - 2 * DAY), first_code(b"another" * 5, MORNING)
    for wrong in ("", "x", other, old, code[:-1], "ключ"):
        with pytest.raises(AccountError) as raised:
            first(store, code=wrong)
        assert raised.value.field == "code"
    with pytest.raises(AccountError) as raised:
        first(store, password="1234567890")
    assert raised.value.field == "password"
    assert code != first_code(SECRET, MORNING + DAY)
    made = first(store, code=f" {code.lower().replace('-', ' ')} ")
    assert (made.role, made.must_change) == ("administrator", False)
    found = sign_in(store, MORNING, "budi", SENTENCE, remote="", browser="")
    assert isinstance(found, SignedIn)


def test_yesterdays_code_still_holds(store):
    assert first(store, code=first_code(SECRET, MORNING - DAY)).login == "budi"


def test_there_is_one_first_administrator_however_many_come(store, second, monkeypatch):
    told = at_once(monkeypatch, "any_at_all", lambda: first(store, "budi"), lambda: first(second, "sari"))
    assert sorted(isinstance(one, AccountError) for one in told) == [False, True]
    monkeypatch.undo()
    with pytest.raises(AccountError) as raised:
        first(store, "tuti")
    assert raised.value.field == "code"
    with store.read() as tx:
        assert len(people.everybody(tx)) == 1


# -- the audit log ---------------------------------------------------------------------------------------


def test_every_change_is_told_and_nothing_secret_is(store):
    admin = make(store, "tuti")
    person, once = accounts.create(store, MORNING, Wish("budi", "Budi", "manager"), CONSOLE, w=W)
    assert person.must_change
    found = sign_in(store, MORNING, "budi", once, remote="10.0.0.7", browser="Firefox")
    assert isinstance(found, SignedIn)
    sign_in(store, MORNING, "budi", "kata yang salah", remote="10.0.0.7", browser="")
    sign_in(store, MORNING, "sandi-di-kolom-nama", "x", remote="10.0.0.7", browser="")
    wish = Wish("budi", "Budi", "officer", frozenset(("dukcapil",)), frozenset((("dukcapil", "1"),)))
    accounts.change(store, MORNING, again(store, "budi"), wish, by=CONSOLE, w=W)
    again_once = accounts.reset(store, MORNING, again(store, "budi"), by=CONSOLE, w=W)
    accounts.own_password(
        store, MORNING, again(store, "budi"), old=again_once, new=SENTENCE, by=CONSOLE, w=W, session_id=0
    )
    accounts.disable(store, MORNING, again(store, "budi"), by=CONSOLE, w=W)
    with store.read() as tx:
        entries = audit.entries(tx)
    assert [one.action for one in reversed(entries)] == [
        "person.created",
        "person.created",
        "sign_in",
        "sign_in.refused",
        "sign_in.refused",
        "person.changed",
        "person.password_reset",
        "person.password_changed",
        "person.disabled",
    ]
    changed = next(one for one in entries if one.action == "person.changed")
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before["role"], changed.after["role"]) == ("manager", "officer")
    assert changed.after["counters"] == ["dukcapil/1"]
    refused = [one for one in entries if one.action == "sign_in.refused"]
    assert {(one.who, one.remote) for one in refused} == {("budi", "10.0.0.7"), ("?", "10.0.0.7")}
    told = json.dumps([[one.who, one.what, dict(one.before or {}), dict(one.after or {})] for one in entries])
    kept = again(store, "budi").password or ""
    for secret in (
        once,
        again_once,
        SENTENCE,
        "argon2",
        kept,
        found.token,
        "kata yang salah",
        "sandi-di-kolom",
    ):
        assert secret not in told
    assert admin.login in told
