"""A fast text/plain formatter for builtin types; and MIME bundles made fit for JSON.

`write_plain` gives exactly the text of IPython's text/plain formatter, or None: a test compares the
two on thousands of values. It knows nothing of formatters that the user has registered: the host
calls it only if there are none for the type.
"""

from __future__ import annotations

import base64
import inspect
import json
from typing import Any

from .renditions import one_image
from .utf8 import clean

PLAIN = frozenset((int, float, bool, complex, str, bytes, list, tuple, dict))
_SCALARS = frozenset((int, float, bool, complex, str, bytes, type(None)))
_MAX_STRING = 10_000
_MAX_ITEMS = 40
_MAX_WIDTH = 79
# Characters of text/plain in a bundle. Of a longer text only the head and the tail are kept.
_MAX_TEXT = 1 << 20
_HEAD_TEXT = 1 << 19
_TAIL_TEXT = 1 << 16


def write_plain(value: Any) -> str | None:
    """The text of a value of a builtin type; None if IPython's pretty printer may break it into
    lines or shorten it."""
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
    # The pretty printer breaks a longer text into lines.
    return text if len(text) < _MAX_WIDTH else None


def as_markdown(text: str) -> str:
    """The string of a string statement, as markdown: without the indentation it has in the source,
    as `inspect.cleandoc` removes it from docstrings."""
    return clean(inspect.cleandoc(text))


def fit_bundle(data: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The MIME bundle in JSON values, and its size in characters. Bytes become base64, a very long
    text/plain is shortened, and of PNG and JPEG of the same image one is kept."""
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
    """The value in JSON values, and its size in characters. Objects of other types become their
    `str`, NaN and infinity become null."""
    text = json.dumps(value, default=str, skipkeys=True, ensure_ascii=False)
    # Not `clean`: it escapes a lone surrogate as `\udc80`, which JSON would read as one again.
    text = text.encode(errors="replace").decode()
    return json.loads(text, parse_constant=lambda _: None), len(text)


def shorten(text: str) -> str:
    """The head and the tail of a long text, with the number of characters left out between."""
    hidden = len(text) - _HEAD_TEXT - _TAIL_TEXT
    return f"{text[:_HEAD_TEXT]}\n[{hidden} characters are not shown]\n{text[-_TAIL_TEXT:]}"
