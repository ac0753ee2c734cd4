"""Reads data frames and series of pandas."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable, Sequence
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
    may_be_in_number,
    module,
    number_of,
    number_of_any_size,
    number_text,
    owner_of,
    positions_of,
    shorten,
    text_of,
)

_NUMBERS = "iufc"
# As what values are compared, by the kinds of their types; of objects by what pandas calls them.
_KINDS = {"i": "whole", "u": "whole", "f": "number", "c": "complex", "b": "flag"}
_KINDS |= {"M": "time", "m": "span"}
_OBJECTS = {"string": "text", "empty": "text", "boolean": "flag", "integer": "integer"}
_OBJECTS |= {"floating": "number", "mixed-integer-float": "number", "decimal": "decimal"}
_OBJECTS |= {"date": "date", "time": "clock", "datetime": "time", "datetime64": "time"}
_OBJECTS |= {"timedelta": "span", "timedelta64": "span"}
# The literals of Python that stand for them.
_LITERALS = {"whole": "number", "number": "number", "integer": "number", "complex": "number"}
_LITERALS |= {"flag": "flag", "text": "text", "time": "text", "span": "text"}
# Types of Arrow of which pandas compares no literal as one of the type.
_WITHOUT_LITERAL = ("timestamp", "duration", "float", "halffloat", "uint64")
_MAKE: dict[str, Callable[[str], Any]] = {
    "integer": number_of_any_size,
    "complex": complex,
    "decimal": decimal.Decimal,
    "date": datetime.date.fromisoformat,
    "clock": datetime.time.fromisoformat,
}
# Objects whose kind is told from, and cells that are searched at once.
_MOST_INFERRED = 10_000
_MOST_SEARCHED = 1_000_000
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
        self._dtypes: Any = value.dtypes.array
        names = value.columns
        self._repeated = () if names.is_unique else set(names[names.duplicated()])

    def column(self, at: int) -> Dict:
        name, dtype = self._frame.columns[at], self._dtypes[at]
        text = "\n".join(map(text_of, name)) if isinstance(name, tuple) else text_of(name)
        kind = getattr(dtype, "kind", "O")
        return {
            "name": shorten(text),
            "type": shorten(str(dtype)),
            "isNumber": kind in _NUMBERS,
            "key": "" if _is_dictionary(dtype) else self._key(name),
            "literal": self._literal(at),
        }

    def _key(self, name: Any) -> str:
        """A name in code; "" if it is no literal, or does not stand for this column alone."""
        parts = name if type(name) is tuple else (name,)
        plain = [
            part.item() if isinstance(part, module("numpy").integer) else part for part in parts
        ]
        if not all(type(part) in (str, int) for part in plain):
            return ""
        if name in self._repeated or name in self._frame.index.names:
            return ""
        key = repr(tuple(plain) if type(name) is tuple else plain[0])
        return key if len(key) <= 200 else ""

    def _literal(self, at: int) -> str:
        """By which literals of Python pandas compares a column as `_value` has it. Of objects the
        first tell, since all of them are not looked at for each page."""
        dtype = self._dtypes[at]
        if isinstance(dtype, self._pandas.CategoricalDtype):
            is_text = all(type(value) is str for value in dtype.categories)
            return "text" if is_text else ""
        first = self._frame.iloc[:_MOST_INFERRED, at] if getattr(dtype, "kind", "") == "O" else None
        how = self._how(dtype, first)
        is_other = getattr(dtype, "kind", "O") == "O" and how in ("time", "span")
        if is_other or str(getattr(dtype, "pyarrow_dtype", "")).startswith(_WITHOUT_LITERAL):
            return ""
        return _LITERALS.get(how, "")

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
            return list(self._of_objects(values)), missing
        format_array = module("pandas.io.formats.format").format_array
        return [text.strip() for text in format_array(values._values, None)], missing

    def _of_objects(self, values: Any) -> Iterable[str]:
        """Not by pandas' formatter, which cuts at `display.max_colwidth`."""
        pprint = module("pandas.io.formats.printing").pprint_thing
        for value in values:
            if type(value) is str:
                yield value
            elif type(value) is float and value != value:
                yield "NaN"
            else:
                try:
                    yield pprint(value)
                except Exception:  # the user's own
                    yield f"<{type(value).__name__}>"

    def find(self, sort: Dict | None, filters: Sequence[Dict]) -> Any:
        positions = positions_of(filters, self._passes)
        if sort is None:
            return positions
        values = self._column(sort["column"])
        if positions is not None:
            values = values.iloc[positions]
        values = values.reset_index(drop=True)
        try:
            ordered = values.sort_values(ascending=not sort["descending"], kind="stable")
        except Exception as error:  # the user's own among them
            raise NotPossible(f"These values cannot be sorted: {error}") from None
        order = ordered.index.to_numpy()
        return order if positions is None else positions[order]

    def _passes(self, each: Dict) -> Any:
        """For each row whether it passes the filter."""
        at = each["column"]
        if at is None:
            return self._search(each["value"])
        values = self._column(at)
        how, text = each["operator"], each["value"]
        present = values.notna().to_numpy()
        if how in ("missing", "present"):
            return present if how == "present" else ~present
        if how == "contains":
            return self._contains(values, text)
        by = self._how(values.dtype, values)
        if by == "text of cell":
            if how not in ("=", "!="):
                raise NotPossible(
                    f"Values of the type {values.dtype} are compared by = and != only"
                )
            found = module("numpy").array([cell == text for cell in self._texts(values)[0]], bool)
            return (found if how == "=" else ~found) & present
        value = self._value(values.dtype, by, text)
        try:
            if values.dtype == object:
                # What is missing may be of any type.
                found = module("numpy").zeros(self.rows, bool)
                found[present] = COMPARE[how](values[present], value).to_numpy(bool)
                return found
            try:
                found = COMPARE[how](values, value)
            except OverflowError:  # by arrays of Arrow's
                found = COMPARE[how](values, beyond(value))
        except Exception as error:  # the user's own among them
            raise NotPossible(f"These values cannot be compared so: {error}") from None
        # A missing value is none of it, nor unequal.
        return found.fillna(False).to_numpy(bool) & present

    def _search(self, text: str) -> Any:
        """For each row whether any cell has the text."""
        numpy = module("numpy")
        found = numpy.zeros(self.rows, bool)
        at = 0
        while at < self.columns:
            end = at + 1
            if self._is_numeric(at) and not may_be_in_number(text):
                at = end
                continue
            values = self._column(at)
            if self._is_numeric(at):
                # Each column by itself takes a millisecond, however short it is.
                most = at + max(1, _MOST_SEARCHED // max(1, self.rows))
                while end < min(most, self.columns) and self._dtypes[end] == self._dtypes[at]:
                    end += 1
                several = self._frame.iloc[:, at:end].to_numpy().ravel(order="F")
                values = self._pandas.Series(several)
            found |= self._contains(values, text).reshape(end - at, self.rows).any(axis=0)
            at = end
        return found

    def _is_numeric(self, at: int) -> bool:
        dtype = self._dtypes[at]
        return isinstance(dtype, module("numpy").dtype) and dtype.kind in "iuf"

    def _column(self, at: int) -> Any:
        """A column, in a type that pandas sorts."""
        values = self._frame.iloc[:, at]
        if not _is_dictionary(values.dtype):
            return values
        return values.astype(self._pandas.ArrowDtype(values.dtype.pyarrow_dtype.value_type))

    def _how(self, dtype: Any, values: Any) -> str:
        """As what the values of a column are compared: a key of `_LITERALS`, or of `_OBJECTS`.
        `values`: of a column of objects."""
        pandas = self._pandas
        if isinstance(dtype, pandas.CategoricalDtype):
            return "category"
        if values is not None and values.dtype == object:
            return _OBJECTS.get(pandas.api.types.infer_dtype(values), "text of cell")
        if isinstance(dtype, (pandas.StringDtype, pandas.PeriodDtype)):
            return "text"
        arrow = str(getattr(dtype, "pyarrow_dtype", ""))
        if arrow in ("string", "large_string"):
            return "text"
        for start, how in (
            ("date", "date"),
            ("time6", "clock"),
            ("time3", "clock"),
            ("dec", "decimal"),
        ):
            if arrow.startswith(start):
                return how
        return _KINDS.get(getattr(dtype, "kind", "O"), "text of cell")

    def _contains(self, values: Any, text: str) -> Any:
        how, present = self._how(values.dtype, values), values.notna().to_numpy()
        numpy = module("numpy")
        if how == "category":
            cells = self._of_cells(values.cat.categories)
            # The last is what the code of a missing value stands for.
            found = numpy.array([text.lower() in cell.lower() for cell in cells] + [False], bool)
            return found[values.cat.codes.to_numpy()]
        if how == "text" or (values.dtype != object and how in _LITERALS and how != "complex"):
            is_text = how == "text" and not isinstance(values.dtype, self._pandas.PeriodDtype)
            strings = values if is_text else values.astype(str)
            found = strings.str.contains(text, case=False, regex=False, na=False).to_numpy(bool)
        else:
            cells = self._of_cells(values)
            found = numpy.array([text.lower() in cell.lower() for cell in cells], bool)
        return found & present

    def _of_cells(self, values: Any) -> Iterable[str]:
        """The texts of cells, but not shortened."""
        return self._of_objects(values) if values.dtype == object else self._texts(values)[0]

    def _value(self, dtype: Any, how: str, text: str) -> Any:
        """The value that a user has written, as a column has it."""
        if how == "category":
            categories = dtype.categories
            known = dict(zip(self._texts(categories)[0], categories, strict=True))
            known |= {str(value): value for value in categories}
            if text not in known:
                raise NotPossible(f"{text!r} is none of the categories")
            return known[text]
        if how in ("number", "whole"):
            number = number_of(text, how == "whole")
            if not hasattr(dtype, "pyarrow_dtype"):
                return number
            if how == "number":
                # To Arrow 0.1 of fewer bits is another number.
                return dtype.numpy_dtype.type(number)
            return module("numpy").uint64(number) if 2**63 <= number < 2**64 else number
        if how == "flag":
            return flag_of(text)
        make = {"time": self._pandas.Timestamp, "span": self._pandas.Timedelta, **_MAKE}.get(how)
        if make is None:
            return text
        try:
            value = make(text.strip())
        except (ValueError, ArithmeticError):
            names = {"time": "date", "span": "duration", "clock": "time of day"}
            raise NotPossible(f"{text!r} is no {names.get(how, how)}") from None
        zone = getattr(dtype, "tz", None) if how == "time" else None
        return value.tz_localize(zone) if zone is not None and value.tz is None else value

    def profile(self, at: int, rows: Any) -> Dict:
        values = self._column(at).iloc[rows]
        present = values.dropna()
        made: Dict = {"count": len(values), "missing": len(values) - len(present)}
        try:
            made["distinct"] = int(present.nunique())
        except Exception:  # values without a hash, or with one of the user's
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
            made["bins"] = histogram(_integers(present))
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


def _integers(times: Any) -> Any:
    """How many units of their type times are."""
    arrow = getattr(times.dtype, "pyarrow_dtype", None)
    if arrow is None:
        return times.astype("int64").to_numpy()
    size = "int32" if arrow.bit_width == 32 else "int64"
    return times.array._pa_array.cast(size).to_numpy()


def _is_dictionary(dtype: Any) -> bool:
    return hasattr(getattr(dtype, "pyarrow_dtype", None), "index_type")


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
