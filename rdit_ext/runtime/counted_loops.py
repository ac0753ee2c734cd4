"""How far a loop that counts is: `for k in range(…)` and `for k, x in enumerate(…)`.

Read from another thread while the loop runs: of its header, the value of its variable, and what the
header counts. Nothing of the user's is called: only integers, and lengths of builtin containers,
arrays and tables. Where that does not tell, nothing is told.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections import deque
from collections.abc import Callable, Iterator
from inspect import getblock
from linecache import getlines
from textwrap import dedent
from tokenize import TokenError
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .statement import Statement

Lookup = Callable[[str], Any]

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES = (*_DEFINITIONS, ast.Lambda)
_SIZED = {list, tuple, dict, set, frozenset, str, bytes, bytearray, range, deque}
_LIBRARIES = ("numpy", "pandas", "polars")
# Of these the result is as long as what they are called with.
_SAME_LENGTH = ("enumerate", "list", "reversed", "sorted", "tuple")
_VIEWS = ("items", "keys", "values")
# Numbers that JSON readers keep exact: 2 ** 53.
_MOST = 1 << 53
# `f_locals` of a function that runs is a copy before, which keeps its values alive.
# https://peps.python.org/pep-0667/
_HAS_LOCALS = sys.version_info >= (3, 13)
_MISSING = object()


class Counted(NamedTuple):
    """How far: rounds that are over, and all of them."""

    done: int
    total: int


class _Unknown(Exception):
    """It cannot be told without calling something."""


class _Loop(NamedTuple):
    """A loop of a text, or what else goes round; `variable` and `over` only if it counts."""

    first: int
    last: int
    variable: str = ""
    over: ast.expr | None = None

    def counted(self, lookup: Lookup) -> Counted | None:
        if self.over is None:
            return None
        try:
            at = lookup(self.variable)
            if type(at) is not int:
                return None
            done, total = _place(at, self.over, lookup)
        except (_Unknown, OverflowError, RecursionError, ValueError):
            return None
        return Counted(done, total) if 0 <= done < total and 1 < total <= _MOST else None


class CountedLoops:
    """The loops of one statement, and from Python 3.13 on of the functions of the script that it
    calls."""

    def __init__(self, path: str, statement: Statement):
        self._path = path
        self._statement = statement
        # The code is kept: its identity is not used again.
        self._by_code: dict[int, tuple[CodeType, list[_Loop]]] = {}

    def now(self, frame: FrameType | None) -> Counted | None:
        """How far the outermost loop is, of the stack whose innermost frame this is. None if that
        does not count: an inner one would begin again and again."""
        frames = []
        while frame is not None:
            if frame.f_code.co_filename == self._path:
                frames.append(frame)
            frame = frame.f_back
        for each in reversed(frames):
            is_own = self._is_own(each.f_code)
            if not is_own and not _HAS_LOCALS:
                return None
            line = each.f_lineno or 0
            for loop in self._loops_of(each.f_code):
                if loop.first <= line <= loop.last:
                    return loop.counted(_lookup(each, is_own))
        return None

    def _is_own(self, code: CodeType) -> bool:
        """Whether this is the statement's own code, and not that of a function."""
        return any(each is code for each in self._statement.codes)

    def _loops_of(self, code: CodeType) -> list[_Loop]:
        """The loops of a function or of the statement, outer ones before those in them."""
        known = self._by_code.get(id(code))
        if known is None:
            known = self._by_code[id(code)] = code, self._read(code)
        return known[1]

    def _read(self, code: CodeType) -> list[_Loop]:
        is_own = self._is_own(code)
        start = self._statement.line_start if is_own else code.co_firstlineno
        try:
            if is_own:
                source = self._statement.source
            else:
                source = dedent("".join(getblock(getlines(code.co_filename)[start - 1 :])))
            body = ast.parse(source).body
        except (SyntaxError, ValueError, TokenError, RecursionError):
            return []
        if not is_own and body and isinstance(body[0], _DEFINITIONS):
            body = body[0].body
        return list(_loops(body, start - 1))


def _loops(body: list[ast.stmt], above: int) -> Iterator[_Loop]:
    """The loops of a body, outer ones before those in them; `above`: how many lines are above it.
    An expression may be deeper than functions can call themselves."""
    left: list[ast.AST] = list(reversed(body))
    while left:
        node = left.pop()
        if isinstance(node, _SCOPES):
            continue
        if isinstance(node, _LOOPS):
            first, last = node.body[0].lineno + above, (node.body[-1].end_lineno or 0) + above
            yield _Loop(first, last, *(_counting(node) or ()))
        elif isinstance(node, _COMPREHENSIONS):
            yield _Loop(node.lineno + above, (node.end_lineno or 0) + above)
        left.extend(reversed(list(ast.iter_child_nodes(node))))


