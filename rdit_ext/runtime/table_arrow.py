"""Reads tables of Apache Arrow (pyarrow)."""

from __future__ import annotations

import csv
import importlib
import io
import re
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

    def _values(self, at: int, start: int = 0, count: int | None = None) -> Any:
        """A part of a column, in a type that the functions of Arrow know."""
        values = self._table.column(at).slice(start, count)
        arrow, types, kind = self._arrow, self._arrow.types, values.type
        if types.is_dictionary(kind):
            chunks = [chunk.dictionary_decode() for chunk in values.chunks]
            return arrow.chunked_array(chunks, kind.value_type)
        if types.is_run_end_encoded(kind):
            chunks = [self._compute.run_end_decode(chunk) for chunk in values.chunks]
            return arrow.chunked_array(chunks, kind.value_type)
        for is_of, other in (
            (types.is_string_view, arrow.large_string()),
            (types.is_binary_view, arrow.large_binary()),
            (types.is_float16, arrow.float32()),
        ):
            if is_of(kind):
                return values.cast(other)
        if types.is_decimal(kind) and kind.bit_width < 128:
            return values.cast(arrow.decimal128(kind.precision, kind.scale))
        return values

    def _part(self, at: int, rows: Any) -> Any:
        if not isinstance(rows, slice):
            return self._values(at).take(rows)
        start, stop, _ = rows.indices(self.rows)
        return self._values(at, start, stop - start)

    def _stored(self, values: Any) -> Any:
        """What the values of a type that is made of another are stored as."""
        if not isinstance(values.type, self._arrow.BaseExtensionType):
            return values
        chunks = [chunk.storage for chunk in values.chunks]
        return self._arrow.chunked_array(chunks, values.type.storage_type)

    def cells(self, at: int, rows: Any) -> Cells:
        return self._texts(self._part(at, rows))

    def _texts(self, values: Any) -> Cells:
        texts, missing = [], []
        for at, text in enumerate(self._strings(values).to_pylist()):
            if text is None:
                missing.append(at)
            texts.append("null" if text is None else text)
        return texts, missing

    def _strings(self, values: Any) -> Any:
        """An array of what Arrow writes; of lists and structures, which it does not write, what
        Python does, and of bytes, which it writes only where they happen to be a text."""
        if not self._is_opaque(values.type):
            try:
                return values.cast(self._arrow.string())
            except (self._arrow.ArrowNotImplementedError, self._arrow.ArrowInvalid):
                pass
        texts = [None if value is None else str(value) for value in values.to_pylist()]
        return self._arrow.array(texts, self._arrow.string())

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
        stored = self._stored(values)
        if self._arrow.types.is_nested(stored.type):
            raise NotPossible(f"Arrow does not sort values of the type {values.type}")
        return self._compute.sort_indices(stored, sort_keys=[("", how)])

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
        if self._is_opaque(values.type):
            if how not in ("=", "!="):
                raise NotPossible(f"{values.type} has no order that a text has a place in")
            passes = [cell == text for cell in self._texts(values)[0]]
            found = compute.and_(arrow.array(passes, arrow.bool_()), values.is_valid())
            return found if how == "=" else compute.and_not(values.is_valid(), found)
        value = self._value(values.type, text)
        is_float = arrow.types.is_floating(values.type)
        if is_float and how in ("=", "!=") and value.as_py() != value.as_py():
            found = compute.is_nan(values)
            return found if how == "=" else compute.invert(found)
        if arrow.types.is_integer(values.type) and arrow.types.is_floating(value.type):
            values = values.cast(arrow.float64(), safe=False)
        return getattr(compute, _COMPARE[how])(values, value)

    def _is_opaque(self, kind: Any) -> bool:
        """Whether no literal stands for its values, of which then the texts are compared."""
        arrow, types = self._arrow, self._arrow.types
        return (
            types.is_nested(kind)
            or types.is_binary(kind)
            or types.is_large_binary(kind)
            or types.is_fixed_size_binary(kind)
            or types.is_interval(kind)
            or isinstance(kind, arrow.BaseExtensionType)
        )

    def _contains(self, at: int, text: str) -> Any:
        arrow, compute = self._arrow, self._compute
        found = []
        for chunk in self._values(at).chunks:
            # A part at a time: what Arrow does not write as text is a list meanwhile.
            for start in range(0, len(chunk), _MOST_WRITTEN):
                part = chunk.slice(start, _MOST_WRITTEN)
                strings = self._strings(part)
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
            if re.search(r":\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$", text.strip()):
                return arrow.scalar(text.strip()).cast(kind)
            plain = arrow.scalar(text.strip()).cast(arrow.timestamp(kind.unit))
            return self._compute.assume_timezone(plain, zone, ambiguous="earliest")
        except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError, ValueError):
            raise NotPossible(f"{text!r} is no {kind}") from None

    def profile(self, at: int, rows: Any) -> Dict:
        values = self._part(at, rows)
        arrow, compute = self._arrow, self._compute
        made: Dict = {"count": len(values), "missing": values.null_count}
        is_extended = isinstance(values.type, arrow.BaseExtensionType)
        if arrow.types.is_nested(self._stored(values).type) or arrow.types.is_null(values.type):
            return made
        present = self._stored(values).drop_null()
        if not len(present):
            return made
        made["distinct"] = compute.count_distinct(present).as_py()
        if is_extended:
            return made
        if self._is_number(values.type):
            plain = present.cast(arrow.float64(), safe=False)
            made["facts"] = [["mean", number_text(compute.mean(plain).as_py())]]
            finite = plain.filter(compute.is_finite(plain))
            if len(finite):
                made["bins"] = self._bins(finite)
                is_whole = arrow.types.is_integer(values.type)
                ends = compute.min_max(present if is_whole else finite)
                made["low"], made["high"] = (number_text(ends[at].as_py()) for at in ("min", "max"))
        elif arrow.types.is_temporal(values.type) and not arrow.types.is_interval(values.type):
            is_small = values.type.bit_width == 32
            integers = present.cast(arrow.int32() if is_small else arrow.int64())
            made["bins"] = self._bins(integers.cast(arrow.float64(), safe=False))
            ends = compute.min_max(integers)
            both = arrow.array([ends["min"].as_py(), ends["max"].as_py()], integers.type)
            made["low"], made["high"] = self._texts(both.cast(values.type))[0]
        else:
            counted = present.value_counts()
            order = compute.sort_indices(
                counted.field("counts"), sort_keys=[("", "descending")]
            ).slice(0, MOST_VALUES)
            texts = self._texts(counted.field("values").take(order))[0]
            counts = counted.field("counts").take(order).to_pylist()
            made["values"] = [list(pair) for pair in zip(texts, counts, strict=True)]
        return made

    def _bins(self, values: Any) -> list[int]:
        """How many values each part of their range has."""
        compute = self._compute
        ends = compute.min_max(values)
        low, high = ends["min"].as_py(), ends["max"].as_py()
        bins = [0] * BINS
        # A quarter: the range of all numbers is no number.
        width = high / 4 - low / 4
        if not width:
            bins[BINS // 2] = len(values)
            return bins
        distances = compute.subtract(compute.divide(values, 4.0), low / 4)
        scaled = compute.multiply(compute.divide(distances, width), float(BINS))
        for each in compute.floor(scaled).value_counts().to_pylist():
            bins[min(int(each["values"]), BINS - 1)] += each["counts"]
        return bins

    def write(self, rows: Any, separator: str, has_head: bool) -> str:
        file = io.StringIO()
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        if has_head:
            writer.writerow(self._table.column_names)
        columns = (self._strings(self._part(at, rows)).to_pylist() for at in range(self.columns))
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
