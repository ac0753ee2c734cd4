"""Questions beside a run that the kernel has not answered yet: few, whoever asks.

A kernel that is stuck reads nothing, and answers all that it was sent when it is free again, before
its next run. So it is sent only so many; and of a viewer's completions, of which each takes the
place of the one before, only one at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from .errors import Superseded, TooBusy

T = TypeVar("T")
LIMIT = 64


class Questions:
    """Those of one session."""

    def __init__(self) -> None:
        self._count = 0
        # Whose question the kernel has, and whose waits for its answer.
        self._asking: set[object] = set()
        self._waiting: dict[object, asyncio.Future[None]] = {}

    async def ask(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` answers.

        Raises:
            TooBusy: too many wait.
        """
        if self._count >= LIMIT:
            raise TooBusy(f"{LIMIT} questions wait for the kernel already.", LIMIT)
        self._count += 1
        try:
            return await ask()
        finally:
            self._count -= 1

    async def ask_latest(self, asker: object, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` answers, after the answer to the one before of the same asker.

        Raises:
            Superseded: it asked another before this one was sent.
            TooBusy: too many wait.
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
