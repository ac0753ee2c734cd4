"""Runs a script: its statements in order, in the user's namespace, reported as events.

    request --> plan --> [ running --> the user's code --> outputs --> ok ] ... --> done

The events of a run, in order: `plan`; for each statement `status` running (left out if the
statement ended before that event was sent), then its `output`, `update`, `clear` and `truncated`
events, then `status` ok, error, interrupted or cancelled; last, `done`.
The display of a figure belongs to the statement that changed the figure last, and is sent before
`done`. Output of threads and tasks may follow at any time, also after `done`.

This module knows neither Jupyter nor Pyodide: what it needs of them is in the `Host` protocol.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from inspect import CO_COROUTINE
from typing import Any, NoReturn, Protocol

from . import breakpoints, interrupts, mime_bundle, source_cache, tracebacks
from .crash_marker import STOP, CrashMarker
from .excepthook import Excepthook, Hook, Listener, describe_failure
from .fd_capture import Pipes, is_possible
from .interrupts import Interrupts, boundary
from .main_module import OF_A_FILE, python_names
from .matplotlib_figures import Figures, is_noise
from .modules import Modules, folder_of
from .namespace import NamespaceBaseline
from .output_limits import Limits
from .plan import (
    TEXT,
    Statement,
    broken_elsewhere,
    last_awaits,
    plan_script,
    plan_statements,
)
from .process_state import ProcessState
from .recorder import Recorder
from .recursion_limit import DIVE, RecursionLimit, frames_below
from .replacements import replaces
from .run_events import Event, RunEvents
from .stacks import PROFILER, cut_stacks, end_profile, pause
from .statement_sink import StatementSink
from .streams import SinkRouter, Streams
from .threads import hide_ours
from .utf8 import clean

_clock = time.perf_counter
_main = threading.main_thread().ident
_gettrace, _settrace, _getprofile = sys.gettrace, sys.settrace, sys.getprofile
_monitoring: Any = getattr(sys, "monitoring", None)
_get_tool: Any = getattr(_monitoring, "get_tool", None)
_get_events: Any = getattr(_monitoring, "get_events", None)
_set_events: Any = getattr(_monitoring, "set_events", None)
# Seconds that `os._exit` waits for the host's network threads to write the last events.
_LAST_WORDS = 0.2
# The file name, in tracebacks, of a script that has no path. It is not looked up on disk.
UNNAMED = "<script>"
# In Pyodide there are no child processes, and a script may run without a file that holds it.
_IS_BROWSER = sys.platform == "emscripten"


class Host(Protocol):
    """What the engine needs of the program it lives in: a Jupyter kernel, a Pyodide worker, or a
    test."""

    # The user's module globals: `sys.modules["__main__"].__dict__`.
    namespace: dict[str, Any]
    # Whether file descriptors 1 and 2 may be redirected into pipes of ours.
    has_descriptors: bool
    # Whether a timer can send events while a statement keeps the main thread busy.
    has_timers: bool

    def request(self) -> dict[str, Any]:
        """The `rdit` object of the request being served: `run`, `script`, `path`, `lineRange`..."""

    def sender(self) -> Callable[[list[Event]], None]:
        """A function that publishes events with the request being served as their parent. It may
        be called from any thread, also after the request."""

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        """Call the function from another thread after `seconds`. False: the host cannot promise it,
        as nothing is called there while Python runs."""

    def hand_over(self) -> None:
        """Wait until what was published has been passed to the sending thread. Bounded to some
        tens of milliseconds."""

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The MIME bundle of a value, by MIME type, and its metadata. May raise what the value's
        methods raise."""

    def explain(self, error: BaseException) -> None:
        """Add notes to an error that ended a statement, if the host knows what would help."""

    def during_run(self, engine: Engine) -> AbstractContextManager[None]:
        """Installs for a run what only a run has, such as an `input` that asks the user."""

    def remove(self) -> None:
        """Undo what was replaced in the process when the host booted."""


