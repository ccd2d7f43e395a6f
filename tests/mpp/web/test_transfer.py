"""How answers travel: compressed, kept, and pages never."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, Response, send_file
from flask.testing import FlaskClient

from mpp.web import styles, transfer

LONG = "menunggu " * 400
ZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    app = Flask("travel", static_folder=None)
    transfer.register(app)
    (tmp_path / "20-b.css").write_text(f"/* {LONG} */ b {{}}", encoding="utf-8")
    (tmp_path / "10-a.css").write_text("a { src: url(fonts/x) }", encoding="utf-8")
    (tmp_path / "45-not.css").write_text("no {}", encoding="utf-8")
    app.extensions["link"] = styles.register(app, tmp_path, "^45-")

    @app.get("/page")
    def page() -> str:
        return LONG

    @app.get("/short")
    def short() -> str:
        return "x"

    @app.get("/down")
    def down() -> Response:
        return Response(LONG, mimetype="text/html", headers={"Content-Disposition": "attachment"})

    @app.get("/stream")
    def stream() -> Response:
        return Response((part for part in (LONG, LONG)), mimetype="text/html")

    @app.get("/assets/font.woff2")
    def font() -> Response:
        return send_file(BytesIO(b"x" * 2000), mimetype="font/woff2")

    with app.test_client() as made:
        yield made


def test_a_page_is_compressed_for_who_can_read_it_and_kept_by_nobody(client: FlaskClient) -> None:
    small = client.get("/page", headers=ZIP)
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data).decode() == LONG
    assert int(small.headers["Content-Length"]) == len(small.data) < len(LONG) / 4
    plain = client.get("/page")
    assert plain.text == LONG
    assert "Content-Encoding" not in plain.headers
    for answer in (small, plain):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/short", "/down", "/stream", "/assets/font.woff2"])
def test_what_is_short_or_a_download_or_comes_in_parts_stays_as_it_is(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers=ZIP).headers


def test_styles_come_in_one_file_in_their_order(client: FlaskClient) -> None:
    links = '<link rel="stylesheet" href="/assets/10-a.css?m=1">\n<link rel="stylesheet" href="/x.css">'
    made = client.application.extensions["link"](links)
    first, second = made.splitlines()
    assert second == '<link rel="stylesheet" href="/x.css">'
    address = first.split('href="')[1].rstrip('">')
    answer = client.get(address, headers=ZIP)
    text = gzip.decompress(answer.data).decode()
    assert text.index("a {") < text.index("b {")
    assert "no {" not in text
    assert answer.headers["Cache-Control"] == transfer.YEAR
    again = client.get(address, headers=ZIP)
    assert again.data == answer.data
    assert again.get_etag() == answer.get_etag()
    assert answer.get_etag()[1], "two forms of a file have one weak tag"


def test_a_file_is_remembered_once_whatever_is_asked_beside_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    press = gzip.compress

    def compress(data: bytes, level: int, *, mtime: int) -> bytes:
        done.append(len(data))
        return press(data, level, mtime=mtime)

    monkeypatch.setattr(transfer.gzip, "compress", compress)
    made = client.application.extensions["link"]('<link rel="stylesheet" href="/assets/10-a.css?m=1">')
    address = made.split('href="')[1].split('"')[0]
    for n in range(3):
        assert client.get(f"{address}&x={n}", headers=ZIP).headers["Content-Encoding"] == "gzip"
    assert len(done) == 1


def test_fonts_are_kept_for_a_day(client: FlaskClient) -> None:
    assert client.get("/assets/font.woff2").headers["Cache-Control"] == transfer.DAY
