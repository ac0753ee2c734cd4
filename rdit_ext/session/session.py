"""A session: a script on a kernel, with a queue of runs, a log of events and its viewers.

    submit --> queue --> one run at a time --> Kernel
                                                 | events
    viewers, callers <-- publish <-- log <-------+

The session owns the run: the viewer that asked for it may disconnect, and others may attach. An
interrupt bypasses the queue. It knows nothing of HTTP or sockets.
"""

from __future__ import annotations

import asyncio
import posixpath
import secrets
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from ..errors import (
    BadRequest,
    KernelBlocked,
    KernelDied,
    KernelError,
    KernelSilent,
    KernelUnavailable,
    PortTaken,
    RditError,
    RuntimeFailed,
    TooBusy,
)
from ..kernel.client import Kernel, Log
from ..kernel.process import KernelProcess, KernelProcesses
from ..protocol import (
    QUERIES,
    Attached,
    Cause,
    Done,
    Error,
    Event,
    Input,
    KernelModel,
    OutputEvent,
    RunStatus,
    Sent,
    SessionEvent,
    SessionModel,
    SessionState,
    StatusEvent,
    Wire,
)
from .event_log import EventLog
from .queries import Queries
from .run import Run

# An interrupt without effect is sent again after `_SECOND_INTERRUPT` seconds, `_INTERRUPTS` times
# at most: a signal may be lost, as `os.system` ignores SIGINT while it waits.
_INTERRUPTS = 10
_SECOND_INTERRUPT = 1.0
_CLOSE_TIMEOUT = 2.0  # seconds
# How often a kernel is started when another program has taken one of the ports chosen for it.
_STARTS = 3
_INTERRUPTED = "Interrupted before it began."
# Seconds to wait, after an interrupt by a client that ends or restarts the kernel, for Jupyter's
# report of which it was.
_OVERTAKEN = 15.0
_OVERTAKEN_ERROR = KernelDied("The kernel was shut down or restarted from elsewhere.")


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


class Viewer(Protocol):
    """Receives a session's events. `send` neither blocks nor raises; `frame` is a JSON array of
    events, `seq` the number of its last one."""

    def send(self, frame: bytes, seq: int) -> None: ...


@dataclass(eq=False)
class _Start:
    """A kernel's start, shared by all that await it. `ended_by`: why it was cancelled."""

    task: asyncio.Task[Kernel]
    ended_by: KernelDied | None = None


@dataclass(eq=False)
class _Reset:
    """A place in the queue at which the namespace is cleared."""

    done: asyncio.Future[None]


