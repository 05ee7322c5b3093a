"""What is kept of a person: given to them (Art. 15, 20 GDPR) and erased (Art. 17 GDPR)."""

from dataclasses import asdict
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from operational.auth.schemas_personal import ErasureIn, ErasureOut
from operational.core.errors import conflict, unprocessable
from operational.core.kernel import TheKernel
from operational.core.personal.asked import Asked
from operational.core.personal.person import CONTACT, USER
from operational.core.personal.report import Report
from operational.core.routes import ServiceRouter
from operational.core.security import CurrentPrincipal, require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])
ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


class ZipResponse(Response):
    """An archive."""

    media_type = "application/zip"


async def _asked(principal: CurrentPrincipal, kernel: TheKernel) -> Asked:
    if kernel.peers is not None:
        # this process gets at one service's rows, and nobody is given or erased by half
        raise conflict(
            "services_apart", "where services run in processes of their own this is done by `psa person` on the server"
        )
    settings = kernel.settings
    warehouse = None if settings.serving_url is None else kernel.warehouse
    return Asked(
        kernel.database, kernel.personal, kernel.revocations, principal, warehouse, settings.erasures_file,
        settings.mail_url,
    )  # fmt: skip


TheAsked = Annotated[Asked, Depends(_asked)]


@router.post(
    "/users/{user_id}/data-export", response_class=ZipResponse, responses=ZIP,
    dependencies=[require("auth.person_data.export")],
)  # fmt: skip
async def create_user_data_export(user_id: UUID, asked: TheAsked) -> ZipResponse:
    """Everything that is kept of somebody with an account, as a zip of JSON files with a readable index."""
    return await _export(asked, USER, user_id)


@router.post(
    "/contacts/{contact_id}/data-export", response_class=ZipResponse, responses=ZIP,
    dependencies=[require("auth.person_data.export")],
)  # fmt: skip
async def create_contact_data_export(contact_id: UUID, asked: TheAsked) -> ZipResponse:
    """Everything that is kept of a contact of a customer, as a zip of JSON files with a readable index."""
    return await _export(asked, CONTACT, contact_id)


@router.post("/users/{user_id}/erasure", dependencies=[require("auth.person_data.erase")])
async def create_user_erasure(user_id: UUID, body: ErasureIn, asked: TheAsked) -> ErasureOut:
    """Erase somebody with an account, or tell what that would do; what laws say to keep stays under a pseudonym."""
    return await _erase(asked, USER, user_id, body)


@router.post("/contacts/{contact_id}/erasure", dependencies=[require("auth.person_data.erase")])
async def create_contact_erasure(contact_id: UUID, body: ErasureIn, asked: TheAsked) -> ErasureOut:
    """Erase a contact of a customer, or tell what that would do; what laws say to keep stays under a pseudonym."""
    return await _erase(asked, CONTACT, contact_id, body)


async def _export(asked: Asked, kind: str, one: UUID) -> ZipResponse:
    target = BytesIO()
    await asked.export(kind, one, target)
    headers = {"Content-Disposition": f'attachment; filename="person-data-{one}.zip"', "Cache-Control": "no-store"}
    return ZipResponse(target.getvalue(), headers=headers)


async def _erase(asked: Asked, kind: str, one: UUID, body: ErasureIn) -> ErasureOut:
    if body.is_dry_run:
        return _out(await asked.look(kind, one), is_dry_run=True)
    if body.confirm is None:
        raise unprocessable("confirmation_needed", "repeat the person's name to erase them", "confirm")
    return _out(await asked.erase(kind, one, confirmed=body.confirm), is_dry_run=False)


def _out(report: Report, *, is_dry_run: bool) -> ErasureOut:
    return ErasureOut.model_validate({**asdict(report), "is_dry_run": is_dry_run})
