"""Gives functions of ours that replace Python's the name, module and signature of the original.

`pickle` stores a function by module and name (`Pool().map(os.system, commands)`), and `help` shows
the signature and the docstring.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def replaces(usual: Any, module: str, name: str) -> Callable[[_F], _F]:
    """A decorator for a function that replaces `usual` as `module.name`."""

    def decorate(function: _F) -> _F:
        update_wrapper(function, usual)
        # The module in which the function is replaced; the original's `__module__` may be another:
        # that of `os.system` is `posix`.
        function.__module__, function.__qualname__ = module, name
        function.__name__ = name.rpartition(".")[2]
        return function

    return decorate
