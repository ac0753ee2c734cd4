"""The display formatter in Pyodide: MIME bundles of values, as displays of the running statement.

The bundles are those that a kernel's display formatter makes of the same objects, so that scripts
have the same results in both places.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

from . import interrupts, tracebacks
from .engine import Engine
from .figure_picture import draw
from .mime_bundle import display_output
from .plain_repr import PLAIN, WIDTH, write_plain
from .pyodide_pretty import pretty
from .value_layout import length_of, write_container

Bundle = tuple[dict[str, Any], dict[str, Any]]
_METHODS: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "text/html": ("_repr_html_", str),
    "text/markdown": ("_repr_markdown_", str),
    "image/svg+xml": ("_repr_svg_", str),
    "image/png": ("_repr_png_", (bytes, str)),
    "application/pdf": ("_repr_pdf_", (bytes, str)),
    "image/jpeg": ("_repr_jpeg_", (bytes, str)),
    "text/latex": ("_repr_latex_", str),
    "application/json": ("_repr_json_", (list, dict)),
    "application/javascript": ("_repr_javascript_", str),
}


class Displays:
    """Formats values, and outputs displays at the running statement."""

    def __init__(self) -> None:
        self._engine: Engine | None = None

    def attach(self, engine: Engine) -> None:
        """Output displays through this engine from now on."""
        self._engine = engine

    def format(self, value: Any) -> Bundle:
        """The MIME bundle of a value and its metadata; empty if the value has a method
        `_ipython_display_`, which displays it. Errors of its methods are output as errors."""
        columns = None if self._engine is None else self._engine.columns
        width = None if columns is None else columns.now
        if type(value) in PLAIN:
            text = write_plain(value, WIDTH if width is None else width)
            if text is not None:
                return {"text/plain": text}, {}
        if self._call(value, "_ipython_display_") is not None:
            return {}, {}
        data: dict[str, Any] = {}
        start = time.perf_counter()
        metadata: dict[str, Any] = {}
        bundle = self._call(value, "_repr_mimebundle_", include=None, exclude=None)
        if isinstance(bundle, tuple):
            data, metadata = dict(bundle[0]), dict(bundle[1])
        elif bundle is not None:
            data = dict(bundle)
        if "text/plain" not in data:
            with nullcontext() if columns is None else columns.in_values(value):
                text = self._guard(_write, value, width)
            if text is not None:
                data["text/plain"] = text
                if width is not None:
                    metadata.update(length_of(value, text))
        for mime, (name, kinds) in _METHODS.items():
            if mime not in data:
                found = self._call(value, name)
                if isinstance(found, tuple) and len(found) == 2:
                    found, metadata[mime] = found
                if found is not None and not isinstance(found, kinds):
                    warnings.warn(
                        f"{name} returned {type(found).__name__}: not shown", stacklevel=2
                    )
                elif found is not None:
                    data[mime] = found
        self._add_picture(value, data, metadata)
        sink = self._engine.router.find() if self._engine else None
        if self._engine is not None and sink is not None:
            seconds = time.perf_counter() - start
            self._engine.tables.add_to(data, value, sink.run_events.run, seconds)
        return data, metadata

    def show(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None,
        display_id: str | None,
        update: bool,
    ) -> None:
        """Output a MIME bundle as a display of the running statement."""
        sink = self._engine.router.find() if self._engine else None
        if sink is None:
            # As `python` has no place for displays: their text, or what they are.
            print(data.get("text/plain") or f"[{', '.join(map(str, data))}]")
            return
        output, size = display_output(data, metadata, display_id)
        if update and display_id is not None:
            del output["type"], output["displayId"]
            sink.update(display_id, output, size)
        else:
            sink.output(output, size)
        interrupts.current.deliver()

    def show_figures(self, block: bool | None) -> bool:
        """What `plt.show()` does during a run: display the figures. False outside of a run."""
        return self._engine is not None and self._engine.show_figures(block)

    def clear(self, wait: bool) -> None:
        """Clear the outputs of the running statement."""
        sink = self._engine.router.find() if self._engine else None
        if sink is not None:
            sink.clear(wait)
            interrupts.current.deliver()

    def _add_picture(self, value: Any, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Add a PNG to the bundle of a matplotlib figure, unless it has one."""
        figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
        if figure is None or not isinstance(value, figure):
            return
        if "image/png" not in data:
            picture = self._guard(draw, value)
            if picture is not None:
                data["image/png"], metadata["image/png"] = picture
        if self._engine is not None:
            self._engine.figures.was_shown(value)

    def _call(self, value: Any, name: str, **arguments: Any) -> Any:
        """The result of a method of a value; None if there is no such method, or if the value is a
        class, whose methods are for its instances."""
        if isinstance(value, type):
            return None
        # An object that has even an attribute of this name answers to any (a mock, for example):
        # its attributes are not methods that display it.
        if getattr(value, "_rdit_has_any_name_", None) is not None:
            return None
        method = self._guard(getattr, value, name, None)
        if not callable(method):
            return None
        result = self._guard(method, **arguments)
        return True if name == "_ipython_display_" else result

    def _guard(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call a function of the user's. If it raises, the error is output and None is returned, so
        that the other MIME types of the value are still shown."""
        try:
            return function(*arguments, **named)
        except NotImplementedError:
            return None
        except Exception as error:
            sink = self._engine.router.find() if self._engine else None
            if sink is not None:
                path = getattr(sys.modules["__main__"], "__file__", "")
                sink.output(tracebacks.describe(error, path), 1000)
            return None


def _write(value: Any, width: int | None) -> str:
    if width is None:
        return pretty(value)
    leaf = partial(pretty, width=width)
    text = write_container(value, width, leaf)
    return leaf(value) if text is None else text


displays = Displays()
