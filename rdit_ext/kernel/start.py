"""Brings up a kernel with the runtime in it, from a process that may die meanwhile or never answer.

It knows processes and clients. What is to run in the kernel, and who waits for it, it does not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import KernelDied, KernelSilent, KernelUnavailable, PortTaken
from ..protocol import Event
from .client import Kernel
from .link import Logger
from .process import KernelProcess

# How often a kernel is started when another program has taken one of the ports chosen for it.
_STARTS = 3


@dataclass(frozen=True)
class Wanted:
    """What is to be started: in the folder of the script at this Contents path, if there is one,
    under this name in Jupyter's lists, by this kernel spec."""

    path: str | None
    name: str
    kernel_name: str


class KernelStart:
    """One start of a kernel in this process.

    `timeout`: seconds for each attempt. `on_events`: gets the kernel's events, from the start on.
    `on_process`: called with False when a process was asked for, with True when there is one.
    """

    def __init__(
        self,
        process: KernelProcess,
        wanted: Wanted,
        timeout: float,
        on_events: Callable[[list[Event]], None],
        on_process: Callable[[bool], None],
        log: Logger,
    ) -> None:
        self._process = process
        self._wanted = wanted
        self._timeout = timeout
        self._on_events = on_events
        self._on_process = on_process
        self._log = log
        self._connecting: Kernel | None = None

    def fail(self, error: KernelDied) -> None:
        """Raise the error in the connection that is being made: its process has ended."""
        if self._connecting is not None:
            self._connecting.fail(error)

    async def connect(self) -> Kernel:
        """The kernel, ready for runs. Starts a process if there is none.

        A process that does not come up is ended, so that the next start makes another. If the
        reason was a taken port, that is at once: the ports are chosen anew.

        Raises:
            KernelUnavailable: it could not be started, or did not answer in time.
        """
        for tries in range(1, _STARTS + 1):
            try:
                return await self._connect_by(time.monotonic() + self._timeout)
            except PortTaken as error:
                if tries == _STARTS:
                    raise
                self._log.warning("Kernel for %s: %s", self._wanted.name, error)
        raise AssertionError

    async def _connect_by(self, end: float) -> Kernel:
        """As `connect`, until the monotonic time `end`. A process that dies meanwhile and is
        restarted by Jupyter is tried again, until Jupyter gives it up."""
        process, wanted = self._process, self._wanted
        while True:
            # Never 0 or less: that the time is over is found out, and raised, by the calls below.
            left = max(0.01, end - time.monotonic())
            kernel = None
            try:
                if process.id is None:
                    self._on_process(False)
                    await process.start(wanted.path, wanted.name, wanted.kernel_name, left)
                    self._on_process(True)
                await process.wait_up(left)
                if process.id is None:
                    raise KernelDied("The kernel ended while it started.")
                if not process.is_up:
                    continue  # a race: it came back, and was gone again before this task ran
                kernel = self._connecting = Kernel(process.link(), self._on_events, self._log)
                await kernel.boot(left)
                process.introduce(kernel.about)
                return kernel
            except KernelDied as error:
                if kernel is not None:
                    await kernel.close()
                if process.id is None:
                    raise await process.why(
                        KernelUnavailable(process.cause or str(error))
                    ) from None
            except (KernelUnavailable, asyncio.TimeoutError) as error:
                if kernel is not None:
                    await kernel.close()
                # A process that does not answer now would not answer the next run either.
                await process.shutdown(now=True)
                if isinstance(error, asyncio.TimeoutError):
                    error = KernelSilent(f"The kernel did not answer within {self._timeout:g} s.")
                if isinstance(error, KernelSilent):
                    raise await process.why(error) from None
                raise
            except BaseException:
                if kernel is not None:
                    await kernel.close()
                raise
            finally:
                self._connecting = None
