"""What golden runs cannot say: late output, questions, what stays from run to run, odd scripts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import ipykernel
import msgspec
import pytest

from rdit_ext.kernel.last_words import read_last_words
from tests.support.kernel import Event, Kernel
from tests.support.summaries import outputs, results, statuses, text, writes

pytestmark = pytest.mark.kernel


def late(kernel: Kernel, wanted: str) -> list[dict]:
    return kernel.until(writes(wanted))


def test_output_of_a_thread_after_the_run_belongs_to_the_statement_that_started_it(
    kernel: Kernel,
) -> None:
    first = kernel.run("""
import threading
gate = threading.Event()
def speak():
    gate.wait()
    print("late")
x = 1
threading.Thread(target=speak).start()
""")
    run = first[-1]["run"]
    seen = kernel.run("gate.set()\nprint('second run')")
    if not any(map(writes("late"), seen)):
        seen += late(kernel, "late")
    (event,) = [event for event in seen if writes("late")(event)]
    assert (event["run"], event["nodeIndex"]) == (run, 4)


def test_output_of_a_task_after_the_run_belongs_to_the_statement_that_started_it(
    kernel: Kernel,
) -> None:
    first = kernel.run("""
import asyncio
async def speak():
    await asyncio.sleep(0.05)
    print("late")
task = asyncio.create_task(speak()); await asyncio.sleep(0)
""")
    seen = first if any(map(writes("late"), first)) else late(kernel, "late")
    (event,) = [event for event in seen if writes("late")(event)]
    assert (event["run"], event["nodeIndex"]) == (first[-1]["run"], 2)


def test_late_output_of_a_child_process_belongs_to_the_statement_that_ran_last(
    kernel: Kernel,
) -> None:
    first = kernel.run("""
import subprocess
subprocess.Popen("sleep 0.2; echo late", shell=True);
""")
    seen = first if any(map(writes("late"), first)) else late(kernel, "late")
    (event,) = [event for event in seen if writes("late")(event)]
    assert (event["run"], event["nodeIndex"]) == (first[-1]["run"], 1)


def test_thread_that_fails_says_so_under_the_statement_that_started_it(kernel: Kernel) -> None:
    events = kernel.run("""
import threading
def fail():
    raise ValueError("in the thread")