class Engine:
    """Runs scripts in this process. There is one instance; it replaces the standard streams,
    `os._exit`, `sys.excepthook` and more until `remove` is called."""

    def __init__(self, host: Host):
        self.host = host
        source_cache.install()
        self.router = SinkRouter()
        has_descriptors = host.has_descriptors and is_possible()
        self.streams = Streams(self.router, has_descriptors)
        self.pipes: Pipes | None = None
        if has_descriptors:
            self.pipes = Pipes(self.router, self._write_elsewhere)
            self.streams.look(self.pipes.looks())
        self.figures = Figures(self._show_figure)
        self.excepthook = Excepthook()
        self.marker = CrashMarker(None)
        self._recorded: RunEvents | None = None
        self._exit = os._exit

        @replaces(os._exit, "os", "_exit")
        def say_and_exit(status: int) -> NoReturn:
            self._say_and_exit(status)

        os._exit = say_and_exit
        host.namespace.update(python_names(None))
        self._baseline = NamespaceBaseline(host.namespace)
        self.process_state = ProcessState()
        self.modules = Modules()
        self._sources: set[str] = set()
        self._folder: str | None = None
        self._context: contextvars.Context | None = None
        # The context variables of the last request: those with other values in the next request
        # were set by the host in between.
        self._given: dict[contextvars.ContextVar[Any], Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.recursion_limit = RecursionLimit()
        self._undo = (cut_stacks(_Run._step.__code__), hide_ours())
        # Installs the script's own tracer and profiler again, for its next statement. They are
        # off between statements.
        self.resume: Callable[[], None] | None = None

    def keep_marker(self, path: str | None) -> None:
        """Record in this file which statement runs, and what stays in the pipes of descriptors 1
        and 2 while the interpreter cannot read them (`spill.py`). None: for no other process.

        Raises:
            OSError: the file cannot be opened or written.
        """
        old = self.marker
        self.marker = CrashMarker(path, own_file=self.pipes is not None)
        if self.pipes is not None:
            self.pipes.keep_in(self.marker.file, self.marker.bytes)
        old.close()

    def record(self, run_events: RunEvents) -> None:
        """Record the outputs of this run in the shared file, and no longer those of the last."""
        if self._recorded is not None:
            with self._recorded.lock:
                self._recorded.recorder = None
            self._recorded = None
        if self.marker.file is not None and not self.router.forked:
            run_events.recorder = Recorder(self.marker.bytes)
            self._recorded = run_events

    def _say_and_exit(self, status: int) -> NoReturn:
        """In place of `os._exit`, which ends all threads at once: send what is buffered first."""
        if not self.router.forked and self.router.last is not None:
            self.drain()
            self.router.last.run_events.sync()
            # `sync` has passed the events to ZMQ; its I/O thread still has to write them.
            time.sleep(_LAST_WORDS)
        self._exit(status)

    def remove(self) -> None:
        """Restore everything in the process that the engine and its host have replaced."""
        os._exit = self._exit
        source_cache.remove()
        for undo in self._undo:
            undo()
        self.excepthook.remove()
        if self.pipes is not None:
            self.pipes.remove()
        self.streams.remove()
        self.marker.close()
        self.host.remove()

    def names(self) -> list[tuple[str, Any]]:
        """The names in the namespace that scripts have defined, with their values. May be called
        from any thread."""
        return [
            (name, value)
            for name, value in self.host.namespace.copy().items()
            if not self._baseline.has(name)
        ]

    def reset(self) -> None:
        """Delete the user's names, and undo what scripts have changed of the process: streams,
        hooks, figures, recursion limit."""
        self.figures.forget()
        self.excepthook.forget()
        self._renew_streams()
        self._context = None
        self._given.clear()
        self.recursion_limit.forget()
        self.resume = None
        self._baseline.restore(self.host.namespace, self._sources)
        self._sources.clear()
        self._folder = None

    async def run(self, request: dict[str, Any]) -> None:
        """Run what a request asks for.

        Errors of the user's code become events. An exception from here is a fault of the runtime.
        """
        limits = Limits(
            request.get("maxText"), request.get("maxDisplays"), request.get("maxDisplayBytes")
        )
        run_events = RunEvents(request["run"], self.host.sender(), self.host, limits)
        path = request.get("path") or UNNAMED
        run_id = request["run"]
        interrupts = Interrupts(path, lambda: self.marker.presses(run_id), self.marker.is_told)
        started = _clock()
        status = "error"
        exit_code = 0
        interrupts.install()
        self.recursion_limit.take()
        self.streams.bring_back()
        self.excepthook.enter()
        try:
            debugging = breakpoints.taken(_Run._step.__code__)
            with self.host.during_run(self), debugging:
                try:
                    interrupts.armed = True
                    statements = self._plan(request, path)
                    interrupts.armed = False
                except SyntaxError as error:
                    interrupts.armed = False
                    self._refuse(run_events, error)
                except KeyboardInterrupt:
                    interrupts.armed = False
                    run_events.add({"type": "plan", "run": run_events.run, "statements": []})
                    status = "interrupted"
                else:
                    run = _Run(self, run_events, path, statements, interrupts)
                    status = await Within(self._own_context(), run.execute(request))
                    exit_code = run.exit_code
        finally:
            interrupts.remove()
            self.recursion_limit.give_back()
            self.streams.set_aside()
            self.excepthook.leave()
            elapsed = round(_clock() - started, 6)
            run_events.add(
                {"type": "done", "run": run_events.run, "status": status, "elapsed": elapsed},
                more=True,
            )
            run_events.flush()
            if self.router.forked:
                # A child that the script forked, and whose copy of the script has ended. It must
                # not go on as a second kernel: exit, with the status that a script would have.
                self.streams.flush()
                self._exit(exit_code if exit_code else 0 if status == "ok" else 1)

    def _plan(self, request: dict[str, Any], path: str) -> list[Statement]:
        self._sources.add(path)
        if request.get("statements") is not None:
            return plan_statements(request["statements"], path)
        lines = request.get("lineRange")
        return plan_script(request["script"], path, (lines["from"], lines["to"]) if lines else None)

    def _refuse(self, run_events: RunEvents, error: SyntaxError) -> None:
        """Report a script that does not parse as one failed statement at the line of the error."""
        sent: Statement | None = getattr(error, "statement", None)
        line = error.lineno or 1
        statement = sent or Statement(0, line, line, (error.text or "").rstrip("\r\n"))
        run_events.add(_plan_event(run_events.run, [statement]), more=True)
        sink = StatementSink(run_events, statement.node_index)
        sink.output(tracebacks.describe_syntax(error), 1000)
        run_events.add(_status(run_events.run, statement.node_index, "error", 0.0), more=True)

    def _own_context(self) -> contextvars.Context:
        """The `contextvars.Context` in which all statements run. With one for all, what a statement
        sets lasts, and a token (`token = variable.set(...)`) can still be reset by a later one.

        The host may serve each request in another context and set variables there, such as
        ipykernel's parent message. Those that have changed since the last request are copied.
        """
        request = contextvars.copy_context()
        if self._context is None:
            self._context = request
        else:
            for variable, value in request.items():
                if self._given.get(variable) is not value:
                    self._context.run(variable.set, value)
        self._given = dict(request.items())
        return self._context

    def set_up(self, path: str, whole: bool) -> None:
        """Set `__file__` and the like, `sys.argv` and `sys.path` as `python path` does. `whole`:
        also streams, hooks and limits, as in a new process."""
        namespace = self.host.namespace
        # With the start methods spawn and forkserver, a child process of `multiprocessing` executes
        # `__main__.__file__` to import the script's functions. If that file did not exist each
        # child would fail, and a pool would replace it by the next without end.
        is_there = path != UNNAMED and (_IS_BROWSER or os.path.isfile(path))
        names = python_names(path if is_there else None)
        if whole or namespace.get("__file__") != names.get("__file__"):
            for name in OF_A_FILE:
                namespace.pop(name, None)
            namespace.pop("__annotate__", None)
            namespace.update(names)
        else:
            for name, value in names.items():
                namespace.setdefault(name, value)
        # `warnings` notes in this registry which places have warned already, to warn once per
        # process. Without it a run warns again, as a new process would.
        namespace.pop("__warningregistry__", None)
        sys.argv[:] = ["" if path == UNNAMED else path]
        if whole:
            self._folder = None
        folder = os.path.dirname(path)
        if folder != self._folder or folder not in sys.path:
            if self._folder in sys.path:
                sys.path.remove(self._folder)
            if sys.path and sys.path[0] == "":
                sys.path[0] = folder
            else:
                sys.path.insert(0, folder)
            self._folder = folder
        if whole:
            self.recursion_limit.forget()
            self.resume = None
            self.excepthook.restore()
            self._renew_streams()

    def _renew_streams(self) -> None:
        """Restore descriptors 1 and 2 and the standard streams to those of a new process."""
        self.streams.drop()
        if self.pipes is not None:
            self.pipes.mend()
        self.streams.restore()

    @contextmanager
    def without_loop(self, lend_tasks: bool) -> Iterator[None]:
        """Hide the host's running event loop, so that `asyncio.run` works as in any script.

        With `lend_tasks`, `asyncio.create_task` still uses the host's loop, as in a notebook: a
        statement that is run by itself may create a task that another statement awaits later.
        """
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        # A running loop has hooks in its thread that register asynchronous generators with it.
        # Generators of the script must not be registered with the host's loop.
        # https://docs.python.org/3/library/sys.html#sys.set_asyncgen_hooks
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(None, None)
        # In this order: from 3.14 `_leave_task` needs the task's loop to be the running one.
        if sys.version_info >= (3, 12) and task is not None:
            asyncio.tasks._leave_task(loop, task)
        asyncio._set_running_loop(None)
        # The loop that `asyncio.get_event_loop()` returns, for scripts that call
        # `asyncio.get_event_loop().run_until_complete(...)`.
        asyncio.set_event_loop(self._loop)
        create = asyncio.tasks.create_task

        @replaces(create, "asyncio.tasks", "create_task")
        def create_task(*arguments: Any, **options: Any) -> asyncio.Task[Any]:
            if asyncio._get_running_loop() is not None or threading.get_ident() != _main:
                return create(*arguments, **options)
            asyncio._set_running_loop(loop)
            try:
                return create(*arguments, **options)
            finally:
                asyncio._set_running_loop(None)

        if lend_tasks:
            asyncio.create_task = asyncio.tasks.create_task = create_task
        try:
            yield
        finally:
            asyncio.create_task = asyncio.tasks.create_task = create
            sys.set_asyncgen_hooks(*hooks)
            asyncio.set_event_loop(loop)
            asyncio._set_running_loop(loop)
            if sys.version_info >= (3, 12) and task is not None:
                asyncio.tasks._enter_task(loop, task)

    def show_figures(self, block: bool | None = None) -> bool:
        """What `plt.show(block)` does during a run: display the open figures. False outside of a
        run, where nothing is displayed."""
        sink = self.router.find()
        if sink is not None:
            self.drain()
            self.figures.show(sink, block is not False)
            interrupts.current.deliver()
        return sink is not None

    def _show_figure(self, figure: Any, sink: StatementSink, name: str | None, again: bool) -> bool:
        data, metadata = self.host.format(figure)
        if not any(mime.startswith("image/") for mime in data):  # an empty figure has none
            return False
        output, size = display_output(data, metadata, name)
        if again and name is not None:
            del output["type"], output["displayId"]
            sink.update(name, output, size)
        else:
            sink.output(output, size)
        return True

    def drain(self) -> None:
        """Read all that was written to descriptors 1 and 2 so far, so that it belongs to the
        statement that wrote it; first flush files of the script that buffer text for them."""
        self.streams.flush_wrappers()
        # A forked child shares the pipes. Their only reader is the parent.
        if self.pipes is not None and not self.router.forked:
            self.pipes.drain()

    def _write_elsewhere(self, stream: str, text: str) -> None:
        self.streams.write_original(stream, text)


class _Run:
    """One run of planned statements."""

    def __init__(
        self,
        engine: Engine,
        run_events: RunEvents,
        path: str,
        statements: list[Statement],
        interrupts: Interrupts,
    ):
        self.engine = engine
        self.run_events = run_events
        self.path = path
        self.statements = statements
        self.interrupts = interrupts
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
        plan = _plan_event(run_events.run, self.statements, *(reloaded or ()))
        if request.get("lineRange"):
            broken = broken_elsewhere()
            if broken:
                plan["broken"] = broken
        run_events.add(plan, more=True)
        engine.modules.begin_run()
        engine.marker.begin(run_events.run)
        engine.record(run_events)
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
                surroundings = engine.without_loop(lend_tasks=not whole)
            with surroundings:
                for statement in rest:
                    if statement.refusal is not None:
                        # A line of IPython's syntax. It fails by itself: the Python statements
                        # after it run even if the run stops on errors.
                        self.status = self._tell_refusal(statement, statement.refusal)
                        continue
                    status = await self._step(statement)
                    if status != "ok":
                        self.status = status
                        if stop_on_error or self._is_over:
                            break
                    elif self._is_over:
                        break
        finally:
            engine.router.running = None
            if not engine.router.forked:
                engine.marker.enter(-1)
            engine.streams.flush_theirs()
            engine.drain()
            for statement in rest:
                run_events.add(
                    _status(run_events.run, statement.node_index, "cancelled"), more=True
                )
            self._guard(engine.figures.end_run)
            if folder is not None:
                self._guard(engine.modules.end_run, folder)
            engine.router.leave()
        return self.status

    @boundary
    async def _step(self, statement: Statement) -> str:
        """Run one statement and report it. Returns its status: ok, error or interrupted."""
        engine, run_events, interrupts = self.engine, self.run_events, self.interrupts
        sink = StatementSink(run_events, statement.node_index)
        engine.router.enter(sink)
        run_events.begin(_status(run_events.run, statement.node_index, "running"))
        if not engine.host.has_timers:
            run_events.flush()
        if not engine.router.forked:
            engine.marker.enter(statement.node_index)
        if statement.noted:
            self._guard(self._tell_warnings, statement)
        namespace = engine.host.namespace
        annotate = namespace.get("__annotate__") if statement.annotates else None
        status = "ok"
        started = _clock()
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
                self._show(value, statement, sink, touched)
        except BaseException as error:
            interrupts.armed = interrupts.awaiting = False
            engine.drain()
            self._guard(engine.figures.end_statement, sink)
            status = self._tell_error(error, sink)
        interrupts.armed = False
        value = None
        elapsed = round(_clock() - started, 6)
        sink.end()
        run_events.end(_status(run_events.run, statement.node_index, status, elapsed))
        return status

    def _tell_warnings(self, statement: Statement) -> None:
        """Show the warnings that the compiler gave for a statement as output of the statement."""
        for warning in statement.noted:
            warnings.showwarning(*warning)

    def _show(self, value: Any, statement: Statement, sink: StatementSink, touched: Any) -> None:
        """Output the value of an expression as a result, unless it has no representation, or is
        matplotlib's return value of a call whose figure is displayed anyway."""
        try:
            data, metadata = self.engine.host.format(value)
        except Exception as error:
            # As in IPython: a `__repr__` that fails is shown, but the statement has succeeded.
            sink.output(tracebacks.describe(error, self.path), 1000)
            return
        if not data or (touched and len(data) == 1 and is_noise(value)):
            return
        data, size = mime_bundle.fit_bundle(data)
        if statement.shows == TEXT and isinstance(value, str):
            data["text/markdown"] = mime_bundle.as_markdown(value)
        output = {
            "type": "result",
            "text": data.get("text/plain", "") + "\n",
            "data": data,
            "metadata": mime_bundle.fit_json(metadata)[0] if metadata else {},
        }
        sink.release()
        sink.output(output, size + 100)

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
        sys.last_type, sys.last_value, sys.last_traceback = (
            type(error),
            error,
            error.__traceback__,
        )
        if sys.version_info >= (3, 12):
            sys.last_exc = error
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
        run_events.add(_status(run_events.run, statement.node_index, "error", 0.0))
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


class Within:
    """Awaits a coroutine and runs every step of it in a given `contextvars.Context`.

    `loop.create_task` has a parameter `context` for that, from Python 3.11 on. This works in 3.10
    too, and in the current task.
    """

    def __init__(self, context: contextvars.Context, coroutine: Coroutine[Any, Any, Any]):
        self._run = context.run
        self._coroutine = coroutine

    @boundary
    def __await__(self) -> Generator[Any, Any, Any]:
        coroutine = self._coroutine
        step: Callable[..., Any] = coroutine.send
        given: Any = None
        while True:
            try:
                waited = self._run(step, given)
            except StopIteration as end:
                return end.value
            finally:
                # An error here would refer to this frame by its traceback, and the frame to the
                # error: a reference cycle, which only the garbage collector frees.
                given = None
            try:
                given = yield waited
                step = coroutine.send
            except BaseException as error:
                step, given = coroutine.throw, error


def display_output(
    data: dict[str, Any], metadata: dict[str, Any] | None, display_id: str | None = None
) -> tuple[Event, int]:
    """A `display` output, its data cut to what JSON can carry, and its approximate size in
    characters. `display_id` lets a later update replace it."""
    data, size = mime_bundle.fit_bundle(data)
    output = {
        "type": "display",
        "text": data.get("text/plain", ""),
        "data": data,
        "metadata": mime_bundle.fit_json(metadata)[0] if metadata else {},
    }
    if display_id is not None:
        output["displayId"] = display_id
    return output, size + 100


def _plan_event(
    run: str,
    statements: list[Statement],
    reloaded: Sequence[str] = (),
    outdated: Sequence[str] = (),
) -> Event:
    event: Event = {
        "type": "plan",
        "run": run,
        "statements": [
            {
                "nodeIndex": statement.node_index,
                "lineStart": statement.line_start,
                "lineEnd": statement.line_end,
                "isExpr": statement.is_expr,
                "source": clean(statement.source),
            }
            for statement in statements
        ],
    }
    if reloaded:
        event["reloaded"] = list(reloaded)
    if outdated:
        event["outdated"] = list(outdated)
    return event


def _status(run: str, node_index: int, status: str, elapsed: float | None = None) -> Event:
    if elapsed is None:
        return {"type": "status", "run": run, "nodeIndex": node_index, "status": status}
    return {
        "type": "status",
        "run": run,
        "nodeIndex": node_index,
        "status": status,
        "elapsed": elapsed,
    }


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
