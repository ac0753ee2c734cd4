"""Interrupts in a live kernel: every way a script can be busy; the kernel goes on after each."""

from __future__ import annotations

import sys
import time

import pytest

from tests.support.kernel import Kernel
from tests.support.summaries import outputs, results, runs_statement, statuses, text, writes

pytestmark = pytest.mark.kernel

# Each prints "ready" where it gets busy, in its second statement.
BUSY = {
    "loop in a function": """
def busy():
    print("ready")
    while True:
        pass
busy()
""",
    "loop with a sleep": """
def busy():
    import time
    print("ready")
    while True:
        time.sleep(0.01)
busy()
""",
    "sleep": """
import time
(print("ready"), time.sleep(100))
""",
    "print loop": """
def busy():
    print("ready")
    while True:
        print("again")
busy()
""",
    "wait for a lock": """
import threading
(print("ready"), threading.Event().wait())
""",
    "join a thread": """
import threading, time
thread = threading.Thread(target=time.sleep, args=(9,), daemon=True); thread.start()
(print("ready"), thread.join())
""",
    "swallows Exception": """
def busy():
    import time
    print("ready")
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            pass
busy()
""",
    "subprocess": """
import subprocess
(print("ready"), subprocess.run(["sleep", "100"]))
""",
    "asyncio.run": """
import asyncio
(print("ready"), asyncio.run(asyncio.sleep(100)))
""",
    "await": """
import asyncio
(print("ready"), await asyncio.sleep(100))
""",
    "await gather": """
import asyncio
(print("ready"), await asyncio.gather(asyncio.sleep(100), asyncio.sleep(100)))
""",
    "loop in what is awaited": """
async def busy():
    print("ready")
    while True:
        pass
await busy()
""",
    "loop in another task": """
async def busy():
    print("ready")
    while True:
        pass
import asyncio; await asyncio.gather(busy(), asyncio.sleep(100))
""",
    "loop in a script that awaits": """
import asyncio; await asyncio.sleep(0)
while True:
    print("ready", end="\\n") if "said" not in globals() else None; said = True
""",
    "a repr that loops": """
class Busy:
    def __repr__(self):
        print("ready")
        while True:
            pass
Busy()
""",
}


@pytest.mark.parametrize("name", BUSY)
def test_interrupt_ends_the_run_and_cancels_the_rest(name: str, kernel: Kernel) -> None:
    kernel.start(BUSY[name] + "\nprint('never')\n")
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.events()
    assert statuses(seen)[-3:] == ["interrupted", "cancelled", "interrupted"]
    (error,) = outputs(seen, "error")
    assert error["name"] == "KeyboardInterrupt"
    # How the runtime's modules are called in a traceback.
    assert "<rdit>" not in error["text"]
    assert "never" not in text(seen)
    assert results(kernel.run("20 + 22")) == ["42\n"]
    assert results(kernel.run("await __import__('asyncio').sleep(0, 42)")) == ["42\n"]


@pytest.mark.parametrize("name", ["loop in a function", "wait for a lock", "subprocess", "await"])
def test_press_whose_signal_came_to_nothing_is_heard(name: str, kernel: Kernel) -> None:
    # As where it comes just before a call begins to wait.
    kernel.start(BUSY[name] + "\nprint('never')\n")
    seen = kernel.until(writes("ready"))
    kernel.interrupt(is_lost=True)
    seen += kernel.events()
    assert statuses(seen)[-3:] == ["interrupted", "cancelled", "interrupted"]


def test_interrupt_says_where_it_struck(kernel: Kernel) -> None:
    script = "import time\ndef busy():\n    print('ready'), time.sleep(100)\n\n\nbusy()\n"
    kernel.start(script, path="/tmp/where.py")
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.events()
    (error,) = outputs(seen, "error")
    frames = [(f["path"], f["line"], f["name"], f["source"]) for f in error["frames"]]
    assert frames == [
        ("/tmp/where.py", 6, "<module>", "busy()"),
        ("/tmp/where.py", 3, "busy", "print('ready'), time.sleep(100)"),
    ]