thread = threading.Thread(target=fail); thread.start(); thread.join()
print("next")
""")
    written = re.sub(r"\x1b\[[\d;]*m", "", text(events, stream="stderr"))
    assert "ValueError: in the thread" in written
    assert "<rdit>" not in written
    assert text(events, 3, "stderr") == text(events, stream="stderr")
    assert statuses(events)[-1] == "ok"


def test_script_asks_and_is_answered(kernel: Kernel) -> None:
    kernel.start(
        "import getpass\nprint('first')\ninput('Name? ')\ngetpass.getpass('Secret? ')\ninput()",
        allow_stdin=True,
    )
    asked = []
    for answer in ("Ada", "hush", ""):
        request = kernel.client.get_stdin_msg(timeout=30)
        asked.append((request["content"]["prompt"], request["content"]["password"]))
        if answer == "Ada":
            # What was printed before the question has left before it.
            assert any(map(writes("first"), kernel.until(writes("first"), timeout=30)))
        kernel.client.input(answer)
    events = list(kernel.events())
    assert asked == [("Name? ", False), ("Secret? ", True), ("", False)]
    assert results(events) == ["'Ada'\n", "'hush'\n", "''\n"]
    assert text(events) == "Name? Ada\nSecret? \n\n"


def test_question_may_be_interrupted(kernel: Kernel) -> None:
    kernel.start("input('Name? ')", allow_stdin=True)
    kernel.client.get_stdin_msg(timeout=30)
    kernel.interrupt()
    events = list(kernel.events())
    assert statuses(events)[-1] == "interrupted"
    (error,) = outputs(events, "error")
    assert [frame["source"] for frame in error["frames"]] == ["input('Name? ')"]
    assert results(kernel.run("20 + 22")) == ["42\n"]


def test_names_stay_from_run_to_run_and_reset_forgets_them(kernel: Kernel) -> None:
    assert results(kernel.run("x = 10\nx")) == ["10\n"]
    assert results(kernel.run("x + 1")) == ["11\n"]
    kernel.reset()
    (error,) = outputs(kernel.run("x"), "error")
    assert error["name"] == "NameError"
    assert results(kernel.run("__name__, [n for n in dir() if n == 'x']")) == ["('__main__', [])\n"]


def test_reset_forgets_paths_arguments_streams_and_the_last_error(
    kernel: Kernel, tmp_path: Path
) -> None:
    before = results(kernel.run("import sys; sys.path[1:]"))
    kernel.run(
        "import sys, io\nsys.path.append('/elsewhere')\nsys.argv += ['more']\n"
        "sys.stdout = io.StringIO()\n1/0",
        path=str(tmp_path / "other.py"),
    )
    kernel.reset()
    after = kernel.run(
        "import sys; sys.path[1:]; sys.argv; hasattr(sys, 'last_value')\nprint('seen')"
    )
    assert results(after)[0] == before[0]
    assert "more" not in results(after)[1]
    assert results(after)[2] == "False\n"
    assert text(after) == "seen\n"


def test_reset_keeps_what_the_kernel_brought(kernel: Kernel) -> None:
    kernel.run("exit = quit = open = get_ipython = None")
    kernel.reset()
    events = kernel.run("exit\nquit\nopen\nget_ipython() is not None")
    assert results(events)[:2] == [
        "Use exit() to end the script\n",
        "Use quit() to end the script\n",
    ]
    assert results(events)[3] == "True\n"


def test_exit_ends_the_script_and_not_the_kernel(kernel: Kernel) -> None:
    for call in ("exit()", "quit(2)", "import sys; sys.exit('said')", "raise SystemExit"):
        events = kernel.run(f"{call}\nprint('never')")
        assert outputs(events, "error")[0]["name"] == "SystemExit"
        assert "never" not in text(events)
    assert results(kernel.run("20 + 22")) == ["42\n"]


def test_context_variables_stay_from_run_to_run(kernel: Kernel) -> None:
    kernel.run("import decimal, contextvars\nv = contextvars.ContextVar('v')")
    kernel.run("decimal.getcontext().prec = 5\nv.set(1)")
    assert results(kernel.run("decimal.Decimal(1) / 3, v.get()")) == ["(Decimal('0.33333'), 1)\n"]
    kernel.run("import asyncio; await asyncio.sleep(0); v.set(2)")
    assert results(kernel.run("v.get()")) == ["2\n"]


def test_task_goes_on_between_runs(kernel: Kernel) -> None:
    kernel.run("""
import asyncio
async def count():
    global n
    n = 0
    while True:
        n += 1
        await asyncio.sleep(0.001)
