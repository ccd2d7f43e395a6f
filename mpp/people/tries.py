"""Looking at a password: every try is counted before it is looked at, and more of them take longer.

Counted by the login and the address it came from, and more loosely by the login alone, so that nobody
keeps somebody else out by guessing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from mpp.people import passwords
from mpp.store import Read, Store, Write, people
from mpp.store.people import Tries, digest

FREE: Final = 5
"""So many wrong passwords in a row from one address before one has to wait."""
LONGEST: Final = timedelta(minutes=15)
FREE_ANYWHERE: Final = 50
"""So many from everywhere together before every browser has to wait that never signed in with this login."""
LONGEST_ANYWHERE: Final = timedelta(seconds=60)
FORGET: Final = timedelta(days=1)
"""Wrong passwords are forgotten when none was given for so long; a job takes their rows away."""

_HALF: Final = 32
"""A key is half a digest of the login and half of the address: the first half finds all of a login."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a password found. ``looked``: it was looked at; ``wrong``: the tries in a row from
    this address, this one included; ``wait``: how long none is looked at from now on."""

    right: bool
    looked: bool
    wrong: int
    wait: timedelta


def delay(wrong: int, free: int = FREE, longest: timedelta = LONGEST) -> timedelta:
    """How long after so many wrong passwords no other is looked at: nothing up to ``free``, then 4 s,
    doubling, at most ``longest``."""
    if wrong < free:
        return timedelta(0)
    return min(longest, timedelta(seconds=4 * 2 ** min(wrong - free, 20)))


def look(
    store: Store, now: datetime, login: str, password: str, kept: str | None, *, remote: str, known: bool
) -> Look:
    """Look whether ``password`` is the one that is ``kept`` for a login; None: there is none, which takes
    as long. ``known``: the browser signed in with this login before, so that only its own address's
    tries count. Many tries at once: no more are looked at than one after the other would be."""
    keys = _keys(login, remote)
    with store.write() as tx:
        found = _count(tx, now, keys[:1] if known else keys)
    if not found.looked or not passwords.right(password[: passwords.MOST + 1], kept):
        return found
    with store.write() as tx:
        _right(tx, keys, known=known)
    return Look(right=True, looked=True, wrong=0, wait=timedelta(0))


def waits_until(tx: Read, now: datetime, login: str) -> datetime | None:
    """Until when some address has to wait with this login; None: none has."""
    found = [one.wait_until for one in people.tries_of(tx, _prefix(login)) if one.wait_until is not None]
    until = min(max(found, default=now), now + LONGEST)
    return until if until > now else None


def forget(tx: Write, login: str) -> None:
    """End every waiting with this login."""
    people.forget_tries(tx, _prefix(login))


def first_stranger(tx: Write, now: datetime, remote: str) -> bool:
    """Whether this is the first unknown login from an address within :data:`FORGET`: however many names
    somebody makes up, they are told once."""
    key = _keys("\0", remote)[0]  # no login has this sign in it
    people.lock(tx, key)
    one = people.tries(tx, key)
    if one is not None and timedelta(0) <= now - one.last_at < FORGET:
        return False
    people.note_try(tx, key, Tries(1, now, None))
    return True


def network(remote: str) -> str:
    """The address that tries count by: of IPv6 the /64, which one household or phone has to itself."""
    try:
        address = ip_address(remote)
    except ValueError:
        return remote
    if not isinstance(address, IPv6Address):
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((int(address), 64), strict=False))


def _prefix(login: str) -> str:
    return digest(login)[:_HALF]


def _keys(login: str, remote: str) -> tuple[str, str]:
    """From this address; from anywhere."""
    near, anywhere = (digest(text)[:_HALF] for text in (f"from {network(remote)}", "*"))
    return _prefix(login) + near, _prefix(login) + anywhere


def _count(tx: Write, now: datetime, keys: tuple[str, ...]) -> Look:
    """Count a try as wrong before it is looked at, or say that it is not to be looked at."""
    people.lock(tx, keys[0][:_HALF])
    kept = [people.tries(tx, key) for key in keys]
    left = max(_left(tx, now, key, one) for key, one in zip(keys, kept, strict=True))
    if left:
        return Look(right=False, looked=False, wrong=0, wait=left)
    rules = ((FREE, LONGEST), (FREE_ANYWHERE, LONGEST_ANYWHERE))
    wrongs, waits = [], []
    for key, one, (free, longest) in zip(keys, kept, rules, strict=False):
        wrong = 1 if one is None or now - one.last_at > FORGET else one.wrong + 1
        wait = delay(wrong, free, longest)
        people.note_try(tx, key, Tries(wrong, now, now + wait if wait else None))
        wrongs.append(wrong)
        waits.append(wait)
    return Look(right=False, looked=True, wrong=wrongs[0], wait=max(waits))


def _left(tx: Write, now: datetime, key: str, one: Tries | None) -> timedelta:
    """How long one still has to wait."""
    if one is None or one.wait_until is None or one.wait_until <= now:
        return timedelta(0)
    if one.wait_until - now > LONGEST:  # the clock was wrong then: the longest wait, from now on
        people.note_try(tx, key, Tries(one.wrong, now, now + LONGEST))
        return LONGEST
    return one.wait_until - now


def _right(tx: Write, keys: tuple[str, str], *, known: bool) -> None:
    """The try was no wrong one: the address begins anew; of the others' tries only this one is gone."""
    near, anywhere = keys
    people.lock(tx, near[:_HALF])
    people.forget_tries(tx, near)
    one = people.tries(tx, anywhere)
    if known or one is None:
        return
    if one.wrong <= 1:
        people.forget_tries(tx, anywhere)
    else:
        people.note_try(tx, anywhere, replace(one, wrong=one.wrong - 1, wait_until=None))
