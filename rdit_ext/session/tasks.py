"""The tasks of one session: none fails unseen, and none outlives the session."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ..kernel.link import Logger

T = TypeVar("T")


class Tasks:
    """Tasks that run in the background. `name`: whose they are, in the server's log."""

    def __init__(self, name: str, log: Logger) -> None:
        self._name = name
        self._log = log
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run it in a task of its own. An exception goes to the server's log."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def close(self, timeout: float) -> None:
        """Wait until all have ended; cancel those that have not within `timeout` seconds."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=timeout)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._log.error("Session %s: a task failed", self._name, exc_info=task.exception())
