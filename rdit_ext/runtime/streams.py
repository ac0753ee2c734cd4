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
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from . import stop
from .asking import Stdin
from .events import Outlet
from .standins import stands_for
from .stop import shielded

_outlet: contextvars.ContextVar[Outlet | None] = contextvars.ContextVar("rdit_outlet", default=None)
_get_outlet = _outlet.get
_main = threading.main_thread().ident
_NAMES = ("stdin", "stdout", "stderr")
# What a pipe that takes more takes without waiting.
_AT_ONCE = getattr(select, "PIPE_BUF", 512)


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


class RoutedStream(io.TextIOWrapper):
    """A standard stream as Python makes them, whose text goes to the statement that wrote it.

    What is written leaves at once, text and bytes in one order: nothing waits in the buffers that
    it has. Where a script has led the descriptor elsewhere, its text follows.
    """

    # Not in the instance's dict, which is for what scripts put on a stream: a `write` of theirs.
    __slots__ = (
        "_closed",
        "_decoder",
        "_descriptor",
        "_is_usual",
        "_line",
        "_look",
        "_name",
        "_newline",
        "_original",
        "_routes",
    )

    def __init__(self, name: str, original: TextIO, routes: Routes, descriptor: int | None):
        self._name = name
        self._original = original
        self._routes = routes
        self._descriptor = descriptor
        # Asked before text is added: brings in what came by file descriptor before it, and says
        # whether the descriptor leads to us still.
        self._look: Callable[[], bool] | None = None
        self._line = ""
        self._closed = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        # Whether text needs no encoding or ends of lines that a script has asked for.
        self._is_usual = True
        self._newline = "\n"
        raw = _Raw(self, 2 if name == "stderr" else 1)
        super().__init__(
            _Buffer(self, raw),
            encoding="utf-8",
            errors="backslashreplace",
            newline="\n",
            line_buffering=name == "stderr",
        )
        self.mode = "w"  # type: ignore[misc]

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    @property
    def closed(self) -> bool:
        # Not what is below: a script's wrapper closes what it wraps when it goes.
        return self._closed

    def reconfigure(self, **options: Any) -> None:
        """Set what `io.TextIOWrapper.reconfigure` sets."""
        super().reconfigure(**options)
        newline = options.get("newline", self._newline)
        self._newline = newline if newline in ("\r", "\r\n") else "\n"
        usual = (self.encoding, self.errors) == ("utf-8", "backslashreplace")
        self._is_usual = usual and self._newline == "\n"

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
        if self._closed:
            raise ValueError("I/O operation on closed file.")
        length = len(text)
        if not self._is_usual:
            text = self._as_asked(text)
        routes = self._routes
        if routes.forked:
            self._write_in_child(text)
            return length
        outlet = _get_outlet() or routes.find()
        if outlet is None:
            self._original.write(text)
            return length
        if self._look is not None and not self._look():
            data = text.encode(self.encoding, self.errors or "strict")
            while data:
                # Nobody may read at the other end, and a person must be able to stop that.
                if _takes_more(self._descriptor):
                    data = data[os.write(self._descriptor or 0, data[:_AT_ONCE]) :]
                if stop.current.pending:
                    stop.current.deliver()
            return length
        outlet.text(self._name, text)
        if stop.current.pending:
            stop.current.deliver()
        return length

    @shielded
    def flush(self) -> None:
        if self._closed:
            raise ValueError("I/O operation on closed file.")
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
        """Takes no more text. The descriptor stays open, as Python leaves it."""
        if not self._closed:
            self.flush()
            self._closed = True

    def detach(self) -> Any:
        """The bytes below, for a script to wrap anew."""
        return self.buffer

    def write_bytes(self, data: Any) -> int:
        """What its bytes below do: the same, a character in two pieces kept whole."""
        view = memoryview(data)
        text = self._decoder.decode(view.tobytes())
        RoutedStream.write(self, text)
        return view.nbytes

    def _as_asked(self, text: str) -> str:
        """The text as it reads in the encoding and with the ends of lines that a script set."""
        if self._newline != "\n":
            text = text.replace("\n", self._newline)
        encoding = self.encoding
        return text.encode(encoding, self.errors or "strict").decode(encoding, "replace")

    def _write_in_child(self, text: str) -> None:
        if self._descriptor is None:
            self._original.write(text)
            return
        self._line += text
        if "\n" in text:
            self._flush_in_child()

    def _flush_in_child(self) -> None:
        if self._descriptor is None:
            self._original.flush()
            return
        data, self._line = self._line.encode(errors="backslashreplace"), ""
        while data:
            data = data[os.write(self._descriptor, data) :]


class _HostStream(RoutedStream):
    """What stands there between runs: with all that the host's own stream can."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    def close(self) -> None:
        """Stays open: it is everyone's."""
        self.flush()


class _Buffer(io.BufferedWriter):
    """What `sys.stdout.buffer` is: bytes in, text out."""

    def __init__(self, stream: RoutedStream, raw: _Raw):
        self._write = stream.write_bytes
        self._flush = stream.flush
        super().__init__(raw)

    def write(self, data: Any) -> int:
        if self.closed:
            raise ValueError("write to closed file")
        return self._write(data)

    def flush(self) -> None:
        if self.closed:
            raise ValueError("flush of closed file")
        self._flush()

    def close(self) -> None:
        if not self.closed:
            with suppress(ValueError):  # the stream has been closed
                self._flush()
            self.raw.close()


class _Raw(io.FileIO):
    """What `sys.stdout.buffer.raw` is."""

    def __init__(self, stream: RoutedStream, descriptor: int):
        self._write = stream.write_bytes
        super().__init__(descriptor, "w", closefd=False)
        self.name = stream.name

    def write(self, data: Any) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        return self._write(data)

    def isatty(self) -> bool:
        return False


