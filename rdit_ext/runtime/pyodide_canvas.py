"""The matplotlib backend in Pyodide: renders with Agg, and displays figures in `show`.

`host_pyodide.py` selects it by `MPLBACKEND`. This module knows matplotlib, and nothing of pages.
"""

from __future__ import annotations

from typing import Any

from matplotlib import pyplot
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from .pyodide_display import displays
from .pyodide_ipython import display


class FigureManager(FigureManagerBase):
    """A figure without a window."""

    def show(self) -> None:
        display(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """`plt.show()`: display every open figure; outside of a run, close them all then."""
        if displays.show_figures(block):
            return
        try:
            for manager in Gcf.get_all_fig_managers():
                display(manager.canvas.figure)
        finally:
            pyplot.close("all")


class FigureCanvas(FigureCanvasAgg):
    """Agg's canvas, with our manager."""

    manager_class: Any = FigureManager
