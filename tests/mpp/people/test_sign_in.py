"""Signing in: the growing delay, the same answer for everybody, sessions and their end. On each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from mpp.i18n import words
from mpp.people import accounts, passwords, tries
from mpp.people.accounts import AccountError, Wish
from mpp.people.audit import CONSOLE, By
from mpp.people.sign_in import (
    AHEAD,
    IDLE,
    LONGEST_SESSION,
    ONE_TIME,
    TOUCH,
    Refused,
    SignedIn,
    open_sessions,
    sign_in,
    sign_out,
    tidy,
    who_is,
)
from mpp.people.tries import (
    FORGET,
    FREE,
    FREE_ANYWHERE,
    LONGEST,
    LONGEST_ANYWHERE,
    delay,
    network,
)
from mpp.store import Store, audit, people
from mpp.store.people import Person
from tests.world import MORNING, world

W = words("id")
SENTENCE = "pagi yang cerah di loket"
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with next to no work: many passwords are checked here."""
    light = type(passwords._HASHER)(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", light)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with world(database_url) as w:
        accounts.create(w.store, MORNING, Wish("budi", "Budi", "manager"), CONSOLE, w=W, password=SENTENCE)
        yield w.store


def attempt(store: Store, at=MORNING, login: str = "budi", password: str = "salah", **given):
    return sign_in(store, at, login, password, **{"remote": "10.0.0.7", "browser": "Firefox"} | given)


def account(store: Store) -> Person:
    with store.read() as tx:
        found = people.by_login(tx, "budi")
    assert found is not None
    return found


def known(store: Store, token: str) -> tuple[int, Person]:
    """Whose session it is now."""
    found = who_is(store, token, MORNING)
    assert found is not None
    return found


def tried(store: Store, login: str = "budi") -> int:
    with store.read() as tx:
        found = people.tries(tx, tries._keys(login, "10.0.0.7")[0])
    return found.wrong if found else 0


def test_the_delay_grows_and_has_an_end():
    waits = [delay(n).total_seconds() for n in range(1, FREE + 12)]
    assert waits[: FREE - 1] == [0] * (FREE - 1)
    assert waits[FREE - 1 : FREE + 3] == [4, 8, 16, 32]
    assert waits == sorted(waits)
    assert delay(10_000) == LONGEST


@pytest.mark.parametrize("login", ["budi", "siapa", "", "bu\0di", "x" * 64, "BUDI "])
def test_known_and_unknown_logins_wait_alike(store, login):
    """The same answers, the same delays, the same work."""
    told = [attempt(store, login=login) for _ in range(FREE + 2)]
    assert told == [Refused()] * (FREE - 1) + [Refused(4)] * 3
    assert attempt(store, MORNING + 5 * SECOND, login) == Refused(8)


def test_the_same_work_is_done_for_both(store, monkeypatch):
    checked = []
    real = passwords.right

    def noted(given: str, kept: str | None) -> bool:
        checked.append(kept is None)
        return real(given, kept)

    monkeypatch.setattr(passwords, "right", noted)
    attempt(store)
    attempt(store, login="siapa")
    person = account(store)
    with store.write() as tx:
        people.change(tx, replace(person, disabled_at=MORNING))
    assert attempt(store, password=SENTENCE) == Refused()
    assert checked == [False, True, True], "an unknown and a disabled account are checked against nobody's"


def test_while_one_waits_the_right_password_is_not_looked_at_and_afterwards_it_is(store):
    for _ in range(FREE):
        attempt(store)
    assert attempt(store, MORNING + 3 * SECOND, password=SENTENCE) == Refused(1)
    assert isinstance(attempt(store, MORNING + 4 * SECOND, password=SENTENCE), SignedIn)
    assert tried(store) == 0
    assert attempt(store, MORNING + 5 * SECOND) == Refused()


def test_wrong_passwords_of_yesterday_are_forgotten_and_so_are_their_rows(store):
    for _ in range(FREE):
        attempt(store)
    attempt(store, login="siapa")
    late = MORNING + FORGET + SECOND
    tidy(store, MORNING + FORGET)
    assert (tried(store), tried(store, "siapa")) == (FREE, 1)
    assert attempt(store, late) == Refused()
    tidy(store, late)
    assert (tried(store), tried(store, "siapa")) == (1, 0)


def test_no_try_reads_through_all_others(sqlite_url):
    """Millions of guessed names do not make signing in slow. SQLite says how it reads."""
    asked: list[tuple[str, Any]] = []

    def noted(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "sign_in_tries" in statement:
            asked.append((statement, values))

    with world(sqlite_url) as w:
        accounts.create(w.store, MORNING, Wish("budi", "Budi", "manager"), CONSOLE, w=W, password=SENTENCE)
        event.listen(w.store.engine, "before_cursor_execute", noted)
        attempt(w.store)
        attempt(w.store, password=SENTENCE)
        accounts.waits_until(w.store, MORNING, account(w.store))
        accounts.unlock(w.store, MORNING, account(w.store), by=CONSOLE)
        event.remove(w.store.engine, "before_cursor_execute", noted)
        assert len(asked) > 5
        with w.store.read() as tx:
            for statement, values in asked:
                plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
                assert not [step for step in plan if "SCAN" in step[-1]], statement


def test_of_many_tries_at_once_no_more_are_looked_at_than_one_after_the_other(store, monkeypatch):
    looked = []
    real = passwords.right

    def noted(given: str, kept: str | None) -> bool:
        looked.append(given)
        return real(given, kept)

    monkeypatch.setattr(passwords, "right", noted)
    with ThreadPoolExecutor(10) as threads:
        told = list(threads.map(lambda _: attempt(store), range(40)))
    assert all(isinstance(one, Refused) for one in told)
    assert len(looked) == FREE == tried(store)


def test_who_guesses_elsewhere_keeps_nobody_out(store):
    for _ in range(FREE):
        attempt(store, remote="198.51.100.9")
    assert attempt(store, password=SENTENCE, remote="198.51.100.9") == Refused(4)
    assert isinstance(attempt(store, password=SENTENCE), SignedIn)


@pytest.mark.parametrize("login", ["budi", "siapa"])
def test_guesses_from_everywhere_together_wait_a_minute_at_most_but_a_known_browser_does_not(store, login):
    for n in range(FREE_ANYWHERE):
        assert attempt(store, login=login, remote=f"10.1.{n}.1") == Refused(4 * (n == FREE_ANYWHERE - 1))
    assert attempt(store, login=login, password=SENTENCE, remote="10.2.0.1") == Refused(4)
    if login == "budi":
        found = attempt(store, password=SENTENCE, remote="10.2.0.1", known=True)
        assert isinstance(found, SignedIn)
        assert attempt(store, remote="10.2.0.2") == Refused(4), "which helps no other browser"
    assert attempt(store, MORNING + 60 * SECOND, login, remote="10.2.0.3") == Refused(8)
    late = [delay(n, FREE_ANYWHERE, LONGEST_ANYWHERE) for n in range(FREE_ANYWHERE, 10_000, 9)]
    assert max(late) == LONGEST_ANYWHERE == 60 * SECOND


def test_a_known_browser_waits_as_others_do_after_its_own_wrong_passwords(store):
    told = [attempt(store, known=True) for _ in range(FREE + 1)]
    assert told[-2:] == [Refused(4), Refused(4)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8::1", False),
        ("::ffff:10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("unix:", "unix:", True),
    ],
)
def test_an_address_is_that_of_a_household(one, other, same):
    assert (network(one) == network(other)) == same


def test_an_administrator_ends_every_wait_of_a_login_and_of_no_other(store):
    for n in range(FREE):
        attempt(store, MORNING + n * LONGEST, remote="10.0.0.8")
        attempt(store, MORNING + n * LONGEST)
        attempt(store, MORNING + n * LONGEST, "siapa")
    now = MORNING + (FREE - 1) * LONGEST
    assert accounts.waits_until(store, now, account(store)) == now + 4 * SECOND
    accounts.unlock(store, now, account(store), by=CONSOLE)
    assert accounts.waits_until(store, now, account(store)) is None
    assert attempt(store, now, password=SENTENCE, remote="10.0.0.8") != Refused(4)
    assert attempt(store, now, "siapa") == Refused(4)


def test_a_wait_that_a_wrong_clock_wrote_is_no_longer_than_the_longest(store):
    year = timedelta(days=365)
    for _ in range(FREE):
        attempt(store, MORNING + year)
    assert attempt(store, password=SENTENCE) == Refused(int(LONGEST.total_seconds()))
    until = accounts.waits_until(store, MORNING, account(store))
    assert until == MORNING + LONGEST
    assert isinstance(attempt(store, until, password=SENTENCE), SignedIn)


def test_a_refusal_is_noted_first_and_then_when_one_waits(store):
    for _ in range(FREE + 3):
        attempt(store)
    with store.read() as tx:
        noted = [(one.after or {})["wrong"] for one in audit.entries(tx, action="sign_in.refused")]
    assert noted == [FREE, 1]


def test_made_up_logins_do_not_bury_the_log(store):
    for n in range(4):
        attempt(store, login=f"siapa-{n}")
        attempt(store, login=f"siapa-{n}", remote="10.0.0.8")
    for _ in range(FREE):
        attempt(store, MORNING + FORGET, login="siapa")
    with store.read() as tx:
        noted = [(one.at, one.remote) for one in audit.entries(tx, action="sign_in.refused", who="?")]
    assert noted == [(MORNING + FORGET, "10.0.0.7"), (MORNING, "10.0.0.8"), (MORNING, "10.0.0.7")]


@pytest.mark.parametrize("meanwhile", ["changed", "reset", "disabled"])
def test_a_password_that_ended_while_it_was_looked_at_opens_nothing(store, monkeypatch, meanwhile):
    person, real = account(store), passwords.right
    steps: dict[str, Callable[[], object]] = {
        "changed": lambda: accounts.own_password(
            store, MORNING, person, old=SENTENCE, new="hujan turun sore ini", by=CONSOLE, w=W, session_id=0
        ),
        "reset": lambda: accounts.reset(store, MORNING, person, by=CONSOLE, w=W),
        "disabled": lambda: accounts.disable(store, MORNING, person, by=CONSOLE, w=W),
    }

    def looked(given: str, kept: str | None) -> bool:
        monkeypatch.setattr(passwords, "right", real)
        found = real(given, kept)
        steps[meanwhile]()
        return found

    monkeypatch.setattr(passwords, "right", looked)
    assert attempt(store, password=SENTENCE) == Refused()
    with store.read() as tx:
        assert people.open_sessions(tx) == []


def test_a_one_time_password_opens_nothing_after_a_week(store):
    later = MORNING + timedelta(days=30)
    once = accounts.reset(store, later, account(store), by=CONSOLE, w=W)
    assert isinstance(attempt(store, later + ONE_TIME, password=once), SignedIn)
    assert attempt(store, later + ONE_TIME + SECOND, password=once) == Refused()
    _, made = accounts.create(store, MORNING, Wish("sari", "Sari", "manager"), CONSOLE, w=W)
    assert attempt(store, MORNING + ONE_TIME + SECOND, "sari", made) == Refused()
    assert isinstance(attempt(store, MORNING + ONE_TIME, "sari", made), SignedIn)
    person = account(store)
    new = "hujan turun sore ini"
    accounts.own_password(store, later, person, old=once, new=new, by=CONSOLE, w=W, session_id=0)
    assert isinstance(attempt(store, later + 2 * ONE_TIME, password=new), SignedIn), "one's own stays"


def test_guesses_at_ones_present_password_wait_and_are_noted(store):
    by = By("budi", "manager", "10.0.0.7")

    def change(old: str, at=MORNING) -> None:
        accounts.own_password(
            store, at, account(store), old=old, new="hujan turun sore ini", by=by, w=W, session_id=0
        )

    for old in ["salah"] * FREE + [SENTENCE]:
        with pytest.raises(AccountError) as raised:
            change(old)
        assert raised.value.field == "old"
    assert "4" in str(raised.value)
    assert attempt(store, password=SENTENCE) == Refused(4), "they are the same tries"
    with store.read() as tx:
        noted = audit.entries(tx, action="person.password_refused")
    assert (len(noted), noted[0].who, noted[0].remote) == (FREE, "budi", "10.0.0.7")
    change(SENTENCE, MORNING + 4 * SECOND)
    assert tried(store) == 0


def test_secrets_are_not_shown_by_accident(store):
    found = attempt(store, password=SENTENCE)
    assert isinstance(found, SignedIn)
    assert found.token not in repr(found)
    assert "argon2" not in repr(found)


def test_an_outdated_hash_is_renewed_by_the_right_password(store, monkeypatch):
    before = account(store)
    better = type(passwords._HASHER)(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", better)
    assert isinstance(attempt(store, password=SENTENCE), SignedIn)
    after = account(store)
    assert after.password != before.password
    assert "m=16,t=2" in (after.password or "")
    assert isinstance(attempt(store, password=SENTENCE), SignedIn)


# -- sessions --------------------------------------------------------------------------------------------


def entered(store: Store, at=MORNING) -> str:
    found = attempt(store, at, password=SENTENCE)
    assert isinstance(found, SignedIn)
    return found.token


def test_a_session_is_over_when_it_was_not_used_for_long_and_at_its_longest(store):
    token = entered(store)
    assert who_is(store, token, MORNING + IDLE) is not None  # this is a use
    assert who_is(store, token, MORNING + 2 * IDLE) is not None
    assert who_is(store, token, MORNING + 3 * IDLE + SECOND) is None
    used = entered(store)
    day = timedelta(days=6)
    for n in range(1, 11):
        assert who_is(store, used, MORNING + n * day) is not None
    assert who_is(store, used, MORNING + LONGEST_SESSION + SECOND) is None


def test_a_session_that_is_over_is_not_told_as_one_and_ends(store):
    entered(store)
    live = entered(store, MORNING + IDLE)
    late = MORNING + IDLE + SECOND
    with store.read() as tx:
        assert [one.seen_at for one in open_sessions(tx, late)] == [MORNING + IDLE]
        assert len(open_sessions(tx, MORNING + IDLE, account(store).id)) == 2
    tidy(store, late)
    with store.read() as tx:
        assert len(people.open_sessions(tx)) == 2, "a clock that is ahead may be put right again"
    tidy(store, late + LONGEST_SESSION)
    with store.read() as tx:
        (left,) = people.open_sessions(tx)
        assert people.last_used(tx) == {account(store).id: MORNING + IDLE}
    assert left.seen_at == MORNING + IDLE
    assert who_is(store, live, late) is not None


def test_a_use_that_cannot_be_written_down_is_one(store, monkeypatch):
    token = entered(store)

    def busy(*_: object) -> None:
        raise OperationalError("UPDATE sessions", {}, Exception("database is locked"))

    monkeypatch.setattr(people, "touch", busy)
    assert who_is(store, token, MORNING + TOUCH + SECOND) is not None


def test_a_session_of_a_clock_that_was_far_ahead_is_over(store):
    token = entered(store, MORNING + AHEAD + SECOND)
    assert who_is(store, token, MORNING) is None
    assert who_is(store, token, MORNING + SECOND) is not None


def test_its_use_is_written_now_and_then_only(store):
    token = entered(store)
    with store.read() as tx:
        (one,) = people.open_sessions(tx)
    for after in (TOUCH, TOUCH + SECOND, TOUCH + 2 * SECOND):
        who_is(store, token, MORNING + after)
    with store.read() as tx:
        (other,) = people.open_sessions(tx)
    assert (one.seen_at, other.seen_at) == (MORNING, MORNING + TOUCH + SECOND)


def test_a_token_is_kept_as_a_digest_and_another_opens_nothing(store):
    token = entered(store)
    for other in ("", token[:-1], token.lower(), people.digest(token), "\0"):
        assert who_is(store, other, MORNING) is None


def test_signing_out_ends_this_one_alone(store):
    first, second = entered(store), entered(store)
    number, person = known(store, first)
    sign_out(store, MORNING, number, By(person.login, person.role))
    assert who_is(store, first, MORNING) is None
    assert who_is(store, second, MORNING) is not None


def test_a_new_password_ends_the_others_and_a_reset_all(store):
    first, second = entered(store), entered(store)
    number, person = known(store, first)
    new = "hujan turun sore ini"
    accounts.own_password(store, MORNING, person, old=SENTENCE, new=new, by=CONSOLE, w=W, session_id=number)
    assert who_is(store, first, MORNING) is not None
    assert who_is(store, second, MORNING) is None
    assert attempt(store, password=SENTENCE) == Refused()
    _, person = known(store, first)
    for _ in range(FREE):
        attempt(store)
    once = accounts.reset(store, MORNING, person, by=CONSOLE, w=W)
    assert who_is(store, first, MORNING) is None
    assert attempt(store, password=new) == Refused()
    found = attempt(store, password=once)
    assert isinstance(found, SignedIn)
    assert found.person.must_change


def test_a_disabled_account_has_no_session_and_none_comes_back_with_it(store):
    token = entered(store)
    _, person = known(store, token)
    accounts.disable(store, MORNING, person, by=CONSOLE, w=W)
    assert who_is(store, token, MORNING) is None
    accounts.disable(store, MORNING, account(store), by=CONSOLE, w=W, disabled=False)
    assert who_is(store, token, MORNING) is None
    assert isinstance(attempt(store, password=SENTENCE), SignedIn)
