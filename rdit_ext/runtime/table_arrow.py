"""Reads tables of Apache Arrow (pyarrow)."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Sequence
from datetime import time
from typing import Any
from zlib import crc32

from .table_reader import (
    BINS,
    MOST_VALUES,
    Cells,
    Dict,
    NotPossible,
    beyond,
    module,
    nanoseconds_of,
    number_of,
    number_text,
    shorten,
)

# Rows that are made text at once.
_MOST_WRITTEN = 100_000
_COMPARE = {
    "=": "equal",
    "!=": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}


class ArrowReader:
    """A reader of a Table or a RecordBatch, which are immutable."""

    has_more = False
    library = "pyarrow"

    def __init__(self, value: Any):
        arrow = module("pyarrow")
        self._arrow = arrow
        # `import pyarrow` does not import it.
        self._compute = importlib.import_module("pyarrow.compute")
        self.kind = type(value).__name__
        if isinstance(value, arrow.RecordBatch):
            value = arrow.Table.from_batches([value])
        self._table = value
        self.rows, self.columns = value.shape
        self.levels = [""]

    def column(self, at: int) -> Dict:
        field = self._table.schema.field(at)
        kind = field.type
        return {
            "name": shorten(field.name),
            "type": shorten(str(kind)),
            "isNumber": self._is_number(kind),
        }

    def _is_number(self, kind: Any) -> bool:
        types = self._arrow.types
        return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))

    def _values(self, at: int) -> Any:
        values = self._table.column(at)
        if self._arrow.types.is_dictionary(values.type):
            return values.cast(values.type.value_type)
        return values

    def _part(self, at: int, rows: Any) -> Any:
        values = self._values(at)
        if not isinstance(rows, slice):
            return values.take(rows)
        start, stop, _ = rows.indices(self.rows)
        return values.slice(start, stop - start)

    def cells(self, at: int, rows: Any) -> Cells:
        return self._texts(self._part(at, rows))

    def _texts(self, values: Any) -> Cells:
        texts, missing = [], []
        for at, text in enumerate(self._strings(values)):
            if text is None:
                missing.append(at)
            texts.append("null" if text is None else shorten(text))
        return texts, missing

    def _strings(self, values: Any) -> list[str | None]:
        """What Arrow writes; of lists and structures, which it does not write, what Python does."""
        try:
            texts: list[str | None] = values.cast(self._arrow.string()).to_pylist()
            return texts
        except (self._arrow.ArrowNotImplementedError, self._arrow.ArrowInvalid):
            return [None if value is None else str(value) for value in values.to_pylist()]

    def labels(self, rows: Any) -> list[list[str]]:
        found = range(*rows.indices(self.rows)) if isinstance(rows, slice) else rows.to_pylist()
        return [list(map(str, found))]

    def find(self, sort: Dict | None, filters: Sequence[Dict]) -> Any:
        compute = self._compute
        try:
            positions = passes = None
            for each in filters:
                found = compute.fill_null(self._passes(each), False)
                passes = found if passes is None else compute.and_(passes, found)
            if passes is not None:
                positions = compute.indices_nonzero(passes)
            if sort is None:
                return positions
            values = self._values(sort["column"])
            if positions is not None:
                values = values.take(positions)
            order = self._order(values, "descending" if sort["descending"] else "ascending")
            return order if positions is None else positions.take(order)
        except self._arrow.ArrowException as error:
            raise NotPossible(f"Arrow cannot do this: {str(error).splitlines()[0]}") from None

    def _order(self, values: Any, how: str) -> Any:
        return self._compute.sort_indices(values, sort_keys=[("", how)])

    def _passes(self, each: Dict) -> Any:
        compute, arrow = self._compute, self._arrow
        at, how, text = each["column"], each["operator"], each["value"]
        if at is None:
            found = None
            for column in range(self.columns):
                contains = compute.fill_null(self._contains(column, text), False)
                found = contains if found is None else compute.or_(found, contains)
            return found
        values = self._values(at)
        if how == "missing":
            return values.is_null()
        if how == "present":
            return values.is_valid()
        if how == "contains":
            return self._contains(at, text)
        value = self._value(values.type, text)
        if arrow.types.is_integer(values.type) and arrow.types.is_floating(value.type):
            values = values.cast(arrow.float64(), safe=False)
        return getattr(compute, _COMPARE[how])(values, value)

    def _contains(self, at: int, text: str) -> Any:
        arrow, compute = self._arrow, self._compute
        found = []
        for chunk in self._values(at).chunks:
            # A part at a time: what Arrow does not write as text is a list meanwhile.
            for start in range(0, len(chunk), _MOST_WRITTEN):
                part = chunk.slice(start, _MOST_WRITTEN)
                try:
                    strings = part.cast(arrow.string())
                except (arrow.ArrowNotImplementedError, arrow.ArrowInvalid):
                    strings = arrow.array(self._strings(part), arrow.string())
                found.append(compute.match_substring(strings, text, ignore_case=True))
        return arrow.chunked_array(found, arrow.bool_())

    def _value(self, kind: Any, text: str) -> Any:
        arrow = self._arrow
        if arrow.types.is_integer(kind):
            number = number_of(text, is_whole=True)
            try:
                return arrow.scalar(number, kind if type(number) is int else None)
            except (OverflowError, arrow.ArrowInvalid):
                return arrow.scalar(beyond(int(number)))
        if arrow.types.is_floating(kind):
            # 0.1 of fewer bits is another number.
            return arrow.scalar(number_of(text, is_whole=False)).cast(kind)
        if arrow.types.is_duration(kind):
            # Arrow writes them as the number of their units.
            if text.strip().lstrip("+-").isdigit():
                count = int(text)
            else:
                step = {"ns": 1, "us": 1_000, "ms": 10**6, "s": 10**9}[kind.unit]
                count = nanoseconds_of(text) // step
            try:
                return arrow.scalar(count, arrow.int64()).cast(kind)
            except OverflowError:
                raise NotPossible(f"{text!r} is too long for a {kind}") from None
        if arrow.types.is_string(kind) or arrow.types.is_large_string(kind):
            return arrow.scalar(text)
        zone = kind.tz if arrow.types.is_timestamp(kind) else None
        try:
            if arrow.types.is_time(kind):
                return arrow.scalar(time.fromisoformat(text.strip()), kind)
            if zone is None:
                return arrow.scalar(text.strip()).cast(kind)
            plain = arrow.scalar(text.strip()).cast(arrow.timestamp(kind.unit))
            return self._compute.assume_timezone(plain, zone)
        except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError, ValueError):
            raise NotPossible(f"{text!r} is no {kind}") from None

    def profile(self, at: int, rows: Any) -> Dict:
        values = self._part(at, rows)
        arrow, compute = self._arrow, self._compute
        made: Dict = {"count": len(values), "missing": values.null_count}
        present = values.drop_null()
        if not len(present) or arrow.types.is_nested(values.type):
            return made
        made["distinct"] = compute.count_distinct(present).as_py()
        if self._is_number(values.type):
            plain = present.cast(arrow.float64())
            made["facts"] = [["mean", number_text(compute.mean(plain).as_py())]]
            finite = plain.filter(compute.is_finite(plain))
            if len(finite):
                low, high, made["bins"] = self._bins(finite)
                made["low"], made["high"] = number_text(low), number_text(high)
        elif arrow.types.is_temporal(values.type) and not arrow.types.is_interval(values.type):
            ends = compute.min_max(present)
            is_small = values.type.bit_width == 32
            integers = present.cast(arrow.int32() if is_small else arrow.int64())
            made["bins"] = self._bins(integers.cast(arrow.float64()))[2]
            both = arrow.array([ends["min"].as_py(), ends["max"].as_py()], values.type)
            made["low"], made["high"] = self._texts(both)[0]
        else:
            counted = present.value_counts()
            order = compute.sort_indices(
                counted.field("counts"), sort_keys=[("", "descending")]
            ).slice(0, MOST_VALUES)
            texts = self._texts(counted.field("values").take(order))[0]
            counts = counted.field("counts").take(order).to_pylist()
            made["values"] = [list(pair) for pair in zip(texts, counts, strict=True)]
        return made

    def _bins(self, values: Any) -> tuple[float, float, list[int]]:
        """The ends of the range, and how many values each part of it has."""
        compute = self._compute
        ends = compute.min_max(values)
        low, high = ends["min"].as_py(), ends["max"].as_py()
        bins = [0] * BINS
        if low == high:
            bins[BINS // 2] = len(values)
            return low, high, bins
        scaled = compute.multiply(compute.subtract(values, low), BINS / (high - low))
        for each in compute.floor(scaled).value_counts().to_pylist():
            bins[min(int(each["values"]), BINS - 1)] += each["counts"]
        return low, high, bins

    def write(self, rows: Any, separator: str, has_head: bool) -> str:
        file = io.StringIO()
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        if has_head:
            writer.writerow(self._table.column_names)
        columns = (self._strings(self._part(at, rows)) for at in range(self.columns))
        writer.writerows(zip(*columns, strict=True))
        return file.getvalue()

    def memory(self) -> tuple[int, int | None]:
        return self._table.nbytes, self._table.get_total_buffer_size()

    def shared(self) -> ArrowReader:
        return self

    def copied(self) -> ArrowReader:
        # The stream format has the rows of a part only.
        file = self._arrow.BufferOutputStream()
        with self._arrow.ipc.new_stream(file, self._table.schema) as writer:
            writer.write_table(self._table)
        # As bytes, since the file has room for twice as much.
        stream = self._arrow.ipc.open_stream(file.getvalue().to_pybytes())
        made = ArrowReader(stream.read_all())
        made.kind = self.kind
        return made

    def fingerprint(self) -> int:
        return crc32(repr(self._table.shape).encode())
