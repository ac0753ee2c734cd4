"""`sys.excepthook`: a hook that a script or a library has set is called for the script's errors.

Python's default, `sys.__excepthook__`, is replaced while the runtime is installed, by a function
that prints the traceback as the runtime shows it. The interpreter's own reads source lines from the
file on disk, which may not be the text that runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from . import tracebacks
from .replacements import replaces
from .run_events import Event
from .shields import shielded
from .statement_sink import StatementSink

Hook = Callable[[type[BaseException], BaseException, "TracebackType | None"], Any]
# Occurs in every traceback that Python prints, and in those of libraries such as rich.
_TRACEBACK = "(most recent call last)"


@replaces(sys.__excepthook__, "sys", "excepthook")
def excepthook(kind: Any, value: Any, tb: Any, /) -> None:
    """Print an exception and its traceback to sys.stderr."""
    if getattr(sys, "stderr", None) is None:
        return
    if isinstance(value, BaseException):
        # As the interpreter does: use the argument only if the exception has no traceback.
        if value.__traceback__ is None and isinstance(tb, TracebackType):
            value.__traceback__ = tb
        text = tracebacks.describe(value, "")["text"]
    else:
        found = type(value).__name__
        text = f"TypeError: print_exception(): Exception expected for value, {found} found\n"
    sys.stderr.write(text)


class Excepthook:
    """Installs the script's `sys.excepthook` during runs. `remove` restores Python's default."""

    def __init__(self) -> None:
        self._pythons = sys.__excepthook__
        sys.__excepthook__ = excepthook
        # The script's hook while no run is on, and the host's while one is.
        self._kept: Hook = excepthook
        self._around: Hook = sys.excepthook
        # A hook that the host has set, for use if the script has none.
        self.of_host: Hook | None = None

    @property
    def theirs(self) -> Hook | None:
        """The hook that the script or a library has set, or that of the host; None: the default."""
        hook = sys.excepthook
        return self.of_host if hook is excepthook else hook

    def enter(self) -> None:
        """Install the script's hook: a run begins."""
        self._around, sys.excepthook = sys.excepthook, self._kept

    def leave(self) -> None:
        """Keep the script's hook, and restore the host's: the run has ended."""
        self._kept, sys.excepthook = sys.excepthook, self._around

    def restore(self) -> None:
        """During a run: remove the script's hook."""
        sys.excepthook = excepthook
        self.of_host = None

    def forget(self) -> None:
        """Between runs: remove the script's hook."""
        self._kept = excepthook
        self.of_host = None

    def remove(self) -> None:
        """Restore Python's `sys.__excepthook__`."""
        sys.__excepthook__ = self._pythons


class Listener(StatementSink):
    """The sink of a statement while a hook reports its error, to see whether the hook prints a
    traceback."""

    __slots__ = ("has_traceback",)

    def __init__(self, sink: StatementSink):
        super().__init__(sink.run_events, sink.node_index)
        # Whether a traceback was output.
        self.has_traceback = False

    @shielded
    def text(self, stream: str, text: str, is_late: bool = False) -> None:
        self.has_traceback = self.has_traceback or _TRACEBACK in text
        super().text(stream, text, is_late)

    @shielded
    def output(self, output: Event, size: int, is_late: bool = False) -> None:
        self.has_traceback = self.has_traceback or _TRACEBACK in output.get("text", "")
        super().output(output, size, is_late)


def note_last(error: BaseException) -> None:
    """Set `sys.last_exc` and its older forms, as Python does for an error that nothing handles."""
    sys.last_type, sys.last_value = type(error), error
    sys.last_traceback = error.__traceback__
    if sys.version_info >= (3, 12):
        sys.last_exc = error


def show_as_handled(error: BaseException) -> None:
    """Make `sys.exc_info` return this error, which is being handled, with its present traceback.

    Before Python 3.11 the interpreter stores the traceback separately when an error is caught, so
    that frames of ours that were removed from the error since are still there.
    """
    if sys.version_info < (3, 11):
        import ctypes

        handled = [ctypes.py_object(part) for part in (type(error), error, error.__traceback__)]
        for part in handled:
            ctypes.pythonapi.Py_IncRef(part)
        ctypes.pythonapi.PyErr_SetExcInfo(*handled)


def describe_failure(failure: BaseException, error: BaseException, path: str) -> str:
    """What Python prints if the hook itself raises `failure`, when called for `error`."""
    # The hook was called in an `except` block of ours, so that `error` is the implicit context of
    # the failure. Under Python it is not.
    link = failure
    while link.__context__ is not None and link.__context__ is not error:
        link = link.__context__
    if link.__context__ is error:
        link.__context__ = None
    return f"Error in sys.excepthook:\n{tracebacks.describe(failure, path)['text']}"
