"""``mpp demo``: the example mall on an invented day, in a database of its own."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from io import TextIOWrapper
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Flask

from mpp import create_app
from mpp.cli.tools import INVENTED_DAY, TIME, Failure, ready_to_serve
from mpp.i18n import Words
from mpp.jobs import Job
from mpp.mall.load import read
from mpp.mall.model import Mall
from mpp.mall.texts import example_text
from mpp.now import LivingNow, Now
from mpp.settings import Settings
from mpp.simulate import Duty, Feed, Past, demo_start, relive, stretches
from mpp.simulate.demo import AT_ONCE
from mpp.simulate.opinions import seed_opinions
from mpp.simulate.people import demo_people
from mpp.web import server
from mpp.web.configured import spoken
from mpp.web.context import parts_of


@click.command()
@click.option(
    "--day", type=INVENTED_DAY, metavar="DAY", help="Day to show; today or the next open one without."
)
@click.option("--at", type=TIME, metavar="HH.MM", help="Mall time to begin at, the morning behind it.")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0.01, 60), help="So fast.")
@click.option("--seed", default=1, show_default=True, help="Another number, another day.")
@click.option("--host", help="Address to listen on; MPP_HOST without it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; MPP_PORT without it.")
def demo(
    *, day: date | None, at: time | None, speed: float, seed: int, host: str | None, port: int | None
) -> None:
    """Show the example mall with an invented day, in a database of its own.

    While the example's hours run it shows this very moment, else the next open day from 09.40. When
    a day is over it goes on with the next.
    """
    try:
        settings = ready_to_serve(host, port)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    folder = settings.instance / "demo"
    lock = alone_in(folder)
    if lock is None:
        w = spoken()
        text = w.text(
            "The demo in {folder} is running already: end it first, or set MPP_INSTANCE to another folder.",
            folder=folder,
        )
        raise Failure(text, w)
    with lock:
        app, mall = demo_app(settings, day=day, at=at, speed=speed, seed=seed)
        parts = parts_of(app)
        click.echo(told(mall, parts.now(), speed, parts.words_for(settings.locale)))
        server.run(app)


def alone_in(folder: Path) -> TextIOWrapper | None:
    """A lock on a demo's folder, held while the file is open; None while another process has it. A
    process that ends, however it does, gives it back: the operating system sees to that."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "demo.lock").open("w", encoding="utf-8")
    if sys.platform != "win32":  # there an open database cannot be removed anyway
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
    return file


def demo_app(
    settings: Settings,
    *,
    day: date | None = None,
    at: time | None = None,
    speed: float = 1.0,
    seed: int = 1,
) -> tuple[Flask, Mall]:
    """The app of the demo and its mall: a fresh database and description in the instance folder's
    ``demo``, the day up to ``at`` already in it."""
    folder = settings.instance / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("demo.sqlite*"):
        old.unlink()
    description = folder / "mpp.toml"
    description.write_text(example_text(), encoding="utf-8")
    own = settings.model_copy(
        update={
            "instance": folder,
            "config": description,
            "database_url": f"sqlite:///{(folder / 'demo.sqlite').absolute()}",
            "redis_url": "",
        }
    )
    mall = read(description)
    start = Now.starting_at(demo_start(mall, Now()(), day, at), speed)
    now = LivingNow(start.base, start.anchor, start.speed, after=stretches(mall))
    app = create_app(own, now=now, mode="demo")
    parts = parts_of(app)
    feed = Feed(parts.intake, mall, seed)
    # Before anything of today: answers are told in the order in which they came.
    seed_opinions(parts.store, mall, _day(now(), mall), seed)
    past = Past(parts.store, mall, seed)
    for _ in range(AT_ONCE):
        past.run(now())
    feed.run(now())
    duty = Duty(parts.store, parts.board.recent, seed)
    relive(parts.store, mall, now(), duty)
    demo_people(parts.store, mall, parts.real(), parts.words_for(settings.locale))
    added = (
        Job("feed", 1.0, feed.run),
        Job("past days", 3.0, past.run_or_tell),
        Job("duty", 5.0, duty.run),
    )
    # Figures of a week are told once: not before its days are there.
    parts.jobs.jobs = (*(job for job in parts.jobs.jobs if job.name != "peers"), *added)
    return app, mall


def told(mall: Mall, now: datetime, speed: float, w: Words) -> str:
    """What a demo shows, and how it ends."""
    said = w.text(
        "This is a DEMO: {mall}, an invented day. It shows {day}, {time} {zone}; nobody on it is real.",
        mall=mall.name,
        day=w.date(_day(now, mall)),
        time=w.time(now, mall.zone),
        zone=w.zone_label(mall.zone, now),
    )
    if speed != 1:
        said += " " + w.text("It runs {speed} times as fast.", speed=w.number(speed, 0 if speed >= 1 else 2))
    return said + " " + w.text("Ctrl-C ends it.")


def _day(now: datetime, mall: Mall) -> date:
    return now.astimezone(ZoneInfo(mall.zone)).date()
