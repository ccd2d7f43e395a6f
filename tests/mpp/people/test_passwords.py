"""What makes a good password, and how it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.i18n import words
from mpp.people import passwords
from mpp.people.passwords import ALPHABET, LEAST, MOST, hashed, one_time, outdated, problem, right

W = words("id")
SENTENCE = "pagi yang cerah di loket"


@pytest.mark.parametrize(
    "password",
    [
        "", "pendek", "123456789", "1234567890", "0987654321", "aaaaaaaaaaaa", "abababababab", "abcdefghijkl",
        "Rahasia12345", "PASSWORD2026!", "bismillah 1445", "budi.santoso", "Budi-Santoso-99", "82736452819",
        "x" * (MOST + 1),
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused_with_a_reason(password):
    assert problem(password, "budi.santoso", W)


@pytest.mark.parametrize(
    "password", [SENTENCE, "kucing-hijau-terbang", "ÄÖü ß ñ 9 kata", "x7#Kq!mZ2w", "🐈 tidur di meja"]
)
def test_length_is_enough_whatever_kinds_of_characters(password):
    assert problem(password, "budi", W) is None


def test_it_is_kept_as_argon2id_with_a_salt_of_its_own():
    first, second = hashed(SENTENCE), hashed(SENTENCE)
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert SENTENCE not in first
    assert right(SENTENCE, first)
    assert right(SENTENCE, second)
    assert not outdated(first)
    assert outdated("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo")


@pytest.mark.parametrize("given_one", ["", SENTENCE + " ", SENTENCE.upper(), SENTENCE[:-1], "\0", "\ud800"])
def test_another_is_wrong(given_one):
    """A lone surrogate too is a wrong password and no error."""
    assert not right(given_one, hashed(SENTENCE))


def test_no_password_at_all_is_checked_as_long_and_is_never_right(monkeypatch):
    checked = []
    verify = type(passwords._HASHER).verify

    def noted(self, kept, password):
        checked.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(type(passwords._HASHER), "verify", noted)
    assert not right("", None)
    assert not right(SENTENCE, None)
    assert not right(SENTENCE, "no hash")
    assert [kept.split("$")[3] for kept in checked[:2]] == ["m=19456,t=2,p=1"] * 2


def test_a_one_time_password_is_good_and_can_be_read_out():
    some = {one_time() for _ in range(200)}
    assert len(some) == 200
    for made in some:
        assert len(made) == 14
        assert set(made) <= {*ALPHABET, "-"}
        assert problem(made, "budi", W) is None


@given(st.text(max_size=MOST + 5), st.text(max_size=12))
def test_whatever_is_chosen_there_is_an_answer(password, login):
    told = problem(password, login, W)
    assert told is None or len(told) > 10
    if not LEAST <= len(password) <= MOST or len(set(password.casefold())) < 5:
        assert told
