"""Where the run is, in a file that outlives the process; and whether it is to stop.

Events leave in batches, so the last of them are gone with a process that crashes; but whoever finds
it dead wants to know which statement it was. A few bytes of shared memory cost a run nothing, and
the system keeps them when it ends the process.

    bytes 0 to 7    the nodeIndex of the statement that runs, -1 for none; little endian
    bytes 8 and 9   the length of the id of the run in UTF-8
    from byte 10    that id

The server's half says how often Stop was pressed, at once and whatever becomes of the signal: C's
`system` ignores it, and a script may.

    byte 512        the presses of Stop; 0 while the id after it is being written
    bytes 513, 514  the length of the id of the run that is to stop
    from byte 515   that id

From byte 1024 there is what `spill.py` keeps.
"""

from __future__ import annotations

import os
import struct
from typing import Any

from .spill import SPILL

SIZE = 1024
# The byte that is not 0 when Stop was pressed, for this run or an older one.
STOP = 512
_index = struct.Struct("<q")
_head = struct.Struct("<qH")
_stop = struct.Struct("<BH")


class Place:
    """Notes where the run is. Without a file it is noted for nobody."""

    def __init__(self, path: str | None, own_file: bool = False):
        self.bytes: Any = bytearray(SIZE)
        # Whether somebody else can tell in it that the run is to stop.
        self.is_told = path is not None
        # The file, where there is one; with `own_file`, one of our own in place of the path's.
        self.file: int | None = None
        if path is not None or own_file:
            import mmap  # not everywhere there is a Python
            import tempfile

            if path is not None:
                file = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
            else:
                with tempfile.TemporaryFile() as temporary:
                    file = os.dup(temporary.fileno())
            # Not a hole: a page for which the disk has no room would end the process.
            os.pwrite(file, bytes(SPILL - SIZE), SIZE)
            self.file = file
            self.bytes = mmap.mmap(file, SPILL)

    def close(self) -> None:
        """Note nothing more."""
        if self.file is not None:
            os.close(self.file)
            self.file = None
            self.bytes = bytearray(SIZE)

    def begin(self, run: str) -> None:
        """A run begins; none of its statements yet."""
        name = run.encode()[: STOP - _head.size]
        _head.pack_into(self.bytes, 0, -1, len(name))
        self.bytes[_head.size : _head.size + len(name)] = name

    def enter(self, node_index: int) -> None:
        """This statement runs; -1: none does."""
        _index.pack_into(self.bytes, 0, node_index)

    def presses(self, run: str) -> int:
        """How often Stop was pressed for this run."""
        count, length = _stop.unpack_from(self.bytes, STOP)
        start = STOP + _stop.size
        return count if self.bytes[start : start + length] == run.encode() else 0
