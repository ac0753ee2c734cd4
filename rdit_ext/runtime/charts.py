"""Has libraries show their charts as data, which the page draws, where they would show HTML.

altair's HTML loads what draws it from a network. plotly's data is what it shows in a kernel; where
it finds no kernel, as in the browser, it would show HTML with its whole library, or nothing. Only
what a library has chosen by itself is changed, just after its import: the user's choice, made by
`alt.renderers.enable`, `pio.renderers.default` or PLOTLY_RENDERER, wins.
"""

from __future__ import annotations

import os
from contextlib import suppress
from types import ModuleType

from .imports import WhenImported

_PLOTLY = ("plotly_mimetype+notebook", "browser", "")


class Charts:
    """Waits for the libraries; imports none."""

    def __init__(self) -> None:
        self._waiting = [
            WhenImported("altair", _meet_altair),
            WhenImported("plotly.io._renderers", _meet_plotly),
        ]

    def remove(self) -> None:
        """Wait no more."""
        for waiting in self._waiting:
            waiting.remove()


def _meet_altair(module: ModuleType) -> None:
    # Whatever fails in it, their import goes on, and the default stays.
    with suppress(Exception):
        if module.renderers.active == "default":
            module.renderers.enable("mimetype")


def _meet_plotly(module: ModuleType) -> None:
    with suppress(Exception):
        if "PLOTLY_RENDERER" not in os.environ and module.renderers.default in _PLOTLY:
            module.renderers.default = "plotly_mimetype"
