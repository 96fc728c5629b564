"""The OpenAPI 3.1 document: what FastAPI derives from the routes, and the event states from the catalogue.

The state of a sealed event is described by its topic: `SealedEvent` says which schema of the catalogue it follows.
"""

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.rest.answers import version
from api.rest.problems import Fault, Problem
from domain.catalogue import EVENTS

TITLE = "明账 Mingzhang"
ADDRESS = "/api/v1/openapi.json"
REFERENCE = "#/components/schemas/{name}"
DESCRIPTION = """\
An event-sourced supervision ledger for public funds. Money is integer fen (`*_fen`), rates are parts per million
(`*_ppm`), days are `2020-06-20` in Asia/Shanghai, instants are UTC. People, accounts and telephones are references
(`P-…`, `A-…`, `T-…`). Keys may be added, never renamed or given another meaning.

Whatever goes wrong is answered as problem details (RFC 9457) with a stable `code`. A POST may carry an
`Idempotency-Key`. Lists give `next`, to be sent back as the parameter that its description names.
"""


class Described(FastAPI):
    """An application that describes itself with the catalogue's events."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = document(self)
        return self.openapi_schema


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`.

    Raises:
        ValueError: when an event and a resource have one name.
    """
    told = get_openapi(title=TITLE, version=version(), description=DESCRIPTION, routes=app.routes)
    schemas: dict[str, Any] = told["components"]["schemas"]
    for model in (Fault, Problem):
        schemas[model.__name__] = _schema(model)
    topics, components = event_schemas()
    taken = sorted(schemas.keys() & components.keys())
    if taken:
        raise ValueError(f"Events and resources share the names {', '.join(taken)}; rename the resources.")
    schemas.update(components)
    schemas["SealedEvent"]["allOf"] = [
        {"if": {"properties": {"topic": {"const": topic}}}, "then": {"properties": {"state": schema}}}
        for topic, schema in topics.items()
    ]
    for path in told["paths"].values():
        for operation in path.values():
            _describe_streams(operation)
            _describe_parameters(operation)
    return told


def event_schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of each topic's state, and the components that they refer to."""
    schemas, components = msgspec.json.schema_components(EVENTS.values(), ref_template=REFERENCE)
    return dict(zip(EVENTS, schemas, strict=True)), components


def _schema(model: type[Fault] | type[Problem]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return schema


def _describe_streams(operation: dict[str, Any]) -> None:
    """Describe server-sent events in the words of OpenAPI 3.1: `itemSchema` came with 3.2."""
    for response in operation["responses"].values():
        for media in response.get("content", {}).values():
            item = media.pop("itemSchema", None)
            if item is not None:
                media["x-item-schema"] = item


def _describe_parameters(operation: dict[str, Any]) -> None:
    """A parameter is sent or left out: a null in an address or a header would be the word."""
    for parameter in operation.get("parameters", ()):
        some = [kind for kind in parameter["schema"].pop("anyOf", ()) if kind != {"type": "null"}]
        parameter["schema"].update(some[0] if len(some) == 1 else {"anyOf": some} if some else {})
