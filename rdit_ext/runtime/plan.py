"""Parses and compiles a script into the statements of a run, each with its lines and code object.

This module knows Python's grammar and nothing of running. Every statement is compiled before any of
them runs, because some errors, such as a `return` at top level, are found by the compiler only, and
must prevent the run.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from . import source_cache
from .compile_warnings import hand_out, noting_warnings
from .facts_by_source import FactsBySource
from .script import Script, name_statements, split_lines
from .statement import Noted, Statement, describe
from .syntax_errors import REFUSALS, place_error
from .utf8 import clean

_last: Script | None = None
_facts = FactsBySource()


def plan_script(
    text: str,
    path: str,
    line_range: tuple[int, int] | None,
    only: Sequence[tuple[int, int]] = (),
) -> list[Statement]:
    """The compiled statements of a run, in order: those that overlap the range of lines, or all;
    of these only what overlaps one of the ranges `only`, if there are any.

    Raises:
        SyntaxError: with its line and text; one of these does not parse or compile.
    """
    global _last
    text = text[1:] if text.startswith("\ufeff") else text
    script = _last
    is_known = script is not None and script.text == text and not script.broken
    if script is None or not is_known:
        script = Script(text, _facts)
    with _collector_resting(), noting_warnings(path, script.noted):
        name = source_cache.remember(path, script.lines)
        if name is not script.name:
            # The file name is in the code objects, and in warnings: compile again.
            script.name, script.compiled = name, {}
            script.noted.clear()
        if not is_known:
            script.parse(path, line_range)
            _last = script
        return script.select(path, line_range, only)


def last_awaits() -> bool:
    """Whether any statement of the script that was planned last awaits at top level."""
    return _last is not None and _last.awaits


def broken_elsewhere() -> list[dict[str, Any]]:
    """The syntax errors, outside the lines that run, of the script that was planned last: dicts as
    in the `broken` of a `plan` event."""
    if _last is None:
        return []
    return [
        {
            "lineStart": start,
            "lineEnd": end,
            "line": error.lineno or start,
            "message": clean(error.msg or ""),
        }
        for start, end, error in _last.broken
    ]


def plan_statements(statements: Sequence[dict[str, Any]], path: str) -> list[Statement]:
    """Statements that a program sends one by one, compiled as if they stood at the lines it gives.

    Raises:
        SyntaxError: one of them does not parse or compile; it is the `statement` of the error.
    """
    lines: list[str] = []
    for sent in statements:
        code = split_lines(sent["code"])
        start = sent["lineStart"] - 1
        lines += [""] * (start + len(code) - len(lines))
        lines[start : start + len(code)] = code
    name = source_cache.remember(path, lines)
    planned = []
    nodes: list[list[ast.stmt]] = []
    noted: list[Noted] = []
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with _collector_resting(), noting_warnings(path, noted):
        for sent in statements:
            statement = Statement(
                sent["nodeIndex"], sent["lineStart"], sent["lineEnd"], sent["code"], sent["isExpr"]
            )
            script = Script("\n" * (statement.line_start - 1) + sent["code"])
            try:
                script.parse(path, None)
                flags |= script.flags
                nodes.append(script.nodes or [])
                for node in script.nodes or ():
                    if isinstance(node, ast.Pass) and node.lineno in script.foreign:
                        statement.refusal = script.foreign[node.lineno][1]
                        continue
                    statement.compile(node, name, flags)
                if script.nodes:
                    describe(statement, script.nodes[-1], script.lines, first=False)
                    statement.is_expr = sent["isExpr"]
            except REFUSALS as error:
                placed = place_error(error, script.lines, path, statement.line_start)
                placed.statement = statement  # type: ignore[attr-defined]
                raise placed from None
            planned.append(statement)
        name_statements(planned, nodes)
    hand_out(noted, planned)
    return planned


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Disable the garbage collector, which makes parsing a long script two to three times slower,
    as it traverses the growing tree again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
