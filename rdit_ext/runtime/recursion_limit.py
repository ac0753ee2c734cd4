"""The recursion limit of a script, to which frames of the kernel and the runtime do not count.

A script is called by some twenty frames of the kernel and of ours, which the interpreter counts.
During a statement the interpreter's limit is therefore higher by their number, while scripts see
the limit without it in `sys.getrecursionlimit` and `sys.setrecursionlimit`. Between statements the
limit is the one that was there before any script.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

from .replacements import replaces

_HERE = __file__.rpartition("/")[0] + "/"
_get, _set = sys.getrecursionlimit, sys.setrecursionlimit
# Counts in `depth` how often a function can call itself. Evaluated where statements are evaluated.
DIVE: CodeType = compile(
    "def dive():\n    global depth\n    depth += 1\n    dive()\n"
    "try:\n    dive()\nexcept RecursionError:\n    pass\n",
    _HERE + "dive",
    "exec",
)
# How many frames the limit is above the frames of the stack while it is measured.
_ROOM = 120
# The frame of a script's module under `python`. In 3.11 the result may be one too large, because
# whether the call of `eval` counts depends on how often it was made before.
_MODULE = 1


class RecursionLimit:
    """The script's recursion limit, which lasts from run to run. For the main thread only."""

    def __init__(self) -> None:
        self._usual = self.limit = _get()
        # What to add to the script's limit, by the number of Python frames below a statement. It is
        # measured, as versions of Python differ in which calls of C functions count.
        self._offsets: dict[int, int] = {}
        self._offset = self._frames = 0
        self.names: dict[str, Any] = {}
        # Whether the script's limit is lower than that between its statements.
        self.is_low = False

    def take(self) -> None:
        """Replace `sys.getrecursionlimit` and `sys.setrecursionlimit` by those of the script."""

        @replaces(_get, "sys", "getrecursionlimit")
        def getrecursionlimit() -> int:
            return self.limit

        @replaces(_set, "sys", "setrecursionlimit")
        def setrecursionlimit(limit: Any, /) -> None:
            limit = limit.__index__()
            # Raises for a limit that is not positive or too low for the present stack.
            _set(limit + self._offset if limit > 0 else limit)
            self.limit = limit
            self.is_low = limit < self._usual

        sys.getrecursionlimit, sys.setrecursionlimit = getrecursionlimit, setrecursionlimit

    def give_back(self) -> None:
        """Restore Python's functions, and its limit unless the script has set a higher one."""
        sys.getrecursionlimit, sys.setrecursionlimit = _get, _set
        if self.limit <= self._usual:
            _set(self._usual)

    def forget(self) -> None:
        """Discard a limit that a script has set."""
        self.limit, self.is_low = self._usual, False

    def begin(self, frames: int) -> bool:
        """Called before the first statement of a run, with the number of frames below it. True: the
        caller has to evaluate `DIVE` in `names`, where it evaluates statements, and call `end`."""
        self._frames = frames
        if frames in self._offsets:
            self._offset = self._offsets[frames]
            self.apply()
            return False
        self.names = {"depth": 0}
        _set(frames + _ROOM)
        return True

    def end(self) -> None:
        """Take the result of `DIVE`, and set the limit for the first statement."""
        limit = self._frames + _ROOM
        self._offset = self._offsets[self._frames] = limit - self.names["depth"] - _MODULE
        self.apply()

    def rest(self) -> None:
        """Set the limit for the time between two statements."""
        _set(self._usual)

    def apply(self) -> None:
        """Set the limit for a statement."""
        _set(self.limit + self._offset)


def frames_below() -> int:
    """The number of frames of the stack, from the caller's on."""
    count = 0
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        count += 1
        frame = frame.f_back
    return count
