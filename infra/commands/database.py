"""`psa db`: the databases of this home."""

from typing import Annotated

import typer

from infra.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="The databases of this home.")
    group.command()(upgrade)
    group.command()(url)
    app.add_typer(group, name="db")


def upgrade() -> None:
    """Bring both databases to this version."""
    from infra.local.installation import Installation

    Installation.ready()
    print("both databases are current")


def url(
    warehouse: Annotated[
        bool, typer.Option("--warehouse", help="The warehouse instead of the operational one.")
    ] = False,
    role: Annotated[str | None, typer.Option(help="app, extractor or analyst; the owner when left out.")] = None,
) -> None:
    """Print a libpq URL."""
    from infra.local.installation import Installation

    allowed = {"analyst"} if warehouse else {"app", "extractor"}
    if role is not None and role not in allowed:
        raise UserError(f"role {role} has no access here; use {' or '.join(sorted(allowed))}, or leave --role out")
    installation = Installation.ready()
    owner = "warehouse_owner" if warehouse else "owner"
    print(installation.home.url(role or owner, "warehouse" if warehouse else "psa"))
