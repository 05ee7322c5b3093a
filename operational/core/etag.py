"""Strong entity tags from a record's version, and the check of If-Match."""

import re
from typing import Annotated

from fastapi import Depends, Header

from operational.core.errors import Problem

_TAG = re.compile(r'(W/)?"([^"]*)"')


def etag(version: int) -> str:
    """The strong tag of a version."""
    return f'"{version}"'


class Expected:
    """The versions a caller is ready to overwrite."""

    def __init__(self, header: str | None) -> None:
        tags = _TAG.findall(header or "")
        # `*` would overwrite whatever is there, which is what the header is for to prevent
        self._strong = {value for weak, value in tags if not weak}
        self._given = bool(tags)

    def check(self, version: int) -> None:
        """Raise 428 when no tag was sent and 412 when none of them is the current one."""
        if not self._given:
            raise Problem(428, "if_match_required", "send If-Match with the ETag of the record you have read")
        if str(version) not in self._strong:
            raise Problem(412, "stale", "somebody changed the record since; read it again")


async def _expected(
    if_match: Annotated[str | None, Header(description="ETag of the record as you read it")] = None,
) -> Expected:
    return Expected(if_match)


IfMatch = Annotated[Expected, Depends(_expected)]
