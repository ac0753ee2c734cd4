"""A pretty printer that gives the same text as IPython's, for Pyodide, where there is no IPython.

`pretty(value)` agrees with IPython's text/plain formatter to the character: a test compares the two
on thousands of values. It also calls `_repr_pretty_(printer, cycle)` methods, with the `Printer`
of this module. It knows values, and nothing of displays or hosts.

The algorithm is that of Oppen, "Prettyprinting" (1980): text is written as it comes, with
breakpoints in between. When a line gets too long, the outermost group that still has a breakpoint
in the buffer is broken, at all of its breakpoints.
"""

from __future__ import annotations

import collections
import datetime
import inspect
import os
import re
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .value_layout import in_order

_WIDTH = 79
_MAX_ITEMS = 1000
_PLAIN_MODULES = (None, "__builtin__", "builtins", "exceptions")


class _Group:
    """A group: all of its breakpoints become line breaks, or none. `places`: how many of its
    breakpoints are in the buffer."""

    __slots__ = ("depth", "is_broken", "places")

    def __init__(self, depth: int):
        self.depth = depth
        self.is_broken = False
        self.places = 0


class _Place:
    """A breakpoint: becomes a line break, or the separator."""

    __slots__ = ("group", "indentation", "separator")

    def __init__(self, group: _Group, separator: str, indentation: int):
        self.group = group
        self.separator = separator
        self.indentation = indentation


class Layout:
    """Lays text with breakpoints out in lines of at most `max_width` characters, if it can. The
    methods have the names of IPython's printer, as `_repr_pretty_` methods call them."""

    def __init__(self, max_width: int = _WIDTH):
        self.max_width = max_width
        self.indentation = 0
        self._parts: list[str] = []
        # The column where the written text ends, and the buffer: text and breakpoints behind it of
        # which it is not known yet whether they become line breaks.
        self._column = 0
        self._waiting: deque[str | _Place] = deque()
        self._waiting_width = 0
        root = _Group(0)
        self._groups = [root]
        # The groups that may still be broken, by depth.
        self._unbroken: list[list[_Group]] = [[root]]

    def text(self, text: str) -> None:
        """Add text that contains no breakpoint."""
        if self._waiting:
            self._waiting.append(text)
            self._waiting_width += len(text)
            self._fit()
        else:
            self._parts.append(text)
            self._column += len(text)

    def breakable(self, sep: str = " ") -> None:
        """Add a breakpoint, which is `sep` if the line is not broken there."""
        group = self._groups[-1]
        if group.is_broken:
            self._new_line()
        else:
            group.places += 1
            self._waiting.append(_Place(group, sep, self.indentation))
            self._waiting_width += len(sep)
            self._fit()

    def break_(self) -> None:
        """Add a line break, and break the outermost group that has a breakpoint in the buffer."""
        group = self._outermost()
        if group is not None:
            self._break(group)
        self._new_line()

    def begin_group(self, indent: int = 0, open: str = "") -> None:
        """Begin a group, whose lines are indented by `indent` more columns; `open` comes first."""
        if open:
            self.text(open)
        group = _Group(self._groups[-1].depth + 1)
        self._groups.append(group)
        while len(self._unbroken) <= group.depth:
            self._unbroken.append([])
        self._unbroken[group.depth].append(group)
        self.indentation += indent

    def end_group(self, dedent: int = 0, close: str = "") -> None:
        """End the group: `dedent` columns less, then `close`."""
        self.indentation -= dedent
        group = self._groups.pop()
        if not group.places:
            self._forget(group)
        if close:
            self.text(close)

    @contextmanager
    def group(self, indent: int = 0, open: str = "", close: str = "") -> Iterator[None]:
        """`begin_group` and `end_group` as a context manager."""
        self.begin_group(indent, open)
        try:
            yield
        finally:
            self.end_group(indent, close)

    @contextmanager
    def indent(self, indent: int) -> Iterator[None]:
        """Indent the lines that begin within a `with` block by more columns."""
        self.indentation += indent
        try:
            yield
        finally:
            self.indentation -= indent

    def flush(self) -> None:
        """Write what is in the buffer."""
        while self._waiting:
            self._write(self._waiting.popleft())
        self._waiting_width = 0

    def result(self) -> str:
        """The whole text."""
        self.flush()
        return "".join(self._parts)

    def _fit(self) -> None:
        while self._column + self._waiting_width > self.max_width:
            group = self._outermost()
            if group is None:
                return
            self._break(group)

    def _outermost(self) -> _Group | None:
        """Take the outermost group with a breakpoint in the buffer. Groups around it count as
        broken from now on, so that their further breakpoints become line breaks."""
        for groups in self._unbroken:
            for index, group in enumerate(reversed(groups)):
                if group.places:
                    # A fault of IPython's, repeated for the same result: the index counts from the
                    # end, so that another group is deleted if there are several at this depth.
                    del groups[index]
                    group.is_broken = True
                    return group
            for group in groups:
                group.is_broken = True
            groups.clear()
        return None

    def _break(self, group: _Group) -> None:
        while self._waiting and (group.places or isinstance(self._waiting[0], str)):
            part = self._waiting.popleft()
            self._waiting_width -= len(part if isinstance(part, str) else part.separator)
            self._write(part)

    def _write(self, part: str | _Place) -> None:
        if isinstance(part, str):
            self._parts.append(part)
            self._column += len(part)
            return
        group = part.group
        group.places -= 1
        if group.is_broken:
            self._parts.append("\n" + " " * part.indentation)
            self._column = part.indentation
        else:
            if not group.places:
                self._forget(group)
            self._parts.append(part.separator)
            self._column += len(part.separator)

    def _new_line(self) -> None:
        self.flush()
        self._parts.append("\n" + " " * self.indentation)
        self._column = self.indentation

    def _forget(self, group: _Group) -> None:
        groups = self._unbroken[group.depth]
        if group in groups:
            groups.remove(group)


