"""Plain builtins written fast, as IPython writes them; and MIME bundles made fit to send.

`write_plain` must agree with IPython's text/plain formatter to the character, or give up: a test
compares the two on thousands of values. Knows nothing of formatters that a user has registered: the
host asks here only when there are none for the type.
"""

from __future__ import annotations

import base64
import inspect
import json
from typing import Any

from .events import clean
from .renditions import one_image

PLAIN = frozenset((int, float, bool, complex, str, bytes, list, tuple, dict))
_SCALARS = frozenset((int, float, bool, complex, str, bytes, type(None)))
_MAX_STRING = 10_000
_MAX_ITEMS = 40
_MAX_WIDTH = 79
# A bundle's text/plain: beyond this only its head and tail are kept.
_MAX_TEXT = 1 << 20
_HEAD_TEXT = 1 << 19
_TAIL_TEXT = 1 << 16


def write_plain(value: Any) -> str | None:
    """The text of a builtin value, or None when it takes a pretty printer to write it."""
    kind = type(value)
    if kind is str or kind is bytes:
        return repr(value) if len(value) < _MAX_STRING else None
    if kind in _SCALARS:
        try:
            return repr(value)
        except ValueError:  # an int with too many digits
            return None
    if kind is dict:
        if len(value) >= _MAX_ITEMS or not all(type(key) in _SCALARS for key in value):
            return None
        items = value.values()
    elif kind is list or kind is tuple:
        if len(value) >= _MAX_ITEMS:
            return None
        items = value
    else:
        return None
    for item in items:
        if type(item) not in _SCALARS:
            return None
        if type(item) in (str, bytes) and len(item) > _MAX_WIDTH:
            return None
    try:
        text = repr(value)
    except ValueError:
        return None
    # A longer one is broken into lines, and where is for the pretty printer to say.
    return text if len(text) < _MAX_WIDTH else None


def as_markdown(text: str) -> str:
    """A string statement as the text it is meant to be: its indentation is the source's."""
    return clean(inspect.cleandoc(text))


def fit_bundle(data: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The MIME bundle as JSON can carry it, and its size."""
    fitted: dict[str, Any] = {}
    size = 0
    for mime, value in (data if len(data) == 1 else one_image(data)).items():
        if isinstance(value, str):
            value = clean(value)
            if mime == "text/plain" and len(value) > _MAX_TEXT:
                value = shorten(value)
            size += len(value)
        elif isinstance(value, (bytes, bytearray, memoryview)):
            value = base64.b64encode(value).decode("ascii")
            size += len(value)
        else:
            value, length = fit_json(value)
            size += length
        fitted[str(mime)] = value
    return fitted, size


def fit_json(value: Any) -> tuple[Any, int]:
    """The value as plain JSON values, and its size. What JSON does not know becomes its text."""
    text = json.dumps(value, default=str, skipkeys=True, ensure_ascii=False)
    # Not `clean`: what it writes for a lone surrogate is how JSON writes a lone surrogate.
    text = text.encode(errors="replace").decode()
    return json.loads(text, parse_constant=lambda _: None), len(text)


def shorten(text: str) -> str:
    """Head and tail of a very long text, and what was left out said between them."""
    hidden = len(text) - _HEAD_TEXT - _TAIL_TEXT
    return f"{text[:_HEAD_TEXT]}\n[{hidden} characters are not shown]\n{text[-_TAIL_TEXT:]}"
