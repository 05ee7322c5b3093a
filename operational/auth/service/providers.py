"""Administrators set up identity providers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import repository_providers, repository_roles, repository_sso
from operational.auth.domain.sso import DOMAIN, ENTRA, GOOGLE, PRESETS, issuer_of
from operational.auth.events import IdentityProviderSaved
from operational.auth.models import audit, outbox
from operational.auth.service.oidc import Oidc, ProviderError, discovery_address
from operational.auth.service.sso_logout import end_sso_sessions
from operational.auth.vault import seal
from operational.core.access import Permission, covers, scopes
from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.errors import Problem, conflict, not_found, unprocessable
from operational.core.etag import Expected
from operational.core.outbox import announce
from operational.core.outgoing import OutgoingError, check_address
from operational.core.revocations import Revocations
from operational.core.roles import PORTAL_USER, SHIPPED
from operational.core.settings import Settings

_SECRET = "client_secret"
_RULES = "group_roles"


@dataclass(frozen=True)
class Providers:
    """Acts for the caller of the transaction."""

    work: UnitOfWork
    permissions: Mapping[str, Permission]
    revocations: Revocations
    settings: Settings
    request_id: str | None

    async def create(self, values: Mapping[str, Any]) -> Row[Any]:
        """Set a provider up; raises 403, 409 and 422."""
        preset = PRESETS[values["preset"]]
        usual = {"scopes": list(preset.scopes), "groups_claim": preset.groups_claim}
        given = {**values, **{name: value for name, value in usual.items() if values.get(name) is None}}
        wanted = self._checked(given)
        await self._check_roles(wanted, (), ())
        if await repository_providers.is_known(self.work, wanted):
            raise _known()
        plain = {name: value for name, value in wanted.items() if name not in (_SECRET, _RULES)}
        provider_id = await repository_providers.add_provider(
            self.work, {**plain, _SECRET: self._sealed(wanted.get(_SECRET)), "version": 1}
        )
        await repository_providers.set_rules(self.work, provider_id, _pairs(wanted[_RULES]))
        return await self._tell(provider_id, 1, None, _told(wanted))

    async def change(self, provider_id: UUID, expected: Expected, values: Mapping[str, Any]) -> Row[Any]:
        """Change a provider; one that is switched off ends the sessions it began. Raises 403, 404, 409, 412, 422, 428.

        The issuer stays while people are linked: another one's subjects are other people.
        """
        work = self.work
        row = await self._locked(provider_id)
        expected.check(row.version)
        known = {**row._mapping, _RULES: _rules(row)}
        wanted = self._checked({**known, **values})
        changed = {name: wanted[name] for name in values if name == _SECRET or wanted[name] != known[name]}
        if not changed:
            return row
        if "issuer" in changed and await repository_sso.has_identities(work, provider_id):
            raise conflict("provider_in_use", "people are linked by the present issuer; set up another provider")
        await self._check_roles(wanted, row.default_roles, [role for _, role in _pairs(known[_RULES])])
        if await repository_providers.is_known(work, wanted, provider_id):
            raise _known()
        plain = {name: value for name, value in changed.items() if name != _RULES}
        if _SECRET in plain:
            plain[_SECRET] = self._sealed(plain[_SECRET])
        await repository_providers.change_provider(work, provider_id, {**plain, "version": row.version + 1})
        if _RULES in changed:
            await repository_providers.set_rules(work, provider_id, _pairs(changed[_RULES]))
        if changed.get("is_enabled") is False:
            await self._end_sessions(provider_id)
        before = _told({name: known[name] for name in changed})
        return await self._tell(provider_id, row.version + 1, before, _told(changed))

    async def remove(self, provider_id: UUID, expected: Expected) -> None:
        """Forget a provider with all links; the sessions it began end. Raises 404, 412, 428."""
        row = await self._locked(provider_id)
        expected.check(row.version)
        await self._end_sessions(provider_id)
        await repository_providers.remove_provider(self.work, provider_id)
        before = _told({**row._mapping, _RULES: _rules(row)})
        await self._record(provider_id, row.version + 1, before, {"removed": True})

    async def find(self, provider_id: UUID) -> Row[Any]:
        """One provider; raises 404."""
        row = await repository_providers.find_provider(self.work, provider_id)
        if row is None:
            raise not_found("identity provider")
        return row

    async def _locked(self, provider_id: UUID) -> Row[Any]:
        row = await repository_providers.lock_provider(self.work, provider_id)
        if row is None:
            raise not_found("identity provider")
        return row

    async def _end_sessions(self, provider_id: UUID) -> None:
        await end_sso_sessions(self.work, self.revocations, provider_id, "provider_ended", self.request_id)

    def _checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as they are kept; raises 422 for what cannot be."""
        found = {name: value for name, value in values.items() if name in _KEPT}
        try:
            found["issuer"] = issuer_of(found["preset"], found["issuer"] or "")
            check_address(found["issuer"])
        except (ValueError, OutgoingError) as error:
            raise unprocessable("bad_issuer", str(error), "issuer") from None
        if "?" in found["issuer"] or "#" in found["issuer"]:
            raise unprocessable("bad_issuer", "an issuer has neither a query nor a fragment", "issuer")
        found["allowed_domains"] = sorted({domain.lower() for domain in found["allowed_domains"]})
        for domain in found["allowed_domains"]:
            if not DOMAIN.match(domain):
                raise unprocessable("bad_domain", f"{domain} is no domain; write example.org", "allowed_domains")
        if "openid" not in found["scopes"]:
            raise unprocessable("openid_needed", "the scope openid must be among them", "scopes")
        if (found["link_by_verified_email"] or found["creates_accounts"]) and not found["allowed_domains"]:
            raise unprocessable(
                "domains_needed", "say of which domains addresses are linked or get an account", "allowed_domains"
            )
        if found["trusts_email"] and found["preset"] == GOOGLE:
            raise unprocessable("not_for_preset", "Google says itself what is verified", "trusts_email")
        found["default_roles"] = sorted(set(found["default_roles"]))
        rules = sorted(set(_pairs(found[_RULES])))
        found[_RULES] = [{"group": group, "role": role} for group, role in rules]
        return found

    async def _check_roles(self, wanted: Mapping[str, Any], defaults: Collection[str], ruled: Collection[str]) -> None:
        """Refuse roles there are not (422) and, of new ones, those that give more than the caller holds (403)."""
        await repository_roles.ensure_roles(self.work, SHIPPED)
        by_rule = {role for _, role in _pairs(wanted[_RULES])}
        for field, names, before in (
            ("default_roles", set(wanted["default_roles"]), defaults),
            (_RULES, by_rule, ruled),
        ):
            found = await repository_roles.roles_named(self.work, names)
            for name in sorted(names):
                if name not in found or name == PORTAL_USER:
                    raise unprocessable("unknown_role", f"there is no role {name} for staff", field)
            given = {name: found[name].exceptions for name in names if name not in before}
            if not covers(self.work.principal.scopes, scopes(given, self.permissions, is_confined=False)):
                raise Problem(403, "more_than_yours", "nobody gives others what they may not do themselves")

    def _sealed(self, secret: str | None) -> str | None:
        return None if secret is None else seal(self.settings.keys_dir, secret)

    async def _tell(
        self, provider_id: UUID, version: int, before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> Row[Any]:
        await self._record(provider_id, version, before, after)
        return await self.find(provider_id)

    async def _record(
        self, provider_id: UUID, version: int, before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> None:
        await record_change(self.work, audit, "identity_provider", provider_id, before=before, after=after)
        saved = IdentityProviderSaved(provider_id, tuple(sorted(after)))
        await announce(self.work, outbox, provider_id, version, saved)


_KEPT = (
    "name", "preset", "issuer", "client_id", _SECRET, "scopes", "groups_claim", "allowed_domains", "is_enabled",
    "link_by_verified_email", "trusts_email", "creates_accounts", "default_roles", _RULES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProviderProblem:
    """What stands in the way of logging in by a provider; `about` is what it is about, such as a scope."""

    code: str
    detail: str
    about: str | None = None


async def problems_of(oidc: Oidc, row: Row[Any]) -> list[ProviderProblem]:
    """What stands in the way of logging in by a provider, as it describes itself now; nothing when all is well.

    The secret shows only when somebody logs in.
    """
    try:
        found = await oidc.discover(row.issuer, anew=True)
        await oidc.keys(found, anew=True)
    except ProviderError as error:
        asked = discovery_address(row.issuer)
        return [ProviderProblem(error.code, f"{error} (asked at {asked})", asked)]
    problems = []
    if found.response_types_supported and "code" not in found.response_types_supported:
        problems.append(ProviderProblem("no_code_flow", "the provider does not offer the authorization code flow"))
    if found.code_challenge_methods_supported is not None and "S256" not in found.code_challenge_methods_supported:
        problems.append(ProviderProblem("no_pkce", "the provider does not offer PKCE with S256"))
    offered = row.scopes if found.scopes_supported is None else found.scopes_supported
    for scope in sorted(set(row.scopes) - set(offered)):
        problems.append(ProviderProblem("scope_not_offered", f"the provider does not offer the scope {scope}", scope))
    if row.group_roles and row.groups_claim is None:
        said = "there are rules about groups, and no claim that names them"
        problems.append(ProviderProblem("no_groups_claim", said))
    if row.preset == ENTRA and not row.trusts_email and (row.link_by_verified_email or row.creates_accounts):
        said = "Entra ID verifies addresses by the optional claim xms_edov only; add it, or set trusts_email"
        problems.append(ProviderProblem("email_unverified", said))
    return problems


def _pairs(rules: Collection[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(rule["group"], rule["role"]) for rule in rules]


def _rules(row: Row[Any]) -> list[dict[str, str]]:
    return sorted(row.group_roles, key=lambda rule: (rule["group"], rule["role"]))


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are written down; of a secret, whether there is one."""
    told = {name: value for name, value in values.items() if name in _KEPT and name != _SECRET}
    return told | ({"has_client_secret": values[_SECRET] is not None} if _SECRET in values else {})


def _known() -> Problem:
    return conflict("provider_known", "there is a provider of this name, or of this issuer and client")
