"""`psa user`: people who may log in."""

from typing import Annotated

import typer

from infra.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="People who may log in.")
    group.command()(add)
    # a group of one command would lose its name
    group.callback()(lambda: None)
    app.add_typer(group, name="user")


def add(
    email: Annotated[str, typer.Argument(help="What they log in with.")],
    role: Annotated[list[str], typer.Option(help="admin, manager, technician, vcio or analyst; may be repeated.")],
    name: Annotated[str | None, typer.Option(help="As colleagues see it; the address when left out.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose staff; not needed where there is one tenant.")] = None,
) -> None:
    """Let somebody log in and print their new password; again for the same address: a new password, more roles."""
    import secrets

    import psycopg

    from infra.local.installation import Installation
    from operational.auth.service.logins import create_login

    if "@" not in email.strip("@"):
        raise UserError(f"{email} is no e-mail address; write it like anna@example.org")
    installation = Installation.ready()
    tenant_id = installation.tenant(tenant)
    password = secrets.token_urlsafe(15)
    with psycopg.connect(installation.home.url("owner", "psa")) as owner:
        try:
            create_login(owner, tenant_id, email, password, name=name, roles=role)
        except ValueError as error:
            raise UserError(str(error)) from None
    print(f"{email}  {password}")
