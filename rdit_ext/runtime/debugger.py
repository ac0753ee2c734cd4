"""Python's debugger, for which there is nothing but the user's code.

Without this `up` and `where` would lead into the runtime and the kernel below it, and a step beyond
the end of a statement into what comes between it and the next. A host gives it to scripts as
`pdb.Pdb`, so whatever of `pdb` they call is the same debugger.
"""

from __future__ import annotations

import pdb
import sys
from types import FrameType, TracebackType
from typing import Any

from . import breakpoints

_HERE = __file__.rpartition("/")[0] + "/"


class Debugger(pdb.Pdb):
    """Asks with `input` and prints to `sys.stdout`, wherever these lead."""

    _is_interrupted = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # With a handler of its own it would take a Stop for a wish to debug.
        self.nosigint = True

    def end(self) -> None:
        """Stop nowhere any more."""
        self.clear_all_breaks()
        self.set_continue()

    def canonic(self, filename: str) -> str:
        # The very string, if it is the same: by it the text is found that the code came from.
        found: str = super().canonic(filename)
        return filename if found == filename else found

    def stop_here(self, frame: FrameType) -> bool:
        return self._is_users(frame) and super().stop_here(frame)

    # A statement is a piece of code to Python. In the script nothing is called there.
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
            # How the debugger came to it is no part of the user's error.
            raise error.with_traceback(None) from None

    def do_EOF(self, arg: str) -> bool | None:
        """There is no answer, and none will come."""
        if sys.stdin is not sys.__stdin__:
            # The script's own, with commands in it: so it ends under Python too.
            return super().do_EOF(arg)
        raise EOFError("this run cannot ask: nobody is there to answer breakpoint()")

    def _cmdloop(self) -> None:
        # Python's own asks again after an interrupt. Here somebody wants the run to stop.
        try:
            self.cmdloop()
        except KeyboardInterrupt:
            self._is_interrupted = True

    def _is_statement(self, frame: FrameType) -> bool:
        return frame.f_back is not None and frame.f_back.f_code is breakpoints.caller

    def _is_users(self, frame: FrameType) -> bool:
        """Whether the user's code called this, and not the runtime for its own ends."""
        around: FrameType | None = frame
        while around is not None and not _is_ours(around):
            around = around.f_back
        # In a thread nothing of ours need be there.
        return around is not frame and (around is None or around.f_code is breakpoints.caller)


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_HERE)
