"""How far loops are: told for those that count, and nothing of the user's is called for it."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from rdit_ext.runtime.counted_loops import Counted, CountedLoops
from rdit_ext.runtime.plan import plan_script

PATH = "counted.py"
needs_locals = pytest.mark.skipif(
    sys.version_info < (3, 13), reason="f_locals of a function that runs is a copy before 3.13"
)


def told(script: str, **names: Any) -> list[Counted | None]:
    """How far the last statement is whenever it calls `look`."""
    found: list[Counted | None] = []
    statements = plan_script(script, PATH, None)
    loops = CountedLoops(PATH, statements[-1])
    names["look"] = lambda: found.append(loops.now(sys._getframe(1)))
    for statement in statements:
        for code in statement.codes:
            eval(code, names)
    return found


@pytest.mark.parametrize(
    ("header", "total"),
    [
        ("for k in range(4):", 4),
        ("for k in range(2, 8, 3):", 2),
        ("for k in range(9, 0, -3):", 3),
        ("n = 5\nfor k in range(n):", 5),
        ("n = 5\nfor k in range(2 * n - 1, -(-n // 2), -1):", 6),
        ("xs = 'abc'\nfor k in range(len(xs)):", 3),
        ("xs = [1, 2]\nfor k, x in enumerate(xs):", 2),
        ("xs = {1: 2, 3: 4}\nfor k, (x, y) in enumerate(xs.items(), start=7):", 2),
        ("xs = [3, 1, 2]\nfor k, x in enumerate(reversed(sorted(xs)), 1):", 3),
        ("xs = [3, 1, 2]\nfor k, (x, y) in enumerate(zip(xs, range(9))):", 3),
        ("for k, x in enumerate(['a', 'b']):", 2),
        ("with open(__import__('os').devnull) as f:\n  for k in range(2):\n  ", 2),
    ],
)
def test_rounds_are_counted(header: str, total: int) -> None:
    inner = "\n    " if header.endswith(":") else "  "
    assert told(f"# a line\n{header}{inner}look()") == [Counted(k, total) for k in range(total)]


def test_the_outermost_loop_is_told() -> None:
    script = "for j in range(2):\n    for k in range(3):\n        look()\n"
    assert told(script) == [Counted(j, 2) for j in range(2) for _ in range(3)]


@pytest.mark.parametrize(
    "script",
    [
        "for k in (1, 2):\n    look()",
        "for x in 'ab':\n    for k in range(3):\n        look()",
        "k = 0\nwhile k < 2:\n    k += 1\n    for j in range(2):\n        look()",
        "[look() for k in range(3)]",
        "for k in range(9):\n    look()\n    k += 1",
        "n = 3\nfor k in range(n):\n    n -= 1\n    look()",
        "for k in range(1):\n    look()",
        "for k, x in enumerate(iter('ab')):\n    look()",
        "for k, x in enumerate(x for x in 'ab'):\n    look()",
        "range = lambda n: [7, 8]\nfor k in range(2):\n    look()",
        "k = 0\nfor self.k in range(3):\n    look()",
        "for k in range(10 ** 3):\n    look()\n    break",
        "for k in range(3):\n    del k\n    look()",
        "for k in range(3): pass\nelse:\n    look()",
    ],
)
def test_what_does_not_count_is_not_guessed(script: str) -> None:
    class Bag:
        pass

    found = told(script, self=Bag())
    assert found
    assert set(found) == {None}


def test_nothing_of_the_users_is_called() -> None:
    script = """
class Rude(list):
    def __len__(self):
        raise AssertionError
    def __iter__(self):
        return iter("ab")
xs = Rude()
n = type("N", (int,), {"__index__": None})(2)
for k, x in enumerate(xs):
    look()
"""
    assert told(script) == [None, None]
    assert told("n = type('N', (int,), {'__neg__': 1 / 1})(2)\nfor k in range(n):\n    look()") == [
        None,
        None,
    ]


def test_deep_expressions_are_no_obstacle() -> None:
    long = "+".join(["0"] * 900)
    script = f"for k in range(3):\n    look()\n    {long}"
    assert told(script) == [Counted(k, 3) for k in range(3)]
    assert told(f"for k in range(2 + {long}):\n    look()") == [None, None]


def test_lengths_of_arrays_and_tables_are_known() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": range(3)})
    assert told("for k in range(len(frame)):\n    look()", frame=frame)[-1] == Counted(2, 3)
    script = "for k, x in enumerate(column):\n    look()"
    assert told(script, column=frame["a"].to_numpy())[-1] == Counted(2, 3)


def test_what_json_readers_do_not_keep_exact_is_not_told() -> None:
    loop = "for k in range({}):\n    look()\n    break"
    assert told(loop.format(2**53)) == [Counted(0, 2**53)]
    assert told(loop.format(2**53 + 1)) == [None]
    assert told(loop.format(10**30)) == [None]


@needs_locals
def test_loops_of_functions_are_counted_by_their_own_names() -> None:
    script = """
k = 99
class Model:
    def train(self, epochs):
        for k in range(epochs):
            self.step()

    def step(self):
        for k in range(1000):
            look()
            break
Model().train(3)
"""
    assert told(script) == [Counted(k, 3) for k in range(3)]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="from 3.13 on they are told")
def test_functions_are_left_alone_where_reading_them_would_keep_their_values() -> None:
    assert told("def f():\n    for k in range(3):\n        look()\nf()") == [None] * 3
    assert told("def f():\n    look()\nfor k in range(3):\n    f()") == [
        Counted(k, 3) for k in range(3)
    ]
