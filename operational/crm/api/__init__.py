"""HTTP of the crm service."""

from fastapi import APIRouter

from operational.crm.api import contacts, contracts, customers, sites

ROUTERS: tuple[APIRouter, ...] = (customers.router, contacts.router, sites.router, contracts.router)