task = asyncio.create_task(count()); await asyncio.sleep(0)
""")
    first = int(results(kernel.run("n"))[0])
    again = int(results(kernel.run("await asyncio.sleep(0.05); n"))[0])
    kernel.run("task.cancel()")
    assert again > first


def test_redirected_stream_ends_with_a_run_of_the_whole_script(kernel: Kernel) -> None:
    kernel.run("import io, sys\nsys.stdout = io.StringIO()\nprint('lost')")
    partial = "x = 1\nprint('still redirected')"
    assert text(kernel.run(partial, lineRange={"from": 2, "to": 2})) == ""
    assert text(kernel.run("print('seen')")) == "seen\n"


@pytest.mark.parametrize(
    "script",
    [
        f"with open({os.devnull!r}, 'w') as sys.stdout:\n    print('away')",
        "class Tee:\n    def write(self, text):\n        pass\nsys.stdout = Tee()\nprint('away')",
        "del sys.stdout",
        "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('héllo')",
        "sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8')\nprint('héllo')",
        "sys.stdout.close()",
        "sys.stdout = sys.stderr = None",
        "import os; os.close(1); os.close(2)",
        "import os\nsys.stdout = os.fdopen(sys.stdout.fileno(), 'w')\nprint('raw')",
    ],
)
def test_whatever_stands_for_stdout_every_run_is_answered(kernel: Kernel, script: str) -> None:
    for _ in range(2):
        events = kernel.run(f"import io, sys\n{script}")
        assert events[-1]["status"] == "ok", events
        assert outputs(events, "error") == []
    assert text(kernel.run("import sys\nsys.stdout.writelines(['seen'])")) == "seen"
    assert text(kernel.run("import os\n_ = os.system('echo seen')")) == "seen\n"


def test_a_forked_child_that_goes_on_takes_no_output_from_its_parent(kernel: Kernel) -> None:
    both = "\n".join(["os.system(f'echo {who}');"] * 30)
    events = kernel.run(
        f"import os\npid = os.fork()\nwho = 'parent' if pid else 'child'\n{both}\n"
        "_ = pid and os.waitpid(pid, 0)"
    )
    assert sorted(text(events).split()) == ["child"] * 30 + ["parent"] * 30


def test_statements_run_as_they_were_sent(kernel: Kernel) -> None:
    events = kernel.run(
        statements=[
            {"code": "x = 20", "nodeIndex": 5, "lineStart": 3, "lineEnd": 3, "isExpr": False},
            {"code": "x; x + 22", "nodeIndex": 2, "lineStart": 9, "lineEnd": 9, "isExpr": True},
            {"code": "", "nodeIndex": 3, "lineStart": 10, "lineEnd": 10, "isExpr": False},
            {"code": "1 / 0", "nodeIndex": 7, "lineStart": 12, "lineEnd": 12, "isExpr": True},
            {"code": "x", "nodeIndex": 8, "lineStart": 13, "lineEnd": 13, "isExpr": True},
        ],
        path="/tmp/sent.py",
    )
    assert [s["nodeIndex"] for s in events[0]["statements"]] == [5, 2, 3, 7, 8]
    assert statuses(events) == ["ok", "ok", "ok", "error", "cancelled", "error"]
    assert results(events) == ["42\n"]
    (error,) = outputs(events, "error")
    assert error["frames"] == [
        {"path": "/tmp/sent.py", "line": 12, "name": "<module>", "source": "1 / 0"}
    ]


def test_statement_that_does_not_parse_is_told_and_none_runs(kernel: Kernel) -> None:
    events = kernel.run(
        statements=[
            {"code": "print(1)", "nodeIndex": 0, "lineStart": 1, "lineEnd": 1, "isExpr": True},
            {"code": "x = = 1", "nodeIndex": 4, "lineStart": 7, "lineEnd": 7, "isExpr": False},
        ]
    )
    assert [s["nodeIndex"] for s in events[0]["statements"]] == [4]
    assert statuses(events) == ["error", "error"]
    assert outputs(events, "error")[0]["line"] == 7
    assert text(events) == ""


@pytest.mark.parametrize("script", ["x = '\0'", "y = " + "-" * 1_000_000 + "1"])
def test_script_that_is_no_text_is_refused_and_the_kernel_goes_on(
    script: str, kernel: Kernel
) -> None:
    events = kernel.run("import os\n" + script)
    assert outputs(events, "error")[0]["line"] == 2
    assert statuses(events) == ["error", "error"]
    assert results(kernel.run("20 + 22")) == ["42\n"]


def test_endless_recursion_is_an_error_of_moderate_size(kernel: Kernel) -> None:
    events = kernel.run("def f(n):\n    return g(n)\ndef g(n):\n    return f(n) + 1\nf(1)")
    (error,) = outputs(events, "error")
    assert error["name"] == "RecursionError"
    assert len(error["text"]) < 20_000
    assert len(error["frames"]) == 60
    assert error["frames"][0]["line"] == 5


def test_long_messages_and_rings_of_causes_are_told(kernel: Kernel) -> None:
    events = kernel.run(
        "raise ValueError('x' * 5_000_000)\n"
        "a, b = ValueError('a'), TypeError('b')\na.__cause__ = b; b.__cause__ = a\nraise a",
        stopOnError=False,
    )
    long, ring = outputs(events, "error")
    assert len(long["text"]) < 110_000
    assert len(long["message"]) == 2000
    assert "TypeError: b" in ring["text"]


def test_column_counts_characters_from_the_beginning_of_the_line(kernel: Kernel) -> None:
    if sys.version_info >= (3, 11):
        (error,) = outputs(kernel.run(f"if True:\n{' ' * 40}'é'; undefined\n"), "error")
        assert error["column"] == 45


def test_traceback_has_carets_and_columns(kernel: Kernel) -> None:
    script = "def f(a):\n    größe = a; return größe + a.missing\n\nf('x')"
    (error,) = outputs(kernel.run(script, path="/tmp/carets.py"), "error")
    assert (error["line"], error["message"]) == (2, "'str' object has no attribute 'missing'")
    if sys.version_info >= (3, 11):
        assert error["column"] == 30
        assert "                      ^^^^^^^^^\n" in error["text"]


def test_debugger_sees_the_last_error(kernel: Kernel) -> None:
    kernel.run("def f():\n    local = 42\n    1 / 0\nf()")
    events = kernel.run(
        "import sys\nsys.last_value\nsys.last_traceback.tb_next.tb_frame.f_locals['local']"
    )
    assert results(events) == ["ZeroDivisionError('division by zero')\n", "42\n"]


def test_kernel_serves_a_notebook_besides(kernel: Kernel) -> None:
    kernel.run("x = 42")
    kernel.messages.clear()
    reply = kernel.execute("print('as ever'); display(x); x")
    assert reply["status"] == "ok"
    kernel.run("1")  # what came before is here after it
    kinds = [message["msg_type"] for message in kernel.messages]
    assert [kind for kind in kinds if kind not in ("status", "execute_input")] == [
        "stream",
        "display_data",
        "execute_result",
    ]


def test_second_boot_with_the_same_sources_changes_nothing(fresh_kernel: Kernel) -> None:
    from tests.support.kernel import RUNTIME, sources

    kernel = fresh_kernel  # which has no shared file from then on
    kernel.run("import sys; before = sys.modules['_rdit']")
    kernel.request((RUNTIME / "boot.py").read_text(), {"modules": sources()})
    assert results(kernel.run("sys.modules['_rdit'] is before")) == ["True\n"]


def test_boot_with_other_sources_replaces_the_runtime(fresh_kernel: Kernel) -> None:
    from tests.support.kernel import RUNTIME, sources

    kernel = fresh_kernel
    kernel.run("import sys, threading; x = 42; before = sys.modules['_rdit']; out = sys.stdout")
    newer = sources()
    newer["namespace"] += "\n# a newer version\n"
    kernel.request((RUNTIME / "boot.py").read_text(), {"modules": newer})
    events = kernel.run(
        "x\nsys.modules['_rdit'] is before\nsys.stdout is out\nprint('printed')\n"
        "import os; os.system('echo echoed');\nexit"
    )
    assert results(events) == ["42\n", "False\n", "False\n", "Use exit() to end the script\n"]
    assert text(events) == "printed\nechoed\n"
    assert statuses(events)[-1] == "ok"


def test_kernel_ends_when_it_is_told_to(fresh_kernel: Kernel) -> None:
    fresh_kernel.run("import os; os.system('echo x')\nprint('y')")
    fresh_kernel.client.shutdown()
    fresh_kernel.manager.provisioner.process.wait(timeout=60)


def test_nothing_of_ours_is_in_the_namespace(fresh_kernel: Kernel) -> None:
    events = fresh_kernel.run("sorted(name for name in globals() if 'rdit' in name.lower())")
    assert results(events) == ["[]\n"]


def test_figure_is_built_and_refined_one_run_at_a_time(kernel: Kernel) -> None:
    pytest.importorskip("matplotlib")
    lines = [
        "import matplotlib.pyplot as plt",
        "figure, axes = plt.subplots()",
        "axes.plot([1, 2])",
        "axes.set_title('refined')",
        "plt.show()",
        "axes.set_xlabel('after show')",
        "plt.get_fignums()",
    ]
    script = "\n".join(lines)

    def shown(line: int) -> int:
        events = kernel.run(script, lineRange={"from": line, "to": line})
        assert statuses(events)[-1] == "ok"
        return sum("image/png" in output["data"] for output in outputs(events, "display"))

    # As in a notebook nothing is open when a run begins: `plt.show()` by itself shows nothing.
    assert [shown(line) for line in range(1, 7)] == [0, 1, 1, 1, 0, 1]
    assert shown(2) == 1
    assert results(kernel.run(script, lineRange={"from": 7, "to": 7})) == ["[]\n"]
    # As in `python script.py`: what was closed is not seen any more.
    (display,) = outputs(kernel.run(script), "display")
    assert "image/png" in display["data"]


def test_what_takes_the_place_of_ipythons_traceback_is_shown(kernel: Kernel) -> None:
    # What rich.traceback.install() does where it finds IPython.
    script = """\
