"""What the crm service takes and gives over HTTP."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from operational.core.payload import Line, Payload, Shown

Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Seats = Annotated[int, Field(ge=0, le=1_000_000)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)]


class CustomerFields(Payload):
    """What is known of a customer; null is unknown. `since` and `until` bound the relationship."""

    sector: Line | None = None
    country: Country | None = None
    subdivision: Line | None = None
    city: Line | None = None
    seats: Seats | None = None
    since: date | None = None
    until: date | None = None


class CustomerIn(CustomerFields):
    """A customer to be made."""

    name: Line


class CustomerChange(CustomerFields):
    """Values to change; those left out stay."""

    name: Line = ""


class CustomerOut(Shown):
    """A customer."""

    id: UUID
    name: str
    sector: str | None
    country: str | None
    subdivision: str | None
    city: str | None
    seats: int | None
    since: date | None
    until: date | None
    version: int


class ContactFields(Payload):
    """What is known of a contact; null is unknown."""

    email: Email | None = None
    phone: Line | None = None
    role: Line | None = None
    vip: bool | None = None
    language: Line | None = None


class ContactIn(ContactFields):
    """A contact to be made at a customer."""

    name: Line
    customer_id: UUID
    site_id: UUID | None = None


class ContactChange(ContactFields):
    """Values to change; those left out stay."""

    name: Line = ""


class ContactOut(Shown):
    """A person at one or several customers."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    role: str | None
    vip: bool | None
    language: str | None
    customer_ids: list[UUID]
    version: int


class SiteOut(Shown):
    """A place of a customer."""

    id: UUID
    customer_id: UUID
    name: str
    country: str | None
    subdivision: str | None
    city: str | None


class ContractOut(Shown):
    """What was agreed with a customer; `ends_on` is the last day."""

    id: UUID
    customer_id: UUID
    name: str
    kind: str
    starts_on: date
    ends_on: date | None
    monthly_fee: Decimal | None
    currency: str | None
    included_minutes: int | None
