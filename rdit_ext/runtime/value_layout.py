"""The text of containers, laid out for lines of a given width.

- What fits into the rest of the line stays on it.
- A sequence or set of short items fills lines, in columns: of numbers at their right, of other
  items at their left. An item that is wider than a column takes several. Short items are those that
  are no containers, and tuples of up to four such. Where the columns would take much more room than
  the items, and in texts of about two lines, which have nothing to align, items follow each other
  without columns; where fewer than three fit into a line, each has a line of its own.
- Any other container has an item a line: a dict by its keys, a list of lists by its rows.

Without its line breaks and indentation the text is that of IPython's pretty printer: a test
compares the two. Each item is formatted once, and the time is linear in their number.
"""

from __future__ import annotations

import collections
import types
import unicodedata
from collections.abc import Callable, Container, Iterable
from typing import Any

# Builtin types whose text is their `repr`.
SCALARS = frozenset((int, float, bool, complex, str, bytes, type(None)))
_NUMBERS = frozenset((int, float))
# Methods by which a class shows its values in its own way.
_METHODS = ("_repr_pretty_", "_repr_mimebundle_", "_ipython_display_")
# A tuple of at most as many scalars stands among other short items.
_SHORT_TUPLE = 4
# Columns may take as much more room than the items themselves.
_LOOSE = 1.6
# The room that a value gets at least, however far it is indented.
_LEAST_ROOM = 20

Leaf = Callable[[Any], str]


class _Node:
    """A container: the texts of its items, or the nodes of those that are containers.

    `flat`: the length of its text in one line; None if an item has several lines.
    """

    __slots__ = ("close", "flat", "is_numeric", "is_short", "items", "keys", "open")

    def __init__(
        self,
        open: str,
        close: str,
        items: list[str | _Node],
        keys: list[str] | None = None,
        is_numeric: bool = False,
    ):
        self.open = open
        self.close = close
        self.items = items
        self.keys = keys
        self.is_numeric = is_numeric
        self.is_short = False
        length = len(open) + len(close) + 2 * max(0, len(items) - 1)
        for item in items:
            if isinstance(item, str):
                if "\n" in item:
                    break
                length += len(item)
            elif item.flat is None:
                break
            else:
                length += item.flat
        else:
            if not any("\n" in key for key in keys or ()):
                self.flat: int | None = length + sum(len(key) + 2 for key in keys or ())
                return
        self.flat = None


def write_container(
    value: Any,
    width: int,
    leaf: Leaf,
    most: int = 1000,
    printers: Container[type] = frozenset(),
) -> str | None:
    """The text of a container of Python's in lines of `width` characters; None for other values,
    and for those of classes that print themselves.

    `leaf` writes what is no such container; `most`: how many items of one are written, all if 0;
    `printers`: subclasses of containers that `leaf` writes too.
    """
    node = _Builder(leaf, most, printers).node(value)
    if node is None:
        return None
    writer = _Writer(width)
    writer.write(node, 0, 0)
    return "".join(writer.out)


def length_of(value: Any, text: str) -> dict[str, Any]:
    """Metadata of a container's text that takes several lines: its type and its length, which the
    text itself does not tell."""
    if "\n" not in text or type(value) not in CONTAINERS:
        return {}
    return {"text/plain": {"type": type(value).__name__, "length": len(value)}}


class _Builder:
    """Makes the nodes of containers, and formats what is in them."""

    def __init__(self, leaf: Leaf, most: int, printers: Container[type]):
        self._leaf = leaf
        self.most = most
        self._printers = printers
        self._stack: list[int] = []

    def node(self, value: Any) -> _Node | None:
        """The node of a container; None if it is none, or prints itself."""
        kind = type(value)
        make = _EXACT.get(kind)
        if make is None:
            try:
                make = _BY_REPR.get(kind.__repr__)
                if make is None or any(hasattr(kind, name) for name in _METHODS):
                    return None
                if any(each in self._printers for each in kind.__mro__ if each not in CONTAINERS):
                    return None
            except Exception:
                return None  # a metaclass of the user's raises, or the method cannot be hashed
        cycle = id(value) in self._stack
        self._stack.append(id(value))
        try:
            return make(self, value, cycle)
        finally:
            self._stack.pop()

    def item(self, value: Any) -> str | _Node:
        """The text of an item, or its node."""
        if type(value) in SCALARS:
            return repr(value)
        node = self.node(value)
        return self._leaf(value) if node is None else node

    def sequence(self, open: str, close: str, values: Iterable[Any]) -> _Node:
        """The node of a list, a tuple or a set."""
        items: list[str | _Node] = []
        kinds = set()
        for value in values:
            if self.most and len(items) >= self.most:
                items.append("...")
                break
            kinds.add(type(value))
            items.append(self.item(value))
        return _Node(open, close, items, None, bool(kinds) and kinds <= _NUMBERS)

    def mapping(self, open: str, close: str, value: Any) -> _Node:
        """The node of a mapping."""
        items: list[str | _Node] = []
        keys: list[str] = []
        for key in value.keys():  # noqa: SIM118 - as IPython does, of a class of the user's
            if self.most and len(items) >= self.most:
                # Without a key, as the last item has none.
                items.append("...")
                break
            made = self.item(key)
            keys.append(made if isinstance(made, str) else _flat_text(made))
            items.append(self.item(value[key]))
        return _Node(open, close, items, keys)


