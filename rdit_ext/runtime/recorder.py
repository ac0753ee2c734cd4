"""The outputs of a run that may not have left the process yet, in memory that outlives it.

Events leave in batches, and by threads: what a run put out in the last tens of milliseconds is gone
with a process that crashes or is killed. So outputs are noted here besides, in the file of
`place.py`; whoever finds the process dead adds those that have not reached it. For that each
message of a run has a number, from 1: an output with the number n of messages sent before it is
missing if fewer than n + 1 have come.

    from byte 2048    which half is written to, and the number of the last message of which some
                      output was overwritten
    from byte BOX     two halves of records: the number, the nodeIndex, a kind, the length, the
                      data; behind the last, zeros for a head

When one half is full the older one is written over, and wiped little by little ahead of that. The
head of a record is written last, so a record is whole or not there.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from .spill import SPILL

HEADER, BOX = 2048, 4096
HALF = (SPILL - BOX) // 2
END, STDOUT, STDERR, RESULT, OUTPUT, CLEAR, HELD_STDOUT, HELD_STDERR, RELEASED, LOST = range(10)
# What could be had only by writing more than a crash is worth.
_MOST = 64 * 1024

_header = struct.Struct("<II")
_record = struct.Struct("<IiBI")
_length = struct.Struct("<I")
_pack, _pack_length = _record.pack_into, _length.pack_into
_HEAD = _record.size
# So many bytes more than are needed are wiped at a time.
_AHEAD = 4096


class Recorder:
    """Notes the outputs of one run in these bytes, from the beginning."""

    def __init__(self, noted: Any):
        self._bytes = noted
        self._half = 0
        # Where the next record goes, and up to where there are zeros, but for a head of them.
        self._at = BOX
        self._limit = BOX - _HEAD
        # Where the length of the text stands that may grow; 0: there is none.
        self._growing = 0
        # The number of the message noted last, and of the last in the other half.
        self._number = self._other = 0
        _header.pack_into(noted, HEADER, 0, 0)
        for half in (0, 1):
            _pack(noted, BOX + half * HALF, 0, 0, END, 0)

    # Every print comes by these two, so they do what `_put` does without a call.

    def text(self, number: int, node_index: int, stream: str, text: str) -> None:
        """Text that message `number` + 1 brings."""
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
        """Text of the same message, statement and stream as the last one."""
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
        """Text that is held back, behind so many bytes of which nobody knows yet."""
        data = text.encode("utf-8", "backslashreplace")
        self._put_text(before, node_index, HELD_STDERR if stream == "stderr" else HELD_STDOUT, data)

    def _put_text(self, number: int, node_index: int, kind: int, data: bytes) -> None:
        if len(data) > _MOST:
            self._put(number, node_index, LOST, b"%d" % (len(data) - _MOST))
            data = data[-_MOST:]
        self._put(number, node_index, kind, data)

    def output(self, number: int, node_index: int, output: dict[str, Any], size: int) -> None:
        """A result, a display or an error."""
        data = output.get("data", ())
        if len(data) == 1 and "text/plain" in data and output["type"] == "result":
            kind, noted = RESULT, data["text/plain"].encode("utf-8", "backslashreplace")
        elif size > _MOST:
            kind, noted = LOST, b"%d" % size
        else:
            try:
                kind, noted = OUTPUT, json.dumps(output).encode()
            except (TypeError, ValueError):
                return  # it cannot be sent either, and that is told
        if len(noted) > 2 * _MOST:
            kind, noted = LOST, b"%d" % len(noted)
        self._put(number, node_index, kind, noted)

    def mark(self, number: int, node_index: int, kind: int) -> None:
        """CLEAR or RELEASED."""
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
        """Have zeros where the next record of this size goes, and behind it."""
        noted = self._bytes
        end = BOX + (self._half + 1) * HALF
        clean = self._limit + _HEAD
        if self._at + size + _HEAD > end:
            self._half = half = 1 - self._half
            self._at = clean = BOX + half * HALF
            end = clean + HALF
            lost, self._other = self._other, self._number + 1
            # Empty before it is the one that is written to.
            _pack(noted, clean, 0, 0, END, 0)
            _header.pack_into(noted, HEADER, half, lost)
        wanted = min(self._at + size + _HEAD + _AHEAD, end)
        noted[clean:wanted] = bytes(wanted - clean)
        self._limit = wanted - _HEAD
