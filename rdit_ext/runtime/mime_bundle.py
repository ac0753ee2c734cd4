"""MIME bundles of results and displays, made fit for JSON."""

from __future__ import annotations

import base64
import inspect
import json
from typing import Any

from .renditions import one_image
from .run_events import Event
from .utf8 import clean

# Characters of text/plain in a bundle. Of a longer text only the head and the tail are kept.
_MAX_TEXT = 1 << 20
_HEAD_TEXT = 1 << 19
_TAIL_TEXT = 1 << 16


def display_output(
    data: dict[str, Any], metadata: dict[str, Any] | None, display_id: str | None = None
) -> tuple[Event, int]:
    """A `display` output, its data cut to what JSON can carry, and its approximate size in
    characters. `display_id` lets a later update replace it."""
    data, size = fit_bundle(data)
    output = {
        "type": "display",
        "text": data.get("text/plain", ""),
        "data": data,
        "metadata": fit_json(metadata)[0] if metadata else {},
    }
    if display_id is not None:
        output["displayId"] = display_id
    return output, size + 100


def as_markdown(text: str) -> str:
    """The string of a string statement, as markdown: without the indentation it has in the source,
    as `inspect.cleandoc` removes it from docstrings."""
    return clean(inspect.cleandoc(text))


def fit_bundle(data: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The MIME bundle in JSON values, and its size in characters. Bytes become base64, but text of
    types that are text; text/plain is always a string, shortened if it is very long; and of PNG
    and JPEG of the same image one is kept."""
    fitted: dict[str, Any] = {}
    size = 0
    for mime, value in (data if len(data) == 1 else one_image(data)).items():
        if type(value) is not str and (mime == "image/svg+xml" or str(mime).startswith("text/")):
            value = _text(value)
            if mime == "text/plain" and not isinstance(value, str):
                value = "" if value is None else str(value)
        if isinstance(value, str):
            value = clean(value)
            if mime == "text/plain" and len(value) > _MAX_TEXT:
                value = shorten(value)
            size += len(value)
        elif isinstance(value, (bytes, bytearray, memoryview)):
            value = base64.b64encode(value).decode("ascii")
            size += len(value)
        else:
            try:
                value, length = fit_json(value)
            except Exception as error:
                # A circle, or a `__str__` that raises. The other types are shown all the same.
                value = f"[This {mime} is no JSON: {type(error).__name__}: {error}]"
                length = len(value)
            size += length
        fitted[str(mime)] = value
    return fitted, size


def _text(value: Any) -> Any:
    """The value of a type that is text: a string where it is bytes or lines."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, (list, tuple)) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


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