class Printer(Layout):
    """Writes any value; the first argument of `_repr_pretty_` methods."""

    verbose = False

    def __init__(self, max_width: int = _WIDTH, max_seq_length: int = _MAX_ITEMS):
        super().__init__(max_width)
        self.max_seq_length = max_seq_length
        self.stack: list[int] = []

    def pretty(self, value: Any) -> None:
        """Add a value."""
        identity = id(value)
        cycle = identity in self.stack
        self.stack.append(identity)
        self.begin_group()
        try:
            _find_writer(value)(value, self, cycle)
        finally:
            self.end_group()
            self.stack.pop()

    def items(self, values: Iterable[Any], write: Callable[[Any], None]) -> None:
        """Add values with commas between them; "..." after `max_seq_length` of them."""
        for count, value in enumerate(values):
            if count:
                self.text(",")
                self.breakable()
            if self.max_seq_length and count >= self.max_seq_length:
                self.text("...")
                return
            write(value)

    def call(
        self, name: str, arguments: Iterable[Any], named: dict[str, Any] | None = None
    ) -> None:
        """Add a call: `name(argument, key=argument)`."""

        def write(item: tuple[str, Any]) -> None:
            key, argument = item
            if not key:
                self._argument(argument)
            else:
                with self.group(len(key) + 1, f"{key}="):
                    self._argument(argument)

        pairs = [("", argument) for argument in arguments]
        with self.group(), self.group(len(name) + 1, f"{name}(", ")"):
            for count, pair in enumerate([*pairs, *(named or {}).items()]):
                if count:
                    self.text(",")
                    self.breakable()
                write(pair)

    def _argument(self, argument: Any) -> None:
        if isinstance(argument, _Raw):
            with self.group():
                self.text(argument.text)
        else:
            self.pretty(argument)


class _Raw:
    """An argument of a call that is added as this text."""

    def __init__(self, text: str):
        self.text = text


_Writer = Callable[[Any, Printer, bool], None]


def pretty(value: Any, width: int = _WIDTH) -> str:
    """The text of a value, as IPython formats it. Raises what a `__repr__` of the user's raises."""
    printer = Printer(width)
    printer.pretty(value)
    return printer.result()


def _find_writer(value: Any) -> _Writer:
    kind = _attribute(value, "__class__") or type(value)
    if value is None or value is True or value is False or value is ... or value is NotImplemented:
        return _write_repr
    for cls in getattr(kind, "__mro__", (kind,)):
        writer = _WRITERS.get(cls)
        if writer is not None:
            return writer
        if "_repr_pretty_" in cls.__dict__:
            method = cls._repr_pretty_
            if callable(method):
                return method  # type: ignore[no-any-return]
        if (
            cls is not object
            and "__repr__" in cls.__dict__
            and callable(_attribute(cls, "__repr__"))
        ):
            return _write_repr
    return _write_object


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:
        return None  # a property of the user's raises


def _write_repr(value: Any, p: Printer, cycle: bool) -> None:
    with p.group():
        for count, line in enumerate(repr(value).splitlines()):
            if count:
                p.break_()
            p.text(line)


def _write_object(value: Any, p: Printer, cycle: bool) -> None:
    kind = _attribute(value, "__class__") or type(value)
    if _attribute(kind, "__repr__") is not object.__repr__:
        return _write_repr(value, p, cycle)
    with p.group(1, "<", ">"):
        p.pretty(kind)
        p.text(f" at 0x{id(value):x}")
        if cycle:
            p.text(" ...")


def _write_sequence(start: str, end: str) -> _Writer:
    def write(value: Any, p: Printer, cycle: bool) -> None:
        if cycle:
            return p.text(f"{start}...{end}")
        with p.group(len(start), start, end):
            p.items(value, p.pretty)
            if len(value) == 1 and isinstance(value, tuple):
                p.text(",")

    return write


