"""Undoes what a Jupyter kernel changes in modules of the standard library.

ipykernel and IPython replace the debugger in `pdb` and functions of `faulthandler`, and register
the kernel's log handlers in `logging`. A script gets these modules as under `python script.py`.
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
    """Undo the kernel's changes. The function that is returned makes them again."""
    undo = [_give_back_pdb(), _give_back_faulthandler(), _set_aside_logging()]

    def change_again() -> None:
        for change in reversed(undo):
            change()

    return change_again


def _give_back_pdb() -> Callable[[], None]:
    changed = dict(vars(pdb))
    # Executed again from its source, because the kernel does not keep what it replaces.
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
            # ipykernel's replacement is a closure, one of whose variables is the original.
            original = getclosurevars(function).nonlocals.get(f"faulthandler_{name}")
            if original is not None:
                changed[name] = function
                setattr(module, name, original)
    return lambda: vars(module).update(changed)


def _set_aside_logging() -> Callable[[], None]:
    """Remove the kernel's log handlers from the lists by which `logging.config` and
    `logging.shutdown` find and close all handlers. The kernel's loggers still use them."""
    module: Any = logging
    named, listed = dict(module._handlers), list(module._handlerList)
    module._handlers.clear()
    module._handlerList.clear()

    def list_again() -> None:
        module._handlers.update(named)
        module._handlerList[:0] = listed

    return list_again
