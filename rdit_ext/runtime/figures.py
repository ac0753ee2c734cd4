"""matplotlib figures: which statement one belongs to, when it is shown, when it is closed.

- A figure that nobody has shown is shown once, at the end of the run, beside the last statement
  that touched it. `plt.show()`, `display(fig)` and `fig` show it where they stand, and then it is
  not shown again until something touches it.
- Figures stay open between runs, so that a plot can be built, or refined, one statement at a time.
  A run of the whole script begins without any, as a new process would; a statement that made a
  figure makes it anew when it runs again.

Nothing here imports matplotlib: what the user has not imported does not exist. The host draws.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any

from .events import Outlet
from .plan import Statement

_PACKAGES = ("matplotlib", "seaborn", "mpl_toolkits")


class Figures:
    """The figures that pyplot has open, and those it has closed but the user still holds."""

    def __init__(self, show: Callable[[Any, Outlet], None]):
        self._show = show
        self._known: weakref.WeakSet[Any] = weakref.WeakSet()
        self._open: set[Any] = set()
        # Where a figure was touched last, while that has not been shown.
        self._touched: dict[Any, Outlet] = {}
        self._makers: weakref.WeakKeyDictionary[Any, tuple[int, str]] = weakref.WeakKeyDictionary()

    def begin_run(self, whole: bool) -> None:
        """Before the first statement. A whole script begins without figures."""
        self._touched.clear()
        if whole and self._managers():
            sys.modules["matplotlib.pyplot"].close("all")
            self._open.clear()

    def begin_statement(self, statement: Statement) -> None:
        """Close the figures that this statement made when it ran before."""
        if not self._makers:
            return
        made = [figure for figure, maker in self._makers.items() if maker == _identity(statement)]
        if made:
            pyplot = sys.modules["matplotlib.pyplot"]
            for figure in made:
                pyplot.close(figure)
                self._known.discard(figure)
                self._open.discard(figure)
                del self._makers[figure]

    def end_statement(self, statement: Statement, outlet: Outlet) -> bool:
        """Note what the statement touched; whether it touched anything."""
        managers = self._managers()
        if not managers and not self._known:
            return False
        touched = False
        now_open = {manager.canvas.figure for manager in managers.values()}
        for figure in self._open - now_open:
            # Closed meanwhile: by plt.show(), which showed it, or by the user, who is done with it.
            self._touched.pop(figure, None)
            figure._stale = False
            touched = True
        self._open = now_open
        for figure in now_open:
            if figure not in self._known:
                self._known.add(figure)
                self._makers[figure] = _identity(statement)
                figure._stale = True
        for figure in self._known:
            # Not the property `stale`: setting that one calls back into the canvas.
            if figure._stale:
                figure._stale = False
                self._touched[figure] = outlet
                touched = True
        return touched

    def was_shown(self, figure: Any) -> None:
        """Somebody displayed this figure as it is now."""
        self._touched.pop(figure, None)
        if figure not in self._known:
            self._known.add(figure)
        figure._stale = False

    def end_run(self) -> None:
        """Show what was touched and not shown since."""
        touched, self._touched = self._touched, {}
        for figure, outlet in touched.items():
            self._show(figure, outlet)
            figure._stale = False

    def forget(self) -> None:
        """Close everything."""
        if self._managers():
            sys.modules["matplotlib.pyplot"].close("all")
        self._known.clear()
        self._open.clear()
        self._touched.clear()
        self._makers.clear()

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


def _identity(statement: Statement) -> tuple[int, str]:
    """What a statement keeps when its arguments are edited: its place, and what it calls."""
    return statement.node_index, statement.source.partition("(")[0]
