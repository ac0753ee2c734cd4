"""Captures file descriptors 1 and 2, to which subprocesses and C code write, by statement.

Both descriptors become pipes. The main thread reads them before each text that Python writes and at
the end of each statement, so that the order of output and the statement are exact. A thread reads
them while a statement is busy, so that output is seen as it comes. While neither can run because a
C function holds the GIL, a helper process reads them (`spill.py`). Only where there is `poll`: see
`is_possible`.
"""

from __future__ import annotations

import codecs
import faulthandler
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any

from .shields import shielded
from .sink_router import SinkRouter
from .spill import STATE, Spill

_CHUNK = 1 << 16
# Sizes in bytes of the two pipes. Neither is the default (64 KB) nor the usual maximum (1 MB), so
# that a descriptor of this size is our pipe: see `_identity`.
_SIZES = {1: 1 << 19, 2: 1 << 18}


class Pipes:
    """The pipes behind descriptors 1 and 2, and the thread that reads them.

    `elsewhere` is called with a stream's name and text that was written before any statement ran,
    and with messages on faults of the capture itself.
    """

    def __init__(self, router: SinkRouter, elsewhere: Callable[[str, str], object]):
        self._router = router
        self._elsewhere = elsewhere
        self._lock = threading.RLock()
        # Whether the calling thread holds the lock.
        self._is_inside: Callable[[], bool] = self._lock._is_owned  # type: ignore[attr-defined]
        self._readers: list[tuple[int, str, codecs.IncrementalDecoder]] = []
        # Each descriptor with a duplicate of what it was, and with the write end of its pipe.
        self._saved: list[tuple[int, int]] = []
        self._writers: list[tuple[int, int]] = []
        self._closing = False
        self._reading = False
        self._spill: Spill | None = None
        # The shared memory of the helper, whose byte `STATE` says whether it has read anything.
        # Zeros if there is no helper.
        self._noted: Any = bytes(STATE + 1)
        # A pipe to which the helper writes when it has moved bytes to its file.
        self._bell, self._rings = os.pipe()
        for end in (self._bell, self._rings):
            os.set_blocking(end, False)
        decoder = codecs.getincrementaldecoder("utf-8")
        for target, stream in ((1, "stdout"), (2, "stderr")):
            reader, writer = os.pipe()
            os.set_blocking(reader, False)
            _enlarge(writer, _SIZES[target])
            self._saved.append((target, os.dup(target)))
            os.dup2(writer, target)
            self._writers.append((target, writer))
            self._readers.append((reader, stream, decoder("replace")))
        # By descriptor, a function and what it returns while the descriptor is the pipe.
        self._identities = {target: _identity(target, writer) for target, writer in self._writers}
        _write_c_at_once()
        # A poll object for each thread: concurrent calls of `poll` on one raise RuntimeError.
        self._poll = self._make_poll()
        self._watcher = threading.Thread(target=self._watch, name="rdit descriptors", daemon=True)
        self._watcher.pydev_do_not_trace = True  # type: ignore[attr-defined]
        self._watcher.start()

    def looks(self) -> dict[int, Callable[[], bool]]:
        """By descriptor, a function for a stream to call before each text: it reads what was
        written to the descriptors before, and returns whether the descriptor is still our pipe."""
        return {target: self._make_look(target) for target, _ in self._writers}

    def _make_look(self, target: int) -> Callable[[], bool]:
        # `print` writes twice, and each write calls this: so `drain` is inlined, and attributes are
        # looked up once.
        poll, (identify, ours) = self._poll.poll, self._identities[target]
        get_ident, main = threading.get_ident, threading.main_thread().ident

        @shielded
        def look() -> bool:
            if get_ident() == main:
                try:
                    is_quiet = not poll(0)
                except RuntimeError:
                    is_quiet = False  # a signal handler of this thread, which is in this `poll`
                if not is_quiet or self._noted[STATE] or self._reading:
                    self._read()
            try:
                return identify() == ours
            except OSError:
                return False  # closed, or not a pipe

        return look

    @shielded
    def drain(self) -> None:
        """Read all that has been written so far, and add it to the statement that is running. To be
        called from the main thread."""
        try:
            is_quiet = not self._poll.poll(0)
        except RuntimeError:
            is_quiet = False  # as in `look`
        # `_reading`: the watcher has read bytes that it has not added yet. `_read` waits for it.
        if not is_quiet or self._noted[STATE] or self._reading:
            self._read()

    def keep_in(self, file: int | None, noted: Any) -> None:
        """Start a helper process that moves what stays in the pipes to this file; without a file,
        end the present helper. `noted` is the beginning of the file in shared memory.

        A helper that does not start is reported on stderr.
        """
        with self._lock:
            self._end_helper()
            if file is None:
                return
            readers = [reader for reader, _, _ in self._readers]
            try:
                self._spill = Spill(file, noted, readers, self._rings)
            except (OSError, ValueError) as error:
                # Go on without: output is lost only in a crash, and a C function that fills a pipe
                # while it holds the GIL hangs.
                self._elsewhere("stderr", f"rdit: no helper for descriptors 1 and 2: {error}\n")
                return
            self._noted = noted
        # With a helper, what is written to the pipe is read even after a crash, so fault dumps can
        # go there. To the pipe itself, because a script may redirect descriptor 2.
        faulthandler.enable(file=self._writers[1][1], all_threads=False)

    def _end_helper(self) -> None:
        if self._spill is not None:
            self._spill.leave()
            self._take_in()
            self._spill, self._noted = None, bytes(STATE + 1)

    def mend(self) -> None:
        """Restore the pipes on descriptors that a script has closed or redirected."""
        for target, writer in self._writers:
            identify, ours = self._identities[target]
            try:
                is_ours = identify() == ours
            except OSError:
                is_ours = False
            if not is_ours:
                os.dup2(writer, target)

    def remove(self) -> None:
        """Restore the descriptors that the process had before."""
        if self._closing:
            return
        self.drain()
        with self._lock:
            self._end_helper()
        self._closing = True
        for target, saved in self._saved:
            os.dup2(saved, target)
            os.close(saved)
        for _, writer in self._writers:
            os.close(writer)
        os.close(self._rings)

    def _make_poll(self) -> select.poll:
        poll = select.poll()
        for reader, _, _ in self._readers:
            poll.register(reader, select.POLLIN)
        return poll

    @shielded
    def _read(self) -> None:
        # In a signal handler or a `__del__` that has interrupted this thread in here, or in
        # `RunEvents`. What is in the pipes is read after it: to wait here could be for ever, as the
        # watcher holds our lock and waits for the other.
        sink = self._router.running or self._router.last
        if not self._is_inside() and (sink is None or not sink.run_events.is_inside()):
            self._take_in()

    def _take_in(self) -> None:
        with self._lock, self._spill or nullcontext():
            self._reading = True
            try:
                if self._spill is not None:
                    for target, data in self._spill.take():
                        sink = self._router.running or self._router.last
                        if target:
                            self._bring(*self._readers[target - 1][1:], data)
                        elif sink is not None:
                            sink.left_out(int(data))
                for reader, stream, decoder in self._readers:
                    while self._read_some(reader, stream, decoder):
                        pass
            finally:
                self._reading = False

    def _read_some(self, reader: int, stream: str, decoder: codecs.IncrementalDecoder) -> bool:
        """Read at most one chunk. Returns whether there may be more."""
        try:
            data = os.read(reader, _CHUNK)
        except BlockingIOError:
            return False
        self._bring(stream, decoder, data)
        return len(data) == _CHUNK

    def _bring(self, stream: str, decoder: codecs.IncrementalDecoder, data: bytes) -> None:
        text = decoder.decode(data)
        # Bytes in a pipe do not say who wrote them: take the statement that runs, or ran last.
        sink = self._router.running or self._router.last
        if sink is None:
            self._elsewhere(stream, text)
        elif text:
            sink.text(stream, text)

    def _watch(self) -> None:
        poll = self._make_poll()
        poll.register(self._bell, select.POLLIN)
        while not self._closing:
            try:
                ready = poll.poll()
                with suppress(BlockingIOError):
                    os.read(self._bell, 64)
                self._read()
            except Exception as error:
                # Go on reading: without a reader every subprocess would block on a full pipe.
                self._elsewhere("stderr", f"rdit: could not read output: {error!r}\n")
                ready = []
            if any(event & ~select.POLLIN for _, event in ready):
                return  # hang-up: no process has the write end open
            time.sleep(0.002)  # coalesce many small writes


