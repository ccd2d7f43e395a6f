"""Programs that tests run as copies of one that holds the product already."""

from importlib.util import find_spec

from tests.forked import HELD


def test_what_it_holds_is_there() -> None:
    """Multiprocessing leaves out what it cannot import without a word: then every start takes seconds."""
    assert [name for name in HELD if find_spec(name) is None] == []
