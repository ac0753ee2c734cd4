"""`sys.excepthook`: a script that sets it, or a library that does so for it, hears of its errors.

What Python has there by itself is, while the runtime is in the process, a function that prints the
traceback as the runtime would: the interpreter's own looks for the source in the file on disk,
where the text that ran need not be.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from . import errors
from .events import Event, Outlet
from .standins import stands_for
from .stop import shielded

Hook = Callable[[type[BaseException], BaseException, "TracebackType | None"], Any]
# Python's words, which others use as well, rich with colours before them.
_TRACEBACK = "(most recent call last)"


@stands_for(sys.__excepthook__, "sys", "excepthook")
def excepthook(kind: Any, value: Any, tb: Any, /) -> None:
    """Print an exception and its traceback to sys.stderr."""
    if getattr(sys, "stderr", None) is None:
        return
    if isinstance(value, BaseException):
        # Its own traceback, as the interpreter's does it; what is given only where it has none.
        if value.__traceback__ is None and isinstance(tb, TracebackType):
            value.__traceback__ = tb
        text = errors.describe(value, "")["text"]
    else:
        found = type(value).__name__
        text = f"TypeError: print_exception(): Exception expected for value, {found} found\n"
    sys.stderr.write(text)


class Excepthook:
    """Takes the place of Python's own while a run is on. `remove` gives it back."""

    def __init__(self) -> None:
        self._pythons = sys.__excepthook__
        sys.__excepthook__ = excepthook
        # What scripts have put there, from run to run: a host has one of its own around each.
        self._kept: Hook = excepthook
        self._around: Hook = sys.excepthook
        # What a host has set to be used in place of the script's.
        self.of_host: Hook | None = None

    @property
    def theirs(self) -> Hook | None:
        """What the script, or a library for it, has put there."""
        hook = sys.excepthook
        return self.of_host if hook is excepthook else hook

    def enter(self) -> None:
        """A run begins."""
        self._around, sys.excepthook = sys.excepthook, self._kept

    def leave(self) -> None:
        """It has ended."""
        self._kept, sys.excepthook = sys.excepthook, self._around

    def restore(self) -> None:
        """During a run: undo what scripts have put there."""
        sys.excepthook = excepthook
        self.of_host = None

    def forget(self) -> None:
        """Between runs: undo it."""
        self._kept = excepthook
        self.of_host = None

    def remove(self) -> None:
        """Give the process its own."""
        sys.__excepthook__ = self._pythons


class Listener(Outlet):
    """The outlet of a statement while a hook tells of its error."""

    __slots__ = ("has_traceback",)

    def __init__(self, outlet: Outlet):
        super().__init__(outlet.feed, outlet.node_index)
        # Whether a whole traceback was put out.
        self.has_traceback = False

    @shielded
    def text(self, stream: str, text: str) -> None:
        self.has_traceback = self.has_traceback or _TRACEBACK in text
        super().text(stream, text)

    @shielded
    def output(self, output: Event, size: int) -> None:
        self.has_traceback = self.has_traceback or _TRACEBACK in output.get("text", "")
        super().output(output, size)


def show_as_handled(error: BaseException) -> None:
    """Have `sys.exc_info` give this error, which is being handled, with the traceback it has now.

    Before Python 3.11 it keeps the one from when the error was caught, with our frames.
    """
    if sys.version_info < (3, 11):
        import ctypes

        handled = [ctypes.py_object(part) for part in (type(error), error, error.__traceback__)]
        for part in handled:
            ctypes.pythonapi.Py_IncRef(part)
        ctypes.pythonapi.PyErr_SetExcInfo(*handled)


def describe_failure(failure: BaseException, error: BaseException, path: str) -> str:
    """What Python says when the hook itself fails; the error it was told of follows."""
    # It was raised by nobody who handled the error, as far as the script can see.
    link = failure
    while link.__context__ is not None and link.__context__ is not error:
        link = link.__context__
    if link.__context__ is error:
        link.__context__ = None
    return f"Error in sys.excepthook:\n{errors.describe(failure, path)['text']}"
