"""A session: a script on a kernel, with a queue of runs, a log of events and its viewers.

    calls, kernel, process --inputs--> transition --actions--> kernel, process
                                                    |
    viewers, callers <-- publish <-- log <----------+-- events

The session owns the run: the viewer that asked for it may disconnect, and others may attach. What
happens when is decided in `transition.py`; here the actions are performed, and what comes of them
is the next input. It knows nothing of HTTP or sockets.
"""

from __future__ import annotations

import asyncio
import posixpath
import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..errors import (
    BadRequest,
    KernelDied,
    KernelUnavailable,
    RditError,
    TooBusy,
    unhandled,
)
from ..kernel.client import Kernel
from ..kernel.link import Logger
from ..kernel.managers import KernelManagers
from ..kernel.process import KernelProcess
from ..kernel.start import KernelStart, Wanted
from ..protocol import (
    QUERIES,
    Attached,
    Event,
    Incoming,
    Input,
    KernelModel,
    Outgoing,
    SessionEvent,
    SessionModel,
    SessionState,
)
from . import execution, interrupts
from . import transition as t
from .broadcast import Broadcast, Viewer
from .connection import KernelConnection, resolve
from .event_log import EventLog
from .queries import Queries
from .run import Run
from .tasks import Tasks

_CLOSE_TIMEOUT = 2.0  # seconds


@dataclass(frozen=True)
class Limits:
    """What a server allows. The settings of `RditApp` of the same names say what each means."""

    max_sessions: int = 100
    max_queued_runs: int = 100
    max_log_bytes: int = 32 << 20
    max_script_bytes: int = 16 << 20
    max_viewer_bytes: int = 8 << 20
    max_display_bytes: int = 20_000_000
    kernel_start_timeout: float = 60.0
    reload_modules: bool = True


