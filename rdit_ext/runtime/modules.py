"""Modules of the script's folder that were edited since: a whole run loads them anew.

`python script.py` is a new process and imports what is on disk; here a module stays in
`sys.modules`. Before a whole run those whose file has changed are taken out of it, and every module
of the folder that imports them, so that the script's own imports load them again, in their order.
What is installed is left alone.
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

# What a file was when it was loaded: its time and its size. None: it was written meanwhile.
_Stamp = tuple[int, int] | None
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class Modules:
    """The modules that scripts have loaded from their own folders."""

    def __init__(self) -> None:
        self._seen = set(sys.modules)
        self._stamps: dict[str, tuple[str, _Stamp]] = {}
        self._began = 0

    def begin_run(self) -> None:
        """A run begins: what is written from now on may be newer than what is loaded."""
        self._began = time.time_ns()

    def end_run(self, folder: str) -> None:
        """Note what the run has loaded."""
        if len(sys.modules) == len(self._seen):
            return
        for name in sys.modules.keys() - self._seen:
            path = _path_in(folder, sys.modules[name])
            if path is not None:
                stamp = _stamp(path)
                written = stamp is not None and stamp[0] < self._began
                self._stamps[name] = path, stamp if written else None
        self._seen = set(sys.modules)

    def renew(self, folder: str) -> tuple[list[str], list[str]]:
        """Have what was edited loaded anew by who imports it next.

        The names of these modules, and of those that are outdated but cannot be loaded anew:
        extensions, and what runs in a thread.
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
            delattr(sys.modules[parent], last)  # `from parent import last` would find it there
        # Python takes compiled code for that of a file of the same size and the same second.
        with suppress(OSError, NotImplementedError, ValueError):
            os.unlink(importlib.util.cache_from_source(path))

    def _with_dependents(self, names: set[str], folder: str) -> set[str]:
        """These modules, what lies in them where they are packages, and what imports them."""
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
    """The folder whose modules are the script's own, with a separator at its end."""
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
    """The modules that the file of a module imports, anywhere in it."""
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
    """Whether a module holds another, or something that was defined in it."""
    for key, value in list(vars(module).items()):
        if isinstance(value, ModuleType):
            # A package holds every module in it that was imported by anybody.
            if value.__name__ == name != f"{module.__name__}.{key}":
                return True
        elif type(value).__name__ in ("function", "type") and value.__module__ == name:
            return True
    return False


def _names_in_threads() -> set[str]:
    """The modules whose code some other thread is running."""
    names = set()
    for ident, frame in sys._current_frames().items():
        if ident == threading.get_ident():
            continue
        at = frame
        while at is not None:
            names.add(at.f_globals.get("__name__", ""))
            at = at.f_back  # type: ignore[assignment]
    return names
