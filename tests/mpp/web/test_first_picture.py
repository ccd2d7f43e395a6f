"""The first picture of a page, in its HTML before any script."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import OperationalError

from mpp.i18n import words
from mpp.live.model import Board
from mpp.live.views import Views
from mpp.web import styles
from mpp.web.dash_app import NOT_DASH, WIDE_OPEN, Door, make_dash
from tests import factories

ASSETS = Path(__file__).parents[3] / "assets"


class Away:
    """A database that does not answer."""

    def read(self) -> None:
        raise OperationalError("no", {}, Exception("away"))


def served(path: str, door: Door = WIDE_OPEN) -> str:
    """The HTML of a page as the server sends it."""

    def board() -> Board:
        return replace(factories.board(), mall="MPP {%scripts%} <b>")

    app = Flask("first")
    store: Any = Away()
    make_dash(
        app,
        board=board,
        views=Views(),
        words_for=words,
        release="1",
        assets=ASSETS,
        door=door,
        store=store,
    )
    return app.test_client().get(path).text


def test_a_page_is_in_its_html_once_and_escaped() -> None:
    text = served("/instansi/dukcapil")
    assert text.count('<main id="drawn">') == 1
    assert "paling lama A3-042 (41 menit)" in text
    assert text.count('data-live="say"') == 1
    wall = served("/ruang-kendali")
    assert "MPP {%scripts%} &lt;b&gt;" in wall
    assert wall.count("dash_renderer") == 1


def test_who_may_not_see_a_page_is_sent_no_picture_of_it() -> None:
    refused = replace(WIDE_OPEN, allowed=lambda _path: False)
    text = served("/instansi/dukcapil", refused)
    assert "drawn" not in text
    assert "A3-042" not in text
    assert "drawn" not in served("/instansi/nobody")


def test_without_a_database_what_needs_none_is_there() -> None:
    assert "paling lama A3-042" in served("/instansi/dukcapil")
    past = served("/instansi/dukcapil/riwayat")
    assert "drawn" not in past
    assert "react-entry-point" in past


def test_styles_come_before_scripts_and_ours_before_those_of_dash() -> None:
    text = served("/instansi/dukcapil")
    assert text.index("/assets/all.css") < text.index('<main id="drawn">') < text.index("<script")
    sources = re.findall(r'<script fetchpriority="low" src="(/\w+)', text)
    assert len(sources) == text.count(" src=")
    assert sources == sorted(sources, reverse=True)  # /assets, /_dash-component-suites
    assert set(sources) == {"/assets", "/_dash"}


def test_the_styles_are_small_and_name_what_is_only_to_be_heard() -> None:
    app = Flask("styles")
    styles.register(app, ASSETS, NOT_DASH)
    css = app.test_client().get(styles.PATH).text
    assert ".visually-hidden {" in css
    assert len(gzip.compress(css.encode())) < 25_000
