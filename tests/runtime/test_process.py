"""What a script sees of the process that it runs in: threads, limits, tracers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.golden import Golden
from tests.support.kernel import Kernel
from tests.support.summaries import outputs, results, statuses, text

pytestmark = pytest.mark.kernel


def test_script_that_waits_for_all_threads_ends(kernel: Kernel) -> None:
    script = (
        "import threading\n"
        "gates = [threading.Event() for n in range(3)]\n"
        "def work(n):\n"
        "    gates[n - 1].wait()\n"
        "    print('done', n)\n"
        "    gates[n].set()\n"
        "for n in (1, 2):\n"
        "    threading.Thread(target=work, args=(n,)).start()\n"
        "threading.active_count(), threading.main_thread() in threading.enumerate()\n"
        "gates[0].set()\n"
        "for t in threading.enumerate():\n"
        "    if t is not threading.main_thread():\n"
        "        t.join()\n"
        "print('all joined', threading.active_count())\n"
    )
    events = kernel.run(script)
    assert results(events) == ["(3, True)\n"]
    assert text(events) == "done 1\ndone 2\nall joined 1\n"
    # Also one statement at a time.
    assert results(kernel.run("import threading; threading.active_count()")) == ["1\n"]


def test_low_recursion_limit_leaves_the_kernel_alive(kernel: Kernel) -> None:
    events = kernel.run("import sys\nsys.setrecursionlimit(30)\n1 + 1\n{'a': [1, 2]}\n1 / 0")
    assert results(events) == ["2\n", "{'a': [1, 2]}\n"]
    assert outputs(events, "error")[0]["name"] == "ZeroDivisionError"
    lines = {"from": 3, "to": 3}
    script = "import sys\nsys.setrecursionlimit(5000)\nsys.getrecursionlimit()"
    events = kernel.run(script)
    assert statuses(events)[-1] == "ok", outputs(events, "error")
    # It lasts as what was assigned does, and a whole run begins anew.
    assert results(kernel.run(script, lineRange=lines)) == ["5000\n"]
    assert results(kernel.run("import sys; sys.getrecursionlimit()")) == ["1000\n"]
    assert kernel.execute("import sys; assert sys.getrecursionlimit() == 1000")["status"] == "ok"


def test_depth_is_that_of_python_in_what_is_awaited_as_well(kernel: Kernel) -> None:
    script = (
        "import asyncio\n"
        "def dive(n):\n"
        "    return n if n == {} else dive(n + 1)\n"
        "async def main():\n"
        "    return dive(0)\n"
        "await main()\n"
    )
    # Some frames less, for the coroutine itself stands on the stack too.
    assert results(kernel.run(script.format(990))) == ["990\n"]
    assert "RecursionError" in str(outputs(kernel.run(script.format(1010)), "error"))


WORK = """# one statement at a time
import asyncio
async def work():
    await asyncio.sleep(0.05)
    return 5
task = asyncio.create_task(work())
"""


def test_task_is_made_in_one_run_and_awaited_in_another(kernel: Kernel) -> None:
    script = WORK + "print(await task)\n"
    for first, last in ((2, 5), (6, 6), (7, 7)):
        events = kernel.run(script, lineRange={"from": first, "to": last})
        assert statuses(events)[-1] == "ok", outputs(events, "error")
    assert text(events) == "5\n"


def test_task_runs_on_although_nothing_awaits_yet(kernel: Kernel) -> None:
    kernel.run(WORK, lineRange={"from": 2, "to": 5})
    events = kernel.run(WORK, lineRange={"from": 6, "to": 6})
    assert statuses(events) == ["ok", "ok"], outputs(events, "error")
    assert text(kernel.run("print(await task)")) == "5\n"
    # By itself asyncio.run has a loop of its own; tasks within it are that one's.
    line = "print(asyncio.run(asyncio.wait_for(work(), 9)))"
    assert text(kernel.run(line, lineRange={"from": 1, "to": 1})) == "5\n"
    # A whole script that never awaits is told what python tells.
    error = outputs(kernel.run(WORK), "error")[0]
    assert error["message"] == "no running event loop"


def test_part_of_a_script_that_awaits_has_its_loop(kernel: Kernel) -> None:
    script = "import asyncio\nloop = asyncio.get_running_loop()\nawait asyncio.sleep(0)\n"
    events = kernel.run(script, lineRange={"from": 1, "to": 2})
    assert statuses(events)[-1] == "ok", outputs(events, "error")
    plain = script.replace("await asyncio.sleep(0)", "async def f(): await asyncio.sleep(0)")
    events = kernel.run(plain, lineRange={"from": 1, "to": 2})
    assert outputs(events, "error")[0]["message"] == "no running event loop"


def test_stack_that_is_walked_begins_where_it_does_in_python(
    kernel: Kernel, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import traceback\n"
        "def count():\n"
        "    return len(list(traceback.walk_stack(None)))\n"
        "def deep(n):\n"
        "    return deep(n - 1) if n else count()\n"
        "for n in (0, 1, 2, 5):\n"
        "    print(deep(n))\n"
        "try:\n"
        "    print(count())\n"
        "except AttributeError as error:\n"
        "    print(error)\n"
    )
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert text(kernel.run(script.read_text(), path=str(script))) == told.stdout


def marked() -> list[str]:
    """The statements of a golden run, whose carets the comparison of golden runs leaves out."""
    source = Golden("syntax_marks").script
    parts = [ast.get_source_segment(source, node) for node in ast.parse(source).body]
    return [part for part in parts if part is not None]


@pytest.mark.parametrize("source", marked())
def test_syntax_error_is_marked_as_python_marks_it(
    kernel: Kernel, tmp_path: Path, source: str
) -> None:
    script = tmp_path / "script.py"
    script.write_text(source)
    told = subprocess.run([sys.executable, script], capture_output=True, text=True)
    (error,) = outputs(kernel.run(source, path=str(script)), "error")
    assert error["text"] == told.stderr


def test_functions_in_the_place_of_pythons_go_to_other_processes(
    kernel: Kernel, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, os, sys\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(os.system, ['exit 3']), pool.apply(sys.getrecursionlimit))\n"
    )
    events = kernel.run(script.read_text(), path=str(script))
    assert text(events) == f"[{3 << 8}] 1000\n", outputs(events, "error")


def test_trace_counts_and_prints_the_lines_of_the_script_alone(
    kernel: Kernel, tmp_path: Path
) -> None:
    """Its results are written beside a copy of each file that it has met."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, trace\n"
        "def f():\n"
        "    print('printed')\n"
        "    import colorsys\n"
        "for printing in (0, 1):\n"
        "    sys.modules.pop('colorsys', None)\n"
        "    tracer = trace.Trace(count=1, trace=printing, ignoredirs=[sys.base_prefix])\n"
        "    tracer.runfunc(f)\n"
        f"    tracer.results().write_results(coverdir={str(tmp_path)!r})\n"
    )
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    by_python = {path.name: path.rename(path.with_suffix("")) for path in tmp_path.glob("*.cover")}
    events = kernel.run(script.read_text(), path=str(script))
    assert statuses(events)[-1] == "ok", outputs(events, "error")
    assert text(events) == told.stdout
    assert told.stdout.count("printed") == 3
    assert {path.name for path in tmp_path.glob("*.cover")} == by_python.keys()
    counts = (tmp_path / "script.cover").read_text().rstrip()
    assert counts == by_python["script.cover"].read_text().rstrip()
