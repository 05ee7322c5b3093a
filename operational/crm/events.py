"""PUBLIC: what the crm service tells of itself; a changed meaning gets a new version."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CustomerSaved:
    """A customer was made (`changed` names every value given) or changed."""

    TOPIC: ClassVar[str] = "crm.customer_saved.v1"
    AGGREGATE: ClassVar[str] = "customer"

    customer_id: UUID
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactSaved:
    """A contact was made (`changed` names every value given) or changed."""

    TOPIC: ClassVar[str] = "crm.contact_saved.v1"
    AGGREGATE: ClassVar[str] = "contact"

    contact_id: UUID
    changed: tuple[str, ...]