class _Writer:
    """Lays nodes out in lines."""

    def __init__(self, width: int):
        self._width = width
        self.out: list[str] = []

    def write(self, node: _Node, column: int, after: int) -> None:
        """Write a node that begins at this column, with `after` characters behind it in its last
        line."""
        room = max(self._width - column, _LEAST_ROOM) - after
        if not node.items or (node.flat is not None and node.flat <= room):
            self.out.append(_flat_text(node))
            return
        self.out.append(node.open)
        inner = column + len(node.open)
        after += len(node.close)
        texts = None if node.keys is not None else _short_texts(node.items)
        rows = None
        if texts is not None:
            room = max(self._width - inner, _LEAST_ROOM) - max(0, after - 1)
            rows = _rows(texts, room, node.is_numeric)
        if rows is not None:
            self.out.append(("\n" + " " * inner).join(rows))
        else:
            self._one_a_line(node, inner, after)
        self.out.append(node.close)

    def _one_a_line(self, node: _Node, column: int, after: int) -> None:
        separator = ",\n" + " " * column
        last = len(node.items) - 1
        keys = node.keys or ()
        for index, item in enumerate(node.items):
            if index:
                self.out.append(separator)
            at, behind = column, after if index == last else 1
            if index < len(keys):
                key = keys[index]
                self.out.append(f"{_indented(key, column)}: ")
                at += len(key) - key.rfind("\n") + 1
                is_high = isinstance(item, _Node) and (
                    item.flat is None or item.flat > self._width - at - behind
                )
                if is_high and 2 * at > self._width + column:
                    # Little room behind the key: the value begins below it.
                    at = column + 2
                    self.out[-1] = self.out[-1][:-1] + "\n" + " " * at
            if isinstance(item, str):
                self.out.append(_indented(item, at))
            else:
                self.write(item, at, behind)


def _flat_text(node: _Node) -> str:
    texts = [item if isinstance(item, str) else _flat_text(item) for item in node.items]
    if node.keys is not None:
        keys = node.keys
        texts = [
            f"{keys[index]}: {text}" if index < len(keys) else text
            for index, text in enumerate(texts)
        ]
    return f"{node.open}{', '.join(texts)}{node.close}"


def _indented(text: str, column: int) -> str:
    return text.replace("\n", "\n" + " " * column) if "\n" in text else text


def _short_texts(items: list[str | _Node]) -> list[str] | None:
    """The texts of items that are all short; None if one is not."""
    texts = []
    for item in items:
        if isinstance(item, str):
            if "\n" in item:
                return None
            texts.append(item)
        elif item.is_short or not item.items:
            texts.append(_flat_text(item))
        else:
            return None
    return texts


