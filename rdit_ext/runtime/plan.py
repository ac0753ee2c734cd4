"""Parses and compiles a script into the statements of a run, each with its lines and code object.

This module knows Python's grammar and nothing of running. Statements are the top-level nodes of the
syntax tree, never slices of lines, so that `a; b`, decorators and multi-line strings come out
right. Every statement is compiled before any of them runs, because some errors, such as a `return`
at top level, are found by the compiler only, and must prevent the run.

Lines are 1-based and inclusive; columns from `ast` count bytes of UTF-8.
"""

from __future__ import annotations
import __future__

import ast
import gc
import inspect
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import CodeType
from typing import Any, TypeGuard

from . import ipython_syntax, source_cache
from .utf8 import clean

# Not `str.splitlines`, which also splits at form feeds and other characters that end no line of
# Python: https://docs.python.org/3/reference/lexical_analysis.html#physical-lines
_NEWLINE = re.compile("\r\n|\r|\n")
# A semicolon at the end of the line, which hides the value of the statement before it.
_HIDES = re.compile(r"[ \t\f]*;[ \t\f]*(#|$)")
_MAX_RECOVERIES = 200
# How many syntax errors behind the lines to run are reported.
_TOLD_BEYOND = 3
# What the parser and the compiler raise: ValueError for NUL bytes and lone surrogates,
# RecursionError and MemoryError for deep nesting.
_REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)

