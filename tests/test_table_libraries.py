"""Tables of polars and Apache Arrow as results show them: both answer the same questions alike.
And relations of DuckDB.

Not among the suites of the runtime, which run on each Python: these packages are large.
"""

from __future__ import annotations

import csv
import datetime
import decimal
import fractions
import io
import warnings
from collections.abc import Callable
from typing import Any

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pytest

from rdit_ext.runtime import table_arrow, tables
from rdit_ext.runtime.table_arrow import ArrowReader
from rdit_ext.runtime.table_polars import PolarsReader
from tests.support.tables import Asked

DAYS = [datetime.date(2024, 1, 2), None, datetime.date(2024, 1, 1), datetime.date(2025, 1, 1)]
TIMES = [None if day is None else datetime.datetime(day.year, day.month, 1, 12) for day in DAYS]
COLUMNS: dict[str, list[Any]] = {
    "number": [3.0, None, 1.5, float("nan")] * 5,
    "whole": [10**17 + 1, None, 3, 2] * 5,
    "text": ["b", "", None, "A"] * 5,
    "day": DAYS * 5,
    "time": TIMES * 5,
    "flag": [True, None, True, False] * 5,
    "list": [[1], None, [2, 3], []] * 5,
}
MAKE: dict[str, Callable[[], Any]] = {
    "polars": lambda: polars.DataFrame(COLUMNS, strict=False),
    "pyarrow": lambda: pyarrow.table(COLUMNS),
}


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture(params=MAKE)
def table(request: pytest.FixtureRequest) -> Any:
    return MAKE[request.param]()


def rows(asked: Asked, shown: Any, **view: Any) -> list[int]:
    """Which of the first four rows are in a view, which repeat, in its order."""
    return [int(label) for label in asked.labels(shown, **view) if int(label) < 4]


def test_the_first_screen_has_what_the_library_writes(asked: Asked, table: Any) -> None:
    shown = asked.show(table)
    assert (shown["rows"], shown["columns"]) == (20, 7)
    assert shown["kind"] == type(table).__name__
    found = {column["name"]: column for column in shown["page"]["columns"]}
    assert found["number"]["texts"][1:3] == ["null", "1.5"]
    assert found["number"]["texts"][3].lower() == "nan"
    assert found["whole"]["texts"][:4] == ["100000000000000001", "null", "3", "2"]
    # An empty text is a value, and so is what is no number.
    assert found["text"]["texts"][:4] == ["b", "", "null", "A"]
    assert [found[name]["missing"][0] for name in ("number", "text")] == [1, 2]
    assert found["day"]["texts"][0] == "2024-01-02"
    assert found["list"]["texts"][:4] == ["[1]", "null", "[2, 3]", "[]"]
    assert [found[name]["isNumber"] for name in ("number", "whole", "text")] == [True, True, False]
    assert shown["page"]["labels"] == [list(map(str, range(20)))]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ({"column": 1}, [3, 2, 0, 1]),
        ({"column": 1, "descending": True}, [0, 2, 3, 1]),
        ({"column": 2}, [1, 3, 0, 2]),
        ({"column": 4, "descending": True}, [3, 0, 2, 1]),
    ],
)
def test_rows_are_sorted_with_nulls_last(
    asked: Asked, table: Any, sort: dict[str, Any], order: list[int]
) -> None:
    shown = asked.show(table)
    assert rows(asked, shown, sort=sort) == order
    over = [{"column": 1, "operator": ">", "value": "2"}]
    assert rows(asked, shown, sort=sort, filters=over) == [row for row in order if row in (0, 2)]


@pytest.mark.parametrize(
    ("column", "operator", "value", "found"),
    [
        (0, "<", "2", [2]),
        (0, "missing", "", [1]),
        (1, "=", "100000000000000001", [0]),
        (1, "!=", "3", [0, 3]),
        (1, ">=", "2.5", [0, 2]),
        (2, "contains", "a", [3]),
        (2, "=", "", [1]),
        (2, "present", "", [0, 1, 3]),
        (3, "<", "2024-06-01", [0, 2]),
        (4, ">=", "2024-01-01 12:00", [0, 2, 3]),
        (4, ">", "2024-06-01", [3]),
        (5, "=", "true", [0, 2]),
        (6, "contains", "3]", [2]),
        (None, "contains", "2025", [3]),
    ],
)
def test_rows_are_filtered(
    asked: Asked, table: Any, column: int | None, operator: str, value: str, found: list[int]
) -> None:
    shown = asked.show(table)
    each = {"column": column, "operator": operator, "value": value}
    assert rows(asked, shown, filters=[each]) == found


