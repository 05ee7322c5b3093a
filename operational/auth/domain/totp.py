"""Codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds); pure."""

import hmac
from datetime import datetime

import pyotp

# a clock may be off by one step, before or after (RFC 6238, 5.2)
_LEEWAY = 1
_SECONDS = 30


def step_of(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The time step a code is of; None when it is wrong, too old, too early, or not after the last one taken."""
    generator = pyotp.TOTP(secret, interval=_SECONDS)
    digits = "".join(code.split())
    present = int(now.timestamp()) // _SECONDS
    fitting = [
        step
        for step in range(present - _LEEWAY, present + _LEEWAY + 1)
        if hmac.compare_digest(generator.generate_otp(step).encode(), digits.encode())
        and (last_step is None or step > last_step)
    ]
    return fitting[0] if fitting else None


def new_secret() -> str:
    """160 bits, base32 (RFC 4226, 4)."""
    return pyotp.random_base32(32)


def address(secret: str, account: str, issuer: str) -> str:
    """The otpauth:// address an authenticator app reads."""
    return pyotp.TOTP(secret, interval=_SECONDS).provisioning_uri(name=account, issuer_name=issuer)
