"""The event loop that a script without top-level `await` finds: none, as under `python`."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .replacements import replaces

_main = threading.main_thread().ident


class ScriptLoop:
    """Hides the loop in which the host serves requests, and has one of the script's own."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def without_hosts(self, lend_tasks: bool) -> Iterator[None]:
        """Hide the host's running event loop, so that `asyncio.run` works as in any script, within
        a `with` block.

        With `lend_tasks`, `asyncio.create_task` still uses the host's loop, as in a notebook: a
        statement that is run by itself may create a task that another statement awaits later.
        """
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        # A running loop has hooks in its thread that register asynchronous generators with it.
        # Generators of the script must not be registered with the host's loop.
        # https://docs.python.org/3/library/sys.html#sys.set_asyncgen_hooks
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(None, None)
        # In this order: from 3.14 `_leave_task` needs the task's loop to be the running one.
        if sys.version_info >= (3, 12) and task is not None:
            asyncio.tasks._leave_task(loop, task)
        asyncio._set_running_loop(None)
        # The loop that `asyncio.get_event_loop()` returns, for scripts that call
        # `asyncio.get_event_loop().run_until_complete(...)`.
        asyncio.set_event_loop(self._loop)
        create = asyncio.tasks.create_task

        @replaces(create, "asyncio.tasks", "create_task")
        def create_task(*arguments: Any, **options: Any) -> asyncio.Task[Any]:
            if asyncio._get_running_loop() is not None or threading.get_ident() != _main:
                return create(*arguments, **options)
            asyncio._set_running_loop(loop)
            try:
                return create(*arguments, **options)
            finally:
                asyncio._set_running_loop(None)

        if lend_tasks:
            asyncio.create_task = asyncio.tasks.create_task = create_task
        try:
            yield
        finally:
            asyncio.create_task = asyncio.tasks.create_task = create
            sys.set_asyncgen_hooks(*hooks)
            asyncio.set_event_loop(loop)
            asyncio._set_running_loop(loop)
            if sys.version_info >= (3, 12) and task is not None:
                asyncio.tasks._enter_task(loop, task)
