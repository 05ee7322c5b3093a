"""`psa mail`: how mail leaves this machine, and what became of it."""

from typing import Annotated

import typer

from infra.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="How mail leaves this machine, and what became of it.")
    group.command()(smtp)
    group.command()(folder)
    group.command("list")(show)
    group.command()(read)
    app.add_typer(group, name="mail")


def smtp(
    url: Annotated[
        str, typer.Argument(help="smtp://user:password@host:587 (STARTTLS) or smtps://…:465; - reads it from stdin.")
    ],
    sender: Annotated[str, typer.Option("--from", help="Whom mail comes from, such as 'Desk <desk@example.org>'.")],
    public_url: Annotated[
        str | None, typer.Option(help="Where people reach the desk; links in mails begin with it.")
    ] = None,
) -> None:
    """Send mail by a mail server; takes effect with the next `psa up`."""
    import sys

    from infra.local.home import Home
    from operational.core.mail.transport import make_transport

    url = sys.stdin.readline().strip() if url == "-" else url
    if not url.startswith("smtp"):
        raise UserError("this is no mail server's address; write smtp://user:password@host:587 or smtps://…")
    if public_url is not None and not public_url.startswith(("https://", "http://")):
        raise UserError(f"{public_url} is no web address; write it like https://desk.example.org")
    try:
        make_transport(url, sender)
    except ValueError as error:
        raise UserError(str(error)) from None
    home = Home.current()
    home.remember(mail_url=url, mail_from=sender, **({} if public_url is None else {"public_url": public_url}))
    print("mail goes to the mail server from the next start on: psa down; psa up --detach")


def folder() -> None:
    """Put mail into the folder `mail` of this installation instead of sending it, as it was in the beginning."""
    from infra.local.home import Home

    Home.current().remember(mail_url=None, mail_from=None)
    print("mail goes to the folder from the next start on: psa down; psa up --detach")


def show(
    stuck: Annotated[bool, typer.Option("--stuck", help="Only mail that did not leave and needs somebody.")] = False,
) -> None:
    """List the last fifty mails: time, state, recipient, subject, error."""
    import psycopg

    from infra.local.installation import Installation

    query = """select id, created_at, status, recipient, subject, last_error from core.mail_message
               where not %s or status = 'stuck' order by created_at desc limit 50"""
    with psycopg.connect(Installation.ready().home.url("owner", "psa")) as owner:
        for mail_id, at, status, recipient, subject, error in owner.execute(query, (stuck,)):
            reason = f"  ({error})" if error else ""
            print(f"{mail_id}  {at:%Y-%m-%d %H:%M}  {status}  {recipient}  {subject}{reason}")


def read(mail_id: Annotated[str, typer.Argument(help="As `psa mail list` shows it.")]) -> None:
    """Print a mail that lies in the folder."""
    from infra.local.home import Home

    found = list((Home.current().path / "mail").glob(f"*/{mail_id}.eml")) if mail_id.replace("-", "").isalnum() else []
    if not found:
        raise UserError(f"there is no file of a mail {mail_id}; `psa mail list` shows what there is")
    print(found[0].read_text(encoding="utf-8"))