class Session:
    """One script on one kernel. `path` is its Contents path, None for a session that has only a
    name.

    Longer than a class should be, for its calls, each a few lines: what they do is in the modules
    beside it.
    """

    def __init__(
        self,
        shared: KernelManagers,
        limits: Limits,
        name: str,
        path: str | None,
        kernel: KernelModel,
        log: Logger,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.name = name
        # Whether the name was chosen by a client, who finds the session by it. Otherwise it is the
        # script's file name, and no key.
        self.is_named = False
        self.path = path
        self.created = self.last_activity = _now()
        # Deleted while viewers are attached: not listed, until one of them uses it again.
        self.forgotten = False
        self._shared = shared
        self._limits = limits
        self._log = log
        self._kernel_model = kernel
        # By id: the runs that are queued or under way, and the resets.
        self._runs: dict[str, Run] = {}
        self._resets: dict[str, asyncio.Future[None]] = {}
        self._broadcast = Broadcast(limits.max_log_bytes, self._runs)
        self._tasks = Tasks(name, log)
        self._process = KernelProcess(shared, self)
        self._connection = KernelConnection(
            self._process,
            self._prepare_start,
            limits.kernel_start_timeout,
            self._dispatch,
            self._tasks,
            log,
        )
        self._state = t.State()
        self._inputs: deque[t.Input] = deque()
        self._is_dispatching = False
        self._queries = Queries(self._ask)
        self._input: Input | None = None
        self._signal: asyncio.Task[None] | None = None
        self._repeat: asyncio.Task[None] | None = None

    # ---- what it is

    @property
    def state(self) -> SessionState:
        """As in the last `session` event."""
        return self._state.shown

    @property
    def events(self) -> EventLog:
        """The log of what has happened."""
        return self._broadcast.events

    @property
    def viewers(self) -> set[Viewer]:
        """Those who are attached."""
        return self._broadcast.viewers

    @property
    def kernel_id(self) -> str | None:
        """Jupyter's id of the kernel; None while there is no process."""
        return self._process.id

    @property
    def kernel_name(self) -> str:
        """The name of its kernel spec, whether or not there is a process."""
        return self._kernel_model.name

    @property
    def is_busy(self) -> bool:
        """Whether a run or a reset is under way or queued."""
        return self._state.current is not None

    @property
    def _current_run(self) -> Run | None:
        current = self._state.current
        return self._runs.get(current.id) if current is not None else None

    def model(self) -> SessionModel:
        """The session as the HTTP API shows it now."""
        return SessionModel(
            id=self.id,
            name=self.name,
            path=self.path,
            state=self._state.shown,
            kernel=self._kernel_now(),
            queue=len(self._state.queue),
            viewers=len(self.viewers),
            created=self.created,
            last_activity=self.last_activity,
        )

    # ---- runs

    def submit(self, run: Run) -> None:
        """Put a run into the queue. Idempotent: a run whose id is known was sent again by a client
        that has lost its connection, and is ignored.

        Raises:
            TooBusy: the queue is full.
        """
        if self.knows(run.id):
            return
        self._check_room()
        self._runs[run.id] = run
        self._submit(t.Job(run.id))

    def knows(self, run_id: str) -> bool:
        """Whether a run of this id is queued, runs, or is in the log."""
        return run_id in self._runs or run_id in self.events.runs

    async def reset(self, restart: bool = False) -> None:
        """Clear the namespace after the runs that are queued before; with `restart`, cancel those
        and replace the process at once. Returns when it is done.

        Raises:
            TooBusy: the queue is full.
            KernelError: the kernel died, could not be started or restarted, or the request was
                cancelled by an interrupt.
        """
        if restart:
            self._dispatch(t.RestartAsked(has_process=self.kernel_id is not None))
            await self._connection.wait()
            return
        self._check_room()
        job = t.Job(secrets.token_hex(8), is_reset=True)
        done = self._resets[job.id] = asyncio.get_running_loop().create_future()
        self._submit(job)
        await done

    def _submit(self, job: t.Job) -> None:
        self.last_activity = _now()
        self._dispatch(t.Submitted(job))

    def _check_room(self) -> None:
        limit = self._limits.max_queued_runs
        if len(self._state.queue) >= limit:
            raise TooBusy(f"{limit} runs wait already, and no more may wait at a time.", limit)

    async def interrupt(self) -> None:
        """Interrupt the run under way and cancel those that are queued. Returns when the signal was
        sent, which is before the run has ended."""
        self._signal = None
        self._dispatch(t.InterruptAsked())
        signal: asyncio.Task[None] | None = self._signal
        if signal is not None:
            await asyncio.shield(signal)

    def answer_input(self, text: str) -> None:
        """Send the line, without its newline, that the running statement waits for.

        Raises:
            BadRequest: no statement waits for input.
            KernelBlocked: the kernel takes no messages.
        """
        asked = self._input
        if asked is None or self._connection.kernel is None:
            raise BadRequest("Nothing waits for input.")
        self._connection.kernel.answer(text)
        # The record of prompt and answer comes from the runtime, as an output of the statement.
        self._stop_input()

    async def query(self, method: str, params: Incoming, asker: object) -> Outgoing:
        """What the kernel answers to this method of `QUERIES`, also during a run.

        `asker`: whose query it is. Where only its newest counts, those before it that the kernel
        has not been sent yet are superseded.

        Raises:
            Superseded: a later query took the place of this one.
            TooBusy: too many queries wait for the kernel.
            KernelUnavailable: no kernel is there or starting, it could not be started, or it
                did not answer within 30 s of the query.
            KernelDied: it ended meanwhile.
        """
        known = QUERIES[method]
        if self._connection.kernel is None and known.without_kernel is not None:
            return known.without_kernel
        if self.is_busy and known.beside_run is not None:
            return known.beside_run
        return await self._queries.query(method, params, asker)

    async def _ask(self, method: str, params: Any = None) -> Any:
        if self._state.link in ("starting", "replacing"):
            await self._connection.wait()
        kernel = self._connection.kernel
        if kernel is None:
            raise KernelUnavailable("There is no kernel yet: run something first.")
        answer = await kernel.query(method, params)
        if self.is_busy:
            # The status after an answer makes Jupyter take the kernel for idle.
            self._process.say_busy()
        return answer

    # ---- viewers

    def attach(self, viewer: Viewer, since: int, log: str) -> tuple[Attached, list[Event]]:
        """Send all further events to the viewer. Returns what to send it first: `attached`, and the
        events after number `since` of the log with the id `log`. If the log no longer has them all,
        or is another one, these are a snapshot of the whole log."""
        self._report(self._state)
        attached = self._broadcast.attach(viewer, since, log)
        self._hold()
        return attached

    def detach(self, viewer: Viewer) -> None:
        """Send no more events to the viewer. Runs go on."""
        self.viewers.discard(viewer)
        self._hold()

    # ---- life

    def warm(self) -> None:
        """Start the kernel in the background if there is none and no job starts it. A failure is
        shown as the session's state."""
        self._dispatch(t.StartAsked(only_if_idle=True))

    async def start(self) -> None:
        """Return when there is a kernel with the runtime in it.

        Raises:
            KernelUnavailable: it could not be started, or did not answer in time.
            KernelDied: the start was ended by a restart or a shutdown.
        """
        self._dispatch(t.StartAsked())
        await self._connection.wait()

    async def change_kernel(self, model: KernelModel) -> None:
        """Replace the kernel by one of another kernel spec. The run under way ends as `died`.

        Raises:
            KernelUnavailable: it could not be started.
            KernelDied: the start was ended by a restart or a shutdown.
        """
        await self.shutdown("Another kernel was chosen.")
        self._kernel_model = model
        await self.start()

    async def move(self, path: str) -> None:
        """Follow a renamed script: set the Contents path, and the session's name if it was the
        file's."""
        self.path = path
        if not self.is_named:
            self.name = posixpath.basename(path)
            await self._process.rename(self.name)
        self._report(self._state)

    async def shutdown(self, reason: str) -> None:
        """End the kernel, and with it the run under way, for this reason. Queued runs are
        cancelled."""
        self._dispatch(t.ShutDown(KernelDied(reason, "kernel-shut-down")))
        await self._connection.wait_ended()

    async def close(self) -> None:
        """End the kernel, and within 2 s every task of the session."""
        await self.shutdown("The server was shut down.")
        await self._tasks.close(_CLOSE_TIMEOUT)

    def kernel_gone(self, error: KernelDied, coming_back: bool) -> None:
        """Part of `Owner`: the process ended, of itself or by another client."""
        run = self._current_run
        if run is not None and error.cause in ("kernel-restarted", "kernel-shut-down"):
            # A race: the interrupt that Jupyter has sent first may be told after this.
            run.ended_by_others = True
        self._dispatch(t.ProcessGone(error, coming_back))

    def kernel_back(self) -> None:
        """Part of `Owner`: Jupyter has started a new process in the place of the one that ended."""
        self._dispatch(t.ProcessBack())

    # ---- inputs and actions

    def _dispatch(self, happened: t.Input) -> None:
        """Take the input and perform what follows from it. An input that comes of that is taken
        after it, so that actions of two inputs never interleave."""
        self._inputs.append(happened)
        if self._is_dispatching:
            return
        self._is_dispatching = True
        try:
            while self._inputs:
                self._state, actions = t.transition(self._state, self._inputs.popleft())
                for action in actions:
                    self._perform(action)
        finally:
            self._is_dispatching = False
        self._hold()

    def _perform(self, action: t.Action) -> None:
        match action:
            case t.Report(state):
                self._report(state)
            case t.Start():
                self.forgotten = False
                self._connection.start()
            case t.AbandonStart(error):
                self._connection.abandon(error)
            case t.Replace():
                self._connection.replace()
            case t.EndProcess():
                self._connection.end()
            case t.Disconnect(error, is_drained):
                self._connection.disconnect(error, is_drained)
                self._stop_input()
            case t.Execute(job):
                self._tasks.spawn(self._execute(job, self._connection.linked))
            case t.Clear(job):
                self._tasks.spawn(self._clear(job, self._connection.linked))
            case t.Signal(job, presses):
                self._interrupt(self._runs[job.id], presses)
            case t.Cancel(job, error):
                if not job.is_reset:
                    execution.cancel(self._runs[job.id], error, self._broadcast.publish)
                else:
                    self._end_reset(job, error or KernelUnavailable(execution.INTERRUPTED))
            case t.Finish(job):
                self.last_activity = _now()
                if job.is_reset:
                    self._end_reset(job)
                else:
                    self._runs.pop(job.id).finished.set()
            case _:
                unhandled(action)

    def _prepare_start(self) -> KernelStart:
        return KernelStart(
            self._process,
            Wanted(self.path, self.name, self._kernel_model.name),
            self._limits.kernel_start_timeout,
            self._on_events,
            self._on_process,
            self._log,
        )

    def _on_process(self, has_process: bool) -> None:
        if has_process:
            self._report(self._state)  # with the kernel's id
        else:
            self._dispatch(t.ProcessStarting())

    async def _execute(self, job: t.Job, kernel: Kernel) -> None:
        run = self._runs[job.id]
        if run.timeout is not None:
            self._tasks.spawn(self._interrupt_after(job, run, run.timeout))
        try:
            request, allow_stdin = self._request_of(run), run.allow_stdin or bool(self.viewers)
            if self._queries.hold_up_runs:
                kernel.make_way()
            await execution.execute(run, kernel, request, allow_stdin, self._broadcast.publish)
        except Exception as error:
            self._log.exception("Session %s: a run could not be executed", self.name)
            execution.fail(run, RditError(f"rdit failed: {error}"), self._broadcast.publish)
        finally:
            self._stop_input()
            self._dispatch(t.JobEnded(job, self._process.is_up))
            if not self.is_busy:
                self._process.say_idle()

    def _request_of(self, run: Run) -> dict[str, Any]:
        path = run.path if run.path is not None else self.path
        request = run.request(self._shared.os_path(path) if path else "")
        request["maxDisplayBytes"] = self._limits.max_display_bytes
        if not self._limits.reload_modules:
            request["reloadModules"] = False
        return request

    async def _clear(self, job: t.Job, kernel: Kernel) -> None:
        failure: Exception | None = None
        try:
            await kernel.reset()
        except Exception as error:
            # The caller of `reset` gets it.
            failure = error
            self._end_reset(job, error)
        self._dispatch(t.JobEnded(job, self._process.is_up, is_cleared=failure is None))

    def _end_reset(self, job: t.Job, error: Exception | None = None) -> None:
        done = self._resets.pop(job.id, None)
        if done is not None:
            resolve([done], error)

    def _interrupt(self, run: Run, presses: int) -> None:
        self._stop_input()
        run.presses = presses
        if self._connection.kernel is not None:
            self._connection.kernel.note_stop(run.id, presses)
        self._signal = self._tasks.spawn(self._process.interrupt())
        if self._repeat is None or self._repeat.done():
            self._repeat = self._tasks.spawn(
                interrupts.repeat(run, self._process, lambda: self._connection.kernel, self._signal)
            )

    async def _interrupt_after(self, job: t.Job, run: Run, seconds: float) -> None:
        """Interrupt this run, and no later one, if it has not ended after so many seconds."""
        try:
            await asyncio.wait_for(run.ended.wait(), seconds)
        except asyncio.TimeoutError:
            self._dispatch(t.TimedOut(job))

    # ---- events

    def _on_events(self, events: list[Event]) -> None:
        run = self._current_run
        if run is not None:
            events = execution.without_interrupt_by_others(
                run, events, run.ended_by_others or self._process.is_ended_by_others
            )
        for event in events:
            if isinstance(event, Input):
                self._input = event if event.waiting else None
        self._broadcast.publish(events)

    def _stop_input(self) -> None:
        asked, self._input = self._input, None
        if asked is not None:
            self._broadcast.publish(
                [Input(run=asked.run, node_index=asked.node_index, waiting=False)]
            )

    def _report(self, state: t.State) -> None:
        """Publish this state, unless it is the one that was published last."""
        current = state.current
        event = SessionEvent(
            session=self.id,
            state=state.shown,
            kernel=self._kernel_now(),
            name=self.name,
            path=self.path,
            run=current.id if current is not None and not current.is_reset else None,
            queue=len(state.queue),
            reason=state.reason,
            cause=state.cause,
        )
        self._broadcast.report(event)

    def _kernel_now(self) -> KernelModel:
        model = self._kernel_model
        return KernelModel(name=model.name, display_name=model.display_name, id=self.kernel_id)

    def _hold(self) -> None:
        """Keep the kernel from being culled while it starts, has viewers or runs something: each
        counts as a connection."""
        is_starting = self._state.link == "starting"
        self._process.hold(len(self.viewers) + (self._state.current is not None) + is_starting)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
