"""What a script may put out, and that no more of it is kept: text, displays, figures, memory."""

from __future__ import annotations

import psutil
import pytest

from tests.support.kernel import Kernel
from tests.support.summaries import outputs, results, statuses, text, writes

pytestmark = pytest.mark.kernel

HEAD = 512 * 1024
TAIL = 64 * 1024


def truncated(events: list) -> int:
    return sum(event["bytes"] for event in events if event["type"] == "truncated")


def test_long_text_keeps_its_head_and_its_tail(kernel: Kernel) -> None:
    events = kernel.run("for n in range(200_000):\n    print(f'{n:09}')\nprint('next')")
    written = text(events, 0)
    whole = "".join(f"{n:09}\n" for n in range(200_000))
    assert written == whole[:HEAD] + whole[-TAIL:]
    assert truncated(events) == len(whole) - HEAD - TAIL
    assert text(events, 1) == "next\n"
    kinds = [event["type"] for event in events if event.get("nodeIndex") == 0]
    last = len(kinds) - 1 - kinds[::-1].index("truncated")
    assert set(kinds[last + 1 : -1]) == {"output"}


def test_the_end_of_long_text_is_told_while_more_may_come(kernel: Kernel) -> None:
    script = "import time\nfor n in range(3):\n    print('y\\n' * {}, n)\ntime.sleep(3600)"
    for size, is_cut in ((HEAD // 6 + 2000, False), (HEAD, True)):
        kernel.start("if True:\n" + "".join(f"    {x}\n" for x in script.format(size).split("\n")))
        seen = kernel.until(lambda event: event.get("tail", "").endswith("y\n 2\n"))
        assert (truncated(seen) > 0) == is_cut
        assert len(seen[-1]["tail"]) <= 4096
        kernel.interrupt()
        rest = kernel.events()
        assert text(rest, 0).endswith("y\n 2\n")
        assert not any(event.get("tail") for event in rest)


def test_one_long_piece_of_text_is_cut_in_the_middle_and_counted_in_bytes(kernel: Kernel) -> None:
    events = kernel.run("print('é' * 5_000_000, end='')")
    assert text(events) == "é" * (HEAD + TAIL)
    assert truncated(events) == 2 * (5_000_000 - HEAD - TAIL)


def test_endless_print_loop_keeps_memory_and_messages_small(kernel: Kernel) -> None:
    process = psutil.Process(int(results(kernel.run("__import__('os').getpid()"))[0]))
    script = "n = 0\nwhile True:\n    print('line', n); n += 1\n"
    kernel.start(script)
    seen = kernel.until(lambda event: event["type"] == "truncated")
    before = process.memory_info().rss
    count = 0
    while count < 3:
        batch = kernel.batch()
        seen += batch
        count += sum(event["type"] == "truncated" for event in batch)
    after = process.memory_info().rss
    kernel.interrupt()
    seen += kernel.events()
    assert after - before < 8 * 1024 * 1024
    assert len(text(seen)) == HEAD + TAIL
    last = [line for line in text(seen).splitlines() if line[5:]][-1]
    written = int(results(kernel.run("n"))[0])
    assert written - 1 <= int(last.split()[1]) <= written
    assert statuses(seen)[-1] == "interrupted"


def test_displays_of_a_statement_are_limited_and_the_last_is_kept(kernel: Kernel) -> None:
    events = kernel.run(
        "from IPython.display import display\nfor n in range(3000):\n    display(n)\nn"
    )
    shown = [int(output["text"]) for output in outputs(events, "display")]
    assert shown == [*range(1000), 2999]
    assert truncated(events) > 0
    assert results(events) == ["2999\n"]


def test_clearing_again_and_again_sends_little(kernel: Kernel) -> None:
    events = kernel.run("""
from IPython.display import clear_output
for n in range(5000):
    clear_output(wait=True)
    print("step", n)
""")
    assert text(events).endswith("step 4999\n")
    assert sum(event["type"] == "clear" for event in events) < 1000


@pytest.mark.parametrize("pause", [0, 0.04])
def test_clearing_much_again_and_again_sends_a_part(kernel: Kernel, pause: float) -> None:
    events = kernel.run(f"""
import time
from IPython.display import clear_output
start = time.monotonic()
for n in range(100):
    clear_output(wait=True)
    print("x" * 1_000_000)
    print("step", n)
    time.sleep({pause})
time.monotonic() - start
""")
    assert text(events).endswith("step 99\n")
    lines = [len(event["output"]["text"]) for event in events if event["type"] == "output"]
    seconds = float(results(events)[-1])
    # Of 100 MB; 4.4 MB a second, and what is sent at once in the beginning.
    assert sum(lines) < 14_000_000 + (seconds + 0.5) * 5_000_000


def test_updating_a_display_again_and_again_sends_little(kernel: Kernel) -> None:
    events = kernel.run("""
from IPython.display import display
handle = display(0, display_id=True)
for n in range(2000):
    handle.update(n)
""")
    updates = [event for event in events if event["type"] == "update"]
    assert updates[-1]["text"] == "1999"
    assert len(updates) < 500


def test_huge_values_are_shortened(kernel: Kernel) -> None:
    events = kernel.run("'x' * 50_000_000\n['x' * 100] * 40_000")
    sizes = [len(result) for result in results(events)]
    assert max(sizes) < 700_000


def test_text_of_a_whole_run_is_limited(kernel: Kernel) -> None:
    script = "\n".join("print('x' * 500_000)" for _ in range(100))
    events = kernel.run(script)
    written = len(text(events))
    assert 30_000_000 < written < 40_000_000
    assert written + truncated(events) == 100 * 500_001


def test_value_that_json_does_not_know_costs_nothing_but_itself(kernel: Kernel) -> None:
    events = kernel.run("""
from IPython.display import display
display({"application/json": {1: {2, 3}, "big": 10**30, "self": object}}, raw=True)
print("after")
""")
    assert statuses(events) == ["ok", "ok", "ok", "ok"]
    (shown,) = outputs(events, "display")
    assert shown["data"]["application/json"]["self"] == "<class 'object'>"
    assert text(events) == "after\n"


def test_script_of_a_hundred_thousand_lines(kernel: Kernel) -> None:
    script = "\n".join(f"x{n % 100} = {n}" for n in range(99_999)) + "\nx98"
    events = kernel.run(script, timeout=120)
    assert statuses(events) == ["ok"] * 100_001
    assert results(events) == ["99998\n"]
    again = kernel.run(script, lineRange={"from": 100_000, "to": 100_000})
    assert [(s["nodeIndex"], s["lineStart"]) for s in again[0]["statements"]] == [(99_999, 100_000)]
    assert results(again) == ["99998\n"]


def test_text_is_live_while_a_statement_runs(kernel: Kernel) -> None:
    kernel.start("""
import os, sys, time
def speak():
    print("one")
    time.sleep(0.2)
    print("two, without a newline", end="")
    time.sleep(0.2)
    os.system("echo three")
    while "go" not in os.environ:
        time.sleep(0.01)
speak()
""")
    # The run waits for ever: what is seen here was sent while it ran.
    seen = kernel.until(writes("three"))
    assert text(seen) == "one\ntwo, without a newlinethree\n"
    kernel.interrupt()
    list(kernel.events())


def test_first_outputs_are_seen_although_the_interpreter_is_held(kernel: Kernel) -> None:
    kernel.start("print('one')\nprint('two')\nsum(range(10**8))\nprint('three')")
    seen = kernel.until(writes("two"))
    assert "three" not in text(seen)
    seen += kernel.events()
    assert text(seen) == "one\ntwo\nthree\n"


def test_long_statement_is_known_to_run(kernel: Kernel) -> None:
    kernel.start("x = 1\n__import__('time').sleep(100)\nx = 2")
    seen = kernel.until(lambda event: event.get("nodeIndex") == 1)
    kernel.interrupt()
    seen += kernel.events()
    assert statuses(seen) == ["ok", "interrupted", "cancelled", "interrupted"]
