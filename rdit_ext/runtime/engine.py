"""The run: a script's statements in order, in the user's own namespace, told as events.

    request --> plan --> [ running --> the user's code --> outputs --> ok ] ... --> done

Events of a run, in order: `plan`; for each statement `status` running, unless it ended before that
was sent, then its `output`, `update`, `clear` and `truncated`, then `status` ok, error, interrupted
or cancelled; `done`.
Displays of figures stand beside the statement that touched them last, and come before `done`.
Output of threads and tasks may come at any time, also after `done`.

Knows neither Jupyter nor Pyodide: all it needs of them is a `Host`.
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

from . import breakpoints, errors, formats, sources, stop
from .afresh import Afresh
from .depth import DIVE, Depth, frames_below
from .events import Event, Feed, Outlet, clean
from .fdpipe import Pipes, is_possible
from .figures import Figures, is_noise
from .hooks import Excepthook, Hook, Listener, describe_failure
from .module import OF_A_FILE, python_names
from .modules import Modules, folder_of
from .place import STOP, Place
from .plan import (
    TEXT,
    Statement,
    broken_elsewhere,
    last_awaits,
    plan_script,
    plan_statements,
)
from .recorder import Recorder
from .reset import Beginning
from .stacks import PROFILER, cut_stacks, end_profile, pause
from .standins import stands_for
from .stop import Interrupts, boundary
from .streams import Routes, Streams
from .threads import hide_ours

_clock = time.perf_counter
_main = threading.main_thread().ident
_gettrace, _settrace, _getprofile = sys.gettrace, sys.settrace, sys.getprofile
_monitoring: Any = getattr(sys, "monitoring", None)
_get_tool: Any = getattr(_monitoring, "get_tool", None)
_get_events: Any = getattr(_monitoring, "get_events", None)
_set_events: Any = getattr(_monitoring, "set_events", None)
_LAST_WORDS = 0.2
# What a script without a path is called in tracebacks. It has no file: none is taken for it.
UNNAMED = "<script>"
# Where nobody starts processes, and the text of a script need not be in a file.
_IS_BROWSER = sys.platform == "emscripten"


class Host(Protocol):
    """What the surroundings lend: a Jupyter kernel, a Pyodide worker, a test."""

    # The user's module globals: `sys.modules["__main__"].__dict__`.
    namespace: dict[str, Any]
    # Whether file descriptors 1 and 2 may be taken.
    has_descriptors: bool
    # Whether events can leave while a statement is busy.
    has_timers: bool

    def request(self) -> dict[str, Any]:
        """The `rdit` of the request being served: run, script, path, lineRange..."""

    def sender(self) -> Callable[[list[Event]], None]:
        """A function that publishes events as belonging to the request being served."""

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        """Call it from another thread, later; False where nothing can."""

    def hand_over(self) -> None:
        """Wait until what was published has left the process, a few milliseconds at most."""

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The MIME bundle of a value and its metadata."""

    def explain(self, error: BaseException) -> None:
        """Add notes to an error where these surroundings know what would help."""

    def during_run(self, engine: Engine) -> AbstractContextManager[None]:
        """What has to be in place while a run is on: `input`, `exit`."""

    def remove(self) -> None:
        """Give back what was taken when the host booted."""


