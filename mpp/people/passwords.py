"""Passwords: what makes a good one, and how it is kept.

Length and a list of the commonest instead of rules about kinds of characters (NIST SP 800-63B,
section 5.1.1.2). Kept as argon2id with OWASP's least parameters (19 MiB, 2 passes).
"""

from __future__ import annotations

import secrets
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mpp.i18n import Words

LEAST: Final = 10
MOST: Final = 200

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$vCkM5qEFb01Axu5oBWr0cQ$1Qolc18CBxrkeoH8Zm/eSrkUp3SeUEBb+BPTAioHRxU"
)
"""A hash that no password has: checking it takes as long as checking somebody's."""

_WORDS: Final = (
    "password",
    "katasandi",
    "rahasia",
    "indonesia",
    "merdeka",
    "bismillah",
    "sayangku",
    "administrator",
    "admin",
    "manajer",
    "manager",
    "operator",
    "dukcapil",
    "pelayanan",
    "pelayananpublik",
    "malpelayananpublik",
    "qwerty",
    "qwertyuiop",
    "asdfghjkl",
    "letmein",
    "welcome",
    "selamatdatang",
    "iloveyou",
    "garuda",
    "pancasila",
)
"""Words that, alone or with digits and signs around them, are what is guessed first."""


def problem(password: str, login: str, w: Words) -> str | None:
    """What is wrong with a new password, for the person who chose it; None when it will do."""
    if len(password) < LEAST:
        return w.text("A password has at least {n} characters; a short sentence is easy to keep.", n=LEAST)
    if len(password) > MOST:
        return w.text("A password has at most {n} characters.", n=MOST)
    plain = _letters(password)
    if plain in _WORDS or (plain and plain == _letters(login)) or _runs(password):
        return w.text("This password is among the first that are guessed. Choose another.")
    return None


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())


def _runs(password: str) -> bool:
    """Whether it has few different characters, or counts up or down."""
    if len(set(password.casefold())) < 5:
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(password)}
    return steps in ({1}, {-1}) or password.isdigit()


def hashed(password: str) -> str:
    """How a password is kept."""
    return _HASHER.hash(password)


def right(password: str, kept: str | None) -> bool:
    """Whether it is the password that is ``kept``; takes as long where there is none."""
    try:
        return _HASHER.verify(kept or _NOBODYS, password) and kept is not None
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def outdated(kept: str) -> bool:
    """Whether a kept password should be hashed anew, with this release's parameters."""
    return _HASHER.check_needs_rehash(kept)


ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not taken for each other when somebody reads them out."""


def one_time() -> str:
    """A password to be shown once and changed at the first sign-in: 59 bits in three groups."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join(drawn[at : at + 4] for at in (0, 4, 8))
