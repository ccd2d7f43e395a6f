"""The descriptions the product ships: a commented starter and the example mall."""

from importlib.resources import files


def init_text() -> str:
    """What ``mpp init`` writes: a small mall that explains every key. It passes the check."""
    return _text("starter.toml")


def example_text() -> str:
    """The example mall (CONTOH): 26 agencies, 147 services, 90 counters."""
    return _text("example.toml")


def _text(name: str) -> str:
    return (files("mpp.mall") / name).read_text(encoding="utf-8")
