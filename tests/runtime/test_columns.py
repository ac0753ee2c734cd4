"""The width of the column of results: who is told it, who is not, and whose width wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.kernel import Kernel

pytestmark = pytest.mark.kernel


def shown(kernel: Kernel, script: str, columns: int | None = 100, **request: Any) -> list[str]:
    """The texts of the outputs of a run."""
    said = {} if columns is None else {"columns": columns}
    events = kernel.run(script, **said, **request)
    return [event["output"]["text"] for event in events if event["type"] == "output"]


def longest(text: str) -> int:
    return max(len(line) for line in text.split("\n"))


def test_arrays_and_series_fill_the_column_and_print_stays_pythons(kernel: Kernel) -> None:
    pytest.importorskip("pandas")
    imports = "import numpy\nimport pandas\n"
    array = "a = numpy.arange(200)\na\nprint(a)\n[a]\ndisplay(a)"
    value, printed, within, displayed = shown(kernel, imports + array, 120)
    assert longest(printed) <= 75 < longest(value) <= 120
    assert longest(within) > 75
    assert longest(displayed) > 75
    frame = 'f = pandas.DataFrame({f"column {i}": [i] for i in range(20)})\nf\nprint(f)'
    value, printed = shown(kernel, imports + frame, 120)
    assert longest(printed) <= 80 < longest(value) <= 120


def test_tensors_fill_the_column_and_a_width_of_the_users_wins(
    kernel: Kernel, tmp_path: Path
) -> None:
    # What is asked of torch, which is too large to be installed for this.
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("from . import _tensor_str")
    (tmp_path / "torch" / "_tensor_str.py").write_text("""
from contextlib import contextmanager

options = {"linewidth": 80}
def get_printoptions():
    return dict(options)

@contextmanager
def printoptions(**given):
    usual = get_printoptions()
    options.update(given)
    yield
    options.update(usual)

class Tensor:
    def __repr__(self):
        return "x" * options["linewidth"]
""")
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from torch._tensor_str import Tensor, options
Tensor()
print(Tensor())
options["linewidth"] = 50
Tensor()
sys.path.pop(0)
del sys.modules["torch"], sys.modules["torch._tensor_str"]
"""
    shown_as_value, printed, by_user, *_ = shown(kernel, script, 120)
    assert [longest(text) for text in (shown_as_value, printed, by_user)] == [120, 80, 50]


def test_width_that_the_user_has_set_wins(kernel: Kernel) -> None:
    pytest.importorskip("pandas")
    script = """
import numpy
import pandas
numpy.set_printoptions(linewidth=50)
pandas.set_option("display.width", 60)
numpy.arange(200)
pandas.DataFrame({f"column {i}": [i] for i in range(20)})
pandas.get_option("display.width"), numpy.get_printoptions()["linewidth"]
numpy.set_printoptions(linewidth=75)
pandas.reset_option("display.width")
"""
    array, frame, told = shown(kernel, script, 120)
    assert longest(array) <= 50
    assert longest(frame) <= 60
    assert told == "(60, 50)\n"


def test_nothing_of_it_is_left_after_the_run(kernel: Kernel) -> None:
    script = "import shutil\nlist(range(40))\nprint(shutil.get_terminal_size().columns)"
    assert [text.count("\n") for text in shown(kernel, script)] == [2, 1]
    filled, said = shown(kernel, script, None)
    assert filled.count("\n") == 40
    assert said == "80\n"


def test_variable_of_the_users_wins(kernel: Kernel) -> None:
    script = """
import os, shutil
os.environ["COLUMNS"] = "55"
print(shutil.get_terminal_size().columns)
del os.environ["COLUMNS"]
"""
    assert shown(kernel, script) == ["55\n"]


def test_other_descriptors_have_no_size(kernel: Kernel, tmp_path: Path) -> None:
    script = f"""
import os
with open({str(tmp_path / "file")!r}, "w") as file:
    try:
        os.get_terminal_size(file.fileno())
    except OSError:
        print("none")
print(os.get_terminal_size.__module__, os.get_terminal_size.__name__)
"""
    assert "".join(shown(kernel, script)) == "none\nos get_terminal_size\n"


RICH = """
JUPYTER_DEFAULT_COLUMNS = 115
class Console:
    def __init__(self, width=None):
        self.width = width or JUPYTER_DEFAULT_COLUMNS
"""
ITS_CONSOLE = """
_console = None
def get_console():
    global _console
    if _console is None:
        from .console import Console
        _console = Console()
    return _console
"""


def test_constant_of_rich_is_set_for_the_run(fresh_kernel: Kernel, tmp_path: Path) -> None:
    # As rich has them; it comes before an installed one.
    (tmp_path / "lib" / "rich").mkdir(parents=True)
    (tmp_path / "lib" / "rich" / "__init__.py").write_text(ITS_CONSOLE)
    (tmp_path / "lib" / "rich" / "console.py").write_text(RICH)
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path / "lib")!r})
import rich, rich.console
print(rich.get_console().width, rich.console.Console(50).width)
"""
    assert shown(fresh_kernel, script) == ["100 50\n"]
    again = "print(rich.get_console().width, rich.console.JUPYTER_DEFAULT_COLUMNS)"
    lines = {"from": 1, "to": 1}
    assert shown(fresh_kernel, again, 90, lineRange=lines) == ["90 90\n"]
    assert shown(fresh_kernel, again, None, lineRange=lines) == ["90 115\n"]
    own = "rich.get_console().width = 70"
    assert shown(fresh_kernel, own, 80, lineRange=lines) == []
    assert shown(fresh_kernel, again, 100, lineRange=lines) == ["70 100\n"]


SET_UP = """
from IPython import get_ipython
text = get_ipython().display_formatter.formatters["text/plain"]
"""


def test_printer_that_the_user_has_registered_wins(fresh_kernel: Kernel) -> None:
    script = SET_UP + "_ = text.for_type(int, lambda n, p, cycle: p.text(f'#{n}'))\n[1, 2]\n3"
    assert shown(fresh_kernel, script) == ["[#1, #2]\n", "#3\n"]


def test_width_of_ipythons_that_the_user_has_set_wins(fresh_kernel: Kernel) -> None:
    (filled,) = shown(fresh_kernel, SET_UP + "text.max_width = 50\nlist(range(40))")
    assert longest(filled) <= 50


def test_error_of_a_repr_is_shown_once(kernel: Kernel) -> None:
    script = """
class Broken:
    def __repr__(self):
        raise ValueError("broken")
[Broken()] * 30
print("on")
"""
    events = kernel.run(script, columns=100)
    kinds = [event["output"]["type"] for event in events if event["type"] == "output"]
    assert kinds == ["error", "stdout"]
    assert events[-1]["status"] == "ok"
