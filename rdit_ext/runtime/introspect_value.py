"""What can be said of a value without calling code of the user's: its type, a short text, its size,
its signature, its documentation, and where it is defined.

No `repr`, property or `__getattr__` of an unknown type is called: only values of builtin types and
of the packages of `introspect_tables.py` are asked.
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
import types
from typing import Any

from .introspect_class import ids, name_of, package_of
from .introspect_lookup import is_routine
from .introspect_preview import length_of, preview
from .introspect_tables import columns_of, dtype_of, is_of_package, shape_of
from .plain_repr import PLAIN

_WRITTEN = ids(*PLAIN, type(None))
_METHODS = (
    types.FunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
)
_GENERIC = (types.GenericAlias, types.UnionType)
_MOST_DOCUMENTATION = 20_000
_MOST_PARAMETERS = 100
_MOST_COLUMNS = 20
# In the documentation of C code: what a method is of, and the name of a parameter (`[, step]`).
_OWNER = re.compile(r"^\w+\.(?=\w+\()")
_NAME = re.compile(r"[\[\]*,\s]*([\w.]+)")
_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "any",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}

Dict = dict[str, Any]


def text_of(value: Any) -> str:
    """A short text of a value of a builtin type; "" for others."""
    return preview(value) if id(type(value)) in _WRITTEN else ""


def size_of(value: Any) -> str:
    """Its length or shape: `12`, `3, 4`; "" if it has none, or it cannot be known at once."""
    shape = shape_of(value)
    if shape is not None:
        return ", ".join(map(str, shape))
    length = None if is_of_package(value) else length_of(value)
    return "" if length is None else str(length)


def type_of(value: Any) -> str:
    """The name of its type, and of that of its items."""
    kind, dtype = name_of(type(value)), dtype_of(value)
    return f"{kind} of {dtype}" if dtype else kind


def describe(name: str, value: Any, skips_first: bool = False) -> Dict:
    """The result of the method `describe` for a value that is known by `name`.

    `skips_first`: it is a function that was found in the type of an instance, so that a call of it
    there does not give the first parameter.
    """
    last = name.rpartition(".")[2]
    signature = signature_of(last, value, skips_first)
    return {
        "found": True,
        "name": last,
        "type": type_of(value),
        "value": text_of(value) or _columns_of(value),
        "size": size_of(value),
        "signatures": [] if signature is None else [signature],
        "documentation": _documentation_of(value),
        **_place_of(value),
    }


def _columns_of(value: Any) -> str:
    """The names of a table's columns."""
    columns = columns_of(value, 0, _MOST_COLUMNS + 1)
    if columns is None or not all(type(column) is str for column in columns):
        return ""
    more = ", …" if len(columns) > _MOST_COLUMNS else ""
    return ", ".join(columns[:_MOST_COLUMNS]) + more


def _is_routine(value: Any) -> bool:
    """Whether it is a function or a class, whose attributes are Python's own."""
    return (
        is_routine(value)
        or issubclass(type(value), (type, functools.partial, types.MethodType))
        or (is_of_package(value) and callable(value))
    )


def _documentation_of(value: Any) -> str:
    """The documentation; of an instance, and of a module, only its first paragraph."""
    kind = type(value)
    if issubclass(type(value), (staticmethod, classmethod)):
        value = value.__func__
    if _is_routine(value) or issubclass(type(value), (types.ModuleType, property)):
        text = inspect.getdoc(value)
    elif package_of(kind) == "builtins":
        return ""
    else:
        # Of the type, not of the instance, which may answer anything.
        found = inspect.getattr_static(kind, "__doc__", None)
        text = inspect.cleandoc(found) if isinstance(found, str) else ""
    text = text or ""
    if not _is_routine(value) and not issubclass(type(value), property):
        text = text.partition("\n\n")[0]
    return text[:_MOST_DOCUMENTATION]


def signature_of(name: str, value: Any, skips_first: bool = False) -> Dict | None:
    """What a call of the value takes; None if that cannot be known."""
    if issubclass(type(value), (staticmethod, classmethod)):
        skips_first = issubclass(type(value), classmethod)
        value = value.__func__
    if not _is_routine(value):
        return None
    try:
        if sys.version_info >= (3, 14):
            import annotationlib

            # Annotations as they are written: no name in them is looked up.
            found = inspect.signature(value, annotation_format=annotationlib.Format.STRING)
        else:
            found = inspect.signature(value)
    # C code without one; a `__signature__` or a default that is none.
    except (TypeError, ValueError, AttributeError, NameError):
        return _from_documentation(name, value)
    parameters = list(found.parameters.values())
    if skips_first and issubclass(type(value), _METHODS):
        parameters = parameters[1:]
    returns = found.return_annotation
    return {
        "name": name,
        "parameters": _written(parameters[:_MOST_PARAMETERS]),
        "returns": "" if returns is found.empty else _annotation(returns),
        "documentation": "",
    }