class Session:
    """One script on one kernel. `path` is its Contents path, None for a session that has only a
    name."""

    def __init__(
        self,
        shared: KernelProcesses,
        limits: Limits,
        name: str,
        path: str | None,
        kernel: KernelModel,
        log: Log,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.name = name
        # Whether the name was chosen by a client, who finds the session by it. Otherwise it is the
        # script's file name, and no key.
        self.is_named = False
        self.path = path
        self.created = self.last_activity = _now()
        self.viewers: set[Viewer] = set()
        # Deleted while viewers are attached: not listed, until one of them uses it again.
        self.forgotten = False
        self.events = EventLog(limits.max_log_bytes)
        self._shared = shared
        self._limits = limits
        self._log = log
        self._kernel_model = kernel
        self._process = KernelProcess(shared, self)
        self._kernel: Kernel | None = None
        self._connecting: Kernel | None = None
        self._start: _Start | None = None
        self._lock = asyncio.Lock()
        self._is_starting = False
        self._queue: deque[Run | _Reset] = deque()
        self._current: Run | _Reset | None = None
        self._worker: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._queries = Queries(self._ask)
        self._input: Input | None = None
        self._interrupts: asyncio.Task[None] | None = None
        self._state: SessionState = "idle"
        self._reason = ""
        self._cause: Cause | None = None
        self._told: SessionEvent | None = None

    # ---- what it is

    @property
    def state(self) -> SessionState:
        """As in the last `session` event."""
        return self._state

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
        return self._current is not None or bool(self._queue)

    def model(self) -> SessionModel:
        """The session as the HTTP API shows it now."""
        return SessionModel(
            id=self.id,
            name=self.name,
            path=self.path,
            state=self._state,
            kernel=self._kernel_now(),
            queue=len(self._queue),
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
        self._put(run)

    def _check_room(self) -> None:
        limit = self._limits.max_queued_runs
        if len(self._queue) >= limit:
            raise TooBusy(f"{limit} runs wait already, and no more may wait at a time.", limit)

    def knows(self, run_id: str) -> bool:
        """Whether a run of this id is queued, runs, or is in the log."""
        return (
            any(isinstance(r, Run) and r.id == run_id for r in [self._current, *self._queue])
            or run_id in self.events.runs
        )

    async def reset(self, restart: bool = False) -> None:
        """Clear the namespace after the runs that are queued before; with `restart`, cancel those
        and replace the process at once. Returns when it is done.

        Raises:
            TooBusy: the queue is full.
            KernelError: the kernel died, could not be started or restarted, or the request was
                cancelled by an interrupt.
        """
        if restart:
            await self._restart()
            return
        self._check_room()
        done = asyncio.get_running_loop().create_future()
        self._put(_Reset(done))
        await done

    async def interrupt(self) -> None:
        """Interrupt the run under way and cancel those that are queued. Returns when the signal was
        sent, which is before the run has ended."""
        self._cancel_queue()
        if isinstance(self._current, Run):
            await self._interrupt(self._current)

    async def _interrupt(self, run: Run) -> None:
        if not run.sent:
            run.cancel()
            return
        self._stop_input()
        run.presses += 1
        if self._kernel is not None:
            self._kernel.note_stop(run.id, run.presses)
        await self._process.interrupt()
        if self._interrupts is None or self._interrupts.done():
            self._interrupts = self._spawn(self._interrupt_again(run))

    async def _interrupt_again(self, run: Run) -> None:
        """Send the interrupt again until the kernel confirms that it has reached the run.

        A signal may be lost, or come before the run has begun. The number of attempts is limited,
        as a script may handle SIGINT itself and go on.
        """
        for turn in range(_INTERRUPTS):
            # Ask at once: the question makes the runtime raise a press that is recorded in the
            # shared file but whose signal did not arrive.
            presses = run.presses
            reached = await self._is_interrupted()
            if (reached and run.presses == presses) or self._current is not run:
                return
            if reached is False and turn:
                await self._process.interrupt()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(run.ended.wait(), _SECOND_INTERRUPT)
            if self._current is not run:
                return

    async def _is_interrupted(self) -> bool | None:
        """Whether the interrupt has reached the run, which may be busy with its own clean-up. None
        if the kernel does not answer within 1 s."""
        if self._kernel is None:
            return True
        try:
            # Answered by the runtime only: it is no method that a viewer may ask.
            reached = bool(await asyncio.wait_for(self._ask("interrupted"), _SECOND_INTERRUPT))
            return reached
        except asyncio.TimeoutError:
            # C code holds the interpreter lock: the signal is pending until it returns.
            return None
        except KernelBlocked:
            return None
        except KernelError:
            return True

    async def _stop_after(self, run: Run, seconds: float) -> None:
        """Interrupt this run, and no later one, if it has not ended after so many seconds."""
        try:
            await asyncio.wait_for(run.ended.wait(), seconds)
        except asyncio.TimeoutError:
            if run is self._current:
                await self._interrupt(run)

    def answer_input(self, text: str) -> None:
        """Send the line, without its newline, that the running statement waits for.

        Raises:
            BadRequest: no statement waits for input.
            KernelBlocked: the kernel takes no messages.
        """
        asked = self._input
        if asked is None or self._kernel is None:
            raise BadRequest("Nothing waits for input.")
        self._kernel.answer(text)
        # The record of prompt and answer comes from the runtime, as an output of the statement.
        self._stop_input()

    async def query(self, method: str, params: Sent, asker: object) -> Wire:
        """What the kernel answers to this method of `QUERIES`, also during a run.

        `asker`: whose query it is. Where only its newest counts, those before it that the kernel
        has not been sent yet are superseded.

        Raises:
            Superseded: a later query took the place of this one.
            TooBusy: too many queries wait for the kernel.
            KernelUnavailable: there is no kernel yet, or it did not answer within 30 s.
            KernelDied: it ended meanwhile.
        """
        without_kernel = QUERIES[method].without_kernel
        if self._kernel is None and without_kernel is not None:
            return without_kernel
        return await self._queries.query(method, params, asker)

    async def _ask(self, method: str, params: Any = None) -> Any:
        kernel = self._kernel
        if kernel is None:
            raise KernelUnavailable("There is no kernel yet: run something first.")
        answer = await kernel.query(method, params)
        if self._current is not None:
            # The status after an answer makes Jupyter take the kernel for idle.
            self._process.say_busy()
        return answer

    # ---- viewers

    def attach(self, viewer: Viewer, since: int, log: str) -> tuple[Attached, list[Event]]:
        """Send all further events to the viewer. Returns what to send it first: `attached`, and the
        events after number `since` of the log with the id `log`. If the log no longer has them all,
        or is another one, these are a snapshot of the whole log."""
        self._tell()
        self.viewers.add(viewer)
        self._hold()
        missed = self.events.since(since) if since > 0 and log == self.events.id else None
        is_snapshot = missed is None
        if missed is None:
            missed = self.events.snapshot()
        attached = Attached(
            log=self.events.id,
            since=0 if is_snapshot else since,
            seq=self.events.seq,
            snapshot=is_snapshot,
            capabilities=list(QUERIES),
        )
        return attached, missed

    def detach(self, viewer: Viewer) -> None:
        """Send no more events to the viewer. Runs go on."""
        self.viewers.discard(viewer)
        self._hold()

    # ---- life

    def warm(self) -> None:
        """Start the kernel in the background if there is none. A failure is logged, and shown as
        the session's state."""
        if self._kernel is None and not self.is_busy and not self._lock.locked():
            self._spawn(self._warm())

    async def _warm(self) -> None:
        try:
            await self.start()
        except KernelError as error:
            self._log.warning("Session %s: %s", self.name, error)

    async def start(self) -> None:
        """Return when there is a kernel with the runtime in it.

        Raises:
            KernelUnavailable: it could not be started, or did not answer in time.
            KernelDied: the start was ended by a restart or a shutdown.
        """
        await self._ready_kernel()

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
        self._tell()

    async def shutdown(self, reason: str) -> None:
        """End the kernel, and with it the run under way, for this reason. Queued runs are
        cancelled."""
        self._cancel_queue()
        error = KernelDied(reason, "kernel-shut-down")
        self._lose_kernel(error)
        self._end_start(error)
        ended = self._process.shutdown()
        # Before the process has ended: a run that is submitted meanwhile starts a new one.
        self._become("dead", reason, error.cause)
        await ended

    async def close(self) -> None:
        """End the kernel, and within 2 s every task of the session."""
        await self.shutdown("The server was shut down.")
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_CLOSE_TIMEOUT)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def kernel_gone(self, error: KernelDied, coming_back: bool) -> None:
        """Part of `Owner`: the process ended, of itself or by another client."""
        # Queued runs were meant for the namespace that is lost now.
        self._cancel_queue(KernelDied(f"{error} This run had not begun.", error.cause))
        if coming_back or not self._is_starting:
            self._become("restarting" if coming_back else "dead", str(error), error.cause)
        else:
            # Its start is under way: `_connect_by` raises with the reason, and sets the state.
            self._reason, self._cause = str(error), error.cause
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            self._spawn(self._hear_out(kernel, error))
        self._lose_kernel(error)

    async def _hear_out(self, kernel: Kernel, error: KernelDied) -> None:
        """Receive what the process sent before it ended, and only then fail what awaits a reply."""
        await kernel.drain()
        kernel.fail(error)
        await kernel.close()

    def kernel_back(self) -> None:
        """Part of `Owner`: Jupyter has started a new process in the place of the one that ended."""
        self._become("restarting", self._reason, self._cause)
        # A no-op if a run awaits the kernel already, as that connects to it.
        self.warm()

    async def _restart(self) -> None:
        error = KernelDied("The kernel was restarted.", "kernel-restarted")
        self._cancel_queue()
        if isinstance(self._current, Run):
            self._current.cancel()
        self._end_start(error)
        if self.kernel_id is None:
            await self.start()
            return
        self._become("restarting", str(error), error.cause)
        self._lose_kernel(error)
        async with self._lock:
            try:
                await self._process.restart(self._limits.kernel_start_timeout)
            except KernelUnavailable as failure:
                self._become("dead", str(failure), failure.cause)
                raise
        await self.start()

    async def _ready_kernel(self) -> Kernel:
        if self._kernel is not None:
            return self._kernel
        start = self._start
        if start is None or start.task.done() or start.ended_by is not None:
            start = self._start = _Start(asyncio.create_task(self._start_kernel()))
            # Retrieve the exception, or asyncio logs it when nobody awaits the start any more. The
            # session's state tells of it.
            start.task.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            return await asyncio.shield(start.task)
        except asyncio.CancelledError:
            if start.task.cancelled() and start.ended_by is not None:
                raise start.ended_by from None
            raise

    def _end_start(self, error: KernelDied) -> None:
        """Cancel a start that is under way: everything that awaits it gets this error."""
        start = self._start
        if start is not None and not start.task.done():
            start.ended_by = error
            start.task.cancel()

    async def _start_kernel(self) -> Kernel:
        async with self._lock:
            if self._kernel is not None:
                return self._kernel
            self.forgotten = False
            self._is_starting = True
            self._hold()
            try:
                return await self._connect()
            except KernelError as error:
                self._become("dead", str(error), error.cause)
                raise
            finally:
                self._is_starting = False
                self._hold()

    async def _connect(self) -> Kernel:
        """Start a process if there is none, and install the runtime in it.

        One that does not come up is ended, so that the next attempt starts another. If the reason
        was a taken port, that is at once: the ports are chosen anew.
        """
        for tries in range(1, _STARTS + 1):
            try:
                return await self._connect_by(time.monotonic() + self._limits.kernel_start_timeout)
            except PortTaken as error:
                if tries == _STARTS:
                    raise
                self._log.warning("Session %s: %s", self.name, error)
        raise AssertionError

    async def _connect_by(self, end: float) -> Kernel:
        """As `_connect`, until the monotonic time `end`. A process that dies meanwhile and is
        restarted by Jupyter is tried again, until Jupyter gives it up."""
        limit = self._limits.kernel_start_timeout
        while True:
            # Never 0 or less: that the time is over is found out, and raised, by the calls below.
            left = max(0.01, end - time.monotonic())
            kernel = None
            try:
                if self._process.id is None:
                    self._become("starting")
                    await self._process.start(self.path, self.name, self._kernel_model.name, left)
                    self._tell()
                await self._process.wait_up(left)
                if self._process.id is None:
                    raise KernelDied("The kernel ended while it started.")
                if not self._process.is_up:
                    continue  # a race: it came back, and was gone again before this task ran
                kernel = Kernel(self._process.link(), self._on_events, self._log)
                self._connecting = kernel
                await kernel.boot(left)
            except KernelDied as error:
                if kernel is not None:
                    await kernel.close()
                if self._process.id is None:
                    given_up = KernelUnavailable(self._reason or str(error))
                    raise await self._process.why(given_up) from None
                continue
            except (KernelUnavailable, asyncio.TimeoutError) as error:
                if kernel is not None:
                    await kernel.close()
                # A process that does not answer now would not answer the next run either.
                await self._process.shutdown(now=True)
                if isinstance(error, asyncio.TimeoutError):
                    error = KernelSilent(f"The kernel did not answer within {limit:g} s.")
                if isinstance(error, KernelSilent):
                    raise await self._process.why(error) from None
                raise
            except BaseException:
                if kernel is not None:
                    await kernel.close()
                raise
            finally:
                self._connecting = None
            self._kernel = kernel
            if self._current is None:
                self._become("idle")
            return kernel

    def _lose_kernel(self, error: KernelDied) -> None:
        """Raise the error in everything that awaits the kernel, and close its sockets."""
        kernel, self._kernel = self._kernel, None
        if self._connecting is not None:
            self._connecting.fail(error)
        if kernel is not None:
            kernel.fail(error)
            self._spawn(kernel.close())
        self._stop_input()

    # ---- the queue

    def _put(self, job: Run | _Reset) -> None:
        self._queue.append(job)
        self.last_activity = _now()
        if self._worker is None or self._worker.done():
            self._worker = self._spawn(self._work())
        else:
            self._tell()

    async def _work(self) -> None:
        while self._queue:
            job = self._current = self._queue.popleft()
            self._hold()
            try:
                if isinstance(job, Run):
                    await self._execute(job)
                else:
                    await self._clear(job)
            except Exception as error:
                self._log.exception("Session %s: a run could not be executed", self.name)
                if isinstance(job, Run):
                    self._bury(job, RditError(f"rdit failed: {error}"))
            finally:
                self._current = None
                self.last_activity = _now()
            if not self._queue:
                self._rest()
            if isinstance(job, Run):
                job.finished.set()
        self._hold()

    def _rest(self) -> None:
        """Set the state after the last run of the queue."""
        if self._state in ("busy", "reset") or self._kernel is not None:
            self._become("idle")
        elif self._process.is_up:
            # Jupyter restarted the process while the run that died with the old one was being
            # ended: `kernel_back` found the session busy, and did not connect.
            self.warm()

    async def _execute(self, run: Run) -> None:
        try:
            kernel = await self._kernel_for(run)
        except KernelUnavailable as error:
            run.failure = error
            self._end(run, "died", str(error), error.cause)
            return
        except KernelDied as error:
            run.failure = error
            self._end(run, "cancelled", f"{error} This run had not begun.", error.cause)
            return
        if kernel is None or run.cancelled:
            self._end(run, "cancelled", _INTERRUPTED, "interrupted")
            return
        run.began = time.monotonic()
        run.sent = True
        if run.timeout is not None:
            self._spawn(self._stop_after(run, run.timeout))
        self._become("busy")
        try:
            path = run.path if run.path is not None else self.path
            os_path = self._shared.os_path(path) if path else ""
            request = run.request(os_path)
            request["maxDisplayBytes"] = self._limits.max_display_bytes
            if not self._limits.reload_modules:
                request["reloadModules"] = False
            await kernel.run(request, run.allow_stdin or bool(self.viewers))
        except (KernelError, RuntimeFailed) as error:
            if kernel.last_place is not None and kernel.last_place[0] == run.id:
                self._say_last_words(run, kernel)
                self._publish(run.progress_to(kernel.last_place[1]))
                if not kernel.said_all and isinstance(error, KernelDied):
                    what = f"{error} Some of what it printed before is lost."
                    error = KernelDied(what, error.cause)
            self._bury(run, error)
        else:
            if run.overtaken:
                # The interrupt was sent by a client that ends or restarts the kernel. Jupyter
                # reports which it was when that is done.
                gone = asyncio.ensure_future(kernel.gone.wait())
                await asyncio.wait([gone], timeout=_OVERTAKEN)
                gone.cancel()
                self._bury(run, kernel.error or _OVERTAKEN_ERROR)
            elif not run.ended.is_set():
                # No `done` event came within the patience of `Kernel.run`: iopub has dropped it.
                self._bury(
                    run, RditError("The end of this run was lost on its way from the kernel.")
                )
        self._stop_input()

    async def _kernel_for(self, run: Run) -> Kernel | None:
        """A kernel that is ready; None as soon as the run is cancelled, while a start that is under
        way goes on for the next run."""
        if self._kernel is None:
            self._tell()
        ready = asyncio.ensure_future(self._ready_kernel())
        ready.add_done_callback(lambda future: future.cancelled() or future.exception())
        stopped = asyncio.ensure_future(run.stopped.wait())
        waited: list[asyncio.Future[Any]] = [ready, stopped]
        try:
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            return None if run.cancelled else await ready
        finally:
            for future in waited:
                future.cancel()

    def _say_last_words(self, run: Run, kernel: Kernel) -> None:
        """Publish the outputs that the process recorded but could not send, each at its
        statement."""
        for event in kernel.last_words:
            index = getattr(event, "node_index", None)
            if index is not None and run.statuses.get(index) == "queued":
                self._publish(run.progress_to(index))
            self._publish([event])

    def _bury(self, run: Run, error: RditError) -> None:
        """Publish the end of a run whose kernel cannot: the error at the statement that ran, and
        `cancelled` at those after it."""
        self._publish(run.burial(error))
        if not run.statuses:
            # No plan has come, so there is no statement to show the error at: an HTTP caller gets
            # it.
            run.failure = error
        status: RunStatus = "died" if isinstance(error, KernelDied) else "error"
        self._end(run, status, str(error), error.cause)

    def _end(self, run: Run, status: RunStatus, reason: str, cause: Cause) -> None:
        if not run.ended.is_set():
            elapsed = time.monotonic() - run.began if run.began else 0.0
            done = Done(run=run.id, status=status, elapsed=elapsed, reason=reason, cause=cause)
            self._publish([done])
            run.ended.set()

    async def _clear(self, reset: _Reset) -> None:
        try:
            if self._kernel is not None or self._lock.locked():
                kernel = await self._ready_kernel()
                self._become("busy")
                await kernel.reset()
            self._become("reset")
        except Exception as error:
            if not reset.done.done():
                reset.done.set_exception(error)
        else:
            if not reset.done.done():
                reset.done.set_result(None)

    def _cancel_queue(self, failure: KernelError | None = None) -> None:
        queue, self._queue = self._queue, deque()
        for job in queue:
            if isinstance(job, _Reset):
                if not job.done.done():
                    job.done.set_exception(failure or KernelUnavailable(_INTERRUPTED))
            else:
                job.failure = failure
                self._cancel(job, failure)

    def _cancel(self, run: Run, failure: KernelError | None) -> None:
        """Publish the end of a run that was still queued."""
        done = Done(
            run=run.id,
            status="cancelled",
            elapsed=0.0,
            reason=str(failure or _INTERRUPTED),
            cause=failure.cause if failure else "interrupted",
        )
        events: list[Event] = [done]
        self._send(events)
        self._inform(run, events)
        run.finished.set()

    # ---- events

    def _on_events(self, events: list[Event]) -> None:
        events = self._without_interrupt(events)
        for event in events:
            if isinstance(event, Input):
                self._input = event if event.waiting else None
        self._publish(events)

    def _without_interrupt(self, events: list[Event]) -> list[Event]:
        """Drop the run's events from a KeyboardInterrupt on that the user has not asked for.

        Jupyter sends SIGINT before it ends or restarts a kernel for another client. The run is
        shown as ended by that, not as interrupted.
        """
        run = self._current
        if not isinstance(run, Run) or run.interrupted or not self._process.is_ended_by_others:
            return [] if isinstance(run, Run) and run.overtaken else events
        for position, event in enumerate(events):
            if not run.overtaken and getattr(event, "run", None) == run.id and _is_interrupt(event):
                run.overtaken = True
                return events[:position]
        return [] if run.overtaken else events

    def _publish(self, events: list[Event]) -> None:
        if not events:
            return
        run = self._current
        if isinstance(run, Run):
            mine = [
                e
                for e in events
                if getattr(e, "run", None) == run.id and not isinstance(e, SessionEvent)
            ]
            self._send(events)
            if mine:
                self._inform(run, mine)
        else:
            self._send(events)

    @staticmethod
    def _inform(run: Run, events: Sequence[Event]) -> None:
        for listener in run.listeners:
            listener(events)
        for event in events:
            run.see(event)

    def _send(self, events: list[Event]) -> None:
        frame = self.events.append(events)
        for viewer in self.viewers:
            viewer.send(frame, self.events.seq)

    def _stop_input(self) -> None:
        asked, self._input = self._input, None
        if asked is not None:
            self._publish([Input(run=asked.run, node_index=asked.node_index, waiting=False)])

    def _become(self, state: SessionState, reason: str = "", cause: Cause | None = None) -> None:
        self._state = state
        self._reason = reason
        self._cause = cause
        self._tell()

    def _tell(self) -> None:
        """Publish the session's state, unless it is the one that was published last."""
        run = self._current.id if isinstance(self._current, Run) else None
        event = SessionEvent(
            session=self.id,
            state=self._state,
            kernel=self._kernel_now(),
            name=self.name,
            path=self.path,
            run=run,
            queue=len(self._queue),
            reason=self._reason,
            cause=self._cause,
        )
        if self._told is not None:
            event.seq = self._told.seq
        if event != self._told:
            self._told = event
            self._publish([event])

    def _kernel_now(self) -> KernelModel:
        model = self._kernel_model
        return KernelModel(name=model.name, display_name=model.display_name, id=self.kernel_id)

    def _hold(self) -> None:
        """Keep the kernel from being culled while it starts, has viewers or runs something: each
        counts as a connection."""
        self._process.hold(len(self.viewers) + (self._current is not None) + self._is_starting)

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._log.error("Session %s: a task failed", self.name, exc_info=task.exception())


def _is_interrupt(event: Event) -> bool:
    if isinstance(event, OutputEvent):
        return isinstance(event.output, Error) and event.output.name == "KeyboardInterrupt"
    return isinstance(event, (StatusEvent, Done)) and event.status == "interrupted"


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
