"""HTTP of the auth service."""

from fastapi import APIRouter

from operational.auth.api import browser, people, preferences, tokens

ROUTERS: tuple[APIRouter, ...] = (tokens.router, browser.router, people.router, preferences.router)
