"""``mpp device``: wall displays and kiosks from the command line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import tzinfo

import click
from flask.cli import AppGroup

from mpp.cli.lines import table
from mpp.cli.person import counters_of_mall
from mpp.cli.tools import Tools, mall_zone, say_json, tools
from mpp.i18n import Words
from mpp.people import devices as use
from mpp.people.accounts import AccountError
from mpp.people.audit import CONSOLE
from mpp.store import devices
from mpp.store.devices import Device, Pairing

device_group = AppGroup("device", help="Wall displays and kiosks.")


@device_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def listed(as_json: bool) -> None:
    """List devices and those that show a code now: never a token."""
    kit = tools()
    with kit.store.read() as tx:
        found, waiting = devices.every(tx), devices.waiting(tx, kit.now())
    if as_json:
        say_json({"devices": [asdict(one) for one in found], "waiting": [_asked(one) for one in waiting]})
        return
    w = kit.words
    if found:
        click.echo(_table(found, mall_zone(kit.store), w))
    for one in waiting:
        click.echo(w.text("{kind} at {remote} shows the code {code}", **_asked(one)))
    click.echo(w.plural("{n} device", "{n} devices", len(found)), err=True)


def _asked(pairing: Pairing) -> dict[str, str]:
    return {"kind": pairing.kind, "remote": pairing.remote, "code": pairing.code}


def _table(found: list[Device], zone: tzinfo, w: Words) -> str:
    heads = (
        w.text("No."),
        w.text("Kind"),
        w.text("Name"),
        w.text("Where"),
        w.text("For visitors"),
        w.text("Last heard"),
        w.text("State"),
    )
    cells = [
        (
            str(one.id),
            one.kind,
            one.name,
            "/".join(filter(None, (one.agency, one.counter))) or "–",
            w.text("yes") if one.open else w.text("no"),
            f"{one.seen_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.seen_at else "–",
            w.text("revoked {at}", at=f"{one.revoked_at.astimezone(zone):%Y-%m-%d}")
            if one.revoked_at
            else w.text("live"),
        )
        for one in found
    ]
    return table(heads, cells)


@device_group.command("confirm")
@click.argument("code")
@click.option("--name", required=True, help="What people call it, such as Dinding lobi.")
@click.option("--inside", is_flag=True, help="No visitor sees it: it shows names and extensions.")
@click.option("--agency", help="Code of the agency it stands at.")
@click.option("--counter", help="Code of its counter.")
def confirm(*, code: str, name: str, inside: bool, agency: str | None, counter: str | None) -> None:
    """Let the device in that shows CODE."""
    kit = tools()
    try:
        made = use.confirm(
            kit.store,
            kit.now(),
            code,
            by=CONSOLE,
            w=kit.words,
            name=name,
            open=not inside,
            agency=agency,
            counter=counter,
            agencies=counters_of_mall(kit),
        )
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    click.echo(kit.words.text("Device {id} is let in: {name}.", id=made.id, name=made.name))


@device_group.command("renew")
@click.argument("device_id", type=int)
def renew(device_id: int) -> None:
    """Give the device with this number another token at its next report."""
    kit = tools()
    try:
        use.renew(kit.store, kit.now(), _device(kit, device_id), by=CONSOLE, w=kit.words)
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    text = kit.words.text("Device {id} gets another token with its next report.", id=device_id)
    click.echo(text)


@device_group.command("revoke")
@click.argument("device_id", type=int)
def revoke(device_id: int) -> None:
    """End the device with this number; within a minute it shows a code again."""
    kit = tools()
    try:
        use.revoke(kit.store, kit.now(), _device(kit, device_id), by=CONSOLE, w=kit.words)
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    click.echo(kit.words.text("Device {id} is revoked.", id=device_id))


def _device(kit: Tools, device_id: int) -> Device:
    with kit.store.read() as tx:
        found = devices.by_id(tx, device_id)
    if found is None or found.revoked_at is not None:
        text = kit.words.text("There is no live device {id}; see: mpp device list", id=device_id)
        raise click.ClickException(text)
    return found
