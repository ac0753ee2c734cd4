"""A fast text/plain formatter for builtin types.

`write_plain` gives exactly the text of IPython's text/plain formatter at this width, or None: a
test compares the two on thousands of values. It knows nothing of formatters that the user has
registered: the host calls it only if there are none for the type.
"""

from __future__ import annotations

from typing import Any

PLAIN = frozenset((int, float, bool, complex, str, bytes, list, tuple, dict))
_SCALARS = frozenset((int, float, bool, complex, str, bytes, type(None)))
_MAX_STRING = 10_000
WIDTH = 79  # IPython's, if nothing tells another


def write_plain(value: Any, width: int = WIDTH) -> str | None:
    """The text of a value of a builtin type in one line; None if it may take more than this width,
    or be shortened."""
    kind = type(value)
    if kind is str or kind is bytes:
        return repr(value) if len(value) < _MAX_STRING else None
    if kind in _SCALARS:
        try:
            return repr(value)
        except ValueError:  # an int with too many digits
            return None
    if kind is dict:
        if 2 * len(value) > width or not all(type(key) in _SCALARS for key in value):
            return None
        items = value.values()
    elif kind is list or kind is tuple:
        if 2 * len(value) > width:
            return None
        items = value
    else:
        return None
    for item in items:
        if type(item) not in _SCALARS:
            return None
        if type(item) in (str, bytes) and len(item) > width:
            return None
    try:
        text = repr(value)
    except ValueError:
        return None
    return text if len(text) < width else None