# What becomes of the value of a statement: nothing, a result, a result with markdown.
HIDDEN, VALUE, TEXT = range(3)


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
        # The compiler's warnings about its lines.
        self.noted: list[Noted] = []

    def compile(self, node: ast.stmt, path: str, flags: int) -> None:
        """Add the code object of a node; `eval` of it returns the value if it is an expression.

        Raises what the compiler raises: see `_REFUSALS`.
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


class Script:
    """A script cut into statements: the lines of each, and the `__future__` flags they share.

    It is kept between runs, with lines and code objects but without the syntax tree, which is a
    hundred times larger. Running an unchanged script statement by statement parses only the
    statements that run, and running it again compiles nothing.
    """

    def __init__(self, text: str):
        self.text = text
        self.lines = split_lines(text)
        # The file name of its code, a string object from `source_cache.remember`.
        self.name = ""
        # The lines as they are parsed, with `pass` in the place of IPython's syntax. By the first
        # line of each such place: its last line, and the error to report.
        self._parsed = self.lines
        self.foreign: dict[int, tuple[int, SyntaxError]] = {}
        self.spans: list[tuple[int, int]] = []
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        # How many statements there are among which `from __future__` imports may stand.
        self.beginning = 0
        # What does not parse: first line, last line, error. Empty if the whole script parses.
        self.broken: list[tuple[int, int, SyntaxError]] = []
        self.nodes: list[ast.stmt] | None = None
        # The statements that have been compiled, by index.
        self.compiled: dict[int, Statement] = {}
        self.noted: list[Noted] = []
        # Whether any statement awaits at top level, also one that does not run now.
        self.awaits = False

    def parse(self, path: str, line_range: tuple[int, int] | None) -> None:
        """Find the statements. With a range of lines, syntax errors outside of it are collected in
        `broken`.

        Raises:
            SyntaxError: with its line and text; the script does not parse, and no range is given.
        """
        nodes: list[ast.stmt]
        try:
            nodes = self._parse(path, 0, len(self.lines))
        except SyntaxError:
            if line_range is None:
                raise
            nodes = self._recover(path, line_range[1])
        self.spans = [self._span(node) for node in nodes]
        self.beginning = _beginning(nodes)
        self.flags |= _future_flags(nodes[: self.beginning])
        self.nodes = nodes
        if "await" in self.text or "async" in self.text:
            self.awaits = any(map(_awaits, nodes))

    def select(self, path: str, line_range: tuple[int, int] | None) -> list[Statement]:
        """The compiled statements that overlap the range, or all of them.

        Raises:
            SyntaxError: with its line and text; one of them does not parse or compile.
        """
        if line_range is None:
            chosen: Sequence[int] = range(len(self.spans))
        else:
            first, last = line_range
            for start, end, error in self.broken:
                if start <= last and end >= first:
                    raise error
            chosen = [
                k for k, (start, end) in enumerate(self.spans) if start <= last and end >= first
            ]
        compiled = self.compiled
        wanted = [k for k in chosen if k not in compiled] if compiled else chosen
        for k, node in zip(wanted, self._nodes_of(path, wanted), strict=True):
            compiled[k] = self._compile(path, k, node)
        self.nodes = None
        statements = [compiled[k] for k in chosen]
        _hand_out(self.noted, statements)
        return statements

    def _compile(self, path: str, k: int, node: ast.stmt) -> Statement:
        start, end = self.spans[k]
        if start in self.foreign and isinstance(node, ast.Pass):
            return self._refused(k, start, end)
        statement = Statement(k, start, end, _segment(node, self.lines, start), False)
        _describe(statement, node, self.lines, first=k == 0)
        try:
            if k >= self.beginning and _is_future(node):
                # Compiled by itself it would be accepted, as it would be the first statement of its
                # module. Compile it after another statement, to get Python's error.
                before = ast.Pass(lineno=1, col_offset=0)
                compile(ast.Module([before, node], []), path, "exec", 0, True)
            statement.compile(node, self.name, self.flags)
        except _REFUSALS as error:
            raise _placed(error, self, path, start) from None
        return statement

    def _parse(self, path: str, start: int, end: int) -> list[ast.stmt]:
        # Empty lines in front give the nodes their line numbers in the script.
        # `ast.increment_lineno` would take longer, as it walks every node.
        while True:
            text = "\n" * start + "\n".join(self._parsed[start:end]) + "\n"
            try:
                return ast.parse(text, path).body
            except _REFUSALS as error:
                placed = _placed(error, self, path, None)
            if not self._set_aside(placed, start, end):
                raise placed

    def _set_aside(self, error: SyntaxError, start: int, end: int) -> bool:
        """If the error is at a top-level line of IPython's syntax, replace the line by `pass` and
        return True. In a block, only add an explanation to the error's message."""
        at = (error.lineno or 1) - 1
        if not start <= at < end or at + 1 in self.foreign:
            return False
        behind = min(ipython_syntax.end_of(self.lines, at), end)
        said = ipython_syntax.advice("\n".join(self.lines[at:behind]))
        if said is None:
            return False
        if self.lines[at][:1] in " \t\f":
            error.msg = f"{error.msg}: {said}"
            return False
        refusal = SyntaxError(f"{said}. The other statements run.")
        refusal.filename, refusal.lineno, refusal.text = error.filename, at + 1, self.lines[at]
        if self._parsed is self.lines:
            self._parsed = list(self.lines)
        self._parsed[at:behind] = ["pass"] + [""] * (behind - at - 1)
        self.foreign[at + 1] = behind, refusal
        return True

    def _span(self, node: ast.stmt) -> tuple[int, int]:
        start, end = _span(node, self._parsed)
        if start in self.foreign:
            end = max(end, self.foreign[start][0])
        return start, end

    def _refused(self, k: int, start: int, end: int) -> Statement:
        statement = Statement(k, start, end, "\n".join(self.lines[start - 1 : end]))
        statement.refusal = self.foreign[start][1]
        return statement

    def _nodes_of(self, path: str, chosen: Sequence[int]) -> list[ast.stmt]:
        if self.nodes is not None:
            nodes = self.nodes
            return nodes if len(chosen) == len(nodes) else [nodes[k] for k in chosen]
        if not chosen:
            return []
        first = min(self.spans[k][0] for k in chosen)
        last = max(self.spans[k][1] for k in chosen)
        # Other statements may share these lines (`a; b`), and statements on their lines as well.
        there = [k for k, (start, end) in enumerate(self.spans) if start <= last and end >= first]
        first = min(self.spans[k][0] for k in there)
        last = max(self.spans[k][1] for k in there)
        found = dict(zip(there, self._parse(path, first - 1, last), strict=True))
        return [found[k] for k in chosen]

    def _recover(self, path: str, last: int) -> list[ast.stmt]:
        """The statements up to the line `last` of a script that has syntax errors.

        Parse from a position. At an error, keep the statements before the broken one, and go on
        from the next line that may begin a statement. Each round gets at least one line further,
        and there are at most `_MAX_RECOVERIES`.
        """
        nodes: list[ast.stmt] = []
        position = 0
        beyond = 0
        for _ in range(_MAX_RECOVERIES):
            if position >= min(last, len(self.lines)):
                # The lines behind `last` do not run. A few errors in them are reported.
                beyond += 1
                if beyond > _TOLD_BEYOND or position >= len(self.lines):
                    return nodes
            try:
                return nodes + self._parse(path, position, len(self.lines))
            except SyntaxError as error:
                at = min(max(error.lineno or 1, position + 1), len(self.lines))
                start, good = self._before(path, position, at, error)
                nodes += good
                resume = at if _expects_a_block(error) and at - 1 > start else at + 1
                while resume <= len(self.lines) and not _may_begin(self._parsed[resume - 1]):
                    resume += 1
                position = resume - 1
                end = position
                while end > start + 1 and _is_blank(self.lines[end - 1]):
                    end -= 1
                self.broken.append((start + 1, max(end, start + 1), error))
        given_up = SyntaxError("too many syntax errors before the lines to run")
        given_up.filename, given_up.lineno = path, position + 1
        self.broken.append((position + 1, len(self.lines), given_up))
        return nodes

    def _before(
        self, path: str, position: int, at: int, error: SyntaxError
    ) -> tuple[int, list[ast.stmt]]:
        """The line (0-based) at which the broken statement with the line `at` begins, and the
        statements between `position` and it."""
        if "unexpected indent" in (error.msg or ""):
            # The lines before are complete statements, unless the last one is a compound statement,
            # to whose block this line belongs.
            try:
                good = self._parse(path, position, at - 1)
            except SyntaxError:
                good = []
            if good and not hasattr(good[-1], "body"):
                return at - 1, good
        start = at - 1
        while start > position:
            if _may_begin(self._parsed[start]):
                try:
                    return start, self._parse(path, position, start)
                except SyntaxError:
                    pass  # it begins earlier: the line is in a string, in brackets, or decorated
            start -= 1
        return position, []


