"""What second factors and API keys take and give over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from operational.auth.schemas import Secret
from operational.auth.schemas_people import RoleName
from operational.core.payload import Instant, Line, Payload, Shown

Code = Annotated[str, StringConstraints(min_length=6, max_length=20)]
Method = Literal["passkey", "totp", "recovery_code"]
State = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class SecondFactorOut(Shown):
    """The password was right; a second factor is waited for, by one of the methods, for so many seconds."""

    token: str
    methods: list[Method]
    expires_in: int


class ChallengeIn(Payload):
    """The token of a log-in that waits for its second factor."""

    token: Secret


class PasskeyAnswerIn(Payload):
    """What the browser answered with (`credential`), and the state that came with the question."""

    state: State
    credential: dict[str, Any]


class SecondFactorIn(ChallengeIn):
    """One of a code of the authenticator app, a recovery code and a passkey's answer."""

    code: Code | None = None
    recovery_code: Code | None = None
    passkey: PasskeyAnswerIn | None = None

    @model_validator(mode="after")
    def _one(self) -> "SecondFactorIn":
        if sum(given is not None for given in (self.code, self.recovery_code, self.passkey)) != 1:
            raise ValueError("send one of code, recovery_code and passkey")
        return self


class ProofIn(Payload):
    """The present password, for whom has one; whoever has none must have logged in within ten minutes."""

    current_password: Secret | None = None


class TotpOut(Shown):
    """A new secret for an authenticator app, as text, address and QR code (rows of modules, true is dark)."""

    secret: str
    uri: str
    qr: list[list[bool]]


class TotpCodeIn(Payload):
    """A code of the authenticator app."""

    code: Code


class CodesOut(Shown):
    """Recovery codes, shown this once; none where the person has some."""

    recovery_codes: list[str]


class PasskeyOptionsOut(Shown):
    """What the browser needs (`options`, as WebAuthn names them in JSON), and the state to send back."""

    options: dict[str, Any]
    state: str


class PasskeyIn(PasskeyAnswerIn):
    """A passkey the browser has made, and what its owner calls it."""

    name: Line


class PasskeyOut(Shown):
    """A passkey."""

    id: UUID
    name: str
    created_at: Instant
    last_used_at: Instant | None


class FactorsOut(Shown):
    """A person's second factors; `is_required`: a role asks for one, and until there is one nothing else works."""

    totp_since: Instant | None
    passkeys: list[PasskeyOut]
    codes_left: int
    lacks_factor: bool


class KeyIn(Payload):
    """A new API key; `permissions` confines it to some of its owner's, null is all; null as expiry is never."""

    name: Line
    permissions: Annotated[list[Line], Field(max_length=200)] | None = None
    expires_at: Instant | None = None


class KeyOut(Shown):
    """An API key; `hint` are its last characters."""

    id: UUID
    name: str
    hint: str
    permissions: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewKeyOut(KeyOut):
    """A new API key with the key itself, which is shown this once."""

    key: str


class KeysListOut(Shown):
    """API keys that work, the newest first."""

    items: list[KeyOut]


class ServiceAccountIn(Payload):
    """A program that acts for itself, with API keys only."""

    name: Line
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=20)]
