"""`breakpoint()` while a run is on: Python's own debugger, asked and answered where `input` is.

In a kernel the hook is debugpy's, which goes on without a word when nothing is attached to it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import TYPE_CHECKING, Any

from .standins import stands_for

if TYPE_CHECKING:
    from .debugger import Debugger

# The function of the runtime that calls the user's statements, while a run is on.
caller: CodeType | None = None


@contextmanager
def taken(by: CodeType) -> Iterator[None]:
    """Have `breakpoint()` stop in what `by` calls, unless another debugger is attached or
    `PYTHONBREAKPOINT` says what to do. One debugger serves a run, and ends with it, as those do
    that the script has made of `pdb`."""
    global caller
    caller = by
    debugger: Debugger | None = None
    theirs = sys.breakpointhook

    @stands_for(sys.__breakpointhook__, "sys", "breakpointhook")
    def stop(*arguments: Any, **options: Any) -> Any:
        nonlocal debugger
        other = _other_hook(theirs)
        if other is not None:
            return other(*arguments, **options)
        if debugger is None:
            # Not before: it has half of the standard library behind it.
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
        caller = None


def _other_hook(theirs: Callable[..., Any]) -> Callable[..., Any] | None:
    if os.environ.get("PYTHONBREAKPOINT"):
        return sys.__breakpointhook__
    debugpy = sys.modules.get("debugpy")
    if debugpy is not None and debugpy.is_client_connected():
        return theirs
    return None


def _end(debugger: Debugger | None) -> None:
    """Have this one, and the one that traces now, stop nowhere any more."""
    tracing = getattr(sys.gettrace(), "__self__", None)
    if debugger is None and tracing is None:
        return
    from .debugger import Debugger

    for used in {debugger, tracing}:
        if isinstance(used, Debugger):
            used.end()