_last: Script | None = None
# Arguments of `warnings.showwarning`: message, category, file name, line.
Noted = tuple[Any, type[Warning], str, int]


def plan_script(text: str, path: str, line_range: tuple[int, int] | None) -> list[Statement]:
    """The compiled statements of a run, in order: those that overlap the range of lines, or all.

    Raises:
        SyntaxError: with its line and text; one of these does not parse or compile.
    """
    global _last
    text = text[1:] if text.startswith("\ufeff") else text
    script = _last
    is_known = script is not None and script.text == text and not script.broken
    if script is None or not is_known:
        script = Script(text)
    with _collector_resting(), _noting_warnings(path, script.noted):
        name = source_cache.remember(path, script.lines)
        if name is not script.name:
            # The file name is in the code objects, and in warnings: compile again.
            script.name, script.compiled = name, {}
            script.noted.clear()
        if not is_known:
            script.parse(path, line_range)
            _last = script
        return script.select(path, line_range)


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
    noted: list[Noted] = []
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with _collector_resting(), _noting_warnings(path, noted):
        for sent in statements:
            statement = Statement(
                sent["nodeIndex"], sent["lineStart"], sent["lineEnd"], sent["code"], sent["isExpr"]
            )
            script = Script("\n" * (statement.line_start - 1) + sent["code"])
            try:
                script.parse(path, None)
                flags |= script.flags
                for node in script.nodes or ():
                    if isinstance(node, ast.Pass) and node.lineno in script.foreign:
                        statement.refusal = script.foreign[node.lineno][1]
                        continue
                    statement.compile(node, name, flags)
                if script.nodes:
                    _describe(statement, script.nodes[-1], script.lines, first=False)
                    statement.is_expr = sent["isExpr"]
            except _REFUSALS as error:
                placed = _placed(error, script, path, statement.line_start)
                placed.statement = statement  # type: ignore[attr-defined]
                raise placed from None
            planned.append(statement)
    _hand_out(noted, planned)
    return planned


def _hand_out(noted: list[Noted], statements: Sequence[Statement]) -> None:
    """Give each warning to the first of the statements on its line."""
    if not noted:
        return
    for statement in statements:
        statement.noted = []
    for warning in noted:
        for statement in statements:
            if statement.line_start <= warning[3] <= statement.line_end:
                statement.noted.append(warning)
                break


