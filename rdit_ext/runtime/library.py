"""Modules of the standard library as Python has them, where a Jupyter kernel has changed them.

A script that imports `pdb` or calls `faulthandler.enable()` gets under `python script.py` what is
documented there. A kernel puts IPython's debugger and streams of its own into these.
"""

from __future__ import annotations

import faulthandler
import importlib
import logging
import pdb
from collections.abc import Callable
from inspect import getclosurevars
from typing import Any


def give_back() -> Callable[[], None]:
    """Undo what the kernel has changed; what is returned changes it again."""
    undo = [_give_back_pdb(), _give_back_faulthandler(), _set_aside_logging()]

    def change_again() -> None:
        for change in reversed(undo):
            change()

    return change_again


def _give_back_pdb() -> Callable[[], None]:
    changed = dict(vars(pdb))
    # From its source: what the kernel has replaced, nobody has kept.
    importlib.reload(pdb)
    from .debugger import Debugger

    pdb.Pdb = Debugger  # type: ignore[misc]
    Debugger.__name__ = Debugger.__qualname__ = "Pdb"
    Debugger.__module__ = "pdb"
    return lambda: vars(pdb).update(changed)


def _give_back_faulthandler() -> Callable[[], None]:
    module: Any = faulthandler
    changed = {}
    for name in ("enable", "register"):
        function: Any = getattr(module, name, None)
        if getattr(function, "__closure__", None):
            # ipykernel's replacement holds on to the one it stands for.
            original = getclosurevars(function).nonlocals.get(f"faulthandler_{name}")
            if original is not None:
                changed[name] = function
                setattr(module, name, original)
    return lambda: vars(module).update(changed)


def _set_aside_logging() -> Callable[[], None]:
    """Take the kernel's log handlers out of the lists by which `logging.config` and
    `logging.shutdown` close all that there are. The kernel goes on writing to them."""
    module: Any = logging
    named, listed = dict(module._handlers), list(module._handlerList)
    module._handlers.clear()
    module._handlerList.clear()

    def list_again() -> None:
        module._handlers.update(named)
        module._handlerList[:0] = listed

    return list_again
