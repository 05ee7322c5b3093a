"""Errors as RFC 9457 problem+json with a stable `code`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
_MET_ANOTHER = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
)


class Problem(Exception):
    """A request that cannot be answered as asked; `detail` tells the caller what to do."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors


class ProblemOut(BaseModel):
    """The body of every error."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None
    errors: list[dict[str, Any]] | None = None


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "A problem the caller can act on",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
}


def not_found(what: str) -> Problem:
    """404: no such record for this tenant."""
    return Problem(404, "not_found", f"there is no such {what}")


def forbidden(permission: str) -> Problem:
    """403: the permission is not held."""
    return Problem(
        403, "forbidden", f"this needs the permission {permission}; the page of your account says what you may and why"
    )


def out_of_reach(permission: str, scope: str | None) -> Problem:
    """403: the permission is held, and does not reach this record."""
    if scope is None:
        return forbidden(permission)
    whose = {"own": "your own", "team": "your team's"}[scope]
    return Problem(403, "out_of_reach", f"the permission {permission} reaches {whose} records only, and not this one")


def bad_request(code: str, detail: str) -> Problem:
    """400: the request itself is wrong, not its payload."""
    return Problem(400, code, detail)


def unprocessable(code: str, detail: str, field: str) -> Problem:
    """422: a payload that is well formed and still cannot be right."""
    return Problem(422, code, detail, errors=[{"field": field, "message": detail}])


def conflict(code: str, detail: str) -> Problem:
    """409: the record's state does not allow this."""
    return Problem(409, code, detail)


def response(problem: Problem, request_id: str | None) -> JSONResponse:
    """The problem as an HTTP response."""
    body = ProblemOut(
        type=f"urn:psa:problem:{problem.code}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        request_id=request_id,
        errors=problem.errors,
    )
    return JSONResponse(
        body.model_dump(exclude_none=True), problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def from_http(error: HTTPException) -> Problem:
    """What the framework raises, in our words."""
    codes = {404: "route_not_found", 405: "method_not_allowed", 413: "payload_too_large"}
    details = {404: "there is no such address", 405: "this address does not take that method"}
    code = codes.get(error.status_code, f"http_{error.status_code}")
    return Problem(
        error.status_code, code, details.get(error.status_code, str(error.detail)), headers=error.headers or {}
    )


def from_validation(error: RequestValidationError) -> Problem:
    """422 for a payload that breaks its schema, 400 for anything else in the request."""
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return bad_request("malformed_json", "the body is not JSON")
    errors = [{"field": ".".join(map(str, item["loc"][1:])), "message": item["msg"]} for item in found]
    if any(item["loc"][0] == "body" for item in found):
        return Problem(422, "invalid_payload", "the payload does not fit; see `errors`", errors=errors)
    return Problem(400, "invalid_parameter", "a parameter of the address or header does not fit", errors=errors)


def from_database(error: DBAPIError) -> Problem | None:
    """What the database refused and the caller can act on; None for what is our own mistake."""
    cause = error.orig
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return conflict("already_exists", "such a record exists already")
    if isinstance(cause, psycopg.errors.InsufficientPrivilege) and '"customer_reach"' in str(cause):
        return Problem(403, "customer_out_of_reach", "your account is confined to some customers, and not to this one")
    if isinstance(cause, _MET_ANOTHER):
        return Problem(503, "try_again", "the request met another one; send it again", headers={"Retry-After": "1"})
    if isinstance(cause, psycopg.OperationalError):
        return database_away()
    return None


def database_away() -> Problem:
    """503: PostgreSQL does not answer; it is asked again by the next request."""
    return Problem(503, "database_unavailable", "the database does not answer", headers={"Retry-After": "5"})


def in_a_line(error: BaseException) -> str:
    """What an error says, to be kept for somebody to read: its first line, at most 2,000 characters.

    What follows in a database's message (DETAIL, the statement, its parameters) repeats values of the row, which are
    of people and would be in no erasure.
    """
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}"[:2000]


def request_id_of(request: Request) -> str | None:
    """The id every log line and error of this request carries."""
    request_id: str | None = request.scope.get("state", {}).get("request_id")
    return request_id


def install(app: FastAPI) -> None:
    """Answer every exception with a problem; what nobody foresaw is left to the request middleware."""

    async def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return response(error, request_id_of(request))

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return response(from_http(error), request_id_of(request))

    async def on_validation(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return response(from_validation(error), request_id_of(request))

    async def on_database(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, DBAPIError)
        problem = from_database(error)
        if problem is None:
            raise error
        return response(problem, request_id_of(request))

    async def on_full_pool(request: Request, _error: Exception) -> JSONResponse:
        busy = Problem(503, "busy", "too many requests at once; try again", headers={"Retry-After": "2"})
        return response(busy, request_id_of(request))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(DBAPIError, on_database)
    app.add_exception_handler(PoolTimeout, on_full_pool)
