"""Every address below `/rdit`: what handles it, and what the API's description says of it."""

from __future__ import annotations

from typing import Any

from .. import protocol as p
from .documents import ExportHandler, NotebookScriptHandler
from .health import HealthHandler
from .lint import FormatHandler, LintHandler
from .openapi import OpenApiHandler, Operation
from .page import PageHandler
from .runs import ExecuteHandler, ExecuteScriptHandler, InterruptHandler, ResetHandler
from .sessions import SessionHandler, SessionsHandler
from .settings import SettingsHandler
from .websocket import RditSocket

_EXAMPLE_STATEMENT = {
    "code": "2 + 2",
    "nodeIndex": 0,
    "lineStart": 1,
    "lineEnd": 1,
    "isExpr": True,
}
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
        HealthHandler,
        "get",
        "/health",
        "health",
        "Whether rdit is here. Never starts a kernel",
        {200: _HEALTH},
        is_public=True,
    ),
    Operation(
        ExecuteScriptHandler,
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
        ExecuteHandler,
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
        ResetHandler,
        "post",
        "/reset",
        "reset",
        "Clear the namespace of a session; with `restart`, by a new process",
        {200: _RESET},
        body=p.ResetBody,
        example={"restart": False},
    ),
    Operation(
        InterruptHandler,
        "post",
        "/interrupt",
        "interrupt",
        "Interrupt the run under way and cancel those that wait",
        {200: _STATUS_OK},
        body=p.InterruptBody,
        example={},
    ),
    Operation(SessionsHandler, "get", "/sessions", "listSessions", "All sessions", {200: _LIST}),
    Operation(
        SessionsHandler,
        "post",
        "/sessions",
        "openSession",
        "The session of a script, with its kernel ready; made if there is none",
        {200: p.SessionModel, 201: p.SessionModel},
        body=p.OpenSessionBody,
        example={"name": "default"},
    ),
    Operation(
        SessionHandler,
        "get",
        "/sessions/{session}",
        "getSession",
        "One session",
        {200: p.SessionModel},
    ),
    Operation(
        SessionHandler,
        "patch",
        "/sessions/{session}",
        "updateSession",
        "Follow a script that was renamed, or give it a kernel of another kind",
        {200: p.SessionModel},
        body=p.UpdateSessionBody,
        example={"kernelName": "python3"},
    ),
    Operation(
        SessionHandler,
        "delete",
        "/sessions/{session}",
        "deleteSession",
        "End the session's kernel and forget it",
        {204: None},
    ),
    Operation(
        ExportHandler,
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
        NotebookScriptHandler,
        "post",
        "/notebook-script",
        "notebookScript",
        "Write a notebook as a script beside it",
        {201: p.FilePath},
        body=p.NotebookScriptBody,
        example={"path": "analysis.ipynb"},
    ),
    Operation(
        LintHandler,
        "post",
        "/lint",
        "lint",
        "What ruff finds in a script, by the rules of its project",
        {200: p.LintAnswer},
        body=p.LintBody,
        example={"script": "print(x)"},
    ),
    Operation(
        FormatHandler,
        "post",
        "/format",
        "format",
        "A script as ruff formats it, or some lines of it",
        {200: p.FormatAnswer},
        body=p.FormatBody,
        example={"script": "x=1"},
    ),
    Operation(
        SettingsHandler,
        "get",
        "/settings",
        "getSettings",
        "The user's settings of the page",
        {200: p.SettingsModel},
    ),
    Operation(
        SettingsHandler,
        "patch",
        "/settings",
        "updateSettings",
        "Change some of the user's settings; null goes back to the default",
        {200: p.SettingsModel},
        body=p.SettingsBody,
        example={"settings": {"theme": "dark", "fontSize": None}},
    ),
    Operation(
        OpenApiHandler,
        "get",
        "/openapi.json",
        "openapi",
        "This document",
        {200: {"type": "object"}},
    ),
)


def handlers() -> list[tuple[Any, ...]]:
    """The routes as tornado takes them: pattern, handler, and arguments of its `initialize`."""
    routes: dict[str, tuple[Any, ...]] = {}
    for operation in OPERATIONS:
        pattern = "/rdit" + operation.path.replace(".", r"\.").replace("{session}", "([^/]+)")
        described = operation.handler is OpenApiHandler
        more = ({"operations": OPERATIONS},) if described else ()
        routes[pattern] = (pattern, operation.handler, *more)
    return [
        (r"/rdit/?", PageHandler),
        (r"/rdit/edit(|/.*)", PageHandler),
        (r"/rdit/ws", RditSocket),
        *routes.values(),
    ]
