"""Reads lists of dictionaries, as APIs and JSON files give them.

Each is a row, each key a column.
"""

from __future__ import annotations

import csv
import datetime
import decimal
import fractions
import io
import json
import math
import sys
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from .table_reader import (
    BINS,
    COMPARE,
    MOST_VALUES,
    Cells,
    Dict,
    NotPossible,
    flag_of,
    number_of_any_size,
    number_text,
    shorten,
)

_MOST_ROWS = 100_000
_MOST_COLUMNS = 1000
# Rows that are looked at for what a list is.
_SAMPLE = 100
_NUMBERS = (int, float, decimal.Decimal, fractions.Fraction)
# Types whose `str` is no code of the user's.
_PLAIN = (
    *(*_NUMBERS, str, bool, complex, bytes, uuid.UUID),
    *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta),
)


def are_records(value: Any) -> bool:
    """Whether a list is shown as a table on request: several dictionaries whose keys are texts."""
    if type(value) is not list or not 2 <= len(value) <= _MOST_ROWS:
        return False
    if not all(type(row) is dict for row in value):
        return False
    keys = [key for row in value[:_SAMPLE] for key in islice(row, _SAMPLE)]
    return bool(keys) and all(type(key) is str for key in keys)


def bytes_of_records(value: list[Dict]) -> int:
    """About how many bytes the rows take, from a sample, without what lists and objects in them
    refer to."""
    sample = value[:: 1 + len(value) // 1000]
    size = 0
    for row in sample:
        values = (each for each in row.values() if type(each) in _PLAIN)
        size += sys.getsizeof(row) + sum(map(sys.getsizeof, values))
    return size * len(value) // len(sample)


class RecordsReader:
    """A reader of a list of dictionaries as it is now. A key that a row does not have is a missing
    value."""

    has_more = False
    library = "builtins"
    kind = "list"

    def __init__(self, value: list[Dict]):
        self._rows = list(map(dict, value))
        names: dict[str, None] = {}
        for row in value:
            if len(names) >= _MOST_COLUMNS:
                break
            for key in row:
                if type(key) is str:
                    names.setdefault(key)
        self._names = list(names)[:_MOST_COLUMNS]
        self.rows, self.columns = len(value), len(self._names)
        self.levels = [""]

    def _values(self, at: int, rows: Any = slice(None)) -> list[Any]:
        """None for what is missing."""
        name = self._names[at]
        chosen = self._rows[rows] if isinstance(rows, slice) else [self._rows[row] for row in rows]
        return [row.get(name) for row in chosen]

    def column(self, at: int) -> Dict:
        kinds = {type(value) for value in self._values(at)} - {type(None)}
        return {
            "name": shorten(self._names[at]),
            "type": next(iter(kinds)).__name__ if len(kinds) == 1 else "mixed" if kinds else "",
            "isNumber": bool(kinds) and all(kind in _NUMBERS for kind in kinds),
            "key": repr(self._names[at]),
        }

    def cells(self, at: int, rows: Any) -> Cells:
        values = self._values(at, rows)
        missing = [place for place, value in enumerate(values) if _is_missing(value)]
        return list(map(_text, values)), missing

    def labels(self, rows: Any) -> list[list[str]]:
        return [list(map(str, range(self.rows)[rows] if isinstance(rows, slice) else rows))]

    def find(self, sort: Dict | None, filters: Sequence[Dict]) -> Any:
        found: Iterable[int] = range(self.rows)
        for each in filters:
            passes = self._passes(each)
            found = [row for row in found if passes[row]]
        found = list(found)
        if sort is None:
            return found
        values = self._values(sort["column"])
        there = [row for row in found if not _is_missing(values[row])]
        try:
            there.sort(key=values.__getitem__, reverse=sort["descending"])
        except TypeError:
            raise NotPossible("The values of this column have no order.") from None
        return there + [row for row in found if _is_missing(values[row])]

    def _passes(self, each: Dict) -> list[bool]:
        at, how, text = each["column"], each["operator"], each["value"]
        if at is None:
            lists = (self._contain(column, text) for column in range(self.columns))
            return [any(row) for row in zip(*lists, strict=True)]
        if how == "contains":
            return self._contain(at, text)
        values = self._values(at)
        if how in ("missing", "present"):
            return [_is_missing(value) == (how == "missing") for value in values]
        compare, wanted = COMPARE[how], self._wanted(values, text)
        if wanted is None:
            if how not in ("=", "!="):
                raise NotPossible(
                    "The values of this column have no order that a text has a place in."
                )
            return [not _is_missing(value) and compare(_text(value), text) for value in values]
        try:
            return [not _is_missing(value) and bool(compare(value, wanted)) for value in values]
        except TypeError:
            raise NotPossible("The values of this column cannot be compared so.") from None

    def _contain(self, at: int, text: str) -> list[bool]:
        return [text.lower() in _text(value).lower() for value in self._values(at)]

    def _wanted(self, values: list[Any], text: str) -> Any:
        """The value that a user has written, of the type that the column has; None if that is none
        which a text can be."""
        kinds = {type(value) for value in values} - {type(None)}
        if kinds == {bool}:
            return flag_of(text)
        if kinds and kinds <= set(_NUMBERS):
            return number_of_any_size(text)
        if len(kinds) == 1 and hasattr(kind := next(iter(kinds)), "fromisoformat"):
            try:
                return kind.fromisoformat(text.strip())
            except ValueError:
                raise NotPossible(f"{text!r} is no {kind.__name__}") from None
        return text if kinds <= {str} else None

    def profile(self, at: int, rows: Any) -> Dict:
        values = self._values(at, rows)
        present = [value for value in values if not _is_missing(value)]
        made: Dict = {"count": len(values), "missing": len(values) - len(present)}
        if not present:
            return made
        numbers = [float(value) for value in present if type(value) in _NUMBERS]
        finite = [number for number in numbers if math.isfinite(number)]
        counts = Counter(map(_text, present))
        made["distinct"] = len(counts)
        if len(numbers) < len(present) or not finite:
            made["values"] = list(map(list, counts.most_common(MOST_VALUES)))
            return made
        low, high = min(finite), max(finite)
        made["facts"] = [["mean", number_text(math.fsum(finite) / len(finite))]]
        exact = finite if {type(value) for value in present} - {int} else present
        made["low"], made["high"] = number_text(min(exact)), number_text(max(exact))
        bins = [0] * BINS
        # A quarter: the range of all numbers is no number.
        width = high / 4 - low / 4
        for number in finite:
            part = (number / 4 - low / 4) / width if width else 0.5
            bins[min(int(part * BINS), BINS - 1)] += 1
        made["bins"] = bins
        return made

    def write(self, rows: Any, separator: str, has_head: bool) -> str:
        file = io.StringIO()
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        if has_head:
            writer.writerow(self._names)
        columns = (
            [_text(value, "") for value in self._values(at, rows)] for at in range(self.columns)
        )
        writer.writerows(zip(*columns, strict=True))
        return file.getvalue()

    def memory(self) -> tuple[int, int | None]:
        size = bytes_of_records(self._rows)
        return size, size

    def shared(self) -> RecordsReader:
        return self

    def copied(self) -> RecordsReader:
        return RecordsReader(self._rows)

    def fingerprint(self) -> int:
        return 0


def _is_missing(value: Any) -> bool:
    return value is None or (type(value) is float and value != value)


def _text(value: Any, missing: str = "None") -> str:
    if value is None:
        return missing
    if type(value) not in (*_PLAIN, dict, list, tuple):
        return _named(value)
    try:
        if type(value) in _PLAIN:
            return str(value)
        # What is in it, as it would stand in a file.
        return json.dumps(value, default=_named, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):  # a circle, or a number of too many digits
        return _named(value)


def _named(value: Any) -> str:
    return f"<{type(value).__name__}>"
