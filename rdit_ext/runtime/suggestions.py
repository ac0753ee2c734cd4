"""`Did you mean: 'value'?` for Python 3.10 and 3.11, where only the interpreter's own printer adds
it to an error. From 3.12 the `traceback` module does.

The edit distance and its limits are those of CPython:
https://github.com/python/cpython/blob/3.11/Python/suggestions.c
"""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

_MAX_CANDIDATES = 750
_MAX_LENGTH = 40
# The cost of an insertion, a deletion or a substitution, and of a change of case.
_MOVE, _CASE = 2, 1


def suggestion(error: BaseException, traceback: TracebackType | None) -> str | None:
    """The name that may have been meant, for a NameError or an AttributeError; None for other
    errors, or if no name is close."""
    if not isinstance(error, (NameError, AttributeError)):
        return None
    wrong = getattr(error, "name", None)
    if not isinstance(wrong, str) or len(wrong) > _MAX_LENGTH:
        return None
    if isinstance(error, AttributeError):
        obj = getattr(error, "obj", None)
        if obj is None:
            return None
        try:
            return _closest(wrong, dir(obj))
        except Exception:
            return None  # a `__dir__` of the user's may raise anything
    if traceback is None:
        return None
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    for names in (frame.f_locals, frame.f_globals, frame.f_builtins):
        found = _closest(wrong, names)
        if found is not None:
            return found
    return None


def _closest(wrong: str, names: Iterable[str]) -> str | None:
    candidates = [name for name in names if isinstance(name, str) and name != wrong]
    if len(candidates) >= _MAX_CANDIDATES:
        return None
    best, found = None, None
    for name in candidates:
        # At most a third of the characters of both names may be changed, as in CPython.
        most = (len(name) + len(wrong) + 3) * _MOVE // 6
        if best is not None:
            most = min(most, best - 1)
        distance = _distance(wrong, name, most)
        if distance <= most:
            best, found = distance, name
    return found


def _distance(a: str, b: str, most: int) -> int:
    """The Levenshtein distance with these costs; `most` + 1 if it is more than `most`."""
    start, least = 0, min(len(a), len(b))
    while start < least and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    end, least = 0, min(len(a), len(b))
    while end < least and a[-1 - end] == b[-1 - end]:
        end += 1
    a, b = a[: len(a) - end], b[: len(b) - end]
    if not a or not b:
        return _MOVE * (len(a) + len(b))
    if max(len(a), len(b)) > _MAX_LENGTH or abs(len(a) - len(b)) * _MOVE > most:
        return most + 1
    row = [_MOVE * n for n in range(len(b) + 1)]
    for i, left in enumerate(a, 1):
        diagonal, row[0] = row[0], _MOVE * i
        for j, right in enumerate(b, 1):
            change = _MOVE if left.lower() != right.lower() else _CASE if left != right else 0
            diagonal, row[j] = row[j], min(row[j] + _MOVE, row[j - 1] + _MOVE, diagonal + change)
        if min(row) > most:
            return most + 1
    return row[-1]
