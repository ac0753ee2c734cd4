"""A clean namespace without a new process: what it forgets, and what only a restart can.

Forgets the user's names, argv and path, the last error, figures and sources. Keeps imported
modules, environment, working directory, threads and what they hold: that takes a restart, and the
docs say so.
"""

from __future__ import annotations

import gc
import linecache
import sys
from collections.abc import Iterable
from typing import Any

from .module import OF_A_FILE

# Names of the module itself, that come with a file or with annotations.
_PYTHONS = frozenset((*OF_A_FILE, "__annotations__", "__annotate__", "__warningregistry__"))


class Beginning:
    """What was there before any script ran, to go back to."""

    def __init__(self, namespace: dict[str, Any]):
        self._values = dict(namespace)
        self._argv = list(sys.argv)
        self._path = list(sys.path)

    def has(self, name: str) -> bool:
        """Whether the name was there, or is Python's."""
        return name in self._values or name in _PYTHONS

    def restore(self, namespace: dict[str, Any], sources: Iterable[str]) -> None:
        """Go back to it. `sources`: the scripts whose lines we gave to linecache."""
        namespace.clear()
        namespace.update(self._values)
        if "__annotations__" in namespace:
            namespace["__annotations__"] = {}
        sys.argv[:] = self._argv
        sys.path[:] = self._path
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            if hasattr(sys, name):
                delattr(sys, name)
        for path in sources:
            linecache.cache.pop(path, None)
        gc.collect()
