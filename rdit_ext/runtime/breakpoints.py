"""`breakpoint()` during a run: pdb, whose prompt is shown and answered like one of `input`.

In a kernel the hook is that of debugpy, which silently does nothing if no client is attached.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import TYPE_CHECKING, Any

from . import stacks
from .replacements import replaces

if TYPE_CHECKING:
    from .debugger import Debugger


@contextmanager
def taken(by: CodeType) -> Iterator[None]:
    """Have `breakpoint()` start pdb within a `with` block, in code that `by` calls. If debugpy has
    a client, or the variable `PYTHONBREAKPOINT` is set, their hook is called.

    There is one debugger for the run. At the end of the block it stops tracing, as does one that
    the script has made by `pdb`.
    """
    stacks.caller = by
    debugger: Debugger | None = None
    theirs = sys.breakpointhook

    @replaces(sys.__breakpointhook__, "sys", "breakpointhook")
    def stop(*arguments: Any, **options: Any) -> Any:
        nonlocal debugger
        other = _other_hook(theirs)
        if other is not None:
            return other(*arguments, **options)
        if debugger is None:
            # Imported late: pdb imports a large part of the standard library.
            from .debugger import Debugger

            debugger = Debugger()
        debugger.set_trace(sys._getframe(1))
        return None

    sys.breakpointhook = stop
    try:
        yield
    finally:
        if sys.breakpointhook is stop:
            sys.breakpointhook = theirs
        _end(debugger)
        stacks.caller = None


def _other_hook(theirs: Callable[..., Any]) -> Callable[..., Any] | None:
    if os.environ.get("PYTHONBREAKPOINT"):
        return sys.__breakpointhook__
    debugpy = sys.modules.get("debugpy")
    if debugpy is not None and debugpy.is_client_connected():
        return theirs
    return None


def _end(debugger: Debugger | None) -> None:
    """End this debugger, and the one that traces now."""
    tracing = getattr(sys.gettrace(), "__self__", None)
    if debugger is None and tracing is None:
        return
    from .debugger import Debugger

    for used in {debugger, tracing}:
        if isinstance(used, Debugger):
            used.end()
