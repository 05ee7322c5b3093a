"""Every operation of the API as a request that is right, made from its own description."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.routing import APIRoute

from tests.operational.api.conftest import PASSWORD

# parameters of an address that are no ids
NAMES = {"job": "crm.test", "name": "contract.test"}
# what a schema describes by a pattern
WORDS = {
    "country": "DE", "code": "000000", "state": "x", "role": "analyst", "new_password": "umbrella ladder quartz",
    "issuer": "https://127.0.0.1:1/realm", "scope": "openid", "allowed_domain": "umbrella.example", "preset": "generic",
    "default_role": "analyst",
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"
# what a schema cannot say: one of two optional fields has to be there
_PROOF = {"current_password": PASSWORD}
NEEDED = {
    "tickets_add_time": {"minutes": 5},
    "auth_create_identity_provider": {"issuer": WORDS["issuer"]},
    "auth_create_session_by_second_factor": {"code": "000000"},
    "auth_create_browser_session_by_second_factor": {"code": "000000"},
    "auth_create_totp": _PROOF,
    "auth_remove_totp": _PROOF,
    "auth_create_recovery_codes": _PROOF,
    "auth_create_passkey_options": _PROOF,
    "auth_remove_passkey": _PROOF,
}


@dataclass(frozen=True)
class Values:
    """What requests are filled with: ids by the name of their parameter, secrets by the name of their field."""

    ids: Mapping[str, str]
    fields: Mapping[str, Any]

    def id(self, name: str) -> str:
        assert name in self.ids, f"no id known for {name}"
        return self.ids[name]


@dataclass(frozen=True)
class Request:
    """A request, all but who sends it."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    is_form: bool = False


def _plain(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without references, and without the choice of null."""
    while not {"type", "enum", "const", "properties"} & schema.keys():
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            schema = next(choice for choice in choices if choice.get("type") != "null")
        else:
            break
    return schema


@dataclass(frozen=True)
class Operation:
    """One operation of the API's description, and the permission its route asks for."""

    method: str
    path: str
    spec: Mapping[str, Any]
    document: Mapping[str, Any]
    permission: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def parameters(self, place: str) -> dict[str, Mapping[str, Any]]:
        """The schemas of the parameters in `path` or `query`."""
        found = [one for one in self.spec.get("parameters", []) if one["in"] == place]
        return {one["name"]: _plain(one["schema"], self.document) for one in found}

    def _is_needed(self, name: str) -> bool:
        return any(one["name"] == name and one.get("required") for one in self.spec.get("parameters", []))

    @property
    def payload(self) -> Mapping[str, Any] | None:
        """The schema of the body."""
        if "requestBody" not in self.spec:
            return None
        ((kind, content),) = self.spec["requestBody"]["content"].items()
        assert kind in ("application/json", FORM), f"{self}: no body known of the type {kind}"
        return _plain(content["schema"], self.document)

    def ids_in_path(self) -> list[str]:
        """The parameters of the address that are ids."""
        return [name for name, schema in self.parameters("path").items() if schema.get("format") == "uuid"]

    def ids_in_body(self) -> list[str]:
        """The fields of the body that are ids, optional ones included."""
        fields = (self.payload or {}).get("properties", {})
        return [name for name, schema in fields.items() if _plain(schema, self.document).get("format") == "uuid"]

    def request(self, values: Values, *, filters: bool = False) -> Request:
        """A request that is right; with `filters` the query names every id it takes, and a text to look for."""
        path = self.path
        for name, schema in self.parameters("path").items():
            is_id = schema.get("format") == "uuid"
            assert is_id or name in NAMES, f"no id known for {name}"
            path = path.replace(f"{{{name}}}", values.id(name) if is_id else NAMES[name])
        query = {
            name: self._value(name, schema, values)
            for name, schema in self.parameters("query").items()
            if (filters and (schema.get("format") == "uuid" or name == "text")) or self._is_needed(name)
        }
        is_form = FORM in self.spec.get("requestBody", {}).get("content", {})
        return Request(self.method, path, query, self._body(values), is_form)

    def _body(self, values: Values) -> Any:
        if self.payload is None:
            return None
        body = self._value("", self.payload, values)
        return {**body, **NEEDED.get(self.spec["operationId"], {})}

    def _value(self, name: str, schema: Mapping[str, Any], values: Values) -> Any:
        """A value that fits; of objects what is required, or, for a change, all there is to change."""
        schema = _plain(schema, self.document)
        kind = schema.get("type")
        if schema.get("format") == "uuid":
            return values.id(name)
        if name in values.fields:
            return values.fields[name]
        if kind == "object":
            properties = schema.get("properties", {})
            wanted = schema.get("required") or (properties if self.method == "PATCH" else ())
            return {field: self._value(field, properties[field], values) for field in wanted}
        if kind == "array":
            return [self._value(name.removesuffix("s"), schema["items"], values)]
        return self._leaf(name, schema)

    def _leaf(self, name: str, schema: Mapping[str, Any]) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("format") == "date":
            return "2026-01-31"
        kind = str(schema.get("type"))
        assert kind != "string" or "pattern" not in schema, f"{self}: no text known for {name}"
        plain = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True}
        return plain.get(kind, "umbrella")


def routes_of(router: Any) -> Iterator[APIRoute]:
    """Every route of a router and of those it includes."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from routes_of(included)


def operations(app: Any) -> list[Operation]:
    """Every operation the app describes."""
    document = app.openapi()
    permissions = {
        (method, route.path_format): call.permission
        for route in routes_of(app.router)
        for method in route.methods
        for call in (dependant.call for dependant in route.dependant.dependencies)
        if hasattr(call, "permission")
    }
    return [
        Operation(method.upper(), path, spec, document, permissions[method.upper(), path])
        for path, item in document["paths"].items()
        for method, spec in item.items()
    ]
