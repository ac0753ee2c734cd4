"""What a script sees of the process that it runs in: threads, limits, tracers."""

from __future__ import annotations

import pytest

from .kernel import Kernel
from .told import outputs, results, statuses, text

pytestmark = pytest.mark.kernel


def test_script_that_waits_for_all_threads_ends(kernel: Kernel) -> None:
    script = (
        "import threading, time\n"
        "def work(n):\n"
        "    time.sleep(0.05 * n)\n"
        "    print('done', n)\n"
        "for n in (1, 2):\n"
        "    threading.Thread(target=work, args=(n,)).start()\n"
        "threading.active_count(), threading.main_thread() in threading.enumerate()\n"
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
