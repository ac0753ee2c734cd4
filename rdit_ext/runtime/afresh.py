"""State of the process that a second whole run meets as a new process would have it.

What is cheap and safe to put back is: the working directory, `sys.path`, signal handlers and
timers, warning filters, the start method of multiprocessing, the locale, the hooks of threads and
`__del__`, limits of the interpreter, and log handlers that a script has added. What modules hold,
the environment, random states, threads and `atexit` stay: docs/using.md says so.
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

_WARNING = 30  # the level of `logging` that the root logger begins with


class Afresh:
    """How the process was before any script ran."""

    def __init__(self) -> None:
        # In the browser the worker goes to the script's folder before each run.
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
        """What to call, each by itself: one that fails must not cost the others."""
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
            # This way whoever has cached what the filters say is told of it.
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
            # A library's handlers are its own: it is not imported again.
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
            # As when Python ends; a file may be gone by now.
            with suppress(Exception):
                handler.flush()
            with suppress(Exception):
                handler.close()


def _handlers() -> dict[Any, Any]:
    """Who handles which signal. SIGINT is the run's own."""
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