from IPython import get_ipython
import sys
def show(kind, value, lines):
    tb = sys.exc_info()[2]
    print("Traceback (most recent call last)", kind.__name__, value, tb.tb_lineno)
get_ipython()._showtraceback = show
1 / 0
"""
    events = kernel.run(script)
    assert (
        text(events, 4)
        == "Traceback (most recent call last) ZeroDivisionError division by zero 7\n"
    )
    (error,) = outputs(events, "error")
    assert error["text"] == "ZeroDivisionError: division by zero\n"
    assert [frame["line"] for frame in error["frames"]] == [7]
    (again,) = outputs(kernel.run(script, lineRange={"from": 7, "to": 7}), "error")
    assert again["text"] == error["text"]
    # A whole run begins as a process does.
    (error,) = outputs(kernel.run("1 / 0"), "error")
    assert error["text"].startswith("Traceback")


def test_hook_can_be_stopped(kernel: Kernel) -> None:
    script = """\
import sys, time
def hook(*told):
    print("telling")
    time.sleep(600)
sys.excepthook = hook
1 / 0
print("not reached")
"""
    kernel.start(script)
    seen = kernel.until(writes("telling"))
    kernel.interrupt()
    seen += kernel.events()
    assert "Error in sys.excepthook:" in text(seen, stream="stderr")
    (error,) = outputs(seen, "error")
    assert error["name"] == "ZeroDivisionError"
    assert text(seen) == "telling\n"


def test_stop_whose_first_signals_are_lost_arrives(kernel: Kernel) -> None:
    # As where the main thread is about to block and gets no processor: no signal ends its sleep.
    script = """\
