"""The events of a run on their way out: their order, coalescing, and when messages are sent.

The dicts made here are sent as they are: `protocol.py` describes them. This module does not know
who receives.

Sending: the first events at once, then at most one message in `PERIOD` seconds, and no message much
larger than `MAX_BATCH` (of a statement that has cleared its outputs: `MAX_REDRAWN`), which bounds
the memory. Consecutive text of a statement is joined within a message. What a statement clears is
not sent if it is still in the buffer. One that clears and writes again and again, as animations do,
has a limited rate: after a large message the buffer rests for as long as `MAX_BATCH` in each
`PERIOD` would take, `LONGEST_PERIOD` at most, and what is cleared meanwhile is never sent.

Reentrance: a signal handler or a `__del__` of the script may print between any two instructions
here, in the thread that holds the lock. A call of a `StatementSink` that finds its own thread in
here is put off: it is made by the next call from outside, by the timer, or at the statement's end.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from .output_limits import RUN_TEXT, Limits
from .recorder import Recorder
from .shields import shielded
from .utf8 import clean

# Seconds between two messages.
PERIOD = 0.03
# Characters of buffered events at which a message is sent without waiting for the period.
MAX_BATCH = 128 * 1024
# The same for a statement that has cleared its outputs: more than any one output has.
MAX_REDRAWN = 32 * 1024 * 1024
# Seconds between two of its messages at most.
LONGEST_PERIOD = 0.5
# How many of the first outputs and `running` statuses of a run are sent at once, each by itself: a
# C function that never releases the GIL may follow, and the timer's thread would not get to run.
EAGER = 12
# Events that a statement's `clear` removes.
_CLEARED = ("output", "clear", "truncated")

Event = dict[str, Any]
Send = Callable[[list[Event]], None]
_clock = time.monotonic
_main = threading.main_thread().ident


class Sink(Protocol):
    """The part of a `StatementSink` that its run needs."""

    node_index: int


class Sender(Protocol):
    """The part of `Host` that a run's events need."""

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        """Call the function from another thread after `seconds`. False: the host cannot promise it,
        as nothing is called there while Python runs."""

    def hand_over(self) -> None:
        """Wait until what was sent has been passed to the sending thread, for some tens of
        milliseconds at most."""

    def log(self, text: str) -> None:
        """Write to the host's own log, which is no output of a script."""


class _Nobody:
    """In place of the host in a forked child, which sends nothing."""

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        return False

    def hand_over(self) -> None:
        pass

    def log(self, text: str) -> None:
        pass


