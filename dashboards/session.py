"""Who looks: the dashboards' cookie, held against the API."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import streamlit as st

from dashboards.settings import Settings

PERMISSION = "reports.dashboard.read"
# the API is asked directly, whatever proxy the environment names
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class LoginRequired(Exception):
    """Nobody is logged in, or the session has ended."""


class NotAllowed(Exception):
    """Somebody is logged in who may not see reports."""


class ApiAway(Exception):
    """The API did not answer, or not as it should."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who may see the figures of one tenant."""

    name: str
    tenant_id: UUID
    tenant_name: str
    locale: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...]


def cookie(name: str) -> str | None:
    """The browser's cookie of that name."""
    value = st.context.cookies.get(name)
    return value or None


def viewer(settings: Settings) -> Viewer:
    """Who looks.

    Raises LoginRequired, NotAllowed or ApiAway.
    """
    token = cookie(settings.cookie)
    if token is None:
        raise LoginRequired
    found = _ask(settings.api_url, token)
    if PERMISSION not in found.permissions:
        raise NotAllowed
    return found


# asked at every run and never kept: a session that has ended shows nothing more
def _ask(api_url: str, token: str) -> Viewer:
    request = urllib.request.Request(
        f"{api_url}/api/auth/dashboard-session", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with _OPENER.open(request, timeout=5) as answer:
            return _viewer(json.load(answer))
    except urllib.error.HTTPError as error:
        if error.code == 401:
            raise LoginRequired from error
        if error.code == 403:
            raise NotAllowed from error
        raise ApiAway(f"{error.code} from {api_url}") from error
    except (OSError, ValueError, KeyError) as error:
        raise ApiAway(str(error)) from error


def _viewer(me: Mapping[str, Any]) -> Viewer:
    return Viewer(
        name=me["name"],
        tenant_id=UUID(me["tenant_id"]),
        tenant_name=me["tenant_name"],
        locale=me["locale"],
        roles=tuple(sorted(me["roles"])),
        permissions=tuple(sorted(me["permissions"])),
    )
