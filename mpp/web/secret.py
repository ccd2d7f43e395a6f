"""The key that signs cookies, and that the first administrator's code is made of: random, kept beside the
database, never in the repository."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

NAME = "secret_key"


def load(instance: Path) -> bytes:
    """The installation's key, made on first start and readable by its owner only.

    Raises ValueError for a key file that is too short to be one.
    """
    path = instance / NAME
    if not path.exists():
        _make(path)
    key = path.read_bytes().strip()
    if len(key) < 32:
        raise ValueError(f"{path} holds no key (32 characters or more): delete it, a new one will be made")
    return key


def _make(path: Path) -> None:
    """Appears complete or not at all, and once when several processes start together."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}-")  # mode 0600
    try:
        os.write(descriptor, secrets.token_hex(32).encode())
        os.fsync(descriptor)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        os.close(descriptor)
        Path(temporary).unlink()