@contextmanager
def _noting_warnings(path: str, noted: list[Noted]) -> Iterator[None]:
    """Collect the compiler's warnings about this file in `noted`, each message once per line."""
    show = warnings.showwarning

    def note(message: Any, category: type[Warning], filename: str, lineno: int, *rest: Any) -> None:
        if filename != path:
            show(message, category, filename, lineno, *rest)
        elif not any((str(m), n) == (str(message), lineno) for m, _, _, n in noted):
            noted.append((message, category, filename, lineno))

    # Not `warnings.catch_warnings`: it invalidates the registries by which modules warn only once.
    warnings.showwarning = note  # type: ignore[assignment]
    try:
        yield
    finally:
        warnings.showwarning = show


def split_lines(text: str) -> list[str]:
    """The lines of a text, without their ends, as Python counts them."""
    return _NEWLINE.split(text)


def _span(node: ast.stmt, lines: Sequence[str]) -> tuple[int, int]:
    start = node.lineno
    for decorator in getattr(node, "decorator_list", ()):
        start = min(start, decorator.lineno)
    if start < node.lineno:
        while start > 1 and not lines[start - 1].lstrip().startswith("@"):
            start -= 1  # a backslash may separate `@` and its expression into two lines
    return start, node.end_lineno or node.lineno


def _segment(node: ast.stmt, lines: Sequence[str], start: int) -> str:
    """The exact text of a statement, its decorators included."""
    end = (node.end_lineno or node.lineno) - 1
    first = 0 if start < node.lineno else node.col_offset
    last = node.end_col_offset or 0
    if start - 1 == end:
        return _cut(lines[end], first, last)
    parts = [_cut(lines[start - 1], first, None), *lines[start:end], _cut(lines[end], 0, last)]
    return "\n".join(parts)


def _cut(line: str, first: int, last: int | None) -> str:
    return line[first:last] if line.isascii() else line.encode()[first:last].decode()


def _describe(statement: Statement, node: ast.stmt, lines: Sequence[str], first: bool) -> None:
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


def _is_future(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__" and not node.level


def _awaits(statement: ast.stmt) -> bool:
    """Whether a statement awaits itself, and not only in a function that it defines."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return True
        if isinstance(node, ast.comprehension) and node.is_async:
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return False


def _is_string(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _beginning(nodes: Sequence[ast.stmt]) -> int:
    """How many statements come before the first that is neither docstring nor `from __future__`."""
    return next(
        (
            k
            for k, node in enumerate(nodes)
            if not (_is_future(node) or (not k and _is_string(node)))
        ),
        len(nodes),
    )


def _future_flags(nodes: Sequence[ast.stmt]) -> int:
    flags = 0
    for node in nodes:
        if _is_future(node):
            for alias in node.names:
                feature = getattr(__future__, alias.name, None)
                flags |= getattr(feature, "compiler_flag", 0)
    return flags


def _may_begin(line: str) -> bool:
    """Whether a statement may begin on this line."""
    if not line or line[0] in " \t#)]}":
        return False
    word = re.match(r"\w*", line)
    return word is None or word.group() not in ("elif", "else", "except", "finally")


def _is_blank(line: str) -> bool:
    text = line.strip()
    return not text or text.startswith("#")


def _expects_a_block(error: SyntaxError) -> bool:
    return isinstance(error, IndentationError) and "expected an indented block" in (error.msg or "")


def _placed(error: BaseException, script: Script, path: str, line: int | None) -> SyntaxError:
    """An error of the parser or the compiler as a SyntaxError with a line and the text there.

    `line` is where the failed statement begins, None if a whole text was parsed.
    """
    if isinstance(error, SyntaxError):
        found = error
    elif isinstance(error, UnicodeError):
        found = SyntaxError(f"(unicode error) {error}")
        found.lineno = _line_with(script, lambda text: not _is_encodable(text))
    elif isinstance(error, ValueError):
        found = SyntaxError(str(error))
    else:
        found = SyntaxError("too deeply nested for Python to compile")
        if line is None:
            # Python does not say where. Such nesting is mostly on one line: guess the longest.
            longest = max(script.lines, key=len)
            found.lineno = script.lines.index(longest) + 1
    if "null bytes" in (found.msg or ""):
        found.lineno = _line_with(script, lambda text: "\0" in text)
    found.lineno = min(max(found.lineno or line or 1, 1), len(script.lines))
    found.filename = path
    # Replaces the text that the compiler has read from the file on disk, which may differ.
    found.text = script.lines[found.lineno - 1]
    return found.with_traceback(None)


def _line_with(script: Script, holds: Any) -> int | None:
    return next((k for k, text in enumerate(script.lines, 1) if holds(text)), None)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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
