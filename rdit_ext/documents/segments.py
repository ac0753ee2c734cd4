"""A script cut into its statements, each with what stands beside it, for documents to be made of.

Strings that stand alone and comments below `# %% [markdown]` are Markdown, and a `# %% Title` is a
heading. Nothing is executed here. Results are as they cross the wire, dicts of `ExportedResult`.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

Output = dict[str, Any]

_MARKER = re.compile(r"^#\s*%%+\s*(?:\[(?P<kind>\w+)\])?(?P<title>.*)$")

# A line ends as Python counts lines. For `str.splitlines` a form feed ends one, too.
NEWLINE = re.compile(r"\r\n?|\n")


@dataclass
class Segment:
    """One statement with the comments above it, or a Markdown text. `text` has no section markers
    and no blank lines around it. `gap`: how many of those the script has above it. `stale`: why its
    outputs no longer hold; "" if they do."""

    kind: str
    text: str
    outputs: list[Output] = field(default_factory=list)
    stale: str = ""
    gap: int = 0


def segments(script: str, results: list[dict[str, Any]]) -> list[Segment]:
    """The script from its first line to its last. Statements that share a line are one segment."""
    lines = NEWLINE.split(script)
    found: list[Segment] = []
    last = 0
    for start, end, markdown in _statements(script, results):
        between = lines[last : start - 1]
        found += _comments(between, is_above=markdown is None)
        above = found.pop() if found and found[-1].kind == "above" else None
        if markdown is None:
            code = lines[start - 1 : end]
            gap = _blank(reversed(between))
            if above is not None:
                code = [above.text, *[""] * gap, *code]
                gap = above.gap
            found.append(Segment("code", "\n".join(code).strip("\n").rstrip(), gap=gap))
        else:
            found.append(Segment("markdown", markdown))
        for result in results:
            # A Markdown text is its own result.
            if last < result["lineEnd"] <= end and markdown is None:
                found[-1].outputs += result["output"]
                found[-1].stale = found[-1].stale or result.get("stale", "")
        last = end
    found += _comments(lines[last:], is_above=False)
    return [segment for segment in found if segment.text or segment.outputs]


def _statements(script: str, results: list[dict[str, Any]]) -> list[tuple[int, int, str | None]]:
    """First and last line of each top-level statement, and the text of those that are Markdown. Of
    a script that does not parse: those that have a result."""
    try:
        body = ast.parse(script).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _disjoint([(r["lineStart"], r["lineEnd"], None) for r in results])
    found = []
    for node in body:
        decorators = getattr(node, "decorator_list", None) or [node]
        first, last = min(decorators[0].lineno, node.lineno), node.end_lineno or node.lineno
        markdown = None
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            markdown = textwrap.dedent(node.value.value).strip()
        found.append((first, last, markdown))
    return _disjoint(found)


def _disjoint(spans: list[tuple[int, int, str | None]]) -> list[tuple[int, int, str | None]]:
    """Those that share a line joined: they are code."""
    found: list[tuple[int, int, str | None]] = []
    for first, last, markdown in spans:
        if found and found[-1][1] >= first:
            found[-1] = (found[-1][0], max(found[-1][1], last), None)
        else:
            found.append((first, last, markdown))
    return found


def _comments(lines: list[str], is_above: bool) -> list[Segment]:
    """What stands between two statements: headings and Markdown of section markers, and comments.
    `is_above`: the last comments belong to the statement that follows, and are of kind `above`."""
    found: list[Segment] = []
    kind = "code"
    taken: list[str] = []

    def end(kind_of: str) -> None:
        text = "\n".join(taken).strip("\n").rstrip()
        if text and kind_of == "markdown":
            text = "\n".join(re.sub(r"^# ?", "", line) for line in text.split("\n")).strip()
        if text:
            found.append(Segment(kind_of, text, gap=_blank(taken)))
        taken.clear()

    for line in lines:
        marker = _MARKER.match(line)
        if marker is None:
            taken.append(line)
            continue
        end(kind)
        kind = "markdown" if marker["kind"] in ("markdown", "md") else "code"
        if marker["title"].strip():
            found.append(Segment("markdown", f"## {marker['title'].strip()}"))
    if is_above and kind == "code":
        kind = "above"
    end(kind)
    return found


def _blank(lines: Iterable[str]) -> int:
    """How many of these lines are blank before one is not."""
    return sum(1 for _ in takewhile(lambda line: not line.strip(), lines))
