"""How many characters the column of results is wide, told to what asks for a terminal's size.

A run request may say it. While that run is on, `os.get_terminal_size` answers with it for
descriptors 1 and 2, as for a terminal: argparse, rich, tqdm and `shutil` ask there. No environment
variable is set, as child processes, which write into pipes, would inherit it. One that the user has
set wins. rich has a constant for notebooks instead, which is set too.

What numpy, torch and pandas print has a width of its own under Python, whatever the terminal. It
stays that in `print`; only values that are shown as results, or by `display`, are formatted for the
column.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

from .imports import WhenImported
from .replacements import replaces

# The lines of a terminal of unknown height: what `shutil.get_terminal_size` says.
_LINES = 24
_OUTPUT = (1, 2)
# The widths that libraries have until the user sets another.
# Modules with `get_printoptions` and the context manager `printoptions`.
_PRINTERS = {"numpy": 75, "torch._tensor_str": 80}
_PANDAS = 80
_RICH_CONSTANT = "JUPYTER_DEFAULT_COLUMNS"


class Columns:
    """The width of the column during a run: `now`, None if its request has not told it."""

    def __init__(self) -> None:
        self.now: int | None = None
        self._undo: list[Callable[[], None]] = []
        # The constant of rich, and what it was.
        self._rich: tuple[ModuleType, Any] | None = None
        # The widths that a console of rich has which nobody else has given it.
        self._told: set[Any] = set()
        self._replace_terminal_size()
        self._undo.append(WhenImported("rich.console", self._meet_rich).remove)

    def take(self, columns: int | None) -> None:
        """Begin a run whose request says this."""
        told = self._told
        self.now = columns
        self._tell_rich()
        if columns is not None and self._rich is not None:
            # The console that `rich.print` has made in an earlier run.
            get_console = getattr(sys.modules.get("rich"), "get_console", None)
            console: Any = None if get_console is None else get_console()
            if getattr(console, "width", None) in told:
                console.width = columns

    def give_back(self) -> None:
        """End it."""
        self.take(None)

    def remove(self) -> None:
        """Restore what was replaced."""
        self.give_back()
        while self._undo:
            self._undo.pop()()

    @contextmanager
    def in_values(self, value: Any) -> Iterator[None]:
        """Have numpy, torch and pandas format this value for the column, unless the user has set
        their width. They are not imported for it."""
        if self.now is None:
            yield
            return
        with ExitStack() as stack:
            for name, usual in _PRINTERS.items():
                printer: Any = sys.modules.get(name)
                # Absent while it is being imported.
                options: Any = getattr(printer, "get_printoptions", dict)()
                if options.get("linewidth") == usual:
                    stack.enter_context(printer.printoptions(linewidth=self.now))
            pandas: Any = sys.modules.get("pandas")
            if _is_of("pandas", value) and pandas.get_option("display.width") == _PANDAS:
                stack.enter_context(pandas.option_context("display.width", self.now))
            yield

    def _replace_terminal_size(self) -> None:
        usual: Any = getattr(os, "get_terminal_size", None)
        if usual is None:
            return

        @replaces(usual, "os", "get_terminal_size")
        def get_terminal_size(fd: int = 1, /) -> os.terminal_size:
            try:
                size: os.terminal_size = usual(fd)
            except (OSError, ValueError):
                if self.now is None or fd not in _OUTPUT:
                    raise
                return os.terminal_size((self.now, _LINES))
            return size

        os.get_terminal_size = get_terminal_size
        self._undo.append(lambda: setattr(os, "get_terminal_size", usual))

    def _meet_rich(self, module: ModuleType) -> None:
        self._rich = module, getattr(module, _RICH_CONSTANT, None)
        self._tell_rich()

    def _tell_rich(self) -> None:
        if self._rich is None:
            return
        module, usual = self._rich
        if usual is not None:
            setattr(module, _RICH_CONSTANT, usual if self.now is None else self.now)
        if self.now is not None:
            self._told = {usual, self.now}


def _is_of(package: str, value: Any) -> bool:
    return any(
        str(getattr(cls, "__module__", "")).partition(".")[0] == package
        for cls in type(value).__mro__
    )
