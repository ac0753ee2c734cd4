"""Hides the frames of the runtime and the kernel from stacks, tracers and profilers of a script.

The functions of `traceback` and `inspect` that walk a stack outwards end at the script's module, as
under `python`. Not hidden is a frame's `f_back`: from the module's it still leads to our frames.
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

from .replacements import replaces
from .shields import shielded

_F = TypeVar("_F", bound=Callable[..., Any])

_HERE = __file__.rpartition("/")[0] + "/"
# The tool id of `sys.monitoring` under which cProfile registers, from Python 3.12 on.
PROFILER = 2
_gettrace, _settrace = sys.gettrace, sys.settrace
# The code of the function of ours that calls the user's statements, during a run.
caller: CodeType | None = None
_monitoring: Any = getattr(sys, "monitoring", None)


def cut_stacks(caller: CodeType) -> Callable[[], None]:
    """Make stacks end at the frame that the function with this code calls. The function that is
    returned undoes it."""
    walk, outer = traceback.walk_stack, inspect.getouterframes
    show: Any = getattr(warnings, "_showwarnmsg", None)

    @replaces(walk, "traceback", "walk_stack")
    def walk_stack(f: FrameType | None) -> Iterator[tuple[FrameType, int]]:
        # Without a frame: until Python 3.13 it is a generator that starts a fixed number of frames
        # above the code that takes its first item, so that no frame of ours may be added between.
        # From 3.14 it starts with its caller.
        is_searched = f is None and inspect.isgeneratorfunction(walk)
        if f is None and not is_searched:
            f = sys._getframe(1)

        def is_scripts(found: tuple[FrameType, int]) -> bool:
            nonlocal is_searched
            if is_searched:
                is_searched = False
                if _stands_on(sys._getframe(1), caller) and not _stands_on(found[0], caller):
                    # It has started beyond the script's module. Under Python there is no frame, and
                    # it raises this error.
                    raise AttributeError("'NoneType' object has no attribute 'f_back'")
            return found[0].f_code is not caller

        return takewhile(is_scripts, walk(f))

    @replaces(outer, "inspect", "getouterframes")
    def getouterframes(frame: FrameType, context: int = 1) -> list[inspect.FrameInfo]:
        found = outer(frame, context)
        for at, info in enumerate(found):
            if info.frame.f_code is caller:
                return found[:at]
        return found

    def show_warning(message: warnings.WarningMessage) -> None:
        if message.filename.startswith(_HERE):
            # What Python shows for a `stacklevel` that is beyond the module.
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


# Removes a profiler that is a function. Not a function in Python, because its call and return would
# be profiled.
end_profile: Callable[[], None] = partial(sys.setprofile, None)


def pause(trace: Any, profile: Any) -> Callable[[], None] | None:
    """A function that installs the script's tracer and profiler again, to be called just before the
    next statement; None if the script has neither. They are off between statements.

    `profile`: a function, a `cProfile.Profile`, or the events it monitors in `sys.monitoring`.
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
                # The call of the statement itself, which the script's tracer is not to see: under
                # Python, a module is called once and not for each statement.
                _settrace(trace)

            resumes.append(partial(_settrace, enter))
    if len(resumes) < 2:
        return resumes[0] if resumes else None

    def resume() -> None:
        for one in resumes:
            one()

    return resume


def untraced(function: _F) -> _F:
    """Decorate a function that calls code of the kernel during a statement: the script's tracer is
    off meanwhile."""

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
    """Whether a tracer is a debugger: it follows the script from statement to statement, and
    debugpy and our pdb skip frames of ours themselves."""
    owner = getattr(trace, "__self__", None)
    bdb = sys.modules.get("bdb")
    if bdb is not None and isinstance(owner, bdb.Bdb):
        return True
    module = getattr(trace, "__module__", None) or type(trace).__module__
    return module.startswith(("_pydev", "pydev", "debugpy", __name__.partition(".")[0] + "."))
