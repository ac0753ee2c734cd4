"""A file, shared with the server in memory, that records which statement runs and holds presses of
Stop.

Events are sent in batches, so the last of them are lost when the process crashes, and the server
would not know which statement crashed. A write to a shared mapping costs a run next to nothing, and
the operating system keeps it when the process ends.

Integers are little-endian. Written by the runtime:

    bytes 0 to 7    the nodeIndex of the statement that runs or ran last, -1 before the first
    bytes 8 and 9   the length in bytes of the id of the run
    from byte 10    that id in UTF-8

Written by the server: how often Stop was pressed. The runtime can read it although the signal was
lost: the C function `system` ignores SIGINT, and a script may.

    byte 512        the presses of Stop; 0 while the id after it is being written
    bytes 513, 514  the length in bytes of the id of the run that is to stop
    from byte 515   that id in UTF-8

The file goes on with the areas of `spill.py` (from byte 1024) and `recorder.py` (from byte 2048).
"""

from __future__ import annotations

import os
import struct
from typing import Any

from .spill import SPILL

SIZE = 1024
# The byte with the presses of Stop, for this run or an older one.
STOP = 512
_index = struct.Struct("<q")
_head = struct.Struct("<qH")
_stop = struct.Struct("<BH")


class CrashMarker:
    """The mapped file at `path`. Without a path: a temporary file with `own_file`, which the helper
    of `spill.py` needs, and otherwise only memory of this process.

    Raises:
        OSError: the file cannot be opened or written.
    """

    def __init__(self, path: str | None, own_file: bool = False):
        self.bytes: Any = bytearray(SIZE)
        # Whether the server writes presses of Stop into it.
        self.is_told = path is not None
        # The descriptor of the file, if there is one.
        self.file: int | None = None
        if path is not None or own_file:
            import mmap  # absent in Pyodide
            import tempfile

            if path is not None:
                file = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
            else:
                with tempfile.TemporaryFile() as temporary:
                    file = os.dup(temporary.fileno())
            # Allocate the blocks now. In a sparse file, the first write to a page for which a full
            # disk has no block would end the process with SIGBUS.
            os.pwrite(file, bytes(SPILL - SIZE), SIZE)
            self.file = file
            self.bytes = mmap.mmap(file, SPILL)

    def close(self) -> None:
        """Close the file. What is recorded from now on is visible to this process only."""
        if self.file is not None:
            os.close(self.file)
            self.file = None
            self.bytes = bytearray(SIZE)

    def begin(self, run: str) -> None:
        """Record that a run begins, and that none of its statements runs yet."""
        name = run.encode()[: STOP - _head.size]
        _head.pack_into(self.bytes, 0, -1, len(name))
        self.bytes[_head.size : _head.size + len(name)] = name

    def enter(self, node_index: int) -> None:
        """Record which statement runs."""
        _index.pack_into(self.bytes, 0, node_index)

    def presses(self, run: str) -> int:
        """How often Stop was pressed for this run, according to the server."""
        count, length = _stop.unpack_from(self.bytes, STOP)
        start = STOP + _stop.size
        return count if self.bytes[start : start + length] == run.encode() else 0
