"""The pages' styles in one answer: a dozen small files would cost a slow line a dozen ways there and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final

from flask import Flask, Response

PATH: Final = "/assets/all.css"
"""Beside the files themselves, so that what they name relative to them (fonts) is found."""

_LINK: Final = re.compile(r'<link rel="stylesheet" href="/assets/[^"]*">\n?')


def register(server: Flask, folder: Path, leave_out: str) -> Callable[[str], str]:
    """Serve the folder's styles joined in the order of their names, without those whose name
    ``leave_out`` (a regular expression) finds. Returns what puts one link to them in the place of the
    links to the files."""

    def files() -> list[Path]:
        return [file for file in sorted(folder.glob("*.css")) if not re.search(leave_out, file.name)]

    def version() -> str:
        told = "\n".join(f"{file.name} {file.stat().st_mtime_ns}" for file in files())
        return blake2b(told.encode(), digest_size=6).hexdigest()

    @server.get(PATH)
    def joined() -> Response:
        answer = Response(
            "\n".join(file.read_text(encoding="utf-8") for file in files()), mimetype="text/css"
        )
        answer.set_etag(version())
        return answer

    def one_link(links: str) -> str:
        rest = _LINK.sub("", links)
        return f'<link rel="stylesheet" href="{PATH}?m={version()}">\n{rest}'

    return one_link
