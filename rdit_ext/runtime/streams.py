"""`sys.stdout` and `sys.stderr` by statement: whoever prints, the text finds the one it belongs to.

A statement's outlet is found by context variable, which tasks and callbacks inherit, so that what
they print later is still shown where they were started. Plain threads do not inherit it: starting
one stamps it. Whatever else writes (C threads) belongs to the statement that runs. The streams
are replaced once, for good: a logging handler keeps the object it was given.

A forked child has no thread to send with, and only half of our locks. It writes to the file
descriptors, which the parent reads.
"""

from __future__ import annotations

import codecs
import contextvars
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from . import stop
from .events import Outlet
from .stop import shielded

_outlet: contextvars.ContextVar[Outlet | None] = contextvars.ContextVar("rdit_outlet", default=None)
_get_outlet = _outlet.get
_main = threading.main_thread().ident


class Routes:
    """Which statement runs, for what has no other sign of where it belongs; forked children."""

    def __init__(self) -> None:
        # The outlet of the statement that the main thread runs, and of the one it ran last.
        self.running: Outlet | None = None
        self.last: Outlet | None = None
        self.forked = False

    def enter(self, outlet: Outlet) -> None:
        """The main thread runs this statement now."""
        _outlet.set(outlet)
        self.running = self.last = outlet

    def leave(self) -> None:
        """The main thread runs no statement."""
        _outlet.set(None)
        self.running = None

    def find(self) -> Outlet | None:
        """The outlet that the calling code belongs to."""
        outlet = _get_outlet()
        if outlet is None:
            ident = threading.get_ident()
            if ident != _main:
                thread = threading._active.get(ident)  # type: ignore[attr-defined]
                outlet = getattr(thread, "_rdit_outlet", None)
            if outlet is None:
                outlet = self.running
        return outlet


class RoutedStream(io.TextIOBase):
    """A standard stream whose text goes to the statement that wrote it."""

    def __init__(self, name: str, original: TextIO, routes: Routes, descriptor: int | None):
        self._name = name
        self._original = original
        self._routes = routes
        self._descriptor = descriptor
        # Called before text is added: brings in what came by file descriptor before it.
        self._before: Callable[[], None] | None = None
        self._line = ""
        self._bytes: _Bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "backslashreplace"

    @property
    def buffer(self) -> _Bytes:
        if self._bytes is None:
            self._bytes = _Bytes(self)
        return self._bytes

    def reconfigure(self, **options: Any) -> None:
        """Nothing to set: the text goes out as text, line by line or not."""

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        # 1 and 2 are captured: a subprocess that is handed this stream is seen.
        return self._original.fileno() if self._descriptor is None else self._descriptor

    @shielded
    def write(self, text: str) -> int:
        if type(text) is not str:
            if not isinstance(text, str):
                raise TypeError(f"write() argument must be str, not {type(text).__name__}")
            text = str.__str__(text)
        routes = self._routes
        if routes.forked:
            return self._write_in_child(text)
        outlet = _get_outlet() or routes.find()
        if outlet is None:
            return self._original.write(text)
        if self._before is not None:
            self._before()
        outlet.text(self._name, text)
        if stop.current.pending:
            stop.current.deliver()
        return len(text)

    @shielded
    def flush(self) -> None:
        if self._routes.forked:
            self._flush_in_child()
            return
        outlet = self._routes.find()
        if outlet is None:
            self._original.flush()
        else:
            # Nothing to do for the text itself, which leaves in time. What asks the user something
            # flushes first, and the question must come after the text.
            if stop.current.pending:
                stop.current.deliver()

    def close(self) -> None:
        """Stays open: it is everyone's. A script's wrapper closes what it wraps when it goes."""
        self.flush()

    def detach(self) -> _Bytes:  # type: ignore[override]
        """The bytes below, for a script to wrap anew."""
        return self.buffer

    def _write_in_child(self, text: str) -> int:
        if self._descriptor is None:
            return self._original.write(text)
        self._line += text
        if "\n" in text:
            self._flush_in_child()
        return len(text)

    def _flush_in_child(self) -> None:
        if self._descriptor is None:
            self._original.flush()
            return
        data, self._line = self._line.encode(errors="backslashreplace"), ""
        while data:
            data = data[os.write(self._descriptor, data) :]


