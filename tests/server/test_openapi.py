import re

import jsonschema
import pytest

from rdit_ext.api.openapi import document
from rdit_ext.api.routes import OPERATIONS, handlers

DOCUMENT = document(OPERATIONS, "1", "/")
# Addresses that are no part of the API: the page and the websocket.
OTHERS = {r"/rdit/?", r"/rdit/edit(|/.*)", r"/rdit/ws"}


def schema(of):
    return {**of, "components": DOCUMENT["components"]}


def test_every_address_of_the_api_is_described_and_no_other():
    implemented = {
        (method.lower(), re.sub(r"\([^)]*\)", "{session}", pattern.replace("\\", "")))
        for pattern, handler, *_ in handlers()
        if pattern not in OTHERS
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if getattr(handler, method.lower()).__qualname__ != "RequestHandler._unimplemented_method"
    }
    described = {
        (method, f"/rdit{path}") for path, item in DOCUMENT["paths"].items() for method in item
    }
    assert described == implemented


def test_every_schema_is_one():
    for name, of in DOCUMENT["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema(of)), name


def test_every_reference_leads_somewhere():
    text = str(DOCUMENT)
    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in DOCUMENT["components"]["schemas"]


NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def test_the_server_serves_this_document(server):
    served = server.get("openapi.json").json()
    assert served["servers"] == [{"url": "/a%40b/rdit"}]
    assert served["paths"] == DOCUMENT["paths"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.id)
def test_the_example_of_each_operation_is_answered_as_described(server, operation):
    content = DOCUMENT["paths"][operation.path][operation.method]
    if operation.body is not None:
        body = content["requestBody"]["content"]["application/json"]
        jsonschema.validate(operation.example, schema(body["schema"]))
    name = "walked"
    if "{session}" in operation.path:
        server.post("sessions", name=name)
    if operation.id == "notebookScript":
        (server.root / "analysis.ipynb").write_text(NOTEBOOK)
    answer = server.request(
        operation.method.upper(),
        operation.path.lstrip("/").replace("{session}", name),
        json=operation.example,
    )
    described = content["responses"][str(answer.status_code)]
    assert answer.status_code in operation.answers, answer.text
    if "content" in described:
        kind = answer.headers["Content-Type"].partition(";")[0]
        value = answer.json() if kind == "application/json" else answer.text
        jsonschema.validate(value, schema(described["content"][kind]["schema"]))


@pytest.mark.parametrize("format", ["notebook", "html", "markdown"])
def test_an_exported_document_is_as_described(server, format):
    answer = server.post("export", script="2 + 2", format=format)
    kind = answer.headers["Content-Type"].partition(";")[0]
    described = DOCUMENT["paths"]["/export"]["post"]["responses"]["200"]["content"]
    value = answer.json() if kind.endswith("json") else answer.text
    jsonschema.validate(value, schema(described[kind]["schema"]))


@pytest.mark.parametrize("path", ["execute-script", "execute"])
def test_each_line_of_a_stream_is_an_event_as_described(server, path, session):
    operation = DOCUMENT["paths"][f"/{path}"]["post"]
    line = operation["responses"]["200"]["content"]["application/x-ndjson"]["schema"]
    statement = {"code": "1", "nodeIndex": 0, "lineStart": 1, "lineEnd": 1, "isExpr": True}
    body = {"script": "1"} if path == "execute-script" else {"statements": [statement]}
    answer = server.request(
        "POST",
        path,
        json={**body, "session": session},
        headers={"Accept": "application/x-ndjson"},
    )
    lines = answer.text.splitlines()
    assert len(lines) > 3
    for text in lines:
        jsonschema.validate(__import__("json").loads(text), schema(line))


def test_an_error_is_answered_as_described(server):
    of = DOCUMENT["components"]["schemas"]["ErrorAnswer"]
    jsonschema.validate(server.post("execute-script").json(), schema(of))
