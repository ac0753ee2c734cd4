"""What the parser and the compiler raise for a script, with its line and the text there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# ValueError for NUL bytes and lone surrogates, RecursionError and MemoryError for deep nesting.
REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)


def place_error(
    error: BaseException, lines: Sequence[str], path: str, line: int | None
) -> SyntaxError:
    """An error of the parser or the compiler as a SyntaxError with a line and the text there.

    `line` is where the failed statement begins, None if a whole text was parsed.
    """
    if isinstance(error, SyntaxError):
        found = error
    elif isinstance(error, UnicodeError):
        found = SyntaxError(f"(unicode error) {error}")
        found.lineno = _line_with(lines, lambda text: not _is_encodable(text))
    elif isinstance(error, ValueError):
        found = SyntaxError(str(error))
    else:
        found = SyntaxError("too deeply nested for Python to compile")
        if line is None:
            # Python does not say where. Such nesting is mostly on one line: guess the longest.
            longest = max(lines, key=len)
            found.lineno = lines.index(longest) + 1
    if "null bytes" in (found.msg or ""):
        found.lineno = _line_with(lines, lambda text: "\0" in text)
    found.lineno = min(max(found.lineno or line or 1, 1), len(lines))
    found.filename = path
    # Replaces the text that the compiler has read from the file on disk, which may differ.
    found.text = lines[found.lineno - 1]
    return found.with_traceback(None)


def _line_with(lines: Sequence[str], holds: Any) -> int | None:
    return next((k for k, text in enumerate(lines, 1) if holds(text)), None)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
