"""Interrupts: which exception a SIGINT becomes, and where it may strike.

During a run SIGINT is ours, for the kernel's own handler only cancels a task and never stops a
loop. The script sees Python's in its place, and a handler that it sets is called by ours. A
statement without `await` gets KeyboardInterrupt in place. One that awaits has its task cancelled,
and the engine reports the CancelledError as the interrupt it was. A second press forces: from then
on every line of the script raises, until the run is out.

A signal may come to nothing: `os.system` has it ignored while it waits, and a wait for a lock is
not ended by one that came just before it. The server notes each press besides (`place.py`), and
asks whether it was heard: if not it is sent again. After `os.system` it strikes when that returns.

It must not strike inside our own bookkeeping, which would lose an event or leave a lock held.
Functions marked `@shielded` are found on the stack when a signal comes (so the mark costs nothing
otherwise); the interrupt is then pending, and delivered when the outermost of them is left.
"""

from __future__ import annotations

import _thread
import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, TypeVar

from .standins import stands_for

_F = TypeVar("_F", bound=Callable[..., Any])
_shielded: set[CodeType] = set()
_boundaries: set[CodeType] = set()
_NUDGE_SECONDS = 0.01
_LONGEST_NUDGE_SECONDS = 1.0
# So often a press that is noted and not heard is signalled, each time that somebody asks.
_SIGNALS = 3
# So long after an interrupt a signal may be the one that tells of the same press.
_SAME_PRESS_SECONDS = 1.0
# From this press on a handler of the script's is not asked any more.
_MOST_FOR_THEIRS = 3
_set_handler, _get_handler = signal.signal, signal.getsignal
_system: Any = getattr(os, "system", None)  # not everywhere there is a Python
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

    def __init__(
        self, path: str, noted: Callable[[], int] = lambda: 0, are_all_noted: bool = False
    ):
        self.path = path
        # Where every press is noted, other signals are the script's own, and never force.
        self._are_all_noted = are_all_noted
        # How often Stop was pressed, where that is told besides the signals.
        self._noted = noted
        self.presses = 0
        self._heard_at = 0.0
        # What the script has set for SIGINT; None while that is as in any process.
        self._theirs: Any = None
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
        noted = self._noted()
        if _is_early or noted:
            self.presses, self.pending = max(1, noted), True
            forget()
        if threading.current_thread() is threading.main_thread():
            self._old = signal.signal(signal.SIGINT, self._on_signal)
            self._take_functions()
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
            signal.signal, signal.getsignal = _set_handler, _get_handler
            if _system is not None:
                os.system = _system
            signal.signal(signal.SIGINT, self._old)

    def _take_functions(self) -> None:
        """Have the script see Python's own handler where ours is, and be called by ours.

        What has a clean-up of its own (`asyncio.Runner`, trio) installs a handler for it only in
        the place of Python's.
        """

        @stands_for(_set_handler, "signal", "signal")
        def set_handler(signalnum: Any, handler: Any) -> Any:
            if signalnum != signal.SIGINT:
                return _set_handler(signalnum, handler)
            before = get_handler(signalnum)
            theirs = None if handler is signal.default_int_handler else handler
            is_ours = theirs is None or callable(theirs)
            _set_handler(signalnum, self._on_signal if is_ours else handler)
            self._theirs = theirs
            return before

        @stands_for(_get_handler, "signal", "getsignal")
        def get_handler(signalnum: Any) -> Any:
            handler = _get_handler(signalnum)
            if handler != self._on_signal:
                return handler
            return signal.default_int_handler if self._theirs is None else self._theirs

        @stands_for(_system, "os", "system")
        def system(command: Any) -> int:
            status: int = _system(command)
            # While it waits C has the signal ignored, and only the command hears it.
            self.look()
            return status

        signal.signal, signal.getsignal = set_handler, get_handler
        if _system is not None:
            os.system = system

    @property
    def has_heard(self) -> bool:
        """Whether an interrupt has come in, or will not come here: the script ignores the first."""
        noted = self._noted()
        if noted > self.presses:
            return noted == 1 and not self._is_ours
        return self.presses > 0 or not self._is_ours

    @property
    def _is_ours(self) -> bool:
        return not self._installed or _get_handler(signal.SIGINT) == self._on_signal

    def see_to_it(self) -> None:
        """Have the main thread hear what it has not: its signal may be ignored, or gone astray.
        Called from another thread."""
        for _ in range(_SIGNALS):
            noted = self._noted()
            with self._gate:
                if noted <= self.presses or current is not self:
                    return
                if self._is_ours:
                    # Noted for when C's `system`, which ignores them, is back.
                    _thread.interrupt_main()
                    _signal_main()
                elif noted > 1 and self.armed:
                    # They are ignored, and this is the second press.
                    self.presses = noted
                    _raise_in_main()
                    return
            time.sleep(_NUDGE_SECONDS)

    def look(self) -> None:
        """Raise the interrupt that was asked for and has not come, after what has ended as if there
        were none."""
        noted = self._noted()
        if noted > self.presses and (noted > 1 or self._is_ours) and _in_main_thread():
            self.presses = noted
            self._strike(sys._getframe(1))

    def deliver(self) -> None:
        """Raise the interrupt that came while we were busy."""
        if self.pending and self.armed and threading.current_thread() is threading.main_thread():
            frame = sys._getframe(1)
            if not _is_shielded(frame.f_back):
                self._strike(frame)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        nudged, self._nudging = self._nudging, False
        if not nudged:
            noted, now = self._noted(), time.monotonic()
            if noted and noted <= self.presses and now < self._heard_at + _SAME_PRESS_SECONDS:
                return  # it has been heard of otherwise
            count = 1 if self._are_all_noted else self.presses + 1
            self.presses, self._heard_at = max(self.presses, count, noted), now
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
        self._heard_at = time.monotonic()
        if self.presses > 1:
            self._force(frame)
        if callable(self._theirs) and self.presses < _MOST_FOR_THEIRS:
            self._theirs(int(signal.SIGINT), frame)
            return
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
            pause, sent = _NUDGE_SECONDS, False
            while True:
                time.sleep(pause)
                with self._gate:
                    # Seen, it was delivered or has asked for the next nudge.
                    is_seen = sent and not self._nudging
                    if is_seen or not self.pending or current is not self:
                        return
                    self._nudging = sent = True
                    _signal_main()
                # Unless it came just before the main thread began to wait.
                pause = min(2 * pause, _LONGEST_NUDGE_SECONDS)

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


def _signal_main() -> None:
    """SIGINT for the main thread, which wakes it from what it waits for."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


def _raise_in_main() -> None:
    """KeyboardInterrupt in the main thread, which takes no signal."""
    import ctypes

    main = ctypes.c_ulong(threading.main_thread().ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(main, ctypes.py_object(KeyboardInterrupt))


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
