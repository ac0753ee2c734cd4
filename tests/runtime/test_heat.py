"""Where the time of a long statement goes: which lines, in which text, and only if one asks."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.support.kernel import Kernel

pytestmark = pytest.mark.kernel

LONG = """\
import time


def work(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


if True:
    work(1.7)
    time.sleep(0.6)
print("short")
"""


def hot(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == "heat"]


def shares(event: dict[str, Any]) -> dict[int, float]:
    return {each["line"]: each["seconds"] / event["seconds"] for each in event["lines"]}


def test_time_is_told_by_lines_of_functions_too(kernel: Kernel, tmp_path: Path) -> None:
    path = str(tmp_path / "long.py")
    events = kernel.run(LONG, path=path, heat=True)
    told = hot(events)
    assert {event["nodeIndex"] for event in told} == {2}
    last = shares(told[-1])
    # The loop is in a function of another statement; what the statement itself calls is its own.
    assert last[6] + last.get(7, 0) > 0.2
    assert last[12] > 0.2
    assert set(last) <= {5, 6, 7, 10, 11, 12}
    assert sum(last.values()) == pytest.approx(1, abs=0.1)
    # At most twice a second, and whole before the statement's end.
    grown = [b["seconds"] - a["seconds"] for a, b in itertools.pairwise(told[:-1])]
    assert all(seconds >= 0.4 for seconds in grown)
    order = [event["type"] for event in events if event.get("nodeIndex") == 2]
    assert order[-2:] == ["heat", "status"]


def test_a_loop_that_counts_says_how_far_it_is(kernel: Kernel, tmp_path: Path) -> None:
    script = """\
import time
for k in range(20):
    time.sleep(0.2)
for k in "abc":
    time.sleep(0.5)
"""
    told = hot(kernel.run(script, path=str(tmp_path / "loop.py"), heat=True))
    loops = [event["loop"] for event in told if event["nodeIndex"] == 1]
    assert {each["total"] for each in loops} == {20}
    done = [each["done"] for each in loops]
    assert len(set(done)) > 2
    assert done == sorted(done)
    assert all("loop" not in event for event in told if event["nodeIndex"] == 2)
    # Not with each round.
    assert len(loops) <= 10


def test_nothing_is_told_unasked_or_of_what_is_short(kernel: Kernel) -> None:
    assert hot(kernel.run("import time\ntime.sleep(1.3)")) == []
    assert hot(kernel.run("import time\n" + "time.sleep(0.3)\n" * 5, heat=True)) == []


def test_lines_are_those_of_the_present_text(kernel: Kernel, tmp_path: Path) -> None:
    path = str(tmp_path / "moved.py")
    kernel.run(LONG.split("if True")[0], path=path)
    script = "# one more\n# and another\n" + LONG.replace("0.6", "0.01")
    where = {"from": 12, "to": 12}
    told = hot(kernel.run(script, path=path, lineRange=where, heat=True))
    last = shares(told[-1])
    # Two lines further down than in the text that defined the function; and the call's own line.
    assert last[8] + last.get(9, 0) > 0
    assert set(last) <= {7, 8, 9, 12, 13, 14}


def test_a_function_of_c_that_holds_all_threads_has_its_time(
    kernel: Kernel, tmp_path: Path
) -> None:
    script = """\
import time
if True:
    time.sleep(1.2)
    sum(range(60_000_000))
    time.sleep(0.05)
"""
    (told,) = hot(kernel.run(script, path=str(tmp_path / "c.py"), heat=True))[-1:]
    last = {each["line"]: each["seconds"] for each in told["lines"]}
    # Of the threads that wait for Python's lock another may come first, so that the script is
    # on its next line when it is looked at.
    assert last.get(4, 0) + last.get(5, 0) > last.get(3, 0)
    assert sum(last.values()) == pytest.approx(told["seconds"], rel=0.05)


def test_an_interrupt_leaves_no_lock_held(kernel: Kernel, tmp_path: Path) -> None:
    script = "if True:\n    while True:\n        pass\n"
    for _ in range(3):
        kernel.start(script, path=str(tmp_path / "endless.py"), heat=True)
        kernel.until(lambda event: event["type"] == "heat")
        kernel.interrupt()
        assert list(kernel.events())[-1]["status"] == "interrupted"


def test_an_error_of_ours_is_no_output_of_the_script(kernel: Kernel, tmp_path: Path) -> None:
    script = """\
import sys, time
heat = sys.modules["_rdit.heat"]
usual, heat._current_frames = heat._current_frames, None
time.sleep(1.3)
heat._current_frames = usual
"""
    events = kernel.run(script, path=str(tmp_path / "failing.py"), heat=True)
    assert [event for event in events if event["type"] == "output"] == []
    assert events[-1]["status"] == "ok"


def test_a_child_leaves_no_lock_held(kernel: Kernel, tmp_path: Path) -> None:
    script = """\
import os, time
if True:
    end = time.perf_counter() + 1.5
    while time.perf_counter() < end:
        pass
    child = os.fork()
    if child == 0:
        time.sleep(0.1)
        os._exit(3)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print("after")
"""
    events = kernel.run(script, path=str(tmp_path / "fork.py"), heat=True)
    texts = [event["output"]["text"] for event in events if event["type"] == "output"]
    assert "".join(texts) == "3\nafter\n"
    assert events[-1]["status"] == "ok"
