"""matplotlib figures: which statement one belongs to, when it is shown, when it is closed.

- A figure stands beside the statement that touched it last, also when a later `plt.show()` shows
  it; one that nobody has shown is shown at the end of the run. `display(fig)` and `fig` show it
  where they stand. It is not shown again until something touches it.
- A blocking `plt.show()` ends with the figures closed, as with a person who closes the windows.
  What `plt.pause` and `plt.show(block=False)` show is one display, which follows the figure.
- The end of a run closes all figures, as that of a notebook's cell does, so that the next
  `plt.plot` draws a new one. A figure that the script holds on to can still be refined in a later
  run, and is shown again there. A run of the whole script begins without any.

Nothing here imports matplotlib: what the user has not imported does not exist. The host draws.
"""

from __future__ import annotations

import secrets
import sys
import weakref
from typing import Any, Protocol

from .events import Outlet

_PACKAGES = ("matplotlib", "seaborn", "mpl_toolkits")


class Put(Protocol):
    """Puts out how a figure looks now; False if there is nothing to see.

    With `name` the display can be replaced later; `again`: replace what has this name.
    """

    def __call__(self, figure: Any, outlet: Outlet, name: str | None, again: bool, /) -> bool: ...


class Figures:
    """The figures that pyplot has open, and those it has closed but the user still holds."""

    def __init__(self, put: Put):
        self._put = put
        # What is watched: open now, or closed by an earlier run.
        self._known: weakref.WeakSet[Any] = weakref.WeakSet()
        # What this run has closed, for later ones to watch.
        self._resting: weakref.WeakSet[Any] = weakref.WeakSet()
        self._open: set[Any] = set()
        # Where a figure was touched last, while that has not been shown.
        self._touched: dict[Any, Outlet] = {}
        # What the statement under way has drawn, for a file or for us: it is not stale any more.
        self._drawn: weakref.WeakSet[Any] = weakref.WeakSet()
        self._is_putting = False
        # The names of displays that follow their figures.
        self._live: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()

    def begin_run(self, whole: bool) -> None:
        """Before the first statement. A whole script begins without figures."""
        self._touched.clear()
        self._live.clear()
        if whole:
            self.forget()
            return
        for figure in self._resting:
            figure._stale = False
            self._known.add(figure)
        self._resting.clear()

    def end_statement(self, outlet: Outlet) -> bool:
        """Note what the statement touched; whether it touched anything."""
        managers = self._managers()
        if not managers and not self._known and not self._open:
            return False
        touched = False
        now_open = {manager.canvas.figure for manager in managers.values()}
        for figure in self._open - now_open:
            # By plt.show(), which showed it, or by plt.close(): nobody wants to see it any more.
            self._touched.pop(figure, None)
            self._known.discard(figure)
            touched = True
        self._open = now_open
        for figure in now_open:
            if figure not in self._known:
                self._meet(figure)
                figure._stale = True
        for figure in self._known:
            # Not the property `stale`: setting that one calls back into the canvas.
            if figure._stale:
                figure._stale = False
                self._touched[figure] = outlet
                touched = True
        self._drawn.clear()
        return touched

    def was_shown(self, figure: Any) -> None:
        """Somebody displayed this figure as it is now."""
        self._touched.pop(figure, None)
        self._meet(figure)
        figure._stale = False

    def show(self, outlet: Outlet, blocks: bool) -> None:
        """`plt.show()`, called by the statement of this outlet: every open figure."""
        try:
            for manager in list(self._managers().values()):
                figure = manager.canvas.figure
                # `plt.pause` has drawn by now what was stale.
                is_drawn = not blocks and figure in self._drawn
                if figure not in self._known or figure._stale or is_drawn:
                    self._show(figure, outlet, not blocks)
                elif figure in self._touched:
                    self._show(figure, self._touched[figure], not blocks)
        finally:
            if blocks:
                self._close()

    def end_run(self) -> None:
        """Show what was touched and not shown since, and close what is open."""
        try:
            for figure, outlet in list(self._touched.items()):
                self._show(figure, outlet, False)
        finally:
            self._touched.clear()
            self._close()
            self._resting.update(self._known)
            self._known.clear()
            self._open.clear()

    def forget(self) -> None:
        """Close everything."""
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

    def _show(self, figure: Any, outlet: Outlet, live: bool) -> None:
        name = self._live.get(figure)
        again = name is not None
        if live and name is None:
            name = secrets.token_hex(16)
        self._is_putting = True
        try:
            if self._put(figure, outlet, name, again) and name is not None:
                self._live[figure] = name
        finally:
            self._is_putting = False
        self._drawn.discard(figure)
        self.was_shown(figure)

    def _meet(self, figure: Any) -> None:
        """Watch it from now on."""
        if figure not in self._known:
            self._known.add(figure)
            connect = getattr(figure.canvas, "mpl_connect", None)
            if connect is not None:
                connect("draw_event", self._on_draw)

    def _on_draw(self, event: Any) -> None:
        if not self._is_putting:
            self._drawn.add(event.canvas.figure)

    def _close(self) -> None:
        """Close what has no window of its own, and watch it from the next run on."""
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
    """Whether a value only names what a plotting call returned: `[<Line2D ...>]`, `<Axes: >`."""
    if type(value).__name__ == "ndarray" and value.dtype.kind == "O":
        value = value.ravel().tolist()
    if isinstance(value, (list, tuple)):
        # `ax.set(...)` gives limits and texts; a list of thousands is told by its first few.
        return depth > 0 and any(is_noise(item, depth - 1) for item in value[:20])
    return (type(value).__module__ or "").partition(".")[0] in _PACKAGES
