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
from functools import partial, wraps
from itertools import takewhile
from types import CodeType, FrameType
from typing import Any, TypeVar

from .standins import stands_for
from .stop import shielded

_F = TypeVar("_F", bound=Callable[..., Any])

_HERE = __file__.rpartition("/")[0] + "/"
PROFILER = 2  # the tool of `sys.monitoring` that cProfile is from Python 3.12
_gettrace, _settrace = sys.gettrace, sys.settrace
_monitoring: Any = getattr(sys, "monitoring", None)


def cut_stacks(caller: CodeType) -> Callable[[], None]:
    """Let stacks end at what this function of ours calls; what is returned undoes it."""
    walk, outer = traceback.walk_stack, inspect.getouterframes
    show: Any = getattr(warnings, "_showwarnmsg", None)

    @stands_for(walk, "traceback", "walk_stack")
    def walk_stack(f: FrameType | None) -> Iterator[tuple[FrameType, int]]:
        # Without a frame it begins, until Python 3.13, some frames above whoever takes the first of
        # them: nothing of ours may stand between. From 3.14 it begins with who calls it.
        is_searched = f is None and inspect.isgeneratorfunction(walk)
        if f is None and not is_searched:
            f = sys._getframe(1)

        def is_scripts(found: tuple[FrameType, int]) -> bool:
            nonlocal is_searched
            if is_searched:
                is_searched = False
                if _stands_on(sys._getframe(1), caller) and not _stands_on(found[0], caller):
                    # It has begun beyond the script, where Python finds no frame any more.
                    raise AttributeError("'NoneType' object has no attribute 'f_back'")
            return found[0].f_code is not caller

        return takewhile(is_scripts, walk(f))

    @stands_for(outer, "inspect", "getouterframes")
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


def _stands_on(frame: FrameType | None, caller: CodeType) -> bool:
    while frame is not None and frame.f_code is not caller:
        frame = frame.f_back
    return frame is not None


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


def untraced(function: _F) -> _F:
    """Mark a function that calls the kernel's own code, which a script that traces itself would
    meet: its tracer rests meanwhile."""

    @shielded
    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        trace = _gettrace()
        if trace is None:
            return function(*arguments, **options)
        _settrace(None)
        try:
            return function(*arguments, **options)
        finally:
            _settrace(trace)

    return call  # type: ignore[return-value]


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
