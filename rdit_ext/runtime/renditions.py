"""A display that is too large to be sent: a smaller rendition of it, or a note on what it was.

Half a page of base64 helps nobody, and what leaves the process is kept and sent to every viewer. So
the largest parts of a MIME bundle stay behind until the rest fits; an image is drawn smaller where
the script has Pillow already. Nothing of it is silent: a note goes with what is shown.
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
# The longer side of an image that is drawn smaller, in pixels, at first.
_PIXELS = 2000
_HEAD = 2000
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
_ADVICE = {
    "image": "Save it to a file, or draw it smaller, to see it whole.",
    "text": "Show a part of it, or write it to a file.",
}


def one_image(data: dict[str, Any]) -> dict[str, Any]:
    """The bundle with one of two renditions of the same image: Pillow gives PNG and JPEG."""
    if "image/png" in data and "image/jpeg" in data:
        return {mime: value for mime, value in data.items() if mime != "image/jpeg"}
    return data


def smaller(output: dict[str, Any], limit: int) -> tuple[dict[str, Any], int, str]:
    """The output with a bundle within `limit`, its size, and the note on what was done."""
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
    """The image in fewer pixels, and how many; None where that cannot be."""
    pillow: Any = sys.modules.get("PIL.Image")
    if pillow is None or mime not in _FORMATS or not isinstance(value, str):
        return None
    try:
        with warnings.catch_warnings():
            # That it has many pixels is why we are here.
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
        # No image that Pillow reads: it is left out, and that is said.
        return None
    return None
