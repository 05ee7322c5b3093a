"""Passkeys (WebAuthn, level 2): what browsers are asked for, and whether their answers hold."""

import binascii
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Row
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from operational.auth import keys
from operational.core.errors import Problem, unprocessable
from operational.core.outgoing import is_loopback
from operational.core.principal import Principal
from operational.core.security import ALGORITHM

SECONDS = 300
_NEW, _USE = "psa-passkey-new", "psa-passkey-use"
_EXCEPTIONS = (WebAuthnException, ValueError, KeyError, TypeError)


@dataclass(frozen=True)
class RelyingParty:
    """Us, as browsers know us: by the host of the web UI's address. A challenge travels with them as a signed state."""

    desk: str
    issuer: str
    keys_dir: Path
    key_set: Callable[[], KeySet]
    clock: Callable[[], datetime]

    @property
    def host(self) -> str:
        """The relying party's id; an address of this machine is called localhost, as WebAuthn knows no addresses."""
        host = urlsplit(self.desk).hostname or "localhost"
        return "localhost" if is_loopback(host) else host

    @property
    def origins(self) -> list[str]:
        """Where the pages are that may ask."""
        parts = urlsplit(self.desk)
        named = f"{parts.scheme}://{self.host}" + (f":{parts.port}" if parts.port else "")
        return [f"{parts.scheme}://{parts.netloc}", named]

    def new_options(self, tenant_id: UUID, person: Row[Any], known: Sequence[str]) -> dict[str, Any]:
        """What a browser needs to make a passkey for a person, with the state it sends back."""
        challenge = secrets.token_bytes(32)
        options = webauthn.generate_registration_options(
            rp_id=self.host, rp_name=person.tenant_name, user_name=person.email or person.name,
            user_id=person.id.bytes, user_display_name=person.name, challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(known),
        )  # fmt: skip
        state = self._state(_NEW, challenge, sub=str(person.id), tid=str(tenant_id))
        return {"options": json.loads(webauthn.options_to_json(options)), "state": state}

    def made(self, principal: Principal, state: str, credential: Mapping[str, Any]) -> dict[str, Any]:
        """The passkey a browser has made: credential_id, public_key, sign_count; raises 422."""
        claims = self._read(state, _NEW)
        if claims.get("sub") != str(principal.user_id):
            raise _refused()
        try:
            verified = webauthn.verify_registration_response(
                credential=dict(credential), expected_challenge=base64url_to_bytes(claims["challenge"]),
                expected_rp_id=self.host, expected_origin=self.origins, require_user_verification=True,
            )  # fmt: skip
        except _EXCEPTIONS:
            raise _refused() from None
        return {
            "credential_id": bytes_to_base64url(verified.credential_id),
            "public_key": verified.credential_public_key,
            "sign_count": verified.sign_count,
        }

    def use_options(self, known: Sequence[str] = ()) -> dict[str, Any]:
        """What a browser needs to answer with one of these passkeys, or any it has for us, with the state."""
        challenge = secrets.token_bytes(32)
        options = webauthn.generate_authentication_options(
            rp_id=self.host, challenge=challenge, allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )  # fmt: skip
        return {"options": json.loads(webauthn.options_to_json(options)), "state": self._state(_USE, challenge)}

    def used(self, state: str, credential: Mapping[str, Any], passkey: Row[Any]) -> int:
        """Check an answer against the passkey it names; returns the new signature count, raises 422."""
        claims = self._read(state, _USE)
        try:
            verified = webauthn.verify_authentication_response(
                credential=dict(credential), expected_challenge=base64url_to_bytes(claims["challenge"]),
                expected_rp_id=self.host, expected_origin=self.origins, credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count, require_user_verification=True,
            )  # fmt: skip
        except _EXCEPTIONS:
            raise _refused() from None
        return verified.new_sign_count

    def _state(self, audience: str, challenge: bytes, **more: str) -> str:
        issued = int(self.clock().timestamp())
        claims: dict[str, object] = {
            "iss": self.issuer, "aud": audience, "exp": issued + SECONDS, "challenge": bytes_to_base64url(challenge),
            **more,
        }  # fmt: skip
        return keys.sign(self.keys_dir, claims)

    def _read(self, state: str, audience: str) -> Mapping[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=int(self.clock().timestamp()), iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": audience}, exp={"essential": True},
        )  # fmt: skip
        try:
            claims: dict[str, Any] = jwt.decode(state, self.key_set(), algorithms=[ALGORITHM]).claims
            rules.validate(claims)
        except (JoseError, ValueError):
            raise _refused() from None
        return claims


def credential_id_of(credential: Mapping[str, Any]) -> str:
    """The id of the passkey an answer names, in the one form it is kept in; raises 422."""
    try:
        return bytes_to_base64url(base64url_to_bytes(str(credential["id"])))
    except (KeyError, ValueError, binascii.Error):
        raise _refused() from None


def _descriptors(ids: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in ids]


def _refused() -> Problem:
    return unprocessable("passkey_refused", "the browser's answer does not hold; try again", "credential")
