"""`psa gateway render`: the configuration of nginx, the tiers' one door."""

from pathlib import Path
from typing import Annotated

import typer

from infra.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="The one public door of the tiers.")
    group.command()(render)
    app.add_typer(group, name="gateway")


def render(
    out: Annotated[Path | None, typer.Option(help="Write it there instead of printing it.")] = None,
    containers: Annotated[Path | None, typer.Option(help="Where services run; the shipped list when left out.")] = None,
    listen: Annotated[str | None, typer.Option(help="Port, or address:port; 443 with a certificate, else 80.")] = None,
    certificate: Annotated[str | None, typer.Option(help="File of the certificate, where nginx runs.")] = None,
    key: Annotated[str | None, typer.Option(help="File of its key.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Let nginx say whether it takes it (`nginx -t`).")] = False,
) -> None:
    """Make nginx's configuration from the services and the containers they run in."""
    from infra.gateway import render as gateway
    from infra.gateway.registry import CONTAINERS, addresses
    from infra.local.home import refusing

    door = gateway.Door(
        addresses(containers or CONTAINERS),
        listen=listen or ("443" if certificate else "80"),
        certificate=certificate,
        key=key,
    )
    text = gateway.render(door)
    if check:
        gateway.check(text)
    if out is None:
        print(text, end="")
        return
    if not out.parent.is_dir():
        raise UserError(f"there is no folder {out.parent}")
    with refusing(out.parent):
        out.write_text(text, encoding="utf-8")
    print(f"{out} is written{' and nginx takes it' if check else ''}")