def test_a_value_that_cannot_be_compared_is_said(asked: Asked, table: Any) -> None:
    shown = asked.show(table)
    for column, value in ((1, "x"), (3, "soon"), (4, "soon"), (5, "5"), (6, "1")):
        each = {"column": column, "operator": "<", "value": value}
        assert asked.ask("table_rows", id=shown["id"], filters=[each])["error"]
    assert asked.ask("table_rows", id=shown["id"], sort={"column": 7})["error"]


def test_a_column_is_profiled(asked: Asked, table: Any) -> None:
    shown = asked.show(table)

    def profile(column: int) -> Any:
        return asked.ask("table_profile", id=shown["id"], column=column)

    number = profile(0)
    assert (number["count"], number["missing"], number["distinct"]) == (20, 5, 3)
    assert (sum(number["bins"]), number["low"], number["high"]) == (10, "1.5", "3")
    assert sorted(profile(2)["values"]) == [["", 5], ["A", 5], ["b", 5]]
    day = profile(3)
    assert (sum(day["bins"]), day["low"], day["high"]) == (15, "2024-01-01", "2025-01-01")
    assert sum(profile(4)["bins"]) == 15
    assert sorted(profile(5)["values"]) == [["false", 5], ["true", 10]]
    assert (profile(6)["missing"], profile(6).get("distinct")) == (5, None)
    few = [{"column": 1, "operator": "<", "value": "3"}]
    one = asked.ask("table_profile", id=shown["id"], column=1, filters=few)
    assert (one["count"], sum(one["bins"]), one["distinct"]) == (5, 5, 1)


def test_rows_are_written_for_other_programs(asked: Asked, table: Any) -> None:
    shown = asked.show(table)
    answer = asked.ask("table_text", id=shown["id"], sort={"column": 1})
    head, first, *others = answer["text"].splitlines()
    assert (head, len(others)) == ("number,whole,text,day,time,flag,list", 19)
    assert first.lower().startswith("nan,2,a,2025-01-01,2025-01-01")
    assert others[9].endswith(',true,"[2, 3]"') or ",true,[1]" in others[9]
    tabs = asked.ask("table_text", id=shown["id"], tabs=True)["text"]
    assert tabs.startswith("number\twhole\ttext\t")


ODD: dict[str, list[Any]] = {
    "bytes": [b"\xff", None, b"a", b""],
    "span": [datetime.timedelta(1, 3), None, datetime.timedelta(-1), datetime.timedelta(0)],
    "part": [{"a": 1}, None, {"a": None}, {"a": 2}],
    "long": [list(range(100)), None, [7], []],
    "clock": [datetime.time(1, 2, 3, 4), None, datetime.time(5), datetime.time(0)],
}
ODD["local"] = [
    None
    if hour is None
    else datetime.datetime(2024, 10, 27, hour, 30, tzinfo=datetime.timezone.utc)
    for hour in (0, None, 1, 12)
]


def odd_tables() -> list[Any]:
    columns = {name: values * 5 for name, values in ODD.items()}
    frame = polars.DataFrame(columns, strict=False)
    frame = frame.with_columns(polars.col("local").dt.convert_time_zone("Europe/Berlin"))
    table = pyarrow.table(columns)
    zone = pyarrow.timestamp("us", "Europe/Berlin")
    return [
        frame,
        frame.with_columns(polars.col("local").alias(""), polars.col("span").alias("^a.*$")),
        table.set_column(5, "local", table["local"].cast(zone)),
        pyarrow.table(
            {
                "view": pyarrow.array(["a", None, "b", ""] * 5, pyarrow.string_view()),
                "bytes": pyarrow.array([b"a", None, b"\xff", b""] * 5, pyarrow.binary_view()),
                "runs": pyarrow.RunEndEncodedArray.from_arrays([9, 20], ["x", None]),
                "part": pyarrow.DictionaryArray.from_arrays(
                    pyarrow.array([0, None] * 10), pyarrow.array([[1]])
                ),
                "half": pyarrow.array(numpy.arange(20, dtype="f2")),
                "price": pyarrow.array([decimal.Decimal("1.5")] * 20, pyarrow.decimal32(5, 2)),
                "id": pyarrow.array([bytes(range(16)), None] * 10, pyarrow.uuid()),
                "span": pyarrow.array([pyarrow.MonthDayNano([1, 2, 3]), None] * 10),
                "union": pyarrow.UnionArray.from_sparse(
                    pyarrow.array([0, 1] * 10, pyarrow.int8()),
                    [pyarrow.array(range(20)), pyarrow.array(["t"] * 20)],
                ),
                "moment": pyarrow.array([1704074580000000001, None] * 10, pyarrow.timestamp("ns")),
                "whole": pyarrow.array([2**64 - 1, None] * 10, pyarrow.uint64()),
                "nothing": pyarrow.nulls(20),
            }
        ),
    ]


