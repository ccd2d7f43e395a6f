"""The key that signs cookies, and the one that the first administrator's code is made of: random, kept
beside the database, never in the repository."""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

NAME = "secret_key"
FIRST = "first_administrator_key"
FIRST_FOR = timedelta(days=1)
"""So long the first administrator's code is worth something: old logs lead nobody in."""


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


def first_key(instance: Path, now: datetime) -> bytes:
    """What the first administrator's code is made of (:func:`mpp.people.accounts.first_code`): another one
    every day, the same for every process of the installation."""
    path = instance / FIRST
    try:
        made, _, key = path.read_text(encoding="ascii").strip().partition(" ")
        if timedelta(0) <= now - datetime.fromisoformat(made) < FIRST_FOR and len(key) >= 32:
            return key.encode()
    except (OSError, ValueError):
        pass  # none yet, or none that can be read
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{FIRST}-")  # mode 0600
    key = secrets.token_hex(32)
    try:
        os.write(descriptor, f"{now.isoformat()} {key}".encode("ascii"))
    finally:
        os.close(descriptor)
    Path(temporary).replace(path)
    return key.encode()


def forget_first_key(instance: Path) -> None:
    """There is a first administrator: the code is worth nothing any more."""
    (instance / FIRST).unlink(missing_ok=True)
