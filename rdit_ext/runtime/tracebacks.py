"""Makes the error output of an exception: its traceback as Python prints it, without our frames.

Exception classes of the user may misbehave: `__str__` may raise, messages may have megabytes,
causes may form a cycle. An error output of limited size is returned in any case.
"""

from __future__ import annotations

import linecache
import re
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from . import carets
from .source_cache import line_now
from .suggestions import suggestion
from .utf8 import clean

_HERE = __file__.rpartition("/")[0] + "/"
_MAX_MESSAGE = 2000
_MAX_TEXT = 100_000
_MAX_FRAMES = 60
_FOLDED_FRAMES = 120


def describe(
    error: BaseException, path: str, skip: Sequence[str] = (), name: str | None = None
) -> dict[str, Any]:
    """The error output of an exception that a script raised: a dict as `Error` in `protocol.py`.

    `path`: the script's file, for the line of the error in it; `skip`: parts of the file names of
    the host's frames, which are removed like ours from the outer end; `name`: a name to show in
    place of the exception's class.
    """
    try:
        return _describe(error, path, skip, name)
    except Exception as failure:
        kind = name or type(error).__name__
        text = f"{kind}: its traceback could not be written ({type(failure).__name__})\n"
        return {"type": "error", "text": text, "name": kind, "message": "", "frames": []}


def describe_syntax(error: SyntaxError) -> dict[str, Any]:
    """The error output of a statement that does not parse or compile, with the line from 1 and the
    column from 0."""
    summary = traceback.TracebackException(type(error), error, None, compact=True)
    _tell_as_interpreter(summary, error)
    text = "".join(summary.format_exception_only())
    output: dict[str, Any] = {
        "type": "error",
        "text": clean(text),
        "name": type(error).__name__,
        "message": clean(error.msg or ""),
        "frames": [],
        "line": error.lineno or 1,
    }
    if error.offset and error.offset > 0:
        output["column"] = error.offset - 1
    return output


def last_line(output: dict[str, Any]) -> str:
    """The last line of an error's text: the class and the message, without the traceback."""
    message = output["message"]
    return f"{output['name']}: {message}\n" if message else f"{output['name']}\n"


class Exit:
    """`exit` and `quit` as a script knows them. IPython's own would end the kernel."""

    def __init__(self, name: str):
        self._name = name

    def __repr__(self) -> str:
        return f"Use {self._name}() to end the script"

    def __call__(self, code: object = None) -> None:
        raise SystemExit(code)


def describe_exit(error: SystemExit, path: str) -> dict[str, Any]:
    """The error output of a script that has exited, with its exit code."""
    output = describe(error, path)
    code = exit_code(error)
    message = "" if error.code is None else _text_of(error.code)
    said = "" if error.code is None or isinstance(error.code, int) else message + "\n"
    output["text"] = clean(f"{said}The script ended here with exit code {code}.\n")
    output["name"] = "SystemExit"
    output["message"] = clean(message[:_MAX_MESSAGE])
    output["frames"] = []
    return output


def exit_code(error: SystemExit) -> int:
    """The exit code with which `python` would end."""
    if error.code is None:
        return 0
    return int(error.code) if isinstance(error.code, int) else 1