def _write_set(start: str, end: str) -> _Writer:
    def write(value: Any, p: Printer, cycle: bool) -> None:
        if cycle:
            return p.text(f"{start}...{end}")
        if not value:
            return p.text(f"{type(value).__name__}()")
        few = not p.max_seq_length or len(value) < p.max_seq_length
        with p.group(len(start), start, end):
            p.items(in_order(value) if few else value, p.pretty)

    return write


def _write_mapping(start: str, end: str) -> _Writer:
    def write(value: Any, p: Printer, cycle: bool) -> None:
        if cycle:
            return p.text("{...}")

        def write_item(key: Any) -> None:
            p.pretty(key)
            p.text(": ")
            p.pretty(value[key])

        with p.group(len(start), start, end):
            p.items(value.keys(), write_item)

    return write


def _write_super(value: Any, p: Printer, cycle: bool) -> None:
    with p.group(8, "<super: ", ">"):
        p.pretty(value.__thisclass__)
        p.text(",")
        p.breakable()
        p.pretty(value.__self__)


def _write_pattern(value: Any, p: Printer, cycle: bool) -> None:
    pattern = "r" + repr(value.pattern).replace("\\\\", "\\")
    names = ("IGNORECASE", "LOCALE", "MULTILINE", "DOTALL", "UNICODE", "VERBOSE", "DEBUG")
    flags = "|".join(f"re.{name}" for name in names if value.flags & getattr(re, name))
    p.call("re.compile", [_Raw(pattern), _Raw(flags)] if value.flags else [_Raw(pattern)])


def _write_class(value: Any, p: Printer, cycle: bool) -> None:
    if next(cls for cls in type(value).__mro__ if "__repr__" in vars(cls)) is not type:
        return _write_repr(value, p, cycle)
    module = _attribute(value, "__module__")
    name = _attribute(value, "__qualname__")
    if not isinstance(name, str):
        name = value.__name__
    p.text(name if module in _PLAIN_MODULES else f"{module}.{name}")


def _write_function(value: Any, p: Printer, cycle: bool) -> None:
    name = _attribute(value, "__qualname__") or value.__name__
    module = value.__module__
    if module and module not in _PLAIN_MODULES:
        name = f"{module}.{name}"
    with suppress(ValueError):  # a builtin without a signature
        name += str(_signature(value))
    p.text(f"<function {name}>")


def _signature(value: Any) -> inspect.Signature:
    if sys.version_info >= (3, 14):
        import annotationlib

        return inspect.signature(value, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(value)


def _write_exception(value: Any, p: Printer, cycle: bool) -> None:
    kind = value.__class__
    name = getattr(kind, "__qualname__", kind.__name__)
    if kind.__module__ not in ("exceptions", "builtins"):
        name = f"{kind.__module__}.{name}"
    p.call(name, getattr(value, "args", ()))


def _write_namespace(value: Any, p: Printer, cycle: bool) -> None:
    if cycle:
        p.call("namespace", [_Raw("...")])
    else:
        p.call("namespace", [], vars(value))


def _write_call(arguments: Callable[[Any], tuple[Any, ...]]) -> _Writer:
    """A writer that writes a value as a call of its class with these arguments."""

    def write(value: Any, p: Printer, cycle: bool) -> None:
        p.call(type(value).__name__, [_Raw("...")] if cycle else arguments(value))

    return write


def _write_deque(value: Any, p: Printer, cycle: bool) -> None:
    named = {} if cycle or value.maxlen is None else {"maxlen": value.maxlen}
    p.call(type(value).__name__, [_Raw("...")] if cycle else [list(value)], named)


_WRITERS: dict[type, _Writer] = {
    **dict.fromkeys(
        (
            int,
            float,
            str,
            bytes,
            range,
            slice,
            types.MethodType,
            datetime.datetime,
            datetime.timedelta,
        ),
        _write_repr,
    ),
    tuple: _write_sequence("(", ")"),
    list: _write_sequence("[", "]"),
    dict: _write_mapping("{", "}"),
    set: _write_set("{", "}"),
    frozenset: _write_set("frozenset({", "})"),
    type(os.environ): _write_mapping("environ{", "}"),
    types.MappingProxyType: _write_mapping("mappingproxy({", "})"),
    super: _write_super,
    re.Pattern: _write_pattern,
    type: _write_class,
    types.FunctionType: _write_function,
    types.BuiltinFunctionType: _write_function,
    types.SimpleNamespace: _write_namespace,
    BaseException: _write_exception,
    collections.defaultdict: _write_call(lambda value: (value.default_factory, dict(value))),
    collections.OrderedDict: _write_call(lambda value: (list(value.items()),) if value else ()),
    collections.Counter: _write_call(lambda value: (dict(value.most_common()),) if value else ()),
    collections.UserList: _write_call(lambda value: (value.data,)),
    collections.deque: _write_deque,
}
