"""The OpenAPI document of the HTTP API, made from the types of `protocol.py`.

One `Operation` for each method of each path, in `routes.py`; the schemas come from the types.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from .. import __version__
from .. import protocol as p
from .base import RditHandler, allowed

_JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """One method at one path, and what handles it. `answers`: the schema or type of the body by
    status, None for no body."""

    handler: type[RditHandler]
    method: str
    path: str
    id: str
    summary: str
    answers: dict[int, Any]
    body: type | None = None
    example: Any = None
    is_streamed: bool = False
    is_public: bool = False
    # For an answer that is not JSON: its schema by media type.
    media_types: dict[str, Any] | None = None


_ERROR = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "cause": {"enum": list(get_args(p.Cause))},
        "limit": {"type": "integer"},
    },
    "required": ["message"],
}
_ERRORS = {
    "400": "The request cannot be understood: its place, what was expected, what came",
    "401": "Not signed in",
    "403": "Not signed in, or not allowed; nothing ran",
    "404": "No such session",
    "409": "A later request of the same viewer took the place of this one",
    "413": "The request is too large",
    "422": "Ruff has no answer: its configuration is wrong, or it takes too long",
    "429": "Too many sessions or waiting runs; `limit` is how many are allowed",
    "501": "There is no ruff",
    "503": "The kernel cannot start, or does not answer",
}


def document(operations: Sequence[Operation], version: str, base_url: str) -> dict[str, Any]:
    """The whole OpenAPI 3.1 document, as dicts and lists. `base_url` is the server's, with a slash
    at its end."""
    types = {t for o in operations for t in (o.body, *o.answers.values()) if isinstance(t, type)}
    types |= set(get_args(p.Event))
    _, schemas = msgspec.json.schema_components(
        sorted(types, key=lambda t: t.__name__), ref_template="#/components/schemas/{name}"
    )
    schemas["ErrorAnswer"] = _ERROR
    schemas["AnyEvent"] = {
        "anyOf": [{"$ref": f"#/components/schemas/{t.__name__}"} for t in get_args(p.Event)]
    }
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "rdit",
            "version": version,
            "description": "Execute Python scripts, statement by statement, in live kernels.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": f"{base_url}rdit"}],
        "security": [{"token": []}, {"tokenInAddress": []}],
        "paths": paths,
        "components": {
            "schemas": _clean(schemas),
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`token ` and the server's token",
                },
                "tokenInAddress": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": {
            str(status): _answer(status, answer, operation)
            for status, answer in operation.answers.items()
        },
    }
    if operation.is_public:
        made["security"] = [{}]
        return made
    if "{session}" in operation.path:
        made["parameters"] = [
            {
                "name": "session",
                "in": "path",
                "required": True,
                "description": "A session's id, or the name that it was given",
                "schema": {"type": "string"},
            }
        ]
    if operation.body is not None:
        made["requestBody"] = {
            "required": any(f.required for f in msgspec.structs.fields(operation.body)),
            "content": {
                _JSON: {"schema": _reference(operation.body), "example": operation.example}
            },
        }
    made["responses"] |= {
        status: {
            "description": description,
            "content": {_JSON: {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}},
        }
        for status, description in _ERRORS.items()
    }
    return made


def _answer(status: int, answer: Any, operation: Operation) -> dict[str, Any]:
    if answer is None:
        return {"description": "Done"}
    schemas = operation.media_types or {_JSON: _reference(answer)}
    content = {kind: {"schema": schema} for kind, schema in schemas.items()}
    if operation.is_streamed:
        # The schema is that of one line.
        content["application/x-ndjson"] = {"schema": {"$ref": "#/components/schemas/AnyEvent"}}
    return {"description": "Made" if status == 201 else "Done", "content": content}


def _reference(answer: Any) -> dict[str, Any]:
    if isinstance(answer, type):
        return {"$ref": f"#/components/schemas/{answer.__name__}"}
    schema: dict[str, Any] = answer
    return schema


def _clean(value: Any) -> Any:
    """The schemas with `inspect.cleandoc` applied to descriptions, which are our docstrings."""
    if isinstance(value, dict):
        return {
            k: inspect.cleandoc(v) if k == "description" and isinstance(v, str) else _clean(v)
            for k, v in value.items()
        }
    return [_clean(v) for v in value] if isinstance(value, list) else value


class OpenApiHandler(RditHandler):
    """`GET openapi.json`. `operations`: what is described."""

    def initialize(self, name: str, operations: Sequence[Operation]) -> None:
        super().initialize(name)
        self._operations = operations

    @allowed("read", "kernels")
    async def get(self) -> None:
        self.answer(document(self._operations, __version__, self.base_url))
