"""The OpenAPI document of the HTTP API, made from the types of `protocol.py`.

One `Operation` for each method of each path; the schemas come from the types. It knows nothing of
handlers: a test compares the document with what the handlers do.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from .. import protocol as p

_JSON = "application/json"
_EXAMPLE_STATEMENT = {
    "code": "2 + 2",
    "nodeIndex": 0,
    "lineStart": 1,
    "lineEnd": 1,
    "isExpr": True,
}


@dataclass(frozen=True)
class Operation:
    """One method at one path. `answers`: the schema or type of the body by status, None for no
    body."""

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


_STATUS_OK = {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}
_HEALTH = {
    "type": "object",
    "properties": {
        "status": {"const": "ok"},
        "version": {"type": "string"},
        "mayExecute": {"type": "boolean"},
        "kernelSpecs": {"type": "object", "additionalProperties": {"type": "string"}},
        "sessions": {"type": "integer"},
        "running": {"type": "integer"},
        "limits": {"type": "object"},
    },
    "required": ["status", "version"],
    "description": "All but status and version are for a signed-in caller.",
}
_ERROR = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "cause": {"enum": list(get_args(p.Cause))},
        "limit": {"type": "integer"},
    },
    "required": ["message"],
}
_RESET = {
    "type": "object",
    "properties": {
        "status": {"const": "ok"},
        "session": {"type": "string"},
        "restart": {"type": "boolean"},
    },
    "required": ["status", "session"],
}
_DOCUMENTS = {
    "application/x-ipynb+json": {
        "type": "object",
        "description": "A notebook, as nbformat 4 describes it",
        "properties": {"cells": {"type": "array"}, "nbformat": {"const": 4}},
        "required": ["cells", "metadata", "nbformat", "nbformat_minor"],
    },
    "text/html": {"type": "string"},
    "text/markdown": {"type": "string"},
}
_LIST = {"type": "array", "items": {"$ref": "#/components/schemas/SessionModel"}}

OPERATIONS = (
    Operation(
        "get",
        "/health",
        "health",
        "Whether rdit is here. Never starts a kernel",
        {200: _HEALTH},
        is_public=True,
    ),
    Operation(
        "post",
        "/execute-script",
        "executeScript",
        "Execute a script, or the statements of it that overlap `lineRange`",
        {200: p.RunAnswer},
        body=p.ExecuteScriptBody,
        example={"script": "2 + 2"},
        is_streamed=True,
    ),
    Operation(
        "post",
        "/execute",
        "execute",
        "Execute statements",
        {200: p.RunAnswer},
        body=p.ExecuteBody,
        example={"statements": [_EXAMPLE_STATEMENT]},
        is_streamed=True,
    ),
    Operation(
        "post",
        "/reset",
        "reset",
        "Clear the namespace of a session; with `restart`, by a new process",
        {200: _RESET},
        body=p.ResetBody,
        example={"restart": False},
    ),
    Operation(
        "post",
        "/interrupt",
        "interrupt",
        "Interrupt the run under way and cancel those that wait",
        {200: _STATUS_OK},
        body=p.InterruptBody,
        example={},
    ),
    Operation("get", "/sessions", "listSessions", "All sessions", {200: _LIST}),
    Operation(
        "post",
        "/sessions",
        "openSession",
        "The session of a script, with its kernel ready; made if there is none",
        {200: p.SessionModel, 201: p.SessionModel},
        body=p.OpenSessionBody,
        example={"name": "default"},
    ),
    Operation("get", "/sessions/{session}", "getSession", "One session", {200: p.SessionModel}),
    Operation(
        "patch",
        "/sessions/{session}",
        "updateSession",
        "Follow a script that was renamed, or give it a kernel of another kind",
        {200: p.SessionModel},
        body=p.UpdateSessionBody,
        example={"kernelName": "python3"},
    ),
    Operation(
        "delete",
        "/sessions/{session}",
        "deleteSession",
        "End the session's kernel and forget it",
        {204: None},
    ),
    Operation(
        "post",
        "/export",
        "export",
        "A script with its results as a notebook, as HTML or as Markdown",
        {200: _DOCUMENTS},
        body=p.ExportBody,
        example={"script": "2 + 2", "format": "markdown"},
        media_types=_DOCUMENTS,
    ),
    Operation(
        "post",
        "/notebook-script",
        "notebookScript",
        "Write a notebook as a script beside it",
        {201: p.FilePath},
        body=p.NotebookScriptBody,
        example={"path": "analysis.ipynb"},
    ),
    Operation(
        "get",
        "/openapi.json",
        "openapi",
        "This document",
        {200: {"type": "object"}},
    ),
)
_ERRORS = {
    "400": "The request cannot be understood: its place, what was expected, what came",
    "401": "Not signed in",
    "403": "Not signed in, or not allowed; nothing ran",
    "404": "No such session",
    "413": "The request is too large",
    "429": "Too many sessions or waiting runs; `limit` is how many are allowed",
    "503": "The kernel cannot start, or does not answer",
}


def document(version: str, base_url: str) -> dict[str, Any]:
    """The whole OpenAPI 3.1 document, as dicts and lists. `base_url` is the server's, with a slash
    at its end."""
    types = {t for o in OPERATIONS for t in (o.body, *o.answers.values()) if isinstance(t, type)}
    types |= set(get_args(p.Event))
    _, schemas = msgspec.json.schema_components(
        sorted(types, key=lambda t: t.__name__), ref_template="#/components/schemas/{name}"
    )
    schemas["ErrorAnswer"] = _ERROR
    schemas["AnyEvent"] = {
        "anyOf": [{"$ref": f"#/components/schemas/{t.__name__}"} for t in get_args(p.Event)]
    }
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
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
