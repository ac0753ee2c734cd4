"""`__main__` of a script as `python script.py` has it before the first line: the names in it,
`sys.argv` and `sys.path`."""

from __future__ import annotations

import builtins
import os
import sys
from importlib import machinery
from typing import Any, NoReturn

# The file name, in tracebacks, of a script that has no path. It is not looked up on disk.
UNNAMED = "<script>"
# Names that exist only if the script is in a file.
OF_A_FILE = ("__file__", "__cached__")
# In Pyodide there are no child processes, and a script may run without a file that holds it.
_IS_BROWSER = sys.platform == "emscripten"


class _Loader(machinery.SourceFileLoader):
    """The `__loader__` of a script. `linecache` calls `get_source` for any code with the module's
    globals, also for that of `exec(compile(text, "generated", "exec"))`: with a SourceFileLoader
    tracebacks would show lines of the script for lines of that text."""

    def get_source(self, fullname: str) -> NoReturn:
        raise ImportError(f"the lines of {fullname} are in linecache")


def python_names(file: str | None) -> dict[str, Any]:
    """The names of a new `__main__`, in Python's order.

    `file`: the path of the script's file; None: there is no such file, and the names are those of
    `python -c`, so that child processes of `multiprocessing` do not look for a file.
    """
    names: dict[str, Any] = {
        "__name__": "__main__",
        "__doc__": None,
        "__package__": None,
        "__loader__": machinery.BuiltinImporter if file is None else _Loader("__main__", file),
        "__spec__": None,
    }
    if sys.version_info < (3, 14):  # from 3.14 on the first annotation makes it
        names["__annotations__"] = {}
    names["__builtins__"] = builtins
    if file is not None:
        names["__file__"] = file
        if sys.version_info < (3, 15):
            names["__cached__"] = None
    return names


class MainModule:
    """The script's module, whose globals are `namespace`."""

    def __init__(self, namespace: dict[str, Any]):
        self._namespace = namespace
        # The script's folder in `sys.path`.
        self._folder: str | None = None
        namespace.update(python_names(None))

    def set_up(self, path: str, whole: bool) -> None:
        """Set `__file__` and the like, `sys.argv` and `sys.path` as `python path` does. `whole`:
        also what a part of the script leaves as it is."""
        namespace = self._namespace
        # With the start methods spawn and forkserver, a child process of `multiprocessing` executes
        # `__main__.__file__` to import the script's functions. If that file did not exist each
        # child would fail, and a pool would replace it by the next without end.
        is_there = path != UNNAMED and (_IS_BROWSER or os.path.isfile(path))
        names = python_names(path if is_there else None)
        if whole or namespace.get("__file__") != names.get("__file__"):
            for name in OF_A_FILE:
                namespace.pop(name, None)
            namespace.pop("__annotate__", None)
            namespace.update(names)
        else:
            for name, value in names.items():
                namespace.setdefault(name, value)
        # `warnings` notes in this registry which places have warned already, to warn once per
        # process. Without it a run warns again, as a new process would.
        namespace.pop("__warningregistry__", None)
        sys.argv[:] = ["" if path == UNNAMED else path]
        if whole:
            self._folder = None
        folder = os.path.dirname(path)
        if folder != self._folder or folder not in sys.path:
            if self._folder in sys.path:
                sys.path.remove(self._folder)
            if sys.path and sys.path[0] == "":
                sys.path[0] = folder
            else:
                sys.path.insert(0, folder)
            self._folder = folder

    def forget(self) -> None:
        """Take the next script's folder for the first one."""
        self._folder = None
