"""Reads relations of DuckDB, by way of Apache Arrow.

A relation is a query. DuckDB runs it for its first 10,000 rows whenever it shows it; these
rows are fetched once, so that no question about them runs the query again.
"""

from __future__ import annotations

import importlib.util
from typing import Any

from .table_arrow import ArrowReader

_MOST_ROWS = 10_000
# Seconds that the query may have taken DuckDB itself: to fetch the rows takes about as long again.
_MOST_SECONDS = 0.5


def is_fetched(text: str, seconds: float) -> bool:
    """Whether the rows of a relation are fetched which DuckDB has shown as this text in this time:
    if that was quick, and it says that not all of them are shown."""
    is_cut = "shown)" in text[-500:]
    return is_cut and seconds <= _MOST_SECONDS and bool(importlib.util.find_spec("pyarrow"))


class DuckdbReader(ArrowReader):
    """A reader of the first rows of a relation.

    Raises:
        Exception: what DuckDB raises if the query fails.
    """

    library = "duckdb"

    def __init__(self, value: Any):
        table = value.limit(_MOST_ROWS + 1).to_arrow_table()
        super().__init__(table.slice(0, _MOST_ROWS))
        self.kind = type(value).__name__
        self.has_more = len(table) > _MOST_ROWS
