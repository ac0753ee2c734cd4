"""What a Pyodide worker lends to the runtime: publishing, a formatter, `input`, packages, files.

The worker (`labextension/src/backends/worker.ts`) installs the runtime's modules from their text
and calls `pyodide_bridge.boot`. All that is known here of JavaScript is the `Bridge`.

There is one thread. Nothing happens while Python runs, so events leave as they are made; and what
waits (`input`, `time.sleep`, `asyncio.run`) can only do so where the browser can suspend
WebAssembly (JSPI).
"""

from __future__ import annotations

import asyncio
import builtins
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol

from . import events, install, stop
from .asking import asked_by
from .engine import UNNAMED, Engine
from .errors import Exit
from .events import Event
from .plan import plan_script, plan_statements
from .pyodide_display import StandIn, _displays, display
from .pyodide_packages import Packages, Source

_NAP_SECONDS = 0.05
# Messages to the page cost little, and a line that waits for the next one may wait long.
_PERIOD = 0.01


class Bridge(Source, Protocol):
    """What the worker lends."""

    def send(self, text: str) -> None:
        """Deliver events: a JSON array."""

    def take_written(self) -> list[tuple[str, str]]:
        """What C code has written since: stream and text."""

    def interrupt_again(self, again: bool) -> None:
        """Interrupt once more, soon; or (False) no more."""

    def acknowledge(self) -> None:
        """Say that an interrupt has come in."""


class Written:
    """What C code writes, brought to the statement that runs: here in place of pipes."""

    def __init__(self, bridge: Bridge, engine: Engine):
        self._bridge = bridge
        self._engine = engine

    def drain(self) -> None:
        """Bring in all that has been written."""
        for stream, text in self._bridge.take_written():
            outlet = self._engine.routes.running or self._engine.routes.last
            if outlet is not None:
                outlet.text(stream, text)

    def look(self) -> bool:
        """Bring it in, before text of Python's. There are no descriptors to lead elsewhere."""
        self.drain()
        return True

    def mend(self) -> None:
        """Nothing can come loose."""

    def remove(self) -> None:
        """Nothing was taken."""


