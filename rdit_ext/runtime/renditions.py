"""Makes MIME bundles that are too large to be sent smaller.

What is sent is also stored, and sent to every viewer. Therefore the largest parts of a bundle are
left out until the rest is within the limit; a PNG or JPEG is scaled down if the script has imported
Pillow. A note for the user says what was done.
"""

from __future__ import annotations

import base64
import io
import json
import sys
import warnings
from typing import Any

# Characters of one MIME bundle as it is sent.
LARGEST = 20_000_000
# Pixels of the longer side of an image that is scaled down, in the first attempt.
_PIXELS = 2000
_HEAD = 2000
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
_ADVICE = {
    "image": "Save it to a file, or draw it smaller, to see it whole.",
    "text": "Show a part of it, or write it to a file.",
}


def one_image(data: dict[str, Any]) -> dict[str, Any]:
    """The bundle without its JPEG if it has a PNG too: Pillow gives both of the same image."""
    if "image/png" in data and "image/jpeg" in data:
        return {mime: value for mime, value in data.items() if mime != "image/jpeg"}
    return data


def smaller(output: dict[str, Any], limit: int) -> tuple[dict[str, Any], int, str]:
    """The output with a bundle of at most `limit` characters, its size in characters, and a line of
    text on what was done."""
    data = dict(output["data"])
    sizes = {mime: _size(value) for mime, value in data.items()}
    notes = []
    for mime in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if sum(sizes.values()) <= limit:
            break
        what = f"{mime} of {sizes[mime] / 1e6:.1f} MB"
        image = _draw_smaller(mime, data[mime], limit)
        if image is not None:
            data[mime], width, height = image
            sizes[mime] = len(data[mime])
            notes.append(f"{what} is shown smaller, {width} by {height} pixels.")
            continue
        value = data.pop(mime)
        del sizes[mime]
        if mime == "text/plain" and isinstance(value, str):
            data[mime] = f"{value[:_HEAD]}…"
            sizes[mime] = len(data[mime])
        notes.append(f"{what} is left out.")
    kind = "image" if any("image/" in note for note in notes) else "text"
    note = f"[{' '.join(notes)} More than {limit / 1e6:g} MB are not sent. {_ADVICE[kind]}]\n"
    text = data.get("text/plain", "")
    end = "\n" if output.get("type") == "result" else ""
    made = {**output, "data": data, "text": f"{text}{end}" if isinstance(text, str) else end}
    return made, sum(sizes.values()), note


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(json.dumps(value, ensure_ascii=False))


def _draw_smaller(mime: str, value: Any, limit: int) -> tuple[str, int, int] | None:
    """The image scaled down, in base64 of at most `limit` characters, with its width and height in
    pixels; None if Pillow is not imported or cannot read it."""
    pillow: Any = sys.modules.get("PIL.Image")
    if pillow is None or mime not in _FORMATS or not isinstance(value, str):
        return None
    try:
        with warnings.catch_warnings():
            # Pillow warns of images with very many pixels (DecompressionBombWarning).
            warnings.simplefilter("ignore")
            image = pillow.open(io.BytesIO(base64.b64decode(value)))
            pixels = _PIXELS
            while pixels >= 100:
                image.thumbnail((pixels, pixels))
                file = io.BytesIO()
                image.save(file, _FORMATS[mime])
                text = base64.b64encode(file.getvalue()).decode("ascii")
                if len(text) <= limit:
                    return text, image.width, image.height
                pixels //= 2
    except Exception:
        # Pillow cannot read it, or fails otherwise: the caller leaves it out and says so.
        return None
    return None
