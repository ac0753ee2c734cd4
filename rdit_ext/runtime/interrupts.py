"""Interrupts: which exception a SIGINT raises in a run, and where.

During a run the handler of SIGINT is ours: ipykernel's own only cancels the task of the request,
which does not stop a loop without `await`. `signal.getsignal` shows scripts Python's default
handler in its place, and a handler that a script sets is called by ours.

A statement without `await` gets KeyboardInterrupt where it is. One that awaits has its task
cancelled, and the engine reports the CancelledError as an interrupt. A second press of Stop forces
the end: from then on every line of the script raises KeyboardInterrupt, until the run has ended.

A signal may be lost: the C function `system` ignores SIGINT while it waits for its command, and a
signal that arrives just before the main thread blocks on a lock does not end that wait. Therefore
the server also counts presses of Stop in the shared file (`crash_marker.py`) and asks whether they
have been handled; if not, the signal is sent again. After `os.system` the count is compared.

In a function marked `@shielded` (`shields.py`) an interrupt becomes pending. The outermost of these
functions may raise it by `deliver` when its work is done; in case that it does not, a thread sends
the signal again.
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
from types import FrameType
from typing import Any

from .forced_end import ForcedEnd
from .replacements import replaces
from .shields import is_boundary, is_shielded

_NUDGE_SECONDS = 0.01
_LONGEST_NUDGE_SECONDS = 1.0
# How often `see_to_it` sends the signal for a press that is counted in the file and not handled,
# with pauses that double: 0.63 s in all, less than the server waits for the answer
# (`session/interrupts.py`).
_SIGNALS = 6
# A signal within these seconds after an interrupt may belong to a press that was handled already,
# because it was found in the shared file first.
_SAME_PRESS_SECONDS = 1.0
# From this press on the script's own handler is not called any more.
_MOST_FOR_THEIRS = 3
_set_handler, _get_handler = signal.signal, signal.getsignal
_system: Any = getattr(os, "system", None)  # absent on some platforms
# Set where there are no threads (Pyodide): with True the interpreter gets the signal again soon,
# with False that is called off.
send_again: Callable[[bool], None] | None = None
# Whether a signal came after a run was requested and before its own handler was installed.
_is_early = False
# Set where a signal may get lost between sender and interpreter: called for each one that arrives.
acknowledge: Callable[[], None] | None = None
# Set where the script can be suspended while callbacks of its event loop run (Pyodide): ends its
# wait by KeyboardInterrupt. False: it is not suspended.
end_wait: Callable[[], bool] | None = None
_PYODIDE = ("pyodide", "_pyodide")
_LOOP_PACKAGES = (*_PYODIDE, "asyncio", __name__.partition(".")[0])


def note(signum: int, frame: FrameType | None) -> None:
    """A handler of SIGINT for the time between a request and its run: the run will be interrupted
    at its start."""
    global _is_early
    _is_early = True
    if acknowledge is not None:
        acknowledge()


def forget() -> None:
    """Discard what `note` has recorded: a signal that came after its run is not for the next."""
    global _is_early
    _is_early = False


class Interrupts:
    """The interrupts of one run. `install` and `remove` take and return the handler of SIGINT; they
    do so in the main thread only, as Python allows.

    `noted` returns how often Stop was pressed for this run according to the shared file;
    `are_all_noted`: there is such a file.
    """

    def __init__(
        self, path: str, noted: Callable[[], int] = lambda: 0, are_all_noted: bool = False
    ):
        self.path = path
        # With a shared file, a signal that is not counted in it comes from the script itself
        # (`os.kill`) and is never taken for a second press.
        self._are_all_noted = are_all_noted
        self._noted = noted
        # How many presses have been handled, and when the last one was.
        self.presses = 0
        self._heard_at = 0.0
        # The handler that the script has set for SIGINT; None: Python's default.
        self._theirs: Any = None
        # Whether an interrupt has come that could not be raised yet.
        self.pending = False
        # The run's task and loop, when the script awaits.
        self.task: asyncio.Task[Any] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        # Whether the user's code runs, so that an interrupt may be raised; whether it awaits.
        self.armed = False
        self.awaiting = False
        self._installed = False
        self._nudging = False
        self._gate = _thread.allocate_lock()
        self._forced = ForcedEnd(path, lambda: self.armed)
        self._old: Any = None

    def install(self) -> None:
        """Install the handler of SIGINT for this run."""
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
        """Restore the host's handler of SIGINT."""
        global current
        with self._gate:
            # Stops the threads that repeat the signal, before the handler is the host's.
            self.armed = False
            self.pending = False
            current = _none
        if self._nudging and send_again is not None:
            send_again(False)
        self._forced.stop()
        if self._installed:
            self._installed = False
            # This also removes a handler that the script has set.
            signal.signal, signal.getsignal = _set_handler, _get_handler
            if _system is not None:
                os.system = _system
            signal.signal(signal.SIGINT, self._old)

    def _take_functions(self) -> None:
        """Replace `signal.signal`, `signal.getsignal` and `os.system`, so that our handler looks
        like Python's default one and calls the handler that the script sets.

        `asyncio.Runner` and trio install their handler, which cleans up, only if the present one is
        `signal.default_int_handler`.
        https://docs.python.org/3/library/asyncio-runner.html#handling-keyboard-interruption
        """

        @replaces(_set_handler, "signal", "signal")
        def set_handler(signalnum: Any, handler: Any) -> Any:
            if signalnum != signal.SIGINT:
                return _set_handler(signalnum, handler)
            before = get_handler(signalnum)
            theirs = None if handler is signal.default_int_handler else handler
            is_ours = theirs is None or callable(theirs)
            _set_handler(signalnum, self._on_signal if is_ours else handler)
            self._theirs = theirs
            return before

        @replaces(_get_handler, "signal", "getsignal")
        def get_handler(signalnum: Any) -> Any:
            handler = _get_handler(signalnum)
            if handler != self._on_signal:
                return handler
            return signal.default_int_handler if self._theirs is None else self._theirs

        @replaces(_system, "os", "system")
        def system(command: Any) -> int:
            status: int = _system(command)
            # The C function ignores SIGINT while it waits; only the command gets it.
            # https://pubs.opengroup.org/onlinepubs/9699919799/functions/system.html
            self.look()
            return status

        signal.signal, signal.getsignal = set_handler, get_handler
        if _system is not None:
            os.system = system

    @property
    def has_heard(self) -> bool:
        """Whether no signal needs to be sent again: the presses have been handled, or there was one
        and the script has set SIGINT to be ignored."""
        noted = self._noted()
        if noted > self.presses:
            return noted == 1 and not self._is_ours
        return self.presses > 0 or not self._is_ours

    @property
    def _is_ours(self) -> bool:
        return not self._installed or _get_handler(signal.SIGINT) == self._on_signal

    def press(self) -> None:
        """Interrupt as Stop does, from another thread. Does nothing once this is removed."""
        with self._gate:
            if current is self:
                _signal_main()

    def see_to_it(self) -> None:
        """Send the signal for presses that the main thread has not handled, because it ignored the
        signal or the signal was lost. Called from another thread.

        Several times, as the signals may be lost together: the main thread has passed its check for
        signals, is about to block, and gets no processor meanwhile.
        """
        for turn in range(_SIGNALS):
            noted = self._noted()
            with self._gate:
                if noted <= self.presses or current is not self:
                    return
                if self._is_ours:
                    # `interrupt_main` marks the signal as pending in the interpreter, which works
                    # also while the C function `system` ignores it.
                    _thread.interrupt_main()
                    _signal_main()
                elif noted > 1 and self.armed:
                    # The script ignores SIGINT, and this is the second press.
                    self.presses = noted
                    _raise_in_main()
                    return
            time.sleep(_NUDGE_SECONDS * 2**turn)

    def look(self) -> None:
        """Raise the interrupt for a press that is counted in the shared file and whose signal has
        not arrived. Called when a statement or `os.system` has ended."""
        noted = self._noted()
        if noted > self.presses and (noted > 1 or self._is_ours) and _in_main_thread():
            self.presses = noted
            self._strike(sys._getframe(1))

    def deliver(self) -> None:
        """Raise the pending interrupt in the caller, unless a shielded function has called that."""
        if self.pending and self.armed and threading.current_thread() is threading.main_thread():
            frame = sys._getframe(1)
            if not is_shielded(frame.f_back):
                self._strike(frame)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        nudged, self._nudging = self._nudging, False
        if not nudged:
            noted, now = self._noted(), time.monotonic()
            if noted and noted <= self.presses and now < self._heard_at + _SAME_PRESS_SECONDS:
                return  # the press was found in the shared file, and is handled
            count = 1 if self._are_all_noted else self.presses + 1
            self.presses, self._heard_at = max(self.presses, count, noted), now
            if acknowledge is not None:
                acknowledge()
        elif not self.pending:
            return  # a repeated signal, whose interrupt was raised meanwhile
        if not self.armed or is_shielded(frame) or is_boundary(frame) or _is_pyodide(frame):
            self.pending = True
            self._nudge()
            return
        self._strike(frame)

    def _strike(self, frame: FrameType | None) -> None:
        self.pending = False
        self._heard_at = time.monotonic()
        if self.presses > 1:
            self._forced.start(frame)
        if callable(self._theirs) and self.presses < _MOST_FOR_THEIRS:
            try:
                self._theirs(int(signal.SIGINT), frame)
            except KeyboardInterrupt:
                if not _ends_wait(frame):
                    raise
            return
        if not self.awaiting:
            if _ends_wait(frame):
                return
            raise KeyboardInterrupt
        running = asyncio.current_task(self.loop) if asyncio._get_running_loop() else None
        if running is self.task:
            # The task itself is executing code without `await`: it need not be cancelled.
            raise KeyboardInterrupt
        assert self.loop is not None
        assert self.task is not None
        self.loop.call_soon_threadsafe(self.task.cancel)
        if running is not None:
            # Another task executes. A KeyboardInterrupt in it would leave `run_forever` of the
            # kernel's loop and end the kernel.
            raise asyncio.CancelledError("interrupted")

    def _nudge(self) -> None:
        """Send the signal again soon, and repeatedly, until the pending interrupt is delivered.

        By `_thread`, because `threading.Thread` takes locks that the interrupted code may hold.
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
                    # The handler has run: it raised the interrupt or called `_nudge` again.
                    is_seen = sent and not self._nudging
                    if is_seen or not self.pending or current is not self:
                        return
                    self._nudging = sent = True
                    _signal_main()
                # Again, as a signal just before the main thread blocks does not wake it.
                pause = min(2 * pause, _LONGEST_NUDGE_SECONDS)

        # No thread can be started: the interrupt waits for the next call of `deliver`.
        with suppress(RuntimeError):
            _thread.start_new_thread(nudge, ())


def _signal_main() -> None:
    """Send SIGINT to the main thread, which ends its blocking system call with EINTR."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


def _raise_in_main() -> None:
    """Raise KeyboardInterrupt in the main thread although it ignores SIGINT: when it executes
    Python code again, so not while it is in a C function."""
    import ctypes

    main = ctypes.c_ulong(threading.main_thread().ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(main, ctypes.py_object(KeyboardInterrupt))


def _ends_wait(frame: FrameType | None) -> bool:
    """End the script's wait if it is suspended and this frame is of its event loop, which would
    discard an exception that is raised in a callback of its own."""
    if end_wait is None:
        return False
    top = frame
    while top is not None:
        if _package(top) not in _LOOP_PACKAGES:
            return False
        top = top.f_back
    return end_wait()


def _is_pyodide(frame: FrameType | None) -> bool:
    """Whether this is a frame of Pyodide's, which may turn an exception into a ConversionError."""
    return frame is not None and _package(frame) in _PYODIDE


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]


def _in_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


_none = Interrupts("")
current = _none