import sys, threading, time
interrupts = sys.modules["_rdit.interrupts"]
send, lost = interrupts._signal_main, []
interrupts._signal_main = lambda: lost.append(1) if len(lost) < 3 else send()
threading.Timer(0.1, print, ["sleeps"]).start(); time.sleep(600)
interrupts._signal_main = send
"""
    kernel.start(script)
    seen = kernel.until(writes("sleeps"))
    kernel.interrupt(is_lost=True)
    seen += kernel.events()
    assert statuses(seen)[-1] == "interrupted"
    assert results(kernel.run("interrupts._signal_main = send; len(lost)")) == ["3\n"]


def test_each_run_draws_a_figure_of_its_own(kernel: Kernel) -> None:
    pytest.importorskip("matplotlib")
    script = """\
import matplotlib.pyplot as plt
plt.plot([1, 2])
lines = plt.hist([1, 1, 2]); print(len(plt.gca().lines), plt.get_fignums())
plt.plot([2, 1]); print(len(plt.gca().lines), plt.get_fignums())
"""
    kernel.run(script, lineRange={"from": 1, "to": 1})
    said = {2: "", 3: "0 [1]\n", 4: "1 [1]\n"}
    for line in (2, 3, 4, 4, 2):
        events = kernel.run(script, lineRange={"from": line, "to": line})
        assert text(events) == said[line]
        assert len(outputs(events, "display")) == 1


def test_what_pause_draws_is_seen_while_it_runs(kernel: Kernel) -> None:
    pytest.importorskip("matplotlib")
    script = """\
import matplotlib.pyplot as plt
for n in range(3):
    plt.plot([n]); plt.pause(0.001); input()
