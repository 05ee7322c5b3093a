"""HTTP of the auth service."""

from fastapi import APIRouter

from operational.auth.api import browser, people, preferences, sessions, tokens

ROUTERS: tuple[APIRouter, ...] = (
    tokens.router,
    browser.router,
    sessions.router,
    people.router,
    preferences.router,
)