class RunEvents:
    """The events of one run. Methods may be called from any thread, also after the run."""

    def __init__(self, run: str, send: Send, host: Sender, limits: Limits | None = None):
        self.run = run
        self.host = host
        self.limits = limits or Limits()
        # How many characters of text the run may still write before its statements get less room.
        self.room = RUN_TEXT
        # Reentrant, as the methods here call each other with it held.
        self.lock = threading.RLock()
        # Whether the calling thread holds the lock.
        self.is_inside: Callable[[], bool] = self.lock._is_owned  # type: ignore[attr-defined]
        # The calls that were put off, in order.
        self.late: deque[Callable[[], None]] = deque()
        # Records outputs in shared memory until they are sent, in case that the process crashes.
        self.recorder: Recorder | None = None
        # How many messages were sent.
        self.messages = 0
        self._send = send
        self._events: list[Event] = []
        self._size = 0
        self._texts: list[Event] = []
        self._last_sink: Sink | None = None
        self._last_stream = ""
        self._updates: dict[str, Event] = {}
        # The `running` status of the current statement, while it is still in the buffer.
        self._begun: Event | None = None
        # There is a timer. One at most: only its own call of `_flush_in_time` ends it.
        self._armed = False
        # The statement has cleared its outputs.
        self._redraws = False
        self._sent = 0.0
        self._period = PERIOD
        self._eager = EAGER

    @shielded
    def add(self, event: Event, size: int = 100, eager: bool = False, more: bool = False) -> None:
        """Buffer an event, and send the buffer when it is time to.

        `size`: approximate characters. `eager`: send at once if it is among the first of the run.
        `more`: send nothing now, because another event follows at once.
        """
        with self.lock:
            if self.recorder is not None:
                if event["type"] == "output":
                    self.recorder.output(self.messages, event["nodeIndex"], event["output"], size)
                elif event["type"] == "truncated" and event["bytes"]:
                    self.recorder.left_out(self.messages, event["nodeIndex"], event["bytes"])
                elif event["type"] == "plan":
                    self.recorder.plan(self.messages, event)
            self._events.append(event)
            self._last_sink = None
            self._size += size
            if more:
                return
            if self._armed and self._size < MAX_BATCH and not (eager and self._eager):
                return
            left = self._pace(eager)
        if left:
            self._see_it_leave()

    @shielded
    def begin(self, event: Event) -> None:
        """Add the `running` status of a statement."""
        with self.lock:
            self._begun = event
        self.add(event, eager=True)

    @shielded
    def end(self, event: Event) -> None:
        """Add the final status of a statement. If its `running` status is still in the buffer, that
        one is removed: nobody could have seen the statement run, and a run of many small statements
        has a third fewer events."""
        with self.lock:
            begun, self._begun = self._begun, None
            if begun is not None:
                if self._events[-1] is begun:
                    self._events.pop()
                else:
                    begun.clear()
                self._size -= 100
            self._events.append(event)
            self._last_sink = None
            self._size += 100
            self._redraws = False

    @shielded
    def add_text(self, sink: Sink, stream: str, text: str) -> None:
        """Add text of a statement. It is joined to the last event if that is text of the same
        statement and stream."""
        with self.lock:
            recorder = self.recorder
            if self._last_sink is sink and self._last_stream == stream:
                if recorder is not None:
                    recorder.more_text(self.messages, sink.node_index, stream, text)
                self._texts[-1]["text"].append(text)
            else:
                if recorder is not None:
                    recorder.text(self.messages, sink.node_index, stream, text)
                output = {"type": stream, "text": [text]}
                self._texts.append(output)
                self._events.append(
                    {
                        "type": "output",
                        "run": self.run,
                        "nodeIndex": sink.node_index,
                        "output": output,
                    }
                )
                self._last_sink = sink
                self._last_stream = stream
                self._size += 100
            self._size += len(text)
            if self._armed and self._size < MAX_BATCH and not self._eager:
                return
            # Only whole lines are sent at once: `print("a", 1)` calls `write` four times.
            whole = text.endswith("\n")
            left = self._pace(whole, whole)
        if left:
            self._see_it_leave()

    @shielded
    def add_update(self, display_id: str, event: Event, size: int) -> None:
        """Add an update of a display. It replaces an update of the same display in the buffer."""
        with self.lock:
            waiting = self._updates.get(display_id)
            if waiting is not None:
                waiting.update(event)
            else:
                self._updates[display_id] = event
                self.add(event, size)

    @shielded
    def drop_outputs(self, node_index: int) -> None:
        """Remove the outputs of a statement from the buffer, because it has cleared them."""
        with self.lock:
            self._events = [
                event
                for event in self._events
                if event.get("nodeIndex") != node_index or event["type"] not in _CLEARED
            ]
            self._redraws = True
            kept = {id(event.get("output")) for event in self._events}
            self._texts = [text for text in self._texts if id(text) in kept]
            self._last_sink = None
            waiting = sum(len(part) for text in self._texts for part in text["text"])
            self._size = waiting + 100 * len(self._events)

    def forget_update(self, display_id: str) -> None:
        """Called when a new display has this id: later updates must not be merged into an update
        of the old display, which stands before the new one in the buffer."""
        self._updates.pop(display_id, None)

    def put_off(self, call: Callable[[], None]) -> None:
        """Make this call soon, when the thread, which holds the lock, has left it."""
        self.late.append(call)
        if not self._armed:
            self._armed = self.host.call_later(PERIOD, self._flush_in_time)

    @shielded
    def catch_up(self) -> None:
        """Make the calls that were put off. Not to be called with the lock held."""
        with self.lock:
            # Calls that come in meanwhile are put off too, and stay in order by that.
            while self.late:
                self.late.popleft()()

    @shielded
    def flush(self) -> None:
        """Send all that is in the buffer, as one message."""
        if self.is_inside():
            self.put_off(self._flush)
            return
        if self.late:
            self.catch_up()
        self._flush()

    def _flush(self) -> None:
        with self.lock:
            if not self._events:
                return
            events, self._events = [event for event in self._events if event], []
            self._begun = None
            for output in self._texts:
                output["text"] = clean("".join(output["text"]))
            self._texts = []
            self._updates = {}
            self._last_sink = None
            rest = PERIOD * self._size / MAX_BATCH if self._redraws else 0
            self._period = min(max(PERIOD, rest), LONGEST_PERIOD)
            self._size = 0
            self._sent = _clock()
            self._deliver(events)

    @shielded
    def sync(self) -> None:
        """Send all that is in the buffer, and wait until the sending thread has it."""
        self.flush()
        self.host.hand_over()

    def mute(self) -> None:
        """Send nothing from now on: this is a forked child, and the parent reports the run."""
        self.lock = threading.RLock()  # a thread of the parent may have held the old one
        self.is_inside = self.lock._is_owned  # type: ignore[attr-defined]
        self.late.clear()
        self.recorder = None
        self._send = lambda events: None
        self.host = _Nobody()

    def _pace(self, eager: bool, whole: bool = True) -> bool:
        """Send the buffer if it is time to, or else start a timer that will.

        Returns whether it was sent because of the time, so that the user sees it now, rather than
        because it was full.
        """
        wait = self._sent + self._period - _clock()
        if self._size >= (MAX_REDRAWN if self._redraws else MAX_BATCH):
            self._flush()
        elif whole and wait <= 0:
            self._flush()
            return True
        elif eager and self._eager:
            self._eager -= 1
            self._flush()
            return True
        elif not self._armed:
            self._armed = self.host.call_later(max(0.002, wait), self._flush_in_time)
        return False

    @shielded
    def _flush_in_time(self) -> None:
        """Called by the timer, which may have been started before the last message."""
        if self.is_inside():
            self._armed = False
            self.put_off(self._flush)
            return
        if self.late:
            self.catch_up()
        with self.lock:
            wait = self._sent + self._period - _clock()
            self._armed = bool(self._events) and wait > 0.002
            if self._armed:
                self._armed = self.host.call_later(wait, self._flush_in_time)
                if self._armed:
                    return
        self.flush()

    def _see_it_leave(self) -> None:
        """Give the sending thread the GIL until it has taken the message: a C function that holds
        the GIL for long may follow.

        Not with the lock held: the timer's `flush` may be waiting for the lock in the sending
        thread.
        """
        if threading.get_ident() == _main and not self.is_inside():
            self.host.hand_over()

    def _deliver(self, events: list[Event]) -> None:
        try:
            self._count_and_send(events)
        except Exception as error:
            # An event has a value that JSON cannot encode. Send each of the events by itself, and a
            # note in place of that one.
            if len(events) > 1:
                for event in events:
                    self._deliver([event])
            elif events[0]["type"] == "output":
                text = f"This output could not be sent: {error!r}\n"
                output = {"type": "stderr", "text": clean(text)}
                self._count_and_send([{**events[0], "output": output}])
            else:
                raise

    def _count_and_send(self, events: list[Event]) -> None:
        # Before it is sent: whoever has got it finds it counted.
        self._count(1)
        try:
            self._send(events)
        except BaseException:
            self._count(-1)
            raise

    def _count(self, messages: int) -> None:
        self.messages += messages
        if self.recorder is not None:
            self.recorder.sent(self.messages)