def _takes_more(descriptor: int | None) -> bool:
    """Whether it does within a moment."""
    poll = select.poll()
    poll.register(descriptor or 0, select.POLLOUT)
    return bool(poll.poll(100))


class Streams:
    """The standard streams, and the stamp on threads; `remove` gives back what was there.

    There are two sets of them. The host's stands there between runs: a kernel flushes what it finds
    before it answers, and where that fails (a script's file is closed, or has no `flush`) nobody
    would ever get the answer. The script's is put there for its runs, with what it made of it, and
    is made anew before the script is run as a whole. As in any Python, `sys.__stdout__` is the same
    object as `sys.stdout`.
    """

    def __init__(self, routes: Routes, has_descriptors: bool):
        self.routes = routes
        self._has_descriptors = has_descriptors
        self._looks: dict[int, Callable[[], bool]] = {}
        self._originals = {name: getattr(sys, name, None) for name in _NAMES}
        self._originals_dunder = {name: getattr(sys, f"__{name}__", None) for name in _NAMES}
        self.stdout = self._make(_HostStream, "stdout")
        self.stderr = self._make(_HostStream, "stderr")
        self._hosts = {**self._originals, "stdout": self.stdout, "stderr": self.stderr}
        # What stands there in the next run, and what is Python's own of it.
        self._scripts: dict[str, Any] = {}
        self._fresh: dict[str, Any] = {}
        self._in_run = False
        self.restore()
        self.set_aside()
        self._start = start = threading.Thread.start

        @stands_for(start, "threading", "Thread.start")
        def stamp_and_start(thread: threading.Thread) -> None:
            outlet = routes.find()
            if outlet is not None:
                thread._rdit_outlet = outlet  # type: ignore[attr-defined]
            start(thread)

        threading.Thread.start = stamp_and_start  # type: ignore[assignment,method-assign]
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._wake_in_child)

    def _make(self, kind: type[RoutedStream], name: str) -> RoutedStream:
        descriptor = 2 if name == "stderr" else 1
        original: Any = self._originals[name]
        stream = kind(name, original, self.routes, descriptor if self._has_descriptors else None)
        stream._look = self._looks.get(descriptor)
        return stream

    def look(self, looks: dict[int, Callable[[], bool]]) -> None:
        """Ask these functions before each text, by descriptor: they bring in what came there before
        it. Where one says that the descriptor leads elsewhere, the text is written there."""
        self._looks = looks
        for stream in self._all():
            stream._look = looks.get(2 if stream._name == "stderr" else 1)

    def _all(self) -> tuple[RoutedStream, ...]:
        return self.stdout, self.stderr, self._fresh["stdout"], self._fresh["stderr"]

    def flush(self) -> None:
        """Write what a forked child still holds."""
        for stream in self._all():
            stream._flush_in_child()

    def drop(self) -> None:
        """Let go of what a script has put there: a file closes its descriptor when it goes."""
        self._scripts = dict(self._hosts)
        if self._in_run:
            self.bring_back()

    def restore(self) -> None:
        """Streams as a new process has them, whatever a script has made of its own."""
        self._fresh = {
            "stdin": Stdin(),
            "stdout": self._make(RoutedStream, "stdout"),
            "stderr": self._make(RoutedStream, "stderr"),
        }
        self._scripts = dict(self._fresh)
        for name, stream in self._fresh.items():
            setattr(sys, f"__{name}__", stream)
        if self._in_run:
            self.bring_back()

    def flush_theirs(self) -> None:
        """Flush what a script has put in the places of ours, as Python does when a script ends."""
        for stream in (getattr(sys, "stdout", None), getattr(sys, "stderr", None)):
            if stream is not None and stream not in self._all():
                # It may be closed, or not know how. Python does not mind either.
                with suppress(Exception):
                    stream.flush()

    def flush_wrappers(self) -> None:
        """Flush a file that a script has put in the place of ours: what waits in its buffer was
        written by the statement that ran."""
        for stream in (getattr(sys, "stdout", None), getattr(sys, "stderr", None)):
            if type(stream) is io.TextIOWrapper:
                # Closed, or what it leads to is. Python says so when the script writes.
                with suppress(ValueError, OSError):
                    stream.flush()

    def set_aside(self) -> None:
        """Put the host's in their places until the next run."""
        if self._in_run:
            self._scripts = {name: getattr(sys, name, None) for name in _NAMES}
        self._in_run = False
        for name, stream in self._hosts.items():
            setattr(sys, name, stream)

    def bring_back(self) -> None:
        """Put the script's in their places for a run."""
        self._in_run = True
        for name, stream in self._scripts.items():
            setattr(sys, name, stream)

    @contextmanager
    def as_ours(self) -> Iterator[None]:
        """Have the host's in their places for a while."""
        was_in_run = self._in_run
        self.set_aside()
        try:
            yield
        finally:
            if was_in_run:
                self.bring_back()

    def write_original(self, stream: str, text: str) -> None:
        """Write where the streams led before they were ours."""
        original = self._originals[stream]
        if original is not None:
            original.write(text)

    def remove(self) -> None:
        """Give the process its own streams back."""
        for name in _NAMES:
            setattr(sys, name, self._originals[name])
            setattr(sys, f"__{name}__", self._originals_dunder[name])
        threading.Thread.start = self._start  # type: ignore[method-assign]

    def _wake_in_child(self) -> None:
        self.routes.forked = True
        if self.routes.last is not None:
            self.routes.last.feed.mute()
        for stream in self._all():
            stream._line = ""
