"""HTTP of the tickets service."""

from fastapi import APIRouter

from operational.tickets.api import actions, tickets

ROUTERS: tuple[APIRouter, ...] = (tickets.router, actions.router)
