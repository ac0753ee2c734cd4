"""`sys.stdout` and `sys.stderr`, whose text is attributed to the statement that wrote it.

The `StatementSink` of the statement is in a context variable. Tasks and callbacks inherit it, so
that what they print later still belongs to the statement that started them. Threads do not inherit
context variables: `Thread.start` is replaced by a function that stores the sink on the thread. Text
of any other origin, such as a thread of a C library, belongs to the statement that is running. The
stream objects stay the same from statement to statement, because others keep references to them: a
logging handler, for example.

In a forked child the thread that sends messages does not exist, and another thread may have held
one of our locks at the fork. The child therefore writes to its file descriptors, which are pipes
that the parent reads (`fd_capture.py`).
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

from . import interrupts
from .interrupts import shielded
from .replacements import replaces
from .statement_sink import StatementSink
from .stdin import Stdin

_sink: contextvars.ContextVar[StatementSink | None] = contextvars.ContextVar(
    "rdit_sink", default=None
)
_get_sink = _sink.get
_main = threading.main_thread().ident
_NAMES = ("stdin", "stdout", "stderr")
_DESCRIPTORS = {"stdout": 1, "stderr": 2}
# Bytes that a pipe which polls as writable takes without blocking.
# https://docs.python.org/3/library/select.html#select.PIPE_BUF
_AT_ONCE = getattr(select, "PIPE_BUF", 512)


class SinkRouter:
    """Finds the sink of the statement that calling code belongs to."""

    def __init__(self) -> None:
        # The sink of the statement that the main thread runs, and of the one it ran last.
        self.running: StatementSink | None = None
        self.last: StatementSink | None = None
        # Whether this process is a child that was forked from the kernel.
        self.forked = False

    def enter(self, sink: StatementSink) -> None:
        """Set the statement that the main thread runs."""
        _sink.set(sink)
        self.running = self.last = sink

    def leave(self) -> None:
        """Note that the main thread runs no statement."""
        _sink.set(None)
        self.running = None

    @staticmethod
    def context(sink: StatementSink) -> contextvars.Context:
        """A context in which all that is put out is this sink's."""
        context = contextvars.Context()
        context.run(_sink.set, sink)
        return context

    def find(self) -> StatementSink | None:
        """The sink of the calling code: by context variable, by thread, or else that of the
        running statement. None: no statement runs."""
        sink = _get_sink()
        if sink is None:
            ident = threading.get_ident()
            if ident != _main:
                thread = threading._active.get(ident)  # type: ignore[attr-defined]
                sink = getattr(thread, "_rdit_sink", None)
            if sink is None:
                sink = self.running
        return sink


