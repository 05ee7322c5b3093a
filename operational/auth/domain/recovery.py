"""Recovery codes: for when the second factor is lost; pure."""

import secrets

HOW_MANY = 10
# without those that look alike
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 10


def new_codes() -> list[str]:
    """Fresh codes of ten letters and digits (49 bits each), in two groups."""
    return [f"{code[:5]}-{code[5:]}" for code in (_code() for _ in range(HOW_MANY))]


def plain(code: str) -> str:
    """A code as it is compared: small letters and digits only."""
    return "".join(character for character in code.lower() if character.isalnum())


def _code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
