"""The source line of a syntax error and the carets under it, as the interpreter prints them.

Until Python 3.12 the `traceback` module differs from the interpreter, which prints errors in C: the
module prints no carets if the error extends to another line, and too many if its end is behind the
end of the line. The rules here are those of `print_error_text` in CPython's Python/pythonrun.c,
which counts bytes. From 3.13 the interpreter itself uses the module.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

IS_NEEDED = sys.version_info < (3, 13)
# What the module prints for an error without a message; the interpreter prints nothing.
_NOTHING_SAID = ": <no detail available>\n"


def mark(summary: Any, error: SyntaxError) -> None:
    """Make a `TracebackException` format its syntax error as the interpreter prints it."""
    summary.format_exception_only = partial(_format, summary, error, summary.format_exception_only)


def _format(
    summary: Any, error: SyntaxError, usual: Callable[..., Iterator[str]], **options: Any
) -> Iterator[str]:
    line, offset, text = error.lineno, error.offset, error.text
    is_placed = isinstance(line, int) and (offset is None or isinstance(offset, int))
    # Without `text` the module formats everything but the source line and its carets.
    summary.text = None
    if not is_placed:
        summary.filename, summary.lineno, summary.msg = None, None, summary._str
    nothing = "" if summary.msg else _NOTHING_SAID
    for count, told in enumerate(usual(**options)):
        yield told.removesuffix(nothing) + "\n" if nothing and told.endswith(nothing) else told
        if count == 0 and is_placed and isinstance(text, str):
            # A subclass may lack these attributes, or have values of other types in them.
            end_line, end = getattr(error, "end_lineno", None), getattr(error, "end_offset", None)
            goes_on = isinstance(end_line, int) and end_line > (line or 0)
            at = -1 if offset is None else offset
            yield from _mark(text, at, goes_on, end if isinstance(end, int) else -1)


def _mark(text: str, offset: int, goes_on: bool, end: int) -> Iterator[str]:
    """The source line and the line of carets. `offset` and `end` count bytes from 1; -1: none."""
    line = text.encode(errors="surrogatepass")
    end = len(line) if goes_on else min(end, len(line) + 1)
    marks = end - offset if end > max(0, offset) else 1
    shown = line.lstrip(b" \t\f")
    at = offset - 1 - (len(line) - len(shown))
    at = min(at, len(shown) - shown.endswith(b"\n"))
    # If the text has several lines, only the one that the offset is in.
    while (newline := shown.find(b"\n")) in range(at):
        shown = shown[newline + 1 :]
        at -= newline + 1
    shown += b"" if shown.endswith(b"\n") else b"\n"
    yield "    " + shown.decode(errors="surrogatepass")
    if at >= 0:
        yield "    " + " " * at + "^" * marks + "\n"
