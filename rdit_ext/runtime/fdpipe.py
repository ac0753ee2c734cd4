"""File descriptors 1 and 2: what subprocesses and C code write, brought to the statement that ran.

Both descriptors become pipes of ours. The main thread empties them before each text of Python's
and at the end of each statement, so that order and statement are exact; a thread of ours empties
them while a statement is busy elsewhere, so that its output is live; and what both leave there too
long a helper keeps, see `spill.py`. POSIX only; elsewhere nobody makes one.
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
from typing import Any

from .spill import STATE, Spill
from .stop import shielded
from .streams import Routes

_CHUNK = 1 << 16
# Neither what a pipe has by default nor the most that it may have: by its size a pipe is known.
_SIZES = {1: 1 << 19, 2: 1 << 18}


class Pipes:
    """The pipes behind descriptors 1 and 2, and the thread that watches them."""

    def __init__(self, routes: Routes, elsewhere: Callable[[str, str], object]):
        self._routes = routes
        # Takes (stream, text) that came before any statement ran.
        self._elsewhere = elsewhere
        self._lock = threading.RLock()
        self._readers: list[tuple[int, str, codecs.IncrementalDecoder]] = []
        # Each descriptor with what it was, and with our end of its pipe.
        self._saved: list[tuple[int, int]] = []
        self._writers: list[tuple[int, int]] = []
        self._closing = False
        self._reading = False
        self._spill: Spill | None = None
        # Its first bytes; a zero where there is no helper.
        self._noted: Any = bytes(STATE + 1)
        # The helper has kept something, and we shall take it.
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
        # By descriptor, whether it leads to its pipe still.
        self.leads_here = {target: _is_same(target, writer) for target, writer in self._writers}
        _write_c_at_once()
        # One poll object a thread: a shared one raises when both use it at once.
        self._poll = self._make_poll()
        self._watcher = threading.Thread(target=self._watch, name="rdit descriptors", daemon=True)
        self._watcher.pydev_do_not_trace = True  # type: ignore[attr-defined]
        self._watcher.start()

    def looks(self) -> dict[int, Callable[[], bool]]:
        """By descriptor, what a stream asks before each text: it brings in what was written before,
        and says whether the descriptor leads to its pipe still."""
        return {target: self._make_look(target) for target, _ in self._writers}

    def _make_look(self, target: int) -> Callable[[], bool]:
        # Every print comes by here, twice: hence `drain` without a call.
        poll, leads_here = self._poll.poll, self.leads_here[target]
        get_ident, main = threading.get_ident, threading.main_thread().ident

        @shielded
        def look() -> bool:
            if get_ident() == main and (poll(0) or self._noted[STATE] or self._reading):
                self._read()
            return leads_here()

        return look

    @shielded
    def drain(self) -> None:
        """Bring in all that has been written. For the main thread."""
        # The watcher may have taken text that it has not added yet.
        if self._poll.poll(0) or self._noted[STATE] or self._reading:
            self._read()

    def keep_in(self, file: int | None, noted: Any) -> None:
        """Have a helper keep what stays in the pipes, in this file."""
        with self._lock:
            self._end_helper()
            if file is None:
                return
            readers = [reader for reader, _, _ in self._readers]
            try:
                self._spill = Spill(file, noted, readers, self._rings)
            except (OSError, ValueError) as error:
                # All works but for what it is there for.
                self._elsewhere("stderr", f"rdit: no helper for descriptors 1 and 2: {error}\n")
                return
            self._noted = noted
        # Now it is read after a crash. Not descriptor 2, which a script may lead elsewhere.
        faulthandler.enable(file=self._writers[1][1], all_threads=False)

    def _end_helper(self) -> None:
        if self._spill is not None:
            self._spill.leave()
            self._read()
            self._spill, self._noted = None, bytes(STATE + 1)

    def mend(self) -> None:
        """Put the pipes back where a script has closed a descriptor, or led it elsewhere."""
        for target, writer in self._writers:
            if not self.leads_here[target]():
                os.dup2(writer, target)

    def remove(self) -> None:
        """Give the process its own descriptors back."""
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
        with self._lock, self._spill or nullcontext():
            self._reading = True
            try:
                if self._spill is not None:
                    for target, data in self._spill.take():
                        outlet = self._routes.running or self._routes.last
                        if target:
                            self._bring(*self._readers[target - 1][1:], data)
                        elif outlet is not None:
                            outlet.left_out(int(data))
                for reader, stream, decoder in self._readers:
                    while self._read_some(reader, stream, decoder):
                        pass
            finally:
                self._reading = False

    def _read_some(self, reader: int, stream: str, decoder: codecs.IncrementalDecoder) -> bool:
        """Take what is there; whether there may be more."""
        try:
            data = os.read(reader, _CHUNK)
        except BlockingIOError:
            return False
        self._bring(stream, decoder, data)
        return len(data) == _CHUNK

    def _bring(self, stream: str, decoder: codecs.IncrementalDecoder, data: bytes) -> None:
        text = decoder.decode(data)
        # No better sign of where it belongs than the statement that runs, or ran last.
        outlet = self._routes.running or self._routes.last
        if outlet is None:
            self._elsewhere(stream, text)
        elif text:
            outlet.text(stream, text)

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
                # Without a reader every subprocess would hang once its pipe is full.
                self._elsewhere("stderr", f"rdit: could not read output: {error!r}\n")
                ready = []
            if any(event & ~select.POLLIN for _, event in ready):
                return  # the last writer is gone
            time.sleep(0.002)  # let text gather


def _enlarge(pipe: int, size: int) -> None:
    if sys.platform == "linux":
        import fcntl

        # Above the user's limit the usual 64 KB do as well.
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, size)


def _is_same(target: int, writer: int) -> Callable[[], bool]:
    """A function that says whether a descriptor leads to this pipe. It is asked before each text of
    Python's, so its time counts: `fstat` takes five times as long as the size of the pipe."""
    if sys.platform == "linux":
        import fcntl

        ask, get_size, size = fcntl.fcntl, fcntl.F_GETPIPE_SZ, _SIZES[target]

        def is_same_size() -> bool:
            try:
                return ask(target, get_size) == size
            except OSError:
                return False  # closed, or no pipe

        if is_same_size():
            return is_same_size

    def is_same_file() -> bool:
        try:
            return os.path.sameopenfile(target, writer)
        except OSError:
            return False

    return is_same_file


def _write_c_at_once() -> None:
    """Have C's own stdout write at each newline: into a pipe it would wait for four kilobytes."""
    import ctypes

    line_buffered = 1  # _IOLBF
    name = "__stdoutp" if sys.platform == "darwin" else "stdout"
    try:
        library = ctypes.CDLL(None)
        library.setvbuf(ctypes.c_void_p.in_dll(library, name), None, line_buffered, 0)
    except (OSError, ValueError, AttributeError):
        return  # a libc that names it otherwise: its text comes when it is flushed


def is_possible() -> bool:
    """Whether this process has descriptors and a way to wait for them."""
    return hasattr(select, "poll") and sys.platform not in ("win32", "emscripten", "wasi")
