"""A script cut into statements, also where not all of it parses.

Statements are the top-level nodes of the syntax tree, never slices of lines, so that `a; b`,
decorators and multi-line strings come out right. Lines are 1-based and inclusive; columns from
`ast` count bytes of UTF-8.
"""

from __future__ import annotations
import __future__

import ast
import re
import weakref
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from itertools import accumulate
from typing import TypeGuard

from . import ipython_syntax
from .compile_warnings import hand_out
from .facts_by_source import FactsBySource
from .name_facts import note
from .name_index import NameIndex
from .name_origins import Facts
from .names import Resolver
from .statement import Noted, Statement, describe, find_span, segment
from .syntax_errors import REFUSALS, place_error

# Not `str.splitlines`, which also splits at form feeds and other characters that end no line of
# Python: https://docs.python.org/3/reference/lexical_analysis.html#physical-lines
_NEWLINE = re.compile("\r\n|\r|\n")
_MAX_RECOVERIES = 200
# How many syntax errors behind the lines to run are reported.
_TOLD_BEYOND = 3


class Script:
    """A script cut into statements: the lines of each, and the `__future__` flags they share.

    It is kept between runs, with lines and code objects but without the syntax tree, which is a
    hundred times larger. Running an unchanged script statement by statement parses only the
    statements that run, and running it again compiles nothing.
    """

    def __init__(self, text: str, facts: FactsBySource | None = None):
        """`facts`: those of other texts, most of whose statements are here as well."""
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
        # What statements do with names, by their source; and by index where it was asked for.
        self._facts = facts or FactsBySource()
        self._facts_at: dict[int, Facts] = {}
        self._resolver: Resolver | None = None
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
        # Weak: in a reference cycle older scripts, and their texts, would live until the garbage
        # collector finds them.
        facts_of = partial(Script._facts_of, weakref.proxy(self), path)
        self._resolver = Resolver(NameIndex(enumerate(nodes), self._parsed), facts_of)
        if "await" in self.text or "async" in self.text:
            self.awaits = any(map(_awaits, nodes))

    def select(
        self,
        path: str,
        line_range: tuple[int, int] | None,
        only: Sequence[tuple[int, int]] = (),
    ) -> list[Statement]:
        """The compiled statements that overlap the range, or all of them; if there are ranges in
        `only`, of these those that overlap one of them.

        Raises:
            SyntaxError: with its line and text; one of them does not parse or compile.
        """
        if line_range is None:
            chosen: Sequence[int] = range(len(self.spans))
        else:
            ranges = _Ranges(only or [line_range])
            for start, end, error in self.broken:
                if ranges.overlap(start, end):
                    raise error
            first, last = line_range
            chosen = [
                k
                for k, (start, end) in enumerate(self.spans)
                if start <= last and end >= first and ranges.overlap(start, end)
            ]
        compiled = self.compiled
        wanted = [k for k in chosen if k not in compiled] if compiled else chosen
        for k, node in zip(wanted, self._nodes_of(path, wanted), strict=True):
            compiled[k] = self._compile(path, k, node)
        if self._resolver is not None:
            for k in wanted:
                if compiled[k].refusal is None:
                    compiled[k].names = self._resolver.names_of(k)
        self.nodes = None
        statements = [compiled[k] for k in chosen]
        hand_out(self.noted, statements)
        return statements

    def _facts_of(self, path: str, k: int) -> Facts:
        """What the k-th statement does with names. It may be one that does not run now."""
        found = self._facts_at.get(k)
        if found is None:
            statement = self.compiled.get(k)
            node = None
            if statement is None:
                node = self._nodes_of(path, [k])[0]
                source = segment(node, self.lines, self.spans[k][0])
            else:
                source = statement.source
            found = self._facts.get(source, lambda: node or self._nodes_of(path, [k])[0])
            self._facts_at[k] = found
        return found

    def _compile(self, path: str, k: int, node: ast.stmt) -> Statement:
        start, end = self.spans[k]
        if start in self.foreign and isinstance(node, ast.Pass):
            return self._refused(k, start, end)
        statement = Statement(k, start, end, segment(node, self.lines, start), False)
        describe(statement, node, self.lines, first=k == 0)
        try:
            if k >= self.beginning and _is_future(node):
                # Compiled by itself it would be accepted, as it would be the first statement of its
                # module. Compile it after another statement, to get Python's error.
                before = ast.Pass(lineno=1, col_offset=0)
                compile(ast.Module([before, node], []), path, "exec", 0, True)
            statement.compile(node, self.name, self.flags)
        except REFUSALS as error:
            raise place_error(error, self.lines, path, start) from None
        return statement

    def _parse(self, path: str, start: int, end: int) -> list[ast.stmt]:
        # Empty lines in front give the nodes their line numbers in the script.
        # `ast.increment_lineno` would take longer, as it walks every node.
        while True:
            text = "\n" * start + "\n".join(self._parsed[start:end]) + "\n"
            try:
                return ast.parse(text, path).body
            except REFUSALS as error:
                placed = place_error(error, self.lines, path, None)
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
        start, end = find_span(node, self._parsed)
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


def name_statements(statements: Sequence[Statement], nodes: Sequence[list[ast.stmt]]) -> None:
    """Set the names of statements that no script is known of, each with its nodes."""
    facts = [note(*each) for each in nodes]
    index = NameIndex(((k, node) for k, each in enumerate(nodes) for node in each))
    resolver = Resolver(index, facts.__getitem__)
    for k, statement in enumerate(statements):
        if statement.refusal is None:
            statement.names = resolver.names_of(k)


class _Ranges:
    """Ranges of lines, asked in order of the text or not."""

    def __init__(self, ranges: Sequence[tuple[int, int]]):
        ordered = sorted(ranges)
        self._starts = [start for start, _ in ordered]
        # By position: the last line of any range up to there.
        self._ends = list(accumulate((end for _, end in ordered), max))

    def overlap(self, start: int, end: int) -> bool:
        """Whether lines from `start` to `end` overlap one of the ranges."""
        before = bisect_right(self._starts, end)
        return before > 0 and self._ends[before - 1] >= start


def split_lines(text: str) -> list[str]:
    """The lines of a text, without their ends, as Python counts them."""
    return _NEWLINE.split(text)


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