"""
    kernel.start(script, allow_stdin=True)
    seen: list[dict] = []
    for n in range(3):
        kernel.client.get_stdin_msg(timeout=60)
        wanted = "update" if n else "output"
        seen += kernel.until(lambda event, wanted=wanted: event["type"] == wanted)
        kernel.client.input("")
    seen += kernel.events()
    kinds = [e["type"] for e in seen if "image/png" in {**e, **e.get("output", {})}.get("data", {})]
    assert kinds == ["output", "update", "update"]


def test_output_of_c_code_is_seen(kernel: Kernel) -> None:
    events = kernel.run(
        "import ctypes; libc = ctypes.CDLL(None)\nlibc.puts(b'from C');\nprint('from Python')"
    )
    assert text(events) == "from C\nfrom Python\n"


def test_crash_loses_nothing_that_was_printed(tmp_path: Path) -> None:
    kernel = Kernel(cwd=tmp_path)
    try:
        kernel.start("print('be' + 'fore')\nimport ctypes; ctypes.string_at(0)")
        assert kernel.manager.provisioner.process.wait(timeout=30) != 0
        batches: list[list[Event]] = []
        with suppress(Empty):
            while True:
                # What comes later than this is in the file as well.
                batches.append(kernel.batch(timeout=0.5))
        (tmp_path / "marker").write_bytes(kernel.kept())
        rest, is_all = read_last_words(tmp_path / "marker", "run-1", 0, len(batches))
        assert is_all
        told = [event for batch in batches for event in batch]
        told += map(msgspec.to_builtins, rest)
        assert text(told) == "before\n"
    finally:
        kernel.close()


def test_runtime_starts_without_the_rest_of_rdit() -> None:
    script = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("rdit_ext", "msgspec", "jupyter_server"):
            raise ImportError(name + " was imported")
sys.meta_path.insert(0, Hide())
sys.path.insert(0, sys.argv[1])
import runtime
"""
    folder = Path(__file__).parents[2] / "rdit_ext"
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True)


def test_docstring_that_was_removed_is_gone(kernel: Kernel) -> None:
    kernel.run('"""Said once."""\n1')
    assert results(kernel.run("1\n__doc__ is None", lineRange={"from": 2, "to": 2})) == ["False\n"]
    assert results(kernel.run("__doc__ is None")) == ["True\n"]


def test_script_without_a_file_has_none_and_runs_no_other(kernel: Kernel, tmp_path: Path) -> None:
    # What stands in the working directory under a likely name must not be taken for it.
    script = (
        "import multiprocessing, math, sys, os\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "open('script.py', 'w').write('print(\"a stranger\")')\n"
        "with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "    print(pool.map(math.sqrt, [4, 9]))\n"
        "sys.argv, sys.path[0], '__file__' in globals()\n"
        "def f():\n"
        "    return 1 / 0\n"
        "f()\n"
    )
    for path in ("", str(tmp_path / "not_there.py")):
        events = kernel.run(script, path=path)
        assert text(events) == "[2.0, 3.0]\n"
        assert results(events)[1].endswith("False)\n")
        error = outputs(events, "error")[0]
        assert error["frames"][-1]["source"] == "return 1 / 0"
        assert error["frames"][-1]["path"] == (path or "<script>")


def test_console_beside_a_script_has_the_names_of_ipython(kernel: Kernel) -> None:
    kernel.run("_ = 'mine'\nseen = sorted(globals())")
    for line in ("assert In and get_ipython; open('/dev/null').close()", "40", "41"):
        assert kernel.execute(line)["status"] == "ok"
    assert kernel.execute("assert _ == 'mine' and Out")["status"] == "ok"
    assert results(kernel.run("_, 'In' in globals(), 'get_ipython' in globals()")) == [
        "('mine', False, False)\n"
    ]
    assert kernel.execute("del _; 42")["status"] == "ok"
    assert kernel.execute("assert _ == 42")["status"] == "ok"
    assert results(kernel.run("'_' in globals()")) == ["False\n"]


def test_token_of_a_context_variable_is_valid_in_later_runs(kernel: Kernel) -> None:
    script = (
        "import contextvars, decimal\n"
        "var = contextvars.ContextVar('v', default=0)\n"
        "token = var.set(5)\n"
        "import asyncio; await asyncio.sleep(0); inner = var.set(6)\n"
        "var.reset(inner); var.get()\n"
        "var.reset(token); var.get()\n"
    )
    seen = []
    for line in range(1, 7):
        events = kernel.run(script, lineRange={"from": line, "to": line})
        assert statuses(events)[-1] == "ok", outputs(events, "error")
        seen += results(events)
    assert seen == ["5\n", "0\n"]


PATCH = (
    "import sys\nold = sys.stdout.write\nsys.stdout.write = lambda s: old(s.replace('hi', 'hi!'))\n"
)


