"""`psa user`: people who may log in."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from infra.errors import UserError

if TYPE_CHECKING:
    from infra.local.home import Home

Tenant = Annotated[str | None, typer.Option(help="Whose staff; not needed where there is one tenant.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="People who may log in.")
    group.command()(add)
    group.command()(link)
    app.add_typer(group, name="user")


def require_address(email: str) -> None:
    """Raise UserError for what is no e-mail address."""
    if "@" not in email.strip("@"):
        raise UserError(f"{email} is no e-mail address; write it like anna@example.org")


def print_link(home: "Home", token: str, until: datetime) -> None:
    """Print a one-time link, and until when it works."""
    from infra.local.processes import mail_environment
    from operational.auth.service.links import address_of_link

    print(address_of_link(mail_environment(home)["PSA_PUBLIC_URL"], token))
    print(f"works once, until {until:%Y-%m-%d %H:%M} UTC; `psa up` must be running")


def add(
    email: Annotated[str, typer.Argument(help="What they log in with.")],
    role: Annotated[
        list[str],
        typer.Option(help="admin, manager, dispatcher, technician, finance, vcio or analyst; may be repeated."),
    ],
    name: Annotated[str | None, typer.Option(help="As colleagues see it; the address when left out.")] = None,
    tenant: Tenant = None,
) -> None:
    """Let somebody log in and print their new password; again for the same address: a new password, more roles."""
    import secrets

    import psycopg

    from infra.local.installation import Installation
    from operational.auth.service.logins import create_login

    require_address(email)
    installation = Installation.ready()
    tenant_id = installation.tenant(tenant)
    password = secrets.token_urlsafe(15)
    with psycopg.connect(installation.home.url("owner", "psa")) as owner:
        try:
            create_login(owner, tenant_id, email, password, name=name, roles=role)
        except ValueError as error:
            raise UserError(str(error)) from None
    print(f"{email}  {password}")


def link(
    email: Annotated[str, typer.Argument(help="Whose password shall be set anew.")], tenant: Tenant = None
) -> None:
    """Print a link with which somebody sets a new password, once; for when no mail reaches them."""
    import psycopg

    from infra.local.installation import Installation
    from operational.auth.service.logins import link_for

    installation = Installation.ready()
    tenant_id = installation.tenant(tenant)
    with psycopg.connect(installation.home.url("owner", "psa")) as owner:
        try:
            token, until = link_for(owner, tenant_id, email)
        except ValueError as error:
            raise UserError(str(error)) from None
    print_link(installation.home, token, until)
