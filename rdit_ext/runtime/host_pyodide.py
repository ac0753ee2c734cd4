"""What a Pyodide worker lends to the runtime: publishing, a formatter, `input`, packages, files.

The worker (`labextension/src/backends/worker.ts`) installs the runtime's modules from their text and
calls `pyodide_bridge.boot`. All that is known here of JavaScript is the `Bridge`.

There is one thread. Nothing happens while Python runs, so events leave as they are made; and what waits
(`input`, `time.sleep`, `asyncio.run`) can only do so where the browser can suspend WebAssembly (JSPI).
"""

from __future__ import annotations

import asyncio
import builtins
import getpass
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from . import install, stop
from .engine import Engine
from .events import Event
from .host_ipython import Exit
from .plan import plan_script, plan_statements
from .pyodide_display import StandIn, _displays, display
from .pyodide_packages import Packages, Source

_NAP_SECONDS = 0.05


class Bridge(Source, Protocol):
    """What the worker lends."""

    def send(self, text: str) -> None:
        """Deliver events: a JSON array."""

    def ask(self) -> Awaitable[Any]:
        """The line that the person answers."""

    def take_written(self) -> list[tuple[str, str]]:
        """What C code has written since: stream and text."""


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

    def remove(self) -> None:
        """Nothing was taken."""


class PyodideHost:
    """The worker this code lives in."""

    has_descriptors = False
    nests_loops = True
    kept_names: frozenset[str] = frozenset()

    def __init__(self, bridge: Bridge):
        self.namespace: dict[str, Any] = sys.modules["__main__"].__dict__
        self.packages = Packages(bridge)
        self._bridge = bridge
        self._request: dict[str, Any] = {}
        self._engine: Engine | None = None
        self._flushes: set[Callable[[], None]] = set()
        # What Python is suspended on, innermost last.
        self._waits: list[asyncio.Future[Any]] = []
        self._undo: list[Callable[[], None]] = []

    def attach(self, engine: Engine) -> None:
        """Take over what the interpreter has of its own."""
        self._engine = engine
        _displays.attach(engine)
        written = Written(self._bridge, engine)
        engine.pipes = written  # type: ignore[assignment]
        engine.streams.bring_in_before(written.drain)
        os.environ["MPLBACKEND"] = "module://_rdit.pyodide_canvas"
        finder = StandIn()
        sys.meta_path.append(finder)
        self._undo.append(lambda: sys.meta_path.remove(finder))
        sys.meta_path.append(self.packages)
        self._undo.append(lambda: sys.meta_path.remove(self.packages))
        self._replace(builtins, "display", display)
        for name in ("exit", "quit"):
            self._replace(builtins, name, Exit(name))
        self._replace(time, "sleep", self._sleep)

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
        await self.packages.prepare(_sources(request))
        await self._engine.run(request)

    def reset(self) -> None:
        """Clear the namespace."""
        assert self._engine is not None
        self._engine.reset()

    def interrupt(self) -> None:
        """Stop what Python is suspended on. What is busy is stopped by the interrupt buffer."""
        if not stop.current.armed:
            return
        if self._waits:
            stop.current.presses += 1
            self._waits[-1].cancel("interrupted")
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

            asyncio.get_event_loop_policy().get_event_loop().call_later(seconds, flush)
        return False

    def hand_over(self) -> None:
        """Nothing to wait for: what was sent is on its way."""

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return _displays.format(value)

    def explain(self, error: BaseException) -> None:
        """Add to an error what would help here."""
        self.packages.explain(error)

    @contextmanager
    def during_run(self, engine: Engine) -> Iterator[None]:
        def ask(prompt: object = "") -> str:
            return self._ask(engine, str(prompt), False)

        def ask_password(prompt: str = "Password: ", stream: object = None) -> str:
            return self._ask(engine, str(prompt), True)

        ask.__name__, ask_password.__name__ = "input", "getpass"
        old_input, old_getpass = builtins.input, getpass.getpass
        builtins.input, getpass.getpass = ask, ask_password
        try:
            yield
        finally:
            builtins.input, getpass.getpass = old_input, old_getpass

    # -- waiting

    def _ask(self, engine: Engine, prompt: str, password: bool) -> str:
        if not self._bridge.can_wait():
            raise EOFError(
                "this browser cannot wait for input() in a Python script (it lacks WebAssembly JSPI):"
                " Chrome and Edge 137 can, and so can a server"
            )
        outlet = engine.routes.find()
        if outlet is None:
            raise EOFError("input() outside of a run: nobody is there to answer")
        event = {"type": "input", "run": outlet.feed.run, "nodeIndex": outlet.node_index}
        outlet.feed.add({**event, "prompt": prompt, "password": password, "waiting": True}, more=True)
        outlet.feed.sync()
        answer = None
        try:
            answer = self._wait(self._bridge.ask())
        finally:
            outlet.feed.add({**event, "prompt": prompt, "password": password, "waiting": False})
            if answer is not None:
                # As a terminal would read afterwards.
                outlet.text("stdout", prompt + ("" if password else answer) + "\n")
        return str(answer)

    def _sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        outlet = self._engine.routes.running if self._engine else None
        if outlet is not None:
            outlet.feed.flush()
        if self._bridge.can_wait():
            self._wait(asyncio.sleep(seconds))
            return
        # A short nap at a time: between two of them an interrupt is seen.
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            _nap(min(left, _NAP_SECONDS))

    def _wait(self, what: Awaitable[Any]) -> Any:
        """Suspend Python; an interrupt meanwhile ends the wait."""
        wait = asyncio.ensure_future(_value_of(what))
        self._waits.append(wait)
        try:
            return self._bridge.wait(wait)
        except BaseException:
            if wait.cancelled() and stop.current.presses:
                raise KeyboardInterrupt from None
            raise
        finally:
            self._waits.remove(wait)

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        missing = object()
        old = getattr(owner, name, missing)
        setattr(owner, name, value)
        self._undo.append(
            lambda: delattr(owner, name) if old is missing else setattr(owner, name, old)
        )


async def _value_of(what: Awaitable[Any]) -> Any:
    return await what


_nap = time.sleep


def _sources(request: dict[str, Any]) -> list[str]:
    """The text of the statements that a request runs; none of a script that does not parse."""
    path = request.get("path") or "script.py"
    try:
        if request.get("statements") is not None:
            return [statement.source for statement in plan_statements(request["statements"], path)]
        lines = request.get("lineRange")
        planned = plan_script(request["script"], path, (lines["from"], lines["to"]) if lines else None)
        return [statement.source for statement in planned]
    except SyntaxError:
        return []


def boot(bridge: Bridge) -> PyodideHost:
    """Take over the interpreter."""
    host = PyodideHost(bridge)
    host.attach(install(host))
    return host
