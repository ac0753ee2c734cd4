"""Containers fill the lines of a column; but for line breaks their text is IPython's."""

from __future__ import annotations

import collections
import random
import re
import types
from functools import partial
from typing import Any

import pytest
from IPython.lib.pretty import pretty

from rdit_ext.runtime.value_layout import CONTAINERS, length_of, write_container
from tests.runtime.test_pyodide_values import as_ipython_writes_now, cyclic, some_value


def write(value: Any, width: int = 60, **named: Any) -> str:
    text = write_container(value, width, pretty, **named)
    assert text is not None
    return text


def joined(text: str) -> str:
    return re.sub(r"\s", "", text)


@as_ipython_writes_now
def test_text_is_that_of_ipython_but_for_line_breaks() -> None:
    source = random.Random(2)
    compared = 0
    for _ in range(4000):
        value = some_value(source, source.randint(1, 4))
        text = write_container(value, source.choice([40, 79, 200]), pretty)
        if text is not None:
            compared += 1
            assert joined(text) == joined(pretty(value))
    assert compared > 1500


@as_ipython_writes_now
@pytest.mark.parametrize("width", [40, 79, 200])
def test_what_fits_into_a_line_stays_on_it(width: int) -> None:
    source = random.Random(3)
    for _ in range(2000):
        value = some_value(source, source.randint(1, 3))
        text = write_container(value, width, partial(pretty, max_width=width))
        theirs = pretty(value, max_width=10**6)
        if text is not None and "\n" not in theirs and len(theirs) <= width:
            assert text == theirs


@as_ipython_writes_now
@pytest.mark.parametrize(
    "value",
    [
        *(value for value in cyclic() if type(value) in CONTAINERS),
        list(range(2000)),
        set(range(2000)),
        dict.fromkeys(range(2000)),
        {}.keys(),
        dict.fromkeys(range(90)).keys(),
        dict.fromkeys("ab", "c").items(),
        collections.OrderedDict(a=1),
        collections.OrderedDict(),
        collections.Counter(),
        types.MappingProxyType({"a": [1] * 90}),
    ],
    ids=lambda value: f"{type(value).__name__} {len(value)}",
)
def test_odd_containers_have_the_text_of_ipython(value: Any) -> None:
    assert joined(write(value)) == joined(pretty(value))


def test_numbers_stand_in_columns_at_their_right() -> None:
    lines = write(list(range(95, 125)), 30).split("\n")
    assert lines == [
        "[ 95,  96,  97,  98,  99, 100,",
        " 101, 102, 103, 104, 105, 106,",
        " 107, 108, 109, 110, 111, 112,",
        " 113, 114, 115, 116, 117, 118,",
        " 119, 120, 121, 122, 123, 124]",
    ]


def test_short_texts_stand_in_columns_at_their_left() -> None:
    assert write(["a", "bcd", "ef", "g", "hij", "k"] * 3, 40).split("\n") == [
        "['a',   'bcd', 'ef',  'g',   'hij',",
        " 'k',   'a',   'bcd', 'ef',  'g',",
        " 'hij', 'k',   'a',   'bcd', 'ef',",
        " 'g',   'hij', 'k']",
    ]


def test_short_texts_of_two_lines_have_nothing_to_align() -> None:
    assert write(["Size([25, 78])", "Size([25])", "Size([10, 25])", "x"], 50).split("\n") == [
        "['Size([25, 78])', 'Size([25])', 'Size([10, 25])',",
        " 'x']",
    ]


def test_long_item_takes_several_columns() -> None:
    names = [*["aa"] * 9, "a name that is longer", *["bb"] * 9]
    text = write(names, 44)
    starts = {
        match.start() for line in text.split("\n") for match in re.finditer(r"(?<=[\[ ])'", line)
    }
    assert max(len(line) for line in text.split("\n")) <= 44
    assert len(starts) < len(names)


def test_one_very_long_item_does_not_spread_the_others() -> None:
    assert write([*[0] * 30, 10**40], 60).count("\n") == 2


def test_rows_records_and_keys_have_a_line_each() -> None:
    rows = [list(range(10)) for _ in range(5)]
    assert write(rows, 60).count("\n") == 4
    records = [{"name": "x" * 10, "at": n} for n in range(5)]
    assert write(records, 60).count("\n") == 4
    assert write(dict.fromkeys(map(str, range(20)), 0), 60).count("\n") == 19
    sentences = ["some words of a sentence, and more"] * 5
    assert write(sentences, 60).count("\n") == 4


def test_short_tuples_stand_beside_each_other() -> None:
    assert write([(n, n) for n in range(20)], 60).count("\n") == 3


def test_value_begins_below_a_long_key() -> None:
    assert write({"k" * 40: list(range(20))}, 60).split("\n")[:2] == [
        "{'" + "k" * 40 + "':",
        "   [ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13,",
    ]


@pytest.mark.parametrize("width", [40, 79, 133])
def test_lines_of_scalars_are_no_longer_than_the_column(width: int) -> None:
    source = random.Random(4)
    for _ in range(300):
        kinds = [
            lambda: source.randint(0, 10 ** source.randint(1, 8)),
            source.random,
            lambda: "日本" * source.randint(1, 4),
            lambda: "x" * source.randint(0, width // 3),
        ]
        make = source.choice(kinds)
        items = [make() for _ in range(source.randint(1, 200))]
        value: Any = source.choice([items, tuple(items), {"key": items, "other": [items]}])
        assert all(len(line) <= width for line in write(value, width).split("\n"))


def test_wide_characters_take_two_columns() -> None:
    lines = write(["日本", "abcd", "abcd", "日本", "abcd", "日本"] * 2, 42).split("\n")
    assert {line.split("'abcd'")[0] for line in lines[:1]} == {"['日本', "}
    assert len(lines) == 3


class Counted:
    calls = 0

    def __repr__(self) -> str:
        Counted.calls += 1
        return "Counted()"


def test_each_repr_is_called_once() -> None:
    Counted.calls = 0
    write([[[Counted()] * 3] * 3] * 3, 40)
    assert Counted.calls == 27


class Failing:
    def __repr__(self) -> str:
        raise ValueError("broken")


def test_error_of_a_repr_comes_through() -> None:
    with pytest.raises(ValueError, match="broken"):
        write([Failing()])


class Own(list[Any]):
    def __repr__(self) -> str:
        return "Own"


class Pretty(list[Any]):
    def _repr_pretty_(self, p: Any, cycle: bool) -> None:
        p.text("Pretty")


class Plain(list[Any]):
    pass


def test_classes_that_print_themselves_are_left_alone() -> None:
    for value in (Own(), Pretty(), 1, "a", range(3), Failing()):
        assert write_container(value, 60, pretty) is None
    assert write(Plain(range(40)), 60) == write(list(range(40)), 60)
    assert write_container(Plain([1]), 60, pretty, printers={Plain}) is None
    assert write([Own(), Pretty()]) == "[Own, Pretty]"


def test_length_is_told_of_what_takes_several_lines() -> None:
    value = list(range(5000))
    assert length_of(value, write(value)) == {"text/plain": {"type": "list", "length": 5000}}
    assert length_of([1], "[1]") == {}
    assert length_of(Own(), "a\nb") == {}
