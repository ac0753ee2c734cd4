"""Which statements of a script bind which names, as far as a first look at each tells.

No expression is looked into but for names that it binds; the walk of `name_facts.py`, which is, is
made only of the statements that matter to what runs.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from .name_origins import ALL
from .name_tables import CONTAINERS, FILLING, SUPPRESSING


class NameIndex:
    """Which statements of a script bind which names, as far as their first words tell."""

    def __init__(self, nodes: Iterable[tuple[int, ast.stmt]], lines: Sequence[str] | None = None):
        """`lines`: those of the script, in which the statements stand. Without them each statement
        is looked into for what expressions bind and fill."""
        marked = None if lines is None else _Marked(lines)
        self.binders: dict[str, list[int]] = {}
        self._certain: dict[str, list[int]] = {}
        self._uncertain: set[int] = set()
        # Those that only put something into what a name holds.
        self._filled: set[tuple[str, int]] = set()
        # Whether a statement may put another stream in the place of `sys.stdout`.
        self.replaces_stdout = False
        # By name, the methods of classes: the class, and the statement that defines it.
        self.methods: dict[str, list[tuple[str, int]]] = {}
        # The first name under which each module was imported.
        self.modules: dict[str, str] = {}
        binders = self.binders
        for k, node in nodes:
            if k == 0 and is_docstring(node):
                binders["__doc__"] = [0]
            if type(node) is ast.Assign and any(
                isinstance(each, ast.Attribute) and each.attr == "stdout"
                for target in node.targets
                for each in getattr(target, "elts", [target])
            ):
                self.replaces_stdout = True
            if marked is None or marked.touches(node):
                for name in inner_names(node):
                    self._note_filled(name, k)
            elif type(node) in _ASSIGNING:
                for name in filled_names(node):
                    self._note_filled(name, k)
            if type(node) is ast.Expr:
                continue
            for name in bound_names(node):
                if name not in binders:
                    binders[name] = [k]
                elif binders[name][-1] != k:
                    binders[name].append(k)
                else:
                    self._filled.discard((name, k))
            if not is_certain(node):
                self._uncertain.add(k)
            if type(node) is ast.ClassDef:
                for method in node.body:
                    if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        self.methods.setdefault(method.name, []).append((node.name, k))
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for path, name in imported_modules(node):
                    self.modules.setdefault(path, name)

    def _note_filled(self, name: str, k: int) -> None:
        """The k-th statement may bind the name, or puts something into what it holds."""
        there = self.binders.setdefault(name, [])
        if not there or there[-1] != k:
            there.append(k)
            self._filled.add((name, k))

    def certain(self, name: str) -> list[int]:
        """Of a name's binders those that bind it anew each time."""
        found = self._certain.get(name)
        if found is None:
            binders = self.binders.get(name, ())
            found = self._certain[name] = [k for k in binders if self.is_certain(name, k)]
        return found

    def last_certain(self, name: str, end: int) -> int:
        """The place among a name's binders, before the place `end`, of the last one that binds it
        anew each time; 0 if there is none."""
        binders, certain = self.binders[name], self.certain(name)
        i = bisect_left(certain, binders[end] if end < len(binders) else binders[-1] + 1)
        return bisect_left(binders, certain[i - 1]) if i else 0

    def is_filled(self, name: str, k: int) -> bool:
        """Whether the k-th statement, one of the name's binders, only puts something into it."""
        return (name, k) in self._filled

    def is_certain(self, name: str, k: int) -> bool:
        """Whether the k-th statement, one of the name's binders, binds it anew each time."""
        return k not in self._uncertain and (name, k) not in self._filled


def bound_names(statement: ast.stmt) -> Iterable[str]:
    """The globals that a top-level statement binds by itself, without those in its expressions."""
    kind = type(statement)
    if kind is ast.Assign:
        for target in statement.targets:  # type: ignore[attr-defined]
            if type(target) is ast.Name:
                yield target.id
            else:
                yield from names_in(target)
    elif kind in DEFINITIONS:
        yield statement.name  # type: ignore[attr-defined]
    elif kind is ast.Import or kind is ast.ImportFrom:
        for alias in statement.names:  # type: ignore[attr-defined]
            yield alias.asname or alias.name.partition(".")[0]
    elif kind is ast.AnnAssign:
        if statement.value is not None:  # type: ignore[attr-defined]
            yield from names_in(statement.target)  # type: ignore[attr-defined]
    elif kind in _COMPOUND:
        if isinstance(statement, (ast.For, ast.AsyncFor)):
            yield from names_in(statement.target)
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            for item in statement.items:
                if item.optional_vars is not None:
                    yield from names_in(item.optional_vars)
        elif isinstance(statement, ast.Match):
            for case in statement.cases:
                yield from captures(case.pattern)
        for handler in getattr(statement, "handlers", ()):
            if handler.name:
                yield handler.name
        for inner in _blocks(statement):
            yield from bound_names(inner)
    elif kind.__name__ == "TypeAlias":
        yield statement.name.id  # type: ignore[attr-defined]


def captures(pattern: ast.pattern) -> Iterable[str]:
    """The names that a pattern of `match` binds."""
    for part in ast.walk(pattern):
        name = getattr(part, "name", None) or getattr(part, "rest", None)
        if isinstance(name, str):
            yield name


