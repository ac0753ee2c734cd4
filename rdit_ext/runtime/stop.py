"""Interrupts: which exception a SIGINT becomes, and where it may strike.

During a run SIGINT is ours, for the kernel's own handler only cancels a task and never stops a
loop. A statement without `await` gets KeyboardInterrupt in place. One that awaits has its task
cancelled, and the engine reports the CancelledError as the interrupt it was. A second press
forces: from then on every line of the script raises, until the run is out.

It must not strike inside our own bookkeeping, which would lose an event or leave a lock held.
Functions marked `@shielded` are found on the stack when a signal comes (so the mark costs nothing
otherwise); the interrupt is then pending, and delivered when the outermost of them is left.
"""

from __future__ import annotations

import _thread
import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])
_shielded: set[CodeType] = set()
_boundaries: set[CodeType] = set()
_NUDGE_SECONDS = 0.01
# Where there are no threads: has the interpreter see the signal once more, or (False) forget it.
send_again: Callable[[bool], None] | None = None
# Whether one came after a run was asked for and before it had begun.
_is_early = False
# Told of each press that has come in, where presses may get lost on their way.
acknowledge: Callable[[], None] | None = None


def shielded(function: _F) -> _F:
    """Mark a function that no interrupt may strike in. It must call no code of the user's."""
    _shielded.add(function.__code__)
    return function


def boundary(function: _F) -> _F:
    """Mark the function that calls the user's code: no interrupt may strike in its own frame."""
    _boundaries.add(function.__code__)
    return function


def note(signum: int, frame: FrameType | None) -> None:
    """A handler for where a run may be stopped before it has begun."""
    global _is_early
    _is_early = True
    if acknowledge is not None:
        acknowledge()


def forget() -> None:
    """What came too late for its run is not for the next."""
    global _is_early
    _is_early = False


class Interrupts:
    """The interrupts of one run. Made for every run, installed from the main thread only."""

    def __init__(self, path: str):
        self.path = path
        self.presses = 0
        self.pending = False
        # The run's own task and loop, when the script awaits.
        self.task: asyncio.Task[Any] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        # Whether the user's code may be struck now, and whether it is being awaited.
        self.armed = False
        self.awaiting = False
        self._installed = False
        self._nudging = False
        self._gate = _thread.allocate_lock()
        self._forced = False
        self._tool: int | None = None
        self._old: Any = None

    def install(self) -> None:
        """Take SIGINT for this run."""
        global current
        if _is_early:
            self.presses, self.pending = 1, True
            forget()
        if threading.current_thread() is threading.main_thread():
            self._old = signal.signal(signal.SIGINT, self._on_signal)
            self._installed = True
        current = self

    def remove(self) -> None:
        """Give SIGINT back to the host."""
        global current
        with self._gate:
            # From here on nobody sends the signal again: the host's handler must not get it.
            self.armed = False
            self.pending = False
            current = _none
        if self._nudging and send_again is not None:
            send_again(False)
        if self._forced:
            self._end_force()
        if self._installed:
            self._installed = False
            # The script may have set a handler of its own: it ends with the run as well.
            signal.signal(signal.SIGINT, self._old)

    @property
    def has_heard(self) -> bool:
        """Whether an interrupt has come in, or would not come here: the script has a handler."""
        is_taken = self._installed and signal.getsignal(signal.SIGINT) != self._on_signal
        return self.presses > 0 or is_taken

    def deliver(self) -> None:
        """Raise the interrupt that came while we were busy."""
        if self.pending and self.armed and threading.current_thread() is threading.main_thread():
            frame = sys._getframe(1)
            if not _is_shielded(frame.f_back):
                self._strike(frame)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        nudged, self._nudging = self._nudging, False
        if not nudged:
            self.presses += 1
            if acknowledge is not None:
                acknowledge()
        elif not self.pending:
            return  # delivered meanwhile: one press is one interrupt
        if not self.armed or _is_shielded(frame) or _is_boundary(frame):
            self.pending = True
            self._nudge()
            return
        self._strike(frame)

    def _strike(self, frame: FrameType | None) -> None:
        self.pending = False
        if self.presses > 1:
            self._force(frame)
        if not self.awaiting:
            raise KeyboardInterrupt
        running = asyncio.current_task(self.loop) if asyncio._get_running_loop() else None
        if running is self.task:
            # A loop that blocks inside what the script awaits.
            raise KeyboardInterrupt
        assert self.loop is not None
        assert self.task is not None
        self.loop.call_soon_threadsafe(self.task.cancel)
        if running is not None:
            # Not KeyboardInterrupt: raised in another task it leaves the loop and ends the kernel.
            raise asyncio.CancelledError("interrupted")

    def _nudge(self) -> None:
        """Send the signal again soon, should nobody deliver what is pending before.

        A raw thread: `threading.Thread` takes locks that the interrupted code may hold.
        """

        if send_again is not None:
            self._nudging = True
            send_again(True)
            return

        def nudge() -> None:
            time.sleep(_NUDGE_SECONDS)
            with self._gate:
                if self.pending and current is self:
                    self._nudging = True
                    if hasattr(signal, "pthread_kill"):
                        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
                    else:
                        _thread.interrupt_main()

        # Where there are no threads it waits for the next safe point.
        with suppress(RuntimeError):
            _thread.start_new_thread(nudge, ())

    def _force(self, frame: FrameType | None) -> None:
        """Raise at every line of the script from now on, whatever it catches."""
        self._forced = True
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
        # Tracing turns itself off when it raises: this leaves one handler, not two nested ones.
        while frame is not None:
            if frame.f_code.co_filename == self.path:
                frame.f_trace = self._trace
            frame = frame.f_back
        sys.settrace(self._trace)

    def _end_force(self) -> None:
        self._forced = False
        if sys.version_info >= (3, 12):
            if self._tool is not None:
                sys.monitoring.set_events(self._tool, 0)
                sys.monitoring.register_callback(self._tool, sys.monitoring.events.LINE, None)
                sys.monitoring.free_tool_id(self._tool)
                self._tool = None
        else:
            sys.settrace(None)

    def _on_line(self, code: CodeType, line: int) -> None:
        if self.armed and code.co_filename == self.path and _in_main_thread():
            raise KeyboardInterrupt

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        # Not at "exception": that is still inside the `try` whose handler would swallow it.
        if event == "line" and self.armed and frame.f_code.co_filename == self.path:
            raise KeyboardInterrupt
        return self._trace


def _in_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


def _is_boundary(frame: FrameType | None) -> bool:
    return frame is not None and frame.f_code in _boundaries


def _is_shielded(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code in _shielded:
            return True
        frame = frame.f_back
    return False


_none = Interrupts("")
current = _none
