"""A session's connection to its kernel: performs what `transition.py` says of it.

    start, abandon, replace, end, disconnect --> process, client --> inputs for the transition

It decides nothing: when a kernel is wanted is known there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..errors import KernelDied, KernelError, KernelUnavailable
from ..kernel.client import Kernel
from ..kernel.link import Logger
from ..kernel.process import KernelProcess
from ..kernel.start import KernelStart
from . import transition as t
from .tasks import Tasks


class KernelConnection:
    """The kernel of a session, None while there is no link to one.

    `prepare`: a start of the kernel that the session wants now. `dispatch`: gets the inputs.
    """

    def __init__(
        self,
        process: KernelProcess,
        prepare: Callable[[], KernelStart],
        restart_timeout: float,
        dispatch: Callable[[t.Input], None],
        tasks: Tasks,
        log: Logger,
    ) -> None:
        self.kernel: Kernel | None = None
        self._process = process
        self._prepare = prepare
        self._restart_timeout = restart_timeout
        self._dispatch = dispatch
        self._tasks = tasks
        self._log = log
        # Held while the process is started or replaced: a start that was abandoned cleans up before
        # the next one begins.
        self._changing = asyncio.Lock()
        self._start: KernelStart | None = None
        self._start_task: asyncio.Task[None] | None = None
        self._replacing = 0
        # Those that await the kernel.
        self._waiters: list[asyncio.Future[None]] = []
        self._ending: asyncio.Task[None] | None = None

    @property
    def linked(self) -> Kernel:
        """The kernel, where the state says that there is a link."""
        assert self.kernel is not None, "a job is sent only while there is a link"
        return self.kernel

    async def wait(self) -> None:
        """Return when there is a kernel, for which the start is under way.

        Raises:
            KernelUnavailable: it could not be started.
            KernelDied: the start was ended by a restart or a shutdown.
        """
        if self.kernel is None:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    async def wait_ended(self) -> None:
        """Return when the process that `end` was called for has ended."""
        if self._ending is not None:
            await asyncio.shield(self._ending)

    # ---- actions

    def start(self) -> None:
        """Start a process if there is none, and connect to it. Then: KernelReady or StartFailed."""
        self._start_task = self._tasks.spawn(self._connect())

    def abandon(self, error: KernelDied) -> None:
        """Cancel the start that is under way, and raise this error in those who await it."""
        assert self._start_task is not None
        self._start_task.cancel()
        self._release(error)

    def replace(self) -> None:
        """Restart the process. Then: ProcessReplaced or ReplaceFailed."""
        self._replacing += 1
        self._tasks.spawn(self._replace())

    def end(self) -> None:
        """Forget the process at once, and end it in the background."""
        self._ending = self._tasks.spawn(self._process.shutdown())

    def disconnect(self, error: KernelDied, is_drained: bool) -> None:
        """Raise this error in everything that awaits the kernel, and close the link; `is_drained`:
        only after what the process sent before it ended has been received."""
        kernel, self.kernel = self.kernel, None
        if self._start is not None:
            self._start.fail(error)
        if kernel is not None and is_drained:
            self._tasks.spawn(_drain_then_fail(kernel, error))
        elif kernel is not None:
            kernel.fail(error)
            self._tasks.spawn(kernel.close())

    async def _connect(self) -> None:
        failed: KernelError | None = None
        async with self._changing:
            self._start = self._prepare()
            try:
                self.kernel = await self._start.connect()
            except KernelError as error:
                self._log.warning("%s", error)
                failed = error
            except Exception as error:
                self._log.exception("A kernel's start failed")
                failed = KernelUnavailable(f"rdit failed: {error}")
            finally:
                self._start = None
        if failed is not None:
            self._fail(t.StartFailed(failed))
        else:
            self._dispatch(t.KernelReady())
            self._release(None)

    async def _replace(self) -> None:
        async with self._changing:
            try:
                # None: the restart before this one has failed, and the next start makes a process.
                if self._process.id is not None:
                    await self._process.restart(self._restart_timeout)
            except KernelUnavailable as error:
                self._replacing -= 1
                self._fail(t.ReplaceFailed(error))
            else:
                self._replacing -= 1
                self._dispatch(t.ProcessReplaced())

    def _fail(self, failed: t.StartFailed | t.ReplaceFailed) -> None:
        # Taken out first: a job in the queue makes the next start, which has waiters of its own.
        waiters, self._waiters = self._waiters, []
        self._dispatch(failed)
        if self._replacing:
            self._waiters += waiters  # another restart is under way
        else:
            resolve(waiters, failed.error)

    def _release(self, error: KernelError | None) -> None:
        waiters, self._waiters = self._waiters, []
        resolve(waiters, error)


def resolve(waiters: list[asyncio.Future[None]], error: Exception | None) -> None:
    """Let those who wait go on, or raise this error in them. Who was cancelled meanwhile waits no
    more."""
    for waiter in waiters:
        if waiter.done():
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)


async def _drain_then_fail(kernel: Kernel, error: KernelDied) -> None:
    """Receive what the process sent before it ended, and only then fail what awaits a reply."""
    await kernel.drain()
    kernel.fail(error)
    await kernel.close()