def drop_own_frames(error: BaseException, skip: Sequence[str] = ()) -> None:
    """Remove our outermost frames from the traceback of an exception, and from those of its causes,
    contexts and, in a group, members."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        rest: TracebackType | None = found.__traceback__
        while rest is not None and _is_ours(rest.tb_frame.f_code.co_filename, skip):
            rest = rest.tb_next
        found.__traceback__ = rest
        waiting += [found.__cause__, found.__context__, *getattr(found, "exceptions", ())]


def _describe(
    error: BaseException, path: str, skip: Sequence[str], name: str | None
) -> dict[str, Any]:
    drop_own_frames(error, skip)
    summary = traceback.TracebackException(type(error), error, error.__traceback__, compact=True)
    _strip(summary)
    _tell_as_interpreter(summary, error)
    shown: list[traceback.FrameSummary] = list(summary.stack)
    if len(shown) > _MAX_FRAMES:
        shown = shown[: _MAX_FRAMES // 2] + shown[-_MAX_FRAMES // 2 :]
    frames = [_frame(frame) for frame in shown]
    place = _place(shown, path)
    hidden = 0
    if len(summary.stack) > _FOLDED_FRAMES and len(summary.stack.format()) > _FOLDED_FRAMES:
        # Python abbreviates the repeated frames of a function that calls itself, but not those of
        # two functions that call each other.
        hidden = len(summary.stack) - _FOLDED_FRAMES
        summary.stack[:] = (
            summary.stack[: _FOLDED_FRAMES // 2] + summary.stack[-_FOLDED_FRAMES // 2 :]
        )
    text = "".join(summary.format())
    if name is not None:
        text = re.sub(rf"^(\w+\.)*{type(error).__name__}(?=:|$)", name, text, flags=re.MULTILINE)
    if hidden:
        text += f"[{hidden} frames in the middle are not shown]\n"
    if len(text) > _MAX_TEXT:
        head, tail = text[: _MAX_TEXT * 6 // 10], text[-_MAX_TEXT * 4 // 10 :]
        text = f"{head}\n[{len(text) - len(head) - len(tail)} characters are not shown]\n{tail}"
    output: dict[str, Any] = {
        "type": "error",
        "text": clean(text),
        "name": name or type(error).__name__,
        "message": clean(_said(summary, error)[:_MAX_MESSAGE]),
        "frames": frames,
    }
    return {**output, **place}


def _frame(frame: traceback.FrameSummary) -> dict[str, Any]:
    line = frame.lineno or 0
    found: dict[str, Any] = {
        "path": clean(frame.filename),
        "line": line,
        "name": clean(frame.name),
        "source": clean(frame.line or ""),
    }
    now = line_now(frame.filename, line)
    if now != line:
        found["lineNow"] = now
    return found


def _place(frames: Sequence[traceback.FrameSummary], path: str) -> dict[str, Any]:
    """The line (from 1) and the column (from 0) in the newest text of the script, of the innermost
    frame that still has a line there."""
    for frame in reversed(frames):
        line = line_now(frame.filename, frame.lineno or 0) if frame.filename == path else 0
        if line:
            column = getattr(frame, "colno", None)
            if column is None:
                return {"line": line}
            text = linecache.getline(frame.filename, frame.lineno or 0)
            return {
                "line": line,
                "column": len(text.encode()[:column].decode(errors="replace")),
            }
    return {}


def _strip(summary: traceback.TracebackException) -> None:
    """Remove our frames that are left at the inner end: an interrupt may be raised in a function of
    ours that the script has called, such as `print`'s `write`."""
    seen: set[int] = set()
    waiting: list[Any] = [summary]
    while waiting:
        found = waiting.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        found.stack[:] = [frame for frame in found.stack if not frame.filename.startswith(_HERE)]
        waiting += [found.__cause__, found.__context__, *(getattr(found, "exceptions", None) or ())]


def _tell_as_interpreter(summary: traceback.TracebackException, error: BaseException) -> None:
    """Add what the interpreter prints and the `traceback` module of this version does not: "Did you
    mean", and the carets of syntax errors."""
    if not carets.IS_NEEDED:
        return
    seen: set[int] = set()
    waiting: list[tuple[Any, BaseException | None]] = [(summary, error)]
    while waiting:
        found, its_error = waiting.pop()
        if found is None or its_error is None or id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(its_error, SyntaxError):
            carets.mark(found, its_error)
        if sys.version_info < (3, 12):
            meant = suggestion(its_error, its_error.__traceback__)
            said = f". Did you mean: '{meant}'?"
            # On 3.10 the package exceptiongroup, which IPython imports, patches `traceback` to add
            # it already.
            if meant is not None and not found._str.endswith(said):
                found._str += said
        waiting += [
            (found.__cause__, its_error.__cause__),
            (found.__context__, its_error.__context__),
            *zip(
                getattr(found, "exceptions", None) or (),
                getattr(its_error, "exceptions", ()),
                strict=False,
            ),
        ]


def _said(summary: traceback.TracebackException, error: BaseException) -> str:
    """The error's message, with the suggestion that Python adds to it."""
    text = _text_of(error)
    whole = getattr(summary, "_str", None)
    return whole if isinstance(whole, str) and text and whole.startswith(text) else text


def _is_ours(filename: str, skip: Sequence[str]) -> bool:
    return filename.startswith(_HERE) or any(part in filename for part in skip)


def _text_of(value: object) -> str:
    try:
        return str(value)
    except BaseException:
        return f"<{type(value).__name__} whose str() failed>"
