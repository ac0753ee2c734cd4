"""The names of the namespace, and what is opened of their values, as one list of which a part is
answered: so that neither 10,000 names nor a list of a million cost more than what is on screen.

The list is a tree, level by level: below a name whose path is opened stand the children of its
value, below those that are opened theirs. Rows are described without a call of the user's code.
"""

from __future__ import annotations

import collections
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from . import introspect_children as children
from .introspect_class import ids
from .introspect_lookup import is_routine, missing
from .introspect_preview import length_of, preview
from .introspect_tables import bytes_of, is_of_package, shape_of
from .introspect_value import size_of, type_of

Dict = dict[str, Any]
Names = list[tuple[str, Any]]


# Of these `sys.getsizeof` asks nothing of the user's.
_MEASURED = ids(str, bytes, bytearray, list, tuple, dict, set, frozenset, collections.deque)


class Node:
    """A value that is opened: how many children it has, and which of these are opened."""

    def __init__(self, value: Any, path: list[Dict], total: int):
        self.value = value
        self.path = path
        self.total = total
        self.places = children.Places(value)
        # By place among the children.
        self.opened: dict[int, Node] = {}

    def size(self) -> int:
        """How many rows stand below it."""
        return self.total + sum(node.size() for node in self.opened.values())


class Root(Node):
    """The namespace, with the names as its children."""

    def __init__(self, names: Names):
        super().__init__(None, [], len(names))
        self.names = names


def variables(names: Names, params: Dict) -> Dict:
    """The result of the method `variables`."""
    shown = _sorted(_filtered(names, params), params)
    root = Root(shown)
    places = {name: place for place, (name, _) in enumerate(shown)}
    for path in sorted(params.get("opened", ()), key=len):
        _open(root, places, path)
    start = params.get("offset", 0)
    rows = _rows(root, start, params.get("limit", 2000), 0)
    return {"variables": list(rows), "total": root.size(), "names": len(names)}


def _open(root: Root, places: dict[str, int], path: list[Dict]) -> None:
    """Adds what is at the path to the tree, if it is there and what stands above it is opened."""
    node: Node = root
    for depth, step in enumerate(path):
        if depth == 0:
            place = places.get(step["name"], -1)
            value = root.names[place][1] if place >= 0 else missing
        else:
            place, value = node.places.locate(step)
        if value is missing:
            return
        below = node.opened.get(place)
        if below is None:
            if depth < len(path) - 1:
                return
            total = children.count(value)
            if total:
                node.opened[place] = Node(value, path, total)
            return
        node = below


def _rows(node: Node, start: int, limit: int, depth: int) -> Iterator[Dict]:
    """Rows `start` to `start + limit` of what stands below a node."""
    at = 0  # the row, counted from the first below the node
    place = 0
    end = start + limit
    for opened_place in sorted(node.opened):
        yield from _children(node, place, opened_place + 1, at, start, end, depth)
        at += opened_place + 1 - place
        place = opened_place + 1
        below = node.opened[opened_place]
        size = below.size()
        if at < end and at + size > start:
            first = max(0, start - at)
            yield from _rows(below, first, min(end - at, size) - first, depth + 1)
        at += size
        if at >= end:
            return
    yield from _children(node, place, node.total, at, start, end, depth)


def _children(
    node: Node, place: int, stop: int, at: int, start: int, end: int, depth: int
) -> Iterator[Dict]:
    """The rows of children `place` to `stop`, of which the first is row `at`, as far as they stand
    between the rows `start` and `end`."""
    first = place + max(0, start - at)
    last = min(stop, place + end - at)
    if first >= last:
        return
    if isinstance(node, Root):
        pairs = [({"kind": "name", "name": n}, v) for n, v in node.names[first:last]]
    else:
        pairs = children.page(node.value, first, last - first)
    for offset, (step, value) in enumerate(pairs):
        is_opened = first + offset in node.opened
        yield _row(step, value, node.path, depth, is_opened)


def _row(step: Dict, value: Any, above: list[Dict], depth: int, is_opened: bool) -> Dict:
    row: Dict = {
        "name": step["name"],
        "type": type_of(value),
        "value": preview(value),
        "size": size_of(value),
    }
    if depth:
        row["path"] = [*above, step]
        row["depth"] = depth
    if (size := memory_of(value)) is not None:
        row["bytes"] = size
    if is_opened:
        row["opened"] = row["opens"] = True
    elif children.count(value):
        row["opens"] = True
    return row


# ---- what is said of a value


def memory_of(value: Any) -> int | None:
    """Its size in bytes, without what it refers to; None if it cannot be known at once."""
    if id(type(value)) in _MEASURED:
        return sys.getsizeof(value)
    return bytes_of(value) if is_of_package(value) else None


# ---- which names, and in which order


def _filtered(names: Names, params: Dict) -> Names:
    words = params.get("words", "").lower().split()
    private, modules = params.get("private", False), params.get("modules", False)
    functions = params.get("functions", False)
    # By the identity of the type: its hash may be the user's.
    hidden: dict[int, bool] = {}
    found = []
    for name, value in names:
        kind = type(value)
        is_hidden = hidden.get(id(kind))
        if is_hidden is None:
            is_hidden = hidden[id(kind)] = (not modules and issubclass(kind, types.ModuleType)) or (
                not functions and (issubclass(kind, type) or is_routine(value))
            )
        if is_hidden or (name.startswith("_") and not private):
            continue
        if words:
            text = f"{name} {type_of(value)}".lower()
            if not all(word in text for word in words):
                continue
        found.append((name, value))
    return found


def _sorted(names: Names, params: Dict) -> Names:
    order = params.get("sort", "defined")
    if order != "defined":
        names = sorted(names, key=_by_name)
        if order != "name":
            names.sort(key=_ORDERS[order])  # those that are equal stay in the order of their names
    return names[::-1] if params.get("descending") else names


def _by_name(item: tuple[str, Any]) -> Any:
    return item[0].lower(), item[0]


def _by_type(item: tuple[str, Any]) -> Any:
    return type_of(item[1]).lower()


def _by_size(item: tuple[str, Any]) -> Any:
    value = item[1]
    shape = shape_of(value)
    length = None if is_of_package(value) else length_of(value)
    count = length if length is not None else -1
    if shape is not None:
        count = 1
        for each in shape:
            count *= each
    return count


def _by_bytes(item: tuple[str, Any]) -> Any:
    size = memory_of(item[1])
    return -1 if size is None else size


_ORDERS: dict[str, Callable[[tuple[str, Any]], Any]] = {
    "type": _by_type,
    "size": _by_size,
    "bytes": _by_bytes,
}
