"""What IPython's completer knows without jedi: names, attributes, keys and arguments of the values
that are there.

It takes about a millisecond, where jedi takes 5 to 400 and, the first time that it meets a module,
seconds: it infers from stubs what the value itself tells. What has no value yet is jedi's.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .introspect_lookup import kind_of, missing

_TYPES = "_jupyter_types_experimental"
# Where a statement of the script begins: at the margin, unless it goes on there.
_BEGINS = re.compile(r"^(?=[^\s#)\]}])(?!(?:else|elif|except|finally|case)\b)", re.MULTILINE)
_ATTRIBUTE = re.compile(r"([^\W\d]\w*)(?:\.[^\W\d]\w*)*\.\w*$")
_PREFIX = re.compile(r"\w*$")
_IMPORT = re.compile(r"^\s*(?:import|from\s+([\w.]+)\s+import|from)\s[^\n]*\Z", re.MULTILINE)
# Where an expression may begin, and what one is that an attribute can be of.
_EXPRESSION = re.compile(r"(?<![\w.])(?=[\w'\"(\[{])")
_PRIMARY = (ast.Attribute, ast.Call, ast.Subscript, ast.Name, ast.Constant, ast.List, ast.Dict)
_MOST_EXPRESSION = 300
_OPENS_SCOPE = re.compile(r"\b(?:def|lambda|for|class)\b")

Dict = dict[str, Any]


def is_live(completer: Any) -> bool:
    """Whether it evaluates without side effects, and says so, as IPython 8.39 does."""
    return hasattr(completer, "evaluation") and hasattr(completer, "python_matcher")


def statement_start(code: str, cursor: int) -> int:
    """Where the statement of the script begins in which `cursor` stands."""
    starts = [found.start() for found in _BEGINS.finditer(code, 0, cursor)]
    return starts[-1] if starts else 0


def line_start(code: str, cursor: int) -> int:
    """Where the text of the line begins in which `cursor` stands."""
    start = code.rfind("\n", 0, cursor) + 1
    line = code[start:cursor]
    return start + len(line) - len(line.lstrip())


def may_be_local(statement: str) -> bool:
    """Whether the name whose attribute ends `statement` may be bound within it, as a parameter is,
    so that a variable of the script by that name says nothing."""
    found = _ATTRIBUTE.search(statement)
    if found is None or not _OPENS_SCOPE.search(statement):
        return False
    # It stands elsewhere too, and not only for an attribute.
    others = rf"(?<![\w.]){re.escape(found[1])}\b(?!\s*\.)"
    return re.search(others, statement[: found.start()]) is not None


def dotted_before(code: str) -> str:
    """The dotted name whose attribute ends `code`; "" if there is none."""
    found = _ATTRIBUTE.search(code)
    return "" if found is None else found[0].rpartition(".")[0]


@contextmanager
def without_jedi(completer: Any) -> Iterator[None]:
    """Has `completer` not ask jedi meanwhile."""
    before = completer.use_jedi
    completer.use_jedi = False
    try:
        yield
    finally:
        completer.use_jedi = before


def has_values(reply: Dict) -> bool:
    """Whether there are matches, but for magics, which stand beside all names."""
    matches = reply.get("matches", [])
    # What is no list is refused where the answer is checked.
    return not isinstance(matches, list) or any(not str(m).startswith("%") for m in matches)


def as_jedi_writes(
    reply: Dict, code: str, namespace: Mapping[str, Any], evaluate: Callable[[str], Any]
) -> Dict:
    """The reply with each attribute as its name alone, without the dot, and with what each is.

    `code`: up to the cursor. `evaluate` returns the value of an expression, or `missing`.
    """
    types = reply.get("metadata", {}).get(_TYPES)
    if not types:
        return reply
    if any(each.get("type") == "attribute" for each in types):
        return _attributes(reply, code, evaluate)
    names = {**vars(builtins), **namespace}
    importing = _IMPORT.search(code)
    for each in types:
        if each.get("type") == "variable":
            each["type"] = _kind_of_name(each["text"], names)
        elif importing and each.get("type") == "<unknown>":
            each["type"] = _kind_of_import(importing[1], each["text"])
    return reply


def _kind_of_import(source: str | None, name: str) -> str:
    """Of a name that is imported from the module `source`; None: a module itself."""
    module = sys.modules.get(source or "")
    value = None if module is None else inspect.getattr_static(module, name, None)
    return "module" if value is None else kind_of(value)


def _kind_of_name(name: str, names: Mapping[str, Any]) -> str:
    if keyword.iskeyword(name):
        return "keyword"
    return kind_of(names[name]) if name in names else "instance"


def _expression_before(code: str) -> str:
    """The expression that ends `code`, "" if there is none: the longest end of the line that is one
    and no operation, which binds less than the dot that follows."""
    line = code[code.rfind("\n") + 1 :][-_MOST_EXPRESSION:]
    for found in _EXPRESSION.finditer(line):
        text = line[found.start() :]
        try:
            tree = ast.parse(text, mode="eval")
        except (SyntaxError, ValueError):
            continue
        if isinstance(tree.body, _PRIMARY):
            return text
    return ""


def attributes_of(value: Any, code: str) -> Dict:
    """The kernel's reply about an attribute that ends `code`, of a value that has no name in the
    namespace."""
    prefix = _PREFIX.search(code)
    assert prefix is not None
    is_private = prefix[0].startswith("_")
    names = [
        name
        for name in dir(value)
        if name.startswith(prefix[0]) and (is_private or not name.startswith("_"))
    ]
    place = {"start": prefix.start(), "end": len(code)}
    types = [
        {**place, "text": name, "type": kind_of(inspect.getattr_static(value, name, None))}
        for name in names
    ]
    return {
        "matches": names,
        "cursor_start": prefix.start(),
        "cursor_end": len(code),
        "metadata": {_TYPES: types},
    }


def _attributes(reply: Dict, code: str, evaluate: Callable[[str], Any]) -> Dict:
    prefix = _PREFIX.search(code)
    assert prefix is not None
    start = prefix.start()
    owner = _expression_before(code[: start - 1])
    value = evaluate(owner) if owner else missing
    types = []
    for each in reply["metadata"][_TYPES]:
        name = each["text"][max(0, start - each["start"]) :]
        static = missing if value is missing else inspect.getattr_static(value, name, missing)
        kind = "instance" if static is missing else kind_of(static)
        types.append({**each, "start": start, "text": name, "type": kind})
    return {
        **reply,
        "matches": [each["text"] for each in types],
        "cursor_start": start,
        "metadata": {**reply["metadata"], _TYPES: types},
    }
