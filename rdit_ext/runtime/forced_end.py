"""The end of a script that catches KeyboardInterrupt and goes on: the second press of Stop.

By `sys.monitoring`, which calls back at lines in all frames that exist already
(https://docs.python.org/3/library/sys.monitoring.html); before 3.12 by `sys.settrace`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


class ForcedEnd:
    """Raises KeyboardInterrupt at every line of the script at `path`, while `is_armed()`."""

    def __init__(self, path: str, is_armed: Callable[[], bool]):
        self._path = path
        self._is_armed = is_armed
        self._is_on = False
        self._tool: int | None = None

    def start(self, frame: FrameType | None) -> None:
        """Begin. `frame`: the innermost frame of the main thread."""
        self._is_on = True
        if sys.version_info >= (3, 12):
            monitoring = sys.monitoring
            if self._tool is None:
                free = [tool for tool in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(tool) is None]
                if not free:
                    return
                self._tool = free[0]
                monitoring.use_tool_id(self._tool, "rdit")
                monitoring.register_callback(self._tool, monitoring.events.LINE, self._on_line)
            monitoring.set_events(self._tool, monitoring.events.LINE)
            return
        # An exception in a trace function switches tracing off, so that this raises once only: it
        # leaves one `except` of the script, but not a second one around it.
        while frame is not None:
            if frame.f_code.co_filename == self._path:
                frame.f_trace = self._trace
            frame = frame.f_back
        sys.settrace(self._trace)

    def stop(self) -> None:
        """Let the script's code run again."""
        if not self._is_on:
            return
        self._is_on = False
        if sys.version_info >= (3, 12):
            if self._tool is not None:
                sys.monitoring.set_events(self._tool, 0)
                sys.monitoring.register_callback(self._tool, sys.monitoring.events.LINE, None)
                sys.monitoring.free_tool_id(self._tool)
                self._tool = None
        else:
            sys.settrace(None)

    def _on_line(self, code: CodeType, line: int) -> None:
        if (
            self._is_armed()
            and code.co_filename == self._path
            and threading.get_ident() == threading.main_thread().ident
        ):
            raise KeyboardInterrupt

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        # Not at the event "exception": an exception raised there is still inside the `try` block,
        # whose handler would catch it.
        if event == "line" and self._is_armed() and frame.f_code.co_filename == self._path:
            raise KeyboardInterrupt
        return self._trace
