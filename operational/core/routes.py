"""Routers that know at a glance which addresses are not theirs."""

from typing import Any

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope


class ServiceRouter(APIRouter):
    """A router of addresses that all begin with its prefix; others are refused without trying every route."""

    def __init__(self, *, prefix: str, **more: Any) -> None:
        super().__init__(prefix=prefix, **more)
        self._beginning = prefix.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a route takes the request, as the framework asks it."""
        if not scope["path"].startswith(self._beginning):
            return Match.NONE, {}
        return super().matches(scope)
