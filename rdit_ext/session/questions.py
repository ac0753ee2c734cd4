"""Back-pressure for questions to a kernel: a limit for all, one at a time for completions.

A kernel that is stuck queues what it is sent, and answers all of it before its next run when it is
free again. So the number of unanswered questions is limited; and of one viewer's completions, where
a later one supersedes those before it, only one is sent at a time. It knows neither kernels nor
what is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..errors import Superseded, TooBusy

T = TypeVar("T")
# Unanswered questions of a session.
LIMIT = 64


class Questions:
    """The unanswered questions of one session."""

    def __init__(self) -> None:
        self._count = 0
        # The askers whose question was sent to the kernel, and, by asker, the question that waits
        # for the answer to it.
        self._asking: set[object] = set()
        self._waiting: dict[object, asyncio.Future[None]] = {}

    async def ask(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` returns.

        Raises:
            TooBusy: `LIMIT` questions are unanswered.
        """
        if self._count >= LIMIT:
            raise TooBusy(f"{LIMIT} questions wait for the kernel already.", LIMIT)
        self._count += 1
        try:
            return await ask()
        finally:
            self._count -= 1

    async def ask_latest(self, asker: object, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` returns. It is called when the asker's question before has been answered.

        Raises:
            Superseded: the asker asked another before this one was sent.
            TooBusy: `LIMIT` questions are unanswered.
        """
        if asker in self._asking:
            turn = asyncio.get_running_loop().create_future()
            before = self._waiting.pop(asker, None)
            if before is not None and not before.done():
                before.set_exception(Superseded())
            self._waiting[asker] = turn
            await turn
        self._asking.add(asker)
        try:
            return await self.ask(ask)
        finally:
            after = self._waiting.pop(asker, None)
            if after is not None and not after.done():
                after.set_result(None)
            else:
                self._asking.discard(asker)
