"""Completion and documentation where there is no IPython: of names, and of attributes of values.

A dotted name is looked up as `introspect_lookup.py` does. Only `dir` calls an object's `__dir__`,
as libraries list columns and fields by it.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from .introspect_lookup import find, find_called, imported, kind_of, missing
from .introspect_tables import columns_of
from .introspect_value import describe
from .plain_repr import write_plain

_PATH = re.compile(r"(?<![\w.)\]}'\"])(?:[^\W\d]\w*\.)*(?:[^\W\d]\w*)?$")
_REST = re.compile(r"\w*")
# A module that is imported, and a name that is imported from one.
_MODULE = re.compile(r"^\s*(?:import|from)\s+(?:.*,\s*)?((?:[^\W\d]\w*\.)*)((?:[^\W\d]\w*)?)$")
_MEMBER = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+(?:\(?(?:.*,\s*)?)(\w*)$")
# A string that is a key.
_KEY = re.compile(r"((?:[^\W\d]\w*\.)*[^\W\d]\w*)\[(['\"])([^'\"]*)$")
_MOST_MATCHES = 2000


class Introspection:
    """Of the names in `namespace`, and the builtins."""

    def __init__(self, namespace: dict[str, Any]):
        self._namespace = namespace

    def complete(self, code: str, cursor: int, before: Sequence[str] = ()) -> dict[str, Any]:
        names = {**imported(before, self._namespace), **self._namespace}
        prefix, kinds = _candidates(code[:cursor], names)
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

    def describe(
        self, expression: str, code: str, cursor: int, before: Sequence[str] = ()
    ) -> dict[str, Any]:
        names = {**imported(before, self._namespace), **self._namespace}
        value, skips_first = find_called(expression, names)
        if value is missing:
            return {"found": False}
        return describe(expression, value, skips_first)

    def inspect(self, code: str, cursor: int, detail: int = 0) -> dict[str, Any]:
        rest = _REST.match(code, cursor)
        path = _path_before(code[: rest.end() if rest else cursor]) or _called(code[:cursor])
        value = find(path, self._namespace) if path else missing
        if value is missing:
            return {"found": False, "data": {}, "metadata": {}}
        return {"found": True, "data": {"text/plain": _describe(path, value, detail)}}


def _candidates(code: str, names: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """What is typed of a name at the end of the code, and all names that may stand there, with what
    each is."""
    line = code[code.rfind("\n") + 1 :]
    if found := _MEMBER.match(line):
        module = sys.modules.get(found[1])
        return found[2], {} if module is None else _attributes(module)
    if found := _MODULE.match(line):
        return found[2], _modules(found[1])
    if found := _KEY.search(line):
        return found[3], _keys(find(found[1], names))
    path = _path_before(code)
    if path is None:
        return "", {}
    owner, _, prefix = path.rpartition(".")
    if not owner:
        return prefix, _words(names)
    value = find(owner, names)
    return prefix, {} if value is missing else _attributes(value)


def _words(names: Mapping[str, Any]) -> dict[str, str]:
    """What an expression may begin with, and what each is."""
    kinds = {
        name: kind_of(value)
        for name, value in {**vars(builtins), **names}.items()
        if isinstance(name, str)
    }
    return kinds | dict.fromkeys((*keyword.kwlist, *keyword.softkwlist), "keyword")


def _attributes(value: Any) -> dict[str, str]:
    names = [name for name in dir(value) if isinstance(name, str)]
    return {name: kind_of(inspect.getattr_static(value, name, None)) for name in names}


def _modules(package: str) -> dict[str, str]:
    """The modules of the library, and those that are loaded, in a package with its dot."""
    names = {*sys.stdlib_module_names, *sys.modules}
    found = {name[len(package) :].partition(".")[0] for name in names if name.startswith(package)}
    return dict.fromkeys(found - {"", "__main__"}, "module")


def _keys(value: Any) -> dict[str, str]:
    """The keys of a dict, the columns of a table, as far as they are strings."""
    keys: Any = ()
    if type(value) is dict:
        keys = value
    elif (columns := columns_of(value, 0, _MOST_MATCHES)) is not None:
        keys = columns
    return {key: "dict key" for key in list(keys)[:_MOST_MATCHES] if type(key) is str}


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
