"""The stream an open page listens to (server-sent events)."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from operational.core.errors import Problem
from operational.core.kernel import Kernel, TheKernel
from operational.core.live import RESYNC, Happening
from operational.core.principal import Principal
from operational.core.revocations import REVOKED
from operational.core.security import CurrentPrincipal, require

router = APIRouter(tags=["gateway"])


@router.get(
    "/api/live",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    dependencies=[require("auth.account.use")],
)
async def get_live(principal: CurrentPrincipal, kernel: TheKernel) -> StreamingResponse:
    """What happens from now on, as server-sent events.

    Each `change` has the data `{"topic", "aggregate_id", "version", "actor_id"}`; `resync` says that some were missed
    and everything should be read anew. The stream ends with the access token's life, or with its session: refresh and
    open it again.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(principal, kernel), media_type="text/event-stream", headers=headers)


async def _stream(principal: Principal, kernel: Kernel) -> AsyncIterator[str]:
    ends = kernel.clock().timestamp() + kernel.settings.access_seconds
    yield "retry: 2000\n\n"
    async for happening in kernel.live.happenings(principal.tenant_id):
        present = await _present(principal, kernel, happening)
        # whoever must first make a second factor is refused everything, this stream too
        if present is None or present.lacks_factor:
            return
        has_changed = present.scopes != principal.scopes
        principal = present
        # what the page shows may be more, or less, than its reader may see now
        if has_changed:
            yield "event: resync\ndata: {}\n\n"
        if happening is None:
            yield ": nothing yet\n\n"
        elif happening is RESYNC:
            yield "event: resync\ndata: {}\n\n"
        elif _may_hear(principal, kernel, happening):
            yield f"event: change\ndata: {json.dumps(asdict(happening))}\n\n"
        if kernel.clock().timestamp() >= ends:
            return


async def _present(principal: Principal, kernel: Kernel, happening: Happening | None) -> Principal | None:
    """The listener as they are now, None once their session is over.

    Asked anew where something may have been missed, and where somebody's session or rights have changed.
    """
    if happening is not None and happening.topic == REVOKED:
        return None if happening.aggregate_id in (str(principal.session_id), str(principal.user_id)) else principal
    if happening is None or happening is RESYNC or happening.topic.startswith("auth."):
        try:
            return await kernel.parties.present(principal)
        except Problem:
            return None
    return principal


def _may_hear(principal: Principal, kernel: Kernel, happening: Happening) -> bool:
    # a portal user would hear how much goes on at other customers
    permission = kernel.heard_by.get(happening.topic.partition(".")[0])
    is_ours = happening.topic != REVOKED and permission is not None
    return is_ours and principal.contact_id is None and principal.may(str(permission))
