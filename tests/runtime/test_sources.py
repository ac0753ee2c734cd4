"""Code and the text it was compiled from, when the script has been edited since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bare import Bare
from tests.support.kernel import Kernel
from tests.support.summaries import outputs, text

BEFORE = """\
def f(x):
    y = x + 1
    return y / 0
"""
# The two lines above moved the function, which did not run again.
AFTER = """\
# a comment
import os

def f(x):
    y = x + 1
    return y / 0

f(1)
import inspect
print(inspect.getsource(f))
"""


@pytest.fixture(params=["bare", pytest.param("kernel", marks=pytest.mark.kernel)])
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bare | Kernel]:
    # The text on disk is another one: what ran counts.
    (tmp_path / "script.py").write_text("what_is_saved = True\n")
    process = Bare(tmp_path) if request.param == "bare" else Kernel(tmp_path)
    process.path = str(tmp_path / "script.py")  # type: ignore[union-attr]
    yield process
    process.close()


def run(process: Bare | Kernel, script: str, *lines: int) -> list[dict]:
    request = {"lineRange": {"from": lines[0], "to": lines[-1]}} if lines else {}
    path = getattr(process, "path", "/nowhere/script.py")
    return process.run(script, path=path, **request)


def test_function_keeps_its_text(process: Bare | Kernel) -> None:
    run(process, BEFORE)
    (error,) = outputs(run(process, AFTER, 8), "error")
    assert "line 3, in f\n    return y / 0\n" in error["text"]
    assert "line 8, in <module>\n    f(1)\n" in error["text"]
    outer, inner = error["frames"]
    assert (outer["line"], outer.get("lineNow")) == (8, None)
    assert (inner["line"], inner["source"], inner["lineNow"]) == (3, "return y / 0", 6)
    assert error["line"] == 6
    assert text(run(process, AFTER, 9, 10)) == BEFORE + "\n"


def test_each_function_keeps_the_text_of_its_own(process: Bare | Kernel) -> None:
    for number in range(3):
        run(process, f"{'#' * number}\n" * number + f"def f{number}():\n    return {number} / 0\n")
    script = """\
import inspect, traceback, logging, warnings
for f in f0, f1, f2:
    print(inspect.getsource(f))
    try:
        f()
    except ZeroDivisionError:
        traceback.print_exc(limit=-1)
"""
    events = run(process, script)
    for number in range(3):
        assert f"def f{number}():\n    return {number} / 0\n" in text(events)
        assert f"in f{number}\n    return {number} / 0\n" in text(events, stream="stderr")


def test_line_that_was_edited_has_no_place(process: Bare | Kernel) -> None:
    run(process, "def f():\n    a = 1\n    return a / 0\n")
    (error,) = outputs(run(process, "def f():\n    a = 1\n    return a / 2\nf()\n", 4), "error")
    assert [frame.get("lineNow") for frame in error["frames"]] == [None, 0]
    assert error["line"] == 4


def test_name_of_the_file_stays_what_it_is(process: Bare | Kernel) -> None:
    run(process, "def f(): pass\n")
    script = """\
name = f.__code__.co_filename
import marshal, sys
print(type(name), name == __file__, {__file__: 1}[name], marshal.loads(marshal.dumps(name)) == name)
"""
    assert text(run(process, script)) == "<class 'str'> True 1 True\n"


def test_code_and_its_text_go_together(process: Bare | Kernel) -> None:
    """Texts that no code is left of are not kept."""
    for number in range(5):
        run(process, f"x = {number}\ndef f(): pass\n")
    script = """\
import linecache
modules = __import__("sys").modules
cache = modules.get("_rdit.source_cache") or modules["rdit_ext.runtime.source_cache"]
print(len(cache._versions))
"""
    assert text(run(process, script)) == "2\n"  # of `f`, and this one


@pytest.mark.kernel
def test_stop_in_an_older_text(fresh_kernel: Kernel) -> None:
    run(fresh_kernel, "def f():\n    breakpoint()\n    x = 1\n    return x\n")
    fresh_kernel.start("# above\n" * 9 + "f()\n", allow_stdin=True, path="/nowhere/script.py")
    answers = iter(["list", "c"])
    for answer in answers:
        fresh_kernel.client.get_stdin_msg(timeout=30)
        fresh_kernel.client.input(answer)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", text(list(fresh_kernel.events())))
    assert re.search(r"script.py\([23]\)f\(\)\n", shown)
    assert "x = 1" in shown
    assert re.search(r"\b4\b.*    return x\n", shown)