def test_a_patched_stream_lasts_until_the_script_is_run_as_a_whole(kernel: Kernel) -> None:
    script = PATCH + "print('hi')"
    for _ in range(2):
        assert text(kernel.run(script)) == "hi!\n"
    assert text(kernel.run(script, lineRange={"from": 4, "to": 4})) == "hi!\n"
    assert text(kernel.run("print('hi')")) == "hi\n"
    kernel.run(script)
    kernel.reset()
    assert text(kernel.run("print('hi')", lineRange={"from": 1, "to": 1})) == "hi\n"


@pytest.mark.parametrize(
    "breaks",
    [
        "sys.stdout.close()",
        "sys.stdout.flush = sys.stdout.write = None",
        "del sys.stdout",
        "import os; os.close(1)",
        "import io; sys.stdout = io.TextIOWrapper(sys.stdout.buffer); sys.stdout.close()",
    ],
)
def test_a_broken_stream_is_whole_in_the_next_run(kernel: Kernel, breaks: str) -> None:
    assert set(statuses(kernel.run(f"import sys\n{breaks}"))) == {"ok"}
    script = "import os, sys\nprint('whole')\nos.system('echo shell')"
    assert text(kernel.run(script)) == "whole\nshell\n"


def test_a_handler_keeps_the_stream_of_an_earlier_run(kernel: Kernel) -> None:
    script = "import logging, sys\nlog = logging.getLogger('kept')\nlog.propagate = False\n"
    kernel.run(script + "log.addHandler(logging.StreamHandler(sys.stdout))\nlog.warning('one')")
    # Parts of a script: a whole run begins without the handlers of the one before.
    part = {"from": 1, "to": 3}
    # Which the wrapper closes when it goes.
    kernel.run("import io, sys\nwrapper = io.TextIOWrapper(sys.stdout.buffer)", lineRange=part)
    events = kernel.run("wrapper = None\nlog.warning('two')\nprint('three')", lineRange=part)
    assert [text(events, index) for index in range(3)] == ["", "two\n", "three\n"]


def test_stdin_asks_for_lines(kernel: Kernel) -> None:
    script = (
        "import sys\nsys.stdin.readline()\n[line for line in sys.stdin]\nsys.stdin.read()\n"
        "sys.stdin.buffer.readline()\nsys.stdin.readline()"
    )
    kernel.start(script, allow_stdin=True)
    asked = []
    for answer in ("", "a", "é", "", "b", "", "c", "\x04"):
        asked.append(kernel.client.get_stdin_msg(timeout=30)["content"]["prompt"])
        kernel.client.input(answer)
    events = list(kernel.events())
    end = "(an empty line ends it) "
    assert asked == ["", end, end, end, end, end, "", ""]
    assert results(events) == ["'\\n'\n", "['a\\n', 'é\\n']\n", "'b\\n'\n", "b'c\\n'\n", "''\n"]


def test_a_print_into_a_full_pipe_can_be_stopped(kernel: Kernel) -> None:
    script = (
        "import os, sys\nreader, writer = os.pipe()\nsaved = os.dup(1)\nos.dup2(writer, 1)\n"
        "print('begins', file=sys.stderr), print('x' * 1_000_000)\nprint('never')"
    )
    kernel.start(script)
    seen = kernel.until(writes("begins"))
    kernel.interrupt()
    events = seen + list(kernel.events())
    assert statuses(events)[-3:] == ["interrupted", "cancelled", "interrupted"]
    (error,) = outputs(events, "error")
    (frame,) = error["frames"]
    assert frame["source"] == "print('begins', file=sys.stderr), print('x' * 1_000_000)"
    assert text(kernel.run("print('again')")) == "again\n"


def test_hook_lasts_from_run_to_run(kernel: Kernel) -> None:
    script = "import sys\nsys.excepthook = lambda *told: print('HOOK')\n1 / 0\n"
    assert text(kernel.run(script)) == "HOOK\n"
    assert text(kernel.run(script, lineRange={"from": 3, "to": 3})) == "HOOK\n"
    assert text(kernel.run("1 / 0")) == ""
    assert text(kernel.run(script, lineRange={"from": 3, "to": 3})) == ""


