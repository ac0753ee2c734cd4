"""One line of text about any value, without a call of the user's code: what builtin types hold, of
instances what they hold themselves, and of arrays and tables their first items.

The cost is that of what is written, never that of the value: of a list the first items are read.
"""

from __future__ import annotations

import collections
import itertools
import types
from collections.abc import Iterable
from typing import Any

from .introspect_class import (
    defined,
    ids,
    is_class_of,
    mro_of,
    name_of,
    own_attributes,
    package_of,
    slots_of,
)
from .introspect_tables import columns_of, first_values, is_of_package, scalar_of

MOST_CHARACTERS = 120
_MOST_ITEMS = 20
_MOST_DEPTH = 3
# An int of more digits takes long to write, and Python refuses it.
_MOST_BITS = 2_000
_PLAIN = ids(float, bool, complex, type(None), type(...), type(NotImplemented), range)
_STRINGS = ids(str, bytes, bytearray)
# Classes of the standard library of which `repr` asks nothing but themselves, by package.
_STANDARD = {
    "datetime": ("date", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "pathlib": ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"),
    "uuid": ("UUID",),
    "re": ("Pattern",),
    "zoneinfo": ("ZoneInfo",),
}
_BRACKETS: dict[type, str] = {
    list: "[]",
    tuple: "()",
    set: "{}",
    frozenset: "{}",
    collections.deque: "[]",
}
_CONTAINERS = (*_BRACKETS, dict)
_IS_CONTAINER = ids(*_CONTAINERS)
_LENGTH: dict[int, Any] = {
    id(kind): vars(kind)["__len__"]
    for kind in (*_CONTAINERS, str, bytes, bytearray, range, memoryview)
}
_ARGS = vars(BaseException)["args"]


def container_of(value: Any) -> type | None:
    """The builtin container that the value is, or whose items its class inherits; None if none."""
    for each in mro_of(type(value)):
        if id(each) in _IS_CONTAINER:
            return each
    return None


def length_of(value: Any) -> int | None:
    """The length of a builtin container or string, or of an instance of a class derived from one,
    as that stores it; None for others. No `__len__` of the user's is called."""
    for each in mro_of(type(value)):
        if id(each) in _LENGTH:
            try:
                found: int = _LENGTH[id(each)](value)
            except (TypeError, OverflowError, ValueError):  # a released view, a huge range
                return None
            return found
    return None


def first_of(values: Any, start: int, count: int) -> list[Any]:
    """Items of a builtin container by their places; of a dict, pairs. At once: another thread
    changes nothing meanwhile."""
    kind = container_of(values)
    if kind is list:
        found: list[Any] = list.__getitem__(values, slice(start, start + count))
        return found
    if kind is tuple:
        return list(tuple.__getitem__(values, slice(start, start + count)))
    while True:
        iterator = iter(dict.items(values)) if kind is dict else vars(kind)["__iter__"](values)
        try:
            return list(itertools.islice(iterator, start, start + count))
        except RuntimeError:  # changed meanwhile, as it may be without the GIL: once more
            continue


def preview(value: Any, most: int = MOST_CHARACTERS) -> str:
    """A text of at most `most` characters, in one line; "" where there is nothing to say."""
    text = _write(value, most, _MOST_DEPTH)
    if "\n" in text or "\r" in text:
        text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _write(value: Any, most: int, depth: int) -> str:
    kind = type(value)
    if id(kind) in _PLAIN or _is_standard(kind):
        return repr(value)
    if kind is int:
        return _write_int(value)
    if id(kind) in _STRINGS:
        # One more than fits, so that the cut is seen.
        return repr(value if len(value) <= most else value[: most + 1])
    if is_class_of(kind, "datetime", ("datetime", "time")):
        # With a time zone `repr` asks that.
        return repr(value) if _is_known_zone(value.tzinfo) else ""
    if issubclass(kind, type):
        return f"class {name_of(value)}"
    if issubclass(kind, types.ModuleType):
        return _write_module(value)
    if issubclass(kind, BaseException):
        return _write_items(_ARGS.__get__(value, kind), "()", most, depth)
    if kind is types.FunctionType:
        return _write_function(value)
    if kind is types.BuiltinFunctionType:
        return f"{value.__name__}()"
    if (text := _write_enum(value)) or (text := _write_array(value, most, depth)):
        return text
    if text := _write_derived(value, most):
        return text
    container = container_of(value)
    if container is not None and depth:
        return _write_container(value, container, most, depth)
    return "…" if container is not None else _write_instance(value, most, depth)


def _write_int(value: int) -> str:
    return repr(value) if value.bit_length() <= _MOST_BITS else f"int of {value.bit_length()} bits"


def _is_known_zone(zone: Any) -> bool:
    return zone is None or _is_standard(type(zone))


def _is_standard(kind: type) -> bool:
    package = package_of(kind)
    return package in _STANDARD and is_class_of(kind, package, _STANDARD[package])


def _write_module(module: Any) -> str:
    file = own_attributes(module).get("__file__")
    return file if type(file) is str else ""


def _write_function(function: types.FunctionType) -> str:
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    return f"{function.__name__}({', '.join(code.co_varnames[:count])})"


def _write_enum(value: Any) -> str:
    if not any(is_class_of(each, "enum", ("Enum",)) for each in mro_of(type(value))):
        return ""
    name = own_attributes(value).get("_name_")
    return f"{name_of(type(value))}.{name}" if type(name) is str else ""


def _write_derived(value: Any, most: int) -> str:
    """Of a class that is derived from one of the plain types, what it holds of that."""
    bases = mro_of(type(value))
    if any(each is int for each in bases):
        return _write_int(int.__pos__(value))
    if any(each is float for each in bases):
        return float.__repr__(value)
    if any(each is str for each in bases):
        return repr(str.__getitem__(value, slice(0, most + 1)))
    return ""


def _write_container(value: Any, container: type, most: int, depth: int) -> str:
    length = length_of(value) or 0
    if container is dict:
        pairs = first_of(value, 0, _MOST_ITEMS)
        return _joined((_pair(key, item, most, depth) for key, item in pairs), length, "{}", most)
    fields = defined(type(value), "_fields")
    items = first_of(value, 0, _MOST_ITEMS)
    if container is tuple and type(fields) is tuple and len(fields) == length:
        return _write_fields(zip(fields, items, strict=False), length, most, depth)
    if not length and container in (set, frozenset):
        return "set()"
    return _write_items(items, _BRACKETS[container], most, depth, length)


def _pair(key: Any, item: Any, most: int, depth: int) -> str:
    return f"{_write(key, most, depth - 1)}: {_write(item, most, depth - 1) or _kind(item)}"


def _kind(value: Any) -> str:
    return name_of(type(value))


def _write_items(
    items: Iterable[Any], brackets: str, most: int, depth: int, length: int | None = None
) -> str:
    items = list(items)
    texts = (_write(item, most, depth - 1) or _kind(item) for item in items)
    return _joined(texts, len(items) if length is None else length, brackets, most)


def _write_fields(fields: Iterable[tuple[Any, Any]], count: int, most: int, depth: int) -> str:
    texts = (
        f"{name}={_write(item, most, depth - 1) or _kind(item)}"
        for name, item in fields
        if type(name) is str
    )
    return _joined(texts, count, "()", most)


def _joined(texts: Iterable[str], count: int, brackets: str, most: int) -> str:
    """As many of the texts as fit; they are not made before it is known that they do."""
    written: list[str] = []
    room = most
    for text in texts:
        written.append(text)
        room -= len(text) + 2
        if room < 0:
            break
    if len(written) < count:
        written.append("…")
    comma = "," if brackets == "()" and count == 1 and "=" not in written[0] else ""
    return f"{brackets[:1]}{', '.join(written)}{comma}{brackets[1:]}"


def _write_instance(value: Any, most: int, depth: int) -> str:
    """What an instance holds in attributes, those that are public."""
    if not depth or package_of(type(value)) in ("builtins", "_io", "types"):
        return ""
    own = [*own_attributes(value).copy().items(), *slots_of(value)][: 10 * _MOST_ITEMS]
    public = [(n, each) for n, each in own if type(n) is str and not n.startswith("_")]
    return _write_fields(public[:_MOST_ITEMS], len(public), most, depth) if public else ""


def _write_array(value: Any, most: int, depth: int) -> str:
    if not is_of_package(value):
        return ""
    if (columns := columns_of(value, 0, _MOST_ITEMS)) is not None:
        texts = (each if type(each) is str else _write(each, most, 1) for each in columns)
        return _joined(texts, value.shape[1], "", most)
    if (scalar := scalar_of(value)) is not None:
        return _write(scalar, most, depth)
    values = first_values(value, _MOST_ITEMS)
    if values is None:
        return ""
    return _write_items(values[0], "[]", most, depth, values[1]) if depth else "…"
