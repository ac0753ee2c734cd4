"""`sys.stdout`, `sys.stderr` and `sys.stdin` of the host and of the script.

The stream objects stay the same from statement to statement, because others keep references to
them: a logging handler, for example. `sink_router.py` says which statement their text belongs to.

In a forked child the thread that sends messages does not exist, and another thread may have held
one of our locks at the fork. The child therefore writes to its file descriptors, which are pipes
that the parent reads (`fd_capture.py`).
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .replacements import replaces
from .routed_stream import DESCRIPTORS, HostStream, RoutedStream
from .sink_router import SinkRouter
from .stdin import Stdin

_NAMES = ("stdin", "stdout", "stderr")


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
        self.stdout = self._make(HostStream, "stdout")
        self.stderr = self._make(HostStream, "stderr")
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
        descriptor = DESCRIPTORS[name]
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
            stream._look = looks.get(DESCRIPTORS[stream._name])

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
