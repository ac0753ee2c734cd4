"""What IPython shows, as output of the statement that runs.

Displays, tracebacks of a failing `__repr__` and figures of the inline backend go to a statement in
a run. Outside of a run IPython publishes as usual.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from functools import partial, wraps
from types import ModuleType
from typing import Any, NamedTuple

from . import interrupts, tracebacks
from .engine import Engine
from .excepthook import show_as_handled
from .figure_picture import draw
from .imports import WhenImported
from .ipython_text import IPythonText
from .mime_bundle import display_output
from .plain_repr import PLAIN, WIDTH, write_plain
from .replacements import Undo
from .statement_sink import StatementSink
from .value_layout import CONTAINERS, length_of

# Parts of the file names of frames between our call of a formatter and the user's `__repr__`.
_FORMATTER = (f"IPython{os.sep}core{os.sep}", f"IPython{os.sep}lib{os.sep}", "decorator.py")


TEXT = "text/plain"
_WIDGET = "application/vnd.jupyter.widget-view+json"


class ShownWidget(NamedTuple):
    """The display of a widget whose text may have changed since."""

    sink: StatementSink
    data: dict[str, Any]
    metadata: dict[str, Any] | None


class IPythonOutput:
    """The formatter, the display publisher and the traceback printer of this `shell`."""

    def __init__(self, shell: Any):
        self._shell = shell
        self._formatter = shell.display_formatter
        formatters = self._formatter.formatters.values()
        self._printers = tuple(formatter.type_printers for formatter in formatters)
        self._text = self._formatter.formatters["text/plain"]
        # How many printers IPython has for each builtin type. If there are more later, the user has
        # registered one, and it must be used.
        self._usual = {kind: self._count_printers(kind) for kind in PLAIN | CONTAINERS}
        self._values = IPythonText(self._text)
        self._engine: Engine | None = None
        self._show_traceback: Callable[..., None] | None = None
        # Widgets that were displayed, by their ids, which their displays have too.
        self.widgets: dict[str, ShownWidget | None] = {}

    def attach(self, engine: Engine, undo: Undo) -> None:
        """Replace what publishes in IPython, so that during a run its output goes to the engine's
        statements."""
        self._engine = engine
        self._values.columns = engine.columns
        publisher, shell = self._shell.display_pub, self._shell
        publish, clear_output = publisher.publish, publisher.clear_output
        show_traceback, format_value = shell._showtraceback, self._formatter.format

        def on_publish(
            data: dict[str, Any],
            metadata: dict[str, Any] | None = None,
            *arguments: Any,
            transient: dict[str, Any] | None = None,
            update: bool = False,
            **options: Any,
        ) -> None:
            sink = engine.router.find()
            # ipywidgets' `Output` captures messages by these hooks: leave them to it.
            if sink is None or getattr(publisher, "_hooks", None):
                publish(data, metadata, transient=transient, update=update, **options)
                return
            self.bring_in()
            display_id = (transient or {}).get("display_id")
            if display_id is None and (display_id := _widget_of(data)) is not None:
                has_more = data.keys() - {TEXT, _WIDGET}
                shown = None if has_more else ShownWidget(sink, data, metadata)
                self.widgets[display_id] = shown
            output, size = display_output(data, metadata, display_id)
            if update and display_id is not None:
                del output["type"], output["displayId"]
                sink.update(display_id, output, size)
            else:
                sink.output(output, size)
            interrupts.current.deliver()

        def on_clear_output(wait: bool = False) -> None:
            sink = engine.router.find()
            if sink is None or getattr(publisher, "_hooks", None):
                clear_output(wait)
                return
            self.bring_in()
            sink.clear(wait)
            interrupts.current.deliver()

        def on_traceback(kind: Any, error: Any, lines: list[str]) -> None:
            sink = engine.router.find()
            if sink is None or not isinstance(error, BaseException):
                show_traceback(kind, error, lines)
                return
            path = shell.user_ns.get("__file__", "")
            sink.output(tracebacks.describe(error, path, skip=_FORMATTER), 1000)

        def on_format(value: Any, include: Any = None, exclude: Any = None) -> Any:
            figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
            if figure is not None and isinstance(value, figure):
                self._draw_ourselves(figure)
            start = time.perf_counter()
            with self._values.at_width(value):
                text = self._values.write(value) if include is exclude is None else None
                if text is None:
                    unused = _unused(value) if exclude is None else None
                    bundle = format_value(value, include, exclude or unused)
                    if unused and "text/latex" not in bundle[0]:
                        bundle = format_value(value, include)
                else:
                    data, metadata = format_value(value, exclude={TEXT})
                    bundle = {TEXT: text, **data}, {**length_of(value, text), **metadata}
            if figure is not None and isinstance(value, figure):
                engine.figures.was_shown(value)
            if isinstance(bundle, tuple) and bundle[0]:
                self._add_table(bundle[0], value, time.perf_counter() - start)
            return bundle

        def on_inline(backend: ModuleType) -> None:
            show = backend.show

            @wraps(show)
            def on_show(close: bool | None = None, block: bool | None = None) -> None:
                if not engine.show_figures(block):
                    show(close, block)

            backend.show = on_show  # type: ignore[attr-defined]
            undo.add(partial(setattr, backend, "show", show))

        undo.add(WhenImported("matplotlib_inline.backend_inline", on_inline).remove)
        undo.replace(publisher, "publish", on_publish)
        undo.replace(publisher, "clear_output", on_clear_output)
        undo.replace(shell, "_showtraceback", on_traceback)
        self._show_traceback = on_traceback
        undo.replace(self._formatter, "format", on_format)

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The MIME bundle of a value, and its metadata: as IPython formats it."""
        kind = type(value)
        is_usual = (
            kind in self._usual
            and self._count_printers(kind) == self._usual[kind]
            and self._values.is_usual(kind)
        )
        if is_usual and kind in PLAIN:
            width = self._values.width
            text = None if self._text.float_precision else write_plain(value, width or WIDTH)
            if text is not None:
                return {TEXT: text}, {}
        if is_usual and kind in CONTAINERS and self._values.width is not None:
            # IPython would ask ten formatters, and have a text alone.
            with self._values.at_width(value):
                text = self._values.write(value)
            if text is not None:
                data: dict[str, Any] = {TEXT: text}
                self._add_table(data, value)
                return data, length_of(value, text)
        data, metadata = self._formatter.format(value)
        return data, metadata

    def _add_table(self, data: dict[str, Any], value: Any, seconds: float = 0) -> None:
        sink = self._engine.router.find() if self._engine is not None else None
        if self._engine is not None and sink is not None:
            self._engine.tables.add_to(data, value, sink.run_events.run, seconds)

    def explain(self, error: BaseException) -> None:
        """If a library has replaced IPython's `_showtraceback`, have it show this error."""
        shown = self._shell.__dict__.get("_showtraceback")
        if self._engine is not None and shown not in (None, self._show_traceback):
            # `rich.traceback.install()` does that when it finds IPython.
            def tell(kind: type[BaseException], value: BaseException, tb: Any) -> None:
                show_as_handled(value)
                shown(kind, value, [])

            self._engine.excepthook.of_host = tell

    def begin_whole(self) -> None:
        """Begin a run of the whole script as in a new process, in which no library has replaced
        the traceback printer yet."""
        object.__setattr__(self._shell, "_showtraceback", self._show_traceback)
        self._shell.__dict__.pop("showtraceback", None)

    def end_run(self) -> None:
        """Empty the list of figures that the inline backend would display after the request: they
        have been displayed."""
        inline = sys.modules.get("matplotlib_inline.backend_inline")
        if inline is not None:
            inline.show._draw_called = False
            inline.show._to_draw = []

    def bring_in(self) -> None:
        """Read what was written to the descriptors before an output."""
        if self._engine is not None and threading.current_thread() is threading.main_thread():
            self._engine.drain()

    def _draw_ourselves(self, figure: type) -> None:
        """Have figures drawn by `figure_picture`, unless the user has chosen another format than
        that which the inline backend registers for a PNG."""
        formatter = self._formatter.formatters["image/png"]
        printer = formatter.type_printers.get(figure)
        if isinstance(printer, partial) and printer.keywords.get("fmt") == "png":
            options = {**printer.keywords}
            for name in ("fmt", "base64"):
                options.pop(name, None)
            formatter.for_type(figure, partial(_draw, **options))

    def _count_printers(self, kind: type) -> int:
        count = 0
        for printers in self._printers:
            if kind in printers:
                count += 1
        return count


def _unused(value: Any) -> set[str] | None:
    """The types of which nobody would see the value: sympy draws each formula as a PNG too, by
    LaTeX or matplotlib, and its LaTeX is typeset."""
    package = (type(value).__module__ or "").partition(".")[0]
    return {"image/png"} if package == "sympy" else None


def _widget_of(data: dict[str, Any]) -> str | None:
    """The id of the widget that a bundle shows."""
    view = data.get(_WIDGET)
    model_id = view.get("model_id") if isinstance(view, dict) else None
    return model_id if isinstance(model_id, str) else None


def _draw(figure: Any, **options: Any) -> tuple[str, dict[str, Any]] | None:
    picture = draw(figure, **options)
    if picture is None:
        return None
    png, metadata = picture
    return b64encode(png).decode("ascii"), metadata
