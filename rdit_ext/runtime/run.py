"""Runs the statements of a plan in order, and reports each.

The events of a run, in order: `plan`; for each statement `status` running (left out if the
statement ended before that event was sent), then its `output`, `update`, `clear` and `truncated`
events, then `status` ok, error, interrupted or cancelled; last, `done`.
The display of a figure belongs to the statement that changed the figure last, and is sent before
`done`. Output of threads and tasks may follow at any time, also after `done`.
"""

from __future__ import annotations

import asyncio
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from inspect import CO_COROUTINE
from typing import Any

from . import tracebacks
from .crash_marker import STOP
from .engine import Engine
from .excepthook import Hook, Listener, describe_failure, note_last
from .heat import Heat
from .interrupts import Interrupts
from .modules import folder_of
from .plan import broken_elsewhere, last_awaits
from .recursion_limit import DIVE, frames_below
from .results import show_value
from .run_events import RunEvents
from .shields import boundary
from .stacks import PROFILER, end_profile, pause
from .statement import Statement
from .statement_events import plan_event, status_event
from .statement_sink import StatementSink

_clock = time.perf_counter
_gettrace, _settrace, _getprofile = sys.gettrace, sys.settrace, sys.getprofile
_monitoring: Any = getattr(sys, "monitoring", None)
_get_tool: Any = getattr(_monitoring, "get_tool", None)
_get_events: Any = getattr(_monitoring, "get_events", None)
_set_events: Any = getattr(_monitoring, "set_events", None)


