"""``mpp simulate``: invented days in the configured database."""

from __future__ import annotations

import sys
import time as real
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from mpp.cli.tools import INVENTED_DAY, TIME, Tools, say_json, tools
from mpp.i18n import Words
from mpp.live.closing import close_due
from mpp.live.description import Descriptions
from mpp.live.intake import WORDS, Intake
from mpp.mall.model import Versions
from mpp.now import Now
from mpp.simulate import Feed, plan, pour
from mpp.simulate.day import Plan, keys_of
from mpp.store import legs

FLAG: Final = "--invented-into-a-real-mall"

Taken = Callable[[Tally[str]], None]
"""Hears the intake's words for what was taken just now."""


@dataclass(slots=True)
class Simulated:
    """What a run did. ``words`` are the intake's, counted."""

    first: date
    last: date
    days: int = 0
    tickets: int = 0
    words: Tally[str] = field(default_factory=lambda: Tally(dict.fromkeys(WORDS, 0)))
    closed: int = 0


@click.command("simulate")
@click.option("--day", type=INVENTED_DAY, metavar="DAY", help="First day, not after today; today without.")
@click.option("--days", default=1, show_default=True, type=click.IntRange(1, 400), help="How many days.")
@click.option(
    "--from", "begin", type=TIME, metavar="HH.MM", help="With --speed: begin here, the rest at once."
)
@click.option("--to", "end", type=TIME, metavar="HH.MM", help="Stop here; today: now at the latest.")
@click.option("--speed", type=click.FloatRange(0.01, 10_000), help="As time passes, so many times as fast.")
@click.option("--seed", default=1, show_default=True, help="Another number, other days.")
@click.option(FLAG, "real_mall", is_flag=True, help="Also where the mall described is no example.")
@click.option("--json", "as_json", is_flag=True, help="What it did, for a script.")
@with_appcontext
def simulate_command(
    *,
    day: date | None,
    days: int,
    begin: time | None,
    end: time | None,
    speed: float | None,
    seed: int,
    real_mall: bool,
    as_json: bool,
) -> None:
    """Invent days of the mall described: tickets, counters, cases and ratings, through the intake.

    All at once, or with --speed as time passes. The same seed gives the same days, so running it
    again adds only what is missing.
    """
    kit = tools()
    if begin is not None and speed is None:
        raise click.UsageError(kit.words.text("--from needs --speed: without it a day is written whole."))
    run = _Run(kit, _described(kit, real_mall=real_mall), seed)
    first = day or run.day(kit.now())
    wanted = [first + timedelta(days=n) for n in range(days)]
    run.must_have_come(wanted)
    for one in wanted:
        run.must_be_free(one)
    done = Simulated(wanted[0], wanted[-1])
    with suppress(KeyboardInterrupt):
        run.all(wanted, (begin, end), speed, done)
    done.tickets = run.tickets(wanted)
    done.closed = close_due(kit.store, kit.now())
    if as_json:
        say_json({key: value for key, value in asdict(done).items() if key != "words"} | done.words)
    else:
        click.echo(_told(done, kit.words))


def _described(kit: Tools, *, real_mall: bool) -> Versions:
    """The mall's descriptions; refused where invented figures would stand beside real ones."""
    with kit.store.read() as tx:
        versions = Descriptions().versions(tx)
    if not versions:
        raise click.ClickException(kit.words.text("No mall is described yet: mpp init --example"))
    if not versions.newest.example and not real_mall:
        raise click.ClickException(
            kit.words.text(
                "{mall} is no example: invented figures would stand beside real ones. Use mpp demo, or a "
                "database of its own (MPP_INSTANCE); only if you mean it: {flag}",
                mall=versions.newest.name,
                flag=FLAG,
            )
        )
    return versions