def _rows(texts: list[str], room: int, is_numeric: bool) -> list[str] | None:
    """Lines of at most `room` characters, with the texts and commas between them, in columns if
    that suits them; None if fewer than three would be in a line."""
    # With a comma and a space behind.
    lengths = [_cells(text) + 2 for text in texts]
    needed = sum(lengths)
    if 3 * needed > (room + 1) * len(texts):
        return None
    longest = max(lengths)
    cell, spans = 1, lengths
    best = _LOOSE * needed
    # The widest column that all fit into, or else into two or three of it.
    for parts in (1, 2, 3) if is_numeric or needed > 2 * (room + 1) else ():
        width = -(-longest // parts)
        taken = [-(-length // width) for length in lengths]
        total = width * sum(taken)
        if total < best:
            # Narrower columns only where they save a good part.
            best, cell, spans = 0.8 * total, width, taken
    columns = (room + 1) // cell
    rows = []
    row: list[str] = []
    used = 0
    last = len(texts) - 1
    for index, (text, span) in enumerate(zip(texts, spans)):  # noqa: B905 - Python 3.9's
        if used + span > columns and row:
            rows.append("".join(row).rstrip())
            row, used = [], 0
        used += span
        blank = " " * (span * cell - lengths[index])
        comma = ", " if index < last else ""
        row.append(f"{blank}{text}{comma}" if is_numeric else f"{text}{comma}{blank}")
    rows.append("".join(row).rstrip())
    return rows


def _cells(text: str) -> int:
    """How many characters wide a text is shown: those of East Asia are two wide."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(each) in "WF" for each in text)


def in_order(values: Iterable[Any]) -> Iterable[Any]:
    """The values sorted as IPython sorts those of a set."""
    for key in (None, str):
        try:
            return sorted(values, key=key)
        except Exception:
            continue  # not comparable: sort by text; if that fails too, leave them as they come
    return values


_Make = Callable[[_Builder, Any, bool], _Node]


def _list(open: str, close: str) -> _Make:
    def make(builder: _Builder, value: Any, cycle: bool) -> _Node:
        return builder.sequence(open, close, value) if not cycle else _Node(open, close, ["..."])

    return make


def _tuple(builder: _Builder, value: Any, cycle: bool) -> _Node:
    if cycle:
        return _Node("(", ")", ["..."])
    node = builder.sequence("(", ",)" if len(value) == 1 else ")", value)
    node.is_short = len(value) <= _SHORT_TUPLE and all(
        isinstance(item, str) and "\n" not in item for item in node.items
    )
    return node


def _set(open: str, close: str) -> _Make:
    def make(builder: _Builder, value: Any, cycle: bool) -> _Node:
        if cycle:
            return _Node(open, close, ["..."])
        if len(value) == 0:
            return _Node(f"{type(value).__name__}(", ")", [])
        most = builder.most
        few = not most or len(value) < most
        return builder.sequence(open, close, in_order(value) if few else value)

    return make


def _mapping(open: str, close: str) -> _Make:
    def make(builder: _Builder, value: Any, cycle: bool) -> _Node:
        return _Node("{", "}", ["..."]) if cycle else builder.mapping(open, close, value)

    return make


def _deque(builder: _Builder, value: Any, cycle: bool) -> _Node:
    name = type(value).__name__
    if cycle:
        return _Node(f"{name}(", ")", ["..."])
    end = "" if value.maxlen is None else f", maxlen={value.maxlen}"
    return builder.sequence(f"{name}([", f"]{end})", value)


def _default_dict(builder: _Builder, value: Any, cycle: bool) -> _Node:
    name = type(value).__name__
    if cycle:
        return _Node(f"{name}(", ")", ["..."])
    made = builder.item(value.default_factory)
    factory = made if isinstance(made, str) else _flat_text(made)
    return builder.mapping(f"{name}({factory}, {{", "})", dict(value))


def _counter(builder: _Builder, value: Any, cycle: bool) -> _Node:
    name = type(value).__name__
    if cycle:
        return _Node(f"{name}(", ")", ["..."])
    if not value:
        return _Node(f"{name}(", ")", [])
    return builder.mapping(f"{name}({{", "})", dict(value.most_common()))


def _ordered_dict(builder: _Builder, value: Any, cycle: bool) -> _Node:
    name = type(value).__name__
    if cycle:
        return _Node(f"{name}(", ")", ["..."])
    if not value:
        return _Node(f"{name}(", ")", [])
    return builder.sequence(f"{name}([", "])", value.items())


def _view(builder: _Builder, value: Any, cycle: bool) -> _Node:
    name = type(value).__name__
    return _Node(f"{name}(", ")", ["..."]) if cycle else builder.sequence(f"{name}([", "])", value)


_EXACT: dict[type, _Make] = {
    list: _list("[", "]"),
    tuple: _tuple,
    set: _set("{", "}"),
    frozenset: _set("frozenset({", "})"),
    dict: _mapping("{", "}"),
    collections.deque: _deque,
    collections.defaultdict: _default_dict,
    collections.Counter: _counter,
    collections.OrderedDict: _ordered_dict,
    type({}.keys()): _view,
    type({}.values()): _view,
    type({}.items()): _view,
    types.MappingProxyType: _mapping("mappingproxy({", "})"),
}
CONTAINERS = frozenset(_EXACT)
# Of subclasses that print themselves as these do.
_BY_REPR: dict[Any, _Make] = {
    kind.__repr__: make for kind, make in _EXACT.items() if kind is not types.MappingProxyType
}
