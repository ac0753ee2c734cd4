"""Completion and documentation where there is no IPython: of names, and of attributes of values.

A dotted name is looked up without calling what the user wrote: no property, no `__getattr__`. Only
`dir` calls an object's `__dir__`, as libraries list columns and fields by it.
https://docs.python.org/3/library/inspect.html#inspect.getattr_static
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
import sys
import types
from typing import Any

from .plain_repr import write_plain

_PATH = re.compile(r"(?<![\w.)\]}'\"])(?:[^\W\d]\w*\.)*(?:[^\W\d]\w*)?$")
_REST = re.compile(r"\w*")
_MOST_MATCHES = 2000
# Descriptors of C code, which only read a field.
_FIELDS = (types.GetSetDescriptorType, types.MemberDescriptorType)
_missing = object()


class Introspection:
    """Of the names in `namespace`, and the builtins."""

    def __init__(self, namespace: dict[str, Any]):
        self._namespace = namespace

    def complete(self, code: str, cursor: int) -> dict[str, Any]:
        path = _path_before(code[:cursor])
        owner, _, prefix = (path or "").rpartition(".")
        kinds = {} if path is None else self._attributes(owner) if owner else self._words()
        matches = sorted(
            name
            for name in kinds
            if name.startswith(prefix) and (prefix.startswith("_") or not name.startswith("_"))
        )[:_MOST_MATCHES]
        start = cursor - len(prefix)
        return {
            "matches": matches,
            "cursorStart": start,
            "cursorEnd": cursor,
            # As ipykernel names it.
            "metadata": {
                "_jupyter_types_experimental": [
                    {"start": start, "end": cursor, "text": name, "type": kinds[name]}
                    for name in matches
                ]
            },
        }

    def _words(self) -> dict[str, str]:
        """What an expression may begin with, and what each is."""
        kinds = {
            name: _kind(value)
            for name, value in {**vars(builtins), **self._namespace}.items()
            if isinstance(name, str)
        }
        return kinds | dict.fromkeys((*keyword.kwlist, *keyword.softkwlist), "keyword")

    def _attributes(self, path: str) -> dict[str, str]:
        value = self._find(path)
        if value is _missing:
            return {}
        names = [name for name in dir(value) if isinstance(name, str)]
        return {name: _kind(inspect.getattr_static(value, name, None)) for name in names}

    def inspect(self, code: str, cursor: int, detail: int = 0) -> dict[str, Any]:
        rest = _REST.match(code, cursor)
        path = _path_before(code[: rest.end() if rest else cursor]) or _called(code[:cursor])
        value = self._find(path) if path else _missing
        if value is _missing:
            return {"found": False, "data": {}, "metadata": {}}
        return {"found": True, "data": {"text/plain": _describe(path, value, detail)}}

    def _find(self, path: str) -> Any:
        """The value of a dotted name; `_missing` if it cannot be had without calling anything."""
        first, *attributes = path.split(".")
        value = self._namespace.get(first, getattr(builtins, first, _missing))
        for name in attributes:
            if value is _missing:
                break
            found = inspect.getattr_static(value, name, _missing)
            if isinstance(found, _FIELDS):
                found = getattr(value, name, _missing)
            elif isinstance(found, (staticmethod, classmethod)):
                found = found.__func__
            value = found
        return value


def _path_before(code: str) -> str | None:
    """The dotted name that ends the code (`a.b`, `a.`), empty where one may begin; None where none
    may stand, or it is of a value that has no name (`f().x`)."""
    match = _PATH.search(code)
    return match[0] if match else None


def _called(code: str) -> str:
    """The name whose call is open at the end of the code."""
    depth = 0
    for position in range(len(code) - 1, -1, -1):
        if code[position] in ")]}":
            depth += 1
        elif code[position] in "([{":
            if depth == 0:
                return (code[position] == "(" and _path_before(code[:position])) or ""
            depth -= 1
    return ""


def _kind(value: Any) -> str:
    """What a completer draws beside a name."""
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, property):
        return "property"
    is_function = inspect.isroutine(value) or isinstance(value, (staticmethod, classmethod))
    return "function" if is_function else "instance"


def _describe(path: str, value: Any, detail: int) -> str:
    """Signature, value, documentation and type, as IPython words them; with `detail` the source in
    place of the documentation."""
    lines = []
    if callable(value):
        signature = _signature(value)
        if signature:
            lines.append(f"Signature: {path}{signature}")
    else:
        text = write_plain(value)
        if text is not None:
            lines.append(f"String form: {text}")
    source = _source(value) if detail else ""
    documentation = inspect.getdoc(value)
    if source:
        lines.append(f"Source:\n{source}")
    elif documentation:
        is_short = "\n" not in documentation
        lines.append(f"Docstring: {documentation}" if is_short else f"Docstring:\n{documentation}")
    lines.append(f"Type: {type(value).__qualname__}")
    return "\n".join(lines) + "\n"


def _signature(value: Any) -> str:
    try:
        if sys.version_info >= (3, 14):
            import annotationlib

            # Annotations as they are written: no name in them is looked up.
            return str(inspect.signature(value, annotation_format=annotationlib.Format.STRING))
        return str(inspect.signature(value))
    except (TypeError, ValueError):  # C code without one
        return ""


def _source(value: Any) -> str:
    try:
        return inspect.getsource(value).rstrip()
    except (OSError, TypeError):  # C code, or an instance
        return ""