@pytest.mark.parametrize("table", odd_tables(), ids=["polars", "names", "pyarrow", "more"])
def test_what_a_cell_of_any_type_says_is_found_by_it(asked: Asked, table: Any) -> None:
    shown = asked.show(table)
    for at, column in enumerate(shown["page"]["columns"]):
        for row in set(range(4)) - set(column["missing"]):
            text = column["texts"][row]
            for where, how in ((at, "="), (at, "contains"), (None, "contains")):
                each = {"column": where, "operator": how, "value": text}
                assert row in rows(asked, shown, filters=[each]), (column["name"], how, text)
        profile = asked.ask("table_profile", id=shown["id"], column=at)
        assert profile.get("error", "") == "", column["name"]
        assert profile["missing"] == len(column["missing"])
    text = asked.ask("table_text", id=shown["id"])["text"]
    assert len(list(csv.reader(io.StringIO(text)))) == 21


def odd_frames() -> dict[str, Any]:
    day, zone = datetime.date(2024, 1, 1), "Europe/Berlin"
    moment = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.timezone.utc)
    objects: dict[str, list[Any]] = {
        "price": [decimal.Decimal("1.10"), None, decimal.Decimal("NaN"), decimal.Decimal(3)],
        "part": [fractions.Fraction(1, 3), None, 2, 1],
        "bytes": [b"\xff", None, b"", b"a"],
        "flag": [True, None, False, True],
        "whole": [10**30, None, 1, -(10**30)],
        "day": [day, None, datetime.date(1, 1, 1), day],
        "clock": [datetime.time(1, 2), None, datetime.time(0), datetime.time(1, 2)],
        "moment": [moment, None, moment.replace(tzinfo=None), moment],
        "mixed": [1, None, "1", True],
        "lists": [[1], None, [], [1, [2]]],
        "arrays": [numpy.arange(3), None, numpy.zeros((2, 2)), numpy.arange(3)],
        "dicts": [{"a": 1}, None, {}, {"b": [2]}],
        "text": ["a", None, "B", ""],
    }
    typed: dict[str, Any] = {
        "span": pandas.to_timedelta(["1D", None, "-2h", "3s"]),
        "period": pandas.PeriodIndex(["2024-01", None, "2023-01", "2024-02"], freq="M"),
        "interval": pandas.arrays.IntervalArray.from_tuples([(0, 1), None, (2, 3.5), (0, 1)]),
        "local": pandas.to_datetime([moment, None, moment, moment]).tz_convert(zone),
        "far": numpy.array(["0001-01-01", "NaT", "9999-12-31", "2024-02-29"], "M8[s]"),
        "kind": pandas.Categorical(["x", None, "y", "x"]),
        "level": pandas.Categorical([3, None, 1, 3], [3, 2, 1], ordered=True),
        "cut": pandas.cut([1, numpy.nan, 5, 9], 3),
        "complex": numpy.array([1 + 2j, numpy.nan, 3, -1j]),
        "sparse": pandas.arrays.SparseArray([0.0, numpy.nan, 1.5, 0.0]),
        "flags": pandas.arrays.SparseArray([True, False, True, False]),
        "nullable": pandas.array([1, None, 3, 2], "Int8"),
        "maybe": pandas.array([True, None, False, True], "boolean"),
        "float": [numpy.inf, numpy.nan, -numpy.inf, -0.0],
        "large": pandas.array([2**64 - 1, None, 3, 2], "UInt64"),
    }
    arrow: dict[str, tuple[Any, list[Any]]] = {
        "half": (pyarrow.float32(), [0.1, None, 3, 2]),
        "large": (pyarrow.uint64(), [2**64 - 1, None, 3, 2]),
        "price": (pyarrow.decimal128(10, 2), objects["price"][:2] * 2),
        "day": (pyarrow.date32(), objects["day"]),
        "clock": (pyarrow.time64("us"), objects["clock"]),
        "moment": (pyarrow.timestamp("us", zone), [moment, None, moment, moment]),
        "span": (pyarrow.duration("us"), [datetime.timedelta(1), None] * 2),
        "bytes": (pyarrow.binary(), objects["bytes"]),
        "list": (pyarrow.list_(pyarrow.int8()), [[1, 2], None, [], [3]]),
        "struct": (pyarrow.struct([("a", pyarrow.int8())]), [{"a": 1}, None, {"a": None}, None]),
        "kind": (pyarrow.dictionary(pyarrow.int8(), pyarrow.string()), ["x", None, "y", "x"]),
        "text": (pyarrow.string(), ["a", None, "B", ""]),
        "nothing": (pyarrow.null(), [None] * 4),
    }
    of_arrow = {
        name: pandas.array(values, pandas.ArrowDtype(kind))
        for name, (kind, values) in arrow.items()
    }
    columns = {
        "objects": {k: pandas.Series(values, dtype=object) for k, values in objects.items()},
        "typed": {k: pandas.Series(values) for k, values in typed.items()},
        "arrow": {k: pandas.Series(values) for k, values in of_arrow.items()},
    }
    return {
        key: pandas.concat([pandas.DataFrame(each)] * 5, ignore_index=True)
        for key, each in columns.items()
    }


