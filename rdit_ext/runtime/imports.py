"""Calls a function when a module has been imported, by whomever. It does not import the module."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class WhenImported(MetaPathFinder):
    """Calls `function` with the module when it has been executed; at once if it already was."""

    def __init__(self, name: str, function: Callable[[ModuleType], None]):
        self._name = name
        self._function = function
        if name in sys.modules:
            function(sys.modules[name])
        else:
            sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Do not call the function any more."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                self._follow(spec.loader)
                return spec
        return None

    def _follow(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            # Remove this wrapper first: `importlib.reload` finds the loader again, and would wrap
            # it a second time.
            del loader.exec_module
            execute(module)
            self._function(module)

        loader.exec_module = exec_module
