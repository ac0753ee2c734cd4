"""The outputs of a run that may not have left the process yet, in memory that outlives it.

Events leave in batches, and by threads: what a run put out in the last tens of milliseconds is gone
with a process that crashes or is killed. So outputs are noted here besides, in the file of
`place.py`; whoever finds the process dead adds those that have not reached it. For that each
message of a run has a number, from 1: an output with the number n of messages sent before it is
missing if fewer than n + 1 have come.

    from byte 2048    how much is in each half, which half is written to, and the number of the last
                      message of which something was overwritten
    from byte BOX     two halves of records: the number, the nodeIndex, a kind, the length, the data

When one half is full the older one is written over. Its size is put into the header last, so a
record is whole or not there.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from .spill import SPILL

HEADER, BOX = 2048, 4096
HALF = (SPILL - BOX) // 2
STDOUT, STDERR, RESULT, OUTPUT, CLEAR, HELD_STDOUT, HELD_STDERR, RELEASED, LOST = range(9)
# What could be had only by writing more than a crash is worth.
_MOST = 64 * 1024

_header = struct.Struct("<IIII")
_record = struct.Struct("<IiBI")
_used = struct.Struct("<I")
_HEAD = _record.size
_pack, _pack_used = _record.pack_into, _used.pack_into


class Recorder:
    """Notes the outputs of one run in these bytes, from the beginning."""

    def __init__(self, noted: Any):
        self._bytes = noted
        self._half = 0
        self._used = 0
        # The number of the last message noted in either half.
        self._last = [0, 0]
        _header.pack_into(noted, HEADER, 0, 0, 0, 0)

    def text(
        self, number: int, node_index: int, stream: str, text: str, held: bool = False
    ) -> None:
        """Text that message `number` + 1 brings. Held back, it stands behind so many bytes of which
        nobody knows yet."""
        data = text.encode("utf-8", "backslashreplace")
        size = len(data)
        used = self._used
        end = used + _HEAD + size
        if end <= HALF and size <= _MOST and not held:
            # As `_put` does it, without a call: every print comes by here, twice.
            noted, half = self._bytes, self._half
            at = BOX + half * HALF + used
            _pack(noted, at, number, node_index, STDERR if stream == "stderr" else STDOUT, size)
            at += _HEAD
            noted[at : at + size] = data
            self._used = end
            self._last[half] = number + 1
            _pack_used(noted, HEADER + 4 * half, end)
            return
        kind = (HELD_STDOUT if held else STDOUT) + (stream == "stderr")
        if len(data) > _MOST:
            self._put(number, node_index, LOST, b"%d" % (len(data) - _MOST))
            data = data[-_MOST:]
        self._put(number, node_index, kind, data)

    def output(self, number: int, node_index: int, output: dict[str, Any], size: int) -> None:
        """A result, a display or an error."""
        data = output.get("data")
        if output["type"] == "result" and data is not None and data.keys() == {"text/plain"}:
            kind, noted = RESULT, data["text/plain"].encode(errors="backslashreplace")
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
        noted = self._bytes
        size = _record.size + len(data)
        if self._used + size > HALF:
            self._half = half = 1 - self._half
            self._used = 0
            lost, self._last[half] = self._last[half], 0
            # Emptied before it is the one that is written to.
            _used.pack_into(noted, HEADER + 4 * half, 0)
            _used.pack_into(noted, HEADER + 8, half)
            _used.pack_into(noted, HEADER + 12, lost)
        half = self._half
        at = BOX + half * HALF + self._used
        _record.pack_into(noted, at, number, node_index, kind, len(data))
        at += _record.size
        noted[at : at + len(data)] = data
        self._used += size
        self._last[half] = number + 1
        _used.pack_into(noted, HEADER + 4 * half, self._used)
