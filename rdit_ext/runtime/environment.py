"""The environment variables of the kernel, without those that it has set for itself.

ipykernel sets variables for pagers, colours and matplotlib that suit a notebook. Child processes of
a script inherit them, and write ANSI codes into pipes. They are restored to what the server has
given. `MPLBACKEND`, which selects the inline backend, is set only while matplotlib is imported.
"""

from __future__ import annotations

import importlib.abc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

_BACKEND = "MPLBACKEND"
# The variables that ipykernel sets, with their values; None: any value.
_SET: dict[str, str | None] = {
    "CLICOLOR": "1",
    "CLICOLOR_FORCE": "1",
    "FORCE_COLOR": "1",
    "GIT_PAGER": "cat",
    "PAGER": "cat",
    "PYDEVD_USE_FRAME_EVAL": None,  # for debugpy
    "TERM": "xterm-color",
    _BACKEND: "module://matplotlib_inline.backend_inline",
}
# Variables that Jupyter sets for a kernel alone, which has read them by now.
_FOR_KERNELS = ("JPY_PARENT_PID", "JPY_SESSION_NAME", "JPY_INTERRUPT_EVENT", "IPY_INTERRUPT_EVENT")
# Variables that GNU readline, which pdb imports from Python 3.13 on, sets in the environment of the
# process, so that children inherit them, but not in `os.environ`.
_READLINES = ("LINES", "COLUMNS")


def restore() -> str | None:
    """Restore the variables that the kernel has set to those the process was started with.

    Returns the matplotlib backend that the kernel would use; None if the environment has another.
    """
    beginning = _at_the_start()
    backend = os.environ.get(_BACKEND)
    for name, value in _SET.items():
        if value is not None and os.environ.get(name) != value:
            continue  # set by somebody else
        was = beginning.get(name)
        if was is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = was
    for name in _FOR_KERNELS:
        os.environ.pop(name, None)
    for name in _READLINES:
        if name not in os.environ:
            os.unsetenv(name)
    return backend if backend == _SET[_BACKEND] and _BACKEND not in os.environ else None


def _at_the_start() -> dict[str, str]:
    """The environment that the process was started with; empty where there is no `/proc`."""
    try:
        told = Path("/proc/self/environ").read_bytes()
    except OSError:
        return {}
    pairs = (os.fsdecode(pair).partition("=") for pair in told.split(b"\0") if pair)
    return {name: value for name, _, value in pairs}


class Backend(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Sets `MPLBACKEND` while matplotlib is imported, which reads it only then. A value that the
    environment has already stays."""

    def __init__(self, backend: str):
        self._backend = backend

    def install(self) -> None:
        if "matplotlib" not in sys.modules:
            sys.meta_path.insert(0, self)

    def remove(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        os.environ.setdefault(_BACKEND, self._backend)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> Any:
        if name != "matplotlib":
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader.exec_module = partial(  # type: ignore[method-assign]
                    self._execute, spec.loader.exec_module
                )
                return spec
        return None

    def _execute(self, execute: Callable[[ModuleType], None], module: ModuleType) -> None:
        is_ours = _BACKEND not in os.environ
        if is_ours:
            os.environ[_BACKEND] = self._backend
        try:
            execute(module)
        finally:
            if is_ours:
                os.environ.pop(_BACKEND, None)
