"""`psa tenant`: the companies of this installation."""

from pathlib import Path
from typing import Annotated

import typer

from infra.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="The companies of this installation.")
    group.command()(create)
    group.command("list")(show)
    group.command()(export)
    app.add_typer(group, name="tenant")


def create(
    slug: Annotated[str, typer.Argument(help="Its short name: small letters, digits and dashes.")],
    name: Annotated[str, typer.Option(help="As its people call it.")],
    admin: Annotated[str, typer.Option(help="E-mail address of its first administrator.")],
    admin_name: Annotated[str | None, typer.Option(help="Their name; the address when left out.")] = None,
    timezone: Annotated[str, typer.Option(help="Where it works, an IANA name.")] = "Europe/Berlin",
    locale: Annotated[str, typer.Option(help="Its language: de or en.")] = "de",
) -> None:
    """Add a company and print a link with which its first administrator sets a password, once."""
    import re
    from zoneinfo import available_timezones

    import psycopg

    from infra.commands.user import print_link, require_address
    from infra.local.installation import Installation
    from operational.auth.service.logins import invite
    from operational.auth.service.tenants import create_tenant
    from operational.core.roles import ADMIN

    require_address(admin)
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", slug):
        raise UserError(f"{slug} is no short name; use up to 40 small letters, digits and dashes, a letter first")
    if timezone not in available_timezones():
        raise UserError(f"{timezone} is no time zone; write it like Europe/Vienna")
    if locale not in ("de", "en"):
        raise UserError(f"{locale} is no language of the system; use de or en")
    if not name.strip():
        raise UserError("a company needs a name; say it with --name")
    installation = Installation.ready()
    if slug in installation.tenants():
        raise UserError(
            f"there is a company {slug} already; `psa user link {admin} --tenant {slug}` makes another link"
        )
    with psycopg.connect(installation.home.url("owner", "psa")) as owner:
        tenant_id = create_tenant(owner, slug=slug, name=name.strip(), timezone=timezone, locale=locale)
        token, until = invite(owner, tenant_id, admin, name=admin_name, roles=[ADMIN])
    print_link(installation.home, token, until)


def export(
    slug: Annotated[str, typer.Argument(help="Its short name.")],
    out: Annotated[Path, typer.Argument(help="The zip to write; it must not be there.")],
) -> None:
    """Write everything recorded for a company as CSV with a machine-readable description, without secrets."""
    from infra.commands.person import new_file
    from infra.local.installation import Installation
    from operational.core.portable import export_tenant
    from operational.services import PERSONAL

    installation = Installation.ready()
    tenant_id = installation.tenant(slug)
    with new_file(out) as target:
        done = export_tenant(installation.home.url("app", "psa"), tenant_id, PERSONAL, target)
    print(f"{out}: {len(done.rows)} tables, {sum(done.rows.values()):,} rows; README.md in it says what is left out")


def show() -> None:
    """List the companies: short name and name."""
    import psycopg

    from infra.local.installation import Installation

    with psycopg.connect(Installation.ready().home.url("owner", "psa")) as owner:
        for slug, name in owner.execute("select slug, name from auth.tenant order by slug"):
            print(f"{slug}  {name}")
