"""The rules of a session, pure: what happens is an input, what is to be done is an action.

    transition(state, input) -> (state, actions)

    link to the kernel   none --Start--> starting --KernelReady--> ready
                          ^                 |StartFailed, ShutDown     |ProcessGone, ShutDown
                          +-----------------+--------------------------+
                         any --Replace--> replacing --ProcessReplaced--> starting
    a job (run, reset)   queued --> waiting for the link --> sent --> ended
                         queued or waiting --Interrupt, Restart, ShutDown, ProcessGone--> cancelled

One job at a time is current; it waits while there is no link, and is sent when there is. `Session`
performs the actions in their order and gives back as inputs what comes of them. Nothing here waits,
sends or knows a clock, so every race is a sequence of inputs: tests/server/test_transition.py.

The cut between a pure machine and its driver is Livebook's:
https://github.com/livebook-dev/livebook/blob/main/lib/livebook/session/data.ex
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ..errors import KernelDied, KernelError, unhandled
from ..protocol import Cause, SessionState

Link = Literal["none", "starting", "replacing", "ready"]


@dataclass(frozen=True)
class Job:
    """A run, by its id, or a clearing of the namespace, which takes its turn in the same queue."""

    id: str
    is_reset: bool = False


@dataclass(frozen=True)
class State:
    """A session at one moment. `shown`, `reason` and `cause` are those of its `session` event."""

    link: Link = "none"
    # How many restarts of the process are under way: they are made one after the other.
    replacing: int = 0
    current: Job | None = None
    is_sent: bool = False
    # How often the current run was interrupted.
    presses: int = 0
    queue: tuple[Job, ...] = ()
    shown: SessionState = "idle"
    reason: str = ""
    cause: Cause | None = None

    @property
    def waiting(self) -> Job | None:
        """The current job, if it waits for a kernel."""
        return None if self.is_sent else self.current


# ---- inputs: what happens


@dataclass(frozen=True)
class Submitted:
    """A run or a reset was asked for."""

    job: Job


@dataclass(frozen=True)
class StartAsked:
    """A kernel is wanted. `only_if_idle`: not while a job is under way, which starts its own."""

    only_if_idle: bool = False


@dataclass(frozen=True)
class InterruptAsked:
    """The user interrupts the current run, and cancels those that are queued."""


@dataclass(frozen=True)
class TimedOut:
    """The time that this run may take is over."""

    job: Job


@dataclass(frozen=True)
class RestartAsked:
    """A new process is wanted, in place of the one there is, if any."""

    has_process: bool


@dataclass(frozen=True)
class ShutDown:
    """The process is to end for this reason."""

    error: KernelDied


@dataclass(frozen=True)
class ProcessStarting:
    """There is no process yet, and Jupyter was asked for one."""


@dataclass(frozen=True)
class KernelReady:
    """The start has succeeded: the runtime is in the kernel."""


@dataclass(frozen=True)
class StartFailed:
    """The start has failed, and there is no kernel."""

    error: KernelError


@dataclass(frozen=True)
class ProcessReplaced:
    """A restart has given a new process."""


@dataclass(frozen=True)
class ReplaceFailed:
    """A restart has failed, and there is no process any more."""

    error: KernelError


@dataclass(frozen=True)
class ProcessGone:
    """The process has ended, of itself or by another client. `is_coming_back`: Jupyter starts
    another in its place."""

    error: KernelDied
    is_coming_back: bool


@dataclass(frozen=True)
class ProcessBack:
    """Jupyter has started a process in the place of the one that had ended."""


@dataclass(frozen=True)
class JobEnded:
    """The job that was sent has ended, whether well or not. `is_cleared`: a reset, and the
    namespace is empty. `has_process`: a process runs now, though perhaps without a link to it."""

    job: Job
    has_process: bool
    is_cleared: bool = False


Input = (
    Submitted
    | StartAsked
    | InterruptAsked
    | TimedOut
    | RestartAsked
    | ShutDown
    | ProcessStarting
    | KernelReady
    | StartFailed
    | ProcessReplaced
    | ReplaceFailed
    | ProcessGone
    | ProcessBack
    | JobEnded
)


# ---- actions: what is to be done


@dataclass(frozen=True)
class Report:
    """Publish a `session` event of this state, unless it equals the last one."""

    state: State


@dataclass(frozen=True)
class Start:
    """Start a process if there is none, and connect to it. Then: KernelReady or StartFailed."""


@dataclass(frozen=True)
class AbandonStart:
    """Cancel the start that is under way: who awaits it gets this error."""

    error: KernelDied


@dataclass(frozen=True)
class Replace:
    """Restart the process. Then: ProcessReplaced or ReplaceFailed."""


@dataclass(frozen=True)
class EndProcess:
    """Shut the process down, if there is one."""


@dataclass(frozen=True)
class Disconnect:
    """Close the link: everything that awaits the kernel gets this error. `is_drained`: only after
    what the process sent before it ended has been received."""

    error: KernelDied
    is_drained: bool = False


@dataclass(frozen=True)
class Execute:
    """Send this run to the kernel. Then: JobEnded."""

    job: Job


@dataclass(frozen=True)
class Clear:
    """Clear the kernel's namespace. Then: JobEnded."""

    job: Job


