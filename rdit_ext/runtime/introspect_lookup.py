"""The value of a dotted name, without calling what the user wrote: no property, no `__getattr__`.

https://docs.python.org/3/library/inspect.html#inspect.getattr_static
"""

from __future__ import annotations

import ast
import builtins
import collections
import inspect
import keyword
import re
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .introspect_class import class_dict, ids, is_class_of, mro_of, own_attributes, package_of

# What is bound in these is not bound around them.
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
# Descriptors of C code, which only read a field.
_FIELDS = (types.GetSetDescriptorType, types.MemberDescriptorType)
# Of these an item is read, and nothing else happens.
_READ = ids(dict, list, tuple, str, bytes, bytearray, range, collections.deque)
_TABLES = {
    "pandas": ("DataFrame", "Series", "Index"),
    "polars": ("DataFrame", "Series"),
    "numpy": ("ndarray",),
}
_ROUTINES = (
    types.BuiltinFunctionType,
    types.FunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
    types.MethodWrapperType,
)
_DOTTED = re.compile(r"\w+(?:\.\w+)*")
_LAST_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.\w+)*$")
_STRING = re.compile(
    r"""'{3}.*?(?:'{3}|$)|"{3}.*?(?:"{3}|$)|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\#[^\n]*""",
    re.DOTALL,
)
_BRACKET = re.compile(r"[\[\]]")
missing = object()


def find(path: str, namespace: Mapping[str, Any]) -> Any:
    """The value of a dotted name; `missing` if it cannot be had without calling anything."""
    return find_called(path, namespace)[0]


def find_called(path: str, namespace: Mapping[str, Any]) -> tuple[Any, bool]:
    """As `find`, with whether a call by that name gives the first argument itself, as that of a
    method does."""
    first, *attributes = path.split(".")
    value = namespace.get(first, getattr(builtins, first, missing))
    is_bound = False
    for name in attributes:
        if value is missing:
            break
        owner = value
        found = inspect.getattr_static(owner, name, missing)
        # What an instance holds itself is not bound to it.
        is_bound = not issubclass(type(owner), (type, types.ModuleType)) and (
            name not in own_attributes(owner)
        )
        if issubclass(type(found), _FIELDS):
            found = getattr(owner, name, missing)
        elif issubclass(type(found), (staticmethod, classmethod)):
            is_bound = issubclass(type(found), classmethod)
            found = found.__func__
        value = found
    return value, is_bound


def not_run(before: Iterable[str], namespace: Mapping[str, Any]) -> list[str]:
    """Those of the statements that bind a name which the namespace lacks."""
    return [
        text
        for text in before
        if any(name not in namespace for name in _bound_by(text)) or "import *" in text
    ]


def _bound_by(text: str) -> list[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    bound = []
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        pending += () if isinstance(node, _SCOPES) else ast.iter_child_nodes(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.append(node.id)
        elif isinstance(node, ast.alias) and node.name != "*":
            bound.append(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.append(node.name)
    return bound


def imported(before: Iterable[str], namespace: Mapping[str, Any]) -> dict[str, Any]:
    """What imports that have not run would bind, of modules that are loaded already. Nothing is
    imported."""
    found: dict[str, Any] = {}
    for text in before:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.name if alias.asname else alias.name.partition(".")[0]
                    found[alias.asname or name] = sys.modules.get(name, missing)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                module = sys.modules.get(node.module)
                for alias in node.names if module is not None else []:
                    value = inspect.getattr_static(module, alias.name, missing)
                    found[alias.asname or alias.name] = value
    return {
        name: value
        for name, value in found.items()
        if value is not missing and name not in namespace
    }


def may_be_evaluated(expression: str, namespace: Mapping[str, Any]) -> bool:
    """Whether no item is read from an object whose class may do more at that than read: a
    `defaultdict` gets a key, and `__missing__` and `__getitem__` of the user's run."""
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError):
        return False
    owners = [node.value for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    literals = (ast.List, ast.Tuple, ast.Dict, ast.Constant)
    return all(isinstance(o, literals) or only_reads(ast.unparse(o), namespace) for o in owners)


def only_reads(path: str, namespace: Mapping[str, Any]) -> bool:
    """Whether reading an item of the value at a dotted name does nothing else. False for what is no
    dotted name."""
    kind = type(find(path, namespace) if _DOTTED.fullmatch(path) else missing)
    # The package's own class: one of the user's may say that it is of that package.
    package = package_of(kind)
    return id(kind) in _READ or is_class_of(kind, package, _TABLES.get(package, ()))


def items_in(code: str) -> Iterator[str]:
    """Of each item that `code` reads, what it is read from: a dotted name, or "" for anything else,
    as a call, another item or a literal. `code` need not be whole."""
    # A bracket in a string or a comment is none.
    text = _STRING.sub(lambda found: (" " if found[0][0] == "#" else "'") * len(found[0]), code)
    opened = []
    for found in _BRACKET.finditer(text):
        if found[0] == "[":
            opened.append(found.start())
        elif opened:
            before = text[: opened.pop()].rstrip()
            name = _LAST_NAME.search(before)
            if name is not None and keyword.iskeyword(name[0]):
                continue  # a list, as in `return [1]`
            if name is not None or before.endswith((")", "]", "}", "'", '"')):
                yield name[0] if name else ""


def is_routine(value: Any) -> bool:
    """As `inspect.isroutine`, of the value's type alone: what `isinstance` asks of an instance,
    its `__class__`, may be a property of the user's, as that of a lazy object is."""
    kind = type(value)
    if issubclass(kind, _ROUTINES):
        return True
    own = [class_dict(each) for each in mro_of(kind)]
    return any("__get__" in names for names in own) and not (
        issubclass(kind, type) or any("__set__" in names for names in own)
    )


def kind_of(value: Any) -> str:
    """What a completer draws beside a name."""
    if issubclass(type(value), types.ModuleType):
        return "module"
    if issubclass(type(value), type):
        return "class"
    if issubclass(type(value), property):
        return "property"
    is_function = is_routine(value) or issubclass(type(value), (staticmethod, classmethod))
    return "function" if is_function else "instance"
