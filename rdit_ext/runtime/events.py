"""The output buffer of a run: order of events, coalescing, limits, and when messages are sent.

A `Feed` buffers the events of one run; an `Outlet` is the output of one statement. The dicts made
here are sent as they are: `protocol.py` describes them. This module does not know who receives.

Sending: the first events at once, then at most one message in `PERIOD` seconds, and no message much
larger than `MAX_BATCH`. Consecutive text of a statement is joined within a message.

Reentrance: a signal handler or a `__del__` of the script may print between any two instructions of
this module, in the thread that holds the lock. A call of an `Outlet` that finds its own thread in
there is put off: it is made by the next call from outside, by the timer, or at the statement's end.

Memory: the buffer is bounded by `MAX_BATCH`. Of a statement's text the first `HEAD` characters are
sent as they come; of the rest only the last `TAIL` characters are kept, in a ring.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from . import renditions
from .interrupts import shielded
from .recorder import CLEAR, RELEASED, Recorder

# Seconds between two messages.
PERIOD = 0.03
# Characters of buffered events at which a message is sent without waiting for the period.
MAX_BATCH = 128 * 1024
# Characters of text of one statement: the first HEAD are sent, then only the last TAIL are kept.
HEAD = 512 * 1024
TAIL = 64 * 1024
# While a statement writes beyond HEAD, its last LIVE characters are sent every LIVE_PERIOD seconds.
LIVE = 4 * 1024
LIVE_PERIOD = 1.0
# When a run has written RUN_TEXT characters, each further statement gets SMALL in place of HEAD and
# TAIL.
RUN_TEXT = 32 * 1024 * 1024
SMALL = 2 * 1024
# Displays of one statement: their number, and the characters of their MIME bundles. Beyond either
# limit only the last display is kept.
DISPLAYS = 1000
DISPLAY_SIZE = 64 * 1024 * 1024
# How many of the first outputs and `running` statuses of a run are sent at once, each by itself: a
# C function that never releases the GIL may follow, and the timer's thread would not get to run.
EAGER = 12

Event = dict[str, Any]
_clock = time.monotonic
_main = threading.main_thread().ident


class Sender(Protocol):
    """The part of `engine.Host` that a feed needs."""

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        """Call the function from another thread after `seconds`. False: the host cannot promise it,
        as nothing is called there while Python runs."""

    def hand_over(self) -> None:
        """Wait until what was sent has been passed to the sending thread, for some tens of
        milliseconds at most."""


class _Nobody:
    """In place of the host in a forked child, which sends nothing."""

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        return False

    def hand_over(self) -> None:
        pass


class Feed:
    """The events of one run. Methods may be called from any thread, also after the run."""

    def __init__(self, run: str, send: Callable[[list[Event]], None], host: Sender):
        self.run = run
        self.host = host
        self.room = RUN_TEXT
        self.head, self.tail = HEAD, TAIL
        self.displays = DISPLAYS
        self.largest = renditions.LARGEST
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
        self._last_outlet: Outlet | None = None
        self._last_stream = ""
        self._updates: dict[str, Event] = {}
        # The `running` status of the current statement, while it is still in the buffer.
        self._begun: Event | None = None
        self._armed = False
        self._sent = 0.0
        self._eager = EAGER

    def limit(self, head: int | None, displays: int | None, largest: int | None = None) -> None:
        """Set the limits of each statement of the run; None leaves the default.

        `head`: characters of text; `displays`: number of displays; `largest`: characters of the
        MIME bundle of one display.
        """
        if largest is not None:
            self.largest = largest
        if head is not None:
            self.head, self.tail = head, head * TAIL // HEAD
        if displays is not None:
            self.displays = displays

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
            self._events.append(event)
            self._last_outlet = None
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
            self._last_outlet = None
            self._size += 100

    @shielded
    def add_text(self, outlet: Outlet, stream: str, text: str) -> None:
        """Add text of a statement. It is joined to the last event if that is text of the same
        statement and stream."""
        with self.lock:
            recorder = self.recorder
            if self._last_outlet is outlet and self._last_stream == stream:
                if recorder is not None:
                    recorder.more_text(self.messages, outlet.node_index, stream, text)
                self._texts[-1]["text"].append(text)
            else:
                if recorder is not None:
                    recorder.text(self.messages, outlet.node_index, stream, text)
                output = {"type": stream, "text": [text]}
                self._texts.append(output)
                self._events.append(
                    {
                        "type": "output",
                        "run": self.run,
                        "nodeIndex": outlet.node_index,
                        "output": output,
                    }
                )
                self._last_outlet = outlet
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
            kept = {id(event.get("output")) for event in self._events}
            self._texts = [text for text in self._texts if id(text) in kept]
            self._last_outlet = None
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
            self._armed = self.host.call_later(PERIOD, self.flush)

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
            self._armed = False
            if not self._events:
                return
            events, self._events = [event for event in self._events if event], []
            self._begun = None
            for output in self._texts:
                output["text"] = clean("".join(output["text"]))
            self._texts = []
            self._updates = {}
            self._last_outlet = None
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
        now = _clock()
        if self._size >= MAX_BATCH:
            self._flush()
        elif whole and now - self._sent >= PERIOD:
            self._flush()
            return True
        elif eager and self._eager:
            self._eager -= 1
            self._flush()
            return True
        elif not self._armed:
            wait = max(0.002, PERIOD - (now - self._sent))
            self._armed = self.host.call_later(wait, self.flush)
        return False

    def _see_it_leave(self) -> None:
        """Give the sending thread the GIL until it has taken the message: a C function that holds
        the GIL for long may follow.

        Not with the lock held: the timer's `flush` may be waiting for the lock in the sending
        thread.
        """
        if threading.get_ident() == _main and not self.is_inside():
            self.host.hand_over()

    def _deliver(self, events: list[Event]) -> None:
        self.messages += 1
        try:
            self._send(events)
        except Exception as error:
            # An event has a value that JSON cannot encode. Send each of the events by itself, and a
            # note in place of that one.
            if len(events) > 1:
                for event in events:
                    self._deliver([event])
            elif events[0]["type"] == "output":
                text = f"This output could not be sent: {error!r}\n"
                output = {"type": "stderr", "text": clean(text)}
                self._send([{**events[0], "output": output}])
            else:
                raise


_CLEARED = ("output", "clear", "truncated")


class Outlet:
    """The output of one statement. It outlives the run, as threads and tasks may still write."""

    __slots__ = (
        "_clearing",
        "_display_room",
        "_displays",
        "_dropped",
        "_ended",
        "_kept",
        "_room",
        "_tail",
        "_tail_bytes",
        "_tail_size",
        "_told",
        "_will_tell",
        "feed",
        "node_index",
    )

    def __init__(self, feed: Feed, node_index: int):
        self.feed = feed
        self.node_index = node_index
        self._room = feed.head if feed.room > 0 else SMALL
        self._tail: deque[tuple[str, str]] | None = None
        # Its size in characters and in bytes of UTF-8.
        self._tail_size = self._tail_bytes = 0
        # Bytes of UTF-8 that were dropped and not reported yet.
        self._dropped = 0
        self._told = 0.0
        self._will_tell = False
        self._displays = 0
        self._display_room = DISPLAY_SIZE
        self._kept: tuple[Event, int] | None = None
        self._clearing = False
        self._ended = False

    # Each of these methods puts itself off if this thread holds the lock, unless the call was put
    # off already: `is_late`.

    @shielded
    def text(self, stream: str, text: str, is_late: bool = False) -> None:
        """Output text on the stream `stdout` or `stderr`."""
        feed = self.feed
        if feed.is_inside():
            if not is_late:
                feed.put_off(partial(self.text, stream, text, True))
                return
        elif feed.late:
            feed.catch_up()
        length = len(text)
        if self._clearing:
            self._clear()
        feed.room -= length
        if length <= self._room:
            self._room -= length
            feed.add_text(self, stream, text)
        elif text:
            self._overflow(stream, text)

    @shielded
    def output(self, output: Event, size: int, is_late: bool = False) -> None:
        """Output a result, a display or an error. `size`: approximate characters of its data.

        Data larger than the run's limit is replaced by a smaller rendition and a note on stderr.
        """
        feed = self.feed
        if not is_late and self._is_put_off(self.output, output, size):
            return
        if self._clearing:
            self._clear()
        note = ""
        if size > feed.largest and "data" in output:
            output, size, note = renditions.smaller(output, feed.largest)
        event = {"type": "output", "run": feed.run, "nodeIndex": self.node_index, "output": output}
        if output["type"] == "display":
            if "displayId" in output:
                feed.forget_update(output["displayId"])
            self._displays += 1
            self._display_room -= size
            if self._displays > feed.displays or self._display_room < 0:
                with feed.lock:
                    if self._kept is not None:
                        self._dropped += self._kept[1]
                    self._kept = (event, size)
                    self._tell()
                return
        feed.add(event, size, eager=True)
        if note:
            self.text("stderr", note, is_late)

    @shielded
    def update(self, display_id: str, output: Event, size: int, is_late: bool = False) -> None:
        """Replace the data of the display with this id, in whichever statement it is."""
        if not is_late and self._is_put_off(self.update, display_id, output, size):
            return
        note = ""
        if size > self.feed.largest:
            output, size, note = renditions.smaller(output, self.feed.largest)
        event = {"type": "update", "run": self.feed.run, "displayId": display_id, **output}
        self.feed.add_update(display_id, event, size)
        if note:
            self.text("stderr", note, is_late)

    @shielded
    def clear(self, wait: bool, is_late: bool = False) -> None:
        """Clear the outputs so far; with `wait`, not before the next output comes."""
        if not is_late and self._is_put_off(self.clear, wait):
            return
        self._clearing = True
        if not wait:
            self._clear(False)

    def _is_put_off(self, method: Callable[..., None], *arguments: Any) -> bool:
        feed = self.feed
        if feed.is_inside():
            feed.put_off(partial(method, *arguments, True))
            return True
        if feed.late:
            feed.catch_up()
        return False

    @shielded
    def left_out(self, count: int) -> None:
        """Report that this many bytes of text were lost before they got here."""
        with self.feed.lock:
            self._dropped += count
            self._tell(now=True)

    @shielded
    def release(self) -> None:
        """Send the tail of the text and the last display, which were kept back at their limits: the
        statement's last outputs are known now."""
        if self._tail is not None or self._kept is not None or self._dropped:
            with self.feed.lock:
                self._tell(now=True)
                if self.feed.recorder is not None:
                    self.feed.recorder.mark(self.feed.messages, self.node_index, RELEASED)
                tail, self._tail = self._tail, None
                self._tail_size = self._tail_bytes = 0
                for stream, text in tail or ():
                    self.feed.add_text(self, stream, text)
                if self._kept is not None:
                    event, size = self._kept
                    self._kept = None
                    self.feed.add(event, size)

    @shielded
    def end(self) -> None:
        """Note that the statement has ended, and send what was kept back."""
        if self.feed.late:
            self.feed.catch_up()
        if self._clearing:
            self._clear()
        self._ended = True
        self.release()

    def _clear(self, wait: bool = True) -> None:
        with self.feed.lock:
            if not self._clearing:
                return  # done meanwhile, by what has interrupted us
            self._clearing = False
            self.feed.drop_outputs(self.node_index)
            if self.feed.recorder is not None:
                self.feed.recorder.mark(self.feed.messages, self.node_index, CLEAR)
            event = {"type": "clear", "run": self.feed.run, "nodeIndex": self.node_index}
            self.feed.add({**event, "wait": True} if wait else event)
            # Cleared output does not count towards the limits.
            self._room = self.feed.head if self.feed.room > 0 else SMALL
            self._display_room = DISPLAY_SIZE
            self._tail = self._kept = None
            self._tail_size = self._tail_bytes = self._dropped = self._displays = 0

    def _overflow(self, stream: str, text: str) -> None:
        """Take text beyond the limit: send what still fits, keep the end in a ring, and count the
        bytes that are dropped from the ring."""
        with self.feed.lock:
            if self._room > 0:
                head, text = text[: self._room], text[self._room :]
                self._room = 0
                self.feed.add_text(self, stream, head)
            limit = 0 if self._ended else self.feed.tail if self.feed.room > 0 else SMALL
            if len(text) > limit:
                cut = len(text) - limit
                self._dropped += count_bytes(text[:cut])
                text = text[cut:]
            if text:
                if self._tail is None:
                    self._tail = deque()
                    self._told = self._told or _clock()
                self._tail.append((stream, text))
                if self.feed.recorder is not None:
                    before = self._dropped + self._tail_bytes
                    self.feed.recorder.held_text(before, self.node_index, stream, text)
                self._tail_size += len(text)
                self._tail_bytes += count_bytes(text)
                while self._tail_size > limit:
                    stream, old = self._tail.popleft()
                    excess = self._tail_size - limit
                    if len(old) > excess:
                        self._tail.appendleft((stream, old[excess:]))
                        old = old[:excess]
                    size = count_bytes(old)
                    self._tail_size -= len(old)
                    self._tail_bytes -= size
                    self._dropped += size
            self._tell()

    def _tell(self, now: bool = False) -> None:
        """Add a `truncated` event: the bytes dropped since the last one, and the end of the text.
        At most one in `LIVE_PERIOD`, unless `now`, which leaves out the end of the text."""
        wait = self._told + LIVE_PERIOD - _clock()
        if not now and wait > 0:
            if not self._will_tell:
                self._will_tell = self.feed.host.call_later(wait, self._tell_later)
            return
        live = "" if now else self._live()
        if not self._dropped and not live:
            return
        self._told = _clock()
        dropped, self._dropped = self._dropped, 0
        event: Event = {
            "type": "truncated",
            "run": self.feed.run,
            "nodeIndex": self.node_index,
            "bytes": dropped,
        }
        if live:
            event["tail"] = live
        self.feed.add(event, 100 + len(live))
        if dropped and self._tail is not None and self.feed.recorder is not None:
            # What is reported no longer counts as before the text that is kept.
            self.feed.recorder.held(self.node_index, self._tail_bytes)

    @shielded
    def _tell_later(self) -> None:
        """Called by a timer: report the end of the text although the statement may have stopped
        writing for now."""
        with self.feed.lock:
            self._will_tell = False
            if self._tail is not None or self._ended:
                self._tell(now=self._ended)

    def _live(self) -> str:
        """The last `LIVE` characters in the ring."""
        parts: list[str] = []
        room = LIVE
        for _, text in reversed(self._tail or ()):
            parts.append(text[-room:])
            room -= len(text)
            if room <= 0:
                break
        return clean("".join(reversed(parts)))


def clean(text: str) -> str:
    """The text with lone surrogates escaped (`\\udc80`), because UTF-8 cannot encode them."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()
    return text


def count_bytes(text: str) -> int:
    """The length of the text in bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="backslashreplace"))
