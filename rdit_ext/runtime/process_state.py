"""Restores state of the process before a whole run, so that it begins as in a new process.

Restored is what is cheap and safe to restore: the working directory, `sys.path`, signal handlers
and timers, warning filters, the start method of multiprocessing, the locale, the exception hooks of
threads and of `__del__`, limits of the interpreter, and log handlers that a script has added. The
globals of modules, the environment, random states, threads and `atexit` functions stay:
docs/using.md says so.
"""

from __future__ import annotations

import locale
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_WARNING = 30  # `logging.WARNING`, the initial level of the root logger


class ProcessState:
    """The state of the process before any script ran."""

    def __init__(self) -> None:
        # In the browser the worker changes to the script's folder before each run.
        self._cwd = None if sys.platform == "emscripten" else _cwd()
        self._path = list(sys.path)
        self._signals = _handlers()
        self._filters = list(warnings.filters)
        self._shows = warnings.showwarning, warnings.formatwarning
        self._locale = locale.setlocale(locale.LC_ALL)
        self._hooks = threading.excepthook, sys.unraisablehook
        self._limits = sys.getrecursionlimit(), sys.getswitchinterval()
        self._root = _root_logger()

    def steps(self) -> list[Callable[[], None]]:
        """Functions that restore a part each. To be called separately, so that one that raises does
        not prevent the others."""
        return [
            self._restore_path,
            self._restore_signals,
            self._restore_warnings,
            self._restore_interpreter,
            self._restore_logging,
            _forget_start_method,
        ]

    def _restore_path(self) -> None:
        if self._cwd is not None and _cwd() != self._cwd:
            with suppress(OSError):
                os.chdir(self._cwd)
        if sys.path != self._path:
            sys.path[:] = self._path

    def _restore_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        now = _handlers()
        for number, handler in self._signals.items():
            if now.get(number) != handler and handler is not None:
                signal.signal(number, handler)
        if hasattr(signal, "setitimer"):
            for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
                signal.setitimer(timer, 0)

    def _restore_warnings(self) -> None:
        if list(warnings.filters) != self._filters:
            # `resetwarnings` also invalidates the caches that depend on the filters; an assignment
            # alone does not.
            warnings.resetwarnings()
            warnings.filters[:] = self._filters  # type: ignore[index]
        warnings.showwarning, warnings.formatwarning = self._shows

    def _restore_interpreter(self) -> None:
        threading.excepthook, sys.unraisablehook = self._hooks
        sys.setrecursionlimit(self._limits[0])
        sys.setswitchinterval(self._limits[1])
        if locale.setlocale(locale.LC_ALL) != self._locale:
            locale.setlocale(locale.LC_ALL, self._locale)

    def _restore_logging(self) -> None:
        logging = sys.modules.get("logging")
        if logging is None:
            return
        root, (handlers, level) = logging.getLogger(), self._root
        _drop_handlers(root, handlers)
        root.setLevel(level)
        for name, logger in list(logging.Logger.manager.loggerDict.items()):
            # Keep the handlers of loggers of imported libraries: a library adds them at its import,
            # which does not happen again.
            if name == "__main__" or name.partition(".")[0] not in sys.modules:
                _drop_handlers(logger, [])


def _root_logger() -> tuple[list[Any], int]:
    logging = sys.modules.get("logging")
    if logging is None:
        return [], _WARNING
    root = logging.getLogger()
    return list(root.handlers), root.level


def _drop_handlers(logger: Any, kept: list[Any]) -> None:
    for handler in list(getattr(logger, "handlers", ())):
        if handler not in kept:
            logger.removeHandler(handler)
            # As `logging.shutdown` does. It may fail, for a file that is closed already.
            with suppress(Exception):
                handler.flush()
            with suppress(Exception):
                handler.close()


def _handlers() -> dict[Any, Any]:
    """The handlers by signal, but for SIGINT, which `stop.Interrupts` restores."""
    found = {}
    for number in signal.valid_signals():
        if number != signal.SIGINT:
            with suppress(ValueError, OSError):
                found[number] = signal.getsignal(number)
    return found


def _forget_start_method() -> None:
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is not None:
        multiprocessing.set_start_method(None, force=True)


def _cwd() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None
