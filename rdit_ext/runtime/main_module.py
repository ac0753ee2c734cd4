"""The names that Python puts into the namespace of `__main__` before a script's first line."""

from __future__ import annotations

import builtins
import sys
from importlib import machinery
from typing import Any, NoReturn


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


# Names that exist only if the script is in a file.
OF_A_FILE = ("__file__", "__cached__")
