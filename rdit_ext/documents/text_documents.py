"""Scripts with their results as Markdown and as notebooks.

Python in the browser has this module, and those that it imports, where there is no server
(`labextension/src/backends/pyodide/worker.ts`): they need the standard library only.
"""

from __future__ import annotations

import json
from typing import Any

from .markdown import to_markdown
from .notebook import to_notebook, write_notebook
from .segments import segments


def text_document(body: dict[str, Any], back: str = "") -> str:
    """The text of the document that this `ExportBody` asks for, as it crosses the wire; its format
    is `markdown` or `notebook`. `back`: of Markdown, see `to_markdown`."""
    parts = segments(body["script"], body.get("results", []))
    results_only = body.get("resultsOnly", False)
    if body["format"] == "markdown":
        return to_markdown(parts, results_only, back)
    return write_notebook(to_notebook(parts, body.get("title", ""), results_only))


def text_document_of_json(body: str) -> str:
    """`text_document` for a caller in another language."""
    return text_document(json.loads(body))