@dataclass(frozen=True)
class Signal:
    """Interrupt the process for this run, which has been interrupted so many times now."""

    job: Job
    presses: int


@dataclass(frozen=True)
class Cancel:
    """End a job that was never sent. `error`: why; None: the user has interrupted it."""

    job: Job
    error: KernelError | None


@dataclass(frozen=True)
class Finish:
    """The session lets go of this job: its caller gets the outcome."""

    job: Job


Action = (
    Report
    | Start
    | AbandonStart
    | Replace
    | EndProcess
    | Disconnect
    | Execute
    | Clear
    | Signal
    | Cancel
    | Finish
)
Step = tuple[State, list[Action]]


def transition(state: State, input: Input) -> Step:
    """The state after this input, and what is to be done, in this order."""
    match input:
        case Submitted(job):
            return _submitted(state, job)
        case StartAsked(only_if_idle):
            return (state, []) if only_if_idle and state.current else _start(state)
        case InterruptAsked():
            state, actions = _cancel_unsent(state, None)
            return _signal(state, actions)
        case TimedOut(job):
            return _signal(state, []) if state.current == job else (state, [])
        case RestartAsked(has_process):
            return _restart(state, has_process)
        case ShutDown(error):
            return _shut_down(state, error)
        case ProcessStarting():
            return _show(state, [], "starting")
        case KernelReady():
            return _ready(replace(state, link="ready"))
        case StartFailed(error):
            state, actions = _show(replace(state, link="none"), [], "dead", error)
            return _cancel_waiting(state, actions, error)
        case ProcessReplaced():
            state = replace(state, replacing=state.replacing - 1)
            return (state, []) if state.replacing else _start(replace(state, link="none"))
        case ReplaceFailed(error):
            return _replace_failed(state, error)
        case ProcessGone(error, is_coming_back):
            return _gone(state, error, is_coming_back)
        case ProcessBack():
            # With the reason that the process before it has ended for.
            state = replace(state, shown="restarting")
            after, actions = (state, []) if state.current else _start(state)
            return after, [Report(state), *actions]
        case JobEnded(_, has_process, is_cleared):
            state, actions = _show(state, [], "reset") if is_cleared else (state, [])
            return _next(state, actions, has_process)
        case _:
            unhandled(input)


def _show(
    state: State, actions: list[Action], shown: SessionState, error: KernelError | None = None
) -> Step:
    state = replace(
        state,
        shown=shown,
        reason=str(error or ""),
        cause=error.cause if error is not None else None,
    )
    return state, [*actions, Report(state)]


def _start(state: State) -> Step:
    if state.link != "none":
        return state, []  # there is one, or it is being started
    return replace(state, link="starting"), [Start()]


def _submitted(state: State, job: Job) -> Step:
    if state.current is None:
        return _begin(state, job)
    state = replace(state, queue=(*state.queue, job))
    return state, [Report(state)]


def _begin(state: State, job: Job) -> Step:
    state = replace(state, current=job, is_sent=False, presses=0)
    if state.link == "ready":
        return _ready(state)
    if job.is_reset and state.link == "none":
        # There is no namespace that could be cleared.
        state, actions = _show(state, [], "reset")
        return _next(state, actions)
    after, actions = _start(state)
    return after, [Report(state), *actions]


