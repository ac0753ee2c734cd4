"""Queries to a kernel: how many may be unanswered, how long each may take, what an answer must be.

A kernel that is stuck queues what it is sent, and answers all of it before its next run when it is
free again. So the number of unanswered queries is limited; and of one viewer's completions, where
a later one supersedes those before it, only one is sent at a time. What a method means is known
only to the runtime: its properties are in the table `QUERIES` of `protocol.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from ..errors import KernelUnavailable, Superseded, TooBusy
from ..protocol import QUERIES, Incoming, Outgoing

# Unanswered queries of a session.
LIMIT = 64
# Seconds. The first completion in a kernel is slow: jedi parses the imported packages.
TIMEOUT = 30.0


class Queries:
    """The unanswered queries of one session. `ask(method, params)` returns the kernel's answer."""

    def __init__(self, ask: Callable[[str, Any], Awaitable[Any]]) -> None:
        self._ask = ask
        self._count = 0
        # Of these, those that hold up a run.
        self._holding = 0
        # The askers whose query was sent to the kernel, and, by asker, the query that waits for the
        # answer to it. Only of methods with `only_newest`.
        self._asking: set[object] = set()
        self._waiting: dict[object, asyncio.Future[None]] = {}

    @property
    def hold_up_runs(self) -> bool:
        """Whether the kernel may be answering what a run would have to wait for."""
        return self._holding > 0

    async def query(self, method: str, params: Incoming, asker: object) -> Outgoing:
        """The result of the method, of the type that it has in `QUERIES`. `asker`: whose it is.

        Raises:
            Superseded: the asker sent a newer one before this one was sent to the kernel.
            TooBusy: `LIMIT` queries are unanswered.
            KernelUnavailable: there was no answer within `TIMEOUT` seconds, or it is not of that
                type.
            KernelError: as `ask` raises it.
        """
        if QUERIES[method].only_newest:
            return await self._newest(method, params, (asker, method))
        return await self._send(method, params)

    async def _newest(self, method: str, params: Incoming, asker: object) -> Outgoing:
        if asker in self._asking:
            turn = asyncio.get_running_loop().create_future()
            before = self._waiting.pop(asker, None)
            if before is not None and not before.done():
                before.set_exception(Superseded())
            self._waiting[asker] = turn
            await turn
        self._asking.add(asker)
        try:
            return await self._send(method, params)
        finally:
            after = self._waiting.pop(asker, None)
            if after is not None and not after.done():
                after.set_result(None)
            else:
                self._asking.discard(asker)

    async def _send(self, method: str, params: Incoming) -> Outgoing:
        if self._count >= LIMIT:
            raise TooBusy(f"{LIMIT} queries wait for the kernel already.", LIMIT)
        holds = QUERIES[method].beside_run is not None
        self._count += 1
        self._holding += holds
        try:
            answer = await asyncio.wait_for(self._ask(method, msgspec.to_builtins(params)), TIMEOUT)
        except asyncio.TimeoutError:
            raise KernelUnavailable("The kernel did not answer in time.") from None
        finally:
            self._count -= 1
            self._holding -= holds
        try:
            return msgspec.convert(answer, QUERIES[method].result)
        except msgspec.ValidationError as error:
            # Code of the user's runs in the kernel, and may have replaced what answers.
            raise KernelUnavailable(f"The kernel's answer to {method} is none: {error}") from None
