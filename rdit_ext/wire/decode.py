"""Decodes the JSON of requests into the types of `protocol.py`. An error names the place, what was
expected and what came."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

import msgspec

from ..errors import BadRequest
from ..protocol import QUERIES, Incoming, QueryRequest, Statement

T = TypeVar("T")
# The place of a wrong name in an object is that object.
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`(?P<place>\$[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_PARAMS = {name: msgspec.json.Decoder(query.params) for name, query in QUERIES.items()}


def decode(body: str | bytes, decoder: msgspec.json.Decoder[T], root: str = "$") -> T:
    """The decoded value. `root`: where the body stands in what was sent, for errors.

    Raises:
        BadRequest: it is not JSON, not of the decoder's type, or two statements have one
            `nodeIndex`.
    """
    try:
        value = decoder.decode(body)
    except msgspec.ValidationError as error:
        raise BadRequest(_explain(str(error), body, root)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"Expected JSON, got {_excerpt(body)}: {error} - at `{root}`") from None
    statements = getattr(value, "statements", None)
    if isinstance(statements, list):
        _check_indices(statements)
    return value


def decode_params(request: QueryRequest) -> Incoming:
    """The parameters of a query, of the type that its method has in `QUERIES`.

    Raises:
        BadRequest: there is no such method, or they are not of that type.
    """
    decoder = _PARAMS.get(request.method)
    if decoder is None:
        methods = ", ".join(f"`{name}`" for name in QUERIES)
        raise BadRequest(
            f"Expected one of the methods {methods}, got {_show(request.method)} - at `$.method`"
        )
    return decode(bytes(request.params), decoder, "$.params")


def _check_indices(statements: list[Statement]) -> None:
    seen: set[int] = set()
    for i, statement in enumerate(statements):
        if statement.node_index in seen:
            raise BadRequest(
                f"Expected a `nodeIndex` that no other statement has, got {statement.node_index}"
                f" again - at `$.statements[{i}].nodeIndex`"
            )
        seen.add(statement.node_index)


def _explain(message: str, body: str | bytes, root: str) -> str:
    """msgspec's message of a ValidationError, extended by the value that was sent."""
    match = _PLACE.match(message)
    assert match is not None
    what, place = match["what"], match["place"] or "$"
    if what.endswith("out of range"):
        what = "Expected a number in range"
    try:
        sent = json.loads(body)
    except (RecursionError, ValueError):
        # Nested too deeply, or an integer with more digits than Python converts: show the
        # beginning.
        got = "" if ", got " in what else f", got {_excerpt(body)}"
        return f"{what}{got} - at `{root}{place[1:]}`"
    value = _at(sent, place)
    unknown = _UNKNOWN.search(what)
    if unknown:
        # msgspec names the path of the object; append the unknown field.
        place = f"{place}.{unknown[1]}"
        value = _at(sent, place)
        what = "Expected no such field"
    elif "missing required field" in what:
        what = what.replace("Object missing", "Expected the")
        keys = ", ".join(f"`{k}`" for k in value) if isinstance(value, dict) else ""
        return f"{what}, got {keys or 'an empty object'} - at `{root}{place[1:]}`"
    if "[...]" in place:
        pass  # some value of an object: msgspec does not say of which name
    elif ", got " not in what:
        what = f"{what}, got {_show(value)}"
    else:
        what = f"{what} {_show(value)}" if what.endswith("`") else what
    return f"{what} - at `{root}{place[1:]}`"


def _at(value: Any, place: str) -> Any:
    """The value at a path of msgspec's form, `$.a.b[2]`; None if there is none."""
    for name, index in _STEP.findall(place):
        try:
            value = value[name] if name else value[int(index)]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _excerpt(body: str | bytes) -> str:
    if not body:
        return "nothing"
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    return _show(text)
