"""Scripts as notebooks and other documents, and notebooks as scripts.

A script's cells begin at `# %%`, the percent format of Spyder, VS Code and Jupytext; where it has
none, a cell ends after a statement that has something to show. String statements are Markdown, both
ways, so a notebook that becomes a script can become a notebook again. Nothing is executed here.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import nbformat as _nbformat
import nbformat.v4 as _v4

from ..protocol import Display, Error, ExportedResult, ExportFormat, Output, Result, Stderr

# Untyped: nbformat has no annotations that mypy could use.
nbformat: Any = _nbformat
v4: Any = _v4
_MARKER = re.compile(r"^#\s*%%+(?:\s*\[(?P<kind>markdown|md|raw)\])?")
_MAGIC = re.compile(r"^\s*(%|!|\?|[\w.]+\?{1,2}\s*$)")
MIME_TYPES = {
    "notebook": ("application/x-ipynb+json", ".ipynb"),
    "html": ("text/html; charset=utf-8", ".html"),
    "markdown": ("text/markdown; charset=utf-8", ".md"),
}


@dataclass
class _Cell:
    """Lines `first` to `last` of a script, 1-based and inclusive; empty if `last` is before
    `first`."""

    first: int
    last: int
    kind: str = "code"
    text: str = ""
    outputs: list[Output] = field(default_factory=list)


def script_to_notebook(
    script: str, results: list[ExportedResult], title: str = "", split: bool = False
) -> Any:
    """The script with its results as an nbformat 4 notebook.

    `split`: end a cell after each statement that has something to show, also between two `# %%`, so
    that each result follows its statement. That is for documents to read; a notebook that is run
    again keeps the script's cells.
    """
    lines = script.splitlines()
    cells = []
    for cell in _cells(lines, script, results, split):
        if cell.kind == "markdown":
            cells.append(v4.new_markdown_cell(cell.text))
            continue
        source = _without_marker(lines[cell.first - 1 : cell.last])
        if not source and not cell.outputs:
            continue
        outputs = [_as_nbformat(output) for output in cell.outputs]
        cells.append(v4.new_code_cell(source, outputs=outputs))
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        **({"title": title} if title else {}),
    }
    notebook = v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return notebook


def export(
    script: str, results: list[ExportedResult], format: ExportFormat, title: str = ""
) -> str:
    """The document's text. Blocks for seconds, as nbconvert is slow to import: call it in a
    thread."""
    notebook = script_to_notebook(script, results, title, split=format != "notebook")
    if format == "notebook":
        text: str = nbformat.writes(notebook)
        return text
    # Imported here because it takes long and is rarely needed.
    from nbconvert import exporters

    make: Any = exporters.HTMLExporter if format == "html" else exporters.MarkdownExporter
    # Embed images as data URLs rather than extract them, as the document is one file.
    exporter = make(config={"ExtractOutputPreprocessor": {"enabled": False}})
    text, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title}})
    return text


def notebook_to_script(notebook: Any) -> str:
    """The cells of a notebook, in nbformat's JSON, as a script with `# %%` between them. Outputs
    are left out; lines that only IPython understands become comments."""
    parts = []
    for cell in notebook.get("cells", []):
        source = "".join(cell.get("source", "")).rstrip()
        kind = cell.get("cell_type")
        if kind == "markdown" and source:
            parts.append(f"# %% [markdown]\n{_as_string(source)}\n")
        elif kind == "raw" and source:
            parts.append(f"# %% [raw]\n{_commented(source)}\n")
        elif kind == "code" and source:
            parts.append(f"# %%\n{_without_magics(source)}\n")
    return "\n".join(parts)


def _cells(
    lines: list[str], script: str, results: list[ExportedResult], split: bool
) -> Iterator[_Cell]:
    outputs: dict[int, list[Output]] = {}
    for result in results:
        if result.output:
            outputs.setdefault(result.line_end, []).extend(result.output)
    statements = _statements(script)
    if statements is None:
        # A syntax error: fall back to a cell after each result.
        statements = [(result.line_start, result.line_end, None) for result in results]
    has_markers = any(_MARKER.match(line) for line in lines)
    cell = _Cell(1, 0)
    for first, last, markdown in statements:
        for number in range(cell.last + 1, first):
            if _MARKER.match(lines[number - 1]) and number > cell.first:
                yield cell
                cell = _Cell(number, number)
            cell.last = number
        if markdown is not None:
            if cell.first <= cell.last:
                yield cell
            yield _Cell(first, last, "markdown", markdown)
            cell = _Cell(last + 1, last)
            continue
        cell.last = max(cell.last, last)
        cell.outputs += outputs.get(last, [])
        if cell.outputs and (split or not has_markers):
            yield cell
            cell = _Cell(last + 1, last)
    for number in range(cell.last + 1, len(lines) + 1):
        if _MARKER.match(lines[number - 1]) and number > cell.first:
            yield cell
            cell = _Cell(number, number)
        cell.last = number
    if cell.first <= cell.last:
        yield cell


def _statements(script: str) -> list[tuple[int, int, str | None]] | None:
    """First and last line of each top-level statement, and the text of those that are Markdown.
    Statements that share a line are merged. None if the script does not parse."""
    try:
        body = ast.parse(script).body
    except (SyntaxError, ValueError):
        return None
    found: list[tuple[int, int, str | None]] = []
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
        if found and found[-1][1] >= first:
            found[-1] = (found[-1][0], last, None)
        else:
            found.append((first, last, markdown))
    return found


def _without_marker(lines: list[str]) -> str:
    while lines and (not lines[0].strip() or _MARKER.match(lines[0])):
        # `# %% Title`: keep the title, as a comment.
        title = _MARKER.sub("", lines[0]).strip() if lines[0].strip() else ""
        lines = ([f"# {title}"] if title else []) + lines[1:]
        if title:
            break
    return "\n".join(lines).strip("\n").rstrip()


def _as_nbformat(output: Output) -> Any:
    if isinstance(output, Result):
        return v4.new_output("execute_result", data=output.data, metadata=output.metadata)
    if isinstance(output, Display):
        return v4.new_output("display_data", data=output.data, metadata=output.metadata)
    if isinstance(output, Error):
        return v4.new_output(
            "error",
            ename=output.name,
            evalue=output.message,
            traceback=output.text.rstrip("\n").split("\n"),
        )
    # Text; and what nbformat, which has these four kinds, has no other place for.
    name = "stderr" if isinstance(output, Stderr) else "stdout"
    return v4.new_output("stream", name=name, text=output.text)


def _as_string(text: str) -> str:
    """Markdown as a string statement whose value is the same text; as comments if no quotes fit."""
    for quotes in ('"""', "'''"):
        if quotes not in text and not text.endswith(quotes[0]):
            prefix = "r" if "\\" in text else ""
            return f"{prefix}{quotes}\n{text}\n{quotes}"
    return _commented(text)


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def _without_magics(source: str) -> str:
    """Comment out what is not Python: a cell with a cell magic, or the lines of magics and shell
    commands in a cell that does not parse."""
    if source.startswith("%%"):
        return _commented(source)
    try:
        ast.parse(source)
    except SyntaxError:
        lines = source.split("\n")
        return "\n".join(f"# {line}" if _MAGIC.match(line) else line for line in lines)
    return source


__all__ = ["MIME_TYPES", "export", "notebook_to_script", "script_to_notebook"]
