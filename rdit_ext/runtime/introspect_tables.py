"""Arrays and tables of well-known packages: shape, bytes, columns and first values.

Only what these packages promise to be cheap is asked, and only of their own classes: a class that
the user has derived from one, or that calls itself one, is not asked. Nor is what is computed when
it is asked, as `LazyFrame.columns`, a relation of DuckDB or an array of dask.
"""

from __future__ import annotations

import sys
from typing import Any

from .introspect_class import name_of, own_attributes, package_of

_PACKAGES = frozenset(
    ("numpy", "pandas", "polars", "scipy", "torch", "jax", "jaxlib", "xarray", "pyarrow")
)
# What a dtype is of, whose values only read.
_DTYPES = frozenset(("numpy", "pandas", "polars", "torch", "pyarrow", "ml_dtypes"))
_MOST_COLUMNS_MEASURED = 1_000
# Kinds of numpy's dtypes whose items are numbers, texts or times.
_SIMPLE = "?biufcSUMm"


def is_of_package(value: Any) -> bool:
    """Whether its class is one of a known package."""
    return package_of(type(value)) in _PACKAGES and is_of_its_module(value)


def is_of_its_module(value: Any) -> bool:
    """Whether the module that its class names has this class by its name."""
    kind = type(value)
    module = sys.modules.get(vars(type)["__module__"].__get__(kind))
    return module is not None and own_attributes(module).get(name_of(kind)) is kind


def _is(value: Any, package: str, *names: str) -> bool:
    kind = type(value)
    return name_of(kind) in names and package_of(kind) == package and is_of_package(value)


def is_table(value: Any) -> bool:
    """Whether it has columns that can be read at once."""
    return _is(value, "pandas", "DataFrame") or _is(value, "polars", "DataFrame")


def shape_of(value: Any) -> tuple[int, ...] | None:
    """The shape; None if it has none, or it cannot be known at once."""
    if not is_of_package(value) or issubclass(type(value), type):
        return None
    shape: Any = getattr(value, "shape", None)
    if issubclass(type(shape), tuple) and all(type(each) is int for each in shape):
        return tuple(shape)
    return None


def dtype_of(value: Any) -> str:
    """The type of its items; "" for what has none, as a table."""
    if not is_of_package(value) or issubclass(type(value), type) or is_table(value):
        return ""
    if getattr(value, "shape", None) == () and name_of(type(value)) != "ndarray":
        return ""  # a number, whose type says it
    dtype = getattr(value, "dtype", None)
    is_known = package_of(type(dtype)) in _DTYPES
    return str(dtype).replace("torch.", "") if dtype is not None and is_known else ""


def bytes_of(value: Any) -> int | None:
    """Its size in bytes, without what its items refer to; None if that is to be computed."""
    if _is(value, "numpy", "ndarray", "memmap") or _is(value, "pyarrow", "Table", "RecordBatch"):
        return int(value.nbytes)
    if _is(value, "pandas", "DataFrame"):
        if value.shape[1] > _MOST_COLUMNS_MEASURED or not all(map(_is_plain, value.dtypes)):
            return None
        return int(value.memory_usage(deep=False).sum())
    if _is(value, "pandas", "Series") and _is_plain(value.dtype):
        return int(value.memory_usage(deep=False))
    if _is(value, "polars", "DataFrame", "Series"):
        return int(value.estimated_size())
    if _is(value, "torch", "Tensor") and str(value.layout) == "torch.strided":
        return int(value.nelement() * value.element_size())
    return None


def _is_plain(dtype: Any) -> bool:
    return package_of(type(dtype)) in _DTYPES


def columns_of(value: Any, start: int, count: int) -> list[Any] | None:
    """Some of the names of a table's columns; None if it is no table."""
    return list(value.columns[start : start + count]) if is_table(value) else None


def column_at(table: Any, index: int) -> Any:
    """A column of a table, as a series.

    Raises:
        IndexError: there is none.
    """
    return table.iloc[:, index] if package_of(type(table)) == "pandas" else table.to_series(index)


def count_of_items(value: Any) -> int:
    """How many items there are along the first axis, of what can be read item by item; else 0."""
    if _is(value, "numpy", "ndarray") or _is_readable_series(value):
        shape = value.shape
        return int(shape[0]) if shape else 0
    return 0


def items_of(value: Any, start: int, count: int) -> list[tuple[Any, Any]]:
    """Items along the first axis by their places: each with its label."""
    stop = start + count
    if _is(value, "pandas", "Series"):
        part = value.iloc[start:stop]
        return list(zip(part.index.tolist(), part.tolist(), strict=True))
    if _is(value, "polars", "Series"):
        return list(enumerate(value[start:stop].to_list(), start))
    stop = min(stop, len(value))
    simple = value.ndim == 1 and value.dtype.kind in _SIMPLE
    part = value[start:stop]
    return list(enumerate(part.tolist() if simple else list(part), start))


def first_values(value: Any, count: int) -> tuple[list[Any], int] | None:
    """The first items, and how many there are; None for what has none that can be read at once."""
    if _is(value, "numpy", "ndarray"):
        if value.dtype.kind not in _SIMPLE + "O" or not value.size:
            return None
        if not value.ndim:
            return [value[()]], 1
        row = value[:count]
        return (list(row) if value.ndim > 1 else row.tolist()), len(value)
    if _is_readable_series(value):
        return [item for _, item in items_of(value, 0, count)], len(value)
    return None


def scalar_of(value: Any) -> Any:
    """The builtin value of a number of numpy's; None if it is none."""
    if package_of(type(value)) != "numpy" or not is_of_package(value):
        return None
    found = getattr(value, "item", None)
    shape = getattr(value, "shape", None)
    return found() if found is not None and shape == () and value.dtype.kind in _SIMPLE else None


def _is_readable_series(value: Any) -> bool:
    is_pandas = _is(value, "pandas", "Series")
    return (is_pandas and _is_plain(value.dtype)) or _is(value, "polars", "Series")
