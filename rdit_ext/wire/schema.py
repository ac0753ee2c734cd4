"""The wire types as one JSON schema; `python -m rdit_ext.wire.schema` prints it.

It is msgspec's schema of `protocol.py`. msgspec inlines unions and literals; here they get names,
so that `labextension/src/protocol.ts`, which is generated from it, has the names of `protocol.py`.
"""

from __future__ import annotations

import inspect
import json
from typing import Any, get_args

import msgspec

from .. import protocol

LITERALS = {
    "Status": protocol.Status,
    "RunStatus": protocol.RunStatus,
    "SessionState": protocol.SessionState,
    "Cause": protocol.Cause,
}
BASES = (protocol.Outgoing, protocol.Incoming, protocol.RunEvent)
UNIONS = {
    "Output": protocol.Output,
    "Event": protocol.Event,
    "Request": protocol.Request,
}


def wire_schema() -> dict[str, Any]:
    """A JSON schema whose `$defs` are all the types of `protocol.py`, in the order of that file."""
    structs = [
        value
        for value in vars(protocol).values()
        if inspect.isclass(value)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == protocol.__name__
        and value not in BASES
    ]
    _, defs = msgspec.json.schema_components(structs, ref_template="#/$defs/{name}")
    named: dict[str, Any] = {
        name: {"title": name, "enum": list(get_args(literal))} for name, literal in LITERALS.items()
    }
    named |= {struct.__name__: _with_names(defs[struct.__name__]) for struct in structs}
    named |= {
        name: {
            "title": name,
            "anyOf": [{"$ref": f"#/$defs/{member.__name__}"} for member in get_args(union)],
        }
        for name, union in UNIONS.items()
    }
    named["Queries"] = _object(
        "The methods of `query`, each with the types of its parameters and of its result.",
        {
            name: _object(
                "",
                {
                    "params": {"$ref": f"#/$defs/{query.params.__name__}"},
                    "result": {"$ref": f"#/$defs/{query.result.__name__}"},
                },
            )
            for name, query in protocol.QUERIES.items()
        },
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": named}


def _object(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
    }


def _with_names(schema: Any) -> Any:
    """The schema with references in place of the unions and literals that have a name."""
    if isinstance(schema, list):
        return [_with_names(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    for name, literal in LITERALS.items():
        if set(schema.get("enum", ())) == set(get_args(literal)):
            return {"$ref": f"#/$defs/{name}"}
        if set(schema.get("enum", ())) == {*get_args(literal), None}:
            return {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]}
    for name, union in UNIONS.items():
        members = {f"#/$defs/{member.__name__}" for member in get_args(union)}
        if {member.get("$ref") for member in schema.get("anyOf", ())} == members:
            return {"$ref": f"#/$defs/{name}"}
    named = {key: _with_names(value) for key, value in schema.items()}
    if schema.get("type") == "object" and "properties" not in schema:
        named["additionalProperties"] = True  # a MIME bundle or its metadata: any key
    if isinstance(named.get("description"), str):
        named["description"] = inspect.cleandoc(named["description"])
    return named


if __name__ == "__main__":
    print(json.dumps(wire_schema(), indent=2))
