"""What the administration of people, roles and mail takes and gives over HTTP."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from operational.auth.schemas import Scope
from operational.core.payload import Instant, Line, Payload, Prose, Shown


def _address(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not (local and at and domain) or any(character.isspace() or character in "<>,;" for character in value):
        raise ValueError("must be an e-mail address, such as anna@example.org")
    return value


Address = Annotated[Line, AfterValidator(_address)]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Customers = Annotated[list[UUID], Field(max_length=1000)]
PortalCustomers = Annotated[list[UUID], Field(min_length=1, max_length=100)]


class UserIn(Payload):
    """A new member of the staff, who gets an invitation by mail."""

    name: Line
    email: Address
    team: Line | None = None
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=20)]


class UserChange(Payload):
    """Values to change; those left out stay. Who is active to a day in the past is logged out everywhere."""

    name: Line = ""
    email: Address = ""
    team: Line | None = None
    active_from: date | None = None
    active_to: date | None = None


class RolesIn(Payload):
    """The roles somebody shall hold, and no others."""

    roles: Annotated[list[RoleName], Field(max_length=20)]


class CustomersIn(Payload):
    """Customers somebody is confined to (`only`; empty: to none in particular), and those they are kept from."""

    only: Customers = Field(default_factory=list)
    never: Customers = Field(default_factory=list)


class UserDetail(Shown):
    """A person as administrators see them.

    `contact_id`, `portal_customers`: the contact a portal user is, and whom they act for, beginning with the first.
    """

    id: UUID
    name: str
    email: str | None
    kind: Literal["staff", "portal", "service"]
    team: str | None
    active_from: date | None
    active_to: date | None
    is_active: bool
    has_password: bool
    invited_until: Instant | None
    roles: list[str]
    customers_only: list[UUID]
    customers_never: list[UUID]
    contact_id: UUID | None
    portal_customers: list[UUID]
    version: int


class PortalUserIn(Payload):
    """A contact to let into the portal, for which of their customers."""

    contact_id: UUID
    email: Address
    customer_ids: PortalCustomers


class PortalUserCustomersIn(Payload):
    """The customers a portal user shall act for, and no others; they begin with the first."""

    customer_ids: PortalCustomers


class UserDetailsOut(Shown):
    """People or service accounts, by name."""

    items: list[UserDetail]


class PortalCustomerOut(Shown):
    """A customer the caller can act for."""

    id: UUID
    name: str
    is_current: bool


class PortalCustomersOut(Shown):
    """The customers the caller can act for; none for staff."""

    items: list[PortalCustomerOut]


class SwitchIn(Payload):
    """The customer to act for from now on."""

    customer_id: UUID


class RoleIn(Payload):
    """A new role: its permissions, each with how far it reaches."""

    name: RoleName
    description: Line | None = None
    permissions: dict[str, Scope] = Field(default_factory=dict)


class RoleChange(Payload):
    """What a role shall give from now on, and nothing else; null leaves open whether it needs a second factor."""

    description: Line | None = None
    needs_second_factor: bool | None = None
    permissions: dict[str, Scope]


class RoleOut(Shown):
    """A role; `changed` names the permissions in which a shipped role differs from how it came."""

    id: UUID
    name: str
    description: str | None
    is_shipped: bool
    people: int
    needs_second_factor: bool
    permissions: dict[str, Scope]
    changed: list[str]
    version: int


class RolesOut(Shown):
    """Roles by name."""

    items: list[RoleOut]


class PermissionOut(Shown):
    """A permission there is, and how far it can reach."""

    name: str
    scopes: tuple[Scope, ...]
    needs_all_customers: bool


class PermissionsOut(Shown):
    """Every permission by name."""

    items: list[PermissionOut]


class SourceOut(Shown):
    """A role a permission comes from; `is_shipped`: as the role came, not as the tenant has set it."""

    role: str
    scope: Scope
    is_shipped: bool


class HeldOut(Shown):
    """A permission of a person; scope is null where it is not held.

    `is_withheld`: a role gives it, but it needs all customers and the person is confined to some. `given_by` names the
    roles that give it as they come.
    """

    name: str
    scope: Scope | None
    sources: list[SourceOut]
    is_withheld: bool
    given_by: list[str]


class ExplanationOut(Shown):
    """Every permission of a person and where it comes from."""

    user_id: UUID
    name: str
    roles: list[str]
    customers_only: list[UUID] | None
    customers_never: list[UUID]
    items: list[HeldOut]


class MailOut(Shown):
    """A mail on its way or sent; `is_uncertain`: it is stuck, and may have arrived all the same."""

    id: UUID
    kind: str
    recipient: str
    subject: str
    is_secret: bool
    status: Literal["waiting", "sending", "sent", "stuck", "discarded"]
    is_uncertain: bool
    attempts: int
    last_error: str | None
    created_at: Instant
    next_attempt_at: Instant
    sent_at: Instant | None


class MailDetail(MailOut):
    """A mail with its text; null where it is kept no more, or holds a secret that is somebody else's."""

    body: Prose | None
