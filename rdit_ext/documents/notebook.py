"""A script with its results as a notebook: each statement is a cell of its own, with its outputs.

https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
from typing import Any

from .markdown import joined
from .segments import Output, Segment


def to_notebook(
    segments: list[Segment], title: str = "", results_only: bool = False
) -> dict[str, Any]:
    """The notebook in nbformat 4.5. `results_only`: the cells have their outputs and no code, and
    those without outputs are left out."""
    cells: list[dict[str, Any]] = []
    for segment in segments:
        cell = {"id": f"statement-{len(cells) + 1}", "metadata": {}, "source": segment.text}
        if segment.kind == "markdown":
            cells.append({"cell_type": "markdown", **cell})
            continue
        if results_only:
            if not segment.outputs:
                continue
            cell["source"] = ""
        if segment.stale:
            cell["metadata"] = {"rdit": {"stale": segment.stale}}
        outputs = [as_nbformat(output) for output in joined(segment.outputs)]
        cells.append({"cell_type": "code", **cell, "execution_count": None, "outputs": outputs})
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {
                "file_extension": ".py",
                "mimetype": "text/x-python",
                "name": "python",
            },
            **({"title": title} if title else {}),
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write_notebook(notebook: dict[str, Any]) -> str:
    """The notebook's file, as Jupyter writes one."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def as_nbformat(output: Output) -> dict[str, Any]:
    """The output as nbformat has it, which knows four kinds."""
    kind = output["type"]
    if kind in ("result", "display"):
        bundle = {"data": output["data"], "metadata": output.get("metadata", {})}
        if kind == "result":
            return {"output_type": "execute_result", "execution_count": None, **bundle}
        return {"output_type": "display_data", **bundle}
    if kind == "error":
        return {
            "output_type": "error",
            "ename": output["name"],
            "evalue": output["message"],
            "traceback": output["text"].rstrip("\n").split("\n"),
        }
    return {"output_type": "stream", "name": kind, "text": output["text"]}