def _enlarge(pipe: int, size: int) -> None:
    if sys.platform == "linux":
        import fcntl

        # Refused with EPERM when the user's pipes have reached their limit in total: then the
        # default of 64 KB stays. https://man7.org/linux/man-pages/man7/pipe.7.html
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, size)


def _identity(target: int, writer: int) -> tuple[Callable[[], object], object]:
    """A function, and what it returns while descriptor `target` is the pipe of `writer`. It raises
    OSError, or returns something else, if the descriptor is closed or redirected.

    It is called before each text that Python writes. On Linux it asks for the pipe's size, which
    takes a fifth of the time of `fstat`.
    """
    if sys.platform == "linux":
        import fcntl

        get_size = partial(fcntl.fcntl, target, fcntl.F_GETPIPE_SZ)
        if get_size() == _SIZES[target]:
            return get_size, _SIZES[target]
    return partial(os.path.sameopenfile, target, writer), True


def _write_c_at_once() -> None:
    """Make the C library's stdout line-buffered. It is fully buffered when descriptor 1 is a pipe,
    so that `printf` would be seen only when the buffer is full."""
    import ctypes

    line_buffered = 1  # _IOLBF of <stdio.h>
    name = "__stdoutp" if sys.platform == "darwin" else "stdout"
    try:
        library = ctypes.CDLL(None)
        library.setvbuf(ctypes.c_void_p.in_dll(library, name), None, line_buffered, 0)
    except (OSError, ValueError, AttributeError):
        return  # a libc with another name for it: its text comes when its buffer is flushed


def is_possible() -> bool:
    """Whether the platform has file descriptors that can be redirected, and `select.poll`."""
    return hasattr(select, "poll") and sys.platform not in ("win32", "emscripten", "wasi")
