"""Scripts with their results as other documents, and notebooks as scripts.

A cell of a notebook becomes a section, which begins at `# %%`, the percent format of Spyder, VS
Code and Jupytext; a Markdown cell becomes a string statement, which is Markdown the other way.
Nothing is executed here.
"""

from __future__ import annotations

import ast
import re
from typing import Any

import msgspec

from ..protocol import TABLE, Display, ExportBody, ExportedResult, ExportFormat, Output, Result
from .report import fill_report, template
from .text_documents import text_document

_MAGIC = re.compile(r"^\s*(%|!|\?|[\w.]+\?{1,2}\s*$)")
MIME_TYPES = {
    "notebook": ("application/x-ipynb+json", ".ipynb"),
    "html": ("text/html; charset=utf-8", ".html"),
    "markdown": ("text/markdown; charset=utf-8", ".md"),
}


def export(
    script: str,
    results: list[ExportedResult],
    format: ExportFormat,
    title: str = "",
    results_only: bool = False,
    files: dict[str, str] | None = None,
    back: str = "",
) -> str:
    """The document's text. `files`: of a report, see `fill_report`; `back`: of Markdown, see
    `to_markdown`.

    Raises:
        FileNotFoundError: the page, of which the template of a report is a part, was not built.
    """
    results = [_without_grids(result) for result in results]
    if format == "html":
        return fill_report(template(), script, results, title, results_only, files)
    body = ExportBody(script, format, title, results, results_only)
    return text_document(msgspec.to_builtins(body), back)


def _without_grids(result: ExportedResult) -> ExportedResult:
    """The result without what is of use only where a kernel can be asked."""
    outputs: list[Output] = []
    for output in result.output:
        if isinstance(output, (Result, Display)) and TABLE in output.data:
            data = {mime: value for mime, value in output.data.items() if mime != TABLE}
            output = msgspec.structs.replace(output, data=data)
        outputs.append(output)
    return msgspec.structs.replace(result, output=outputs)


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