def _written(parameters: list[inspect.Parameter]) -> list[Dict]:
    """Parameters as they are written in a definition, `/` and `*` too."""
    written: list[Dict] = []
    mark = {"name": "", "kind": "mark"}
    before = None
    for parameter in parameters:
        kind = parameter.kind
        if before == parameter.POSITIONAL_ONLY and kind != before:
            written.append({**mark, "text": "/"})
        if kind == parameter.KEYWORD_ONLY and before not in (kind, parameter.VAR_POSITIONAL):
            written.append({**mark, "text": "*"})
        before = kind
        shown = _KINDS[kind]
        text = (shown if shown.startswith("*") else "") + parameter.name
        if parameter.annotation is not parameter.empty:
            text += f": {_annotation(parameter.annotation)}"
        if parameter.default is not parameter.empty:
            equals = " = " if parameter.annotation is not parameter.empty else "="
            text += equals + _default(parameter.default)
        written.append({"name": parameter.name, "text": text, "kind": shown})
    if before == inspect.Parameter.POSITIONAL_ONLY:
        written.append({**mark, "text": "/"})
    return written


def _annotation(annotation: Any) -> str:
    if issubclass(type(annotation), str):
        text: str = annotation
        return text
    # `list[int]` first: in Python 3.10 it says that it is a type.
    if issubclass(type(annotation), _GENERIC) or type(annotation).__module__ == "typing":
        if type(annotation).__name__ == "_AnnotatedAlias":
            return _annotation(annotation.__origin__)
        if not _is_known(annotation):
            return "…"
        return inspect.formatannotation(annotation).replace("typing.", "")
    if issubclass(type(annotation), type):
        name: str = annotation.__qualname__
        return name
    return "None" if annotation is None else "…"


def _is_known(annotation: Any) -> bool:
    """Whether the `repr` of an annotation asks nothing of the user's: it writes its arguments."""
    kind = type(annotation)
    if kind is list:  # the parameters of a `Callable`
        return all(map(_is_known, annotation))
    if issubclass(kind, _GENERIC) or kind.__module__ == "typing":
        is_annotated = kind.__name__ == "_AnnotatedAlias"
        return not is_annotated and all(map(_is_known, getattr(annotation, "__args__", ())))
    # Classes, but for those of a metaclass of the user's.
    if issubclass(kind, type):
        return kind.__module__ in ("builtins", "abc", "enum")
    return kind in (str, bytes, int, bool, type(None), type(...))


def _default(default: Any) -> str:
    if issubclass(type(default), (type, types.FunctionType, types.BuiltinFunctionType)):
        name: str = default.__name__
        return name
    return text_of(default) or "…"


def _from_documentation(name: str, value: Any) -> Dict | None:
    """The signature that begins the documentation of a function of C: `range(start, stop)`, and
    of a method `D.pop(k[,d])`."""
    text = (inspect.getdoc(value) or "").lstrip()
    text = _OWNER.sub("", text)
    if not text.startswith(f"{name}("):
        return None
    depth = 0
    part = ""
    parts: list[str] = []
    for character in text[len(name) : len(name) + 1000]:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            parts.append(part)
            break
        if depth == 1 and character == ",":
            parts.append(part)
            part = ""
        elif depth > 1 or character != "(":
            part += character
    else:
        return None
    written = [{"name": "", "text": part.strip(), "kind": "any"} for part in parts if part.strip()]
    for parameter in written:
        found = _NAME.match(parameter["text"])
        parameter["name"] = found[1] if found else ""
        if parameter["text"] in ("/", "*"):
            parameter.update(name="", kind="mark")
    return {"name": name, "parameters": written, "returns": "", "documentation": ""}


def _place_of(value: Any) -> Dict:
    """The file and the line in which it is defined, as far as that can be known."""
    if issubclass(type(value), (staticmethod, classmethod)):
        value = value.__func__
    if issubclass(type(value), property):
        value = value.fget
    try:
        if issubclass(type(value), types.ModuleType):
            return {"file": inspect.getsourcefile(value) or "", "line": 1}
        if issubclass(type(value), functools.partial):
            value = value.func
        value = inspect.unwrap(value) if is_routine(value) else value
        code = getattr(value, "__code__", None) if is_routine(value) else None
        if isinstance(code, types.CodeType):
            return {"file": code.co_filename, "line": code.co_firstlineno}
        # Of an instance: its type.
        kind = value if issubclass(type(value), type) else type(value)
        if package_of(kind) in ("builtins", "__main__"):
            return {}
        file = inspect.getsourcefile(kind)
        if file is None:
            return {}
        return {"file": file, "line": inspect.findsource(kind)[1] + 1}
    except (OSError, TypeError, ValueError):  # C code, or no file any more
        return {}
