"""A ring buffer, in the shared file of `crash_marker.py`, with a run's plan and latest outputs.

Events are sent in batches and by another thread, so the outputs of the last tens of milliseconds
are lost when the process crashes or is killed. They are recorded here as well, and when the server
finds the process dead it adds those that it has not received. To tell which, the messages of a run
are numbered from 1, and each record has the number n of messages sent before it: its output comes
with message n + 1, and is missing if that message has not arrived. Only of text that the sink
keeps back (HELD) the number is another: how many bytes before it were left out or kept back and are
not in a message. A HELD record without text stands where that number became less, as they were
reported to be left out: of the text before it, the last so many bytes are still kept back.

    from byte 2048    which half is being written, and the number of the last message of which an
                      output may have been overwritten
    from byte 2056    how many messages were sent
    from byte BOX     two halves of records. A record: the number, the nodeIndex, a kind, the length
                      of the data, the data. After the last record there is a head of zeros

When one half is full the other, older one is overwritten. It is zeroed a piece at a time, ahead of
the records. The head of a record is written after its data and after the zeros behind it, so that
a process that ends in between leaves no part of the record. Text that extends a record is written
before its length is: a process that ends there leaves a part of the text in the place of the next
head. The reader stops at a head that cannot be one.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from .spill import SPILL

HEADER, SENT, BOX = 2048, 2056, 4096
HALF = (SPILL - BOX) // 2
END, STDOUT, STDERR, RESULT, OUTPUT, CLEAR, HELD_STDOUT, HELD_STDERR, RELEASED, LOST = range(10)
PLAN = 10
# Bytes of a record at most; larger outputs are recorded as LOST, with their size.
_MOST = 64 * 1024

_header = struct.Struct("<II")
_record = struct.Struct("<IiBI")
_length = struct.Struct("<I")
_pack, _pack_length = _record.pack_into, _length.pack_into
_HEAD = _record.size
# Bytes that are zeroed beyond those needed, so that most records need no zeroing.
_AHEAD = 4096


class Recorder:
    """Records the outputs of one run in the mapped file `noted`, discarding older records.

    In each method `number` is the count of messages that the run had sent before this output.
    """

    def __init__(self, noted: Any):
        self._bytes = noted
        self._half = 0
        # The offset of the next record, and up to which it may extend: the zeros that have been
        # written, less one head, which must remain behind the record.
        self._at = BOX
        self._limit = BOX - _HEAD
        # The offset of the length field of a text record that may be extended; 0: there is none.
        self._growing = 0
        # The number in the last record, and the last message with an output in the other half.
        self._number = self._other = 0
        _header.pack_into(noted, HEADER, 0, 0)
        self.sent(0)
        for half in (0, 1):
            _pack(noted, BOX + half * HALF, 0, 0, END, 0)

    def sent(self, messages: int) -> None:
        """Record that this many messages were sent."""
        _length.pack_into(self._bytes, SENT, messages)

    def plan(self, number: int, plan: dict[str, Any]) -> None:
        """Record what the run will execute: without it nothing else of the run can be shown. Not if
        it is too large, and then it takes no time either."""
        if sum(len(statement["source"]) for statement in plan["statements"]) > _MOST:
            return
        data = json.dumps(plan).encode()
        if len(data) <= 2 * _MOST:
            self._put(number, -1, PLAN, data)

    # Every `print` calls these two, so that they have the fast path of `_put` inlined.

    def text(self, number: int, node_index: int, stream: str, text: str) -> None:
        """Record text on `stdout` or `stderr`."""
        try:
            data = text.encode()  # half the time of a call with an error handler
        except UnicodeEncodeError:
            data = text.encode("utf-8", "backslashreplace")
        size = len(data)
        at = self._at
        start = at + _HEAD
        end = start + size
        if end > self._limit or size > _MOST:
            self._put_text(number, node_index, STDERR if stream == "stderr" else STDOUT, data)
            return
        noted = self._bytes
        noted[start:end] = data
        _pack(noted, at, number, node_index, STDERR if stream == "stderr" else STDOUT, size)
        self._at = end
        self._number = number
        self._growing = start - _length.size

    def more_text(self, number: int, node_index: int, stream: str, text: str) -> None:
        """Record text of the same message, statement and stream as the last record, which is
        extended by it."""
        try:
            data = text.encode()  # half the time of a call with an error handler
        except UnicodeEncodeError:
            data = text.encode("utf-8", "backslashreplace")
        at = self._at
        end = at + len(data)
        growing = self._growing
        if end > self._limit or not growing:
            self.text(number, node_index, stream, text)
            return
        noted = self._bytes
        noted[at:end] = data
        _pack_length(noted, growing, end - growing - _length.size)
        self._at = end

    def held_text(self, before: int, node_index: int, stream: str, text: str) -> None:
        """Record text that the sink keeps back in its ring. `before`: how many bytes before it
        are left out or kept back and were not reported."""
        data = text.encode("utf-8", "backslashreplace")
        kind = HELD_STDERR if stream == "stderr" else HELD_STDOUT
        start = 0
        while start < len(data):
            end = _boundary(data, start + _MOST)
            self._put(before + start, node_index, kind, data[start:end])
            start = end

    def held(self, node_index: int, count: int) -> None:
        """Record that only the last so many bytes of the text kept back are still there. What was
        left out before has been reported."""
        self._put(count, node_index, HELD_STDOUT, b"")

    def left_out(self, number: int, node_index: int, count: int) -> None:
        """Record that this many bytes of the statement's output are not in a message."""
        self._put(number, node_index, LOST, b"%d" % count)

    def _put_text(self, number: int, node_index: int, kind: int, data: bytes) -> None:
        if len(data) > _MOST:
            cut = _boundary(data, len(data) - _MOST)
            self.left_out(number, node_index, cut)
            data = data[cut:]
        self._put(number, node_index, kind, data)

    def output(self, number: int, node_index: int, output: dict[str, Any], size: int) -> None:
        """Record a result, a display or an error. `size`: approximate characters."""
        data = output.get("data", ())
        if len(data) == 1 and "text/plain" in data and output["type"] == "result":
            kind, noted = RESULT, data["text/plain"].encode("utf-8", "backslashreplace")
        elif size > _MOST:
            kind, noted = LOST, b"%d" % size
        else:
            try:
                kind, noted = OUTPUT, json.dumps(output).encode()
            except (TypeError, ValueError):
                return  # it cannot be sent either: `RunEvents` sends a note in its place
        if len(noted) > 2 * _MOST:
            kind, noted = LOST, b"%d" % len(noted)
        self._put(number, node_index, kind, noted)

    def mark(self, number: int, node_index: int, kind: int) -> None:
        """Record that the statement's outputs were cleared (CLEAR), or that the text kept back is
        sent now (RELEASED)."""
        self._put(number, node_index, kind, b"")

    def _put(self, number: int, node_index: int, kind: int, data: bytes) -> None:
        size = len(data)
        if self._at + _HEAD + size > self._limit:
            self._make_room(_HEAD + size)
        noted = self._bytes
        start = self._at + _HEAD
        end = start + size
        noted[start:end] = data
        _pack(noted, self._at, number, node_index, kind, size)
        self._at = end
        self._growing = 0
        if kind not in (HELD_STDOUT, HELD_STDERR):
            self._number = number

    def _make_room(self, size: int) -> None:
        """Write zeros where the next record of this size goes and behind it, in the other half if
        this one is full."""
        noted = self._bytes
        end = BOX + (self._half + 1) * HALF
        clean = self._limit + _HEAD
        if self._at + size + _HEAD > end:
            self._half = half = 1 - self._half
            self._at = clean = BOX + half * HALF
            end = clean + HALF
            lost, self._other = self._other, self._number + 1
            # Empty the half before the header names it as the one being written.
            _pack(noted, clean, 0, 0, END, 0)
            _header.pack_into(noted, HEADER, half, lost)
        wanted = min(self._at + size + _HEAD + _AHEAD, end)
        noted[clean:wanted] = bytes(wanted - clean)
        self._limit = wanted - _HEAD


def _boundary(data: bytes, at: int) -> int:
    """The nearest offset at or before `at` that splits no character."""
    while 0 < at < len(data) and data[at] & 0xC0 == 0x80:
        at -= 1
    return min(at, len(data))
