"""The matplotlib backend of the browser: draws with Agg; `show` puts figures out where it stands.

Chosen by `MPLBACKEND` before anything imports matplotlib. Knows matplotlib, and nothing of pages.
"""

from __future__ import annotations

from typing import Any

from matplotlib import pyplot
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from .pyodide_display import _displays, display


class FigureManager(FigureManagerBase):
    """A figure without a window."""

    def show(self) -> None:
        display(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """`plt.show()`: every open figure, and then none is left."""
        if _displays.show_figures(block):
            return
        try:
            for manager in Gcf.get_all_fig_managers():
                display(manager.canvas.figure)
        finally:
            pyplot.close("all")


class FigureCanvas(FigureCanvasAgg):
    """Agg's, with our manager."""

    manager_class: Any = FigureManager