def test_second_interrupt_ends_a_loop_that_swallows_everything(kernel: Kernel) -> None:
    kernel.start("""
import time
while True:
    try:
        print("ready")
        time.sleep(100)
    except BaseException:
        print("swallowed")
""")
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.until(writes("swallowed"))
    kernel.interrupt()
    seen += kernel.events()
    assert statuses(seen)[-1] == "interrupted"
    assert results(kernel.run("20 + 22")) == ["42\n"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="takes sys.monitoring")
def test_second_interrupt_ends_nested_loops_that_swallow_everything(kernel: Kernel) -> None:
    kernel.start("""
import time
def busy():
    while True:
        try:
            while True:
                try:
                    print("ready")
                    time.sleep(100)
                except BaseException:
                    print("inner")
        except BaseException:
            print("outer")
busy()
""")
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.until(writes("inner"))
    kernel.interrupt()
    seen += kernel.events()
    assert statuses(seen)[-1] == "interrupted"
    assert results(kernel.run("20 + 22")) == ["42\n"]


def test_second_interrupt_ends_a_coroutine_that_swallows_cancellation(kernel: Kernel) -> None:
    kernel.start("""
import asyncio
async def stubborn():
    while True:
        try:
            print("ready")
            await asyncio.sleep(100)
        except BaseException:
            print("swallowed")
await stubborn()
""")
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.until(writes("swallowed"))
    kernel.interrupt()
    seen += kernel.events()
    assert statuses(seen)[-1] == "interrupted"
    assert results(kernel.run("20 + 22")) == ["42\n"]


def test_script_may_handle_an_interrupt_and_go_on(kernel: Kernel) -> None:
    kernel.start("""
import time
try:
    print("ready")
    time.sleep(100)
except KeyboardInterrupt:
    print("handled")
print("goes on")
""")
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.events()
    assert statuses(seen) == ["ok", "ok", "ok", "ok"]
    assert text(seen) == "ready\nhandled\ngoes on\n"


def test_script_may_have_its_own_signal_handler_while_it_runs(kernel: Kernel) -> None:
    kernel.start("""
import signal, time
caught = []
signal.signal(signal.SIGINT, lambda number, frame: caught.append(number))
print("ready")
while not caught:
    time.sleep(0.01)
caught
""")
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.events()
    assert statuses(seen)[-1] == "ok"
    kernel.start("import time\n(print('ready'), time.sleep(100))")
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.events()
    assert statuses(seen)[-1] == "interrupted"


def test_interrupt_while_many_short_statements_run_loses_no_event(kernel: Kernel) -> None:
    short = [f"x = (sum(range(3000)), {n})[1]" for n in range(40_000)]
    script = "\n".join(["print('ready')", *short])
    kernel.start(script)
    seen = kernel.until(runs_statement(50))
    kernel.interrupt()
    seen += kernel.events()
    ended = statuses(seen)
    assert ended[-1] == "interrupted"
    last = ended.index("interrupted")
    assert set(ended[:last]) == {"ok"}
    assert set(ended[last + 1 : -1]) <= {"cancelled"}
    ran = int(results(kernel.run("x"))[0])
    assert last - 3 <= ran <= last


def test_interrupts_at_any_moment_leave_the_kernel_usable(kernel: Kernel) -> None:
    script = "import sys\nfor n in range(10**9):\n    print(n, file=sys.stderr)\n    n, [n]\n"
    for k in range(25):
        kernel.start(script)
        seen = kernel.until(runs_statement(1))
        time.sleep(k * 0.0007)
        kernel.interrupt()
        seen += kernel.events()
        assert statuses(seen)[-2:] == ["interrupted", "interrupted"]
    assert results(kernel.run("20 + 22")) == ["42\n"]


def test_interrupt_of_a_forced_run_leaves_no_trace_in_the_next(kernel: Kernel) -> None:
    kernel.start(
        "while True:\n    try:\n        print('ready'); __import__('time').sleep(9)\n"
        "    except BaseException:\n        print('swallowed')\n",
        path="/tmp/same.py",
    )
    seen = kernel.until(writes("ready"))
    kernel.interrupt()
    seen += kernel.until(writes("swallowed"))
    kernel.interrupt()
    seen += kernel.events()
    again = kernel.run("total = 0\nfor n in range(3):\n    total += n\ntotal", path="/tmp/same.py")
    assert statuses(again) == ["ok", "ok", "ok", "ok"]
    assert results(kernel.run("__import__('sys').gettrace() is None")) == ["True\n"]
