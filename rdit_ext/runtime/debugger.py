"""A pdb that sees no frames but those of the user's code.

In Python's own, `up` and `where` would show the frames of the runtime and the kernel that have
called the script, and a step from the end of a statement would go into the runtime, which runs
between two statements. The host replaces `pdb.Pdb` by this class, so that `pdb.set_trace` and the
like use it too.
"""

from __future__ import annotations

import pdb
import sys
from types import FrameType, TracebackType
from typing import Any

from . import stacks

_HERE = __file__.rpartition("/")[0] + "/"


class Debugger(pdb.Pdb):
    """Asks with `input` and prints to `sys.stdout`, wherever these lead."""

    _is_interrupted = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Otherwise `continue` installs a handler of SIGINT that stops in the debugger. Here SIGINT
        # ends the run.
        self.nosigint = True

    def end(self) -> None:
        """Clear all breakpoints and stop tracing."""
        self.clear_all_breaks()
        self.set_continue()

    def canonic(self, filename: str) -> str:
        # If they are equal, the string object from the code: `source_cache.py` finds the text of
        # the code by the identity of its file name.
        found: str = super().canonic(filename)
        return filename if found == filename else found

    def stop_here(self, frame: FrameType) -> bool:
        return self._is_users(frame) and super().stop_here(frame)

    # Each statement is a code object, so that Python traces a call and a return for it. In the
    # script there are neither.
    def user_call(self, frame: FrameType, argument_list: Any) -> None:
        if not self._is_statement(frame):
            super().user_call(frame, argument_list)

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        if not self._is_statement(frame):
            super().user_return(frame, return_value)

    def get_stack(
        self, f: FrameType | None, t: TracebackType | None
    ) -> tuple[list[tuple[FrameType, int]], int]:
        stack, index = super().get_stack(f, t)
        ours = [_is_ours(frame) for frame, _ in stack]
        first = ours.index(True) if True in ours else 0
        while first < index and ours[first]:
            first += 1
        return stack[first:], index - first

    def trace_dispatch(self, frame: FrameType, event: str, arg: Any) -> Any:
        self._is_interrupted = False
        try:
            handler = super().trace_dispatch(frame, event, arg)
            if self._is_interrupted:
                raise KeyboardInterrupt
            return handler
        except BaseException as error:
            # The debugger's frames do not belong into the user's traceback.
            raise error.with_traceback(None) from None

    def do_EOF(self, arg: str) -> bool | None:
        """There is no answer, and none will come."""
        if sys.stdin is not sys.__stdin__:
            # The script has replaced `sys.stdin`, by a file with commands: its end ends the
            # debugger, as in Python.
            return super().do_EOF(arg)
        raise EOFError("this run cannot ask: nobody is there to answer breakpoint()")

    def _cmdloop(self) -> None:
        # Pdb's own method prompts again after KeyboardInterrupt. Here it is to end the run.
        try:
            self.cmdloop()
        except KeyboardInterrupt:
            self._is_interrupted = True

    def _is_statement(self, frame: FrameType) -> bool:
        return frame.f_back is not None and frame.f_back.f_code is stacks.caller

    def _is_users(self, frame: FrameType) -> bool:
        """Whether a frame is of the user's code, or of a library that it has called, and not
        called by the runtime for itself."""
        around: FrameType | None = frame
        while around is not None and not _is_ours(around):
            around = around.f_back
        # In a thread that the script has started there is no frame of ours.
        return around is not frame and (around is None or around.f_code is stacks.caller)


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_HERE)