def _counting(node: ast.For | ast.AsyncFor | ast.While) -> tuple[str, ast.expr] | None:
    """The variable that counts, and what it counts; None if the loop does not count."""
    if not isinstance(node, ast.For) or not isinstance(node.iter, ast.Call):
        return None
    called, target = node.iter.func, node.target
    if not isinstance(called, ast.Name) or any(word.arg is None for word in node.iter.keywords):
        return None
    if called.id == "enumerate" and isinstance(target, ast.Tuple):
        target = target.elts[0]
    elif called.id != "range":
        return None
    if not isinstance(target, ast.Name):
        return None
    # What the loop itself binds says nothing of how far it is.
    used = {each.id for each in ast.walk(node.iter) if isinstance(each, ast.Name)}
    bound = {
        each.id
        for part in node.body
        for each in ast.walk(part)
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    }
    return None if bound & (used | {target.id}) else (target.id, node.iter)


def _lookup(frame: FrameType, is_module: bool) -> Lookup:
    """What names mean in a frame."""
    scopes = [frame.f_globals, frame.f_builtins]
    if not is_module:
        scopes.insert(0, frame.f_locals)

    def lookup(name: str) -> Any:
        for scope in scopes:
            found = scope.get(name, _MISSING)
            if found is not _MISSING:
                return found
        raise _Unknown(name)

    return lookup


def _place(at: int, over: ast.expr, lookup: Lookup) -> tuple[int, int]:
    """The rounds before the one in which the variable is `at`, and all of them."""
    assert isinstance(over, ast.Call)
    if _builtin(over.func, lookup) == "range":
        numbers = _range(over, lookup)
        return numbers.index(at), len(numbers)
    start = [word.value for word in over.keywords if word.arg == "start"] or over.args[1:]
    first = _number(start[0], lookup) if start else 0
    return at - first, _length(over.args[0] if over.args else over, lookup)


def _builtin(node: ast.expr, lookup: Lookup) -> str:
    """The name of the builtin that this is."""
    if not isinstance(node, ast.Name) or lookup(node.id) is not getattr(builtins, node.id, None):
        raise _Unknown
    return node.id


def _range(call: ast.Call, lookup: Lookup) -> range:
    if call.keywords:
        raise _Unknown
    return range(*[_number(each, lookup) for each in call.args])


def _number(node: ast.expr, lookup: Lookup) -> int:
    if isinstance(node, ast.Constant):
        value = node.value
    elif isinstance(node, ast.Name):
        value = lookup(node.id)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = -_number(node.operand, lookup)
    elif isinstance(node, ast.BinOp):
        value = _reckoned(node, lookup)
    elif isinstance(node, ast.Call) and _builtin(node.func, lookup) == "len" and node.args:
        value = _length(node.args[0], lookup)
    else:
        raise _Unknown
    if type(value) is not int or abs(value) > _MOST:
        raise _Unknown
    return value


def _reckoned(node: ast.BinOp, lookup: Lookup) -> int:
    left, right = _number(node.left, lookup), _number(node.right, lookup)
    if isinstance(node.op, ast.Add):
        return left + right
    if isinstance(node.op, ast.Sub):
        return left - right
    if isinstance(node.op, ast.Mult):
        return left * right
    if isinstance(node.op, ast.FloorDiv) and right:
        return left // right
    raise _Unknown


def _length(node: ast.expr, lookup: Lookup) -> int:
    if isinstance(node, ast.Name):
        return _size(lookup(node.id))
    if isinstance(node, (ast.List, ast.Tuple)):
        if any(isinstance(each, ast.Starred) for each in node.elts):
            raise _Unknown
        return len(node.elts)
    if not isinstance(node, ast.Call):
        raise _Unknown
    if isinstance(node.func, ast.Attribute):
        # Of a dict; what else has such methods may be of any class.
        of = node.func.value
        whole = lookup(of.id) if isinstance(of, ast.Name) else None
        if node.func.attr not in _VIEWS or type(whole) is not dict:
            raise _Unknown
        return len(whole)
    name = _builtin(node.func, lookup)
    if name == "range":
        return len(_range(node, lookup))
    if name == "zip" and node.args and not node.keywords:
        return min(_length(each, lookup) for each in node.args)
    if name in _SAME_LENGTH and node.args:
        return _length(node.args[0], lookup)
    raise _Unknown


def _size(value: Any) -> int:
    """The length of what has one without calling code of the user's."""
    kind = type(value)
    if kind not in _SIZED and kind.__module__.partition(".")[0] not in _LIBRARIES:
        raise _Unknown
    try:
        return len(value)
    except Exception as error:  # an array without dimensions
        raise _Unknown from error