@pytest.mark.parametrize("kind", ["objects", "typed", "arrow"])
def test_what_a_cell_of_pandas_says_is_found_by_it_and_by_its_literal(
    asked: Asked, kind: str
) -> None:
    frame = odd_frames()[kind]
    shown = asked.show(frame)
    literals: dict[str, Callable[[str], Any]] = {
        "number": lambda text: int(text) if text.lstrip("-").isdigit() else float(text),
        "flag": lambda text: text == "True",
        "text": str,
    }
    for at, column in enumerate(shown["page"]["columns"]):
        for row in set(range(4)) - set(column["missing"]):
            text, name = column["texts"][row], column["name"]
            for where, how in ((at, "="), (at, "!="), (at, "contains"), (None, "contains")):
                each = {"column": where, "operator": how, "value": text}
                found = rows(asked, shown, filters=[each])
                assert (row in found) is (how != "!="), (name, how, text)
                assert how != "!=" or not set(found) & set(column["missing"])
                if how == "=" and column["literal"] and column["type"] != "complex128":
                    value = literals[column["literal"]](text)
                    code = (frame[name] == value).fillna(False).to_numpy(bool)[:4]
                    assert found == numpy.flatnonzero(code).tolist(), (name, text)
        for method in ("table_profile", "table_text"):
            given = {"column": at} if method == "table_profile" else {}
            assert asked.ask(method, id=shown["id"], **given).get("error", "") == "", column["name"]


def test_names_of_columns_in_code(asked: Asked) -> None:
    names = [
        "a",
        1,
        numpy.int64(2),
        ("x", 1),
        None,
        datetime.date(2024, 1, 1),
        "twice",
        "twice",
        "i",
        pandas.NA,
    ]
    index = pandas.Index(range(20), name="i")
    frame = pandas.DataFrame(0, index, pandas.Index(names, dtype=object))
    columns = asked.show(frame)["page"]["columns"]
    assert [each["key"] for each in columns] == ["'a'", "1", "2", "('x', 1)", *[""] * 6]
    numbered = pandas.DataFrame(0, range(20), columns=[3, 1])
    assert [each["key"] for each in asked.show(numbered)["page"]["columns"]] == ["3", "1"]


def test_objects_of_the_user_that_raise(asked: Asked) -> None:
    class Own:
        def fail(self, *others: object) -> Any:
            raise RuntimeError("no")

        __repr__ = __str__ = __eq__ = __lt__ = __hash__ = fail  # type: ignore[assignment]

    shown = asked.show(pandas.DataFrame({"a": pandas.Series([Own()] * 20, dtype=object)}))
    assert shown["page"]["columns"][0]["texts"][0] == "<Own>"
    assert asked.ask("table_profile", id=shown["id"], column=0)["count"] == 20
    assert asked.ask("table_rows", id=shown["id"], sort={"column": 0})["error"]
    each = {"column": 0, "operator": "contains", "value": "own"}
    assert rows(asked, shown, filters=[each]) == [0, 1, 2, 3]


def test_nothing_warns_of_what_is_computed_for_a_table(asked: Asked) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = asked.show(pandas.DataFrame({"a": numpy.array([numpy.inf, 0.1] * 10, "f2")}))
        each = {"column": 0, "operator": "<", "value": "1e300"}
        assert len(asked.labels(shown, filters=[each])) == 10


def test_a_wide_frame_is_searched_in_all_its_columns(asked: Asked) -> None:
    frame = pandas.DataFrame(numpy.zeros((30, 300)))
    frame.iloc[7, 250] = 1.5
    frame[17] = "none"
    shown = asked.show(frame)
    for value, found in (("1.5", ["7"]), ("non", list(map(str, range(30)))), ("x", [])):
        each = {"column": None, "operator": "contains", "value": value}
        assert asked.labels(shown, filters=[each]) == found


def test_all_that_is_in_a_long_list_is_found_and_written(asked: Asked) -> None:
    shown = asked.show(odd_tables()[0])
    for column in (3, None):
        each = {"column": column, "operator": "contains", "value": "57, 58"}
        assert rows(asked, shown, filters=[each]) == [0]
    text = asked.ask("table_text", id=shown["id"])["text"]
    first = next(csv.DictReader(io.StringIO(text)))
    assert first["long"] == str(list(range(100)))
    assert (first["part"], first["span"]) == ('{"a": 1}', "1d 3s")


