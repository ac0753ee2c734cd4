"""Stacks, tracers and profilers that see the script, and nothing of what it stands on.

`traceback` and `inspect` walk a stack to its end, which for a script is its module. What cannot be
had: a frame's `f_back` still leads from the module to us.
"""

from __future__ import annotations

import inspect
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FrameType
from typing import Any

_HERE = __file__.rpartition("/")[0] + "/"
PROFILER = 2  # the tool of `sys.monitoring` that cProfile is from Python 3.12
_settrace = sys.settrace
_monitoring: Any = getattr(sys, "monitoring", None)


def cut_stacks(caller: CodeType) -> Callable[[], None]:
    """Let stacks end at what this function of ours calls; what is returned undoes it."""
    walk, outer = traceback.walk_stack, inspect.getouterframes
    show: Any = getattr(warnings, "_showwarnmsg", None)

    def walk_stack(f: FrameType | None) -> Iterator[tuple[FrameType, int]]:
        if f is None:
            f = sys._getframe(1)
            while f is not None and f.f_globals.get("__name__") == "traceback":
                f = f.f_back
        for frame, line in walk(f) if f is not None else ():
            if frame.f_code is caller:
                return
            yield frame, line

    def getouterframes(frame: FrameType, context: int = 1) -> list[inspect.FrameInfo]:
        found = outer(frame, context)
        for at, info in enumerate(found):
            if info.frame.f_code is caller:
                return found[:at]
        return found

    def show_warning(message: warnings.WarningMessage) -> None:
        if message.filename.startswith(_HERE):
            # As Python has it for a `stacklevel` beyond the module.
            message.filename, message.lineno, message.line = "sys", 1, None
        show(message)

    traceback.walk_stack, inspect.getouterframes = walk_stack, getouterframes
    if show is not None:
        warnings._showwarnmsg = show_warning  # type: ignore[attr-defined]

    def undo() -> None:
        traceback.walk_stack, inspect.getouterframes = walk, outer
        if show is not None:
            warnings._showwarnmsg = show  # type: ignore[attr-defined]

    return undo


# Ends a profiler that is a function; not itself in Python, for that would be profiled.
end_profile: Callable[[], None] = partial(sys.setprofile, None)


def pause(trace: Any, profile: Any) -> Callable[[], None] | None:
    """What has the script's tracer and profiler go on, which rest between two statements: for just
    before the next is called. None: there are none of the script's.

    `profile`: a function, a profiler of cProfile's, or the events that it monitors.
    """
    resumes: list[Callable[[], None]] = []
    if isinstance(profile, int):
        resumes.append(partial(_resume_profiler, profile))
    elif profile is not None:
        resumes.append(getattr(profile, "enable", None) or partial(sys.setprofile, profile))
    if trace is not None:
        if _is_debugger(trace):
            resumes.append(partial(_settrace, trace))
            _settrace(trace)
        else:

            def enter(frame: FrameType, event: str, argument: Any) -> None:
                # This is the statement itself. A script's module is not entered again and again.
                _settrace(trace)

            resumes.append(partial(_settrace, enter))
    if len(resumes) < 2:
        return resumes[0] if resumes else None

    def resume() -> None:
        for one in resumes:
            one()

    return resume


def _resume_profiler(events: int) -> None:
    if _monitoring.get_tool(PROFILER) is not None:
        _monitoring.set_events(PROFILER, events)


def _is_debugger(trace: Any) -> bool:
    """Whether this follows the script from statement to statement, and knows frames of ours."""
    owner = getattr(trace, "__self__", None)
    bdb = sys.modules.get("bdb")
    if bdb is not None and isinstance(owner, bdb.Bdb):
        return True
    module = getattr(trace, "__module__", None) or type(trace).__module__
    return module.startswith(("_pydev", "pydev", "debugpy", __name__.partition(".")[0] + "."))
