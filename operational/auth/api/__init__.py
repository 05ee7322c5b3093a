"""HTTP of the auth service."""

from fastapi import APIRouter

from operational.auth.api import (
    api_keys,
    browser,
    factors,
    links,
    mail,
    people,
    person_data,
    portal,
    portal_users,
    preferences,
    providers,
    roles,
    sessions,
    sso,
    tokens,
    users,
)

ROUTERS: tuple[APIRouter, ...] = (
    tokens.router,
    browser.router,
    sso.router,
    sessions.router,
    links.router,
    factors.router,
    api_keys.router,
    people.router,
    users.router,
    person_data.router,
    roles.router,
    providers.router,
    portal.router,
    portal_users.router,
    mail.router,
    preferences.router,
)
