"""matplotlib figures: at which statement one is displayed, when, and when it is closed.

- A figure is displayed at the statement that changed it last, also if a later `plt.show()` asks for
  it. One that has not been displayed is displayed at the end of the run. `display(fig)` and an
  expression `fig` display it at their own statement. It is not displayed again until it changes.
- A blocking `plt.show()` closes the figures, as if the user had closed their windows. `plt.pause`
  and `plt.show(block=False)` make one display for a figure and update it from then on.
- The end of a run closes all figures, as the end of a notebook's cell does, so that the next
  `plt.plot` makes a new one. A figure that the script still refers to is watched on: if a later
  run changes it, it is displayed there. A run of the whole script begins without any.

This module does not import matplotlib, but looks at what the user has imported. The host renders.
"""

from __future__ import annotations

import secrets
import sys
import weakref
from typing import Any, Protocol

from .statement_sink import StatementSink

_PACKAGES = ("matplotlib", "seaborn", "mpl_toolkits")


class Put(Protocol):
    """A function that displays a figure as it is now. Returns False if the figure is empty.

    `name`: a display id for later updates; `again`: update the display with this id.
    """

    def __call__(
        self, figure: Any, sink: StatementSink, name: str | None, again: bool, /
    ) -> bool: ...


class Figures:
    """The figures that pyplot has open, and those it has closed but the user still holds."""

    def __init__(self, put: Put):
        self._put = put
        # Figures that are watched for changes: open now, or closed by an earlier run.
        self._known: weakref.WeakSet[Any] = weakref.WeakSet()
        # Figures that this run has closed; later runs watch them.
        self._resting: weakref.WeakSet[Any] = weakref.WeakSet()
        self._open: set[Any] = set()
        # The statement that changed a figure last, for figures not displayed since.
        self._touched: dict[Any, StatementSink] = {}
        # Figures that the current statement has rendered, which resets matplotlib's mark `stale`.
        self._drawn: weakref.WeakSet[Any] = weakref.WeakSet()
        self._is_putting = False
        # The display ids of figures whose display is updated.
        self._live: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()

    def begin_run(self, whole: bool) -> None:
        """Called before the first statement of a run; `whole`: of the whole script."""
        self._touched.clear()
        self._live.clear()
        if whole:
            self.forget()
            return
        for figure in self._resting:
            figure._stale = False
            self._known.add(figure)
        self._resting.clear()

    def end_statement(self, sink: StatementSink) -> bool:
        """Record which figures the statement has changed. Returns whether there are any."""
        managers = self._managers()
        if not managers and not self._known and not self._open:
            return False
        touched = False
        now_open = {manager.canvas.figure for manager in managers.values()}
        for figure in self._open - now_open:
            # Closed by `plt.show()`, which has displayed it, or by `plt.close()`: not to be
            # displayed any more.
            self._touched.pop(figure, None)
            self._known.discard(figure)
            touched = True
        self._open = now_open
        for figure in now_open:
            if figure not in self._known:
                self._meet(figure)
                figure._stale = True
        for figure in self._known:
            # Not the property `stale`, whose setter calls back into the canvas.
            if figure._stale:
                figure._stale = False
                self._touched[figure] = sink
                touched = True
        self._drawn.clear()
        return touched

    def was_shown(self, figure: Any) -> None:
        """Record that this figure has been displayed as it is now."""
        self._touched.pop(figure, None)
        self._meet(figure)
        figure._stale = False

    def show(self, sink: StatementSink, blocks: bool) -> None:
        """`plt.show()` of the statement of this sink: display every open figure that has changed,
        and close them all if it `blocks`."""
        try:
            for manager in list(self._managers().values()):
                figure = manager.canvas.figure
                # `plt.pause` renders changed figures before it calls this: they are not stale now.
                is_drawn = not blocks and figure in self._drawn
                if figure not in self._known or figure._stale or is_drawn:
                    self._show(figure, sink, not blocks)
                elif figure in self._touched:
                    self._show(figure, self._touched[figure], not blocks)
        finally:
            if blocks:
                self._close()

    def end_run(self) -> None:
        """Display the figures that have changed since they were displayed, and close all."""
        try:
            for figure, sink in list(self._touched.items()):
                self._show(figure, sink, False)
        finally:
            self._touched.clear()
            self._close()
            self._resting.update(self._known)
            self._known.clear()
            self._open.clear()

    def forget(self) -> None:
        """Close all figures, and watch none."""
        self._close()
        for figures in (
            self._known,
            self._resting,
            self._open,
            self._touched,
            self._drawn,
            self._live,
        ):
            figures.clear()

    def _show(self, figure: Any, sink: StatementSink, live: bool) -> None:
        name = self._live.get(figure)
        again = name is not None
        if live and name is None:
            name = secrets.token_hex(16)
        self._is_putting = True
        try:
            if self._put(figure, sink, name, again) and name is not None:
                self._live[figure] = name
        finally:
            self._is_putting = False
        self._drawn.discard(figure)
        self.was_shown(figure)

    def _meet(self, figure: Any) -> None:
        """Watch a figure from now on."""
        if figure not in self._known:
            self._known.add(figure)
            connect = getattr(figure.canvas, "mpl_connect", None)
            if connect is not None:
                connect("draw_event", self._on_draw)

    def _on_draw(self, event: Any) -> None:
        if not self._is_putting:
            self._drawn.add(event.canvas.figure)

    def _close(self) -> None:
        """Close the figures of backends without windows, and watch them from the next run on."""
        for manager in list(self._managers().values()):
            canvas = manager.canvas
            if getattr(canvas, "required_interactive_framework", None) is None:
                self._resting.add(canvas.figure)
                sys.modules["matplotlib.pyplot"].close(canvas.figure)

    def _managers(self) -> dict[Any, Any]:
        module = sys.modules.get("matplotlib._pylab_helpers")
        gcf = getattr(module, "Gcf", None)  # absent while matplotlib is being imported
        return getattr(gcf, "figs", None) or {}


def is_noise(value: Any, depth: int = 3) -> bool:
    """Whether a value is an object of a plotting library, or a list of them, whose text says
    nothing beside the figure: `[<Line2D ...>]`, `<Axes: >`."""
    if type(value).__name__ == "ndarray" and value.dtype.kind == "O":
        value = value.ravel().tolist()
    if isinstance(value, (list, tuple)):
        # One is enough: `ax.set(...)` returns limits and texts, for example. Only the first 20
        # items are looked at.
        return depth > 0 and any(is_noise(item, depth - 1) for item in value[:20])
    return (type(value).__module__ or "").partition(".")[0] in _PACKAGES
