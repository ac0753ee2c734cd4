"""Reads relations of DuckDB, by way of Apache Arrow.

A relation is a query. DuckDB runs it for its first 10,000 rows whenever it shows it; these
rows are fetched once, so that no question about them runs the query again.
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from .table_arrow import ArrowReader
from .table_reader import Dict, NotPossible, module, number_of, shorten

_MOST_ROWS = 10_000
# Types that Arrow has not, or writes in other words than DuckDB: their cells are DuckDB's texts.
_WRITTEN = re.compile(
    r"(BIT|BLOB|INTERVAL|TIME WITH TIME ZONE|BIGNUM|VARINT|VARIANT|GEOMETRY)$"
    r"|(MAP|STRUCT|UNION)\(|.*\[\d*\]$",
    re.DOTALL,
)
# Seconds that the query may have taken DuckDB itself: to fetch the rows takes about as long again.
_MOST_SECONDS = 0.5


def is_fetched(text: str, seconds: float) -> bool:
    """Whether the rows of a relation are fetched which DuckDB has shown as this text in this time:
    if that was quick, and it says that not all of them are shown."""
    is_cut = "shown)" in text[-500:]
    return is_cut and seconds <= _MOST_SECONDS and bool(importlib.util.find_spec("pyarrow"))


class DuckdbReader(ArrowReader):
    """A reader of the first rows of a relation, in which NaN is the largest number, as in DuckDB.

    Raises:
        Exception: what DuckDB raises if the query fails.
    """

    library = "duckdb"

    def __init__(self, value: Any):
        self._types = list(map(str, value.types))
        self._is_text = [_WRITTEN.match(kind) is not None for kind in self._types]
        rows = value.limit(_MOST_ROWS + 1)
        if any(self._is_text):
            chosen = enumerate(self._is_text, 1)
            rows = rows.project(
                ", ".join(f"#{at}{'::VARCHAR' * is_text}" for at, is_text in chosen)
            )
        table = rows.to_arrow_table().rename_columns(value.columns)
        super().__init__(table.slice(0, _MOST_ROWS))
        self.kind = type(value).__name__
        self.has_more = len(table) > _MOST_ROWS
        folded = Counter(name.lower() for name in value.columns)
        # SQL does not tell names apart by case, nor which of two that are the same is meant.
        self._keys = ["" if folded[name.lower()] > 1 else _in_sql(name) for name in value.columns]

    def column(self, at: int) -> Dict:
        made = super().column(at)
        return {**made, "type": shorten(self._types[at]), "key": self._keys[at]}

    def find(self, sort: Dict | None, filters: Sequence[Dict]) -> Any:
        if sort is not None and self._is_text[sort["column"]]:
            raise NotPossible(
                f"Only DuckDB has the order of {self._types[sort['column']]}: use SQL"
            )
        return super().find(sort, filters)

    def _is_float(self, values: Any) -> bool:
        return bool(self._arrow.types.is_floating(values.type))

    def _order(self, values: Any, how: str) -> Any:
        if how == "ascending" or not self._is_float(values):
            return super()._order(values, how)
        nan = self._compute.fill_null(self._compute.is_nan(values), False)
        table = self._arrow.table({"nan": nan, "value": values})
        return self._compute.sort_indices(table, sort_keys=[("nan", how), ("value", how)])

    def _passes(self, each: Dict) -> Any:
        at = each["column"]
        if at is not None and self._is_text[at] and each["operator"] in ("<", "<=", ">", ">="):
            raise NotPossible(f"Only DuckDB has the order of {self._types[at]}: use SQL")
        found = super()._passes(each)
        if at is None or not self._is_float(values := self._values(at)):
            return found
        how, is_nan = each["operator"], self._compute.is_nan(values)
        if how not in ("<", "<=", ">", ">="):
            return found
        limit = number_of(each["value"], is_whole=False)
        if limit == limit:
            return self._compute.or_(found, is_nan) if ">" in how else found
        # Below it is every other number, and none above.
        others = self._compute.invert(is_nan)
        none = self._compute.and_(is_nan, others)
        return {"<": others, "<=": values.is_valid(), ">": none, ">=": is_nan}[how]


def _in_sql(name: str) -> str:
    """A name as SQL has it: in quotes, if it would be something else without; "" if it is too long
    for a line of code."""
    if len(name) > 200:
        return ""
    duckdb = module("duckdb")
    is_plain = name.isascii() and name.isidentifier()
    if is_plain and duckdb.tokenize(name) == [(0, duckdb.token_type.identifier)]:
        return name
    return '"' + name.replace('"', '""') + '"'
