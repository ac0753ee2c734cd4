"""The value of an expression statement as a result."""

from __future__ import annotations

from typing import Any

from . import tracebacks
from .host import Host
from .matplotlib_figures import is_noise
from .mime_bundle import as_markdown, fit_bundle, fit_json
from .statement import TEXT, Statement
from .statement_sink import StatementSink


def show_value(
    host: Host, path: str, value: Any, statement: Statement, sink: StatementSink, touched: Any
) -> None:
    """Output the value of an expression as a result, unless it has no representation, or is
    matplotlib's return value of a call whose figure is displayed anyway."""
    try:
        data, metadata = host.format(value)
        if not data or (touched and len(data) == 1 and is_noise(value)):
            return
        data, size = fit_bundle(data)
        about = fit_json(metadata)[0] if metadata else {}
    except Exception as error:
        # As in IPython: a `__repr__` that fails is shown, but the statement has succeeded. Also of
        # what it gave and JSON cannot carry.
        sink.output(tracebacks.describe(error, path), 1000)
        return
    if statement.shows == TEXT and isinstance(value, str):
        data["text/markdown"] = as_markdown(value)
    output = {
        "type": "result",
        "text": data.get("text/plain", "") + "\n",
        "data": data,
        "metadata": about,
    }
    sink.release()
    sink.output(output, size + 100)
