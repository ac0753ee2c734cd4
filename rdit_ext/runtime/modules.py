"""Reloads edited modules of the script's folder before a run of the whole script.

`python script.py` is a new process and imports what is on disk; here a module stays in
`sys.modules`. Before a whole run, the modules whose file has changed are removed from it, and every
module of the folder that imports one of them, so that the script's own imports load them again, in
their order. Installed packages are left alone.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import linecache
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import EXTENSION_SUFFIXES
from types import ModuleType

# Modification time (ns) and size of a file when it was loaded. None: the file was written during
# the run, so that it is not known which text was loaded.
_Stamp = tuple[int, int] | None
# The script itself: `multiprocessing` has a second name for it.
_SCRIPT = {"__main__", "__mp_main__"}
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class Modules:
    """The modules that scripts have loaded from their own folders."""

    def __init__(self) -> None:
        self._seen = set(sys.modules)
        self._stamps: dict[str, tuple[str, _Stamp]] = {}
        self._began = 0

    def begin_run(self) -> None:
        """Called when a run begins. A file that is written later may be newer than its module."""
        self._began = time.time_ns()

    def end_run(self, folder: str) -> None:
        """Record the modules of the folder that the run has loaded."""
        if len(sys.modules) == len(self._seen):
            return
        for name in sys.modules.keys() - self._seen - _SCRIPT:
            path = _path_in(folder, sys.modules[name])
            if path is not None:
                stamp = _stamp(path)
                written = stamp is not None and stamp[0] < self._began
                self._stamps[name] = path, stamp if written else None
        self._seen = set(sys.modules)

    def renew(self, folder: str) -> tuple[list[str], list[str]]:
        """Remove edited modules, and those that import them, from `sys.modules`.

        Returns the names of the removed modules, and of those that were edited but cannot be
        reloaded: extension modules, and modules whose code runs in a thread.
        """
        edited = {
            name
            for name, (path, stamp) in self._stamps.items()
            if name in sys.modules and path.startswith(folder) and _stamp(path) != stamp
        }
        if not edited:
            return [], []
        busy = _names_in_threads()
        left = {
            name
            for name in edited
            if name in busy or self._stamps[name][0].endswith(tuple(EXTENSION_SUFFIXES))
        }
        dropped = self._with_dependents(edited - left, folder) - busy
        for name in dropped:
            self._drop(name)
        importlib.invalidate_caches()
        return sorted(dropped), sorted(left)

    def _drop(self, name: str) -> None:
        module = sys.modules.pop(name)
        self._seen.discard(name)
        path, _ = self._stamps.pop(name)
        linecache.checkcache(path)
        parent, _, last = name.rpartition(".")
        if parent in sys.modules and getattr(sys.modules[parent], last, None) is module:
            delattr(sys.modules[parent], last)  # otherwise `from parent import last` finds it
        # A .pyc file is taken for valid if size and modification time, in whole seconds, agree:
        # an edit within a second could go unnoticed.
        with suppress(OSError, NotImplementedError, ValueError):
            os.unlink(importlib.util.cache_from_source(path))

    def _with_dependents(self, names: set[str], folder: str) -> set[str]:
        """These modules, the submodules of those that are packages, and the modules of the folder
        that import any of them."""
        others = {
            name: path
            for name, (path, _) in self._stamps.items()
            if name in sys.modules and path.startswith(folder)
        }
        imports = {name: set(_imports(name, path)) for name, path in others.items()}
        found = set(names)
        waiting = list(names)
        while waiting:
            changed = waiting.pop()
            for name in others:
                if name not in found and (
                    name.startswith(changed + ".")
                    or changed in imports[name]
                    or _refers(sys.modules[name], changed)
                ):
                    found.add(name)
                    waiting.append(name)
        return found


def folder_of(path: str) -> str | None:
    """The folder of the script, with a separator at its end; None if the path is not absolute."""
    folder = os.path.dirname(path)
    return os.path.join(folder, "") if folder and os.path.isabs(folder) else None


def _path_in(folder: str, module: ModuleType | None) -> str | None:
    path = getattr(module, "__file__", None)
    if not isinstance(path, str) or not path.startswith(folder):
        return None
    rest = path[len(folder) - 1 :]
    if any(part in rest for part in _INSTALLED) or path.startswith(_standard_library()):
        return None
    return path


def _standard_library() -> str:
    return os.path.join(os.path.dirname(os.__file__), "")


def _stamp(path: str) -> _Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _imports(name: str, path: str) -> Iterator[str]:
    """The names of modules that a module's file imports, also within functions."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    package = name if os.path.basename(path) == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            whole = ".".join(part for part in (base, node.module) if part)
            yield whole
            yield from (f"{whole}.{alias.name}" for alias in node.names)


def _refers(module: ModuleType, name: str) -> bool:
    """Whether a module has the other module, or a function or class of it, as a global."""
    for key, value in list(vars(module).items()):
        if isinstance(value, ModuleType):
            # Importing a submodule by anybody makes it an attribute of its package: this does not
            # count as an import by the package.
            if value.__name__ == name != f"{module.__name__}.{key}":
                return True
        elif type(value).__name__ in ("function", "type") and value.__module__ == name:
            return True
    return False


def _names_in_threads() -> set[str]:
    """The names of modules whose code is on the stack of another thread."""
    names = set()
    for ident, frame in sys._current_frames().items():
        if ident == threading.get_ident():
            continue
        at = frame
        while at is not None:
            names.add(at.f_globals.get("__name__", ""))
            at = at.f_back  # type: ignore[assignment]
    return names
