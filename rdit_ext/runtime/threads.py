"""Hides the threads of the kernel and the runtime from scripts: one that joins all threads of
`threading.enumerate()` would never end, as these do not end.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable

from .replacements import replaces


def hide_ours() -> Callable[[], None]:
    """Make `threading.enumerate` and `threading.active_count` leave out threads that were not
    started by a script. The function that is returned undoes it."""
    enumerate_all, count_all = threading.enumerate, threading.active_count
    main = threading.main_thread()
    before = weakref.WeakSet(thread for thread in enumerate_all() if thread is not main)

    def is_scripts(thread: threading.Thread) -> bool:
        if thread in before or thread.name.startswith("rdit"):
            return False
        # `streams.py` stores the sink of the statement on each thread that a script starts.
        stamped = hasattr(thread, "_rdit_sink")
        return thread is main or stamped or isinstance(thread, threading._DummyThread)

    @replaces(enumerate_all, "threading", "enumerate")
    def enumerate_scripts() -> list[threading.Thread]:
        return [thread for thread in enumerate_all() if is_scripts(thread)]

    @replaces(count_all, "threading", "active_count")
    def active_count() -> int:
        return len(enumerate_scripts())

    threading.enumerate, threading.active_count = enumerate_scripts, active_count

    def undo() -> None:
        threading.enumerate, threading.active_count = enumerate_all, count_all

    return undo
