"""Signal handlers and destructors that print, wherever they interrupt the output of the script."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from rdit_ext.kernel.last_words import read_last_words
from rdit_ext.runtime import recorder, run_events, statement_sink, text_tail
from rdit_ext.runtime.output_limits import Limits
from rdit_ext.runtime.recorder import Recorder
from rdit_ext.runtime.run_events import Event, RunEvents
from rdit_ext.runtime.spill import SPILL
from rdit_ext.runtime.statement_sink import StatementSink
from tests.support.bare import Bare
from tests.support.summaries import text

FILES = {module.__file__ for module in (recorder, run_events, statement_sink, text_tail)}


class Timer:
    """Keeps the functions that are to be called later."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []

    def log(self, text: str) -> None:
        pass

    def call_later(self, seconds: float, function: Any) -> bool:
        self.waiting.append(function)
        return True

    def hand_over(self) -> None:
        pass


def speak(sink: StatementSink) -> None:
    """All that a statement can output, beyond its limits too."""
    display = {"type": "display", "text": "", "data": {"text/plain": "shown"}, "metadata": {}}
    sink.text("stdout", "one\n")
    sink.text("stdout", "two\n")
    sink.text("stderr", "three\n")
    sink.output(dict(display, displayId="d"), 10)
    for _ in range(2):
        sink.update("d", {"data": {"text/plain": "again"}, "metadata": {}}, 10)
    sink.text("stdout", "x" * 90 + "\n")
    sink.text("stdout", "y" * 90 + "\n")
    sink.output(display, 10)
    sink.output(display, 10)
    sink.run_events.flush()
    sink.end()


def run(interrupt_at: int, tmp_path: Any, head: int | None) -> tuple[list[Event], str, int]:
    """Let a statement speak, interrupted at the given line of ours by code that prints. The events,
    the text that the recorder has, and how many lines were executed. `head`: the limit of text."""
    sent: list[Event] = []
    timer = Timer()
    events_of_run = RunEvents("run", sent.extend, timer, Limits(head, head and 1))
    noted = bytearray(SPILL)
    events_of_run.recorder = Recorder(noted)
    sink = StatementSink(events_of_run, 0)
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in FILES:
            return None
        count += 1
        if count == interrupt_at:
            # No other event comes before this returns: as with a handler, the line waits.
            sink.text("stdout", "late\n")
            sink.text("stderr", "later\n")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        speak(sink)
    finally:
        sys.settrace(before)
    while timer.waiting:
        timer.waiting.pop()()
    file = tmp_path / "noted"
    file.write_bytes(noted)
    kept, _ = read_last_words(file, "run", 0, 0)
    said = "".join(getattr(getattr(event, "output", None), "text", "") for event in kept)
    return sent, said, count


def told(events: list[Event]) -> str:
    return "".join(e["output"].get("text", "") for e in events if e["type"] == "output")


def test_code_that_prints_may_interrupt_any_line(tmp_path: Any) -> None:
    usual, _, count = run(0, tmp_path, None)
    assert count > 200
    for line in range(1, count + 1):
        sent, said, _ = run(line, tmp_path, None)
        assert told(sent).replace("late\n", "").replace("later\n", "") == told(usual), line
        for each in (told(sent), said):
            assert each.count("one\n") == each.count("late\n") == each.count("later\n") == 1, line


def test_also_where_text_is_beyond_its_limit(tmp_path: Any) -> None:
    _, _, count = run(0, tmp_path, 150)
    assert count > 300
    for line in range(1, count + 1):
        sent, _, _ = run(line, tmp_path, 150)
        cut = sum(event["bytes"] for event in sent if event["type"] == "truncated")
        # One display of ten characters is beyond the limit as well.
        whole = len("one\ntwo\nthree\nlate\nlater\n") + 2 * 91 + 10
        assert len(told(sent)) + cut == whole, line


@pytest.fixture(scope="module")
def bare() -> Iterator[Bare]:
    bare = Bare()
    yield bare
    bare.close()


# Whole lines, as `print("tick", ticks)` writes four texts, between which others may come.
TICKS = r"""import gc, signal, subprocess, sys
ticks = lines = 0
def tick(*_):
    global ticks
    print(f"tick {ticks}\n", end="")
    ticks += 1
class Gone:
    def __init__(self):
        self.me = self
    def __del__(self):
        print(f"gone {self.number}\n", end="")
def leave(number):
    gone = Gone()
    gone.number = number
signal.signal(signal.SIGALRM, tick)
"""
LOOP = r"""seen = 0
signal.setitimer(signal.ITIMER_REAL, 0.001)
while ticks < 200:
    print(f"line {lines}\n", end="")
    lines += 1
    if not lines % 10:
        leave(lines // 10)
    if not lines % 33:
        gc.collect()
    if seen < ticks:
        seen = ticks
        signal.setitimer(signal.ITIMER_REAL, 0.001)
signal.setitimer(signal.ITIMER_REAL, 0)
gc.collect()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no such signals")
@pytest.mark.parametrize("writes", [False, True], ids=["alone", "beside a child that writes"])
def test_a_signal_handler_and_a_destructor_print(bare: Bare, writes: bool) -> None:
    child = 'child = subprocess.Popen(["sh", "-c", "while :; do echo c; done"])\n'
    end = "child.kill(); child.wait()\n"
    script = TICKS + (child if writes else "") + LOOP + (end if writes else "")
    events = bare.run(script + "print(ticks, lines, file=sys.stderr)", maxText=1 << 30)
    assert events[-1]["status"] == "ok", [e for e in events if e["type"] == "output"][-1]
    said = text(events).splitlines()
    ticks, lines = map(int, text(events, stream="stderr").split())
    for word, count, first in (("tick", ticks, 0), ("line", lines, 0), ("gone", lines // 10, 1)):
        numbers = sorted(int(line.split()[1]) for line in said if line.startswith(word))
        assert numbers == list(range(first, count + first)), word