def test_environment_is_the_one_the_kernel_was_started_with(fresh_kernel: Kernel) -> None:
    script = (
        "import json, os, subprocess, sys\n"
        "code = 'import json, os; print(json.dumps(dict(os.environ)))'\n"
        "child = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)\n"
        "print(json.dumps([dict(os.environ), json.loads(child.stdout)]))\n"
    )
    own, childs = json.loads(text(fresh_kernel.run(script)))
    for seen in (own, childs):
        for name in ("FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "PAGER", "GIT_PAGER"):
            assert seen.get(name) == os.environ.get(name), name
        for name in ("MPLBACKEND", "JPY_PARENT_PID", "JPY_SESSION_NAME"):
            assert name not in seen
        assert not [name for name in seen if name not in os.environ and name != "LC_CTYPE"]


def test_matplotlib_draws_into_the_page_although_no_variable_says_so(fresh_kernel: Kernel) -> None:
    pytest.importorskip("matplotlib")
    script = (
        "import os, matplotlib\n"
        "'inline' in matplotlib.get_backend(), 'MPLBACKEND' in os.environ\n"
        "import matplotlib.pyplot as plt\n"
        "plt.plot([1, 2])\n"
        "'inline' in matplotlib.get_backend()"
    )
    events = fresh_kernel.run(script)
    assert results(events) == ["(True, False)\n", "True\n"]
    assert "image/png" in outputs(events, "display")[0]["data"]


def test_backend_that_the_script_asks_for_is_taken(fresh_kernel: Kernel) -> None:
    pytest.importorskip("matplotlib")
    script = (
        "import os\nos.environ['MPLBACKEND'] = 'svg'\nimport matplotlib\n"
        "matplotlib.get_backend(), os.environ['MPLBACKEND']"
    )
    assert results(fresh_kernel.run(script)) == ["('svg', 'svg')\n"]


def test_request_that_comes_while_a_reply_leaves_is_read(kernel: Kernel, tmp_path: Path) -> None:
    waits = tmp_path / "waits"
    # In the thread that has the socket: ready to read, by a request, before a reply is sent on it.
    kernel.send(f"""
from ipykernel.kernelapp import IPKernelApp
from select import select
import zmq
kernel = IPKernelApp.instance().kernel
def reply():
    open({str(waits)!r}, "w").close()
    select([kernel.shell_stream.socket.get(zmq.FD)], [], [])
    kernel.shell_channel_thread.manager._send_on_shell_channel([b"nobody", b""])
if getattr(kernel, "shell_channel_thread", None):
    kernel.shell_channel_thread.io_loop.add_callback(reply)
else:
    open({str(waits)!r}, "w").close()  # ipykernel 6 has no such thread
""")
    deadline = time.monotonic() + 30
    while not waits.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    kernel.start("20 + 22")
    assert results(list(kernel.events())) == ["42\n"]


@pytest.mark.skipif(ipykernel.version_info < (7,), reason="without subshells")
def test_a_subshell_serves_a_console_while_runs_begin_and_end(kernel: Kernel) -> None:
    kernel.run("import threading\nbegun, ended = threading.Event(), threading.Event()")
    client, message = kernel.client, kernel.client.session.msg

    def manage(kind: str, **content: Any) -> dict[str, Any]:
        sent = message(f"{kind}_subshell_request", content)
        client.control_channel.send(sent)
        while (reply := client.get_control_msg(timeout=60))["parent_header"].get("msg_id") != sent[
            "msg_id"
        ]:
            pass
        return reply["content"]

    def send(kind: str, **content: Any) -> str:
        sent = message(kind, content)
        sent["header"]["subshell_id"] = subshell
        client.shell_channel.send(sent)
        return str(sent["msg_id"])

    subshell = manage("create")["subshell_id"]
    try:
        code = "begun.set(); ended.wait(); lent = 'Out' in globals()"
        send("execute_request", code=code, silent=False)
        # A console has IPython's names until its own request ends, and then nobody has.
        assert results(kernel.run("begun.wait()")) == ["True\n"]
        kernel.run("ended.set()")
        kernel._reply(send("kernel_info_request"), 60)
        assert results(kernel.run("lent, 'Out' in globals()")) == ["(True, False)\n"]
        # Its request keeps nothing from being evaluated between runs.
        assert not kernel.query("evaluate", expressions=["lent"]).get("busy")
    finally:
        kernel.run("ended.set()")
        manage("delete", subshell_id=subshell)
