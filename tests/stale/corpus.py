"""The scripts that are edited: the examples, the golden runs, the scripts beside this file, and the
doctests of the standard library, each as one script."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

# What a script may not do, as it would be done again and again, or is of the process.
_OUT_OF_SCOPE = re.compile(
    r"\b(subprocess|multiprocessing|signal|threading|asyncio|faulthandler|pdb|fork|input|exit|exec|time"
    r"|os\.(dup2|close|write|system|read|kill)|SystemExit|settrace|Profile|excepthook|set\w*hook|id|sleep"
    r"|await|urlopen|socket|stdin|setrecursionlimit|logging|stack|walk_stack|get_ipython|IPython)\b"
)
MODULES = (
    *(
        "bisect",
        "collections",
        "copy",
        "dataclasses",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
    ),
    *(
        "heapq",
        "ipaddress",
        "itertools",
        "json",
        "operator",
        "pprint",
        "random",
        "re",
        "statistics",
        "string",
    ),
    *(
        "textwrap",
        "types",
        "typing",
        "zlib",
        "calendar",
        "contextlib",
        "html",
        "shlex",
        "fnmatch",
        "colorsys",
    ),
)
# At most so many statements: what a longer script adds are states, not kinds.
_MOST = 60


@dataclass
class Sample:
    name: str
    statements: list[str]
    files: dict[str, bytes] = field(default_factory=dict)


def samples() -> list[Sample]:
    return [*_files(), *_doctests()]


def _files() -> Iterator[Sample]:
    paths = [
        *(ROOT / "examples").rglob("*.py"),
        *(HERE / "scripts").glob("*.py"),
        *(ROOT / "tests" / "runs").glob("*.py"),
    ]
    for path in sorted(paths):
        text = path.read_text("utf-8-sig")
        if _OUT_OF_SCOPE.search(text) or "# requires: python" in text:
            continue
        statements = _cut(text)
        if len(statements) < 3 or "__future__" in text:
            continue
        files = {each.name: each.read_bytes() for each in path.parent.glob("*.csv")}
        yield Sample(f"{path.parent.name}/{path.stem}", statements, files)


def _doctests() -> Iterator[Sample]:
    for name in MODULES:
        module = importlib.import_module(name)
        for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
            source = "\n".join(example.source.rstrip("\n") for example in test.examples)
            used = sorted(
                each
                for each in set(re.findall(r"[A-Za-z_]\w*", source))
                if hasattr(module, each) and not each.startswith("__")
            )
            head = [f"import {name}"] + ([f"from {name} import {', '.join(used)}"] if used else [])
            statements = head + _cut(source)
            if len(statements) > 4 and not _OUT_OF_SCOPE.search(source):
                yield Sample(f"doctest/{test.name}", statements[:_MOST])


def _cut(text: str) -> list[str]:
    """The top-level statements of a text, none of them sharing a line."""
    try:
        nodes = ast.parse(text).body
    except SyntaxError:
        return []
    lines = text.split("\n")
    found: list[str] = []
    last = 0
    for node in nodes:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        if first <= last:
            return []
        last = node.end_lineno or first
        found.append("\n".join(lines[first - 1 : last]))
    return found[:_MOST]
