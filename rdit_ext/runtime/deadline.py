"""A deadline for code of the user's where no other thread could interrupt it (Pyodide).

By `sys.monitoring`, which calls back at calls and jumps, so also in a loop without a call
(https://docs.python.org/3/library/sys.monitoring.html). A function of C is not ended before it
returns.
"""

from __future__ import annotations

import sys
import time
from types import CodeType
from typing import Any

from .interrupts import Interrupts

_HERE = __file__.rpartition("/")[0] + "/"
_monitoring: Any = getattr(sys, "monitoring", None)
_TOOLS = (4, 3, 5, 2, 1, 0)


class Deadline:
    """Within a `with` block, raises KeyboardInterrupt in code that runs after so many seconds,
    while `interrupts` are armed; again, if it is caught. Without `sys.monitoring`: nothing."""

    def __init__(self, seconds: float, interrupts: Interrupts):
        self._seconds = seconds
        self._interrupts = interrupts
        self._end = 0.0
        self._tool: int | None = None
        self.is_over = False

    def __enter__(self) -> None:
        self._end = time.monotonic() + self._seconds
        free = [tool for tool in _TOOLS if _monitoring and _monitoring.get_tool(tool) is None]
        if not free:
            return
        self._tool = free[0]
        events = _monitoring.events
        _monitoring.use_tool_id(self._tool, "rdit-deadline")
        for event in (events.PY_START, events.PY_RESUME, events.JUMP):
            _monitoring.register_callback(self._tool, event, self._on_event)
        _monitoring.set_events(self._tool, events.PY_START | events.PY_RESUME | events.JUMP)

    def __exit__(self, *error: object) -> None:
        if self._tool is None:
            return
        _monitoring.set_events(self._tool, 0)
        events = _monitoring.events
        for event in (events.PY_START, events.PY_RESUME, events.JUMP):
            _monitoring.register_callback(self._tool, event, None)
        _monitoring.free_tool_id(self._tool)
        self._tool = None

    def _on_event(self, code: CodeType, *place: int) -> None:
        if time.monotonic() < self._end or not self._interrupts.armed:
            return
        self.is_over = True
        if code.co_filename.startswith(_HERE):
            # In a function of ours, as that in place of `time.sleep`: it raises it itself.
            self._interrupts.pending = True
            return
        raise KeyboardInterrupt
