"""A standard stream like Python's own, whose text goes to the statement that wrote it."""

from __future__ import annotations

import codecs
import io
import os
import select
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

from . import interrupts
from .shields import shielded
from .sink_router import SinkRouter, get_sink

# By name of a stream, its descriptor.
DESCRIPTORS = {"stdout": 1, "stderr": 2}
# Bytes that a pipe which polls as writable takes without blocking.
# https://docs.python.org/3/library/select.html#select.PIPE_BUF
_AT_ONCE = getattr(select, "PIPE_BUF", 512)


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
        raw = _Raw(self, DESCRIPTORS[name])
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
        sink = get_sink() or router.find()
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


class HostStream(RoutedStream):
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
