"""What all HTTP payloads have in common."""

from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


def _no_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the character NUL")
    return value


# PostgreSQL cannot store NUL
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True), AfterValidator(_no_nul)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=100_000), AfterValidator(_no_nul)]
Words = Annotated[str, StringConstraints(max_length=300), AfterValidator(_no_nul)]
Instant = AwareDatetime


class Payload(BaseModel):
    """A body a caller sends; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    def sent(self) -> dict[str, Any]:
        """The fields the caller named, null ones included."""
        return self.model_dump(exclude_unset=True)


class Shown(BaseModel):
    """A body we answer with, made from rows or DTOs."""

    model_config = ConfigDict(from_attributes=True)
