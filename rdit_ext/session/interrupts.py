"""Interrupts a run until the kernel confirms that it has.

A signal may be lost: `os.system` ignores SIGINT while it waits, and one that comes before the run
has begun strikes nothing. So it is sent again, but not for ever, as a script may handle SIGINT
itself and go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ..errors import KernelBlocked, KernelError
from ..kernel.client import Kernel
from ..kernel.process import KernelProcess
from .run import Run

# An interrupt without effect is sent again after `_AGAIN` seconds, `_TIMES` times at most.
_TIMES = 10
_AGAIN = 1.0


async def repeat(
    run: Run,
    process: KernelProcess,
    kernel: Callable[[], Kernel | None],
    first: asyncio.Future[None],
) -> None:
    """Repeat an interrupt until it has reached the run or the run has ended. `kernel`: the one that
    there is now; `first`: done when the interrupt was first sent."""
    await asyncio.wait([first])
    for turn in range(_TIMES):
        # Ask at once: the question makes the runtime raise a press that is recorded in the shared
        # file but whose signal did not arrive.
        presses = run.presses
        reached = await _has_reached(run, process, kernel())
        if (reached and run.presses == presses) or run.ended.is_set():
            return
        if reached is False and turn:
            await process.interrupt()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(run.ended.wait(), _AGAIN)
        if run.ended.is_set():
            return


async def _has_reached(run: Run, process: KernelProcess, kernel: Kernel | None) -> bool | None:
    """Whether the interrupt has reached the run, which may be busy with its own clean-up. None if
    the kernel does not answer within 1 s."""
    if kernel is None:
        return True
    try:
        # Answered by the runtime only: it is no method that a viewer may ask.
        reached = bool(await asyncio.wait_for(kernel.query("interrupted"), _AGAIN))
        # The status after an answer makes Jupyter take the kernel for idle.
        if not run.finished.is_set():
            process.say_busy()
        return reached
    except asyncio.TimeoutError:
        # C code holds the interpreter lock: the signal is pending until it returns.
        return None
    except KernelBlocked:
        return None
    except KernelError:
        return True
