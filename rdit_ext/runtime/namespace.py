"""Clears the namespace without a new process.

Restores the user's namespace, `sys.argv` and `sys.path`, and deletes the last error and the texts
in `linecache`. Imported modules, the environment, the working directory, and threads with what they
refer to remain: only a restart removes them, as docs/using.md says.
"""

from __future__ import annotations

import gc
import linecache
import sys
from collections.abc import Iterable
from typing import Any

from .main_module import OF_A_FILE

# Names that Python sets in a module with a file, annotations or warnings.
_PYTHONS = frozenset((*OF_A_FILE, "__annotations__", "__annotate__", "__warningregistry__"))


class NamespaceBaseline:
    """The namespace, `sys.argv` and `sys.path` as they were before any script ran."""

    def __init__(self, namespace: dict[str, Any]):
        self._values = dict(namespace)
        self._argv = list(sys.argv)
        self._path = list(sys.path)

    def has(self, name: str) -> bool:
        """Whether the name was there before, or is one that Python sets."""
        return name in self._values or name in _PYTHONS

    def restore(self, namespace: dict[str, Any], sources: Iterable[str]) -> None:
        """Restore them. `sources`: the paths of scripts to delete from `linecache`."""
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
