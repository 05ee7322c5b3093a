"""`psa sso`: what single sign-on needs to know of this machine; providers themselves are set up by administrators."""

import re
from typing import Annotated

import typer

from infra.errors import UserError

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?")


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="What single sign-on needs to know of this machine.")
    group.command("addresses")(addresses)
    app.add_typer(group, name="sso")


def addresses(
    public_url: Annotated[
        str | None, typer.Option(help="Where people reach the desk; providers send them back there.")
    ] = None,
    internal_host: Annotated[
        list[str] | None,
        typer.Option(help="A provider's name inside your network, such as keycloak.lan; may be repeated."),
    ] = None,
    no_internal_hosts: Annotated[bool, typer.Option("--no-internal-hosts", help="Forget those named before.")] = False,
) -> None:
    """Show, or set, the desk's own address and the providers inside your network; the rest is asked by https only."""
    from infra.local.home import Home
    from infra.local.processes import mail_environment
    from operational.auth.service.sso import CALLBACK

    for host in internal_host or ():
        if not _HOST.fullmatch(host):
            raise UserError(f"{host} is no name of a machine; write it like keycloak.lan, without https://")
    if public_url is not None and not public_url.startswith(("https://", "http://")):
        raise UserError(f"{public_url} is no web address; write it like https://desk.example.org")
    home = Home.current()
    changes: dict[str, object] = {}
    if public_url is not None:
        changes["public_url"] = public_url.rstrip("/")
    if internal_host or no_internal_hosts:
        changes["internal_hosts"] = list(internal_host or ())
    settings = home.remember(**changes) if changes else home.settings()
    is_known = settings.public_url is not None or "api" in settings.ports
    redirect = f"{mail_environment(home)['PSA_PUBLIC_URL']}{CALLBACK}" if is_known else "known after the first `psa up`"
    print(f"redirect address at the provider:  {redirect}")
    print(f"hosts inside your network:         {' '.join(settings.internal_hosts) or '-'}")
    if changes:
        print("takes effect with the next start: psa down; psa up --detach")
