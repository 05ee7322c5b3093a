"""What a person has set for themselves: saved views, language, theme."""

from typing import Annotated, Any

from fastapi import Path

from operational.auth import repository
from operational.auth.schemas import PreferenceIn, PreferencesOut
from operational.core.kernel import Work
from operational.core.routes import ServiceRouter
from operational.core.security import require

router = ServiceRouter(prefix="/api/auth/preferences", tags=["auth"])
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_.-]{0,59}$")]


@router.get("", dependencies=[require("auth.account.use")])
async def list_preferences(work: Work) -> PreferencesOut:
    """All of the caller's own."""
    values: dict[str, Any] = await repository.preferences(work)
    return PreferencesOut(values=values)


@router.put("/{name}", status_code=204, dependencies=[require("auth.account.use")])
async def set_preference(name: Name, body: PreferenceIn, work: Work) -> None:
    """Keep a value under a name; null forgets it."""
    await repository.set_preference(work, name, body.value)
