"""A matplotlib figure as a PNG: sharp on dense screens, with its size and a text about it.

It has two pixels for each CSS pixel, and the metadata says how large it is to be shown: as
`figure.dpi` has it, as everywhere. A `savefig.dpi` of the user's says how dense it is instead. This
module looks at what the user has imported of matplotlib.
"""

from __future__ import annotations

import io
import struct
import sys
from typing import Any

# Dots per inch beyond which a figure is not drawn denser than it is.
_DENSEST = 300
# Bytes of a PNG beyond which it is drawn with one pixel for each CSS pixel.
_MOST_BYTES = 1_500_000
_MOST_AXES = 6
_MOST_TEXT = 300

Picture = tuple[bytes, dict[str, Any]]


def draw(figure: Any, **options: Any) -> Picture | None:
    """The figure as a PNG, and metadata for it: `width`, `height` in CSS pixels, `alt`, and
    `needs_background` where its own is transparent. None if it is empty.

    `options`: arguments of `print_figure` that the user has set (`InlineBackend`).
    """
    if not figure.axes and not figure.lines:
        return None
    dpi = figure.dpi
    if options.get("dpi"):
        dpi = density = options.pop("dpi")
    else:
        density = _density(dpi)
    png = _draw(figure, density, options)
    if density > dpi and len(png) > _MOST_BYTES:
        density = dpi
        png = _draw(figure, density, options)
    width, height = struct.unpack(">II", png[16:24])
    metadata: dict[str, Any] = {
        "width": max(1, round(width * dpi / density)),
        "height": max(1, round(height * dpi / density)),
    }
    try:
        alt, background = describe(figure), _background(figure)
    except Exception:
        # An artist of the user's: the figure is shown without a text.
        alt, background = "", ""
    if alt:
        metadata["alt"] = alt
    if background:
        metadata["needs_background"] = background
    return png, metadata


def describe(figure: Any) -> str:
    """Titles and labels of a figure in a line of text; "" if it has none."""
    said = []
    title = getattr(figure, "get_suptitle", str)()
    if title:
        said.append(title)
    for axes in figure.axes[:_MOST_AXES]:
        title = axes.get_title() or axes.get_title("left") or axes.get_title("right")
        x, y = axes.get_xlabel(), axes.get_ylabel()
        labels = f"{y} by {x}" if x and y else y or x
        if title or labels:
            said.append(f"{title}: {labels}" if title and labels else title or labels)
    text = " ".join("; ".join(said).split())
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…"


def _density(dpi: float) -> float:
    parameters = getattr(sys.modules.get("matplotlib"), "rcParams", {})
    chosen = parameters.get("savefig.dpi", "figure")
    if isinstance(chosen, (int, float)):
        return chosen
    return max(dpi, min(2 * dpi, _DENSEST))


def _draw(figure: Any, dpi: float, options: dict[str, Any]) -> bytes:
    if figure.canvas is None or not hasattr(figure.canvas, "print_png"):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(figure)
    file = io.BytesIO()
    usual = {
        "format": "png",
        "facecolor": figure.get_facecolor(),
        "edgecolor": figure.get_edgecolor(),
        "bbox_inches": "tight",
        "dpi": dpi,
    }
    figure.canvas.print_figure(file, **{**usual, **options})
    return file.getvalue()


def _background(figure: Any) -> str:
    """ "light" or "dark": what a transparent figure is readable on; "" if it is not transparent."""
    if figure.get_facecolor()[3] >= 0.5:
        return ""
    colors = sys.modules["matplotlib.colors"]
    for axes in figure.axes[:_MOST_AXES]:
        for axis in (axes.xaxis, axes.yaxis):
            for label in axis.get_ticklabels()[:1]:
                red, green, blue, _ = colors.to_rgba(label.get_color())
                # Luminance of ITU-R BT.601.
                return "dark" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "light"
    return "light"
