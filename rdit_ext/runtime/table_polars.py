"""Reads data frames and series of polars."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from .table_reader import (
    BINS,
    COMPARE,
    MOST_TEXT,
    MOST_VALUES,
    Cells,
    Dict,
    NotPossible,
    beyond,
    flag_of,
    module,
    nanoseconds_of,
    number_of,
    number_text,
    shorten,
    text_of,
)


class PolarsReader:
    """A reader of a DataFrame or a Series."""

    has_more = False
    library = "polars"

    def __init__(self, value: Any, kind: str | None = None):
        self._polars = module("polars")
        self.kind = kind or type(value).__name__
        self._frame = value.to_frame() if isinstance(value, self._polars.Series) else value
        self.rows, self.columns = self._frame.shape
        self.levels = [""]

    def column(self, at: int) -> Dict:
        series = self._frame.to_series(at)
        name, dtype = series.name, series.dtype
        return {
            "name": shorten(name),
            "type": shorten(str(dtype).partition("(time_unit")[0]),
            "isNumber": dtype.is_numeric(),
            "key": "" if len(name) > 200 or _is_pattern(name) else repr(name),
            "literal": self._literal(dtype),
        }

    def _literal(self, dtype: Any) -> str:
        polars = self._polars
        if dtype.is_numeric():
            return "number"
        if dtype == polars.Boolean:
            return "flag"
        return "text" if dtype in (polars.String, polars.Categorical, polars.Enum) else ""

    def _series(self, at: int) -> Any:
        # Methods of a series find it by its name, for which some names are patterns.
        return self._frame.to_series(at).alias("value")

    def _part(self, at: int, rows: Any) -> Any:
        series = self._series(at)
        return series[rows] if isinstance(rows, slice) else series.gather(rows)

    def cells(self, at: int, rows: Any) -> Cells:
        return self._texts(self._part(at, rows))

    def _texts(self, series: Any) -> Cells:
        missing = series.is_null().arg_true().to_list()
        if series.dtype == self._polars.String:
            # Not by polars' formatter, which quotes them, and cuts at `set_fmt_str_lengths`.
            return ["null" if text is None else text for text in series], missing
        get = series._s.get_fmt
        texts = [get(at, MOST_TEXT) for at in range(len(series))]
        if series.dtype in (self._polars.Categorical, self._polars.Enum):
            texts = [text[1:-1] if text[:1] == '"' else text for text in texts]
        return texts, missing

    def labels(self, rows: Any) -> list[list[str]]:
        found = range(*rows.indices(self.rows)) if isinstance(rows, slice) else rows.to_list()
        return [list(map(str, found))]

    def find(self, sort: Dict | None, filters: Sequence[Dict]) -> Any:
        polars = self._polars
        try:
            positions = None
            if filters:
                tests = [self._passes(each) for each in filters]
                passes = self._numbered(filters).select(polars.all_horizontal(tests)).to_series()
                positions = passes.fill_null(False).arg_true()
            if sort is None:
                return positions
            values = self._series(sort["column"])
            if values.dtype == polars.Object:
                raise NotPossible("Polars cannot sort objects of Python.")
            if positions is not None:
                values = values.gather(positions)
            by = polars.arg_sort_by(
                "value", descending=sort["descending"], nulls_last=True, maintain_order=True
            )
            order = values.to_frame("value").select(by).to_series()
        except polars.exceptions.PolarsError as error:
            raise NotPossible(f"Polars cannot do this: {str(error).splitlines()[0]}") from None
        return order if positions is None else positions.gather(order)

    def _numbered(self, filters: Sequence[Dict]) -> Any:
        """The columns of these filters, named by their numbers: of their own names some are
        patterns in an expression."""
        columns = {each["column"] for each in filters}
        chosen = range(self.columns) if None in columns else sorted(columns)
        return self._polars.DataFrame([self._series(at).alias(str(at)) for at in chosen])

    def _passes(self, each: Dict) -> Any:
        """An expression of whether a row passes the filter, of the frame of `_numbered`."""
        polars = self._polars
        at, how, text = each["column"], each["operator"], each["value"]
        if at is None:
            return polars.any_horizontal(
                self._contains(column, text) for column in range(self.columns)
            )
        series = self._series(at)
        column = polars.col(str(at))
        if how == "missing":
            return column.is_null()
        if how == "present":
            return column.is_not_null()
        if how == "contains":
            return self._contains(at, text)
        if self._is_opaque(series.dtype):
            if how not in ("=", "!="):
                raise NotPossible(f"{series.dtype} has no order that a text has a place in")
            return self._where(
                series, [(cell == text) == (how == "=") for cell in self._texts(series)[0]]
            )
        return COMPARE[how](column, self._value(series.dtype, text))

    def _is_opaque(self, dtype: Any) -> bool:
        """Whether no literal stands for its values, of which then the texts are compared."""
        polars = self._polars
        return dtype.is_nested() or dtype in (polars.Object, polars.Binary)

    def _where(self, series: Any, passes: list[bool]) -> Any:
        """An expression of which rows pass; what is missing does not."""
        found = self._polars.Series(passes, dtype=self._polars.Boolean)
        return self._polars.lit(found & series.is_not_null())

    def _contains(self, at: int, text: str) -> Any:
        series = self._series(at)
        text = text.lower()
        if self._is_opaque(series.dtype):
            # Also in what the cell of a long list has no room for.
            cells = zip(self._texts(series)[0], self._written(series), strict=True)
            return self._where(
                series, [text in f"{shown}\n{whole}".lower() for shown, whole in cells]
            )
        strings = self._strings(series.dtype, self._polars.col(str(at)))
        return strings.str.to_lowercase().str.contains(text, literal=True).fill_null(False)

    def _strings(self, dtype: Any, column: Any) -> Any:
        """An expression of the values as texts, with all that their cells say."""
        polars = self._polars
        if dtype == polars.Duration:
            return column.dt.to_string("polars")
        if dtype == polars.Time:
            return column.dt.to_string("%T%.f")
        if dtype == polars.Datetime and dtype.time_zone:
            return column.dt.to_string("%F %T%.f %Z")
        return column.cast(polars.String)

    def _value(self, dtype: Any, text: str) -> Any:
        polars = self._polars
        if dtype in (polars.Int128, polars.UInt128) and text.strip().lstrip("+-").isdigit():
            return polars.lit(int(text)) if abs(int(text)) < 2**127 else beyond(int(text))
        if dtype.is_numeric():
            return number_of(text, dtype.is_integer())
        if dtype == polars.Boolean:
            return flag_of(text)
        if not dtype.is_temporal():
            return text
        try:
            return polars.lit(_parsed(polars, dtype, text))
        except (polars.exceptions.PolarsError, OverflowError, ValueError):
            raise NotPossible(f"{text!r} is no date or time") from None

    def profile(self, at: int, rows: Any) -> Dict:
        values = self._part(at, rows)
        present = values.drop_nulls()
        made: Dict = {"count": len(values), "missing": len(values) - len(present)}
        polars, dtype = self._polars, values.dtype
        if dtype.is_nested() or dtype == polars.Object or not len(present):
            return made
        made["distinct"] = present.n_unique()
        if dtype.is_numeric():
            plain = present.cast(polars.Float64)
            made["facts"] = [["mean", number_text(plain.mean())]]
            finite = plain.filter(plain.is_finite())
            if len(finite):
                exact = present if dtype.is_integer() else finite
                low, high = exact.min(), exact.max()
                made["bins"] = self._bins(finite)
                made["low"], made["high"] = number_text(low), number_text(high)
        elif dtype.is_temporal():
            made["bins"] = self._bins(present.to_physical().cast(polars.Float64))
            ends = polars.concat([present.sort().head(1), present.sort().tail(1)])
            made["low"], made["high"] = self._texts(ends)[0]
        else:
            top = present.alias("value").value_counts(sort=True).head(MOST_VALUES)
            counts = top.to_series(1).to_list()
            texts = self._texts(top.to_series(0))[0]
            made["values"] = [list(pair) for pair in zip(texts, counts, strict=True)]
        return made

    def _bins(self, values: Any) -> list[int]:
        low, high = values.min(), values.max()
        # A quarter: the range of all numbers is no number.
        width = high / 4 - low / 4
        if not width:
            return [0] * (BINS // 2) + [len(values)] + [0] * (BINS - BINS // 2 - 1)
        places = ((values / 4 - low / 4) / width * BINS).cast(self._polars.Int64)
        bins = [0] * BINS
        for place, count in places.alias("place").value_counts().iter_rows():
            bins[min(place, BINS - 1)] += count
        return bins

    def write(self, rows: Any, separator: str, has_head: bool) -> str:
        polars = self._polars
        part = self._frame[rows] if isinstance(rows, slice) else self._frame[rows.to_list()]
        columns = [
            series if is_written else polars.Series(series.name, self._written(series))
            for series in part.get_columns()
            for is_written in [
                not self._is_opaque(series.dtype) and series.dtype != polars.Duration
            ]
        ]
        part = polars.DataFrame(columns)
        return str(part.write_csv(separator=separator, include_header=has_head))

    def _written(self, series: Any) -> list[str | None]:
        """The texts in a file of what polars does not write: all that is in it, not only what its
        cells have room for."""
        if series.dtype == self._polars.Duration:
            return list(series.alias("value").dt.to_string("polars"))
        to_text = _json if series.dtype.is_nested() else text_of
        return [None if value is None else to_text(value) for value in series.to_list()]

    def memory(self) -> tuple[int, int | None]:
        return int(self._frame.estimated_size()), None

    def shared(self) -> PolarsReader:
        # A clone shares the columns, which are immutable; in place only the frame gets others.
        return PolarsReader(self._frame.clone(), self.kind)

    def copied(self) -> PolarsReader:
        # All of polars' own copies share the text of a part's rows with all other rows.
        if self._polars.Object in self._frame.dtypes:
            return self.shared()
        file = io.BytesIO()
        self._frame.write_ipc(file)
        return PolarsReader(self._polars.read_ipc(file.getvalue()), self.kind)

    def fingerprint(self) -> int:
        part = self._frame[:: max(1, self.rows // 50)]
        texts = [self._texts(series)[0] for series in part.get_columns()[:20]]
        return crc32(repr((self._frame.shape, texts)).encode(errors="replace"))


def _json(value: Any) -> str:
    return json.dumps(value, default=text_of, ensure_ascii=False)


def _is_pattern(name: str) -> bool:
    """Whether `polars.col` takes it for other columns than the one of this name."""
    return name == "*" or (name[:1] == "^" and name[-1:] == "$")


def _parsed(polars: Any, dtype: Any, text: str) -> Any:
    """A date, time or duration that a user has written."""
    series = polars.Series([text.strip()])
    if dtype == polars.Date:
        return series.str.to_date()
    if dtype == polars.Time:
        return series.str.to_time()
    if dtype == polars.Datetime:
        return _parsed_datetime(polars, dtype, text.strip())
    step = {"ns": 1, "us": 1_000, "ms": 1_000_000}[dtype.time_unit]
    return polars.Series([nanoseconds_of(text) // step]).cast(dtype)


def _parsed_datetime(polars: Any, dtype: Any, text: str) -> Any:
    zone = dtype.time_zone
    # The short name of a zone is what a cell ends with.
    found = re.fullmatch(r"(.*\d) ([A-Za-z]\w*|[+-]\d\d)", text) if zone else None
    text, short = found.groups() if found else (text, None)
    series = polars.Series([text + "T00:00" if len(text) <= 10 else text])
    parsed = series.str.to_datetime(time_unit=dtype.time_unit)
    if not zone:
        return parsed
    if parsed.dtype.time_zone:
        return parsed.dt.convert_time_zone(zone)
    # An hour that comes twice is told apart by that name.
    earlier, later = (
        parsed.dt.replace_time_zone(zone, ambiguous=which) for which in ("earliest", "latest")
    )
    return later if short == later.dt.to_string("%Z").item() else earlier
