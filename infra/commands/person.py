"""`psa person`: what is kept of somebody, given to them or erased."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from infra.errors import UserError

if TYPE_CHECKING:
    from infra.local.installation import Installation
    from operational.core.personal.asked import Asked
    from operational.core.personal.person import Identity, Person
    from operational.core.personal.report import Report

Tenant = Annotated[str | None, typer.Option(help="Whose records; not needed where there is one tenant.")]
Who = Annotated[str, typer.Argument(help="E-mail address, or the id of a user or contact.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="What is kept of a person: export and erasure (GDPR).")
    group.command()(export)
    group.command()(erase)
    app.add_typer(group, name="person")


def export(
    who: Who, out: Annotated[Path, typer.Argument(help="The zip to write; it must not be there.")],
    tenant: Tenant = None,
) -> None:  # fmt: skip
    """Write everything that is kept of a person into a zip of JSON files with a readable index."""
    from infra.local.erasures import as_tenant
    from infra.local.installation import Installation

    installation = Installation.ready()

    async def use(asked: "Asked") -> "Person":
        found = await _find(asked, who)
        with new_file(out) as target:
            return await asked.export(found.kind, found.id, target)

    person = as_tenant(installation.home, installation.tenant(tenant), use)
    print(f"{out}: what is kept of {person.identity}; open index.html in it")


def erase(
    who: Annotated[str | None, typer.Argument(help="E-mail address, or the id of a user or contact.")] = None,
    tenant: Tenant = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; it cannot be taken back.")] = False,
    again: Annotated[
        Path | None, typer.Option(help="Repeat the erasures of this file on records from an older backup.")
    ] = None,
) -> None:
    """Erase a person; what laws say to keep stays under a pseudonym. The warehouse follows with the next refresh."""
    from infra.local.erasures import erase_again, note_erasures, read_erasures
    from infra.local.installation import Installation

    if (who is None) == (again is None):
        raise UserError("say whom to erase, or which file of erasures to repeat with --again")
    if again is not None:
        if not again.exists():
            raise UserError(f"{again} is not there; give the file psa-erasures.jsonl of the home or beside its backups")
        entries = read_erasures(again)
        installation = Installation.ready()
        count = erase_again(installation.home, entries, print)
        print(f"{count} of {len(entries)} erasure(s) repeated; `psa pipeline run` carries it into the warehouse")
        return
    assert who is not None
    if dry_run == yes:
        raise UserError("add --dry-run to see what would be done, or --yes to do it")
    installation = Installation.ready()
    report = _erase(installation, installation.tenant(tenant), who, dry_run=dry_run)
    _print(report)
    if report.refused is not None:
        from operational.core.personal.erase import REFUSALS

        raise UserError(REFUSALS[report.refused])
    if dry_run:
        print("nothing was changed; --yes does it")
        return
    note_erasures(installation.home)
    print(f"erased; what stays is called {report.pseudonym}. Next: `psa pipeline run`, for the warehouse")
    print(f"{installation.home.erasures} notes it for backups of before; keep a copy of that file elsewhere")


def _erase(installation: "Installation", tenant_id: UUID, who: str, *, dry_run: bool) -> "Report":
    from infra.local.erasures import as_tenant, erase_with_files

    async def use(asked: "Asked") -> "tuple[Report, list[Path]]":
        found = await _find(asked, who)
        if dry_run:
            return await asked.look(found.kind, found.id), []
        return await erase_with_files(asked, found.kind, found.id, installation.home.path / "imports")

    report, files = as_tenant(installation.home, tenant_id, use)
    for path in files:
        print(f"replaced in the refused lines of an import: {path}")
    return report


async def _find(asked: "Asked", who: str) -> "Identity":
    """The one person meant; raises UserError when there is none, or several."""
    from operational.core.errors import Problem
    from operational.core.personal.person import KINDS, identities_by_email, identity

    async with asked.database.transaction(asked.principal) as work:
        try:
            one = UUID(who)
        except ValueError:
            found = await identities_by_email(work, asked.data, who)
        else:
            found = []
            for kind in KINDS:
                try:
                    found.append(await identity(work, asked.data, kind, one))
                except Problem:
                    continue
    if not found:
        raise UserError(f"nobody has the address or id {who} here; look at the person's page for what is kept")
    if len(found) > 1:
        raise UserError(f"{who} stands for several: {', '.join(map(str, found))}; give the id of the one you mean")
    return found[0]


def _print(report: "Report") -> None:
    print(f"{report.pseudonym}: {', '.join(report.subjects)}")
    print(f"{'table':<28} {'erased':>8} {'replaced':>8} {'kept':>8}")
    for line in report.lines:
        print(f"{line.table:<28} {line.erased:>8,} {line.replaced:>8,} {line.kept:>8,}  {_reason(line)}".rstrip())
    if report.shared:
        print(f"{report.shared} name(s), address(es) or number(s) belong to others too: replaced in own records only")
    for document in report.documents:
        print(f"review pack {document} was handed over with the person in it; its file stays as it is")


def _reason(line: Any) -> str:
    return f"{line.why_en}; until {line.until}" if line.until else str(line.why_en)


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name when it is whole, readable by its owner only; raises UserError when it is there."""
    if path.exists():
        raise UserError(f"{path} is there already; give another name or remove it")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise UserError(f"cannot write {path} ({error.strerror}); give another place") from None
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path} ({error.strerror}); free space or give another place") from None
    finally:
        part.unlink(missing_ok=True)
