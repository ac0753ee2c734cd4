"""The `Host` in a Pyodide worker: publishing, the display formatter, `input`, packages.

The worker (`labextension/src/backends/pyodide/worker.ts`) installs the runtime's modules from their
text and calls `pyodide_bridge.boot`. All of JavaScript that is known here is the `Bridge` protocol.

There is one thread, so that no timer fires while Python runs, and a call that waits (`input`,
`time.sleep`, `asyncio.run`) works only if the browser can suspend WebAssembly by JSPI, JavaScript
Promise Integration: https://github.com/WebAssembly/js-promise-integration
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

from . import install, interrupts, run_events
from .engine import Engine
from .introspect_pyodide import Introspection
from .main_module import UNNAMED
from .plan import plan_script, plan_statements
from .pyodide_display import displays
from .pyodide_ipython import StandIn, display
from .pyodide_packages import Packages, Source
from .pyodide_waiting import Suspends, Waiting
from .queries import Queries
from .replacements import Undo
from .run_events import Event
from .run_request import requested_lines, run_request
from .shields import shielded
from .stdin import asked_by
from .tracebacks import Exit

# Seconds between two messages. Shorter than in a kernel, because messages to the page are cheap and
# no timer sends what is buffered.
_PERIOD = 0.01


class Bridge(Source, Suspends, Protocol):
    """What the host needs of the worker."""

    def send(self, text: str) -> None:
        """Send events, as a JSON array, to the page."""

    def take_written(self) -> list[tuple[str, str]]:
        """What C code has written to descriptors 1 and 2 since the last call: pairs of stream and
        text."""

    def interrupt_again(self, again: bool) -> None:
        """Send the interrupt again soon; with False, call that off."""

    def acknowledge(self) -> None:
        """Tell the page that an interrupt has arrived."""


class Written:
    """Attributes what C code writes to the statement that runs. It has the methods of
    `fd_capture.Pipes` that the engine calls; Emscripten has no pipes between processes."""

    def __init__(self, bridge: Bridge, engine: Engine):
        self._bridge = bridge
        self._engine = engine

    def drain(self) -> None:
        """Read all that has been written so far, and add it to the statement that runs."""
        for stream, text in self._bridge.take_written():
            sink = self._engine.router.running or self._engine.router.last
            if sink is not None:
                sink.text(stream, text)

    def look(self) -> bool:
        """`drain` before text that Python writes. Always True: no descriptor can be redirected."""
        self.drain()
        return True

    def mend(self) -> None:
        """Does nothing: there are no pipes to restore."""

    def remove(self) -> None:
        """Does nothing: no descriptor was replaced."""


class PyodideHost:
    """The host in the Pyodide worker that executes this."""

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
        self._waiting = Waiting(bridge, self._loop, self._flush)
        # The user's last answer, and the future of the question that waits for one.
        self._answer = ""
        self._asking: asyncio.Future[bool] | None = None
        self._undo = Undo()
        self._queries: Queries | None = None

    def attach(self, engine: Engine) -> None:
        """Replace what blocks, displays or exits in the interpreter. `remove` undoes it."""
        self._engine = engine
        self._queries = Queries(Introspection(self.namespace), engine)
        displays.attach(engine)
        written = Written(self._bridge, engine)
        engine.pipes = written  # type: ignore[assignment]
        engine.streams.look({1: written.look, 2: written.look})
        os.environ["MPLBACKEND"] = "module://_rdit.pyodide_canvas"
        finder = StandIn()
        sys.meta_path.append(finder)
        self._undo.add(lambda: sys.meta_path.remove(finder))
        sys.meta_path.append(self.packages)
        self._undo.add(lambda: sys.meta_path.remove(self.packages))
        self._replace(builtins, "display", display)
        signal.signal(signal.SIGINT, interrupts.note)
        for name in ("exit", "quit"):
            self._replace(builtins, name, Exit(name))
        self._replace(interrupts, "end_wait", self._waiting.end_wait)
        self._replace(time, "sleep", self._waiting.sleep)
        policy = asyncio.events._get_event_loop_policy()  # type: ignore[attr-defined]
        self._replace(
            policy, "new_event_loop", self._waiting.make_loop(policy, policy.new_event_loop)
        )
        self._waiting.keep_quiet(self._loop)
        kind = type(self._loop)
        run = self._waiting.run_until_complete
        self._replace(kind, "run_until_complete", lambda loop, future: run(loop, future))

    def remove(self) -> None:
        """Restore everything in the interpreter that was replaced."""
        self._undo.all()

    # -- what the worker calls

    async def run(self, text: str) -> None:
        """Serve a run request, given as JSON: load the packages it imports, and run it."""
        request = self._request = json.loads(text)
        assert self._engine is not None
        assert self._queries is not None
        self._queries.evaluations.begin_request()
        try:
            await self.packages.prepare(_sources(request))
            await run_request(self._engine, request)
        finally:
            interrupts.forget()
            self._queries.evaluations.end_request()

    def reset(self) -> None:
        """Clear the namespace."""
        assert self._engine is not None
        assert self._queries is not None
        self._queries.evaluations.make_way()
        self._engine.reset()

    def answer(self, text: str) -> None:
        """Pass the line that `input` waits for. Ignored if nothing waits."""
        if self._asking is not None and not self._asking.done():
            self._answer = text
            self._asking.set_result(True)

    def methods(self) -> str:
        """The methods of queries, as a JSON array."""
        assert self._queries is not None
        return json.dumps(self._queries.methods)

    def query(self, text: str) -> str:
        """The answer to a query, both as JSON. Python answers between runs, and while it waits."""
        query = json.loads(text)
        # What evaluates the user's code may be interrupted.
        return self._tell(query) if query["method"] == "evaluate" else self._tell_aside(query)

    # An interrupt is for the script that waits meanwhile, not for this.
    @shielded
    def _tell_aside(self, query: dict[str, Any]) -> str:
        return self._tell(query)

    def _tell(self, query: dict[str, Any]) -> str:
        assert self._queries is not None
        try:
            return json.dumps(self._queries.answer(query))
        except (TypeError, ValueError) as error:  # a result that is no JSON
            return json.dumps({"id": query["id"], "error": f"{type(error).__name__}: {error}"})

    def interrupt(self) -> None:
        """Interrupt Python while it is suspended. While it runs, the worker cannot call this:
        then Pyodide's interrupt buffer raises SIGINT.
        https://pyodide.org/en/stable/usage/keyboard-interrupts.html
        """
        if not interrupts.current.armed:
            return
        if not self._waiting.interrupt() and interrupts.current.awaiting:
            signal.raise_signal(signal.SIGINT)

    # -- what the engine calls

    def request(self) -> dict[str, Any]:
        return self._request

    def sender(self) -> Callable[[list[Event]], None]:
        send = self._bridge.send
        return lambda events: send(json.dumps(events))

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        # False, because no timer fires while Python runs: `RunEvents` then compares the time
        # whenever something is added. The timer fires if Python is suspended before that.
        if function not in self._flushes:
            self._flushes.add(function)

            def flush() -> None:
                self._flushes.discard(function)
                function()

            self._loop.call_later(seconds, flush)
        return False

    def hand_over(self) -> None:
        """Does nothing: `postMessage` has taken what was sent."""

    def log(self, text: str) -> None:
        # The console of the worker.
        if sys.__stderr__ is not None:
            sys.__stderr__.write(f"rdit: {text}\n")

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return displays.format(value)

    def explain(self, error: BaseException) -> None:
        """Add a note to an error of a missing module, on how to get it."""
        self.packages.explain(error)

    def during_run(self) -> AbstractContextManager[None]:
        assert self._engine is not None
        return asked_by(partial(self._ask, self._engine))

    def _ask(self, engine: Engine, prompt: str, password: bool) -> str:
        if not self._bridge.can_wait():
            raise EOFError(
                "this browser cannot wait for input() in a Python script (it lacks WebAssembly"
                " JSPI): Chrome and Edge can from 137, and so can a server"
            )
        sink = engine.router.find()
        if sink is None:
            raise EOFError("input() outside of a run: nobody is there to answer")
        event = {"type": "input", "run": sink.run_events.run, "nodeIndex": sink.node_index}
        # As a server sends it: without fields that have their default.
        asked = {key: value for key, value in (("prompt", prompt), ("password", password)) if value}
        sink.run_events.add({**event, **asked}, more=True)
        sink.run_events.sync()
        asking = self._asking = self._loop.create_future()
        answered = False
        try:
            answered = self._waiting.wait(asking)
        finally:
            self._asking = None
            sink.run_events.add({**event, "waiting": False})
            if answered:
                # Output the prompt and the answer, as a terminal shows them.
                sink.text("stdout", prompt + ("" if password else self._answer) + "\n")
        return self._answer

    def _flush(self) -> None:
        """Send the buffered output of the running statement, before Python waits."""
        sink = self._engine.router.running if self._engine else None
        if sink is not None:
            sink.run_events.flush()

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        missing = object()
        old = getattr(owner, name, missing)
        setattr(owner, name, value)
        self._undo.add(
            lambda: delattr(owner, name) if old is missing else setattr(owner, name, old)
        )


def _sources(request: dict[str, Any]) -> list[str]:
    """The texts of the statements that a request runs; empty if they do not parse."""
    path = request.get("path") or UNNAMED
    try:
        if request.get("statements") is not None:
            planned = plan_statements(request["statements"], path)
        else:
            planned = plan_script(request["script"], path, *requested_lines(request))
        return [statement.source for statement in planned]
    except SyntaxError:
        return []


def boot(bridge: Bridge) -> PyodideHost:
    """Install the runtime in this interpreter, with a host on this bridge."""
    run_events.PERIOD = _PERIOD
    interrupts.send_again, interrupts.acknowledge = bridge.interrupt_again, bridge.acknowledge
    host = PyodideHost(bridge)
    host.attach(install(host))
    return host
