"""Tables that results show: their first screen, and the answers to questions about their rows."""

from __future__ import annotations

import datetime
import gc
import json
import tracemalloc
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

from rdit_ext.runtime import table_numpy, tables
from rdit_ext.runtime.table_pandas import PandasReader
from tests.support.tables import Asked


@pytest.fixture
def asked() -> Asked:
    return Asked()


FRAME = pd.DataFrame(
    {
        "number": [3.0, np.nan, 1.5, 2.0] * 5,
        "whole": pd.array([10**17 + 1, None, 3, 2] * 5, dtype="Int64"),
        "text": ["b", "", None, "A"] * 5,
        "when": pd.to_datetime(["2024-01-02", None, "2024-01-01", "2025-01-01"] * 5),
        "kind": pd.Categorical(["x", "y", None, "x"] * 5),
        "flag": [True, False, True, False] * 5,
        "mixed": [None, [1], "x", 2.5] * 5,
    },
    index=[f"r{at}" for at in range(20)],
)


def test_a_table_that_its_html_shows_whole_stays_so(asked: Asked) -> None:
    assert asked.show(FRAME.head(10)) is None
    assert asked.show(FRAME["number"].head(10), html=False) is None
    assert asked.show(np.zeros((10, 10)), html=False) is None
    assert asked.show(FRAME[[]]) is None
    assert asked.show(FRAME.to_dict()) is None
    assert asked.show(42) is None
    # The user has turned tables off.
    assert asked.show(FRAME, html=False) is None


def test_the_first_screen_has_the_cells_as_pandas_writes_them(asked: Asked) -> None:
    shown = asked.show(FRAME)
    assert (shown["kind"], shown["rows"], shown["columns"]) == ("DataFrame", 20, 7)
    page = shown["page"]
    assert page["labels"][0][:2] == ["r0", "r1"]
    found = {column["name"]: column for column in page["columns"]}
    assert found["number"]["texts"][:4] == ["3.0", "NaN", "1.5", "2.0"]
    assert found["whole"]["texts"][:4] == ["100000000000000001", "<NA>", "3", "2"]
    assert found["text"]["texts"][:2] == ["b", ""]
    assert found["when"]["texts"][:2] == ["2024-01-02", "NaT"]
    assert found["mixed"]["texts"][:4] == ["None", "[1]", "x", "2.5"]
    # An empty text is a value.
    assert found["text"]["missing"][:2] == [2, 6]
    assert found["whole"]["missing"][:2] == [1, 5]
    assert [found[name]["isNumber"] for name in ("number", "whole", "text")] == [True, True, False]


def test_the_users_options_count_but_no_text_is_cut_at_their_width(asked: Asked) -> None:
    frame = pd.DataFrame({"a": [1 / 3] * 20, "b": ["long " * 30] * 20})
    with pd.option_context("display.precision", 2, "display.max_colwidth", 10):
        columns = asked.show(frame)["page"]["columns"]
    assert columns[0]["texts"][0] == "0.33"
    assert columns[1]["texts"][0] == "long " * 30


