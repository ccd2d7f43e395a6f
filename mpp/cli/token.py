"""``mpp token``: keys with which sources send."""

from __future__ import annotations

import secrets
from typing import Final

import click
from flask.cli import AppGroup

from mpp.cli.tools import mall_zone, say_json, tools
from mpp.people.audit import CONSOLE, note
from mpp.store import sources

LONGEST_LABEL: Final = 100
"""Characters the database holds of a label."""

token_group = AppGroup("token", help="Keys with which sources send events.")


@token_group.command("create")
@click.argument("source")
@click.option("--label", default="", help="What the token is for, such as the sending machine.")
@click.option("--json", "as_json", is_flag=True, help="The token as JSON.")
def create(source: str, label: str, as_json: bool) -> None:
    """Make a token for SOURCE and show it, once."""
    kit = tools()
    if len(label) > LONGEST_LABEL or (label and not label.isprintable()):
        raise click.ClickException(
            kit.words.text(
                "The label must be one line of at most {most} characters; this one has {n}.",
                most=kit.words.number(LONGEST_LABEL),
                n=kit.words.number(len(label)),
            )
        )
    token = "mpp_" + secrets.token_urlsafe(32)
    with kit.store.write() as tx:
        row = sources.all_sources(tx).get(source)
        if row is None:
            known = ", ".join(sorted(sources.all_sources(tx))) or "-"
            raise click.ClickException(
                kit.words.text(
                    "There is no source {source}. Describe it in mpp.toml or at /admin/sumber; "
                    "there are: {known}",
                    source=source,
                    known=known,
                )
            )
        id_ = sources.add_token(tx, row.id, token, label, kit.now())
        after = {"token": id_, "label": label}
        note(tx, kit.now(), CONSOLE, "token.made", f"source:{source}", after=after)
    if as_json:
        say_json({"id": id_, "source": source, "label": label, "token": token})
        return
    click.echo(token)
    click.echo(
        kit.words.text(
            "Token {id} of {source}. It is not shown again: only its hash is kept.", id=id_, source=source
        ),
        err=True,
    )


@token_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def listed(as_json: bool) -> None:
    """List tokens: never the token itself."""
    kit = tools()
    with kit.store.read() as tx:
        rows = sources.list_tokens(tx)
    if as_json:
        say_json(
            [
                {
                    "id": row.id,
                    "source": row.source,
                    "label": row.label,
                    "hint": row.hint,
                    "created_at": row.created_at.isoformat(),
                    "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
                }
                for row in rows
            ]
        )
        return
    zone = mall_zone(kit.store)
    for row in rows:
        made, over = (
            f"{at.astimezone(zone):%Y-%m-%d}" if at else "" for at in (row.created_at, row.revoked_at)
        )
        state = kit.words.text("revoked {at}", at=over) if over else kit.words.text("live")
        click.echo(f"{row.id:>4}  {row.source:<24} {row.hint}…  {made}  {state}  {row.label}")
    click.echo(kit.words.plural("{n} token", "{n} tokens", len(rows)), err=True)


@token_group.command("revoke")
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """End the token with this number; effect within seconds."""
    kit = tools()
    with kit.store.write() as tx:
        mine = next((row for row in sources.list_tokens(tx) if row.id == token_id), None)
        done = sources.revoke_token(tx, token_id, kit.now())
        if done and mine is not None:
            before = {"token": token_id, "label": mine.label}
            note(tx, kit.now(), CONSOLE, "token.revoked", f"source:{mine.source}", before=before)
    if not done:
        raise click.ClickException(kit.words.text("There is no live token {id}.", id=token_id))
    click.echo(kit.words.text("Token {id} is revoked.", id=token_id))
