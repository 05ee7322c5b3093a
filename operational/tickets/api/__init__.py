"""HTTP of the tickets service."""

from fastapi import APIRouter

from operational.tickets.api import actions, lists, tickets, timers

ROUTERS: tuple[APIRouter, ...] = (lists.router, timers.router, tickets.router, actions.router)