def test_times_of_the_hour_that_comes_twice_are_told_apart(asked: Asked) -> None:
    frame, _, table, _ = odd_tables()
    for value, earlier, later in ((frame, "CEST", "CET"), (table, "+0200", "+0100")):
        shown = asked.show(value)
        texts = shown["page"]["columns"][5]["texts"]
        assert [texts[0].endswith(earlier), texts[2].endswith(later)] == [True, True]
        for row in (0, 2):
            each = {"column": 5, "operator": "=", "value": texts[row]}
            assert rows(asked, shown, filters=[each]) == [row]
        each = {"column": 5, "operator": "<", "value": "2024-10-27"}
        assert rows(asked, shown, filters=[each]) == []


def test_objects_and_numbers_of_many_digits_in_polars(asked: Asked) -> None:
    series = polars.Series([2**100, None, 3, -(2**100)] * 5, dtype=polars.Int128)
    shown = asked.show(polars.DataFrame({"a": series, "b": [object()] * 20}))
    for how, found in (("=", [0]), ("<", [2, 3])):
        each = {"column": 0, "operator": how, "value": str(2**100)}
        assert rows(asked, shown, filters=[each]) == found
    assert asked.ask("table_rows", id=shown["id"], sort={"column": 1})["error"]


def test_what_is_shown_stays_what_it_was(asked: Asked) -> None:
    frame = polars.DataFrame({"a": range(100)})
    shown = asked.show(frame)
    frame[0, "a"] = -1
    frame.insert_column(0, polars.Series("b", range(100)))
    assert asked.texts(shown, count=1, columnCount=1) == [["0"]]
    assert not asked.ask("table_rows", id=shown["id"]).get("changed")


def strings(seed: int) -> list[str]:
    return [f"{seed} and a text that is long enough {at}" for at in range(2_000)]


