"""What a value holds, level by level: items of containers by pages, attributes of instances,
columns of tables. Each child has a step, with which its value is found again; a path is checked
step by step, since the values change under it.

No code of the user's is called, as in `introspect_class.py`.
"""

from __future__ import annotations

import types
from typing import Any

from .introspect_class import class_dict, defined, name_of, own_attributes, slots_of
from .introspect_lookup import missing
from .introspect_preview import MOST_CHARACTERS, container_of, first_of, length_of, preview
from .introspect_tables import column_at, columns_of, count_of_items, is_table, items_of, shape_of

Dict = dict[str, Any]
# Of a class what it defines itself; not these.
_OF_CLASS = frozenset(
    ("__dict__", "__weakref__", "__doc__", "__module__", "__qualname__", "__annotations__")
)


def count(value: Any) -> int:
    """How many children it has."""
    container = container_of(value)
    found = 0
    if is_table(value):
        shape = shape_of(value)
        found = shape[1] if shape else 0
    elif container is not None:
        found = length_of(value) or 0
    else:
        found = count_of_items(value)
    return found + len(_attributes(value))


def page(value: Any, start: int, most: int) -> list[tuple[Dict, Any]]:
    """At most `most` children from the place `start` on: of each its step and its value. Less, if
    another thread has taken some away."""
    attributes = _attributes(value)
    found = [({"kind": "attribute", "name": n}, v) for n, v in attributes[start : start + most]]
    start, most = max(0, start - len(attributes)), most - len(found)
    return found + _items(value, start, most) if most > 0 else found


def _items(value: Any, start: int, most: int) -> list[tuple[Dict, Any]]:
    container = container_of(value)
    if is_table(value):
        names = columns_of(value, start, most) or []
        return [
            (_step("column", _title(name), index), column_at(value, index))
            for index, name in enumerate(names, start)
        ]
    if container is None:
        if not count_of_items(value):
            return []
        pairs = items_of(value, start, most)
        return [(_step("item", label(n), i), v) for i, (n, v) in enumerate(pairs, start)]
    items = first_of(value, start, most)
    if container is dict:
        return [(_step("key", label(n), i), v) for i, (n, v) in enumerate(items, start)]
    if container in (set, frozenset):
        return [(_step("key", label(v), i), v) for i, v in enumerate(items, start)]
    fields = defined(type(value), "_fields") if container is tuple else None
    named = dict(enumerate(fields)) if type(fields) is tuple else {}
    return [
        (_step("item", named[i] if type(named.get(i)) is str else str(i), i), item)
        for i, item in enumerate(items, start)
    ]


def _step(kind: str, name: str, index: int) -> Dict:
    return {"kind": kind, "name": name, "index": index}


def _title(column: Any) -> str:
    return column[:MOST_CHARACTERS] if type(column) is str else label(column)


def label(key: Any) -> str:
    """How a key is written: as a preview of it, or its type and its identity."""
    return preview(key) or f"<{name_of(type(key))} at {id(key):#x}>"


def _attributes(value: Any) -> list[tuple[str, Any]]:
    """Names and values that an instance, a module or a class holds itself."""
    if issubclass(type(value), type):
        own = dict(class_dict(value))
        return [(n, v) for n, v in own.items() if type(n) is str and n not in _OF_CLASS]
    if issubclass(type(value), types.FunctionType):
        return []
    found = own_attributes(value).copy()
    if shape_of(value) is not None:  # of an array or a table they are its package's
        return []
    is_module = issubclass(type(value), types.ModuleType)
    named = [(n, v) for n, v in found.items() if type(n) is str]
    if is_module:
        return [(n, v) for n, v in named if not n.startswith("__")]
    return named + list(slots_of(value))


class Places:
    """Where children of one value are, while paths are followed through it: what is asked of the
    value is asked once."""

    def __init__(self, value: Any):
        self._value = value
        self._attributes: dict[str, tuple[int, Any]] | None = None
        self._items = 0
        self._found: dict[tuple[str, str, int], tuple[int, Any]] = {}

    def locate(self, step: Dict) -> tuple[int, Any]:
        """The place and the value of the child that a step leads to; -1 and `missing` if there is
        none (any more). A key is looked for by its text if it is no longer where it was."""
        key = step["kind"], step["name"], step["index"]
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._locate(step)
        return found

    def _locate(self, step: Dict) -> tuple[int, Any]:
        value, attributes = self._value, self._attributes
        if attributes is None:
            pairs = _attributes(value)
            attributes = self._attributes = {n: (k, v) for k, (n, v) in enumerate(pairs)}
            self._items = count(value) - len(pairs)
        name, index = step["name"], step["index"]
        if step["kind"] == "attribute":
            return attributes.get(name, (-1, missing))
        if 0 <= index < self._items:
            for found_step, found in _items(value, index, 1):
                if found_step["kind"] == step["kind"] and found_step["name"] == name:
                    return len(attributes) + index, found
        if step["kind"] in ("key", "column"):
            return _look_for(value, step, self._items, len(attributes))
        return -1, missing


# A key that has moved is looked for among so many.
_MOST_SEARCHED = 10_000


def _look_for(value: Any, step: Dict, total: int, before: int) -> tuple[int, Any]:
    if step["kind"] == "column":
        names = columns_of(value, 0, _MOST_SEARCHED) or []
        for place, name in enumerate(names):
            if _title(name) == step["name"]:
                return before + place, column_at(value, place)
        return -1, missing
    for found_step, found in _items(value, 0, min(total, _MOST_SEARCHED)):
        if found_step["name"] == step["name"] and found_step["kind"] == "key":
            return before + found_step["index"], found
    return -1, missing
