"""The tables that results show, kept for the questions that a viewer asks about their rows.

What is shown of a table with its result is its first screen, in a MIME type of its own. The rest is
asked for: rows by pages, sorted and filtered; what is in a column; text for other programs. A table
is kept as it was when it was shown: without a copy where the library shares memory until one side
writes (pandas from 3 on, polars, Arrow), else as a copy if it is small. Another is referred to
weakly, and it is said if it has changed since; so are the oldest, once all that are kept would take
more memory than a fixed sum, were each the last to have its own.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

from .introspect_class import name_of, package_of
from .introspect_tables import bytes_of, is_of_its_module
from .table_arrow import ArrowReader
from .table_duckdb import DuckdbReader, is_fetched
from .table_numpy import NumpyReader
from .table_pandas import PandasReader
from .table_polars import PolarsReader
from .table_reader import Dict, NotPossible, Reader, is_part, shorten
from .table_records import RecordsReader, are_records, bytes_of_records
from .utf8 import clean

TABLE = "application/vnd.rdit.table+json"
# A table with no more is shown whole by its HTML, or its text.
_FEW_ROWS = 10
_FEW_COLUMNS = 20
# Items of an array whose text is whole.
_FEW_ITEMS = 1000
# The first screen: rows, columns, and bytes of all of it.
_FIRST_ROWS = 40
_FIRST_COLUMNS = 20
_MOST_FIRST = 50_000
# Characters of cells that are sent in full.
_MOST_WHOLE = 20_000_000
# Cells of one answer, and rows of one piece of text.
_MOST_CELLS = 20_000
_MOST_WRITTEN = 200_000
# Tables that are kept, and bytes that they keep in use: each counts, as the user may write into the
# value that it shares memory with, or let go of it, at any time.
_MOST_KEPT = 100
_MOST_BYTES = 256 << 20
# Bytes of a table that is copied.
_MOST_COPIED = 16 << 20


def _has_html(value: Any, data: Dict, seconds: float) -> bool:
    # Without HTML the user has turned tables off. Rows without columns are labels only.
    rows, *columns = value.shape
    is_large = rows > _FEW_ROWS or sum(columns) > _FEW_COLUMNS
    return "text/html" in data and is_large and 0 not in columns


def _is_long(value: Any, data: Dict, seconds: float) -> bool:
    return len(value) > _FEW_ROWS


def _has_rows(value: Any, data: Dict, seconds: float) -> bool:
    # Its text has the rows column by column.
    return bool(min(value.shape) > 0)


def _is_summarized(value: Any, data: Dict, seconds: float) -> bool:
    if value.dtype.names:
        return bool(value.ndim == 1 and len(value) > _FEW_ROWS)
    return bool(value.ndim == 2 and value.size > _FEW_ITEMS and value.dtype.kind != "V")


def _is_quick(value: Any, data: Dict, seconds: float) -> bool:
    return is_fetched(data.get("text/plain", ""), seconds)


def _has_records(value: Any, data: Dict, seconds: float) -> bool:
    return are_records(value) and bytes_of_records(value) <= _MOST_COPIED


class _Known(NamedTuple):
    """How the values of a class are shown as tables."""

    reader: Callable[[Any], Reader]
    # Whether a value is: the value, its bundle, and the seconds that took to make.
    is_shown: Callable[[Any, Dict, float], bool]
    # The table is the reader's own: what it has fetched or copied of the value.
    is_own: bool = False
    # It stands as its text, and is a table where the user asks for one.
    is_offered: bool = False


# By package and class.
_KNOWN = {
    ("pandas", "DataFrame"): _Known(PandasReader, _has_html),
    ("pandas", "Series"): _Known(PandasReader, _is_long),
    ("numpy", "ndarray"): _Known(NumpyReader, _is_summarized),
    ("numpy", "memmap"): _Known(NumpyReader, _is_summarized),
    ("numpy", "recarray"): _Known(NumpyReader, _is_summarized),
    ("polars", "DataFrame"): _Known(PolarsReader, _has_html),
    ("polars", "Series"): _Known(PolarsReader, _has_html),
    ("pyarrow", "Table"): _Known(ArrowReader, _has_rows),
    ("pyarrow", "RecordBatch"): _Known(ArrowReader, _has_rows),
    ("duckdb", "DuckDBPyRelation"): _Known(DuckdbReader, _is_quick, is_own=True),
    ("_duckdb", "DuckDBPyRelation"): _Known(DuckdbReader, _is_quick, is_own=True),
    ("builtins", "list"): _Known(RecordsReader, _has_records, is_own=True, is_offered=True),
}


class _Kept:
    """One table."""

    def __init__(self, value: Any, reader: Reader, is_own: bool):
        self._make: Callable[[Any], Reader] = type(reader)
        # What the reader has made for itself is gone with it.
        self._origin = weakref.ref(reader if is_own else value)
        is_known = is_own or bytes_of(value) is not None
        self._frozen, self.size = _frozen(reader) if is_known else (None, 0)
        self._fingerprint = 0 if self._frozen else reader.fingerprint()
        # The rows of the last view that was asked for, and of which state of the table.
        self._view = ""
        self._positions: Any = None
        self._lock = threading.RLock()

    def weaken(self) -> bool:
        """Refer to the table weakly from now on. Returns whether it is still there."""
        frozen = self._frozen
        if frozen is not None and self._origin() is not None:
            try:
                self._fingerprint = frozen.fingerprint()
            except Exception:  # the user's options of display may fail by now
                return False
        # It may have been the table itself.
        del frozen
        self._frozen, self.size = None, 0
        return self._origin() is not None

    def read(self) -> tuple[Reader, int]:
        """Its reader, and a number of the state that the table is in: another than 0 if it has
        changed since it was shown.

        Raises:
            NotPossible: it is no longer there.
        """
        frozen = self._frozen
        if frozen is not None:
            return frozen, 0
        value = self._origin()
        if value is None:
            raise NotPossible(
                "There was no room to keep this table, and its value is gone:"
                " give it a name to see all of it."
            )
        reader = self._make(value)
        return reader, reader.fingerprint() ^ self._fingerprint

    def positions(self, reader: Reader, state: int, params: Dict) -> Any:
        """The positions of the rows of a view; None for all rows as they are. `reader`, `state`: as
        `read` gives them.

        Raises:
            NotPossible: see `Reader.find`.
        """
        sort, filters = params.get("sort"), params.get("filters") or []
        for each in (*filters, *((sort,) if sort else ())):
            if each["column"] is not None and each["column"] >= reader.columns:
                raise NotPossible("There is no such column.")
        if sort is None and not filters:
            return None
        with self._lock:
            view = json.dumps([sort, filters, state])
            if view != self._view:
                self._positions = reader.find(sort, filters)
                self._view = view
            return self._positions


class Tables:
    """The tables that were shown, and the answers to questions about them, from any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.RLock()
        # Never begins again: the id of a table that is gone must not become that of another.
        self._numbers = itertools.count(1)

    def forget(self) -> None:
        """Keep no table any longer."""
        with self._lock:
            self._kept.clear()

    def add_to(self, data: Dict, value: Any, run: str, seconds: float = 0) -> None:
        """Add the first screen of a table to the MIME bundle of its value, and keep the table for
        questions; do nothing if it is none, or if the bundle shows all of it. `run`: the id of the
        run that shows it. `seconds`: how long the bundle took to make."""
        kind = type(value)
        known = _KNOWN.get((package_of(kind), name_of(kind)))
        if known is None or not is_of_its_module(value):
            return
        try:
            if not known.is_shown(value, data, seconds):
                return
            with _without_warnings():
                reader = known.reader(value)
                first = _first_screen(reader)
                kept = _Kept(value, reader, known.is_own)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # Of a table whose library fails at it, or is another than is known, the rest of the
            # bundle is shown. A panic of polars is no Exception.
            data[TABLE] = {"error": clean(_said(error))}
            return
        with self._lock:
            name = f"{run}.{next(self._numbers)}"
            self._kept[name] = kept
            self._drop_excess()
        data[TABLE] = {"id": name, "isOffered": known.is_offered, **first}

    def _drop_excess(self) -> None:
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        total = sum(each.size for each in self._kept.values())
        for name, each in list(self._kept.items()):
            if total <= _MOST_BYTES:
                break
            if each.size:
                total -= each.size
                if not each.weaken():
                    del self._kept[name]

    # -- the methods of queries

    def rows(self, params: Dict) -> Dict:
        """The result of the method `table_rows`."""

        def answer(reader: Reader, positions: Any, changed: bool) -> Dict:
            total = reader.rows if positions is None else len(positions)
            start, column = params.get("start", 0), params.get("columnStart", 0)
            columns = min(params.get("columnCount", 1), reader.columns - column, _MOST_CELLS)
            most = max(1, _MOST_CELLS // max(1, columns))
            stop = min(total, start + min(params.get("count", 0), most))
            given = reader, positions, start, stop, column, column + columns
            page = _page(*given, is_whole=params.get("isWhole", False))
            return {"total": total, "changed": changed, "page": page}

        return self._answer(params, answer)

    def profile(self, params: Dict) -> Dict:
        """The result of the method `table_profile`."""

        def answer(reader: Reader, positions: Any, changed: bool) -> Dict:
            if params["column"] >= reader.columns:
                raise NotPossible("There is no such column.")
            rows = slice(None) if positions is None else positions
            made = reader.profile(params["column"], rows)
            values = [[clean(shorten(text)), count] for text, count in made.get("values", [])]
            return {**made, "values": values} if values else made

        return self._answer(params, answer)

    def text(self, params: Dict) -> Dict:
        """The result of the method `table_text`."""

        def answer(reader: Reader, positions: Any, changed: bool) -> Dict:
            total = reader.rows if positions is None else len(positions)
            start = params.get("start", 0)
            stop = min(total, start + max(1, _MOST_WRITTEN // max(1, reader.columns)))
            rows = slice(start, stop) if positions is None else positions[start:stop]
            separator = "\t" if params.get("tabs") else ","
            text = clean(reader.write(rows, separator, start == 0))
            return {"text": text, "next": stop if stop < total else 0, "total": total}

        return self._answer(params, answer)

    def _answer(self, params: Dict, answer: Callable[[Reader, Any, bool], Dict]) -> Dict:
        with self._lock:
            kept = self._kept.get(params["id"])
        if kept is None:
            return {"found": False}
        try:
            with _without_warnings():
                reader, state = kept.read()
                positions = kept.positions(reader, state, params)
                return {"found": True, **answer(reader, positions, state != 0)}
        except NotPossible as error:
            return {"found": True, "error": clean(str(error))}
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # of the library, or of the user's objects in the table
            return {"found": True, "error": clean(_said(error))}


def _without_warnings() -> AbstractContextManager[Any]:
    """Has numpy not warn of what it computes for us: the user may have made errors of warnings."""
    errstate: Any = getattr(sys.modules.get("numpy"), "errstate", None)
    return nullcontext() if errstate is None else errstate(all="ignore")


def _said(error: BaseException) -> str:
    """What an error of a library says, in a line."""
    try:
        lines = str(error).splitlines()
    except Exception:  # the user's own
        lines = []
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:500]


def _frozen(reader: Reader) -> tuple[Reader | None, int]:
    """A reader whose table stays as it is now, and how many bytes that keeps in use; None if there
    is no room for it."""
    own, held = reader.memory()
    frozen = reader.shared()
    if own <= _MOST_COPIED and (frozen is None or is_part(own, held)):
        frozen = reader.copied()
        own, held = frozen.memory()
    size = own if held is None else held
    return (None, 0) if frozen is None or size > _MOST_BYTES else (frozen, size)


def _first_screen(reader: Reader) -> Dict:
    """What is sent with a result: at most `_MOST_FIRST` bytes."""
    made: Dict = {
        "kind": reader.kind,
        "library": reader.library,
        "rows": reader.rows,
        "columns": reader.columns,
        "hasMore": reader.has_more,
        "levels": [clean(shorten(level)) for level in reader.levels],
    }
    rows, columns = min(reader.rows, _FIRST_ROWS), min(reader.columns, _FIRST_COLUMNS)
    while True:
        made["page"] = _page(reader, None, 0, rows, 0, columns)
        size = len(json.dumps(made, ensure_ascii=False).encode())
        if size <= _MOST_FIRST or (rows <= 1 and columns <= 1):
            return made
        if rows > 5:
            rows = max(5, rows * _MOST_FIRST // size)
        else:
            rows, columns = max(1, rows // 2), max(1, columns // 2)


def _page(
    reader: Reader,
    positions: Any,
    start: int,
    stop: int,
    first_column: int,
    stop_column: int,
    is_whole: bool = False,
) -> Dict:
    rows = slice(start, stop) if positions is None else positions[start:stop]
    columns = []
    size = 0
    for at in range(first_column, stop_column):
        texts, missing = reader.cells(at, rows)
        if not is_whole:
            texts = list(map(shorten, texts))
        size += sum(map(len, texts))
        if size > _MOST_WHOLE:
            raise NotPossible("These cells are too long for here: write them in code.")
        column = reader.column(at)
        for key in ("name", "type", "key"):
            column[key] = clean(column.get(key, ""))
        columns.append({**column, "texts": [clean(text) for text in texts], "missing": missing})
    labels = [[clean(shorten(text)) for text in level] for level in reader.labels(rows)]
    return {"start": start, "columnStart": first_column, "columns": columns, "labels": labels}