class _Run:
    """One run over several days."""

    def __init__(self, kit: Tools, versions: Versions, seed: int) -> None:
        self.kit, self.versions, self.seed = kit, versions, seed
        self.zone = ZoneInfo(versions.newest.zone)

    def day(self, at: datetime) -> date:
        """The mall's day of an instant."""
        return at.astimezone(self.zone).date()

    def must_have_come(self, days: list[date]) -> None:
        """Refuse days after today: what is written for them would look fresh until they come."""
        today = self.day(self.kit.now())
        later = next((day for day in days if day > today), None)
        if later is not None:
            raise click.ClickException(
                self.kit.words.text(
                    "{day} has not come yet: only days up to today, {today}, can be written. mpp demo shows "
                    "any day.",
                    day=later,
                    today=today,
                )
            )

    def must_be_free(self, day: date) -> None:
        """Refuse a day that has tickets of another origin."""
        with self.kit.store.read() as tx:
            known = legs.tickets_between(tx, day, day)
        mine = f"{keys_of(day, self.seed)}/"
        if any(not ticket.startswith(mine) for tickets in known.values() for ticket in tickets):
            raise click.ClickException(
                self.kit.words.text(
                    "{day} has other tickets already: choose another day, or the seed it was made with.",
                    day=day,
                )
            )

    def all(
        self,
        days: list[date],
        hours: tuple[time | None, time | None],
        speed: float | None,
        done: Simulated,
    ) -> None:
        """Make the days one after the other; ``done`` counts on the way, so it holds when interrupted."""
        with _bar(self.kit.words, len(days)) as bar:
            for day in days:
                one = plan(self.versions.on(day), day, self.seed)
                begin, end = (None if at is None else datetime.combine(day, at, self.zone) for at in hours)
                taken = _counted(done.words, bar(len(one.items)))
                done.days += bool(one.items)
                if speed is not None and one.items:
                    clock = Now.starting_at(begin or one.items[0].at, speed)
                    self._paced(one, clock, end or one.items[-1].at, taken)
                else:
                    self._at_once(one, end, taken)

    def _at_once(self, one: Plan, end: datetime | None, taken: Taken) -> None:
        """A day in the past whole; today up to now, its sources heard of now."""
        now = self.kit.now()
        today = one.day == self.day(now)
        if today and (end is None or end > now):
            end = now
        items = [item for item in one.items if end is None or item.at < end]
        pour(self.kit.store, items, heard=today, progress=taken)
        for source in self.versions.on(one.day).sources if today else ():
            begin, back = one.silent.get(source.code, (now, now))
            if not begin < now < back:
                self.kit.intake.accept(source.code, [])

    def _paced(self, one: Plan, clock: Now, end: datetime, taken: Taken) -> None:
        """A day as its time passes, what lies before the clock's start at once. It is over where it
        would run ahead of the real clock: nobody has heard of a source later than now."""

        def now() -> datetime:
            return min(clock(), end, self.kit.now())

        intake = Intake(self.kit.store, now)
        feed = Feed(intake, self.versions.on(one.day), self.seed)
        told: Tally[str] = Tally()
        while True:
            over = clock() >= min(end, self.kit.now())
            try:
                feed.run(now())
            finally:
                words: Tally[str] = Tally()
                for (_, word), count in intake.taken.items():
                    words[word] += count
                taken(words - told)
                told = words
            if over:
                return
            real.sleep(1.0)

    def tickets(self, days: list[date]) -> int:
        """How many tickets these days have."""
        with self.kit.store.read() as tx:
            return sum(map(len, legs.tickets_between(tx, days[0], days[-1]).values()))


def _counted(words: Tally[str], progress: Callable[[int], None]) -> Taken:
    """Adds to ``words`` what was taken, and moves the bar."""

    def taken(more: Tally[str]) -> None:
        words.update(more)
        progress(more.total())

    return taken


@contextmanager
def _bar(w: Words, days: int) -> Iterator[Callable[[int], Callable[[int], None]]]:
    """A progress bar on stderr, only where somebody watches: for each day's number of items, what is
    to be told how many more were taken."""
    hidden = not sys.stderr.isatty()
    label = w.text("Inventing")
    with click.progressbar(length=days * 1000, label=label, file=sys.stderr, hidden=hidden) as bar:

        def day(items: int) -> Callable[[int], None]:
            first, taken = bar.pos, Tally[str]()

            def progress(count: int) -> None:
                taken["items"] += count
                bar.update(first + taken["items"] * 1000 // max(items, 1) - bar.pos)

            return progress

        yield day


def _told(done: Simulated, w: Words) -> str:
    """What a run did, in one line."""
    said = [
        w.text(
            "Invented {first} to {last}: open days {days}, tickets {tickets}, new events {accepted}, "
            "known already {known}.",
            first=done.first,
            last=done.last,
            days=w.number(done.days),
            tickets=w.number(done.tickets),
            accepted=w.number(done.words["accepted"]),
            known=w.number(done.words["duplicate"]),
        )
    ]
    other = done.words["quarantined"] + done.words["conflict"] + done.words["forbidden"]
    if other:
        said.append(w.text("Not taken: {count}; see: mpp quarantine list", count=w.number(other)))
    if done.closed:
        said.append(w.plural("{n} open ticket closed.", "{n} open tickets closed.", done.closed))
    return " ".join(said)