class Run:
    """One run of planned statements."""

    def __init__(
        self,
        engine: Engine,
        run_events: RunEvents,
        path: str,
        statements: list[Statement],
        interrupts: Interrupts,
        heat: Heat | None = None,
    ):
        self.engine = engine
        self.run_events = run_events
        self.path = path
        self.statements = statements
        self.interrupts = interrupts
        self.heat = heat
        self.status = "ok"
        self.exit_code = 0
        self._is_first = True
        # Whether the script has exited or was interrupted: no further statement runs, not even if
        # the request says to go on after errors.
        self._is_over = False

    @boundary
    async def execute(self, request: dict[str, Any]) -> str:
        """Run the statements. Returns the status of the run: ok, error or interrupted."""
        engine, run_events = self.engine, self.run_events
        whole = not request.get("lineRange") and request.get("statements") is None
        stop_on_error = request.get("stopOnError", True)
        reloaded: tuple[list[str], list[str]] | None = None
        folder = folder_of(self.path)
        if whole:
            for step in engine.process_state.steps():
                self._guard(step)
            if folder is not None and request.get("reloadModules", True):
                reloaded = self._guard(engine.modules.renew, folder)
        # Sent with `more`: the plan waits for the first statement's `running` status and leaves in
        # the same message.
        plan = plan_event(run_events.run, self.statements, *(reloaded or ()))
        if request.get("lineRange"):
            broken = broken_elsewhere()
            if broken:
                plan["broken"] = broken
        # In this order: what is recorded is never taken for another run's.
        engine.record(run_events)
        engine.marker.begin(run_events.run)
        run_events.add(plan, more=True)
        engine.modules.begin_run()
        self._guard(engine.set_up, self.path, whole)
        if self.statements and self.statements[0].node_index == 0:
            engine.host.namespace["__doc__"] = None  # that of an earlier run
        self._guard(engine.figures.begin_run, whole)
        rest = iter(self.statements)
        try:
            # A top-level `await` needs the host's running loop, for all statements of a run. When
            # part of a script runs, an `await` in another part counts too: all parts then share
            # one loop, as they do when the whole script runs.
            is_part = request.get("lineRange") is not None and last_awaits()
            if is_part or any(statement.awaits for statement in self.statements):
                self.interrupts.loop = asyncio.get_running_loop()
                self.interrupts.task = asyncio.current_task()
                surroundings: AbstractContextManager[None] = nullcontext()
            else:
                surroundings = engine.loop.without_hosts(lend_tasks=not whole)
            with surroundings:
                for statement in rest:
                    if statement.refusal is not None:
                        # A line of IPython's syntax. It fails by itself: the Python statements
                        # after it run even if the run stops on errors.
                        self.status = self._tell_refusal(statement, statement.refusal)
                        continue
                    status = await self.step(statement)
                    if status != "ok":
                        self.status = status
                        if stop_on_error or self._is_over:
                            break
                    elif self._is_over:
                        break
        finally:
            engine.router.running = None
            engine.streams.flush_theirs()
            engine.drain()
            for statement in rest:
                run_events.add(
                    status_event(run_events.run, statement.node_index, "cancelled"), more=True
                )
            for act in (engine.figures.end_run, *engine.at_end):
                self._guard(act)
            if folder is not None:
                self._guard(engine.modules.end_run, folder)
            engine.router.leave()
        return self.status

    @boundary
    async def step(self, statement: Statement) -> str:
        """Run one statement and report it. Returns its status: ok, error or interrupted."""
        engine, run_events, interrupts = self.engine, self.run_events, self.interrupts
        sink = StatementSink(run_events, statement.node_index)
        engine.router.enter(sink)
        # First, as the process may be killed while the next event leaves.
        if not engine.router.forked:
            engine.marker.enter(statement.node_index)
        run_events.begin(status_event(run_events.run, statement.node_index, "running"))
        if not engine.host.has_timers:
            run_events.flush()
        if statement.noted:
            self._guard(self._tell_warnings, statement)
        namespace = engine.host.namespace
        annotate = namespace.get("__annotate__") if statement.annotates else None
        status = "ok"
        started = _clock()
        if self.heat is not None:
            self.heat.begin(statement, started)
        try:
            interrupts.awaiting = statement.awaits
            interrupts.armed = True
            if interrupts.pending:
                interrupts.deliver()
            value = None
            if self._is_first:
                self._is_first = False
                if engine.recursion_limit.begin(frames_below()):
                    # Measures how deep the stack is: called from where the user's code is called.
                    eval(DIVE, engine.recursion_limit.names)
                    engine.recursion_limit.end()
            elif engine.recursion_limit.is_low:
                engine.recursion_limit.apply()
            try:
                if engine.resume is not None:
                    engine.resume()
                for code in statement.codes:
                    # The user's code runs here.
                    value = eval(code, namespace)
                    if code.co_flags & CO_COROUTINE:
                        value = await value
            finally:
                # A tracer or profiler that the script has installed is called for every Python
                # function: switch it off by functions of C, before any of ours is called.
                if (trace := _gettrace()) is not None:
                    _settrace(None)
                if (profile := _getprofile()) is not None:
                    getattr(profile, "disable", end_profile)()
                elif _get_tool is not None and _get_tool(PROFILER) is not None:
                    profile = _get_events(PROFILER)
                    _set_events(PROFILER, 0)
                if trace is not None or profile is not None or engine.resume is not None:
                    engine.resume = pause(trace, profile)
                if engine.recursion_limit.is_low:
                    engine.recursion_limit.rest()
            interrupts.awaiting = False
            if engine.marker.bytes[STOP]:
                interrupts.look()
            if statement.is_docstring:
                namespace["__doc__"] = value
            if annotate is not None:
                _chain_annotations(namespace, annotate)
            engine.drain()
            touched = self._guard(engine.figures.end_statement, sink)
            if value is not None and statement.shows:
                show_value(engine.host, self.path, value, statement, sink, touched)
        except BaseException as error:
            interrupts.armed = interrupts.awaiting = False
            engine.drain()
            self._guard(engine.figures.end_statement, sink)
            status = self._tell_error(error, sink)
        interrupts.armed = False
        value = None
        elapsed = round(_clock() - started, 6)
        # A thread that the parent has may hold what a forked child would wait for.
        if self.heat is not None and not engine.router.forked:
            self.heat.end()
        sink.end()
        run_events.end(status_event(run_events.run, statement.node_index, status, elapsed))
        return status

    def _tell_warnings(self, statement: Statement) -> None:
        """Show the warnings that the compiler gave for a statement as output of the statement."""
        for warning in statement.noted:
            warnings.showwarning(*warning)

    def _tell_error(self, error: BaseException, sink: StatementSink) -> str:
        """Output the error that ended a statement. Returns the statement's status."""
        sink.release()
        if isinstance(error, SystemExit):
            self._is_over = True
            sink.output(tracebacks.describe_exit(error, self.path), 1000)
            self.exit_code = tracebacks.exit_code(error)
            return "ok" if self.exit_code == 0 else "error"
        name = None
        status = "error"
        if isinstance(error, KeyboardInterrupt):
            status = "interrupted"
        elif isinstance(error, asyncio.CancelledError) and self.interrupts.presses:
            status, name = "interrupted", "KeyboardInterrupt"
            task = self.interrupts.task
            if task is not None and sys.version_info >= (3, 11):
                while task.cancelling():
                    task.uncancel()
        self._is_over = status == "interrupted"
        self._guard(self.engine.host.explain, error)
        output = tracebacks.describe(error, self.path, name=name)
        note_last(error)
        hook = self.engine.excepthook.theirs
        if hook is not None:
            told = KeyboardInterrupt().with_traceback(error.__traceback__) if name else error
            if self._call_hook(hook, told, sink):
                output["text"] = tracebacks.last_line(output)
        elif self.engine.router.forked:
            self.engine.streams.stderr.write(output["text"])
        sink.output(output, 1000)
        return status

    @boundary
    def _call_hook(self, hook: Hook, error: BaseException, sink: StatementSink) -> bool:
        """Call the script's own `sys.excepthook` for an error. Returns whether the hook has
        printed the traceback, which is then not shown a second time."""
        engine, interrupts = self.engine, self.interrupts
        listener = Listener(sink)
        engine.router.enter(listener)
        try:
            interrupts.armed = True
            hook(type(error), error, error.__traceback__)
            interrupts.armed = False
        except SystemExit as ending:
            interrupts.armed = False
            self._is_over = True
            self.exit_code = tracebacks.exit_code(ending)
        except BaseException as failure:
            interrupts.armed = False
            self._is_over = self._is_over or isinstance(failure, KeyboardInterrupt)
            listener.text("stderr", describe_failure(failure, error, self.path))
            return False
        finally:
            engine.drain()
            listener.end()
            engine.router.enter(sink)
        return listener.has_traceback

    def _tell_refusal(self, statement: Statement, refusal: SyntaxError) -> str:
        """Report a statement that is IPython's syntax and not Python's. Returns its status."""
        run_events, sink = self.run_events, StatementSink(self.run_events, statement.node_index)
        sink.output(tracebacks.describe_syntax(refusal), 1000)
        run_events.add(status_event(run_events.run, statement.node_index, "error", 0.0))
        return "error"

    def _guard(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call bookkeeping of ours that may call into the user's objects. An exception is reported
        on stderr, as output of the statement, and the run goes on; then None is returned."""
        try:
            return function(*arguments)
        except Exception as error:
            text = tracebacks.describe(error, self.path)["text"]
            sink = self.engine.router.last
            if sink is not None and sink.run_events is self.run_events:
                sink.text("stderr", f"rdit: {text}")
            return None


def _chain_annotations(namespace: dict[str, Any], old: Callable[[int], dict[str, Any]]) -> None:
    """Make `__annotate__` return the annotations of `old` as well.

    From 3.14 a compiled module stores its annotations as a function of this name, and each
    statement is compiled as a module of its own: the last would replace those before it.
    https://peps.python.org/pep-0649/
    """
    new = namespace.get("__annotate__")
    if new is None or new is old:
        return

    def __annotate__(format: int, /) -> dict[str, Any]:
        return {**old(format), **new(format)}

    namespace["__annotate__"] = __annotate__