def imported_modules(statement: ast.Import | ast.ImportFrom) -> Iterable[tuple[str, str]]:
    """The full names of what an import binds, each with the name that it gets."""
    for alias in statement.names:
        if isinstance(statement, ast.Import):
            top = alias.name.partition(".")[0]
            yield (alias.name, alias.asname) if alias.asname else (top, top)
        elif alias.name != ALL:
            yield f"{statement.module}.{alias.name}", alias.asname or alias.name


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement that stands first is the script's docstring."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def is_certain(statement: ast.stmt) -> bool:
    """Whether all that `bound_names` gives is bound each time that the statement runs."""
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return not may_suppress(statement) and all(map(is_certain, statement.body))
    return type(statement) not in _COMPOUND


def may_suppress(statement: ast.With | ast.AsyncWith) -> bool:
    """Whether an exception in the body of a `with` may end there, by its managers' names."""
    for item in statement.items:
        called = item.context_expr
        called = called.func if isinstance(called, ast.Call) else called
        name = getattr(called, "attr", None) or getattr(called, "id", "")
        if name in SUPPRESSING:
            return True
    return False


def filled_names(statement: ast.stmt) -> Iterable[str]:
    """The globals into which a top-level statement puts something by an assignment: `a[0] = b`."""
    kind = type(statement)
    if kind is ast.Assign:
        targets: list[ast.expr] = statement.targets  # type: ignore[attr-defined]
    elif kind is ast.AugAssign or kind is ast.AnnAssign:
        target: ast.expr = statement.target  # type: ignore[attr-defined]
        if kind is ast.AugAssign and type(target) is ast.Name:
            yield target.id
        targets = [target]
    else:
        if kind in _COMPOUND:
            for inner in _blocks(statement):
                yield from filled_names(inner)
        return
    for target in targets:
        for part in _parts_of(target):
            if type(part) is not ast.Name:
                name = root_name(part)
                if name:
                    yield name


def inner_names(statement: ast.stmt) -> Iterable[str]:
    """The globals that a top-level statement may bind or fill anywhere in it: by `:=`, by a method
    such as `append`, and those that functions in it declare as `global`."""
    yield from filled_names(statement)
    for node in ast.walk(statement):
        kind = type(node)
        if kind is ast.Call:
            for target in filled_by(node):  # type: ignore[arg-type]
                name = root_name(target)
                if name:
                    yield name
        elif kind is ast.NamedExpr:
            yield node.target.id  # type: ignore[attr-defined]
        elif kind is ast.Global:
            yield from node.names  # type: ignore[attr-defined]


def filled_by(call: ast.Call) -> Sequence[ast.expr]:
    """What a call puts its arguments into: `xs` of `xs.append(1)`, and of `list.append(xs, 1)`."""
    function = call.func
    if type(function) is not ast.Attribute or function.attr not in FILLING:
        return ()
    owner = function.value
    name = owner.id if type(owner) is ast.Name else getattr(owner, "attr", "")
    if len(call.args) > 1 and is_class_name(name):
        return call.args[:1] if name in CONTAINERS else (owner, call.args[0])
    return (function.value,)


def is_class_name(name: str) -> bool:
    """Whether a name is that of a class, as far as it tells."""
    return name in CONTAINERS or (name[:1].isupper() and not name.isupper())


class _Marked:
    """The lines of a script with a word in them for which a statement is looked into."""

    def __init__(self, lines: Sequence[str]):
        self._lines = [n for n, line in enumerate(lines, 1) if _LOOKED_INTO.search(line)]

    def touches(self, statement: ast.stmt) -> bool:
        """Whether one of them is in a statement."""
        decorators = getattr(statement, "decorator_list", None) or [statement]
        first = min(statement.lineno, decorators[0].lineno)
        i = bisect_left(self._lines, first)
        return i < len(self._lines) and self._lines[i] <= (statement.end_lineno or 0)


_LOOKED_INTO = re.compile(rf":=|\b(?:global|{'|'.join(sorted(FILLING))})\b")


def root_name(node: ast.AST) -> str:
    """The name at the beginning of `a.b[0].c`; "" if it begins with anything else."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def names_in(target: ast.expr) -> Iterable[str]:
    """The names in the target of an assignment."""
    for part in _parts_of(target):
        if isinstance(part, ast.Name):
            yield part.id


def _parts_of(target: ast.expr) -> Iterable[ast.expr]:
    """What a target binds or changes: itself, or those that it unpacks into."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _parts_of(element)
    elif isinstance(target, ast.Starred):
        yield from _parts_of(target.value)
    else:
        yield target


def _blocks(statement: ast.stmt) -> Iterable[ast.stmt]:
    for field in ("body", "orelse", "finalbody"):
        yield from getattr(statement, field, ())
    for field in ("handlers", "cases"):
        for part in getattr(statement, field, ()):
            yield from part.body


DEFINITIONS = {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef}
_COMPOUND = {
    *(ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match),
    *((ast.TryStar,) if hasattr(ast, "TryStar") else ()),
}
_ASSIGNING = {ast.Assign, ast.AugAssign, ast.AnnAssign, *_COMPOUND}
