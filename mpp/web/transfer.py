"""How answers travel: compressed where the browser can read that, and kept by it where the address names
the version. Pages must come up on a phone with a slow line."""

from __future__ import annotations

import gzip
from typing import Final

from flask import Flask, Response, request

LEAST: Final = 1000
"""Bytes below which compressing saves no packet."""

LEVEL: Final = 6
MOST_KEPT: Final = 200
"""So many compressed files are remembered; there are a quarter as many."""

TEXTS: Final = frozenset(
    ("text/html", "text/css", "text/javascript", "application/javascript", "application/json")
)
FILES: Final = ("/assets/", "/_dash-component-suites/")
YEAR, DAY = "private, max-age=31536000, immutable", "private, max-age=86400"


def register(app: Flask) -> None:
    """Compress and date what the app answers. To be registered first: what others add to an answer must
    stand before."""
    kept: dict[tuple[str, str], bytes] = {}

    @app.after_request
    def travel(answer: Response) -> Response:
        if answer.status_code == 200 and request.path.startswith("/assets/"):
            _date(answer)
        elif answer.mimetype == "text/html":
            # A page holds what only its reader may see, and a booth's computer is many people's.
            answer.headers.setdefault("Cache-Control", "private, no-store")
        if _fits(answer):
            _compress(answer, kept)
        return answer


def _date(answer: Response) -> None:
    """Files whose address has their time of change never change; fonts seldom do."""
    if "m" in request.args:
        answer.headers["Cache-Control"] = YEAR
    elif (answer.mimetype or "").startswith("font/"):
        answer.headers["Cache-Control"] = DAY


def _fits(answer: Response) -> bool:
    if answer.status_code != 200 or request.method == "HEAD" or answer.mimetype not in TEXTS:
        return False
    if "Content-Encoding" in answer.headers or "attachment" in answer.headers.get("Content-Disposition", ""):
        return False
    # A file is read whole; what else comes in parts keeps them.
    return answer.direct_passthrough or not answer.is_streamed


def _compress(answer: Response, kept: dict[tuple[str, str], bytes]) -> None:
    answer.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return
    tag, weak = answer.get_etag()
    file = tag is not None and request.path.startswith(FILES)
    key = request.path, tag or ""  # not the query: the tag names the bytes, and anybody may ask
    found = kept.get(key) if file else None
    if found is None:
        answer.direct_passthrough = False
        whole = answer.get_data()
        if len(whole) < LEAST:
            return
        found = gzip.compress(whole, LEVEL, mtime=0)
        if file:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = found
    else:
        answer.close()
        answer.direct_passthrough = False
    answer.set_data(found)
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.pop("Accept-Ranges", None)
    if tag is not None and not weak:
        # The same file in another form is not the same bytes.
        answer.set_etag(tag, weak=True)