def test_cells_are_cut_for_a_view_and_come_in_full_where_that_is_asked_for(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "long " * 300
    for value in (
        pd.DataFrame({"a": [text] * 20}),
        np.array([[text] * 20] * 60),
        [{"a": text}] * 20,
    ):
        shown = asked.show(value)
        cut = shown["page"]["columns"][0]["texts"][0]
        assert (len(cut), cut[-1]) == (500, "…")
        assert asked.texts(shown, count=1, columnCount=1) == [[cut]]
        assert asked.texts(shown, count=1, columnCount=1, isWhole=True) == [[text]]
        profile = asked.ask("table_profile", id=shown["id"], column=0)
        assert profile["values"][0][0] == cut
        monkeypatch.setattr(tables, "_MOST_WHOLE", 2000)
        whole = {"count": 5, "columnCount": 1, "isWhole": True}
        assert "too long" in asked.ask("table_rows", id=shown["id"], **whole)["error"]
        monkeypatch.undo()


def test_the_first_screen_is_small_however_large_the_cells_are(asked: Asked) -> None:
    for value in (
        pd.DataFrame({f"c{at}": ["x" * 10_000] * 100 for at in range(50)}),
        pd.DataFrame(np.zeros((100, 10_000))),
        pd.DataFrame({"é" * 5000: ["\udc80é" * 500] * 100}, dtype=object),
    ):
        shown = asked.show(value)
        assert len(json.dumps(shown, ensure_ascii=False).encode()) < 60_000
        assert shown["rows"] == 100
        assert shown["page"]["columns"][0]["texts"]


def test_rows_are_sorted_with_what_is_missing_last(asked: Asked) -> None:
    shown = asked.show(FRAME.head(12))
    up = asked.labels(shown, sort={"column": 0})
    assert up == ["r2", "r6", "r10", "r3", "r7", "r11", "r0", "r4", "r8", "r1", "r5", "r9"]
    down = asked.labels(shown, sort={"column": 0, "descending": True})
    assert down == ["r0", "r4", "r8", "r3", "r7", "r11", "r2", "r6", "r10", "r1", "r5", "r9"]
    answer = asked.ask("table_rows", id=shown["id"], sort={"column": 6})
    assert "cannot be sorted" in answer["error"]
    assert asked.ask("table_rows", id=shown["id"], sort={"column": 7})["error"]


@pytest.mark.parametrize(
    ("column", "operator", "value", "rows"),
    [
        (0, ">=", "2", ["r0", "r3"]),
        (0, "!=", "2", ["r0", "r2"]),
        (0, "missing", "", ["r1"]),
        (1, "=", "100000000000000001", ["r0"]),
        (2, "contains", "a", ["r3"]),
        (2, "=", "", ["r1"]),
        (2, "present", "", ["r0", "r1", "r3"]),
        (3, "<", "2024-06-01", ["r0", "r2"]),
        (4, "=", "x", ["r0", "r3"]),
        (5, "=", "true", ["r0", "r2"]),
        (6, "contains", "[1", ["r1"]),
        (None, "contains", "2025", ["r3"]),
    ],
)
def test_rows_are_filtered(
    asked: Asked, column: int | None, operator: str, value: str, rows: list[str]
) -> None:
    shown = asked.show(FRAME.iloc[list(range(4)) + [0] * 10].iloc[:14])
    each = {"column": column, "operator": operator, "value": value}
    assert sorted(set(asked.labels(shown, filters=[each]))) == rows


def test_a_number_is_found_as_a_profile_writes_it(asked: Asked) -> None:
    shown = asked.show(pd.DataFrame({"a": np.arange(20) + 1_234_567, "b": np.arange(20) + 1e6}))
    low = asked.ask("table_profile", id=shown["id"], column=0)["low"]
    for column, value in ((0, low), (0, "1'234'567"), (1, "1 000 000.0")):
        each = {"column": column, "operator": "=", "value": value}
        assert asked.labels(shown, filters=[each]) == ["0"]
    each = {"column": 0, "operator": "=", "value": "1,23"}
    assert asked.ask("table_rows", id=shown["id"], filters=[each])["error"]


def test_a_value_that_cannot_be_compared_is_said(asked: Asked) -> None:
    shown = asked.show(FRAME)
    for column, operator, value in ((0, ">", "x"), (3, "<", "soon"), (4, "=", "z"), (5, "=", "5")):
        each = {"column": column, "operator": operator, "value": value}
        assert asked.ask("table_rows", id=shown["id"], filters=[each])["error"]


def test_what_is_shown_stays_what_it_was(asked: Asked) -> None:
    frame = pd.DataFrame({"a": range(100)})
    array = np.arange(2000).reshape(100, 20)
    series = pd.Series(range(100))
    shown = [asked.show(value) for value in (frame, array, series)]
    frame.loc[0, "a"] = -1
    frame["b"] = 2
    array[0, 0] = -1
    series[0] = -1
    for each in shown:
        assert asked.texts(each, count=1, columnCount=1) == [["0"]]
        assert not asked.ask("table_rows", id=each["id"]).get("changed")


def test_of_what_is_too_large_for_a_copy_it_is_said_that_it_changed(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_MOST_COPIED", 1000)
    array = np.arange(2000).reshape(100, 20)
    shown = asked.show(array)
    assert asked.ask("table_rows", id=shown["id"])["changed"] is False
    up = {"column": 0}
    assert asked.labels(shown, sort=up)[0] == "0"
    array[0, 0] = 10_000
    assert asked.ask("table_rows", id=shown["id"])["changed"] is True
    # It is sorted as it is now.
    assert asked.labels(shown, sort=up)[0] == "1"
    # And it is not kept alive.
    del array
    assert "no room" in asked.ask("table_rows", id=shown["id"])["error"]


def test_as_many_are_kept_as_there_is_room_for(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_MOST_KEPT", 3)
    shown = [asked.show(FRAME) for _ in range(4)]
    found = [asked.ask("table_rows", id=each["id"])["found"] for each in shown]
    assert found == [False, True, True, True]
    asked.tables.forget()
    assert not asked.ask("table_rows", id=shown[-1]["id"])["found"]


def _write(value: Any) -> None:
    if isinstance(value, np.ndarray):
        value[...] = value[::-1].copy()
    else:
        for at in range(value.shape[1]):
            value.iloc[:, at] = value.iloc[::-1, at].array.copy()


COUNT = 20_000
BOUNDED = {
    "array": lambda seed: np.arange(seed, COUNT + seed).reshape(-1, 2),
    "array of objects": lambda seed: np.array(
        [f"{seed}-{at}" for at in range(COUNT // 8)], object
    ).reshape(-1, 2),
    "numbers": lambda seed: pd.DataFrame({"a": np.arange(seed, COUNT + seed)}),
    "part": lambda seed: pd.DataFrame({"a": np.arange(seed, 100 * COUNT)}).iloc[:COUNT],
    "objects": lambda seed: pd.DataFrame(
        {"a": pd.Series([f"{seed}-{at}" for at in range(COUNT // 8)], dtype=object)}
    ),
    "labels": lambda seed: pd.DataFrame(
        {"a": np.zeros(COUNT // 8, "i1")},
        index=pd.Index([f"{seed}-{at}" for at in range(COUNT // 8)], dtype=object),
    ),
    "with missing": lambda seed: pd.DataFrame(
        {"a": pd.array(np.arange(seed, COUNT + seed), dtype="Int64")}
    ),
}


@pytest.mark.parametrize("end", ["written", "gone"])
@pytest.mark.parametrize("make", BOUNDED.values(), ids=BOUNDED)
def test_what_is_kept_takes_no_more_memory_than_its_limit(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, make: Any, end: str
) -> None:
    """Whatever becomes of the values. `tracemalloc` counts what the tables alone still hold."""
    limit = 600_000
    monkeypatch.setattr(tables, "_MOST_BYTES", limit)
    tracemalloc.start()
    try:
        values = [make(seed) for seed in range(12)]
        shown = [asked.show(each, html=not isinstance(each, np.ndarray)) for each in values]
        if end == "written":
            any(map(_write, values))
        else:
            del values
            assert "no room" in asked.ask("table_rows", id=shown[0]["id"])["error"]
        assert asked.ask("table_rows", id=shown[-1]["id"])["changed"] is False
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        asked.tables.forget()
        gc.collect()
        freed = before - tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert freed < limit * 1.25
    if end == "gone":
        assert freed > limit / 2


@pytest.mark.parametrize(
    "make", [lambda: np.zeros((1000, 2)), lambda: pd.DataFrame(np.zeros((1000, 2)))]
)
def test_a_table_that_there_is_no_room_for_is_asked_as_it_is_now(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    monkeypatch.setattr(tables, "_MOST_BYTES", 40_000)
    first, second, *others = values = [make() for _ in range(4)]
    shown = [asked.show(each, html=not isinstance(each, np.ndarray)) for each in values]
    changed = [asked.ask("table_rows", id=each["id"])["changed"] for each in shown]
    assert changed == [False] * 4
    for value in values:
        (value if isinstance(value, np.ndarray) else value.iloc)[0, 0] = 1
    changed = [asked.ask("table_rows", id=each["id"])["changed"] for each in shown]
    assert changed == [True, True, False, False]
    del first, second, others, value, values
    assert "no room" in asked.ask("table_rows", id=shown[0]["id"])["error"]
    # What is gone before there is no room for it is forgotten.
    for _ in range(3):
        asked.show(make(), html="pandas" in str(shown[0]["library"]))
    assert asked.ask("table_rows", id=shown[3]["id"]) == {"found": False}


def test_an_id_is_of_one_table_only(asked: Asked) -> None:
    shown = []
    for run in ("a", "b", "a"):
        data: dict[str, Any] = {"text/html": ""}
        asked.tables.add_to(data, FRAME, run)
        shown.append(data[tables.TABLE]["id"])
        asked.tables.forget()
    assert len(set(shown)) == 3


def test_a_column_is_profiled(asked: Asked) -> None:
    shown = asked.show(FRAME)
    number = asked.ask("table_profile", id=shown["id"], column=0)
    assert (number["count"], number["missing"], number["distinct"]) == (20, 5, 3)
    assert (sum(number["bins"]), number["low"], number["high"]) == (15, "1.5", "3")
    text = asked.ask("table_profile", id=shown["id"], column=2)
    assert sorted(text["values"]) == [["", 5], ["A", 5], ["b", 5]]
    when = asked.ask("table_profile", id=shown["id"], column=3)
    assert (when["low"], when["high"]) == ("2024-01-01", "2025-01-01")
    # Lists have no hash.
    mixed = asked.ask("table_profile", id=shown["id"], column=6)
    assert (mixed["missing"], mixed.get("distinct")) == (5, None)
    few = [{"column": 0, "operator": ">", "value": "2"}]
    assert asked.ask("table_profile", id=shown["id"], column=0, filters=few)["count"] == 5


def test_rows_are_written_for_other_programs_in_pieces(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_MOST_WRITTEN", 16)
    frame = pd.DataFrame({"a": [1 / 3] * 20, "b": ["x,y"] * 20})
    shown = asked.show(frame)
    text, start = "", 0
    while True:
        answer = asked.ask("table_text", id=shown["id"], start=start)
        text += answer["text"]
        start = answer["next"]
        if not start:
            break
    assert text == frame.to_csv(index=False)
    tabs = asked.ask("table_text", id=shown["id"], tabs=True)["text"]
    assert tabs.startswith("a\tb\n0.3333333333333333\tx,y\n")


def test_levels_of_labels_and_names(asked: Asked) -> None:
    frame = pd.DataFrame(
        np.zeros((20, 2)),
        index=pd.MultiIndex.from_product([["a", "b"], range(10)], names=["letter", None]),
        columns=pd.MultiIndex.from_tuples([("p", "q"), ("p", "r")]),
    )
    shown = asked.show(frame)
    assert shown["levels"] == ["letter", ""]
    assert [level[10] for level in shown["page"]["labels"]] == ["b", "0"]
    assert [column["name"] for column in shown["page"]["columns"]] == ["p\nq", "p\nr"]


def test_arrays(asked: Asked) -> None:
    array = np.arange(3000.0).reshape(100, 30)
    array[3, 0] = np.nan
    shown = asked.show(array, html=False)
    assert (shown["kind"], shown["rows"], shown["columns"]) == ("ndarray", 100, 30)
    assert shown["page"]["columns"][0]["missing"] == [3]
    assert asked.labels(shown, sort={"column": 0, "descending": True})[-2:] == ["0", "3"]
    over = [{"column": 29, "operator": ">", "value": "2900"}]
    assert asked.labels(shown, filters=over) == ["96", "97", "98", "99"]
    assert asked.ask("table_profile", id=shown["id"], column=0)["missing"] == 1
    fields = np.zeros(20, dtype=[("a", "i4"), ("b", "U3")])
    shown = asked.show(fields, html=False)
    assert [column["name"] for column in shown["page"]["columns"]] == ["a", "b"]
    assert asked.texts(shown, count=1) == [["0", ""]]
    # An image has three dimensions; and an array that is printed whole is printed.
    assert asked.show(np.zeros((100, 100, 3)), html=False) is None


@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        ([1 + 2j, 1.25 + 3.5j], {}, ["1.  +2.j", "1.25+3.5j"]),
        ([np.nan, 1], {"nanstr": "not a number"}, ["not a number", "1."]),
        ([1.5, 2], {"formatter": {"float": "[{:.1f} kg]".format}}, ["[1.5 kg]", "[2.0 kg]"]),
        ([True, False], {}, ["True", "False"]),
    ],
)
def test_a_cell_of_an_array_is_one_whatever_its_text(
    asked: Asked, values: list[Any], options: dict[str, Any], expected: list[str]
) -> None:
    with np.printoptions(**options):
        shown = asked.show(np.array([[value] * 2 for value in values] * 1000), html=False)
    (column, _) = shown["page"]["columns"]
    assert column["texts"][:4] == expected * 2


def test_times_and_arrays_in_the_fields_of_an_array(asked: Asked) -> None:
    array = np.zeros(20, dtype=[("when", "M8[ns]"), ("place", "f4", 3)])
    array["when"] = np.datetime64("2024-01-01") + np.arange(20) * np.timedelta64(1, "D")
    array["when"][1] = "NaT"
    shown = asked.show(array, html=False)
    when, place = shown["page"]["columns"]
    assert when["texts"][:2] == ["2024-01-01T00:00:00.000000000", "NaT"]
    assert (when["missing"], place["texts"][0]) == ([1], "[0. 0. 0.]")
    found = [{"column": None, "operator": "contains", "value": "01-03"}]
    assert asked.labels(shown, filters=found) == ["2"]
    written = asked.ask("table_text", id=shown["id"])["text"].splitlines()
    assert written[1] == "2024-01-01T00:00:00.000000000,[0. 0. 0.]"
    profile = asked.ask("table_profile", id=shown["id"], column=0)
    assert (profile["missing"], sum(profile["bins"])) == (1, 19)
    assert profile["low"].startswith("2024-01-01")
    assert asked.ask("table_profile", id=shown["id"], column=1)["missing"] == 0
    sort = {"column": 1, "descending": False}
    assert (
        "array"
        in asked.ask("table_rows", id=shown["id"], count=1, columnCount=1, sort=sort)["error"]
    )


@pytest.mark.parametrize(
    "make", [lambda v: np.column_stack([v, v]), lambda v: pd.DataFrame({"a": v})]
)
@pytest.mark.parametrize(
    "values",
    [
        10**17 + np.arange(2000),
        np.repeat(np.array([-(2**63), 2**63 - 1]), 1000),
        np.repeat([-1.7e308, 1.7e308], 1000),
        np.full(2000, 3.5),
    ],
    ids=["narrow", "all whole numbers", "all numbers", "one"],
)
def test_a_range_of_any_width_has_bins(asked: Asked, make: Any, values: Any) -> None:
    shown = asked.show(make(values), html=False) or asked.show(make(values))
    profile = asked.ask("table_profile", id=shown["id"], column=0)
    assert sum(profile["bins"]) == 2000
    assert profile["bins"][0] == profile["bins"][-1]


def test_no_answer_is_an_error_of_the_run(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        raise RuntimeError("why")

    monkeypatch.setattr(tables, "_first_screen", fail)
    assert asked.show(FRAME) == {"error": "RuntimeError: why"}
    assert asked.ask("table_rows", id="none") == {"found": False}


def test_what_a_library_fails_at_is_said(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    class Own(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    shown = asked.show(FRAME)
    for error, said in ((ValueError("why\nnot"), "ValueError: why"), (Own(), "Own: ")):
        monkeypatch.setattr(PandasReader, "profile", Mock(side_effect=error))
        answer = asked.ask("table_profile", id=shown["id"], column=0)
        assert answer == {"found": True, "error": said}


@pytest.mark.parametrize(
    "values",
    [
        [b"a", b"\xff", b"", b"a"],
        [1 + 2j, 2, complex(0, 1), 3],
        np.array([5, "NaT", 2, 5], "m8[s]"),
        np.array([("a", 1), ("b", 2), ("a", 1), ("c", 3)], [("name", "U1"), ("size", "i4")]),
        np.array([1, None, 10**30, 2.5], dtype=object),
        np.array([True, None, False, True], dtype=object),
        np.array([{1}, None, [2], "x"], dtype=object),
        np.array(["a", None, "B", ""], dtype=object),
    ],
    ids=["bytes", "complex", "durations", "fields", "numbers", "flags", "objects", "texts"],
)
def test_what_a_cell_of_an_array_says_is_found_by_it(asked: Asked, values: Any) -> None:
    values = np.asarray(values)
    array = np.zeros(20, dtype=[("value", values.dtype), ("place", "f4", 2)])
    array["value"] = np.tile(values, 5)
    shown = asked.show(array, html=False)
    for at, column in enumerate(shown["page"]["columns"]):
        for row in set(range(4)) - set(column["missing"]):
            text = column["texts"][row]
            for where, how in ((at, "="), (at, "contains"), (None, "contains")):
                each = {"column": where, "operator": how, "value": text}
                assert str(row) in asked.labels(shown, filters=[each]), (how, text)
        sorted_rows = asked.ask("table_rows", id=shown["id"], sort={"column": at})
        assert "error" not in sorted_rows or at == 1 or values.dtype.kind in "VO"
        assert "error" not in asked.ask("table_profile", id=shown["id"], column=at)


def test_objects_of_an_array_are_sorted_with_none_last(asked: Asked) -> None:
    array = np.array([[3, "x", 0, 0], [None, "y", 0, 0], [1, None, 0, 0]] * 100, dtype=object)
    shown = asked.show(array, html=False)
    labels = asked.labels(shown, sort={"column": 0, "descending": True})
    assert (labels[:2], labels[100:102], labels[200:]) == (
        ["0", "3"],
        ["2", "5"],
        [str(3 * at + 1) for at in range(100)],
    )


def test_arrays_on_disk_and_of_records(asked: Asked, tmp_path: Path) -> None:
    mapped = np.memmap(tmp_path / "mapped", "f8", "w+", shape=(600, 2))
    assert asked.texts(asked.show(mapped, html=False))[0] == ["0.", "0."]
    records = np.rec.array([(1, "a")] * 20, dtype=[("x", "i4"), ("y", "U3")])
    assert asked.texts(asked.show(records, html=False))[0] == ["1", "a"]


def test_numbers_are_not_written_to_search_them_for_a_word(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = np.zeros(20, dtype=[("size", "f8"), ("name", "U8")])
    array["name"][3], array["size"][4] = "a word", np.inf
    shown = asked.show(array, html=False)
    written = Mock(side_effect=str)
    monkeypatch.setattr(table_numpy, "text_of", written)
    for value, found, count in (("word", ["3"], 20), ("inf", ["4"], 40)):
        written.reset_mock()
        each = {"column": None, "operator": "contains", "value": value}
        assert (asked.labels(shown, filters=[each]), written.call_count) == (found, count)


def test_the_ends_of_whole_numbers_have_all_digits(asked: Asked) -> None:
    for value in (
        pd.DataFrame({"id": 10**17 + np.arange(20)}),
        np.tile(10**17 + np.arange(600).reshape(600, 1), 2),
        [{"id": 10**17 + at} for at in range(20)],
    ):
        shown = asked.show(value)
        low = asked.ask("table_profile", id=shown["id"], column=0)["low"]
        assert low == "100,000,000,000,000,000"


RECORDS: list[dict[str, Any]] = [
    {"id": 3, "name": "b", "tags": ["x", {"deep": 1}], "price": 1.5},
    {"id": 1, "name": None, "price": float("nan"), "more": True},
    {"id": 2, "name": "A", "price": 2},
]


def test_a_list_of_dictionaries_is_offered_as_a_table(asked: Asked) -> None:
    shown = asked.show(RECORDS, html=False)
    assert (shown["kind"], shown["rows"], shown["isOffered"]) == ("list", 3, True)
    columns = {column["name"]: column for column in shown["page"]["columns"]}
    assert list(columns) == ["id", "name", "tags", "price", "more"]
    assert columns["tags"]["texts"] == ['["x", {"deep": 1}]', "None", "None"]
    assert columns["price"]["texts"] == ["1.5", "nan", "2"]
    assert [columns[name]["missing"] for name in ("name", "price", "more")] == [[1], [1], [0, 2]]
    assert [column["type"] for column in columns.values()] == [
        *("int", "str", "list", "mixed", "bool")
    ]


def test_a_list_of_dictionaries_is_kept_as_it_was(asked: Asked) -> None:
    rows = [dict(row) for row in RECORDS]
    shown = asked.show(rows, html=False)
    rows[0]["id"] = 99
    rows.clear()
    del rows
    gc.collect()
    assert asked.texts(shown, columnCount=1) == [["3"], ["1"], ["2"]]


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ({"sort": {"column": 0, "descending": False}}, ["1", "2", "0"]),
        ({"sort": {"column": 0, "descending": True}}, ["0", "2", "1"]),
        ({"sort": {"column": 1, "descending": True}}, ["0", "2", "1"]),
        ({"sort": {"column": 3, "descending": False}}, ["0", "2", "1"]),
        ({"filters": [{"column": 0, "operator": ">=", "value": "2"}]}, ["0", "2"]),
        ({"filters": [{"column": 1, "operator": "contains", "value": "a"}]}, ["2"]),
        ({"filters": [{"column": 2, "operator": "missing", "value": ""}]}, ["1", "2"]),
        ({"filters": [{"column": 4, "operator": "=", "value": "true"}]}, ["1"]),
        ({"filters": [{"column": None, "operator": "contains", "value": "deep"}]}, ["0"]),
    ],
)
def test_dictionaries_are_sorted_and_filtered(asked: Asked, how: Any, found: list[str]) -> None:
    assert asked.labels(asked.show(RECORDS, html=False), **how) == found


def test_what_dictionaries_cannot_be_asked_is_said(asked: Asked) -> None:
    shown = asked.show([{"a": 1}, {"a": "x"}, {"a": [2]}], html=False)
    asks = [
        {"sort": {"column": 0, "descending": False}},
        {"filters": [{"column": 0, "operator": "<", "value": "1"}]},
    ]
    for ask in asks:
        answer = asked.ask("table_rows", id=shown["id"], count=1, columnCount=1, **ask)
        assert "this column" in answer["error"]
    number = asked.show(RECORDS, html=False)
    wrong = {"column": 0, "operator": "=", "value": "many"}
    answer = asked.ask("table_rows", id=number["id"], count=1, columnCount=1, filters=[wrong])
    assert answer["error"] == "'many' is no number"


def test_values_of_dictionaries_that_no_text_is_are_found_by_what_their_cell_says(
    asked: Asked,
) -> None:
    rows = [
        {"mixed": 1, "tags": [1], "span": datetime.timedelta(1), "big": 10**30},
        {"mixed": "1", "tags": {"a": 2}, "span": datetime.timedelta(0), "big": 2},
    ]
    shown = asked.show(rows, html=False)
    for at, column in enumerate(shown["page"]["columns"]):
        each = {"column": at, "operator": "=", "value": column["texts"][0]}
        assert asked.labels(shown, filters=[each])[0] == "0"
    each = {"column": 1, "operator": "<", "value": "x"}
    assert asked.ask("table_rows", id=shown["id"], filters=[each])["error"]


def test_what_stands_in_dictionaries_is_counted_and_written(asked: Asked) -> None:
    shown = asked.show(RECORDS, html=False)
    profile = asked.ask("table_profile", id=shown["id"], column=0)
    assert (profile["low"], profile["high"], sum(profile["bins"])) == ("1", "3", 3)
    names = asked.ask("table_profile", id=shown["id"], column=1)
    assert (names["missing"], names["values"]) == (1, [["b", 1], ["A", 1]])
    text = asked.ask("table_text", id=shown["id"])["text"]
    assert text.splitlines()[0] == "id,name,tags,price,more"
    assert text.splitlines()[2] == "1,,,nan,True"


class Loud:
    def __repr__(self) -> str:
        raise AssertionError("the user's code is not called")


@pytest.mark.parametrize(
    "value", [[], [{}], [{"a": 1}], [{}, {}], [{1: 2}, {1: 3}], [{"a": 1}, None], ({"a": 1},) * 3]
)
def test_other_lists_are_no_tables(asked: Asked, value: Any) -> None:
    assert asked.show(value, html=False) is None


def test_what_is_odd_in_dictionaries_has_a_text(asked: Asked) -> None:
    circle: list[Any] = []
    circle.append(circle)
    rows = [{"a": each} for each in (Loud(), circle, 10**5000, {"b": Loud()}, "x" * 10_000)]
    shown = asked.show(rows, html=False)
    texts = shown["page"]["columns"][0]["texts"]
    assert texts[:4] == ["<Loud>", "<list>", "<int>", '{"b": "<Loud>"}']
    assert len(texts[4]) == 500
    assert asked.show([{"a": "x" * 1_000_000}] * 20 + [{"a": "y" * 20_000_000}] * 3, False) is None