class _Bytes(io.BufferedIOBase):
    """What `sys.stdout.buffer` is: bytes in, text out, a character in two pieces kept whole."""

    def __init__(self, stream: RoutedStream):
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, data: Any) -> int:
        view = memoryview(data)
        self._stream.write(self._decoder.decode(view.tobytes()))
        return view.nbytes

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        """Stays open, as the stream does."""
        self.flush()


class Streams:
    """Both streams, and the stamp on threads; `remove` gives back what was there."""

    def __init__(self, routes: Routes, has_descriptors: bool):
        self.routes = routes
        out = RoutedStream("stdout", sys.stdout, routes, 1 if has_descriptors else None)
        err = RoutedStream("stderr", sys.stderr, routes, 2 if has_descriptors else None)
        self.stdout, self.stderr = out, err
        self._originals = (sys.stdout, sys.stderr)
        # What scripts have put in the places of ours, while no run is on.
        self._theirs: dict[str, Any] = {}
        sys.stdout, sys.stderr = out, err
        self._start = start = threading.Thread.start

        def stamp_and_start(thread: threading.Thread) -> None:
            outlet = routes.find()
            if outlet is not None:
                thread._rdit_outlet = outlet  # type: ignore[attr-defined]
            start(thread)

        stamp_and_start.__doc__ = start.__doc__
        stamp_and_start.__name__ = stamp_and_start.__qualname__ = "start"
        threading.Thread.start = stamp_and_start  # type: ignore[assignment,method-assign]
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._wake_in_child)

    def bring_in_before(self, drain: Callable[[], None]) -> None:
        """Call this before each text that the main thread writes."""

        def before() -> None:
            if threading.get_ident() == _main:
                drain()

        for stream in (self.stdout, self.stderr):
            stream._before = before

    def flush(self) -> None:
        """Write what a forked child still holds."""
        for stream in (self.stdout, self.stderr):
            stream.flush()

    def restore(self) -> None:
        """Undo what a script assigned to `sys.stdout` and `sys.stderr`."""
        self._theirs.clear()
        sys.stdout, sys.stderr = self.stdout, self.stderr

    def flush_theirs(self) -> None:
        """Flush what a script has put in the places of ours, as Python does when a script ends."""
        for stream in (getattr(sys, "stdout", None), getattr(sys, "stderr", None)):
            if stream not in (None, self.stdout, self.stderr):
                # It may be closed, or not know how. Python does not mind either.
                with suppress(Exception):
                    stream.flush()

    def set_aside(self) -> None:
        """Put ours in their places until the next run. A kernel flushes what stands there before it
        answers: where that fails (the script's file is closed, or has no `flush`) nobody would ever
        get the answer."""
        ours = {"stdout": self.stdout, "stderr": self.stderr}
        theirs = {name: getattr(sys, name, stream) for name, stream in ours.items()}
        self.restore()
        self._theirs = {name: given for name, given in theirs.items() if given is not ours[name]}

    def bring_back(self) -> None:
        """Put back what the runs before have assigned."""
        for name, given in self._theirs.items():
            setattr(sys, name, given)
        self._theirs = {}

    @contextmanager
    def as_ours(self) -> Iterator[None]:
        """Have ours in their places for a while."""
        self.set_aside()
        try:
            yield
        finally:
            self.bring_back()

    def write_original(self, stream: str, text: str) -> None:
        """Write where the streams led before they were ours."""
        self._originals[stream == "stderr"].write(text)

    def remove(self) -> None:
        """Give the process its own streams back."""
        sys.stdout, sys.stderr = self._originals
        threading.Thread.start = self._start  # type: ignore[method-assign]

    def _wake_in_child(self) -> None:
        self.routes.forked = True
        if self.routes.last is not None:
            self.routes.last.feed.mute()
        for stream in (self.stdout, self.stderr):
            stream._line = ""
