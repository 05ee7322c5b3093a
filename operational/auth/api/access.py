"""The use cases of log-in, ready for a route."""

from typing import Annotated

from fastapi import Depends, Request

from operational.auth.service.sessions import Sessions
from operational.core.errors import request_id_of
from operational.core.kernel import TheKernel


def _sessions(kernel: TheKernel, request: Request) -> Sessions:
    return Sessions(kernel.settings, kernel.database, kernel.login_database, kernel.permissions, request_id_of(request))


TheSessions = Annotated[Sessions, Depends(_sessions)]
