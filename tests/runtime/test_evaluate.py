"""Watched expressions in a live kernel: values, errors, the deadline, no trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from rdit_ext.protocol import QUERIES
from rdit_ext.runtime import evaluate
from tests.support.kernel import Kernel
from tests.support.waiting import wait_for

pytestmark = pytest.mark.kernel

LATE = "It took longer than 1 s, and was interrupted."


def watch(kernel: Kernel, *expressions: str, opened: Any = ()) -> dict[str, Any]:
    """By expression: its error, or the row of its value, and rows below that."""
    result = kernel.query("evaluate", expressions=list(expressions), opened=list(opened))
    assert not result.get("busy"), result
    msgspec.convert(result, QUERIES["evaluate"].result)
    found = {each["expression"]: each for each in result["values"]}
    assert list(found) == list(expressions)
    return {
        expression: each.get("error") or [(row["type"], row["value"]) for row in each["rows"]]
        for expression, each in found.items()
    }


def value(kernel: Kernel, expression: str) -> Any:
    (said,) = watch(kernel, expression).values()
    return said if isinstance(said, str) else said[0][1]


def test_values_are_those_of_the_namespace(kernel: Kernel) -> None:
    kernel.run("xs = [1, [2, 3]]\ndef f(x): return x * 2\n")
    assert watch(kernel, "len(xs)", " f(xs[0]) ", "f") == {
        "len(xs)": [("int", "2")],
        " f(xs[0]) ": [("int", "2")],
        "f": [("function", "f(x)")],
    }


def test_a_value_opens_level_by_level(kernel: Kernel) -> None:
    kernel.run("xs = [1, [2, 3]]")
    path = [{"kind": "name", "name": "xs + xs"}]
    item = [*path, {"kind": "item", "name": "1", "index": 1}]
    rows = watch(kernel, "xs + xs", "xs", opened=[path, item])
    assert [text for _, text in rows["xs + xs"]] == [
        *("[1, [2, 3], 1, [2, 3]]", "1", "[2, 3]", "2", "3", "1", "[2, 3]")
    ]
    assert len(rows["xs"]) == 1
    result = kernel.query("evaluate", expressions=["list(range(10**6))"], opened=[])
    (many,) = result["values"]
    assert (many["total"], many["rows"][0]["opens"]) == (1, True)
    path = [{"kind": "name", "name": "list(range(10**6))"}]
    (many,) = kernel.query("evaluate", expressions=["list(range(10**6))"], opened=[path])["values"]
    assert (many["total"], len(many["rows"])) == (1_000_001, 200)


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("missing", "NameError: name 'missing' is not defined"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("exit()", "SystemExit"),
        ("[][1:", "SyntaxError"),
        ("x = 1", "SyntaxError: only an expression can be watched, not a statement"),
        ("import os", "SyntaxError: only an expression can be watched, not a statement"),
        ("(x := 1)", "SyntaxError: a watched expression may not assign"),
        ("await f()", "SyntaxError: a watched expression may not await"),
        ("[x async for x in y]", "SyntaxError: a watched expression may not await"),
        ("(yield)", "SyntaxError"),
        ("%time", "SyntaxError"),
        ("_ := 1", "SyntaxError: invalid syntax"),
        ("\x00", "SyntaxError"),
        ("(" * 500, "SyntaxError"),
        ("-" * 900 + "1", ""),
        ("input()", ""),
        ("rude()", "Rude"),
        ("deep()", "RecursionError"),
        ("raises(KeyboardInterrupt)", "KeyboardInterrupt"),
        ("raises(GeneratorExit)", "GeneratorExit"),
    ],
)
def test_an_error_is_what_the_watch_shows(kernel: Kernel, expression: str, error: str) -> None:
    kernel.run(
        "class Rude(BaseException):\n    def __str__(self): raise ValueError\n"
        "def rude(): raise Rude\ndef deep(): return deep()\n"
        "def raises(kind): raise kind\n"
    )
    assert str(value(kernel, expression)).startswith(error)
    assert value(kernel, "1 + 1") == "2"


@pytest.mark.parametrize(
    "expression",
    [
        "forever()",
        "time.sleep(600)",
        "sum(0 for _ in iter(int, 1))",
        "stubborn()",
        "lock.acquire()",
    ],
)
def test_what_takes_too_long_is_interrupted(kernel: Kernel, expression: str) -> None:
    kernel.run(
        "import time, threading\n"
        "lock = threading.Lock(); lock.acquire()\n"
        "def forever():\n    while True: pass\n"
        "def stubborn():\n"
        "    while True:\n"
        "        try:\n"
        "            while True: pass\n"
        "        except KeyboardInterrupt: pass\n",
        path="/nowhere/late.py",
    )
    assert watch(kernel, expression, "1 + 1") == {expression: LATE, "1 + 1": [("int", "2")]}
    assert kernel.run("time.sleep(0)")[-1]["status"] == "ok"


def test_what_is_put_out_is_nowhere(kernel: Kernel) -> None:
    kernel.run(
        "import os, sys, threading\nprint('mine')\ndef say():\n    print('gone')\n    return 5\n"
    )
    kernel.messages.clear()
    said = watch(
        kernel,
        "say()",
        "os.system('echo gone; echo gone >&2')",
        "sys.stderr.write('gone')",
        "threading.Thread(target=say).start()",
        "__import__('IPython').display.display(1)",
    )
    assert said["say()"] == [("int", "5")]
    events = kernel.run("2 + 2")
    assert [e["output"]["text"] for e in events if e["type"] == "output"] == ["4\n"]
    assert not [m for m in kernel.messages if m["msg_type"] in ("stream", "display_data", "error")]


def test_nothing_of_it_stays(kernel: Kernel) -> None:
    kernel.run(
        "import signal, sys, decimal, asyncio\nnames = set(globals())\nasync def f(): return 7"
    )
    assert value(kernel, "asyncio.run(f())") == "7"
    assert value(kernel, "sys.settrace(lambda *a: None)") == "None"
    assert value(kernel, "setattr(decimal.getcontext(), 'prec', 3)") == "None"
    assert value(kernel, "signal.getsignal(signal.SIGINT) is signal.default_int_handler") == "True"
    events = kernel.run("sys.gettrace(), set(globals()) - names - {'f', 'names'}")
    assert [e["output"]["text"] for e in events if e["type"] == "output"] == ["(None, set())\n"]


def test_each_is_evaluated_once_between_two_runs(kernel: Kernel) -> None:
    kernel.run("xs = list(range(9))")
    assert value(kernel, "xs.pop()") == "8"
    assert value(kernel, "xs.pop()") == "8"
    assert watch(kernel, "len(xs)", "xs.pop()") == {
        "len(xs)": [("int", "8")],
        "xs.pop()": [("int", "8")],
    }
    kernel.run("None")
    assert value(kernel, "xs.pop()") == "7"
    # So does a cell of a console on this kernel.
    kernel.execute("None")
    assert value(kernel, "xs.pop()") == "6"


def test_values_are_held_no_longer_than_until_the_next_run(kernel: Kernel) -> None:
    kernel.run(
        "import weakref\nclass Thing: pass\nmade = []\n"
        "def make():\n    thing = Thing(); made.append(weakref.ref(thing)); return thing\n"
    )
    watch(kernel, "make()")
    events = kernel.run("made[0]()")
    assert not [e for e in events if e["type"] == "output"]


def test_a_request_that_is_answered_and_has_not_ended_is_waited_for(fresh_kernel: Kernel) -> None:
    fresh_kernel.run(
        "import time\nkernel = get_ipython().kernel\nusual = kernel.post_handler_hook\n"
        "kernel.post_handler_hook = lambda: (time.sleep(0.5), usual())"
    )
    assert value(fresh_kernel, "1 + 1") == "2"


def test_a_run_comes_first(kernel: Kernel) -> None:
    kernel.run("import time, asyncio")
    for script in ("time.sleep(600)", "await asyncio.sleep(600)"):
        kernel.start(script)
        kernel.until(lambda e: e["type"] == "status" and e["status"] == "running")
        assert kernel.query("evaluate", expressions=["1"]) == {"values": [], "busy": True}
        kernel.interrupt()
        assert list(kernel.events())[-1]["status"] == "interrupted"
        wait_for(lambda: not kernel.query("evaluate", expressions=["1"]).get("busy"))


def test_what_is_evaluated_makes_way_for_a_run(kernel: Kernel) -> None:
    # With a deadline that nothing here waits for.
    limit = "import sys; sys.modules['_rdit.evaluate'].SECONDS = "
    kernel.run(
        f"{limit}600\nimport time\ncount = 0\n"
        "def slow():\n    global count; count += 1; time.sleep(600)\n"
    )
    asked = {"id": "slow", "method": "evaluate", "params": {"expressions": ["slow()", "slow()+1"]}}
    kernel.client.control_channel.send(kernel.client.session.msg("rdit_query", asked))
    wait_for(
        lambda: (
            [row["value"] for row in kernel.query("variables", words="count")["variables"]] == ["1"]
        )
    )
    kernel.query("make_way")
    # It was cut short, which is not what the watch shows afterwards.
    events = kernel.run(f"count\nslow = lambda: 7\n{limit}1.0")
    assert [e["output"]["text"] for e in events if e["type"] == "output"] == ["1\n"]
    assert value(kernel, "slow()") == "7"


def test_stop_ends_it_too(kernel: Kernel) -> None:
    kernel.run(
        "import os, signal\n"
        "def stop():\n    os.kill(os.getpid(), signal.SIGINT)\n    while True: pass\n"
    )
    assert value(kernel, "stop()") == "KeyboardInterrupt"


def test_viewers_that_ask_at_once_get_one_evaluation(kernel: Kernel) -> None:
    kernel.run(
        "import time\nxs = list(range(9))\ndef pop():\n    time.sleep(0.1); return xs.pop()\n"
    )
    for number in range(4):
        asked = {"id": str(number), "method": "evaluate", "params": {"expressions": ["pop()"]}}
        kernel.client.control_channel.send(kernel.client.session.msg("rdit_query", asked))
    assert value(kernel, "pop()") == "8"
    assert value(kernel, "len(xs)") == "8"


class OneThread:
    """An engine in this process, without another thread to interrupt it."""

    def __init__(self) -> None:
        import types

        from rdit_ext import runtime
        from tests.support.bare import BareHost

        self.host = BareHost(types.ModuleType("__main__").__dict__)
        self.engine = runtime.install(self.host)
        self.evaluations = evaluate.Evaluations(self.engine)


@pytest.fixture
def one_thread() -> Iterator[OneThread]:
    from rdit_ext import runtime

    made = OneThread()
    yield made
    runtime.remove()


@pytest.mark.skipif("sys.version_info < (3, 12)", reason="without sys.monitoring")
def test_one_thread_has_a_deadline_too(one_thread: OneThread) -> None:
    exec(
        "def forever():\n    while True: pass\n"
        "def stubborn():\n    while True:\n        try: forever()\n"
        "        except KeyboardInterrupt: pass\n",
        one_thread.host.namespace,
    )
    for expression in ("forever()", "sum(0 for _ in iter(int, 1))", "stubborn()"):
        answer = one_thread.evaluations.answer({"expressions": [expression, "1 + 1"]})
        assert answer["values"][0]["error"] == LATE
        assert answer["values"][1]["rows"][0]["value"] == "2"


def test_one_thread_is_busy_within_a_request(one_thread: OneThread) -> None:
    evaluations = one_thread.evaluations
    evaluations.begin_request()
    assert evaluations.answer({"expressions": ["1"]}) == {"values": [], "busy": True}
    evaluations.end_request()
    assert evaluations.answer({"expressions": ["1"]})["values"][0]["rows"][0]["value"] == "1"
