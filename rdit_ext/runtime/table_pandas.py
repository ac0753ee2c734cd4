"""Reads data frames and series of pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from .table_reader import (
    COMPARE,
    MOST_VALUES,
    Cells,
    Dict,
    NotPossible,
    beyond,
    bytes_of_items,
    flag_of,
    histogram,
    is_part,
    module,
    number_of,
    number_text,
    owner_of,
    positions_of,
    shorten,
)

_NUMBERS = "iufc"
# Where the arrays of pandas have their values.
_PARTS = ("_ndarray", "_data", "_mask", "_left", "_right")


class PandasReader:
    """A reader of a DataFrame or a Series."""

    has_more = False
    library = "pandas"

    def __init__(self, value: Any, kind: str | None = None):
        pandas = module("pandas")
        self._pandas = pandas
        self.kind = kind or type(value).__name__
        if isinstance(value, pandas.Series):
            name = "" if value.name is None else value.name
            value = value.to_frame() if value.name is not None else value.to_frame(name)
        self._frame = value
        self.rows, self.columns = value.shape
        names = value.index.names
        self.levels = ["" if name is None else str(name) for name in names]
        # Of all columns at once: to select a column takes as long as to format a part of its cells.
        self._dtypes: Any = None

    def column(self, at: int) -> Dict:
        if self._dtypes is None:
            self._dtypes = self._frame.dtypes.array
        name, dtype = self._frame.columns[at], self._dtypes[at]
        text = "\n".join(map(str, name)) if isinstance(name, tuple) else str(name)
        kind = getattr(dtype, "kind", "O")
        made = {"name": shorten(text), "type": shorten(str(dtype)), "isNumber": kind in _NUMBERS}
        if type(name) in (str, int):
            made["key"] = repr(name) if type(name) is int or len(name) <= 200 else ""
        return made

    def cells(self, at: int, rows: Any) -> Cells:
        return self._texts(self._frame.iloc[rows, at])

    def labels(self, rows: Any) -> list[list[str]]:
        index = self._frame.index[rows]
        levels = range(index.nlevels)
        return [self._texts(index.get_level_values(level))[0] for level in levels]

    def _texts(self, values: Any) -> Cells:
        """The texts as pandas' own tables have them, without their padding."""
        is_missing = self._pandas.isna(values.array)
        missing = module("numpy").flatnonzero(is_missing).tolist()
        if values.dtype == object or isinstance(values.dtype, self._pandas.StringDtype):
            # Not by pandas' formatter, which cuts at `display.max_colwidth`.
            pprint = module("pandas.io.formats.printing").pprint_thing
            made = []
            for value in values:
                text = value if type(value) is str else pprint(value)
                made.append("NaN" if type(value) is float and value != value else shorten(text))
            return made, missing
        format_array = module("pandas.io.formats.format").format_array
        return [shorten(text.strip()) for text in format_array(values._values, None)], missing

    def find(self, sort: Dict | None, filters: Sequence[Dict]) -> Any:
        positions = positions_of(filters, self._passes)
        if sort is None:
            return positions
        values = self._frame.iloc[:, sort["column"]]
        if positions is not None:
            values = values.iloc[positions]
        values = values.reset_index(drop=True)
        try:
            ordered = values.sort_values(ascending=not sort["descending"], kind="stable")
        except TypeError as error:
            raise NotPossible(f"These values cannot be sorted: {error}") from None
        order = ordered.index.to_numpy()
        return order if positions is None else positions[order]

    def _passes(self, each: Dict) -> Any:
        """For each row whether it passes the filter."""
        at = each["column"]
        if at is None:
            numpy = module("numpy")
            found = numpy.zeros(self.rows, bool)
            for column in range(self.columns):
                found |= self._contains(self._frame.iloc[:, column], each["value"])
            return found
        values = self._frame.iloc[:, at]
        how = each["operator"]
        if how == "missing":
            return values.isna().to_numpy()
        if how == "present":
            return values.notna().to_numpy()
        if how == "contains":
            return self._contains(values, each["value"])
        try:
            value = self._value(values.dtype, each["value"])
            try:
                found = COMPARE[how](values, value)
            except OverflowError:  # by arrays of Arrow's
                found = COMPARE[how](values, beyond(value))
        except (TypeError, ValueError) as error:
            raise NotPossible(f"These values cannot be compared so: {error}") from None
        # A missing value is none of it, nor unequal.
        return found.fillna(False).to_numpy(bool) & values.notna().to_numpy()

    def _contains(self, values: Any, text: str) -> Any:
        strings = values if self._is_text(values) else values.astype(str)
        found = strings.str.contains(text, case=False, regex=False, na=False).to_numpy(bool)
        return found & values.notna().to_numpy()

    def _is_text(self, values: Any) -> bool:
        return isinstance(values.dtype, self._pandas.StringDtype) or (
            values.dtype == object and self._pandas.api.types.infer_dtype(values) == "string"
        )

    def _value(self, dtype: Any, text: str) -> Any:
        kind = getattr(dtype, "kind", "O")
        if isinstance(dtype, self._pandas.CategoricalDtype):
            known = {str(value): value for value in dtype.categories}
            if text not in known:
                raise NotPossible(f"{text!r} is none of the categories")
            return known[text]
        if kind in _NUMBERS:
            return number_of(text, kind in "iu")
        if kind == "b":
            return flag_of(text)
        make = {"M": self._pandas.Timestamp, "m": self._pandas.Timedelta}.get(kind)
        if make is None:
            return text
        try:
            value = make(text)
        except ValueError:
            raise NotPossible(f"{text!r} is no {'date' if kind == 'M' else 'duration'}") from None
        zone = getattr(dtype, "tz", None)
        return value.tz_localize(zone) if zone is not None and value.tz is None else value

    def profile(self, at: int, rows: Any) -> Dict:
        values = self._frame.iloc[rows, at]
        present = values.dropna()
        made: Dict = {"count": len(values), "missing": len(values) - len(present)}
        try:
            made["distinct"] = int(present.nunique())
        except TypeError:  # values without a hash
            return made
        kind = getattr(values.dtype, "kind", "O")
        if not len(present):
            return made
        if kind in "iuf":
            numpy = module("numpy")
            plain = present.to_numpy(values.dtype.kind + "8" if kind in "iu" else float)
            finite = plain[numpy.isfinite(plain)]
            with numpy.errstate(all="ignore"):
                made["facts"] = [["mean", number_text(float(present.mean()))]]
            if len(finite):
                made["bins"] = histogram(finite)
                made["low"], made["high"] = map(number_text, (finite.min(), finite.max()))
        elif kind in "Mm":
            made["bins"] = histogram(present.astype("int64").to_numpy())
            ends = self._texts(self._pandas.Series([present.min(), present.max()]))[0]
            made["low"], made["high"] = ends
        else:
            top = present.value_counts().head(MOST_VALUES)
            texts = self._texts(top.index)[0]
            made["values"] = [
                [text, int(count)] for text, count in zip(texts, top.tolist(), strict=True)
            ]
        return made

    def write(self, rows: Any, separator: str, has_head: bool) -> str:
        index = self._frame.index
        is_numbered = isinstance(index, self._pandas.RangeIndex) and index.name is None
        text = self._frame.iloc[rows].to_csv(
            sep=separator, header=has_head, index=not is_numbered, lineterminator="\n"
        )
        return str(text)

    def memory(self) -> tuple[int, int | None]:
        arrays = [*self._frame._mgr.arrays, *self._arrays_of(self._frame.index)]
        own, held = zip(*map(_memory, arrays), strict=True) if arrays else ((), ())
        return sum(own), sum(held)

    def _arrays_of(self, index: Any) -> list[Any]:
        if isinstance(index, self._pandas.RangeIndex):
            return []
        if isinstance(index, self._pandas.MultiIndex):
            return [*index.codes, *(level.array for level in index.levels)]
        return [index.array]

    def shared(self) -> PandasReader | None:
        pandas = self._pandas
        is_lazy = int(pandas.__version__.partition(".")[0]) >= 3 or (
            getattr(pandas.options.mode, "copy_on_write", False) is True
        )
        return PandasReader(self._frame.copy(deep=False), self.kind) if is_lazy else None

    def copied(self) -> PandasReader:
        frame = self._frame.copy(deep=True)
        # What cannot be written in place is shared by that copy: an index, and Arrow's arrays.
        rows = module("numpy").arange(self.rows)
        for at in range(self.columns):
            array = frame.iloc[:, at].array
            if hasattr(array, "_pa_array") and is_part(*_memory(array)):
                frame.isetitem(at, array.take(rows))
        index = frame.index
        if not isinstance(index, self._pandas.MultiIndex):
            for array in self._arrays_of(index):
                if is_part(*_memory(array)):
                    frame.index = self._pandas.Index(
                        array.take(rows), dtype=index.dtype, name=index.name
                    )
        return PandasReader(frame, self.kind)

    def fingerprint(self) -> int:
        step = max(1, self.rows // 50)
        part = self._frame.iloc[::step, :20]
        texts = [self._texts(part.iloc[:, at])[0] for at in range(part.shape[1])]
        return crc32(repr((self.rows, self.columns, texts)).encode(errors="replace"))


def _memory(array: Any) -> tuple[int, int]:
    """About how many bytes the values of an array take, and how many it keeps in use."""
    if isinstance(array, module("numpy").ndarray):
        items = bytes_of_items(array)
        return int(array.nbytes) + items, int(owner_of(array).nbytes) + items
    arrow = getattr(array, "_pa_array", None)
    if arrow is not None:
        return int(arrow.nbytes), int(arrow.get_total_buffer_size())
    parts = [getattr(array, name) for name in _PARTS if hasattr(array, name)]
    if isinstance(array, module("pandas").Categorical):
        parts.append(array.categories.array)
    if not parts:
        return int(array.nbytes), int(array.nbytes)
    own, held = zip(*map(_memory, parts), strict=True)
    return sum(own), sum(held)
