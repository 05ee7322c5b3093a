"""What identity providers' claims say of a person, and whom a provider's rules let in; pure.

Sources: OpenID Connect Core 1.0, 5.1 (standard claims); for Entra ID Microsoft's "ID token claims reference" (`oid`,
`xms_edov`, `acct`, groups overage); for Google "Authenticate with OpenID Connect" (`hd`); for Keycloak its server
administration guide (protocol mappers).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

ENTRA, GOOGLE, KEYCLOAK, GENERIC = "entra", "google", "keycloak", "generic"
GOOGLE_ISSUER = "https://accounts.google.com"
_ENTRA_ISSUER = "https://login.microsoftonline.com/{}/v2.0"
_ENTRA_PREFIX, _, _ENTRA_SUFFIX = _ENTRA_ISSUER.partition("{}")
DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
# what a statement about an address consists of: its parts belong together
_ABOUT_EMAIL = ("email", "email_verified", "xms_edov", "hd")
MOST_GROUPS = 1000
LONGEST_SUBJECT = 255
# how far clocks may disagree
CLOCKS_APART_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Preset:
    """What is usual with a kind of provider; `subject` is the claim that names a person for good."""

    scopes: tuple[str, ...] = ("openid", "profile", "email")
    groups_claim: str | None = None
    subject: str = "sub"
    # what makes the provider ask who somebody is although they are logged in there
    again: Mapping[str, str] = field(default_factory=lambda: {"prompt": "login", "max_age": "0"})
    # whether it then says when it has asked (`auth_time`), as it must by Core 1.0, 3.1.2.1
    tells_when: bool = True


PRESETS: Mapping[str, Preset] = {
    # `sub` differs from client to client there; the object's id is what administrators see, and stays
    # it tells when only where the optional claim `auth_time` is configured
    ENTRA: Preset(groups_claim="groups", subject="oid", again={"prompt": "login"}, tells_when=False),
    # it knows no other way to be asked again than the choice of an account
    GOOGLE: Preset(again={"prompt": "select_account"}, tells_when=False),
    KEYCLOAK: Preset(groups_claim="groups"),
    GENERIC: Preset(),
}


class ClaimsError(ValueError):
    """Claims nobody can be let in by; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who a provider says somebody is; `email` is in lower case, `domain` what stands behind its @."""

    subject: str
    name: str
    email: str | None
    domain: str | None
    is_verified: bool
    groups: frozenset[str]
    hosted_domain: str | None = None


def issuer_of(preset: str, given: str) -> str:
    """The issuer of what an administrator has written: Entra takes the directory's id as well, Google nothing.

    Raises ValueError with what to do.
    """
    if preset == GOOGLE:
        return GOOGLE_ISSUER
    if preset != ENTRA:
        return given
    directory = given.removeprefix(_ENTRA_PREFIX).removesuffix(_ENTRA_SUFFIX)
    try:
        return _ENTRA_ISSUER.format(UUID(directory))
    except ValueError:
        raise ValueError("give the directory (tenant) id, a UUID; common and organizations name no directory") from None


def domain_of(address: str) -> str | None:
    """The domain of an e-mail address, in lower case; None for what is no address, or one of other letters than ASCII.

    Some letters become others in lower case, and two people's addresses must not become one.
    """
    local, at, domain = address.strip().lower().rpartition("@")
    if not (local and at and address.isascii()) or len(address) > 300 or re.search(r"[^!-~]|[<>,;]", local):
        return None
    return domain if DOMAIN.match(domain) else None


def merged(id_token: Mapping[str, Any], userinfo: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of both; the signed ones win, and a verification goes with the address it is about."""
    if "email" in id_token:
        userinfo = {name: value for name, value in userinfo.items() if name not in _ABOUT_EMAIL}
    return {**userinfo, **id_token}


def claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, or by a path into one, such as `realm_access.roles`; None where there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def groups_of(claims: Mapping[str, Any], path: str | None) -> frozenset[str]:
    """The groups a claim names; none where it is missing: providers leave it out for who is in none.

    Raises ClaimsError where a provider says that there are too many to tell.
    """
    if path is None:
        return frozenset()
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, Mapping) and path in elsewhere:
        raise ClaimsError("too_many_groups")
    found = claim_at(claims, path)
    names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    if len(names) > MOST_GROUPS:
        raise ClaimsError("too_many_groups")
    return frozenset(name for name in names if isinstance(name, str))


def is_verified(preset: str, claims: Mapping[str, Any], *, trusts_email: bool) -> bool:
    """Whether the provider stands for the address being the person's.

    Entra's addresses are whatever an administrator of the person's home directory has entered: only `xms_edov` (the
    domain's owner is verified), or the word of our own administrator about the directory (`trusts_email`), counts, and
    that word does not cover its guests (`acct` 1). Google answers for addresses of its Workspace domains (`hd`) only.
    """
    if preset == ENTRA:
        is_guest = str(claims.get("acct")) == "1"
        return _is_true(claims.get("xms_edov")) or (trusts_email and not is_guest)
    said = _is_true(claims.get("email_verified"))
    if preset == GOOGLE:
        return said and bool(claims.get("hd"))
    # somebody who has not confirmed their address is not covered by trust in the others
    return said or (trusts_email and claims.get("email_verified") is None)


def authenticated_at(preset: str, claims: Mapping[str, Any], now: datetime) -> datetime | None:
    """When the provider has asked somebody who they are, by its claim `auth_time`; never later than now.

    Where it does not say: now for a provider that never does, else unknown (None), as the question to say so can be
    taken away on the way there.
    """
    said = claims.get("auth_time")
    if said is None:
        return None if PRESETS[preset].tells_when else now
    latest = now.timestamp() + CLOCKS_APART_SECONDS
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= latest:
        return None
    return min(datetime.fromtimestamp(said, UTC), now)


def _is_true(value: Any) -> bool:
    # some providers write booleans as text or numbers
    return value is True or (not isinstance(value, bool) and value in (1, "1", "true", "True"))


def claimed(
    preset: str, claims: Mapping[str, Any], groups_claim: str | None, *, trusts_email: bool
) -> Claimed:  # fmt: skip
    """What claims say of a person; raises ClaimsError where they name nobody, or groups cannot be told."""
    subject = claims.get(PRESETS[preset].subject)
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise ClaimsError("invalid_answer")
    email = claims.get("email")
    domain = domain_of(email) if isinstance(email, str) else None
    address = email.strip().lower() if isinstance(email, str) and domain is not None else None
    hosted = claims.get("hd") if preset == GOOGLE else None
    return Claimed(
        subject,
        _name(claims) or (address or subject).partition("@")[0],
        address,
        domain,
        address is not None and is_verified(preset, claims, trusts_email=trusts_email),
        groups_of(claims, groups_claim),
        hosted.lower() if isinstance(hosted, str) else None,
    )


def _name(claims: Mapping[str, Any]) -> str:
    parts = [claims.get("given_name"), claims.get("family_name")]
    whole = claims.get("name") or " ".join(part for part in parts if isinstance(part, str))
    return "".join(c for c in whole if c.isprintable()).strip()[:300] if isinstance(whole, str) else ""


def is_of_domains(person: Claimed, allowed: Collection[str]) -> bool:
    """Whether a person's address is of the allowed domains, and so is the Workspace it comes from, where there is one.

    No domains allow nobody: a rule that is forgotten must not open the door.
    """
    hosted = person.hosted_domain is None or person.hosted_domain in allowed
    return person.domain is not None and person.domain in allowed and hosted


def roles_now(
    held: Collection[str], rules: Collection[tuple[str, str]], groups: Collection[str]
) -> frozenset[str]:  # fmt: skip
    """The roles somebody holds from now on: of those a rule (group, role) names exactly what the groups give.

    Roles no rule names stay as they are.
    """
    managed = {role for _, role in rules}
    return frozenset(held) - managed | {role for group, role in rules if group in groups}
