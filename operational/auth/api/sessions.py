"""Sessions to look at and to end: one's own, and other people's for those who may."""

from uuid import UUID

from fastapi import Request

from operational.auth.schemas import EndedOut, SessionOut, SessionsOut
from operational.auth.service import ending
from operational.core.errors import not_found, request_id_of
from operational.core.kernel import TheKernel, Work
from operational.core.routes import ServiceRouter
from operational.core.security import require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])


def _me(work: Work) -> UUID:
    if work.principal.user_id is None:
        raise not_found("user")
    return work.principal.user_id


async def _listed(work: Work, user_id: UUID) -> SessionsOut:
    current = work.principal.session_id
    return SessionsOut(
        items=[
            SessionOut.model_validate({**row._mapping, "is_current": row.id == current})
            for row in await ending.sessions_of(work, user_id)
        ]
    )


@router.get("/sessions", dependencies=[require("auth.account.use")])
async def list_sessions(work: Work) -> SessionsOut:
    """The caller's sessions that go on, the one used last first."""
    return await _listed(work, _me(work))


@router.delete("/sessions/{session_id}", status_code=204, dependencies=[require("auth.account.use")])
async def end_one_session(session_id: UUID, request: Request, kernel: TheKernel, work: Work) -> None:
    """End one of the caller's sessions; its tokens are refused everywhere within a second."""
    await ending.end_one(work, kernel.revocations, _me(work), session_id, "ended_by_owner", request_id_of(request))


@router.post("/sessions/end-others", dependencies=[require("auth.account.use")])
async def end_other_sessions(request: Request, kernel: TheKernel, work: Work) -> EndedOut:
    """End all of the caller's sessions but the present one."""
    request_id, current = request_id_of(request), work.principal.session_id
    ended = await ending.end_all(work, kernel.revocations, _me(work), "ended_by_owner", request_id, but=current)
    return EndedOut(ended=ended)


@router.get("/users/{user_id}/sessions", dependencies=[require("auth.user.manage")])
async def list_user_sessions(user_id: UUID, work: Work) -> SessionsOut:
    """A person's sessions that go on."""
    return await _listed(work, user_id)


@router.post("/users/{user_id}/sessions/end", dependencies=[require("auth.user.manage")])
async def end_user_sessions(user_id: UUID, request: Request, kernel: TheKernel, work: Work) -> EndedOut:
    """End all sessions of a person."""
    await ending.sessions_of(work, user_id)
    ended = await ending.end_all(work, kernel.revocations, user_id, "ended_by_administrator", request_id_of(request))
    return EndedOut(ended=ended)