class Engine:
    """Runs scripts in this process. There is one."""

    def __init__(self, host: Host):
        self.host = host
        sources.install()
        self.routes = Routes()
        has_descriptors = host.has_descriptors and is_possible()
        self.streams = Streams(self.routes, has_descriptors)
        self.pipes: Pipes | None = None
        if has_descriptors:
            self.pipes = Pipes(self.routes, self._write_elsewhere)
            self.streams.look(self.pipes.looks())
        self.figures = Figures(self._show_figure)
        self.excepthook = Excepthook()
        self.place = Place(None)
        self._recorded: Feed | None = None
        self._exit = os._exit

        @stands_for(os._exit, "os", "_exit")
        def say_and_exit(status: int) -> NoReturn:
            self._say_and_exit(status)

        os._exit = say_and_exit
        host.namespace.update(python_names(None))
        self._beginning = Beginning(host.namespace)
        self.afresh = Afresh()
        self.modules = Modules()
        self._sources: set[str] = set()
        self._folder: str | None = None
        self._context: contextvars.Context | None = None
        # What requests came with, to see what is new in the next.
        self._given: dict[contextvars.ContextVar[Any], Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.depth = Depth()
        self._undo = (cut_stacks(_Run._step.__code__), hide_ours())
        # What has the script's tracer go on when its next statement is called.
        self.resume: Callable[[], None] | None = None

    def keep_place(self, path: str | None) -> None:
        """Note in this file which statement runs; beside it, what the pipes hold too long."""
        old = self.place
        self.place = Place(path, own_file=self.pipes is not None)
        if self.pipes is not None:
            self.pipes.keep_in(self.place.file, self.place.bytes)
        old.close()

    def record(self, feed: Feed) -> None:
        """Note the outputs of this run, and no longer of the one before."""
        if self._recorded is not None:
            with self._recorded.lock:
                self._recorded.recorder = None
            self._recorded = None
        if self.place.file is not None and not self.routes.forked:
            feed.recorder = Recorder(self.place.bytes)
            self._recorded = feed

    def _say_and_exit(self, status: int) -> NoReturn:
        """What `os._exit` does, after what was put out has left: nobody could send it later."""
        if not self.routes.forked and self.routes.last is not None:
            self.drain()
            self.routes.last.feed.sync()
            # It has left our hands; the threads that write it to the network have yet to do so.
            time.sleep(_LAST_WORDS)
        self._exit(status)

    def remove(self) -> None:
        """Give the process back as it was."""
        os._exit = self._exit
        sources.remove()
        for undo in self._undo:
            undo()
        self.excepthook.remove()
        if self.pipes is not None:
            self.pipes.remove()
        self.streams.remove()
        self.place.close()
        self.host.remove()

    def names(self) -> list[tuple[str, Any]]:
        """What scripts have defined. May be called from any thread."""
        return [
            (name, value)
            for name, value in self.host.namespace.copy().items()
            if not self._beginning.has(name)
        ]

    def reset(self) -> None:
        """Forget the user's names."""
        self.figures.forget()
        self.excepthook.forget()
        self._renew_streams()
        self._context = None
        self._given.clear()
        self.depth.forget()
        self.resume = None
        self._beginning.restore(self.host.namespace, self._sources)
        self._sources.clear()
        self._folder = None

    async def run(self, request: dict[str, Any]) -> None:
        """Serve one request. Errors of the user's are events; what it raises is ours."""
        feed = Feed(request["run"], self.host.sender(), self.host)
        feed.limit(
            request.get("maxText"), request.get("maxDisplays"), request.get("maxDisplayBytes")
        )
        path = request.get("path") or UNNAMED
        run_id = request["run"]
        interrupts = Interrupts(path, lambda: self.place.presses(run_id), self.place.is_told)
        started = _clock()
        status = "error"
        exit_code = 0
        interrupts.install()
        self.depth.take()
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
                    self._refuse(feed, error)
                except KeyboardInterrupt:
                    interrupts.armed = False
                    feed.add({"type": "plan", "run": feed.run, "statements": []})
                    status = "interrupted"
                else:
                    run = _Run(self, feed, path, statements, interrupts)
                    status = await Within(self._own_context(), run.execute(request))
                    exit_code = run.exit_code
        finally:
            interrupts.remove()
            self.depth.give_back()
            self.streams.set_aside()
            self.excepthook.leave()
            elapsed = round(_clock() - started, 6)
            feed.add(
                {"type": "done", "run": feed.run, "status": status, "elapsed": elapsed}, more=True
            )
            feed.flush()
            if self.routes.forked:
                # A copy of this process made by the script: it ends with it, and tells nobody.
                self.streams.flush()
                self._exit(exit_code if exit_code else 0 if status == "ok" else 1)

    def _plan(self, request: dict[str, Any], path: str) -> list[Statement]:
        self._sources.add(path)
        if request.get("statements") is not None:
            return plan_statements(request["statements"], path)
        lines = request.get("lineRange")
        return plan_script(request["script"], path, (lines["from"], lines["to"]) if lines else None)

    def _refuse(self, feed: Feed, error: SyntaxError) -> None:
        """Tell of a script that does not parse: one statement, at the line of the error."""
        sent: Statement | None = getattr(error, "statement", None)
        line = error.lineno or 1
        statement = sent or Statement(0, line, line, (error.text or "").rstrip("\r\n"))
        feed.add(_plan_event(feed.run, [statement]), more=True)
        outlet = Outlet(feed, statement.node_index)
        outlet.output(errors.describe_syntax(error), 1000)
        feed.add(_status(feed.run, statement.node_index, "error", 0.0), more=True)

    def _own_context(self) -> contextvars.Context:
        """The one context in which all scripts run, so that what they set lasts and what they have
        of it (`token = variable.set(...)`) stays valid, as in a script.

        A request may be served in a context of its own, by which its host finds what belongs to it:
        what is new there goes into ours.
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
        """Make the surroundings those of `python script.py`."""
        namespace = self.host.namespace
        # A child process runs the script's file again, to have its functions: without one it would
        # end, and `multiprocessing` start the next, for ever.
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
        # Python warns once a place and process; a run is a new process for that.
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
            self.depth.forget()
            self.resume = None
            self.excepthook.restore()
            self._renew_streams()

    def _renew_streams(self) -> None:
        """Descriptors and streams as a new process has them."""
        self.streams.drop()
        if self.pipes is not None:
            self.pipes.mend()
        self.streams.restore()

    @contextmanager
    def without_loop(self, lend_tasks: bool) -> Iterator[None]:
        """Hide the running event loop, so that `asyncio.run` works as in any script.

        `lend_tasks`: `asyncio.create_task` takes it all the same, as in a notebook: who runs a
        statement by itself will await the task in another.
        """
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        # A loop sees to the asynchronous generators of its thread. A script's would be told to it.
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(None, None)
        # The order matters: from 3.14 a task can only be left while its loop is the running one.
        if sys.version_info >= (3, 12) and task is not None:
            asyncio.tasks._leave_task(loop, task)
        asyncio._set_running_loop(None)
        # For `asyncio.get_event_loop().run_until_complete(...)`.
        asyncio.set_event_loop(self._loop)
        create = asyncio.tasks.create_task

        @stands_for(create, "asyncio.tasks", "create_task")
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
        """What `plt.show()` does during a run; False outside of one."""
        outlet = self.routes.find()
        if outlet is not None:
            self.drain()
            self.figures.show(outlet, block is not False)
            stop.current.deliver()
        return outlet is not None

    def _show_figure(self, figure: Any, outlet: Outlet, name: str | None, again: bool) -> bool:
        data, metadata = self.host.format(figure)
        if not any(mime.startswith("image/") for mime in data):  # an empty figure has none
            return False
        output, size = display_output(data, metadata, name)
        if again and name is not None:
            del output["type"], output["displayId"]
            outlet.update(name, output, size)
        else:
            outlet.output(output, size)
        return True

    def drain(self) -> None:
        """Bring in what was written to file descriptors so far, and to files that lead there."""
        self.streams.flush_wrappers()
        # In a forked child it is the parent who reads.
        if self.pipes is not None and not self.routes.forked:
            self.pipes.drain()

    def _write_elsewhere(self, stream: str, text: str) -> None:
        self.streams.write_original(stream, text)


class _Run:
    """One run of planned statements."""

    def __init__(
        self,
        engine: Engine,
        feed: Feed,
        path: str,
        statements: list[Statement],
        interrupts: Interrupts,
    ):
        self.engine = engine
        self.feed = feed
        self.path = path
        self.statements = statements
        self.interrupts = interrupts
        self.status = "ok"
        self.exit_code = 0
        self._is_first = True
        # Whether the script has ended itself or was interrupted: nothing else may run.
        self._is_over = False

    @boundary
    async def execute(self, request: dict[str, Any]) -> str:
        """Run the statements; returns the status of the run."""
        engine, feed = self.engine, self.feed
        whole = not request.get("lineRange") and request.get("statements") is None
        stop_on_error = request.get("stopOnError", True)
        reloaded: tuple[list[str], list[str]] | None = None
        folder = folder_of(self.path)
        if whole:
            for step in engine.afresh.steps():
                self._guard(step)
            if folder is not None and request.get("reloadModules", True):
                reloaded = self._guard(engine.modules.renew, folder)
        # The first statement's `running` leaves with it, before a call that lets nothing leave.
        plan = _plan_event(feed.run, self.statements, *(reloaded or ()))
        if request.get("lineRange"):
            broken = broken_elsewhere()
            if broken:
                plan["broken"] = broken
        feed.add(plan, more=True)
        engine.modules.begin_run()
        engine.place.begin(feed.run)
        engine.record(feed)
        self._guard(engine.set_up, self.path, whole)
        if self.statements and self.statements[0].node_index == 0:
            engine.host.namespace["__doc__"] = None  # it may have had one before
        self._guard(engine.figures.begin_run, whole)
        rest = iter(self.statements)
        try:
            # A part of a script that awaits elsewhere has the loop that the whole script has.
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
                        # Python has no such statement, so it ends nothing that Python would run.
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
            engine.routes.running = None
            if not engine.routes.forked:
                engine.place.enter(-1)
            engine.streams.flush_theirs()
            engine.drain()
            for statement in rest:
                feed.add(_status(feed.run, statement.node_index, "cancelled"), more=True)
            self._guard(engine.figures.end_run)
            if folder is not None:
                self._guard(engine.modules.end_run, folder)
            engine.routes.leave()
        return self.status

    @boundary
    async def _step(self, statement: Statement) -> str:
        """Run one statement and tell of it; returns its status."""
        engine, feed, interrupts = self.engine, self.feed, self.interrupts
        outlet = Outlet(feed, statement.node_index)
        engine.routes.enter(outlet)
        feed.begin(_status(feed.run, statement.node_index, "running"))
        if not engine.host.has_timers:
            feed.flush()
        if not engine.routes.forked:
            engine.place.enter(statement.node_index)
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
                if engine.depth.begin(frames_below()):
                    eval(DIVE, engine.depth.names)  # from where the script's own code is called
                    engine.depth.end()
            elif engine.depth.is_low:
                engine.depth.apply()
            try:
                if engine.resume is not None:
                    engine.resume()
                for code in statement.codes:
                    # Don't blink! This is where the user's code runs.
                    value = eval(code, namespace)
                    if code.co_flags & CO_COROUTINE:
                        value = await value
            finally:
                # Nothing written in Python may be called before the script's tracer rests.
                if (trace := _gettrace()) is not None:
                    _settrace(None)
                if (profile := _getprofile()) is not None:
                    getattr(profile, "disable", end_profile)()
                elif _get_tool is not None and _get_tool(PROFILER) is not None:
                    profile = _get_events(PROFILER)
                    _set_events(PROFILER, 0)
                if trace is not None or profile is not None or engine.resume is not None:
                    engine.resume = pause(trace, profile)
                if engine.depth.is_low:
                    engine.depth.rest()
            interrupts.awaiting = False
            if engine.place.bytes[STOP]:
                interrupts.look()
            if statement.is_docstring:
                namespace["__doc__"] = value
            if annotate is not None:
                _chain_annotations(namespace, annotate)
            engine.drain()
            touched = self._guard(engine.figures.end_statement, outlet)
            if value is not None and statement.shows:
                self._show(value, statement, outlet, touched)
        except BaseException as error:
            interrupts.armed = interrupts.awaiting = False
            engine.drain()
            self._guard(engine.figures.end_statement, outlet)
            status = self._tell_error(error, outlet)
        interrupts.armed = False
        value = None
        elapsed = round(_clock() - started, 6)
        outlet.end()
        feed.end(_status(feed.run, statement.node_index, status, elapsed))
        return status

    def _tell_warnings(self, statement: Statement) -> None:
        """Say what the compiler warned of in these lines."""
        for warning in statement.noted:
            warnings.showwarning(*warning)

    def _show(self, value: Any, statement: Statement, outlet: Outlet, touched: Any) -> None:
        """Put out the value of an expression."""
        try:
            data, metadata = self.engine.host.format(value)
        except Exception as error:
            # As at a prompt: the value has no form, but the statement did what it should.
            outlet.output(errors.describe(error, self.path), 1000)
            return
        if not data or (touched and len(data) == 1 and is_noise(value)):
            return
        data, size = formats.fit_bundle(data)
        if statement.shows == TEXT and isinstance(value, str):
            data["text/markdown"] = formats.as_markdown(value)
        output = {
            "type": "result",
            "text": data.get("text/plain", "") + "\n",
            "data": data,
            "metadata": formats.fit_json(metadata)[0] if metadata else {},
        }
        outlet.release()
        outlet.output(output, size + 100)

    def _tell_error(self, error: BaseException, outlet: Outlet) -> str:
        """Put out the error that ended a statement; returns the statement's status."""
        outlet.release()
        if isinstance(error, SystemExit):
            self._is_over = True
            outlet.output(errors.describe_exit(error, self.path), 1000)
            self.exit_code = errors.exit_code(error)
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
        output = errors.describe(error, self.path, name=name)
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
            if self._call_hook(hook, told, outlet):
                output["text"] = errors.last_line(output)
        elif self.engine.routes.forked:
            self.engine.streams.stderr.write(output["text"])
        outlet.output(output, 1000)
        return status

    @boundary
    def _call_hook(self, hook: Hook, error: BaseException, outlet: Outlet) -> bool:
        """Have the script's own hook tell of an error; whether it has put out the traceback."""
        engine, interrupts = self.engine, self.interrupts
        listener = Listener(outlet)
        engine.routes.enter(listener)
        try:
            interrupts.armed = True
            hook(type(error), error, error.__traceback__)
            interrupts.armed = False
        except SystemExit as ending:
            interrupts.armed = False
            self._is_over = True
            self.exit_code = errors.exit_code(ending)
        except BaseException as failure:
            interrupts.armed = False
            self._is_over = self._is_over or isinstance(failure, KeyboardInterrupt)
            listener.text("stderr", describe_failure(failure, error, self.path))
            return False
        finally:
            engine.drain()
            listener.end()
            engine.routes.enter(outlet)
        return listener.has_traceback

    def _tell_refusal(self, statement: Statement, refusal: SyntaxError) -> str:
        """Say of a statement that is not Python what it is; returns its status."""
        feed, outlet = self.feed, Outlet(self.feed, statement.node_index)
        outlet.output(errors.describe_syntax(refusal), 1000)
        feed.add(_status(feed.run, statement.node_index, "error", 0.0))
        return "error"

    def _guard(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call bookkeeping that may meet the user's objects; what it raises is told."""
        try:
            return function(*arguments)
        except Exception as error:
            text = errors.describe(error, self.path)["text"]
            outlet = self.engine.routes.last
            if outlet is not None and outlet.feed is self.feed:
                outlet.text("stderr", f"rdit: {text}")
            return None


class Within:
    """Awaits a coroutine, every step of it in this context. From Python 3.11 a task can be given
    one; this needs no other task, and is the same everywhere."""

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
                given = None  # an error would hold this frame, and the frame it
            try:
                given = yield waited
                step = coroutine.send
            except BaseException as error:
                step, given = coroutine.throw, error


def display_output(
    data: dict[str, Any], metadata: dict[str, Any] | None, display_id: str | None = None
) -> tuple[Event, int]:
    """A display output and its size."""
    data, size = formats.fit_bundle(data)
    output = {
        "type": "display",
        "text": data.get("text/plain", ""),
        "data": data,
        "metadata": formats.fit_json(metadata)[0] if metadata else {},
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
    """Keep the module's annotations together: from 3.14 each compiled statement replaces them."""
    new = namespace.get("__annotate__")
    if new is None or new is old:
        return

    def __annotate__(format: int, /) -> dict[str, Any]:
        return {**old(format), **new(format)}

    namespace["__annotate__"] = __annotate__