class PyodideHost:
    """The worker this code lives in."""

    has_descriptors = False
    has_timers = False

    def __init__(self, bridge: Bridge):
        self.namespace: dict[str, Any] = sys.modules["__main__"].__dict__
        self.packages = Packages(bridge)
        self._bridge = bridge
        self._request: dict[str, Any] = {}
        self._engine: Engine | None = None
        self._loop = asyncio.get_event_loop()
        self._flushes: set[Callable[[], None]] = set()
        # What Python is suspended on, innermost last; and the line that a person is asked for.
        self._waits: list[asyncio.Future[bool]] = []
        self._answer = ""
        self._asking: asyncio.Future[bool] | None = None
        self._undo: list[Callable[[], None]] = []

    def attach(self, engine: Engine) -> None:
        """Take over what the interpreter has of its own."""
        self._engine = engine
        _displays.attach(engine)
        written = Written(self._bridge, engine)
        engine.pipes = written  # type: ignore[assignment]
        engine.streams.look({1: written.look, 2: written.look})
        os.environ["MPLBACKEND"] = "module://_rdit.pyodide_canvas"
        finder = StandIn()
        sys.meta_path.append(finder)
        self._undo.append(lambda: sys.meta_path.remove(finder))
        sys.meta_path.append(self.packages)
        self._undo.append(lambda: sys.meta_path.remove(self.packages))
        self._replace(builtins, "display", display)
        signal.signal(signal.SIGINT, stop.note)
        for name in ("exit", "quit"):
            self._replace(builtins, name, Exit(name))
        self._replace(time, "sleep", self._sleep)
        policy = asyncio.events._get_event_loop_policy()  # type: ignore[attr-defined]
        self._replace(policy, "new_event_loop", self._make_loop(policy, policy.new_event_loop))
        self._keep_quiet(self._loop)
        kind = type(self._loop)
        run = self._run_until_complete
        self._replace(kind, "run_until_complete", lambda loop, future: run(loop, future))

    def remove(self) -> None:
        """Give it back."""
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()

    # -- what the worker calls

    async def run(self, text: str) -> None:
        """Serve a run request, in JSON."""
        request = self._request = json.loads(text)
        assert self._engine is not None
        try:
            await self.packages.prepare(_sources(request))
            await self._engine.run(request)
        finally:
            stop.forget()

    def reset(self) -> None:
        """Clear the namespace."""
        assert self._engine is not None
        self._engine.reset()

    def answer(self, text: str) -> None:
        """The line that `input` waits for."""
        if self._asking is not None and not self._asking.done():
            self._answer = text
            self._asking.set_result(True)

    def interrupt(self) -> None:
        """Stop what Python is suspended on. What is busy is stopped by the interrupt buffer."""
        if not stop.current.armed:
            return
        if self._waits:
            stop.current.presses += 1
            if stop.acknowledge is not None:
                stop.acknowledge()
            if not self._waits[-1].done():
                self._waits[-1].set_result(False)
        elif stop.current.awaiting:
            signal.raise_signal(signal.SIGINT)

    # -- what the engine calls

    def request(self) -> dict[str, Any]:
        return self._request

    def sender(self) -> Callable[[list[Event]], None]:
        send = self._bridge.send
        return lambda events: send(json.dumps(events))

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        # False: the feed then looks at the clock itself, which is all that is possible while Python
        # is busy. When it waits, the loop has time for this.
        if function not in self._flushes:
            self._flushes.add(function)

            def flush() -> None:
                self._flushes.discard(function)
                function()

            self._loop.call_later(seconds, flush)
        return False

    def hand_over(self) -> None:
        """Nothing to wait for: what was sent is on its way."""

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return _displays.format(value)

    def explain(self, error: BaseException) -> None:
        """Add to an error what would help here."""
        self.packages.explain(error)

    def during_run(self, engine: Engine) -> AbstractContextManager[None]:
        return asked_by(partial(self._ask, engine))

    # -- waiting

    def _ask(self, engine: Engine, prompt: str, password: bool) -> str:
        if not self._bridge.can_wait():
            raise EOFError(
                "this browser cannot wait for input() in a Python script (it lacks WebAssembly"
                " JSPI): Chrome and Edge can from 137, and so can a server"
            )
        outlet = engine.routes.find()
        if outlet is None:
            raise EOFError("input() outside of a run: nobody is there to answer")
        event = {"type": "input", "run": outlet.feed.run, "nodeIndex": outlet.node_index}
        outlet.feed.add(
            {**event, "prompt": prompt, "password": password, "waiting": True}, more=True
        )
        outlet.feed.sync()
        asking = self._asking = self._loop.create_future()
        answered = False
        try:
            answered = self._wait(asking)
        finally:
            self._asking = None
            outlet.feed.add({**event, "prompt": prompt, "password": password, "waiting": False})
            if answered:
                # As a terminal would read afterwards.
                outlet.text("stdout", prompt + ("" if password else self._answer) + "\n")
        return self._answer

    def _sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self._flush_soon()
        if self._bridge.can_wait():
            end = self._loop.create_future()
            timer = self._loop.call_later(seconds, _finish, end)
            try:
                self._wait(end)
            finally:
                timer.cancel()
            return
        # A short nap at a time: between two of them an interrupt is seen.
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            _nap(min(left, _NAP_SECONDS))

    def _run_until_complete(self, loop: Any, what: Any) -> Any:
        """What a loop of Pyodide's does, but so that an interrupt gets in."""
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
                self._wait(done)
            except KeyboardInterrupt:
                task.cancel()
                # Its `finally` blocks may await: until they are done, or the next interrupt.
                self._wait_for_end(task)
                raise
        return task.result()

    def _wait_for_end(self, task: asyncio.Future[Any]) -> None:
        if not task.done():
            done = self._loop.create_future()
            task.add_done_callback(lambda _: _finish(done))
            self._wait(done)
        if not task.cancelled():
            task.exception()  # seen, so that nobody says it never was

    def _wait(self, until: asyncio.Future[bool]) -> bool:
        """Suspend Python; an interrupt meanwhile ends the wait."""
        self._waits.append(until)
        try:
            if not self._bridge.wait(until):
                raise KeyboardInterrupt
            return True
        finally:
            self._waits.remove(until)

    def _make_loop(self, policy: Any, make: Callable[[], Any]) -> Callable[[], Any]:
        """Pyodide's loops take over as soon as they are made, under the task that is running."""

        def make_loop() -> Any:
            running, default = asyncio._get_running_loop(), policy._default_loop
            loop = make()
            self._keep_quiet(loop)
            asyncio._set_running_loop(running)
            policy._default_loop = default
            return loop

        return make_loop

    def _keep_quiet(self, loop: Any) -> None:
        # The task that was struck has the exception; going on into JavaScript it would end us.
        loop._keyboard_interrupt_handler = lambda: None
        loop._system_exit_handler = lambda code: None

    def _flush_soon(self) -> None:
        """Send what was printed before Python begins to wait."""
        outlet = self._engine.routes.running if self._engine else None
        if outlet is not None:
            outlet.feed.flush()

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        missing = object()
        old = getattr(owner, name, missing)
        setattr(owner, name, value)
        self._undo.append(
            lambda: delattr(owner, name) if old is missing else setattr(owner, name, old)
        )


def _finish(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(True)


_nap = time.sleep


def _sources(request: dict[str, Any]) -> list[str]:
    """The text of the statements that a request runs; none of a script that does not parse."""
    path = request.get("path") or UNNAMED
    lines = request.get("lineRange")
    try:
        if request.get("statements") is not None:
            planned = plan_statements(request["statements"], path)
        else:
            planned = plan_script(
                request["script"], path, (lines["from"], lines["to"]) if lines else None
            )
        return [statement.source for statement in planned]
    except SyntaxError:
        return []


def boot(bridge: Bridge) -> PyodideHost:
    """Take over the interpreter."""
    events.PERIOD = _PERIOD
    stop.send_again, stop.acknowledge = bridge.interrupt_again, bridge.acknowledge
    host = PyodideHost(bridge)
    host.attach(install(host))
    return host