def _ready(state: State) -> Step:
    """Go on with the link: send the job that waits for it."""
    job = state.waiting
    if job is not None:
        state, actions = _show(replace(state, is_sent=True), [], "busy")
        return state, [*actions, Clear(job) if job.is_reset else Execute(job)]
    return (state, []) if state.current is not None else _show(state, [], "idle")


def _next(state: State, actions: list[Action], has_process: bool = False) -> Step:
    """Let go of the current job and begin the next one; with none in the queue, rest."""
    ended = state.current
    assert ended is not None
    state = replace(state, current=None, is_sent=False, presses=0)
    more: list[Action] = []
    if state.queue:
        state, more = _begin(replace(state, queue=state.queue[1:]), state.queue[0])
    elif state.shown in ("busy", "reset") or state.link == "ready":
        state, more = _show(state, [], "idle")
    elif has_process:
        # Jupyter restarted the process while the run that died with the old one was being ended:
        # `ProcessBack` found a job under way, and started nothing.
        state, more = _start(state)
    # At last, as its caller may ask for the session's state at once.
    return state, [*actions, *more, Finish(ended)]


def _cancel_queue(state: State, error: KernelError | None) -> Step:
    cancelled: list[Action] = [a for job in state.queue for a in (Cancel(job, error), Finish(job))]
    return replace(state, queue=()), cancelled


def _cancel_waiting(state: State, actions: list[Action], error: KernelError | None) -> Step:
    """End the current job if it waits for a kernel, and begin the next."""
    job = state.waiting
    if job is None:
        return state, actions
    return _next(state, [*actions, Cancel(job, error)])


def _cancel_unsent(state: State, error: KernelError | None) -> Step:
    """End all jobs that no kernel has; but a reset that waits goes on, as it does no harm."""
    state, actions = _cancel_queue(state, error)
    if state.waiting is not None and not state.waiting.is_reset:
        return _cancel_waiting(state, actions, error)
    return state, actions


def _signal(state: State, actions: list[Action]) -> Step:
    job = state.current
    if job is None or job.is_reset or not state.is_sent:
        return state, actions
    state = replace(state, presses=state.presses + 1)
    return state, [*actions, Signal(job, state.presses)]


def _restart(state: State, has_process: bool) -> Step:
    error = KernelDied("The kernel was restarted.", "kernel-restarted")
    state, actions = _cancel_unsent(state, error)
    if state.link == "starting":
        actions.append(AbandonStart(error))
        state = replace(state, link="none")
    if has_process:
        state, actions = _show(state, actions, "restarting", error)
        state = replace(state, link="replacing", replacing=state.replacing + 1)
        actions += [Disconnect(error), Replace()]
    else:
        state, more = _start(state)
        actions += more
    # A reset that waits was meant for the process that is replaced now.
    return _cancel_waiting(state, actions, error)


def _replace_failed(state: State, error: KernelError) -> Step:
    state, actions = _show(replace(state, replacing=state.replacing - 1), [], "dead", error)
    if state.replacing:
        return state, actions
    state = replace(state, link="none")
    if state.waiting is None:
        return state, actions
    state, more = _start(state)
    return state, [*actions, *more]


def _shut_down(state: State, error: KernelDied) -> Step:
    state, actions = _cancel_queue(state, error)
    actions.append(Disconnect(error))
    if state.link == "starting":
        actions.append(AbandonStart(error))
    # The session is told before the process has ended: a run that is submitted meanwhile starts a
    # new one.
    actions.append(EndProcess())
    if state.link != "replacing":
        state = replace(state, link="none")
    state, actions = _show(state, actions, "dead", error)
    return _cancel_waiting(state, actions, error)


def _gone(state: State, error: KernelDied, is_coming_back: bool) -> Step:
    # Queued runs were meant for the namespace that is lost now.
    state, actions = _cancel_queue(state, error)
    if is_coming_back or state.link != "starting":
        shown: SessionState = "restarting" if is_coming_back else "dead"
        state, actions = _show(state, actions, shown, error)
    else:
        # The start under way finds out, and fails with the reason.
        state = replace(state, reason=str(error), cause=error.cause)
    if state.link == "ready":
        state = replace(state, link="none")
    return state, [*actions, Disconnect(error, is_drained=True)]
