"""`psa`: the front door."""

import sys

import typer

from infra.commands import (
    audit,
    backup,
    bench,
    database,
    demo,
    gateway,
    imports,
    mail,
    person,
    pipeline,
    qbr,
    sso,
    stack,
    tenant,
    user,
)  # fmt: skip
from infra.errors import UserError


def build() -> typer.Typer:
    """The command line with all its groups."""
    app = typer.Typer(
        name="psa", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
        help="Runs PSA-Platform on this machine.",
    )  # fmt: skip
    groups = (
        stack, gateway, backup, demo, database, imports, pipeline, qbr, tenant, user, person, mail, sso, audit, bench,
    )  # fmt: skip
    for group in groups:
        group.register(app)
    return app


def main() -> None:
    """Run a command; what a person can put right is one line on stderr and exit 1."""
    try:
        build()()
    except UserError as error:
        _refuse(str(error))
    except Exception as error:
        from infra.plain_words import plain_words

        said = plain_words(error)
        if said is None:
            raise
        _refuse(said)


def _refuse(text: str) -> None:
    print(f"psa: {text}", file=sys.stderr)
    raise SystemExit(1) from None
