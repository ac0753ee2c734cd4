"""Functions of ours in the place of Python's: they have the name, module and signature of what they
stand for. By these `pickle` finds a function (`Pool().map(os.system, commands)`), and `help` tells
of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def stands_for(usual: Any, module: str, name: str) -> Callable[[_F], _F]:
    """Decorate a function that will be `module.name` in the place of `usual`."""

    def decorate(function: _F) -> _F:
        update_wrapper(function, usual)
        # Where it is found: Python's own may be from elsewhere, `os.system` from `posix`.
        function.__module__, function.__qualname__ = module, name
        function.__name__ = name.rpartition(".")[2]
        return function

    return decorate
