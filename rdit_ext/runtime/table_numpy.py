"""Reads two-dimensional and structured arrays of numpy."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

from .table_reader import (
    COMPARE,
    MOST_VALUES,
    Cells,
    Dict,
    NotPossible,
    bytes_of_items,
    flag_of,
    histogram,
    may_be_in_number,
    module,
    number_of,
    number_of_any_size,
    number_text,
    of_python,
    owner_of,
    positions_of,
    shorten,
    text_of,
)

# What no text of a number has in it.
_BETWEEN = "\0"


class NumpyReader:
    """A reader of an array with two dimensions, or of one with fields."""

    has_more = False
    library = "numpy"

    def __init__(self, value: Any):
        self.kind = type(value).__name__
        # Of a subclass of numpy's, as a record array, the plain array.
        self._array = value.view(module("numpy").ndarray)
        self._fields = value.dtype.names
        self.rows = len(value)
        self.columns = len(self._fields) if self._fields else value.shape[1]
        self.levels = [""]

    def column(self, at: int) -> Dict:
        dtype = self._array.dtype[at] if self._fields else self._array.dtype
        name = self._fields[at] if self._fields else str(at)
        key = repr(name) if self._fields else str(at)
        return {
            "name": shorten(name),
            "type": str(dtype),
            "isNumber": dtype.kind in "iufc",
            "key": key,
        }

    def _column(self, at: int) -> Any:
        return self._array[self._fields[at]] if self._fields else self._array[:, at]

    def _plain_column(self, at: int) -> Any:
        values = self._column(at)
        if values.ndim > 1:
            raise NotPossible("Each cell of this column is an array: it cannot be compared.")
        return values

    def cells(self, at: int, rows: Any) -> Cells:
        return self._texts(self._column(at)[rows])

    def _texts(self, values: Any) -> Cells:
        if values.dtype.kind not in "iufcb" or values.ndim != 1:
            texts, missing = of_python(_values_of(values))
            return texts, _absent(values).nonzero()[0].tolist() if values.ndim == 1 else missing
        if not len(values):
            return [], []
        numpy = module("numpy")
        # By numpy's own options, of which only those count that are about one number. There may be
        # spaces in a text: of a complex number, or by a formatter of the user's.
        text = numpy.array2string(
            values, separator=_BETWEEN, threshold=sys.maxsize, max_line_width=sys.maxsize
        )
        missing = numpy.flatnonzero(values != values).tolist()
        return [cell.strip() for cell in text[1:-1].split(_BETWEEN)], missing

    def labels(self, rows: Any) -> list[list[str]]:
        if isinstance(rows, slice):
            return [[str(at) for at in range(*rows.indices(self.rows))]]
        return [[str(at) for at in rows.tolist()]]

    def find(self, sort: Dict | None, filters: Sequence[Dict]) -> Any:
        numpy = module("numpy")
        positions = positions_of(filters, self._passes)
        if sort is None:
            return positions
        values = self._plain_column(sort["column"])
        if positions is not None:
            values = values[positions]
        # What is missing is last, and of objects has no order.
        absent = _absent(values)
        there, last = numpy.flatnonzero(~absent), numpy.flatnonzero(absent)
        values = values[there]
        try:
            order = numpy.argsort(values, kind="stable")
            if sort["descending"]:
                # Equal values keep their order.
                order = len(values) - 1 - numpy.argsort(values[::-1], kind="stable")[::-1]
        except Exception as error:  # the user's own among them
            raise NotPossible(f"These values cannot be sorted: {error}") from None
        order = numpy.concatenate([there[order], last])
        return order if positions is None else positions[order]

    def _passes(self, each: Dict) -> Any:
        numpy = module("numpy")
        if each["column"] is None:
            found = numpy.zeros(self.rows, bool)
            for at in range(self.columns):
                found |= self._contains(self._column(at), each["value"])
            return found
        how = each["operator"]
        if how == "contains":
            return self._contains(self._column(each["column"]), each["value"])
        values = self._column(each["column"])
        if how in ("missing", "present"):
            return _absent(values) == (how == "missing")
        present = ~_absent(values)
        value = self._value(values, each["value"])
        try:
            if value is None:
                if how not in ("=", "!="):
                    raise NotPossible(f"Values of the type {values.dtype} have no such order")
                cells = numpy.array(
                    [cell == each["value"] for cell in self._texts(values)[0]], bool
                )
                return (cells == (how == "=")) & present
            found = numpy.zeros(self.rows, bool)
            found[present] = COMPARE[how](values[present], value)
            return found
        except (TypeError, ValueError) as error:
            raise NotPossible(f"These values cannot be compared so: {error}") from None

    def _value(self, values: Any, text: str) -> Any:
        """The value that a user has written, as a column has it; None if no text is one."""
        kind = values.dtype.kind
        if kind == "O":
            kinds = {type(value) for value in values[~_absent(values)].tolist()}
            if kinds == {bool}:
                return flag_of(text)
            if kinds and kinds <= {int, float}:
                return number_of_any_size(text)
            return text if kinds <= {str} else None
        if values.ndim > 1 or kind in "SVc":
            return None
        if kind in "iuf":
            return number_of(text, kind in "iu")
        if kind == "b":
            return flag_of(text)
        if kind not in "mM":
            return text
        # A duration is written as a number and the name of its unit.
        number = text.strip().partition(" ")[0] if kind == "m" else text.strip()
        try:
            return values.dtype.type(number)
        except ValueError:
            raise NotPossible(f"{text!r} is no {'date' if kind == 'M' else 'number'}") from None

    def _contains(self, values: Any, text: str) -> Any:
        text = text.lower()
        if values.dtype.kind in "iuf" and values.ndim == 1 and not may_be_in_number(text):
            return module("numpy").zeros(self.rows, bool)
        cells: Iterable[str] = map(text_of, _values_of(values))
        if values.dtype.kind == "c":
            cells = self._texts(values)[0]
        return module("numpy").array([text in cell.lower() for cell in cells], bool)

    def profile(self, at: int, rows: Any) -> Dict:
        numpy = module("numpy")
        values = self._column(at)[rows]
        if values.ndim > 1 or values.dtype.kind == "V":
            return {"count": len(values), "missing": 0}
        present = values[~_absent(values)]
        made: Dict = {"count": len(values), "missing": len(values) - len(present)}
        if values.dtype.kind == "O" or not len(present):
            return made
        distinct, counts = numpy.unique(present, return_counts=True)
        made["distinct"] = len(distinct)
        if values.dtype.kind in "iuf":
            finite = present[numpy.isfinite(present)]
            # Their sum may be no number: that is no warning of the user's.
            with numpy.errstate(all="ignore"):
                made["facts"] = [["mean", number_text(float(present.astype(float).mean()))]]
            if len(finite):
                made["bins"] = histogram(finite)
                made["low"], made["high"] = map(number_text, (finite.min(), finite.max()))
        elif values.dtype.kind in "Mm":
            made["bins"] = histogram(present.astype("int64"))
            made["low"], made["high"] = str(present.min()), str(present.max())
        else:
            most = numpy.argsort(-counts, kind="stable")[:MOST_VALUES]
            texts = self._texts(distinct[most])[0]
            made["values"] = [[text, int(counts[i])] for text, i in zip(texts, most, strict=True)]
        return made

    def write(self, rows: Any, separator: str, has_head: bool) -> str:
        import csv
        import io

        file = io.StringIO()
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        if has_head:
            writer.writerow([self.column(at)["name"] for at in range(self.columns)])
        columns = [_values_of(self._column(at)[rows]) for at in range(self.columns)]
        writer.writerows(
            [None if value is None else text_of(value) for value in row]
            for row in zip(*columns, strict=True)
        )
        return file.getvalue()

    def memory(self) -> tuple[int, int | None]:
        items = bytes_of_items(self._array)
        return self._array.nbytes + items, owner_of(self._array).nbytes + items

    def shared(self) -> None:
        return None

    def copied(self) -> NumpyReader:
        made = NumpyReader(self._array.copy())
        made.kind = self.kind
        return made

    def fingerprint(self) -> int:
        step = max(1, self.rows // 500)
        part = self._array[::step] if self._fields else self._array[::step, :20]
        return crc32(repr(self._array.shape).encode() + part.tobytes())


def _values_of(values: Any) -> Sequence[Any]:
    """One value a row, with the text that numpy has for it: `tolist` makes whole numbers of times
    in nanoseconds."""
    return list(values) if values.dtype.kind in "Mm" or values.ndim > 1 else values.tolist()


def _absent(values: Any) -> Any:
    """For each row whether its value is missing: None is, and what is no number or time."""
    if values.ndim > 1 or values.dtype.kind == "V":
        return module("numpy").zeros(len(values), bool)
    if values.dtype.kind != "O":
        return values != values
    found = [
        value is None or (type(value) is float and value != value) for value in values.tolist()
    ]
    return module("numpy").array(found, bool)
