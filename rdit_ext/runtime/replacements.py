"""Gives functions of ours that replace Python's the name, module and signature of the original.

`pickle` stores a function by module and name (`Pool().map(os.system, commands)`), and `help` shows
the signature and the docstring.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
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


class Undo:
    """What restores the process, in the order in which it was changed."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def add(self, step: Callable[[], object]) -> None:
        """Add a function to call in `all`."""
        self._steps.append(step)

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute on an instance, until `all` deletes it: that of the class is restored by
        that."""

        def undo() -> None:
            with suppress(AttributeError):
                delattr(owner, name)

        object.__setattr__(owner, name, value)
        self.add(undo)

    def all(self) -> None:
        """Call all of them, the last one first."""
        while self._steps:
            self._steps.pop()()
