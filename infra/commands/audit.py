"""`psa audit`: is the audit log what it was when it was sealed?"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from infra.errors import UserError

if TYPE_CHECKING:
    from operational.core.seal.verify import Account

Tenant = Annotated[str | None, typer.Option(help="Short name or id of one tenant.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="The sealed audit log.")
    group.command()(verify)
    group.command()(accept)
    app.add_typer(group, name="audit")


@dataclass(frozen=True)
class _Place:
    """Where the seal is read and its anchors are, and the tenants' ids by short name where these are known."""

    url: str
    folder: Path
    slugs: dict[str, UUID]

    @classmethod
    def current(cls) -> "_Place":
        """From PSA_SEALER_URL and PSA_AUDIT_ANCHOR_DIR, else this home."""
        url, folder = os.environ.get("PSA_SEALER_URL"), os.environ.get("PSA_AUDIT_ANCHOR_DIR")
        if url and folder:
            return cls(url, Path(folder), {})
        if url or folder:
            raise UserError("set PSA_SEALER_URL and PSA_AUDIT_ANCHOR_DIR, or neither; see docs/audit.md")
        from infra.local.installation import Installation

        installation = Installation.ready()
        return cls(installation.home.url("sealer", "psa"), installation.home.audit, installation.tenants())

    def tenant(self, name: str) -> UUID:
        """The tenant of a short name or an id."""
        if name in self.slugs:
            return self.slugs[name]
        try:
            return UUID(name)
        except ValueError:
            known = ", ".join(sorted(self.slugs)) or "its id"
            raise UserError(f"no tenant {name}; use {known}") from None

    def name(self, tenant_id: UUID | None) -> str:
        """What a tenant is called in what is printed."""
        if tenant_id is None:
            return "anchors"
        return next((slug for slug, known in self.slugs.items() if known == tenant_id), str(tenant_id))


def verify(
    tenant: Tenant = None,
    anchors: Annotated[
        Path | None, typer.Option(help="A copy of the anchors' folder; rows sealed after it was made are counted only.")
    ] = None,
) -> None:
    """Compute the seal of every audit row again, compare with the anchors, and exit 1 when something was changed."""
    from operational.core.seal.digest import audit_tables
    from operational.core.seal.verify import Finding
    from operational.core.seal.verify import verify as run
    from operational.services import SERVICES

    place = _Place.current()
    tenant_id = place.tenant(tenant) if tenant is not None else None
    count = 0

    def report(finding: Finding) -> None:
        nonlocal count
        count += 1
        print(f"finding  {place.name(finding.tenant_id)}: {finding.text}")

    folder = anchors or place.folder
    try:
        accounts = run(
            place.url, audit_tables(SERVICES), folder, report, tenant_id=tenant_id, may_lag=anchors is not None
        )
    except OSError as error:
        raise UserError(f"cannot read the anchors in {folder} ({error}); see docs/audit.md") from None
    for account in accounts:
        print(f"{place.name(account.tenant_id)}: {_said(account)}")
        for note in account.accepted:
            print(f"note     {place.name(account.tenant_id)}: {note}")
    if count:
        raise UserError(f"{count} finding(s), see above; docs/audit.md says what each means")
    print("everything sealed is as it was sealed" if accounts else "there is no audit row yet")


def accept(
    reason: Annotated[str, typer.Option(help="Why, such as which backup was restored; it is kept for good.")],
    tenant: Annotated[str, typer.Option(help="Short name or id of the tenant.")],
) -> None:
    """After a restore: say that the log holds as it is, whatever had been anchored before; noted for ever."""
    from operational.core.seal.verify import accept as run

    place = _Place.current()
    tenant_id = place.tenant(tenant)
    if not reason.strip():
        raise UserError("say why with --reason, such as which backup was restored")
    try:
        position = run(place.url, place.folder, tenant_id, reason.strip())
    except OSError as error:
        raise UserError(f"cannot write to the anchors in {place.folder} ({error}); see docs/audit.md") from None
    print(f"{tenant}: accepted up to position {position}; `psa audit verify` will always say so")


def _said(account: "Account") -> str:
    parts = [
        f"{account.sealed:,} rows sealed",
        f"{account.waiting:,} waiting" + (f" since {account.since}" if account.since else ""),
        f"{account.erased:,} erased",
        f"{account.anchors:,} anchors checked",
    ]
    if account.behind:
        parts.append(f"{account.behind:,} sealed rows not anchored yet")
    return ", ".join(parts)
