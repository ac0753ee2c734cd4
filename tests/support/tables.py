"""Tables of a runtime, asked as viewers ask."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from rdit_ext.protocol import QUERIES, Incoming
from rdit_ext.runtime.tables import TABLE, Tables


class Asked:
    """Tables, asked as a viewer asks: parameters and results are of the protocol."""

    def __init__(self) -> None:
        self.tables = Tables()

    def show(self, value: Any, html: bool = True) -> Any:
        """The first screen of a value; None if it is shown otherwise."""
        data = {"text/plain": "text", **({"text/html": "html"} if html else {})}
        self.tables.add_to(data, value, "run")
        return data.get(TABLE)

    def ask(self, method: str, **params: Any) -> Any:
        query = QUERIES[method]
        given: Incoming = msgspec.convert(params, query.params)
        answer = getattr(self.tables, method.removeprefix("table_"))(msgspec.to_builtins(given))
        msgspec.convert(json.loads(json.dumps(answer)), query.result)
        return answer

    def texts(self, shown: Any, **params: Any) -> list[list[str]]:
        """The cells, row by row."""
        params = {"count": 1000, "columnCount": 100, **params}
        answer = self.ask("table_rows", id=shown["id"], **params)
        assert answer.get("error", "") == ""
        return [
            list(row) for row in zip(*(c["texts"] for c in answer["page"]["columns"]), strict=True)
        ]

    def labels(self, shown: Any, **params: Any) -> list[str]:
        """The labels of all rows, in their order."""
        answer = self.ask("table_rows", id=shown["id"], count=1000, columnCount=1, **params)
        assert answer.get("error", "") == ""
        labels: list[str] = answer["page"]["labels"][0]
        assert answer["total"] == len(labels)
        return labels
