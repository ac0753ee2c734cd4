"""Loads packages in Pyodide: those that a run's statements import before it begins, and others when
they are imported. A note on an import error says how a missing module may be had.

The packages are those in the lock file of the Pyodide distribution, which the worker reads. Pure
Python wheels from elsewhere can be installed by micropip, which scripts call themselves.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.util
import sys
import textwrap
from collections.abc import Awaitable, Iterable
from pathlib import Path
from typing import Any, Protocol

_MAX_HELPERS = 200
# Modules of the standard library that do not exist or do not work in Pyodide.
_ABSENT = frozenset(
    {
        *("curses", "dbm", "ensurepip", "fcntl", "grp", "idlelib", "msvcrt", "pwd", "readline"),
        *("resource", "syslog", "termios", "tkinter", "turtle", "turtledemo", "venv", "winreg"),
        "winsound",
    }
)


class Source(Protocol):
    """The part of the bridge to the worker that loads packages."""

    def can_wait(self) -> bool:
        """Whether the browser can suspend Python here, by JSPI."""

    def wait(self, what: Awaitable[Any]) -> Any:
        """Suspend Python until an awaitable is done. Returns its value."""

    def package(self, module: str) -> str:
        """The package of the distribution that has this module; "" if there is none."""

    def install(self, names: list[str]) -> Awaitable[Any]:
        """Load packages of the distribution. It does not raise: `trouble` gives the failures."""

    def trouble(self, package: str) -> str:
        """Why a package cannot be loaded, as a sentence; "" if it has not failed."""


class Packages(importlib.abc.MetaPathFinder):
    """A finder behind all others, which loads the package of a module that they do not find."""

    def __init__(self, source: Source):
        self._source = source
        self._asked: set[str] = set()

    async def prepare(self, sources: Iterable[str]) -> None:
        """Load the packages that these texts import, also by way of modules in the working
        folder."""
        wanted: dict[str, None] = {}
        for module in _imports(sources):
            package = self._missing(module)
            if package:
                wanted[package] = None
        if wanted:
            await self._source.install(list(wanted))
            importlib.invalidate_caches()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        # An import that `prepare` has not found, such as one by `importlib.import_module`.
        if path is not None or "." in name or not self._source.can_wait():
            return None
        package = self._missing(name)
        if not package:
            return None
        self._asked.add(name)  # `find_spec` below calls this finder again, which must not load it
        try:
            self._source.wait(self._source.install([package]))
            importlib.invalidate_caches()
            return importlib.util.find_spec(name)
        finally:
            self._asked.discard(name)

    def explain(self, error: BaseException) -> None:
        """Add a note on how to get the module to each ModuleNotFoundError among an error and its
        causes and contexts."""
        seen: set[int] = set()
        found: BaseException | None = error
        while found is not None and id(found) not in seen:
            seen.add(id(found))
            if isinstance(found, ModuleNotFoundError) and found.name:
                note = textwrap.fill(self._help(found.name.partition(".")[0]), 76)
                if note and note not in getattr(found, "__notes__", ()):
                    found.add_note(note)  # type: ignore[attr-defined]
            found = found.__cause__ or found.__context__

    def _missing(self, module: str) -> str:
        """The package to load for a module that cannot be found; "" if there is none."""
        if module in sys.modules or module in self._asked or module in sys.stdlib_module_names:
            return ""
        package = self._source.package(module)
        if not package or self._source.trouble(package):
            return ""
        for finder in sys.meta_path:
            if finder is not self and type(finder).__name__ != "StandIn":
                try:
                    if finder.find_spec(module, None) is not None:
                        return ""
                except Exception:
                    continue  # a finder of somebody else's raises: it has not found the module
        return package

    def _help(self, module: str) -> str:
        if module in _ABSENT or module in sys.stdlib_module_names:
            return (
                f"{module} is a part of Python that a browser cannot offer:"
                " run this script with a server."
            )
        if module in sys.modules or importlib.util.find_spec(module) is not None:
            return ""
        package = self._source.package(module) or module
        trouble = self._source.trouble(package)
        if trouble:
            return trouble
        return (
            f"Python runs in the browser here, and {module} is not among the packages it can load."
            f' If it is pure Python: `import micropip; await micropip.install("{package}")`.'
            " Otherwise run this script with a server."
        )


def _imports(sources: Iterable[str]) -> list[str]:
    """The top-level names of modules that these texts import, also by way of modules in the working
    folder, of which `_MAX_HELPERS` are read."""
    waiting = list(sources)
    names: dict[str, None] = {}
    read = 0
    while waiting:
        for name in _imported(waiting.pop()):
            if name in names:
                continue
            names[name] = None
            helper = _helper(name)
            if helper is not None and read < _MAX_HELPERS:
                read += 1
                waiting.append(helper)
    return list(names)


def _imported(source: str) -> list[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module.partition(".")[0])
    return names


def _helper(name: str) -> str | None:
    """The text of a module in the working folder; None if there is none."""
    for path in (Path(f"{name}.py"), Path(name, "__init__.py")):
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            continue
    return None
