"""The output of one statement, within its limits.

Of a statement's text the first `Limits.head` characters are sent as they come; of the rest only the
last `Limits.tail` characters are kept, and sent at its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from . import renditions
from .output_limits import DISPLAY_SIZE, LIVE, LIVE_PERIOD, SMALL
from .recorder import CLEAR, RELEASED
from .run_events import Event, RunEvents
from .shields import shielded
from .text_tail import TextTail
from .utf8 import count_bytes

if TYPE_CHECKING:
    from .host import Host

_clock = time.monotonic


class StatementSink:
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
        "_told",
        "_will_tell",
        "node_index",
        "run_events",
    )

    def __init__(self, run_events: RunEvents, node_index: int):
        self.run_events = run_events
        self.node_index = node_index
        self._room = run_events.limits.head if run_events.room > 0 else SMALL
        self._tail: TextTail | None = None
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
        run_events = self.run_events
        if run_events.is_inside():
            if not is_late:
                run_events.put_off(partial(self.text, stream, text, True))
                return
        elif run_events.late:
            run_events.catch_up()
        length = len(text)
        if self._clearing:
            self._clear()
        run_events.room -= length
        if length <= self._room:
            self._room -= length
            run_events.add_text(self, stream, text)
        elif text:
            self._overflow(stream, text)

    @shielded
    def output(self, output: Event, size: int, is_late: bool = False) -> None:
        """Output a result, a display or an error. `size`: approximate characters of its data.

        Data larger than the run's limit is replaced by a smaller rendition and a note on stderr.
        """
        run_events = self.run_events
        # As `_is_put_off`, which would take a call of Python's for each result.
        if run_events.is_inside():
            if not is_late:
                run_events.put_off(partial(self.output, output, size, True))
                return
        elif run_events.late:
            run_events.catch_up()
        if self._clearing:
            self._clear()
        note = ""
        if size > run_events.limits.largest and "data" in output:
            output, size, note = renditions.smaller(output, run_events.limits.largest)
        event = {
            "type": "output",
            "run": run_events.run,
            "nodeIndex": self.node_index,
            "output": output,
        }
        if output["type"] == "display":
            if "displayId" in output:
                run_events.forget_update(output["displayId"])
            self._displays += 1
            self._display_room -= size
            if self._displays > run_events.limits.displays or self._display_room < 0:
                with run_events.lock:
                    if self._kept is not None:
                        self._dropped += self._kept[1]
                    self._kept = (event, size)
                    self._tell()
                return
        run_events.add(event, size, eager=True)
        if note:
            self.text("stderr", note, is_late)

    @shielded
    def update(self, display_id: str, output: Event, size: int, is_late: bool = False) -> None:
        """Replace the data of the display with this id, in whichever statement it is."""
        if not is_late and self._is_put_off(self.update, display_id, output, size):
            return
        note = ""
        if size > self.run_events.limits.largest:
            output, size, note = renditions.smaller(output, self.run_events.limits.largest)
        event = {"type": "update", "run": self.run_events.run, "displayId": display_id, **output}
        self.run_events.add_update(display_id, event, size)
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
        run_events = self.run_events
        if run_events.is_inside():
            run_events.put_off(partial(method, *arguments, True))
            return True
        if run_events.late:
            run_events.catch_up()
        return False

    @shielded
    def left_out(self, count: int) -> None:
        """Report that this many bytes of text were lost before they got here."""
        with self.run_events.lock:
            self._dropped += count
            self._tell(now=True)

    @shielded
    def release(self) -> None:
        """Send the tail of the text and the last display, which were kept back at their limits: the
        statement's last outputs are known now."""
        if self._tail is not None or self._kept is not None or self._dropped:
            with self.run_events.lock:
                self._tell(now=True)
                if self.run_events.recorder is not None:
                    self.run_events.recorder.mark(
                        self.run_events.messages, self.node_index, RELEASED
                    )
                tail, self._tail = self._tail, None
                for stream, text in tail or ():
                    self.run_events.add_text(self, stream, text)
                if self._kept is not None:
                    event, size = self._kept
                    self._kept = None
                    self.run_events.add(event, size)

    @shielded
    def end(self) -> None:
        """Note that the statement has ended, and send what was kept back."""
        if self.run_events.late:
            self.run_events.catch_up()
        if self._clearing:
            self._clear()
        self._ended = True
        self.release()

    def _clear(self, wait: bool = True) -> None:
        with self.run_events.lock:
            if not self._clearing:
                return  # done meanwhile, by what has interrupted us
            self._clearing = False
            self.run_events.drop_outputs(self.node_index)
            if self.run_events.recorder is not None:
                self.run_events.recorder.mark(self.run_events.messages, self.node_index, CLEAR)
            event = {"type": "clear", "run": self.run_events.run, "nodeIndex": self.node_index}
            self.run_events.add({**event, "wait": True} if wait else event)
            # Cleared output does not count towards the limits.
            self._room = self.run_events.limits.head if self.run_events.room > 0 else SMALL
            self._display_room = DISPLAY_SIZE
            self._tail = self._kept = None
            self._dropped = self._displays = 0

    def _overflow(self, stream: str, text: str) -> None:
        """Take text beyond the limit: send what still fits, keep the end in a ring, and count the
        bytes that are dropped from the ring."""
        with self.run_events.lock:
            if self._room > 0:
                head, text = text[: self._room], text[self._room :]
                self._room = 0
                self.run_events.add_text(self, stream, head)
            if self._ended:
                limit = 0
            else:
                limit = self.run_events.limits.tail if self.run_events.room > 0 else SMALL
            if len(text) > limit:
                cut = len(text) - limit
                self._dropped += count_bytes(text[:cut])
                text = text[cut:]
            if text:
                if self._tail is None:
                    self._tail = TextTail()
                    self._told = self._told or _clock()
                if self.run_events.recorder is not None:
                    before = self._dropped + self._tail.bytes
                    self.run_events.recorder.held_text(before, self.node_index, stream, text)
                self._dropped += self._tail.add(stream, text, limit)
            self._tell()

    def _tell(self, now: bool = False) -> None:
        """Add a `truncated` event: the bytes dropped since the last one, and the end of the text.
        At most one in `LIVE_PERIOD`, unless `now`, which leaves out the end of the text."""
        wait = self._told + LIVE_PERIOD - _clock()
        if not now and wait > 0:
            if not self._will_tell:
                self._will_tell = self.run_events.host.call_later(wait, self._tell_later)
            return
        live = "" if now or self._tail is None else self._tail.last(LIVE)
        if not self._dropped and not live:
            return
        self._told = _clock()
        dropped, self._dropped = self._dropped, 0
        event: Event = {
            "type": "truncated",
            "run": self.run_events.run,
            "nodeIndex": self.node_index,
            "bytes": dropped,
        }
        if live:
            event["tail"] = live
        self.run_events.add(event, 100 + len(live))
        if dropped and self._tail is not None and self.run_events.recorder is not None:
            # What is reported no longer counts as before the text that is kept.
            self.run_events.recorder.held(self.node_index, self._tail.bytes)

    @shielded
    def _tell_later(self) -> None:
        """Called by a timer: report the end of the text although the statement may have stopped
        writing for now."""
        with self.run_events.lock:
            self._will_tell = False
            if self._tail is not None or self._ended:
                self._tell(now=self._ended)


def discarding(host: Host) -> StatementSink:
    """A sink whose output goes nowhere: of what runs beside the script, or between its runs."""
    return StatementSink(RunEvents("", lambda events: None, host), 0)
