"""One top-level statement of a script: its place, its source and its code."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Sequence
from types import CodeType
from typing import Any

from . import source_cache
from .names import NO_NAMES, Names

# A semicolon at the end of the line, which hides the value of the statement before it.
_HIDES = re.compile(r"[ \t\f]*;[ \t\f]*(#|$)")
# What becomes of the value of a statement: nothing, a result, a result with markdown.
HIDDEN, VALUE, TEXT = range(3)
# A warning of the compiler, as the arguments of `warnings.showwarning`: message, category, file
# name, line.
Noted = tuple[Any, type[Warning], str, int]


class Statement:
    """One top-level statement. `shows` is HIDDEN, VALUE or TEXT; the lines count from 1."""

    __slots__ = (
        "annotates",
        "awaits",
        "codes",
        "is_docstring",
        "is_expr",
        "line_end",
        "line_start",
        "names",
        "node_index",
        "noted",
        "refusal",
        "shows",
        "source",
    )

    def __init__(
        self,
        node_index: int,
        line_start: int,
        line_end: int,
        source: str,
        is_expr: bool = False,
    ):
        self.node_index = node_index
        self.line_start = line_start
        self.line_end = line_end
        self.source = source
        self.is_expr = is_expr
        self.is_docstring = False
        self.annotates = False
        self.awaits = False
        self.shows = HIDDEN
        # One code object, or several if a program has sent code of several statements as one.
        self.codes: tuple[CodeType, ...] = ()
        # The error of a line of IPython's syntax, which cannot run while the others can.
        self.refusal: SyntaxError | None = None
        # The globals that it reads and those that it binds: see `names.py`.
        self.names: Names = NO_NAMES
        # The compiler's warnings about its lines.
        self.noted: list[Noted] = []

    def compile(self, node: ast.stmt, path: str, flags: int) -> None:
        """Add the code object of a node; `eval` of it returns the value if it is an expression.

        Raises what the compiler raises: see `REFUSALS`.
        """
        if isinstance(node, ast.Expr):
            code: CodeType = compile(ast.Expression(node.value), path, "eval", flags, True)
        else:
            code = compile(ast.Module([node], []), path, "exec", flags, True)
            self.annotates = isinstance(node, ast.AnnAssign)
        if code.co_filename is not path:
            source_cache.name_anew(code, path)
        self.codes += (code,)
        if code.co_flags & inspect.CO_COROUTINE:
            self.awaits = True


def find_span(node: ast.stmt, lines: Sequence[str]) -> tuple[int, int]:
    """The first and the last line of a statement, its decorators included."""
    start = node.lineno
    for decorator in getattr(node, "decorator_list", ()):
        start = min(start, decorator.lineno)
    if start < node.lineno:
        while start > 1 and not lines[start - 1].lstrip().startswith("@"):
            start -= 1  # a backslash may separate `@` and its expression into two lines
    return start, node.end_lineno or node.lineno


def segment(node: ast.stmt, lines: Sequence[str], start: int) -> str:
    """The exact text of a statement, its decorators included."""
    end = (node.end_lineno or node.lineno) - 1
    first = 0 if start < node.lineno else node.col_offset
    last = node.end_col_offset or 0
    if start - 1 == end:
        return _cut(lines[end], first, last)
    parts = [
        _cut(lines[start - 1], first, None),
        *lines[start:end],
        _cut(lines[end], 0, last),
    ]
    return "\n".join(parts)


def _cut(line: str, first: int, last: int | None) -> str:
    """The part of a line between two columns, which count bytes of UTF-8."""
    return line[first:last] if line.isascii() else line.encode()[first:last].decode()


def describe(statement: Statement, node: ast.stmt, lines: Sequence[str], first: bool) -> None:
    """Set whether a statement is an expression or a docstring, and what becomes of its value."""
    if not isinstance(node, ast.Expr):
        return
    statement.is_expr = True
    value = node.value
    is_string = isinstance(value, ast.Constant) and isinstance(value.value, str)
    statement.is_docstring = first and is_string
    rest = _cut(lines[(node.end_lineno or 1) - 1], node.end_col_offset or 0, None)
    if not _HIDES.match(rest):
        statement.shows = TEXT if is_string or isinstance(value, ast.JoinedStr) else VALUE
