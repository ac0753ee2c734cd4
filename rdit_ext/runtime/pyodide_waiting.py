"""In the browser: what suspends Python until the page or a timer goes on, by WebAssembly's JSPI."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

from . import interrupts
from .shields import shielded

# How long a piece of a sleep is in a browser that cannot suspend Python.
_NAP_SECONDS = 0.05
_nap = time.sleep


class Suspends(Protocol):
    """The part of the bridge that waits."""

    def can_wait(self) -> bool:
        """Whether `wait` works here: the browser has JSPI."""

    def wait(self, future: asyncio.Future[bool], /) -> bool:
        """Suspend Python until the future is done, and return its result."""


class Waiting:
    """Waits in the middle of a script. `flush` sends what the script has put out before."""

    def __init__(self, bridge: Suspends, loop: Any, flush: Callable[[], None]):
        self._bridge = bridge
        self._loop = loop
        self._flush = flush
        # The futures for which Python is suspended, innermost last.
        self._waits: list[asyncio.Future[bool]] = []
        # That of them whose wait an interrupt ends.
        self._interrupted: asyncio.Future[bool] | None = None

    def interrupt(self) -> bool:
        """Count an interrupt, and end the innermost wait by it. False: nothing waits."""
        if not self._waits:
            return False
        interrupts.current.presses += 1
        if interrupts.acknowledge is not None:
            interrupts.acknowledge()
        return self.end_wait()

    def end_wait(self) -> bool:
        """End the innermost wait by KeyboardInterrupt. False: nothing waits."""
        if not self._waits:
            return False
        # A future that is done has not resumed Python yet, but will: a result would come too late.
        self._interrupted = self._waits[-1]
        if not self._interrupted.done():
            self._interrupted.set_result(False)
        return True

    @shielded
    def sleep(self, seconds: float) -> None:
        """In place of `time.sleep`."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self._flush()
        if self._bridge.can_wait():
            end = self._loop.create_future()
            timer = self._loop.call_later(seconds, _finish, end)
            try:
                self.wait(end)
            finally:
                timer.cancel()
            interrupts.current.deliver()
            return
        # In short pieces, because an interrupt is noticed only between them.
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            _nap(min(left, _NAP_SECONDS))
            interrupts.current.deliver()

    def run_until_complete(self, loop: Any, what: Any) -> Any:
        """In place of `run_until_complete` of Pyodide's event loop, which cannot be interrupted.

        Raises:
            KeyboardInterrupt: after the task has been cancelled.
            RuntimeError: the browser lacks JSPI.
        """
        if not self._bridge.can_wait():
            raise RuntimeError(
                "this browser cannot wait in the middle of a Python script (it lacks WebAssembly"
                " JSPI): use `await` at the top level in place of asyncio.run"
            )
        task = asyncio.ensure_future(what, loop=loop)
        while not task.done():
            done = self._loop.create_future()
            task.add_done_callback(lambda _, done=done: _finish(done))
            try:
                self.wait(done)
            except KeyboardInterrupt:
                task.cancel()
                # The task's `finally` blocks may await: wait until they are done, or for the next
                # interrupt.
                self._wait_for_end(task)
                raise
        return task.result()

    def _wait_for_end(self, task: asyncio.Future[Any]) -> None:
        if not task.done():
            done = self._loop.create_future()
            task.add_done_callback(lambda _: _finish(done))
            self.wait(done)
        if not task.cancelled():
            task.exception()  # marks it as retrieved: asyncio would log that it never was

    # An interrupt that is raised in Pyodide's own functions may come out as a ConversionError.
    @shielded
    def wait(self, until: asyncio.Future[bool]) -> bool:
        """Suspend Python until the future is done.

        Raises:
            KeyboardInterrupt: Stop was pressed meanwhile.
        """
        self._waits.append(until)
        try:
            result = self._bridge.wait(until)
        finally:
            self._waits.remove(until)
            # The mark of an outer wait stays: an inner one may begin and end before that resumes.
            is_interrupted = self._interrupted is until
            if is_interrupted:
                self._interrupted = None
        if is_interrupted:
            interrupts.current.pending = False
            raise KeyboardInterrupt
        interrupts.current.deliver()
        return result

    def make_loop(self, policy: Any, make: Callable[[], Any]) -> Callable[[], Any]:
        """A `new_event_loop` that leaves the running loop and the default loop as they are. Each
        new loop of Pyodide's would replace both, also while a task of the old loop runs."""

        def make_loop() -> Any:
            running, default = asyncio._get_running_loop(), policy._default_loop
            loop = make()
            self.keep_quiet(loop)
            asyncio._set_running_loop(running)
            policy._default_loop = default
            return loop

        return make_loop

    def keep_quiet(self, loop: Any) -> None:
        """Keep a loop of Pyodide's from raising KeyboardInterrupt and SystemExit of a task into
        JavaScript as well, which would end the worker. The task has the exception."""
        loop._keyboard_interrupt_handler = lambda: None
        loop._system_exit_handler = lambda code: None


def _finish(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(True)
