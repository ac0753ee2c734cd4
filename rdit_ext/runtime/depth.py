"""The recursion limit: a script has all of it, and what runs between its statements its own.

A script stands on some twenty frames of the kernel's and ours, which count. The interpreter's limit
is higher by those; `sys.getrecursionlimit` and `sys.setrecursionlimit` speak of the script's.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

from .standins import stands_for

_HERE = __file__.rpartition("/")[0] + "/"
_get, _set = sys.getrecursionlimit, sys.setrecursionlimit
# Calls itself until it may not, from where a statement of the script is called.
DIVE: CodeType = compile(
    "def dive():\n    global depth\n    depth += 1\n    dive()\n"
    "try:\n    dive()\nexcept RecursionError:\n    pass\n",
    _HERE + "dive",
    "exec",
)
_ROOM = 120
# A script under `python` stands on its module's frame. In 3.11 it may be one more, as the call of
# `eval` counts or not, by how often it was made before: we give rather too much.
_MODULE = 1


class Depth:
    """The script's recursion limit, from run to run. Only for the main thread."""

    def __init__(self) -> None:
        self._usual = self.limit = _get()
        # By how much a script stands deeper than under `python`, by the frames that it stands on.
        self._offsets: dict[int, int] = {}
        self._offset = self._frames = 0
        self.names: dict[str, Any] = {}
        # Whether the script's limit is too small for what is done between its statements.
        self.is_low = False

    def take(self) -> None:
        """Have scripts ask for and set a limit of their own."""

        @stands_for(_get, "sys", "getrecursionlimit")
        def getrecursionlimit() -> int:
            return self.limit

        @stands_for(_set, "sys", "setrecursionlimit")
        def setrecursionlimit(limit: Any, /) -> None:
            limit = limit.__index__()
            # What it refuses it refuses here as well.
            _set(limit + self._offset if limit > 0 else limit)
            self.limit = limit
            self.is_low = limit < self._usual

        sys.getrecursionlimit, sys.setrecursionlimit = getrecursionlimit, setrecursionlimit

    def give_back(self) -> None:
        """Leave Python's functions as they are without us."""
        sys.getrecursionlimit, sys.setrecursionlimit = _get, _set
        if self.limit <= self._usual:
            _set(self._usual)

    def forget(self) -> None:
        """A limit that a script has set is no more."""
        self.limit, self.is_low = self._usual, False

    def begin(self, frames: int) -> bool:
        """Before the first statement of a run, which stands on so many frames. True: `DIVE` has to
        be evaluated in `names` by the caller of the statement, and then `end` be called."""
        self._frames = frames
        if frames in self._offsets:
            self._offset = self._offsets[frames]
            self.apply()
            return False
        self.names = {"depth": 0}
        _set(frames + _ROOM)
        return True

    def end(self) -> None:
        """The measurement is made."""
        limit = self._frames + _ROOM
        self._offset = self._offsets[self._frames] = limit - self.names["depth"] - _MODULE
        self.apply()

    def rest(self) -> None:
        """Between two statements."""
        _set(self._usual)

    def apply(self) -> None:
        """Before a statement."""
        _set(self.limit + self._offset)


def frames_below() -> int:
    """How many frames the caller stands on, with its own."""
    count = 0
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        count += 1
        frame = frame.f_back
    return count
