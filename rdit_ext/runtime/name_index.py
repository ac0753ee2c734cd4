"""Which statements of a script bind which names, as far as a first look at each tells.

No expression is looked into but for names that it binds; the walk of `name_facts.py`, which is, is
made only of the statements that matter to what runs.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable

from .name_origins import ALL
from .name_tables import FILLING


class NameIndex:
    """Which statements of a script bind which names, as far as their first words tell."""

    def __init__(self, nodes: Iterable[tuple[int, ast.stmt]], has_globals: bool):
        """`has_globals`: whether any function may declare a name as `global`."""
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
            for name in filled_names(node):
                there = binders.setdefault(name, [])
                if not there or there[-1] != k:
                    there.append(k)
                self._filled.add((name, k))
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
            if has_globals:
                for name in declared_globals(node):
                    there = binders.setdefault(name, [])
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
        for inner in _blocks(statement):
            yield from bound_names(inner)
    elif kind.__name__ == "TypeAlias":
        yield statement.name.id  # type: ignore[attr-defined]


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
    return type(statement) not in _COMPOUND or isinstance(statement, (ast.With, ast.AsyncWith))


def filled_names(statement: ast.stmt) -> Iterable[str]:
    """The globals into which a top-level statement puts something: `a[0] = b`, `a.append(b)`."""
    kind = type(statement)
    if kind is ast.Expr:
        call = statement.value  # type: ignore[attr-defined]
        if (
            type(call) is ast.Call
            and type(call.func) is ast.Attribute
            and call.func.attr in FILLING
        ):
            name = root_name(call.func.value)
            if name:
                yield name
    elif kind is ast.Assign:
        for target in statement.targets:  # type: ignore[attr-defined]
            if type(target) is ast.Subscript or type(target) is ast.Attribute:
                name = root_name(target)
                if name:
                    yield name
    elif kind in _COMPOUND:
        for inner in _blocks(statement):
            yield from filled_names(inner)


def root_name(node: ast.AST) -> str:
    """The name at the beginning of `a.b[0].c`; "" if it begins with anything else."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def declared_globals(statement: ast.stmt) -> Iterable[str]:
    """The names that functions in a statement declare as `global`."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Global):
            yield from node.names


def names_in(target: ast.expr) -> Iterable[str]:
    """The names in the target of an assignment."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from names_in(element)
    elif isinstance(target, ast.Starred):
        yield from names_in(target.value)


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
