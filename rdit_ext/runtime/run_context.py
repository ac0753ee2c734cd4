"""The `contextvars.Context` in which all statements run, and how a coroutine runs in it."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from .shields import boundary


class RunContext:
    """One context for all runs: what a statement sets lasts, and a token (`token =
    variable.set(...)`) can still be reset by a later statement."""

    def __init__(self) -> None:
        self._context: contextvars.Context | None = None
        # The context variables of the last request: those with other values in the next request
        # were set by the host in between.
        self._given: dict[contextvars.ContextVar[Any], Any] = {}

    def for_request(self) -> contextvars.Context:
        """The context, for the request that is being served.

        The host may serve each request in another context and set variables there, such as
        ipykernel's parent message. Those that have changed since the last request are copied.
        """
        request = contextvars.copy_context()
        if self._context is None:
            self._context = request
        else:
            for variable, value in request.items():
                if self._given.get(variable) is not value:
                    self._context.run(variable.set, value)
        self._given = dict(request.items())
        return self._context

    def copy(self) -> contextvars.Context:
        """A copy of the context, for code that is of no run: what it sets does not last."""
        return contextvars.copy_context() if self._context is None else self._context.copy()

    def forget(self) -> None:
        """Discard what scripts have set."""
        self._context = None
        self._given.clear()


class Within:
    """Awaits a coroutine and runs every step of it in a given `contextvars.Context`.

    `loop.create_task` has a parameter `context` for that, from Python 3.11 on. This works in 3.10
    too, and in the current task.
    """

    def __init__(self, context: contextvars.Context, coroutine: Coroutine[Any, Any, Any]):
        self._run = context.run
        self._coroutine = coroutine

    @boundary
    def __await__(self) -> Generator[Any, Any, Any]:
        coroutine = self._coroutine
        step: Callable[..., Any] = coroutine.send
        given: Any = None
        while True:
            try:
                waited = self._run(step, given)
            except StopIteration as end:
                return end.value
            finally:
                # An error here would refer to this frame by its traceback, and the frame to the
                # error: a reference cycle, which only the garbage collector frees.
                given = None
            try:
                given = yield waited
                step = coroutine.send
            except BaseException as error:
                step, given = coroutine.throw, error