def of_arrow(values: list[str]) -> Any:
    return pandas.array(values, dtype=pandas.ArrowDtype(pyarrow.string()))


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: pyarrow.table({"a": strings(seed)}),
        lambda seed: pyarrow.RecordBatch.from_pydict({"a": strings(seed)}),
        lambda seed: pyarrow.table({"a": strings(seed) * 20}).slice(3, 2_000),
        lambda seed: pandas.DataFrame({"a": of_arrow(strings(seed))}),
        lambda seed: pandas.DataFrame({"a": of_arrow(strings(seed) * 20)})[:2_000],
        lambda seed: pandas.DataFrame({"a": 0}, index=of_arrow(strings(seed) * 20))[:2_000],
    ],
    ids=["table", "batch", "part", "pandas", "part of pandas", "labels"],
)
def test_what_is_kept_of_arrow_takes_no_more_memory_than_its_limit(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    limit = 400_000
    monkeypatch.setattr(tables, "_MOST_BYTES", limit)
    before = pyarrow.total_allocated_bytes()
    values = [make(seed) for seed in range(8)]
    shown = [asked.show(value) for value in values]
    del values
    assert pyarrow.total_allocated_bytes() - before <= limit * 1.1
    assert "no room" in asked.ask("table_rows", id=shown[0]["id"])["error"]
    assert len(asked.texts(shown[-1], start=1_500)) == 500


def test_of_polars_the_oldest_give_way_and_a_part_keeps_nothing_else(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_MOST_BYTES", 400_000)
    shown = [asked.show(polars.DataFrame({"a": strings(seed)})) for seed in range(8)]
    found = [asked.ask("table_rows", id=each["id"])["found"] for each in shown]
    assert (found[0], found[-3:]) == (False, [True] * 3)
    # One that is as large is asked as it is now.
    frame = polars.DataFrame({"a": strings(1) * 20})
    large = asked.show(frame)
    assert asked.ask("table_rows", id=large["id"])["changed"] is False
    frame[0, "a"] = "another"
    assert asked.ask("table_rows", id=large["id"])["changed"] is True
    part = PolarsReader(frame[:200]).copied()._frame
    newest = polars.CompatLevel.newest()
    assert frame[:200].to_arrow(compat_level=newest).get_total_buffer_size() > 100_000
    assert part.to_arrow(compat_level=newest).get_total_buffer_size() < 50_000


def test_series_and_batches(asked: Asked) -> None:
    shown = asked.show(polars.Series("a", range(20)))
    assert (shown["kind"], shown["rows"], shown["columns"]) == ("Series", 20, 1)
    assert asked.labels(shown, sort={"column": 0, "descending": True})[0] == "19"
    batch = pyarrow.RecordBatch.from_pydict({"a": ["x", "y"]})
    assert asked.texts(asked.show(batch, html=False)) == [["x"], ["y"]]
    # What HTML shows whole; the user has turned tables off; nothing to see.
    assert asked.show(polars.DataFrame({"a": range(10)})) is None
    assert asked.show(polars.DataFrame({"a": range(100)}), html=False) is None
    assert asked.show(pyarrow.table({}), html=False) is None
    # A plan is computed by who wants it.
    assert asked.show(polars.LazyFrame({"a": range(100)})) is None


def test_categories_and_times_with_a_zone(asked: Asked) -> None:
    times = [datetime.datetime(2024, 1, day, tzinfo=datetime.timezone.utc) for day in range(1, 21)]
    frame = polars.DataFrame(
        {
            "kind": polars.Series(["x", "y"] * 10, dtype=polars.Categorical),
            "time": polars.Series(times),
        }
    )
    for value in (frame, frame.to_arrow()):
        shown = asked.show(value)
        assert shown["page"]["columns"][0]["texts"][:2] == ["x", "y"]
        for column, text, count in ((0, "y", 10), (1, "2024-01-20", 1)):
            each = {"column": column, "operator": "=", "value": text}
            assert len(asked.labels(shown, filters=[each])) == count


def test_names_that_polars_takes_for_patterns(asked: Asked) -> None:
    frame = polars.DataFrame({"*": range(20), "^.*$": [str(at % 3) for at in range(20)]})
    shown = asked.show(frame)

    def found(**view: Any) -> int:
        return len(asked.labels(shown, **view))

    assert found(filters=[{"column": 0, "operator": ">", "value": "14"}]) == 5
    assert found(filters=[{"column": 0, "operator": "present", "value": ""}]) == 20
    assert found(filters=[{"column": 1, "operator": "contains", "value": "2"}]) == 6
    assert found(filters=[{"column": None, "operator": "contains", "value": "19"}]) == 1
    assert asked.labels(shown, sort={"column": 0, "descending": True})[0] == "19"
    assert asked.labels(shown, sort={"column": 1})[:2] == ["0", "3"]
    # No code can name them so.
    assert [column["key"] for column in shown["page"]["columns"]] == ["", ""]


@pytest.mark.parametrize(
    "make",
    [
        lambda values: polars.DataFrame({"a": values}),
        lambda values: polars.DataFrame({"a": polars.Series(values, dtype=polars.Int8)}),
        lambda values: pyarrow.table({"a": values}),
        lambda values: pyarrow.table({"a": pyarrow.array(values, pyarrow.int8())}),
        lambda values: pandas.DataFrame({"a": values}),
        lambda values: pandas.DataFrame({"a": pandas.array(values, "Int64")}),
        lambda values: pandas.DataFrame({"a": pandas.array(values, "int64[pyarrow]")}),
        lambda values: pandas.DataFrame({"a": pandas.array(values, "double[pyarrow]")}),
        lambda values: numpy.array([values] * 2).T.repeat(50, 0),
        lambda values: numpy.array([values] * 2, float).T.repeat(50, 0),
    ],
)
def test_a_number_that_a_column_cannot_have_is_compared_all_the_same(
    asked: Asked, make: Any
) -> None:
    shown = asked.show(make(list(range(20))), html=True)
    rows = len(asked.labels(shown))
    for value in (300, 2**63, 2**64, 10**20, 10**400):
        for sign, below in (("", True), ("-", False)):
            for operator, expected in (("=", False), ("!=", True), ("<", below), (">=", not below)):
                each = {"column": 0, "operator": operator, "value": f"{sign}{value}"}
                assert len(asked.labels(shown, filters=[each])) == (rows if expected else 0)


@pytest.mark.parametrize("make", [polars.DataFrame, pyarrow.table])
def test_durations_and_times_of_day(asked: Asked, make: Any) -> None:
    durations = [datetime.timedelta(days=at, minutes=30) for at in range(-5, 15)]
    times = [datetime.time(at, 30) for at in range(20)]
    shown = asked.show(make({"duration": durations, "time": times}))

    def found(column: int, operator: str, value: str) -> Any:
        each = {"column": column, "operator": operator, "value": value}
        answer = asked.ask("table_rows", id=shown["id"], filters=[each])
        return answer.get("error") or answer["total"]

    assert found(0, "=", "1d 30m") == found(0, "=", "24h 1800.0s") == 1
    assert found(0, "<", "-1d -30m") == 4
    assert found(1, ">=", "12:30") == 8
    assert "is no duration, as 1d 2h 30m" in found(0, "=", "soon")
    assert "is no" in found(1, "=", "soon")
    assert found(0, "<", "999999999999d")


def test_texts_are_looked_for_in_parts(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_arrow, "_MOST_WRITTEN", 3)
    lists = pyarrow.chunked_array([[[at], None] * 5 for at in range(4)])
    texts = pyarrow.chunked_array([[f"É{at}", None] * 5 for at in range(4)], pyarrow.string())
    large = texts.cast(pyarrow.large_string())
    kinds = texts.dictionary_encode()
    shown = asked.show(pyarrow.table([lists, texts, large, kinds], list("abcd")))
    for column, value in ((0, "[2]"), (1, "é2"), (2, "é2"), (3, "é2"), (None, "é2")):
        each = {"column": column, "operator": "contains", "value": value}
        assert asked.labels(shown, filters=[each]) == ["20", "22", "24", "26", "28"]
    none = asked.show(pyarrow.table({"a": pyarrow.chunked_array([], pyarrow.string())}))
    assert none is None


@pytest.mark.parametrize("reader", [PolarsReader, ArrowReader])
def test_a_million_rows_are_sorted_filtered_and_profiled_without_a_word(reader: Any) -> None:
    numbers = polars.DataFrame({"a": polars.Series(range(1_000_000)).shuffle(1)})
    read = reader(numbers if reader is PolarsReader else numbers.to_arrow())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read.find(
            {"column": 0, "descending": True},
            [{"column": 0, "operator": "<", "value": "500_000"}],
        )
        assert read.cells(0, found[:2])[0] == ["499999", "499998"]
        assert read.profile(0, slice(None))["distinct"] == 1_000_000


def _relation(count: int) -> Any:
    return duckdb.sql(f"select i, i % 3 as part, 'n' || i as name from range({count}) numbers(i)")


def _show_relation(asked: Asked, relation: Any, seconds: float = 0) -> Any:
    data = {"text/plain": repr(relation)}
    asked.tables.add_to(data, relation, "run", seconds)
    return data.get(tables.TABLE)


def test_the_first_rows_of_a_relation_are_fetched_once(asked: Asked) -> None:
    asked_for: list[int] = []

    def next_one(number: int) -> int:
        asked_for.append(number)
        return number

    with duckdb.connect() as connection:
        connection.create_function("next_one", next_one, [int], int)
        relation = connection.sql("select next_one(i::int) as i from range(20_000) numbers(i)")
        shown = _show_relation(asked, relation)
        assert (shown["rows"], shown["columns"], shown["hasMore"]) == (10_000, 1, True)
        asked_for.clear()
        sort = {"column": 0, "descending": True}
        assert asked.texts(shown, sort=sort, count=2) == [["9999"], ["9998"]]
        over = [{"column": 0, "operator": ">", "value": "9998"}]
        assert asked.texts(shown, filters=over) == [["9999"]]
        assert asked_for == []
    # Nor is the connection asked.
    assert asked.texts(shown, start=5000, count=1) == [["5000"]]


def test_a_relation_of_fewer_rows_has_them_all(asked: Asked) -> None:
    shown = _show_relation(asked, _relation(200))
    assert (shown["kind"], shown["rows"], shown["hasMore"]) == ("DuckDBPyRelation", 200, False)
    assert [column["name"] for column in shown["page"]["columns"]] == ["i", "part", "name"]


def test_columns_of_a_relation_have_their_types_and_names_in_sql(asked: Asked) -> None:
    columns = {
        "plain_1": "i",
        "order": "i::VARCHAR",
        "b c": "uuid()",
        'x"y': "i::DECIMAL(9, 2)",
        "\u00e9": "'a'::ENUM('a', 'b')",
        "same": "1.5::DOUBLE",
    }
    names = [name.replace('"', '""') for name in (*columns, "Same")]
    values = [*columns.values(), "2"]
    selected = ", ".join(f'{v} as "{n}"' for v, n in zip(values, names, strict=True))
    relation = duckdb.sql(f"select {selected} from range(200) numbers(i)")
    shown = _show_relation(asked, relation)
    found = {column["name"]: column for column in shown["page"]["columns"]}
    types = ["BIGINT", "VARCHAR", "UUID", "DECIMAL(9,2)", "ENUM('a', 'b')", "DOUBLE"]
    assert [found[name]["type"] for name in columns] == types
    # Which of two is meant that differ by case cannot be said.
    keys = ["plain_1", '"order"', '"b c"', '"x""y"', '"\u00e9"', ""]
    assert [found[name]["key"] for name in columns] == keys
    for key in keys[:-1]:
        assert len(relation.filter(f"{key} IS NOT NULL")) == 200


def test_a_relation_is_sorted_and_filtered_as_duckdb_does(asked: Asked) -> None:
    values = "case i % 4 when 0 then null when 1 then 'nan'::DOUBLE else i end"
    relation = duckdb.sql(f"select {values} as x, i from range(200) numbers(i)")
    shown = _show_relation(asked, relation)
    for descending, order in ((False, "x NULLS LAST"), (True, "x DESC NULLS LAST")):
        sort = {"column": 0, "descending": descending}
        found = ["null" if x is None else f"{x:g}" for x, _ in relation.order(order).fetchall()]
        assert [row[0] for row in asked.texts(shown, sort=sort)] == found
    for operator in ("=", "!=", "<", "<=", ">", ">="):
        for value in ("150", "nan"):
            over = [{"column": 0, "operator": operator, "value": value}]
            mine = [int(row[1]) for row in asked.texts(shown, filters=over)]
            found = relation.filter(f"x {operator} '{value}'::DOUBLE").fetchall()
            assert mine == sorted(i for _, i in found)


def test_a_relation_is_filtered_by_the_values_of_its_types(asked: Asked) -> None:
    values = "('abc', 0.1), (' abc', 0.2), ('abc ', 16777216), (null, null)"
    rows = f"(values {values}) v(s, f), range(50)"
    relation = duckdb.sql(f"select s, f::FLOAT as f from {rows}")
    shown = _show_relation(asked, relation)
    for column, operator, value, condition in (
        (0, "=", "abc", "s = 'abc'"),
        (0, "=", " abc", "s = ' abc'"),
        (0, "!=", "abc ", "s != 'abc '"),
        (1, "=", "0.1", "f = 0.1"),
        (1, "<=", "0.1", "f <= 0.1"),
        (1, ">", "0.1", "f > 0.1"),
        (1, "=", "16777217", "f = 16777217"),
    ):
        over = [{"column": column, "operator": operator, "value": value}]
        found = asked.texts(shown, filters=over, count=200)
        assert len(found) == len(relation.filter(condition)), condition


@pytest.mark.parametrize("collation", ["NOCASE", "NOACCENT"])
def test_the_code_of_a_relation_has_the_rows_of_its_grid_whatever_its_collation(
    asked: Asked, collation: str
) -> None:
    # As results/grid/sql_code.ts writes it: tests/ui/grid.test.ts.
    with duckdb.connect() as connection:
        connection.execute(f"create table words (word VARCHAR COLLATE {collation})")
        connection.execute(
            "insert into words select word from"
            " (values ('b'), ('A'), ('B'), ('a'), ('\u00c9'), ('e')) v(word), range(30)"
        )
        relation = connection.table("words")
        shown = _show_relation(asked, relation)
        order = {"column": 0, "descending": True}
        found = asked.texts(shown, sort=order, count=200)
        assert [
            [word] for (word,) in relation.order("word COLLATE C DESC NULLS LAST").fetchall()
        ] == found
        for operator, value, condition in (
            ("=", "a", "word COLLATE C = 'a'"),
            (">", "a", "word COLLATE C > 'a'"),
            ("contains", "E", "contains(lower(word COLLATE C), lower('E'))"),
        ):
            over = [{"column": 0, "operator": operator, "value": value}]
            rows = asked.texts(shown, filters=over, count=200)
            assert [[word] for (word,) in relation.filter(condition).fetchall()] == rows, condition


def test_types_that_arrow_has_not_are_written_as_duckdb_writes_them(asked: Asked) -> None:
    relation = duckdb.sql(
        "SELECT i AS a, i AS A, '0101'::BIT AS b, i * INTERVAL 1 MONTH AS m, [i, NULL] AS l,"
        " TIMETZ '01:02:03+02' AS t, '\\xFF'::BLOB AS x, MAP {'k': i} AS p, {'a': i} AS s,"
        " 'y'::ENUM('x]', 'y') AS e FROM range(200) t(i)"
    )
    shown = _show_relation(asked, relation)
    assert [each["name"] for each in shown["page"]["columns"]] == relation.columns
    said = [
        "1",
        "1",
        "0101",
        "1 month",
        "[1, NULL]",
        "01:02:03+02",
        "\\xFF",
        "{k=1}",
        "{'a': 1}",
        "y",
    ]
    assert asked.texts(shown, start=1, count=1) == [said]
    for at, text in enumerate(said):
        each = {"column": at, "operator": "=", "value": text}
        assert "1" in asked.labels(shown, filters=[each])
    for view in (
        {"sort": {"column": 3}},
        {"filters": [{"column": 4, "operator": "<", "value": "2"}]},
    ):
        assert "DuckDB" in asked.ask("table_rows", id=shown["id"], **view)["error"]


def test_the_ends_of_whole_numbers_have_all_digits(asked: Asked) -> None:
    column = {"a": [10**17 + at for at in range(20)]}
    for value in (polars.DataFrame(column), pyarrow.table(column)):
        low = asked.ask("table_profile", id=asked.show(value)["id"], column=0)["low"]
        assert low == "100,000,000,000,000,000"


def test_a_relation_stays_as_its_text_where_that_is_all_or_slow(asked: Asked) -> None:
    assert _show_relation(asked, _relation(5)) is None
    assert _show_relation(asked, _relation(200), seconds=2) is None


def test_a_panic_of_a_library_is_said(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*given: Any, **named: Any) -> Any:
        raise polars.exceptions.PanicException("index out of bounds")

    frame = MAKE["polars"]()
    monkeypatch.setattr(polars.DataFrame, "to_series", panic)
    assert "index out of bounds" in asked.show(frame)["error"]
