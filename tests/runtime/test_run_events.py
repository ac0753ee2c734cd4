"""When the events of a run leave."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

import pytest

from rdit_ext.runtime import run_events
from rdit_ext.runtime.output_limits import Limits
from rdit_ext.runtime.run_events import MAX_BATCH, PERIOD, Event, RunEvents
from rdit_ext.runtime.statement_sink import StatementSink


class Clock:
    """A host whose time passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        heapq.heappush(self.timers, (self.now + seconds, next(self._numbers), function))
        return True

    def hand_over(self) -> None:
        pass

    def sleep(self, seconds: float) -> None:
        end = self.now + seconds
        while self.timers and self.timers[0][0] <= end:
            self.now, _, function = heapq.heappop(self.timers)
            function()
        self.now = end


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(run_events, "_clock", lambda: clock.now)
    return clock


def size_of(messages: list[list[Event]]) -> int:
    outputs = [event["output"] for events in messages for event in events if "output" in event]
    return sum(len(output["text"]) for output in outputs)


@pytest.mark.parametrize("pause", [0.005, 0.031, 0.04, 0.1])
def test_a_statement_that_redraws_sends_no_more_than_its_rate(clock: Clock, pause: float) -> None:
    messages: list[list[Event]] = []
    events = RunEvents("run", messages.append, clock, Limits(None))
    sink = StatementSink(events, 0)
    start = clock.now
    for number in range(500):
        sink.clear(True)
        sink.output({"type": "display", "text": "x" * MAX_BATCH * 8}, MAX_BATCH * 8)
        sink.output({"type": "display", "text": f"step {number}"}, 100)
        clock.sleep(pause)
    rate = MAX_BATCH / PERIOD
    # The first outputs of a run are sent at once.
    assert size_of(messages) < (run_events.EAGER + 2) * MAX_BATCH * 8 + rate * (clock.now - start)
    clock.sleep(run_events.LONGEST_PERIOD)
    assert messages[-1][-1]["output"]["text"] == "step 499"
    assert clock.timers == []


def test_there_is_one_timer_at_most(clock: Clock) -> None:
    messages: list[list[Event]] = []
    events = RunEvents("run", messages.append, clock, Limits(None))
    sink = StatementSink(events, 0)
    for number in range(1000):
        events.add_update("x", {"type": "update", "text": ""}, 2 * MAX_BATCH)
        sink.text("stdout", f"{number}\n")
        assert len(clock.timers) <= 1
        clock.sleep(0.005)
    clock.sleep(PERIOD)
    assert clock.timers == []
    assert messages[-1][-1]["output"]["text"] == "999\n"
