"""Completion and documentation by ipykernel, as it answers Jupyter's own requests for them."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Any

_COMPLETION_SECONDS = 2.0


class Introspection:
    """`kernel` has the methods `do_complete` and `do_inspect` of ipykernel."""

    def __init__(self, kernel: Any):
        self._kernel = kernel
        # The completer of IPython keeps state while it completes.
        self._completing = threading.Lock()

    def complete(self, code: str, cursor: int) -> dict[str, Any]:
        with self._completing:
            reply = _finish(self._kernel.do_complete(code, cursor))
        return {
            "matches": reply.get("matches", []),
            "cursorStart": reply.get("cursor_start", cursor),
            "cursorEnd": reply.get("cursor_end", cursor),
            "metadata": reply.get("metadata", {}),
        }

    def let_complete(self) -> None:
        """Wait until a completion that is under way has ended, for 2 s at most.

        To be called before a run: IPython and jedi complete inside `warnings.catch_warnings()`,
        which is of the process. What a script sets of filters meanwhile would be undone.
        https://docs.python.org/3/library/warnings.html#warnings.catch_warnings
        """
        if self._completing.acquire(timeout=_COMPLETION_SECONDS):
            self._completing.release()

    def inspect(self, code: str, cursor: int, detail: int = 0) -> dict[str, Any]:
        reply = _finish(self._kernel.do_inspect(code, cursor, detail))
        return {name: reply[name] for name in ("found", "data", "metadata") if name in reply}


def _finish(reply: Any) -> Any:
    """The reply of a kernel's method, which may be a coroutine. Called in a thread without an event
    loop."""
    if not inspect.isawaitable(reply):
        return reply

    async def wait() -> Any:
        return await reply

    return asyncio.run(wait())