class RoutedStream(io.TextIOWrapper):
    """A standard stream like Python's own, whose text goes to the statement that wrote it.

    It is an `io.TextIOWrapper` because libraries check for that, use `buffer` and `reconfigure`,
    and wrap it. Its buffers stay empty: text and bytes are passed on in the order they are written.
    If a script redirects the descriptor (`os.dup2`), the text is written to the descriptor.
    """

    # Slots, so that the instance's `__dict__` holds only what scripts set on a stream, such as a
    # `write` of their own.
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
        "_router",
    )

    def __init__(self, name: str, original: TextIO, router: SinkRouter, descriptor: int | None):
        self._name = name
        self._original = original
        self._router = router
        self._descriptor = descriptor
        # Called before text is added. Reads what was written to the descriptor before the text, and
        # returns whether the descriptor is still our pipe.
        self._look: Callable[[], bool] | None = None
        self._line = ""
        self._closed = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        # False if the script has set another encoding, error handler or line ending.
        self._is_usual = True
        self._newline = "\n"
        raw = _Raw(self, _DESCRIPTORS[name])
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
        # Not the buffer's `closed`: a TextIOWrapper that a script has put around the buffer closes
        # the buffer when it is garbage collected.
        return self._closed

    def reconfigure(self, **options: Any) -> None:
        """As `io.TextIOWrapper.reconfigure`."""
        super().reconfigure(**options)
        newline = options.get("newline", self._newline)
        self._newline = newline if newline in ("\r", "\r\n") else "\n"
        usual = (self.encoding, self.errors) == ("utf-8", "backslashreplace")
        self._is_usual = usual and self._newline == "\n"

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        # Descriptors 1 and 2 are pipes of ours: `subprocess.run(..., stdout=sys.stdout)` writes
        # into them.
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
        router = self._router
        if router.forked:
            self._write_in_child(text)
            return length
        sink = _get_sink() or router.find()
        if sink is None:
            self._original.write(text)
            return length
        if self._look is not None and not self._look():
            data = text.encode(self.encoding, self.errors or "strict")
            while data:
                # Perhaps nobody reads the other end. A blocking write could not be interrupted, as
                # interrupts are held back in this function: wait in short steps.
                if _takes_more(self._descriptor):
                    data = data[os.write(self._descriptor or 0, data[:_AT_ONCE]) :]
                if interrupts.current.pending:
                    interrupts.current.deliver()
            return length
        sink.text(self._name, text)
        if interrupts.current.pending:
            interrupts.current.deliver()
        return length

    @shielded
    def flush(self) -> None:
        if self._closed:
            raise ValueError("I/O operation on closed file.")
        if self._router.forked:
            self._flush_in_child()
            return
        sink = self._router.find()
        if sink is None:
            self._original.flush()
        else:
            # The text is not buffered here: `RunEvents` sends it in time. A flush is only a place
            # where a pending interrupt may be raised.
            if interrupts.current.pending:
                interrupts.current.deliver()

    def close(self) -> None:
        """Refuse text from now on. The descriptor stays open, as with Python's own streams."""
        if not self._closed:
            self.flush()
            self._closed = True

    def detach(self) -> Any:
        """The buffer, which a script may wrap anew."""
        return self.buffer

    def write_bytes(self, data: Any) -> int:
        """Write bytes that were written to `buffer` or `buffer.raw`. They are decoded incrementally
        as UTF-8, so that a character may be split between two calls."""
        view = memoryview(data)
        text = self._decoder.decode(view.tobytes())
        RoutedStream.write(self, text)
        return view.nbytes

    def _as_asked(self, text: str) -> str:
        """The text as it reads in the encoding, with the error handler and the line ending that the
        script has set by `reconfigure`. Raises UnicodeEncodeError as writing it would."""
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
    """The stream between runs. Other attributes are those of the host's own stream."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    def close(self) -> None:
        """Only flush: the kernel and its libraries share this stream."""
        self.flush()


class _Buffer(io.BufferedWriter):
    """`sys.stdout.buffer`: passes bytes to the stream, which decodes them."""

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
            with suppress(ValueError):  # the stream is closed
                self._flush()
            self.raw.close()


class _Raw(io.FileIO):
    """`sys.stdout.buffer.raw`."""

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
    """Whether the descriptor becomes writable within 100 ms."""
    poll = select.poll()
    poll.register(descriptor or 0, select.POLLOUT)
    return bool(poll.poll(100))


class Streams:
    """Replaces the standard streams and `Thread.start`; `remove` restores the originals.

    There are two sets of streams. The host's set is in `sys` between runs. ipykernel flushes
    `sys.stdout` and `sys.stderr` before it replies: if a script has replaced them by a closed file,
    or by an object without `flush`, that raises, and the reply is never sent. The script's set,
    with what the script has put in its place, is in `sys` during runs. It is renewed before the
    script is run as a whole. As in any Python, `sys.__stdout__` is the same object as `sys.stdout`.
    """

    def __init__(self, router: SinkRouter, has_descriptors: bool):
        self.router = router
        self._has_descriptors = has_descriptors
        self._looks: dict[int, Callable[[], bool]] = {}
        self._originals = {name: getattr(sys, name, None) for name in _NAMES}
        self._originals_dunder = {name: getattr(sys, f"__{name}__", None) for name in _NAMES}
        self.stdout = self._make(_HostStream, "stdout")
        self.stderr = self._make(_HostStream, "stderr")
        self._hosts = {**self._originals, "stdout": self.stdout, "stderr": self.stderr}
        # What is in `sys` during runs, which a script may have replaced, and our streams in it.
        self._scripts: dict[str, Any] = {}
        self._fresh: dict[str, Any] = {}
        self._in_run = False
        self.restore()
        self.set_aside()
        self._start = start = threading.Thread.start

        @replaces(start, "threading", "Thread.start")
        def stamp_and_start(thread: threading.Thread) -> None:
            sink = router.find()
            if sink is not None:
                thread._rdit_sink = sink  # type: ignore[attr-defined]
            start(thread)

        threading.Thread.start = stamp_and_start  # type: ignore[assignment,method-assign]
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._wake_in_child)

    def _make(self, kind: type[RoutedStream], name: str) -> RoutedStream:
        descriptor = _DESCRIPTORS[name]
        original: Any = self._originals[name]
        stream = kind(name, original, self.router, descriptor if self._has_descriptors else None)
        stream._look = self._looks.get(descriptor)
        return stream

    def look(self, looks: dict[int, Callable[[], bool]]) -> None:
        """Call these functions, by descriptor, before each text. Each reads what was written to the
        descriptor before. If it returns False the descriptor was redirected, and the text is
        written to the descriptor."""
        self._looks = looks
        for stream in self._all():
            stream._look = looks.get(_DESCRIPTORS[stream._name])

    def _all(self) -> tuple[RoutedStream, ...]:
        return self.stdout, self.stderr, self._fresh["stdout"], self._fresh["stderr"]

    def flush(self) -> None:
        """In a forked child, write the line that is buffered to the descriptors."""
        for stream in self._all():
            stream._flush_in_child()

    def drop(self) -> None:
        """Drop references to streams of the script. A file that it has put in the place of a stream
        is then closed, and its descriptor with it."""
        self._scripts = dict(self._hosts)
        if self._in_run:
            self.bring_back()

    def restore(self) -> None:
        """Make new streams for scripts, as a new process has them."""
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
        """Flush what a script has put in the place of our streams, as Python does at its exit."""
        for stream in (getattr(sys, "stdout", None), getattr(sys, "stderr", None)):
            if stream is not None and stream not in self._all():
                # It may be closed or have no `flush`. Python's exit ignores both too.
                with suppress(Exception):
                    stream.flush()

    def flush_wrappers(self) -> None:
        """Flush files that a script has put in the place of our streams. Text in their buffers
        would otherwise be attributed to a later statement."""
        for stream in (getattr(sys, "stdout", None), getattr(sys, "stderr", None)):
            if type(stream) is io.TextIOWrapper:
                # The file, or its descriptor, is closed. The script gets the error when it writes.
                with suppress(ValueError, OSError):
                    stream.flush()

    def set_aside(self) -> None:
        """Put the host's streams into `sys` until the next run, and keep the script's."""
        if self._in_run:
            self._scripts = {name: getattr(sys, name, None) for name in _NAMES}
        self._in_run = False
        for name, stream in self._hosts.items():
            setattr(sys, name, stream)

    def bring_back(self) -> None:
        """Put the script's streams into `sys` for a run."""
        self._in_run = True
        for name, stream in self._scripts.items():
            setattr(sys, name, stream)

    @contextmanager
    def as_ours(self) -> Iterator[None]:
        """Put the host's streams into `sys` within a `with` block."""
        was_in_run = self._in_run
        self.set_aside()
        try:
            yield
        finally:
            if was_in_run:
                self.bring_back()

    def write_original(self, stream: str, text: str) -> None:
        """Write text to the stream (`stdout` or `stderr`) that was in `sys` before ours."""
        original = self._originals[stream]
        if original is not None:
            original.write(text)

    def remove(self) -> None:
        """Restore the streams and `Thread.start` that were there before."""
        for name in _NAMES:
            setattr(sys, name, self._originals[name])
            setattr(sys, f"__{name}__", self._originals_dunder[name])
        threading.Thread.start = self._start  # type: ignore[method-assign]

    def _wake_in_child(self) -> None:
        self.router.forked = True
        if self.router.last is not None:
            self.router.last.run_events.mute()
        for stream in self._all():
            stream._line = ""
