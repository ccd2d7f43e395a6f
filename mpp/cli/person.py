"""``mpp person``: accounts from the command line, for whoever runs the machine."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from mpp.access import PEOPLE
from mpp.cli.lines import table
from mpp.cli.tools import Tools, say_json, tools
from mpp.live.description import Descriptions
from mpp.people import accounts
from mpp.people.accounts import AccountError, Wish
from mpp.people.audit import CONSOLE
from mpp.people.sign_in import login_of, ran_out
from mpp.store import people
from mpp.store.people import Person

person_group = AppGroup("person", help="People who sign in.")


@person_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def listed(as_json: bool) -> None:
    """List accounts: never a password."""
    kit = tools()
    with kit.store.read() as tx:
        found = people.everybody(tx)
    if as_json:
        say_json([accounts.told(one) | {"must_change": one.must_change} for one in found])
        return
    w = kit.words
    heads = (w.text("Login"), w.text("Name"), w.text("Role"), w.text("Belongs to"), w.text("State"))
    cells = [(one.login, one.name, one.role, _belongs(one), _state(one, kit)) for one in found]
    if cells:
        click.echo(table(heads, cells))
    click.echo(w.plural("{n} account", "{n} accounts", len(found)), err=True)


def _belongs(person: Person) -> str:
    places = [f"{agency}/{counter}" for agency, counter in sorted(person.counters)]
    return ", ".join(places or sorted(person.agencies)) or "–"


def _state(person: Person, kit: Tools) -> str:
    w = kit.words
    if person.disabled_at is not None:
        return w.text("disabled")
    if ran_out(person, kit.now()):
        return w.text("the one-time password ran out")
    if person.must_change:
        return w.text("has a one-time password")
    return w.text("can sign in") if person.password else w.text("single sign-on only")


@person_group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="What others read beside what they do.")
@click.option("--role", required=True, type=click.Choice(PEOPLE), help="What they may.")
@click.option("--agency", "agencies", multiple=True, help="Code of an agency; again for another.")
@click.option("--counter", "counters", multiple=True, help="agency/counter of an officer; again for another.")
@click.option("--subject", help="Issuer and subject of single sign-on, with a blank between.")
@click.option("--json", "as_json", is_flag=True, help="The account and its one-time password as JSON.")
def add(
    *,
    login: str,
    name: str,
    role: str,
    agencies: tuple[str, ...],
    counters: tuple[str, ...],
    subject: str | None,
    as_json: bool,
) -> None:
    """Make an account for LOGIN and show its one-time password, once."""
    kit = tools()
    pairs = frozenset((agency, counter) for agency, _, counter in (one.partition("/") for one in counters))
    wish = Wish(login, name, role, frozenset(agencies), pairs, subject)
    try:
        wish = accounts.checked(wish, counters_of_mall(kit), kit.words)
        person, once = accounts.create(kit.store, kit.now(), wish, CONSOLE, w=kit.words)
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    _say_password(kit, person, once, as_json=as_json)


@person_group.command("reset")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="The account and its one-time password as JSON.")
def reset(login: str, as_json: bool) -> None:
    """Give LOGIN a new one-time password and show it, once; sessions and waiting end."""
    kit = tools()
    person = _person(kit, login)
    try:
        once = accounts.reset(kit.store, kit.now(), person, by=CONSOLE, w=kit.words)
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    _say_password(kit, person, once, as_json=as_json)


@person_group.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Take LOGIN's way in; open sessions end at once."""
    _able(login, disabled=True)


@person_group.command("enable")
@click.argument("login")
def enable(login: str) -> None:
    """Give LOGIN the way in back."""
    _able(login, disabled=False)


def _able(login: str, *, disabled: bool) -> None:
    kit = tools()
    person = _person(kit, login)
    if (person.disabled_at is not None) != disabled:
        try:
            accounts.disable(kit.store, kit.now(), person, by=CONSOLE, w=kit.words, disabled=disabled)
        except AccountError as error:
            raise click.ClickException(str(error)) from None
    w = kit.words
    done = w.text("{login} cannot sign in.", login=person.login)
    click.echo(done if disabled else w.text("{login} can sign in.", login=person.login))


def _person(kit: Tools, login: str) -> Person:
    with kit.store.read() as tx:
        found = people.by_login(tx, login_of(login))
    if found is None:
        text = kit.words.text("There is no account {login}; see: mpp person list", login=login)
        raise click.ClickException(text)
    return found


def counters_of_mall(kit: Tools) -> dict[str, tuple[str, ...]]:
    """The mall's agencies with their counters."""
    with kit.store.read() as tx:
        versions = Descriptions().versions(tx)
    return versions.newest.places if versions else {}


def _say_password(kit: Tools, person: Person, once: str, *, as_json: bool) -> None:
    if as_json:
        say_json(accounts.told(person) | {"one_time_password": once})
        return
    click.echo(once)
    text = kit.words.text(
        "The one-time password of {login}. It is not shown again, and is changed at the first sign-in.",
        login=person.login,
    )
    click.echo(text, err=True)
