"""Executes one run on a kernel, and gives it an end where the kernel cannot.

Kernel.run --returns--> done came?   --no--> its end was lost: an error
           --raises---> the process died: what it said last, then the error at its statement
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from ..errors import KernelDied, KernelError, RditError, RuntimeFailed
from ..kernel.client import Kernel
from ..protocol import Cause, Done, Error, Event, OutputEvent, RunStatus, StatusEvent
from .run import Run

Publish = Callable[[list[Event]], None]

# Seconds to wait, after an interrupt by a client that ends or restarts the kernel, for Jupyter's
# report of which it was.
_OVERTAKEN = 15.0
_OVERTAKEN_ERROR = KernelDied("The kernel was shut down or restarted from elsewhere.")
_LOST_END = RditError("The end of this run was lost on its way from the kernel.")
INTERRUPTED = "Interrupted before it began."


async def execute(
    run: Run, kernel: Kernel, request: dict[str, Any], allow_stdin: bool, publish: Publish
) -> None:
    """Execute the run, whose `request` the runtime gets. Returns when it has ended, and its `done`
    is published: every failure is an end of the run."""
    run.began = time.monotonic()
    try:
        await kernel.run(request, allow_stdin)
    except (KernelError, RuntimeFailed) as error:
        fail(run, _with_last_words(run, kernel, error, publish), publish)
        return
    if run.overtaken:
        # The interrupt was sent by a client that ends or restarts the kernel. Jupyter reports which
        # it was when that is done.
        gone = asyncio.ensure_future(kernel.gone.wait())
        await asyncio.wait([gone], timeout=_OVERTAKEN)
        gone.cancel()
        fail(run, kernel.error or _OVERTAKEN_ERROR, publish)
    elif not run.ended.is_set():
        # No `done` event came within the patience of `Kernel.run`: iopub has dropped it.
        fail(run, _LOST_END, publish)


def fail(run: Run, error: RditError, publish: Publish) -> None:
    """Publish the end of a run that was sent and whose kernel cannot: the error at the statement
    that ran, and `cancelled` at those after it."""
    publish(run.end_events(error))
    if not run.statuses:
        # No plan has come, so there is no statement to show the error at: an HTTP caller gets it.
        run.failure = error
    status: RunStatus = "died" if isinstance(error, KernelDied) else "error"
    _end(run, status, str(error), error.cause, publish)


def cancel(run: Run, error: KernelError | None, publish: Publish) -> None:
    """Publish the end of a run that was never sent: for this error, or None for an interrupt."""
    status: RunStatus = "cancelled"
    if isinstance(error, KernelDied):
        error = KernelDied(f"{error} This run had not begun.", error.cause)
    elif error is not None:
        status = "died"  # there is no kernel for it
    run.failure = error
    cause = error.cause if error is not None else "interrupted"
    _end(run, status, str(error or INTERRUPTED), cause, publish)


def _end(run: Run, status: RunStatus, reason: str, cause: Cause, publish: Publish) -> None:
    if not run.ended.is_set():
        elapsed = time.monotonic() - run.began if run.began else 0.0
        publish([Done(run=run.id, status=status, elapsed=elapsed, reason=reason, cause=cause)])
        run.ended.set()


def _with_last_words(run: Run, kernel: Kernel, error: RditError, publish: Publish) -> RditError:
    """Publish the outputs that the process recorded and could not send, each at its statement, and
    the statuses up to the statement at which it ended. Returns the error to show there."""
    if kernel.last_statement is None or kernel.last_statement[0] != run.id:
        return error
    for event in kernel.last_words:
        index = getattr(event, "node_index", None)
        if index is not None and run.statuses.get(index) == "queued":
            publish(run.recovered_statuses(index))
        publish([event])
    if kernel.last_statement[1] >= 0:
        publish(run.recovered_statuses(kernel.last_statement[1]))
    if not kernel.said_all and isinstance(error, KernelDied):
        return KernelDied(f"{error} Some of what it printed before is lost.", error.cause)
    return error


def without_interrupt_by_others(
    run: Run, events: list[Event], is_ended_by_others: bool
) -> list[Event]:
    """The events without those of the run from a KeyboardInterrupt on that the user has not asked
    for; the run's `overtaken` is set by the first.

    Jupyter sends SIGINT before it ends or restarts a kernel for another client. The run is shown as
    ended by that, not as interrupted.
    """
    if run.presses or not is_ended_by_others:
        return [] if run.overtaken else events
    for position, event in enumerate(events):
        if not run.overtaken and getattr(event, "run", None) == run.id and _is_interrupt(event):
            run.overtaken = True
            return events[:position]
    return [] if run.overtaken else events


def _is_interrupt(event: Event) -> bool:
    if isinstance(event, OutputEvent):
        return isinstance(event.output, Error) and event.output.name == "KeyboardInterrupt"
    return isinstance(event, (StatusEvent, Done)) and event.status == "interrupted"
